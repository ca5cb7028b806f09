/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of a real router's configuration that are kept and not acted on.
 * A table row is one command: it is understood (abbreviated, too), stored in
 * full and shown again where IOS shows it.  Rows stand back where a feature has
 * the same command, and are not in the lists of ?.  The lines of an object go
 * when cli_forget() is told that it does. */
#ifndef CLI_CLI_KEPT_H
#define CLI_CLI_KEPT_H

#include "cli/cli.h"

enum cli_kept_flags {
	CLI_KEPT_ON = 1,     /* on by itself: only "no X" is shown */
	CLI_KEPT_BOTH = 2,   /* X and no X are both shown */
	CLI_KEPT_TEXT = 4,   /* lines of data follow, up to "quit" */
	CLI_KEPT_LEAVE = 8,  /* ends the block it stands in, always shown */
	CLI_KEPT_SO = 16,    /* says what is so here anyway, typed plainly */
	CLI_KEPT_NO_SO = 32, /* the same of its no form */
	CLI_KEPT_USED = 64,  /* struct cli_kept_user knows whether it is acted
			      * on; when there is none it is not */
};

struct cli_kept {
	const struct cli_mode *mode; /* or NULL and */
	const char *in;		     /* the prompt of a mode of a feature */
	/* A grammar (cli.h) of tokens parted by single blanks, without help.
	 * What stands before the dot tells two lines apart: one with the same
	 * words there takes the other's place.  Without a dot all words do. */
	const char *words;
	/* Instead of words: with help, listed by ?, and not standing back. */
	const char *grammar;
	/* Or NULL: before the line (or its no form) is kept; false and an
	 * error: it is not. */
	bool (*check)(void *obj, const struct cli_args *a, struct cli_out *o);
	const struct cli_mode *enters; /* a block's own mode, or NULL */
	int order;		       /* as in struct cli_cmd */
	unsigned int flags;
	const char *why; /* what is missing here: "NAT" */
};

enum cli_kept_limits {
	CLI_KEPT_LINES = 65536, /* in all */
	CLI_KEPT_BODY = 65536,	/* octets of data lines of one command */
};

/* Another program acts on the lines of rows with CLI_KEPT_USED. */
struct cli_kept_user {
	void *ctx;
	/* One of them has come or gone, or lines of a block that is one. */
	void (*changed)(void *ctx);
	/* Why a line is not acted on, NULL: it is.  block: the kept line in
	 * whose block it stands, or NULL; both without blanks before them. */
	const char *(*why)(void *ctx, const char *block, const char *line);
};
/* At most one; *user is copied. */
void cli_kept_use(struct cli *cli, const struct cli_kept_user *user);

#define CLI_KEEP(cli, table) \
	cli_keep(cli, table, sizeof(table) / sizeof((table)[0]))
/* After all features have added their commands.  The table must outlive the
 * cli. */
void cli_keep(struct cli *cli, const struct cli_kept *table, size_t n);

/* Whether obj has a kept line that begins with these words, for commands that
 * are the other side of it; and away with such lines, in its blocks too. */
bool cli_kept_has(struct cli_out *o, const void *obj, const char *words);
/* What stands behind these words in the first such line, or NULL. */
const char *cli_kept_value(struct cli_out *o, const void *obj,
			   const char *words);
void cli_kept_drop(struct cli_out *o, const void *obj, const char *words);

#endif
