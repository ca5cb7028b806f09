/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A policy as it is described becomes a tree. */
#include "ipsec/qos_tree.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"

enum {
	DSCP_MASK = 0xfc,
	DSCP_SHIFT = 2,
	PRECEDENCE_MASK = 0xe0,
	PRECEDENCE_SHIFT = 5,
	LEAST_WEIGHT = 8000, /* bit/s */
	PERCENT = 100,
};

struct compile {
	struct qos_tree *t;
	unsigned int at;
};

static bool policy_queues(const struct ipsec_qos_policy *p, unsigned int depth);

static bool class_queues(const struct ipsec_qos_class *c, unsigned int depth)
{
	return c->priority || c->bandwidth_bps || c->remaining ||
	       c->shape_bps || c->queue_limit || c->fair_queue ||
	       (c->child && policy_queues(c->child, depth + 1));
}

/* depth keeps a policy inside itself from being walked for ever. */
static bool policy_queues(const struct ipsec_qos_policy *p, unsigned int depth)
{
	if (depth >= IPSEC_QOS_DEPTH)
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (class_queues(&p->classes[i], depth))
			return true;
	return false;
}

/* Classes of the policy and those inside it; 0: it is not consistent. */
static size_t count(const struct ipsec_qos_policy *p, unsigned int depth)
{
	size_t n = p->n, below;

	if (!p->n || p->n > IPSEC_QOS_CLASSES || depth >= IPSEC_QOS_DEPTH)
		return 0;
	for (size_t i = 0; i < p->n; i++) {
		if (!p->classes[i].name)
			return 0;
		if (!p->classes[i].child)
			continue;
		below = count(p->classes[i].child, depth + 1);
		if (!below)
			return 0;
		n += below;
	}
	return n > IPSEC_QOS_CLASSES ? 0 : n;
}

static void make_set(struct qos_item *item, const struct ipsec_qos_class *c)
{
	item->set = -1;
	item->set_v4_only = c->set_v4_only;
	if (c->set_dscp >= 0) {
		item->set = (c->set_dscp << DSCP_SHIFT) & DSCP_MASK;
		item->set_mask = DSCP_MASK;
	} else if (c->set_precedence >= 0) {
		item->set = (c->set_precedence << PRECEDENCE_SHIFT) &
			    PRECEDENCE_MASK;
		item->set_mask = PRECEDENCE_MASK;
	}
}

static void make_police(struct qos_item *item,
			const struct ipsec_qos_police *police)
{
	if (!police->cir)
		return;
	item->polices = true;
	qos_meter_init(&item->meter, police);
	for (int i = 0; i < IPSEC_QOS_COLOURS; i++)
		item->actions[i] = police->actions[i];
}

static void make_shaper(struct qos_item *item, const struct ipsec_qos_class *c)
{
	uint64_t burst = c->shape_bc, by_rate;

	if (!c->shape_bps)
		return;
	by_rate = c->shape_bps * IPSEC_QOS_SHAPE_MS / 1000;
	if (!burst)
		burst = by_rate;
	burst += c->shape_be ? c->shape_be : by_rate;
	qos_bucket_init(&item->shaper, c->shape_bps, burst);
}

static void make_priority(struct qos_item *item,
			  const struct ipsec_qos_class *c)
{
	uint64_t burst = (uint64_t)c->priority_burst * 8;

	item->priority = c->priority;
	item->level = c->level;
	if (!burst)
		burst = c->priority_bps * IPSEC_QOS_PRIORITY_MS / 1000;
	qos_bucket_init(&item->limit, c->priority_bps, burst);
}

static uint64_t rate_of(const struct ipsec_qos_class *c, uint64_t above)
{
	if (c->shape_bps)
		return c->shape_bps;
	return c->bandwidth_bps ? c->bandwidth_bps : above;
}

/* What the classes of a policy get of it. */
struct shares {
	uint64_t left;	     /* bit/s that nobody has been promised */
	uint64_t parts;	     /* "remaining", of all that have it */
	unsigned int others; /* classes with neither */
};

static struct shares shares_of(const struct ipsec_qos_policy *p, uint64_t rate)
{
	struct shares s = { 0 };
	uint64_t promised = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct ipsec_qos_class *c = &p->classes[i];

		if (c->priority)
			promised += c->priority_bps;
		else if (c->bandwidth_bps)
			promised += c->bandwidth_bps;
		else if (c->remaining)
			s.parts += c->remaining;
		else
			s.others++;
	}
	s.left = promised < rate ? rate - promised : 0;
	if (s.left < rate / PERCENT)
		s.left = rate / PERCENT;
	return s;
}

/* Without "remaining" of its own a class has what is left of 100 parts. */
static uint64_t weight_of(const struct ipsec_qos_class *c,
			  const struct shares *s)
{
	uint64_t all = s->parts < PERCENT ? PERCENT : s->parts + 1;
	uint64_t weight;

	if (c->bandwidth_bps)
		weight = c->bandwidth_bps;
	else if (c->remaining)
		weight = s->left / (s->others ? all : s->parts) * c->remaining;
	else
		weight = s->left / all * (all - s->parts) /
			 (s->others ? s->others : 1);
	return weight < LEAST_WEIGHT ? LEAST_WEIGHT : weight;
}

static void make_queue(struct qos_item *item, const struct ipsec_qos_class *c)
{
	unsigned int limit = c->queue_limit ? c->queue_limit : IPSEC_QOS_QUEUE;

	if (limit > QOS_QUEUE_MAX)
		limit = QOS_QUEUE_MAX;
	item->queue.limit = limit;
	item->queue.ring = xcalloc(limit, sizeof(struct pkt *));
	item->queue_of = item;
}

