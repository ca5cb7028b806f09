/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ipv6 unicast-routing, ipv6 route, show ipv6 route.  One struct ipv6_routing
 * a router, control thread. */
#ifndef ROUTER_IPV6_ROUTE_H
#define ROUTER_IPV6_ROUTE_H

#include "router/static_route.h"

struct ipv6_routing;

struct ipv6_routing *ipv6_routing_new(struct ifaces *ifaces);
/* Takes its routes out of the kernel. */
void ipv6_routing_free(struct ipv6_routing *routing);
/* Makes the kernel follow, after a change of what it follows from. */
void ipv6_routing_sync(struct ipv6_routing *routing);
void ipv6_routing_cli_init(struct ipv6_routing *routing, struct cli *cli);

#endif
