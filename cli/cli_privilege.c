/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_privilege.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/cli_priv.h"

enum { RULES_MAX = 256 };

struct rule {
	TAILQ_ENTRY(rule) link;
	const char *mode; /* of mode_names */
	unsigned int level;
	bool all; /* and all that goes on from there */
	char *words;
};

struct cli_privileges {
	TAILQ_HEAD(, rule) rules;
	size_t n;
};

/* IOS's names of the modes; NULL: all the others together. */
static const struct {
	const char *name, *prompt;
} mode_names[] = {
	{ "exec", NULL },
	{ "configure", "config" },
	{ "interface", "config-if" },
	{ "line", "config-line" },
	{ "router", "config-router" },
	{ "crypto-map", "config-crypto-map" },
	{ "crypto-ikmp", "config-isakmp" },
	{ "crypto-gdoi-group", "config-gdoi-group" },
	{ "gdoi-local-server", "gdoi-local-server" },
	{ "ipenacl", "config-ext-nacl" },
	{ "ipsnacl", "config-std-nacl" },
};

static const char *name_of(const struct cli_mode *mode)
{
	size_t i;

	if (!mode->prompt)
		return mode == &cli_mode_exec ? "exec" : "";
	for (i = 1; i < ARRAY_SIZE(mode_names); i++)
		if (!strcmp(mode_names[i].prompt, mode->prompt))
			return mode_names[i].name;
	return "";
}

/* IOS: the commands of level 0. */
static bool is_lowest(const char *path)
{
	static const char *const words[] = { "disable", "enable", "exit",
					     "help", "logout" };
	size_t i, len = strcspn(path, " ");

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i]) == len && !strncmp(words[i], path, len))
			return true;
	return false;
}

static unsigned int usual_level(const struct cli_cmd *cmd, const char *path)
{
	if (cmd->mode == &cli_mode_submode)
		return 0; /* exit; whoever came in may leave */
	if (!(cmd->flags & CLI_USER))
		return CLI_PRIV_MAX;
	return is_lowest(path) ? 0 : CLI_PRIV_USER;
}

/* Whether text begins with the words of head. */
static bool begins(const char *text, const char *head)
{
	size_t len = strlen(head);

	return !strncasecmp(text, head, len) &&
	       (!len || !text[len] || text[len] == ' ');
}

static size_t count_words(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == ' ';
	return n;
}

/* A rule that lowers a level is about what it says and its arguments, not
 * about other commands that begin alike: routers write "level 7 show" beside
 * "level 7 show running-config". */
static bool reaches(const struct rule *r, const struct cli_typed *typed,
		    unsigned int usual)
{
	size_t n = count_words(r->words);

	if (r->all || r->level >= usual ||
	    strlen(typed->path) == strlen(r->words) || n >= 64)
		return true;
	return !(typed->keywords >> n & 1) || typed->complete >> n & 1;
}

bool cli_privilege_allows(const struct cli *cli, const struct cli_cmd *cmd,
			  unsigned int privilege, const struct cli_typed *typed,
			  bool whole)
{
	const char *path = typed->path;
	const char *mode = name_of(cmd->mode);
	unsigned int usual = usual_level(cmd, path), level = usual;
	const struct rule *r;
	size_t best = 0, len;
	bool later = false;

	/* The first words may still become those of a command of level 0. */
	if (!*path && !whole && cmd->flags & CLI_USER)
		level = 0;
	TAILQ_FOREACH (r, &cli->privileges->rules, link) {
		if (strcmp(r->mode, mode))
			continue;
		len = strlen(r->words);
		if (begins(path, r->words) && len > best &&
		    reaches(r, typed, usual)) {
			best = len;
			level = r->level;
		} else if (!whole && r->level <= privilege &&
			   begins(r->words, path)) {
			later = true;
		}
	}
	return level <= privilege || later;
}

/* --- commands --------------------------------------------------------- */

static struct rule *find(const struct cli_privileges *all, const char *mode,
			 const char *words)
{
	struct rule *r;

	TAILQ_FOREACH (r, &all->rules, link) {
		if (!strcmp(r->mode, mode) && !strcmp(r->words, words))
			return r;
	}
	return NULL;
}

static void drop(struct cli_privileges *all, struct rule *r)
{
	TAILQ_REMOVE(&all->rules, r, link);
	all->n--;
	free(r->words);
	free(r);
}

