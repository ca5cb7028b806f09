/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The user's own terminal: its size, its history, its log lines, and who else
 * is there. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli_line.h"
#include "cli/cli_priv.h"

static void set_length(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_session *s = o->session;

	(void)obj;
	if (!s)
		return;
	s->length = cli_has(a, "no") ? CLI_LENGTH_DEFAULT : cli_u32(a, "n");
	s->length_set = true;
	cli_session_terminal(s);
}

static void set_width(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_session *s = o->session;

	(void)obj;
	if (!s)
		return;
	s->width = cli_has(a, "no") ? CLI_WIDTH_DEFAULT : cli_u32(a, "n");
	s->width_set = true;
	cli_session_terminal(s);
}

static void set_monitor(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_session *s = o->session;

	(void)obj;
	if (s && s->kind == CLI_KIND_CONSOLE && !cli_has(a, "no"))
		cli_say(o, "%% Console already monitors\n");
	else if (s)
		s->monitor = !cli_has(a, "no");
}

static void set_history(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_session *s = o->session;

	(void)obj;
	if (!s)
		return;
	s->history_on = !cli_has(a, "no");
	if (cli_has(a, "n"))
		s->history_size = cli_u32(a, "n");
	cli_session_terminal(s);
}

static void show_history(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct cli_session *s = o->session;
	const struct cli_history *h;
	size_t i;

	(void)obj;
	(void)a;
	if (!s || !s->history_on)
		return;
	h = cli_session_in_config(s) ? &s->config_history : &s->exec_history;
	i = h->n > s->history_size ? h->n - s->history_size : 0;
	for (; i < h->n; i++)
		cli_say(o, "  %s\n", h->line[i]);
}

static void set_timeout(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_session *s = o->session;

	(void)obj;
	if (!s)
		return;
	s->timeout = cli_has(a, "no") ? 0
				      : (int64_t)cli_u32(a, "minutes") * 60 +
						cli_u32(a, "seconds");
}

static void show_terminal(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	const struct cli_session *s = o->session;
	const struct cli_line *line;
	int64_t timeout;

	(void)obj;
	(void)a;
	if (!s)
		return;
	line = cli_line_of(s);
	cli_say(o, "Line %d, Location: \"\", Type: \"\"\n", cli_line_number(s));
	cli_say(o, "Length: %u lines, Width: %u columns\n", s->length,
		s->width);
	cli_say(o, "Timeouts:      Idle EXEC    Idle Session   Modem "
		   "Answer  Session   Dispatch\n");
	timeout = s->timeout < 0 ? line->timeout : s->timeout;
	if (timeout)
		cli_say(o,
			"               %02" PRId64 ":%02" PRId64 ":%02" PRId64
			"        never                         none     not set\n",
			timeout / 3600, timeout / 60 % 60, timeout % 60);
	else
		cli_say(o, "               never           never             "
			   "            none     not set\n");
	cli_say(o, "Editing is enabled.\n");
	if (s->history_on)
		cli_say(o, "History is enabled, history size is %u.\n",
			s->history_size);
	else
		cli_say(o, "History is disabled.\n");
}

static void show_user(struct cli_out *o, const struct cli_session *s)
{
	int64_t idle = (clock_real_now() - s->since) / US_PER_SEC;
	char *line, *text;

	if (s->kind == CLI_KIND_VTY)
		line = xasprintf("vty %d", s->vty);
	else
		line = xstrdup("con 0");
	if (!s->since)
		idle = 0;
	text = xasprintf("%c%4d %-9s %-10s %-20s %02d:%02d:%02d %s",
			 s == o->session ? '*' : ' ', cli_line_number(s), line,
			 s->user ? s->user : "", "idle", (int)(idle / 3600),
			 (int)(idle / 60 % 60), (int)(idle % 60),
			 s->kind == CLI_KIND_VTY ? s->peer : "");
	cli_say(o, "%s\n", text);
	free(text);
	free(line);
}

static void show_users(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct cli_session *s;

	(void)obj;
	(void)a;
	cli_say(o, "    Line       User       Host(s)              Idle       "
		   "Location\n");
	TAILQ_FOREACH (s, &o->cli->sessions, link) {
		if (s->logged_in && s->kind != CLI_KIND_LOAD)
			show_user(o, s);
	}
	cli_say(o, "\n  Interface    User               Mode         Idle     "
		   "Peer Address\n\n");
}

#define TERMINAL "terminal  Set terminal line parameters\n"
#define NO	 "| no  Negate a command or set its defaults\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = TERMINAL "( length   Set number of lines on a "
				  "screen\n"
				  "<0-512>$n  Number of lines on screen (0 for "
				  "no pausing)\n" NO
				  "length     Set number of lines on a "
				  "screen\n)\n",
		.run = set_length,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = TERMINAL "( width    Set width of the display "
				  "terminal\n"
				  "<0-512>$n  Number of characters on a screen "
				  "line\n" NO
				  "width      Set width of the display "
				  "terminal\n)\n",
		.run = set_width,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = TERMINAL "( monitor  Copy debug output to the current "
				  "terminal line\n" NO
				  "monitor    Copy debug output to the current "
				  "terminal line\n)\n",
		.run = set_monitor,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = TERMINAL "( history  Enable and control the command "
				  "history function\n"
				  "[ size     Set history buffer size\n"
				  "<0-256>$n  Size of history buffer\n"
				  "]\n" NO
				  "history    Enable and control the command "
				  "history function\n)\n",
		.run = set_history,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = TERMINAL "( exec-timeout  Set the EXEC timeout\n"
				  "<0-35791>$minutes  Timeout in minutes\n"
				  "[ <0-2147483>$seconds  Timeout in "
				  "seconds\n]\n" NO
				  "exec-timeout  Set the EXEC timeout\n)\n",
		.run = set_timeout,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show     Show running system information\n"
			 "history  Display the session command history\n",
		.run = show_history,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show      Show running system information\n"
			 "terminal  Display terminal configuration "
			 "parameters\n",
		.run = show_terminal,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show   Show running system information\n"
			 "users  Display information about terminal lines\n"
			 "[ all  Include information about inactive ports\n"
			 "]\n",
		.run = show_users,
		.flags = CLI_USER,
	},
};

void cli_terminal_init(struct cli *cli)
{
	CLI_ADD(cli, commands, NULL);
}
