/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_rsa.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/wr.h"
#include "tests/check_main.h"
#include "tests/gdoi/mutate.h"
#include "tests/gdoi/rsa_key.h"

static bool parses(struct rd der)
{
	struct keybuf spki = { 0 };
	unsigned int bits;
	bool ok = !gdoi_rsa_read(der, &spki, &bits).notify;

	keybuf_free(&spki);
	return ok;
}

static void check_read(const uint8_t *der, size_t len)
{
	struct keybuf spki = { 0 };
	unsigned int bits = 0;

	ck_assert(!gdoi_rsa_read(rd_init(der, len), &spki, &bits).notify);
	ck_assert_uint_eq(bits, 1024);
	ck_assert_octets(spki.data, spki.len, rsa_1024_spki,
			 sizeof(rsa_1024_spki));
	keybuf_free(&spki);
}

START_TEST(both_encodings_give_the_same_key)
{
	check_read(rsa_1024_spki, sizeof(rsa_1024_spki));
	check_read(rsa_1024_pkcs1, sizeof(rsa_1024_pkcs1));
}
END_TEST

/* Of lengths that are told in one octet, two and three. */
START_TEST(it_is_the_key_that_openssl_wrote)
{
	static const unsigned int sizes[] = { 512, 513, 520, 1017, 1024, 2048 };
	EVP_PKEY *pair = EVP_RSA_gen(sizes[_i]), *key;
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(pair, &der);
	struct keybuf spki = { 0 };
	unsigned int bits = 0;

	ck_assert_int_gt(len, 0);
	ck_assert(
		!gdoi_rsa_read(rd_init(der, (size_t)len), &spki, &bits).notify);
	ck_assert_uint_eq(bits, sizes[_i]);
	ck_assert_octets(spki.data, spki.len, der, (size_t)len);
	key = gdoi_rsa_key(&spki);
	ck_assert_int_eq(EVP_PKEY_eq(key, pair), 1);
	EVP_PKEY_free(key);
	EVP_PKEY_free(pair);
	OPENSSL_free(der);
	keybuf_free(&spki);
}
END_TEST

/* BER, but not DER, and numbers that are not positive. */
START_TEST(other_ways_to_write_it_are_refused)
{
	uint8_t copy[sizeof(rsa_1024_pkcs1) + 1] = { 0 };
	size_t len = sizeof(rsa_1024_pkcs1);
	struct keybuf none = { 0 };

	ck_assert_ptr_null(gdoi_rsa_key(&none));
	/* 30 81 89 as 30 82 00 89 */
	copy[0] = 0x30;
	copy[1] = 0x82;
	memcpy(copy + 3, rsa_1024_pkcs1 + 2, len - 2);
	ck_assert(!parses_copy(parses, copy, len + 1));
	/* 30 81 89 02 81 81 00 ca ...: without the zero it is negative */
	memcpy(copy, rsa_1024_pkcs1, 6);
	memcpy(copy + 6, rsa_1024_pkcs1 + 7, len - 7);
	copy[2]--;
	copy[5]--;
	ck_assert(!parses_copy(parses, copy, len - 1));
	/* and with one more it is too long */
	memcpy(copy, rsa_1024_pkcs1, 7);
	copy[7] = 0;
	memcpy(copy + 8, rsa_1024_pkcs1 + 7, len - 7);
	copy[2]++;
	copy[5]++;
	ck_assert(!parses_copy(parses, copy, len + 1));
}
END_TEST

START_TEST(a_huge_modulus_is_refused)
{
	enum { OCTETS = 1025, HEAD = 4 + 4, TAIL = 3 };
	uint8_t der[HEAD + OCTETS + TAIL];
	struct wr w = wr_init(der, sizeof(der));

	wr_u16(&w, 0x3082);
	wr_u16(&w, 4 + OCTETS + TAIL);
	wr_u16(&w, 0x0282);
	wr_u16(&w, OCTETS);
	memset(der + HEAD, 0x55, OCTETS); /* 8199 bits, odd */
	w.len += OCTETS;
	wr_u16(&w, 0x0201);
	wr_u8(&w, 3);
	ck_assert(wr_ok(&w));
	ck_assert(!parses_copy(parses, der, sizeof(der)));
	/* the same with an octet less is one of 8191 */
	memmove(der + HEAD + OCTETS - 1, der + HEAD + OCTETS, TAIL);
	wr_put16(&w, 2, 4 + OCTETS - 1 + TAIL);
	wr_put16(&w, 6, OCTETS - 1);
	ck_assert(parses_copy(parses, der, sizeof(der) - 1));
}
END_TEST

START_TEST(an_elliptic_key_is_refused)
{
	ck_assert(!parses_copy(parses, ec_spki, sizeof(ec_spki)));
}
END_TEST

START_TEST(truncations_are_refused)
{
	refuses_truncations(parses, rsa_1024_spki, sizeof(rsa_1024_spki));
	refuses_truncations(parses, rsa_1024_pkcs1, sizeof(rsa_1024_pkcs1));
}
END_TEST

START_TEST(octets_left_over_are_refused)
{
	uint8_t longer[sizeof(rsa_1024_spki) + 1] = { 0 };

	memcpy(longer, rsa_1024_spki, sizeof(rsa_1024_spki));
	ck_assert(!parses_copy(parses, longer, sizeof(longer)));
}
END_TEST

START_TEST(changed_octets_do_no_harm)
{
	/* Most of a modulus may be any octets. */
	ck_assert_uint_gt(survives_flips(parses, rsa_1024_spki,
					 sizeof(rsa_1024_spki)),
			  0);
}
END_TEST

START_TEST(an_even_modulus_or_exponent_is_refused)
{
	uint8_t copy[sizeof(rsa_1024_pkcs1)];
	size_t len = sizeof(copy);

	/* ... modulus, 02 03 01 00 01 */
	memcpy(copy, rsa_1024_pkcs1, len);
	copy[len - 1] = 0;
	ck_assert(!parses_copy(parses, copy, len));
	memcpy(copy, rsa_1024_pkcs1, len);
	copy[len - 6] &= 0xfe;
	ck_assert(!parses_copy(parses, copy, len));
}
END_TEST

START_TEST(a_modulus_of_8_bits_is_refused)
{
	static const uint8_t tiny[] = { 0x30, 7, 2, 2, 0, 0x8f, 2, 1, 3 };

	ck_assert(!parses_copy(parses, tiny, sizeof(tiny)));
}
END_TEST

static TCase *rsa_case(void)
{
	TCase *tc = tcase_create("RSA");

	tcase_add_test(tc, both_encodings_give_the_same_key);
	tcase_add_loop_test(tc, it_is_the_key_that_openssl_wrote, 0, 6);
	tcase_add_test(tc, other_ways_to_write_it_are_refused);
	tcase_add_test(tc, a_huge_modulus_is_refused);
	tcase_add_test(tc, an_elliptic_key_is_refused);
	tcase_add_test(tc, truncations_are_refused);
	tcase_add_test(tc, octets_left_over_are_refused);
	tcase_add_test(tc, changed_octets_do_no_harm);
	tcase_add_test(tc, an_even_modulus_or_exponent_is_refused);
	tcase_add_test(tc, a_modulus_of_8_bits_is_refused);
	return tc;
}

RUN_CASES("gdoi_rsa", rsa_case)
