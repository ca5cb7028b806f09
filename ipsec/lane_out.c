/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the kernel to the wire. */
#include "ipsec/lane_out.h"

#include "ipsec/csum.h"
#include "ipsec/cycles.h"
#include "ipsec/gso.h"

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
		struct pkt **slot = &b->pkts[b->slots[i]];

		if (b->ops[i].ok) {
			STAT_INC(s->c.encrypt);
			if (b->sa->replay == IPSEC_REPLAY_TIME)
				STAT_INC(s->c.replay_out);
			continue;
		}
		/* What was not encrypted never leaves. */
		STAT_INC(s->c.internal_err_send);
		STAT_INC(lane->drops->crypto);
		pkt_put(*slot);
		*slot = NULL;
	}
	b->n_ops = 0;
}

/* What the packet in hand has become has its class. */
static void tag(struct lane *lane)
{
	struct lane_batch *b = &lane->out;

	while (lane->qos_tagged < b->n) {
		struct pkt *pkt = b->pkts[lane->qos_tagged++];

		if (pkt)
			pkt->qos = lane->qos_tag;
	}
}

static void flush(struct lane *lane, const struct policy *p)
{
	struct lane_batch *b = &lane->out;
	unsigned int n = 0;

	if (lane->qos_out)
		tag(lane);
	encrypt(lane, p);
	for (unsigned int i = 0; i < b->n; i++)
		if (b->pkts[i])
			b->pkts[n++] = b->pkts[i];
	if (b->oversize)
		lane_send_pieces(lane, p, b->pkts, n);
	else if (n)
		lane_to_wire(lane, b->pkts, n);
	if (!lane->qos_out)
		STAT_ADD(lane->stats.wire_tx, n);
	lane->qos_tagged = 0;
	b->oversize = false;
	b->cut6 = 0;
	b->n = 0;
}

void lane_enqueue(struct lane *lane, const struct policy *p, struct pkt *pkt)
{
	struct lane_batch *b = &lane->out;

	if (b->n == CRYPTO_BURST)
		flush(lane, p);
	b->pkts[b->n++] = pkt;
}

void lane_cut_super(struct lane *lane, const struct policy *p,
		    struct pkt *super, lane_send_fn *send, const void *arg)
{
	struct pkt *segment;
	struct gso g;

	if (!gso_start(&g, super)) {
		STAT_INC(lane->drops->bad_super);
		pkt_put(super);
		return;
	}
	while ((segment = gso_next(&g, lane->pool))) {
		STAT_INC(lane->stats.out_segments);
		send(lane, p, segment, arg);
	}
	if (!gso_done(&g))
		STAT_INC(lane->drops->no_buffer);
	pkt_put(super);
}

static void send_segment(struct lane *lane, const struct policy *p,
			 struct pkt *pkt, const void *arg)
{
	(void)arg;
	lane_enqueue(lane, p, pkt);
}

void lane_send_clear(struct lane *lane, const struct policy *p, struct pkt *pkt)
{
	if (lane->wire->offloads) {
		lane_enqueue(lane, p, pkt);
	} else if (gso_is_super(pkt)) {
		lane_cut_super(lane, p, pkt, send_segment, NULL);
	} else if (csum_complete(pkt)) {
		lane_enqueue(lane, p, pkt);
	} else {
		STAT_INC(lane->drops->bad_super);
		pkt_put(pkt);
	}
}

static void refused(struct lane *lane, struct stats_slot *s,
		    enum esp_result result)
{
	if (result == ESP_NO_NUMBER) {
		STAT_INC(s->c.no_sa);
		STAT_INC(lane->drops->no_sa);
	} else {
		STAT_INC(s->c.encaps_fail);
		STAT_INC(lane->drops->bad_esp);
	}
}

/* Room for one more packet of this SA in the batch. */
static void make_room(struct lane *lane, const struct policy *p,
		      const struct esp_sa *sa)
{
	struct lane_batch *b = &lane->out;

	if (b->n == CRYPTO_BURST)
		flush(lane, p);
	if (b->sa != sa)
		encrypt(lane, p);
	b->sa = sa;
}

