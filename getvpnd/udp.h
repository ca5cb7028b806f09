/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The UDP socket of ISAKMP (port 848) in a VRF: one for all local addresses, so that
 * interfaces may come and go; each datagram tells which one it was sent to
 * and is answered from there.  Control thread only. */
#ifndef GETVPND_UDP_H
#define GETVPND_UDP_H

#include "base/addr.h"
#include "base/loop.h"
#include "router/vrf.h"

struct udp;

struct udp_config {
	uint16_t port;
	const struct vrf *vrf; /* lives longer; NULL: the global table */
	/* For each datagram. */
	void (*input)(void *arg, const struct endpoint *local,
		      const struct endpoint *remote, const void *data,
		      size_t len);
	/* The index of the VRF's device with that address; 0: there is none that
	 * leads anywhere (a loopback interface does not). */
	unsigned int (*device)(void *arg, const struct vrf *vrf,
			       const struct ip_addr *local);
	void *arg;
};

/* NULL and a line on stderr on failure. */
struct udp *udp_new(struct loop *loop, const struct udp_config *config);
void udp_free(struct udp *udp);
/* Lost silently when the network refuses it. */
void udp_send(struct udp *udp, const struct endpoint *local,
	      const struct endpoint *remote, const void *data, size_t len);
/* Membership (IGMP) on the interface that has address local, wherever that is:
 * it follows the address to another device, and half a second after it was
 * left leaves it.  Nothing counts: whoever joins twice leaves once. */
void udp_join(struct udp *udp, const struct ip_addr *group,
	      const struct ip_addr *local, bool on);
/* Addresses or devices may have changed. */
void udp_interfaces_changed(struct udp *udp);

#endif
