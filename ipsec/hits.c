/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/hits.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "ipsec/stats.h"

/* Each worker's on cache lines of their own. */
static struct hit_count *counts_new(size_t n)
{
	size_t size = (n + 1) * sizeof(struct hit_count);
	void *counts;

	if (posix_memalign(&counts, 64, size) != 0)
		log_fatal("no memory for counters");
	memset(counts, 0, size);
	return counts;
}

struct hits *hits_new(const struct ipsec_rule *rules, size_t n,
		      unsigned int workers)
{
	struct hits *hits = xcalloc(1, sizeof(*hits) + n * sizeof(struct hit));

	hits->n = n;
	hits->workers = workers;
	hits->counts = xcalloc(workers, sizeof(struct hit_count *));
	for (unsigned int i = 0; i < workers; i++)
		hits->counts[i] = counts_new(n);
	for (size_t i = 0; i < n; i++)
		hits->hit[i].ace = rules[i].ace;
	return hits;
}

void hits_free(struct hits *hits)
{
	if (!hits)
		return;
	for (unsigned int i = 0; i < hits->workers; i++)
		free(hits->counts[i]);
	free(hits->counts);
	free(hits);
}

struct ipsec_rule_counters hits_read(const struct hits *hits, size_t rule)
{
	struct ipsec_rule_counters c = { 0 };

	if (!hits || rule >= hits->n)
		return c;
	c = hits->hit[rule].base;
	for (unsigned int i = 0; i < hits->workers; i++) {
		c.encrypt += STAT_READ(hits->counts[i][rule].out);
		c.decrypt += STAT_READ(hits->counts[i][rule].in);
	}
	return c;
}

void hits_carry(struct hits *hits, const struct hits *before)
{
	for (size_t i = 0; i < hits->n; i++)
		for (size_t j = 0; before && j < before->n; j++)
			if (ace_equal(&hits->hit[i].ace, &before->hit[j].ace)) {
				hits->hit[i].base = hits_read(before, j);
				break;
			}
}

/* The worker's own numbers are not ours to write: the base goes below zero
 * by as much. */
void hits_clear(struct hits *hits)
{
	for (size_t i = 0; i < hits->n; i++) {
		struct ipsec_rule_counters c = hits_read(hits, i);

		hits->hit[i].base.encrypt -= c.encrypt;
		hits->hit[i].base.decrypt -= c.decrypt;
	}
}
