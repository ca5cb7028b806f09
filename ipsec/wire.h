/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wire of a fronted interface: a Linux device that the kernel keeps its
 * hands off, as ports, one a lane.  What comes in by it comes before the
 * kernel's own view of it, without frames for other stations, VLAN tags and
 * what was sent.
 *
 * Two ways lead to it.  AF_XDP: one socket for each receive queue of the
 * device; lanes beyond its queues send by AF_PACKET and receive nothing.
 * AF_PACKET: a ring for each lane, flows spread over them by the kernel
 * (PACKET_FANOUT_HASH).  A flow comes by one port either way. */
#ifndef IPSEC_WIRE_H
#define IPSEC_WIRE_H

#include "ipsec/port.h"

struct wire_spec {
	const char *device;
	unsigned int ifindex;
	unsigned int mtu;	       /* of IP packets */
	uint8_t mac[6];		       /* frames for others are left out */
	struct pkt_pool *const *pools; /* one a lane */
	unsigned int n;		       /* lanes */
};

struct wire;

/* how: "af-xdp" or "af-packet"; NULL: the environment's GETVPN_WIRE, else
 * AF_XDP where the device and the kernel can do it, and AF_PACKET elsewhere.
 * ports gets spec->n of them, which are the caller's and must be closed
 * before the wire.  0 or -errno, -EINVAL for a how that is none. */
int wire_open(struct wire **out, struct port **ports,
	      const struct wire_spec *spec, const char *how);
/* The device is the kernel's again; NULL is fine. */
void wire_close(struct wire *wire);
/* "af-xdp (generic), 1 queue" or the like, for show. */
const char *wire_text(const struct wire *wire);

/* Nothing that comes in by the device gets past the sockets into the kernel,
 * as long as the fd in *out is open; 0 or -errno. */
int wire_hide(int *out, const char *device);

#endif
