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

unsigned int stats_workers(const struct stats *stats)
{
	return stats->workers;
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
	((struct ipsec_counters *)out)->replay_max_delta = 0;
}

/* The largest since they were cleared. */
static uint64_t max_delta(const struct stats_group *g)
{
	uint32_t era = atomic_load(&g->era);
	uint64_t max = 0, delta;

	for (unsigned int w = 0; w < g->workers; w++) {
		if (__atomic_load_n(&g->slots[w].era, __ATOMIC_ACQUIRE) != era)
			continue;
		delta = STAT_READ(g->slots[w].c.replay_max_delta);
		if (delta > max)
			max = delta;
	}
	return max;
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
	out->replay_max_delta = max_delta(g);
}

void stats_clear(struct stats *stats, const char *name)
{
	struct stats_group *g = find(stats, name);

	if (!g)
		return;
	sum(g, (uint64_t *)&g->cleared);
	atomic_fetch_add(&g->era, 1);
	g->n_errors = 0;
}

void stats_clear_replay(struct stats *stats, const char *name)
{
	struct stats_group *g = find(stats, name);
	struct ipsec_counters now;

	if (!g)
		return;
	sum(g, (uint64_t *)&now);
	g->cleared.replay_in = now.replay_in;
	g->cleared.replay_out = now.replay_out;
	g->cleared.replay_fail = now.replay_fail;
	atomic_fetch_add(&g->era, 1);
	g->n_errors = 0;
}

void stats_delta(struct stats_group *group, unsigned int worker, uint64_t delta)
{
	struct stats_slot *s = &group->slots[worker];
	uint32_t era = atomic_load_explicit(&group->era, memory_order_relaxed);
	uint64_t *max = &s->c.replay_max_delta;

	if (s->era != era) {
		__atomic_store_n(max, delta, __ATOMIC_RELAXED);
		__atomic_store_n(&s->era, era, __ATOMIC_RELEASE);
	} else if (delta > *max) {
		__atomic_store_n(max, delta, __ATOMIC_RELAXED);
	}
}

/* One of the first STATS_SAMPLES of a minute. */
static bool sample(int64_t *minute, unsigned int *n, int64_t now)
{
	if (*n && now - *minute >= STATS_SAMPLE_US)
		*n = 0;
	if (!*n)
		*minute = now;
	if (*n == STATS_SAMPLES)
		return false;
	*n += 1;
	return true;
}

bool stats_sample(struct stats_group *group, unsigned int worker, int64_t now)
{
	struct stats_slot *s = &group->slots[worker];

	return sample(&s->minute, &s->sampled, now);
}

void stats_error(struct stats *stats, const char *name,
		 const struct ipsec_replay_error *error, int64_t now)
{
	struct stats_group *g = find(stats, name);

	if (g && sample(&g->minute, &g->sampled, now))
		g->errors[g->n_errors++ % IPSEC_REPLAY_ERRORS] = *error;
}

size_t stats_errors(const struct stats *stats, const char *name,
		    struct ipsec_replay_error *out, size_t n)
{
	const struct stats_group *g = find(stats, name);
	size_t have, i;

	if (!g)
		return 0;
	have = g->n_errors < IPSEC_REPLAY_ERRORS ? g->n_errors
						 : IPSEC_REPLAY_ERRORS;
	for (i = 0; i < have && i < n; i++)
		out[i] = g->errors[(g->n_errors - 1 - i) % IPSEC_REPLAY_ERRORS];
	return have;
}
