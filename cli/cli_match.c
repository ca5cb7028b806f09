/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All commands of a mode at once as one automaton: a thread is a command, a
 * place in its graph, and what was taken on the way there. */
#include "cli/cli_priv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/cli_privilege.h"

/* How well a word fits; of several readings the one that fits better, word by
 * word from the left, is meant. */
enum fit {
	FIT_NONE,
	FIT_LINE,
	FIT_WORD,
	FIT_TYPE,
	FIT_VALUE,
	FIT_PREFIX,
	FIT_EXACT,
};

enum { THREADS_MAX = 4096 }; /* at one word; a bound for hostile lines */

struct capture {
	const struct capture *prev;
	struct capture *link;
	const struct cli_node *node;
	size_t words; /* taken */
	enum fit fit;
	char *text;
	uint32_t number;
	struct ip_addr addr;
};

struct thread {
	const struct cli_command *command;
	const struct cli_node *node;
	uint64_t used; /* alternatives of sets */
	bool stop;     /* may end here: behind the dot of a no form */
	bool dotted;   /* the dot is behind it; key: what stands before */
	const struct capture *capture, *key;
};

struct place {
	struct thread *v;
	size_t n;
};

struct matcher {
	const struct cli_query *q;
	struct place *place; /* one before each word, one at the end */
	struct capture *captures;
	size_t far;    /* octet of the line up to which something fits */
	bool starving; /* a type wants more words than there are */
	bool ambiguous;
};

static bool visible(const struct cli_query *q, const struct cli_command *c)
{
	if (c->cmd->mode != q->mode &&
	    (c->cmd->mode != &cli_mode_submode || q->mode == &cli_mode_exec))
		return false;
	return q->no ? c->cmd->no != NULL : c->cmd->run != NULL;
}

/* What was typed up to here, keywords in full; to be freed. */
static char *path_of(const struct cli_query *q, const struct capture *c,
		     size_t end)
{
	char *path, *before;
	const char *word;

	if (!c)
		return xstrdup("");
	before = path_of(q, c->prev, end - c->words);
	word = c->node->kind == CLI_NODE_KEYWORD ? c->node->text
						 : q->words->word[end - 1];
	path = xasprintf("%s%s%s", before, *before ? " " : "", word);
	free(before);
	return path;
}

static uint64_t keywords_of(const struct cli_query *q, const struct capture *c,
			    size_t end)
{
	uint64_t bits = 0;

	for (; c; c = c->prev) {
		end -= c->words;
		if (end - q->first < 64 && c->node->kind == CLI_NODE_KEYWORD)
			bits |= UINT64_C(1) << (end - q->first);
	}
	return bits;
}

/* After how many words the command of t could have ended. */
static uint64_t ends_of(const struct matcher *m, const struct thread *t,
			size_t at)
{
	const struct place *p;
	uint64_t bits = 0;
	size_t n, i;

	for (n = 0; m->q->first + n < at && n < 64; n++) {
		p = &m->place[m->q->first + n];
		for (i = 0; i < p->n; i++)
			if (p->v[i].command == t->command &&
			    p->v[i].node->kind == CLI_NODE_END)
				bits |= UINT64_C(1) << n;
	}
	return bits;
}

/* Whether the user's privilege lets him go on with t, before word at. */
static bool allowed(const struct matcher *m, const struct thread *t, size_t at,
		    bool whole)
{
	const struct cli_query *q = m->q;
	struct cli_typed typed;
	bool yes;
	char *path;

	if (q->privilege >= CLI_PRIV_MAX)
		return true;
	path = path_of(q, t->capture, at);
	typed = (struct cli_typed){ .path = path,
				    .keywords = keywords_of(q, t->capture, at),
				    .complete = ends_of(m, t, at) };
	yes = cli_privilege_allows(q->cli, t->command->cmd, q->privilege,
				   &typed, whole);
	free(path);
	return yes;
}

static void place_add(struct place *p, const struct thread *t)
{
	size_t i;

	if (p->n >= THREADS_MAX)
		return;
	for (i = p->n; i > 0 && p->v[i - 1].capture == t->capture &&
		       p->v[i - 1].command == t->command;
	     i--)
		if (p->v[i - 1].node == t->node && p->v[i - 1].used == t->used)
			return;
	if ((p->n & (p->n + 1)) == 0)
		p->v = xrealloc(p->v, 2 * (p->n + 1), sizeof(*p->v));
	p->v[p->n++] = *t;
}

