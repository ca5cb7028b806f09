/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_rsa.h"
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
	tcase_add_test(tc, an_elliptic_key_is_refused);
	tcase_add_test(tc, truncations_are_refused);
	tcase_add_test(tc, octets_left_over_are_refused);
	tcase_add_test(tc, changed_octets_do_no_harm);
	tcase_add_test(tc, an_even_modulus_or_exponent_is_refused);
	tcase_add_test(tc, a_modulus_of_8_bits_is_refused);
	return tc;
}

RUN_CASES("gdoi_rsa", rsa_case)
