/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many packets met each rule of a policy (show crypto ipsec sa).  The
 * worker of the interface counts; the control thread makes, reads, and carries
 * the numbers over to the policy that follows. */
#ifndef IPSEC_HITS_H
#define IPSEC_HITS_H

#include "ipsec/dataplane.h"

struct hit {
	struct ace ace;			 /* which rule it is, over policies */
	uint64_t out, in;		 /* the worker's */
	struct ipsec_rule_counters base; /* of policies before, less what was
					  * cleared; the control thread's */
};

struct hits {
	size_t n;
	struct hit hit[]; /* by the rule's number */
};

struct hits *hits_new(const struct ipsec_rule *rules, size_t n);
void hits_free(struct hits *hits);
/* Zeroes when there is no such rule. */
struct ipsec_rule_counters hits_read(const struct hits *hits, size_t rule);
/* before: of a policy that no worker uses any more; may be NULL. */
void hits_carry(struct hits *hits, const struct hits *before);
/* They count from zero again. */
void hits_clear(struct hits *hits);

#endif
