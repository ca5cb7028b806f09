/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decrypted messages of an independent GDOI implementation.  It has ways of
 * its own (RFC 3547's time): group number and selectors in host byte order,
 * six reserved octets in its SAK, AES of 0 bits without a key in its TEKs,
 * header preservation of the destination alone.  So its payloads are read, and its policy is then refused. */
#include "base/mem.h"
#include "gdoi/gdoi_kd.h"
#include "gdoi/gdoi_pull_message.h"
#include "gdoi/gdoi_sa.h"
#include "gdoi/gdoi_seq.h"
#include "tests/check_main.h"
#include "tests/gdoi/capture_multicast.h"
#include "tests/gdoi/capture_unicast.h"
#include "tests/gdoi/mutate.h"

struct octets {
	const uint8_t *data;
	size_t len;
};
#define OCTETS(a)            \
	{                    \
		a, sizeof(a) \
	}

static const struct run {
	struct octets pull[4], push[4];
	const uint8_t *kek_spi, *kek_iv, *kek_key;
	uint32_t tek_spi[4]; /* of the PULL and the PUSHes 1 to 3 */
	uint32_t rekey_address;
} runs[] = {
	{
		.pull = { OCTETS(unicast_pull_1), OCTETS(unicast_pull_2),
			  OCTETS(unicast_pull_3), OCTETS(unicast_pull_4) },
		.push = { OCTETS(unicast_push_1), OCTETS(unicast_push_2),
			  OCTETS(unicast_push_3), OCTETS(unicast_push_4) },
		.kek_spi = unicast_kek_spi,
		.kek_iv = unicast_kek_iv,
		.kek_key = unicast_kek_key,
		.tek_spi = { 0x0a52f67a, 0x094340b6, 0x57709c63, 0xf394a3a7 },
		.rekey_address = 0x0a4d0001,
	},
	{
		.pull = { OCTETS(multicast_pull_1), OCTETS(multicast_pull_2),
			  OCTETS(multicast_pull_3), OCTETS(multicast_pull_4) },
		.push = { OCTETS(multicast_push_1), OCTETS(multicast_push_2),
			  OCTETS(multicast_push_3), OCTETS(multicast_push_4) },
		.kek_spi = multicast_kek_spi,
		.kek_iv = multicast_kek_iv,
		.kek_key = multicast_kek_key,
		.tek_spi = { 0xf8ef1336, 0x36492893, 0x14553298, 0x88eebfd4 },
		.rekey_address = 0xef0a0101,
	},
};

static struct isakmp_message chain(const struct octets *o, uint8_t first)
{
	struct isakmp_message m = { 0 };

	ck_assert_uint_eq(
		isakmp_chain_parse(rd_init(o->data, o->len), first, &m).notify,
		0);
	return m;
}

static void check_sa(const struct run *run, struct rd body, uint32_t spi,
		     size_t n_sats)
{
	struct gdoi_policy *policy = NULL;
	const struct gdoi_sat *sat;
	struct gdoi_sa sa;

	ck_assert_str_eq(gdoi_sa_parse(body, false, &sa).text ?: "", "");
	ck_assert(sa.has_sak && !sa.has_gap);
	ck_assert_mem_eq(sa.kek.spi, run->kek_spi, 16);
	ck_assert_int_eq(sa.kek.cipher, GDOI_KEK_AES);
	ck_assert_uint_eq(sa.kek.key_bits, 128);
	ck_assert_uint_eq(sa.kek.lifetime, 25); /* sent as a TV */
	ck_assert_int_eq(sa.kek.sig_hash, GDOI_SIG_SHA1);
	ck_assert_uint_eq(ip_v4_host(&sa.kek.src.addr), 0x0a4d0002);
	ck_assert_uint_eq(ip_v4_host(&sa.kek.dst.addr), run->rekey_address);
	ck_assert_uint_eq(sa.n_sats, n_sats);
	sat = &sa.sats[n_sats - 1];
	ck_assert_uint_eq(sat->spi, spi);
	ck_assert_int_eq(sat->transform.cipher, ESP_AES_CBC);
	ck_assert_uint_eq(sat->transform.key_bits, 0);
	ck_assert_int_eq(sat->transform.auth, ESP_AUTH_SHA1);
	ck_assert_uint_eq(sat->lifetime, 120);
	ck_assert_uint_eq(sat->preserve, GDOI_PRESERVE_DESTINATION);
	ck_assert_uint_eq(sat->direction, GDOI_RECEIVER_ONLY);
	/* 172.19.137.42 and 239.192.1.1, in host byte order */
	ck_assert_uint_eq(ip_v4_host(&sat->src.addr), 0x2a8913ac);
	ck_assert_uint_eq(ip_v4_host(&sat->dst.addr), 0x0101c0ef);
	ck_assert_uint_eq(gdoi_sa_to_policy(&sa, false, &policy).notify,
			  ISAKMP_N_NO_PROPOSAL_CHOSEN);
	gdoi_sa_fini(&sa);
}

static void check_kd(const struct run *run, struct rd body, uint32_t spi,
		     size_t n_teks)
{
	struct gdoi_kd *kd = xcalloc(1, sizeof(*kd));

	ck_assert(!gdoi_kd_parse(body, kd).notify);
	ck_assert(kd->has_kek && !kd->has_sids);
	ck_assert_mem_eq(kd->kek_spi, run->kek_spi, 16);
	ck_assert_uint_eq(rd_left(&kd->kek_key), 32);
	ck_assert_mem_eq(kd->kek_key.p, run->kek_iv, 16);
	ck_assert_mem_eq(kd->kek_key.p + 16, run->kek_key, 16);
	ck_assert_uint_eq(rd_left(&kd->sig_key), 294);
	ck_assert_uint_eq(kd->n_teks, n_teks);
	ck_assert_uint_eq(kd->teks[n_teks - 1].spi, spi);
	ck_assert_ptr_null(kd->teks[n_teks - 1].key.p);
	ck_assert_uint_eq(rd_left(&kd->teks[n_teks - 1].auth_key), 20);
	free(kd);
}

START_TEST(message_1_asks_for_its_group)
{
	struct isakmp_message m = chain(&runs[_i].pull[0], ISAKMP_HASH);
	struct gdoi_nonce nonce;
	struct gdoi_id id;

	ck_assert(!gdoi_pull_1_read(&m, &nonce, &id).notify);
	ck_assert_uint_eq(nonce.len, 16);
	ck_assert_uint_eq(id.number, 0xd2040000); /* 1234, host byte order */
}
END_TEST

START_TEST(message_2_brings_the_policy)
{
	struct isakmp_message m = chain(&runs[_i].pull[1], ISAKMP_HASH);
	struct gdoi_policy *policy = NULL;
	struct gdoi_nonce nonce;

	check_sa(&runs[_i], isakmp_find(&m, ISAKMP_SA)->body,
		 runs[_i].tek_spi[0], 1);
	ck_assert_uint_eq(gdoi_pull_2_read(&m, false, &nonce, &policy).notify,
			  ISAKMP_N_NO_PROPOSAL_CHOSEN);
	ck_assert_uint_eq(nonce.len, 16);
}
END_TEST

START_TEST(message_3_is_a_hash_alone)
{
	struct isakmp_message m = chain(&runs[_i].pull[2], ISAKMP_HASH);
	unsigned int sids = 1;

	ck_assert(!gdoi_pull_3_read(&m, false, &sids).notify);
	ck_assert_uint_eq(sids, 0);
}
END_TEST

START_TEST(message_4_brings_the_keys_that_were_logged)
{
	struct isakmp_message m = chain(&runs[_i].pull[3], ISAKMP_HASH);
	uint32_t seq = 1;

	ck_assert(!gdoi_seq_parse(isakmp_find(&m, ISAKMP_SEQ)->body, &seq)
			   .notify);
	ck_assert_uint_eq(seq, 0);
	check_kd(&runs[_i], isakmp_find(&m, ISAKMP_KD)->body,
		 runs[_i].tek_spi[0], 1);
}
END_TEST

START_TEST(rekeys_bring_policy_keys_and_numbers)
{
	const struct run *run = &runs[_i];
	uint32_t seq;
	size_t i;

	for (i = 0; i < 3; i++) {
		struct isakmp_message m = chain(&run->push[i], ISAKMP_SEQ);
		size_t n = i == 0 ? 2 : 1; /* the first has the old TEK, too */

		ck_assert(
			!gdoi_seq_parse(isakmp_find(&m, ISAKMP_SEQ)->body, &seq)
				 .notify);
		ck_assert_uint_eq(seq, i + 1);
		check_sa(run, isakmp_find(&m, ISAKMP_SA)->body,
			 run->tek_spi[i + 1], n);
		check_kd(run, isakmp_find(&m, ISAKMP_KD)->body,
			 run->tek_spi[i + 1], n);
		ck_assert_uint_eq(rd_left(&isakmp_find(&m, ISAKMP_SIG)->body),
				  256);
	}
}
END_TEST

START_TEST(the_last_rekey_deletes_all_teks)
{
	struct isakmp_message m = chain(&runs[_i].push[3], ISAKMP_SEQ);
	uint32_t seq;

	ck_assert(!gdoi_seq_parse(isakmp_find(&m, ISAKMP_SEQ)->body, &seq)
			   .notify);
	ck_assert_uint_eq(seq, 4);
	ck_assert_ptr_nonnull(isakmp_find(&m, ISAKMP_DELETE));
}
END_TEST

static TCase *capture_case(void)
{
	TCase *tc = tcase_create("capture");

	tcase_add_loop_test(tc, message_1_asks_for_its_group, 0, 2);
	tcase_add_loop_test(tc, message_2_brings_the_policy, 0, 2);
	tcase_add_loop_test(tc, message_3_is_a_hash_alone, 0, 2);
	tcase_add_loop_test(tc, message_4_brings_the_keys_that_were_logged, 0,
			    2);
	tcase_add_loop_test(tc, rekeys_bring_policy_keys_and_numbers, 0, 2);
	tcase_add_loop_test(tc, the_last_rekey_deletes_all_teks, 0, 2);
	return tc;
}

RUN_CASES("gdoi_capture", capture_case)
