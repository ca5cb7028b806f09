/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp_skeyid.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "tests/isakmp/skeyid_vectors.h"

static struct isakmp_part input(uint8_t *buf, uint8_t seed, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf[i] = (uint8_t)(seed + i);
	return (struct isakmp_part){ buf, len };
}

static void same(const uint8_t *got, size_t len, const char *hex)
{
	char text[2 * ISAKMP_HASH_MAX + 1];

	ck_assert_uint_le(len, ISAKMP_HASH_MAX);
	bytes_hex(text, got, len);
	ck_assert_str_eq(text, hex);
}

START_TEST(keys_and_hashes_are_what_another_implementation_computes)
{
	const struct skeyid_vector *v = &skeyid_vectors[_i];
	uint8_t ci[8], cr[8], ni[20], nr[32], gxi[128], gxr[128], sai[44];
	uint8_t gxy[128], id[8], out[ISAKMP_HASH_MAX], iv[ISAKMP_BLOCK_MAX];
	struct isakmp_seen seen = { .hash = v->hash,
				    .encr = v->encr,
				    .key_bits = v->bits,
				    .icookie = ci,
				    .rcookie = cr };
	struct isakmp_skeyid k;
	size_t block = isakmp_cipher_block(v->encr);

	input(ci, 1, sizeof(ci));
	input(cr, 2, sizeof(cr));
	seen.ni = input(ni, 3, sizeof(ni));
	seen.nr = input(nr, 4, sizeof(nr));
	seen.gxi = input(gxi, 5, sizeof(gxi));
	seen.gxr = input(gxr, 6, sizeof(gxr));
	seen.sai_b = input(sai, 7, sizeof(sai));
	input(gxy, 8, sizeof(gxy));
	ck_assert(isakmp_skeyid_derive(&k, &seen, "MYGDOIPSK", 9, gxy,
				       sizeof(gxy)));
	same(k.skeyid, k.len, v->skeyid);
	same(k.d, k.len, v->d);
	same(k.a, k.len, v->a);
	same(k.e, k.len, v->e);
	same(k.cipher.key, k.cipher.key_len, v->key);
	same(k.iv, block, v->iv);
	isakmp_skeyid_auth(&k, &seen, true, input(id, 9, sizeof(id)), out);
	same(out, k.len, v->hash_i);
	isakmp_skeyid_auth(&k, &seen, false, input(id, 9, sizeof(id)), out);
	same(out, k.len, v->hash_r);
	isakmp_skeyid_iv(&k, k.iv, 0x01020304, iv);
	same(iv, block, v->iv2);
}
END_TEST

START_TEST(an_unknown_cipher_or_hash_is_refused)
{
	struct isakmp_seen seen = { .hash = ISAKMP_HASH_SHA, .encr = 2 };
	struct isakmp_skeyid k;

	ck_assert(!isakmp_skeyid_derive(&k, &seen, "k", 1, "s", 1));
	seen.encr = ISAKMP_ENCR_AES;
	seen.key_bits = 100;
	ck_assert(!isakmp_skeyid_derive(&k, &seen, "k", 1, "s", 1));
	ck_assert_uint_eq(isakmp_hash_len(3), 0);
	ck_assert_uint_eq(isakmp_hash_len(1000), 0);
}
END_TEST

/* The cipher's own known answers (FIPS 81 and NIST SP 800-38A F.2). */
START_TEST(des_and_aes_encrypt_as_published)
{
	struct isakmp_cipher des = { ISAKMP_ENCR_DES, 8, { 0 } };
	struct isakmp_cipher aes = { ISAKMP_ENCR_AES, 16, { 0 } };
	uint8_t iv[16], data[24];

	ck_assert(bytes_from_hex(des.key, 8, "0123456789abcdef"));
	ck_assert(bytes_from_hex(iv, 8, "1234567890abcdef"));
	memcpy(data, "Now is the time for all ", 24);
	ck_assert(isakmp_cipher_run(&des, true, iv, data, 24));
	same(data, 24, "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6");
	ck_assert(isakmp_cipher_run(&des, false, iv, data, 24));
	ck_assert_mem_eq(data, "Now is the time for all ", 24);
	ck_assert(bytes_from_hex(aes.key, 16,
				 "2b7e151628aed2a6abf7158809cf4f3c"));
	ck_assert(bytes_from_hex(iv, 16, "000102030405060708090a0b0c0d0e0f"));
	ck_assert(bytes_from_hex(data, 16, "6bc1bee22e409f96e93d7e117393172a"));
	ck_assert(isakmp_cipher_run(&aes, true, iv, data, 16));
	same(data, 16, "7649abac8119b246cee98e9b12e9197d");
	ck_assert(!isakmp_cipher_run(&aes, true, iv, data, 15));
	ck_assert(!isakmp_cipher_run(&aes, true, iv, data, 0));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("isakmp_skeyid");
	TCase *tc = tcase_create("skeyid");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(
		tc, keys_and_hashes_are_what_another_implementation_computes, 0,
		ARRAY_SIZE(skeyid_vectors));
	tcase_add_test(tc, an_unknown_cipher_or_hash_is_refused);
	tcase_add_test(tc, des_and_aes_encrypt_as_published);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