/* DF of the outer header: "crypto ipsec df-bit". */
static __attribute__((noinline)) enum esp_result
wrap_with_df(struct lane *lane, const struct esp_sa *sa, struct pkt *pkt,
	     const struct ipv4 *ip, enum ipsec_df df)
{
	struct lane_batch *b = &lane->out;
	struct ipv4 changed = *ip;

	changed.fragment &= (uint16_t)~IPV4_DF;
	if (df == IPSEC_DF_SET)
		changed.fragment |= IPV4_DF;
	return esp_wrap(lane->esp, sa, pkt, &changed, &b->ops[b->n_ops]);
}

void lane_send_esp(struct lane *lane, const struct policy *p,
		   const struct esp_sa *sa, struct pkt *pkt,
		   const struct ipv4 *ip)
{
	struct lane_batch *b = &lane->out;
	enum ipsec_df df = POLICY_READ(p->df);
	enum esp_result result;

	make_room(lane, p, sa);
	if (IPSEC_DF_CHANGES(df))
		result = wrap_with_df(lane, sa, pkt, ip, df);
	else
		result = esp_wrap(lane->esp, sa, pkt, ip, &b->ops[b->n_ops]);
	if (result != ESP_OK) {
		refused(lane, lane_counters(lane, p, sa->group), result);
		pkt_put(pkt);
		return;
	}
	STAT_INC(hits_of(p->hits, lane->esp->number)[lane->rule].out);
	if (pkt->len > ETH_HEADER + POLICY_READ(p->mtu))
		b->oversize = true;
	b->slots[b->n_ops++] = b->n;
	b->pkts[b->n++] = pkt;
}

static void protect_plain(struct lane *lane, const struct policy *p,
			  const struct esp_sa *sa, struct pkt *pkt,
			  const struct ipv4 *ip)
{
	unsigned int mtu = lane_path_mtu(lane, p, pkt, ip);

	if (!csum_complete(pkt)) {
		STAT_INC(lane->drops->bad_super);
		pkt_put(pkt);
	} else if (ip->total + sa->most <= mtu ||
		   esp_wrapped_size(sa, ip->total, esp_outer(sa, ip)) <= mtu) {
		lane_send_esp(lane, p, sa, pkt, ip);
	} else {
		lane_fit_esp(lane, p, sa, pkt, ip, mtu);
	}
}

/* What the segments of a superpacket have in common. */
struct super {
	const struct esp_sa *sa;
	const struct ipv4 *ip;
	bool fits;
};

static void protect_segment(struct lane *lane, const struct policy *p,
			    struct pkt *pkt, const void *arg)
{
	const struct super *super = arg;
	struct ipv4 ip = *super->ip;

	ip.total = (uint16_t)(pkt->len - ETH_HEADER);
	ip.id = ip.v6 ? 0 : get16(pkt_data(pkt) + ETH_HEADER + 4);
	if (super->fits)
		lane_send_esp(lane, p, super->sa, pkt, &ip);
	else
		protect_plain(lane, p, super->sa, pkt, &ip);
}

/* Segments that are too big are so all together: one ICMP message answers
 * them. */
static void protect_super(struct lane *lane, const struct policy *p,
			  const struct esp_sa *sa, struct pkt *pkt,
			  const struct ipv4 *ip)
{
	unsigned int mtu = lane_path_mtu(lane, p, pkt, ip);
	struct super super = { .sa = sa, .ip = ip };
	struct ipv4 first = *ip;
	struct gso g;

	if (gso_start(&g, pkt)) {
		first.total = (uint16_t)gso_packet_size(&g);
		super.fits = esp_wrapped_size(sa, first.total,
					      esp_outer(sa, ip)) <= mtu;
		if (!super.fits && !lane_may_fragment(p, &first)) {
			lane_too_big(lane, p, sa, pkt, &first, mtu);
			return;
		}
	}
	lane_cut_super(lane, p, pkt, protect_segment, &super);
}

