/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IPv4 as the dataplane needs it: reading headers, checksums, cutting packets
 * into fragments, the ICMP answer to one that is too big.  Worker threads. */
#ifndef IPSEC_IP_H
#define IPSEC_IP_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum ip_format {
	ETH_HEADER = 14,
	ETHERTYPE_IPV4 = 0x0800,
	IPV4_HEADER = 20, /* without options */
	IPV4_HEADER_MAX = 60,
	IPV4_DF = 0x4000,
	IPV4_MF = 0x2000,
	IPV4_OFFSET = 0x1fff, /* in 8 octets */
	IPPROTO_IPV4 = 4,
	IPPROTO_NO_NEXT = 59, /* a dummy packet, RFC 4303 2.6 */
};

/* Host order; what an IPv4 header says, checked against the octets there; or,
 * with v6, what ipv6_read() (ipsec/ipv6.h) makes of IPv6 headers, so that both
 * take the same way. */
struct ipv4 {
	uint32_t src, dst; /* IPv6: hashes of them */
	uint32_t id;
	uint16_t total;	   /* header and payload */
	uint16_t fragment; /* flags and offset as IPv4 has them */
	uint16_t header;   /* octets, with options or extensions */
	uint8_t tos, ttl, protocol;
	bool v6;
	bool routing;	      /* IPv6: has a routing header */
	uint16_t fragment_at; /* IPv6: its fragment header; 0: none */
};

/* Octets of an outer header without options. */
#define IP_OUTER(ip) ((ip)->v6 ? 40u : (unsigned int)IPV4_HEADER)

/* False when p is no whole IPv4 packet; what is behind it (padding of short
 * frames) does not matter. */
bool ipv4_read(struct ipv4 *out, const uint8_t *p, size_t len);
/* A header of 20 octets with its checksum. */
void ipv4_write(const struct ipv4 *ip, uint8_t *p);
/* Sets total length, TOS and protocol of the header at p, keeps its options,
 * and computes the checksum again. */
void ipv4_rewrite(uint8_t *p, uint16_t total, uint8_t tos, uint8_t protocol);
/* Changes the TOS of the header at p.  Its checksum stays as right or wrong
 * as it was (RFC 1624). */
void ipv4_set_tos(uint8_t *p, uint8_t tos);
/* The internet checksum of len octets as it is stored, network order. */
uint16_t ip_checksum(const uint8_t *p, size_t len);

static inline bool ipv4_later_fragment(const struct ipv4 *ip)
{
	return (ip->fragment & IPV4_OFFSET) != 0;
}

static inline bool ipv4_is_fragment(const struct ipv4 *ip)
{
	return (ip->fragment & (IPV4_OFFSET | IPV4_MF)) != 0;
}

static inline uint16_t get16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return be16toh(v);
}

static inline uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return be32toh(v);
}

static inline uint64_t get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return be64toh(v);
}

static inline void put16(uint8_t *p, uint16_t v)
{
	v = htobe16(v);
	memcpy(p, &v, sizeof(v));
}

static inline void put32(uint8_t *p, uint32_t v)
{
	v = htobe32(v);
	memcpy(p, &v, sizeof(v));
}

static inline void put64(uint8_t *p, uint64_t v)
{
	v = htobe64(v);
	memcpy(p, &v, sizeof(v));
}

/* Walks the fragments of a packet that has to fit into mtu. */
struct ipv4_cut {
	const uint8_t *packet; /* the whole packet, with its header */
	struct ipv4 ip;
	uint16_t done;	/* payload octets handed out */
	uint16_t piece; /* payload octets of a fragment but the last */
};

/* False when nothing fits into mtu. */
bool ipv4_cut_start(struct ipv4_cut *cut, const uint8_t *packet,
		    const struct ipv4 *ip, unsigned int mtu);
static inline bool ipv4_cut_done(const struct ipv4_cut *cut)
{
	return cut->ip.header + cut->done >= cut->ip.total;
}

/* Writes the next fragment to out, which has room for mtu octets: its length,
 * 0 after the last. */
size_t ipv4_cut_next(struct ipv4_cut *cut, uint8_t *out);

enum icmp_limits {
	ICMP_QUOTE = 28 + 520, /* of the offending packet: RFC 1812 4.3.2.3 */
	ICMP_TTL = 255,
};

/* ICMP "fragmentation needed" to the source of packet, whole with its IP
 * header, from address from; out has room for IPV4_HEADER + 8 + ICMP_QUOTE.
 * Its length; 0 where RFC 1122 3.2.2 forbids an answer. */
size_t icmp_too_big(uint8_t *out, uint32_t from, const uint8_t *packet,
		    const struct ipv4 *ip, uint16_t mtu);

#endif
