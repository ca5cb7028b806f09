/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ipsec/gso.h"
#include "ipsec/ip.h"
#include "tests/check_main.h"
#include "tests/ipsec/segments.h"

enum { N_SMALL = 70, N_BIG = 3 };

static struct pkt_pool *pool;
static struct pkt *super, *want;

static void setup(void)
{
	pool = pkt_pool_new(N_SMALL, N_BIG);
	super = pkt_get_big(pool);
	want = pkt_get_big(pool);
}

static void teardown(void)
{
	pkt_put(super);
	pkt_put(want);
	ck_assert_uint_eq(pkt_available(pool), N_SMALL + N_BIG);
	pkt_pool_free(pool);
}

static const struct segment shapes[] = {
	{ .tcp = true,
	  .src = 0x0a000001,
	  .dst = 0x0a000002,
	  .id = 0xfffe,
	  .tcp_options = 12,
	  .flags = ACK | PSH | FIN | CWR | ECE,
	  .sequence = 0xfffff000,
	  .acknowledged = 5,
	  .window = 77,
	  .df = true },
	{ .tcp = true,
	  .src = 0x0a000001,
	  .dst = 0x0a000002,
	  .ip_options = 8,
	  .tags = 1,
	  .flags = ACK },
	{ .src = 0x0a000001, .dst = 0x0a000002, .sport = 53, .tos = 0xb8 },
	{ .tcp = true, .v6 = true, .src = 1, .dst = 2, .flags = ACK | PSH },
	{ .v6 = true, .src = 1, .dst = 2, .tags = 2 },
	{ .v6 = true, .src = 1, .dst = 2, .ip_options = 16 },
	{ .tcp = true, .v6 = true, .src = 1, .dst = 2, .ip_options = 8 },
};
enum { N_SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

/* What the sender itself would have made of piece number i. */
static void write_wanted(const struct segment *s, size_t i, size_t at, size_t n,
			 bool last)
{
	struct segment one = *s;

	one.id = (uint16_t)(one.id + i);
	one.sequence += (uint32_t)at;
	if (i)
		one.flags &= (uint8_t)~CWR;
	if (!last)
		one.flags &= (uint8_t) ~(FIN | PSH);
	segment_write(want, &one, 0, n);
	/* The payload is a part of the long one's, and it decides. */
	memcpy(pkt_data(want) + segment_payload(s),
	       pkt_data(super) + segment_payload(s) + at, n);
}

static void check_piece(const struct segment *s, const struct pkt *p)
{
	size_t sum = segment_l4(s) + (s->tcp ? 16 : 6);

	ck_assert_uint_eq(p->len, want->len);
	/* Of the checksum the next test tells. */
	memcpy(pkt_data(want) + sum, pkt_data(p) + sum, 2);
	ck_assert_mem_eq(pkt_data(p), pkt_data(want), p->len);
	ck_assert_uint_eq(p->vnet.flags, 0);
	ck_assert_uint_eq(p->vnet.gso_type, 0);
}

/* Without tags and options, which the judge does not know. */
static bool sum_is_right(const struct segment *s, const struct pkt *p)
{
	uint8_t copy[2048];
	size_t l3 = ETH_HEADER + 4u * s->tags;
	size_t header = l3 + (s->v6 ? 40 : 20u + s->ip_options);
	size_t skip = s->v6 ? s->ip_options : 0;

	memcpy(copy, pkt_data(p) + l3 - ETH_HEADER, header - l3 + ETH_HEADER);
	memcpy(copy + header - l3 + ETH_HEADER, pkt_data(p) + header + skip,
	       p->len - header - skip);
	if (skip)
		copy[ETH_HEADER + 6] = pkt_data(p)[header];
	return segment_is_right(copy, p->len - skip - l3 + ETH_HEADER);
}

static void cut_and_check(const struct segment *s, size_t len, uint16_t size)
{
	size_t at = 0, pieces = (len + size - 1) / size;
	struct gso g;

	segment_write_super(super, s, 5, len, size);
	ck_assert(gso_start(&g, super));
	for (size_t i = 0; i < pieces; i++) {
		size_t n = len - at < size ? len - at : size;
		struct pkt *p;

		ck_assert(!gso_done(&g));
		p = gso_next(&g, pool);
		ck_assert_ptr_nonnull(p);
		write_wanted(s, i, at, n, i + 1 == pieces);
		ck_assert(sum_is_right(s, p));
		check_piece(s, p);
		ck_assert_uint_le(p->len, gso_packet_size(&g) + ETH_HEADER +
						  4u * s->tags);
		pkt_put(p);
		at += n;
	}
	ck_assert(gso_done(&g));
	ck_assert_ptr_null(gso_next(&g, pool));
}

START_TEST(segments_are_what_the_sender_would_have_made)
{
	cut_and_check(&shapes[_i], 40000, 1348);
	cut_and_check(&shapes[_i], 2000, 1000);
	cut_and_check(&shapes[_i], 2001, 1000);
	cut_and_check(&shapes[_i], 700, 701);
	cut_and_check(&shapes[_i], 65000, 1447);
	cut_and_check(&shapes[_i], 99, 1);
}
END_TEST

START_TEST(a_superpacket_is_not_changed)
{
	static uint8_t before[PKT_BIG];
	struct gso g;

	segment_write_super(super, &shapes[_i], 1, 9000, 1000);
	memcpy(before, pkt_data(super), super->len);
	ck_assert(gso_start(&g, super));
	while (!gso_done(&g))
		pkt_put(gso_next(&g, pool));
	ck_assert_mem_eq(before, pkt_data(super), super->len);
	ck_assert_uint_eq(g.number, 9);
}
END_TEST

START_TEST(cutting_goes_on_where_the_pool_was_empty)
{
	struct pkt *taken[N_SMALL], *p;
	struct gso g;
	int n = 0;

	segment_write_super(super, &shapes[0], 1, 3000, 1000);
	ck_assert(gso_start(&g, super));
	pkt_put(gso_next(&g, pool));
	while ((p = pkt_get(pool)) != NULL)
		taken[n++] = p;
	ck_assert_ptr_null(gso_next(&g, pool));
	ck_assert(!gso_done(&g));
	while (n)
		pkt_put(taken[--n]);
	p = gso_next(&g, pool);
	write_wanted(&shapes[0], 1, 1000, 1000, false);
	check_piece(&shapes[0], p);
	pkt_put(p);
}
END_TEST

START_TEST(the_largest_packet_is_told_before)
{
	struct gso g;

	segment_write_super(super, &shapes[0], 1, 3000, 1348);
	ck_assert(gso_start(&g, super));
	ck_assert_uint_eq(gso_packet_size(&g), 1400);
	segment_write_super(super, &shapes[1], 1, 300, 1348);
	ck_assert(gso_start(&g, super));
	ck_assert_uint_eq(gso_packet_size(&g), 28 + 20 + 300);
}
END_TEST

/* A segment that is larger than a small buffer. */
START_TEST(jumbo_segments_are_cut_too)
{
	struct pkt *p;
	struct gso g;

	segment_write_super(super, &shapes[3], 1, 12000, 8000);
	ck_assert(gso_start(&g, super));
	p = gso_next(&g, pool);
	ck_assert_uint_eq(p->len, segment_payload(&shapes[3]) + 8000);
	ck_assert(segment_is_right(pkt_data(p), p->len));
	pkt_put(p);
	p = gso_next(&g, pool);
	ck_assert(segment_is_right(pkt_data(p), p->len));
	pkt_put(p);
	ck_assert(gso_done(&g));
}
END_TEST

static bool starts(void)
{
	struct gso g;

	return gso_start(&g, super);
}

static void good(int shape)
{
	segment_write_super(super, &shapes[shape], 1, 3000, 1000);
	ck_assert(starts());
}

START_TEST(what_the_vnet_header_does_not_say_is_refused)
{
	static const uint8_t others[] = { 2,
					  VIRTIO_NET_HDR_GSO_UDP,
					  6,
					  0,
					  GSO_UDP_L4 | VIRTIO_NET_HDR_GSO_ECN,
					  VIRTIO_NET_HDR_GSO_TCPV6 };

	for (size_t i = 0; i < sizeof(others); i++) {
		good(0);
		super->vnet.gso_type = others[i];
		ck_assert(!starts());
	}
	good(3);
	super->vnet.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
	ck_assert(!starts());
	good(2);
	super->vnet.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
	ck_assert(!starts());
	good(0);
	super->vnet.gso_size = 0;
	ck_assert(!starts());
	good(0);
	super->vnet.csum_start += 4;
	ck_assert(!starts());
	good(3);
	super->vnet.csum_start -= 4;
	ck_assert(!starts());
	super->vnet.csum_start = 0xffff;
	ck_assert(!starts());
	segment_write_super(super, &shapes[0], 1, 0, 1000);
	ck_assert(!starts());
}
END_TEST

START_TEST(headers_that_lie_are_refused)
{
	uint8_t *ip = pkt_data(super) + ETH_HEADER;

	good(0);
	super->len++;
	ck_assert(!starts());
	good(0);
	put16(ip + 6, IPV4_MF);
	ck_assert(!starts());
	good(0);
	ip[20 + 12] = 0x40; /* shorter than any TCP header */
	ck_assert(!starts());
	segment_write_super(super, &shapes[0], 1, 8, 1000);
	ip[20 + 12] = 0xf0; /* longer than the packet */
	ck_assert(!starts());
	good(2);
	put16(ip + 20 + 4, 3007);
	ck_assert(!starts());
	good(3);
	super->len--;
	ck_assert(!starts());
	good(3);
	ip[6] = 17;
	ck_assert(!starts());
}
END_TEST

/* In memory of its exact size; what is cut must fit together. */
static bool cut_copy(size_t len, size_t flip, uint8_t mask)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct pkt p = { .buf = copy,
			 .size = (uint32_t)len,
			 .len = (uint32_t)len,
			 .vnet = super->vnet };
	size_t payload = 0;
	struct gso g;
	bool ok;

