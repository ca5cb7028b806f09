/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is sealed comes out the same; what else is accepted, and what is not. */
#include "gdoi/gdoi_push.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "base/mem.h"
#include "gdoi/gdoi_delete.h"
#include "gdoi/gdoi_kd.h"
#include "gdoi/gdoi_sa.h"
#include "gdoi/gdoi_seq.h"
#include "tests/check_main.h"
#include "tests/gdoi/mutate.h"
#include "tests/gdoi/policies.h"
#include "tests/gdoi/rekeys.h"

static EVP_PKEY *pair;
static struct gdoi_kek under;
static struct keybuf datagram;
static struct gdoi_push got;
static struct isakmp_fault why;

static void setup(void)
{
	pair = rekey_pair(1024);
	rekey_sa_init(&under, GDOI_KEK_AES, 128, GDOI_SIG_SHA256, pair);
}

static void teardown(void)
{
	gdoi_push_fini(&got);
	keybuf_free(&datagram);
	rekey_sa_fini(&under);
	EVP_PKEY_free(pair);
}

/* A policy as a PUSH has it: no sender IDs, and a KEK counts anew. */
static struct gdoi_policy *for_push(struct gdoi_policy *policy)
{
	free(policy->sids);
	policy->sids = NULL;
	policy->n_sids = 0;
	policy->sid_bits = 0;
	policy->seq = 0;
	return policy;
}

static enum gdoi_push_result open_after(uint32_t last_seq, bool extensions)
{
	const struct gdoi_push_expect expect = {
		.under = &under,
		.last_seq = last_seq,
		.extensions = extensions,
	};
	uint8_t *copy = malloc(datagram.len);
	enum gdoi_push_result result;

	memcpy(copy, datagram.data, datagram.len);
	gdoi_push_fini(&got);
	result = gdoi_push_open(&expect, rd_init(copy, datagram.len), &got,
				&why);
	free(copy);
	ck_assert_int_eq(result == GDOI_PUSH_OK, why.notify == ISAKMP_N_OK);
	ck_assert(result == GDOI_PUSH_OK || why.text);
	return result;
}

static bool seal(const struct gdoi_push *push, bool extensions)
{
	keybuf_free(&datagram);
	return gdoi_push_seal(push, &under, pair, under.sig_hash, extensions,
			      &datagram);
}

static void round_trip(const struct gdoi_push *push, bool extensions)
{
	ck_assert(seal(push, extensions));
	ck_assert_uint_eq((datagram.len - 28) % under.iv.len, 0);
	ck_assert_int_eq(open_after(push->seq - 1, extensions), GDOI_PUSH_OK);
	ck_assert_uint_eq(got.seq, push->seq);
	ck_assert_int_eq(got.delete_teks, push->delete_teks);
	ck_assert_int_eq(got.delete_kek, push->delete_kek);
	ck_assert_uint_eq(got.n_deleted, 0);
	ck_assert_int_eq(got.policy != NULL, push->policy != NULL);
	if (push->policy)
		policy_check_equal(push->policy, got.policy, true);
}

