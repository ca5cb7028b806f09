/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that every router has: into configuration mode and out of it. */
#include "cli/cli_priv.h"

#include <stdlib.h>
#include <string.h>

/* --- configure --- */

static void enter_config(struct cli_out *o)
{
	cli_say(o, "Enter configuration commands, one per line.  "
		   "End with CNTL/Z.\n");
	cli_enter(o, &cli_mode_config, NULL);
}

static void configure_terminal(void *obj, const struct cli_args *a,
			       struct cli_out *o)
{
	(void)obj;
	(void)a;
	enter_config(o);
}

static void configure_from(void *arg, const char *line, struct cli_out *o)
{
	(void)arg;
	if (!strncmp("terminal", line, strlen(line)))
		enter_config(o);
	else
		cli_error(o, "?Must be \"terminal\", \"memory\" or "
			     "\"network\"\n");
}

static void configure(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	(void)a;
	cli_ask(o, "Configuring from terminal, memory, or network [terminal]? ",
		false, configure_from, NULL, NULL);
}

/* --- leaving --- */

static void leave_mode(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_session *s = o->session;

	(void)obj;
	(void)a;
	if (!s)
		return;
	if (o->level == 1)
		cli_session_to_exec(s);
	else
		cli_session_pop(s, o->level - 1);
}

static void leave_config(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	(void)a;
	if (o->session)
		cli_session_to_exec(o->session);
}

static void leave_exec(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	(void)a;
	if (o->session)
		cli_session_close(o->session);
}

/* --- looking at oneself --- */

static void show_privilege(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	(void)obj;
	(void)a;
	if (o->session)
		cli_say(o, "Current privilege level is %u\n",
			o->session->privilege);
}

static void help(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	(void)a;
	cli_say(o,
		"Help may be requested at any point in a command by entering\n"
		"a question mark '?'.  If nothing matches, the help list will\n"
		"be empty and you must backup until entering a '?' shows the\n"
		"available options.\n"
		"Two styles of help are provided:\n"
		"1. Full help is available when you are ready to enter a\n"
		"   command argument (e.g. 'show ?') and describes each "
		"possible\n"
		"   argument.\n"
		"2. Partial help is provided when an abbreviated argument is "
		"entered\n"
		"   and you want to know what arguments match the input\n"
		"   (e.g. 'show pr?'.)\n\n");
}

/* do with its command never gets here: cli_run.c takes it apart. */
static void do_exec(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	(void)a;
	cli_error(o, "%% Incomplete command.\n\n");
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "configure  Enter configuration mode\n"
			 "terminal   Configure from the terminal\n",
		.run = configure_terminal,
	},
	{
		.mode = &cli_mode_exec,
		.words = "configure  Enter configuration mode\n",
		.run = configure,
	},
	{
		.mode = &cli_mode_exec,
		.words = "exit  Exit from the EXEC\n",
		.run = leave_exec,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "help  Description of the interactive help system\n",
		.run = help,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "logout  Exit from the EXEC\n",
		.run = leave_exec,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "quit  Exit from the EXEC\n",
		.run = leave_exec,
		.flags = CLI_USER,
	},
	{
		/* IOS takes it silently outside configuration too. */
		.mode = &cli_mode_exec,
		.words = "end  Exit from configure mode\n",
		.run = leave_config,
		.flags = CLI_USER | CLI_HIDDEN,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show       Show running system information\n"
			 "privilege  Show current privilege level\n",
		.run = show_privilege,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_submode,
		.words = "exit  Exit from this mode\n",
		.run = leave_mode,
	},
	{
		.mode = &cli_mode_config,
		.words = "end  Exit from configure mode\n",
		.run = leave_config,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_config,
		.words = "do  To run exec commands in config mode\n",
		.run = do_exec,
		.flags = CLI_USER,
	},
};

void cli_std_init(struct cli *cli)
{
	CLI_ADD(cli, commands, NULL);
}
