/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside ipv6_route*.c. */
#ifndef ROUTER_IPV6_ROUTE_SHOW_H
#define ROUTER_IPV6_ROUTE_SHOW_H

#include "router/ipv6_route.h"

struct ipv6_routing {
	struct ifaces *ifaces;
	struct sroutes *routes;
	bool unicast; /* ipv6 unicast-routing */
};

/* show ipv6 route */
void ipv6_route_show_init(struct ipv6_routing *routing, struct cli *cli);

#endif
