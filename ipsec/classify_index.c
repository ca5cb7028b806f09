/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/classify_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Where a rule's range begins, or where it is over. */
struct edge {
	uint32_t at;
	bool begins;
	size_t bit;
};

static int by_place(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static bool is_empty(const struct index_box *box)
{
	for (unsigned int f = 0; f < INDEX_FIELDS; f++)
		if (box->lo[f] > box->hi[f])
			return true;
	return false;
}

/* Sorted; how many. */
static size_t edges_of(const struct index_box *boxes, size_t n, size_t per_bit,
		       enum index_field field, struct edge *edges)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_empty(&boxes[i]))
			continue;
		edges[k++] =
			(struct edge){ boxes[i].lo[field], true, i / per_bit };
		if (boxes[i].hi[field] < UINT32_MAX)
			edges[k++] = (struct edge){ boxes[i].hi[field] + 1,
						    false, i / per_bit };
	}
	qsort(edges, k, sizeof(*edges), by_place);
	return k;
}

/* Goes along the field: open[bit] counts the ranges we are inside of. */
static void axis_sweep(struct index_axis *axis, size_t words,
		       const struct edge *edges, size_t k)
{
	uint32_t open[INDEX_BITS] = { 0 };
	uint64_t now[INDEX_BITS / INDEX_WORD] = { 0 };
	size_t i = 0;
	uint32_t at = 0;

	while (at == 0 || i < k) {
		for (; i < k && edges[i].at == at; i++) {
			size_t bit = edges[i].bit;
			uint64_t *word = &now[bit / INDEX_WORD];

			open[bit] += edges[i].begins ? 1 : UINT32_MAX;
			*word &= ~(UINT64_C(1) << bit % INDEX_WORD);
			if (open[bit])
				*word |= UINT64_C(1) << bit % INDEX_WORD;
		}
		axis->starts[axis->n] = at;
		memcpy(axis->sets + axis->n++ * words, now,
		       words * sizeof(*now));
		if (i == k)
			return;
		at = edges[i].at;
	}
}

static size_t places(const struct edge *edges, size_t k)
{
	size_t n = 1; /* the first interval begins at 0 */

	for (size_t i = 0; i < k; i++)
		if (edges[i].at && (i == 0 || edges[i].at != edges[i - 1].at))
			n++;
	return n;
}

static void axis_make(struct classify_index *x, enum index_field field,
		      const struct edge *edges, size_t k)
{
	struct index_axis *axis = &x->axes[x->n_axes++];
	size_t n = places(edges, k);

	axis->field = field;
	axis->starts = xcalloc(n, sizeof(*axis->starts));
	axis->sets = xcalloc(n * x->words, sizeof(*axis->sets));
	axis_sweep(axis, x->words, edges, k);
}

/* The field tells no rule from another. */
static bool all_alike(const struct index_box *boxes, size_t n,
		      enum index_field field)
{
	for (size_t i = 1; i < n; i++)
		if (boxes[i].lo[field] != boxes[0].lo[field] ||
		    boxes[i].hi[field] != boxes[0].hi[field])
			return false;
	return true;
}

struct classify_index *index_new(const struct index_box *boxes, size_t n)
{
	struct classify_index *x = xcalloc(1, sizeof(*x));
	struct edge *edges = xcalloc(2 * n + 1, sizeof(*edges));
	size_t k, bits;

	x->rules = n;
	x->per_bit = (n + INDEX_BITS - 1) / INDEX_BITS;
	bits = (n + x->per_bit - 1) / x->per_bit;
	x->words = (bits + INDEX_WORD - 1) / INDEX_WORD;
	for (enum index_field f = 0; f < INDEX_FIELDS; f++) {
		if (!all_alike(boxes, n, f)) {
			k = edges_of(boxes, n, x->per_bit, f, edges);
			axis_make(x, f, edges, k);
		}
		if (f < INDEX_SPORT)
			x->n_always = x->n_axes;
	}
	free(edges);
	return x;
}

void index_free(struct classify_index *x)
{
	if (!x)
		return;
	for (unsigned int i = 0; i < x->n_axes; i++) {
		free(x->axes[i].starts);
		free(x->axes[i].sets);
	}
	free(x);
}
