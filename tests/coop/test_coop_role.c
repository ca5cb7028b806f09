/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/check_main.h"
#include "tests/coop/roles.h"

/* Long enough for questions, an election and a refresh. */
enum { SETTLED = 200, SEEDS = 300 };

static struct roles *settled(unsigned int n)
{
	struct roles *r = roles_new(1, n);

	roles_up_all(r);
	roles_run(r, SETTLED);
	ck_assert(roles_all_follow(r, 0));
	return r;
}

/* --- start ---------------------------------------------------------------- */

START_TEST(from_a_cold_start_together_the_best_becomes_primary)
{
	struct roles *r = roles_new(1, (unsigned int)_i);

	roles_up_all(r);
	roles_run(r, COOP_PERIODIC);
	ck_assert(roles_all_follow(r, 0));
	roles_run(r, SETTLED);
	ck_assert(roles_all_follow(r, 0));
	ck_assert_uint_eq(r->servers[0].became_primary, 1);
	roles_free(r);
}
END_TEST

START_TEST(who_starts_alone_is_primary_after_the_wait)
{
	struct roles *r = roles_new(1, 2);

	roles_up(r, 1);
	roles_run(r, COOP_PERIODIC - 1);
	ck_assert_uint_eq(roles_primaries(r), 0);
	roles_run(r, 2);
	ck_assert(roles_is_primary(r, 1));
	roles_free(r);
}
END_TEST

START_TEST(who_has_no_peers_is_primary_at_once)
{
	struct roles *r = roles_new(1, 1);

	roles_up(r, 0);
	ck_assert(roles_is_primary(r, 0));
	roles_free(r);
}
END_TEST

START_TEST(of_equal_priorities_the_higher_address_counts)
{
	struct roles *r = roles_new(1, 3);
	unsigned int i;

	for (i = 0; i < 3; i++)
		r->servers[i].priority = 1;
	roles_up_all(r);
	roles_run(r, COOP_PERIODIC);
	ck_assert(roles_all_follow(r, 2));
	roles_free(r);
}
END_TEST

START_TEST(a_key_server_with_keys_goes_before_a_better_one_without)
{
	struct roles *r = roles_new(1, 3);

	r->servers[2].live = true;
	roles_up_all(r);
	roles_run(r, COOP_PERIODIC);
	ck_assert(roles_all_follow(r, 2));
	roles_free(r);
}
END_TEST

START_TEST(who_comes_up_and_finds_a_primary_stays_secondary)
{
	struct roles *r = roles_new(1, 2);

	roles_up(r, 1);
	roles_run(r, SETTLED);
	roles_up(r, 0);
	roles_run(r, SETTLED);
	ck_assert(roles_all_follow(r, 1));
	ck_assert_uint_eq(r->servers[1].became_primary, 1);
	roles_free(r);
}
END_TEST

/* --- failures --------------------------------------------------------------- */

START_TEST(a_dead_primary_is_replaced_within_its_time)
{
	struct roles *r = settled(3);

	roles_crash(r, 0);
	roles_run(r, COOP_PERIODIC + COOP_RETRIES * COOP_RETRANSMIT);
	ck_assert(roles_all_follow(r, 1));
	roles_free(r);
}
END_TEST

START_TEST(a_lost_session_shortens_the_wait)
{
	struct roles *r = settled(2);

	roles_crash(r, 0);
	coop_role_lost(r->servers[1].m, &r->servers[0].addr);
	ck_assert_uint_eq(coop_role_retries(r->servers[1].m), 1);
	roles_run(r, COOP_RETRIES * COOP_RETRANSMIT + 1);
	ck_assert(roles_is_primary(r, 1));
	roles_free(r);
}
END_TEST

START_TEST(a_primary_that_was_reloaded_comes_back_as_secondary)
{
	struct roles *r = settled((unsigned int)_i);

	roles_crash(r, 0);
	roles_up(r, 0);
	roles_run(r, SETTLED);
	ck_assert(roles_all_follow(r, 1));
	roles_free(r);
}
END_TEST

START_TEST(a_primary_that_says_goodbye_is_replaced_at_once)
{
	struct roles *r = settled(3);

	roles_leave(r, 0);
	roles_run(r, COOP_RETRANSMIT + 1);
	ck_assert(roles_all_follow(r, 1));
	roles_free(r);
}
END_TEST

START_TEST(the_death_of_a_secondary_changes_nothing)
{
	struct roles *r = settled(3);

	roles_crash(r, 1);
	roles_run(r, SETTLED);
	ck_assert(roles_all_follow(r, 0));
	ck_assert_uint_eq(r->servers[2].became_primary, 0);
	roles_free(r);
}
END_TEST

/* --- cuts ------------------------------------------------------------------- */

