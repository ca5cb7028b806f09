/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Neighbours (Hello) and what they say about sources and groups. */
#include <stdlib.h>

#include "base/mem.h"
#include "router/mcast.h"
#include "router/pim_packet.h"
#include "router/router_msg.h"
#include "router/router_priv.h"

static void send_to(const struct mcast_iface *mi, uint32_t to,
		    const struct pim_message *message)
{
	uint8_t buf[PIM_SIZE];
	size_t len = pim_packet_write(buf, message);

	mcast_kernel_send(mi, mi->owner->pim_fd, to, buf, len);
}

static void send_hello(struct mcast_iface *mi, uint16_t hold)
{
	const struct pim_message message = {
		.type = PIM_HELLO,
		.hello = { .hold = hold,
			   .priority = 1,
			   .generation = mi->owner->generation },
	};

	send_to(mi, PIM_ALL_ROUTERS, &message);
	mi->hello = mcast_now() + SEC(PIM_HELLO_TIME);
}

void mcast_pim_tell(const struct mcast_route *route, bool graft, bool join)
{
	const struct pim_message message = {
		.type = graft ? PIM_GRAFT : PIM_JOIN_PRUNE,
		.upstream = route->upstream,
		.hold = graft ? 0 : PIM_PRUNE_TIME,
		.records = { { .group = route->group,
			       .source = route->source,
			       .join = join } },
	};

	send_to(route->in, graft ? route->upstream : PIM_ALL_ROUTERS, &message);
}

/* --- neighbours ------------------------------------------------------- */

struct mcast_neighbour *mcast_pim_neighbour(const struct mcast_iface *mi,
					    uint32_t addr)
{
	struct mcast_neighbour *nbr;

	TAILQ_FOREACH (nbr, &mi->neighbours, link)
		if (nbr->addr == addr)
			return nbr;
	return NULL;
}

static void tell_log(const struct mcast_iface *mi, uint32_t addr,
		     const char *state)
{
	struct ip_addr ip = ip_v4(addr);
	char text[IP_ADDR_TEXT];

	log_msg(&mi->owner->router->log, PIM_NBRCHG, ip_text(&ip, text), state,
		mi->iface->name);
}

/* What neighbours have joined and pruned is nobody's any more. */
static void forget_states(struct mcast_iface *mi)
{
	struct mcast_route *route;

	TAILQ_FOREACH (route, &mi->owner->routes, link)
		route->out[mi->vif] = (struct mcast_out){ 0 };
}

static void remove_neighbour(struct mcast_iface *mi,
			     struct mcast_neighbour *nbr)
{
	tell_log(mi, nbr->addr, "DOWN");
	TAILQ_REMOVE(&mi->neighbours, nbr, link);
	mi->n_neighbours--;
	free(nbr);
	if (mi->n_neighbours)
		return;
	forget_states(mi);
	mcast_igmp_forget_joins(mi);
}

/* What it has pruned it knows no more. */
static void came_anew(struct mcast_iface *mi)
{
	forget_states(mi);
	send_hello(mi, PIM_HOLD_TIME);
}

static struct mcast_neighbour *add_neighbour(struct mcast_iface *mi,
					     uint32_t addr)
{
	struct mcast_neighbour *nbr;

	if (mi->n_neighbours == MCAST_NEIGHBOURS)
		return NULL;
	nbr = xcalloc(1, sizeof(*nbr));
	nbr->addr = addr;
	nbr->since = mcast_now();
	TAILQ_INSERT_TAIL(&mi->neighbours, nbr, link);
	mi->n_neighbours++;
	tell_log(mi, addr, "UP");
	return nbr;
}

static void on_hello(struct mcast_iface *mi, const struct pim_message *message)
{
	struct mcast_neighbour *nbr = mcast_pim_neighbour(mi, message->src);
	const struct pim_hello *hello = &message->hello;
	bool fresh = !nbr;

	if (!hello->hold) {
		if (nbr) {
			remove_neighbour(mi, nbr);
			mcast_routes_update(mi->owner);
		}
		return;
	}
	if (!nbr)
		nbr = add_neighbour(mi, message->src);
	if (!nbr)
		return;
	fresh = fresh || (hello->has_generation && nbr->has_generation &&
			  hello->generation != nbr->generation);
	nbr->generation = hello->generation;
	nbr->has_generation = hello->has_generation;
	nbr->priority = hello->priority;
	nbr->has_priority = hello->has_priority;
	nbr->expires = hello->hold == PIM_HOLD_EVER
			       ? INT64_MAX
			       : mcast_now() + SEC(hello->hold);
	if (fresh) {
		came_anew(mi);
		mcast_routes_update(mi->owner);
	}
}

