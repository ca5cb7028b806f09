/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clear crypto gdoi ...: members that have to go, and what they are told. */
#include <stdlib.h>
#include <string.h>

#include "ks/ks_delivery.h"
#include "ks/ks_rekey.h"
#include "ks/ks_schedule.h"
#include "tests/check_main.h"
#include "tests/ks/two_members.h"

static void expect(const char *lines, const char *text)
{
	char *screen = ks_world_exec(&w, lines);

	ck_assert_msg(strstr(screen, text) != NULL, "%s\nin\n%s", text, screen);
	free(screen);
}

START_TEST(members_can_be_removed_gracefully)
{
	uint32_t first;

	join_both();
	first = ce1.policy->teks[0].spi;
	sim_run(w.sim, SEC(600));
	expect("clear crypto gdoi ks members\nyes\n",
	       "% This GM-Removal message will shorten all GMs' key lifetimes "
	       "and cause them to re-register before keys expiry.\n"
	       "Are you sure you want to proceed ? [yes/no]: \n"
	       "Sending GM-Removal message to group GDOI-GROUP1...\n");
	ck_assert_uint_eq(g->members.count, 0);
	sim_run(w.sim, SEC(1));
	ck_assert_uint_eq(ce1.accepted, 1);
	ck_assert(fake_member_last(&ce1)->delete_kek);
	ck_assert(!fake_member_last(&ce1)->delete_teks);
	ck_assert(!fake_member_last(&ce1)->has_kek);
	ck_assert_uint_eq(ce1.policy->n_teks, 1);
	ck_assert_uint_eq(ce1.policy->teks[0].spi, first);
	ck_assert_uint_eq(ce1.policy->teks[0].lifetime, 180);
	ck_assert_ptr_null(g->delivery);

	/* Who comes back gets new keys and can talk to who has not yet. */
	fake_member_join(&ce2);
	ck_assert_uint_eq(ce2.policy->n_teks, 2);
	ck_assert_uint_ne(ce2.policy->teks[0].spi, first);
	ck_assert_uint_eq(old_tek(ce2.policy)->spi, first);
	ck_assert_uint_eq(ce2.policy->seq, 0);
}
END_TEST

/* A key server that reports members late makes it, among others. */
START_TEST(an_update_after_replace_now_drops_what_that_dropped)
{
	const char *why;

	join_both();
	type("crypto gdoi ks rekey replace-now\n");
	sim_run(w.sim, SEC(2));
	ck_assert(ks_rekey(g, KS_REKEY_UPDATE, &why));
	sim_run(w.sim, SEC(2));
	ck_assert(fake_member_last(&ce1)->delete_teks);
	ck_assert_uint_eq(ce1.policy->n_teks, 1);
	sim_run(w.sim, SEC(KS_REPLACE_REPEATED));
	ck_assert(ks_rekey(g, KS_REKEY_UPDATE, &why));
	sim_run(w.sim, SEC(2));
	ck_assert(!fake_member_last(&ce1)->delete_teks);
}
END_TEST

START_TEST(members_can_be_removed_at_once)
{
	uint32_t first;

	join_both();
	first = ce1.policy->teks[0].spi;
	expect("clear crypto gkm group GDOI-GROUP1 ks members now\ny\n",
	       "% This GM-Removal immediate message will cleanup all GMs "
	       "downloaded policies\n"
	       "% This will cause all GMs to re-register.\n"
	       "Are you sure you want to proceed ? [yes/no]: \n"
	       "Sending GM-Removal message to group GDOI-GROUP1...\n");
	sim_run(w.sim, SEC(1));
	ck_assert(fake_member_last(&ce2)->delete_kek);
	ck_assert(fake_member_last(&ce2)->delete_teks);
	ck_assert(!fake_member_last(&ce2)->has_policy);
	ck_assert_uint_eq(g->members.count, 0);
	fake_member_join(&ce1);
	ck_assert_uint_eq(ce1.policy->n_teks, 1);
	ck_assert_uint_ne(ce1.policy->teks[0].spi, first);
}
END_TEST

START_TEST(a_no_removes_nobody)
{
	join_both();
	expect("clear crypto gdoi ks members\nno\n", "[yes/no]: ");
	expect("clear crypto gdoi ks members now\nwhat\nn\n",
	       "% Please answer 'yes' or 'no'.\n");
	expect("clear crypto gdoi group NOSUCH ks members\n",
	       "% Group NOSUCH does not exist\n");
	ck_assert_uint_eq(g->members.count, 2);
	sim_run(w.sim, SEC(1));
	ck_assert_uint_eq(ce1.n_log, 0);
}
END_TEST

START_TEST(a_removal_is_repeated_for_those_it_did_not_reach)
{
	join_both();
	ce2.deaf = true;
	type("clear crypto gdoi ks members now\nyes\n");
	ck_assert_ptr_nonnull(g->delivery);
	ce2.deaf = false;
	sim_run(w.sim, SEC(12));
	ck_assert_uint_eq(ce1.n_log, 1);
	ck_assert_uint_eq(ce2.accepted, 1);
	ck_assert_ptr_null(g->delivery);
	ck_assert_uint_eq(g->last_retransmits, 1);
}
END_TEST

START_TEST(who_is_back_already_is_not_removed_again)
{
	join_both();
	ce2.deaf = true;
	type("clear crypto gdoi ks members now\nyes\n");
	fake_member_join(&ce2);
	ce2.deaf = false;
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(ce2.n_log, 0);
	ck_assert_uint_eq(g->members.count, 1);
}
END_TEST

