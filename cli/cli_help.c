/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ? and Tab. */
#include "cli/cli_priv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/cli_alias.h"

struct entry {
	char *word, *help;
	bool keyword;
};

struct list {
	const struct cli *cli;
	struct entry *v;
	size_t n;
	const char *prefix; /* "" lists all */
	bool end;	    /* the line may end here */
};

enum { HELP_MAX = 4096 }; /* entries; a bound for odd types */

static void list_add(struct list *l, const char *word, const char *help,
		     bool keyword)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (!strcmp(l->v[i].word, word))
			return;
	if (l->n == HELP_MAX)
		return;
	l->v = xrealloc(l->v, l->n + 1, sizeof(*l->v));
	l->v[l->n++] = (struct entry){ xstrdup(word), xstrdup(help), keyword };
}

static void list_free(struct list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		free(l->v[i].word);
		free(l->v[i].help);
	}
	free(l->v);
}

/* Words of a type that have small letters are names to be typed (bgp,
 * Ethernet); the others stand for something (<0-255>, WORD). */
static void add_typed(void *arg, const char *word, const char *help)
{
	bool named = isalpha((unsigned char)word[0]) &&
		     word[strcspn(word, "abcdefghijklmnopqrstuvwxyz")];

	list_add(arg, word, help, named);
}

static bool could_be(const struct list *l, const struct cli_node *n)
{
	size_t digits = strspn(l->prefix, "0123456789");

	switch (n->kind) {
	case CLI_NODE_NUMBER:
		return !l->prefix[digits];
	case CLI_NODE_IPV4:
		return !l->prefix[strspn(l->prefix, "0123456789.")];
	case CLI_NODE_IPV6:
		return !l->prefix[strspn(l->prefix,
					 "0123456789abcdefABCDEF:.")];
	case CLI_NODE_KEYWORD:
		return !strncasecmp(n->text, l->prefix, strlen(l->prefix));
	case CLI_NODE_TYPE:
	case CLI_NODE_WORD:
	case CLI_NODE_LINE:
	case CLI_NODE_FORK:
	case CLI_NODE_SET:
	case CLI_NODE_DOT:
	case CLI_NODE_END:
		break;
	}
	return true;
}

static void list_node(void *arg, const struct cli_node *n)
{
	struct list *l = arg;
	const struct cli_type *type;

	if (!n) {
		l->end = true;
	} else if (n->kind == CLI_NODE_TYPE) {
		type = cli_type_find(l->cli, n->text);
		if (type->help)
			type->help(type->ctx, l->prefix, add_typed, l);
		else
			list_add(l, n->text, n->help, false);
	} else if (could_be(l, n)) {
		list_add(l, n->text, n->help, n->kind == CLI_NODE_KEYWORD);
	}
}

/* Signs and digits first, then keywords, types (WORD, A.B.C.D) last. */
static int rank(const struct entry *e)
{
	if (!isalpha((unsigned char)e->word[0]))
		return 0;
	return e->keyword || !isupper((unsigned char)e->word[0]) ? 1 : 2;
}

static int by_word(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (rank(x) != rank(y))
		return rank(x) - rank(y);
	return strcmp(x->word, y->word);
}

/* --- what ? is asked about --- */

struct question {
	struct cli_session *s;
	struct cli_words w;
	size_t first; /* word the command begins with */
	size_t level; /* of the mode stack */
	bool no, word, filter;
	struct list list;
	enum cli_verdict verdict;
};

static void list_level(struct question *q, size_t level, size_t end)
{
	struct cli_query query = {
		.cli = q->s->cli,
		.mode = q->s->stack[level].mode,
		.words = &q->w,
		.first = q->first,
		.end = end,
		.no = q->no,
		.privilege = q->s->privilege,
	};

	q->verdict = cli_follow(&query, list_node, &q->list);
}

static void list_extras(struct question *q)
{
	const struct cli_mode *mode = q->s->stack[q->level].mode;
	struct list *l = &q->list;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (!strcmp(l->v[i].word, "exit") && mode->exit_help) {
			free(l->v[i].help);
			l->v[i].help = xstrdup(mode->exit_help);
		}
	if (q->no)
		return;
	if (q->level > 0 && !strncmp("default", l->prefix, strlen(l->prefix)))
		list_add(l, "default", "Set a command to its defaults", true);
	if (!strncmp("no", l->prefix, strlen(l->prefix)) &&
	    (q->level > 0 || q->s->privilege >= CLI_PRIV_MAX))
		list_add(l, "no",
			 q->level > 0 ? "Negate a command or set its defaults"
				      : "Disable debugging functions",
			 true);
}

