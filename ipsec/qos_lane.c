/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/qos_lane.h"

#include "ipsec/csum.h"
#include "ipsec/gso.h"
#include "ipsec/qos_queue.h"

enum {
	DSCP_SHIFT = 2,
	DSCP_MASK = 0xfc,
	PRECEDENCE_SHIFT = 5,
	PRECEDENCE_MASK = 0xe0,
	/* Of a superpacket that does not tell: Ethernet, IPv4, TCP. */
	GUESSED_HEADERS = ETH_HEADER + 20 + 20,
};

/* Frames through a tree. */
struct qos_run {
	struct lane *lane;
	struct qos_tree *t;
	const struct policy *p;
	int64_t now;
	struct pkt *out[LANE_BURST];
	unsigned int n;
	/* Input: who has them next; NULL: the wire. */
	qos_take_fn *take;
};

/* As it is, or will be, on the wire. */
struct qos_size {
	unsigned int packets;
	uint64_t octets;
};

static unsigned int slot(const struct qos_run *r)
{
	return r->lane->esp->number;
}

static void lock(struct qos_tree *t)
{
	if (t->shared)
		pthread_mutex_lock(&t->lock);
}

static void unlock(struct qos_tree *t)
{
	if (t->shared)
		pthread_mutex_unlock(&t->lock);
}

/* To the wire under the lock, which keeps the order of what waited; to the
 * kernel without it: there is much to do yet. */
static void pass_on(struct qos_run *r)
{
	struct lane *lane = r->lane;

	if (r->take) {
		unlock(r->t);
		r->take(lane, r->p, r->out, r->n);
		lock(r->t);
	} else if (r->n) {
		lane_capture(lane, CAPTURE_OUTSIDE_OUT, r->out, r->n);
		lane->wire->ops->tx(lane->wire, r->out, r->n);
		STAT_ADD(lane->stats.wire_tx, r->n);
	}
	r->n = 0;
}

static void put(struct qos_run *r, struct pkt *pkt)
{
	if (r->n == LANE_BURST)
		pass_on(r);
	r->out[r->n++] = pkt;
}

static void set_tos(struct pkt *pkt, struct qos_key *key, uint8_t tos,
		    uint8_t mask)
{
	uint8_t *packet = pkt_data(pkt) + ETH_HEADER;

	tos |= key->flow.tos & (uint8_t)~mask;
	if (key->v4)
		ipv4_set_tos(packet, tos);
	else
		ipv6_set_tos(packet, tos);
	key->flow.tos = tos;
}

/* The innermost class has the last word. */
static void mark(struct qos_run *r, const struct qos_item *item,
		 struct pkt *pkt, struct qos_key *key, struct qos_size size)
{
	if (item->parent)
		mark(r, item->parent, pkt, key, size);
	if (item->set < 0 || (item->set_v4_only && !key->v4))
		return;
	set_tos(pkt, key, (uint8_t)item->set, item->set_mask);
	qos_count(r->t, slot(r), item, QOS_MARKED, size.packets, size.octets);
}

/* False: to be dropped. */
static bool act(const struct ipsec_qos_action *a, struct pkt *pkt,
		struct qos_key *key)
{
	switch (a->act) {
	case IPSEC_QOS_TRANSMIT:
		break;
	case IPSEC_QOS_DROP:
		return false;
	case IPSEC_QOS_SET_DSCP:
		if (key->ip)
			set_tos(pkt, key, (uint8_t)(a->value << DSCP_SHIFT),
				DSCP_MASK);
		break;
	case IPSEC_QOS_SET_PRECEDENCE:
		if (key->ip)
			set_tos(pkt, key,
				(uint8_t)(a->value << PRECEDENCE_SHIFT),
				PRECEDENCE_MASK);
		break;
	}
	return true;
}

