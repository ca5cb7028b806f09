/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <arpa/inet.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ipsec/csum.h"
#include "ipsec/ip.h"
#include "tests/check_main.h"
#include "tests/ipsec/segments.h"

enum { LONGEST = 400, MTU = 1500 };

static struct pkt_pool *pool;
static struct pkt *frame;

static void setup(void)
{
	pool = pkt_pool_new(4, 2);
	frame = pkt_get_big(pool);
}

static void teardown(void)
{
	pkt_put(frame);
	ck_assert_uint_eq(pkt_available(pool), 6);
	pkt_pool_free(pool);
}

static uint8_t *some_octets(size_t len, int seed)
{
	uint8_t *p = malloc(len ? len : 1);

	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(255 - (i * 31 + (size_t)seed) % 201);
	return p;
}

START_TEST(a_sum_of_any_length_is_the_plain_one)
{
	size_t len = (size_t)_i;
	uint8_t *p = some_octets(len, _i), *copy = malloc(len + 2);
	uint16_t want = htons((uint16_t)~plain_sum(0, p, len));

	ck_assert_uint_eq(csum_fold(csum_add(0, p, len)), want);
	copy[0] = copy[len + 1] = 0x5a;
	ck_assert_uint_eq(csum_fold(csum_copy(0, copy + 1, p, len)), want);
	ck_assert_mem_eq(copy + 1, p, len);
	ck_assert_uint_eq(copy[0], 0x5a);
	ck_assert_uint_eq(copy[len + 1], 0x5a);
	free(copy);
	free(p);
}
END_TEST

START_TEST(pieces_from_even_places_add_up)
{
	uint8_t *p = some_octets(LONGEST, 3);
	uint64_t whole = csum_add(0, p, LONGEST);

	for (size_t at = 0; at <= LONGEST; at += 2)
		ck_assert_uint_eq(
			csum_fold(csum_add(csum_add(0, p + at, LONGEST - at), p,
					   at)),
			csum_fold(whole));
	free(p);
}
END_TEST

START_TEST(the_largest_words_lose_no_carry)
{
	static uint8_t p[65536];

	memset(p, 0xff, sizeof(p));
	ck_assert_uint_eq(csum_fold(csum_add(0, p, sizeof(p))), 0);
	ck_assert_uint_eq(csum_fold(csum_add(UINT32_MAX, p, sizeof(p))), 0);
	p[sizeof(p) - 1] = 0xfe;
	ck_assert_uint_eq(csum_fold(csum_add(0, p, sizeof(p))), htons(1));
	ck_assert_uint_eq(csum_fold(0), 0xffff);
	ck_assert_uint_eq(csum_fold(UINT64_MAX), 0);
}
END_TEST

