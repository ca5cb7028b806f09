/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rules of a long table a packet may meet.  Each rule is put down as a
 * box, a range in each field; along a field the ranges' ends cut it into
 * intervals, and each interval knows the set of rules it lies in.  A lookup
 * finds the interval of each field and intersects the sets.
 *
 * What comes out is a superset in the rules' order: a wildcard with holes, a
 * "neq", TOS and flags are not in the box, so who asks tries the rules one
 * after the other, and that is one or two of them in all but odd tables.
 *
 * Memory grows with the rules, not with their square: from INDEX_BITS on a bit
 * of a set stands for several rules. */
#ifndef IPSEC_CLASSIFY_INDEX_H
#define IPSEC_CLASSIFY_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum index_field {
	INDEX_SRC,
	INDEX_DST,
	INDEX_PROTOCOL,
	INDEX_SPORT, /* from here on: not in every packet */
	INDEX_DPORT,
	INDEX_FIELDS,
};

enum index_limits { INDEX_BITS = 1024, INDEX_WORD = 64 };

/* lo > hi: nothing at all. */
struct index_box {
	uint32_t lo[INDEX_FIELDS], hi[INDEX_FIELDS];
};

struct index_axis {
	enum index_field field;
	size_t n;	  /* intervals */
	uint32_t *starts; /* of each, ascending; the first one is 0 */
	uint64_t *sets;	  /* of each, words of them */
};

struct classify_index {
	size_t rules, per_bit, words;
	/* Fields in which the rules differ; those in every packet first. */
	unsigned int n_axes, n_always;
	struct index_axis axes[INDEX_FIELDS];
};

/* n > 0 */
struct classify_index *index_new(const struct index_box *boxes, size_t n);
void index_free(struct classify_index *x);

/* A walk over candidates; begins with index_start(). */
struct index_walk {
	const struct classify_index *x;
	unsigned int n;
	size_t word;
	uint64_t left; /* of word, not handed out yet */
	const uint64_t *sets[INDEX_FIELDS];
};

/* The interval that has v: the last one that does not begin behind it.
 * Without a branch to guess: v is as good as random. */
static inline size_t index_find(const struct index_axis *axis, uint32_t v)
{
	const uint32_t *p = axis->starts;
	size_t half;

	for (size_t n = axis->n; n > 1; n -= half) {
		half = n / 2;
		p += (p[half] <= v) * half;
	}
	return (size_t)(p - axis->starts);
}

static inline uint64_t index_common(const struct index_walk *w)
{
	uint64_t set = UINT64_MAX;

	for (unsigned int i = 0; i < w->n; i++)
		set &= w->sets[i][w->word];
	return set;
}

/* at: the packet in each field; ports: those count, too. */
static inline void index_start(struct index_walk *w,
			       const struct classify_index *x,
			       const uint32_t *at, bool ports)
{
	w->x = x;
	w->n = ports ? x->n_axes : x->n_always;
	w->word = 0;
	for (unsigned int i = 0; i < w->n; i++) {
		const struct index_axis *axis = &x->axes[i];

		w->sets[i] = axis->sets +
			     index_find(axis, at[axis->field]) * x->words;
	}
	w->left = index_common(w);
}

/* The next candidates: rules *first to *end - 1.  False: no more. */
static inline bool index_next(struct index_walk *w, size_t *first, size_t *end)
{
	const struct classify_index *x = w->x;
	size_t bit;

	while (!w->left) {
		if (++w->word == x->words)
			return false;
		w->left = index_common(w);
	}
	bit = w->word * INDEX_WORD + (size_t)__builtin_ctzll(w->left);
	w->left &= w->left - 1;
	*first = bit * x->per_bit;
	*end = *first + x->per_bit < x->rules ? *first + x->per_bit : x->rules;
	return *first < x->rules;
}

#endif
