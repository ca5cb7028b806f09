/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a lookup of the policy costs, by the length of its list and by the
 * number of flows: in ns, and as a ratio to a list of one entry. */
#include "ipsec/classify.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "bench/measure.h"

enum {
	TCP = 6,
	ROUND_US = 3000,
};

#define SITES 0x0a000000u /* 10.0.0.0: a /24 for each entry */

static const size_t entries[] = { 1, 5, 100, 1000 };
static const size_t flow_counts[] = { 1, 64, 10000 };

struct work {
	struct classifier *classifier;
	struct flow_key *keys;
	size_t flows;
	unsigned int sum; /* so that nothing is left out */
};

static uint32_t site(size_t i)
{
	return SITES + ((uint32_t)i << 8);
}

/* Each third one asks for a port. */
static void entry(struct ipsec_rule *r, size_t i, size_t n)
{
	ace_init(&r->ace);
	r->action = IPSEC_PROTECT;
	r->ace.src = ip_v4(site(i));
	r->ace.src_wild = ip_v4(0xff);
	r->ace.dst = ip_v4(site(n - 1 - i));
	r->ace.dst_wild = ip_v4(i % 2 ? 0xff : 0xffff);
	if (i % 3 != 1)
		return;
	r->ace.protocol = TCP;
	r->ace.dport = (struct ace_port){ ACE_EQ, (uint16_t)(i % 7), 0 };
}

/* One flow meets the last entry; many meet all of them, in no order. */
static void flow(struct flow_key *key, size_t i, size_t n)
{
	size_t rule = i ? i * 2654435761u % n : n - 1;

	*key = (struct flow_key){
		.src = site(rule) + (uint32_t)(i * 31 % 256),
		.dst = site(n - 1 - rule) + (uint32_t)(i * 57 % 256),
		.protocol = TCP,
		.ports = true,
		.sport = (uint16_t)(1024 + i),
		.dport = (uint16_t)(rule % 7),
	};
}

static int64_t look_up(void *arg, unsigned int times)
{
	struct work *w = arg;
	int64_t begin = clock_real_now();

	for (unsigned int i = 0, at = 0; i < times; i++) {
		w->sum += classify(w->classifier, &w->keys[at]).rule;
		if (++at == w->flows)
			at = 0;
	}
	return clock_real_now() - begin;
}

static void work_init(struct work *w, size_t n, size_t flows)
{
	struct ipsec_rule *rules = xcalloc(n, sizeof(*rules));

	for (size_t i = 0; i < n; i++)
		entry(&rules[i], i, n);
	w->flows = flows;
	w->keys = xcalloc(flows, sizeof(*w->keys));
	for (size_t i = 0; i < flows; i++)
		flow(&w->keys[i], i, n);
	w->classifier = classifier_new(rules, n);
	free(rules);
}

static void compare(size_t flows)
{
	struct contender c[ARRAY_SIZE(entries)] = { 0 };
	struct work w[ARRAY_SIZE(entries)] = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		work_init(&w[i], entries[i], flows);
		c[i].work = look_up;
		c[i].arg = &w[i];
	}
	measure(c, ARRAY_SIZE(c), ROUND_US);
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		printf("%8zu %8zu %6.1f/%6.1f/%6.1f %8.2f\n", flows, entries[i],
		       c[i].min, c[i].med, c[i].max, c[i].med / c[0].med);
		classifier_free(w[i].classifier);
		free(w[i].keys);
	}
}

int main(void)
{
	printf("%8s %8s %20s %8s\n", "flows", "entries", "ns min/med/max",
	       "ratio");
	for (size_t i = 0; i < ARRAY_SIZE(flow_counts); i++)
		compare(flow_counts[i]);
	return 0;
}
