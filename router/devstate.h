/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that hangs on a Linux device as one value: so that it can be moved to
 * another device (a front) or be put back when the router ends. */
#ifndef ROUTER_DEVSTATE_H
#define ROUTER_DEVSTATE_H

#include "router/netlink.h"

struct devstate {
	struct nl_link link;
	struct nl_addr *addrs;
	struct nl_route *routes; /* none that the kernel makes by itself */
	struct nl_neigh *neighs; /* that have a MAC */
	uint8_t (*groups)[6];	 /* multicast MACs asked for by hand */
	size_t n_addrs, n_routes, n_neighs, n_groups;
};

/* Reads the device; 0 or -errno.  devstate_fini() in both cases. */
int devstate_read(struct nl *nl, unsigned int index, struct devstate *out);
void devstate_fini(struct devstate *state);
/* Takes addresses, routes and neighbours off the device they were read from. */
void devstate_strip(struct nl *nl, const struct devstate *state);
/* Puts addresses, routes, neighbours and groups on the device index, which is
 * up.  The first error or 0; it goes on after errors. */
int devstate_apply(struct nl *nl, const struct devstate *state,
		   unsigned int index);

#endif