static int add_policy(struct compile *compile, struct qos_node *node,
		      const struct ipsec_qos_policy *p, struct qos_item *parent,
		      uint64_t rate);

static int add_class(struct compile *compile, struct qos_item *item,
		     const struct ipsec_qos_class *c, uint64_t rate)
{
	struct qos_tree *t = compile->t;
	unsigned int depth = item->depth;
	int err = qos_test_make(&item->test, &c->test);

	item->name = xstrdup(c->name);
	item->matches = t->n_matches;
	item->n_matches = item->is_default ? 1 : (unsigned int)item->test.n;
	t->n_matches += item->n_matches;
	make_set(item, c);
	make_police(item, &c->police);
	make_shaper(item, c);
	make_priority(item, c);
	t->shared |= item->polices || c->shape_bps;
	t->paced |= c->shape_bps != 0;
	if (class_queues(c, depth) || (item->is_default && item->in->queues)) {
		if (!c->child || !policy_queues(c->child, depth + 1))
			make_queue(item, c);
	}
	if (!err && c->child)
		err = add_policy(compile, &item->child, c->child, item,
				 rate_of(c, rate));
	return err;
}

static int add_policy(struct compile *compile, struct qos_node *node,
		      const struct ipsec_qos_policy *p, struct qos_item *parent,
		      uint64_t rate)
{
	struct shares shares = shares_of(p, rate);
	struct qos_item **end = &node->first;
	int err = 0;

	node->queues = policy_queues(p, parent ? parent->depth + 1 : 0);
	for (size_t i = 0; i < p->n && !err; i++) {
		struct qos_item *item = &compile->t->items[compile->at];

		item->number = compile->at++;
		item->parent = parent;
		item->depth = parent ? parent->depth + 1 : 0;
		item->in = node;
		item->is_default = i == p->n - 1;
		item->weight = weight_of(&p->classes[i], &shares);
		*end = item;
		end = &item->next;
		err = add_class(compile, item, &p->classes[i], rate);
	}
	return err;
}

static struct qos_item *last_of(const struct qos_node *node)
{
	struct qos_item *item = node->first;

	while (item->next)
		item = item->next;
	return item;
}

/* Whose packets wait elsewhere: with class-default, or, when none of the
 * policy has a queue, with the class it is inside of. */
static void share_queues(struct qos_tree *t)
{
	for (unsigned int i = 0; i < t->n_items; i++) {
		struct qos_item *item = &t->items[i], *with;

		if (item->queue_of)
			continue;
		if (!item->in->queues) {
			item->queue_of =
				item->parent ? item->parent->queue_of : NULL;
			continue;
		}
		with = last_of(item->in);
		while (!with->queue.ring)
			with = last_of(&with->child);
		item->queue_of = with;
	}
}

static void make_pool(struct qos_tree *t)
{
	size_t n = 0;

	for (unsigned int i = 0; i < t->n_items; i++)
		if (t->items[i].queue.ring)
			n += t->items[i].queue.limit;
	t->pool = pkt_pool_new(n < QOS_POOL_SMALL ? n : QOS_POOL_SMALL,
			       n < QOS_POOL_BIG ? n : QOS_POOL_BIG);
}

static void make_counters(struct qos_tree *t, unsigned int n_lanes)
{
	t->n_lanes = n_lanes;
	t->counts = xcalloc((size_t)n_lanes * t->n_items * QOS_COUNTS,
			    sizeof(*t->counts));
	t->match_counts = xcalloc((size_t)n_lanes * t->n_matches + 1,
				  sizeof(*t->match_counts));
	t->match_totals = xcalloc(t->n_matches + 1, sizeof(*t->match_totals));
}

struct qos_tree *qos_tree_new(const struct ipsec_qos_spec *spec,
			      enum ipsec_qos_direction direction,
			      unsigned int n_lanes)
{
	size_t n = count(&spec->policy, 0);
	struct compile compile = { 0 };
	struct qos_tree *t;
	int err;

	if (!n ||
	    (direction == IPSEC_QOS_IN && policy_queues(&spec->policy, 0)))
		return NULL;
	t = compile.t = xcalloc(1, sizeof(*t));
	pthread_mutex_init(&t->lock, NULL);
	t->direction = direction;
	t->pre_classify = spec->pre_classify;
	t->interval =
		spec->load_interval ? spec->load_interval : IPSEC_QOS_INTERVAL;
	t->n_items = (unsigned int)n;
	t->items = xcalloc(n, sizeof(*t->items));
	err = add_policy(&compile, &t->root, &spec->policy, NULL, spec->bps);
	make_counters(t, n_lanes);
	if (err) {
		qos_tree_free(t);
		return NULL;
	}
	share_queues(t);
	if (t->paced)
		make_pool(t);
	return t;
}

static void queue_free(struct qos_queue *q)
{
	for (unsigned int i = 0; i < q->n; i++)
		pkt_put(q->ring[(q->at + i) % q->limit]);
	free(q->ring);
}

void qos_tree_free(struct qos_tree *t)
{
	if (!t)
		return;
	for (unsigned int i = 0; i < t->n_items; i++) {
		qos_test_free(&t->items[i].test);
		queue_free(&t->items[i].queue);
		free(t->items[i].name);
	}
	pkt_pool_free(t->pool);
	pthread_mutex_destroy(&t->lock);
	free(t->items);
	free(t->counts);
	free(t->match_counts);
	free(t->match_totals);
	free(t);
}
