/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key server's rekeys with real members, in good and bad weather. */
#include <string.h>

#include "base/mem.h"
#include "ks/ks_group.h"
#include "tests/check_main.h"
#include "tests/exchange/box.h"

enum { MEMBERS = 3 };

static struct sim *sim;
static struct box *ks, *ces[MEMBERS];

static struct ks_group *group(void)
{
	struct gdoi_group *found = gdoi_group_find(ks->groups, "GDOI-GROUP1");

	ck_assert_ptr_nonnull(found);
	return ks_group_of(found);
}

static void set_up(void)
{
	static const char *const names[] = { "CE1", "CE2", "CE3" };
	static const char *const addresses[] = { "192.168.11.3", "192.168.12.2",
						 "192.168.13.2" };
	int i;

	sim = sim_new(11);
	ks = box_new(sim, "KS1", "192.168.111.111");
	box_make_key(ks);
	box_type(ks, ARTICLE_KS);
	for (i = 0; i < MEMBERS; i++)
		ces[i] = box_new(sim, names[i], addresses[i]);
}

static void tear_down(void)
{
	int i;

	for (i = 0; i < MEMBERS; i++)
		box_free(ces[i]);
	box_free(ks);
	sim_free(sim);
}

static void all_register(void)
{
	int i;

	for (i = 0; i < MEMBERS; i++)
		box_type(ces[i], ARTICLE_GM);
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(group()->members.count, MEMBERS);
}

static void command(const char *line)
{
	free(box_show(ks, line));
}

static uint32_t newest_spi(void)
{
	struct ks_tek_set *set = TAILQ_FIRST(&TAILQ_FIRST(&group()->sas)->sets);

	return set ? set->teks[0].spi : 0;
}

static bool has_sa(const struct box *ce, uint32_t spi)
{
	size_t i;

	for (i = 0; ce->policy && i < ce->policy->n_sas; i++) {
		if (ce->policy->sas[i].spi == spi)
			return true;
	}
	return false;
}

static unsigned int have_newest(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < MEMBERS; i++)
		n += has_sa(ces[i], newest_spi());
	return n;
}

static struct ks_member *member(const struct box *ce)
{
	return ks_members_find(&group()->members, &ce->addr);
}

static unsigned int registrations(const struct box *ce)
{
	return sim_logged(ce->node, "%GDOI-5-GM_REGS_COMPL");
}

/* --- each kind --------------------------------------------------------------- */

START_TEST(an_edited_list_reaches_all_members_with_one_command)
{
	int i;

	all_register();
	box_type(ks, "ip access-list extended getvpn-acl\n"
		     " 1 deny tcp any eq telnet any\n"
		     " 2 deny tcp any any eq telnet\n");
	command("crypto gdoi ks rekey");
	sim_run(sim, SEC(1));
	ck_assert_uint_eq(sim_logged(ks->node, "with policy-replace"), 1);
	for (i = 0; i < MEMBERS; i++) {
		ck_assert_uint_eq(ces[i]->policy->n_rules, 7);
		ck_assert_uint_eq(ces[i]->policy->n_sas, 2);
		ck_assert_uint_eq(member(ces[i])->acks_received, 1);
		ck_assert_uint_eq(registrations(ces[i]), 1);
	}
	ck_assert_uint_eq(have_newest(), MEMBERS);
	ck_assert_ptr_null(group()->delivery);

	box_type(ks, "ip access-list extended getvpn-acl\n no 1\n no 2\n");
	command("crypto gdoi ks rekey");
	sim_run(sim, SEC(1));
	ck_assert_uint_eq(ces[0]->policy->n_rules, 5);
	ck_assert_uint_eq(member(ces[0])->acks_received, 2);
}
END_TEST

START_TEST(replace_now_leaves_one_sa_with_its_full_life)
{
	all_register();
	sim_run(sim, SEC(537));
	command("crypto gdoi ks rekey replace-now");
	sim_run(sim, SEC(1));
	ck_assert_uint_eq(have_newest(), MEMBERS);
	ck_assert_uint_eq(ces[0]->policy->n_sas, 1);
	ck_assert_uint_eq(member(ces[2])->acks_received, 1);
	ck_assert_uint_eq(registrations(ces[2]), 1);
}
END_TEST

START_TEST(members_that_are_removed_keep_talking_and_come_back)
{
	uint32_t before;
	int i;

	all_register();
	sim_run(sim, SEC(100));
	before = newest_spi();
	command("clear crypto gdoi ks members\nyes");
	ck_assert_uint_eq(group()->members.count, 0);
	sim_run(sim, SEC(1));
	ck_assert_ptr_null(group()->delivery);
	for (i = 0; i < MEMBERS; i++)
		ck_assert(has_sa(ces[i], before));
	/* 5 % of an hour. */
	sim_run(sim, SEC(180));
	ck_assert_uint_eq(group()->members.count, MEMBERS);
	ck_assert_uint_eq(have_newest(), MEMBERS);
	ck_assert_uint_ne(newest_spi(), before);
}
END_TEST

