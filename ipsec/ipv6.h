/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IPv6 as the dataplane needs it (RFC 8200): headers and their extensions, cut
 * packets, the ICMPv6 answer to one that is too big.  Worker threads. */
#ifndef IPSEC_IPV6_H
#define IPSEC_IPV6_H

#include "ipsec/ip.h"

enum ipv6_format {
	ETHERTYPE_IPV6 = 0x86dd,
	IPV6_HEADER = 40,
	IPV6_SRC_AT = 8,
	IPV6_DST_AT = 24,
	IPV6_ADDRESS = 16,
	IPV6_ENDS = 32, /* both */
	IPV6_FRAGMENT = 8,
	IPV6_FLOW_LABEL = 0xfffff,
	IPV6_EXTENSIONS = 8, /* so many of one packet are looked at */
	IPV6_MTU_MIN = 1280,
};

/* Reads the header and walks along the extensions: hop-by-hop options,
 * routing, destination options, fragment.  out->header is where that ends, and
 * out->protocol what comes there; of a later fragment it is what its fragment
 * header says, which may be an extension.  src and dst are hashes.  False:
 * p is no whole IPv6 packet of at most 65535 octets, or the walk leads out of
 * it. */
bool ipv6_read(struct ipv4 *out, const uint8_t *p, size_t len);
/* A later fragment's protocol is not known: what it has stands before that. */
static inline bool ipv6_hides_protocol(const struct ipv4 *ip)
{
	return ip->v6 && ipv4_later_fragment(ip) &&
	       (ip->protocol == 0 || ip->protocol == 43 || ip->protocol == 60);
}

/* Where the next-header octet stands that says what begins at octet end of the
 * packet, which ipv6_read() has walked along. */
size_t ipv6_next_at(const uint8_t *p, size_t end);
/* Sets the payload length, of a packet of total octets. */
void ipv6_set_total(uint8_t *p, size_t total);
/* Changes the traffic class. */
void ipv6_set_tos(uint8_t *p, uint8_t tos);
static inline uint32_t ipv6_flow_label(const uint8_t *p)
{
	return get32(p) & IPV6_FLOW_LABEL;
}

/* fe80::/10 */
static inline bool ipv6_link_local(const uint8_t *address)
{
	return address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

/* Walks the fragments that a packet without one becomes: a fragment header
 * goes behind the IPv6 header. */
struct ipv6_cut {
	const uint8_t *packet;
	uint32_t total, id;
	uint32_t done;	/* octets of the payload handed out */
	uint32_t piece; /* octets of each but the last */
};

/* False when nothing fits into mtu. */
bool ipv6_cut_start(struct ipv6_cut *cut, const uint8_t *packet, size_t total,
		    uint32_t id, unsigned int mtu);
static inline bool ipv6_cut_done(const struct ipv6_cut *cut)
{
	return cut->done >= cut->total;
}
/* Writes the next fragment to out, which has room for mtu octets: its length,
 * 0 after the last. */
size_t ipv6_cut_next(struct ipv6_cut *cut, uint8_t *out);

enum icmp6_limits { ICMP6_QUOTE = IPV6_MTU_MIN - IPV6_HEADER - 8 };

/* The ICMPv6 part of a "packet too big" about packet (RFC 4443 3.2), without
 * checksum, which the kernel computes, as it chooses the source; out has room
 * for 8 + ICMP6_QUOTE.  Its length; 0 where no answer is allowed. */
size_t icmp6_too_big(uint8_t *out, const uint8_t *packet, const struct ipv4 *ip,
		     uint32_t mtu);

#endif
