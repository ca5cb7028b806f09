/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/qos.h"

#include <errno.h>

#include "ipsec/ipsec_priv.h"
#include "ipsec/qos_tree.h"

static void tick(void *arg);

static bool has_any(const struct front *f)
{
	return f->qos[IPSEC_QOS_IN] || f->qos[IPSEC_QOS_OUT];
}

/* Runs while somebody has something to be measured. */
static void set_timer(struct ipsec *ipsec)
{
	bool any = false;
	struct front *f;

	TAILQ_FOREACH (f, &ipsec->fronts, link)
		any |= has_any(f);
	if (!any)
		env_timer_cancel(ipsec->env, &ipsec->qos_tick);
	else if (!ipsec->qos_tick)
		env_timer_set(ipsec->env, &ipsec->qos_tick, SEC(QOS_TICK_S),
			      tick, ipsec);
}

static void tick(void *arg)
{
	struct ipsec *ipsec = arg;
	struct front *f;

	TAILQ_FOREACH (f, &ipsec->fronts, link) {
		for (int d = 0; d < IPSEC_QOS_DIRECTIONS; d++)
			if (f->qos[d])
				qos_tree_tick(f->qos[d]);
	}
	set_timer(ipsec);
}

static void replace(struct front *f, enum ipsec_qos_direction direction,
		    struct qos_tree *tree)
{
	struct qos_tree *old = front_set_qos(f, direction, tree);

	if (!old)
		return;
	qos_tree_give_up(old);
	if (tree)
		qos_tree_carry(tree, old);
	qos_tree_free(old);
}

int ipsec_qos_set(struct ipsec *ipsec, const char *ifname,
		  enum ipsec_qos_direction direction,
		  const struct ipsec_qos_spec *spec)
{
	struct front *f = ipsec_front(ipsec, ifname);
	struct qos_tree *tree = NULL;
	int err;

	if (spec) {
		tree = qos_tree_new(spec, direction, ipsec->n_workers);
		if (!tree)
			return -EINVAL;
		err = ipsec_hold(ipsec, ifname, IPSEC_USER_QOS);
		if (err) {
			qos_tree_free(tree);
			return err;
		}
		f = ipsec_front(ipsec, ifname);
	}
	if (!f)
		return 0;
	replace(f, direction, tree);
	if (!has_any(f))
		ipsec_release(ipsec, ifname, IPSEC_USER_QOS);
	set_timer(ipsec);
	return 0;
}

static const struct qos_tree *find(const struct ipsec *ipsec,
				   const char *ifname,
				   enum ipsec_qos_direction direction)
{
	const struct front *f = ipsec_front(ipsec, ifname);

	return f ? f->qos[direction] : NULL;
}

bool ipsec_qos_read(const struct ipsec *ipsec, const char *ifname,
		    enum ipsec_qos_direction direction, size_t number,
		    struct ipsec_qos_counters *out)
{
	const struct qos_tree *t = find(ipsec, ifname, direction);

	if (!t || number >= t->n_items)
		return false;
	qos_tree_read(t, number, out);
	return true;
}

bool ipsec_qos_read_match(const struct ipsec *ipsec, const char *ifname,
			  enum ipsec_qos_direction direction, size_t number,
			  size_t match, struct ipsec_qos_counter *out,
			  uint64_t *bps)
{
	const struct qos_tree *t = find(ipsec, ifname, direction);
	const struct qos_item *item;

	if (!t || number >= t->n_items)
		return false;
	item = &t->items[number];
	if (match >= item->n_matches)
		return false;
	qos_tree_read_match(t, item->matches + (unsigned int)match, out, bps);
	return true;
}

static void clear(struct front *f)
{
	for (int d = 0; d < IPSEC_QOS_DIRECTIONS; d++)
		if (f->qos[d])
			qos_tree_clear(f->qos[d]);
}

void ipsec_qos_clear(struct ipsec *ipsec, const char *ifname)
{
	struct front *f;

	if (ifname) {
		f = ipsec_front(ipsec, ifname);
		if (f)
			clear(f);
		return;
	}
	TAILQ_FOREACH (f, &ipsec->fronts, link)
		clear(f);
}