START_TEST(any_policy_is_opened_as_sealed)
{
	struct gdoi_policy *policy = for_push(policy_random((unsigned int)_i));
	const struct gdoi_push push = {
		.seq = 1 + (uint32_t)_i,
		.delete_teks = _i & 1,
		.delete_kek = _i & 2,
		.policy = policy,
	};

	round_trip(&push, true);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(a_strict_member_gets_a_policy_without_extensions)
{
	struct gdoi_policy *policy = for_push(policy_strict());
	const struct gdoi_push push = { .seq = 7, .policy = policy };

	round_trip(&push, false);
	/* Its clock is for our family alone. */
	policy->has_pseudotime = true;
	policy->pseudotime = 99;
	ck_assert(seal(&push, false));
	ck_assert_int_eq(open_after(0, false), GDOI_PUSH_OK);
	ck_assert(!got.policy->has_pseudotime);
	ck_assert(seal(&push, true));
	ck_assert_int_eq(open_after(0, true), GDOI_PUSH_OK);
	ck_assert(got.policy->has_pseudotime);
	ck_assert_int_eq(open_after(0, false), GDOI_PUSH_REFUSED);
	ck_assert_uint_eq(why.notify, ISAKMP_N_ATTRIBUTES_NOT_SUPPORTED);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(without_a_new_kek_there_is_no_sak)
{
	struct gdoi_policy *policy = for_push(policy_article());
	const struct gdoi_push push = { .seq = 7, .policy = policy };

	keybuf_free(&policy->kek.iv);
	keybuf_free(&policy->kek.key);
	keybuf_free(&policy->kek.pubkey);
	policy->has_kek = false;
	round_trip(&push, true);
	ck_assert(!got.policy->has_kek);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(one_message_is_for_all_members)
{
	struct gdoi_policy *policy = for_push(policy_article());
	const struct gdoi_push push = { .seq = 7, .policy = policy };

	policy->kek.dst.addr = ip_v4(0);
	round_trip(&push, true);
	ck_assert(ip_is_any(&got.policy->kek.dst.addr));
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(deletes_stand_alone)
{
	const struct gdoi_push push = {
		.seq = UINT32_MAX,
		.delete_teks = _i & 1,
		.delete_kek = _i & 2,
	};

	round_trip(&push, false);
}
END_TEST

START_TEST(every_cipher_goes_with_every_hash)
{
	static const struct {
		enum gdoi_kek_cipher cipher;
		unsigned int bits;
	} ciphers[] = {
		{ GDOI_KEK_DES, 64 },  { GDOI_KEK_3DES, 192 },
		{ GDOI_KEK_AES, 128 }, { GDOI_KEK_AES, 192 },
		{ GDOI_KEK_AES, 256 },
	};
	static const enum gdoi_sig_hash hashes[] = {
		GDOI_SIG_MD5,	 GDOI_SIG_SHA1,	  GDOI_SIG_SHA256,
		GDOI_SIG_SHA384, GDOI_SIG_SHA512,
	};
	struct gdoi_policy *policy = for_push(policy_article());
	const struct gdoi_push push = { .seq = 2, .policy = policy };
	int i = _i % 5, k = _i / 5 % 5;

	teardown();
	pair = rekey_pair(_i < 25 ? 1024 : 2048);
	rekey_sa_init(&under, ciphers[i].cipher, ciphers[i].bits, hashes[k],
		      pair);
	round_trip(&push, true);
	under.sig_hash = hashes[(k + 1) % 5];
	ck_assert_int_eq(open_after(0, true), GDOI_PUSH_FORGED);
	gdoi_policy_free(policy);
}
END_TEST

static struct gdoi_policy *large_policy(size_t n_rules, bool roll_over)
{
	struct gdoi_policy *policy = for_push(policy_strict());
	struct gdoi_tek *teks;
	size_t i;

	policy->rules =
		xrealloc(policy->rules, n_rules, sizeof(*policy->rules));
	policy->n_rules = n_rules;
	for (i = 1; i < n_rules; i++) {
		policy->rules[i] = policy->rules[0];
		policy->rules[i].ace.src = ip_v4(0x0a000000 + (uint32_t)i);
		policy->rules[i].ace.src_wild = ip_v4(0);
	}
	if (!roll_over)
		return policy;
	teks = xrealloc(policy->teks, 2, sizeof(*teks));
	teks[1] = teks[0];
	teks[1].spi++;
	teks[1].lifetime = 90;
	teks[1].old = true;
	teks[1].newer = 0;
	teks[1].key = (struct keybuf){ 0 };
	teks[1].auth_key = (struct keybuf){ 0 };
	keybuf_set(&teks[1].key, teks[0].key.data, teks[0].key.len);
	keybuf_set(&teks[1].auth_key, teks[0].auth_key.data,
		   teks[0].auth_key.len);
	policy->teks = teks;
	policy->n_teks = 2;
	return policy;
}

START_TEST(large_policies_fit)
{
	struct gdoi_policy *policy = large_policy(500, _i);
	const struct gdoi_push push = { .seq = 9, .policy = policy };

	round_trip(&push, true);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(what_does_not_fit_in_a_datagram_is_not_sealed)
{
	struct gdoi_policy *policy = large_policy(1000, true);
	const struct gdoi_push push = { .seq = 9, .policy = policy };

	ck_assert(!seal(&push, true));
	ck_assert_ptr_null(datagram.data);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(what_cannot_be_said_is_not_sealed)
{
	struct gdoi_policy *policy = for_push(policy_article());
	struct gdoi_push push = { .seq = 9 };
	uint32_t sid = 1;

	ck_assert(!seal(&push, true)); /* nothing */
	push.policy = policy;
	ck_assert(!seal(&push, false)); /* deny entries for a stranger */
	policy->sid_bits = 8;
	policy->sids = xmemdup(&sid, sizeof(sid));
	policy->n_sids = 1;
	ck_assert(!seal(&push, true)); /* sender IDs */
	for_push(policy);
	ck_assert(seal(&push, true));
	under.key.len--;
	ck_assert(!seal(&push, true)); /* a KEK of no size */
	under.key.len++;
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(a_key_that_cannot_sign_seals_nothing)
{
	const struct gdoi_push push = { .seq = 9, .delete_kek = true };
	const uint8_t *der = under.pubkey.data;
	EVP_PKEY *public = d2i_PUBKEY(NULL, &der, (long)under.pubkey.len);
	EVP_PKEY *small = rekey_pair(512), *curve = EVP_EC_gen("P-256");

	ck_assert(!gdoi_push_seal(&push, &under, public, GDOI_SIG_SHA256, true,
				  &datagram));
	ck_assert(!gdoi_push_seal(&push, &under, small, GDOI_SIG_SHA512, true,
				  &datagram));
	ck_assert(!gdoi_push_seal(&push, &under, curve, GDOI_SIG_SHA256, true,
				  &datagram));
	ck_assert(!gdoi_push_seal(&push, &under, pair, (enum gdoi_sig_hash)6,
				  true, &datagram));
	ck_assert_ptr_null(datagram.data);
	EVP_PKEY_free(public);
	EVP_PKEY_free(small);
	EVP_PKEY_free(curve);
}
END_TEST

START_TEST(a_number_is_good_once)
{
	const struct gdoi_push push = { .seq = 40, .delete_kek = true };

	ck_assert(seal(&push, true));
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_OK);
	ck_assert_int_eq(open_after(0, true), GDOI_PUSH_OK);
	ck_assert_int_eq(open_after(40, true), GDOI_PUSH_OLD_SEQ);
	ck_assert_uint_eq(got.seq, 40);
	ck_assert(!got.delete_kek);
	ck_assert_int_eq(open_after(41, true), GDOI_PUSH_OLD_SEQ);
	ck_assert_int_eq(open_after(UINT32_MAX, true), GDOI_PUSH_OLD_SEQ);
}
END_TEST

/* Each cipher's first block has all of SEQ; the rest is not decrypted when
 * that is old, or is none. */
START_TEST(the_first_block_alone_says_that_it_is_nothing_new)
{
	static const struct {
		enum gdoi_kek_cipher cipher;
		unsigned int bits;
		size_t block;
	} ciphers[] = {
		{ GDOI_KEK_DES, 64, 8 },
		{ GDOI_KEK_3DES, 192, 8 },
		{ GDOI_KEK_AES, 256, 16 },
	};
	const struct gdoi_push push = { .seq = 40, .delete_kek = true };
	const size_t block = ciphers[_i].block;

	rekey_sa_fini(&under);
	rekey_sa_init(&under, ciphers[_i].cipher, ciphers[_i].bits,
		      GDOI_SIG_SHA256, pair);
	ck_assert(seal(&push, true));
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_OK);
	memset(datagram.data + ISAKMP_HEADER_SIZE + block, 0x5a,
	       datagram.len - ISAKMP_HEADER_SIZE - block);
	ck_assert_int_eq(open_after(40, true), GDOI_PUSH_OLD_SEQ);
	ck_assert_uint_eq(got.seq, 40);
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_MALFORMED);
	ck_assert_str_ne(why.text, "SEQ payload is not in its place");
	datagram.data[ISAKMP_HEADER_SIZE] ^= 1;
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_MALFORMED);
	ck_assert_str_eq(why.text, "SEQ payload is not in its place");
}
END_TEST

START_TEST(the_same_kek_told_again_goes_on_counting)
{
	struct gdoi_policy *policy = for_push(policy_article());
	const struct gdoi_push push = { .seq = 40, .policy = policy };

	memcpy(policy->kek.spi, under.spi, sizeof(under.spi));
	ck_assert(seal(&push, true));
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_OK);
	ck_assert_uint_eq(got.policy->seq, 40);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(another_key_opens_nothing)
{
	const struct gdoi_push push = { .seq = 40, .delete_kek = true };
	struct keybuf other = { 0 };
	EVP_PKEY *wrong = rekey_pair(2048);

	ck_assert(gdoi_push_seal(&push, &under, wrong, GDOI_SIG_SHA256, true,
				 &datagram));
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_FORGED);
	ck_assert(seal(&push, true));
	under.key.data[0] ^= 1;
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_MALFORMED);
	under.key.data[0] ^= 1;
	under.spi[15] ^= 1;
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_MALFORMED);
	under.spi[15] ^= 1;
	other = under.pubkey;
	under.pubkey = (struct keybuf){ 0 };
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_FORGED);
	under.pubkey = other;
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_OK);
	EVP_PKEY_free(wrong);
}
END_TEST

