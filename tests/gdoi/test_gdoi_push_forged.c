/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rekey that was sealed and then changed, in any octet or in its length, is
 * never accepted; neither is anybody's. */
#include <openssl/evp.h>

#include "base/mem.h"
#include "gdoi/gdoi_push.h"
#include "tests/check_main.h"
#include "tests/gdoi/mutate.h"
#include "tests/gdoi/policies.h"
#include "tests/gdoi/rekeys.h"

static EVP_PKEY *pair;
static struct gdoi_kek under;
static struct keybuf sealed;
static bool raw;

static void seal(unsigned int rsa_bits, enum gdoi_kek_cipher cipher,
		 unsigned int key_bits, const struct gdoi_push *push)
{
	pair = rekey_pair(rsa_bits);
	rekey_sa_init(&under, cipher, key_bits, GDOI_SIG_SHA256, pair);
	ck_assert(gdoi_push_seal(push, &under, pair, GDOI_SIG_SHA256, true,
				 &sealed));
}

static void teardown(void)
{
	rekey_sa_fini(&under);
	keybuf_free(&sealed);
	EVP_PKEY_free(pair);
}

static bool opens(struct rd datagram)
{
	const struct gdoi_push_expect expect = {
		.under = &under,
		.extensions = true,
		.raw_signature = raw,
	};
	struct isakmp_fault why;
	struct gdoi_push push;
	enum gdoi_push_result result;

	result = gdoi_push_open(&expect, datagram, &push, &why);
	/* What does not verify is not looked at. */
	ck_assert_int_ne(result, GDOI_PUSH_REFUSED);
	ck_assert(result == GDOI_PUSH_OK ||
		  (!push.policy && !push.n_deleted && !push.delete_teks &&
		   !push.delete_kek));
	gdoi_push_fini(&push);
	return result == GDOI_PUSH_OK;
}

static void refuses_values(unsigned int first, unsigned int last)
{
	uint8_t *copy = xmemdup(sealed.data, sealed.len);
	unsigned int value;
	size_t i;

	ck_assert(opens(rd_init(copy, sealed.len)));
	for (i = 0; i < sealed.len; i++) {
		for (value = first; value <= last; value++) {
			copy[i] = (uint8_t)(sealed.data[i] ^ value);
			ck_assert_msg(!opens(rd_init(copy, sealed.len)),
				      "octet %zu changed by %u", i, value);
		}
		copy[i] = sealed.data[i];
	}
	free(copy);
}

static void refuses_bits(void)
{
	uint8_t *copy = xmemdup(sealed.data, sealed.len);
	size_t i;

	ck_assert(opens(rd_init(copy, sealed.len)));
	for (i = 0; i < 8 * sealed.len; i++) {
		copy[i / 8] ^= (uint8_t)(1u << i % 8);
		ck_assert_msg(!opens(rd_init(copy, sealed.len)), "bit %zu", i);
		copy[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	free(copy);
}

/* 104 octets: no padding with DES, 8 octets of it with AES. */
START_TEST(no_octet_of_a_small_one_can_have_another_value)
{
	static const struct {
		enum gdoi_kek_cipher cipher;
		unsigned int bits;
	} ciphers[] = {
		{ GDOI_KEK_DES, 64 },
		{ GDOI_KEK_AES, 128 },
	};
	const struct gdoi_push push = {
		.seq = 0x01020304,
		.delete_kek = true,
	};

	raw = _i;
	seal(512, ciphers[_i].cipher, ciphers[_i].bits, &push);
	refuses_values(1, 255);
}
END_TEST

START_TEST(no_bit_of_a_whole_policy_can_be_changed)
{
	struct gdoi_policy *policy = policy_article();
	const struct gdoi_push push = {
		.seq = 0x01020304,
		.delete_teks = _i,
		.policy = policy,
	};

	raw = _i;
	seal(1024, GDOI_KEK_AES, 256, &push);
	refuses_bits();
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(each_truncation_is_refused)
{
	struct gdoi_policy *policy = policy_article();
	const struct gdoi_push push = { .seq = 1, .policy = policy };

	seal(1024, GDOI_KEK_3DES, 192, &push);
	refuses_truncations(opens, sealed.data, sealed.len);
	gdoi_policy_free(policy);
}
END_TEST

/* The header tells the shorter length, too. */
START_TEST(whole_blocks_cannot_be_cut_off_or_put_on)
{
	const struct gdoi_push push = { .seq = 1, .delete_teks = true };
	uint8_t *copy;
	size_t len;

	seal(1024, GDOI_KEK_AES, 128, &push);
	copy = xcalloc(1, sealed.len + 64);
	for (len = 28; len <= sealed.len + 64; len += 16) {
		memcpy(copy, sealed.data, len < sealed.len ? len : sealed.len);
		copy[26] = (uint8_t)(len >> 8);
		copy[27] = (uint8_t)len;
		ck_assert_int_eq(opens(rd_init(copy, len)), len == sealed.len);
	}
	free(copy);
}
END_TEST

START_TEST(blocks_cannot_be_swapped)
{
	const struct gdoi_push push = {
		.seq = 1,
		.delete_teks = true,
		.delete_kek = true,
	};
	size_t blocks, i, k;
	uint8_t *copy;

	seal(1024, GDOI_KEK_AES, 128, &push);
	blocks = (sealed.len - 28) / 16;
	copy = xmemdup(sealed.data, sealed.len);
	for (i = 0; i < blocks; i++) {
		for (k = i + 1; k < blocks; k++) {
			memcpy(copy, sealed.data, sealed.len);
			memcpy(copy + 28 + 16 * i, sealed.data + 28 + 16 * k,
			       16);
			memcpy(copy + 28 + 16 * k, sealed.data + 28 + 16 * i,
			       16);
			ck_assert(!opens(rd_init(copy, sealed.len)));
		}
	}
	free(copy);
}
END_TEST

static TCase *forged_case(void)
{
	TCase *tc = tcase_create("forged");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, no_octet_of_a_small_one_can_have_another_value,
			    0, 2);
	tcase_add_loop_test(tc, no_bit_of_a_whole_policy_can_be_changed, 0, 2);
	tcase_add_test(tc, each_truncation_is_refused);
	tcase_add_test(tc, whole_blocks_cannot_be_cut_off_or_put_on);
	tcase_add_test(tc, blocks_cannot_be_swapped);
	return tc;
}

RUN_CASES("gdoi_push_forged", forged_case)
