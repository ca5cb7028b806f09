/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IPv6 of one interface: its model, and how the kernel follows it.  The
 * kernel has IPv6 on a device only while something of it is configured.
 * Control thread. */
#ifndef ROUTER_IFACE_IPV6_H
#define ROUTER_IFACE_IPV6_H

#include <stdbool.h>
#include <stddef.h>

#include "base/addr.h"
#include "cli/cli.h"

struct ifaces;
struct iface;
struct port;
struct if_prefix;

enum iface_ipv6_limits {
	IPV6_ADDRESSES = 256, /* of one interface */
	IPV6_MTU_MIN = 1280,  /* RFC 8200 5 */
};

struct if_ipv6_addr {
	struct ip_addr addr; /* eui64: the prefix as it was typed */
	unsigned int prefix;
	bool eui64; /* the lower half is made from the MAC */
};

struct if_ipv6 {
	bool enable; /* ipv6 enable */
	struct if_ipv6_addr *addrs;
	size_t n;
	struct ip_addr link_local; /* configured; unset: from the MAC */
	struct if_prefix *applied; /* what the kernel has from us */
	size_t n_applied;
	bool was_on; /* the kernel was told to have IPv6 there */
};

bool port_ipv6_on(const struct port *port);
/* The link-local address that it has or would have; unset: loopbacks. */
struct ip_addr port_ipv6_link_local(const struct port *port);
/* Of the i-th address, its lower half filled in. */
struct ip_addr port_ipv6_address(const struct port *port, size_t i);
/* The interface's subnets that addr is in: the longest one's length, or 0. */
unsigned int port_ipv6_covers(const struct port *port,
			      const struct ip_addr *addr);

/* The device's switches, also of a device that just took another's place. */
void port_ipv6_switches(struct port *port);
/* Makes the kernel follow. */
void port_ipv6_apply(struct port *port);
/* Without any IPv6.  Whether it had some. */
bool port_ipv6_clear(struct port *port);
/* Takes its addresses out of the kernel and frees what it has. */
void port_ipv6_fini(struct port *port);

/* ipv6 address, ipv6 enable, ipv6 mtu. */
void iface_ipv6_init(struct cli *cli);
/* show ipv6 interface [brief], show ipv6 neighbors. */
void iface_ipv6_show_init(struct ifaces *ifaces, struct cli *cli);

#endif