/* Follows t through nodes that take no word. */
static void spread(struct matcher *m, size_t at, struct thread t)
{
	const struct cli_node *node = t.node;
	struct thread next = t;
	size_t i;

	switch (node->kind) {
	case CLI_NODE_DOT:
		next.stop = t.stop || m->q->no;
		next.dotted = true;
		next.key = t.capture;
		next.node = node->next;
		spread(m, at, next);
		return;
	case CLI_NODE_FORK:
		for (i = 0; i < node->n_alts; i++) {
			next.node = node->alts[i];
			spread(m, at, next);
		}
		return;
	case CLI_NODE_SET:
		for (i = 0; i < node->n_alts; i++) {
			if (t.used >> (node->first_bit + i) & 1)
				continue;
			next.node = node->alts[i];
			next.used = t.used | UINT64_C(1)
						     << (node->first_bit + i);
			spread(m, at, next);
		}
		next.used = t.used;
		next.node = node->next;
		spread(m, at, next);
		return;
	case CLI_NODE_KEYWORD:
	case CLI_NODE_NUMBER:
	case CLI_NODE_IPV4:
	case CLI_NODE_IPV6:
	case CLI_NODE_TYPE:
	case CLI_NODE_WORD:
	case CLI_NODE_LINE:
	case CLI_NODE_END:
		place_add(&m->place[at], &t);
	}
}

/* Reports how much of the word at could be read. */
static void reached(struct matcher *m, size_t at, size_t octets)
{
	size_t far = m->q->words->at[at] + octets;

	if (far > m->far)
		m->far = far;
}

static bool all_digits(const char *s)
{
	return *s && s[strspn(s, "0123456789")] == '\0';
}

static enum fit fit_keyword(struct matcher *m, size_t at, const char *keyword)
{
	const char *word = m->q->words->word[at];
	size_t i = 0;

	while (word[i] && tolower((unsigned char)word[i]) ==
				  tolower((unsigned char)keyword[i]))
		i++;
	if (word[i]) {
		reached(m, at, i);
		return FIT_NONE;
	}
	if (!keyword[i])
		return FIT_EXACT;
	/* Numbers are not abbreviated: 12 is not 128. */
	return all_digits(keyword) ? FIT_NONE : FIT_PREFIX;
}

static enum fit fit_number(struct matcher *m, size_t at, struct capture *c)
{
	const char *word = m->q->words->word[at];
	size_t digits = strspn(word, "0123456789");
	unsigned long long v;

	if (!digits || word[digits]) {
		reached(m, at, digits);
		return FIT_NONE;
	}
	v = digits > 10 ? UINT64_MAX : strtoull(word, NULL, 10);
	if (v < c->node->low || v > c->node->high)
		return FIT_NONE;
	c->number = (uint32_t)v;
	return FIT_VALUE;
}

static enum fit fit_address(struct matcher *m, size_t at, struct capture *c,
			    enum ip_family family)
{
	const char *word = m->q->words->word[at];

	if (ip_parse(&c->addr, word) && c->addr.family == family)
		return FIT_VALUE;
	c->addr = (struct ip_addr){ 0 };
	if (family == IP_V4)
		reached(m, at, strspn(word, "0123456789."));
	return FIT_NONE;
}

static enum fit fit_type(struct matcher *m, size_t at, struct capture *c)
{
	const struct cli_query *q = m->q;
	const struct cli_type *type = cli_type_find(q->cli, c->node->text);
	size_t left = q->end - at;
	int n;

	n = type->match(type->ctx, &q->words->word[at], left, &c->text,
			&c->number);
	if (n < 0)
		m->starving = true;
	if (n <= 0 || (size_t)n > left)
		return FIT_NONE;
	c->words = (size_t)n;
	return FIT_TYPE;
}

static enum fit fit_line(struct matcher *m, size_t at, struct capture *c)
{
	const char *text = m->q->words->text + m->q->words->at[at];
	size_t len = strlen(text);

	while (len && text[len - 1] == ' ')
		len--;
	c->text = xcalloc(len + 1, 1);
	memcpy(c->text, text, len);
	/* A comment sign is part of it. */
	c->words = m->q->end - at;
	return FIT_LINE;
}

