/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ip route: the static routes and which of them the kernel has now.  One
 * struct sroutes a router, control thread. */
#ifndef ROUTER_STATIC_ROUTE_H
#define ROUTER_STATIC_ROUTE_H

#include <sys/queue.h>

#include "router/iface_priv.h"
#include "router/netlink.h"

enum sroute_limits {
	SROUTES_MAX = 4096,
	SROUTE_DISTANCE = 1,
	SROUTE_RECURSION = 8, /* next hops over next hops */
};

struct sroute {
	TAILQ_ENTRY(sroute) link;
	uint32_t vrf; /* router/vrf.h; 0: the global table */
	struct ip_addr dst;
	unsigned int prefix;
	struct ip_addr nexthop; /* or unset */
	char *interface;	/* "Ethernet0/0", or NULL */
	bool null;		/* Null0 */
	unsigned int distance;
	uint32_t tag; /* 0: none */
	char *name;
	bool permanent;
	unsigned int track;
	bool active; /* it is in the table */
	struct nl_hop hop;
};

/* As the kernel has it. */
struct sroute_installed {
	struct nl_route route;
	uint32_t vrf;
};

TAILQ_HEAD(sroute_list, sroute);

struct sroutes {
	struct ifaces *ifaces;
	struct sroute_list list; /* by VRF and prefix */
	size_t n;
	struct sroute_installed *installed;
	size_t n_installed;
};

struct sroutes *sroutes_new(struct ifaces *ifaces);
/* Takes them out of the kernel. */
void sroutes_free(struct sroutes *routes);
/* Makes the kernel follow: after a change of routes or interfaces. */
void sroutes_sync(struct sroutes *routes);
void sroute_free(struct sroute *route);
/* By the VRF's name, the global table first, then by prefix. */
int sroutes_compare(const struct sroutes *routes, const struct sroute *a,
		    const struct sroute *b);
void sroutes_cli_init(struct sroutes *routes, struct cli *cli);

#endif
