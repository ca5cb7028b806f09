/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_gap.h"
#include "tests/check_main.h"
#include "tests/gdoi/mutate.h"

/* ATD 30, DTD 60, TBAR window 5, pseudotime 2.5 s, replay window 64 */
static const uint8_t wire[] = {
	16, 0,	  0, 32, 0x80, 1, 0, 30, 0x80, 2, 0, 60, 0x80, 0x80, 0, 5,
	0,  0x81, 0, 8,	 0,    0, 0, 2,	 0x80, 0, 0, 0,	 0x80, 0x82, 0, 64,
};

enum { RFC_END = 12, TBAR_END = 28, END = sizeof(wire) };

/* A cut between attributes is a good list, unless it halves the pair. */
static bool is_border(size_t body_len)
{
	size_t at = body_len + 4;

	return at == 4 || at == 8 || at == RFC_END || at == TBAR_END ||
	       at == END;
}

static bool parses(struct rd body)
{
	struct gdoi_gap gap;

	return !gdoi_gap_parse(body, true, &gap).notify;
}

START_TEST(all_attributes_are_read)
{
	struct gdoi_gap gap;
	struct isakmp_fault fault;

	fault = gdoi_gap_parse(body_of_payload(wire, END), true, &gap);
	ck_assert_uint_eq(fault.notify, 0);
	ck_assert_uint_eq(gap.atd, 30);
	ck_assert_uint_eq(gap.dtd, 60);
	ck_assert(gap.tbar);
	ck_assert_uint_eq(gap.tbar_window, 5);
	ck_assert(gap.has_pseudotime);
	ck_assert(gap.pseudotime == UINT64_C(0x0000000280000000));
	ck_assert_uint_eq(gap.replay_window, 64);
	ck_assert_uint_eq(gap.sids_wanted, 0);
}
END_TEST

START_TEST(all_attributes_are_written)
{
	const struct gdoi_gap gap = {
		.atd = 30,
		.dtd = 60,
		.tbar = true,
		.tbar_window = 5,
		.has_pseudotime = true,
		.pseudotime = UINT64_C(0x0000000280000000),
		.replay_window = 64,
	};
	uint8_t buf[64];
	struct wr w = wr_init(buf, sizeof(buf));

	gdoi_gap_write(&w, ISAKMP_SAT, &gap);
	ck_assert_octets(buf, wr_at(&w), wire, sizeof(wire));
}
END_TEST

START_TEST(a_request_for_sender_ids_is_read_as_written)
{
	const struct gdoi_gap gap = { .sids_wanted = 9 };
	static const uint8_t want[] = { 0, 0, 0, 8, 0x80, 3, 0, 9 };
	struct gdoi_gap out;
	uint8_t buf[16];
	struct wr w = wr_init(buf, sizeof(buf));

	gdoi_gap_write(&w, ISAKMP_NONE, &gap);
	ck_assert_octets(buf, wr_at(&w), want, sizeof(want));
	ck_assert_uint_eq(gdoi_gap_parse(body_of_payload(buf, wr_at(&w)), false,
					 &out)
				  .notify,
			  0);
	ck_assert_uint_eq(out.sids_wanted, 9);
}
END_TEST

START_TEST(a_pseudotime_without_a_window_is_read_as_written)
{
	const struct gdoi_gap gap = {
		.has_pseudotime = true,
		.pseudotime = UINT64_C(0x0000000280000000),
	};
	struct gdoi_gap out;
	uint8_t buf[16];
	struct wr w = wr_init(buf, sizeof(buf));

	ck_assert(!gdoi_gap_is_empty(&gap));
	gdoi_gap_write(&w, ISAKMP_NONE, &gap);
	ck_assert_uint_eq(wr_at(&w), 16);
	ck_assert_mem_eq(buf + 4, wire + 16, 12);
	ck_assert(!gdoi_gap_parse(body_of_payload(buf, 16), true, &out).notify);
	ck_assert(out.has_pseudotime && !out.tbar);
	ck_assert(out.pseudotime == gap.pseudotime);
}
END_TEST

START_TEST(private_attributes_are_unknown_without_extensions)
{
	struct gdoi_gap gap;
	struct isakmp_fault fault;

	fault = gdoi_gap_parse(body_of_payload(wire, END), false, &gap);
	ck_assert_uint_eq(fault.notify, ISAKMP_N_ATTRIBUTES_NOT_SUPPORTED);
	fault = gdoi_gap_parse(body_of_payload(wire, RFC_END), false, &gap);
	ck_assert_uint_eq(fault.notify, 0);
}
END_TEST

START_TEST(truncations_inside_an_attribute_are_refused)
{
	size_t i;

	for (i = 0; i <= sizeof(wire) - 4; i++)
		ck_assert_int_eq(parses_copy(parses, wire + 4, i),
				 is_border(i));
}
END_TEST

START_TEST(changed_octets_do_no_harm)
{
	ck_assert_uint_gt(survives_flips(parses, wire + 4, END - 4), 0);
}
END_TEST

static const uint8_t bad[][12] = {
	{ 0x80, 4, 0, 1 },		  /* unknown */
	{ 0x80, 1, 0, 1, 0x80, 1, 0, 1 }, /* twice */
	{ 0, 1, 0, 2, 0, 1 },		  /* a TV as a TLV */
	{ 0x80, 3, 0, 0 },		  /* no sender IDs */
	{ 0x80, 0x80, 0, 5 },		  /* window alone */
};
static const size_t bad_len[] = { 4, 8, 6, 4, 4 };

START_TEST(bad_lists_are_refused)
{
	ck_assert(!parses_copy(parses, bad[_i], bad_len[_i]));
}
END_TEST

static TCase *gap_case(void)
{
	TCase *tc = tcase_create("GAP");

	tcase_add_test(tc, all_attributes_are_read);
	tcase_add_test(tc, all_attributes_are_written);
	tcase_add_test(tc, a_request_for_sender_ids_is_read_as_written);
	tcase_add_test(tc, a_pseudotime_without_a_window_is_read_as_written);
	tcase_add_test(tc, private_attributes_are_unknown_without_extensions);
	tcase_add_test(tc, truncations_inside_an_attribute_are_refused);
	tcase_add_test(tc, changed_octets_do_no_harm);
	tcase_add_loop_test(tc, bad_lists_are_refused, 0, 5);
	return tc;
}

RUN_CASES("gdoi_gap", gap_case)
