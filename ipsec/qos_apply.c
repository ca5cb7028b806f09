/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/qos_apply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "ipsec/qos_plan.h"

/* What the packet path was given. */
struct applied {
	TAILQ_ENTRY(applied) link;
	char *ifname;
	char *text[IPSEC_QOS_DIRECTIONS]; /* qos_plan_text(), or NULL */
	bool wanted;
};

struct qos_apply {
	struct qos_apply_config config;
	struct env_timer *soon;
	TAILQ_HEAD(, applied) all;
};

static struct applied *applied_get(struct qos_apply *a, const char *ifname)
{
	struct applied *x;

	TAILQ_FOREACH (x, &a->all, link)
		if (!strcmp(x->ifname, ifname))
			return x;
	x = xcalloc(1, sizeof(*x));
	x->ifname = xstrdup(ifname);
	TAILQ_INSERT_TAIL(&a->all, x, link);
	return x;
}

static void applied_free(struct qos_apply *a, struct applied *x)
{
	TAILQ_REMOVE(&a->all, x, link);
	for (int d = 0; d < IPSEC_QOS_DIRECTIONS; d++)
		free(x->text[d]);
	free(x->ifname);
	free(x);
}

static void take_off(struct qos_apply *a, struct applied *x,
		     enum ipsec_qos_direction d)
{
	if (!x->text[d])
		return;
	(void)ipsec_qos_set(a->config.ipsec, x->ifname, d, NULL);
	free(x->text[d]);
	x->text[d] = NULL;
}

/* A front that was given up has taken the policy with it. */
static bool is_there(const struct qos_apply *a, const struct applied *x,
		     enum ipsec_qos_direction d, const char *text)
{
	struct ipsec_qos_counters any;

	return x->text[d] && !strcmp(x->text[d], text) &&
	       ipsec_qos_read(a->config.ipsec, x->ifname, d, 0, &any);
}

static void put_on(struct qos_apply *a, struct applied *x,
		   enum ipsec_qos_direction d, const struct qos_policy *policy)
{
	const struct qos_apply_config *c = &a->config;
	struct qos_plan plan;
	char *text;
	int err;

	qos_plan_make(&plan, c->qos, policy,
		      (uint64_t)qos_bandwidth(c->qos, x->ifname) * 1000);
	plan.spec.load_interval = qos_load_interval(c->qos, x->ifname);
	plan.spec.pre_classify =
		d == IPSEC_QOS_OUT && c->pre_classify(c->arg, x->ifname);
	text = qos_plan_text(&plan);
	if (is_there(a, x, d, text)) {
		free(text);
	} else {
		err = ipsec_qos_set(c->ipsec, x->ifname, d, &plan.spec);
		/* Without its device it is tried again when that comes. */
		if (err && err != -ENODEV)
			log_warn("service-policy %s on %s: %s", policy->name,
				 x->ifname, strerror(-err));
		if (err)
			take_off(a, x, d);
		free(x->text[d]);
		x->text[d] = err ? NULL : text;
		if (err)
			free(text);
	}
	qos_plan_free(&plan);
}

static void apply_binding(struct qos_apply *a, const struct qos_binding *b)
{
	static const enum qos_direction typed[] = {
		[IPSEC_QOS_IN] = QOS_IN,
		[IPSEC_QOS_OUT] = QOS_OUT,
	};
	struct applied *x = applied_get(a, b->ifname);

	x->wanted = true;
	for (int i = 0; i < IPSEC_QOS_DIRECTIONS; i++) {
		enum ipsec_qos_direction d = (enum ipsec_qos_direction)i;
		const char *name = b->policy[typed[d]];
		const struct qos_policy *p =
			name ? qos_policy_find(a->config.qos, name) : NULL;

		if (p)
			put_on(a, x, d, p);
		else
			take_off(a, x, d);
	}
}

void qos_apply_now(struct qos_apply *a)
{
	const struct qos_binding *b;
	struct applied *x, *next;

	env_timer_cancel(a->config.env, &a->soon);
	TAILQ_FOREACH (x, &a->all, link)
		x->wanted = false;
	TAILQ_FOREACH (b, &a->config.qos->bindings, link)
		apply_binding(a, b);
	for (x = TAILQ_FIRST(&a->all); x; x = next) {
		next = TAILQ_NEXT(x, link);
		if (x->wanted)
			continue;
		take_off(a, x, IPSEC_QOS_IN);
		take_off(a, x, IPSEC_QOS_OUT);
		applied_free(a, x);
	}
}

static void soon(void *arg)
{
	qos_apply_now(arg);
}

void qos_apply_soon(struct qos_apply *a)
{
	if (!a->soon)
		env_timer_set(a->config.env, &a->soon, 0, soon, a);
}

static void changed(void *arg)
{
	qos_apply_soon(arg);
}

void qos_apply_interface_changed(struct qos_apply *a, const struct iface *iface,
				 enum iface_change change)
{
	if (change == IFACE_CLEARED)
		ipsec_qos_clear(a->config.ipsec, iface->name);
	else if (change != IFACE_DOWN)
		qos_apply_soon(a);
}

const struct qos_apply_config *qos_apply_config(const struct qos_apply *a)
{
	return &a->config;
}

struct qos_apply *qos_apply_new(const struct qos_apply_config *config)
{
	struct qos_apply *a = xcalloc(1, sizeof(*a));

	a->config = *config;
	TAILQ_INIT(&a->all);
	qos_watch(config->qos, changed, a);
	qos_apply_show_init(a);
	return a;
}

void qos_apply_free(struct qos_apply *a)
{
	if (!a)
		return;
	qos_watch(a->config.qos, NULL, NULL);
	env_timer_cancel(a->config.env, &a->soon);
	while (!TAILQ_EMPTY(&a->all))
		applied_free(a, TAILQ_FIRST(&a->all));
	free(a);
}