START_TEST(members_that_are_removed_now_come_back_within_seconds)
{
	uint32_t before;

	all_register();
	sim_run(sim, SEC(100));
	before = newest_spi();
	command("clear crypto gdoi ks members now\nyes");
	sim_run(sim, MSEC(100));
	ck_assert(!has_sa(ces[0], before));
	sim_run(sim, SEC(30));
	ck_assert_uint_eq(group()->members.count, MEMBERS);
	ck_assert_uint_eq(have_newest(), MEMBERS);
	ck_assert_uint_ne(newest_spi(), before);
}
END_TEST

START_TEST(clear_crypto_gdoi_brings_everybody_back)
{
	all_register();
	command("clear crypto gdoi\nyes");
	sim_run(sim, SEC(30));
	ck_assert_uint_eq(group()->members.count, MEMBERS);
	ck_assert_uint_eq(have_newest(), MEMBERS);
}
END_TEST

START_TEST(a_day_of_scheduled_rekeys_needs_no_registration)
{
	int i;

	all_register();
	sim_run(sim, SEC(30 * 3600));
	for (i = 0; i < MEMBERS; i++) {
		ck_assert_uint_eq(registrations(ces[i]), 1);
		ck_assert_uint_eq(member(ces[i])->acks_missed, 0);
	}
	ck_assert_uint_eq(have_newest(), MEMBERS);
	ck_assert_uint_eq(group()->retransmitted, 0);
	ck_assert_uint_eq(group()->rekeys_sent, 30 * 3600 / 3394 + 1);
}
END_TEST

START_TEST(scheduled_rekeys_of_keks_need_no_registration)
{
	int i;

	box_type(ks, "crypto gdoi group GDOI-GROUP1\n"
		     " server local\n"
		     "  rekey lifetime seconds 2000\n");
	all_register();
	sim_run(sim, SEC(30 * 3600));
	for (i = 0; i < MEMBERS; i++) {
		ck_assert_uint_eq(registrations(ces[i]), 1);
		ck_assert_uint_eq(member(ces[i])->kek, group()->kek->number);
	}
	ck_assert_uint_eq(have_newest(), MEMBERS);
	ck_assert_uint_eq(group()->keks_made, 1 + 30 * 3600 / (2000 - 225));
}
END_TEST

START_TEST(multicast_rekeys_reach_members_that_joined)
{
	box_type(ks, "ip access-list extended rekey-acl\n"
		     " permit udp host 192.168.111.111 eq 848 host 239.0.1.2"
		     " eq 848\n"
		     "crypto gdoi group GDOI-GROUP1\n"
		     " server local\n"
		     "  rekey address ipv4 rekey-acl\n"
		     "  no rekey transport unicast\n");
	all_register();
	command("crypto gdoi ks rekey");
	sim_run(sim, SEC(60));
	ck_assert_uint_eq(have_newest(), MEMBERS);
	sim_run(sim, SEC(30 * 3600));
	ck_assert_uint_eq(have_newest(), MEMBERS);
	ck_assert_uint_eq(registrations(ces[0]), 1);
	ck_assert_uint_eq(group()->members.count, MEMBERS);
}
END_TEST

START_TEST(the_transport_can_be_changed_under_way)
{
	all_register();
	box_type(ks, "ip access-list extended rekey-acl\n"
		     " permit udp any any eq 848\n"
		     " permit udp host 192.168.111.111 eq 848 host 239.0.1.2"
		     " eq 848\n"
		     "crypto gdoi group GDOI-GROUP1\n"
		     " server local\n"
		     "  rekey address ipv4 rekey-acl\n"
		     "  no rekey transport unicast\n");
	command("crypto gdoi ks rekey");
	sim_run(sim, SEC(60));
	command("crypto gdoi ks rekey");
	sim_run(sim, SEC(60));
	ck_assert_uint_eq(sim_logged(ks->node, "KS_SEND_MCAST_REKEY"), 1);
	ck_assert_uint_eq(have_newest(), MEMBERS);
	box_type(ks, "crypto gdoi group GDOI-GROUP1\n"
		     " server local\n"
		     "  rekey transport unicast\n");
	command("crypto gdoi ks rekey");
	sim_run(sim, SEC(60));
	command("crypto gdoi ks rekey");
	sim_run(sim, SEC(60));
	ck_assert_uint_eq(have_newest(), MEMBERS);
	ck_assert_uint_eq(member(ces[1])->acks_received, 2);
	ck_assert_uint_eq(registrations(ces[1]), 1);
}
END_TEST

