/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sources and groups: where each may come from and where it goes. */
#include <stdlib.h>

#include "base/mem.h"
#include "router/mcast.h"
#include "router/router_priv.h"

struct mcast_route *mcast_route_find(struct mcast *m, uint32_t source,
				     uint32_t group)
{
	struct mcast_route *route;

	TAILQ_FOREACH (route, &m->routes, link)
		if (route->source == source && route->group == group)
			return route;
	return NULL;
}

static void remove_route(struct mcast *m, struct mcast_route *route)
{
	if (m->fd >= 0)
		mcast_kernel_drop(m, route);
	TAILQ_REMOVE(&m->routes, route, link);
	m->n_routes--;
	free(route);
}

void mcast_routes_free(struct mcast *m)
{
	struct mcast_route *route;

	while ((route = TAILQ_FIRST(&m->routes)))
		remove_route(m, route);
}

/* --- where it comes from ---------------------------------------------- */

/* The way back to the source; what it sends by another one is not taken.
 * What we send ourselves comes from where it was seen. */
static void find_way(struct mcast *m, struct mcast_route *route)
{
	struct ip_addr source = ip_v4(route->source);
	struct mcast_iface *in = NULL;
	struct nl_route way;
	uint32_t upstream = 0;

	if (iface_by_addr(m->ifaces, &source))
		return;
	if (nl_route_lookup(m->ifaces->nl, &source, &way) == 0 && way.n_hops) {
		in = mcast_by_ifindex(m, way.hops[0].index);
		upstream = ip_v4_host(&way.hops[0].gateway);
	}
	if (!in || !mcast_pim_neighbour(in, upstream))
		upstream = 0;
	if (in != route->in || upstream != route->upstream) {
		route->pruned = false;
		route->graft_again = 0;
	}
	route->in = in;
	route->upstream = upstream;
}

/* --- where it goes ---------------------------------------------------- */

static bool is_pruned(const struct mcast_out *out, int64_t now)
{
	return out->pruned_until > now && out->prune_at <= now;
}

static bool goes_out(const struct mcast_route *route,
		     const struct mcast_iface *mi, int64_t now)
{
	const struct mcast_out *out;

	if (mi->vif < 0 || mi == route->in)
		return false;
	out = &route->out[mi->vif];
	if (out->joined_until > now || mcast_igmp_wants(mi, route->group))
		return true;
	return mcast_is_dense(mi) && mi->n_neighbours && !is_pruned(out, now);
}

static uint32_t ways_out(struct mcast *m, struct mcast_route *route)
{
	int64_t now = mcast_now();
	struct mcast_iface *mi;
	uint32_t outs = 0, bit;

	TAILQ_FOREACH (mi, &m->ifs, link) {
		if (mi->vif < 0)
			continue;
		bit = UINT32_C(1) << mi->vif;
		if (route->in && goes_out(route, mi, now))
			outs |= bit;
		if ((outs ^ route->outs) & bit || !route->out[mi->vif].since)
			route->out[mi->vif].since = now;
	}
	return outs;
}

/* The neighbour it comes from is told when nobody here wants it, and when
 * somebody does again. */
static void tell_upstream(struct mcast_route *route)
{
	int64_t now = mcast_now();

	if (!route->upstream || !mcast_is_dense(route->in))
		return;
	if (!route->outs && !route->pruned) {
		mcast_pim_tell(route, false, false);
		route->pruned = true;
		route->prune_again = now + SEC(PIM_PRUNE_AGAIN);
		route->graft_again = 0;
	} else if (route->outs && route->pruned) {
		mcast_pim_tell(route, true, true);
		route->pruned = false;
		route->graft_again = now + SEC(PIM_GRAFT_AGAIN);
	}
}

void mcast_route_update(struct mcast *m, struct mcast_route *route)
{
	uint32_t outs = ways_out(m, route);
	int vif = route->in ? route->in->vif : route->in_vif;

	if (outs != route->outs || vif != route->in_vif) {
		route->outs = outs;
		route->in_vif = vif;
		mcast_kernel_put(m, route);
	}
	tell_upstream(route);
}

