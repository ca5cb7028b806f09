/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show ip route. */
#include <stdio.h>
#include <string.h>

#include "router/frr_show.h"
#include "router/route_table.h"
#include "router/router_priv.h"
#include "router/vrf_cli.h"

static const char legend[] =
	"Codes: L - local, C - connected, S - static, R - RIP, M - mobile, "
	"B - BGP\n"
	"       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter "
	"area \n"
	"       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type "
	"2\n"
	"       E1 - OSPF external type 1, E2 - OSPF external type 2\n"
	"       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, "
	"L2 - IS-IS level-2\n"
	"       ia - IS-IS inter area, * - candidate default, "
	"U - per-user static route\n"
	"       o - ODR, P - periodic downloaded static route, H - NHRP, "
	"l - LISP\n"
	"       a - application route\n"
	"       + - replicated route, % - next hop override\n\n";

/* The prefix of the address's class: /8, /16, /24. */
static unsigned int classful(const struct ip_addr *addr)
{
	if (addr->b[0] < 128)
		return 8;
	return addr->b[0] < 192 ? 16 : 24;
}

static bool same_major(const struct route_entry *a, const struct route_entry *b)
{
	unsigned int major = classful(&a->dst);

	return b->prefix >= major && ip_in(&b->dst, &a->dst, major);
}

/* --- entries ---------------------------------------------------------- */

static void say_path(struct cli_out *o, const struct route_entry *e,
		     const struct route_path *p)
{
	char text[IP_ADDR_TEXT];
	bool named;

	if (!ip_is_set(&p->gateway)) {
		cli_say(o, "is directly connected%s%s\n",
			*p->interface ? ", " : "", p->interface);
		return;
	}
	/* IOS finds the interface of a route of BGP's elsewhere. */
	named = *p->interface && strcmp(e->source, "bgp") != 0;
	cli_say(o, "[%u/%u] via %s%s%s%s%s\n", e->distance, e->metric,
		ip_text(&p->gateway, text), *e->age ? ", " : "", e->age,
		named ? ", " : "", named ? p->interface : "");
}

/* What follows the code: further paths stand below the first. */
static void say_entry(struct cli_out *o, const struct route_entry *e,
		      const char *lead, bool with_prefix)
{
	char text[IP_ADDR_TEXT], head[80];
	unsigned int i;
	int width;

	if (with_prefix)
		width = snprintf(head, sizeof(head), "%s%s/%u ", lead,
				 ip_text(&e->dst, text), e->prefix);
	else
		width = snprintf(head, sizeof(head), "%s%s ", lead,
				 ip_text(&e->dst, text));
	cli_say(o, "%s", head);
	if (!e->n_paths)
		cli_say(o, "is a summary, Null0\n");
	for (i = 0; i < e->n_paths; i++) {
		if (i)
			cli_say(o, "%*s", width, "");
		say_path(o, e, &e->path[i]);
	}
}

static bool has_mask_before(const struct route_entry *v, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (v[k].prefix == v[i].prefix)
			return true;
	return false;
}

static bool wanted(const struct route_entry *e, const char *source)
{
	return !source || !strcmp(e->source, source);
}

static bool any_wanted(const struct route_entry *v, size_t n,
		       const char *source)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (wanted(&v[i], source))
			return true;
	return false;
}

/* Subnets are counted whether they are shown or not, as IOS does. */
static void say_subnets(struct cli_out *o, const struct route_entry *v,
			size_t n, const char *source)
{
	struct ip_addr major = ip_network(&v->dst, classful(&v->dst));
	char text[IP_ADDR_TEXT], lead[16];
	size_t i, masks = 0;

	for (i = 0; i < n; i++)
		masks += !has_mask_before(v, i);
	if (masks == 1)
		cli_say(o, "      %s/%u is subnetted, %zu subnets\n",
			ip_text(&major, text), v->prefix, n);
	else
		cli_say(o,
			"      %s/%u is variably subnetted, %zu subnets, "
			"%zu masks\n",
			ip_text(&major, text), classful(&major), n, masks);
	for (i = 0; i < n; i++) {
		if (!wanted(&v[i], source))
			continue;
		snprintf(lead, sizeof(lead), "%-9s", v[i].code);
		say_entry(o, &v[i], lead, masks > 1);
	}
}

/* The routes of one major network stand together; returns how many. */
static size_t say_group(struct cli_out *o, const struct route_entry *v,
			size_t left, const char *source)
{
	unsigned int major = classful(&v->dst);
	char lead[16];
	size_t n = 1;

	snprintf(lead, sizeof(lead), "%-6s", v->code);
	if (v->prefix >= major)
		while (n < left && same_major(v, &v[n]))
			n++;
	if (!any_wanted(v, n, source))
		return n;
	if (n == 1 && v->prefix <= major)
		say_entry(o, v, lead, true);
	else
		say_subnets(o, v, n, source);
	return n;
}

