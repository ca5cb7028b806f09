/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_aaa.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/cli_priv.h"

struct list {
	TAILQ_ENTRY(list) link;
	enum cli_aaa_list kind;
	char *name;
	char *text; /* methods as printed */
	struct cli_methods methods;
};

struct cli_aaa {
	bool on, console;
	TAILQ_HEAD(, list) lists;
};

static const struct {
	const char *word;
	enum cli_method method;
} methods[] = {
	{ "enable", CLI_METHOD_ENABLE },
	{ "group", CLI_METHOD_GROUP },
	{ "if-authenticated", CLI_METHOD_IF_AUTHENTICATED },
	{ "line", CLI_METHOD_LINE },
	{ "local", CLI_METHOD_LOCAL },
	{ "local-case", CLI_METHOD_LOCAL },
	{ "none", CLI_METHOD_NONE },
};

static const char *const kinds[] = {
	[CLI_AAA_LOGIN] = "authentication login",
	[CLI_AAA_ENABLE] = "authentication enable",
	[CLI_AAA_EXEC] = "authorization exec",
};

static struct list *find(const struct cli_aaa *aaa, enum cli_aaa_list kind,
			 const char *name)
{
	struct list *l;

	TAILQ_FOREACH (l, &aaa->lists, link) {
		if (l->kind == kind && !strcmp(l->name, name))
			return l;
	}
	return NULL;
}

static void drop(struct cli_aaa *aaa, struct list *l)
{
	TAILQ_REMOVE(&aaa->lists, l, link);
	free(l->name);
	free(l->text);
	free(l);
}

bool cli_aaa_is_on(const struct cli *cli)
{
	return cli->aaa->on;
}

bool cli_aaa_on_console(const struct cli *cli)
{
	return cli->aaa->console;
}

bool cli_aaa_find(const struct cli *cli, enum cli_aaa_list kind,
		  const char *name, struct cli_methods *out)
{
	const struct list *l = find(cli->aaa, kind, name ? name : "default");

	if (l)
		*out = l->methods;
	return l;
}

/* --- commands --------------------------------------------------------- */

static void set_new_model(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct cli_aaa *aaa = obj;

	(void)o;
	aaa->on = !cli_is_no(a);
	if (aaa->on)
		return;
	aaa->console = false;
	while (!TAILQ_EMPTY(&aaa->lists))
		drop(aaa, TAILQ_FIRST(&aaa->lists));
}

static void write_new_model(const void *obj, struct cli_out *o)
{
	const struct cli_aaa *aaa = obj;

	cli_say(o, "%saaa new-model\n", aaa->on ? "" : "no ");
}

static const char *full_word(const char *word, enum cli_method *method)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(methods); i++)
		if (!strncasecmp(methods[i].word, word, strlen(word)))
			break;
	if (i == ARRAY_SIZE(methods))
		return NULL;
	*method = methods[i].method;
	return methods[i].word;
}

static void add_word(struct list *l, const char *word)
{
	char *more = xasprintf("%s%s%s", l->text, *l->text ? " " : "", word);

	free(l->text);
	l->text = more;
}

/* "local none", "group tacacs+ local": false when that makes no sense. */
static bool read_methods(struct list *l, const char *text)
{
	enum cli_method method = CLI_METHOD_NONE;
	struct cli_words w;
	const char *word;
	size_t i;

	cli_words_cut(&w, text);
	for (i = 0; i < w.n; i++) {
		word = full_word(w.word[i], &method);
		if (!word || l->methods.n == CLI_METHODS_MAX)
			return false;
		add_word(l, word);
		l->methods.at[l->methods.n++] = method;
		if (method != CLI_METHOD_GROUP)
			continue;
		if (++i == w.n)
			return false;
		add_word(l, w.word[i]);
	}
	return l->methods.n;
}

