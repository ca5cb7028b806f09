/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where frames come from and go to: a TAP, a Linux device by AF_PACKET, or a
 * test.  A port belongs to one worker once it is running; its packets come
 * from and return to that worker's pool. */
#ifndef IPSEC_PORT_H
#define IPSEC_PORT_H

#include <stdint.h>

#include "ipsec/pkt.h"

struct port;

struct port_ops {
	/* Fills pkts with up to max frames, which are the caller's then: how
	 * many; 0: none there now. */
	unsigned int (*rx)(struct port *port, struct pkt **pkts,
			   unsigned int max);
	/* Sends n frames and takes them all, also those it cannot send. */
	void (*tx)(struct port *port, struct pkt **pkts, unsigned int n);
	void (*close)(struct port *port);
};

struct port {
	const struct port_ops *ops;
	struct pkt_pool *pool;
	int fd; /* readable when rx has something; -1: none */
	/* Written by the worker, read by whoever shows them. */
	uint64_t rx_frames, tx_frames, tx_failed, rx_failed;
};

/* A wire: what comes in by device ifindex, before the kernel's own view of
 * it, without frames for other stations, VLAN tags and what was sent; 0 or
 * -errno. */
int port_packet_open(struct port **out, unsigned int ifindex);
/* A TAP that exists as long as the port, with that name (or one like it when
 * name ends in "%d"); name gets the one it has.  name has IFNAMSIZ octets. */
int port_tap_open(struct port **out, char *name);
/* Sends IPv4 packets (frames whose Ethernet header is thrown away) by the
 * kernel's routes.  No rx. */
int port_raw_open(struct port **out);

void port_close(struct port *port); /* NULL is fine */

/* Nothing that comes in by the device gets past the packet sockets into the
 * kernel, as long as the fd in *out is open; 0 or -errno. */
int wire_hide(int *out, const char *device);

#endif
