/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Main mode between two routers. */
#include "tests/isakmp/pair.h"

#include "base/mem.h"
#include "tests/check_main.h"

static const struct {
	unsigned int encr, bits;
} ciphers[] = {
	{ ISAKMP_ENCR_DES, 0 },	  { ISAKMP_ENCR_3DES, 0 },
	{ ISAKMP_ENCR_AES, 128 }, { ISAKMP_ENCR_AES, 192 },
	{ ISAKMP_ENCR_AES, 256 },
};

static const unsigned int hashes[] = {
	ISAKMP_HASH_MD5,    ISAKMP_HASH_SHA,	ISAKMP_HASH_SHA256,
	ISAKMP_HASH_SHA384, ISAKMP_HASH_SHA512,
};

static const unsigned int groups[] = { 1, 2, 5, 14, 15, 16, 19, 20, 21, 24 };

static void agree_on(const struct isakmp_proposal *proposal)
{
	struct pair p;

	pair_open(&p, 1);
	pair_policy(p.gm, 1, proposal);
	pair_policy(p.ks, 1, proposal);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(p.n_up, 1);
	ck_assert(pair_agree(&p));
	ck_assert_uint_eq(pair_up(p.ks)->chosen.group, proposal->group);
	ck_assert_uint_eq(sim_stats(p.sim).sent, 6);
	pair_close(&p);
}

START_TEST(every_cipher_and_hash_come_to_the_same_keys)
{
	struct isakmp_proposal proposal = pair_proposal;
	size_t i = (size_t)_i;

	proposal.encr = ciphers[i / ARRAY_SIZE(hashes)].encr;
	proposal.key_bits = ciphers[i / ARRAY_SIZE(hashes)].bits;
	proposal.hash = hashes[i % ARRAY_SIZE(hashes)];
	agree_on(&proposal);
}
END_TEST

START_TEST(every_group_comes_to_the_same_keys)
{
	struct isakmp_proposal proposal = pair_proposal;

	proposal.group = groups[_i];
	agree_on(&proposal);
}
END_TEST

START_TEST(an_sa_knows_its_ends)
{
	struct endpoint local, remote;
	const uint8_t *id;
	struct pair p;
	size_t len;

	pair_open(&p, 1);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert(pair_agree(&p));
	local = isakmp_sa_local(p.sa);
	remote = isakmp_sa_remote(p.sa);
	ck_assert(endpoint_equal(&local, &p.gm_at));
	ck_assert(endpoint_equal(&remote, &p.ks_at));
	ck_assert_uint_eq(isakmp_sa_conn_id(p.sa), 1001);
	ck_assert_uint_eq(isakmp_sa_peer_id(p.sa, &id, &len), 1);
	ck_assert_uint_eq(len, 4);
	ck_assert_mem_eq(id, p.ks_at.addr.b, 4);
	ck_assert_str_eq(isakmp_sa_state_name(p.sa), "GDOI_IDLE");
	pair_close(&p);
}
END_TEST

START_TEST(vendor_ids_are_told_to_the_other_side)
{
	const uint8_t *id;
	struct pair p;
	size_t len;

	pair_open(&p, 1);
	isakmp_set_vendor_id(p.gm, "Example GETVPN/1.2.3", 20);
	isakmp_set_vendor_id(p.ks, "Example GETVPN/4.5.6", 20);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert(pair_agree(&p));
	id = isakmp_sa_vendor_id(p.sa, "Example", 7, &len);
	ck_assert_ptr_nonnull(id);
	ck_assert_uint_eq(len, 20);
	ck_assert_mem_eq(id + 15, "4.5.6", 5);
	id = isakmp_sa_vendor_id(pair_up(p.ks), "Example", 7, &len);
	ck_assert_ptr_nonnull(id);
	ck_assert_mem_eq(id + 15, "1.2.3", 5);
	ck_assert_ptr_null(isakmp_sa_vendor_id(p.sa, "Other", 5, &len));
	ck_assert(p.sa->peer_dpd);
	pair_close(&p);
}
END_TEST

