/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GROUPKEY-PULL over phase 1, through all kinds of networks.
 *
 *	GM                              KS
 *	  -- 1: HASH, Ni, ID ------------>
 *	  <- 2: HASH, Nr, SA -------------
 *	  -- 3: HASH [, GAP] ------------>   a member from here on
 *	  <- 4: HASH [, SEQ], KD ---------
 */
#include <check.h>
#include <string.h>

#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/exchange/pull_world.h"
#include "tests/gdoi/policies.h"

enum { PULL_EXCHANGE = 32, OFFSET_EXCHANGE = 18 };

static bool is_pull(const struct sim_datagram *d)
{
	return d->len > OFFSET_EXCHANGE &&
	       d->data[OFFSET_EXCHANGE] == PULL_EXCHANGE;
}

START_TEST(a_member_registers)
{
	struct pull_world w;

	pull_world_open(&w, 1, policy_article(), true);
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(1)));
	pull_world_check(&w);
	ck_assert_uint_eq(w.n_policies, 1);
	ck_assert_uint_eq(w.n_members, 1);
	ck_assert(w.peer.extensions);
	ck_assert_str_eq(w.peer.version, GDOI_VERSION);
	ck_assert(endpoint_equal(&w.peer.remote, &w.pair.gm_at));
	pull_world_close(&w);
}
END_TEST

START_TEST(any_policy_gets_through)
{
	struct gdoi_policy *policy = policy_random((unsigned int)_i);
	bool counter = gdoi_policy_has_counter_mode(policy);
	struct pull_world w;

	pull_world_open(&w, (uint64_t)_i, policy, true);
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(2)));
	ck_assert_uint_eq(w.n_done, 1);
	if (!counter)
		pull_world_check(&w);
	pull_world_close(&w);
}
END_TEST

START_TEST(sender_ids_come_as_many_as_asked_for)
{
	struct gdoi_policy *policy = policy_strict();
	struct gdoi_tek *tek = &policy->teks[0];
	struct pull_world w;

	tek->transform = (struct esp_transform){ .cipher = ESP_AES_GCM,
						 .key_bits = 128 };
	keybuf_set(&tek->key, "0123456789abcdefsalt", 20);
	keybuf_free(&tek->auth_key);
	pull_world_open(&w, 1, policy, true);
	w.sids_wanted = (unsigned int)_i;
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(1)));
	ck_assert_uint_eq(w.n_done, 1);
	ck_assert_uint_eq(w.peer.sids_wanted, (unsigned int)_i);
	ck_assert_uint_eq(w.got->n_sids, _i ? (size_t)_i : 1);
	ck_assert_uint_eq(w.got->sid_bits, 24);
	ck_assert_uint_eq(w.got->sids[0], 0x10000);
	pull_world_close(&w);
}
END_TEST

/* --- weather --------------------------------------------------------------- */

static void registers_in(const struct sim_weather *weather, uint64_t seed)
{
	struct pull_world w;

	pull_world_open(&w, seed, policy_article(), true);
	w.persistent = true;
	sim_weather_set(w.pair.sim, weather);
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(3600)));
	pull_world_check(&w);
	ck_assert_uint_ge(w.n_members, 1);
	/* Nobody becomes a member twice in one attempt. */
	ck_assert_uint_le(w.n_members, w.n_tries);
	pull_world_close(&w);
}

static const unsigned int losses[] = { 50, 200, 400 }; /* per mille */
enum { SEEDS = 30 };

START_TEST(lost_datagrams_only_cost_time)
{
	const struct sim_weather weather = {
		.loss = losses[_i / SEEDS],
		.delay_min = MSEC(1),
		.delay_max = MSEC(50),
	};

	registers_in(&weather, (uint64_t)_i);
}
END_TEST

START_TEST(repeated_datagrams_make_one_member)
{
	const struct sim_weather weather = {
		.duplicate = 1000,
		.delay_min = MSEC(1),
		.delay_max = MSEC(400),
	};
	struct pull_world w;

	pull_world_open(&w, (uint64_t)_i, policy_article(), true);
	sim_weather_set(w.pair.sim, &weather);
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(100)));
	pull_world_check(&w);
	sim_run(w.pair.sim, SEC(200));
	ck_assert_uint_eq(w.n_members, 1);
	ck_assert_uint_eq(w.n_policies, 1);
	pull_world_close(&w);
}
END_TEST

START_TEST(the_worst_network_is_survived)
{
	const struct sim_weather weather = {
		.loss = 200,
		.duplicate = 300,
		.reorder = 300,
		.delay_min = MSEC(1),
		.delay_max = SEC(3),
		.reorder_delay = SEC(8),
	};

	registers_in(&weather, (uint64_t)_i);
}
END_TEST

struct dropper {
	unsigned int seen, drop; /* PULL datagrams */
};

static enum sim_verdict drop_one(void *arg, struct sim_datagram *d)
{
	struct dropper *dropper = arg;

