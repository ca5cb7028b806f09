/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's tables over rtnetlink: devices, addresses, routes, neighbours.
 * One struct nl a user, control thread only.  Every call is one question to
 * the kernel and its answer: 0 or -errno, at once.  The functions that are
 * called for each item must not ask anything themselves. */
#ifndef ROUTER_NETLINK_H
#define ROUTER_NETLINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/loop.h"

struct nl;

/* NULL with errno set when the kernel has no rtnetlink for us. */
struct nl *nl_open(void);
void nl_close(struct nl *nl);

struct nl_counters {
	uint64_t rx_packets, rx_bytes, rx_errors, rx_dropped, rx_crc;
	uint64_t rx_frame, rx_fifo, rx_missed, multicast;
	uint64_t tx_packets, tx_bytes, tx_errors, tx_dropped, tx_fifo;
	uint64_t tx_carrier, collisions;
};

struct nl_link {
	unsigned int index;
	char name[IFNAMSIZ];
	unsigned int flags; /* IFF_ */
	unsigned int mtu;
	uint8_t mac[6];
	bool carrier;
	struct nl_counters counters;
};

int nl_link_by_name(struct nl *nl, const char *name, struct nl_link *out);
int nl_link_by_index(struct nl *nl, unsigned int index, struct nl_link *out);
int nl_links(struct nl *nl, void (*fn)(void *arg, const struct nl_link *link),
	     void *arg);
/* Sets the bits of mask (IFF_UP, IFF_NOARP, IFF_ALLMULTI) to flags. */
int nl_link_flags(struct nl *nl, unsigned int index, unsigned int flags,
		  unsigned int mask);
int nl_link_mtu(struct nl *nl, unsigned int index, unsigned int mtu);
int nl_link_mac(struct nl *nl, unsigned int index, const uint8_t mac[6]);
int nl_link_carrier(struct nl *nl, unsigned int index, bool on);

struct nl_addr {
	unsigned int index;
	struct ip_addr addr;
	unsigned int prefix;
	uint8_t scope;
	bool permanent; /* not from a router's advertisement */
};

/* index 0: of all devices. */
int nl_addrs(struct nl *nl, unsigned int index,
	     void (*fn)(void *arg, const struct nl_addr *addr), void *arg);
int nl_addr_add(struct nl *nl, const struct nl_addr *addr);
int nl_addr_del(struct nl *nl, const struct nl_addr *addr);

enum { NL_HOPS = 16 }; /* equal paths of one route, as IOS has at most */

struct nl_hop {
	unsigned int index;
	struct ip_addr gateway; /* unset: on link */
	uint8_t weight;		/* as the kernel counts: 0 is once */
	bool linkdown, onlink;
};

struct nl_route {
	struct ip_addr dst;
	unsigned int prefix;
	uint8_t type;	  /* RTN_; 0 is RTN_UNICAST */
	uint8_t protocol; /* RTPROT_ */
	uint8_t scope;
	uint32_t table; /* 0 is the main table */
	uint32_t metric;
	struct ip_addr source; /* preferred, or unset */
	struct nl_hop hops[NL_HOPS];
	unsigned int n_hops;
};

/* Of the main table. */
int nl_routes(struct nl *nl, enum ip_family family,
	      void (*fn)(void *arg, const struct nl_route *route), void *arg);
/* Creates, or replaces the one with this prefix and metric. */
int nl_route_put(struct nl *nl, const struct nl_route *route);
/* By prefix, metric, protocol and (if given) the first hop. */
int nl_route_del(struct nl *nl, const struct nl_route *route);
/* What the kernel would do with a packet to dst. */
int nl_route_lookup(struct nl *nl, const struct ip_addr *dst,
		    struct nl_route *out);

struct nl_neigh {
	unsigned int index;
	struct ip_addr addr;
	uint8_t mac[6];
	uint16_t state;	  /* NUD_ */
	uint32_t used_ms; /* since it was last confirmed */
};

int nl_neighs(struct nl *nl, unsigned int index,
	      void (*fn)(void *arg, const struct nl_neigh *neigh), void *arg);
int nl_neigh_put(struct nl *nl, const struct nl_neigh *neigh);
int nl_neigh_del(struct nl *nl, const struct nl_neigh *neigh);

/* Changes of devices, as they happen. */
struct nl_monitor;

struct nl_monitor_ops {
	void (*link)(void *arg, const struct nl_link *link, bool gone);
	/* The kernel lost messages: look at everything again. */
	void (*overrun)(void *arg);
};

struct nl_monitor *nl_monitor_open(struct loop *loop,
				   const struct nl_monitor_ops *ops, void *arg);
void nl_monitor_close(struct nl_monitor *monitor);

#endif
