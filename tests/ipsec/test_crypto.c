/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ipsec/crypto.h"
#include "tests/check_main.h"
#include "tests/ipsec/packets.h"

enum { BUFFER = 2048 };

/* A machine without ipsec-mb compares OpenSSL with itself, which still tests
 * the round trips. */
static const struct crypto_backend *other(void)
{
#ifdef HAVE_IPSEC_MB
	if (crypto_mb.usable())
		return &crypto_mb;
#endif
	return &crypto_openssl;
}

struct pair {
	struct crypto *crypto[2];
	struct crypto_sa *sa[2];
};

static struct pair pair_new(const struct esp_transform *t)
{
	struct ipsec_sa sa = sa_make(t, 7);
	struct pair pair;

	pair.crypto[0] = crypto_new("openssl", 2);
	pair.crypto[1] = crypto_new(other()->name, 2);
	for (int i = 0; i < 2; i++) {
		ck_assert_ptr_nonnull(pair.crypto[i]);
		pair.sa[i] =
			crypto_sa_new(pair.crypto[i], t, &sa.key, &sa.auth_key);
		ck_assert_ptr_nonnull(pair.sa[i]);
	}
	sa_clear(&sa);
	return pair;
}

static void pair_free(struct pair *pair)
{
	for (int i = 0; i < 2; i++) {
		crypto_sa_free(pair->sa[i]);
		crypto_free(pair->crypto[i]);
	}
}

static void pattern(uint8_t *p, size_t len, unsigned int seed)
{
	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(seed * 131 + i * 17 + i / 256);
}

/* Lengths of the payload, in blocks. */
static const size_t block_counts[] = { 1, 2, 3, 4, 5, 8, 16, 33, 64, 90 };

static size_t op_len(const struct esp_transform *t, size_t blocks)
{
	return 8 + esp_iv_size(t) + blocks * esp_block_size(t);
}

START_TEST(both_backends_give_the_same_octets)
{
	const struct esp_transform *t = &all_transforms[_i];
	static uint8_t buf[2][CRYPTO_BURST][BUFFER];
	struct crypto_op ops[2][CRYPTO_BURST];
	struct pair pair = pair_new(t);
	size_t n = ARRAY_SIZE(block_counts);

	for (int b = 0; b < 2; b++) {
		for (size_t i = 0; i < n; i++) {
			ops[b][i].esp = buf[b][i];
			ops[b][i].len = (uint32_t)op_len(t, block_counts[i]);
			pattern(buf[b][i], BUFFER, (unsigned int)i);
		}
		crypto_encrypt(pair.crypto[b], 1, pair.sa[b], ops[b], n);
	}
	for (size_t i = 0; i < n; i++)
		ck_assert_mem_eq(buf[0][i], buf[1][i], BUFFER);
	pair_free(&pair);
}
END_TEST

START_TEST(each_backend_decrypts_what_the_other_made)
{
	const struct esp_transform *t = &all_transforms[_i];
	static uint8_t buf[CRYPTO_BURST][BUFFER], want[BUFFER];
	struct crypto_op ops[CRYPTO_BURST];
	struct pair pair = pair_new(t);
	size_t n = ARRAY_SIZE(block_counts);

	for (int b = 0; b < 2; b++) {
		for (size_t i = 0; i < n; i++) {
			ops[i].esp = buf[i];
			ops[i].len = (uint32_t)op_len(t, block_counts[i]);
			pattern(buf[i], BUFFER, (unsigned int)i);
		}
		crypto_encrypt(pair.crypto[b], 0, pair.sa[b], ops, n);
		crypto_decrypt(pair.crypto[!b], 1, pair.sa[!b], ops, n);
		for (size_t i = 0; i < n; i++) {
			ck_assert(ops[i].ok);
			pattern(want, BUFFER, (unsigned int)i);
			ck_assert_mem_eq(buf[i], want, ops[i].len);
		}
	}
	pair_free(&pair);
}
END_TEST

/* The op of an inner packet of size octets, with trailer and padding. */
static struct crypto_op op_for(const struct esp_transform *t, size_t size,
			       uint8_t *buf)
{
	size_t block = esp_block_size(t);

	return (struct crypto_op){
		.esp = buf,
		.len = (uint32_t)op_len(t, (size + 2 + block - 1) / block),
	};
}

/* Sizes go through all of 0 .. 1500 in an order that mixes them. */
START_TEST(bursts_of_every_length_and_size_come_out_alike)
{
	const struct esp_transform *t = &all_transforms[_i];
	static uint8_t buf[2][CRYPTO_BURST][BUFFER];
	struct crypto_op ops[2][CRYPTO_BURST];
	struct pair pair = pair_new(t);
	size_t packet = 0;

	for (size_t n = 1; n <= CRYPTO_BURST; n++, packet += n) {
		for (int b = 0; b < 2; b++) {
			for (size_t i = 0; i < n; i++) {
				pattern(buf[b][i], BUFFER,
					(unsigned int)(packet + i));
				ops[b][i] = op_for(t, (packet + i) * 733 % 1501,
						   buf[b][i]);
			}
			crypto_encrypt(pair.crypto[b], 0, pair.sa[b], ops[b],
				       n);
		}
		for (size_t i = 0; i < n; i++) {
			ck_assert(ops[0][i].ok && ops[1][i].ok);
			ck_assert_mem_eq(buf[0][i], buf[1][i], BUFFER);
		}
		for (int b = 0; b < 2; b++)
			crypto_decrypt(pair.crypto[b], 0, pair.sa[b], ops[b],
				       n);
		for (size_t i = 0; i < n; i++) {
			ck_assert(ops[0][i].ok && ops[1][i].ok);
			ck_assert_mem_eq(buf[0][i], buf[1][i], BUFFER);
		}
	}
	ck_assert_uint_gt(packet, 1501);
	pair_free(&pair);
}
END_TEST