	if (!is_pull(d))
		return SIM_PASS;
	return ++dropper->seen == dropper->drop ? SIM_DROP : SIM_PASS;
}

START_TEST(each_message_may_be_lost_once)
{
	struct dropper dropper = { .drop = (unsigned int)_i };
	struct pull_world w;

	pull_world_open(&w, 1, policy_article(), true);
	sim_tap(w.pair.sim, drop_one, &dropper);
	pull_world_register(&w);
	ck_assert(!pull_world_run(&w, SEC(1)));
	ck_assert(pull_world_run(&w, SEC(2)));
	pull_world_check(&w);
	/* Without message 1 or 2 the pseudotime is too old: asked again. */
	ck_assert_uint_eq(w.n_policies, dropper.drop <= 2 ? 2 : 1);
	ck_assert_uint_eq(w.n_members, 1);
	ck_assert_uint_eq(w.n_failed, 0);
	pull_world_close(&w);
}
END_TEST

/* Message 4 comes 2 s late, but the lifetimes in message 2 ran all along. */
START_TEST(a_policy_is_as_old_as_message_2)
{
	struct dropper dropper = { .drop = 4 };
	struct pull_world w;
	int64_t start;

	pull_world_open(&w, 1, policy_article(), true);
	sim_tap(w.pair.sim, drop_one, &dropper);
	start = sim_now(w.pair.sim);
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(20)));
	pull_world_check(&w);
	ck_assert_int_gt(sim_now(w.pair.sim) - start, SEC(1));
	ck_assert_int_gt(w.got->as_of, start);
	ck_assert_int_lt(w.got->as_of, start + SEC(1));
	pull_world_close(&w);
}
END_TEST

static enum sim_verdict drop_answers(void *arg, struct sim_datagram *d)
{
	return is_pull(d) && d->from == arg ? SIM_DROP : SIM_PASS;
}

START_TEST(a_silent_key_server_fails_the_attempt)
{
	struct pull_world w;

	pull_world_open(&w, 1, policy_article(), true);
	sim_tap(w.pair.sim, drop_answers, w.pair.ks_node);
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(120)));
	ck_assert_uint_eq(w.n_failed, 1);
	ck_assert_uint_eq(w.n_members, 0);
	ck_assert_uint_eq(w.n_done, 0);
	pull_world_close(&w);
}
END_TEST

/* --- refusals ---------------------------------------------------------------- */

START_TEST(a_key_server_that_refuses_is_not_waited_for)
{
	struct pull_world w;

	pull_world_open(&w, 1, policy_article(), true);
	w.refuses = true;
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(1)));
	ck_assert_uint_eq(w.n_failed, 1);
	ck_assert_uint_eq(w.why.notify, ISAKMP_N_INVALID_ID_INFORMATION);
	ck_assert_uint_eq(w.n_members, 0);
	/* The phase-1 SA is not to blame. */
	ck_assert(pair_agree(&w.pair));
	pull_world_close(&w);
}
END_TEST

START_TEST(a_full_group_is_not_waited_for)
{
	struct pull_world w;

	pull_world_open(&w, 1, policy_article(), true);
	w.full = true;
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(1)));
	ck_assert_uint_eq(w.n_failed, 1);
	ck_assert_uint_eq(w.why.notify, ISAKMP_N_NO_PROPOSAL_CHOSEN);
	pull_world_close(&w);
}
END_TEST

/* RFC 6407 3.3: the member tears the session down. */
START_TEST(a_member_that_dislikes_the_policy_says_so)
{
	struct pull_world w;

	pull_world_open(&w, 1, policy_article(), true);
	w.dislikes = true;
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(1)));
	sim_run(w.pair.sim, SEC(1));
	ck_assert_uint_eq(w.n_failed, 1);
	ck_assert_uint_eq(w.why.notify, ISAKMP_N_NO_PROPOSAL_CHOSEN);
	ck_assert_uint_eq(w.n_refused, 1);
	ck_assert_uint_eq(w.n_members, 0);
	ck_assert_uint_eq(pair_n_sas(w.pair.gm), 0);
	ck_assert_uint_eq(pair_n_sas(w.pair.ks), 0);
	pull_world_close(&w);
}
END_TEST

static void long_key(struct gdoi_policy *p)
{
	keybuf_set(&p->teks[0].key, "0123456789abcdef0123456789abcdef", 32);
}

static void short_auth_key(struct gdoi_policy *p)
{
	keybuf_set(&p->teks[0].auth_key, "0123", 4);
}

static void no_kek_key(struct gdoi_policy *p)
{
	keybuf_free(&p->kek.key);
}

static void rubbish_for_a_signature_key(struct gdoi_policy *p)
{
	memset(p->kek.pubkey.data, 0x30, p->kek.pubkey.len);
}

static void (*const hostile[])(struct gdoi_policy *p) = {
	long_key,
	short_auth_key,
	no_kek_key,
	rubbish_for_a_signature_key,
};

