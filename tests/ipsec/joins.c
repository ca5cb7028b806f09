/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ipsec/joins.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ipsec/ipv6.h"
#include "ipsec/gso.h"
#include "ipsec/ip.h"

enum {
	N_SMALL = 2 * GRO_FRAMES,
	N_BIG = 1,
	LONGEST = 1400, /* payload */
	HEADERS = 96,	/* octets in front that are worth a change */
};

enum oddity {
	ANY_LENGTH = 11, /* below: a segment as the flow's others */
	WITH_PUSH,
	OTHER_FLAGS,
	HOLE,
	OTHER_ID,
	OTHER_TOS,
	OTHER_WINDOW,
	CHANGED,
	BROKEN,
	RAW,
	OPTIONS,
	PADDED,
};

struct joins *joins_new(void)
{
	struct joins *j = xcalloc(1, sizeof(*j));

	j->pool = pkt_pool_new(N_SMALL, N_BIG);
	for (unsigned int i = 0; i < JOIN_FLOWS; i++)
		j->flows[i] = (struct segment){
			.v6 = i >= JOIN_FLOWS4,
			.tcp = i < 5 || i == JOIN_FLOWS4 ||
			       i == JOIN_FLOWS4 + 1,
			.df = i % 2,
			.flags = ACK,
			.src = 0x0a000001 + i % 3,
			.dst = 0x0a000100,
			.sport = (uint16_t)(1000 + i),
			.dport = 80,
			.sequence = 0xffffff00,
			.id = 0xfff8,
			.tcp_options = i == 1 ? 12 : 0,
		};
	return j;
}

bool joins_free(struct joins *j)
{
	bool all = pkt_available(j->pool) == N_SMALL + N_BIG;

	pkt_pool_free(j->pool);
	free(j);
	return all;
}

struct pkt *joins_frame(struct joins *j)
{
	if (j->n_in == GRO_FRAMES)
		return NULL;
	return j->in[j->n_in++].p = pkt_get(j->pool);
}

struct pkt *joins_segment(struct joins *j, struct segment *flow, size_t n)
{
	struct pkt *p = joins_frame(j);

	if (!p)
		return NULL;
	segment_write(p, flow, (uint8_t)j->n_in, n);
	flow->sequence += (uint32_t)n;
	flow->id++;
	return p;
}

static void raw(struct joins *j, struct rd *r)
{
	struct pkt *p = joins_frame(j);
	size_t n = rd_u8(r);

	if (n > rd_left(r))
		n = rd_left(r);
	if (!p)
		return;
	p->len = (uint32_t)(PKT_MIN_ETH + n);
	memcpy(pkt_data(p), "\2abcd\1\2fghi\1\x08\0", PKT_MIN_ETH);
	if (n)
		memcpy(pkt_data(p) + PKT_MIN_ETH, rd_bytes(r, n), n);
}

static void change_octet(struct pkt *p, struct rd *r)
{
	uint8_t at = rd_u8(r) % HEADERS, value = rd_u8(r);

	if (p && at < p->len)
		pkt_data(p)[at] = value;
}

static void pad(struct pkt *p, uint8_t n)
{
	memset(pkt_data(p) + p->len, 0xee, n);
	p->len += n;
}

/* One that is not as the flow's others, or is the first of others. */
static void odd(struct joins *j, struct segment *flow, unsigned int what,
		size_t n, struct rd *r)
{
	uint8_t value = what == CHANGED || what == BROKEN ? 0 : rd_u8(r);
	struct segment s = *flow;
	struct pkt *p;

	if (what == OTHER_FLAGS)
		s.flags = value;
	else if (what == HOLE)
		s.sequence += value;
	else if (what == OTHER_ID)
		s.id = (uint16_t)(s.id + value);
	else if (what == OTHER_TOS)
		s.tos = flow->tos = value;
	else if (what == OTHER_WINDOW)
		s.window = flow->window = value;
	else if (what == OPTIONS)
		s.tcp_options = flow->tcp_options = value % 11 * 4;
	p = joins_segment(j, &s, n);
	flow->sequence = s.sequence;
	flow->id = s.id;
	if (!p)
		return;
	if (what == CHANGED || what == BROKEN)
		change_octet(p, r);
	if (what == CHANGED)
		segment_repair(p);
	if (what == PADDED)
		pad(p, value % 32);
}

void joins_script(struct joins *j, struct rd *r)
{
	while (rd_left(r) && j->n_in < GRO_FRAMES) {
		uint8_t first = rd_u8(r);
		struct segment *flow = &j->flows[first % JOIN_FLOWS];
		unsigned int what = first / JOIN_FLOWS;
		size_t n = 100 + 37u * (first % JOIN_FLOWS);

		if (what < ANY_LENGTH) {
			joins_segment(j, flow, n);
		} else if (what == ANY_LENGTH) {
			joins_segment(j, flow, rd_u16(r) % LONGEST);
		} else if (what == WITH_PUSH) {
			flow->flags |= PSH;
			joins_segment(j, flow, n);
			flow->flags &= (uint8_t)~PSH;
		} else if (what == RAW) {
			raw(j, r);
		} else {
			odd(j, flow, what, n, r);
		}
	}
}

static bool read_frame(struct ipv4 *ip, const uint8_t *frame, size_t len)
{
	if (get16(frame + 12) == ETHERTYPE_IPV6)
		return ipv6_read(ip, frame + ETH_HEADER, len - ETH_HEADER);
	return get16(frame + 12) == ETHERTYPE_IPV4 &&
	       ipv4_read(ip, frame + ETH_HEADER, len - ETH_HEADER);
}

