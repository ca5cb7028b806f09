/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rekeys of an independent implementation, as they were on the wire, opened
 * with the key that its key server logged.  It signs the bare hash, so only
 * raw_signature finds them genuine; and then its policy is refused
 * (test_gdoi_capture.c says why).  The fourth, which deletes, was logged but
 * not caught: it is encrypted again. */
#include <openssl/evp.h>

#include "base/mem.h"
#include "gdoi/gdoi_kek.h"
#include "gdoi/gdoi_push.h"
#include "tests/check_main.h"
#include "tests/gdoi/capture_multicast.h"
#include "tests/gdoi/capture_push.h"
#include "tests/gdoi/capture_unicast.h"
#include "tests/gdoi/mutate.h"
#include "tests/gdoi/rekeys.h"

enum { WIRES = 3, SPKI_SIZE = 294, SIG_SIZE = 4 + 256 };

struct octets {
	const uint8_t *data;
	size_t len;
};
#define OCTETS(a)            \
	{                    \
		a, sizeof(a) \
	}

static const struct run {
	struct octets wire[WIRES], plain[WIRES + 1];
	const uint8_t *spi, *iv, *key, *spki;
	uint32_t teks[4];
} runs[] = {
	{
		.wire = { OCTETS(unicast_wire_1), OCTETS(unicast_wire_2),
			  OCTETS(unicast_wire_3) },
		.plain = { OCTETS(unicast_push_1), OCTETS(unicast_push_2),
			   OCTETS(unicast_push_3), OCTETS(unicast_push_4) },
		.spi = unicast_kek_spi,
		.iv = unicast_kek_iv,
		.key = unicast_kek_key,
		.spki = unicast_spki,
		.teks = { 0x0a52f67a, 0x094340b6, 0x57709c63, 0xf394a3a7 },
	},
	{
		.wire = { OCTETS(multicast_wire_1), OCTETS(multicast_wire_2),
			  OCTETS(multicast_wire_3) },
		.plain = { OCTETS(multicast_push_1), OCTETS(multicast_push_2),
			   OCTETS(multicast_push_3), OCTETS(multicast_push_4) },
		.spi = multicast_kek_spi,
		.iv = multicast_kek_iv,
		.key = multicast_kek_key,
		.spki = multicast_spki,
		.teks = { 0xf8ef1336, 0x36492893, 0x14553298, 0x88eebfd4 },
	},
};

static struct gdoi_kek under;
static bool raw;

static void set_under(const struct run *run)
{
	under = (struct gdoi_kek){
		.cipher = GDOI_KEK_AES,
		.key_bits = 128,
		.sig_hash = GDOI_SIG_SHA1,
	};
	memcpy(under.spi, run->spi, sizeof(under.spi));
	keybuf_set(&under.iv, run->iv, 16);
	keybuf_set(&under.key, run->key, 16);
	keybuf_set(&under.pubkey, run->spki, SPKI_SIZE);
}

static void teardown(void)
{
	rekey_sa_fini(&under);
}

static enum gdoi_push_result open_it(struct rd datagram, uint32_t last_seq,
				     struct gdoi_push *push)
{
	const struct gdoi_push_expect expect = {
		.under = &under,
		.last_seq = last_seq,
		.raw_signature = raw,
	};
	struct isakmp_fault why;

	return gdoi_push_open(&expect, datagram, push, &why);
}

static enum gdoi_push_result result_of(struct rd datagram, uint32_t last_seq)
{
	struct gdoi_push push;
	enum gdoi_push_result result = open_it(datagram, last_seq, &push);

	gdoi_push_fini(&push);
	return result;
}

START_TEST(its_cipher_is_ours)
{
	const struct run *run = &runs[_i / WIRES];
	const struct octets *wire = &run->wire[_i % WIRES];
	const struct octets *plain = &run->plain[_i % WIRES];
	uint8_t *octets = xmemdup(wire->data + 28, wire->len - 28);

	set_under(run);
	ck_assert(gdoi_kek_run(&under, false, octets, wire->len - 28));
	ck_assert_octets(octets, wire->len - 28, plain->data, plain->len);
	ck_assert(gdoi_kek_run(&under, true, octets, wire->len - 28));
	ck_assert_mem_eq(octets, wire->data + 28, wire->len - 28);
	free(octets);
}
END_TEST

START_TEST(its_rekeys_are_genuine_in_the_raw_form_alone)
{
	const struct octets *wire = &runs[_i / WIRES].wire[_i % WIRES];
	struct rd datagram = rd_init(wire->data, wire->len);
	uint32_t seq = (uint32_t)(_i % WIRES + 1);
	struct gdoi_push push;

	set_under(&runs[_i / WIRES]);
	raw = false;
	ck_assert_int_eq(result_of(datagram, seq - 1), GDOI_PUSH_FORGED);
	raw = true;
	ck_assert_int_eq(result_of(datagram, seq - 1), GDOI_PUSH_REFUSED);
	ck_assert_int_eq(open_it(datagram, seq, &push), GDOI_PUSH_OLD_SEQ);
	ck_assert_uint_eq(push.seq, seq);
	gdoi_push_fini(&push);
}
END_TEST

