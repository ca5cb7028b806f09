/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policies to an SA and a KD payload and back. */
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_kd.h"
#include "gdoi/gdoi_sa.h"
#include "tests/check_main.h"
#include "tests/gdoi/mutate.h"
#include "tests/gdoi/policies.h"
#include "tests/gdoi/rsa_key.h"

enum { BUF = 65507, RANDOM_RUNS = 200 };

static size_t write_sa(const struct gdoi_policy *policy, bool extensions,
		       uint8_t *buf)
{
	struct wr w = wr_init(buf, BUF);
	struct gdoi_sa sa;

	ck_assert(gdoi_sa_from_policy(policy, extensions, &sa));
	gdoi_sa_write(&w, ISAKMP_NONE, &sa);
	gdoi_sa_fini(&sa);
	ck_assert(wr_ok(&w));
	return wr_at(&w);
}

static struct isakmp_fault read_sa(const uint8_t *buf, size_t len,
				   bool extensions, struct gdoi_policy **out)
{
	struct isakmp_fault fault;
	struct gdoi_sa sa;

	fault = gdoi_sa_parse(body_of_payload(buf, len), extensions, &sa);
	if (!fault.notify)
		fault = gdoi_sa_to_policy(&sa, extensions, out);
	gdoi_sa_fini(&sa);
	return fault;
}

static size_t write_kd(const struct gdoi_policy *policy, uint8_t *buf)
{
	struct wr w = wr_init(buf, BUF);

	gdoi_kd_write(&w, ISAKMP_NONE, policy);
	ck_assert(wr_ok(&w));
	return wr_at(&w);
}

static struct isakmp_fault read_kd(const uint8_t *buf, size_t len, bool pull,
				   struct gdoi_policy *policy)
{
	struct gdoi_kd *kd = xcalloc(1, sizeof(*kd));
	struct isakmp_fault fault;

	fault = gdoi_kd_parse(body_of_payload(buf, len), kd);
	if (!fault.notify)
		fault = gdoi_kd_apply(kd, pull, policy);
	free(kd);
	return fault;
}

/* Over the wire and back, keys included. */
static struct gdoi_policy *round_trip(const struct gdoi_policy *policy,
				      bool extensions)
{
	struct gdoi_policy *out = NULL;
	uint8_t *buf = malloc(BUF);
	size_t len = write_sa(policy, extensions, buf);

	ck_assert_str_eq(read_sa(buf, len, extensions, &out).text ?: "", "");
	len = write_kd(policy, buf);
	ck_assert_str_eq(read_kd(buf, len, true, out).text ?: "", "");
	out->seq = policy->seq;
	free(buf);
	return out;
}

START_TEST(the_articles_policy_comes_back)
{
	struct gdoi_policy *policy = policy_article();
	struct gdoi_policy *back = round_trip(policy, true);

	policy_check_equal(policy, back, true);
	gdoi_policy_free(policy);
	gdoi_policy_free(back);
}
END_TEST

START_TEST(random_policies_come_back)
{
	struct gdoi_policy *policy = policy_random((unsigned int)_i);
	struct gdoi_policy *back = round_trip(policy, true);

	policy_check_equal(policy, back, true);
	gdoi_policy_free(policy);
	gdoi_policy_free(back);
}
END_TEST

START_TEST(a_copy_is_equal_and_its_own)
{
	struct gdoi_policy *policy = policy_random((unsigned int)_i);
	struct gdoi_policy *copy = gdoi_policy_copy(policy);

	policy_check_equal(policy, copy, true);
	if (policy->has_kek)
		ck_assert_ptr_ne(policy->kek.key.data, copy->kek.key.data);
	gdoi_policy_free(policy);
	gdoi_policy_free(copy);
}
END_TEST

START_TEST(a_strict_policy_needs_no_extensions)
{
	struct gdoi_policy *policy = policy_strict();
	struct gdoi_policy *back = round_trip(policy, false);

	ck_assert(!gdoi_policy_needs_extensions(policy));
	policy_check_equal(policy, back, true);
	gdoi_policy_free(policy);
	gdoi_policy_free(back);
}
END_TEST

