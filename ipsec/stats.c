/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/stats.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

enum { N_COUNTERS = sizeof(struct ipsec_counters) / sizeof(uint64_t) };

struct stats {
	struct stats_group *groups;
	unsigned int workers;
};

struct stats *stats_new(unsigned int workers)
{
	struct stats *stats = xcalloc(1, sizeof(*stats));

	stats->workers = workers;
	return stats;
}

void stats_free(struct stats *stats)
{
	struct stats_group *g;

	while (stats && (g = stats->groups)) {
		stats->groups = g->next;
		free(g->slots);
		free(g->name);
		free(g);
	}
	free(stats);
}

static struct stats_group *find(const struct stats *stats, const char *name)
{
	struct stats_group *g;

	for (g = stats->groups; g; g = g->next)
		if (strcmp(g->name, name) == 0)
			return g;
	return NULL;
}

struct stats_group *stats_group(struct stats *stats, const char *name)
{
	struct stats_group *g = find(stats, name);
	void *slots;

	if (g)
		return g;
	if (posix_memalign(&slots, 64,
			   stats->workers * sizeof(struct stats_slot)) != 0)
		log_fatal("no memory for counters");
	memset(slots, 0, stats->workers * sizeof(struct stats_slot));
	g = xcalloc(1, sizeof(*g));
	g->name = xstrdup(name);
	g->workers = stats->workers;
	g->slots = slots;
	g->next = stats->groups;
	stats->groups = g;
	return g;
}

static void sum(const struct stats_group *g, uint64_t *out)
{
	memset(out, 0, N_COUNTERS * sizeof(*out));
	for (unsigned int w = 0; w < g->workers; w++) {
		const uint64_t *in = (const uint64_t *)&g->slots[w].c;

		for (size_t i = 0; i < N_COUNTERS; i++)
			out[i] += STAT_READ(in[i]);
	}
}

void stats_read(struct stats *stats, const char *name,
		struct ipsec_counters *out)
{
	const struct stats_group *g = find(stats, name);
	uint64_t total[N_COUNTERS];

	memset(out, 0, sizeof(*out));
	if (!g)
		return;
	sum(g, total);
	for (size_t i = 0; i < N_COUNTERS; i++)
		total[i] -= ((const uint64_t *)&g->cleared)[i];
	memcpy(out, total, sizeof(*out));
}

void stats_clear(struct stats *stats, const char *name)
{
	struct stats_group *g = find(stats, name);

	if (g)
		sum(g, (uint64_t *)&g->cleared);
}
