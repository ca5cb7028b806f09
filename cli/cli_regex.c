/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_regex.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	PATTERN_MAX = 512, /* octets; a typed line is shorter */
	/* A sign makes one state, a bar or an empty place one more. */
	STATES_MAX = 2 * PATTERN_MAX + 4,
	DEPTH_MAX = 64, /* brackets in brackets */
	SET_WORDS = 256 / 32,
};

enum state_kind {
	STATE_SET,   /* takes an octet of the set */
	STATE_DELIM, /* the same, or nothing at an end of the line */
	STATE_BEGIN,
	STATE_END,
	STATE_SPLIT, /* to next and to other, takes nothing */
	STATE_MATCH,
};

struct state {
	enum state_kind kind;
	uint32_t set[SET_WORDS];
	struct state *next, *other;
	uint64_t mark; /* the step that has it in its list */
};

/* The states of one step. */
struct list {
	struct state *v[STATES_MAX];
	size_t n;
};

struct cli_regex {
	struct state state[STATES_MAX];
	size_t n;
	struct state *start;
	uint64_t step;
	struct list now, then;
};

/* A piece of the automaton: where it begins, and the split that it ends in,
 * whose next is still open. */
struct piece {
	struct state *begin, *end;
};

struct reader {
	struct cli_regex *re;
	const char *p;
	unsigned int depth;
	bool bad;
};

static struct state *state_new(struct reader *r, enum state_kind kind)
{
	struct cli_regex *re = r->re;

	/* The last state is for those that do not fit any more. */
	if (re->n == STATES_MAX - 1)
		r->bad = true;
	else
		re->n++;
	re->state[re->n - 1].kind = kind;
	return &re->state[re->n - 1];
}

static void set_add(struct state *s, uint8_t c)
{
	s->set[c / 32] |= UINT32_C(1) << c % 32;
}

static bool set_has(const struct state *s, uint8_t c)
{
	return s->set[c / 32] >> c % 32 & 1;
}

/* [abc], [^a-z], []x]: r->p stands behind the bracket. */
static void read_set(struct reader *r, struct state *s)
{
	bool negated = *r->p == '^';
	const char *first;
	unsigned int c, last;
	size_t i;

	if (negated)
		r->p++;
	first = r->p;
	for (; *r->p && (*r->p != ']' || r->p == first); r->p++) {
		c = last = (uint8_t)*r->p;
		if (r->p[1] == '-' && r->p[2] && r->p[2] != ']') {
			last = (uint8_t)r->p[2];
			r->p += 2;
		}
		for (; c <= last; c++)
			set_add(s, (uint8_t)c);
	}
	if (*r->p == ']')
		r->p++;
	else
		r->bad = true;
	for (i = 0; negated && i < SET_WORDS; i++)
		s->set[i] = ~s->set[i];
}

static struct piece piece_of(struct state *s)
{
	return (struct piece){ s, s };
}

static struct piece read_sign(struct reader *r)
{
	/* Itself too: "| include GM_REGSTER" finds the message. */
	static const char delimiters[] = " ,{}()_";
	struct state *s;
	char c = *r->p++;
	size_t i;

	if (c == '^')
		return piece_of(state_new(r, STATE_BEGIN));
	if (c == '$')
		return piece_of(state_new(r, STATE_END));
	s = state_new(r, c == '_' ? STATE_DELIM : STATE_SET);
	if (c == '_') {
		for (i = 0; delimiters[i]; i++)
			set_add(s, (uint8_t)delimiters[i]);
	} else if (c == '.') {
		memset(s->set, 0xff, sizeof(s->set));
	} else if (c == '[') {
		read_set(r, s);
	} else {
		if (c == '\\' && *r->p)
			c = *r->p++;
		set_add(s, (uint8_t)c);
	}
	return piece_of(s);
}

static struct piece read_either(struct reader *r);

static struct piece read_atom(struct reader *r)
{
	struct piece p;

