/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the kernel to the wire. */
#include "ipsec/lane.h"

#include <netinet/in.h>
#include <string.h>

#include "base/clock.h"

static void encrypt(struct lane *lane, const struct policy *p)
{
	struct lane_batch *b = &lane->out;
	struct stats_slot *s;

	if (!b->n_ops)
		return;
	crypto_encrypt(lane->crypto, lane->esp->number, b->sa->key->crypto,
		       b->ops, b->n_ops);
	s = lane_counters(lane, p, b->sa->group);
	for (unsigned int i = 0; i < b->n_ops; i++) {
		struct pkt **slot = &b->pkts[b->items[i].slot];

		if (b->ops[i].ok) {
			STAT_INC(s->c.encrypt);
			if (b->sa->replay == IPSEC_REPLAY_TIME)
				STAT_INC(s->c.replay_out);
			continue;
		}
		/* What was not encrypted never leaves. */
		STAT_INC(s->c.internal_err_send);
		STAT_INC(lane->stats.drop_crypto);
		pkt_put(*slot);
		*slot = NULL;
	}
	b->n_ops = 0;
}

static void flush(struct lane *lane, const struct policy *p)
{
	struct lane_batch *b = &lane->out;
	unsigned int n = 0;

	encrypt(lane, p);
	for (unsigned int i = 0; i < b->n; i++)
		if (b->pkts[i])
			b->pkts[n++] = b->pkts[i];
	if (n)
		lane->wire->ops->tx(lane->wire, b->pkts, n);
	STAT_ADD(lane->stats.wire_tx, n);
	b->n = 0;
}

/* As it is. */
static void send_clear(struct lane *lane, const struct policy *p,
		       struct pkt *pkt)
{
	struct lane_batch *b = &lane->out;

	if (b->n == CRYPTO_BURST)
		flush(lane, p);
	b->pkts[b->n++] = pkt;
}

static void refused(struct lane *lane, struct stats_slot *s,
		    enum esp_result result)
{
	if (result == ESP_NO_NUMBER) {
		STAT_INC(s->c.no_sa);
		STAT_INC(lane->stats.drop_no_sa);
	} else {
		STAT_INC(s->c.encaps_fail);
		STAT_INC(lane->stats.drop_bad_esp);
	}
}

static void send_esp(struct lane *lane, const struct policy *p,
		     const struct esp_sa *sa, struct pkt *pkt,
		     const struct ipv4 *ip)
{
	struct lane_batch *b = &lane->out;
	enum esp_result result;

	if (b->n == CRYPTO_BURST)
		flush(lane, p);
	if (b->sa != sa)
		encrypt(lane, p);
	b->sa = sa;
	result = esp_wrap(lane->esp, sa, pkt, ip, &b->ops[b->n_ops]);
	if (result != ESP_OK) {
		refused(lane, lane_counters(lane, p, sa->group), result);
		pkt_put(pkt);
		return;
	}
	STAT_INC(p->hits->hit[lane->rule].out);
	b->items[b->n_ops++].slot = b->n;
	b->pkts[b->n++] = pkt;
}

/* The largest packet that the SA wraps into the interface's MTU. */
static unsigned int inner_mtu(const struct policy *p, const struct esp_sa *sa,
			      const struct ipv4 *ip)
{
	size_t header = sa->transport ? ip->header : IPV4_HEADER;
	unsigned int mtu = p->mtu;

	/* At most a block and the fixed parts too much: a few steps. */
	while (mtu > header && esp_wrapped_size(sa, mtu, header) > p->mtu)
		mtu--;
	return mtu;
}

static bool icmp_allowed(struct lane *lane)
{
	int64_t now = lane->esp->now;

	if (now - lane->icmp_second >= US_PER_SEC) {
		lane->icmp_second = now;
		lane->icmp_count = 0;
	}
	return lane->icmp_count++ < LANE_ICMP_PER_SECOND;
}

static void tell_too_big(struct lane *lane, const struct policy *p,
			 const struct pkt *pkt, const struct ipv4 *ip,
			 unsigned int mtu)
{
	const uint8_t *packet = pkt_data(pkt) + ETH_HEADER;
	struct pkt *answer;
	size_t len;

	if (!lane->icmp || !p->address || !icmp_allowed(lane))
		return;
	answer = pkt_get_for(lane->pool,
			     ETH_HEADER + IPV4_HEADER + 8 + ICMP_QUOTE);
	if (!answer)
		return;
	memcpy(pkt_data(answer), pkt_data(pkt), ETH_HEADER);
	len = icmp_too_big(pkt_data(answer) + ETH_HEADER, p->address, packet,
			   ip, (uint16_t)mtu);
	if (!len) {
		pkt_put(answer);
		return;
	}
	answer->len = (uint32_t)(ETH_HEADER + len);
	STAT_INC(lane->stats.icmp);
	lane->icmp->ops->tx(lane->icmp, &answer, 1);
}

/* Each fragment becomes an ESP packet of its own (RFC 4303 3.3.4 would have
 * fragments of ESP, which the far member had to collect). */