START_TEST(the_longest_match_chooses_the_key)
{
	struct pair p;

	pair_open(&p, 1);
	pair_psk(p.ks, "192.168.11.3", 32, "COOPKEY");
	pair_psk(p.ks, "192.168.11.0", 24, "NETKEY");
	pair_psk(p.gm, "192.168.111.111", 32, "COOPKEY");
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert(pair_agree(&p));
	pair_close(&p);
}
END_TEST

START_TEST(a_wrong_key_is_logged_and_nothing_comes_up)
{
	struct pair p;

	pair_open(&p, 1);
	pair_psk(p.gm, "0.0.0.0", 0, "other");
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(
		sim_logged(p.ks_node,
			   "%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from "
			   "192.168.11.3 failed its sanity check or is "
			   "malformed"),
		1);
	sim_run(p.sim, SEC(115));
	ck_assert_uint_eq(p.n_up, 0);
	ck_assert_uint_eq(p.n_failed, 1);
	ck_assert_ptr_nonnull(p.why.text);
	ck_assert_uint_eq(pair_n_sas(p.ks), 0);
	ck_assert_uint_eq(pair_n_sas(p.gm), 0);
	ck_assert_uint_eq(sim_logged(p.ks_node, "%CRYPTO-6-IKMP_MODE_FAILURE"),
			  1);
	ck_assert_uint_le(sim_logged(p.ks_node, "IKMP_BAD_MESSAGE"),
			  1 + ISAKMP_RETRIES);
	pair_close(&p);
}
END_TEST

START_TEST(without_a_matching_policy_there_is_a_notify_and_a_message)
{
	struct isakmp_proposal other = pair_proposal;
	struct pair p;

	pair_open(&p, 1);
	other.group = 14;
	pair_policy(p.gm, 1, &other);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(
		sim_logged(p.ks_node,
			   "%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Main "
			   "mode failed with peer at 192.168.11.3"),
		1);
	ck_assert_uint_eq(p.gm->counters.hints, 1);
	/* The notify is a hint: the initiator tries on, then gives up. */
	ck_assert_uint_eq(p.n_failed, 0);
	sim_run(p.sim, SEC(60));
	ck_assert_uint_eq(p.n_failed, 1);
	ck_assert_uint_eq(pair_n_sas(p.ks), 0);
	pair_close(&p);
}
END_TEST

START_TEST(the_policies_are_tried_by_the_responders_priority)
{
	struct isakmp_proposal a = pair_proposal, b = pair_proposal;
	struct pair p;

	pair_open(&p, 1);
	a.group = 14;
	b.group = 19;
	pair_policy(p.gm, 1, &a);
	pair_policy(p.gm, 2, &b);
	pair_policy(p.gm, 3, &pair_proposal);
	pair_policy(p.ks, 1, &b);
	pair_policy(p.ks, 2, &a);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert(pair_agree(&p));
	ck_assert_uint_eq(p.sa->chosen.group, 19);
	pair_close(&p);
}
END_TEST

START_TEST(without_any_policy_the_built_in_ones_hold)
{
	struct pair p;

	pair_open(&p, 1);
	isakmp_policies_free(&p.gm->policies);
	isakmp_policies_free(&p.ks->policies);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert(pair_agree(&p));
	ck_assert_uint_eq(p.sa->chosen.group, 5);
	pair_close(&p);
}
END_TEST

START_TEST(a_policy_that_needs_certificates_is_not_offered)
{
	struct pair p;

	pair_open(&p, 1);
	pair_policy(p.gm, 1, &isakmp_proposal_default);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(p.n_failed, 1);
	ck_assert_uint_eq(sim_stats(p.sim).sent, 0);
	pair_close(&p);
}
END_TEST

START_TEST(without_a_key_for_the_peer_nothing_is_sent)
{
	struct pair p;

	pair_open(&p, 1);
	isakmp_keyring_free(&p.gm->keyring);
	pair_connect(&p);
	ck_assert_uint_eq(p.n_failed, 0); /* not from inside the call */
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(p.n_failed, 1);
	ck_assert_uint_eq(sim_stats(p.sim).sent, 0);
	pair_close(&p);
}
END_TEST

