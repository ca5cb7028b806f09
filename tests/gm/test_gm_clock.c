/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gm/gm_clock.h"

#include "tests/check_main.h"

START_TEST(fixed_point_becomes_microseconds)
{
	ck_assert_int_eq(gm_clock_us(0), 0);
	ck_assert_int_eq(gm_clock_us(UINT64_C(5) << 32), SEC(5));
	ck_assert_int_eq(gm_clock_us(UINT64_C(0x180000000)), MSEC(1500));
	ck_assert_int_eq(gm_clock_us(UINT64_MAX),
			 (INT64_C(1) << 32) * US_PER_SEC - 1);
}
END_TEST

START_TEST(a_clock_that_is_ahead_is_right)
{
	ck_assert_int_eq(gm_clock_judge(SEC(100), SEC(90), 0), GM_CLOCK_ADOPT);
	ck_assert_int_eq(gm_clock_judge(SEC(100000), 0, 0), GM_CLOCK_ADOPT);
	ck_assert_int_eq(gm_clock_judge(SEC(7), SEC(7), 0), GM_CLOCK_ADOPT);
}
END_TEST

/* 200 ppm of 7200 s are 1.44 s. */
START_TEST(a_clock_that_is_behind_is_right_while_it_may_be_drift)
{
	int64_t since = SEC(7200), drift = MSEC(1440) + MSEC(100);

	ck_assert_int_eq(gm_clock_judge(SEC(9000) - drift, SEC(9000), since),
			 GM_CLOCK_ADOPT);
	ck_assert_int_eq(gm_clock_judge(SEC(9000) - drift - 1, SEC(9000),
					since),
			 GM_CLOCK_LATE);
	ck_assert_int_eq(gm_clock_judge(SEC(9000) - MSEC(101), SEC(9000), 0),
			 GM_CLOCK_LATE);
}
END_TEST

START_TEST(later_than_any_retransmission_is_too_old)
{
	int64_t now = SEC(9000);

	ck_assert_int_eq(gm_clock_judge(now - SEC(660), now, 0), GM_CLOCK_LATE);
	ck_assert_int_eq(gm_clock_judge(now - SEC(660) - 1, now, 0),
			 GM_CLOCK_TOO_OLD);
}
END_TEST

static TCase *judging(void)
{
	TCase *tc = tcase_create("clock");

	tcase_add_test(tc, fixed_point_becomes_microseconds);
	tcase_add_test(tc, a_clock_that_is_ahead_is_right);
	tcase_add_test(tc,
		       a_clock_that_is_behind_is_right_while_it_may_be_drift);
	tcase_add_test(tc, later_than_any_retransmission_is_too_old);
	return tc;
}

RUN_CASES("gm_clock", judging)