struct mcast_route *mcast_route_get(struct mcast *m, struct mcast_iface *mi,
				    uint32_t source, uint32_t group)
{
	struct mcast_route *route = mcast_route_find(m, source, group);

	if (route || m->n_routes == MCAST_ROUTES)
		return route;
	route = xcalloc(1, sizeof(*route));
	route->source = source;
	route->group = group;
	route->since = mcast_now();
	route->expires = route->since + SEC(MCAST_ROUTE_TIME);
	route->in = mi;
	find_way(m, route);
	if (!route->in && !mi) {
		free(route);
		return NULL;
	}
	/* Without a way the kernel shall not ask for each packet. */
	route->in_vif = route->in ? route->in->vif : mi->vif;
	TAILQ_INSERT_TAIL(&m->routes, route, link);
	m->n_routes++;
	route->outs = ways_out(m, route);
	mcast_kernel_put(m, route);
	return route;
}

void mcast_route_input(struct mcast *m, struct mcast_iface *mi, uint32_t source,
		       uint32_t group)
{
	struct mcast_route *route = mcast_route_get(m, mi, source, group);

	if (route)
		mcast_route_update(m, route);
}

/* --- changes ---------------------------------------------------------- */

void mcast_routes_update(struct mcast *m)
{
	struct mcast_route *route;

	TAILQ_FOREACH (route, &m->routes, link) {
		find_way(m, route);
		mcast_route_update(m, route);
	}
}

void mcast_routes_of(struct mcast *m, uint32_t group)
{
	struct mcast_route *route;

	TAILQ_FOREACH (route, &m->routes, link)
		if (route->group == group)
			mcast_route_update(m, route);
}

void mcast_routes_forget(struct mcast *m, const struct mcast_iface *mi)
{
	struct mcast_route *route, *next;

	for (route = TAILQ_FIRST(&m->routes); route; route = next) {
		next = TAILQ_NEXT(route, link);
		if (route->in == mi || route->in_vif == mi->vif) {
			remove_route(m, route);
			continue;
		}
		route->out[mi->vif] = (struct mcast_out){ 0 };
		route->outs &= ~(UINT32_C(1) << mi->vif);
	}
}

void mcast_route_join(struct mcast_route *route, struct mcast_iface *mi,
		      int64_t until)
{
	struct mcast_out *out = &route->out[mi->vif];

	out->pruned_until = 0;
	if (until > out->joined_until)
		out->joined_until = until;
	mcast_route_update(mi->owner, route);
}

void mcast_route_prune(struct mcast_route *route, struct mcast_iface *mi,
		       int64_t until)
{
	struct mcast_out *out = &route->out[mi->vif];
	int64_t now = mcast_now();

	out->joined_until = 0;
	if (!is_pruned(out, now))
		out->prune_at = mi->n_neighbours > 1
					? now + SEC(PIM_OVERRIDE_TIME)
					: now;
	out->pruned_until = until;
	mcast_route_update(mi->owner, route);
}

/* --- time ------------------------------------------------------------- */

/* What comes keeps it alive, and is pruned again. */
static void look(struct mcast *m, struct mcast_route *route, int64_t now)
{
	uint64_t packets = mcast_kernel_packets(m, route);

	if (packets == route->packets)
		return;
	route->packets = packets;
	route->expires = now + SEC(MCAST_ROUTE_TIME);
	if (route->pruned && route->prune_again <= now) {
		mcast_pim_tell(route, false, false);
		route->prune_again = now + SEC(PIM_PRUNE_AGAIN);
	}
}

static void tick_route(struct mcast *m, struct mcast_route *route, bool looking,
		       int64_t now)
{
	if (looking) {
		find_way(m, route);
		look(m, route, now);
	}
	mcast_route_update(m, route);
	if (route->graft_again && route->graft_again <= now) {
		mcast_pim_tell(route, true, true);
		route->graft_again = now + SEC(PIM_GRAFT_AGAIN);
	}
	if (route->expires <= now)
		remove_route(m, route);
}

void mcast_routes_tick(struct mcast *m)
{
	struct mcast_route *route, *next;
	int64_t now = mcast_now();
	bool looking = m->look <= now;

	if (looking)
		m->look = now + SEC(MCAST_LOOK_TIME);
	for (route = TAILQ_FIRST(&m->routes); route; route = next) {
		next = TAILQ_NEXT(route, link);
		tick_route(m, route, looking, now);
	}
}