void joins_run(struct joins *j, bool udp)
{
	struct gro g;

	gro_start(&g, j->out, udp);
	for (unsigned int i = 0; i < j->n_in; i++) {
		struct join_in *in = &j->in[i];
		struct pkt *p = in->p;
		struct ipv4 ip;
		bool whole = read_frame(&ip, pkt_data(p), p->len);

		in->out = false;
		in->len = whole ? (uint32_t)(ETH_HEADER + ip.total) : p->len;
		memcpy(in->octets, pkt_data(p), in->len);
		if (whole)
			gro_add(&g, p, &ip);
		else
			gro_pass(&g, p);
	}
	j->n_out = gro_end(&g);
}

/* Ports where they can be seen: order between others does not matter. */
static size_t flow_of(const uint8_t *frame, size_t len, uint8_t *key)
{
	const uint8_t *header = frame + ETH_HEADER;
	struct ipv4 ip;
	size_t ends;

	if (!read_frame(&ip, frame, len))
		return 0;
	ends = ip.v6 ? IPV6_ENDS : 8;
	memcpy(key, header + (ip.v6 ? IPV6_SRC_AT : 12), ends);
	key[ends] = ip.protocol;
	if (ipv4_is_fragment(&ip) || ip.header != IP_OUTER(&ip) ||
	    (ip.protocol != IPPROTO_TCP && ip.protocol != IPPROTO_UDP) ||
	    ip.total < ip.header + 4)
		return ends + 1;
	memcpy(key + ends + 1, header + ip.header, 4);
	return ends + 5;
}

static struct join_in *next_of_flow(struct joins *j, const uint8_t *frame,
				    size_t len)
{
	uint8_t key[IPV6_ENDS + 5], other[IPV6_ENDS + 5];
	size_t n = flow_of(frame, len, key);

	for (unsigned int i = 0; i < j->n_in; i++) {
		struct join_in *in = &j->in[i];

		if (!in->out && flow_of(in->octets, in->len, other) == n &&
		    memcmp(key, other, n) == 0)
			return in;
	}
	return NULL;
}

/* A frame that was not joined: the very same. */
static const char *check_single(struct joins *j, const struct pkt *p)
{
	static const struct virtio_net_hdr none;
	struct join_in *in = next_of_flow(j, pkt_data(p), p->len);

	if (!in || in->p != p)
		return "a frame is not the next of its flow";
	if (in->len != p->len || memcmp(in->octets, pkt_data(p), p->len) != 0 ||
	    memcmp(&p->vnet, &none, sizeof(none)) != 0)
		return "a frame was changed";
	in->out = true;
	return NULL;
}

/* Two right checksums of the same can differ: zero is written in two ways.
 * With DF the ID means nothing. */
static void forget_free_fields(uint8_t *frame)
{
	uint8_t *ip = frame + ETH_HEADER;

	if (ip[0] >> 4 == 6) {
		put16(ip + IPV6_HEADER + (ip[6] == IPPROTO_TCP ? 16 : 6), 0);
		return;
	}
	put16(ip + 10, 0);
	if (get16(ip + 6) & IPV4_DF)
		put16(ip + 4, 0);
	put16(ip + IPV4_HEADER + (ip[9] == IPPROTO_TCP ? 16 : 6), 0);
}

static const char *check_cut(struct joins *j, struct pkt *p)
{
	struct join_in *in = next_of_flow(j, pkt_data(p), p->len);

	if (!in || in->len != p->len)
		return "a segment is not the next of its flow";
	if (!segment_is_right(in->octets, in->len))
		return "a wrong checksum was made right";
	if (!segment_is_right(pkt_data(p), p->len))
		return "a segment has a wrong checksum";
	forget_free_fields(in->octets);
	forget_free_fields(pkt_data(p));
	if (memcmp(in->octets, pkt_data(p), p->len) != 0)
		return "a segment is not what was joined";
	in->out = true;
	return NULL;
}

static struct pkt *flatten(struct pkt_pool *pool, const struct pkt *chain,
			   unsigned int *pieces)
{
	struct pkt *flat = pkt_get_big(pool);

	flat->vnet = chain->vnet;
	for (*pieces = 0; chain; chain = chain->next, ++*pieces) {
		memcpy(pkt_data(flat) + flat->len, pkt_data(chain), chain->len);
		flat->len += chain->len;
	}
	return flat;
}

static const char *check_super(struct joins *j, const struct pkt *p)
{
	unsigned int pieces;
	struct pkt *flat = flatten(j->pool, p, &pieces), *cut;
	const char *wrong = NULL;
	struct gso g;

	if (!gso_start(&g, flat))
		wrong = "a superpacket cannot be cut";
	else if (flat->vnet.hdr_len != g.payload)
		wrong = "a superpacket's header length is wrong";
	while (!wrong && !gso_done(&g)) {
		cut = gso_next(&g, j->pool);
		wrong = check_cut(j, cut);
		pkt_put(cut);
	}
	if (!wrong && g.number != pieces)
		wrong = "a superpacket has more or fewer pieces than segments";
	pkt_put(flat);
	return wrong;
}

const char *joins_check(struct joins *j)
{
	const char *wrong = NULL;

	for (unsigned int i = 0; i < j->n_out; i++) {
		struct pkt *p = j->out[i];

		if (!wrong)
			wrong = p->next ? check_super(j, p)
					: check_single(j, p);
		pkt_put(p);
	}
	for (unsigned int i = 0; i < j->n_in; i++)
		if (!wrong && !j->in[i].out)
			wrong = "a frame did not come out";
	j->n_in = j->n_out = 0;
	return wrong;
}
