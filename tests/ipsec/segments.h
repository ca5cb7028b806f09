/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets of TCP and UDP for the tests and fuzz targets of segmentation, and
 * a checksum of their own to judge them by. */
#ifndef TESTS_IPSEC_SEGMENTS_H
#define TESTS_IPSEC_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipsec/pkt.h"

enum segment_flags {
	FIN = 0x01,
	SYN = 0x02,
	RST = 0x04,
	PSH = 0x08,
	ACK = 0x10,
	URG = 0x20,
	ECE = 0x40,
	CWR = 0x80,
};

/* All but the payload.  Zeroes are good values. */
struct segment {
	bool v6, tcp, df;
	uint8_t tags;	     /* VLAN tags in front */
	uint8_t ip_options;  /* octets, of IPv4; a destination options header */
	uint8_t tcp_options; /* octets */
	uint8_t flags, tos;
	uint16_t id, window;
	uint16_t sport, dport;
	uint32_t src, dst; /* the last octets of an IPv6 address */
	uint32_t sequence, acknowledged;
};

/* Writes the frame with n octets of a pattern that begins with seed, and with
 * right checksums.  p is big enough. */
void segment_write(struct pkt *p, const struct segment *s, uint8_t seed,
		   size_t n);
/* The same as the kernel would give it to be cut into pieces of size octets:
 * with a partial checksum and a vnet header. */
void segment_write_super(struct pkt *p, const struct segment *s, uint8_t seed,
			 size_t n, uint16_t size);
/* Where its TCP or UDP header begins, and its payload. */
size_t segment_l4(const struct segment *s);
size_t segment_payload(const struct segment *s);

/* Whether the IPv4 header's and the TCP or UDP checksum of the frame are
 * right; a frame without VLAN tags and extension headers. */
bool segment_is_right(const uint8_t *frame, size_t len);
/* Makes them right where there is a whole IPv4 packet of TCP or UDP. */
void segment_repair(struct pkt *p);
/* RFC 1071 in the plainest way: 0xffff for right ones. */
uint16_t plain_sum(uint32_t start, const uint8_t *p, size_t len);

#endif
