/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/qos_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { PERCENT = 100, BITS = 8, MS = 1000 };

/* --- rates ------------------------------------------------------------------ */

static uint64_t share(uint64_t of, uint64_t percent)
{
	return of / PERCENT * percent;
}

uint64_t qos_priority_bps(const struct qos_member *m, uint64_t above)
{
	if (m->priority_unit == QOS_KBPS)
		return (uint64_t)m->priority_value * 1000;
	return m->priority_unit == QOS_PERCENT ? share(above, m->priority_value)
					       : 0;
}

uint64_t qos_bandwidth_bps(const struct qos_member *m, uint64_t above)
{
	if (m->bandwidth_unit == QOS_KBPS)
		return (uint64_t)m->bandwidth * 1000;
	return m->bandwidth_unit == QOS_PERCENT ? share(above, m->bandwidth)
						: 0;
}

uint64_t qos_shape_bps(const struct qos_member *m, uint64_t above)
{
	return m->shape_percent ? share(above, m->shape) : m->shape;
}

uint64_t qos_rate_below(const struct qos_member *m, uint64_t above)
{
	uint64_t bandwidth = qos_bandwidth_bps(m, above);

	if (m->shape)
		return qos_shape_bps(m, above);
	return bandwidth ? bandwidth : above;
}

static uint32_t burst(const struct qos_police *p, uint32_t typed, uint64_t bps)
{
	uint64_t octets = p->percent ? bps / BITS * typed / MS : typed;

	return octets > UINT32_MAX ? UINT32_MAX : (uint32_t)octets;
}

static const enum ipsec_qos_act acts[] = {
	[QOS_TRANSMIT] = IPSEC_QOS_TRANSMIT,
	[QOS_DROP] = IPSEC_QOS_DROP,
	[QOS_SET_DSCP] = IPSEC_QOS_SET_DSCP,
	[QOS_SET_PRECEDENCE] = IPSEC_QOS_SET_PRECEDENCE,
};

struct ipsec_qos_police qos_police_of(const struct qos_member *m,
				      uint64_t above)
{
	const struct qos_police *p = &m->police;
	struct ipsec_qos_police out = {
		.cir = p->percent ? share(above, p->cir) : p->cir,
		.pir = p->percent ? share(above, p->pir) : p->pir,
		.violate = p->violate,
	};

	out.bc = burst(p, p->bc, out.cir);
	out.be = burst(p, p->be, out.pir ? out.pir : out.cir);
	for (int i = 0; i < QOS_COLOURS; i++)
		out.actions[i] =
			(struct ipsec_qos_action){ acts[p->actions[i].act],
						   p->actions[i].value };
	return out;
}

/* --- tests ------------------------------------------------------------------ */

static void *block(struct qos_plan *plan, size_t n, size_t size)
{
	void *p = xcalloc(n ? n : 1, size);

	plan->blocks = xrealloc(plan->blocks, plan->n_blocks + 1,
				sizeof(*plan->blocks));
	plan->blocks[plan->n_blocks++] = p;
	return p;
}

/* Of a list that is not there no packet is. */
static void add_acl(struct qos_plan *plan, const struct qos *qos,
		    const char *name, struct ipsec_qos_match *out)
{
	const struct acl *acl = acls_find(qos->acls, name);
	struct ace *aces;

	if (!acl)
		acl = acls_find6(qos->acls, name);
	out->kind = acl ? IPSEC_QOS_ACL : IPSEC_QOS_NOTHING;
	if (!acl)
		return;
	aces = block(plan, acl->n, sizeof(*aces));
	for (size_t i = 0; i < acl->n; i++)
		if (!acl->entries[i].remark)
			aces[out->n_aces++] = acl->entries[i].ace;
	out->aces = aces;
}

static struct ipsec_qos_test make_test(struct qos_plan *plan,
				       const struct qos *qos, const char *name,
				       unsigned int depth);

