/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show ip mroute, show ip igmp groups, show ip pim neighbor and interface. */
#include "router/mcast.h"
#include "router/router_priv.h"

static const char *text(uint32_t addr, char *out)
{
	struct ip_addr ip = ip_v4(addr);

	return ip_text(&ip, out);
}

/* What is left, or nothing that ends. */
static const char *left(int64_t until, char *out)
{
	if (!until || until == INT64_MAX)
		return "stopped";
	return stamp_age(until > mcast_now() ? until - mcast_now() : 0, out);
}

static const char *age(int64_t since, char *out)
{
	return stamp_age(mcast_now() - since, out);
}

/* --- show ip mroute --------------------------------------------------- */

static void say_out(const struct mcast_route *route,
		    const struct mcast_iface *mi, struct cli_out *o)
{
	const struct mcast_out *out = &route->out[mi->vif];
	char since[STAMP_SIZE], until[STAMP_SIZE];

	cli_say(o, "    %s, Forward/%s, %s/%s\n", mi->iface->name,
		mcast_is_dense(mi) ? "Dense" : "Sparse", age(out->since, since),
		left(out->joined_until, until));
}

static void say_route(struct mcast *m, const struct mcast_route *route,
		      struct cli_out *o)
{
	char source[IP_ADDR_TEXT], group[IP_ADDR_TEXT], since[STAMP_SIZE],
		until[STAMP_SIZE], upstream[IP_ADDR_TEXT];
	const struct mcast_iface *mi;

	cli_say(o, "(%s, %s), %s/%s, flags: %s%sT\n",
		text(route->source, source), text(route->group, group),
		age(route->since, since), left(route->expires, until),
		route->outs ? "" : "P",
		route->in && route->upstream == 0 ? "C" : "");
	cli_say(o, "  Incoming interface: %s, RPF nbr %s\n",
		route->in ? route->in->iface->name : "Null",
		text(route->upstream, upstream));
	cli_say(o, "  Outgoing interface list:%s\n",
		route->outs ? "" : " Null");
	TAILQ_FOREACH (mi, &m->ifs, link)
		if (mi->vif >= 0 && route->outs & UINT32_C(1) << mi->vif)
			say_out(route, mi, o);
	cli_say(o, "\n");
}

static void show_mroute(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ip_addr wanted = cli_addr(a, "group");
	const struct mcast_route *route;
	struct mcast *m = obj;

	if (!m->on) {
		cli_say(o, "IP Multicast Forwarding is not enabled.\n");
		return;
	}
	cli_say(o, "IP Multicast Routing Table\n"
		   "Flags: C - Connected, P - Pruned, T - SPT-bit set\n"
		   " Timers: Uptime/Expires\n"
		   " Interface state: Interface, State/Mode\n\n");
	TAILQ_FOREACH (route, &m->routes, link)
		if (!ip_is_set(&wanted) || ip_v4_host(&wanted) == route->group)
			say_route(m, route, o);
}

static void show_count(void *obj, const struct cli_args *a, struct cli_out *o)
{
	char source[IP_ADDR_TEXT], group[IP_ADDR_TEXT];
	const struct mcast_route *route;
	struct mcast *m = obj;

	(void)a;
	cli_say(o, "%zu routes\n", m->n_routes);
	TAILQ_FOREACH (route, &m->routes, link)
		cli_say(o, "Group: %s, Source: %s, Packets forwarded: %llu\n",
			text(route->group, group), text(route->source, source),
			route->outs ? (unsigned long long)mcast_kernel_packets(
					      m, route)
				    : 0ULL);
}

/* --- show ip igmp groups ---------------------------------------------- */

static void say_member(const struct mcast_iface *mi,
		       const struct mcast_member *member, struct cli_out *o)
{
	char group[IP_ADDR_TEXT], since[STAMP_SIZE], until[STAMP_SIZE],
		reporter[IP_ADDR_TEXT];

	if (!member->expires)
		return;
	cli_say(o, "%-16s %-24s %-9s %-9s %s\n", text(member->group, group),
		mi->iface->name, age(member->since, since),
		left(member->expires, until), text(member->reporter, reporter));
}

