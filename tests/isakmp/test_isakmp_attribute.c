/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* TV 1=7, TLV 12 of 4 octets, TLV 3 of 5 octets, TLV 9 of none */
static const uint8_t wire[] = { 0x80, 1,    0,	  7, 0, 12, 0, 4,   0,
				1,    0x51, 0x80, 0, 3, 0,  5, 'h', 'e',
				'l',  'l',  'o',  0, 9, 0,  0 };

START_TEST(attributes_are_read_in_order)
{
	struct rd r = rd_init(wire, sizeof(wire));
	struct isakmp_attribute a;
	uint32_t value;

	ck_assert(isakmp_attribute_next(&r, &a));
	ck_assert(a.basic);
	ck_assert_uint_eq(a.type, 1);
	ck_assert_uint_eq(a.value, 7);
	ck_assert(isakmp_attribute_u32(&a, &value));
	ck_assert_uint_eq(value, 7);
	ck_assert(isakmp_attribute_next(&r, &a));
	ck_assert(!a.basic);
	ck_assert_uint_eq(a.type, 12);
	ck_assert(isakmp_attribute_u32(&a, &value));
	ck_assert_uint_eq(value, 86400);
	ck_assert(isakmp_attribute_next(&r, &a));
	ck_assert_uint_eq(a.type, 3);
	ck_assert_uint_eq(rd_left(&a.data), 5);
	ck_assert(!isakmp_attribute_u32(&a, &value));
	ck_assert(isakmp_attribute_next(&r, &a));
	ck_assert_uint_eq(a.type, 9);
	ck_assert(!isakmp_attribute_u32(&a, &value));
	ck_assert(!isakmp_attribute_next(&r, &a));
	ck_assert(!r.bad);
}
END_TEST

/* Where an attribute of wire ends; a cut there leaves a good list. */
static bool is_border(size_t len)
{
	return len == 0 || len == 4 || len == 12 || len == 21;
}

START_TEST(every_truncation_inside_an_attribute_is_bad)
{
	size_t len = (size_t)_i;
	uint8_t *copy = malloc(len ? len : 1);
	struct isakmp_attribute a;
	struct rd r;

	memcpy(copy, wire, len);
	r = rd_init(copy, len);
	while (isakmp_attribute_next(&r, &a))
		;
	free(copy);
	ck_assert_int_eq(r.bad, !is_border(len));
}
END_TEST

START_TEST(a_flipped_octet_never_reads_outside)
{
	uint8_t *copy = malloc(sizeof(wire));
	struct isakmp_attribute a;
	unsigned int n = 0;
	uint32_t value;
	struct rd r;
	int bit;

	for (bit = 0; bit < 8; bit++) {
		memcpy(copy, wire, sizeof(wire));
		copy[_i] ^= (uint8_t)(1 << bit);
		r = rd_init(copy, sizeof(wire));
		for (n = 0; isakmp_attribute_next(&r, &a); n++)
			(void)isakmp_attribute_u32(&a, &value);
		ck_assert_uint_le(n, sizeof(wire) / 4);
	}
	free(copy);
}
END_TEST

START_TEST(what_is_written_is_read_back)
{
	uint8_t buf[sizeof(wire)];
	struct wr w = wr_init(buf, sizeof(buf));

	isakmp_attribute_tv(&w, 1, 7);
	isakmp_attribute_u32_tlv(&w, 12, 86400);
	isakmp_attribute_tlv(&w, 3, "hello", 5);
	isakmp_attribute_tlv(&w, 9, "", 0);
	ck_assert(wr_ok(&w));
	ck_assert_uint_eq(wr_at(&w), sizeof(wire));
	ck_assert_mem_eq(buf, wire, sizeof(wire));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("isakmp_attribute");
	TCase *tc = tcase_create("attribute");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, attributes_are_read_in_order);
	tcase_add_loop_test(tc, every_truncation_inside_an_attribute_is_bad, 0,
			    sizeof(wire));
	tcase_add_loop_test(tc, a_flipped_octet_never_reads_outside, 0,
			    sizeof(wire));
	tcase_add_test(tc, what_is_written_is_read_back);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