START_TEST(the_shorter_lifetime_wins)
{
	struct isakmp_proposal shorter = pair_proposal;
	struct pair p;

	pair_open(&p, 1);
	shorter.lifetime = 300;
	pair_policy(p.gm, 1, &shorter);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert(pair_agree(&p));
	ck_assert_uint_eq(pair_up(p.ks)->chosen.lifetime, 300);
	sim_run(p.sim, SEC(298));
	ck_assert(pair_agree(&p));
	sim_run(p.sim, SEC(2));
	ck_assert_uint_eq(pair_n_sas(p.gm), 0);
	ck_assert_uint_eq(pair_n_sas(p.ks), 0);
	pair_close(&p);
}
END_TEST

START_TEST(a_silent_peer_fails_after_all_retransmissions)
{
	struct pair p;

	pair_open(&p, 1);
	sim_node_cut(p.ks_node, true);
	pair_connect(&p);
	/* 2, 4, and four times 8 s apart; then 8 s for the last answer. */
	sim_run(p.sim, SEC(45));
	ck_assert_uint_eq(p.n_failed, 0);
	ck_assert_uint_eq(sim_stats(p.sim).sent, 1 + ISAKMP_RETRIES);
	sim_run(p.sim, SEC(2));
	ck_assert_uint_eq(p.n_failed, 1);
	ck_assert_uint_eq(pair_n_sas(p.gm), 0);
	ck_assert_uint_eq(sim_stats(p.sim).sent, 1 + ISAKMP_RETRIES);
	pair_close(&p);
}
END_TEST

START_TEST(a_cancelled_wish_gets_no_answer_and_leaves_no_sa)
{
	struct pair p;

	pair_open(&p, 1);
	sim_node_cut(p.ks_node, true);
	pair_connect(&p);
	sim_run(p.sim, SEC(40));
	isakmp_connect_cancel(p.connect);
	ck_assert_uint_eq(pair_n_sas(p.gm), 0);
	sim_run(p.sim, SEC(60));
	ck_assert_uint_eq(p.n_failed + p.n_up, 0);
	pair_close(&p);
}
END_TEST

START_TEST(an_sa_that_is_there_is_used_again)
{
	struct pair p;

	pair_open(&p, 1);
	pair_connect(&p);
	pair_connect(&p); /* both wait for one negotiation */
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(p.n_up, 2);
	pair_connect(&p);
	ck_assert_uint_eq(p.n_up, 2); /* not from inside the call */
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(p.n_up, 3);
	ck_assert_uint_eq(sim_stats(p.sim).sent, 6);
	pair_close(&p);
}
END_TEST

static enum sim_verdict drop_one(void *arg, struct sim_datagram *d)
{
	unsigned int *which = arg;

	return d->number == *which ? SIM_DROP : SIM_PASS;
}

START_TEST(any_lost_message_is_made_good)
{
	unsigned int which = (unsigned int)_i;
	struct pair p;

	pair_open(&p, 1);
	sim_tap(p.sim, drop_one, &which);
	pair_connect(&p);
	sim_run(p.sim, SEC(15));
	ck_assert_uint_eq(p.n_up, 1);
	ck_assert(pair_agree(&p));
	pair_close(&p);
}
END_TEST

/* In the end both have the same, or the initiator was told that it failed and
 * the next try succeeds. */
START_TEST(bad_weather_ends_in_agreement)
{
	const struct sim_weather bad = { .loss = 250,
					 .duplicate = 200,
					 .reorder = 200,
					 .delay_min = MSEC(1),
					 .delay_max = MSEC(200),
					 .reorder_delay = SEC(15) };
	struct pair p;
	int tries;

	pair_open(&p, (uint64_t)_i + 1);
	sim_weather_set(p.sim, &bad);
	for (tries = 0; tries < 10 && !p.n_up; tries++) {
		p.n_failed = 0;
		pair_connect(&p);
		ck_assert(sim_run_until(p.sim, pair_is_over, &p, SEC(600)));
	}
	ck_assert_uint_eq(p.n_up, 1);
	sim_run(p.sim, SEC(100));
	ck_assert(pair_agree(&p));
	ck_assert_uint_eq(p.ks->n_half_open, 0);
	pair_close(&p);
}
END_TEST