static enum fit fit(struct matcher *m, size_t at, struct capture *c)
{
	switch (c->node->kind) {
	case CLI_NODE_KEYWORD:
		return fit_keyword(m, at, c->node->text);
	case CLI_NODE_NUMBER:
		return fit_number(m, at, c);
	case CLI_NODE_IPV4:
		return fit_address(m, at, c, IP_V4);
	case CLI_NODE_IPV6:
		return fit_address(m, at, c, IP_V6);
	case CLI_NODE_TYPE:
		return fit_type(m, at, c);
	case CLI_NODE_WORD:
		return FIT_WORD;
	case CLI_NODE_LINE:
		return fit_line(m, at, c);
	case CLI_NODE_FORK:
	case CLI_NODE_SET:
	case CLI_NODE_DOT:
	case CLI_NODE_END:
		break;
	}
	return FIT_NONE;
}

static void capture_free(struct capture *c)
{
	free(c->text);
	free(c);
}

/* Moves one thread over the word(s) at; NULL if it cannot. */
static struct capture *advance(struct matcher *m, size_t at,
			       const struct thread *t)
{
	struct capture *c = xcalloc(1, sizeof(*c));

	c->prev = t->capture;
	c->node = t->node;
	c->words = 1;
	c->fit = fit(m, at, c);
	if (c->fit == FIT_NONE) {
		capture_free(c);
		return NULL;
	}
	c->link = m->captures;
	m->captures = c;
	return c;
}

/* The keywords of one place that a word could mean.  An exact keyword beats
 * prefixes, one of a shown command those of hidden ones. */
struct keywords {
	const char *text; /* the first of them */
	bool several;
	int rank;
};

static void keyword_found(struct keywords *k, const struct thread *t,
			  enum fit how)
{
	bool shown = !(t->command->cmd->flags & CLI_HIDDEN);
	int rank = 1 + (how == FIT_EXACT ? 2 : 0) + (shown ? 1 : 0);

	if (rank > k->rank)
		*k = (struct keywords){ .text = t->node->text, .rank = rank };
	else if (rank == k->rank && strcasecmp(k->text, t->node->text))
		k->several = true;
}

static bool is_keyword(const struct capture *c)
{
	return c->node->kind == CLI_NODE_KEYWORD;
}

static void step(struct matcher *m, size_t at)
{
	struct place *p = &m->place[at];
	struct capture **c = xcalloc(p->n, sizeof(*c));
	struct keywords k = { 0 };
	size_t i;

	for (i = 0; i < p->n; i++) {
		c[i] = advance(m, at, &p->v[i]);
		if (c[i] && is_keyword(c[i]))
			keyword_found(&k, &p->v[i], c[i]->fit);
	}
	m->ambiguous = m->ambiguous || k.several;
	for (i = 0; i < p->n; i++) {
		struct thread t = p->v[i];

		if (!c[i] || (is_keyword(c[i]) &&
			      (k.several || strcasecmp(k.text, t.node->text))))
			continue;
		t.capture = c[i];
		t.node = t.node->next;
		if (!allowed(m, &t, at + c[i]->words, false))
			continue;
		reached(m, at + c[i]->words, 0);
		spread(m, at + c[i]->words, t);
	}
	free(c);
}

static void matcher_run(struct matcher *m, const struct cli_query *q)
{
	const struct cli *cli = q->cli;
	struct thread t = { 0 };
	size_t i;

	*m = (struct matcher){ .q = q };
	m->place = xcalloc(q->end + 1, sizeof(*m->place));
	m->far = q->words->at[q->first];
	for (i = 0; i < cli->n_commands; i++) {
		if (!visible(q, &cli->commands[i]))
			continue;
		t.command = &cli->commands[i];
		t.node = t.command->grammar->start;
		if (allowed(m, &t, q->first, false))
			spread(m, q->first, t);
	}
	for (i = q->first; i < q->end; i++)
		step(m, i);
}

static void matcher_free(struct matcher *m)
{
	struct capture *c;
	size_t i;

	while ((c = m->captures)) {
		m->captures = c->link;
		capture_free(c);
	}
	for (i = 0; i <= m->q->end; i++)
		free(m->place[i].v);
	free(m->place);
}