struct guess {
	const char *word;
	const char *full;
};

static void guess_node(void *arg, const struct cli_node *node)
{
	struct guess *g = arg;

	if (!node || node->kind != CLI_NODE_KEYWORD ||
	    strncasecmp(node->text, g->word, strlen(g->word)))
		return;
	if (!g->full || !strcasecmp(node->text, g->word))
		g->full = node->text;
}

static const struct cli_mode *mode_of(const struct cli *cli, const char *name)
{
	size_t i;

	for (i = 0; i < cli->n_commands; i++)
		if (!strcmp(name_of(cli->commands[i].cmd->mode), name))
			return cli->commands[i].cmd->mode;
	return NULL;
}

/* Abbreviated keywords in full, as far as there are such; to be freed. */
static char *expand(const struct cli *cli, const char *mode, const char *text)
{
	char *out = xstrdup(""), *more;
	struct cli_words w;
	struct cli_query q = {
		.cli = cli,
		.mode = mode_of(cli, mode),
		.words = &w,
		.privilege = CLI_PRIV_MAX,
	};

	cli_words_cut(&w, text);
	for (q.end = 0; q.end < w.n; q.end++) {
		struct guess g = { .word = w.word[q.end] };

		if (q.mode)
			cli_follow(&q, guess_node, &g);
		more = xasprintf("%s%s%s", out, q.end ? " " : "",
				 g.full ? g.full : g.word);
		free(out);
		out = more;
	}
	return out;
}

static const char *typed_mode(const struct cli_args *a, struct cli_out *o)
{
	const char *word = cli_str(a, "where");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mode_names); i++)
		if (!strncasecmp(mode_names[i].name, word, strlen(word)))
			return mode_names[i].name;
	cli_error(o, "%% Unknown mode %s\n", word);
	return NULL;
}

static void set_level(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_privileges *all = obj;
	const char *mode = typed_mode(a, o);
	struct rule *r;
	char *words;

	if (!mode)
		return;
	words = expand(o->cli, mode, cli_str(a, "command"));
	r = find(all, mode, words);
	if (!r && all->n < RULES_MAX) {
		r = xcalloc(1, sizeof(*r));
		r->mode = mode;
		r->words = xstrdup(words);
		TAILQ_INSERT_TAIL(&all->rules, r, link);
		all->n++;
	}
	if (r) {
		r->level = cli_u32(a, "number");
		r->all = cli_has(a, "all");
	}
	free(words);
}

static void reset(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const char *mode = typed_mode(a, o), *typed = cli_str(a, "command");
	struct rule *r;
	char *words;

	if (!mode || !typed)
		return;
	words = expand(o->cli, mode, typed);
	r = find(obj, mode, words);
	if (r)
		drop(obj, r);
	free(words);
}

static void write_rules(const void *obj, struct cli_out *o)
{
	const struct cli_privileges *all = obj;
	const struct rule *r;

	TAILQ_FOREACH (r, &all->rules, link) {
		cli_say(o, "privilege %s %slevel %u %s\n", r->mode,
			r->all ? "all " : "", r->level, r->words);
	}
}

#define PRIVILEGE                                     \
	"privilege    Command privilege parameters\n" \
	"WORD$where   Mode of the command: exec, configure, interface, line\n"
#define COMMAND "LINE$command  Initial keywords of the command to modify\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = PRIVILEGE "[ all  All suboption will be set to the "
				   "same level\n]\n"
				   "level  Set privilege level of command\n"
				   "<0-15>$number  Privilege level\n" COMMAND,
		.run = set_level,
		.no = reset,
		.write = write_rules,
		.order = CLI_O_BANNER + 10,
	},
	{
		.mode = &cli_mode_config,
		.words = PRIVILEGE "reset  Reset privilege level of "
				   "command\n" COMMAND,
		.run = reset,
	},
};

void cli_privileges_init(struct cli *cli)
{
	cli->privileges = xcalloc(1, sizeof(*cli->privileges));
	TAILQ_INIT(&cli->privileges->rules);
	CLI_ADD(cli, commands, cli->privileges);
}

void cli_privileges_free(struct cli *cli)
{
	while (!TAILQ_EMPTY(&cli->privileges->rules))
		drop(cli->privileges, TAILQ_FIRST(&cli->privileges->rules));
	free(cli->privileges);
}
