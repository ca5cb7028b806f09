/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A veth pair in a network namespace of the test's own: wire0, which the ports
 * are opened on, and far0, on which the test plays the neighbour. */
#ifndef TESTS_IPSEC_CABLE_H
#define TESTS_IPSEC_CABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/virtio_net.h>

enum {
	CABLE_ETHERTYPE = 0x88b5, /* IEEE 802: local experiments */
	CABLE_FRAME = 65536 + 64,
};

struct cable {
	unsigned int ifindex; /* wire0's */
	unsigned int far_ifindex;
	uint8_t mac[6], far_mac[6]; /* wire0's, far0's */
	int fd;			    /* far0's frames, with vnet headers */
};

/* A new namespace without IPv6 (it would talk), both ends up, with so many
 * queues each way. */
void cable_make(struct cable *c, unsigned int queues);
void cable_set_mtu(unsigned int mtu); /* of both ends */
/* far0 has the address, and knows where the other one (of the same /24) is: at
 * wire0. */
void cable_address(const struct cable *c, const char *address,
		   const char *neighbour);
/* To what is at wire0; len with Ethernet header. */
void cable_send(struct cable *c, const void *frame, size_t len);
void cable_send_super(struct cable *c, const struct virtio_net_hdr *vnet,
		      const void *frame, size_t len);
/* The next frame of CABLE_ETHERTYPE or IPv4 that came to far0, within a
 * second: its length; 0: none. */
size_t cable_receive(struct cable *c, struct virtio_net_hdr *vnet, void *frame);
/* An Ethernet header from far0 to wire0; returns what follows it. */
uint8_t *cable_header(const struct cable *c, uint8_t *frame,
		      uint16_t ethertype);
/* Octets that depend on number and place. */
void cable_fill(uint8_t *to, size_t len, unsigned int number);

#endif
