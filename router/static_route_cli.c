/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/static_route.h"
#include "router/vrf_cli.h"

static bool same_way(const struct sroute *a, const struct sroute *b)
{
	if (a->null != b->null || !ip_equal(&a->nexthop, &b->nexthop))
		return false;
	if (!a->interface || !b->interface)
		return a->interface == b->interface;
	return !strcmp(a->interface, b->interface);
}

/* By name: numbers are given in the order in which VRFs are typed. */
static int by_vrf(const struct sroutes *s, const struct sroute *a,
		  const struct sroute *b)
{
	const struct vrf *x = vrf_by_id(s->ifaces->vrfs, a->vrf);
	const struct vrf *y = vrf_by_id(s->ifaces->vrfs, b->vrf);

	return strcmp(x ? x->name : "", y ? y->name : "");
}

int sroutes_compare(const struct sroutes *s, const struct sroute *a,
		    const struct sroute *b)
{
	int order = by_vrf(s, a, b);

	if (!order)
		order = ip_compare(&a->dst, &b->dst);
	if (order)
		return order;
	return (a->prefix > b->prefix) - (a->prefix < b->prefix);
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

/* NULL and an error said: not a route. */
static struct sroute *read_route(struct sroutes *s, const struct cli_args *a,
				 struct cli_out *o)
{
	struct ip_addr dst = cli_addr(a, "prefix"), mask = cli_addr(a, "mask");
	struct ip_addr net;
	uint32_t vrf;
	int prefix = ip_prefix(&mask);
	struct sroute *r;

	if (!vrf_arg(s->ifaces, a, "vrf_name", &vrf, o))
		return NULL;
	if (prefix >= 0)
		net = ip_network(&dst, (unsigned int)prefix);
	if (prefix < 0 || !ip_equal(&net, &dst)) {
		cli_error(o, "%%Inconsistent address and mask\n");
		return NULL;
	}
	r = xcalloc(1, sizeof(*r));
	r->vrf = vrf;
	r->dst = dst;
	r->prefix = (unsigned int)prefix;
	r->null = cli_has(a, "null");
	r->interface = copy(cli_str(a, "interface"));
	r->nexthop = cli_addr(a, r->interface ? "via" : "nexthop");
	r->distance = cli_has(a, "distance") ? cli_u32(a, "distance")
					     : SROUTE_DISTANCE;
	r->tag = cli_u32(a, "tag_value");
	r->name = copy(cli_str(a, "route_name"));
	r->permanent = cli_has(a, "permanent");
	r->track = cli_u32(a, "track_object");
	if (cli_is_no(a) || !iface_by_addr_in(s->ifaces, r->vrf, &r->nexthop))
		return r;
	cli_error(o, "%%Invalid next hop address (it's this router)\n");
	sroute_free(r);
	return NULL;
}

static void add_route(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sroutes *s = obj;
	struct sroute *r = read_route(s, a, o), *old;

	if (!r)
		return;
	TAILQ_FOREACH (old, &s->list, link)
		if (!sroutes_compare(s, old, r) && same_way(old, r))
			break;
	if (old) {
		drop(s, old);
	} else if (s->n >= SROUTES_MAX) {
		cli_error(o, "%% Too many static routes\n");
		sroute_free(r);
		return;
	}
	insert(s, r);
	sroutes_sync(s);
}

static void no_route(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sroutes *s = obj;
	struct sroute *want = read_route(s, a, o), *r, *next;
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

static void write_route(const struct sroutes *s, const struct sroute *r,
			struct cli_out *o)
{
	struct ip_addr mask = ip_mask(IP_V4, r->prefix);
	const struct vrf *vrf = vrf_by_id(s->ifaces->vrfs, r->vrf);
	char d[IP_ADDR_TEXT], m[IP_ADDR_TEXT], n[IP_ADDR_TEXT];

	/* It is there whatever the object says. */
	cli_why(o, r->track ? "object tracking" : NULL);
	cli_say(o, "ip route%s%s %s %s", vrf ? " vrf " : "",
		vrf ? vrf->name : "", ip_text(&r->dst, d), ip_text(&mask, m));
	if (r->null)
		cli_say(o, " Null0");
	if (r->interface)
		cli_say(o, " %s", r->interface);
	if (ip_is_set(&r->nexthop))
		cli_say(o, " %s", ip_text(&r->nexthop, n));
	if (r->distance != SROUTE_DISTANCE)
		cli_say(o, " %u", r->distance);
	if (r->tag)
		cli_say(o, " tag %" PRIu32, r->tag);
	if (r->permanent)
		cli_say(o, " permanent");
	if (r->name)
		cli_say(o, " name %s", r->name);
	if (r->track)
		cli_say(o, " track %u", r->track);
	cli_say(o, "\n");
}

static void write_routes(const void *obj, struct cli_out *o)
{
	const struct sroutes *s = obj;
	const struct sroute *r;

	TAILQ_FOREACH (r, &s->list, link)
		write_route(s, r, o);
	cli_why(o, NULL);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = "ip              Global IP configuration "
			 "subcommands\n"
			 "route           Establish static routes\n"
			 "[ vrf           Configure static route for a VPN "
			 "Routing/Forwarding instance\n"
			 "WORD$vrf_name   VPN Routing/Forwarding instance "
			 "name\n"
			 "]\n"
			 "A.B.C.D$prefix  Destination prefix\n"
			 "A.B.C.D$mask    Destination prefix mask\n"
			 ".\n"
			 "( A.B.C.D$nexthop  Forwarding router's address\n"
			 "| Null0$null       Null interface\n"
			 "| IFNAME$interface\n"
			 "[ A.B.C.D$via      Forwarding router's address\n"
			 "] )\n"
			 "{ <1-255>$distance  Distance metric for this route\n"
			 "| name           Specify name of the next hop\n"
			 "WORD$route_name  Name of the next hop\n"
			 "| permanent      permanent route\n"
			 "| tag            Set tag for this route\n"
			 "<1-4294967295>$tag_value  Tag value\n"
			 "| track          Install route depending on tracked "
			 "item\n"
			 "<1-1000>$track_object  tracked object number\n"
			 "}\n",
		.run = add_route,
		.no = no_route,
		.write = write_routes,
		.order = CLI_O_IP_ROUTE,
	},
};

void sroutes_cli_init(struct sroutes *routes, struct cli *cli)
{
	CLI_ADD(cli, commands, routes);
}
