/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Subnets of loopbacks that BGP announces.  In the kernel a loopback has its
 * address alone; a route that leads nowhere stands for the rest of its subnet,
 * so that FRR finds what IOS calls connected. */
#ifndef ROUTER_FRR_LOOPBACK_H
#define ROUTER_FRR_LOOPBACK_H

#include "router/frr_text.h"
#include "router/iface_priv.h"

struct frr_subnets {
	struct nl_route *v; /* in the kernel */
	size_t n;
};

/* Those that "network" lines of bgpd name. */
void frr_subnets_set(struct frr_subnets *subnets, struct ifaces *ifaces,
		     const struct frr_lines *bgp);
/* Out of the kernel. */
void frr_subnets_fini(struct frr_subnets *subnets, struct ifaces *ifaces);

#endif