static void make_match(struct qos_plan *plan, const struct qos *qos,
		       const struct qos_match *m, unsigned int depth,
		       struct ipsec_qos_match *out)
{
	static const enum ipsec_qos_match_kind kinds[] = {
		[QOS_MATCH_ANY] = IPSEC_QOS_ANY,
		[QOS_MATCH_DSCP] = IPSEC_QOS_DSCP,
		[QOS_MATCH_PRECEDENCE] = IPSEC_QOS_DSCP,
		[QOS_MATCH_ACL] = IPSEC_QOS_ACL,
		[QOS_MATCH_CLASS] = IPSEC_QOS_CLASS,
		[QOS_MATCH_ETHERTYPE] = IPSEC_QOS_ETHERTYPE,
		[QOS_MATCH_KEPT] = IPSEC_QOS_NOTHING,
	};
	struct ipsec_qos_test *test;

	*out = (struct ipsec_qos_match){
		.kind = kinds[m->kind],
		.not = m->not,
		.v4_only = m->v4_only,
		.dscps = m->dscps,
		.ethertype = m->value,
	};
	if (m->kind == QOS_MATCH_ACL)
		add_acl(plan, qos, m->name, out);
	/* What nothing is known of is not met the other way round either. */
	if (m->kind == QOS_MATCH_KEPT)
		out->not = false;
	if (m->kind != QOS_MATCH_CLASS)
		return;
	test = block(plan, 1, sizeof(*test));
	*test = make_test(plan, qos, m->name, depth + 1);
	out->test = test;
}

static struct ipsec_qos_test make_test(struct qos_plan *plan,
				       const struct qos *qos, const char *name,
				       unsigned int depth)
{
	const struct qos_class *c = qos_class_find(qos, name);
	struct ipsec_qos_test test = { 0 };
	struct ipsec_qos_match *matches;

	if (!c || depth > IPSEC_QOS_NESTED)
		return test;
	matches = block(plan, c->n, sizeof(*matches));
	for (size_t i = 0; i < c->n; i++)
		make_match(plan, qos, &c->matches[i], depth, &matches[i]);
	test.any = c->any;
	test.matches = matches;
	test.n = c->n;
	return test;
}

/* --- classes ---------------------------------------------------------------- */

static const struct ipsec_qos_policy *
make_child(struct qos_plan *plan, const struct qos *qos,
	   const struct qos_member *m, uint64_t rate, unsigned int depth);

static void make_class(struct qos_plan *plan, const struct qos *qos,
		       const struct qos_member *m, uint64_t rate,
		       unsigned int depth, struct ipsec_qos_class *out)
{
	*out = (struct ipsec_qos_class){
		.name = m->name,
		.test = make_test(plan, qos, m->name, 0),
		.priority = m->priority,
		.level = m->level,
		.priority_bps = qos_priority_bps(m, rate),
		.priority_burst = m->priority_burst,
		.bandwidth_bps = qos_bandwidth_bps(m, rate),
		.shape_bps = qos_shape_bps(m, rate),
		.shape_bc = m->shape_bc,
		/* The least there is: 0 would be by the rate. */
		.shape_be = m->shape_has_be && !m->shape_be ? 1 : m->shape_be,
		.police = qos_police_of(m, rate),
		.set_dscp = m->set_dscp,
		.set_precedence = m->set_precedence,
		.set_v4_only = m->set_ip,
		.queue_limit = m->queue_limit,
		.fair_queue = m->fair_queue,
		.child = make_child(plan, qos, m, rate, depth),
	};
	if (m->bandwidth_unit == QOS_REMAINING ||
	    m->bandwidth_unit == QOS_RATIO)
		out->remaining = m->bandwidth;
}

/* IOS has class-default in every policy, written or not. */
static struct ipsec_qos_policy make_policy(struct qos_plan *plan,
					   const struct qos *qos,
					   const struct qos_policy *policy,
					   uint64_t rate, unsigned int depth)
{
	const struct qos_member *m,
		*last = TAILQ_LAST(&policy->members, qos_members);
	struct ipsec_qos_policy out = { 0 };
	struct ipsec_qos_class *classes;
	size_t n = 1;

	TAILQ_FOREACH (m, &policy->members, link)
		n++;
	classes = block(plan, n, sizeof(*classes));
	TAILQ_FOREACH (m, &policy->members, link)
		make_class(plan, qos, m, rate, depth, &classes[out.n++]);
	if (!last || strcmp(last->name, QOS_CLASS_DEFAULT) != 0)
		classes[out.n++] = (struct ipsec_qos_class){
			.name = QOS_CLASS_DEFAULT,
			.set_dscp = -1,
			.set_precedence = -1,
		};
	out.classes = classes;
	return out;
}

