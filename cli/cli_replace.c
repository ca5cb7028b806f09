/* SPDX-License-Identifier: GPL-3.0-or-later */
/* configure replace: the running-config becomes another one by the lines that
 * they differ in; and what configurations differ in. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "cli/cli_files.h"
#include "cli/cli_priv.h"
#include "cli/cli_tree.h"

enum { PASSES_MAX = 5 };

struct replacing {
	char *text; /* that is to be */
	bool list;
};

static void wipe(char *text)
{
	if (text)
		bytes_wipe(text, strlen(text));
	free(text);
}

static void replacing_free(void *arg)
{
	struct replacing *r = arg;

	wipe(r->text);
	free(r);
}

/* The lines that lead from the running-config to text. */
static char *commands_to(struct cli *cli, const char *text, bool gentle)
{
	char *now = cli_config_text(cli), *commands;
	struct cli_tree *from = cli_tree_parse(now);
	struct cli_tree *to = cli_tree_parse(text);

	commands = cli_tree_commands(from, to, gentle);
	cli_tree_free(from);
	cli_tree_free(to);
	wipe(now);
	return commands;
}

void cli_empty_block(struct cli_out *o, const struct cli_mode *mode,
		     const char *head, const void *obj)
{
	struct cli_out *block = cli_out_capture(o->cli);
	struct cli_tree *from, *to = cli_tree_parse(head);
	char *text, *commands;

	cli_say(block, "%s\n", head);
	cli_write_mode(block, mode, obj);
	text = cli_out_take(block);
	cli_out_free(block);
	from = cli_tree_parse(text);
	commands = cli_tree_commands(from, to, true);
	cli_type_in(o->cli, true, commands, NULL, NULL);
	cli_tree_free(from);
	cli_tree_free(to);
	wipe(text);
	wipe(commands);
}

/* Errors of lines that are wanted count; what cannot be taken away stays. */
struct errors {
	struct cli_out *o;
	const char *wanted;
	unsigned int n;
};

static void count_error(void *arg, unsigned int number, const char *line,
			const char *error)
{
	struct errors *e = arg;
	const char *text = line + strspn(line, " ");

	(void)number;
	if (!strstr(e->wanted, text) || !strncmp(text, "no ", 3))
		return;
	e->n++;
	cli_error(e->o, "Failed to apply command %s\n%s\n", text, error);
}

/* How many passes; 0: a line of text was refused. */
static unsigned int apply(struct cli *cli, const char *text, bool list,
			  struct cli_out *o)
{
	struct errors e = { .o = o, .wanted = text };
	char *commands = NULL, *before;
	unsigned int pass;

	for (pass = 1; pass <= PASSES_MAX; pass++) {
		before = commands;
		/* First whole sections go; then what is left of them. */
		commands = commands_to(cli, text, pass > 1);
		if (!*commands || (before && !strcmp(before, commands))) {
			wipe(before);
			break;
		}
		wipe(before);
		if (list)
			cli_say(o,
				"!Pass %u\n\n!List of Rollback Commands:\n"
				"%send\n\n\n",
				pass, commands);
		cli_type_in(cli, true, commands, count_error, &e);
		if (e.n)
			break;
	}
	wipe(commands);
	if (e.n)
		return 0;
	return pass > 1 ? pass - 1 : 1;
}

static void replace(struct replacing *r, struct cli_out *o)
{
	struct cli *cli = o->cli;
	char *before = cli_config_text(cli);
	unsigned int passes = apply(cli, r->text, r->list, o);

	if (passes) {
		cli_say(o, "Total number of passes: %u\nRollback Done\n\n",
			passes);
	} else {
		cli_say(o, "\nRollback failed.Reverting back to the original "
			   "config:\n");
		(void)apply(cli, before, r->list, o);
		cli_error(o, "%%The configuration is as it was before\n");
	}
	wipe(before);
	if (o->session)
		cli_config_changed(o->session);
}

static void confirmed(void *arg, const char *line, struct cli_out *o)
{
	size_t len = strlen(line);

	if (len && !strncasecmp("yes", line, len))
		replace(arg, o);
}

/* Only a whole one: half of one would take away the other half. */
static bool is_whole(const char *text)
{
	return strstr(text, "\nversion ") || !strncmp(text, "version ", 8);
}

static void configure_replace(void *obj, const struct cli_args *a,
			      struct cli_out *o)
{
	struct replacing *r = xcalloc(1, sizeof(*r));
	struct cli_file f;

	(void)obj;
	r->list = cli_has(a, "list");
	if (cli_file_parse(&f, cli_str(a, "file"), o))
		r->text = cli_file_read(&f, o);
	if (r->text && !is_whole(r->text))
		cli_error(o, "%%Error: this is not a complete "
			     "configuration: it has no version line\n");
	if (!r->text || !is_whole(r->text)) {
		replacing_free(r);
		return;
	}
	if (cli_has(a, "force")) {
		replace(r, o);
		replacing_free(r);
		return;
	}
	cli_say(o, "This will apply all necessary additions and deletions\n"
		   "to replace the current running configuration with the\n"
		   "contents of the specified configuration file, which is\n"
		   "assumed to be a complete configuration, not a partial\n");
	cli_ask(o,
		"configuration. Enter Y if you are sure you want to proceed. "
		"? [no]: ",
		false, confirmed, replacing_free, r);
}

/* --- differences ------------------------------------------------------ */

static struct cli_tree *tree_of(const char *url, struct cli_out *o)
{
	struct cli_tree *tree = NULL;
	struct cli_file f;
	char *text;

	if (!cli_file_parse(&f, url, o))
		return NULL;
	text = cli_file_read(&f, o);
	if (text)
		tree = cli_tree_parse(text);
	wipe(text);
	return tree;
}

static void show_differences(void *obj, const struct cli_args *a,
			     struct cli_out *o)
{
	const char *first =
		cli_has(a, "first") ? cli_str(a, "first") : "startup-config";
	const char *second =
		cli_has(a, "second") ? cli_str(a, "second") : "running-config";
	struct cli_tree *x = tree_of(first, o);
	struct cli_tree *y = x ? tree_of(second, o) : NULL;
	char *text;

	(void)obj;
	if (x && y) {
		text = cli_tree_differences(x, y);
		cli_say(o, "!Contextual Config Diffs:\n%s\n",
			*text ? text : "!No changes were found\n");
		wipe(text);
	}
	cli_tree_free(x);
	cli_tree_free(y);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "configure  Enter configuration mode\n"
			 "replace    Replace the running-config with a new "
			 "config file\n"
			 "WORD$file  flash:NAME, nvram:startup-config\n"
			 "{ force    Forcibly replace without prompting for "
			 "user input\n"
			 "| list     List the commands applied in each pass\n"
			 "}\n",
		.run = configure_replace,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show         Show running system information\n"
			 "archive      Archive functions\n"
			 "config       Config\n"
			 "differences  Show config differences\n"
			 "[ WORD$first  Config file 1\n"
			 "[ WORD$second  Config file 2\n"
			 "] ]\n",
		.run = show_differences,
	},
};

void cli_replace_init(struct cli *cli)
{
	CLI_ADD(cli, commands, NULL);
}
