/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a rekey reaches the members: portions, retransmissions, reminders, and
 * what becomes of those who do not answer. */
#include "ks/ks_delivery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/ks/two_members.h"

static void local_lines(const char *text)
{
	char *lines = xasprintf("crypto gdoi group GDOI-GROUP1\n"
				"server local\n%s",
				text);

	ks_world_configure(&w, lines);
	free(lines);
}

static void rekey(void)
{
	free(ks_world_exec(&w, "crypto gdoi ks rekey\n"));
}

static struct ks_member *member(const struct fake_member *m)
{
	struct ks_member *found = ks_members_find(&g->members, &m->addr);

	ck_assert_ptr_nonnull(found);
	return found;
}

/* --- retransmissions ---------------------------------------------------------- */

START_TEST(retransmissions_are_the_same_octets_to_the_silent_alone)
{
	int64_t start;

	fake_member_join(&ce1);
	fake_member_join(&ce2);
	ce2.mute = true;
	start = sim_now(w.sim);
	rekey();
	sim_run(w.sim, SEC(25));
	ck_assert_uint_eq(ce1.n_log, 1);
	ck_assert_uint_eq(ce2.n_log, 3);
	ck_assert_int_eq(ce2.log[1].at - start, SEC(10) + MSEC(1));
	ck_assert_int_eq(ce2.log[2].at - start, SEC(20) + MSEC(1));
	ck_assert_uint_eq(ce2.log[1].len, ce2.log[0].len);
	ck_assert_mem_eq(ce2.log[1].data, ce2.log[0].data, ce2.log[0].len);
	ck_assert_mem_eq(ce2.log[2].data, ce2.log[0].data, ce2.log[0].len);
	ck_assert_uint_eq(ks_delivery_left(g), 5);
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(ce2.n_log, 3);
	ck_assert_uint_eq(ks_delivery_left(g), 0);
	ck_assert_uint_eq(g->last_retransmits, 2);
	ck_assert_uint_eq(g->retransmitted, 2);
	ck_assert_uint_eq(g->last_duration_ms, 30000);
	ck_assert_uint_eq(member(&ce2)->rekeys_retried, 2);
	ck_assert_uint_eq(member(&ce2)->acks_missed, 1);
	ck_assert_uint_eq(member(&ce1)->rekeys_retried, 0);
	ck_assert_uint_eq(member(&ce1)->acks_received, 1);
}
END_TEST

START_TEST(a_lost_acknowledgement_costs_no_missed_rekey)
{
	fake_member_join(&ce1);
	ce1.mute = true;
	rekey();
	sim_run(w.sim, SEC(1));
	ce1.mute = false;
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(ce1.n_log, 2);
	ck_assert_uint_eq(ce1.accepted, 1);
	ck_assert_uint_eq(member(&ce1)->acks_missed, 0);
	ck_assert_uint_eq(member(&ce1)->acks_received, 1);
	ck_assert_uint_eq(member(&ce1)->kek, g->kek->number);
	ck_assert_uint_eq(g->last_duration_ms, 10002);
}
END_TEST

START_TEST(the_interval_and_number_are_as_configured)
{
	local_lines("rekey retransmit 15 number 4");
	fake_member_join(&ce1);
	ce1.deaf = true;
	rekey();
	sim_run(w.sim, SEC(59));
	ck_assert_uint_eq(member(&ce1)->rekeys_retried, 3);
	sim_run(w.sim, SEC(2));
	ck_assert_uint_eq(member(&ce1)->rekeys_retried, 4);
	sim_run(w.sim, SEC(13));
	ck_assert_uint_eq(member(&ce1)->acks_missed, 0);
	sim_run(w.sim, SEC(2));
	ck_assert_uint_eq(member(&ce1)->acks_missed, 1);
	ck_assert_uint_eq(member(&ce1)->rekeys_retried, 4);
}
END_TEST

START_TEST(who_registers_meanwhile_is_left_alone)
{
	fake_member_join(&ce1);
	ce1.deaf = true;
	rekey();
	sim_run(w.sim, SEC(5));
	ce1.deaf = false;
	fake_member_join(&ce1);
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(ce1.n_log, 0);
	ck_assert_uint_eq(member(&ce1)->acks_missed, 0);
	ck_assert_uint_eq(member(&ce1)->kek, g->kek->number);
}
END_TEST

