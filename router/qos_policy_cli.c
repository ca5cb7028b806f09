/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policy-map, its classes, and where it is attached. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/iface_priv.h"
#include "router/qos_policy_cli.h"

static const struct cli_mode mode_policy = {
	.prompt = "config-pmap",
	.heading = "QoS policy-map configuration commands:",
	.exit_help = "Exit from QoS policy-map configuration mode",
	.parent = &cli_mode_config,
};

const struct cli_mode qos_mode_member = {
	.prompt = "config-pmap-c",
	.heading = "QoS policy-map class configuration commands:",
	.exit_help = "Exit from QoS class action configuration mode",
	.parent = &mode_policy,
};

/* --- policy-map -------------------------------------------------------------- */

static struct qos_member *member_new(struct qos_policy *p, const char *name)
{
	struct qos_member *m = xcalloc(1, sizeof(*m));
	struct qos_member *last = TAILQ_LAST(&p->members, qos_members);

	m->policy = p;
	m->name = xstrdup(name);
	m->set_dscp = m->set_precedence = -1;
	if (last && !strcmp(last->name, QOS_CLASS_DEFAULT))
		TAILQ_INSERT_BEFORE(last, m, link);
	else
		TAILQ_INSERT_TAIL(&p->members, m, link);
	return m;
}

static struct qos_policy *policy_get(struct qos *qos, const char *name)
{
	struct qos_policy *p = qos_policy_find(qos, name), *other;

	if (p)
		return p;
	p = xcalloc(1, sizeof(*p));
	p->qos = qos;
	p->name = xstrdup(name);
	TAILQ_INIT(&p->members);
	TAILQ_FOREACH (other, &qos->policies, link)
		if (strcmp(other->name, name) > 0) {
			TAILQ_INSERT_BEFORE(other, p, link);
			return p;
		}
	TAILQ_INSERT_TAIL(&qos->policies, p, link);
	return p;
}

static void enter_policy(void *obj, const struct cli_args *a, struct cli_out *o)
{
	cli_enter(o, &mode_policy, policy_get(obj, cli_str(a, "name")));
}

static bool is_attached(const struct qos *qos, const char *name)
{
	const struct qos_binding *b;

	TAILQ_FOREACH (b, &qos->bindings, link)
		for (int d = 0; d < 2; d++)
			if (b->policy[d] && !strcmp(b->policy[d], name))
				return true;
	return false;
}

static bool is_child(const struct qos *qos, const char *name)
{
	const struct qos_policy *p;
	const struct qos_member *m;

	TAILQ_FOREACH (p, &qos->policies, link)
		TAILQ_FOREACH (m, &p->members, link)
			if (m->child && !strcmp(m->child, name))
				return true;
	return false;
}

static void no_policy(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos *qos = obj;
	struct qos_policy *p = qos_policy_find(qos, cli_str(a, "name"));
	struct qos_member *m;

	if (!p)
		return;
	if (is_attached(qos, p->name) || is_child(qos, p->name)) {
		cli_error(o, "%% Policy-map %s is being used\n", p->name);
		return;
	}
	while ((m = TAILQ_FIRST(&p->members))) {
		cli_forget(qos->cli, m);
		qos_member_free(m);
	}
	cli_forget(qos->cli, p);
	TAILQ_REMOVE(&qos->policies, p, link);
	free(p->description);
	free(p->name);
	free(p);
}

static void write_policy(const struct qos_policy *p, struct cli_out *o)
{
	const struct qos_member *m;

	cli_say(o, "policy-map %s\n", p->name);
	if (p->description)
		cli_say(o, " description %s\n", p->description);
	TAILQ_FOREACH (m, &p->members, link) {
		qos_member_write(m, o);
		cli_write_mode(o, &qos_mode_member, m);
	}
}

/* A child stands before who names it: it must be there when that is read. */
static void write_with_children(const struct qos *qos,
				const struct qos_policy *p, const void **done,
				size_t *n, struct cli_out *o)
{
	const struct qos_policy *child;
	const struct qos_member *m;

	for (size_t i = 0; i < *n; i++)
		if (done[i] == p)
			return;
	done[(*n)++] = p;
	TAILQ_FOREACH (m, &p->members, link) {
		child = m->child ? qos_policy_find(qos, m->child) : NULL;
		if (child)
			write_with_children(qos, child, done, n, o);
	}
	write_policy(p, o);
}

static void write_policies(const void *obj, struct cli_out *o)
{
	const struct qos *qos = obj;
	const struct qos_policy *p;
	size_t n = 0, total = 0;
	const void **done;

	TAILQ_FOREACH (p, &qos->policies, link)
		total++;
	done = xcalloc(total + 1, sizeof(*done));
	TAILQ_FOREACH (p, &qos->policies, link)
		write_with_children(qos, p, done, &n, o);
	free(done);
}

static void set_description(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	struct qos_policy *p = obj;

	(void)o;
	free(p->description);
	p->description = cli_is_no(a) ? NULL : xstrdup(cli_str(a, "text"));
}

