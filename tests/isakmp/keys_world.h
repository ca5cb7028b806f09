/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A router that has nothing but RSA keys and a command line, in a simulated
 * world. */
#ifndef TESTS_ISAKMP_KEYS_WORLD_H
#define TESTS_ISAKMP_KEYS_WORLD_H

#include "isakmp/isakmp_keys.h"
#include "tests/isakmp/cli_world.h"

struct keys_world {
	char dir[64], path[96]; /* of private-config */
	struct sim *sim;
	struct sim_node *node;
	struct isakmp_keys *keys;
	struct loop *loop;
	struct cli *cli;
	struct cli_test *term;
	unsigned int told; /* by isakmp_keys_watch() */
	char told_label[64];
	const char *default_label; /* NULL: no domain name */
};

void keys_world_open(struct keys_world *w);
void keys_world_close(struct keys_world *w);
/* A restart of the router is both of these. */
void keys_world_stop(struct keys_world *w);
void keys_world_start(struct keys_world *w);
/* Types, lets two minutes pass, and compares the screen. */
void keys_world_expect(struct keys_world *w, const char *lines,
		       const char *screen);
/* The same without comparing; to be freed. */
char *keys_world_type(struct keys_world *w, const char *lines);

#endif
