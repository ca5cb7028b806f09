/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/qos_queue.h"

#include <string.h>

#include "ipsec/stats.h"

/* Nobody waits whom the packet could overtake or rob. */
static bool free_way(struct qos_item *q, int64_t now)
{
	if (q->queue.n)
		return false;
	for (struct qos_item *i = q; i; i = i->parent) {
		if (!i->shaper.rate)
			continue;
		if (i->backlog || !qos_bucket_open(&i->shaper, now))
			return false;
	}
	return true;
}

static void charge(struct qos_item *q, uint64_t octets)
{
	for (struct qos_item *i = q; i; i = i->parent)
		if (i->shaper.rate)
			qos_bucket_charge(&i->shaper, octets);
}

/* The rate of priority is measured always, and holds in congestion. */
static bool within_limit(struct qos_item *q, uint64_t octets, int64_t now)
{
	if (!q->priority || !q->limit.rate)
		return true;
	(void)qos_bucket_fill(&q->limit, now);
	return q->limit.tokens >= qos_tokens(octets);
}

static void charge_limit(struct qos_item *q, uint64_t octets)
{
	if (!q->priority || !q->limit.rate)
		return;
	qos_bucket_charge(&q->limit, octets);
	if (q->limit.tokens < 0)
		q->limit.tokens = 0;
}

static struct pkt *copy(struct pkt_pool *pool, const struct pkt *from)
{
	struct pkt *p = pkt_get_for(pool, from->len);

	if (!p)
		return NULL;
	memcpy(pkt_data(p), pkt_data(from), from->len);
	p->len = from->len;
	p->vnet = from->vnet;
	p->qos = from->qos;
	return p;
}

/* The clock of who was away does not run behind. */
static void join(struct qos_item *q)
{
	for (struct qos_item *i = q; i; i = i->parent) {
		if (!i->backlog && (int64_t)(i->vtime - i->in->vnow) < 0)
			i->vtime = i->in->vnow;
		STAT_ADD(i->backlog, 1);
	}
}

static void push(struct qos_tree *t, struct qos_item *q, struct pkt *p)
{
	struct qos_queue *queue = &q->queue;

	queue->ring[(queue->at + queue->n++) % queue->limit] = p;
	join(q);
	t->queued++;
}

enum qos_verdict qos_offer(struct qos_tree *t, struct qos_item *item,
			   const struct pkt *pkt, int64_t now)
{
	struct qos_item *q = item->queue_of;
	struct pkt *p;
	bool within;

	if (!q)
		return QOS_MAY_LEAVE;
	within = within_limit(q, pkt->len, now);
	if (free_way(q, now)) {
		charge(q, pkt->len);
		charge_limit(q, pkt->len);
		return QOS_MAY_LEAVE;
	}
	if (!within)
		return QOS_EXCEEDS;
	if (q->queue.n == q->queue.limit)
		return QOS_FULL;
	p = copy(t->pool, pkt);
	if (!p)
		return QOS_OUT_OF_BUFFERS;
	p->qos = item->number;
	charge_limit(q, pkt->len);
	push(t, q, p);
	return QOS_WAITS;
}

static bool before(const struct qos_item *a, const struct qos_item *b)
{
	if (a->priority != b->priority)
		return a->priority;
	if (a->priority && a->level != b->level)
		return a->level < b->level;
	return (int64_t)(a->vtime - b->vtime) < 0;
}

/* The queue whose turn it is. */
static struct qos_item *pick(const struct qos_node *node, int64_t now)
{
	struct qos_item *best = NULL, *leaf = NULL, *l;

	for (struct qos_item *i = node->first; i; i = i->next) {
		if (!i->backlog || (best && !before(i, best)) ||
		    !qos_bucket_open(&i->shaper, now))
			continue;
		l = i->queue.n ? i : pick(&i->child, now);
		if (l) {
			best = i;
			leaf = l;
		}
	}
	return leaf;
}

static void served(struct qos_item *q, uint64_t octets)
{
	for (struct qos_item *i = q; i; i = i->parent) {
		STAT_ADD(i->backlog, -1);
		if (i->priority)
			continue;
		i->in->vnow = i->vtime;
		i->vtime += octets * 8 * UINT64_C(1000000000) / i->weight;
	}
	charge(q, octets);
}

struct pkt *qos_take(struct qos_tree *t, struct pkt_pool *pool, int64_t now,
		     struct qos_item **item, bool *stuck)
{
	struct qos_item *q = t->queued ? pick(&t->root, now) : NULL;
	struct pkt *p, *out;

	if (!q)
		return NULL;
	p = q->queue.ring[q->queue.at];
	out = copy(pool, p);
	if (!out) {
		*stuck = true;
		return NULL;
	}
	*item = &t->items[p->qos];
	q->queue.at = (q->queue.at + 1) % q->queue.limit;
	q->queue.n--;
	t->queued--;
	served(q, p->len);
	pkt_put(p);
	return out;
}

static int64_t opens(const struct qos_node *node, int64_t now)
{
	int64_t first = INT64_MAX, at, below;

	for (struct qos_item *i = node->first; i; i = i->next) {
		if (!i->backlog)
			continue;
		at = i->shaper.rate ? qos_bucket_opens(&i->shaper, now) : now;
		below = i->queue.n ? now : opens(&i->child, now);
		if (below > at)
			at = below;
		if (at < first)
			first = at;
	}
	return first;
}

int64_t qos_next(struct qos_tree *t, int64_t now)
{
	return opens(&t->root, now);
}