static void list_filters(struct question *q)
{
	static const struct {
		const char *word, *help;
	} all[] = {
		{ "begin", "Begin with the line that matches" },
		{ "count", "Count number of lines which match regexp" },
		{ "exclude", "Exclude lines that match" },
		{ "include", "Include lines that match" },
		{ "section", "Filter a section of output" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (!strncmp(all[i].word, q->list.prefix,
			     strlen(q->list.prefix)))
			list_add(&q->list, all[i].word, all[i].help, true);
}

/* Behind a bar: which filter, or its regular expression. */
static bool ask_filter(struct question *q)
{
	size_t i, words;

	for (i = 1; i < q->w.end && q->w.word[i][0] != '|'; i++)
		;
	if (i >= q->w.end || q->level > 0)
		return false;
	q->filter = true;
	words = q->w.end - i - (q->word ? 1 : 0);
	if (words == 1)
		list_filters(q);
	else if (words > 1)
		list_add(&q->list, "LINE", "Regular Expression", false);
	return true;
}

static void take_prefixes(struct question *q)
{
	const struct cli_words *w = &q->w;
	size_t end = w->end - (q->word ? 1 : 0);

	if (q->level > 0 && q->first < end &&
	    !strcasecmp(w->word[q->first], "do")) {
		q->first++;
		q->level = 0;
	}
	if (q->first < end &&
	    (!strcasecmp(w->word[q->first], "no") ||
	     (q->level > 0 && !strcasecmp(w->word[q->first], "default")))) {
		q->first++;
		q->no = true;
	}
}

static void ask(struct question *q, struct cli_session *s, const char *text)
{
	size_t end, level;

	*q = (struct question){ .s = s, .level = s->depth - 1 };
	q->list.cli = s->cli;
	cli_words_cut(&q->w, text);
	q->word = q->w.open && q->w.end > 0;
	if (!cli_session_in_config(s) && q->w.n > 1)
		cli_alias_expand(s->cli, &q->w);
	q->list.prefix = q->word ? q->w.word[q->w.end - 1] : "";
	end = q->w.end - (q->word ? 1 : 0);
	take_prefixes(q);
	if (ask_filter(q))
		return;
	level = q->level;
	list_level(q, level, end);
	while (!q->list.n && !q->list.end && level > 1)
		list_level(q, --level, end);
	if (end == q->first)
		list_extras(q);
	if (q->list.n > 1)
		qsort(q->list.v, q->list.n, sizeof(*q->list.v), by_word);
}

static void ask_free(struct question *q)
{
	list_free(&q->list);
}

/* --- how it is shown --- */

static void word_help(const struct question *q, struct cli_out *o)
{
	const struct list *l = &q->list;
	unsigned int width = q->s->width ? q->s->width : CLI_WIDTH_DEFAULT;
	size_t longest = 0, columns, i;

	for (i = 0; i < l->n; i++)
		if (strlen(l->v[i].word) > longest)
			longest = strlen(l->v[i].word);
	columns = width / (longest + 2);
	if (!columns)
		columns = 1;
	for (i = 0; i < l->n; i++) {
		if (i + 1 == l->n || (i + 1) % columns == 0)
			cli_say(o, "%s\n", l->v[i].word);
		else
			cli_say(o, "%-*s", (int)longest + 2, l->v[i].word);
	}
	cli_say(o, "\n");
}

static void say_entry(struct cli_out *o, size_t width, const char *word,
		      const char *help)
{
	if (*help)
		cli_say(o, "  %-*s  %s\n", (int)width, word, help);
	else
		cli_say(o, "  %s\n", word);
}

static bool is_show(const struct question *q)
{
	const char *word = q->w.end > q->first ? q->w.word[q->first] : "";

	return q->level == 0 && strlen(word) >= 2 &&
	       !strncasecmp("show", word, strlen(word));
}

static void command_help(const struct question *q, struct cli_out *o)
{
	const struct list *l = &q->list;
	const char *heading = q->s->stack[q->level].mode->heading;
	bool bar = l->end && is_show(q);
	size_t width = 0, i;

	if (q->w.end == 0 && heading)
		cli_say(o, "%s\n", heading);
	for (i = 0; i < l->n; i++)
		if (strlen(l->v[i].word) > width)
			width = strlen(l->v[i].word);
	for (i = 0; i < l->n; i++)
		say_entry(o, width, l->v[i].word, l->v[i].help);
	if (bar)
		say_entry(o, width, "|", "Output modifiers");
	if (l->end)
		say_entry(o, width, "<cr>", "");
	cli_say(o, "\n");
}

char *cli_help(struct cli_session *s, const char *text)
{
	struct cli_out *o = cli_out_capture(s->cli);
	struct question q;
	char *help;

	ask(&q, s, text);
	if (q.verdict == CLI_AMBIGUOUS)
		cli_say(o, "%% Ambiguous command:  \"%s\"\n", text);
	else if (!q.list.n && (q.word || !q.list.end))
		cli_say(o, "%% Unrecognized command\n");
	else if (q.word)
		word_help(&q, o);
	else
		command_help(&q, o);
	ask_free(&q);
	help = cli_out_take(o);
	cli_out_free(o);
	return help;
}

/* A type may list words for reasons of its own. */
static const char *rest_of(const char *word, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncasecmp(word, prefix, len) ? "" : word + len;
}

char *cli_complete(struct cli_session *s, const char *text)
{
	const struct entry *found = NULL;
	struct question q;
	char *insert = NULL;
	size_t i, n = 0;

	ask(&q, s, text);
	for (i = 0; q.word && i < q.list.n; i++) {
		if (!q.list.v[i].keyword)
			continue;
		found = &q.list.v[i];
		n++;
	}
	if (n == 1)
		insert = xasprintf("%s ", rest_of(found->word, q.list.prefix));
	ask_free(&q);
	return insert ? insert : xstrdup("");
}
