/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/ipv6.h"

#include <netinet/in.h>

enum {
	ICMP6_HEADER = 8,
	ICMP6_PACKET_TOO_BIG = 2,
	ICMP6_INFORMATIONAL = 128, /* from here on no errors */
	ICMP6_REDIRECT = 137,
	MULTICAST = 0xff,
	UNIT = 8,
	MORE = 1, /* of a fragment header */
};

/* So that places may be chosen by it; not for equality. */
static uint32_t hash_of(const uint8_t *address)
{
	uint64_t half[2];

	memcpy(half, address, sizeof(half));
	half[0] =
		(half[0] ^ half[1] * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
	return (uint32_t)(half[0] >> 32);
}

static bool is_extension(uint8_t next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING ||
	       next == IPPROTO_DSTOPTS || next == IPPROTO_FRAGMENT;
}

/* The extension at out->header; false: it leads out of the packet. */
static bool read_extension(struct ipv4 *out, const uint8_t *p)
{
	const uint8_t *at = p + out->header;
	uint16_t field;

	if (out->total - out->header < UNIT)
		return false;
	if (out->protocol != IPPROTO_FRAGMENT) {
		out->routing |= out->protocol == IPPROTO_ROUTING;
		out->protocol = at[0];
		out->header = (uint16_t)(out->header + (at[1] + 1) * UNIT);
		return out->header <= out->total;
	}
	if (out->fragment_at)
		return false; /* one in the other: nobody makes that */
	field = get16(at + 2);
	out->fragment = (uint16_t)(field / UNIT | (field & MORE ? IPV4_MF : 0));
	out->fragment_at = out->header;
	out->id = get32(at + 4);
	out->protocol = at[0];
	out->header = (uint16_t)(out->header + IPV6_FRAGMENT);
	return true;
}

static bool walk(struct ipv4 *out, const uint8_t *p)
{
	for (unsigned int i = 0; i < IPV6_EXTENSIONS; i++) {
		if (!is_extension(out->protocol) || ipv4_later_fragment(out))
			return true;
		if (!read_extension(out, p))
			return false;
	}
	return !is_extension(out->protocol);
}

bool ipv6_read(struct ipv4 *out, const uint8_t *p, size_t len)
{
	uint32_t total;

	if (len < IPV6_HEADER || p[0] >> 4 != 6)
		return false;
	total = IPV6_HEADER + (uint32_t)get16(p + 4);
	if (total > len || total > UINT16_MAX)
		return false;
	*out = (struct ipv4){
		.src = hash_of(p + IPV6_SRC_AT),
		.dst = hash_of(p + IPV6_DST_AT),
		.total = (uint16_t)total,
		.header = IPV6_HEADER,
		.tos = (uint8_t)(get16(p) >> 4),
		.ttl = p[7],
		.protocol = p[6],
		.v6 = true,
	};
	return walk(out, p);
}

size_t ipv6_next_at(const uint8_t *p, size_t end)
{
	size_t next = 6, at = IPV6_HEADER;

	while (at < end) {
		size_t size = p[next] == IPPROTO_FRAGMENT
				      ? (size_t)IPV6_FRAGMENT
				      : (size_t)(p[at + 1] + 1) * UNIT;

		next = at;
		at += size;
	}
	return next;
}

void ipv6_set_total(uint8_t *p, size_t total)
{
	put16(p + 4, (uint16_t)(total - IPV6_HEADER));
}

void ipv6_set_tos(uint8_t *p, uint8_t tos)
{
	put16(p, (uint16_t)((get16(p) & 0xf00f) | tos << 4));
}

bool ipv6_cut_start(struct ipv6_cut *cut, const uint8_t *packet, size_t total,
		    uint32_t id, unsigned int mtu)
{
	*cut = (struct ipv6_cut){ .packet = packet, .id = id };
	cut->total = (uint32_t)total - IPV6_HEADER;
	if (mtu < IPV6_HEADER + IPV6_FRAGMENT + UNIT)
		return false;
	cut->piece = (mtu - IPV6_HEADER - IPV6_FRAGMENT) & ~7u;
	return true;
}

size_t ipv6_cut_next(struct ipv6_cut *cut, uint8_t *out)
{
	uint32_t left = cut->total - cut->done;
	uint32_t n = left < cut->piece ? left : cut->piece;
	uint8_t *fragment = out + IPV6_HEADER;

	if (!n)
		return 0;
	memcpy(out, cut->packet, IPV6_HEADER);
	ipv6_set_total(out, IPV6_HEADER + IPV6_FRAGMENT + n);
	fragment[0] = out[6];
	fragment[1] = 0;
	put16(fragment + 2, (uint16_t)(cut->done | (n < left ? MORE : 0)));
	put32(fragment + 4, cut->id);
	out[6] = IPPROTO_FRAGMENT;
	memcpy(fragment + IPV6_FRAGMENT, cut->packet + IPV6_HEADER + cut->done,
	       n);
	cut->done += n;
	return IPV6_HEADER + IPV6_FRAGMENT + n;
}

/* RFC 4443 2.4 (e); a packet to a multicast group may be answered. */
static bool icmp6_allowed(const uint8_t *packet, const struct ipv4 *ip)
{
	static const uint8_t any[IPV6_ADDRESS];
	const uint8_t *src = packet + IPV6_SRC_AT;
	uint8_t type;

	if (src[0] == MULTICAST || memcmp(src, any, sizeof(any)) == 0)
		return false;
	if (ip->protocol != IPPROTO_ICMPV6 || ipv4_later_fragment(ip) ||
	    ip->total == ip->header)
		return true;
	type = packet[ip->header];
	return type >= ICMP6_INFORMATIONAL && type != ICMP6_REDIRECT;
}

size_t icmp6_too_big(uint8_t *out, const uint8_t *packet, const struct ipv4 *ip,
		     uint32_t mtu)
{
	size_t quote = ip->total < ICMP6_QUOTE ? ip->total : ICMP6_QUOTE;

	if (!icmp6_allowed(packet, ip))
		return 0;
	out[0] = ICMP6_PACKET_TOO_BIG;
	out[1] = 0;
	put16(out + 2, 0);
	put32(out + 4, mtu);
	memcpy(out + ICMP6_HEADER, packet, quote);
	return ICMP6_HEADER + quote;
}
