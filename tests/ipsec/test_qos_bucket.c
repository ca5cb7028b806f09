/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/qos_bucket.h"

#include "base/clock.h"
#include "tests/check_main.h"

#define START SEC(5)

/* Packets of octets, every gap us for a second: how many of a colour. */
static void offer(struct qos_meter *m, unsigned int octets, int64_t gap,
		  unsigned int *colours)
{
	for (int64_t at = 0; at < US_PER_SEC; at += gap)
		colours[qos_meter_colour(m, octets, START + at)]++;
}

START_TEST(a_bucket_is_full_at_first_and_fills_at_its_rate)
{
	struct qos_bucket b;

	qos_bucket_init(&b, 8000, 16000);
	ck_assert(qos_bucket_open(&b, START));
	qos_bucket_charge(&b, 2000);
	ck_assert(!qos_bucket_open(&b, START));
	ck_assert_int_eq(qos_bucket_opens(&b, START), START + 1);
	qos_bucket_charge(&b, 1000);
	/* 1000 octets are a second. */
	ck_assert_int_eq(qos_bucket_opens(&b, START), START + SEC(1) + 1);
	ck_assert(!qos_bucket_open(&b, START + SEC(1)));
	ck_assert(qos_bucket_open(&b, START + SEC(1) + 1));
}
END_TEST

START_TEST(a_bucket_never_holds_more_than_its_burst)
{
	struct qos_bucket b;

	qos_bucket_init(&b, IPSEC_QOS_RATE_MAX * 2, UINT64_C(1) << 35);
	ck_assert_uint_eq(b.rate, IPSEC_QOS_RATE_MAX);
	(void)qos_bucket_fill(&b, START);
	b.tokens = 0;
	/* A year. */
	(void)qos_bucket_fill(&b, START + SEC(31536000));
	ck_assert_int_eq(b.tokens, b.burst);
	ck_assert_int_gt(b.burst, 0);
}
END_TEST

START_TEST(what_finds_no_room_is_told)
{
	struct qos_bucket b;

	qos_bucket_init(&b, 8000, 8000);
	(void)qos_bucket_fill(&b, START);
	qos_bucket_charge(&b, 500);
	/* Half a second of two fills it. */
	ck_assert_int_eq(qos_bucket_fill(&b, START + SEC(2)),
			 SEC(3) / 2 * 8000);
}
END_TEST

START_TEST(time_that_goes_back_changes_nothing)
{
	struct qos_bucket b;
	int64_t tokens;

	qos_bucket_init(&b, 8000, 8000);
	(void)qos_bucket_fill(&b, START);
	qos_bucket_charge(&b, 900);
	tokens = b.tokens;
	ck_assert_int_eq(qos_bucket_fill(&b, START - 70), 0);
	ck_assert_int_eq(b.tokens, tokens);
	(void)qos_bucket_fill(&b, START + 10);
	ck_assert_int_eq(b.tokens, tokens + 80000);
}
END_TEST

START_TEST(one_rate_lets_its_rate_and_a_burst_through)
{
	const struct ipsec_qos_police police = { .cir = 80000, .bc = 2000 };
	unsigned int colours[IPSEC_QOS_COLOURS] = { 0 };
	struct qos_meter m;

	qos_meter_init(&m, &police);
	offer(&m, 100, 1000, colours); /* ten times the rate */
	/* 10000 octets of a second, and the burst. */
	ck_assert_uint_ge(colours[IPSEC_QOS_CONFORM], 119);
	ck_assert_uint_le(colours[IPSEC_QOS_CONFORM], 120);
	ck_assert_uint_eq(colours[IPSEC_QOS_VIOLATE], 0);
	ck_assert_uint_eq(
		colours[IPSEC_QOS_CONFORM] + colours[IPSEC_QOS_EXCEED], 1000);
}
END_TEST

/* RFC 2697: what the first bucket cannot hold goes into the second. */
START_TEST(three_colours_of_one_rate)
{
	const struct ipsec_qos_police police = {
		.cir = 80000, .bc = 1000, .be = 500, .violate = true
	};
	struct qos_meter m;

	qos_meter_init(&m, &police);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(qos_meter_colour(&m, 100, START),
				 IPSEC_QOS_CONFORM);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(qos_meter_colour(&m, 100, START),
				 IPSEC_QOS_EXCEED);
	ck_assert_int_eq(qos_meter_colour(&m, 100, START), IPSEC_QOS_VIOLATE);
	/* 1200 octets later: 1000 and 200. */
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(qos_meter_colour(&m, 100, START + MSEC(120)),
				 IPSEC_QOS_CONFORM);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(qos_meter_colour(&m, 100, START + MSEC(120)),
				 IPSEC_QOS_EXCEED);
	ck_assert_int_eq(qos_meter_colour(&m, 100, START + MSEC(120)),
			 IPSEC_QOS_VIOLATE);
}
END_TEST

/* RFC 2698 */
START_TEST(three_colours_of_two_rates)
{
	const struct ipsec_qos_police police = {
		.cir = 80000, .pir = 160000, .bc = 1000, .be = 1000
	};
	unsigned int colours[IPSEC_QOS_COLOURS] = { 0 };
	struct qos_meter m;

	qos_meter_init(&m, &police);
	offer(&m, 100, 2000, colours); /* 400 kbit/s */
	ck_assert_uint_ge(colours[IPSEC_QOS_CONFORM], 108);
	ck_assert_uint_le(colours[IPSEC_QOS_CONFORM], 110);
	ck_assert_uint_ge(colours[IPSEC_QOS_EXCEED], 99);
	ck_assert_uint_le(colours[IPSEC_QOS_EXCEED], 101);
	ck_assert_uint_eq(colours[0] + colours[1] + colours[2], 500);
}
END_TEST

START_TEST(bursts_are_by_the_rate_when_none_is_given)
{
	struct ipsec_qos_police police = { .cir = 8000 };
	struct qos_meter m;

	qos_meter_init(&m, &police);
	ck_assert_int_eq(m.c.burst, qos_tokens(IPSEC_QOS_POLICE_BURST));
	police.cir = 1000000;
	qos_meter_init(&m, &police);
	ck_assert_int_eq(m.c.burst, qos_tokens(31250));
}
END_TEST

static TCase *buckets(void)
{
	TCase *tc = tcase_create("buckets");

	tcase_add_test(tc, a_bucket_is_full_at_first_and_fills_at_its_rate);
	tcase_add_test(tc, a_bucket_never_holds_more_than_its_burst);
	tcase_add_test(tc, what_finds_no_room_is_told);
	tcase_add_test(tc, time_that_goes_back_changes_nothing);
	tcase_add_test(tc, one_rate_lets_its_rate_and_a_burst_through);
	tcase_add_test(tc, three_colours_of_one_rate);
	tcase_add_test(tc, three_colours_of_two_rates);
	tcase_add_test(tc, bursts_are_by_the_rate_when_none_is_given);
	return tc;
}

RUN_CASES("ipsec/qos_bucket", buckets)
