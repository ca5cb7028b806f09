/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp_dh.h"

#include <check.h>
#include <openssl/bn.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const unsigned int modp[] = { 1, 2, 5, 14, 15, 16, 24 };
static const unsigned int ecp[] = { 19, 20, 21 };

struct side {
	uint8_t private[ISAKMP_DH_PRIVATE_MAX];
	uint8_t public[ISAKMP_DH_PUBLIC_MAX];
	uint8_t shared[ISAKMP_DH_SHARED_MAX];
};

static void make(struct side *s, unsigned int group, uint8_t seed)
{
	size_t i;

	for (i = 0; i < sizeof(s->private); i++)
		s->private[i] = (uint8_t)(seed * (i + 3) + i * i);
	ck_assert_uint_le(isakmp_dh_private_len(group), sizeof(s->private));
	ck_assert(isakmp_dh_public(group, s->private, s->public));
}

static bool take(struct side *s, unsigned int group, const uint8_t *peer)
{
	return isakmp_dh_shared(group, s->private, peer,
				isakmp_dh_public_len(group), s->shared);
}

static void agree(unsigned int group)
{
	struct side a, b;

	make(&a, group, 1);
	make(&b, group, 2);
	ck_assert_mem_ne(a.public, b.public, isakmp_dh_public_len(group));
	ck_assert(isakmp_dh_plausible(group, b.public,
				      isakmp_dh_public_len(group)));
	ck_assert(take(&a, group, b.public));
	ck_assert(take(&b, group, a.public));
	ck_assert_mem_eq(a.shared, b.shared, isakmp_dh_shared_len(group));
}

START_TEST(both_sides_of_a_modp_group_agree)
{
	agree(modp[_i]);
}
END_TEST

START_TEST(both_sides_of_a_curve_agree)
{
	agree(ecp[_i]);
}
END_TEST

START_TEST(sizes_are_those_of_the_standards)
{
	ck_assert_uint_eq(isakmp_dh_public_len(1), 96);
	ck_assert_uint_eq(isakmp_dh_public_len(2), 128);
	ck_assert_uint_eq(isakmp_dh_public_len(14), 256);
	ck_assert_uint_eq(isakmp_dh_public_len(19), 64);
	ck_assert_uint_eq(isakmp_dh_public_len(20), 96);
	ck_assert_uint_eq(isakmp_dh_public_len(21), 132);
	ck_assert_uint_eq(isakmp_dh_public_len(24), 256);
	ck_assert_uint_eq(isakmp_dh_shared_len(19), 32);
	ck_assert_uint_eq(isakmp_dh_shared_len(21), 66);
	ck_assert_uint_eq(isakmp_dh_shared_len(16), 512);
	ck_assert_uint_eq(isakmp_dh_public_len(3), 0);
	ck_assert_uint_eq(isakmp_dh_public_len(22), 0);
}
END_TEST

static void refuse_word(struct side *s, unsigned int group, unsigned int word)
{
	uint8_t peer[ISAKMP_DH_PUBLIC_MAX] = { 0 };
	size_t len = isakmp_dh_public_len(group);

	peer[len - 1] = (uint8_t)word;
	ck_assert(!take(s, group, peer));
}

/* p - 1, p, p + 1: the top one is made of the prime itself. */
START_TEST(trivial_public_values_are_refused)
{
	static BIGNUM *(*const primes[])(BIGNUM *) = {
		BN_get_rfc2409_prime_768,  BN_get_rfc2409_prime_1024,
		BN_get_rfc3526_prime_1536, BN_get_rfc3526_prime_2048,
		BN_get_rfc3526_prime_3072, BN_get_rfc3526_prime_4096,
	};
	unsigned int group = modp[_i];
	size_t len = isakmp_dh_public_len(group);
	uint8_t peer[ISAKMP_DH_PUBLIC_MAX];
	struct side s;
	BIGNUM *p;
	int i;

	make(&s, group, 1);
	refuse_word(&s, group, 0);
	refuse_word(&s, group, 1);
	ck_assert(!isakmp_dh_plausible(
		group, (const uint8_t[ISAKMP_DH_PUBLIC_MAX]){ 0 }, len));
	memset(peer, 0xff, sizeof(peer));
	ck_assert(!take(&s, group, peer));
	ck_assert(!isakmp_dh_plausible(group, peer, len));
	if (group == 24)
		return;
	p = primes[_i](NULL);
	BN_sub_word(p, 1);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(BN_bn2binpad(p, peer, (int)len), (int)len);
		ck_assert(!take(&s, group, peer));
		ck_assert(!isakmp_dh_plausible(group, peer, len));
		BN_add_word(p, 1);
	}
	BN_free(p);
}
END_TEST

