/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An IPv4 routing table as show ip route sees it: connected subnets and
 * static routes of ours, and what others put into the kernel. */
#ifndef ROUTER_ROUTE_TABLE_H
#define ROUTER_ROUTE_TABLE_H

#include "router/static_route.h"

enum route_table_limits { TABLE_MAX = 65536 }; /* routes shown at most */

struct route_path {
	struct ip_addr gateway;	     /* or unset: directly connected */
	char interface[IFNAME_SIZE]; /* "" when IOS does not say it */
};

struct route_entry {
	struct ip_addr dst;
	unsigned int prefix;
	char code[8];	    /* "C", "L", "S", "O", "S*", "O IA" */
	const char *source; /* "connected", "static", ... */
	unsigned int distance, metric;
	char age[16]; /* of protocols' routes: "00:12:34"; else "" */
	struct route_path path[NL_HOPS];
	unsigned int n_paths;
};

struct route_table {
	struct route_entry *v; /* by prefix */
	size_t n;
};

/* vrf 0: the global one. */
void route_table_read(struct route_table *table, struct ifaces *ifaces,
		      const struct sroutes *routes, uint32_t vrf);
/* Of several sources of a prefix the nearest stays. */
void route_table_settle(struct route_table *table);
void route_table_fini(struct route_table *table);
/* The longest match, or NULL. */
const struct route_entry *route_table_find(const struct route_table *table,
					   const struct ip_addr *addr);

#endif
