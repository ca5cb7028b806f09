/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a key server shows while it rekeys real members. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/ks_group.h"
#include "tests/check_main.h"
#include "tests/exchange/box.h"

static struct sim *sim;
static struct box *ks, *ce;

static void set_up(void)
{
	sim = sim_new(29);
	ks = box_new(sim, "KS1", "192.168.111.111");
	ce = box_new(sim, "CE1", "192.168.11.3");
	box_make_key(ks);
	box_type(ks, ARTICLE_KS);
	box_type(ce, ARTICLE_GM);
	sim_run(sim, SEC(100));
}

static void tear_down(void)
{
	box_free(ce);
	box_free(ks);
	sim_free(sim);
}

static void rekey(void)
{
	free(box_show(ks, "crypto gdoi ks rekey"));
	sim_run(sim, SEC(31));
}

static void shows(const char *command, const char *want)
{
	char *got = box_show(ks, command);

	ck_assert_msg(strstr(got, want), "%s: %s\nhas not\n%s", command, got,
		      want);
	free(got);
}

static const struct ks_group *group(void)
{
	return ks_group_next(ks->ks, NULL);
}

START_TEST(members_are_shown_with_their_rekeys)
{
	const struct ks_group *g = group();
	char *want;

	rekey();
	rekey();
	shows("show crypto gdoi ks members",
	      "Number of rekeys sent for group GDOI-GROUP1 : 2\n"
	      "Number of retransmits during the last rekey for group "
	      "GDOI-GROUP1 : 0\n");
	want = xasprintf("Duration of the last rekey for group GDOI-GROUP1 : "
			 "%u msec\n",
			 g->last_duration_ms);
	shows("show crypto gdoi ks members", want);
	free(want);
	shows("show crypto gdoi ks members", " Rekeys sent       : 2\n"
					     " Rekeys retries    : 0\n"
					     " Rekey Acks Rcvd   : 2\n"
					     " Rekey Acks missed : 0\n");
	shows("show crypto gdoi ks rekey",
	      "    Number of Rekeys sent               : 2\n"
	      "    Number of Rekeys retransmitted      : 0\n");
}
END_TEST

START_TEST(a_member_that_is_silent_is_seen_in_the_numbers)
{
	sim_node_cut(ce->node, true);
	free(box_show(ks, "crypto gdoi ks rekey"));
	sim_run(sim, SEC(5));
	shows("show crypto gdoi", "    Group Retransmit\n"
				  "        Remaining Lifetime   : 25 secs\n");
	sim_run(sim, SEC(30));
	shows("show crypto gdoi", "    Group Retransmit\n"
				  "        Remaining Lifetime   : 0 secs\n");
	shows("show crypto gdoi ks members", " Rekeys sent       : 1\n"
					     " Rekeys retries    : 2\n"
					     " Rekey Acks Rcvd   : 0\n"
					     " Rekey Acks missed : 1\n");
	shows("show crypto gdoi ks rekey",
	      "    Number of Rekeys retransmitted      : 2\n");
}
END_TEST

START_TEST(a_shortened_tek_has_an_override_life)
{
	const struct ks_tek_set *old;
	char *want;

	rekey();
	old = TAILQ_LAST(&TAILQ_FIRST(&group()->sas)->sets, ks_tek_sets);
	ck_assert_uint_gt(old->life.override, 0);
	want = xasprintf(
		"  TEK POLICY (encaps : ENCAPS_TUNNEL)\n"
		"    spi                : 0x%08X\n"
		"    access-list        : getvpn-acl\n"
		"    transform          : esp-aes esp-sha-hmac\n"
		"    alg key size       : 16            sig key size          "
		": 20\n"
		"    orig life(sec)     : 3600          remaining life(sec)   "
		": %u\n"
		"    tek life(sec)      : %-14uelapsed time(sec)     : %u\n"
		"    override life(sec) : %-14uantireplay window size: 5\n"
		"    time to rekey (sec): n/a\n",
		old->teks[0].spi,
		ks_life_remaining(&old->life, env_now(ks->env)),
		(unsigned int)((ks_life_end(&old->life) - old->life.born) /
			       US_PER_SEC),
		ks_life_elapsed(&old->life, env_now(ks->env)),
		old->life.override);
	shows("show crypto gdoi ks policy", want);
	free(want);
	want = xasprintf("  # of teks : 2  Seq num : %u\n", group()->kek->seq);
	shows("show crypto gdoi ks policy", want);
	free(want);
}
END_TEST

START_TEST(the_clock_is_due_two_hours_after_the_last_rekey)
{
	rekey();
	shows("show crypto gdoi ks replay",
	      "    Remaining sync time      : 7169 secs\n");
	box_type(ks, "crypto gdoi group GDOI-GROUP1\n"
		     " server local\n"
		     "  sa ipsec 1\n"
		     "   replay counter window-size 64\n");
	shows("show crypto gdoi ks replay", "         is not enabled\n");
}
END_TEST

START_TEST(features_of_members_are_known)
{
	shows("show crypto gdoi feature gm-removal",
	      "Group Name: GDOI-GROUP1\n"
	      "    Key Server ID       Version   Feature Supported\n"
	      "        192.168.111.111          1.0.8         Yes\n"
	      "\n"
	      "    Group Member ID     Version   Feature Supported\n"
	      "        192.168.11.3          1.0.8         Yes\n"
	      "\n");
	shows("show crypto gdoi group GDOI-GROUP1 feature ip-d3p",
	      "        192.168.11.3          1.0.8         No\n");
	shows("show crypto gdoi group NOBODY feature", "does not exist");
}
END_TEST

START_TEST(peers_have_addresses_only)
{
	shows("show crypto gdoi ks coop identifier",
	      "        *NO* redundancy configured for this group\n");
	box_type(ks, "crypto gdoi group GDOI-GROUP1\n"
		     " server local\n"
		     "  redundancy\n"
		     "   local priority 100\n"
		     "   peer address ipv4 192.168.222.222\n");
	shows("show crypto gdoi ks coop identifier detail",
	      "        Peer Address                 : 192.168.222.222\n");
}
END_TEST

static TCase *show_case(void)
{
	TCase *tc = tcase_create("show rekey");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, members_are_shown_with_their_rekeys);
	tcase_add_test(tc, a_member_that_is_silent_is_seen_in_the_numbers);
	tcase_add_test(tc, a_shortened_tek_has_an_override_life);
	tcase_add_test(tc, the_clock_is_due_two_hours_after_the_last_rekey);
	tcase_add_test(tc, features_of_members_are_known);
	tcase_add_test(tc, peers_have_addresses_only);
	return tc;
}

RUN_CASES("ks_show_rekey", show_case)
