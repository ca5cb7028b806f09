/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp_policy.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const struct isakmp_proposal aes = {
	.encr = ISAKMP_ENCR_AES,
	.key_bits = 256,
	.hash = ISAKMP_HASH_SHA256,
	.auth = ISAKMP_AUTH_PSK,
	.group = 14,
	.lifetime = 3600,
};

static const struct isakmp_proposal des3 = {
	.encr = ISAKMP_ENCR_3DES,
	.hash = ISAKMP_HASH_MD5,
	.auth = ISAKMP_AUTH_PSK,
	.group = 2,
	.lifetime = 86400,
};

static void add(struct isakmp_policies *all, uint32_t priority,
		const struct isakmp_proposal *p)
{
	isakmp_policy_get(NULL, all, priority)->p = *p;
}

/* An offer of both; the octets written. */
static size_t offer(uint8_t *buf, size_t size)
{
	struct isakmp_policies all = { 0 };
	struct wr w = wr_init(buf, size);

	add(&all, 2, &des3);
	add(&all, 1, &aes);
	ck_assert(isakmp_offer_write(&all, &w));
	isakmp_policies_free(&all);
	return wr_at(&w);
}

static uint16_t choose(const struct isakmp_policies *all, const uint8_t *data,
		       size_t len, struct isakmp_proposal *chosen)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct isakmp_fault fault;
	struct rd transform;
	uint8_t number;

	memcpy(copy, data, len);
	fault = isakmp_offer_choose(all, rd_init(copy, len), chosen, &transform,
				    &number);
	if (!fault.notify) {
		ck_assert(transform.p >= copy && transform.end <= copy + len);
		ck_assert_uint_ge(rd_left(&transform), 8);
	}
	free(copy);
	return fault.notify;
}

START_TEST(our_priority_decides)
{
	struct isakmp_policies all = { 0 };
	struct isakmp_proposal chosen;
	uint8_t buf[512];
	size_t len = offer(buf, sizeof(buf));

	add(&all, 5, &des3);
	add(&all, 6, &aes);
	ck_assert_uint_eq(choose(&all, buf, len, &chosen), 0);
	ck_assert_uint_eq(chosen.group, 2);
	add(&all, 4, &aes);
	ck_assert_uint_eq(choose(&all, buf, len, &chosen), 0);
	ck_assert_uint_eq(chosen.group, 14);
	isakmp_policies_free(&all);
}
END_TEST

START_TEST(the_shorter_lifetime_is_taken)
{
	struct isakmp_policies all = { 0 };
	struct isakmp_proposal mine = aes, chosen;
	uint8_t buf[512];
	size_t len = offer(buf, sizeof(buf));

	mine.lifetime = 60;
	add(&all, 1, &mine);
	ck_assert_uint_eq(choose(&all, buf, len, &chosen), 0);
	ck_assert_uint_eq(chosen.lifetime, 60);
	isakmp_policy_find(&all, 1)->p.lifetime = 86400;
	ck_assert_uint_eq(choose(&all, buf, len, &chosen), 0);
	ck_assert_uint_eq(chosen.lifetime, 3600);
	isakmp_policies_free(&all);
}
END_TEST

START_TEST(every_difference_is_a_difference)
{
	struct isakmp_proposal others[6];
	struct isakmp_proposal chosen;
	uint8_t buf[512];
	size_t len = offer(buf, sizeof(buf));
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		others[i] = aes;
	others[0].encr = ISAKMP_ENCR_DES;
	others[0].key_bits = 0;
	others[1].key_bits = 128;
	others[2].hash = ISAKMP_HASH_SHA;
	others[3].auth = ISAKMP_AUTH_RSA_SIG;
	others[4].group = 15;
	others[5].group = 24;
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		struct isakmp_policies all = { 0 };

		add(&all, 1, &others[i]);
		ck_assert_uint_eq(choose(&all, buf, len, &chosen),
				  ISAKMP_N_NO_PROPOSAL_CHOSEN);
		isakmp_policies_free(&all);
	}
}
END_TEST