static void protect(struct lane *lane, const struct policy *p,
		    const struct verdict *v, struct pkt *pkt, struct ipv4 *ip)
{
	const struct esp_sa *sa = policy_send(p, v->flow, lane->esp->now);

	lane->rule = v->rule;
	if (!sa) {
		STAT_INC(lane_counters(lane, p, v->group)->c.no_sa);
		STAT_INC(lane->drops->no_sa);
		pkt_put(pkt);
		return;
	}
	if (sa->transport && ipv4_is_fragment(ip)) {
		pkt = lane_gather(lane, pkt, ip);
		if (!pkt)
			return;
		if (ip->v6) {
			lane_send_cut6(lane, p, sa, pkt, ip,
				       lane_path_mtu(lane, p, pkt, ip));
			return;
		}
	}
	if (gso_is_super(pkt))
		protect_super(lane, p, sa, pkt, ip);
	else
		protect_plain(lane, p, sa, pkt, ip);
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

static void pass_clear(struct lane *lane, const struct policy *p,
		       struct pkt *pkt, const struct ipv4 *ip)
{
	if (POLICY_READ(p->clear_mtu) && !ip->v6)
		lane_fit_clear(lane, p, pkt, ip);
	else
		lane_send_clear(lane, p, pkt);
}

static void decide(struct lane *lane, const struct policy *p, struct pkt *pkt)
{
	struct flow_key key;
	struct verdict v;
	struct ipv4 ip;

	if (lane_is_other(pkt, p)) {
		lane_send_clear(lane, p, pkt);
		return;
	}
	if (!lane_ip(lane, p, pkt, &ip))
		return;
	if (ip.v6 && lane_is_link(&ip, pkt_data(pkt) + ETH_HEADER)) {
		lane_send_clear(lane, p, pkt);
		return;
	}
	flow_key_read(&key, &ip, pkt_data(pkt) + ETH_HEADER);
	v.action = IPSEC_CLEAR;
	if (!bypasses(lane, p, &key, &ip))
		v = classify(p->classifier, &key);
	if (v.action == IPSEC_DROP) {
		STAT_INC(lane->drops->policy);
		pkt_put(pkt);
	} else if (v.action == IPSEC_CLEAR ||
		   p->groups[v.group].direction == IPSEC_INBOUND_ONLY) {
		pass_clear(lane, p, pkt, &ip);
	} else {
		protect(lane, p, &v, pkt, &ip);
	}
}

/* Not inlined: what it decides by then stands in its loop. */
static __attribute__((noinline)) void decide_all(struct lane *lane,
						 const struct policy *p,
						 struct pkt **pkts,
						 unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		decide(lane, p, pkts[i]);
}

static void decide_tagged(struct lane *lane, const struct policy *p,
			  struct pkt **pkts, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		lane->qos_tag = qos_lane_tag(lane->qos_out, pkts[i]);
		decide_all(lane, p, &pkts[i], 1);
		tag(lane);
	}
}

unsigned int lane_run_out(struct lane *lane, int64_t now)
{
	uint64_t start = cycles_now();
	struct pkt *pkts[LANE_BURST];
	const struct policy *p;
	unsigned int n;

	lane->drops = &lane->stats.out;
	n = lane->tap->ops->rx(lane->tap, pkts, LANE_BURST);
	if (!n)
		return 0;
	p = atomic_load_explicit(&lane->policy, memory_order_acquire);
	lane->esp->now = now;
	STAT_ADD(lane->stats.tap_rx, n);
	STAT_INC(lane->stats.out_batches);
	lane_watch(lane);
	lane_capture(lane, CAPTURE_INSIDE_OUT, pkts, n);
	lane->qos_out = atomic_load_explicit(&lane->qos[IPSEC_QOS_OUT],
					     memory_order_acquire);
	if (lane->qos_out && lane->qos_out->pre_classify)
		decide_tagged(lane, p, pkts, n);
	else
		decide_all(lane, p, pkts, n);
	flush(lane, p);
	lane_forget(lane);
	if (lane->esp->worn) {
		lane->esp->worn = false;
		events_wake(lane->events);
	}
	STAT_ADD(lane->stats.out_cycles, cycles_now() - start);
	return n;
}