	memcpy(copy, pkt_data(super), len);
	if (flip < len)
		copy[flip] ^= mask;
	ok = gso_start(&g, &p);
	while (ok && !gso_done(&g)) {
		struct pkt *one = gso_next(&g, pool);

		ck_assert_ptr_nonnull(one);
		payload += one->len - g.payload;
		pkt_put(one);
	}
	if (ok)
		ck_assert_uint_eq(payload, len - g.payload);
	free(copy);
	return ok;
}

/* All that the IP header tells is there. */
START_TEST(headers_cut_short_are_refused)
{
	const struct segment *s = &shapes[_i];
	size_t l3 = ETH_HEADER + 4u * s->tags;
	uint8_t *ip = pkt_data(super) + l3;

	for (size_t len = segment_l4(s); len <= segment_payload(s); len++) {
		segment_write_super(super, s, 1, 100, 33);
		if (s->v6)
			put16(ip + 4, (uint16_t)(len - l3 - 40));
		else
			put16(ip + 2, (uint16_t)(len - l3));
		if (!s->tcp && len >= segment_l4(s) + 6)
			put16(pkt_data(super) + segment_l4(s) + 4,
			      (uint16_t)(len - segment_l4(s)));
		ck_assert(!cut_copy(len, SIZE_MAX, 0));
	}
}
END_TEST

