/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the wire to the kernel. */
#include "ipsec/lane_in.h"

#include <netinet/in.h>
#include <string.h>

#include "ipsec/csum.h"
#include "ipsec/cycles.h"
#include "ipsec/qos_lane.h"

/* pkt: its frame, as it came. */
static void post(struct lane *lane, struct event *e, const struct pkt *pkt,
		 const struct ipv4 *ip)
{
	e->src = ip->src;
	e->dst = ip->dst;
	e->v6 = ip->v6;
	if (ip->v6)
		memcpy(e->ends6, pkt_data(pkt) + ETH_HEADER + IPV6_SRC_AT,
		       sizeof(e->ends6));
	e->protocol = ip->protocol;
	memcpy(e->interface, lane->name, sizeof(e->interface));
	events_post(lane->events, e, lane->esp->now);
}

static void drop_slot(struct lane *lane, unsigned int slot)
{
	pkt_put(lane->in.pkts[slot]);
	lane->in.pkts[slot] = NULL;
}

struct selector {
	const struct policy *p;
	const struct esp_sa *sa;
};

static bool uses_sa(const void *arg, unsigned int flow)
{
	const struct selector *s = arg;
	const struct policy_flow *f = &s->p->flows[flow];

	for (size_t i = 0; i < f->n; i++)
		if (f->sas[i] == s->sa)
			return true;
	return false;
}

/* RFC 4301 5.2: what came out must be what the SA is for.  The rule, or -1. */
static int selected(const struct policy *p, const struct esp_sa *sa,
		    const struct pkt *pkt, const struct ipv4 *inner)
{
	struct selector s = { p, sa };
	struct flow_key key;

	flow_key_read(&key, inner, pkt_data(pkt) + ETH_HEADER);
	flow_key_mirror(&key);
	return classify_any(p->classifier, &key, uses_sa, &s);
}

static void bad_icv(struct lane *lane, struct stats_slot *s,
		    const struct esp_sa *sa, const struct lane_item *item,
		    const struct pkt *pkt, const struct crypto_op *op)
{
	struct event e = { .kind = EVENT_BAD_ICV, .spi = sa->spi };

	e.sequence = get32(op->esp + 4);
	STAT_INC(s->c.verify_fail);
	STAT_INC(lane->drops->bad_icv);
	post(lane, &e, pkt, &item->ip);
}

static void replayed(struct lane *lane, const struct policy *p,
		     const struct esp_sa *sa, const struct lane_item *item,
		     const struct pkt *pkt, const struct crypto_op *op,
		     const struct esp_times *times)
{
	struct event e = {
		.kind = sa->replay == IPSEC_REPLAY_TIME ? EVENT_REPLAY_TIME
							: EVENT_REPLAY_COUNTER,
		.spi = sa->spi,
		.sequence = get32(op->esp + 4),
		.group = p->groups[sa->group].stats->name,
		.window = sa->window,
		.mine = times->mine,
		.peer = times->peer,
	};

	STAT_INC(lane->drops->replay);
	if (sa->replay != IPSEC_REPLAY_TIME ||
	    stats_sample(p->groups[sa->group].stats, lane->esp->number,
			 lane->esp->now))
		post(lane, &e, pkt, &item->ip);
}

/* Counts why an authentic packet is refused. */
static void refused(struct lane *lane, struct stats_slot *s,
		    enum esp_result result)
{
	STAT_INC(lane->drops->bad_inner);
	switch (result) {
	case ESP_BAD_PROTOCOL:
		STAT_INC(s->c.invalid_prot);
		break;
	case ESP_NOT_TAGGED:
		STAT_INC(s->c.not_untagged);
		break;
	case ESP_BAD_ADDRESS:
		STAT_INC(s->c.verify_fail);
		break;
	case ESP_OK:
	case ESP_NO_NUMBER:
	case ESP_BAD_LENGTH:
	case ESP_BAD_PADDING:
	case ESP_REPLAYED:
	case ESP_BAD_INNER:
	case ESP_DUMMY:
		STAT_INC(s->c.decap_fail);
		break;
	}
}

/* One decrypted packet, whose header item has then; false: it is to be
 * dropped. */
static bool admit(struct lane *lane, const struct policy *p,
		  const struct esp_sa *sa, struct lane_item *item,
		  const struct crypto_op *op, struct pkt *pkt)
{
	struct stats_slot *s = lane_counters(lane, p, sa->group);
	struct esp_times times = { 0 };
	enum esp_result result;
	struct ipv4 inner;
	int rule = -1;

	if (!op->ok) {
		bad_icv(lane, s, sa, item, pkt, op);
		return false;
	}
	result = esp_unwrap(lane->esp, sa, pkt, &item->ip, op, &inner, &times);
	if (result == ESP_REPLAYED) {
		STAT_INC(s->c.replay_fail);
		replayed(lane, p, sa, item, pkt, op, &times);
	} else if (result != ESP_OK && result != ESP_DUMMY) {
		refused(lane, s, result);
	} else if (result == ESP_OK &&
		   (rule = selected(p, sa, pkt, &inner)) < 0) {
		STAT_INC(s->c.invalid_sa);
		STAT_INC(lane->drops->bad_inner);
		result = ESP_BAD_INNER;
	}
	if (result != ESP_OK)
		return false;
	STAT_INC(s->c.decrypt);
	STAT_INC(hits_of(p->hits, lane->esp->number)[rule].in);
	if (sa->replay == IPSEC_REPLAY_TIME) {
		STAT_INC(s->c.replay_in);
		stats_delta(p->groups[sa->group].stats, lane->esp->number,
			    esp_times_delta(&times));
	}
	pkt->vnet = (struct virtio_net_hdr){ 0 };
	item->ip = inner;
	item->joins = true;
	return true;
}

