/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/static_route.h"

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

enum { METRIC_DISTANCE = 24 }; /* bits below the distance */

/* --- where a next hop is ---------------------------------------------- */

/* The longest connected subnet of an interface that is up. */
static struct iface *connected(struct ifaces *ifaces, uint32_t vrf,
			       const struct ip_addr *addr, unsigned int *best)
{
	struct iface *found = NULL;
	struct port *port;
	size_t i;

	TAILQ_FOREACH (port, &ifaces->ports, link) {
		struct iface *iface = &port->iface;

		if (!iface->line_up || iface->loopback || iface->vrf != vrf)
			continue;
		if (ip_is_set(&iface->addr) && iface->prefix >= *best &&
		    ip_in(addr, &iface->addr, iface->prefix)) {
			*best = iface->prefix;
			found = iface;
		}
		for (i = 0; i < port->n_secondary; i++) {
			if (port->secondary[i].prefix < *best ||
			    !ip_in(addr, &port->secondary[i].addr,
				   port->secondary[i].prefix))
				continue;
			*best = port->secondary[i].prefix;
			found = iface;
		}
		if (port_ipv6_covers(port, addr) >= *best) {
			*best = port_ipv6_covers(port, addr);
			found = iface;
		}
	}
	return found;
}

static bool resolve_route(struct sroutes *s, const struct sroute *r,
			  struct nl_hop *hop, unsigned int depth);

/* The route that leads to addr; a default route does not count (as in IOS a
 * next hop is not found over it). */
static const struct sroute *covering(const struct sroutes *s,
				     const struct ip_addr *addr,
				     const struct sroute *self,
				     unsigned int longer)
{
	const struct sroute *r, *found = NULL;

	TAILQ_FOREACH (r, &s->list, link) {
		if (r == self || r->vrf != self->vrf || r->prefix < longer ||
		    !r->prefix || !ip_in(addr, &r->dst, r->prefix) ||
		    (found && r->prefix < found->prefix))
			continue;
		found = r;
	}
	return found;
}

static bool resolve_nexthop(struct sroutes *s, const struct sroute *r,
			    const struct ip_addr *addr, struct nl_hop *hop,
			    unsigned int depth)
{
	unsigned int best = 1;
	struct iface *iface = connected(s->ifaces, r->vrf, addr, &best);
	const struct sroute *over;

	if (depth > SROUTE_RECURSION)
		return false;
	over = covering(s, addr, r, iface ? best + 1 : 1);
	if (over)
		return !over->null && resolve_route(s, over, hop, depth + 1);
	if (!iface)
		return false;
	hop->index = iface->ifindex;
	hop->gateway = *addr;
	return true;
}

static bool resolve_route(struct sroutes *s, const struct sroute *r,
			  struct nl_hop *hop, unsigned int depth)
{
	struct iface *iface;

	*hop = (struct nl_hop){ 0 };
	if (!r->interface)
		return resolve_nexthop(s, r, &r->nexthop, hop, depth);
	iface = iface_find(s->ifaces, r->interface);
	if (!iface || iface->loopback || !iface->line_up ||
	    iface->vrf != r->vrf)
		return false;
	hop->index = iface->ifindex;
	hop->gateway = r->nexthop;
	/* The interface was named: whether the subnet fits is no question. */
	hop->onlink = ip_is_set(&r->nexthop);
	return true;
}

/* --- the kernel ------------------------------------------------------- */

static bool same_key(const struct sroute_installed *a,
		     const struct sroute_installed *b)
{
	return a->vrf == b->vrf && a->route.prefix == b->route.prefix &&
	       a->route.metric == b->route.metric &&
	       ip_equal(&a->route.dst, &b->route.dst);
}

static bool same_prefix(const struct sroute *a, const struct sroute *b)
{
	return a->vrf == b->vrf && a->prefix == b->prefix &&
	       ip_equal(&a->dst, &b->dst);
}

/* Whether r can be in the table at all now. */
static bool usable(struct sroutes *s, struct sroute *r)
{
	return r->null || resolve_route(s, r, &r->hop, 0);
}

/* The routes of one prefix from r on: those of the best distance count.
 * Returns the first of the next prefix. */
static struct sroute *choose(struct sroutes *s, struct sroute *first,
			     struct nl_route *out)
{
	struct sroute *r;
	unsigned int best = UINT32_MAX;