START_TEST(an_answer_is_one_transform_of_the_offer)
{
	struct isakmp_policies all = { 0 };
	struct isakmp_proposal chosen;
	uint8_t buf[512], out[512];
	size_t len = offer(buf, sizeof(buf));
	struct wr w = wr_init(out, sizeof(out));
	struct rd transform;
	uint8_t number;

	add(&all, 1, &des3);
	ck_assert_uint_eq(isakmp_offer_choose(&all, rd_init(buf, len), &chosen,
					      &transform, &number)
				  .notify,
			  0);
	isakmp_answer_write(&w, rd_init(buf, len), transform, number);
	ck_assert(wr_ok(&w));
	ck_assert_uint_lt(wr_at(&w), len);
	ck_assert_uint_eq(isakmp_answer_read(&all, rd_init(out, wr_at(&w)),
					     &chosen)
				  .notify,
			  0);
	ck_assert_uint_eq(chosen.encr, ISAKMP_ENCR_3DES);
	/* The offer itself is no answer, nor is what was never offered. */
	ck_assert_uint_ne(
		isakmp_answer_read(&all, rd_init(buf, len), &chosen).notify, 0);
	isakmp_policies_free(&all);
	add(&all, 1, &aes);
	ck_assert_uint_ne(isakmp_answer_read(&all, rd_init(out, wr_at(&w)),
					     &chosen)
				  .notify,
			  0);
	isakmp_policies_free(&all);
}
END_TEST

START_TEST(no_truncation_of_an_offer_is_accepted)
{
	struct isakmp_policies all = { 0 };
	struct isakmp_proposal chosen;
	uint8_t buf[512];
	size_t len = offer(buf, sizeof(buf));
	size_t cut;

	add(&all, 1, &aes);
	for (cut = 0; cut < len; cut++)
		ck_assert_uint_ne(choose(&all, buf, cut, &chosen), 0);
	isakmp_policies_free(&all);
}
END_TEST

START_TEST(a_flipped_octet_never_reads_outside)
{
	struct isakmp_policies all = { 0 };
	struct isakmp_proposal chosen;
	uint8_t buf[512];
	size_t len = offer(buf, sizeof(buf));
	size_t i;
	int bit;

	add(&all, 1, &aes);
	for (i = 0; i < len; i++)
		for (bit = 0; bit < 8; bit++) {
			buf[i] ^= (uint8_t)(1 << bit);
			(void)choose(&all, buf, len, &chosen);
			(void)isakmp_answer_read(&all, rd_init(buf, len),
						 &chosen);
			buf[i] ^= (uint8_t)(1 << bit);
		}
	isakmp_policies_free(&all);
}
END_TEST

START_TEST(both_domains_of_interpretation_are_understood_and_no_other)
{
	struct isakmp_policies all = { 0 };
	struct isakmp_proposal chosen;
	uint8_t buf[512];
	size_t len = offer(buf, sizeof(buf));

	add(&all, 1, &aes);
	ck_assert_uint_eq(buf[3], GDOI_DOI);
	buf[3] = IPSEC_DOI;
	ck_assert_uint_eq(choose(&all, buf, len, &chosen), 0);
	buf[7] = 0; /* situation */
	ck_assert_uint_eq(choose(&all, buf, len, &chosen), 0);
	buf[3] = 3;
	ck_assert_uint_eq(choose(&all, buf, len, &chosen),
			  ISAKMP_N_DOI_NOT_SUPPORTED);
	isakmp_policies_free(&all);
}
END_TEST

START_TEST(without_defaults_and_policies_there_is_nothing_to_offer)
{
	struct isakmp_policies all = { .no_defaults = true };
	uint8_t buf[512];
	struct wr w = wr_init(buf, sizeof(buf));

	ck_assert(!isakmp_offer_write(&all, &w));
	all.no_defaults = false;
	w = wr_init(buf, sizeof(buf));
	ck_assert(isakmp_offer_write(&all, &w));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("isakmp_offer");
	TCase *tc = tcase_create("offer");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, our_priority_decides);
	tcase_add_test(tc, the_shorter_lifetime_is_taken);
	tcase_add_test(tc, every_difference_is_a_difference);
	tcase_add_test(tc, an_answer_is_one_transform_of_the_offer);
	tcase_add_test(tc, no_truncation_of_an_offer_is_accepted);
	tcase_add_test(tc, a_flipped_octet_never_reads_outside);
	tcase_add_test(
		tc, both_domains_of_interpretation_are_understood_and_no_other);
	tcase_add_test(tc,
		       without_defaults_and_policies_there_is_nothing_to_offer);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
