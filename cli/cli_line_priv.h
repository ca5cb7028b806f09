/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines from the inside, for cli_line.c (what they are and how they are
 * written) and cli_line_cli.c (what the commands do to them) alone. */
#ifndef CLI_CLI_LINE_PRIV_H
#define CLI_CLI_LINE_PRIV_H

#include "cli/cli_line.h"
#include "cli/cli_priv.h"

enum cli_line_numbers {
	LINE_CON,
	LINE_AUX,
	LINE_VTY,	 /* the first of them */
	VTY_MAX = 16,	 /* vty 0 to 15 */
	VTY_DEFAULT = 5, /* IOS has vty 0 4 from the start */
	LINE_N = LINE_VTY + VTY_MAX,
	TIMEOUT_DEFAULT = 600, /* s; exec-timeout 10 0 */
	LOGIN_DEFAULT = 30,    /* s; timeout login response 30 */
};

/* What is printed under a line, in IOS's order. */
enum option {
	OPT_ACCESS_CLASS,
	OPT_EXEC_TIMEOUT,
	OPT_LOGIN_TIMEOUT,
	OPT_ABSOLUTE_TIMEOUT,
	OPT_PRIVILEGE,
	OPT_PASSWORD,
	OPT_AUTHORIZATION,
	OPT_LOGGING,
	OPT_LOGIN,
	OPT_NO_EXEC,
	OPT_AUTOCOMMAND,
	OPT_ESCAPE,
	OPT_HISTORY,
	OPT_LENGTH,
	OPT_WIDTH,
	OPT_PREFERRED,
	OPT_INPUT,
	OPT_OUTPUT,
	OPT_SPEED,
	OPT_STOPBITS,
	OPT_ACCESS_CLASS6,
	OPT_ONLY_KEPT, /* from here on: kept and not acted on */
	OPT_SESSION_TIMEOUT = OPT_ONLY_KEPT,
	OPT_ACTIVATION,
	OPT_EXEC_BANNER,
	OPT_MOTD_BANNER,
	OPT_LOCATION,
	OPT_MODEM,
	OPT_ROTARY,
	OPT_ACCESS_OUT,
	OPT_DATABITS,
	OPT_PARITY,
	OPT_FLOW,
	OPT_N,
};

/* Settings of one line. */
struct settings {
	char *text[OPT_N]; /* as printed, NULL: default */
	struct cli_line now;
	unsigned int uses; /* logins since the start */
};

/* The object of (config-line): the lines that were named. */
struct range {
	struct cli_lines *all;
	int first, last;
};

struct cli_lines {
	struct settings line[LINE_N];
	int n_vty;
	struct range *range[LINE_N][LINE_N]; /* by first and last */
};

/* text NULL: the default. */
void line_set_text(struct settings *l, enum option opt, const char *text);
/* A name that is kept; NULL: none. */
void line_set_name(char **p, const char *name);
void line_clear(struct settings *l);
/* A vty as it is from the start. */
void line_vty_defaults(struct settings *l);
/* The running-config of all lines. */
void line_write(const void *obj, struct cli_out *o);
void line_cli_init(struct cli *cli);

#endif
