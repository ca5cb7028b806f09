/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Phase 1 of an independent implementation: the same inputs give the same
 * hashes, keys and initialization vectors.  Its Diffie-Hellman secret was not
 * recorded, so what depends on it (SKEYID_d, _a, _e) is tested against other
 * vectors in test_isakmp_skeyid.c; the cipher key itself is. */
#include "isakmp/isakmp_internal.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/isakmp/capture_unicast.h"

#define PSK	  "mekmitasdigoat"
#define PULL_M_ID 0x41c64b4a

static void parse(const uint8_t *data, size_t len, struct isakmp_message *m)
{
	struct rd r = rd_init(data, len);

	*m = (struct isakmp_message){ 0 };
	ck_assert(isakmp_header_parse(&r, &m->header));
	ck_assert_uint_eq(m->header.length, len);
	ck_assert_uint_eq(
		isakmp_chain_parse(r, m->header.next_payload, m).notify, 0);
	ck_assert_uint_eq(m->chain_len, len - ISAKMP_HEADER_SIZE);
}

static struct isakmp_part body(const struct isakmp_message *m, uint8_t type)
{
	const struct isakmp_payload *p = isakmp_find(m, type);

	ck_assert_ptr_nonnull(p);
	return (struct isakmp_part){ p->body.p, rd_left(&p->body) };
}

/* What both sides saw, out of messages 1 to 4. */
struct captured {
	struct isakmp_message m1, m2, m3, m4;
	struct isakmp_seen seen;
	struct isakmp_skeyid keys;
};

static void replay(struct captured *c)
{
	parse(captured_1, sizeof(captured_1), &c->m1);
	parse(captured_2, sizeof(captured_2), &c->m2);
	parse(captured_3, sizeof(captured_3), &c->m3);
	parse(captured_4, sizeof(captured_4), &c->m4);
	c->seen = (struct isakmp_seen){
		.hash = ISAKMP_HASH_SHA,
		.encr = ISAKMP_ENCR_AES,
		.key_bits = 128,
		.icookie = c->m3.header.icookie,
		.rcookie = c->m3.header.rcookie,
		.ni = body(&c->m3, ISAKMP_NONCE),
		.nr = body(&c->m4, ISAKMP_NONCE),
		.gxi = body(&c->m3, ISAKMP_KE),
		.gxr = body(&c->m4, ISAKMP_KE),
		.sai_b = body(&c->m1, ISAKMP_SA),
	};
	ck_assert(isakmp_skeyid_derive(&c->keys, &c->seen, PSK, strlen(PSK),
				       "unknown", 7));
	memcpy(c->keys.cipher.key, captured_key, sizeof(captured_key));
}

static struct isakmp_policies policies(struct isakmp_policy *policy)
{
	struct isakmp_policies all = { 0 };

	*policy = (struct isakmp_policy){ .priority = 1,
					  .p = { .encr = ISAKMP_ENCR_AES,
						 .key_bits = 128,
						 .hash = ISAKMP_HASH_SHA,
						 .auth = ISAKMP_AUTH_PSK,
						 .group = 2,
						 .lifetime = 86400 } };
	LIST_INSERT_HEAD(&all.list, policy, entry);
	return all;
}

START_TEST(its_offer_is_understood_and_its_answer_too)
{
	struct isakmp_policy policy;
	struct isakmp_policies all = policies(&policy);
	struct isakmp_proposal chosen;
	struct captured c;
	struct rd transform;
	uint8_t number;

	replay(&c);
	ck_assert_uint_eq(
		isakmp_offer_choose(&all, isakmp_find(&c.m1, ISAKMP_SA)->body,
				    &chosen, &transform, &number)
			.notify,
		0);
	ck_assert_uint_eq(chosen.group, 2);
	ck_assert_uint_eq(chosen.key_bits, 128);
	ck_assert_uint_eq(
		isakmp_answer_read(&all, isakmp_find(&c.m2, ISAKMP_SA)->body,
				   &chosen)
			.notify,
		0);
}
END_TEST

START_TEST(our_answer_to_its_offer_is_its_own)
{
	struct isakmp_policy policy;
	struct isakmp_policies all = policies(&policy);
	struct isakmp_proposal chosen;
	uint8_t buf[256];
	struct wr w = wr_init(buf, sizeof(buf));
	struct captured c;
	struct isakmp_part its;
	struct rd transform, offer;
	uint8_t number;

	replay(&c);
	offer = isakmp_find(&c.m1, ISAKMP_SA)->body;
	ck_assert_uint_eq(isakmp_offer_choose(&all, offer, &chosen, &transform,
					      &number)
				  .notify,
			  0);
	isakmp_answer_write(&w, offer, transform, number);
	its = body(&c.m2, ISAKMP_SA);
	ck_assert(wr_ok(&w));
	ck_assert_uint_eq(wr_at(&w), its.len);
	ck_assert_mem_eq(buf, its.data, its.len);
}
END_TEST