/* --- other forms ----------------------------------------------------------- */

static uint8_t chain[4096];

/* SEQ and D (KEK): what deletes_stand_alone seals, made by hand. */
static size_t small_chain(void)
{
	struct wr w = wr_init(chain, sizeof(chain));

	gdoi_seq_write(&w, ISAKMP_DELETE, 40);
	gdoi_delete_write_kek(&w, ISAKMP_SIG);
	ck_assert(wr_ok(&w));
	return wr_at(&w);
}

START_TEST(it_is_signed_as_rfc_6407_says)
{
	const struct gdoi_push push = { .seq = 40, .delete_kek = true };
	const struct rekey_form form = { .under = &under, .pair = pair };
	struct keybuf want = { 0 };

	ck_assert(seal(&push, true));
	rekey_wrap(&form, chain, small_chain(), &want);
	ck_assert_octets(datagram.data, datagram.len, want.data, want.len);
	keybuf_free(&want);
}
END_TEST

START_TEST(a_header_signed_with_its_padding_is_good)
{
	const struct rekey_form form = {
		.under = &under,
		.pair = pair,
		.padded_length = true,
	};

	rekey_wrap(&form, chain, small_chain(), &datagram);
	ck_assert_uint_ne((small_chain() + 4 + 128) % 16, 0);
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_OK);
}
END_TEST

