/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/guard/traffic.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ipsec/ipv6.h"
#include "tests/ipsec/lanes.h"
#include "tests/ipsec/segments.h"

enum {
	UDP_HEAD = 8,
	TCP_HEAD = 20,
	TCP_ACK = 0x10,
	PORT_GDOI = 848,
	PORT_BGP = 179,
	IMIX_CYCLE = 12,
	ARTICLE_ACES = 5,
};

/* Networks of the two sides: 10.flow.0.0/16 and 172.16.flow.0/24. */
#define SIDE_A	    0x0a000001u
#define SIDE_B	    0xac100001u
#define NET_A(flow) (SIDE_A + ((uint32_t)(flow) << 16))
#define NET_B(flow) (SIDE_B + ((uint32_t)(flow) << 8))

static uint32_t sum16(const uint8_t *at, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? at[i] : (uint32_t)at[i] << 8;
	return sum;
}

static uint16_t fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* Of addresses, protocol and length: what a checksum begins with. */
static uint16_t pseudo(const uint8_t *ip, uint8_t protocol, size_t len)
{
	return fold((uint64_t)sum16(ip + 12, 8) + protocol + len);
}

/* Ethernet and IPv4 headers of a packet of total octets; the payload is a
 * pattern.  Returns where the transport header begins. */
static uint8_t *frame_begin(struct frame *f, unsigned int flow,
			    uint8_t protocol, size_t total)
{
	static const uint8_t ethernet[ETH_HEADER] = { 2, 0, 0, 0, 0, 1, 2,
						      0, 0, 0, 0, 2, 8, 0 };
	const struct ipv4 ip = {
		.src = NET_A(flow),
		.dst = NET_B(flow),
		.total = (uint16_t)total,
		.id = (uint16_t)(0x1000 + flow),
		.fragment = IPV4_DF,
		.ttl = 61,
		.protocol = protocol,
	};
	uint8_t *l4;

	f->len = (uint32_t)(ETH_HEADER + total);
	f->data = xcalloc(1, f->len);
	memcpy(f->data, ethernet, sizeof(ethernet));
	ipv4_write(&ip, f->data + ETH_HEADER);
	l4 = f->data + ETH_HEADER + IPV4_HEADER;
	for (size_t i = 0; i < total - IPV4_HEADER; i++)
		l4[i] = (uint8_t)(i * 7 + flow);
	put16(l4, (uint16_t)(20000 + flow));
	put16(l4 + 2, 5001);
	return l4;
}

static void make_udp(struct frame *f, unsigned int flow, size_t total)
{
	uint8_t *udp = frame_begin(f, flow, IPPROTO_UDP, total);
	size_t len = total - IPV4_HEADER;
	uint32_t sum;

	put16(udp + 4, (uint16_t)len);
	put16(udp + 6, 0);
	sum = pseudo(f->data + ETH_HEADER, IPPROTO_UDP, len);
	put16(udp + 6, (uint16_t)~fold((uint64_t)sum + sum16(udp, len)));
}

static void make_super(struct frame *f, unsigned int flow)
{
	size_t total = IPV4_HEADER + TCP_HEAD +
		       (size_t)TRAFFIC_SEGMENT * TRAFFIC_SEGMENTS;
	uint8_t *tcp = frame_begin(f, flow, IPPROTO_TCP, total);

	put32(tcp + 4, 0x10000000u + flow);
	put32(tcp + 8, 0x20000000u);
	tcp[12] = TCP_HEAD / 4 << 4;
	tcp[13] = TCP_ACK;
	put16(tcp + 14, 0x7fff);
	put16(tcp + 16,
	      pseudo(f->data + ETH_HEADER, IPPROTO_TCP, total - IPV4_HEADER));
	put16(tcp + 18, 0);
	f->vnet = (struct virtio_net_hdr){
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
		.hdr_len = ETH_HEADER + IPV4_HEADER + TCP_HEAD,
		.gso_size = TRAFFIC_SEGMENT,
		.csum_start = ETH_HEADER + IPV4_HEADER,
		.csum_offset = 16,
	};
}

static struct traffic *traffic_new(size_t n, size_t packets)
{
	struct traffic *t = xcalloc(1, sizeof(*t));

	t->frames = xcalloc(n, sizeof(*t->frames));
	t->n = n;
	t->packets = packets;
	return t;
}

struct traffic *traffic_imix(void)
{
	static const uint16_t sizes[IMIX_CYCLE] = {
		40, 576, 40, 40, 576, 40, 40, 576, 40, 1400, 40, 576
	};
	const size_t n = (size_t)TRAFFIC_FLOWS * IMIX_CYCLE;
	struct traffic *t = traffic_new(n, n);

