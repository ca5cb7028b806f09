/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ipsec/segments.h"

#include <netinet/in.h>
#include <string.h>

#include "ipsec/gso.h"
#include "ipsec/ipv6.h"

enum {
	TCP_HEADER = 20,
	UDP_HEADER = 8,
};

uint16_t plain_sum(uint32_t sum, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static size_t l3_of(const struct segment *s)
{
	return ETH_HEADER + 4u * s->tags;
}

size_t segment_l4(const struct segment *s)
{
	return l3_of(s) + (s->v6 ? IPV6_HEADER : IPV4_HEADER) + s->ip_options;
}

size_t segment_payload(const struct segment *s)
{
	return segment_l4(s) +
	       (s->tcp ? TCP_HEADER + s->tcp_options : UDP_HEADER);
}

static uint8_t protocol_of(const struct segment *s)
{
	return s->tcp ? IPPROTO_TCP : IPPROTO_UDP;
}

static void write_ethernet(const struct segment *s, uint8_t *p)
{
	memcpy(p, "\2abcd\1\2fghi\1", 12);
	p += 12;
	for (unsigned int i = 0; i < s->tags; i++, p += 4) {
		put16(p, 0x8100);
		put16(p + 2, (uint16_t)(7 + i));
	}
	put16(p, s->v6 ? 0x86dd : ETHERTYPE_IPV4);
}

static void write_v4(const struct segment *s, uint8_t *p, size_t len)
{
	size_t header = IPV4_HEADER + s->ip_options;

	p[0] = (uint8_t)(0x40 | header / 4);
	p[1] = s->tos;
	put16(p + 2, (uint16_t)len);
	put16(p + 4, s->id);
	put16(p + 6, s->df ? IPV4_DF : 0);
	p[8] = 64;
	p[9] = protocol_of(s);
	put16(p + 10, 0);
	put32(p + 12, s->src);
	put32(p + 16, s->dst);
	memset(p + IPV4_HEADER, 1, s->ip_options);
	put16(p + 10, (uint16_t)~plain_sum(0, p, header));
}

static void write_v6(const struct segment *s, uint8_t *p, size_t len)
{
	put32(p, 0x60000000u | (uint32_t)s->tos << 20);
	put16(p + 4, (uint16_t)(len - IPV6_HEADER));
	p[6] = s->ip_options ? 60 : protocol_of(s);
	p[7] = 64;
	memset(p + 8, 0xfe, 32);
	put32(p + 20, s->src);
	put32(p + 36, s->dst);
	if (!s->ip_options)
		return;
	p += IPV6_HEADER; /* PadN, RFC 8200 4.2 */
	memset(p, 0, s->ip_options);
	p[0] = protocol_of(s);
	p[1] = (uint8_t)(s->ip_options / 8 - 1);
	p[2] = 1;
	p[3] = (uint8_t)(s->ip_options - 4);
}

static void write_l4(const struct segment *s, uint8_t *p, size_t len)
{
	put16(p, s->sport);
	put16(p + 2, s->dport);
	if (!s->tcp) {
		put16(p + 4, (uint16_t)len);
		return;
	}
	put32(p + 4, s->sequence);
	put32(p + 8, s->acknowledged);
	p[12] = (uint8_t)((TCP_HEADER + s->tcp_options) / 4 << 4);
	p[13] = s->flags;
	put16(p + 14, s->window);
	put16(p + 18, 0);
	for (unsigned int i = 0; i < s->tcp_options; i++)
		p[20 + i] = (uint8_t)(i < 4 ? 1 : i);
}

static uint32_t pseudo_sum(bool v6, const uint8_t *ip, uint8_t protocol,
			   size_t len)
{
	uint32_t start = (uint32_t)protocol + (uint32_t)len;

	return plain_sum(start, v6 ? ip + 8 : ip + 12, v6 ? 32 : 8);
}

static uint8_t *checksum_of(const struct segment *s, struct pkt *p)
{
	return pkt_data(p) + segment_l4(s) + (s->tcp ? 16 : 6);
}

/* All but the checksum, which is the pseudo header's. */
static void write_partial(struct pkt *p, const struct segment *s, uint8_t seed,
			  size_t n)
{
	uint8_t *frame = pkt_data(p);
	size_t l3 = l3_of(s), l4 = segment_l4(s), at = segment_payload(s);

	p->len = (uint32_t)(at + n);
	write_ethernet(s, frame);
	if (s->v6)
		write_v6(s, frame + l3, p->len - l3);
	else
		write_v4(s, frame + l3, p->len - l3);
	write_l4(s, frame + l4, p->len - l4);
	for (size_t i = 0; i < n; i++)
		frame[at + i] = (uint8_t)(seed + i * 7 + i / 251);
	put16(checksum_of(s, p),
	      (uint16_t)pseudo_sum(s->v6, frame + l3, protocol_of(s),
				   p->len - l4));
}

void segment_write(struct pkt *p, const struct segment *s, uint8_t seed,
		   size_t n)
{
	size_t l4 = segment_l4(s);
	uint16_t sum;

	write_partial(p, s, seed, n);
	sum = plain_sum(0, pkt_data(p) + l4, p->len - l4);
	if (sum == 0xffff && !s->tcp)
		sum = 0;
	put16(checksum_of(s, p), (uint16_t)~sum);
}

void segment_write_super(struct pkt *p, const struct segment *s, uint8_t seed,
			 size_t n, uint16_t size)
{
	struct virtio_net_hdr *vnet = &p->vnet;

	write_partial(p, s, seed, n);
	vnet->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	vnet->gso_type = !s->tcp ? GSO_UDP_L4
			 : s->v6 ? VIRTIO_NET_HDR_GSO_TCPV6
				 : VIRTIO_NET_HDR_GSO_TCPV4;
	if (s->flags & CWR)
		vnet->gso_type |= VIRTIO_NET_HDR_GSO_ECN;
	vnet->gso_size = size;
	vnet->hdr_len = (uint16_t)segment_payload(s);
	vnet->csum_start = (uint16_t)segment_l4(s);
	vnet->csum_offset = s->tcp ? 16 : 6;
}

void segment_repair(struct pkt *p)
{
	uint8_t *header = pkt_data(p) + ETH_HEADER, *l4;
	size_t field, len;
	uint32_t sum;
	struct ipv4 ip;

	if (get16(header - 2) == ETHERTYPE_IPV6 &&
	    ipv6_read(&ip, header, p->len - ETH_HEADER)) {
		if (ip.header != IPV6_HEADER)
			return;
	} else if (ipv4_read(&ip, header, p->len - ETH_HEADER)) {
		put16(header + 10, 0);
		put16(header + 10, (uint16_t)~plain_sum(0, header, ip.header));
	} else {
		return;
	}
	l4 = header + ip.header;
	len = (size_t)ip.total - ip.header;
	field = ip.protocol == IPPROTO_TCP ? 16 : 6;
	if ((ip.protocol != IPPROTO_TCP && ip.protocol != IPPROTO_UDP) ||
	    len < field + 2)
		return;
	put16(l4 + field, 0);
	sum = pseudo_sum(ip.v6, header, ip.protocol, len);
	put16(l4 + field, (uint16_t)~plain_sum(sum, l4, len));
	if (ip.protocol == IPPROTO_UDP && get16(l4 + field) == 0)
		put16(l4 + field, 0xffff);
}

bool segment_is_right(const uint8_t *frame, size_t len)
{
	const uint8_t *ip = frame + ETH_HEADER;
	bool v6 = ip[0] >> 4 == 6;
	size_t header = v6 ? IPV6_HEADER : (size_t)(ip[0] & 15) * 4;
	uint8_t protocol = v6 ? ip[6] : ip[9];
	size_t rest = len - ETH_HEADER - header;
	uint32_t sum = pseudo_sum(v6, ip, protocol, rest);

	if (!v6 && plain_sum(0, ip, header) != 0xffff)
		return false;
	if (protocol == IPPROTO_UDP && get16(ip + header + 6) == 0)
		return false;
	return plain_sum(sum, ip + header, rest) == 0xffff;
}
