/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/qos_bucket.h"

enum { OVERFLOW_US = 10000000 }; /* no burst is refilled for longer */

void qos_bucket_init(struct qos_bucket *b, uint64_t rate, uint64_t burst_bits)
{
	if (rate > IPSEC_QOS_RATE_MAX)
		rate = IPSEC_QOS_RATE_MAX;
	*b = (struct qos_bucket){ .rate = rate };
	b->burst = b->tokens = (int64_t)(burst_bits * 1000000);
}

int64_t qos_bucket_fill(struct qos_bucket *b, int64_t now)
{
	int64_t elapsed = now - b->at, rate = (int64_t)b->rate;
	int64_t room = b->burst - b->tokens, needs;

	if (!b->at) {
		b->at = now;
		return 0;
	}
	if (elapsed <= 0)
		return 0;
	b->at = now;
	needs = room / rate + 1;
	if (elapsed < needs) {
		b->tokens += elapsed * rate;
		return 0;
	}
	b->tokens = b->burst;
	elapsed -= needs;
	if (elapsed > OVERFLOW_US)
		elapsed = OVERFLOW_US;
	return elapsed * rate + (needs * rate - room);
}

int64_t qos_bucket_opens(const struct qos_bucket *b, int64_t now)
{
	if (b->tokens > 0)
		return now;
	if (now < b->at)
		now = b->at;
	return now + -b->tokens / (int64_t)b->rate + 1;
}

static uint64_t burst_of(uint32_t octets, uint64_t rate)
{
	uint64_t most = octets;

	if (!most)
		most = rate / IPSEC_QOS_POLICE_PART;
	if (!octets && most < IPSEC_QOS_POLICE_BURST)
		most = IPSEC_QOS_POLICE_BURST;
	return (most > UINT32_MAX ? UINT32_MAX : most) * 8;
}

void qos_meter_init(struct qos_meter *m, const struct ipsec_qos_police *police)
{
	uint64_t excess = police->pir ? police->pir : police->cir;

	qos_bucket_init(&m->c, police->cir, burst_of(police->bc, police->cir));
	qos_bucket_init(&m->e, excess, burst_of(police->be, excess));
	m->peak = police->pir != 0;
	m->three = police->violate;
}

static bool take(struct qos_bucket *b, int64_t tokens)
{
	if (b->tokens < tokens)
		return false;
	b->tokens -= tokens;
	return true;
}

static enum ipsec_qos_colour two_rates(struct qos_meter *m, int64_t tokens,
				       int64_t now)
{
	(void)qos_bucket_fill(&m->c, now);
	(void)qos_bucket_fill(&m->e, now);
	if (!take(&m->e, tokens))
		return IPSEC_QOS_VIOLATE;
	return take(&m->c, tokens) ? IPSEC_QOS_CONFORM : IPSEC_QOS_EXCEED;
}

enum ipsec_qos_colour qos_meter_colour(struct qos_meter *m, uint64_t octets,
				       int64_t now)
{
	int64_t tokens = qos_tokens(octets), over;

	if (m->peak)
		return two_rates(m, tokens, now);
	over = qos_bucket_fill(&m->c, now);
	if (over > m->e.burst - m->e.tokens)
		over = m->e.burst - m->e.tokens;
	m->e.tokens += over;
	if (take(&m->c, tokens))
		return IPSEC_QOS_CONFORM;
	if (!m->three || take(&m->e, tokens))
		return IPSEC_QOS_EXCEED;
	return IPSEC_QOS_VIOLATE;
}
