/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/hits.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ipsec/stats.h"

struct hits *hits_new(const struct ipsec_rule *rules, size_t n)
{
	struct hits *hits = xcalloc(1, sizeof(*hits) + n * sizeof(struct hit));

	hits->n = n;
	for (size_t i = 0; i < n; i++)
		hits->hit[i].ace = rules[i].ace;
	return hits;
}

void hits_free(struct hits *hits)
{
	free(hits);
}

struct ipsec_rule_counters hits_read(const struct hits *hits, size_t rule)
{
	struct ipsec_rule_counters c = { 0 };

	if (!hits || rule >= hits->n)
		return c;
	c = hits->hit[rule].base;
	c.encrypt += STAT_READ(hits->hit[rule].out);
	c.decrypt += STAT_READ(hits->hit[rule].in);
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