static void decrypt(struct lane *lane, const struct policy *p)
{
	struct lane_batch *b = &lane->in;

	if (!b->n_ops)
		return;
	crypto_decrypt(lane->crypto, lane->esp->number, b->sa->key->crypto,
		       b->ops, b->n_ops);
	for (unsigned int i = 0; i < b->n_ops; i++) {
		unsigned int slot = b->slots[i];

		if (!admit(lane, p, b->sa, &b->items[slot], &b->ops[i],
			   b->pkts[slot]))
			drop_slot(lane, slot);
	}
	b->n_ops = 0;
}

/* What the kernel gets, in order: superpackets where segments are in line. */
static unsigned int join(struct lane *lane, struct pkt **out)
{
	struct lane_batch *b = &lane->in;
	unsigned int n, kept = 0;

	gro_start(&lane->gro, out, lane->joins_udp);
	for (unsigned int i = 0; i < b->n; i++) {
		if (!b->pkts[i])
			continue;
		kept++;
		if (b->items[i].joins)
			gro_add(&lane->gro, b->pkts[i], &b->items[i].ip);
		else
			gro_pass(&lane->gro, b->pkts[i]);
	}
	n = gro_end(&lane->gro);
	STAT_ADD(lane->stats.in_joined, kept - n);
	return n;
}

static void flush(struct lane *lane, const struct policy *p)
{
	struct pkt *out[GRO_FRAMES];
	unsigned int n;

	decrypt(lane, p);
	lane_capture(lane, CAPTURE_INSIDE_IN, lane->in.pkts, lane->in.n);
	n = join(lane, out);
	if (n)
		lane->tap->ops->tx(lane->tap, out, n);
	STAT_ADD(lane->stats.tap_tx, n);
	lane->in.n = 0;
}

static void pass(struct lane *lane, const struct policy *p, struct pkt *pkt)
{
	struct lane_batch *b = &lane->in;

	if (b->n == CRYPTO_BURST)
		flush(lane, p);
	if (!lane->wire->offloads &&
	    !csum_guess(pkt, p ? POLICY_READ(p->link_mtu) : UINT16_MAX)) {
		STAT_INC(lane->drops->bad_super);
		pkt_put(pkt);
		return;
	}
	b->items[b->n].joins = false;
	b->pkts[b->n++] = pkt;
}

static void take_esp(struct lane *lane, const struct policy *p,
		     const struct esp_sa *sa, struct pkt *pkt,
		     const struct ipv4 *ip)
{
	struct lane_batch *b = &lane->in;

	if (b->n == CRYPTO_BURST)
		flush(lane, p);
	if (b->sa != sa)
		decrypt(lane, p);
	b->sa = sa;
	if (esp_open(sa, pkt, ip, &b->ops[b->n_ops]) != ESP_OK) {
		STAT_INC(lane_counters(lane, p, sa->group)->c.decap_fail);
		STAT_INC(lane->drops->bad_esp);
		pkt_put(pkt);
		return;
	}
	b->slots[b->n_ops++] = b->n;
	b->items[b->n] = (struct lane_item){ .ip = *ip };
	b->pkts[b->n++] = pkt;
}

static void unknown_spi(struct lane *lane, const struct policy *p, uint32_t spi,
			const struct verdict *v, struct pkt *pkt,
			const struct ipv4 *ip)
{
	struct event e = { .kind = EVENT_BAD_SPI, .spi = spi };

	STAT_INC(lane_counters(lane, p, v->group)->c.invalid_sa);
	STAT_INC(lane->drops->bad_spi);
	post(lane, &e, pkt, ip);
	pkt_put(pkt);
}

/* Clear although it should have been ESP. */
static void not_ipsec(struct lane *lane, const struct policy *p,
		      const struct verdict *v, struct pkt *pkt,
		      const struct ipv4 *ip)
{
	struct event e = { .kind = EVENT_NOT_IPSEC };

	STAT_INC(lane_counters(lane, p, v->group)->c.clear_refused);
	STAT_INC(lane->drops->not_ipsec);
	post(lane, &e, pkt, ip);
	pkt_put(pkt);
}

/* Of an address' key-server messages also the later fragments may come: what
 * they belong to was judged, or is never put together. */
static bool bypasses(const struct policy *p, const struct flow_key *key)
{
	return lane_is_bypass_in(p, key) || lane_is_bypass_piece_in(p, key);
}

