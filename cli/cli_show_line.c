/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show line, clear line: the lines and who sits at them. */
#include <stdlib.h>

#include "cli/cli_line_priv.h"

/* Who uses a line, NULL: nobody. */
static struct cli_session *user_of(const struct cli *cli, int number)
{
	struct cli_session *s;

	TAILQ_FOREACH (s, &cli->sessions, link) {
		if (!s->over && s->kind != CLI_KIND_LOAD &&
		    s->kind != CLI_KIND_SCRIPT && cli_line_number(s) == number)
			return s;
	}
	return NULL;
}

static void show_one(const struct cli *cli, int number, struct cli_out *o)
{
	static const char *const types[] = {
		[LINE_CON] = "CTY", [LINE_AUX] = "AUX"
	};
	const struct settings *l = &cli->lines->line[number];

	cli_say(o,
		"%c %4d %s %11s  -    -      -    -   %4s %6u       0     0/0"
		"       -\n",
		user_of(cli, number) ? '*' : ' ', number,
		number < LINE_VTY ? types[number] : "VTY",
		number == LINE_AUX ? "9600/9600" : "",
		l->now.access ? l->now.access : "-", l->uses);
}

static void show_line(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct cli *cli = o->cli;
	int i, n = LINE_VTY + cli->lines->n_vty;
	int only = cli_has(a, "number") ? (int)cli_u32(a, "number") : -1;

	(void)obj;
	if (only >= n) {
		cli_error(o, "%% Bad line number\n");
		return;
	}
	cli_say(o, "   Tty Typ     Tx/Rx    A Modem  Roty AccO AccI   Uses   "
		   "Noise  Overruns   Int\n");
	for (i = 0; i < n; i++)
		if (only < 0 || only == i)
			show_one(cli, i, o);
	cli_say(o, "\n");
}

struct clearing {
	int number;
};

static void clear_confirmed(void *arg, const char *line, struct cli_out *o)
{
	const struct clearing *c = arg;
	struct cli_session *s;

	if (line[0] && line[0] != 'y' && line[0] != 'Y')
		return;
	s = user_of(o->cli, c->number);
	if (s && s != o->session)
		cli_session_hang_up(s);
	cli_say(o, " [OK]\n");
}

static void clear_line(void *obj, const struct cli_args *a, struct cli_out *o)
{
	int number = (int)cli_u32(a, "number");
	struct clearing *c;

	(void)obj;
	if (cli_has(a, "vty"))
		number += LINE_VTY;
	if (number >= LINE_VTY + o->cli->lines->n_vty) {
		cli_error(o, "%% Bad line number\n");
		return;
	}
	if (o->session && user_of(o->cli, number) == o->session) {
		cli_error(o, "%% Not allowed to clear current line\n");
		return;
	}
	c = xcalloc(1, sizeof(*c));
	c->number = number;
	cli_ask(o, "[confirm]", false, clear_confirmed, free, c);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show  Show running system information\n"
			 "line  TTY line information\n"
			 "[ <0-17>$number  Line number\n]\n",
		.run = show_line,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "clear  Reset functions\n"
			 "line   Reset a terminal line\n"
			 "[ ( console  Primary terminal line\n"
			 "| vty  Virtual terminal\n) ]\n"
			 "<0-17>$number  Line number\n",
		.run = clear_line,
	},
};

void cli_show_line_init(struct cli *cli)
{
	CLI_ADD(cli, commands, NULL);
}