static void set_other_key(EVP_PKEY *pair)
{
	struct gdoi_kek own;

	rekey_sa_init(&own, GDOI_KEK_AES, 128, GDOI_SIG_SHA1, pair);
	keybuf_set(&under.pubkey, own.pubkey.data, own.pubkey.len);
	rekey_sa_fini(&own);
}

/* Without padding and SIG. */
static size_t signed_len(const struct octets *plain)
{
	struct isakmp_message m = { 0 };

	ck_assert(!isakmp_chain_parse(rd_init(plain->data, plain->len),
				      ISAKMP_SEQ, &m)
			   .notify);
	return m.chain_len - SIG_SIZE;
}

START_TEST(signed_as_rfc_6407_says_they_are_genuine_without)
{
	const struct octets *plain = &runs[_i / WIRES].plain[_i % WIRES];
	EVP_PKEY *pair = rekey_pair(2048);
	const struct rekey_form form = { .under = &under, .pair = pair };
	struct keybuf datagram = { 0 };

	set_under(&runs[_i / WIRES]);
	set_other_key(pair);
	rekey_wrap(&form, plain->data, signed_len(plain), &datagram);
	raw = false;
	ck_assert_int_eq(result_of(rd_init(datagram.data, datagram.len), 0),
			 GDOI_PUSH_REFUSED);
	keybuf_free(&datagram);
	EVP_PKEY_free(pair);
}
END_TEST

static void check_deletes(const struct run *run, struct rd datagram)
{
	struct gdoi_push push;

	ck_assert_int_eq(open_it(datagram, 3, &push), GDOI_PUSH_OK);
	ck_assert_uint_eq(push.seq, 4);
	ck_assert(!push.delete_teks && !push.delete_kek && !push.policy);
	ck_assert_uint_eq(push.n_deleted, 4);
	ck_assert_mem_eq(push.deleted, run->teks, sizeof(run->teks));
	gdoi_push_fini(&push);
}

START_TEST(its_last_rekey_deletes_all_its_teks)
{
	const struct run *run = &runs[_i];
	const struct octets *plain = &run->plain[WIRES];
	EVP_PKEY *pair = rekey_pair(2048);
	const struct rekey_form form = { .under = &under, .pair = pair };
	struct keybuf datagram = { 0 };

	set_under(run);
	rekey_encrypt(&form, plain->data, plain->len, &datagram);
	raw = true;
	check_deletes(run, rd_init(datagram.data, datagram.len));
	raw = false;
	ck_assert_int_eq(result_of(rd_init(datagram.data, datagram.len), 3),
			 GDOI_PUSH_FORGED);
	set_other_key(pair);
	rekey_wrap(&form, plain->data, signed_len(plain), &datagram);
	check_deletes(run, rd_init(datagram.data, datagram.len));
	keybuf_free(&datagram);
	EVP_PKEY_free(pair);
}
END_TEST

START_TEST(no_bit_of_them_can_be_changed)
{
	const struct octets *wire = &runs[_i].wire[1];
	uint8_t *copy = xmemdup(wire->data, wire->len);
	enum gdoi_push_result result;
	size_t i;

	set_under(&runs[_i]);
	raw = true;
	for (i = 0; i < 8 * wire->len; i++) {
		copy[i / 8] ^= (uint8_t)(1u << i % 8);
		result = result_of(rd_init(copy, wire->len), 0);
		ck_assert_msg(result == GDOI_PUSH_MALFORMED ||
				      result == GDOI_PUSH_FORGED,
			      "bit %zu", i);
		copy[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	ck_assert_int_eq(result_of(rd_init(copy, wire->len), 0),
			 GDOI_PUSH_REFUSED);
	free(copy);
}
END_TEST

static TCase *capture_case(void)
{
	TCase *tc = tcase_create("capture");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, its_cipher_is_ours, 0, 2 * WIRES);
	tcase_add_loop_test(tc, its_rekeys_are_genuine_in_the_raw_form_alone, 0,
			    2 * WIRES);
	tcase_add_loop_test(tc,
			    signed_as_rfc_6407_says_they_are_genuine_without, 0,
			    2 * WIRES);
	tcase_add_loop_test(tc, its_last_rekey_deletes_all_its_teks, 0, 2);
	tcase_add_loop_test(tc, no_bit_of_them_can_be_changed, 0, 2);
	return tc;
}

RUN_CASES("gdoi_push_capture", capture_case)
