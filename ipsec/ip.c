/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/ip.h"

#include <netinet/in.h>
#include <string.h>

#include "base/rd.h"

enum {
	ICMP_UNREACHABLE = 3,
	ICMP_FRAGMENTATION_NEEDED = 4,
	ICMP_HEADER = 8,
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_COPIED = 0x80, /* into every fragment, RFC 791 3.1 */
};

static uint16_t fold(uint64_t sum)
{
	sum = (sum & UINT32_MAX) + (sum >> 32);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

uint16_t ip_checksum(const uint8_t *p, size_t len)
{
	uint64_t sum = 0;

	for (; len >= 4; len -= 4, p += 4)
		sum += get32(p);
	if (len >= 2) {
		sum += get16(p);
		p += 2;
	}
	if (len % 2)
		sum += (uint32_t)*p << 8;
	return fold(sum);
}

bool ipv4_read(struct ipv4 *out, const uint8_t *p, size_t len)
{
	struct rd r = rd_init(p, len);
	const uint8_t *h = rd_bytes(&r, IPV4_HEADER);

	if (!h)
		return false;
	out->header = (uint16_t)((h[0] & 0x0f) * 4);
	out->tos = h[1];
	out->total = get16(h + 2);
	out->id = get16(h + 4);
	out->fragment = get16(h + 6);
	out->ttl = h[8];
	out->protocol = h[9];
	out->v6 = false;
	out->routing = false;
	out->fragment_at = 0;
	/* The checksum is the kernel's or a router's business. */
	out->src = get32(h + 12);
	out->dst = get32(h + 16);
	return h[0] >> 4 == 4 && out->header >= IPV4_HEADER &&
	       out->total >= out->header && out->total <= len;
}

static void set_checksum(uint8_t *p, size_t header)
{
	put16(p + 10, 0);
	put16(p + 10, ip_checksum(p, header));
}

void ipv4_write(const struct ipv4 *ip, uint8_t *p)
{
	p[0] = 0x45;
	p[1] = ip->tos;
	put16(p + 2, ip->total);
	put16(p + 4, (uint16_t)ip->id);
	put16(p + 6, ip->fragment);
	p[8] = ip->ttl;
	p[9] = ip->protocol;
	put32(p + 12, ip->src);
	put32(p + 16, ip->dst);
	set_checksum(p, IPV4_HEADER);
}

void ipv4_rewrite(uint8_t *p, uint16_t total, uint8_t tos, uint8_t protocol)
{
	p[1] = tos;
	put16(p + 2, total);
	p[9] = protocol;
	set_checksum(p, (size_t)(p[0] & 0x0f) * 4);
}

void ipv4_set_tos(uint8_t *p, uint8_t tos)
{
	uint32_t sum = (uint16_t)~get16(p + 10);

	sum += (uint16_t)~get16(p);
	p[1] = tos;
	sum += get16(p);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(p + 10, (uint16_t)~sum);
}

bool ipv4_cut_start(struct ipv4_cut *cut, const uint8_t *packet,
		    const struct ipv4 *ip, unsigned int mtu)
{
	cut->packet = packet;
	cut->ip = *ip;
	cut->done = 0;
	if (mtu < (unsigned int)ip->header + 8)
		return false;
	cut->piece = (uint16_t)((mtu - ip->header) & ~7u);
	return true;
}

/* Options without the copied bit stand in the first fragment only; here they
 * become no-operations, so that the header keeps its length. */
static void drop_options(uint8_t *options, size_t len)
{
	size_t at = 0, size;

	while (at < len && options[at] != OPTION_END) {
		size = options[at] == OPTION_NOP || at + 1 >= len
			       ? 1
			       : options[at + 1];
		if (size == 0 || size > len - at)
			size = len - at;
		if (!(options[at] & OPTION_COPIED))
			memset(options + at, OPTION_NOP, size);
		at += size;
	}
}

size_t ipv4_cut_next(struct ipv4_cut *cut, uint8_t *out)
{
	const struct ipv4 *ip = &cut->ip;
	uint16_t left = (uint16_t)(ip->total - ip->header - cut->done);
	uint16_t n = left < cut->piece ? left : cut->piece;
	uint16_t fragment = (uint16_t)(ip->fragment + cut->done / 8);
	size_t total = (size_t)ip->header + n;

	if (!n)
		return 0;
	if (n < left)
		fragment |= IPV4_MF;
	memcpy(out, cut->packet, ip->header);
	if (cut->done)
		drop_options(out + IPV4_HEADER,
			     (size_t)ip->header - IPV4_HEADER);
	memcpy(out + ip->header, cut->packet + ip->header + cut->done, n);
	put16(out + 2, (uint16_t)total);
	put16(out + 6, fragment);
	set_checksum(out, ip->header);
	cut->done = (uint16_t)(cut->done + n);
	return total;
}

static bool icmp_allowed(const uint8_t *packet, const struct ipv4 *ip)
{
	uint8_t type;

	if (ipv4_later_fragment(ip) || ip->src == 0 ||
	    ip->src == INADDR_BROADCAST || IN_MULTICAST(ip->src) ||
	    IN_MULTICAST(ip->dst) || ip->dst == INADDR_BROADCAST)
		return false;
	if (ip->protocol != IPPROTO_ICMP || ip->total == ip->header)
		return true;
	/* Never an error about an error. */
	type = packet[ip->header];
	return type != 3 && type != 4 && type != 5 && type != 11 && type != 12;
}

size_t icmp_too_big(uint8_t *out, uint32_t from, const uint8_t *packet,
		    const struct ipv4 *ip, uint16_t mtu)
{
	size_t quote = ip->total < ICMP_QUOTE ? ip->total : ICMP_QUOTE;
	uint8_t *icmp = out + IPV4_HEADER;
	struct ipv4 answer = {
		.src = from,
		.dst = ip->src,
		.total = (uint16_t)(IPV4_HEADER + ICMP_HEADER + quote),
		.ttl = ICMP_TTL,
		.tos = 0xc0, /* internetwork control, RFC 1812 4.3.2.5 */
		.protocol = IPPROTO_ICMP,
	};

	if (!icmp_allowed(packet, ip))
		return 0;
	ipv4_write(&answer, out);
	icmp[0] = ICMP_UNREACHABLE;
	icmp[1] = ICMP_FRAGMENTATION_NEEDED;
	put16(icmp + 2, 0);
	put16(icmp + 4, 0);
	put16(icmp + 6, mtu); /* RFC 1191 4 */
	memcpy(icmp + ICMP_HEADER, packet, quote);
	put16(icmp + 2, ip_checksum(icmp, ICMP_HEADER + quote));
	return answer.total;
}