START_TEST(a_hostile_key_server_gets_nothing_installed)
{
	struct gdoi_policy *policy = policy_article();
	struct pull_world w;

	hostile[_i](policy);
	pull_world_open(&w, 1, policy, true);
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(1)));
	ck_assert_uint_eq(w.n_done, 0);
	ck_assert_uint_eq(w.n_failed, 1);
	ck_assert_uint_eq(w.why.notify, ISAKMP_N_INVALID_KEY_INFORMATION);
	ck_assert_ptr_null(w.got);
	pull_world_close(&w);
}
END_TEST

START_TEST(a_policy_too_long_for_a_datagram_is_refused)
{
	struct gdoi_policy *policy = policy_strict();
	struct pull_world w;
	size_t i;

	policy->n_rules = GDOI_MAX_RULES;
	policy->rules = xrealloc(policy->rules, policy->n_rules,
				 sizeof(*policy->rules));
	for (i = 1; i < policy->n_rules; i++) {
		policy->rules[i] = policy->rules[0];
		policy->rules[i].ace.src = ip_v4((uint32_t)i << 8);
		policy->rules[i].ace.src_wild = ip_v4(0xff);
	}
	pull_world_open(&w, 1, policy, true);
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(1)));
	ck_assert_uint_eq(w.n_failed, 1);
	ck_assert_uint_eq(w.why.notify, ISAKMP_N_NO_PROPOSAL_CHOSEN);
	pull_world_close(&w);
}
END_TEST

/* --- cancelling ----------------------------------------------------------------- */

START_TEST(a_cancelled_pull_calls_nobody_back)
{
	struct pull_world w;
	int steps;

	pull_world_open(&w, 1, policy_article(), true);
	pull_world_register(&w);
	while (!w.pull)
		ck_assert(sim_step(w.pair.sim));
	for (steps = 0; steps < _i && w.pull; steps++)
		ck_assert(sim_step(w.pair.sim));
	if (w.pull) {
		gdoi_pull_cancel(w.pull);
		w.pull = NULL;
		sim_run(w.pair.sim, SEC(200));
		ck_assert_uint_eq(w.n_done + w.n_failed, 0);
	}
	pull_world_close(&w);
}
END_TEST

START_TEST(the_world_may_end_at_any_time)
{
	struct pull_world w;
	int steps;

	pull_world_open(&w, 1, policy_article(), true);
	pull_world_register(&w);
	for (steps = 0; steps < _i; steps++)
		sim_step(w.pair.sim);
	pull_world_close(&w);
}
END_TEST

START_TEST(an_sa_that_is_cleared_fails_the_pull)
{
	struct pull_world w;

	pull_world_open(&w, 1, policy_article(), true);
	sim_tap(w.pair.sim, drop_answers, w.pair.ks_node);
	pull_world_register(&w);
	while (!w.pull)
		ck_assert(sim_step(w.pair.sim));
	isakmp_sa_delete(w.sa);
	ck_assert(pull_world_run(&w, SEC(1)));
	ck_assert_uint_eq(w.n_failed, 1);
	pull_world_close(&w);
}
END_TEST

static TCase *clean_case(void)
{
	TCase *tc = tcase_create("registration");

	tcase_add_test(tc, a_member_registers);
	tcase_add_loop_test(tc, any_policy_gets_through, 0, 20);
	tcase_add_loop_test(tc, sender_ids_come_as_many_as_asked_for, 0, 4);
	return tc;
}

static TCase *weather_case(void)
{
	TCase *tc = tcase_create("weather");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, lost_datagrams_only_cost_time, 0, 3 * SEEDS);
	tcase_add_loop_test(tc, repeated_datagrams_make_one_member, 0, 20);
	tcase_add_loop_test(tc, the_worst_network_is_survived, 0, SEEDS);
	tcase_add_loop_test(tc, each_message_may_be_lost_once, 1, 5);
	tcase_add_test(tc, a_policy_is_as_old_as_message_2);
	tcase_add_test(tc, a_silent_key_server_fails_the_attempt);
	return tc;
}

static TCase *refusal_case(void)
{
	TCase *tc = tcase_create("refusals");

	tcase_add_test(tc, a_key_server_that_refuses_is_not_waited_for);
	tcase_add_test(tc, a_full_group_is_not_waited_for);
	tcase_add_test(tc, a_member_that_dislikes_the_policy_says_so);
	tcase_add_loop_test(tc, a_hostile_key_server_gets_nothing_installed, 0,
			    ARRAY_SIZE(hostile));
	tcase_add_test(tc, a_policy_too_long_for_a_datagram_is_refused);
	return tc;
}

static TCase *cancel_case(void)
{
	TCase *tc = tcase_create("endings");

	tcase_add_loop_test(tc, a_cancelled_pull_calls_nobody_back, 0, 12);
	tcase_add_loop_test(tc, the_world_may_end_at_any_time, 0, 60);
	tcase_add_test(tc, an_sa_that_is_cleared_fails_the_pull);
	return tc;
}

RUN_CASES("pull", clean_case, weather_case, refusal_case, cancel_case)
