/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/rd.h"
#include "base/wr.h"

#include <string.h>

#include "tests/check_main.h"

static const uint8_t wire[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

START_TEST(fields_come_in_network_order)
{
	struct rd r = rd_init(wire, sizeof(wire));

	ck_assert_uint_eq(rd_u8(&r), 1);
	ck_assert_uint_eq(rd_u16(&r), 0x0203);
	ck_assert_uint_eq(rd_u32(&r), 0x04050607);
	ck_assert_uint_eq(rd_left(&r), 3);
	ck_assert(!rd_done(&r));
	rd_skip(&r, 3);
	ck_assert(rd_done(&r));
}
END_TEST

START_TEST(u64_is_eight_octets)
{
	struct rd r = rd_init(wire, sizeof(wire));

	ck_assert_uint_eq(rd_u64(&r), UINT64_C(0x0102030405060708));
}
END_TEST

/* An exact-size heap copy: the sanitizer sees one octet too far. */
START_TEST(a_read_past_the_end_makes_bad_for_good)
{
	uint8_t *copy = malloc(3);
	struct rd r;

	memcpy(copy, wire, 3);
	r = rd_init(copy, 3);
	ck_assert_uint_eq(rd_u32(&r), 0);
	ck_assert(r.bad);
	ck_assert_uint_eq(rd_u8(&r), 0);
	ck_assert(!rd_done(&r));
	free(copy);
}
END_TEST

START_TEST(a_sub_reader_ends_where_it_was_told)
{
	struct rd r = rd_init(wire, sizeof(wire));
	struct rd sub = rd_sub(&r, 2);

	ck_assert_uint_eq(rd_u16(&sub), 0x0102);
	rd_u8(&sub);
	ck_assert(sub.bad);
	ck_assert(!r.bad);
	ck_assert_uint_eq(rd_u8(&r), 3);
}
END_TEST

START_TEST(a_sub_reader_longer_than_the_rest_is_bad)
{
	struct rd r = rd_init(wire, sizeof(wire));
	struct rd sub = rd_sub(&r, sizeof(wire) + 1);

	ck_assert(sub.bad && r.bad);
	ck_assert_uint_eq(rd_left(&sub), 0);
}
END_TEST

START_TEST(a_short_copy_gives_zeroes)
{
	struct rd r = rd_init(wire, 2);
	uint8_t out[4] = { 9, 9, 9, 9 };

	rd_copy(&r, out, sizeof(out));
	ck_assert_mem_eq(out, "\0\0\0\0", 4);
	ck_assert(r.bad);
}
END_TEST

START_TEST(what_is_written_is_read_again)
{
	uint8_t buf[32];
	struct wr w = wr_init(buf, sizeof(buf));
	struct rd r;

	wr_u8(&w, 0xab);
	wr_u16(&w, 0xcdef);
	wr_u32(&w, 0x12345678);
	wr_u64(&w, UINT64_C(0x1122334455667788));
	wr_zero(&w, 2);
	ck_assert(wr_ok(&w));
	r = rd_init(buf, wr_at(&w));
	ck_assert_uint_eq(rd_u8(&r), 0xab);
	ck_assert_uint_eq(rd_u16(&r), 0xcdef);
	ck_assert_uint_eq(rd_u32(&r), 0x12345678);
	ck_assert_uint_eq(rd_u64(&r), UINT64_C(0x1122334455667788));
	ck_assert_uint_eq(rd_u16(&r), 0);
	ck_assert(rd_done(&r));
}
END_TEST

START_TEST(what_does_not_fit_is_not_written_in_part)
{
	uint8_t *buf = malloc(5);
	struct wr w = wr_init(buf, 5);

	wr_u32(&w, 1);
	wr_u16(&w, 2);
	ck_assert(!wr_ok(&w));
	ck_assert_uint_eq(wr_at(&w), 4);
	wr_u8(&w, 3);
	ck_assert_uint_eq(wr_at(&w), 4);
	free(buf);
}
END_TEST

START_TEST(half_a_u64_is_not_written)
{
	uint8_t buf[6];
	struct wr w = wr_init(buf, sizeof(buf));

	wr_u64(&w, 1);
	ck_assert(!wr_ok(&w));
	ck_assert_uint_eq(wr_at(&w), 0);
}
END_TEST

START_TEST(a_gap_is_filled_with_the_length)
{
	uint8_t buf[16];
	struct wr w = wr_init(buf, sizeof(buf));
	size_t gap = wr_gap16(&w);

	wr_u32(&w, 0);
	wr_fill16(&w, gap, 0);
	ck_assert_uint_eq(buf[0], 0);
	ck_assert_uint_eq(buf[1], 6);
}
END_TEST

START_TEST(a_length_over_16_bits_is_refused)
{
	uint8_t *buf = malloc(70000);
	struct wr w = wr_init(buf, 70000);
	size_t gap = wr_gap16(&w);

	wr_zero(&w, 65536);
	wr_fill16(&w, gap, 0);
	ck_assert(!wr_ok(&w));
	free(buf);
}
END_TEST

static TCase *reader(void)
{
	TCase *tc = tcase_create("reader");

	tcase_add_test(tc, fields_come_in_network_order);
	tcase_add_test(tc, u64_is_eight_octets);
	tcase_add_test(tc, a_read_past_the_end_makes_bad_for_good);
	tcase_add_test(tc, a_sub_reader_ends_where_it_was_told);
	tcase_add_test(tc, a_sub_reader_longer_than_the_rest_is_bad);
	tcase_add_test(tc, a_short_copy_gives_zeroes);
	return tc;
}

static TCase *writer(void)
{
	TCase *tc = tcase_create("writer");

	tcase_add_test(tc, what_is_written_is_read_again);
	tcase_add_test(tc, what_does_not_fit_is_not_written_in_part);
	tcase_add_test(tc, half_a_u64_is_not_written);
	tcase_add_test(tc, a_gap_is_filled_with_the_length);
	tcase_add_test(tc, a_length_over_16_bits_is_refused);
	return tc;
}

RUN_CASES("rd_wr", reader, writer)
