/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which class a packet is of, and what is counted there. */
#include "ipsec/qos_tree.h"

#include <string.h>

#include "ipsec/stats.h"

/* A tag: a flag, the class, and the matches of the classes that it is inside
 * of and of itself. */
enum {
	TAG_MATCH_BITS = 7,
	TAG_MATCH = (1 << TAG_MATCH_BITS) - 1,
	TAG_CLASS_AT = TAG_MATCH_BITS * IPSEC_QOS_DEPTH,
	TAG_CLASS = 0x3ff,
};

#define TAG_FLAG (UINT32_C(1) << 31)

_Static_assert((int)TAG_CLASS >= (int)IPSEC_QOS_CLASSES - 1 &&
		       (int)TAG_MATCH >= (int)QOS_MATCHES - 1,
	       "a tag has room");

struct qos_hit qos_tree_classify(struct qos_tree *t, const struct qos_key *key)
{
	struct qos_item *item = t->root.first;
	struct qos_hit hit = { 0 };
	int match;

	while (item) {
		match = item->is_default ? 0 : qos_test_meets(&item->test, key);
		if (match < 0) {
			item = item->next;
			continue;
		}
		hit.match[item->depth] = (uint8_t)match;
		hit.item = item;
		item = item->child.first;
	}
	return hit;
}

uint32_t qos_tag(const struct qos_hit *hit)
{
	uint32_t tag = TAG_FLAG | hit->item->number << TAG_CLASS_AT;

	for (unsigned int i = 0; i < IPSEC_QOS_DEPTH; i++)
		tag |= (uint32_t)hit->match[i] << i * TAG_MATCH_BITS;
	return tag;
}

struct qos_hit qos_untag(struct qos_tree *t, uint32_t tag)
{
	struct qos_hit hit;

	hit.item = &t->items[tag >> TAG_CLASS_AT & TAG_CLASS];
	for (unsigned int i = 0; i < IPSEC_QOS_DEPTH; i++)
		hit.match[i] = tag >> i * TAG_MATCH_BITS & TAG_MATCH;
	return hit;
}

static void add(struct ipsec_qos_counter *c, unsigned int packets,
		uint64_t octets)
{
	STAT_ADD(c->packets, packets);
	STAT_ADD(c->bytes, octets);
}

static struct ipsec_qos_counter *
row(const struct qos_tree *t, unsigned int lane, const struct qos_item *item)
{
	return &t->counts[((size_t)lane * t->n_items + item->number) *
			  QOS_COUNTS];
}

void qos_count(struct qos_tree *t, unsigned int lane,
	       const struct qos_item *item, enum qos_count what,
	       unsigned int packets, uint64_t octets)
{
	add(row(t, lane, item) + what, packets, octets);
}

void qos_count_up(struct qos_tree *t, unsigned int lane,
		  const struct qos_item *item, enum qos_count what,
		  unsigned int packets, uint64_t octets)
{
	for (; item; item = item->parent)
		qos_count(t, lane, item, what, packets, octets);
}

void qos_count_hit(struct qos_tree *t, unsigned int lane,
		   const struct qos_hit *hit, unsigned int packets,
		   uint64_t octets)
{
	struct ipsec_qos_counter *of_lane =
		t->match_counts + (size_t)lane * t->n_matches;

	for (const struct qos_item *i = hit->item; i; i = i->parent) {
		qos_count(t, lane, i, QOS_OFFERED, packets, octets);
		if (i->n_matches)
			add(of_lane + i->matches + hit->match[i->depth],
			    packets, octets);
	}
}

static struct ipsec_qos_counter sum(const struct ipsec_qos_counter *first,
				    size_t stride, unsigned int n)
{
	struct ipsec_qos_counter total = { 0, 0 };

	for (unsigned int i = 0; i < n; i++, first += stride) {
		total.packets += STAT_READ(first->packets);
		total.bytes += STAT_READ(first->bytes);
	}
	return total;
}

/* Of all lanes, without the base. */
static struct ipsec_qos_counter
raw(const struct qos_tree *t, const struct qos_item *item, unsigned int what)
{
	return sum(row(t, 0, item) + what, (size_t)t->n_items * QOS_COUNTS,
		   t->n_lanes);
}

static struct ipsec_qos_counter raw_match(const struct qos_tree *t,
					  unsigned int match)
{
	return sum(t->match_counts + match, t->n_matches, t->n_lanes);
}

/* Modulo 2^64: a base may be what is to be taken off. */
static struct ipsec_qos_counter plus(struct ipsec_qos_counter a,
				     struct ipsec_qos_counter b)
{
	return (struct ipsec_qos_counter){ a.packets + b.packets,
					   a.bytes + b.bytes };
}

static struct ipsec_qos_counter minus(struct ipsec_qos_counter a)
{
	return (struct ipsec_qos_counter){ -a.packets, -a.bytes };
}

static struct ipsec_qos_counter
total(const struct qos_tree *t, const struct qos_item *item, unsigned int what)
{
	return plus(raw(t, item, what), item->base[what]);
}

void qos_tree_read(const struct qos_tree *t, size_t number,
		   struct ipsec_qos_counters *out)
{
	const struct qos_item *item = &t->items[number];