START_TEST(a_newer_rekey_takes_the_place_of_the_older)
{
	fake_member_join(&ce1);
	ce1.deaf = true;
	rekey();
	sim_run(w.sim, SEC(5));
	ce1.deaf = false;
	rekey();
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(ce1.n_log, 1);
	ck_assert_uint_eq(ce1.log[0].seq, 2);
	/* Two in a row by an operator: the first is not counted as missed. */
	ck_assert_uint_eq(member(&ce1)->acks_missed, 0);
	ck_assert_uint_eq(member(&ce1)->rekeys_sent, 2);
}
END_TEST

START_TEST(a_scheduled_rekey_counts_what_the_older_one_did_not_get)
{
	local_lines("rekey retransmit 60 number 10");
	ks_world_configure(&w, "crypto ipsec profile profile1\n"
			       "set security-association lifetime seconds 600");
	fake_member_join(&ce1);
	ce1.deaf = true;
	/* Lead: 75 % of 600 s and one. */
	sim_run(w.sim, SEC(149) + MSEC(100));
	ck_assert_uint_eq(g->rekeys_sent, 1);
	sim_run(w.sim, SEC(149));
	ck_assert_uint_eq(g->rekeys_sent, 2);
	ck_assert_uint_eq(member(&ce1)->acks_missed, 1);
}
END_TEST

/* --- reminders ------------------------------------------------------------------- */

START_TEST(reminders_are_new_messages_until_there_is_an_answer)
{
	local_lines("rekey retransmit 10 periodic");
	fake_member_join(&ce1);
	fake_member_join(&ce2);
	ce2.mute = true;
	rekey();
	sim_run(w.sim, SEC(95));
	ck_assert_uint_eq(ce1.n_log, 1);
	ck_assert_uint_eq(ce2.n_log, 10);
	ck_assert_uint_eq(ce2.accepted, 10);
	ck_assert_uint_eq(ce2.log[9].seq, 10);
	ck_assert(ce2.log[9].has_kek);
	ck_assert_uint_eq(ce2.policy->pseudotime >> 32, 90);
	ck_assert_uint_eq(ce2.policy->teks[0].lifetime, 3510);
	ck_assert_uint_eq(member(&ce2)->acks_missed, 0);
	ck_assert_uint_eq(member(&ce2)->seq_sent[3], 10);
	ck_assert_uint_eq(member(&ce2)->rekeys_sent, 1);
	ce2.mute = false;
	sim_run(w.sim, SEC(100));
	ck_assert_uint_eq(ce2.n_log, 11);
	ck_assert_uint_eq(member(&ce2)->acks_received, 1);
	ck_assert_uint_eq(member(&ce2)->kek, g->kek->number);
	ck_assert_ptr_null(g->delivery);
}
END_TEST

START_TEST(an_answer_to_an_earlier_reminder_is_one)
{
	local_lines("rekey retransmit 10 periodic");
	fake_member_join(&ce1);
	ce1.mute = true;
	rekey();
	sim_run(w.sim, SEC(35));
	ck_assert_uint_eq(ce1.n_log, 4);
	/* Under the older of the two KEKs it has. */
	fake_member_ack(&ce1, 1, 2, &ce1.addr);
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(ce1.n_log, 4);
	ck_assert_uint_eq(member(&ce1)->kek, g->kek->number);
}
END_TEST

START_TEST(reminders_end_with_the_next_rekey)
{
	local_lines("rekey retransmit 60 periodic");
	fake_member_join(&ce1);
	ce1.deaf = true;
	rekey();
	sim_run(w.sim, SEC(3290));
	ck_assert_uint_eq(member(&ce1)->rekeys_retried, 54);
	sim_run(w.sim, SEC(10));
	ck_assert_uint_eq(member(&ce1)->acks_missed, 1);
	ck_assert_uint_eq(member(&ce1)->rekeys_sent, 2);
}
END_TEST

START_TEST(who_never_answers_gets_no_endless_reminders)
{
	struct fake_member strict;

	local_lines("no deny download\nrekey retransmit 10 periodic\n"
		    "rekey acknowledgement any");
	fake_member_open(&strict, &w, "192.168.13.2", false);
	fake_member_join(&strict);
	strict.mute = true;
	rekey();
	sim_run(w.sim, SEC(500));
	ck_assert_uint_eq(strict.n_log, 3);
	ck_assert_ptr_null(g->delivery);
	fake_member_close(&strict);
}
END_TEST

/* --- removal of the silent --------------------------------------------------------- */