	for (size_t i = 0; i < n; i++)
		make_udp(&t->frames[i], i % TRAFFIC_FLOWS,
			 sizes[i % IMIX_CYCLE]);
	return t;
}

struct traffic *traffic_super(void)
{
	struct traffic *t =
		traffic_new(TRAFFIC_FLOWS, TRAFFIC_FLOWS * TRAFFIC_SEGMENTS);

	for (unsigned int i = 0; i < TRAFFIC_FLOWS; i++)
		make_super(&t->frames[i], i);
	return t;
}

/* Of a flow of IPv6, with n octets of payload; size: a superpacket's pieces,
 * or 0. */
static void make6(struct frame *f, unsigned int flow, size_t n, uint16_t size)
{
	const struct segment s = { .v6 = true,
				   .tcp = size != 0,
				   .flags = ACK,
				   .src = NET_A(flow),
				   .dst = NET_B(flow),
				   .sport = (uint16_t)(20000 + flow),
				   .dport = 5001 };
	struct pkt_pool *pool = pkt_pool_new(0, 1);
	struct pkt *p = pkt_get_big(pool);

	if (size)
		segment_write_super(p, &s, (uint8_t)flow, n, size);
	else
		segment_write(p, &s, (uint8_t)flow, n);
	f->vnet = p->vnet;
	f->len = p->len;
	f->data = xcalloc(1, f->len);
	memcpy(f->data, pkt_data(p), f->len);
	pkt_put(p);
	pkt_pool_free(pool);
}

struct traffic *traffic_imix6(void)
{
	static const uint16_t sizes[IMIX_CYCLE] = {
		60, 576, 60, 60, 576, 60, 60, 576, 60, 1380, 60, 576
	};
	const size_t n = (size_t)TRAFFIC_FLOWS * IMIX_CYCLE;
	struct traffic *t = traffic_new(n, n);

	for (size_t i = 0; i < n; i++)
		make6(&t->frames[i], i % TRAFFIC_FLOWS,
		      sizes[i % IMIX_CYCLE] - (size_t)IPV6_HEADER - UDP_HEAD,
		      0);
	return t;
}

struct traffic *traffic_super6(void)
{
	struct traffic *t =
		traffic_new(TRAFFIC_FLOWS, TRAFFIC_FLOWS * TRAFFIC_SEGMENTS);

	for (unsigned int i = 0; i < TRAFFIC_FLOWS; i++)
		make6(&t->frames[i], i,
		      (size_t)TRAFFIC_SEGMENT6 * TRAFFIC_SEGMENTS,
		      TRAFFIC_SEGMENT6);
	return t;
}

void traffic_free(struct traffic *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->frames[i].data);
	free(t->frames);
	free(t);
}

/* Added from the last to the first. */
static void add_network(struct ipsec_policy *p, unsigned int number)
{
	struct ipsec_rule *r = policy_add_rule(p, IPSEC_PROTECT, 0);

	r->ace.src = ip_v4(NET_A(number) & 0xffff0000);
	r->ace.src_wild = ip_v4(0xffff);
	r->ace.dst = ip_v4(NET_B(number) & 0xffffff00);
	r->ace.dst_wild = ip_v4(0xff);
}

static void add_port(struct ipsec_policy *p, uint8_t protocol, uint16_t port,
		     bool source)
{
	struct ipsec_rule *r = policy_add_rule(p, IPSEC_CLEAR, protocol);

	*(source ? &r->ace.sport : &r->ace.dport) =
		(struct ace_port){ .op = ACE_EQ, .lo = port };
}

static void add_article(struct ipsec_policy *p)
{
	add_port(p, IPPROTO_TCP, PORT_BGP, false);
	add_port(p, IPPROTO_TCP, PORT_BGP, true);
	add_port(p, IPPROTO_UDP, PORT_GDOI, false);
	add_port(p, IPPROTO_UDP, PORT_GDOI, true);
}

struct ipsec_policy *traffic_policy(const struct esp_transform *t,
				    unsigned int aces)
{
	struct ipsec_policy *p = policy_any();
	struct ipsec_sa sa = sa_make(t, 9);

	sa.replay = IPSEC_REPLAY_TIME;
	sa.window = 5;
	policy_add_sa(p, sa);
	if (aces >= ARTICLE_ACES)
		add_article(p);
	for (unsigned int i = aces; i-- > ARTICLE_ACES;)
		add_network(p, i - ARTICLE_ACES);
	policy_add_rule6(p, IPSEC_PROTECT, 0);
	return p;
}