/* The fits of a finished thread, first word first. */
static size_t fits(const struct thread *t, enum fit *out)
{
	const struct capture *c;
	size_t n = 0, i;

	for (c = t->capture; c; c = c->prev)
		n++;
	i = n;
	for (c = t->capture; c; c = c->prev)
		out[--i] = c->fit;
	return n;
}

static bool is_kept(const struct thread *t)
{
	return t->command->cmd->flags & CLI_KEPT;
}

static bool better(const struct thread *a, const struct thread *b)
{
	enum fit fa[CLI_WORDS_MAX + 1], fb[CLI_WORDS_MAX + 1];
	size_t na = fits(a, fa), nb = fits(b, fb), i;

	for (i = 0; i < na && i < nb; i++)
		if (fa[i] != fb[i])
			return fa[i] > fb[i];
	/* A form that is complete beats one that stops early. */
	if ((a->node->kind == CLI_NODE_END) != (b->node->kind == CLI_NODE_END))
		return a->node->kind == CLI_NODE_END;
	return !is_kept(a) && is_kept(b);
}

static const struct thread *best(const struct matcher *m)
{
	const struct place *p = &m->place[m->q->end];
	const struct thread *found = NULL;
	size_t i;

	for (i = 0; i < p->n; i++) {
		if ((p->v[i].node->kind != CLI_NODE_END && !p->v[i].stop) ||
		    !allowed(m, &p->v[i], m->q->end, true))
			continue;
		/* Of equals the later one: features come after cli/. */
		if (!found || !better(found, &p->v[i]))
			found = &p->v[i];
	}
	return found;
}

static struct cli_args *args_new(const struct cli_query *q,
				 const struct thread *t)
{
	const struct capture *c;
	struct cli_args *a;
	size_t n = 0;

	for (c = t->capture; c; c = c->prev)
		n++;
	a = xcalloc(1, sizeof(*a) + n * sizeof(a->v[0]));
	a->command = t->command;
	a->no = q->no;
	a->n = n;
	a->key = n;
	for (c = t->capture; c; c = c->prev) {
		struct cli_arg *v;

		if (t->dotted && c == t->key)
			a->key = n;
		v = &a->v[--n];

		v->name = c->node->name;
		v->number = c->number;
		v->addr = c->addr;
		if (is_keyword(c))
			v->text = xstrdup(c->node->text);
		else if (c->text)
			v->text = xstrdup(c->text);
	}
	return a;
}

/* Values that are what was typed have no text of their own. */
static void args_words(const struct cli_query *q, const struct thread *t,
		       struct cli_args *a)
{
	const struct capture *c;
	size_t at = q->end, i = a->n;

	for (c = t->capture; c; c = c->prev) {
		at -= c->words;
		i--;
		if (!a->v[i].text)
			a->v[i].text = xstrdup(q->words->word[at]);
	}
}

static enum cli_verdict verdict(const struct matcher *m)
{
	if (m->ambiguous)
		return CLI_AMBIGUOUS;
	if (m->place[m->q->end].n > 0 || m->starving)
		return CLI_INCOMPLETE;
	return CLI_INVALID;
}

void cli_match(const struct cli_query *q, struct cli_match *out)
{
	const struct thread *t;
	struct matcher m;

	*out = (struct cli_match){ 0 };
	matcher_run(&m, q);
	t = best(&m);
	if (t) {
		out->verdict = CLI_MATCHED;
		out->command = t->command;
		out->args = args_new(q, t);
		args_words(q, t, out->args);
	} else {
		out->verdict = verdict(&m);
	}
	out->at = m.far;
	matcher_free(&m);
}

enum cli_verdict cli_follow(const struct cli_query *q, cli_each_node *each,
			    void *arg)
{
	enum cli_verdict v = CLI_MATCHED;
	const struct place *p;
	struct matcher m;
	bool end = false;
	size_t i;

	matcher_run(&m, q);
	p = &m.place[q->end];
	for (i = 0; i < p->n; i++) {
		end = end || p->v[i].stop || p->v[i].node->kind == CLI_NODE_END;
		if (p->v[i].node->kind != CLI_NODE_END &&
		    !(p->v[i].command->cmd->flags & CLI_HIDDEN))
			each(arg, p->v[i].node);
	}
	if (end)
		each(arg, NULL);
	if (!p->n)
		v = m.ambiguous ? CLI_AMBIGUOUS : CLI_INVALID;
	matcher_free(&m);
	return v;
}