START_TEST(a_peer_that_begins_anew_replaces_its_old_sa)
{
	struct pair p;

	pair_open(&p, 1);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	/* As after a power cut: the GM knows nothing any more. */
	isakmp_sa_end(p.sa, ISAKMP_FAULT(INVALID_COOKIE, "power cut"));
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(pair_n_sas(p.ks), 1);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(p.n_up, 2);
	ck_assert(pair_agree(&p));
	pair_close(&p);
}
END_TEST

static void ignore_up(void *ctx, struct isakmp_sa *sa)
{
	(void)sa;
	++*(unsigned int *)ctx;
}

static void ignore_failed(void *ctx, struct isakmp_fault why)
{
	(void)ctx;
	(void)why;
}

START_TEST(two_that_call_each_other_at_once_both_succeed)
{
	static const struct isakmp_connect_ops ops = { ignore_up,
						       ignore_failed };
	unsigned int up = 0;
	struct pair p;

	pair_open(&p, 1);
	pair_connect(&p);
	isakmp_connect(p.ks, &p.ks_at, &p.gm_at, &ops, &up);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(p.n_up, 1);
	ck_assert_uint_eq(up, 1);
	ck_assert_uint_eq(pair_n_sas(p.gm), pair_n_sas(p.ks));
	ck_assert_uint_ge(pair_n_sas(p.gm), 1);
	pair_close(&p);
}
END_TEST

struct watcher {
	struct isakmp_sa *sa;
	unsigned int ups, downs;
	bool end_it;
};

static void watch(void *ctx, struct isakmp_sa *sa, bool up)
{
	struct watcher *v = ctx;

	if (up) {
		ck_assert_uint_ne(isakmp_sa_conn_id(sa), 0);
		v->ups++;
		v->sa = sa;
		if (v->end_it)
			isakmp_sa_delete(sa);
	} else {
		ck_assert_ptr_eq(sa, v->sa);
		v->downs++;
	}
}

START_TEST(who_wants_to_know_is_told_of_sas)
{
	struct watcher gm = { 0 }, ks = { 0 };
	struct pair p;

	pair_open(&p, 1);
	isakmp_on_sa(p.gm, watch, &gm);
	isakmp_on_sa(p.ks, watch, &ks);
	/* One that fails never was up. */
	sim_node_cut(p.ks_node, true);
	pair_connect(&p);
	sim_run(p.sim, SEC(60));
	ck_assert_uint_eq(p.n_failed, 1);
	ck_assert_uint_eq(gm.ups + gm.downs, 0);
	sim_node_cut(p.ks_node, false);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(gm.ups, 1);
	ck_assert_uint_eq(ks.ups, 1);
	ck_assert(isakmp_sa_is_ours(gm.sa));
	ck_assert(!isakmp_sa_is_ours(ks.sa));
	isakmp_sa_delete(pair_up(p.gm));
	ck_assert_uint_eq(gm.downs, 1);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(ks.downs, 1);
	/* It may end the SA: who waits for that is told that it failed. */
	gm.end_it = true;
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(gm.ups, 2);
	ck_assert_uint_eq(gm.downs, 2);
	ck_assert_uint_eq(p.n_failed, 2);
	ck_assert_uint_eq(pair_n_sas(p.gm), 0);
	ck_assert_uint_eq(pair_n_sas(p.ks), 0);
	pair_close(&p);
}
END_TEST

START_TEST(a_deleted_sa_goes_at_both_ends)
{
	struct pair p;

	pair_open(&p, 1);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	isakmp_sa_delete(p.sa);
	ck_assert_uint_eq(pair_n_sas(p.gm), 0);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(pair_n_sas(p.ks), 0);
	pair_close(&p);
}
END_TEST

