/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The four messages of a PULL as whole chains, the HASH before them. */
#include "gdoi/gdoi_pull_message.h"

#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/gdoi/mutate.h"
#include "tests/gdoi/policies.h"

enum { BUF = GDOI_BODY_MAX, HASH_SIZE = 24 };

static const struct gdoi_nonce nonce = { .data = "twenty octets nonce", 20 };
static const struct gdoi_id group_1234 = { .is_set = true, .number = 1234 };

/* A message of the body that write() makes, padded as by a cipher; the first
 * payload is always the HASH. */
struct built {
	uint8_t *data;
	size_t len;
};

static struct built build(unsigned int number, const struct gdoi_policy *policy)
{
	struct built out = { .data = xcalloc(1, BUF) };
	struct wr w = wr_init(out.data, BUF);
	uint8_t first = ISAKMP_NONE;

	wr_zero(&w, HASH_SIZE);
	wr_put8(&w, 3, HASH_SIZE);
	if (number == 1)
		first = gdoi_pull_1_write(&w, &nonce, &group_1234);
	else if (number == 2)
		first = gdoi_pull_2_write(&w, &nonce, policy, true);
	else if (number == 3)
		first = gdoi_pull_3_write(&w, 7);
	else
		first = gdoi_pull_4_write(&w, policy);
	wr_put8(&w, 0, first);
	wr_zero(&w, 5);
	ck_assert(wr_ok(&w));
	out.len = wr_at(&w);
	return out;
}

static struct isakmp_fault read_any(unsigned int number,
				    const struct isakmp_message *m,
				    struct gdoi_policy **policy)
{
	struct gdoi_nonce got;
	unsigned int sids;
	struct gdoi_id id;

	if (number == 1)
		return gdoi_pull_1_read(m, &got, &id);
	if (number == 2)
		return gdoi_pull_2_read(m, true, &got, policy);
	if (number == 3)
		return gdoi_pull_3_read(m, true, &sids);
	return gdoi_pull_4_read(m, *policy);
}

static struct gdoi_policy *without_keys(const struct gdoi_policy *policy)
{
	struct built b = build(2, policy);
	struct isakmp_message m = { 0 };
	struct gdoi_policy *out = NULL;

	ck_assert(!isakmp_chain_parse(rd_init(b.data, b.len), ISAKMP_HASH, &m)
			   .notify);
	ck_assert(!read_any(2, &m, &out).notify);
	free(b.data);
	return out;
}

static unsigned int tried; /* message number of parses() */

static bool parses(struct rd chain)
{
	struct gdoi_policy *full = policy_article(), *policy = NULL;
	struct isakmp_message m = { 0 };
	struct isakmp_fault fault;

	if (tried == 4)
		policy = without_keys(full);
	fault = isakmp_chain_parse(chain, ISAKMP_HASH, &m);
	if (!fault.notify)
		fault = read_any(tried, &m, &policy);
	gdoi_policy_free(policy);
	gdoi_policy_free(full);
	return !fault.notify;
}

