/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Token buckets: what a shaper, a policer and "priority" measure with.  Time
 * is the caller's (us); it may go back a little, as threads have it. */
#ifndef IPSEC_QOS_BUCKET_H
#define IPSEC_QOS_BUCKET_H

#include "ipsec/qos.h"

/* Tokens are bits times a million: so many as come in at rate bit/s in so many
 * microseconds.  The largest burst (2^32 octets) has 55 bits. */
struct qos_bucket {
	uint64_t rate; /* bit/s, at most IPSEC_QOS_RATE_MAX; 0: not in use */
	int64_t burst, tokens;
	int64_t at; /* filled up to then; 0: it is full at first sight */
};

void qos_bucket_init(struct qos_bucket *b, uint64_t rate, uint64_t burst_bits);
/* What found no room, in tokens. */
int64_t qos_bucket_fill(struct qos_bucket *b, int64_t now);
static inline int64_t qos_tokens(uint64_t octets)
{
	return (int64_t)(octets * 8 * 1000000);
}

static inline void qos_bucket_charge(struct qos_bucket *b, uint64_t octets)
{
	b->tokens -= qos_tokens(octets);
}

/* A shaper: as long as there are tokens a packet may leave, of whatever size;
 * what it takes too much is paid by those behind it. */
static inline bool qos_bucket_open(struct qos_bucket *b, int64_t now)
{
	if (!b->rate)
		return true;
	(void)qos_bucket_fill(b, now);
	return b->tokens > 0;
}

/* When it will be open; it is not now. */
int64_t qos_bucket_opens(const struct qos_bucket *b, int64_t now);

struct qos_meter {
	struct qos_bucket c, e; /* committed, excess or peak */
	bool peak;		/* RFC 2698 */
	bool three;		/* RFC 2697, else two colours */
};

/* police->cir is not 0. */
void qos_meter_init(struct qos_meter *m, const struct ipsec_qos_police *police);
/* Colour-blind. */
enum ipsec_qos_colour qos_meter_colour(struct qos_meter *m, uint64_t octets,
				       int64_t now);

#endif