static void set_list(struct cli_aaa *aaa, enum cli_aaa_list kind,
		     const struct cli_args *a, struct cli_out *o)
{
	const char *name = cli_has(a, "name") ? cli_str(a, "name") : "default";
	struct list *old = find(aaa, kind, name);
	struct list *l;

	if (old)
		drop(aaa, old);
	if (cli_is_no(a))
		return;
	l = xcalloc(1, sizeof(*l));
	l->kind = kind;
	l->name = xstrdup(name);
	l->text = xstrdup("");
	TAILQ_INSERT_TAIL(&aaa->lists, l, link);
	if (read_methods(l, cli_str(a, "methods")))
		return;
	cli_error(o, "%% Invalid method list\n");
	drop(aaa, l);
}

static void set_authentication(void *obj, const struct cli_args *a,
			       struct cli_out *o)
{
	set_list(obj, cli_has(a, "login") ? CLI_AAA_LOGIN : CLI_AAA_ENABLE, a,
		 o);
}

static void set_authorization(void *obj, const struct cli_args *a,
			      struct cli_out *o)
{
	set_list(obj, CLI_AAA_EXEC, a, o);
}

static void write_lists(const void *obj, struct cli_out *o)
{
	const struct cli_aaa *aaa = obj;
	const struct list *l;
	size_t kind;

	for (kind = 0; kind < ARRAY_SIZE(kinds); kind++)
		TAILQ_FOREACH (l, &aaa->lists, link) {
			if ((size_t)l->kind == kind)
				cli_say(o, "aaa %s %s %s\n", kinds[kind],
					l->name, l->text);
		}
}

static void set_console(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct cli_aaa *aaa = obj;

	(void)o;
	aaa->console = !cli_is_no(a);
}

static void write_console(const void *obj, struct cli_out *o)
{
	const struct cli_aaa *aaa = obj;

	if (aaa->console)
		cli_say(o, "aaa authorization console\n");
}

#define AAA "aaa  Authentication, Authorization and Accounting.\n"
#define AUTHENTICATION \
	"authentication  Authentication configurations parameters.\n"
#define AUTHORIZATION \
	"authorization  Authorization configurations parameters.\n"
#define DEFAULT "default  The default authentication list.\n"
#define NAMED	"WORD$name  Named authentication list.\n"
#define METHODS ".\nLINE$methods  Methods: local, line, enable, none, group\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = AAA "new-model  Enable NEW access control commands "
			     "and functions\n",
		.run = set_new_model,
		.no = set_new_model,
		.write = write_new_model,
		.order = CLI_O_AAA,
	},
	{
		.mode = &cli_mode_config,
		.words = AAA AUTHENTICATION
		"( login  Set authentication lists for logins.\n"
		"( " DEFAULT "| " NAMED ")\n"
		"| enable  Set authentication list for enable.\n" DEFAULT
		")\n" METHODS,
		.run = set_authentication,
		.no = set_authentication,
		.write = write_lists,
		.order = CLI_O_AAA + 1,
	},
	{
		.mode = &cli_mode_config,
		.words = AAA AUTHORIZATION
		"exec  For starting an exec (shell).\n"
		"( " DEFAULT "| " NAMED ")\n" METHODS,
		.run = set_authorization,
		.no = set_authorization,
	},
	{
		.mode = &cli_mode_config,
		.words = AAA AUTHORIZATION
		"console  For enabling console authorization\n",
		.run = set_console,
		.no = set_console,
		.write = write_console,
		.order = CLI_O_AAA + 2,
	},
};

void cli_aaa_init(struct cli *cli)
{
	cli->aaa = xcalloc(1, sizeof(*cli->aaa));
	TAILQ_INIT(&cli->aaa->lists);
	CLI_ADD(cli, commands, cli->aaa);
}

void cli_aaa_free(struct cli *cli)
{
	while (!TAILQ_EMPTY(&cli->aaa->lists))
		drop(cli->aaa, TAILQ_FIRST(&cli->aaa->lists));
	free(cli->aaa);
}
