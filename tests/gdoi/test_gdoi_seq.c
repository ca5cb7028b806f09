/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_seq.h"
#include "tests/check_main.h"
#include "tests/gdoi/mutate.h"

/* number 23, followed by an SA */
static const uint8_t wire[] = { 1, 0, 0, 8, 0, 0, 0, 23 };

static bool parses(struct rd body)
{
	uint32_t number;

	return !gdoi_seq_parse(body, &number).notify;
}

START_TEST(number_23_is_read)
{
	uint32_t number;

	ck_assert_uint_eq(gdoi_seq_parse(body_of_payload(wire, sizeof(wire)),
					 &number)
				  .notify,
			  0);
	ck_assert_uint_eq(number, 23);
}
END_TEST

START_TEST(number_23_is_written)
{
	uint8_t buf[16];
	struct wr w = wr_init(buf, sizeof(buf));

	gdoi_seq_write(&w, ISAKMP_SA, 23);
	ck_assert_octets(buf, wr_at(&w), wire, sizeof(wire));
}
END_TEST

START_TEST(truncations_are_refused)
{
	refuses_truncations(parses, wire + 4, sizeof(wire) - 4);
}
END_TEST

START_TEST(five_octets_are_refused)
{
	static const uint8_t five[] = { 0, 0, 0, 23, 0 };

	ck_assert(!parses_copy(parses, five, sizeof(five)));
}
END_TEST

static TCase *seq_case(void)
{
	TCase *tc = tcase_create("SEQ");

	tcase_add_test(tc, number_23_is_read);
	tcase_add_test(tc, number_23_is_written);
	tcase_add_test(tc, truncations_are_refused);
	tcase_add_test(tc, five_octets_are_refused);
	return tc;
}

RUN_CASES("gdoi_seq", seq_case)