/* --- sources and groups ----------------------------------------------- */

static void on_join(struct mcast_iface *mi, const struct pim_record *record,
		    uint16_t hold)
{
	int64_t until = mcast_now() + SEC(hold);
	struct mcast_route *route;

	if (record->any_source) {
		mcast_igmp_joined(mi, record->group, until);
		return;
	}
	route = mcast_route_get(mi->owner, NULL, record->source, record->group);
	if (route)
		mcast_route_join(route, mi, until);
}

static void on_prune(struct mcast_iface *mi, const struct pim_record *record,
		     uint16_t hold)
{
	struct mcast_route *route =
		mcast_route_find(mi->owner, record->source, record->group);

	if (record->any_source)
		mcast_igmp_joined(mi, record->group, 0);
	else if (route)
		mcast_route_prune(route, mi, mcast_now() + SEC(hold));
}

/* Another router on the link does not want what we do. */
static void on_overheard(struct mcast_iface *mi,
			 const struct pim_message *message,
			 const struct pim_record *record)
{
	struct mcast_route *route;

	if (record->join || record->any_source)
		return;
	/* It may have seen the first packet a moment before us. */
	route = mcast_route_get(mi->owner, NULL, record->source, record->group);
	if (route && route->in == mi && route->upstream == message->upstream &&
	    route->outs)
		mcast_pim_tell(route, false, true);
}

static void on_graft_ack(struct mcast_iface *mi,
			 const struct pim_message *message)
{
	struct mcast_route *route;
	size_t i;

	for (i = 0; i < message->n; i++) {
		route = mcast_route_find(mi->owner, message->records[i].source,
					 message->records[i].group);
		if (route && route->in == mi && route->upstream == message->src)
			route->graft_again = 0;
	}
}

static void on_records(struct mcast_iface *mi,
		       const struct pim_message *message)
{
	bool graft = message->type == PIM_GRAFT;
	size_t i;

	for (i = 0; i < message->n; i++) {
		const struct pim_record *record = &message->records[i];

		if (graft)
			on_join(mi, record, PIM_PRUNE_TIME);
		else if (message->upstream != mi->addr)
			on_overheard(mi, message, record);
		else if (record->join)
			on_join(mi, record, message->hold);
		else
			on_prune(mi, record, message->hold);
	}
}

/* RFC 3973 4.6.2: the Graft again, as another type, for who sent it. */
static void acknowledge(const struct mcast_iface *mi,
			const struct pim_message *graft)
{
	struct pim_message ack = { .type = PIM_GRAFT_ACK,
				   .upstream = graft->src };
	size_t i;

	for (i = 0; i < graft->n; i++) {
		ack.records[0] = graft->records[i];
		send_to(mi, graft->src, &ack);
	}
}

void mcast_pim_input(struct mcast_iface *mi, struct rd packet)
{
	struct pim_message message;

	if (!pim_packet_read(packet, &message) || message.src == mi->addr)
		return;
	if (message.type == PIM_HELLO) {
		on_hello(mi, &message);
		return;
	}
	if (!mcast_pim_neighbour(mi, message.src))
		return;
	switch (message.type) {
	case PIM_JOIN_PRUNE:
		on_records(mi, &message);
		break;
	case PIM_GRAFT:
		if (message.upstream != mi->addr)
			break;
		on_records(mi, &message);
		acknowledge(mi, &message);
		break;
	case PIM_GRAFT_ACK:
		on_graft_ack(mi, &message);
		break;
	case PIM_HELLO:
		break;
	}
}

/* --- time ------------------------------------------------------------- */

void mcast_pim_tick(struct mcast_iface *mi)
{
	struct mcast_neighbour *nbr, *next;
	int64_t now = mcast_now();
	bool lost = false;

	if (mi->hello <= now)
		send_hello(mi, PIM_HOLD_TIME);
	for (nbr = TAILQ_FIRST(&mi->neighbours); nbr; nbr = next) {
		next = TAILQ_NEXT(nbr, link);
		if (nbr->expires > now)
			continue;
		remove_neighbour(mi, nbr);
		lost = true;
	}
	if (lost)
		mcast_routes_update(mi->owner);
}

void mcast_pim_start(struct mcast_iface *mi)
{
	send_hello(mi, PIM_HOLD_TIME);
}

void mcast_pim_stop(struct mcast_iface *mi, bool bye)
{
	struct mcast_neighbour *nbr;

	if (bye)
		send_hello(mi, 0);
	while ((nbr = TAILQ_FIRST(&mi->neighbours)))
		remove_neighbour(mi, nbr);
}