START_TEST(who_misses_three_rekeys_in_a_row_is_removed)
{
	unsigned int n;

	fake_member_join(&ce1);
	fake_member_join(&ce2);
	ce2.deaf = true;
	for (n = 1; n <= 2; n++) {
		rekey();
		sim_run(w.sim, SEC(40));
		ck_assert_uint_eq(member(&ce2)->missed_in_a_row, n);
	}
	rekey();
	sim_run(w.sim, SEC(29));
	ck_assert_uint_eq(g->members.count, 2);
	sim_run(w.sim, SEC(2));
	ck_assert_uint_eq(g->members.count, 1);
	ck_assert_uint_eq(sim_logged(w.node,
				     "%GDOI-5-KS_NACK_GM_EJECT: KS ejected GM "
				     "192.168.12.2 in group GDOI-GROUP1."),
			  1);
	ce2.deaf = false;
	rekey();
	sim_run(w.sim, SEC(40));
	ck_assert_uint_eq(ce2.n_log, 0);
	ck_assert_uint_eq(ce1.accepted, 4);
}
END_TEST

START_TEST(an_answer_in_between_starts_the_count_anew)
{
	unsigned int n;

	fake_member_join(&ce1);
	for (n = 0; n < 9; n++) {
		ce1.deaf = n % 3 != 2;
		rekey();
		sim_run(w.sim, SEC(40));
	}
	ck_assert_uint_eq(g->members.count, 1);
	ck_assert_uint_eq(member(&ce1)->acks_missed, 6);
	ck_assert_uint_eq(member(&ce1)->acks_received, 3);
	ck_assert_uint_eq(member(&ce1)->missed_in_a_row, 0);
}
END_TEST

START_TEST(whose_kek_has_ended_is_missing_too)
{
	local_lines("rekey lifetime seconds 300");
	fake_member_join(&ce1);
	fake_member_join(&ce2);
	ce2.deaf = true;
	local_lines("rekey lifetime seconds 86400");
	rekey();
	sim_run(w.sim, SEC(300));
	ck_assert_uint_eq(member(&ce2)->missed_in_a_row, 1);
	rekey();
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(member(&ce2)->missed_in_a_row, 2);
	rekey();
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(g->members.count, 1);
	ck_assert_uint_eq(ce1.accepted, 3);
}
END_TEST

static void six_rekeys(void)
{
	unsigned int n;

	for (n = 0; n < 6; n++) {
		rekey();
		sim_run(w.sim, SEC(40));
	}
}

START_TEST(a_strict_member_that_was_not_asked_stays)
{
	struct fake_member strict;

	local_lines("no deny download");
	fake_member_open(&strict, &w, "192.168.13.2", false);
	fake_member_join(&strict);
	ck_assert_uint_eq(strict.keks[0]->kek.ack, 0);
	six_rekeys();
	ck_assert_uint_eq(g->members.count, 1);
	ck_assert_uint_eq(strict.accepted, 6);
	ck_assert_uint_eq(strict.n_log, 18); /* all copies */
	ck_assert_uint_eq(strict.log[15].seq, 1);
	ck_assert_uint_eq(member(&strict)->acks_missed, 0);
	fake_member_close(&strict);
}
END_TEST

/* RFC 8263 7: not before it was seen to acknowledge at all. */
START_TEST(a_strict_member_that_never_acknowledged_stays)
{
	struct fake_member strict;

	local_lines("no deny download\nrekey acknowledgement interoperable");
	fake_member_open(&strict, &w, "192.168.13.2", false);
	fake_member_join(&strict);
	ck_assert_uint_eq(strict.keks[0]->kek.ack, 1);
	strict.mute = true;
	six_rekeys();
	ck_assert_uint_eq(g->members.count, 1);
	ck_assert_uint_eq(strict.accepted, 6);

	strict.mute = false;
	rekey();
	sim_run(w.sim, SEC(40));
	ck_assert_uint_eq(member(&strict)->acks_received, 1);
	strict.deaf = true;
	six_rekeys();
	ck_assert_uint_eq(g->members.count, 0);
	fake_member_close(&strict);
}
END_TEST

START_TEST(both_kinds_of_members_get_their_own_message)
{
	struct fake_member strict;

	local_lines("no deny download");
	fake_member_open(&strict, &w, "192.168.13.2", false);
	fake_member_join(&strict);
	fake_member_join(&ce1);
	rekey();
	sim_run(w.sim, SEC(1));
	ck_assert(ce1.policy->tbar && ce1.policy->has_pseudotime);
	ck_assert(!strict.policy->tbar && !strict.policy->has_pseudotime);
	ck_assert_uint_eq(fake_member_last(&strict)->seq,
			  fake_member_last(&ce1)->seq);
	fake_member_close(&strict);
}
END_TEST