	*out = (struct ipsec_qos_counters){
		.offered = total(t, item, QOS_OFFERED),
		.output = total(t, item, QOS_OUTPUT),
		.dropped = total(t, item, QOS_DROPPED),
		.queue_full = total(t, item, QOS_QUEUE_FULL),
		.no_buffer = total(t, item, QOS_NO_BUFFER),
		.exceeded = total(t, item, QOS_EXCEEDED),
		.marked = total(t, item, QOS_MARKED),
		.police_dropped = total(t, item, QOS_POLICE_DROPPED),
		.offered_bps = item->rates[QOS_RATE_OFFERED].bps,
		.drop_bps = item->rates[QOS_RATE_DROPPED].bps,
		.queue = STAT_READ(item->backlog),
		.queue_limit = item->queue.limit,
	};
	for (unsigned int i = 0; i < IPSEC_QOS_COLOURS; i++) {
		out->police[i] = total(t, item, QOS_POLICED + i);
		out->police_bps[i] = item->rates[QOS_RATE_POLICED + i].bps;
	}
}

void qos_tree_read_match(const struct qos_tree *t, unsigned int match,
			 struct ipsec_qos_counter *out, uint64_t *bps)
{
	const struct qos_match_total *m = &t->match_totals[match];

	*out = plus(raw_match(t, match), m->base);
	*bps = m->rate.bps;
}

void qos_tree_clear(struct qos_tree *t)
{
	for (unsigned int i = 0; i < t->n_items; i++) {
		struct qos_item *item = &t->items[i];

		for (unsigned int what = 0; what < QOS_COUNTS; what++)
			item->base[what] = minus(raw(t, item, what));
	}
	for (unsigned int i = 0; i < t->n_matches; i++)
		t->match_totals[i].base = minus(raw_match(t, i));
}

void qos_tree_retire(struct qos_tree *t)
{
	pthread_mutex_lock(&t->lock);
	t->retired = true;
	pthread_mutex_unlock(&t->lock);
}

void qos_tree_give_up(struct qos_tree *t)
{
	for (unsigned int i = 0; i < t->n_items; i++) {
		const struct qos_queue *q = &t->items[i].queue;

		for (unsigned int n = 0; n < q->n; n++) {
			const struct pkt *p = q->ring[(q->at + n) % q->limit];

			qos_count_up(t, 0, &t->items[p->qos], QOS_DROPPED, 1,
				     p->len);
		}
	}
}

/* What the class was in the tree before, or NULL. */
static const struct qos_item *same(const struct qos_item *item,
				   const struct qos_tree *before)
{
	const struct qos_item *i = before->root.first;

	if (item->parent) {
		i = same(item->parent, before);
		if (i)
			i = i->child.first;
	}
	while (i && strcmp(i->name, item->name) != 0)
		i = i->next;
	return i;
}

/* Raw counters are 0 in the new one, and the next tick begins with that. */
static void carry_item(struct qos_tree *t, struct qos_item *item,
		       const struct qos_tree *before,
		       const struct qos_item *from)
{
	for (unsigned int what = 0; what < QOS_COUNTS; what++)
		item->base[what] = total(before, from, what);
	for (unsigned int i = 0; i < QOS_RATES; i++)
		item->rates[i].bps = from->rates[i].bps;
	if (item->n_matches != from->n_matches)
		return;
	for (unsigned int i = 0; i < item->n_matches; i++) {
		struct qos_match_total *m = &t->match_totals[item->matches + i];

		qos_tree_read_match(before, from->matches + i, &m->base,
				    &m->rate.bps);
	}
}

void qos_tree_carry(struct qos_tree *t, const struct qos_tree *before)
{
	for (unsigned int i = 0; i < t->n_items; i++) {
		const struct qos_item *from = same(&t->items[i], before);

		if (from)
			carry_item(t, &t->items[i], before, from);
	}
}

/* The mean goes the tick's part of the interval towards what was measured, as
 * IOS has it; at the end of it nothing is nothing. */
static void update(struct qos_rate *r, uint64_t bytes, unsigned int interval)
{
	uint64_t now = (bytes - r->last) * 8 / QOS_TICK_S;
	uint64_t parts = interval > QOS_TICK_S ? interval / QOS_TICK_S : 1;

	r->last = bytes;
	if (now >= r->bps)
		r->bps += (now - r->bps) / parts;
	else
		r->bps -= (r->bps - now + parts - 1) / parts;
}

void qos_tree_tick(struct qos_tree *t)
{
	static const unsigned int counter[QOS_RATES] = {
		[QOS_RATE_OFFERED] = QOS_OFFERED,
		[QOS_RATE_DROPPED] = QOS_DROPPED,
		[QOS_RATE_POLICED] = QOS_POLICED,
		[QOS_RATE_POLICED + 1] = QOS_POLICED + 1,
		[QOS_RATE_POLICED + 2] = QOS_POLICED + 2,
	};

	for (unsigned int i = 0; i < t->n_items; i++)
		for (unsigned int r = 0; r < QOS_RATES; r++)
			update(&t->items[i].rates[r],
			       raw(t, &t->items[i], counter[r]).bytes,
			       t->interval);
	for (unsigned int i = 0; i < t->n_matches; i++)
		update(&t->match_totals[i].rate, raw_match(t, i).bytes,
		       t->interval);
}
