/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show ipv6 route: what is connected and local, static routes that are in
 * use, and what routing daemons have put into the kernel. */
#include "router/ipv6_route_show.h"

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/ipv6_prefix.h"
#include "router/vrf_cli.h"

enum { TABLE_MAX = 65536, VIA_TEXT = 96 };

struct row {
	const char *code;
	struct ip_addr dst;
	unsigned int prefix, distance, metric, order;
	char via[VIA_TEXT];
};

struct table {
	struct ifaces *ifaces;
	uint32_t vrf;
	struct row *rows;
	size_t n;
};

static struct row *add(struct table *t, const char *code,
		       const struct ip_addr *dst, unsigned int prefix)
{
	struct row *r;

	if (!(t->n & (t->n - 1)))
		t->rows = xrealloc(t->rows, t->n ? 2 * t->n : 1,
				   sizeof(*t->rows));
	r = &t->rows[t->n];
	*r = (struct row){ .code = code,
			   .dst = *dst,
			   .prefix = prefix,
			   .order = (unsigned int)t->n++ };
	return r;
}

static void add_connected(struct table *t)
{
	const struct port *port;
	size_t i;

	TAILQ_FOREACH (port, &t->ifaces->ports, link) {
		if (port->iface.vrf != t->vrf)
			continue;
		for (i = 0; port->iface.line_up && i < port->ipv6.n; i++) {
			unsigned int prefix = port->ipv6.addrs[i].prefix;
			struct ip_addr own = port_ipv6_address(port, i);
			struct ip_addr net = ip_network(&own, prefix);
			bool host = prefix == 128;

			if (!host)
				snprintf(add(t, "C", &net, prefix)->via,
					 VIA_TEXT, "%s, directly connected",
					 port->iface.name);
			snprintf(add(t, host ? "LC" : "L", &own, 128)->via,
				 VIA_TEXT, "%s, receive", port->iface.name);
		}
	}
}

static void say_via(const struct table *t, const struct nl_hop *hop, char *out)
{
	const struct port *port;
	char text[IP_ADDR_TEXT];

	TAILQ_FOREACH (port, &t->ifaces->ports, link)
		if (!port->iface.loopback && port->iface.vrf == t->vrf &&
		    port->iface.ifindex == hop->index)
			break;
	if (!ip_is_set(&hop->gateway))
		snprintf(out, VIA_TEXT, "%s, directly connected",
			 port ? port->iface.name : "Null0");
	else
		snprintf(out, VIA_TEXT, "%s%s%s", ip_text(&hop->gateway, text),
			 port ? ", " : "", port ? port->iface.name : "");
}

/* As it was typed: the next hop, not what it leads over. */
static void add_static(struct table *t, const struct sroutes *routes)
{
	const struct sroute *r;
	char text[IP_ADDR_TEXT];
	struct row *row;

	TAILQ_FOREACH (r, &routes->list, link) {
		if (!r->active || r->vrf != t->vrf)
			continue;
		row = add(t, "S", &r->dst, r->prefix);
		row->distance = r->distance;
		if (r->null)
			snprintf(row->via, VIA_TEXT,
				 "Null0, directly connected");
		else if (!ip_is_set(&r->nexthop))
			snprintf(row->via, VIA_TEXT, "%s, directly connected",
				 r->interface);
		else
			snprintf(row->via, VIA_TEXT, "%s%s%s",
				 ip_text(&r->nexthop, text),
				 r->interface ? ", " : "",
				 r->interface ? r->interface : "");
	}
}

static void take_learnt(void *arg, const struct nl_route *r)
{
	struct table *t = arg;
	unsigned int i;

	if (r->protocol != RTPROT_BGP && r->protocol != RTPROT_OSPF)
		return;
	for (i = 0; i < r->n_hops && t->n < TABLE_MAX; i++) {
		bool bgp = r->protocol == RTPROT_BGP;
		struct row *row = add(t, bgp ? "B" : "O", &r->dst, r->prefix);

		row->distance = bgp ? 20 : 110;
		row->metric = r->metric;
		say_via(t, &r->hops[i], row->via);
	}
}

