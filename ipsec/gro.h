/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts decrypted segments of a flow together again, so that the kernel gets
 * one superpacket instead of dozens of packets.  Works on one batch: nothing
 * is held back for a segment that may come.
 *
 * What is joined comes apart as the same packets (RFC-conforming TSO and USO):
 * same Ethernet header, addresses, ports, TOS, TTL, DF, TCP flags but PSH on
 * the last, acknowledgement number, window and options; next sequence number
 * and, without DF, next IP ID; all of the same length but the last; right
 * checksums, which are computed only where two packets would be joined.  A
 * packet that does not fit ends its flow's superpacket, so a flow keeps its
 * order; a fragment or a packet with IP options ends those of all flows
 * between its addresses.  Of IPv6 flow label, traffic class and hop limit are
 * the same, and a packet with extension headers is joined to none.  UDP to a
 * multicast group is not joined. */
#ifndef IPSEC_GRO_H
#define IPSEC_GRO_H

#include <stdbool.h>

#include "ipsec/ip.h"
#include "ipsec/pkt.h"

enum gro_limits {
	GRO_FRAMES = 64,      /* of one batch */
	GRO_PIECES = 64,      /* of one superpacket */
	GRO_MAX = 65535 - 32, /* octets of one superpacket's IP packet */
	GRO_BUCKETS = 128,
};

struct gro_flow {
	uint64_t key[2];   /* addresses (IPv6: hashes); ports and protocol */
	struct pkt *first; /* NULL: closed, nothing more fits */
	struct pkt *last;
	uint32_t total;	   /* of the IP packet so far */
	uint32_t sequence; /* TCP: that comes next */
	uint16_t piece;	   /* payload octets of a segment */
	uint16_t id;	   /* IP ID that comes next, without DF */
	uint16_t pieces;
	uint8_t headers; /* octets of IP and TCP or UDP header */
	uint8_t l3;	 /* of the IP header alone */
	bool right;	 /* the first one's checksums are known to be */
};

struct gro {
	bool udp;	     /* UDP may be joined too */
	struct pkt **frames; /* in order: the caller's array */
	unsigned int n;
	struct gro_flow flows[GRO_FRAMES];
	unsigned int n_flows;
	uint8_t buckets[GRO_BUCKETS]; /* index into flows + 1; 0: free */
};

/* Starts a batch; out has room for GRO_FRAMES frames. */
void gro_start(struct gro *g, struct pkt **out, bool udp);
/* Takes p, a plain untagged frame with the whole IP packet ip (what follows
 * the packet is cut off): into the frames, or behind one of them.  At most
 * GRO_FRAMES in a batch. */
void gro_add(struct gro *g, struct pkt *p, const struct ipv4 *ip);
/* Takes p as it is; what of IPv4 comes clear may be of a flow that has open
 * segments, but never of the same SA, so order between the two is nobody's. */
void gro_pass(struct gro *g, struct pkt *p);
/* Ends the batch: headers of superpackets are written.  How many frames. */
unsigned int gro_end(struct gro *g);

#endif