START_TEST(clear_policy_makes_new_keys_for_all)
{
	uint32_t first;

	join_both();
	first = ce1.policy->teks[0].spi;
	type("clear crypto gdoi ks policy\n");
	ck_assert(fake_member_last(&ce1)->delete_teks);
	ck_assert_uint_eq(g->members.count, 0);
	fake_member_join(&ce1);
	ck_assert_uint_ne(ce1.policy->teks[0].spi, first);
}
END_TEST

START_TEST(clear_crypto_gdoi_tells_the_members)
{
	join_both();
	type("clear crypto gdoi\nyes\n");
	ck_assert(fake_member_last(&ce1)->delete_teks);
	ck_assert(fake_member_last(&ce1)->delete_kek);
	ck_assert_uint_eq(g->members.count, 0);
	ck_assert(!g->live);
	ck_assert_ptr_null(g->delivery);
	ck_assert_uint_eq(sim_logged(w.node, "KS_UNSOL_ACK"), 0);
}
END_TEST

START_TEST(a_group_that_goes_sends_nothing_any_more)
{
	join_both();
	ce1.deaf = true;
	type("crypto gdoi ks rekey\n");
	ck_assert_ptr_nonnull(g->delivery);
	ks_group_remove(g);
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(ce1.n_log, 0);
	ck_assert_uint_eq(ce2.n_log, 1);
}
END_TEST

START_TEST(used_up_sender_ids_remove_the_members)
{
	ks_world_configure(&w, "crypto ipsec transform-set gcm esp-gcm 128\n"
			       "crypto ipsec profile profile1\n"
			       "set transform-set gcm");
	join_both();
	ks_rekey_reinit(g);
	sim_run(w.sim, SEC(1));
	ck_assert(fake_member_last(&ce1)->delete_teks);
	ck_assert(fake_member_last(&ce1)->delete_kek);
	ck_assert_uint_eq(g->members.count, 0);
	ck_assert_uint_eq(sim_logged(w.node, "KS_REINIT_FINISH"), 0);
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(sim_logged(w.node,
				     "%GDOI-5-KS_REINIT_FINISH: "
				     "Re-initialization of group GDOI-GROUP1 "
				     "completed"),
			  1);
}
END_TEST

START_TEST(a_removal_is_announced_only_when_it_is_sent)
{
	char *screen;

	join_both();
	type("clear crypto gdoi ks members\nyes\n");
	screen = ks_world_exec(&w, "clear crypto gdoi ks members now\nyes\n");
	ck_assert(!strstr(screen, "Sending GM-Removal"));
	ck_assert(strstr(screen, "% Members of group GDOI-GROUP1 are not told: "
				 "no member is registered\n") != NULL);
	free(screen);
}
END_TEST

START_TEST(another_group_size_starts_a_counter_mode_group_over)
{
	ks_world_configure(&w, "crypto ipsec transform-set gcm esp-gcm 128\n"
			       "crypto ipsec profile profile1\n"
			       "set transform-set gcm");
	join_both();
	LINES("group size large");
	ck_assert_uint_eq(sim_logged(w.node, "%GDOI-5-KS_REINIT_GROUP: "), 1);
	ck_assert_uint_eq(g->members.count, 0);
}
END_TEST

START_TEST(another_group_size_is_no_change_to_other_modes)
{
	join_both();
	LINES("group size large");
	LINES("no group size");
	ck_assert_uint_eq(sim_logged(w.node, "POLICY_CHANGE"), 0);
	ck_assert_uint_eq(sim_logged(w.node, "KS_REINIT_GROUP"), 0);
	ck_assert_uint_eq(g->members.count, 2);
}
END_TEST

static const char *const orders[] = {
	"crypto gdoi ks rekey\n",
	"clear crypto gdoi ks members\n",
	"clear crypto gdoi ks policy\n",
};

START_TEST(a_router_without_key_server_says_so_before_it_asks)
{
	char *screen;

	LINES("exit\nno server local");
	screen = ks_world_exec(&w, orders[_i]);
	ck_assert_msg(strstr(screen, "% There is no key server group on this "
				     "router\n") != NULL,
		      "%s", screen);
	ck_assert(!strstr(screen, "proceed"));
	free(screen);
}
END_TEST

static TCase *case_removal(void)
{
	TCase *tc = tcase_create("removal");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, members_can_be_removed_gracefully);
	tcase_add_test(tc, an_update_after_replace_now_drops_what_that_dropped);
	tcase_add_test(tc, members_can_be_removed_at_once);
	tcase_add_test(tc, a_no_removes_nobody);
	tcase_add_test(tc, a_removal_is_repeated_for_those_it_did_not_reach);
	tcase_add_test(tc, who_is_back_already_is_not_removed_again);
	tcase_add_test(tc, clear_policy_makes_new_keys_for_all);
	tcase_add_test(tc, clear_crypto_gdoi_tells_the_members);
	tcase_add_test(tc, a_group_that_goes_sends_nothing_any_more);
	tcase_add_test(tc, used_up_sender_ids_remove_the_members);
	tcase_add_test(tc, a_removal_is_announced_only_when_it_is_sent);
	tcase_add_test(tc, another_group_size_starts_a_counter_mode_group_over);
	tcase_add_test(tc, another_group_size_is_no_change_to_other_modes);
	tcase_add_loop_test(tc,
			    a_router_without_key_server_says_so_before_it_asks,
			    0, ARRAY_SIZE(orders));
	return tc;
}

RUN_CASES("ks_removal", case_removal)