START_TEST(after_a_cut_link_heals_the_higher_priority_stays_primary)
{
	struct roles *r = settled(2);

	roles_cut(r, 0, 1, true);
	roles_run(r, SETTLED);
	ck_assert_uint_eq(roles_primaries(r), 2);
	roles_cut(r, 0, 1, false);
	roles_run(r, 1);
	ck_assert(roles_all_follow(r, 0));
	ck_assert_uint_ge(r->servers[0].met_stay, 1);
	ck_assert_uint_eq(r->servers[1].met_leave, 1);
	ck_assert_uint_eq(r->servers[1].met_stay, 0);
	roles_free(r);
}
END_TEST

START_TEST(who_is_told_of_a_living_primary_does_not_replace_it)
{
	struct roles *r = settled(3);

	roles_cut(r, 0, 1, true);
	roles_run(r, 5 * SETTLED);
	ck_assert(roles_all_follow(r, 0));
	ck_assert(coop_role_orphaned(r->servers[1].m));
	ck_assert_uint_lt(coop_role_primary_age(r->servers[1].m),
			  COOP_PERIODIC * 1000);
	ck_assert(!coop_role_orphaned(r->servers[2].m));
	ck_assert_uint_eq(r->servers[1].became_primary, 0);
	roles_free(r);
}
END_TEST

START_TEST(a_primary_of_which_others_only_tell_can_die)
{
	struct roles *r = settled(3);

	roles_cut(r, 0, 1, true);
	roles_run(r, SETTLED);
	roles_crash(r, 0);
	roles_run(r, 2 * SETTLED);
	ck_assert(roles_all_follow(r, 1));
	roles_free(r);
}
END_TEST

START_TEST(in_a_chain_two_primaries_that_do_not_meet_send_no_storm)
{
	struct roles *r = settled(3);
	uint64_t sent;

	roles_split(r, 2);
	roles_run(r, SETTLED);
	ck_assert_uint_eq(roles_primaries(r), 2);
	roles_cut(r, 1, 2, false);
	sent = r->sent;
	roles_run(r, 10 * COOP_REFRESH);
	ck_assert_uint_lt(r->sent - sent, 10 * 12);
	ck_assert(roles_follows(r, 2, 0));
	roles_heal(r);
	roles_run(r, 1);
	ck_assert(roles_all_follow(r, 0));
	roles_free(r);
}
END_TEST

START_TEST(three_parts_merge_under_the_best_of_them)
{
	struct roles *r = settled(6);
	unsigned int a, b;

	for (a = 0; a < 6; a++) {
		for (b = a + 1; b < 6; b++)
			roles_cut(r, a, b, a % 3 != b % 3);
	}
	roles_run(r, 2 * SETTLED);
	ck_assert_uint_eq(roles_primaries(r), 3);
	ck_assert(roles_follows(r, 5, 2));
	roles_heal(r);
	roles_run(r, SETTLED);
	ck_assert(roles_all_follow(r, 0));
	roles_free(r);
}
END_TEST

/* --- by hand ---------------------------------------------------------------- */

START_TEST(a_primary_whose_role_is_cleared_is_elected_again)
{
	struct roles *r = settled(3);

	coop_role_start(r->servers[0].m);
	roles_run(r, SETTLED);
	ck_assert(roles_all_follow(r, 0));
	roles_free(r);
}
END_TEST

START_TEST(a_cleared_secondary_of_better_priority_finds_its_primary)
{
	struct roles *r = settled(2);

	roles_crash(r, 0);
	roles_up(r, 0);
	roles_run(r, SETTLED);
	coop_role_start(r->servers[0].m);
	roles_run(r, SETTLED);
	ck_assert(roles_all_follow(r, 1));
	roles_free(r);
}
END_TEST

START_TEST(a_changed_priority_counts_from_the_next_election_on)
{
	static const struct coop_times times = { COOP_REFRESH, COOP_PERIODIC,
						 COOP_RETRANSMIT,
						 COOP_RETRIES };
	struct roles *r = settled(3);

	r->servers[2].priority = 200;
	coop_role_configure(r->servers[2].m, 200, &times);
	roles_run(r, SETTLED);
	ck_assert(roles_all_follow(r, 0));
	coop_role_start(r->servers[0].m);
	coop_role_start(r->servers[1].m);
	coop_role_start(r->servers[2].m);
	r->servers[0].live = r->servers[1].live = r->servers[2].live = true;
	roles_run(r, SETTLED);
	ck_assert(roles_all_follow(r, 2));
	roles_free(r);
}
END_TEST

START_TEST(a_removed_primary_is_replaced)
{
	struct roles *r = settled(3);

	coop_role_peer_remove(r->servers[1].m, &r->servers[0].addr);
	coop_role_peer_remove(r->servers[2].m, &r->servers[0].addr);
	roles_crash(r, 0);
	roles_run(r, COOP_RETRANSMIT + 1);
	ck_assert(roles_all_follow(r, 1));
	roles_free(r);
}
END_TEST