START_TEST(the_first_iv_is_the_same)
{
	struct captured c;

	replay(&c);
	ck_assert_mem_eq(c.keys.iv, captured_first_iv,
			 sizeof(captured_first_iv));
}
END_TEST

/* Decrypts a captured message; iv becomes its last block. */
static void decrypt(const struct captured *c, const uint8_t *data, size_t len,
		    uint8_t *iv, uint8_t *out)
{
	memcpy(out, data + ISAKMP_HEADER_SIZE, len - ISAKMP_HEADER_SIZE);
	ck_assert(isakmp_cipher_run(&c->keys.cipher, false, iv, out,
				    len - ISAKMP_HEADER_SIZE));
	memcpy(iv, data + len - ISAKMP_BLOCK_MAX, ISAKMP_BLOCK_MAX);
}

static void check_auth(const struct captured *c, const uint8_t *plain,
		       size_t len, bool initiator)
{
	uint8_t expected[ISAKMP_HASH_MAX];
	struct isakmp_message m = { 0 };
	struct isakmp_part hash;

	ck_assert_uint_eq(
		isakmp_chain_parse(rd_init(plain, len), ISAKMP_ID, &m).notify,
		0);
	ck_assert_uint_eq(m.n, 3);
	hash = body(&m, ISAKMP_HASH);
	isakmp_skeyid_auth(&c->keys, &c->seen, initiator, body(&m, ISAKMP_ID),
			   expected);
	ck_assert_uint_eq(hash.len, c->keys.len);
	ck_assert_mem_eq(hash.data, expected, hash.len);
}

START_TEST(messages_5_and_6_decrypt_and_their_hashes_are_ours)
{
	uint8_t plain[sizeof(captured_5)];
	uint8_t iv[ISAKMP_BLOCK_MAX];
	struct captured c;

	replay(&c);
	memcpy(iv, c.keys.iv, sizeof(iv));
	decrypt(&c, captured_5, sizeof(captured_5), iv, plain);
	ck_assert_mem_eq(plain, captured_plain_5, sizeof(captured_plain_5));
	check_auth(&c, plain, sizeof(captured_plain_5), true);
	decrypt(&c, captured_6, sizeof(captured_6), iv, plain);
	ck_assert_mem_eq(plain, captured_plain_6, sizeof(captured_plain_6));
	check_auth(&c, plain, sizeof(captured_plain_6), false);
}
END_TEST

START_TEST(what_we_encrypt_is_what_it_sent)
{
	uint8_t buf[sizeof(captured_plain_5)];
	struct captured c;

	replay(&c);
	memcpy(buf, captured_plain_5, sizeof(buf));
	ck_assert(isakmp_cipher_run(&c.keys.cipher, true, c.keys.iv, buf,
				    sizeof(buf)));
	ck_assert_mem_eq(buf, captured_5 + ISAKMP_HEADER_SIZE, sizeof(buf));
}
END_TEST

START_TEST(the_iv_of_the_pull_is_the_same_and_opens_it)
{
	uint8_t plain[sizeof(captured_pull_1)];
	uint8_t iv[ISAKMP_BLOCK_MAX];
	struct isakmp_message m = { 0 };
	struct captured c;

	replay(&c);
	isakmp_skeyid_iv(&c.keys,
			 captured_6 + sizeof(captured_6) - ISAKMP_BLOCK_MAX,
			 PULL_M_ID, iv);
	ck_assert_mem_eq(iv, captured_pull_iv, sizeof(captured_pull_iv));
	decrypt(&c, captured_pull_1, sizeof(captured_pull_1), iv, plain);
	ck_assert_uint_eq(
		isakmp_chain_parse(rd_init(plain, sizeof(captured_pull_1) -
							  ISAKMP_HEADER_SIZE),
				   ISAKMP_HASH, &m)
			.notify,
		0);
	ck_assert_uint_eq(m.n, 3);
	ck_assert_ptr_nonnull(isakmp_find(&m, ISAKMP_NONCE));
	ck_assert_ptr_nonnull(isakmp_find(&m, ISAKMP_ID));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("isakmp_capture");
	TCase *tc = tcase_create("capture");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, its_offer_is_understood_and_its_answer_too);
	tcase_add_test(tc, our_answer_to_its_offer_is_its_own);
	tcase_add_test(tc, the_first_iv_is_the_same);
	tcase_add_test(tc, messages_5_and_6_decrypt_and_their_hashes_are_ours);
	tcase_add_test(tc, what_we_encrypt_is_what_it_sent);
	tcase_add_test(tc, the_iv_of_the_pull_is_the_same_and_opens_it);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