/* The class itself first, then those it is inside of. */
static bool police(struct qos_run *r, struct qos_item *item, struct pkt *pkt,
		   struct qos_key *key, struct qos_size size)
{
	for (struct qos_item *i = item; i; i = i->parent) {
		enum ipsec_qos_colour colour;

		if (!i->polices)
			continue;
		colour = qos_meter_colour(&i->meter, size.octets, r->now);
		qos_count(r->t, slot(r), i, QOS_POLICED + colour, size.packets,
			  size.octets);
		if (act(&i->actions[colour], pkt, key))
			continue;
		qos_count(r->t, slot(r), i, QOS_POLICE_DROPPED, size.packets,
			  size.octets);
		return false;
	}
	return true;
}

static void drop(struct qos_run *r, const struct qos_item *item,
		 struct pkt *pkt, struct qos_size size)
{
	qos_count_up(r->t, slot(r), item, QOS_DROPPED, size.packets,
		     size.octets);
	STAT_INC(r->lane->drops->qos);
	pkt_put(pkt);
}

static void leave(struct qos_run *r, const struct qos_item *item,
		  struct pkt *pkt, struct qos_size size)
{
	qos_count_up(r->t, slot(r), item, QOS_OUTPUT, size.packets,
		     size.octets);
	put(r, pkt);
}

static struct qos_size size_of(const struct qos_run *r, const struct pkt *pkt)
{
	struct qos_size size = { .packets = 1 };
	unsigned int mtu, most;
	struct gso g;

	for (const struct pkt *at = pkt; at; at = at->next)
		size.octets += at->len;
	if (gso_is_super(pkt)) {
		if (!gso_start(&g, pkt))
			return size;
		size.packets = (pkt->len - g.payload + g.piece - 1) / g.piece;
		size.octets += (uint64_t)(size.packets - 1) * g.payload;
		return size;
	}
	mtu = r->p ? POLICY_READ(r->p->link_mtu) : UINT16_MAX;
	if (size.octets <= ETH_HEADER + mtu || mtu <= GUESSED_HEADERS)
		return size;
	most = ETH_HEADER + mtu - GUESSED_HEADERS;
	size.packets =
		(unsigned int)((size.octets - GUESSED_HEADERS + most - 1) /
			       most);
	size.octets += (uint64_t)(size.packets - 1) * GUESSED_HEADERS;
	return size;
}

static void queue(struct qos_run *r, struct qos_item *item, struct pkt *pkt,
		  struct qos_size size)
{
	switch (qos_offer(r->t, item, pkt, r->now)) {
	case QOS_MAY_LEAVE:
		leave(r, item, pkt, size);
		return;
	case QOS_WAITS:
		pkt_put(pkt);
		return;
	case QOS_FULL:
		qos_count_up(r->t, slot(r), item, QOS_QUEUE_FULL, size.packets,
			     size.octets);
		break;
	case QOS_OUT_OF_BUFFERS:
		qos_count_up(r->t, slot(r), item, QOS_NO_BUFFER, size.packets,
			     size.octets);
		break;
	case QOS_EXCEEDS:
		qos_count(r->t, slot(r), item->queue_of, QOS_EXCEEDED,
			  size.packets, size.octets);
		break;
	}
	drop(r, item, pkt, size);
}

static void one(struct qos_run *r, struct pkt *pkt)
{
	struct qos_size size = size_of(r, pkt);
	struct qos_key key;
	struct qos_hit hit;

	qos_key_read(&key, pkt);
	hit = r->t->pre_classify && !r->take ? qos_untag(r->t, pkt->qos)
					     : qos_tree_classify(r->t, &key);
	qos_count_hit(r->t, slot(r), &hit, size.packets, size.octets);
	if (key.ip)
		mark(r, hit.item, pkt, &key, size);
	if (r->t->shared && !police(r, hit.item, pkt, &key, size))
		drop(r, hit.item, pkt, size);
	else if (r->t->paced && !r->t->retired)
		queue(r, hit.item, pkt, size);
	else
		leave(r, hit.item, pkt, size);
}

