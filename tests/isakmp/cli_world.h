/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command line with isakmp/ behind it, in a simulated world. */
#ifndef TESTS_ISAKMP_CLI_WORLD_H
#define TESTS_ISAKMP_CLI_WORLD_H

#include "cli/cli_test.h"
#include "tests/isakmp/pair.h"

struct cli_world {
	struct pair p;
	struct loop *loop;
	struct cli *cli;
	bool internal;
};

/* The commands are the KS's. */
void cli_world_open(struct cli_world *w);
void cli_world_close(struct cli_world *w);
struct cli *cli_world_cli(struct loop *loop);
/* Types lines, in configuration mode if config is set, and compares what the
 * screen shows. */
void cli_world_expect(struct cli *cli, const char *lines, const char *screen);
/* Types lines into configuration mode; nothing may be said about them. */
void cli_world_configure(struct cli *cli, const char *lines);
/* The lines of the running-config that begin with (or stand in a section
 * that begins with) "crypto" or "no crypto", to be freed. */
char *cli_world_crypto(struct cli *cli);

#endif
