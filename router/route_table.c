/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/route_table.h"

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Who put a route into the kernel, with IOS's letter and distance. */
static const struct {
	uint8_t protocol;
	const char *code, *source;
	unsigned int distance;
} sources[] = {
	{ RTPROT_BGP, "B", "bgp", 20 },	    { RTPROT_OSPF, "O", "ospf", 110 },
	{ RTPROT_EIGRP, "D", "eigrp", 90 }, { RTPROT_RIP, "R", "rip", 120 },
	{ RTPROT_ISIS, "i", "isis", 115 },
};

static struct route_entry *add(struct route_table *t, const struct ip_addr *dst,
			       unsigned int prefix, const char *code,
			       const char *source)
{
	struct route_entry *e;

	if (!(t->n & (t->n + 1)))
		t->v = xrealloc(t->v, 2 * (t->n + 1), sizeof(*t->v));
	e = &t->v[t->n++];
	*e = (struct route_entry){ .dst = ip_network(dst, prefix),
				   .prefix = prefix,
				   .source = source };
	snprintf(e->code, sizeof(e->code), "%s", code);
	return e;
}

static void add_path(struct route_entry *e, const struct ip_addr *gateway,
		     const char *interface)
{
	struct route_path *p;

	if (e->n_paths >= NL_HOPS)
		return;
	p = &e->path[e->n_paths++];
	*p = (struct route_path){ 0 };
	if (gateway)
		p->gateway = *gateway;
	snprintf(p->interface, sizeof(p->interface), "%s",
		 interface ? interface : "");
}

static void add_connected(struct route_table *t, const struct iface *iface,
			  const struct ip_addr *addr, unsigned int prefix)
{
	add_path(add(t, addr, prefix, "C", "connected"), NULL, iface->name);
	if (prefix < 32)
		add_path(add(t, addr, 32, "L", "connected"), NULL, iface->name);
}

static void read_connected(struct route_table *t, struct ifaces *ifaces,
			   uint32_t vrf)
{
	struct port *port;
	size_t i;

	TAILQ_FOREACH (port, &ifaces->ports, link) {
		if (!port->iface.line_up || port->iface.vrf != vrf)
			continue;
		if (ip_is_set(&port->iface.addr))
			add_connected(t, &port->iface, &port->iface.addr,
				      port->iface.prefix);
		for (i = 0; i < port->n_secondary; i++)
			add_connected(t, &port->iface, &port->secondary[i].addr,
				      port->secondary[i].prefix);
	}
}

static void read_static(struct route_table *t, const struct sroutes *routes,
			uint32_t vrf)
{
	const struct sroute *r;
	struct route_entry *last = NULL;

	TAILQ_FOREACH (r, &routes->list, link) {
		if (!r->active || r->vrf != vrf)
			continue;
		if (!last || last->prefix != r->prefix ||
		    !ip_equal(&last->dst, &r->dst)) {
			last = add(t, &r->dst, r->prefix,
				   r->prefix ? "S" : "S*", "static");
			last->distance = r->distance;
		}
		add_path(last, ip_is_set(&r->nexthop) ? &r->nexthop : NULL,
			 r->null ? "Null0" : r->interface);
	}
}

struct kernel_walk {
	struct route_table *table;
	struct ifaces *ifaces;
	uint32_t vrf;
};

static const char *name_of(struct ifaces *ifaces, uint32_t vrf,
			   unsigned int index)
{
	struct port *port;

	TAILQ_FOREACH (port, &ifaces->ports, link)
		if (!port->iface.loopback && port->iface.ifindex == index &&
		    port->iface.vrf == vrf)
			return port->iface.name;
	return NULL;
}

static void take_kernel(void *arg, const struct nl_route *r)
{
	struct kernel_walk *w = arg;
	const char *code = "a", *source = "application";
	struct route_entry *e;
	unsigned int i, distance = 0;

	if (r->protocol == RTPROT_KERNEL || r->protocol == RTPROT_STATIC ||
	    r->protocol == RTPROT_REDIRECT || w->table->n >= TABLE_MAX)
		return;
	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		if (sources[i].protocol != r->protocol)
			continue;
		code = sources[i].code;
		source = sources[i].source;
		distance = sources[i].distance;
	}
	e = add(w->table, &r->dst, r->prefix, code, source);
	if (!r->prefix)
		snprintf(e->code, sizeof(e->code), "%s*", code);
	e->distance = distance;
	e->metric = r->metric;
	for (i = 0; i < r->n_hops; i++)
		add_path(e,
			 ip_is_set(&r->hops[i].gateway) ? &r->hops[i].gateway
							: NULL,
			 name_of(w->ifaces, w->vrf, r->hops[i].index));
}

static int by_prefix(const void *a, const void *b)
{
	const struct route_entry *x = a, *y = b;
	int order = ip_compare(&x->dst, &y->dst);

	if (order)
		return order;
	return (x->prefix > y->prefix) - (x->prefix < y->prefix);
}

void route_table_read(struct route_table *t, struct ifaces *ifaces,
		      const struct sroutes *routes, uint32_t vrf)
{
	const struct vrf *v = vrf_by_id(ifaces->vrfs, vrf);
	struct nl *nl = v ? v->nl : ifaces->nl;
	struct kernel_walk w = { t, ifaces, vrf };

	*t = (struct route_table){ 0 };
	read_connected(t, ifaces, vrf);
	read_static(t, routes, vrf);
	if (nl)
		(void)nl_routes(nl, IP_V4, take_kernel, &w);
	if (t->n)
		qsort(t->v, t->n, sizeof(*t->v), by_prefix);
}

static bool same_prefix(const struct route_entry *a,
			const struct route_entry *b)
{
	return a->prefix == b->prefix && ip_equal(&a->dst, &b->dst);
}

void route_table_settle(struct route_table *t)
{
	size_t kept = 0, i, next, k;
	unsigned int best;

	/* Those of one prefix stand together. */
	for (i = 0; i < t->n; i = next) {
		best = t->v[i].distance;
		for (next = i + 1;
		     next < t->n && same_prefix(&t->v[i], &t->v[next]); next++)
			if (t->v[next].distance < best)
				best = t->v[next].distance;
		for (k = i; k < next; k++)
			if (t->v[k].distance == best)
				t->v[kept++] = t->v[k];
	}
	t->n = kept;
}

void route_table_fini(struct route_table *t)
{
	free(t->v);
	*t = (struct route_table){ 0 };
}

const struct route_entry *route_table_find(const struct route_table *t,
					   const struct ip_addr *addr)
{
	const struct route_entry *found = NULL;
	size_t i;

	for (i = 0; i < t->n; i++)
		if (ip_in(addr, &t->v[i].dst, t->v[i].prefix) &&
		    (!found || t->v[i].prefix >= found->prefix))
			found = &t->v[i];
	return found;
}