START_TEST(raw_signatures_need_to_be_allowed)
{
	struct gdoi_push_expect expect = { .under = &under, .last_seq = 39 };
	const struct rekey_form form = {
		.under = &under,
		.pair = pair,
		.raw = true,
		.padded_length = _i,
	};

	rekey_wrap(&form, chain, small_chain(), &datagram);
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_FORGED);
	expect.raw_signature = true;
	ck_assert_int_eq(gdoi_push_open(&expect,
					rd_init(datagram.data, datagram.len),
					&got, &why),
			 GDOI_PUSH_OK);
	ck_assert(got.delete_kek);
}
END_TEST

START_TEST(raw_signatures_do_not_rule_out_the_others)
{
	const struct gdoi_push push = { .seq = 40, .delete_kek = true };
	const struct gdoi_push_expect expect = {
		.under = &under,
		.raw_signature = true,
	};

	ck_assert(seal(&push, true));
	ck_assert_int_eq(gdoi_push_open(&expect,
					rd_init(datagram.data, datagram.len),
					&got, &why),
			 GDOI_PUSH_OK);
}
END_TEST

START_TEST(padding_is_zero_and_less_than_a_block)
{
	struct rekey_form form = {
		.under = &under,
		.pair = pair,
		.padding = 1,
	};

	rekey_wrap(&form, chain, small_chain(), &datagram);
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_MALFORMED);
	form.padding = 0;
	form.more_padding = 16;
	rekey_wrap(&form, chain, small_chain(), &datagram);
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_MALFORMED);
	form.more_padding = 0;
	rekey_wrap(&form, chain, small_chain(), &datagram);
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_OK);
}
END_TEST

/* Which payloads follow SEQ; SIG comes last by itself. */
static const struct {
	uint8_t types[6];
	enum gdoi_push_result result;
} orders[] = {
	{ { ISAKMP_SA, ISAKMP_KD }, GDOI_PUSH_OK },
	{ { ISAKMP_DELETE }, GDOI_PUSH_OK },
	{ { ISAKMP_DELETE, ISAKMP_DELETE, ISAKMP_DELETE }, GDOI_PUSH_OK },
	{ { ISAKMP_DELETE, ISAKMP_SA, ISAKMP_KD }, GDOI_PUSH_OK },
	{ { 0 }, GDOI_PUSH_MALFORMED },
	{ { ISAKMP_SA }, GDOI_PUSH_MALFORMED },
	{ { ISAKMP_KD }, GDOI_PUSH_MALFORMED },
	{ { ISAKMP_DELETE, ISAKMP_SA }, GDOI_PUSH_MALFORMED },
	{ { ISAKMP_KD, ISAKMP_SA }, GDOI_PUSH_MALFORMED },
	{ { ISAKMP_SA, ISAKMP_KD, ISAKMP_DELETE }, GDOI_PUSH_MALFORMED },
	{ { ISAKMP_SA, ISAKMP_KD, ISAKMP_KD }, GDOI_PUSH_MALFORMED },
	{ { ISAKMP_SA, ISAKMP_SA, ISAKMP_KD }, GDOI_PUSH_MALFORMED },
	{ { ISAKMP_SEQ, ISAKMP_DELETE }, GDOI_PUSH_MALFORMED },
	{ { ISAKMP_DELETE, ISAKMP_SIG }, GDOI_PUSH_MALFORMED },
	{ { ISAKMP_SIG, ISAKMP_DELETE }, GDOI_PUSH_MALFORMED },
	{ { ISAKMP_NOTIFICATION, ISAKMP_DELETE }, GDOI_PUSH_MALFORMED },
	{ { ISAKMP_SA, ISAKMP_KD, ISAKMP_VENDOR_ID }, GDOI_PUSH_MALFORMED },
};

