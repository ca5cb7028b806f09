/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Target: gso_start() and gso_next(), csum_complete(), csum_guess().  The
 * input is a vnet header (flags, type; size, checksum's start and offset, two
 * octets each) and a frame.  Segments must have the superpacket's payload, all
 * of it and nothing else, and right checksums; what csum_guess() makes of a
 * frame, in one piece or in two, the others must take. */
#include <stdlib.h>
#include <string.h>

#include "base/rd.h"
#include "ipsec/csum.h"
#include "ipsec/gso.h"
#include "ipsec/ip.h"
#include "tests/ipsec/segments.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MTU = 120, IPV6_HEADER = 40 };

static void need(bool what)
{
	if (!what)
		abort();
}

/* Memory of its exact size: an octet too far is seen. */
static struct pkt frame_of(const uint8_t *octets, size_t len)
{
	struct pkt p = { .buf = malloc(len + !len),
			 .size = (uint32_t)len,
			 .len = (uint32_t)len };

	memcpy(p.buf, octets, len);
	return p;
}

/* The judge knows no tags and extension headers. */
static bool can_judge(const struct gso *g)
{
	return g->l3 == ETH_HEADER &&
	       (!g->v6 || g->l4 == ETH_HEADER + IPV6_HEADER);
}

static void cut(const struct pkt *super, struct pkt_pool *pool)
{
	uint32_t at, n = 0;
	struct gso g;

	if (!gso_start(&g, super))
		return;
	for (at = g.payload; !gso_done(&g); n++) {
		struct pkt *p = gso_next(&g, pool);

		need(p && p->len > g.payload && p->len <= super->len);
		need(p->len - g.l3 <= gso_packet_size(&g));
		need(!can_judge(&g) || segment_is_right(pkt_data(p), p->len));
		need(memcmp(pkt_data(p) + g.payload, pkt_data(super) + at,
			    p->len - g.payload) == 0);
		at += p->len - g.payload;
		pkt_put(p);
	}
	need(at == super->len && n == g.number);
}

static void complete(const struct pkt *p)
{
	struct pkt copy = frame_of(p->buf, p->len);

	copy.vnet = p->vnet;
	if (csum_complete(&copy))
		need(!copy.vnet.flags && !gso_is_super(&copy));
	free(copy.buf);
}

/* The same, whether the frame is in one piece or cut at a place. */
static void guess(const uint8_t *octets, size_t len, struct pkt_pool *pool)
{
	size_t half = len / 2;
	struct pkt whole = frame_of(octets, len);
	struct pkt head = frame_of(octets, half);
	struct pkt rest = frame_of(octets + half, len - half);

	head.next = &rest;
	csum_guess(&whole, MTU);
	csum_guess(&head, MTU);
	if (head.vnet.flags)
		need(memcmp(&head.vnet, &whole.vnet, sizeof(head.vnet)) == 0);
	if (gso_is_super(&whole)) {
		struct gso g;

		need(gso_start(&g, &whole) && gso_packet_size(&g) == MTU);
		cut(&whole, pool);
	} else {
		need(csum_complete(&whole));
	}
	free(whole.buf);
	free(head.buf);
	free(rest.buf);
}

/* A frame whose checksum is the pseudo header's sum. */
static void guess_partial(const struct pkt *p, struct pkt_pool *pool)
{
	struct pkt copy = frame_of(p->buf, p->len);
	uint32_t at = (uint32_t)p->vnet.csum_start + p->vnet.csum_offset;
	uint8_t *ip = copy.buf + ETH_HEADER;
	uint64_t sum;
	uint16_t field;

	if (copy.len >= ETH_HEADER + IPV6_HEADER && at + 2 <= copy.len) {
		bool v6 = ip[0] >> 4 == 6;
		size_t len = copy.len - ETH_HEADER -
			     (v6 ? (size_t)IPV6_HEADER : (ip[0] & 15) * 4u);

		sum = v6 ? csum_pseudo6(ip + 8, ip[6], len)
			 : csum_pseudo4(ip + 12, ip[9], len);
		field = (uint16_t)~csum_fold(sum);
		memcpy(copy.buf + at, &field, sizeof(field));
		guess(copy.buf, copy.len, pool);
	}
	free(copy.buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(data, size);
	struct virtio_net_hdr vnet = { .flags = rd_u8(&r),
				       .gso_type = rd_u8(&r) };
	struct pkt_pool *pool;
	struct pkt p;

	rd_copy(&r, &vnet.gso_size, 2);
	rd_copy(&r, &vnet.csum_start, 2);
	rd_copy(&r, &vnet.csum_offset, 2);
	if (r.bad || rd_left(&r) > PKT_BIG_DATA)
		return 0;
	pool = pkt_pool_new(2, 1);
	p = frame_of(r.p, rd_left(&r));
	p.vnet = vnet;
	cut(&p, pool);
	complete(&p);
	guess(p.buf, p.len, pool);
	guess_partial(&p, pool);
	need(pkt_available(pool) == 3);
	pkt_pool_free(pool);
	free(p.buf);
	return 0;
}