/* 2 is a generator of the whole group, or of another subgroup. */
START_TEST(group_24_refuses_what_is_not_in_its_subgroup)
{
	struct side s;

	make(&s, 24, 1);
	refuse_word(&s, 24, 3);
}
END_TEST

START_TEST(a_wrong_length_is_refused)
{
	struct side a, b;

	make(&a, modp[_i], 1);
	make(&b, modp[_i], 2);
	ck_assert(!isakmp_dh_shared(modp[_i], a.private, b.public,
				    isakmp_dh_public_len(modp[_i]) - 1,
				    a.shared));
	ck_assert(!isakmp_dh_plausible(modp[_i], b.public,
				       isakmp_dh_public_len(modp[_i]) - 1));
	ck_assert(!isakmp_dh_plausible(3, b.public, 128));
	ck_assert(!isakmp_dh_shared(3, a.private, b.public, 128, a.shared));
}
END_TEST

START_TEST(a_point_off_the_curve_is_refused)
{
	unsigned int group = ecp[_i];
	size_t len = isakmp_dh_public_len(group);
	struct side a, b;

	make(&a, group, 1);
	make(&b, group, 2);
	b.public[len - 1] ^= 1;
	ck_assert(!take(&a, group, b.public));
	ck_assert(!isakmp_dh_plausible(group, b.public, len));
	memset(b.public, 0, len);
	ck_assert(!take(&a, group, b.public));
	memset(b.public, 0xff, len);
	ck_assert(!take(&a, group, b.public));
	ck_assert(!isakmp_dh_shared(group, a.private, b.public, len - 2,
				    a.shared));
}
END_TEST

/* RFC 5903 8.1: the public value of i, times r, gives the girx there. */
START_TEST(p256_is_what_rfc_5903_publishes)
{
	static const char gr[] =
		"D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63"
		"56FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB";
	static const char secret[] =
		"D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE";
	static const char private[] =
		"C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433";
	uint8_t random[ISAKMP_DH_PRIVATE_MAX] = { 0 };
	uint8_t peer[64], out[32], want[32];
	BIGNUM *x = NULL;

	/* The value is taken modulo (order - 1), plus 1. */
	ck_assert(BN_hex2bn(&x, private) && BN_sub_word(x, 1));
	ck_assert_int_gt(
		BN_bn2binpad(x, random, (int)isakmp_dh_private_len(19)), 0);
	ck_assert(BN_hex2bn(&x, gr) && BN_bn2binpad(x, peer, 64) == 64);
	ck_assert(isakmp_dh_shared(19, random, peer, 64, out));
	ck_assert(BN_hex2bn(&x, secret) && BN_bn2binpad(x, want, 32) == 32);
	ck_assert_mem_eq(out, want, 32);
	BN_free(x);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("isakmp_dh");
	TCase *tc = tcase_create("dh");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, both_sides_of_a_modp_group_agree, 0,
			    ARRAY_SIZE(modp));
	tcase_add_loop_test(tc, both_sides_of_a_curve_agree, 0,
			    ARRAY_SIZE(ecp));
	tcase_add_test(tc, sizes_are_those_of_the_standards);
	tcase_add_loop_test(tc, trivial_public_values_are_refused, 0,
			    ARRAY_SIZE(modp));
	tcase_add_test(tc, group_24_refuses_what_is_not_in_its_subgroup);
	tcase_add_loop_test(tc, a_wrong_length_is_refused, 0, ARRAY_SIZE(modp));
	tcase_add_loop_test(tc, a_point_off_the_curve_is_refused, 0,
			    ARRAY_SIZE(ecp));
	tcase_add_test(tc, p256_is_what_rfc_5903_publishes);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