START_TEST(vendor_ids_of_an_answer_replace_those_before)
{
	static const uint8_t id[] = { 0x4f, 0x6e, 0x65 };
	struct isakmp_message m = { .n = 1 };
	struct pair p;
	size_t len;

	pair_open(&p, 1);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert(p.sa->peer_dpd);
	m.payloads[0].type = ISAKMP_VENDOR_ID;
	m.payloads[0].body = rd_init(id, sizeof(id));
	isakmp_sa_vendor_ids(p.sa, &m);
	isakmp_sa_vendor_ids(p.sa, &m);
	ck_assert_uint_eq(p.sa->n_vendor_ids, 1);
	ck_assert_ptr_nonnull(isakmp_sa_vendor_id(p.sa, "One", 3, &len));
	ck_assert(!p.sa->peer_dpd);
	pair_close(&p);
}
END_TEST

START_TEST(while_disabled_nothing_is_sent_or_taken)
{
	struct pair p;

	pair_open(&p, 1);
	p.gm->disabled = true;
	pair_connect(&p);
	ck_assert_uint_eq(p.n_failed, 0); /* not from inside the call */
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(p.n_failed, 1);
	ck_assert_str_eq(p.why.text, "ISAKMP is disabled");
	ck_assert_uint_eq(sim_stats(p.sim).sent, 0);
	p.gm->disabled = false;
	p.ks->disabled = true;
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(sim_stats(p.sim).sent, 1);
	p.ks->disabled = false;
	sim_run(p.sim, SEC(10));
	ck_assert_uint_eq(p.n_up, 1);
	ck_assert(pair_agree(&p));
	pair_close(&p);
}
END_TEST

START_TEST(one_seed_gives_one_negotiation)
{
	uint64_t digest[2];
	struct pair p;
	int i;

	for (i = 0; i < 2; i++) {
		pair_open(&p, 77);
		pair_connect(&p);
		sim_run(p.sim, SEC(5));
		ck_assert(pair_agree(&p));
		digest[i] = sim_digest(p.sim);
		pair_close(&p);
	}
	ck_assert(digest[0] == digest[1]);
}
END_TEST

static TCase *main_mode(void)
{
	TCase *tc = tcase_create("main mode");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, every_cipher_and_hash_come_to_the_same_keys, 0,
			    ARRAY_SIZE(ciphers) * ARRAY_SIZE(hashes));
	tcase_add_loop_test(tc, every_group_comes_to_the_same_keys, 0,
			    ARRAY_SIZE(groups));
	tcase_add_test(tc, an_sa_knows_its_ends);
	tcase_add_test(tc, who_wants_to_know_is_told_of_sas);
	tcase_add_test(tc, vendor_ids_are_told_to_the_other_side);
	tcase_add_test(tc, the_longest_match_chooses_the_key);
	tcase_add_test(tc, a_wrong_key_is_logged_and_nothing_comes_up);
	tcase_add_test(
		tc, without_a_matching_policy_there_is_a_notify_and_a_message);
	tcase_add_test(tc, the_policies_are_tried_by_the_responders_priority);
	tcase_add_test(tc, without_any_policy_the_built_in_ones_hold);
	tcase_add_test(tc, a_policy_that_needs_certificates_is_not_offered);
	tcase_add_test(tc, without_a_key_for_the_peer_nothing_is_sent);
	tcase_add_test(tc, the_shorter_lifetime_wins);
	tcase_add_test(tc, a_silent_peer_fails_after_all_retransmissions);
	tcase_add_test(tc, a_cancelled_wish_gets_no_answer_and_leaves_no_sa);
	tcase_add_test(tc, an_sa_that_is_there_is_used_again);
	tcase_add_loop_test(tc, any_lost_message_is_made_good, 1, 7);
	tcase_add_loop_test(tc, bad_weather_ends_in_agreement, 0, 60);
	tcase_add_test(tc, a_peer_that_begins_anew_replaces_its_old_sa);
	tcase_add_test(tc, two_that_call_each_other_at_once_both_succeed);
	tcase_add_test(tc, a_deleted_sa_goes_at_both_ends);
	tcase_add_test(tc, vendor_ids_of_an_answer_replace_those_before);
	tcase_add_test(tc, while_disabled_nothing_is_sent_or_taken);
	tcase_add_test(tc, one_seed_gives_one_negotiation);
	return tc;
}

RUN_CASES("isakmp_main", main_mode)
