/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts a superpacket (TSO, USO) of the kernel into the frames that its sender
 * would have made: headers of their own with length, IP ID, sequence number,
 * flags and checksums.  IPv4 and IPv6, TCP and UDP, with VLAN tags or without.
 * The superpacket is not changed. */
#ifndef IPSEC_GSO_H
#define IPSEC_GSO_H

#include <stdbool.h>

#include "ipsec/pkt.h"

enum gso_type {
	/* Virtio 1.3 5.1.6, Linux 6.2: newer than some <linux/virtio_net.h>
	 * that we are compiled with. */
	GSO_UDP_L4 = 5,
};

static inline bool gso_is_super(const struct pkt *p)
{
	return p->vnet.gso_type != VIRTIO_NET_HDR_GSO_NONE;
}

struct gso {
	const struct pkt *super;
	uint32_t l3, l4;  /* where its headers begin in the frame */
	uint32_t payload; /* where its payload begins: all before is header */
	uint32_t piece;	  /* payload octets of a segment but the last */
	uint32_t at;	  /* the next payload octet */
	uint16_t number;  /* segments made */
	bool v6, tcp;
	/* Sums of what is the same in all segments: the IPv4 header; pseudo
	 * header and TCP or UDP header. */
	uint64_t ip_sum, l4_sum;
};

/* False: it is none of the kinds above, or its headers are not what its vnet
 * header says: it is to be dropped.  What vnet.hdr_len says is not looked at;
 * IPv6 extension headers are what is before vnet.csum_start. */
bool gso_start(struct gso *g, const struct pkt *super);
/* Octets of the largest segment from its IP header on. */
uint32_t gso_packet_size(const struct gso *g);
/* The next segment, a packet of pool with complete checksums; NULL: the last
 * one is out, or (g->at is not at the end) no packet is left. */
struct pkt *gso_next(struct gso *g, struct pkt_pool *pool);
static inline bool gso_done(const struct gso *g)
{
	return g->at >= g->super->len;
}

#endif