static void enter_member(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const char *name = cli_str(a, "class");
	struct qos_policy *p = obj;
	struct qos_member *m = qos_member_find(p, name);
	size_t n = 0;

	if (strcmp(name, QOS_CLASS_DEFAULT) && !qos_class_find(p->qos, name)) {
		cli_error(o, "%% class map %s not configured\n", name);
		return;
	}
	if (!m) {
		TAILQ_FOREACH (m, &p->members, link)
			n++;
		if (n == QOS_CLASSES) {
			cli_error(o, "%% Too many classes in policy-map %s\n",
				  p->name);
			return;
		}
		m = member_new(p, name);
		qos_changed(p->qos);
	}
	cli_enter(o, &qos_mode_member, m);
}

static void no_member(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct qos_policy *p = obj;
	struct qos_member *m = qos_member_find(p, cli_str(a, "class"));

	(void)o;
	if (!m)
		return;
	cli_forget(p->qos->cli, m);
	qos_member_free(m);
	qos_changed(p->qos);
}

/* --- service-policy ---------------------------------------------------------- */

/* In the order of the interfaces. */
static bool comes_after(const struct qos *qos, const char *ifname,
			const char *other)
{
	const struct iface *a = iface_find(qos->ifaces, ifname),
			   *b = iface_find(qos->ifaces, other);

	return a && b &&
	       ifname_compare(&((const struct port *)a)->name,
			      &((const struct port *)b)->name) > 0;
}

static struct qos_binding *binding_get(struct qos *qos, const char *ifname)
{
	struct qos_binding *b = qos_binding_find(qos, ifname), *other;

	if (b)
		return b;
	b = xcalloc(1, sizeof(*b));
	b->ifname = xstrdup(ifname);
	TAILQ_FOREACH (other, &qos->bindings, link)
		if (comes_after(qos, other->ifname, ifname)) {
			TAILQ_INSERT_BEFORE(other, b, link);
			return b;
		}
	TAILQ_INSERT_TAIL(&qos->bindings, b, link);
	return b;
}

static enum qos_direction direction_of(const struct cli_args *a)
{
	return cli_has(a, "input") ? QOS_IN : QOS_OUT;
}

static void attach(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const char *name = cli_str(a, "policy");
	enum qos_direction d = direction_of(a);
	const struct iface *iface = obj;
	struct qos *qos = cli_ctx(o);
	const struct qos_policy *p = qos_policy_find(qos, name);
	struct qos_binding *b = qos_binding_find(qos, iface->name);
	char *why;

	if (!p) {
		cli_error(o, "%% policy map %s not configured\n", name);
		return;
	}
	if (b && b->policy[d]) {
		if (strcmp(b->policy[d], name))
			cli_error(o, "Policy map %s is already attached\n",
				  b->policy[d]);
		return;
	}
	why = qos_refused(qos, p, d, qos_line_kbps(qos, iface->name));
	if (why) {
		cli_error(o, "%s\n", why);
		free(why);
		return;
	}
	b = binding_get(qos, iface->name);
	b->policy[d] = xstrdup(name);
	qos_changed(qos);
}

static void detach(void *obj, const struct cli_args *a, struct cli_out *o)
{
	enum qos_direction d = direction_of(a);
	const struct iface *iface = obj;
	struct qos *qos = cli_ctx(o);
	struct qos_binding *b = qos_binding_find(qos, iface->name);

	if (!b || !b->policy[d])
		return;
	if (cli_str(a, "policy") && strcmp(cli_str(a, "policy"), b->policy[d]))
		return;
	free(b->policy[d]);
	b->policy[d] = NULL;
	qos_changed(qos);
}

static void write_attached(const void *obj, struct cli_out *o)
{
	static const char *const words[] = { "input", "output" };
	const struct iface *iface = obj;
	const struct qos *qos = cli_ctx(o);
	const struct qos_binding *b = qos_binding_find(qos, iface->name);

	/* Without a packet path that listens the policy only stands there. */
	cli_why(o, qos->changed ? NULL : "service policies");
	for (int d = 0; b && d < 2; d++)
		if (b->policy[d])
			cli_say(o, " service-policy %s %s\n", words[d],
				b->policy[d]);
	cli_why(o, NULL);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "policy-map  Configure Policy Map\n"
			 "WORD$name  policy-map name\n",
		.run = enter_policy,
		.no = no_policy,
		.write = write_policies,
		.order = CLI_O_QOS + 1,
	},
	{
		.mode = &mode_policy,
		.words = "description  Policy-Map description\n"
			 ".\n"
			 "LINE$text  Policy-Map description\n",
		.run = set_description,
		.no = set_description,
	},
	{
		.mode = &mode_policy,
		.words = "class  policy criteria\n"
			 "WORD$class  class-map name\n",
		.run = enter_member,
		.no = no_member,
	},
	{
		.mode = &router_mode_if,
		.words = "service-policy  Configure CPL Service Policy\n"
			 "( input  Assign policy-map to the input of an "
			 "interface\n"
			 "| output  Assign policy-map to the output of an "
			 "interface\n"
			 ")\n"
			 ".\n"
			 "WORD$policy  policy-map name\n",
		.run = attach,
		.no = detach,
		.write = write_attached,
		.order = IFACE_O_SERVICE_POLICY,
	},
};

void qos_policy_cli_init(struct qos *qos)
{
	CLI_ADD(qos->cli, commands, qos);
	qos_action_cli_init(qos);
}