START_TEST(a_policy_that_strict_members_cannot_have_goes_to_the_others)
{
	struct fake_member strict;

	local_lines("no deny download");
	fake_member_open(&strict, &w, "192.168.13.2", false);
	fake_member_join(&strict);
	fake_member_join(&ce1);
	local_lines("default deny download");
	rekey();
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(ce1.accepted, 1);
	ck_assert_uint_eq(strict.n_log, 0);
	fake_member_close(&strict);
}
END_TEST

/* --- many members -------------------------------------------------------------------- */

static void join_many(unsigned int n)
{
	char address[IP_ADDR_TEXT];
	unsigned int i;

	for (i = 0; i < n; i++) {
		snprintf(address, sizeof(address), "10.%u.%u.1", i / 250,
			 i % 250);
		ks_world_join(&w, address, 1234);
	}
}

START_TEST(many_members_are_sent_to_in_portions)
{
	unsigned int before;

	join_many(250);
	before = sim_stats(w.sim).sent;
	rekey();
	ck_assert_uint_eq(sim_stats(w.sim).sent - before, KS_PORTION);
	sim_run(w.sim, MSEC(KS_PORTION_PAUSE_MS) - 1);
	ck_assert_uint_eq(sim_stats(w.sim).sent - before, KS_PORTION);
	sim_run(w.sim, 2);
	ck_assert_uint_eq(sim_stats(w.sim).sent - before, 2 * KS_PORTION);
	sim_run(w.sim, MSEC(KS_PORTION_PAUSE_MS));
	ck_assert_uint_eq(sim_stats(w.sim).sent - before, 250);
	sim_run(w.sim, SEC(9) + MSEC(800));
	ck_assert_uint_eq(sim_stats(w.sim).sent - before, 250);
	/* Copies start an interval apart, however long one takes. */
	sim_run(w.sim, MSEC(200));
	ck_assert_uint_ge(sim_stats(w.sim).sent - before, 350);
}
END_TEST

START_TEST(a_full_group_is_rekeyed_and_emptied)
{
	unsigned int n;

	join_many(KS_MAX_MEMBERS);
	ck_assert_uint_eq(g->members.count, KS_MAX_MEMBERS);
	for (n = 0; n < KS_MISSED_MAX; n++) {
		rekey();
		sim_run(w.sim, SEC(40));
	}
	ck_assert_uint_eq(g->retransmitted, KS_MISSED_MAX * 2 * KS_MAX_MEMBERS);
	ck_assert_uint_eq(g->members.count, 0);
}
END_TEST

static TCase *case_retransmissions(void)
{
	TCase *tc = tcase_create("retransmissions");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc,
		       retransmissions_are_the_same_octets_to_the_silent_alone);
	tcase_add_test(tc, a_lost_acknowledgement_costs_no_missed_rekey);
	tcase_add_test(tc, the_interval_and_number_are_as_configured);
	tcase_add_test(tc, who_registers_meanwhile_is_left_alone);
	tcase_add_test(tc, a_newer_rekey_takes_the_place_of_the_older);
	tcase_add_test(tc,
		       a_scheduled_rekey_counts_what_the_older_one_did_not_get);
	tcase_add_test(tc, reminders_are_new_messages_until_there_is_an_answer);
	tcase_add_test(tc, an_answer_to_an_earlier_reminder_is_one);
	tcase_add_test(tc, reminders_end_with_the_next_rekey);
	tcase_add_test(tc, who_never_answers_gets_no_endless_reminders);
	return tc;
}

static TCase *case_silence(void)
{
	TCase *tc = tcase_create("silence");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, who_misses_three_rekeys_in_a_row_is_removed);
	tcase_add_test(tc, an_answer_in_between_starts_the_count_anew);
	tcase_add_test(tc, whose_kek_has_ended_is_missing_too);
	tcase_add_test(tc, a_strict_member_that_was_not_asked_stays);
	tcase_add_test(tc, a_strict_member_that_never_acknowledged_stays);
	tcase_add_test(tc, both_kinds_of_members_get_their_own_message);
	tcase_add_test(
		tc,
		a_policy_that_strict_members_cannot_have_goes_to_the_others);
	return tc;
}

static TCase *case_many(void)
{
	TCase *tc = tcase_create("many");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, many_members_are_sent_to_in_portions);
	tcase_add_test(tc, a_full_group_is_rekeyed_and_emptied);
	return tc;
}

RUN_CASES("ks_delivery", case_retransmissions, case_silence, case_many)
