/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_grammar.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The string is read into a tree first; the graph is then built from the end
 * to the start, so that each node knows what follows it. */
enum tree_kind { TREE_TOKEN, TREE_SEQ, TREE_ALT, TREE_OPT, TREE_SET, TREE_DOT };

struct tree {
	enum tree_kind kind;
	struct cli_node *token;
	struct tree **kids;
	size_t n;
};

struct reader {
	const char *p;
	struct cli_grammar *g;
	char *error;
	unsigned int depth;
};

static void __attribute__((format(printf, 2, 3)))
fail(struct reader *r, const char *fmt, ...)
{
	va_list ap;

	if (r->error[0])
		return;
	va_start(ap, fmt);
	vsnprintf(r->error, CLI_GRAMMAR_ERROR, fmt, ap);
	va_end(ap);
}

static struct cli_node *node_new(struct cli_grammar *g, enum cli_node_kind kind)
{
	struct cli_node *n = xcalloc(1, sizeof(*n));

	n->kind = kind;
	n->link = g->nodes;
	g->nodes = n;
	return n;
}

static void node_add(struct cli_node *n, struct cli_node *alt)
{
	n->alts = xrealloc(n->alts, n->n_alts + 1, sizeof(*n->alts));
	n->alts[n->n_alts++] = alt;
}

static struct tree *tree_new(enum tree_kind kind)
{
	struct tree *t = xcalloc(1, sizeof(*t));

	t->kind = kind;
	return t;
}

static void tree_add(struct tree *t, struct tree *kid)
{
	t->kids = xrealloc(t->kids, t->n + 1, sizeof(struct tree *));
	t->kids[t->n++] = kid;
}

static void tree_free(struct tree *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		tree_free(t->kids[i]);
	free(t->kids);
	free(t);
}

static bool is_end(char c)
{
	return c == '\0' || c == '\n' || c == ' ';
}

/* The structure sign at the reader, or 0. */
static char sign_at(struct reader *r)
{
	while (*r->p == ' ' || *r->p == '\n')
		r->p++;
	if (*r->p && strchr("()[]{}|.", *r->p) && is_end(r->p[1]))
		return *r->p;
	return 0;
}

static bool is_type_name(const char *s)
{
	if (!isupper((unsigned char)*s))
		return false;
	for (; *s; s++)
		if (!isupper((unsigned char)*s) &&
		    !isdigit((unsigned char)*s) && !strchr("-_/.:", *s))
			return false;
	return true;
}

static bool read_range(struct cli_node *n)
{
	char *end;
	unsigned long long low, high;

	if (!isdigit((unsigned char)n->text[1]))
		return false;
	low = strtoull(n->text + 1, &end, 10);
	if (*end != '-' || !isdigit((unsigned char)end[1]))
		return false;
	high = strtoull(end + 1, &end, 10);
	if (end[0] != '>' || end[1] || low > high || high > UINT32_MAX)
		return false;
	n->low = (uint32_t)low;
	n->high = (uint32_t)high;
	return true;
}

static void classify(struct reader *r, struct cli_node *n)
{
	if (n->text[0] == '<') {
		n->kind = CLI_NODE_NUMBER;
		if (!read_range(n))
			fail(r, "bad range %s", n->text);
	} else if (!strcmp(n->text, "WORD")) {
		n->kind = CLI_NODE_WORD;
	} else if (!strcmp(n->text, "LINE")) {
		n->kind = CLI_NODE_LINE;
	} else if (!strcmp(n->text, "A.B.C.D")) {
		n->kind = CLI_NODE_IPV4;
	} else if (!strcmp(n->text, "X:X:X:X::X")) {
		n->kind = CLI_NODE_IPV6;
	} else if (is_type_name(n->text)) {
		n->kind = CLI_NODE_TYPE;
	}
}

/* "\v" in a help text is a line break that the text brings along. */
static char *help_text(const char *from, size_t len)
{
	char *s = xcalloc(len + 1, 1);
	size_t i;

	for (i = 0; i < len; i++)
		s[i] = from[i] == '\v' ? '\n' : from[i];
	return s;
}

static void read_help(struct reader *r, struct cli_node *n)
{
	const char *start = r->p;
	size_t len;

	while (*r->p == ' ')
		r->p++;
	len = strcspn(r->p, "\n");
	if (len && r->p - start < 2) {
		/* After one blank only structure may follow. */
		if (sign_at(r) == 0)
			fail(r, "one blank between %s and its help", n->text);
		n->help = xstrdup("");
		return;
	}
	n->help = help_text(r->p, len);
	r->p += len;
}

static struct tree *read_token(struct reader *r)
{
	size_t len = strcspn(r->p, " \n");
	struct tree *t = tree_new(TREE_TOKEN);
	struct cli_node *n = node_new(r->g, CLI_NODE_KEYWORD);
	char *token = strndup(r->p, len);
	char *dollar = token ? strchr(token, '$') : NULL;