static void show_groups(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct mcast_member *member;
	const struct mcast_iface *mi;
	struct mcast *m = obj;
	char group[IP_ADDR_TEXT], own[IP_ADDR_TEXT];
	size_t i;

	(void)a;
	cli_say(o, "IGMP Connected Group Membership\n"
		   "Group Address    Interface                Uptime    "
		   "Expires   Last Reporter\n");
	TAILQ_FOREACH (mi, &m->ifs, link) {
		if (mi->vif < 0)
			continue;
		TAILQ_FOREACH (member, &mi->members, link)
			say_member(mi, member, o);
		for (i = 0; i < mi->n_configured; i++)
			cli_say(o, "%-16s %-24s %-9s %-9s %s\n",
				text(mi->configured[i].group, group),
				mi->iface->name, "never", "never",
				mi->configured[i].joined ? text(mi->addr, own)
							 : "0.0.0.0");
	}
}

/* --- show ip pim ------------------------------------------------------ */

/* RFC 7761 4.3.2; without a priority from all the address alone decides. */
static uint32_t designated(const struct mcast_iface *mi)
{
	const struct mcast_neighbour *nbr;
	uint32_t best = mi->addr, priority = 1;
	bool all = true;

	TAILQ_FOREACH (nbr, &mi->neighbours, link)
		all = all && nbr->has_priority;
	TAILQ_FOREACH (nbr, &mi->neighbours, link) {
		uint32_t theirs = all ? nbr->priority : priority;

		if (theirs < priority ||
		    (theirs == priority && nbr->addr < best))
			continue;
		best = nbr->addr;
		priority = theirs;
	}
	return best;
}

static void show_neighbors(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	char addr[IP_ADDR_TEXT], since[STAMP_SIZE], until[STAMP_SIZE];
	const struct mcast_neighbour *nbr;
	const struct mcast_iface *mi;
	struct mcast *m = obj;

	(void)a;
	cli_say(o,
		"PIM Neighbor Table\n"
		"Mode: DR - Designated Router, N - Default DR Priority,\n"
		"      G - GenID Capable\n"
		"Neighbor          Interface                Uptime/Expires    "
		"Ver   DR\n"
		"Address                                                      "
		"      Prio/Mode\n");
	TAILQ_FOREACH (mi, &m->ifs, link)
		TAILQ_FOREACH (nbr, &mi->neighbours, link)
			cli_say(o, "%-17s %-24s %s/%s v2    %u /%s%s%s\n",
				text(nbr->addr, addr), mi->iface->name,
				age(nbr->since, since),
				left(nbr->expires, until), nbr->priority,
				designated(mi) == nbr->addr ? " DR" : "",
				nbr->has_priority ? "" : " N",
				nbr->has_generation ? " G" : "");
}

static const char *mode_sign(const struct mcast_iface *mi)
{
	if (mi->mode == MCAST_SPARSE_DENSE)
		return "SD";
	return mi->mode == MCAST_SPARSE ? "S" : "D";
}

static void show_interfaces(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	char addr[IP_ADDR_TEXT], dr[IP_ADDR_TEXT];
	const struct mcast_iface *mi;
	struct mcast *m = obj;

	(void)a;
	cli_say(o, "\nAddress          Interface                Ver/   Nbr    "
		   "Query  DR     DR\n"
		   "                                          Mode   Count  "
		   "Intvl  Prior\n");
	TAILQ_FOREACH (mi, &m->ifs, link)
		if (mi->vif >= 0)
			cli_say(o, "%-16s %-24s v2/%-3s %-6zu %-6d 1      %s\n",
				text(mi->addr, addr), mi->iface->name,
				mode_sign(mi), mi->n_neighbours, PIM_HELLO_TIME,
				text(designated(mi), dr));
}

#define SHOW_IP                                   \
	"show  Show running system information\n" \
	"ip    IP information\n"

static const struct cli_cmd shows[] = {
	{
		.mode = &cli_mode_exec,
		.words = SHOW_IP "mroute  IP multicast routing table\n"
				 "[ A.B.C.D$group  Group IP address\n"
				 "]\n",
		.run = show_mroute,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW_IP "mroute  IP multicast routing table\n"
				 "count   Route and packet count data\n",
		.run = show_count,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW_IP "igmp    IGMP information\n"
				 "groups  IGMP group membership information\n",
		.run = show_groups,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW_IP "pim       PIM information\n"
				 "neighbor  PIM neighbor information\n",
		.run = show_neighbors,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW_IP "pim        PIM information\n"
				 "interface  PIM interface information\n",
		.run = show_interfaces,
		.flags = CLI_USER,
	},
};

void mcast_show_init(struct mcast *m, struct cli *cli)
{
	CLI_ADD(cli, shows, m);
}
