/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The router's interfaces and their Linux devices.  One struct ifaces a
 * router, owned by the control thread. */
#ifndef ROUTER_IFACE_H
#define ROUTER_IFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "cli/cli.h"

struct acls;
struct ifaces;
struct vrf;
struct vrfs;

struct iface {
	char *name;	      /* "Ethernet0/0" */
	char *device;	      /* Linux device that carries its addresses now:
			      * "eth1", or its front's TAP; NULL for loopbacks */
	char *wire;	      /* the device under a front, else NULL */
	unsigned int ifindex; /* of device, in the namespace it stands in */
	uint32_t vrf;	      /* router/vrf.h; 0: the global table */
	bool loopback;
	bool shutdown; /* administratively down */
	bool line_up;  /* the line protocol */
	uint8_t mac[6];
	unsigned int mtu;      /* octets, the device's */
	unsigned int ip_mtu;   /* octets, 0: as mtu */
	unsigned int ipv6_mtu; /* the same of ipv6 mtu */
	char *description;
	struct ip_addr addr; /* primary; unset: no ip address */
	unsigned int prefix;
	void *qos; /* reserved for the feature of that name */
	/* While it is fronted: packets that the front has dropped on their way
	 * in and out, which the kernel does not know of; NULL: none. */
	void (*front_drops)(void *front, uint64_t *in, uint64_t *out);
	void *front;
	/* crypto ipsec df-bit and fragmentation of this interface alone: enum
	 * ipsec_df and enum ipsec_fragment; 0: as the router. */
	uint8_t ipsec_df, ipsec_fragment;
	unsigned int adjust_mss; /* ip tcp adjust-mss, octets; 0: none */
};

/* The mode of interface sub-commands; its object is a struct iface. */
extern const struct cli_mode router_mode_if;

/* Where a line stands in the interface's block (.order). */
enum iface_order {
	IFACE_O_DESCRIPTION = 0,
	IFACE_O_BANDWIDTH = 10,
	IFACE_O_VRF = 20,
	IFACE_O_ADDRESS = 30,
	IFACE_O_IP = 40, /* ip mtu, access-group, redirects ... */
	IFACE_O_LOAD = 60,
	IFACE_O_SHUTDOWN = 70,
	IFACE_O_HARDWARE = 80, /* delay, duplex, speed ... */
	IFACE_O_CRYPTO_MAP = 90,
	IFACE_O_SERVICE_POLICY = 100,
};

/* NULL when there is none; name in full ("Ethernet0/0"). */
struct iface *iface_find(struct ifaces *ifaces, const char *name);
/* The interface of the global table that has this address as its own, or
 * NULL; and that of a VRF. */
struct iface *iface_by_addr(struct ifaces *ifaces, const struct ip_addr *addr);
struct iface *iface_by_addr_in(struct ifaces *ifaces, uint32_t vrf,
			       const struct ip_addr *addr);
/* Packets are filtered by these lists; at most once. */
void ifaces_filter_by(struct ifaces *ifaces, struct acls *acls);
struct vrfs *ifaces_vrfs(struct ifaces *ifaces);
/* NULL: the interface is in the global table. */
const struct vrf *iface_vrf(const struct iface *iface);

enum iface_change {
	IFACE_UP, /* line protocol came up */
	IFACE_DOWN,
	IFACE_ADDRESS, /* addresses changed */
	IFACE_MTU,     /* mtu, ip mtu or a rule of fragmentation changed */
	IFACE_VRF,     /* it is in another VRF, or waits for its front there */
	IFACE_LOAD,    /* bandwidth or load-interval changed */
	IFACE_CLEARED, /* clear counters */
	IFACE_GONE,    /* about to be freed (loopback removed) */
};
void ifaces_watch(struct ifaces *ifaces,
		  void (*fn)(void *arg, struct iface *iface,
			     enum iface_change change),
		  void *arg);
/* Tells the watchers of a change that a packet feature has made. */
void iface_notify(struct iface *iface, enum iface_change change);

/* A packet feature takes the device's place (docs/ARCHITECTURE.md): moves MAC, MTU,
 * addresses, routes, neighbours and multicast memberships from the device to
 * tap (which exists already) in one go; the device becomes the wire: up, with
 * no address, ARP and IPv6 off.  The tap of an interface in a VRF is there
 * (vrf_enter()), where the interface works from then on.  0 or -errno; nothing
 * is changed on error. */
int iface_front(struct ifaces *ifaces, struct iface *iface, const char *tap);
/* Back again. */
int iface_unfront(struct ifaces *ifaces, struct iface *iface);

#endif