	if (*r->p != '(')
		return read_sign(r);
	r->p++;
	if (++r->depth > DEPTH_MAX) {
		r->bad = true;
		return piece_of(state_new(r, STATE_SPLIT));
	}
	p = read_either(r);
	r->depth--;
	if (*r->p == ')')
		r->p++;
	else
		r->bad = true;
	return p;
}

/* x*, x+, x?; several of them are as good as one. */
static struct piece read_repeated(struct reader *r)
{
	struct piece p = read_atom(r);
	bool none = false, many = false;
	struct state *loop, *out;

	for (; *r->p && strchr("*+?", *r->p); r->p++) {
		none = none || *r->p != '+';
		many = many || *r->p != '?';
	}
	if (!none && !many)
		return p;
	loop = state_new(r, STATE_SPLIT);
	out = state_new(r, STATE_SPLIT);
	loop->other = out;
	loop->next = p.begin;
	p.end->next = many ? loop : out;
	return (struct piece){ none ? loop : p.begin, out };
}

static struct piece read_sequence(struct reader *r)
{
	struct piece all = piece_of(state_new(r, STATE_SPLIT)), p;

	while (!r->bad && *r->p && *r->p != '|' && *r->p != ')') {
		if (strchr("*+?", *r->p)) {
			r->bad = true;
			break;
		}
		p = read_repeated(r);
		all.end->next = p.begin;
		all.end = p.end;
	}
	return all;
}

static struct piece read_either(struct reader *r)
{
	struct piece all = read_sequence(r), p;
	struct state *fork, *join;

	while (!r->bad && *r->p == '|') {
		r->p++;
		p = read_sequence(r);
		fork = state_new(r, STATE_SPLIT);
		join = state_new(r, STATE_SPLIT);
		fork->next = all.begin;
		fork->other = p.begin;
		all.end->next = join;
		p.end->next = join;
		all = (struct piece){ fork, join };
	}
	return all;
}

struct cli_regex *cli_regex_new(const char *pattern)
{
	struct cli_regex *re = xcalloc(1, sizeof(*re));
	struct reader r = { .re = re, .p = pattern };
	struct piece all;

	all = read_either(&r);
	all.end->next = state_new(&r, STATE_MATCH);
	re->start = all.begin;
	if (!r.bad && !*r.p)
		return re;
	cli_regex_free(re);
	return NULL;
}

void cli_regex_free(struct cli_regex *re)
{
	free(re);
}

static void list_put(struct cli_regex *re, struct list *l, struct state *s)
{
	if (!s || s->mark == re->step)
		return;
	s->mark = re->step;
	l->v[l->n++] = s;
}

/* Adds all states that can be reached without an octet; true when a match is
 * among them.  The list itself is the work still to be done. */
static bool follow(struct cli_regex *re, struct list *l, bool begin, bool end)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		struct state *s = l->v[i];

		if (s->kind == STATE_MATCH)
			return true;
		if (s->kind == STATE_SPLIT ||
		    (s->kind == STATE_BEGIN && begin) ||
		    (s->kind == STATE_END && end) ||
		    (s->kind == STATE_DELIM && (begin || end)))
			list_put(re, l, s->next);
		if (s->kind == STATE_SPLIT)
			list_put(re, l, s->other);
	}
	return false;
}

static void take(struct cli_regex *re, uint8_t c)
{
	size_t i;

	re->step++;
	re->then.n = 0;
	for (i = 0; i < re->now.n; i++) {
		const struct state *s = re->now.v[i];

		if ((s->kind == STATE_SET || s->kind == STATE_DELIM) &&
		    set_has(s, c))
			list_put(re, &re->then, s->next);
	}
	re->now.n = re->then.n;
	memcpy(re->now.v, re->then.v, re->then.n * sizeof(re->then.v[0]));
}

bool cli_regex_match(struct cli_regex *re, const char *line)
{
	const char *p = line;

	re->step++;
	re->now.n = 0;
	for (;;) {
		list_put(re, &re->now, re->start);
		if (follow(re, &re->now, p == line, !*p))
			return true;
		if (!*p)
			return false;
		take(re, (uint8_t)*p++);
	}
}