/* Bursts of n, in which each packet is spoilt once, at another place. */
static void spoil_each(const struct esp_transform *t, struct crypto *crypto,
		       struct crypto_sa *sa, size_t n)
{
	static uint8_t buf[CRYPTO_BURST][BUFFER];
	struct crypto_op ops[CRYPTO_BURST];
	size_t whole;

	for (size_t bad = 0; bad < n; bad++) {
		for (size_t i = 0; i < n; i++) {
			pattern(buf[i], BUFFER, (unsigned int)i);
			ops[i] = op_for(t, i * 37 % 200, buf[i]);
		}
		crypto_encrypt(crypto, 0, sa, ops, n);
		whole = ops[bad].len + esp_icv_size(t);
		buf[bad][bad % 3 ? (n + bad) * 31 % whole : whole - 1] ^= 0x10;
		crypto_decrypt(crypto, 0, sa, ops, n);
		for (size_t i = 0; i < n; i++)
			ck_assert_int_eq(ops[i].ok, i != bad);
	}
}

/* Both managers of ipsec-mb, and lengths around a full set of its lanes. */
START_TEST(one_flipped_octet_spoils_its_packet_and_no_other)
{
	static const size_t lengths[] = {
		1, 2, 3, 4, 5, 8, 15, 16, 17, 33, 64
	};
	const struct esp_transform *t = &all_transforms[_i];
	struct pair pair = pair_new(t);

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++)
		for (size_t b = 0; b < 2; b++)
			spoil_each(t, pair.crypto[b], pair.sa[b], lengths[i]);
	pair_free(&pair);
}
END_TEST

/* RFC 3602 4, case 5: a ping in transport mode, without authentication. */
START_TEST(the_esp_sample_of_rfc_3602_comes_out)
{
	static const char key[] = "90d382b410eeba7ad938c46cec1a82bf";
	static const char head[] = "0000432100000001"
				   "e96e8c08ab465763fd098d45dd3ff893";
	static const char clear[] = "08000ebda70a00008e9c083db95b0700"
				    "08090a0b0c0d0e0f1011121314151617"
				    "18191a1b1c1d1e1f2021222324252627"
				    "28292a2b2c2d2e2f3031323334353637"
				    "0102030405060708090a0b0c0d0e0e01";
	static const char secret[] = "f663c25d325c18c6a9453e194e120849"
				     "a4870b66cc6b9965330013b4898dc856"
				     "a4699e523a55db080b59ec3a8e4b7e52"
				     "775b07d1db34ed9c538ab50c551b874a"
				     "a269add047ad2d5913ac19b7cfbad4a6";
	const struct esp_transform t = { .cipher = ESP_AES_CBC,
					 .key_bits = 128 };
	struct keybuf k = { 0 }, none = { 0 };
	uint8_t octets[16], packet[24 + 80], want[80];
	const struct crypto_backend *backends[] = { &crypto_openssl, other() };

	ck_assert(bytes_from_hex(octets, sizeof(octets), key));
	keybuf_set(&k, octets, sizeof(octets));
	ck_assert(bytes_from_hex(want, sizeof(want), secret));
	for (size_t i = 0; i < ARRAY_SIZE(backends); i++) {
		struct crypto *c = crypto_new(backends[i]->name, 1);
		struct crypto_sa *sa = crypto_sa_new(c, &t, &k, &none);
		struct crypto_op op = { packet, sizeof(packet), false };

		ck_assert(bytes_from_hex(packet, 24, head));
		ck_assert(bytes_from_hex(packet + 24, 80, clear));
		crypto_encrypt(c, 0, sa, &op, 1);
		ck_assert_mem_eq(packet + 24, want, sizeof(want));
		crypto_sa_free(sa);
		crypto_free(c);
	}
	keybuf_free(&k);
}
END_TEST

START_TEST(keys_of_the_wrong_size_are_refused)
{
	struct crypto *c = crypto_new(NULL, 1);
	struct ipsec_sa sa = sa_make(&article_transform, 1);
	struct esp_transform t = article_transform;

	sa.key.len--;
	ck_assert_ptr_null(crypto_sa_new(c, &t, &sa.key, &sa.auth_key));
	sa.key.len++;
	t.auth = ESP_AUTH_SHA256;
	ck_assert_ptr_null(crypto_sa_new(c, &t, &sa.key, &sa.auth_key));
	t.auth = ESP_AUTH_SHA1;
	t.key_bits = 64;
	ck_assert_ptr_null(crypto_sa_new(c, &t, &sa.key, &sa.auth_key));
	sa_clear(&sa);
	crypto_free(c);
}
END_TEST

START_TEST(an_unknown_backend_is_not_there)
{
	ck_assert_ptr_null(crypto_new("rot13", 1));
}
END_TEST

static TCase *crypto_case(void)
{
	TCase *tc = tcase_create("crypto");
	int n = (int)n_transforms;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, both_backends_give_the_same_octets, 0, n);
	tcase_add_loop_test(tc, each_backend_decrypts_what_the_other_made, 0,
			    n);
	tcase_add_loop_test(tc, bursts_of_every_length_and_size_come_out_alike,
			    0, n);
	tcase_add_loop_test(
		tc, one_flipped_octet_spoils_its_packet_and_no_other, 0, n);
	tcase_add_test(tc, the_esp_sample_of_rfc_3602_comes_out);
	tcase_add_test(tc, keys_of_the_wrong_size_are_refused);
	tcase_add_test(tc, an_unknown_backend_is_not_there);
	return tc;
}

RUN_CASES("ipsec/crypto", crypto_case)