static void write_payload(struct wr *w, uint8_t type, uint8_t next,
			  const struct gdoi_policy *policy)
{
	struct gdoi_sa sa;

	if (type == ISAKMP_SA) {
		ck_assert(gdoi_sa_from_policy(policy, true, &sa));
		gdoi_sa_write(w, next, &sa);
		gdoi_sa_fini(&sa);
	} else if (type == ISAKMP_KD) {
		gdoi_kd_write(w, next, policy);
	} else if (type == ISAKMP_DELETE) {
		gdoi_delete_write_kek(w, next);
	} else {
		gdoi_seq_write(w, next, 40);
	}
}

START_TEST(payloads_stand_in_the_order_of_rfc_6407)
{
	const struct rekey_form form = { .under = &under, .pair = pair };
	struct gdoi_policy *policy = for_push(policy_article());
	const uint8_t *types = orders[_i].types;
	struct wr w = wr_init(chain, sizeof(chain));
	size_t i;

	gdoi_seq_write(&w, types[0] ? types[0] : ISAKMP_SIG, 40);
	for (i = 0; types[i]; i++)
		write_payload(&w, types[i],
			      types[i + 1] ? types[i + 1] : ISAKMP_SIG, policy);
	ck_assert(wr_ok(&w));
	rekey_wrap(&form, chain, wr_at(&w), &datagram);
	ck_assert_int_eq(open_after(39, true), orders[_i].result);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(without_a_signature_it_is_malformed)
{
	const struct rekey_form form = { .under = &under, .pair = pair };
	struct wr w = wr_init(chain, sizeof(chain));

	gdoi_seq_write(&w, ISAKMP_DELETE, 40);
	gdoi_delete_write_kek(&w, ISAKMP_NONE);
	rekey_encrypt(&form, chain, wr_at(&w), &datagram);
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_MALFORMED);
	/* an empty one */
	w = wr_init(chain, sizeof(chain));
	gdoi_seq_write(&w, ISAKMP_DELETE, 40);
	gdoi_delete_write_kek(&w, ISAKMP_SIG);
	isakmp_payload_end(&w, isakmp_payload_begin(&w, ISAKMP_NONE));
	rekey_encrypt(&form, chain, wr_at(&w), &datagram);
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_FORGED);
	rekey_encrypt(&form, chain, 0, &datagram);
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_MALFORMED);
}
END_TEST

/* --- genuine, and yet refused ---------------------------------------------- */

static void wrap_policy(const struct gdoi_policy *sa_policy,
			const struct gdoi_policy *kd_policy)
{
	const struct rekey_form form = { .under = &under, .pair = pair };
	struct wr w = wr_init(chain, sizeof(chain));

	gdoi_seq_write(&w, ISAKMP_DELETE, 40);
	gdoi_delete_write_teks(&w, ISAKMP_SA);
	write_payload(&w, ISAKMP_SA, ISAKMP_KD, sa_policy);
	write_payload(&w, ISAKMP_KD, ISAKMP_SIG, kd_policy);
	ck_assert(wr_ok(&w));
	rekey_wrap(&form, chain, wr_at(&w), &datagram);
}

static void check_refused(uint16_t notify)
{
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_REFUSED);
	ck_assert_uint_eq(why.notify, notify);
	ck_assert(!got.policy && !got.delete_teks && !got.seq);
}

