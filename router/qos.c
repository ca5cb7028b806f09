/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/qos.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/acl_names.h"
#include "router/iface_priv.h"

struct qos_class *qos_class_find(const struct qos *qos, const char *name)
{
	struct qos_class *c;

	TAILQ_FOREACH (c, &qos->classes, link)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

struct qos_policy *qos_policy_find(const struct qos *qos, const char *name)
{
	struct qos_policy *p;

	TAILQ_FOREACH (p, &qos->policies, link)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

struct qos_member *qos_member_find(const struct qos_policy *policy,
				   const char *name)
{
	struct qos_member *m;

	TAILQ_FOREACH (m, &policy->members, link)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

struct qos_binding *qos_binding_find(const struct qos *qos, const char *ifname)
{
	struct qos_binding *b;

	TAILQ_FOREACH (b, &qos->bindings, link)
		if (!strcmp(b->ifname, ifname))
			return b;
	return NULL;
}

/* The number at the end of a kept line of the interface. */
static unsigned int kept_number(const struct qos *qos, const char *ifname,
				const char *key, unsigned int otherwise)
{
	struct iface *iface = iface_find(qos->ifaces, ifname);
	const char *text = iface ? kept_get(&port_of(iface)->kept, key) : NULL;
	unsigned long n = text ? strtoul(text + strlen(key), NULL, 10) : 0;

	return n ? (unsigned int)n : otherwise;
}

uint32_t qos_bandwidth(const struct qos *qos, const char *ifname)
{
	const struct iface *iface = iface_find(qos->ifaces, ifname);
	enum ifname_kind kind = IFNAME_ETHERNET;

	if (iface)
		kind = ((const struct port *)iface)->name.kind;
	return kept_number(qos, ifname, "bandwidth",
			   ifname_types[kind].bandwidth);
}

uint32_t qos_line_kbps(const struct qos *qos, const char *ifname)
{
	return kept_number(qos, ifname, "bandwidth", QOS_KBPS_LINE);
}

unsigned int qos_load_interval(const struct qos *qos, const char *ifname)
{
	return kept_number(qos, ifname, "load-interval", QOS_LOAD_INTERVAL);
}

const char *qos_dscp_name(unsigned int dscp, char *out)
{
	const char *name = acl_name_of(&acl_dscps, dscp);

	if (name)
		snprintf(out, 16, "%s", name);
	else
		snprintf(out, 16, "%u", dscp);
	return out;
}

void qos_member_free(struct qos_member *m)
{
	TAILQ_REMOVE(&m->policy->members, m, link);
	free(m->child);
	free(m->name);
	free(m);
}

static void match_fini(struct qos_match *m)
{
	free(m->name);
	free(m->text);
	free(m->show);
}

static void class_free(struct qos *qos, struct qos_class *c)
{
	TAILQ_REMOVE(&qos->classes, c, link);
	for (size_t i = 0; i < c->n; i++)
		match_fini(&c->matches[i]);
	free(c->matches);
	free(c->description);
	free(c->name);
	free(c);
}

static void policy_free(struct qos *qos, struct qos_policy *p)
{
	struct qos_member *m;

	while ((m = TAILQ_FIRST(&p->members)))
		qos_member_free(m);
	TAILQ_REMOVE(&qos->policies, p, link);
	free(p->description);
	free(p->name);
	free(p);
}

static void binding_free(struct qos *qos, struct qos_binding *b)
{
	TAILQ_REMOVE(&qos->bindings, b, link);
	free(b->policy[QOS_IN]);
	free(b->policy[QOS_OUT]);
	free(b->ifname);
	free(b);
}

static void acl_changed(void *arg, const char *name)
{
	(void)name;
	qos_changed(arg);
}

static void iface_changed(void *arg, struct iface *iface,
			  enum iface_change change)
{
	struct qos *qos = arg;
	struct qos_binding *b = qos_binding_find(qos, iface->name);

	if (!b)
		return;
	if (change == IFACE_GONE)
		binding_free(qos, b);
	if (change == IFACE_GONE || change == IFACE_UP)
		qos_changed(qos);
}

struct qos *qos_new(struct cli *cli, struct acls *acls, struct ifaces *ifaces)
{
	struct qos *qos = xcalloc(1, sizeof(*qos));

	qos->cli = cli;
	qos->acls = acls;
	qos->ifaces = ifaces;
	TAILQ_INIT(&qos->classes);
	TAILQ_INIT(&qos->policies);
	TAILQ_INIT(&qos->bindings);
	acls_watch(acls, acl_changed, qos);
	ifaces_watch(ifaces, iface_changed, qos);
	qos_class_cli_init(qos);
	qos_policy_cli_init(qos);
	qos_show_init(qos);
	return qos;
}

void qos_free(struct qos *qos)
{
	if (!qos)
		return;
	acls_unwatch(qos->acls, acl_changed, qos);
	while (!TAILQ_EMPTY(&qos->bindings))
		binding_free(qos, TAILQ_FIRST(&qos->bindings));
	while (!TAILQ_EMPTY(&qos->policies))
		policy_free(qos, TAILQ_FIRST(&qos->policies));
	while (!TAILQ_EMPTY(&qos->classes))
		class_free(qos, TAILQ_FIRST(&qos->classes));
	free(qos);
}

void qos_watch(struct qos *qos, void (*fn)(void *arg), void *arg)
{
	qos->changed = fn;
	qos->arg = arg;
}

void qos_changed(struct qos *qos)
{
	if (qos->changed)
		qos->changed(qos->arg);
}