/* A bucket is of packets as they are on the wire. */
static void cut(struct qos_run *r, struct pkt *super)
{
	struct lane *lane = r->lane;
	struct pkt *segment;
	struct gso g;

	if (!gso_start(&g, super)) {
		STAT_INC(lane->drops->bad_super);
		pkt_put(super);
		return;
	}
	while ((segment = gso_next(&g, lane->pool))) {
		segment->qos = super->qos;
		one(r, segment);
	}
	if (!gso_done(&g))
		STAT_INC(lane->drops->no_buffer);
	pkt_put(super);
}

/* A frame from an AF_XDP port does not say that it is a superpacket. */
static struct pkt *know(struct qos_run *r, struct pkt *pkt)
{
	struct lane *lane = r->lane;

	pkt = pkt_whole(pkt);
	if (!pkt) {
		STAT_INC(lane->drops->no_buffer);
		return NULL;
	}
	if (lane->wire->offloads ||
	    csum_guess(pkt, r->p ? POLICY_READ(r->p->link_mtu) : UINT16_MAX))
		return pkt;
	STAT_INC(lane->drops->bad_super);
	pkt_put(pkt);
	return NULL;
}

static void frame(struct qos_run *r, struct pkt *pkt)
{
	if (r->t->shared && r->take) {
		pkt = know(r, pkt);
		if (!pkt)
			return;
	}
	if (r->t->shared && gso_is_super(pkt))
		cut(r, pkt);
	else
		one(r, pkt);
}

/* Out of the queues what may go, and when is the next one's time. */
static void drain(struct qos_run *r)
{
	struct qos_tree *t = r->t;
	struct qos_item *item;
	bool stuck = false;
	struct pkt *pkt;

	for (unsigned int i = 0; t->queued && !t->retired && i < QOS_RUN; i++) {
		pkt = qos_take(t, r->lane->pool, r->now, &item, &stuck);
		if (!pkt)
			break;
		leave(r, item, pkt,
		      (struct qos_size){ .packets = 1, .octets = pkt->len });
	}
	pass_on(r);
	t->waker = NULL;
	r->lane->qos_due = 0;
	if (!t->queued || t->retired)
		return;
	t->waker = r->lane;
	t->due = stuck ? r->now + QOS_RETRY_US : qos_next(t, r->now);
	r->lane->qos_due = t->due;
	if (!r->lane->esp->due || t->due < r->lane->esp->due)
		r->lane->esp->due = t->due;
}

void qos_lane_out(struct lane *lane, struct pkt **pkts, unsigned int n)
{
	struct qos_run r = {
		.lane = lane,
		.t = lane->qos_out,
		.now = lane->esp->now,
	};

	lock(r.t);
	for (unsigned int i = 0; i < n; i++)
		frame(&r, pkts[i]);
	if (r.t->paced)
		drain(&r);
	else
		pass_on(&r);
	unlock(r.t);
}

/* Another lane may have taken the watch over, or the policy be another. */
void qos_lane_due(struct lane *lane, int64_t now)
{
	struct qos_run r = { .lane = lane, .now = now };

	lane->qos_due = 0;
	r.t = atomic_load_explicit(&lane->qos[IPSEC_QOS_OUT],
				   memory_order_acquire);
	if (!r.t || !r.t->paced)
		return;
	lane->drops = &lane->stats.out;
	lane->esp->now = now;
	lane_watch(lane);
	lock(r.t);
	if (r.t->waker == lane)
		drain(&r);
	unlock(r.t);
}

void qos_lane_in(struct lane *lane, struct qos_tree *t, const struct policy *p,
		 struct pkt **pkts, unsigned int n, qos_take_fn *take)
{
	struct qos_run r = {
		.lane = lane,
		.t = t,
		.p = p,
		.now = lane->esp->now,
		.take = take,
	};

	lock(t);
	for (unsigned int i = 0; i < n; i++)
		frame(&r, pkts[i]);
	pass_on(&r);
	unlock(t);
}

uint32_t qos_lane_tag(struct qos_tree *t, const struct pkt *pkt)
{
	struct qos_key key;
	struct qos_hit hit;

	qos_key_read(&key, pkt);
	hit = qos_tree_classify(t, &key);
	return qos_tag(&hit);
}