START_TEST(deny_and_tbar_are_not_told_to_strangers)
{
	struct gdoi_policy *policy = policy_article();
	struct gdoi_sa sa;

	ck_assert(gdoi_policy_needs_extensions(policy));
	ck_assert(!gdoi_sa_from_policy(policy, false, &sa));
	gdoi_sa_fini(&sa);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(a_replay_window_is_kept_from_strangers)
{
	struct gdoi_policy *policy = policy_strict(), *back;

	policy->replay_window = 64;
	back = round_trip(policy, false);
	ck_assert_uint_eq(back->replay_window, 0);
	gdoi_policy_free(back);
	back = round_trip(policy, true);
	ck_assert_uint_eq(back->replay_window, 64);
	gdoi_policy_free(back);
	gdoi_policy_free(policy);
}
END_TEST

/* A key server of another make: whichever order, the longer life is newer. */
START_TEST(strangers_tell_a_roll_over_by_lifetime)
{
	struct gdoi_policy *policy = policy_strict(), *back;
	struct gdoi_tek *teks = xcalloc(2, sizeof(*teks));

	teks[0] = policy->teks[0];
	teks[1].spi = 0x2222;
	teks[1].transform = teks[0].transform;
	teks[1].lifetime = 100;
	keybuf_set(&teks[1].key, teks[0].key.data, teks[0].key.len);
	keybuf_set(&teks[1].auth_key, teks[0].auth_key.data,
		   teks[0].auth_key.len);
	free(policy->teks);
	policy->teks = teks;
	policy->n_teks = 2;
	teks[_i].old = true;
	teks[_i].newer = 1u - (unsigned int)_i;
	policy->rules[0].tek = 1u - (unsigned int)_i;
	back = round_trip(policy, false);
	ck_assert_uint_eq(back->n_teks, 2);
	ck_assert_uint_eq(back->n_rules, 1);
	ck_assert_uint_eq(back->teks[back->rules[0].tek].spi, 0x6bafd3ab);
	ck_assert(!back->teks[back->rules[0].tek].old);
	gdoi_policy_free(back);
	gdoi_policy_free(policy);
}
END_TEST

static void sats_disagree(struct gdoi_sa *sa)
{
	sa->sats[1] = sa->sats[0];
	sa->sats[1].src.prefix = 8;
	sa->sats[1].lifetime++;
}

static void sats_differ_in_direction(struct gdoi_sa *sa)
{
	sa->sats[1] = sa->sats[0];
	sa->sats[1].src.prefix = 8;
	sa->sats[1].direction = GDOI_RECEIVER_ONLY;
}

static void sats_are_for_senders(struct gdoi_sa *sa)
{
	sa->sats[0].direction = GDOI_SENDER_ONLY;
	sa->n_sats = 1;
}

static void addresses_are_lost(struct gdoi_sa *sa)
{
	sa->sats[0].preserve = GDOI_PRESERVE_DESTINATION;
	sa->n_sats = 1;
}

static void aes_without_length(struct gdoi_sa *sa)
{
	sa->sats[0].transform.key_bits = 0;
	sa->n_sats = 1;
}

/* The same entry has two TEKs, another one has the second alone. */
static void old_tek_is_newest_elsewhere(struct gdoi_sa *sa)
{
	sa->sats = xrealloc(sa->sats, 3, sizeof(*sa->sats));
	sa->sats[1] = sa->sats[0];
	sa->sats[1].spi = 0x2222;
	sa->sats[1].lifetime = 10;
	sa->sats[2] = sa->sats[1];
	sa->sats[2].src.prefix = 8;
	sa->n_sats = 3;
}

static void port_without_protocol(struct gdoi_sa *sa)
{
	sa->sats[0].src.port = 80;
	sa->n_sats = 1;
}

static void server_asks_for_sids(struct gdoi_sa *sa)
{
	sa->n_sats = 1;
	sa->gap.sids_wanted = 1;
}

static void (*const unwanted[])(struct gdoi_sa *sa) = {
	sats_disagree,	    sats_differ_in_direction,	 sats_are_for_senders,
	addresses_are_lost, port_without_protocol,	 server_asks_for_sids,
	aes_without_length, old_tek_is_newest_elsewhere,
};

START_TEST(policies_we_cannot_do_are_refused)
{
	struct gdoi_policy *policy = policy_strict(), *out = NULL;
	struct gdoi_sa sa;

	ck_assert(gdoi_sa_from_policy(policy, true, &sa));
	ck_assert(!gdoi_sa_to_policy(&sa, true, &out).notify);
	gdoi_policy_free(out);
	sa.sats = xrealloc(sa.sats, 2, sizeof(*sa.sats));
	sa.n_sats = 2;
	unwanted[_i](&sa);
	out = NULL;
	ck_assert_uint_ne(gdoi_sa_to_policy(&sa, true, &out).notify, 0);
	ck_assert_ptr_null(out);
	gdoi_sa_fini(&sa);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(too_many_teks_are_refused)
{
	struct gdoi_sa sa = { 0 };
	struct gdoi_policy *policy = policy_strict(), *out = NULL;
	struct gdoi_sat sat;
	size_t i;

	ck_assert(gdoi_sa_from_policy(policy, false, &sa));
	sat = sa.sats[0];
	sa.sats = xrealloc(sa.sats, GDOI_MAX_TEKS + 1, sizeof(*sa.sats));
	for (i = 0; i <= GDOI_MAX_TEKS; i++) {
		sat.spi = 0x10000 + (uint32_t)i;
		sat.protocol = 6;
		sat.src.port = (uint16_t)(i + 1);
		sa.sats[i] = sat;
	}
	sa.n_sats = GDOI_MAX_TEKS;
	ck_assert(!gdoi_sa_to_policy(&sa, false, &out).notify);
	gdoi_policy_free(out);
	sa.n_sats = GDOI_MAX_TEKS + 1;
	ck_assert(gdoi_sa_to_policy(&sa, false, &out).notify);
	gdoi_sa_fini(&sa);
	gdoi_policy_free(policy);
}
END_TEST

/* --- the SA payload as octets --------------------------------------------- */

static bool sa_parses(struct rd body)
{
	struct gdoi_policy *policy = NULL;
	struct isakmp_fault fault;
	struct gdoi_sa sa;

	fault = gdoi_sa_parse(body, true, &sa);
	if (!fault.notify)
		fault = gdoi_sa_to_policy(&sa, true, &policy);
	gdoi_sa_fini(&sa);
	gdoi_policy_free(policy);
	return !fault.notify;
}

START_TEST(the_head_of_an_sa_in_a_push_is_as_specified)
{
	static const uint8_t head[] = { 0x11, 0x00, 0, 0, 0, 0,	   0, 2,
					0,    0,    0, 0, 0, 0x0f, 0, 0 };
	struct gdoi_policy *policy = policy_strict();
	uint8_t *buf = malloc(BUF);
	struct wr w = wr_init(buf, BUF);
	struct gdoi_sa sa;

	ck_assert(gdoi_sa_from_policy(policy, true, &sa));
	gdoi_sa_write(&w, ISAKMP_KD, &sa);
	/* SAK of 69 octets, SAT of 67 */
	ck_assert_uint_eq(wr_at(&w), 16 + 69 + 67);
	ck_assert_uint_eq(buf[3], wr_at(&w));
	buf[3] = 0;
	ck_assert_mem_eq(buf, head, sizeof(head));
	gdoi_sa_fini(&sa);
	free(buf);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(truncated_sas_are_refused)
{
	struct gdoi_policy *policy = policy_article();
	uint8_t *buf = malloc(BUF);
	size_t len = write_sa(policy, true, buf);

	refuses_truncations(sa_parses, buf + 4, len - 4);
	free(buf);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(changed_sas_do_no_harm)
{
	struct gdoi_policy *policy = policy_random((unsigned int)_i);
	uint8_t *buf = malloc(BUF);
	size_t len = write_sa(policy, true, buf);

	ck_assert_uint_gt(survives_flips(sa_parses, buf + 4, len - 4), 0);
	free(buf);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(an_sa_has_its_parts_in_order)
{
	/* GAP before SAK, two GAPs, nothing at all */
	static const uint8_t gap_first[] = { 0, 0, 0,  2, 0, 0, 0, 0, 0, 22,
					     0, 0, 15, 0, 0, 4, 0, 0, 0, 4 };
	static const uint8_t two_gaps[] = { 0, 0, 0,  2, 0, 0, 0, 0, 0, 22,
					    0, 0, 22, 0, 0, 4, 0, 0, 0, 4 };
	static const uint8_t nothing[] = { 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0 };

	ck_assert(!parses_copy(sa_parses, gap_first, sizeof(gap_first)));
	ck_assert(!parses_copy(sa_parses, two_gaps, sizeof(two_gaps)));
	ck_assert(!parses_copy(sa_parses, nothing, sizeof(nothing)));
}
END_TEST

/* --- the KD payload --------------------------------------------------------- */

START_TEST(the_worked_example_of_a_kd_is_written)
{
	static const uint8_t tek[] = { 1,    0,	   0, 0x35, 4, 0x6b, 0xaf,
				       0xd3, 0xab, 0, 1,    0, 0x10 };
	static const uint8_t kek[] = { 2, 0, 0, 0xdf, 0x10 };
	struct gdoi_policy *policy = policy_strict();
	uint8_t *buf = malloc(BUF);
	size_t len = write_kd(policy, buf);

	ck_assert_uint_eq(len, 8 + 0x35 + 0xdf);
	ck_assert_mem_eq(buf + 4, "\0\2\0\0", 4);
	ck_assert_mem_eq(buf + 8, tek, sizeof(tek));
	ck_assert_mem_eq(buf + 21, policy->teks[0].key.data, 16);
	ck_assert_mem_eq(buf + 37, "\0\2\0\x14", 4);
	ck_assert_mem_eq(buf + 41, policy->teks[0].auth_key.data, 20);
	ck_assert_mem_eq(buf + 61, kek, sizeof(kek));
	ck_assert_mem_eq(buf + 66, policy->kek.spi, 16);
	ck_assert_mem_eq(buf + 82, "\0\1\0\x20", 4);
	ck_assert_mem_eq(buf + 86, policy->kek.iv.data, 16);
	ck_assert_mem_eq(buf + 102, policy->kek.key.data, 16);
	ck_assert_mem_eq(buf + 118, "\0\2\0\xa2", 4);
	ck_assert_mem_eq(buf + 122, rsa_1024_spki, 162);
	free(buf);
	gdoi_policy_free(policy);
}
END_TEST

/* Against the policy of policy_random(kd_seed). */
static unsigned int kd_seed;

static bool kd_parses(struct rd body)
{
	struct gdoi_policy *full = policy_random(kd_seed), *policy = NULL;
	struct gdoi_kd *kd = xcalloc(1, sizeof(*kd));
	struct isakmp_fault fault;
	struct gdoi_sa sa;

	ck_assert(gdoi_sa_from_policy(full, true, &sa));
	ck_assert(!gdoi_sa_to_policy(&sa, true, &policy).notify);
	fault = gdoi_kd_parse(body, kd);
	if (!fault.notify)
		fault = gdoi_kd_apply(kd, true, policy);
	free(kd);
	gdoi_sa_fini(&sa);
	gdoi_policy_free(policy);
	gdoi_policy_free(full);
	return !fault.notify;
}

START_TEST(truncated_kds_are_refused)
{
	struct gdoi_policy *policy;
	uint8_t *buf = malloc(BUF);
	size_t len;

	kd_seed = (unsigned int)_i;
	policy = policy_random(kd_seed);
	len = write_kd(policy, buf);
	refuses_truncations(kd_parses, buf + 4, len - 4);
	free(buf);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(changed_kds_do_no_harm)
{
	struct gdoi_policy *policy;
	uint8_t *buf = malloc(BUF);
	size_t len;

	kd_seed = (unsigned int)_i;
	policy = policy_random(kd_seed);
	len = write_kd(policy, buf);
	ck_assert_uint_gt(survives_flips(kd_parses, buf + 4, len - 4), 0);
	free(buf);
	gdoi_policy_free(policy);
}
END_TEST

static void key_too_long(struct gdoi_policy *p)
{
	keybuf_set(&p->teks[0].key, "0123456789abcdef0", 17);
}

static void key_missing(struct gdoi_policy *p)
{
	keybuf_free(&p->teks[0].key);
}

static void auth_key_too_short(struct gdoi_policy *p)
{
	p->teks[0].auth_key.len--;
}

static void other_spi(struct gdoi_policy *p)
{
	p->teks[0].spi++;
}

static void one_tek_more(struct gdoi_policy *p)
{
	p->teks = xrealloc(p->teks, 2, sizeof(*p->teks));
	p->teks[1] = p->teks[0];
	p->teks[1].key = (struct keybuf){ 0 };
	p->teks[1].auth_key = (struct keybuf){ 0 };
	p->n_teks = 2;
}

static void no_kek(struct gdoi_policy *p)
{
	p->has_kek = false;
}

static void other_kek_spi(struct gdoi_policy *p)
{
	p->kek.spi[15]++;
}

static void kek_iv_missing(struct gdoi_policy *p)
{
	keybuf_free(&p->kek.iv);
}

static void kek_too_long(struct gdoi_policy *p)
{
	keybuf_set(&p->kek.key, "0123456789abcdef01234567", 24);
}

static void no_signature_key(struct gdoi_policy *p)
{
	keybuf_free(&p->kek.pubkey);
}

static void signature_key_is_rubbish(struct gdoi_policy *p)
{
	p->kek.pubkey.data[20] ^= 0xff;
}

static void signature_key_is_elliptic(struct gdoi_policy *p)
{
	keybuf_set(&p->kek.pubkey, ec_spki, sizeof(ec_spki));
}

static void (*const wrong_keys[])(struct gdoi_policy *p) = {
	key_too_long,
	key_missing,
	auth_key_too_short,
	other_spi,
	one_tek_more,
	no_kek,
	other_kek_spi,
	kek_iv_missing,
	kek_too_long,
	no_signature_key,
	signature_key_is_rubbish,
	signature_key_is_elliptic,
};

START_TEST(keys_that_do_not_fit_the_policy_are_refused)
{
	struct gdoi_policy *policy = policy_strict(), *member = NULL;
	uint8_t *buf = malloc(BUF);
	size_t len = write_sa(policy, true, buf);

	ck_assert(!read_sa(buf, len, true, &member).notify);
	wrong_keys[_i](policy);
	len = write_kd(policy, buf);
	ck_assert_uint_ne(read_kd(buf, len, true, member).notify, 0);
	free(buf);
	gdoi_policy_free(member);
	gdoi_policy_free(policy);
}
END_TEST

/* The key as PKCS#1 is kept as SubjectPublicKeyInfo; the size that the SAK
 * announced may be that of either encoding, or of the modulus. */
START_TEST(a_pkcs1_key_is_normalised)
{
	static const unsigned int announced[] = { 0, 1024, 1296, 1120 };
	struct gdoi_policy *policy = policy_strict(), *member = NULL;
	uint8_t *buf = malloc(BUF);
	size_t len = write_sa(policy, true, buf);
	bool fits = _i != 2;

	ck_assert_uint_eq(sizeof(rsa_1024_pkcs1) * 8, announced[3]);
	ck_assert(!read_sa(buf, len, true, &member).notify);
	member->kek.sig_bits = announced[_i];
	keybuf_set(&policy->kek.pubkey, rsa_1024_pkcs1, sizeof(rsa_1024_pkcs1));
	len = write_kd(policy, buf);
	ck_assert_int_eq(!read_kd(buf, len, true, member).notify, fits);
	if (fits)
		ck_assert_octets(member->kek.pubkey.data,
				 member->kek.pubkey.len, rsa_1024_spki,
				 sizeof(rsa_1024_spki));
	free(buf);
	gdoi_policy_free(member);
	gdoi_policy_free(policy);
}
END_TEST

/* RFC 6407 5.6.4: in a PULL they must come, in a PUSH they must not. */
START_TEST(sender_ids_belong_to_a_pull_with_counter_mode)
{
	struct gdoi_policy *policy, *member = NULL;
	uint8_t *buf = malloc(BUF);
	unsigned int seed = 0;
	size_t len;

	policy = policy_random(seed);
	while (!gdoi_policy_has_counter_mode(policy)) {
		gdoi_policy_free(policy);
		policy = policy_random(++seed);
	}
	len = write_sa(policy, true, buf);
	ck_assert(!read_sa(buf, len, true, &member).notify);
	len = write_kd(policy, buf);
	ck_assert(read_kd(buf, len, false, member).notify);
	gdoi_policy_free(member);
	member = NULL;
	policy->n_sids = 0;
	len = write_sa(policy, true, buf);
	ck_assert(!read_sa(buf, len, true, &member).notify);
	len = write_kd(policy, buf);
	ck_assert(read_kd(buf, len, true, member).notify);
	free(buf);
	gdoi_policy_free(member);
	gdoi_policy_free(policy);
}
END_TEST

static TCase *policy_case(void)
{
	TCase *tc = tcase_create("policy");

	tcase_add_test(tc, the_articles_policy_comes_back);
	tcase_add_loop_test(tc, random_policies_come_back, 0, RANDOM_RUNS);
	tcase_add_loop_test(tc, a_copy_is_equal_and_its_own, 0, 20);
	tcase_add_test(tc, a_strict_policy_needs_no_extensions);
	tcase_add_test(tc, deny_and_tbar_are_not_told_to_strangers);
	tcase_add_test(tc, a_replay_window_is_kept_from_strangers);
	tcase_add_loop_test(tc, strangers_tell_a_roll_over_by_lifetime, 0, 2);
	tcase_add_loop_test(tc, policies_we_cannot_do_are_refused, 0,
			    ARRAY_SIZE(unwanted));
	tcase_add_test(tc, too_many_teks_are_refused);
	return tc;
}

static TCase *sa_case(void)
{
	TCase *tc = tcase_create("SA");

	tcase_add_test(tc, the_head_of_an_sa_in_a_push_is_as_specified);
	tcase_add_test(tc, truncated_sas_are_refused);
	tcase_add_loop_test(tc, changed_sas_do_no_harm, 0, 10);
	tcase_add_test(tc, an_sa_has_its_parts_in_order);
	return tc;
}

static TCase *kd_case(void)
{
	TCase *tc = tcase_create("KD");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_worked_example_of_a_kd_is_written);
	tcase_add_loop_test(tc, truncated_kds_are_refused, 0, 10);
	tcase_add_loop_test(tc, changed_kds_do_no_harm, 0, 5);
	tcase_add_loop_test(tc, keys_that_do_not_fit_the_policy_are_refused, 0,
			    ARRAY_SIZE(wrong_keys));
	tcase_add_loop_test(tc, a_pkcs1_key_is_normalised, 0, 4);
	tcase_add_test(tc, sender_ids_belong_to_a_pull_with_counter_mode);
	return tc;
}

RUN_CASES("gdoi_policy", policy_case, sa_case, kd_case)