/* Not ESP for us: as the rules say.  ESP of an SPI that is not ours is refused
 * only where our group's policy covers its addresses, for other people's
 * tunnels may pass through. */
static void judge(struct lane *lane, const struct policy *p, struct pkt *pkt,
		  const struct ipv4 *ip, const uint32_t *spi)
{
	struct flow_key key;
	struct verdict v;

	flow_key_read(&key, ip, pkt_data(pkt) + ETH_HEADER);
	if (bypasses(p, &key)) {
		pass(lane, p, pkt);
		return;
	}
	flow_key_mirror(&key);
	v = classify(p->classifier, &key);
	if (v.action == IPSEC_DROP) {
		STAT_INC(lane->drops->policy);
		pkt_put(pkt);
	} else if (v.action == IPSEC_CLEAR) {
		pass(lane, p, pkt);
	} else if (spi) {
		unknown_spi(lane, p, *spi, &v, pkt, ip);
	} else if (p->groups[v.group].direction == IPSEC_BOTH) {
		not_ipsec(lane, p, &v, pkt, ip);
	} else {
		pass(lane, p, pkt);
	}
}

/* A fragment further on has no SPI: NULL. */
static const struct esp_sa *sa_of(const struct lane *lane,
				  const struct policy *p, const struct pkt *pkt,
				  const struct ipv4 *ip)
{
	const uint8_t *esp = pkt_data(pkt) + ETH_HEADER + ip->header;

	if (ipv4_later_fragment(ip) || ip->total - ip->header < ESP_HEADER)
		return NULL;
	return policy_sa(p, get32(esp), lane->esp->now);
}

static void decide_esp(struct lane *lane, const struct policy *p,
		       struct pkt *pkt, struct ipv4 *ip)
{
	const struct esp_sa *sa = sa_of(lane, p, pkt, ip);
	uint32_t spi;

	if (sa) {
		take_esp(lane, p, sa, pkt, ip);
	} else if (ip->total - ip->header < ESP_HEADER) {
		STAT_INC(lane->drops->bad_esp);
		pkt_put(pkt);
	} else {
		spi = get32(pkt_data(pkt) + ETH_HEADER + ip->header);
		judge(lane, p, pkt, ip, &spi);
	}
}

_Static_assert((int)GRO_FRAMES >= (int)CRYPTO_BURST, "a batch fits");

static void decide(struct lane *lane, const struct policy *p, struct pkt *pkt)
{
	uint64_t dropped = 0;
	struct ipv4 ip;

	if (lane_is_other(pkt, p)) {
		pass(lane, p, pkt);
		return;
	}
	if (!lane_ip(lane, p, pkt, &ip))
		return;
	if (ip.v6 && lane_is_link(&ip, pkt_data(pkt) + ETH_HEADER)) {
		pass(lane, p, pkt);
		return;
	}
	if (ip.protocol != ESP_PROTOCOL) {
		if ((ip.protocol == IPPROTO_ICMP ||
		     ip.protocol == IPPROTO_ICMPV6) &&
		    lane_learns(lane, p, pkt, &ip))
			pkt_put(pkt);
		else
			judge(lane, p, pkt, &ip, NULL);
		return;
	}
	if (p->n_groups && ipv4_is_fragment(&ip)) {
		pkt = reasm_add(lane->reasm, pkt, &ip, sa_of(lane, p, pkt, &ip),
				lane->esp->now, &dropped);
		STAT_ADD(lane->drops->fragment, dropped);
		if (!pkt)
			return;
		STAT_INC(lane->stats.reassembled);
	}
	decide_esp(lane, p, pkt, &ip);
}

static __attribute__((noinline)) void take(struct lane *lane,
					   const struct policy *p,
					   struct pkt **pkts, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		struct pkt *whole = pkt_whole(pkts[i]);

		if (whole)
			decide(lane, p, whole);
		else
			STAT_INC(lane->drops->no_buffer);
	}
}

unsigned int lane_run_in(struct lane *lane, int64_t now)
{
	uint64_t start = cycles_now();
	struct pkt *pkts[LANE_BURST];
	const struct policy *p;
	struct qos_tree *qos;
	unsigned int n;

	lane->drops = &lane->stats.in;
	n = lane->wire->ops->rx(lane->wire, pkts, LANE_BURST);
	if (!n)
		return 0;
	p = atomic_load_explicit(&lane->policy, memory_order_acquire);
	lane->esp->now = now;
	STAT_ADD(lane->stats.wire_rx, n);
	STAT_INC(lane->stats.in_batches);
	lane_watch(lane);
	lane_capture(lane, CAPTURE_OUTSIDE_IN, pkts, n);
	qos = atomic_load_explicit(&lane->qos[IPSEC_QOS_IN],
				   memory_order_acquire);
	if (qos)
		qos_lane_in(lane, qos, p, pkts, n, take);
	else
		take(lane, p, pkts, n);
	flush(lane, p);
	lane_forget(lane);
	STAT_ADD(lane->stats.in_cycles, cycles_now() - start);
	return n;
}