static const struct ipsec_qos_policy *
make_child(struct qos_plan *plan, const struct qos *qos,
	   const struct qos_member *m, uint64_t rate, unsigned int depth)
{
	const struct qos_policy *p =
		m->child ? qos_policy_find(qos, m->child) : NULL;
	struct ipsec_qos_policy *out;

	if (!p || depth >= QOS_DEPTH)
		return NULL;
	out = block(plan, 1, sizeof(*out));
	*out = make_policy(plan, qos, p, qos_rate_below(m, rate), depth + 1);
	return out;
}

void qos_plan_make(struct qos_plan *plan, const struct qos *qos,
		   const struct qos_policy *policy, uint64_t bps)
{
	*plan = (struct qos_plan){ .spec.bps = bps };
	plan->spec.policy = make_policy(plan, qos, policy, bps, 1);
}

void qos_plan_free(struct qos_plan *plan)
{
	for (size_t i = 0; i < plan->n_blocks; i++)
		free(plan->blocks[i]);
	free(plan->blocks);
	*plan = (struct qos_plan){ 0 };
}

/* --- as text ---------------------------------------------------------------- */

static void print_test(FILE *f, const struct ipsec_qos_test *t)
{
	char text[ACE_TEXT];

	fprintf(f, "%s(", t->any ? "any" : "all");
	for (size_t i = 0; i < t->n; i++) {
		const struct ipsec_qos_match *m = &t->matches[i];

		fprintf(f, "%u %d %d %" PRIx64 " %x\n", (unsigned int)m->kind,
			m->not, m->v4_only, m->dscps, m->ethertype);
		for (size_t a = 0; a < m->n_aces; a++)
			fprintf(f, "%s\n",
				ace_text(&m->aces[a], false, ACE_CONFIG, text));
		if (m->test)
			print_test(f, m->test);
	}
	fprintf(f, ")\n");
}

static void print_policy(FILE *f, const struct ipsec_qos_policy *p);

static void print_class(FILE *f, const struct ipsec_qos_class *c)
{
	const struct ipsec_qos_police *p = &c->police;

	fprintf(f, "class %s ", c->name);
	print_test(f, &c->test);
	fprintf(f, "priority %d %u %" PRIu64 " %u\n", c->priority, c->level,
		c->priority_bps, c->priority_burst);
	fprintf(f, "bandwidth %" PRIu64 " %u\n", c->bandwidth_bps,
		c->remaining);
	fprintf(f, "shape %" PRIu64 " %u %u\n", c->shape_bps, c->shape_bc,
		c->shape_be);
	fprintf(f, "police %" PRIu64 " %" PRIu64 " %u %u %d", p->cir, p->pir,
		p->bc, p->be, p->violate);
	for (int i = 0; i < IPSEC_QOS_COLOURS; i++)
		fprintf(f, " %u %u", (unsigned int)p->actions[i].act,
			p->actions[i].value);
	fprintf(f, "\nset %d %d %d queue %u %d\n", c->set_dscp,
		c->set_precedence, c->set_v4_only, c->queue_limit,
		c->fair_queue);
	if (c->child)
		print_policy(f, c->child);
}

static void print_policy(FILE *f, const struct ipsec_qos_policy *p)
{
	fprintf(f, "{\n");
	for (size_t i = 0; i < p->n; i++)
		print_class(f, &p->classes[i]);
	fprintf(f, "}\n");
}

char *qos_plan_text(const struct qos_plan *plan)
{
	const struct ipsec_qos_spec *s = &plan->spec;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return xstrdup("");
	fprintf(f, "%" PRIu64 " %d %u\n", s->bps, s->pre_classify,
		s->load_interval);
	print_policy(f, &s->policy);
	if (fclose(f)) {
		free(text);
		return xstrdup("");
	}
	return text;
}
