/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many packets met each rule of a policy (show crypto ipsec sa).  The
 * worker of the interface counts; the control thread makes, reads, and carries
 * the numbers over to the policy that follows. */
#ifndef IPSEC_HITS_H
#define IPSEC_HITS_H

#include "ipsec/dataplane.h"

struct hit {
	struct ace ace;			 /* which rule it is, over policies */
	struct ipsec_rule_counters base; /* of policies before, less what was
					  * cleared; the control thread's */
};

/* What one worker counted. */
struct hit_count {
	uint64_t out, in;
};

struct hits {
	size_t n;
	unsigned int workers;
	struct hit_count **counts; /* by worker, then by the rule's number */
	struct hit hit[];	   /* by the rule's number */
};

/* The counts of worker, which it alone writes. */
static inline struct hit_count *hits_of(const struct hits *hits,
					unsigned int worker)
{
	return hits->counts[worker];
}

struct hits *hits_new(const struct ipsec_rule *rules, size_t n,
		      unsigned int workers);
void hits_free(struct hits *hits);
/* Zeroes when there is no such rule. */
struct ipsec_rule_counters hits_read(const struct hits *hits, size_t rule);
/* before: of a policy that no worker uses any more; may be NULL. */
void hits_carry(struct hits *hits, const struct hits *before);
/* They count from zero again. */
void hits_clear(struct hits *hits);

#endif