	*out = (struct nl_route){ .dst = first->dst,
				  .prefix = first->prefix,
				  .protocol = RTPROT_STATIC };
	for (r = first; r && same_prefix(r, first); r = TAILQ_NEXT(r, link)) {
		r->active = usable(s, r);
		if (r->active && r->distance < best)
			best = r->distance;
	}
	for (r = first; r && same_prefix(r, first); r = TAILQ_NEXT(r, link)) {
		r->active = r->active && r->distance == best &&
			    out->n_hops < NL_HOPS;
		if (!r->active)
			continue;
		if (r->null)
			out->type = RTN_UNREACHABLE;
		else
			out->hops[out->n_hops++] = r->hop;
	}
	/* Routing daemons take the upper octet for the distance (zebra does),
	 * and one that is behind theirs does not keep theirs out. */
	out->metric = best > 1 ? best << METRIC_DISTANCE | best : best;
	if (out->n_hops) {
		out->type = RTN_UNICAST;
		out->scope = ip_is_set(&out->hops[0].gateway)
				     ? RT_SCOPE_UNIVERSE
				     : RT_SCOPE_LINK;
	}
	return r;
}

/* NULL: the VRF has no namespace, or is gone. */
static struct nl *nl_of(const struct sroutes *s, uint32_t vrf)
{
	const struct vrf *v = vrf_by_id(s->ifaces->vrfs, vrf);

	return v ? v->nl : vrf ? NULL : s->ifaces->nl;
}

static void install(struct sroutes *s, const struct sroute_installed *r)
{
	struct nl *nl = nl_of(s, r->vrf);
	char text[IP_ADDR_TEXT];
	int err = nl ? nl_route_put(nl, &r->route) : 0;

	if (err)
		log_warn("route to %s/%u refused: %s",
			 ip_text(&r->route.dst, text), r->route.prefix,
			 strerror(-err));
}

static void withdraw(struct sroutes *s, const struct sroute_installed *r)
{
	struct nl *nl = nl_of(s, r->vrf);
	struct nl_route key = r->route;

	/* Whatever its hops have become. */
	key.n_hops = 0;
	key.type = RTN_UNSPEC;
	key.scope = RT_SCOPE_NOWHERE;
	if (nl)
		(void)nl_route_del(nl, &key);
}

/* Old routes that are not wanted any more go first. */
static void replace(struct sroutes *s, struct sroute_installed *want, size_t n)
{
	size_t i, j;

	for (i = 0; i < s->n_installed; i++) {
		for (j = 0; j < n; j++)
			if (same_key(&s->installed[i], &want[j]))
				break;
		if (j == n)
			withdraw(s, &s->installed[i]);
	}
	for (j = 0; j < n; j++)
		install(s, &want[j]);
	free(s->installed);
	s->installed = want;
	s->n_installed = n;
}

void sroutes_sync(struct sroutes *s)
{
	struct sroute_installed *want = xcalloc(s->n + 1, sizeof(*want));
	struct sroute *r = TAILQ_FIRST(&s->list);
	size_t n = 0;

	if (s->ifaces->booting) {
		free(want);
		return;
	}
	while (r) {
		want[n].vrf = r->vrf;
		r = choose(s, r, &want[n].route);
		if (want[n].route.type)
			n++;
	}
	replace(s, want, n);
}

/* The routes of a VRF go with it. */
static void on_vrf(void *arg, struct vrf *vrf, enum vrf_change change)
{
	struct sroutes *s = arg;
	struct sroute *r, *next;

	for (r = TAILQ_FIRST(&s->list); r && change == VRF_GONE; r = next) {
		next = TAILQ_NEXT(r, link);
		if (r->vrf != vrf->id)
			continue;
		TAILQ_REMOVE(&s->list, r, link);
		s->n--;
		sroute_free(r);
	}
	if (change == VRF_GONE)
		sroutes_sync(s);
}

static void on_iface(void *arg, struct iface *iface, enum iface_change change)
{
	(void)iface;
	if (change != IFACE_GONE && change != IFACE_LOAD &&
	    change != IFACE_CLEARED)
		sroutes_sync(arg);
}

struct sroutes *sroutes_new(struct ifaces *ifaces)
{
	struct sroutes *s = xcalloc(1, sizeof(*s));

	TAILQ_INIT(&s->list);
	s->ifaces = ifaces;
	ifaces_watch(ifaces, on_iface, s);
	vrfs_watch(ifaces->vrfs, on_vrf, s);
	return s;
}

void sroute_free(struct sroute *r)
{
	free(r->interface);
	free(r->name);
	free(r);
}

void sroutes_free(struct sroutes *s)
{
	struct sroute *r;

	if (!s)
		return;
	replace(s, NULL, 0);
	while ((r = TAILQ_FIRST(&s->list))) {
		TAILQ_REMOVE(&s->list, r, link);
		sroute_free(r);
	}
	free(s->installed);
	free(s);
}
