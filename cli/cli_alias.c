/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_alias.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli_priv.h"

struct alias {
	TAILQ_ENTRY(alias) link;
	char *name, *line;
};

struct cli_aliases {
	TAILQ_HEAD(, alias) list;
};

/* IOS has these from the start and does not print them. */
static const struct {
	const char *name, *line;
} built_in[] = {
	{ "h", "help" },     { "lo", "logout" }, { "p", "ping" },
	{ "r", "resume" },   { "s", "show" },	 { "u", "undebug" },
	{ "un", "undebug" }, { "w", "where" },
};

static struct alias *find(const struct cli *cli, const char *name)
{
	struct alias *a;

	TAILQ_FOREACH (a, &cli->aliases->list, link) {
		if (!strcmp(a->name, name))
			return a;
	}
	return NULL;
}

static const char *meaning(const struct cli *cli, const char *name)
{
	const struct alias *a = find(cli, name);
	size_t i;

	if (a)
		return a->line;
	for (i = 0; i < ARRAY_SIZE(built_in); i++)
		if (!strcmp(built_in[i].name, name))
			return built_in[i].line;
	return NULL;
}

void cli_alias_expand(const struct cli *cli, struct cli_words *w)
{
	const char *line = meaning(cli, w->word[0]);
	char *text;

	if (!line)
		return;
	text = xasprintf("%s%s", line, w->text + w->at[0] + strlen(w->word[0]));
	cli_words_cut(w, text);
	free(text);
}

static void drop(struct cli_aliases *all, struct alias *a)
{
	TAILQ_REMOVE(&all->list, a, link);
	free(a->name);
	free(a->line);
	free(a);
}

static void set_alias(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_aliases *all = obj;
	struct alias *alias = find(o->cli, cli_str(a, "name"));

	if (!alias) {
		alias = xcalloc(1, sizeof(*alias));
		alias->name = xstrdup(cli_str(a, "name"));
		TAILQ_INSERT_TAIL(&all->list, alias, link);
	}
	free(alias->line);
	alias->line = xstrdup(cli_str(a, "line"));
}

static void no_alias(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_aliases *all = obj;
	struct alias *alias = find(o->cli, cli_str(a, "name"));

	if (alias)
		drop(all, alias);
}

static void write_aliases(const void *obj, struct cli_out *o)
{
	const struct cli_aliases *all = obj;
	const struct alias *a;

	TAILQ_FOREACH (a, &all->list, link) {
		cli_say(o, "alias exec %s %s\n", a->name, a->line);
	}
}

static void show_aliases(void *obj, const struct cli_args *args,
			 struct cli_out *o)
{
	const struct cli_aliases *all = obj;
	const struct alias *a;
	size_t i;

	(void)args;
	cli_say(o, "Exec mode aliases:\n");
	for (i = 0; i < ARRAY_SIZE(built_in); i++)
		if (!find(o->cli, built_in[i].name))
			cli_say(o, "  %-20s  %s\n", built_in[i].name,
				built_in[i].line);
	TAILQ_FOREACH (a, &all->list, link) {
		cli_say(o, "  %-20s  %s\n", a->name, a->line);
	}
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "alias      Create command alias\n"
			 "exec       Exec mode\n"
			 "WORD$name  Alias name\n"
			 ".\n"
			 "LINE$line  Alias text\n",
		.run = set_alias,
		.no = no_alias,
		.write = write_aliases,
		.order = CLI_O_ALIAS,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show     Show running system information\n"
			 "aliases  Display alias commands\n",
		.run = show_aliases,
		.flags = CLI_USER,
	},
};

void cli_aliases_init(struct cli *cli)
{
	cli->aliases = xcalloc(1, sizeof(*cli->aliases));
	TAILQ_INIT(&cli->aliases->list);
	CLI_ADD(cli, commands, cli->aliases);
}

void cli_aliases_free(struct cli *cli)
{
	while (!TAILQ_EMPTY(&cli->aliases->list))
		drop(cli->aliases, TAILQ_FIRST(&cli->aliases->list));
	free(cli->aliases);
}