static void say_last_resort(struct cli_out *o, const struct route_table *t)
{
	const struct route_entry *e = t->n ? &t->v[0] : NULL;
	char text[IP_ADDR_TEXT] = "0.0.0.0";

	if (!e || e->prefix || !e->n_paths) {
		cli_say(o, "Gateway of last resort is not set\n\n");
		return;
	}
	if (ip_is_set(&e->path[0].gateway))
		ip_text(&e->path[0].gateway, text);
	cli_say(o, "Gateway of last resort is %s to network 0.0.0.0\n\n", text);
}

static void show_route(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;
	const char *source = cli_str(a, "source");
	struct route_table t;
	uint32_t vrf;
	size_t i;

	if (!vrf_arg(router->ifaces, a, "vrf_name", &vrf, o))
		return;
	if (vrf)
		cli_say(o, "\nRouting Table: %s\n", cli_str(a, "vrf_name"));
	route_table_read(&t, router->ifaces, router->routes, vrf);
	if (!vrf)
		frr_routes(router->frr, &t);
	cli_say(o, "%s", legend);
	say_last_resort(o, &t);
	for (i = 0; i < t.n;)
		i += say_group(o, &t.v[i], t.n - i, source);
	route_table_fini(&t);
}

/* --- show ip route A.B.C.D -------------------------------------------- */

static void say_detail(struct cli_out *o, const struct route_entry *e)
{
	bool direct = !strcmp(e->source, "connected");
	char text[IP_ADDR_TEXT];
	unsigned int i;

	cli_say(o, "Routing entry for %s/%u%s\n", ip_text(&e->dst, text),
		e->prefix, e->prefix ? "" : ", supernet");
	cli_say(o, "  Known via \"%s\", distance %u, metric %u%s\n", e->source,
		e->distance, e->metric,
		direct	     ? " (connected, via interface)"
		: !e->prefix ? ", candidate default path"
			     : "");
	cli_say(o, "  Routing Descriptor Blocks:\n");
	for (i = 0; i < e->n_paths; i++) {
		const struct route_path *p = &e->path[i];

		if (ip_is_set(&p->gateway))
			cli_say(o, "  %s %s%s%s\n", i ? " " : "*",
				ip_text(&p->gateway, text),
				*p->interface ? ", via " : "", p->interface);
		else
			cli_say(o, "  %s directly connected, via %s\n",
				i ? " " : "*", p->interface);
		cli_say(o,
			"      Route metric is %u, traffic share count "
			"is 1\n",
			e->metric);
	}
}

static bool subnets_known(const struct route_table *t,
			  const struct ip_addr *addr)
{
	unsigned int major = classful(addr);
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->v[i].prefix >= major && ip_in(addr, &t->v[i].dst, major))
			return true;
	return false;
}

static void show_one(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;
	struct ip_addr addr = cli_addr(a, "address");
	const struct route_entry *e;
	struct route_table t;
	uint32_t vrf;

	if (!vrf_arg(router->ifaces, a, "vrf_name", &vrf, o))
		return;
	if (vrf)
		cli_say(o, "\nRouting Table: %s\n", cli_str(a, "vrf_name"));
	route_table_read(&t, router->ifaces, router->routes, vrf);
	if (!vrf)
		frr_routes(router->frr, &t);
	e = route_table_find(&t, &addr);
	/* The default route is shown only when it is asked for. */
	if (e && (e->prefix || ip_is_any(&addr)))
		say_detail(o, e);
	else
		cli_say(o, "%% %s not in table\n",
			subnets_known(&t, &addr) ? "Subnet" : "Network");
	route_table_fini(&t);
}

#define SHOW_IP_ROUTE                                           \
	"show   Show running system information\n"              \
	"ip     IP information\n"                               \
	"route  IP routing table\n"                             \
	"[ vrf  Display routes from a VPN Routing/Forwarding "  \
	"instance\n"                                            \
	"WORD$vrf_name  VPN Routing/Forwarding instance name\n" \
	"]\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = SHOW_IP_ROUTE
		"[ bgp$source      Border Gateway Protocol (BGP)\n"
		"| connected$source  Connected\n"
		"| eigrp$source    Enhanced Interior Gateway Routing "
		"Protocol (EIGRP)\n"
		"| isis$source     ISO IS-IS\n"
		"| ospf$source     Open Shortest Path First (OSPF)\n"
		"| rip$source      Routing Information Protocol (RIP)\n"
		"| static$source   Static routes\n"
		"]\n",
		.run = show_route,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW_IP_ROUTE
		"A.B.C.D$address  Network to display information about or "
		"hostname\n",
		.run = show_one,
		.flags = CLI_USER,
	},
};

void route_show_init(struct router *router)
{
	CLI_ADD(router->cli, commands, router);
}
