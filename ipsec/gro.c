/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/gro.h"

#include <netinet/in.h>
#include <string.h>

#include "ipsec/csum.h"
#include "ipsec/gso.h"
#include "ipsec/ipv6.h"

enum {
	TCP_HEADER = 20,
	TCP_CHECKSUM = 16,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_ECE = 0x40,
	UDP_HEADER = 8,
	UDP_CHECKSUM = 6,
	PORTS = 4,
};

/* What gro_add() is about. */
struct candidate {
	struct pkt *p;
	const struct ipv4 *ip;
	uint8_t *header; /* of IP; TCP's or UDP's follows */
	uint8_t l3;	 /* its octets: 20, or 40 of IPv6 */
	uint64_t key[2];
	uint32_t payload; /* octets */
	uint8_t headers;
	bool tcp;
};

void gro_start(struct gro *g, struct pkt **out, bool udp)
{
	g->udp = udp;
	g->frames = out;
	g->n = 0;
	g->n_flows = 0;
	memset(g->buckets, 0, sizeof(g->buckets));
}

void gro_pass(struct gro *g, struct pkt *p)
{
	g->frames[g->n++] = p;
}

static bool is_v6(const uint8_t *ip)
{
	return ip[0] >> 4 == 6;
}

static uint8_t protocol_of(const uint8_t *ip)
{
	return is_v6(ip) ? ip[6] : ip[9];
}

static uint64_t pseudo_of(const uint8_t *ip, uint32_t len)
{
	return is_v6(ip) ? csum_pseudo6(ip + IPV6_SRC_AT, ip[6], len)
			 : csum_pseudo4(ip + 12, ip[9], len);
}

static uint8_t gso_type_of(const uint8_t *ip)
{
	if (protocol_of(ip) != IPPROTO_TCP)
		return GSO_UDP_L4;
	return is_v6(ip) ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
}

/* As Linux' own GRO leaves it: the length of all, the pseudo header's sum in
 * place of the checksum. */
static void write_headers(const struct gro_flow *f)
{
	struct pkt *p = f->first;
	uint8_t *ip = pkt_data(p) + ETH_HEADER, *l4 = ip + f->l3;
	uint32_t len = f->total - f->l3;
	bool tcp = protocol_of(ip) == IPPROTO_TCP;
	uint32_t offset = tcp ? TCP_CHECKSUM : UDP_CHECKSUM;
	uint16_t partial;

	if (is_v6(ip))
		ipv6_set_total(ip, f->total);
	else
		ipv4_rewrite(ip, (uint16_t)f->total, ip[1], ip[9]);
	if (!tcp)
		put16(l4 + 4, (uint16_t)len);
	partial = (uint16_t)~csum_fold(pseudo_of(ip, len));
	memcpy(l4 + offset, &partial, sizeof(partial));
	p->vnet = (struct virtio_net_hdr){
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = gso_type_of(ip),
		.hdr_len = (uint16_t)(ETH_HEADER + f->headers),
		.gso_size = f->piece,
		.csum_start = (uint16_t)(ETH_HEADER + f->l3),
		.csum_offset = (uint16_t)offset,
	};
}

static void flow_close(struct gro_flow *f)
{
	if (f->first && f->pieces > 1)
		write_headers(f);
	f->first = NULL;
}

/* Of all protocols: where ports cannot be seen. */
static void close_between(struct gro *g, uint64_t addresses)
{
	for (unsigned int i = 0; i < g->n_flows; i++)
		if (g->flows[i].key[0] == addresses)
			flow_close(&g->flows[i]);
}

static void read_key(struct candidate *c)
{
	uint32_t ports;

	memcpy(&ports, c->header + c->l3, sizeof(ports));
	c->key[1] = (uint64_t)c->ip->v6 << 40 |
		    (uint64_t)c->ip->protocol << 32 | ports;
}