	if (dollar && dollar > token) {
		*dollar = '\0';
		n->name = xstrdup(dollar + 1);
		if (!dollar[1])
			fail(r, "empty name after %s", token);
	}
	n->text = token ? token : xstrdup("");
	if (!n->name)
		n->name = xstrdup(n->text);
	r->p += len;
	classify(r, n);
	read_help(r, n);
	t->token = n;
	return t;
}

static struct tree *read_alt(struct reader *r, enum tree_kind kind, char close);

static struct tree *read_group(struct reader *r, enum tree_kind kind,
			       char close)
{
	struct tree *t;

	r->p++;
	if (++r->depth > CLI_GRAMMAR_DEPTH) {
		fail(r, "brackets too deep");
		return tree_new(TREE_SEQ);
	}
	t = read_alt(r, kind, close);
	if (sign_at(r) == close)
		r->p++;
	else
		fail(r, "no %c", close);
	r->depth--;
	return t;
}

static struct tree *read_item(struct reader *r, char sign)
{
	switch (sign) {
	case '(':
		return read_group(r, TREE_ALT, ')');
	case '[':
		return read_group(r, TREE_OPT, ']');
	case '{':
		return read_group(r, TREE_SET, '}');
	case '.':
		r->p++;
		return tree_new(TREE_DOT);
	default:
		return read_token(r);
	}
}

static struct tree *read_seq(struct reader *r, bool top)
{
	struct tree *t = tree_new(TREE_SEQ);
	char sign;

	while (!r->error[0]) {
		sign = sign_at(r);
		if (!*r->p || sign == '|' || (sign && strchr(")]}", sign)))
			break;
		tree_add(t, read_item(r, sign));
	}
	if (!t->n && !(top && !*r->p))
		fail(r, "empty alternative");
	return t;
}

static struct tree *read_alt(struct reader *r, enum tree_kind kind, char close)
{
	struct tree *t = tree_new(kind);

	for (;;) {
		tree_add(t, read_seq(r, close == '\0'));
		if (r->error[0] || sign_at(r) != '|')
			return t;
		r->p++;
	}
}

static struct cli_node *build(struct reader *r, const struct tree *t,
			      struct cli_node *next);

static struct cli_node *build_set(struct reader *r, const struct tree *t,
				  struct cli_node *next)
{
	struct cli_node *set = node_new(r->g, CLI_NODE_SET);
	size_t i;

	set->next = next;
	set->first_bit = r->g->bits;
	r->g->bits += (unsigned int)t->n;
	if (r->g->bits > CLI_SET_BITS)
		fail(r, "more than %d alternatives in sets", CLI_SET_BITS);
	for (i = 0; i < t->n; i++)
		node_add(set, build(r, t->kids[i], set));
	return set;
}

static struct cli_node *build_fork(struct reader *r, const struct tree *t,
				   struct cli_node *next)
{
	struct cli_node *fork;
	size_t i;

	if (t->n == 1 && t->kind == TREE_ALT)
		return build(r, t->kids[0], next);
	fork = node_new(r->g, CLI_NODE_FORK);
	for (i = 0; i < t->n; i++)
		node_add(fork, build(r, t->kids[i], next));
	if (t->kind == TREE_OPT)
		node_add(fork, next);
	return fork;
}

static struct cli_node *build(struct reader *r, const struct tree *t,
			      struct cli_node *next)
{
	struct cli_node *dot;
	size_t i;

	switch (t->kind) {
	case TREE_TOKEN:
		t->token->next = next;
		return t->token;
	case TREE_SEQ:
		for (i = t->n; i > 0; i--)
			next = build(r, t->kids[i - 1], next);
		return next;
	case TREE_DOT:
		dot = node_new(r->g, CLI_NODE_DOT);
		dot->next = next;
		return dot;
	case TREE_SET:
		return build_set(r, t, next);
	case TREE_ALT:
	case TREE_OPT:
		return build_fork(r, t, next);
	}
	return next;
}

struct cli_grammar *cli_grammar_parse(const char *words, char *error)
{
	struct cli_grammar *g = xcalloc(1, sizeof(*g));
	struct reader r = { .p = words, .g = g, .error = error };
	struct tree *t;

	error[0] = '\0';
	t = read_alt(&r, TREE_ALT, '\0');
	if (sign_at(&r))
		fail(&r, "%c closes nothing", *r.p);
	if (!error[0])
		g->start = build(&r, t, node_new(g, CLI_NODE_END));
	if (!error[0] && g->start->kind == CLI_NODE_END)
		fail(&r, "no token at all");
	tree_free(t);
	if (!error[0])
		return g;
	cli_grammar_free(g);
	return NULL;
}

void cli_grammar_free(struct cli_grammar *g)
{
	struct cli_node *n;

	if (!g)
		return;
	while ((n = g->nodes)) {
		g->nodes = n->link;
		free(n->text);
		free(n->help);
		free(n->name);
		free(n->alts);
		free(n);
	}
	free(g);
}

bool cli_grammar_has_name(const struct cli_grammar *g, const char *name)
{
	const struct cli_node *n;

	for (n = g->nodes; n; n = n->link)
		if (n->name && !strcmp(n->name, name))
			return true;
	return false;
}
