/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/gso.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "ipsec/csum.h"
#include "ipsec/ipv6.h"

enum {
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_QINQ = 0x88a8,
	VLAN_TAG = 4,
	TCP_HEADER = 20,
	TCP_FIN = 0x01,
	TCP_PSH = 0x08,
	TCP_CWR = 0x80,
	UDP_HEADER = 8,
};

static const uint8_t *at(const struct gso *g, uint32_t offset)
{
	return pkt_data(g->super) + offset;
}

static bool read_type(struct gso *g)
{
	uint8_t type = g->super->vnet.gso_type;

	g->tcp = true;
	switch (type & ~VIRTIO_NET_HDR_GSO_ECN) {
	case VIRTIO_NET_HDR_GSO_TCPV4:
		return true;
	case VIRTIO_NET_HDR_GSO_TCPV6:
		g->v6 = true;
		return true;
	case GSO_UDP_L4:
		g->tcp = false;
		return type == GSO_UDP_L4;
	default:
		return false;
	}
}

/* The EtherType behind the VLAN tags; 0 when there is none. */
static uint16_t read_ethernet(struct gso *g)
{
	uint16_t type;

	for (g->l3 = ETH_HEADER; g->l3 <= g->super->len; g->l3 += VLAN_TAG) {
		type = get16(at(g, g->l3 - 2));
		if (type != ETHERTYPE_VLAN && type != ETHERTYPE_QINQ)
			return type;
	}
	return 0;
}

static bool read_v4(struct gso *g)
{
	const uint8_t *p = at(g, g->l3);
	const struct virtio_net_hdr *vnet = &g->super->vnet;
	uint32_t len = g->super->len - g->l3;
	struct ipv4 ip;

	if (!ipv4_read(&ip, p, len) || ip.total != len ||
	    ipv4_is_fragment(&ip) ||
	    ip.protocol != (g->tcp ? IPPROTO_TCP : IPPROTO_UDP))
		return false;
	g->l4 = g->l3 + ip.header;
	if (vnet->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM &&
	    vnet->csum_start != g->l4)
		return false;
	/* All but total length, ID and checksum. */
	g->ip_sum = csum_add(0, p, 2);
	g->ip_sum = csum_add(g->ip_sum, p + 6, 4);
	g->ip_sum = csum_add(g->ip_sum, p + 12, ip.header - 12);
	g->l4_sum = csum_pseudo4(p + 12, ip.protocol, 0);
	return true;
}

static bool read_v6(struct gso *g)
{
	const uint8_t *p = at(g, g->l3);
	const struct virtio_net_hdr *vnet = &g->super->vnet;
	uint32_t len = g->super->len - g->l3;
	uint8_t protocol = g->tcp ? IPPROTO_TCP : IPPROTO_UDP;

	if (len < IPV6_HEADER || p[0] >> 4 != 6 ||
	    get16(p + 4) != len - IPV6_HEADER)
		return false;
	g->l4 = g->l3 + IPV6_HEADER;
	if (vnet->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
		if (vnet->csum_start < g->l4)
			return false;
		g->l4 = vnet->csum_start;
	}
	if (g->l4 == g->l3 + IPV6_HEADER && p[6] != protocol)
		return false;
	g->l4_sum = csum_pseudo6(p + 8, protocol, 0);
	return true;
}

static bool read_ip(struct gso *g)
{
	uint16_t type = read_ethernet(g);

	if (type == ETHERTYPE_IPV4) {
		/* UDP_L4 is one number for both. */
		return !g->v6 && read_v4(g);
	}
	if (type != ETHERTYPE_IPV6 || (g->tcp && !g->v6))
		return false;
	g->v6 = true;
	return read_v6(g);
}

/* A routing header (RFC 8200 8.1) makes another address the one of the pseudo
 * header: the sum that the kernel left knows it. */
static void trust_partial(struct gso *g, uint32_t checksum)
{
	uint16_t partial;

	memcpy(&partial, at(g, checksum), sizeof(partial));
	g->l4_sum =
		(uint64_t)partial + (UINT32_MAX - htonl(g->super->len - g->l4));
}