static int compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = ip_compare(&x->dst, &y->dst);

	if (!order)
		order = (x->prefix > y->prefix) - (x->prefix < y->prefix);
	return order ? order : (x->order > y->order) - (x->order < y->order);
}

static void say_head(const char *name, size_t n, struct cli_out *o)
{
	cli_say(o, "IPv6 Routing Table - %s - %zu entries\n", name, n);
	cli_say(o,
		"Codes: C - Connected, L - Local, S - Static, U - Per-user "
		"Static route\n"
		"       B - BGP, R - RIP, H - NHRP, I1 - ISIS L1\n"
		"       I2 - ISIS L2, IA - ISIS interarea, IS - ISIS summary, "
		"D - EIGRP\n"
		"       EX - EIGRP external, ND - ND Default, NDp - ND "
		"Prefix, DCE - Destination\n"
		"       NDr - Redirect, O - OSPF Intra, OI - OSPF Inter, "
		"OE1 - OSPF ext 1\n"
		"       OE2 - OSPF ext 2, ON1 - OSPF NSSA ext 1, ON2 - OSPF "
		"NSSA ext 2\n");
}

/* Several ways to one prefix are one entry. */
static bool same_entry(const struct row *a, const struct row *b)
{
	return a->prefix == b->prefix && ip_equal(&a->dst, &b->dst) &&
	       a->code == b->code;
}

static size_t count(const struct table *t)
{
	size_t i, n = 0;

	for (i = 0; i < t->n; i++)
		n += !i || !same_entry(&t->rows[i - 1], &t->rows[i]);
	return n;
}

static void say_rows(const struct table *t, const char *only, struct cli_out *o)
{
	char text[IPV6_PREFIX_TEXT];
	size_t i;

	for (i = 0; i < t->n; i++) {
		const struct row *r = &t->rows[i];

		if (only && strcmp(only, r->code) != 0)
			continue;
		if (!i || !same_entry(r - 1, r))
			cli_say(o, "%-3s %s [%u/%u]\n", r->code,
				ipv6_prefix_text(&r->dst, r->prefix, text),
				r->distance, r->metric);
		cli_say(o, "     via %s\n", r->via);
	}
}

static const char *wanted_code(const struct cli_args *a)
{
	if (cli_has(a, "connected"))
		return "C";
	if (cli_has(a, "local"))
		return "L";
	return cli_has(a, "static") ? "S" : NULL;
}

static void show_route(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct ip_addr multicast = { .family = IP_V6, .b = { 0xff } };
	struct ipv6_routing *six = obj;
	struct table t = { .ifaces = six->ifaces };
	const struct vrf *vrf;
	struct nl *nl;

	if (!vrf_arg(six->ifaces, a, "vrf_name", &t.vrf, o))
		return;
	vrf = vrf_by_id(six->ifaces->vrfs, t.vrf);
	nl = vrf ? vrf->nl : six->ifaces->nl;
	add_connected(&t);
	add_static(&t, six->routes);
	if (nl)
		(void)nl_routes(nl, IP_V6, take_learnt, &t);
	snprintf(add(&t, "L", &multicast, 8)->via, VIA_TEXT, "Null0, receive");
	qsort(t.rows, t.n, sizeof(*t.rows), compare);
	say_head(vrf ? vrf->name : "default", count(&t), o);
	say_rows(&t, wanted_code(a), o);
	free(t.rows);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show      Show running system information\n"
			 "ipv6      IPv6 information\n"
			 "route     Show IPv6 route table entries\n"
			 "[ vrf     IPv6 Routing table\n"
			 "WORD$vrf_name  VPN Routing/Forwarding instance name\n"
			 "]\n"
			 "[ connected  Show connected routes\n"
			 "| local     Show local routes\n"
			 "| static    Show static routes\n"
			 "]\n",
		.run = show_route,
		.flags = CLI_USER,
	},
};

void ipv6_route_show_init(struct ipv6_routing *six, struct cli *cli)
{
	CLI_ADD(cli, commands, six);
}