static const struct segment shapes[] = {
	{ .tcp = true,
	  .src = 0x0a000001,
	  .dst = 0x0a000002,
	  .tcp_options = 12 },
	{ .src = 0x0a000001, .dst = 0x0a000002, .sport = 53, .dport = 9 },
	{ .tcp = true, .v6 = true, .src = 1, .dst = 2, .flags = ACK | CWR },
	{ .v6 = true, .src = 1, .dst = 2 },
};
enum { N_SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

static void partial(const struct segment *s, size_t n)
{
	segment_write_super(frame, s, 9, n, 0);
	frame->vnet.gso_type = VIRTIO_NET_HDR_GSO_NONE;
}

START_TEST(a_partial_checksum_is_completed)
{
	const struct segment *s = &shapes[_i];

	for (size_t n = 0; n < 70; n++) {
		partial(s, n);
		ck_assert(csum_complete(frame));
		ck_assert(segment_is_right(pkt_data(frame), frame->len));
		ck_assert_uint_eq(frame->vnet.flags, 0);
		ck_assert_uint_eq(frame->vnet.csum_start, 0);
	}
}
END_TEST

/* One whose checksum would be zero, found by changing two octets. */
START_TEST(a_checksum_of_zero_is_written_as_ones)
{
	size_t at = segment_payload(&shapes[1]), field = 34 + 6;
	uint8_t *data = pkt_data(frame);
	unsigned int found = 0;

	for (uint32_t word = 0; word < 0x10000; word++) {
		partial(&shapes[1], 20);
		put16(data + at, (uint16_t)word);
		ck_assert(csum_complete(frame));
		ck_assert_uint_ne(get16(data + field), 0);
		found += get16(data + field) == 0xffff;
	}
	ck_assert_uint_ge(found, 1);
}
END_TEST

START_TEST(a_complete_frame_is_left_as_it_is)
{
	segment_write(frame, &shapes[0], 1, 33);
	frame->vnet.flags = VIRTIO_NET_HDR_F_DATA_VALID;
	ck_assert(csum_complete(frame));
	ck_assert(segment_is_right(pkt_data(frame), frame->len));
	ck_assert_uint_eq(frame->vnet.flags, 0);
}
END_TEST

START_TEST(a_checksum_outside_the_frame_is_refused)
{
	partial(&shapes[1], 20);
	frame->vnet.csum_offset = (uint16_t)(frame->len - 34 - 1);
	ck_assert(!csum_complete(frame));
	frame->vnet.csum_start = frame->vnet.csum_offset = 0xffff;
	ck_assert(!csum_complete(frame));
	frame->vnet.csum_start = (uint16_t)frame->len;
	frame->vnet.csum_offset = 0;
	ck_assert(!csum_complete(frame));
	partial(&shapes[0], 20);
	frame->vnet.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
	ck_assert(!csum_complete(frame));
}
END_TEST

static const struct virtio_net_hdr none;

static void check_left_alone(void)
{
	csum_guess(frame, MTU);
	ck_assert_mem_eq(&frame->vnet, &none, sizeof(none));
}

/* As a wire gives it that tells nothing. */
static void untold(const struct segment *s, size_t n)
{
	partial(s, n);
	frame->vnet = none;
}

START_TEST(a_partial_checksum_is_seen)
{
	for (size_t n = 1; n < 70; n++) {
		untold(&shapes[_i], n);
		csum_guess(frame, MTU);
		ck_assert_uint_eq(frame->vnet.flags,
				  VIRTIO_NET_HDR_F_NEEDS_CSUM);
		ck_assert_uint_eq(frame->vnet.gso_type, 0);
		ck_assert(csum_complete(frame));
		ck_assert(segment_is_right(pkt_data(frame), frame->len));
		check_left_alone();
	}
}
END_TEST

/* The pseudo header's sum may be the right checksum, too. */
START_TEST(a_right_checksum_that_looks_partial_is_left_alone)
{
	size_t at = segment_payload(&shapes[_i]);
	uint8_t *data = pkt_data(frame);

	untold(&shapes[_i], 20);
	for (uint32_t word = 0; word < 0x10000; word++) {
		put16(data + at, (uint16_t)word);
		if (segment_is_right(data, frame->len))
			break;
	}
	ck_assert(segment_is_right(data, frame->len));
	check_left_alone();
}
END_TEST

/* Three pieces, the first two of odd length. */
static void split(uint32_t first, uint32_t second)
{
	struct pkt *b = pkt_get(pool), *c = pkt_get_big(pool);
	const uint8_t *data = pkt_data(frame);

	b->len = second;
	c->len = frame->len - first - second;
	memcpy(pkt_data(b), data + first, second);
	memcpy(pkt_data(c), data + first + second, c->len);
	frame->len = first;
	frame->next = b;
	b->next = c;
}

static void check_right(void)
{
	uint8_t flat[2048];
	size_t len = 0;

	for (const struct pkt *p = frame; p; len += p->len, p = p->next)
		memcpy(flat + len, pkt_data(p), p->len);
	ck_assert(segment_is_right(flat, len));
}

static void put_pieces(void)
{
	pkt_put(frame->next);
	frame->next = NULL;
}

START_TEST(a_frame_in_pieces_is_one_frame)
{
	segment_write(frame, &shapes[_i], 3, 1000);
	split(101, 333);
	check_left_alone();
	put_pieces();
	untold(&shapes[_i], 1000);
	split(101, 333);
	csum_guess(frame, MTU);
	ck_assert_uint_eq(frame->vnet.flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
	ck_assert(csum_complete(frame));
	check_right();
	put_pieces();
}
END_TEST

/* Datagrams of one length are lost in it. */
START_TEST(a_superpacket_of_udp_is_nobody_s)
{
	for (int i = 1; i < N_SHAPES; i += 2) {
		untold(&shapes[i], 30000);
		ck_assert(!csum_guess(frame, MTU));
		ck_assert_uint_eq(frame->vnet.flags, 0);
		/* A long one that is whole is its receiver's to judge. */
		segment_write(frame, &shapes[i], 3, 30000);
		ck_assert(csum_guess(frame, MTU));
		untold(&shapes[i], 100);
		ck_assert(csum_guess(frame, MTU));
	}
}
END_TEST

START_TEST(a_superpacket_of_tcp_is_seen)
{
	for (int i = 0; i < N_SHAPES; i += 2) {
		size_t headers = segment_payload(&shapes[i]);

		untold(&shapes[i], 30000);
		split(301, 999);
		csum_guess(frame, MTU);
		ck_assert_uint_eq(frame->vnet.gso_type,
				  i ? VIRTIO_NET_HDR_GSO_TCPV6 |
						  VIRTIO_NET_HDR_GSO_ECN
				    : VIRTIO_NET_HDR_GSO_TCPV4);
		ck_assert_uint_eq(frame->vnet.hdr_len, headers);
		ck_assert_uint_eq(frame->vnet.gso_size,
				  MTU + ETH_HEADER - headers);
		ck_assert_uint_eq(frame->vnet.flags,
				  VIRTIO_NET_HDR_F_NEEDS_CSUM);
		ck_assert_uint_eq(frame->vnet.csum_start,
				  segment_l4(&shapes[i]));
		put_pieces();
	}
}
END_TEST

START_TEST(what_is_something_else_is_left_alone)
{
	static const struct segment options = { .ip_options = 8 };
	uint8_t *data = pkt_data(frame);

	untold(&shapes[1], 30000); /* who knows where its datagrams end? */
	check_left_alone();
	segment_write(frame, &shapes[0], 1, 8000); /* a wire of larger MTU */
	check_left_alone();
	untold(&shapes[1], 100);
	data[ETH_HEADER + 9] = 47;
	check_left_alone();
	untold(&shapes[1], 100);
	data[ETH_HEADER + 6] = 0x20;
	check_left_alone();
	untold(&shapes[1], 100);
	put16(data + 12, 0x0806);
	check_left_alone();
	untold(&shapes[0], 30000);
	frame->len--;
	check_left_alone();
	untold(&shapes[0], 30000);
	frame->len++;
	check_left_alone();
	untold(&shapes[3], 100); /* an octet less than its header says */
	put16(data + ETH_HEADER + 4, 8 + 101);
	put16(data + 54 + 6, (uint16_t)(get16(data + 54 + 6) + 1));
	check_left_alone();
	untold(&shapes[0], 30000);
	data[segment_l4(&shapes[0]) + 12] = 0x40;
	check_left_alone();
	untold(&options, 100);
	csum_guess(frame, MTU);
	ck_assert_uint_eq(frame->vnet.csum_start, segment_l4(&options));
}
END_TEST

/* The first len octets in memory of their exact size, the others behind. */
static struct virtio_net_hdr guess_in_two(size_t len)
{
	struct pkt rest = { .buf = pkt_data(frame) + len,
			    .size = (uint32_t)(frame->len - len),
			    .len = (uint32_t)(frame->len - len) };
	struct pkt p = { .buf = malloc(len),
			 .size = (uint32_t)len,
			 .len = (uint32_t)len,
			 .next = &rest };

	memcpy(p.buf, pkt_data(frame), len);
	csum_guess(&p, 90);
	free(p.buf);
	return p.vnet;
}

START_TEST(headers_are_read_in_the_first_piece_only)
{
	const struct segment *s = &shapes[_i % N_SHAPES];
	size_t headers = segment_payload(s);
	bool is_long = _i >= N_SHAPES;

	untold(s, is_long ? 500 : 9);
	for (size_t len = 1; len < frame->len; len++) {
		struct virtio_net_hdr vnet = guess_in_two(len);

		if (len >= headers && (s->tcp || !is_long))
			ck_assert_uint_ne(vnet.flags, 0);
		else if (is_long || len < headers - s->tcp_options)
			ck_assert_uint_eq(vnet.flags, 0);
	}
}
END_TEST

/* In memory of its exact size. */
static void guess_copy(size_t len, size_t flip, uint8_t mask)
{
	uint8_t *copy = malloc(len ? len : 1);
	size_t end = frame->vnet.csum_start + frame->vnet.csum_offset + 2u;
	struct pkt p = { .buf = copy,
			 .size = (uint32_t)len,
			 .len = (uint32_t)len };

	memcpy(copy, pkt_data(frame), len);
	if (flip < len)
		copy[flip] ^= mask;
	csum_guess(&p, 60);
	ck_assert(p.vnet.gso_type || csum_complete(&p));
	p.vnet = frame->vnet;
	ck_assert(csum_complete(&p) == (len >= end));
	free(copy);
}

START_TEST(every_truncation_and_every_octet_changed_is_survived)
{
	partial(&shapes[_i], 50);
	for (size_t len = 0; len <= frame->len; len++)
		guess_copy(len, SIZE_MAX, 0);
	for (size_t at = 0; at < frame->len; at++) {
		guess_copy(frame->len, at, 0xff);
		guess_copy(frame->len, at, 0x10);
		guess_copy(frame->len, at, 1);
	}
}
END_TEST

static TCase *sums(void)
{
	TCase *tc = tcase_create("sums");

	tcase_add_loop_test(tc, a_sum_of_any_length_is_the_plain_one, 0,
			    LONGEST);
	tcase_add_test(tc, pieces_from_even_places_add_up);
	tcase_add_test(tc, the_largest_words_lose_no_carry);
	return tc;
}

static TCase *completing(void)
{
	TCase *tc = tcase_create("completing");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_partial_checksum_is_completed, 0, N_SHAPES);
	tcase_add_test(tc, a_checksum_of_zero_is_written_as_ones);
	tcase_add_test(tc, a_complete_frame_is_left_as_it_is);
	tcase_add_test(tc, a_checksum_outside_the_frame_is_refused);
	return tc;
}

static TCase *guessing(void)
{
	TCase *tc = tcase_create("guessing");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, a_partial_checksum_is_seen, 0, N_SHAPES);
	tcase_add_loop_test(tc,
			    a_right_checksum_that_looks_partial_is_left_alone,
			    0, N_SHAPES);
	tcase_add_loop_test(tc, a_frame_in_pieces_is_one_frame, 0, N_SHAPES);
	tcase_add_test(tc, a_superpacket_of_udp_is_nobody_s);
	tcase_add_test(tc, a_superpacket_of_tcp_is_seen);
	tcase_add_test(tc, what_is_something_else_is_left_alone);
	tcase_add_loop_test(tc, headers_are_read_in_the_first_piece_only, 0,
			    2 * N_SHAPES);
	tcase_add_loop_test(
		tc, every_truncation_and_every_octet_changed_is_survived, 0,
		N_SHAPES);
	return tc;
}

RUN_CASES("ipsec/csum", sums, completing, guessing)