static bool read_tcp(struct gso *g)
{
	const uint8_t *p = at(g, g->l4);
	uint32_t len = g->super->len - g->l4, header;

	if (len < TCP_HEADER)
		return false;
	header = (uint32_t)(p[12] >> 4) * 4;
	if (header < TCP_HEADER || header > len)
		return false;
	g->payload = g->l4 + header;
	if (g->v6 && g->l4 != g->l3 + IPV6_HEADER)
		trust_partial(g, g->l4 + 16);
	/* All but sequence number, flags and checksum. */
	g->l4_sum = csum_add(g->l4_sum, p, 4);
	g->l4_sum = csum_add(g->l4_sum, p + 8, 4);
	g->l4_sum = csum_add(g->l4_sum, p + 14, 2);
	g->l4_sum = csum_add(g->l4_sum, p + 18, header - 18);
	return true;
}

static bool read_udp(struct gso *g)
{
	const uint8_t *p = at(g, g->l4);
	uint32_t len = g->super->len - g->l4;

	if (len < UDP_HEADER || get16(p + 4) != len)
		return false;
	g->payload = g->l4 + UDP_HEADER;
	if (g->v6 && g->l4 != g->l3 + IPV6_HEADER)
		trust_partial(g, g->l4 + 6);
	g->l4_sum = csum_add(g->l4_sum, p, 4);
	return true;
}

bool gso_start(struct gso *g, const struct pkt *super)
{
	*g = (struct gso){ .super = super, .piece = super->vnet.gso_size };
	if (!g->piece || super->next || super->len > PKT_BIG_DATA ||
	    !read_type(g) || !read_ip(g) || g->l4 > super->len)
		return false;
	if (g->tcp ? !read_tcp(g) : !read_udp(g))
		return false;
	g->at = g->payload;
	return g->payload < super->len;
}

uint32_t gso_packet_size(const struct gso *g)
{
	uint32_t all = g->super->len - g->payload;

	return g->payload - g->l3 + (all < g->piece ? all : g->piece);
}

static void put_checksum(uint8_t *p, uint64_t sum)
{
	uint16_t checksum = csum_fold(sum);

	memcpy(p, &checksum, sizeof(checksum));
}

static void write_ip(const struct gso *g, uint8_t *p, uint32_t len)
{
	if (g->v6) {
		put16(p + 4, (uint16_t)(len - IPV6_HEADER));
		return;
	}
	put16(p + 2, (uint16_t)len);
	put16(p + 4, (uint16_t)(get16(p + 4) + g->number));
	put_checksum(p + 10, csum_add(g->ip_sum, p + 2, 4));
}

/* As the kernel's own segmentation: what ends something stands in the last
 * segment, what tells of a smaller window (RFC 3168 6.1.2) in the first. */
static void write_tcp(const struct gso *g, uint8_t *p, uint32_t n, uint64_t sum)
{
	put32(p + 4, get32(p + 4) + (g->at - g->payload));
	if (g->at + n < g->super->len)
		p[13] &= (uint8_t) ~(TCP_FIN | TCP_PSH);
	if (g->number)
		p[13] &= (uint8_t)~TCP_CWR;
	sum = csum_add(sum, p + 4, 4);
	put_checksum(p + 16, csum_add(sum, p + 12, 2));
}

static void write_udp(uint8_t *p, uint32_t len, uint64_t sum)
{
	uint16_t checksum;

	put16(p + 4, (uint16_t)len);
	checksum = csum_fold(csum_add(sum, p + 4, 2));
	/* Zero says none (RFC 768). */
	if (!checksum)
		checksum = UINT16_MAX;
	memcpy(p + 6, &checksum, sizeof(checksum));
}

struct pkt *gso_next(struct gso *g, struct pkt_pool *pool)
{
	uint32_t left = g->super->len - g->at;
	uint32_t n = left < g->piece ? left : g->piece;
	uint32_t len = g->payload + n;
	struct pkt *p;
	uint64_t sum;
	uint8_t *to;

	if (gso_done(g))
		return NULL;
	p = pkt_get_for(pool, len);
	if (!p)
		return NULL;
	p->len = len;
	to = pkt_data(p);
	memcpy(to, at(g, 0), g->payload);
	write_ip(g, to + g->l3, len - g->l3);
	sum = csum_copy(g->l4_sum + htonl(len - g->l4), to + g->payload,
			at(g, g->at), n);
	if (g->tcp)
		write_tcp(g, to + g->l4, n, sum);
	else
		write_udp(to + g->l4, len - g->l4, sum);
	g->at += n;
	g->number++;
	return p;
}