static void send_fragments(struct lane *lane, const struct policy *p,
			   const struct esp_sa *sa, struct pkt *pkt,
			   const struct ipv4 *ip, unsigned int mtu)
{
	struct ipv4_cut cut;
	struct ipv4 piece;
	struct pkt *f;

	if (!ipv4_cut_start(&cut, pkt_data(pkt) + ETH_HEADER, ip, mtu)) {
		STAT_INC(lane->stats.drop_too_big);
		pkt_put(pkt);
		return;
	}
	for (;;) {
		if (lane->out.n == CRYPTO_BURST)
			flush(lane, p);
		f = pkt_get_for(lane->pool, ETH_HEADER + mtu);
		if (!f) {
			STAT_INC(lane->stats.drop_no_buffer);
			break;
		}
		memcpy(pkt_data(f), pkt_data(pkt), ETH_HEADER);
		f->len =
			(uint32_t)ipv4_cut_next(&cut, pkt_data(f) + ETH_HEADER);
		if (!f->len ||
		    !ipv4_read(&piece, pkt_data(f) + ETH_HEADER, f->len)) {
			pkt_put(f);
			break;
		}
		f->len += ETH_HEADER;
		STAT_INC(lane->stats.fragments);
		send_esp(lane, p, sa, f, &piece);
	}
	pkt_put(pkt);
}

static void protect(struct lane *lane, const struct policy *p,
		    const struct verdict *v, struct pkt *pkt,
		    const struct ipv4 *ip)
{
	const struct esp_sa *sa = policy_send(p, v->flow, lane->esp->now);
	struct stats_slot *s = lane_counters(lane, p, v->group);
	unsigned int mtu;

	if (!sa) {
		STAT_INC(s->c.no_sa);
		STAT_INC(lane->stats.drop_no_sa);
		pkt_put(pkt);
		return;
	}
	lane->rule = v->rule;
	if (esp_wrapped_size(sa, ip->total, ip->header) <= p->mtu) {
		send_esp(lane, p, sa, pkt, ip);
		return;
	}
	mtu = inner_mtu(p, sa, ip);
	if (!(ip->fragment & IPV4_DF) && !sa->transport) {
		send_fragments(lane, p, sa, pkt, ip, mtu);
		return;
	}
	STAT_INC(s->c.encaps_fail);
	STAT_INC(lane->stats.drop_too_big);
	tell_too_big(lane, p, pkt, ip, mtu);
	pkt_put(pkt);
}

/* The member's own messages to and from key servers; a fragmented one is
 * known by its first fragment. */
static bool bypasses(struct lane *lane, const struct policy *p,
		     const struct flow_key *key, const struct ipv4 *ip)
{
	struct lane_bypassed *b;

	if (lane_is_bypass_out(p, key, ip)) {
		if (ip->fragment & IPV4_MF) {
			b = &lane->bypassed[lane->next_bypassed++ %
					    LANE_BYPASSED];
			*b = (struct lane_bypassed){ ip->src, ip->dst, ip->id };
		}
		return true;
	}
	if (!lane_is_bypass_piece_out(p, key))
		return false;
	for (unsigned int i = 0; i < LANE_BYPASSED; i++) {
		b = &lane->bypassed[i];
		if (b->src == ip->src && b->dst == ip->dst && b->id == ip->id)
			return true;
	}
	return false;
}

static void decide(struct lane *lane, const struct policy *p, struct pkt *pkt)
{
	struct flow_key key;
	struct verdict v;
	struct ipv4 ip;

	if (lane_is_other(pkt)) {
		send_clear(lane, p, pkt);
		return;
	}
	if (!lane_ipv4(lane, p, pkt, &ip))
		return;
	flow_key_read(&key, &ip, pkt_data(pkt) + ETH_HEADER);
	v.action = IPSEC_CLEAR;
	if (!bypasses(lane, p, &key, &ip))
		v = classify(p->classifier, &key);
	if (v.action == IPSEC_DROP) {
		STAT_INC(lane->stats.drop_policy);
		pkt_put(pkt);
	} else if (v.action == IPSEC_CLEAR ||
		   p->groups[v.group].direction == IPSEC_INBOUND_ONLY) {
		send_clear(lane, p, pkt);
	} else {
		protect(lane, p, &v, pkt, &ip);
	}
}

unsigned int lane_run_out(struct lane *lane, int64_t now)
{
	struct pkt *pkts[LANE_BURST];
	const struct policy *p;
	unsigned int n;

	n = lane->tap->ops->rx(lane->tap, pkts, LANE_BURST);
	if (!n)
		return 0;
	p = atomic_load_explicit(&lane->policy, memory_order_acquire);
	lane->esp->now = now;
	STAT_ADD(lane->stats.tap_rx, n);
	STAT_INC(lane->stats.out_batches);
	for (unsigned int i = 0; i < n; i++)
		decide(lane, p, pkts[i]);
	flush(lane, p);
	lane->out.sa = NULL; /* the policy may go now */
	if (lane->esp->worn) {
		lane->esp->worn = false;
		events_wake(lane->events);
	}
	return n;
}