/* Where the flow is, or where it would be. */
static uint8_t *find_bucket(struct gro *g, const uint64_t *key)
{
	/* Odd numbers without a pattern; the top bits are the mixed ones. */
	uint64_t hash =
		(key[0] ^ key[1] * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
	unsigned int i = (unsigned int)(hash >> 57);

	_Static_assert(GRO_BUCKETS == 1 << 7, "seven bits of the hash");
	for (;; i = (i + 1) % GRO_BUCKETS) {
		const struct gro_flow *f;

		if (!g->buckets[i])
			return &g->buckets[i];
		f = &g->flows[g->buckets[i] - 1];
		if (f->key[0] == key[0] && f->key[1] == key[1])
			return &g->buckets[i];
	}
}

static bool read_tcp(struct candidate *c, uint32_t len)
{
	const uint8_t *tcp = c->header + c->l3;
	uint32_t header;

	if (len < TCP_HEADER)
		return false;
	header = (uint32_t)(tcp[12] >> 4) * 4;
	if (header < TCP_HEADER || header >= len)
		return false;
	c->headers = (uint8_t)(c->l3 + header);
	c->payload = len - header;
	return (tcp[13] & ~(TCP_PSH | TCP_ECE)) == TCP_ACK;
}

static bool read_udp(struct candidate *c, uint32_t len)
{
	const uint8_t *udp = c->header + c->l3;

	if (len <= UDP_HEADER || get16(udp + 4) != len ||
	    get16(udp + UDP_CHECKSUM) == 0)
		return false;
	c->headers = (uint8_t)(c->l3 + UDP_HEADER);
	c->payload = len - UDP_HEADER;
	return true;
}

/* Whether c may be in a superpacket at all. */
static bool read_candidate(struct candidate *c)
{
	uint32_t len = (uint32_t)c->ip->total - c->l3;

	if (c->ip->fragment & ~IPV4_DF)
		return false;
	c->tcp = c->ip->protocol == IPPROTO_TCP;
	return c->tcp ? read_tcp(c, len) : read_udp(c, len);
}

static bool is_right(const struct pkt *p, const uint8_t *ip, uint32_t l3)
{
	uint32_t len = p->len - ETH_HEADER - l3;

	if (!is_v6(ip) && csum_fold(csum_add(0, ip, IPV4_HEADER)) != 0)
		return false;
	return csum_fold(csum_add(pseudo_of(ip, len), ip + l3, len)) == 0;
}

/* Acknowledgement number and length of the header are compared before the
 * options are, as long as they are. */
static bool tcp_fits(const struct gro_flow *f, const uint8_t *first,
		     const uint8_t *tcp)
{
	return get32(tcp + 4) == f->sequence &&
	       memcmp(first + 8, tcp + 8, 5) == 0 &&
	       ((first[13] ^ tcp[13]) & ~TCP_PSH) == 0 &&
	       memcmp(first + 14, tcp + 14, 2) == 0 &&
	       memcmp(first + 18, tcp + 18, (size_t)f->headers - f->l3 - 18) ==
		       0;
}

static bool ip4_fits(const struct gro_flow *f, const uint8_t *ip,
		     const struct candidate *c)
{
	if (ip[1] != c->header[1] || ip[8] != c->header[8] ||
	    memcmp(ip + 6, c->header + 6, 2) != 0)
		return false;
	/* RFC 6864 4.1: with DF the ID means nothing. */
	return (c->ip->fragment & IPV4_DF) || (uint16_t)c->ip->id == f->id;
}

/* All but the payload length; the key has only a hash of the addresses. */
static bool ip6_fits(const uint8_t *ip, const struct candidate *c)
{
	return memcmp(ip, c->header, 4) == 0 &&
	       memcmp(ip + 6, c->header + 6, IPV6_HEADER - 6) == 0;
}

static bool headers_fit(const struct gro_flow *f, const struct candidate *c)
{
	const uint8_t *frame = pkt_data(f->first);
	const uint8_t *ip = frame + ETH_HEADER;

	_Static_assert(GRO_FRAMES <= GRO_PIECES, "a batch may be one chain");
	if (c->payload > f->piece || f->total + c->payload > GRO_MAX)
		return false;
	if (memcmp(frame, pkt_data(c->p), ETH_HEADER) != 0 ||
	    !(c->ip->v6 ? ip6_fits(ip, c) : ip4_fits(f, ip, c)))
		return false;
	return !c->tcp || tcp_fits(f, ip + f->l3, c->header + f->l3);
}

static bool fits(struct gro_flow *f, const struct candidate *c)
{
	if (!f->first || !headers_fit(f, c) ||
	    !is_right(c->p, c->header, c->l3))
		return false;
	if (!f->right)
		f->right = is_right(f->first, pkt_data(f->first) + ETH_HEADER,
				    f->l3);
	return f->right;
}

/* Nothing comes behind a push, nor behind a shorter one. */
static bool is_last(const struct gro_flow *f, const struct candidate *c)
{
	return c->payload < f->piece ||
	       (c->tcp && c->header[c->l3 + 13] & TCP_PSH);
}

static void flow_begin(struct gro_flow *f, const struct candidate *c)
{
	f->first = f->last = c->p;
	f->total = c->ip->total;
	f->sequence = get32(c->header + c->l3 + 4) + c->payload;
	f->l3 = c->l3;
	f->piece = (uint16_t)c->payload;
	f->id = (uint16_t)(c->ip->id + 1);
	f->pieces = 1;
	f->headers = c->headers;
	f->right = false;
}

static void flow_join(struct gro_flow *f, const struct candidate *c)
{
	uint32_t headers = ETH_HEADER + (uint32_t)c->headers;

	if (c->tcp)
		pkt_data(f->first)[ETH_HEADER + c->l3 + 13] |=
			c->header[c->l3 + 13] & TCP_PSH;
	c->p->off += headers;
	c->p->len -= headers;
	f->last->next = c->p;
	f->last = c->p;
	f->total += c->payload;
	f->sequence += c->payload;
	f->id++;
	f->pieces++;
}

static struct gro_flow *flow_new(struct gro *g, uint8_t *bucket,
				 const uint64_t *key)
{
	struct gro_flow *f = &g->flows[g->n_flows++];

	*bucket = (uint8_t)g->n_flows;
	memcpy(f->key, key, sizeof(f->key));
	f->first = NULL;
	return f;
}

/* Into its flow's superpacket, or into the frames and a new one's first. */
static void add_to_flow(struct gro *g, const struct candidate *c, bool joins)
{
	uint8_t *bucket = find_bucket(g, c->key);
	struct gro_flow *f = *bucket ? &g->flows[*bucket - 1] : NULL;

	if (joins && !f)
		f = flow_new(g, bucket, c->key);
	if (joins && fits(f, c)) {
		flow_join(f, c);
	} else {
		if (f)
			flow_close(f);
		gro_pass(g, c->p);
		if (!joins)
			return;
		flow_begin(f, c);
	}
	if (is_last(f, c))
		flow_close(f);
}

/* The kernel forwards a superpacket, but to a group: there its length counts as
 * a packet's own, and with DF it is dropped. */
static bool may_join(const struct gro *g, const struct ipv4 *ip,
		     const uint8_t *header)
{
	if (ip->protocol == IPPROTO_TCP)
		return true;
	return g->udp && ip->protocol == IPPROTO_UDP &&
	       !(ip->v6 ? header[IPV6_DST_AT] == 0xff : IN_MULTICAST(ip->dst));
}

void gro_add(struct gro *g, struct pkt *p, const struct ipv4 *ip)
{
	struct candidate c = {
		.p = p,
		.ip = ip,
		.header = pkt_data(p) + ETH_HEADER,
		.l3 = (uint8_t)IP_OUTER(ip),
		.key = { (uint64_t)ip->src << 32 | ip->dst },
	};

	p->len = ETH_HEADER + (uint32_t)ip->total;
	if (!may_join(g, ip, c.header)) {
		gro_pass(g, p);
	} else if (ip->header != c.l3 || ipv4_is_fragment(ip) ||
		   ip->total < c.l3 + PORTS) {
		close_between(g, c.key[0]);
		gro_pass(g, p);
	} else {
		read_key(&c);
		add_to_flow(g, &c, read_candidate(&c));
	}
}

unsigned int gro_end(struct gro *g)
{
	for (unsigned int i = 0; i < g->n_flows; i++)
		flow_close(&g->flows[i]);
	return g->n;
}