START_TEST(headers_longer_than_the_frame_are_refused)
{
	segment_write_super(super, &shapes[0], 1, 8, 1000);
	ck_assert(cut_copy(super->len, SIZE_MAX, 0));
	ck_assert(!cut_copy(super->len, ETH_HEADER + 20 + 12, 0x70));
	segment_write_super(super, &shapes[6], 1, 8, 1000);
	super->vnet.csum_start = (uint16_t)(super->len + 1);
	ck_assert(!cut_copy(super->len, SIZE_MAX, 0));
	super->vnet.csum_start = 0xffff;
	ck_assert(!cut_copy(super->len, SIZE_MAX, 0));
}
END_TEST

/* RFC 8200 8.1: the pseudo header has the last address of the route. */
START_TEST(a_routing_header_keeps_its_pseudo_header)
{
	const struct segment *s = &shapes[_i];
	struct gso g;

	segment_write_super(super, s, 1, 1000, 300);
	pkt_data(super)[ETH_HEADER + 4 * s->tags + 39] ^= 0x77;
	ck_assert(gso_start(&g, super));
	while (!gso_done(&g)) {
		struct pkt *p = gso_next(&g, pool);

		ck_assert(!sum_is_right(s, p));
		pkt_data(p)[ETH_HEADER + 4 * s->tags + 39] ^= 0x77;
		ck_assert(sum_is_right(s, p));
		pkt_put(p);
	}
}
END_TEST

START_TEST(every_truncation_is_refused_and_every_octet_changed_survived)
{
	segment_write_super(super, &shapes[_i], 1, 100, 33);
	for (size_t len = 0; len < super->len; len++)
		ck_assert(!cut_copy(len, SIZE_MAX, 0));
	for (size_t at = 0; at < super->len; at++) {
		cut_copy(super->len, at, 0xff);
		cut_copy(super->len, at, 0x10);
		cut_copy(super->len, at, 1);
	}
}
END_TEST

static TCase *cutting(void)
{
	TCase *tc = tcase_create("cutting");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, segments_are_what_the_sender_would_have_made, 0,
			    N_SHAPES);
	tcase_add_loop_test(tc, a_superpacket_is_not_changed, 0, N_SHAPES);
	tcase_add_test(tc, cutting_goes_on_where_the_pool_was_empty);
	tcase_add_test(tc, the_largest_packet_is_told_before);
	tcase_add_test(tc, jumbo_segments_are_cut_too);
	tcase_add_loop_test(tc, a_routing_header_keeps_its_pseudo_header, 5, 7);
	return tc;
}

static TCase *refusing(void)
{
	TCase *tc = tcase_create("refusing");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_the_vnet_header_does_not_say_is_refused);
	tcase_add_test(tc, headers_that_lie_are_refused);
	tcase_add_loop_test(tc, headers_cut_short_are_refused, 0, N_SHAPES);
	tcase_add_test(tc, headers_longer_than_the_frame_are_refused);
	tcase_add_loop_test(
		tc,
		every_truncation_is_refused_and_every_octet_changed_survived, 0,
		N_SHAPES);
	return tc;
}

RUN_CASES("ipsec/gso", cutting, refusing)