START_TEST(one_that_should_become_primary_and_does_not_is_passed_over)
{
	struct roles *r = settled(2);
	const struct coop_ann mute = { .role = COOP_SECONDARY,
				       .priority = 255,
				       .live = true,
				       .boot = 99 };
	unsigned int i;

	roles_crash(r, 0);
	coop_role_start(r->servers[1].m);
	for (i = 0; i < 12 && !roles_is_primary(r, 1); i++) {
		coop_role_heard(r->servers[1].m, &r->servers[0].addr, &mute);
		roles_run(r, 5);
	}
	ck_assert(roles_is_primary(r, 1));
	ck_assert_uint_gt(i, 5);
	roles_free(r);
}
END_TEST

/* --- chance ----------------------------------------------------------------- */

static void fault(struct roles *r, struct env *env)
{
	unsigned int a = env_random_below(env, r->n);
	unsigned int b = env_random_below(env, r->n);

	switch (env_random_below(env, 7)) {
	case 0:
		if (r->servers[a].m)
			roles_crash(r, a);
		break;
	case 1:
		roles_up_all(r);
		break;
	case 2:
		roles_split(r, env_random_below(env, 1u << r->n));
		break;
	case 3:
		roles_heal(r);
		break;
	case 4:
		if (a != b)
			roles_cut(r, a, b, !r->cut[a][b]);
		break;
	case 5:
		if (r->servers[a].m)
			coop_role_start(r->servers[a].m);
		break;
	default:
		if (a != b && r->servers[a].m)
			coop_role_lost(r->servers[a].m, &r->servers[b].addr);
	}
}

START_TEST(whatever_happens_one_primary_is_left_when_it_is_calm)
{
	struct roles *r = roles_new((uint64_t)_i + 1, 2 + (unsigned int)_i % 7);
	struct sim_node *dice = sim_node_new(r->sim, "dice", "10.1.0.1");
	unsigned int step, i, primary = 0;

	r->loss = env_random_below(sim_env(dice), 300);
	r->delay_max = SEC(2);
	r->two_limit = SEC(ROLES_REFRESH) * (r->loss ? 20 : 2);
	for (step = 0; step < 40; step++) {
		fault(r, sim_env(dice));
		roles_run(r, env_random_below(sim_env(dice), 60));
	}
	r->loss = 0;
	roles_up_all(r);
	roles_heal(r);
	roles_run(r, 2 * SETTLED);
	for (i = 0; i < r->n; i++) {
		if (roles_is_primary(r, i))
			primary = i;
	}
	ck_assert_msg(roles_all_follow(r, primary), "seed %d: %u primaries",
		      _i + 1, roles_primaries(r));
	roles_free(r);
}
END_TEST

static TCase *start_case(void)
{
	TCase *c = tcase_create("start");

	tcase_add_loop_test(c,
			    from_a_cold_start_together_the_best_becomes_primary,
			    2, ROLES_MAX + 1);
	tcase_add_test(c, who_starts_alone_is_primary_after_the_wait);
	tcase_add_test(c, who_has_no_peers_is_primary_at_once);
	tcase_add_test(c, of_equal_priorities_the_higher_address_counts);
	tcase_add_test(c,
		       a_key_server_with_keys_goes_before_a_better_one_without);
	tcase_add_test(c, who_comes_up_and_finds_a_primary_stays_secondary);
	return c;
}

static TCase *failures_case(void)
{
	TCase *c = tcase_create("failures");

	tcase_add_test(c, a_dead_primary_is_replaced_within_its_time);
	tcase_add_test(c, a_lost_session_shortens_the_wait);
	tcase_add_loop_test(c,
			    a_primary_that_was_reloaded_comes_back_as_secondary,
			    2, ROLES_MAX + 1);
	tcase_add_test(c, a_primary_that_says_goodbye_is_replaced_at_once);
	tcase_add_test(c, the_death_of_a_secondary_changes_nothing);
	return c;
}

static TCase *cuts_case(void)
{
	TCase *c = tcase_create("cuts");

	tcase_add_test(
		c, after_a_cut_link_heals_the_higher_priority_stays_primary);
	tcase_add_test(c, who_is_told_of_a_living_primary_does_not_replace_it);
	tcase_add_test(c, a_primary_of_which_others_only_tell_can_die);
	tcase_add_test(c,
		       in_a_chain_two_primaries_that_do_not_meet_send_no_storm);
	tcase_add_test(c, three_parts_merge_under_the_best_of_them);
	return c;
}

static TCase *hand_case(void)
{
	TCase *c = tcase_create("by hand");

	tcase_add_test(c, a_primary_whose_role_is_cleared_is_elected_again);
	tcase_add_test(
		c, a_cleared_secondary_of_better_priority_finds_its_primary);
	tcase_add_test(c, a_changed_priority_counts_from_the_next_election_on);
	tcase_add_test(c, a_removed_primary_is_replaced);
	tcase_add_test(
		c, one_that_should_become_primary_and_does_not_is_passed_over);
	return c;
}

static TCase *chance_case(void)
{
	TCase *c = tcase_create("chance");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(
		c, whatever_happens_one_primary_is_left_when_it_is_calm, 0,
		SEEDS);
	return c;
}

RUN_CASES("coop_role", start_case, failures_case, cuts_case, hand_case,
	  chance_case)
