/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where frames come from and go to: a queue of a TAP, a Linux device by AF_XDP
 * or AF_PACKET, or a test.  A port belongs to one worker once it is running;
 * its packets come from and return to its pool. */
#ifndef IPSEC_PORT_H
#define IPSEC_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "ipsec/pkt.h"

struct port;

struct port_ops {
	const char *name; /* "tap", "af-xdp", "af-packet" */
	/* Fills pkts with up to max frames, which are the caller's then: how
	 * many; 0: none there now.  Fewer than max does not say that there
	 * are no more. */
	unsigned int (*rx)(struct port *port, struct pkt **pkts,
			   unsigned int max);
	/* Sends n frames and takes them all, also those it cannot send.  Never
	 * waits: what finds a queue full is dropped and counted. */
	void (*tx)(struct port *port, struct pkt **pkts, unsigned int n);
	/* Control thread: brings rx_missed up to date; NULL: nothing to do. */
	void (*refresh)(struct port *port);
	void (*close)(struct port *port);
};

struct port {
	const struct port_ops *ops;
	struct pkt_pool *pool;
	int fd; /* readable when rx has something; -1: none */
	/* tx takes virtio_net headers: GSO frames whole, checksums partial.
	 * Otherwise frames must be plain. */
	bool offloads;
	/* Written by the worker, read by whoever shows them: frames; those of
	 * rx that were nothing to us, those of tx that found no place. */
	uint64_t rx_frames, tx_frames, tx_failed, rx_failed;
	/* That the kernel could not keep for us: a queue was full. */
	uint64_t rx_missed;
};

/* A TAP with n queues, a port each, that exists as long as they: with that
 * name (or one like it when name ends in "%d"); name gets the one it has, and
 * has IFNAMSIZ octets.  A flow of the kernel's always comes by the same queue.
 * Its frames come with virtio_net headers: TSO, USO where the kernel has it,
 * partial checksums.  The ports take chains.  pools: one a queue.  Without
 * CAP_BPF everything comes by the first port, and the others' fd is -1.  0 or
 * -errno. */
int port_tap_open(struct port **out, struct pkt_pool *const *pools,
		  unsigned int n, char *name);
/* The TAP takes GSO of UDP (VIRTIO_NET_HDR_GSO_UDP_L4, Linux 6.2). */
bool port_tap_takes_udp(const struct port *port);
/* Sends IPv4 packets and the ICMPv6 of IPv6 packets (frames whose Ethernet
 * header is thrown away) by the kernel's routes.  No rx. */
int port_raw_open(struct port **out);

void port_close(struct port *port); /* NULL is fine */

#endif