START_TEST(messages_are_read_as_written)
{
	struct gdoi_policy *policy = policy_article();
	struct built b;

	tried = (unsigned int)_i;
	b = build(tried, policy);
	ck_assert(parses(rd_init(b.data, b.len)));
	free(b.data);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(truncated_messages_are_refused)
{
	struct gdoi_policy *policy = policy_article();
	struct built b;

	tried = (unsigned int)_i;
	b = build(tried, policy);
	refuses_truncations(parses, b.data, b.len - 5);
	free(b.data);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(changed_messages_do_no_harm)
{
	struct gdoi_policy *policy = policy_article();
	struct built b;

	tried = (unsigned int)_i;
	b = build(tried, policy);
	ck_assert_uint_gt(survives_flips(parses, b.data, b.len), 0);
	free(b.data);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(the_article_comes_through_a_registration)
{
	struct gdoi_policy *policy = policy_article();
	struct gdoi_policy *member = without_keys(policy);
	struct built b = build(4, policy);
	struct isakmp_message m = { 0 };

	ck_assert(!isakmp_chain_parse(rd_init(b.data, b.len), ISAKMP_HASH, &m)
			   .notify);
	ck_assert(!gdoi_pull_4_read(&m, member).notify);
	policy_check_equal(policy, member, true);
	ck_assert_uint_eq(member->seq, 23);
	free(b.data);
	gdoi_policy_free(member);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(a_message_3_may_be_a_hash_alone)
{
	static const uint8_t hash[HASH_SIZE] = { 0, 0, 0, HASH_SIZE };
	uint8_t buf[8];
	struct wr w = wr_init(buf, sizeof(buf));
	struct isakmp_message m = { 0 };
	unsigned int sids = 9;

	ck_assert_uint_eq(gdoi_pull_3_write(&w, 0), ISAKMP_NONE);
	ck_assert_uint_eq(wr_at(&w), 0);
	ck_assert(!isakmp_chain_parse(rd_init(hash, sizeof(hash)), ISAKMP_HASH,
				      &m)
			   .notify);
	ck_assert(!gdoi_pull_3_read(&m, false, &sids).notify);
	ck_assert_uint_eq(sids, 0);
}
END_TEST

START_TEST(the_sender_ids_asked_for_are_read)
{
	struct built b = build(3, NULL);
	struct isakmp_message m = { 0 };
	unsigned int sids = 0;

	ck_assert(!isakmp_chain_parse(rd_init(b.data, b.len), ISAKMP_HASH, &m)
			   .notify);
	ck_assert(!gdoi_pull_3_read(&m, false, &sids).notify);
	ck_assert_uint_eq(sids, 7);
	free(b.data);
}
END_TEST

/* Payload types after the HASH, for the message of that number. */
static const struct {
	unsigned int number;
	uint8_t types[3];
} wrong_forms[] = {
	{ 1, { ISAKMP_NONCE } },
	{ 1, { ISAKMP_ID } },
	{ 1, { ISAKMP_NONCE, ISAKMP_NONCE, ISAKMP_ID } },
	{ 1, { ISAKMP_NONCE, ISAKMP_ID, ISAKMP_KE } },
	{ 2, { ISAKMP_NONCE } },
	{ 3, { ISAKMP_GAP, ISAKMP_GAP } },
	{ 3, { ISAKMP_KE } },
	{ 3, { ISAKMP_CERT } },
	{ 4, { ISAKMP_SEQ } },
	{ 4, { ISAKMP_KD, ISAKMP_KD } },
	{ 4, { ISAKMP_KD, ISAKMP_SEQ, ISAKMP_SEQ } },
	{ 4, { ISAKMP_KE, ISAKMP_KD } },
};

START_TEST(messages_of_other_payloads_are_refused)
{
	struct gdoi_policy *policy = policy_strict(), *member;
	struct isakmp_message m = { .n = 1 };
	size_t i;

	member = without_keys(policy);
	m.payloads[0].type = ISAKMP_HASH;
	for (i = 0; i < 3 && wrong_forms[_i].types[i]; i++) {
		m.payloads[m.n].type = wrong_forms[_i].types[i];
		m.payloads[m.n++].body = rd_init("", 0);
	}
	ck_assert_uint_eq(read_any(wrong_forms[_i].number, &m, &member).notify,
			  ISAKMP_N_PAYLOAD_MALFORMED);
	gdoi_policy_free(member);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(nonces_have_8_to_128_octets)
{
	static const size_t lengths[] = { 7, 8, 128, 129 };
	uint8_t buf[256] = { 0 };
	struct isakmp_message m = { .n = 3 };
	struct gdoi_nonce got;
	struct gdoi_id id;
	size_t len = lengths[_i];

	m.payloads[0].type = ISAKMP_HASH;
	m.payloads[1].type = ISAKMP_NONCE;
	m.payloads[1].body = rd_init(buf, len);
	m.payloads[2].type = ISAKMP_ID;
	m.payloads[2].body = rd_init("\x0b\0\0\0\0\0\4\xd2", 8);
	ck_assert_int_eq(gdoi_pull_1_read(&m, &got, &id).notify == 0,
			 len >= 8 && len <= 128);
}
END_TEST

START_TEST(a_number_without_a_kek_is_refused)
{
	struct gdoi_policy *policy = policy_strict(), *member;
	struct isakmp_message m = { 0 };
	struct built b = build(4, policy);

	member = without_keys(policy);
	member->has_kek = false;
	ck_assert(!isakmp_chain_parse(rd_init(b.data, b.len), ISAKMP_HASH, &m)
			   .notify);
	ck_assert_uint_eq(gdoi_pull_4_read(&m, member).notify,
			  ISAKMP_N_PAYLOAD_MALFORMED);
	free(b.data);
	gdoi_policy_free(member);
	gdoi_policy_free(policy);
}
END_TEST

static TCase *message_case(void)
{
	TCase *tc = tcase_create("PULL messages");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, messages_are_read_as_written, 1, 5);
	tcase_add_loop_test(tc, truncated_messages_are_refused, 1, 5);
	tcase_add_loop_test(tc, changed_messages_do_no_harm, 1, 5);
	tcase_add_test(tc, the_article_comes_through_a_registration);
	tcase_add_test(tc, a_message_3_may_be_a_hash_alone);
	tcase_add_test(tc, the_sender_ids_asked_for_are_read);
	tcase_add_loop_test(tc, messages_of_other_payloads_are_refused, 0,
			    ARRAY_SIZE(wrong_forms));
	tcase_add_loop_test(tc, nonces_have_8_to_128_octets, 0, 4);
	tcase_add_test(tc, a_number_without_a_kek_is_refused);
	return tc;
}

RUN_CASES("gdoi_pull_message", message_case)
