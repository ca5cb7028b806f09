/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The routes themselves are kept and put into the kernel as those of IPv4
 * (static_route.h). */
#include "router/ipv6_route.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "router/ipv6_route_show.h"
#include "router/ipv6_prefix.h"
#include "router/vrf_cli.h"

/* In VRFs, too, of which those without IPv6 addresses have nothing to
 * forward. */
static void forward_in(const struct vrf *vrf, bool on)
{
	(void)sysctls_set(vrf->sysctls, "ipv6/conf/all/forwarding",
			  on ? "1" : "0");
}

static void on_vrf(void *arg, struct vrf *vrf, enum vrf_change change)
{
	const struct ipv6_routing *six = arg;

	if (change == VRF_NEW && six->unicast)
		forward_in(vrf, true);
}

struct ipv6_routing *ipv6_routing_new(struct ifaces *ifaces)
{
	struct ipv6_routing *six = xcalloc(1, sizeof(*six));

	six->ifaces = ifaces;
	six->routes = sroutes_new(ifaces);
	vrfs_watch(ifaces->vrfs, on_vrf, six);
	return six;
}

void ipv6_routing_free(struct ipv6_routing *six)
{
	if (!six)
		return;
	sroutes_free(six->routes);
	free(six);
}

void ipv6_routing_sync(struct ipv6_routing *six)
{
	sroutes_sync(six->routes);
}

/* --- ipv6 unicast-routing ----------------------------------------------- */

static void set_unicast(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipv6_routing *six = obj;
	const struct vrf *vrf;
	int err;

	(void)o;
	six->unicast = !cli_is_no(a);
	TAILQ_FOREACH (vrf, &six->ifaces->vrfs->list, link)
		forward_in(vrf, six->unicast);
	err = sysctls_set(six->ifaces->sysctls, "ipv6/conf/all/forwarding",
			  six->unicast ? "1" : "0");
	if (err)
		log_warn("cannot switch IPv6 forwarding: %s", strerror(-err));
}

static void write_unicast(const void *obj, struct cli_out *o)
{
	const struct ipv6_routing *six = obj;

	if (six->unicast)
		cli_say(o, "ipv6 unicast-routing\n");
}

/* --- ipv6 route --------------------------------------------------------- */

static bool same_way(const struct sroute *a, const struct sroute *b)
{
	if (a->null != b->null || !ip_equal(&a->nexthop, &b->nexthop))
		return false;
	if (!a->interface || !b->interface)
		return a->interface == b->interface;
	return !strcmp(a->interface, b->interface);
}

static void insert(struct sroutes *s, struct sroute *r)
{
	struct sroute *next;

	TAILQ_FOREACH (next, &s->list, link)
		if (sroutes_compare(s, r, next) < 0)
			break;
	if (next)
		TAILQ_INSERT_BEFORE(next, r, link);
	else
		TAILQ_INSERT_TAIL(&s->list, r, link);
	s->n++;
}

static void drop(struct sroutes *s, struct sroute *r)
{
	TAILQ_REMOVE(&s->list, r, link);
	s->n--;
	sroute_free(r);
}

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static bool is_ours(const struct ifaces *ifaces, uint32_t vrf,
		    const struct ip_addr *addr)
{
	const struct port *port;
	size_t i;

	TAILQ_FOREACH (port, &ifaces->ports, link)
		for (i = 0; port->iface.vrf == vrf && i < port->ipv6.n; i++) {
			struct ip_addr own = port_ipv6_address(port, i);

			if (ip_equal(&own, addr))
				return true;
		}
	return false;
}

static bool link_local(const struct ip_addr *addr)
{
	return addr->family == IP_V6 && addr->b[0] == 0xfe &&
	       (addr->b[1] & 0xc0) == 0x80;
}

/* Why it cannot be, or NULL. */
static const char *objection(const struct ipv6_routing *six,
			     const struct sroute *r)
{
	if (ip_is_multicast(&r->nexthop) || ip_is_multicast(&r->dst))
		return "% Invalid next hop or prefix: multicast";
	if (link_local(&r->nexthop) && !r->interface)
		return "% Interface has to be specified for a link-local "
		       "nexthop";
	if (is_ours(six->ifaces, r->vrf, &r->nexthop))
		return "%Invalid next hop address (it's this router)";
	return NULL;
}