START_TEST(sender_ids_are_refused)
{
	struct gdoi_policy *policy = for_push(policy_article());
	struct gdoi_policy *with = gdoi_policy_copy(policy);
	uint32_t sid = 1;

	with->sid_bits = 8;
	with->sids = xmemdup(&sid, sizeof(sid));
	with->n_sids = 1;
	wrap_policy(policy, with);
	check_refused(ISAKMP_N_INVALID_KEY_INFORMATION);
	gdoi_policy_free(policy);
	gdoi_policy_free(with);
}
END_TEST

START_TEST(keys_that_do_not_fit_the_policy_are_refused)
{
	struct gdoi_policy *policy = for_push(policy_article());
	struct gdoi_policy *other = gdoi_policy_copy(policy);

	other->teks[0].spi++;
	wrap_policy(policy, other);
	check_refused(ISAKMP_N_INVALID_KEY_INFORMATION);
	other->teks[0].spi--;
	other->has_kek = false;
	wrap_policy(policy, other);
	check_refused(ISAKMP_N_INVALID_KEY_INFORMATION);
	wrap_policy(other, policy);
	check_refused(ISAKMP_N_INVALID_KEY_INFORMATION);
	wrap_policy(policy, policy);
	ck_assert_int_eq(open_after(39, true), GDOI_PUSH_OK);
	gdoi_policy_free(policy);
	gdoi_policy_free(other);
}
END_TEST

START_TEST(a_kek_alone_is_not_the_whole_policy)
{
	struct gdoi_policy *policy = for_push(policy_article());
	size_t teks = policy->n_teks;

	policy->n_rules = 0;
	policy->n_teks = 0;
	wrap_policy(policy, policy);
	check_refused(ISAKMP_N_NO_PROPOSAL_CHOSEN);
	policy->n_teks = teks;
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(deletes_of_unknown_protocols_are_refused)
{
	const struct rekey_form form = { .under = &under, .pair = pair };
	size_t len = small_chain();

	chain[8 + 4 + 4] = 2; /* Protocol-ID: AH */
	rekey_wrap(&form, chain, len, &datagram);
	check_refused(ISAKMP_N_INVALID_PROTOCOL_ID);
}
END_TEST

static TCase *round_trip_case(void)
{
	TCase *tc = tcase_create("round trip");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, any_policy_is_opened_as_sealed, 0, 200);
	tcase_add_test(tc, a_strict_member_gets_a_policy_without_extensions);
	tcase_add_test(tc, without_a_new_kek_there_is_no_sak);
	tcase_add_test(tc, one_message_is_for_all_members);
	tcase_add_loop_test(tc, deletes_stand_alone, 1, 4);
	tcase_add_loop_test(tc, every_cipher_goes_with_every_hash, 0, 50);
	tcase_add_loop_test(tc, large_policies_fit, 0, 2);
	tcase_add_test(tc, what_does_not_fit_in_a_datagram_is_not_sealed);
	tcase_add_test(tc, what_cannot_be_said_is_not_sealed);
	tcase_add_test(tc, a_key_that_cannot_sign_seals_nothing);
	tcase_add_test(tc, a_number_is_good_once);
	tcase_add_loop_test(
		tc, the_first_block_alone_says_that_it_is_nothing_new, 0, 3);
	tcase_add_test(tc, the_same_kek_told_again_goes_on_counting);
	tcase_add_test(tc, another_key_opens_nothing);
	return tc;
}

static TCase *form_case(void)
{
	TCase *tc = tcase_create("form");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, it_is_signed_as_rfc_6407_says);
	tcase_add_test(tc, a_header_signed_with_its_padding_is_good);
	tcase_add_loop_test(tc, raw_signatures_need_to_be_allowed, 0, 2);
	tcase_add_test(tc, raw_signatures_do_not_rule_out_the_others);
	tcase_add_test(tc, padding_is_zero_and_less_than_a_block);
	tcase_add_loop_test(tc, payloads_stand_in_the_order_of_rfc_6407, 0,
			    ARRAY_SIZE(orders));
	tcase_add_test(tc, without_a_signature_it_is_malformed);
	return tc;
}

static TCase *refused_case(void)
{
	TCase *tc = tcase_create("refused");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, sender_ids_are_refused);
	tcase_add_test(tc, keys_that_do_not_fit_the_policy_are_refused);
	tcase_add_test(tc, a_kek_alone_is_not_the_whole_policy);
	tcase_add_test(tc, deletes_of_unknown_protocols_are_refused);
	return tc;
}

RUN_CASES("gdoi_push", round_trip_case, form_case, refused_case)