/* --- weather and restarts ------------------------------------------------------- */

static const unsigned int losses[] = { 50, 200, 400 };

START_TEST(rekeys_get_through_bad_weather)
{
	struct sim_weather weather = sim_fair;
	unsigned int hour;

	all_register();
	weather.loss = losses[_i];
	weather.duplicate = 50;
	weather.reorder = 50;
	weather.reorder_delay = SEC(2);
	sim_weather_set(sim, &weather);
	for (hour = 0; hour < 24; hour++) {
		sim_run(sim, SEC(3600));
		ck_assert_uint_eq(have_newest(), MEMBERS);
	}
	ck_assert_uint_gt(group()->retransmitted, 0);
	ck_assert_uint_eq(ks->ks->acks_unexpected, 0);
}
END_TEST

START_TEST(operators_rekeys_get_through_bad_weather_too)
{
	static const char *const commands[] = {
		"crypto gdoi ks rekey",
		"crypto gdoi ks rekey replace-now",
		"clear crypto gdoi ks members\nyes",
		"clear crypto gdoi ks members now\nyes",
		"clear crypto gdoi ks policy",
	};
	struct sim_weather weather = sim_fair;
	unsigned int n;

	all_register();
	weather.loss = 200;
	sim_weather_set(sim, &weather);
	for (n = 0; n < 20; n++) {
		command(commands[n % ARRAY_SIZE(commands)]);
		sim_run(sim, SEC(400));
	}
	sim_weather_set(sim, &sim_fair);
	sim_run(sim, SEC(7200));
	ck_assert_uint_eq(have_newest(), MEMBERS);
}
END_TEST

START_TEST(a_member_that_was_away_is_removed_and_comes_back)
{
	int n;

	all_register();
	box_link(ces[0], false);
	for (n = 0; n < 3; n++) {
		command("crypto gdoi ks rekey");
		sim_run(sim, SEC(60));
	}
	ck_assert_uint_eq(sim_logged(ks->node, "KS_NACK_GM_EJECT"), 1);
	ck_assert_ptr_null(member(ces[0]));
	box_link(ces[0], true);
	sim_run(sim, SEC(300));
	ck_assert_ptr_nonnull(member(ces[0]));
	ck_assert_uint_eq(have_newest(), MEMBERS);
}
END_TEST

START_TEST(a_key_server_that_starts_anew_gets_its_members_back_in_time)
{
	uint32_t before;
	int i;

	all_register();
	before = newest_spi();
	sim_run(sim, SEC(1000));
	box_restart(ks);
	box_type(ks, ARTICLE_KS);
	ck_assert(!group()->live);
	/* They go on with what they have ... */
	sim_run(sim, SEC(2000));
	for (i = 0; i < MEMBERS; i++)
		ck_assert(has_sa(ces[i], before));
	/* ... and register before it ends. */
	sim_run(sim, SEC(590));
	ck_assert_uint_eq(group()->members.count, MEMBERS);
	ck_assert_uint_eq(have_newest(), MEMBERS);
	for (i = 0; i < MEMBERS; i++)
		ck_assert_uint_eq(registrations(ces[i]), 2);
}
END_TEST

static TCase *case_kinds(void)
{
	TCase *tc = tcase_create("kinds");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, an_edited_list_reaches_all_members_with_one_command);
	tcase_add_test(tc, replace_now_leaves_one_sa_with_its_full_life);
	tcase_add_test(tc, members_that_are_removed_keep_talking_and_come_back);
	tcase_add_test(tc,
		       members_that_are_removed_now_come_back_within_seconds);
	tcase_add_test(tc, clear_crypto_gdoi_brings_everybody_back);
	tcase_add_test(tc, a_day_of_scheduled_rekeys_needs_no_registration);
	tcase_add_test(tc, scheduled_rekeys_of_keks_need_no_registration);
	tcase_add_test(tc, multicast_rekeys_reach_members_that_joined);
	tcase_add_test(tc, the_transport_can_be_changed_under_way);
	return tc;
}

static TCase *case_weather(void)
{
	TCase *tc = tcase_create("weather");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, rekeys_get_through_bad_weather, 0,
			    ARRAY_SIZE(losses));
	tcase_add_test(tc, operators_rekeys_get_through_bad_weather_too);
	tcase_add_test(tc, a_member_that_was_away_is_removed_and_comes_back);
	tcase_add_test(
		tc,
		a_key_server_that_starts_anew_gets_its_members_back_in_time);
	return tc;
}

RUN_CASES("ks_rekey", case_kinds, case_weather)
