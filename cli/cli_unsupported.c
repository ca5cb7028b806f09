/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show configuration unsupported: the lines of the running-config that are
 * kept and not acted on, each with what is missing for it. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli_priv.h"

enum {
	DEPTH_MAX = CLI_DEPTH_MAX, /* blanks before a line, blocks in blocks */
	REASON_COLUMN = 48, /* where the reasons begin, if there is room */
};

struct view {
	struct cli_out *o;
	const char *why; /* of the lines that come; "" if acted on */
	/* The lines around the next one that were not printed yet. */
	char *heading[DEPTH_MAX];
	size_t n;
};

static void forget_headings(struct view *v, size_t from)
{
	size_t i;

	for (i = from; i < DEPTH_MAX; i++) {
		free(v->heading[i]);
		v->heading[i] = NULL;
	}
}

static void say_headings(struct view *v, size_t depth)
{
	size_t i;

	for (i = 0; i < depth && i < DEPTH_MAX; i++)
		if (v->heading[i])
			cli_say(v->o, "%s\n", v->heading[i]);
	forget_headings(v, 0);
}

static void take(struct view *v, char *line)
{
	size_t depth = strspn(line, " ");

	if (!strcmp(line + depth, "!") || !line[depth])
		return;
	if (!*v->why) {
		if (depth >= DEPTH_MAX)
			return;
		forget_headings(v, depth);
		v->heading[depth] = xstrdup(line);
		return;
	}
	say_headings(v, depth);
	cli_say(v->o, "%-*s ! kept, not acted on: %s\n", REASON_COLUMN, line,
		v->why);
	v->n++;
}

static void show_unsupported(void *obj, const struct cli_args *a,
			     struct cli_out *o)
{
	struct cli_out *all = cli_out_capture(o->cli);
	struct view v = { .o = o, .why = "" };
	char *text, *rest, *line;

	(void)obj;
	(void)a;
	all->marking = true;
	cli_write_mode(all, &cli_mode_config, NULL);
	text = rest = cli_out_take(all);
	cli_out_free(all);
	while ((line = strsep(&rest, "\n"))) {
		if (line[0] == CLI_MARK[0])
			v.why = line + 1;
		else
			take(&v, line);
	}
	forget_headings(&v, 0);
	free(text);
	if (v.n)
		cli_say(o, "!\n");
	cli_say(o, "%zu line%s kept and not acted on\n", v.n,
		v.n == 1 ? " is" : "s are");
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show           Show running system information\n"
			 "configuration  Contents of Non-Volatile memory\n"
			 "unsupported    Lines that are kept and not acted "
			 "on\n",
		.run = show_unsupported,
	},
};

void cli_unsupported_init(struct cli *cli)
{
	CLI_ADD(cli, commands, NULL);
}