/* NULL and an error said: there is no such VRF. */
static struct sroute *read_route(const struct ipv6_routing *six,
				 const struct cli_args *a, struct cli_out *o)
{
	struct sroute *r;
	uint32_t vrf;

	if (!vrf_arg(six->ifaces, a, "vrf_name", &vrf, o))
		return NULL;
	r = xcalloc(1, sizeof(*r));
	r->vrf = vrf;
	(void)ipv6_prefix_parse(cli_str(a, "prefix"), &r->dst, &r->prefix);
	/* IOS takes bits behind the prefix away without a word. */
	r->dst = ip_network(&r->dst, r->prefix);
	r->null = cli_has(a, "null");
	r->interface = copy(cli_str(a, "interface"));
	r->nexthop = cli_addr(a, r->interface ? "via" : "nexthop");
	r->distance = cli_has(a, "distance") ? cli_u32(a, "distance")
					     : SROUTE_DISTANCE;
	r->tag = cli_u32(a, "tag_value");
	r->name = copy(cli_str(a, "route_name"));
	return r;
}

static struct sroute *find(struct sroutes *s, const struct sroute *want)
{
	struct sroute *r;

	TAILQ_FOREACH (r, &s->list, link)
		if (!sroutes_compare(s, r, want) && same_way(r, want))
			break;
	return r;
}

static void add_route(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipv6_routing *six = obj;
	struct sroutes *s = six->routes;
	struct sroute *r = read_route(six, a, o), *old;
	const char *why;

	if (!r)
		return;
	why = objection(six, r);
	if (!why && s->n >= SROUTES_MAX)
		why = "% Too many static routes";
	if (why) {
		cli_error(o, "%s\n", why);
		sroute_free(r);
		return;
	}
	old = find(s, r);
	if (old)
		drop(s, old);
	insert(s, r);
	sroutes_sync(s);
}

static void no_route(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ipv6_routing *six = obj;
	struct sroutes *s = six->routes;
	struct sroute *want = read_route(six, a, o), *r, *next;
	bool any, found = false;

	if (!want)
		return;
	any = !want->null && !want->interface && !ip_is_set(&want->nexthop);
	for (r = TAILQ_FIRST(&s->list); r; r = next) {
		next = TAILQ_NEXT(r, link);
		if (sroutes_compare(s, r, want) || !(any || same_way(r, want)))
			continue;
		found = true;
		drop(s, r);
	}
	sroute_free(want);
	if (found)
		sroutes_sync(s);
	else
		cli_error(o, "%%No matching route to delete\n");
}

static void write_route(const struct ipv6_routing *six, const struct sroute *r,
			struct cli_out *o)
{
	const struct vrf *vrf = vrf_by_id(six->ifaces->vrfs, r->vrf);
	char text[IPV6_PREFIX_TEXT];

	cli_say(o, "ipv6 route%s%s %s", vrf ? " vrf " : "",
		vrf ? vrf->name : "",
		ipv6_prefix_text(&r->dst, r->prefix, text));
	if (r->null)
		cli_say(o, " Null0");
	if (r->interface)
		cli_say(o, " %s", r->interface);
	if (ip_is_set(&r->nexthop))
		cli_say(o, " %s", ip_text(&r->nexthop, text));
	if (r->distance != SROUTE_DISTANCE)
		cli_say(o, " %u", r->distance);
	if (r->tag)
		cli_say(o, " tag %" PRIu32, r->tag);
	if (r->name)
		cli_say(o, " name %s", r->name);
	cli_say(o, "\n");
}

static void write_routes(const void *obj, struct cli_out *o)
{
	const struct ipv6_routing *six = obj;
	const struct sroute *r;

	TAILQ_FOREACH (r, &six->routes->list, link)
		write_route(six, r, o);
}

#define IPV6 "ipv6            Global IPv6 configuration commands\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = IPV6 "unicast-routing  Enable unicast routing\n",
		.run = set_unicast,
		.no = set_unicast,
		.write = write_unicast,
		.order = CLI_O_IP + 10,
	},
	{
		.mode = &cli_mode_config,
		.words =
			IPV6 "route           Configure static routes\n"
			     "[ vrf            IPv6 Routing table\n"
			     "WORD$vrf_name    VPN Routing/Forwarding instance "
			     "name\n"
			     "]\n"
			     "IPV6PREFIX$prefix\n"
			     ".\n"
			     "( X:X:X:X::X$nexthop  IPv6 address of next-hop\n"
			     "| Null0$null       Null interface\n"
			     "| IFNAME$interface\n"
			     "[ X:X:X:X::X$via   IPv6 address of next-hop\n"
			     "] )\n"
			     "{ <1-254>$distance  Administrative distance\n"
			     "| name           Specify name of the next hop\n"
			     "WORD$route_name  Name of the next hop\n"
			     "| tag            Tag value\n"
			     "<1-4294967295>$tag_value  Tag value\n"
			     "}\n",
		.run = add_route,
		.no = no_route,
		.write = write_routes,
		.order = CLI_O_IP_ROUTE + 10,
	},
};

void ipv6_routing_cli_init(struct ipv6_routing *six, struct cli *cli)
{
	ipv6_prefix_type(cli);
	CLI_ADD(cli, commands, six);
	ipv6_route_show_init(six, cli);
}
