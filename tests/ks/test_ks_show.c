/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The exec commands: show, and what clears, rekeys and debugs. */
#include "ks/ks_cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/ks/ks_world.h"

static struct ks_world w;

static void set_up(void)
{
	ks_world_open(&w, NULL);
}

static void tear_down(void)
{
	ks_world_close(&w);
}

static void expect(const char *line, const char *screen)
{
	char *typed = xasprintf("%s\n", line);
	char *got = ks_world_exec(&w, typed);

	ck_assert_str_eq(got, screen);
	free(got);
	free(typed);
}

/* --- show ------------------------------------------------------------ */

static void two_groups(void)
{
	ks_world_article(&w);
	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP2\n"
			       "identity number 6789\n"
			       "server local\n"
			       "rekey algorithm aes 128\n"
			       "rekey authentication mypubkey rsa MYRSAKEY\n"
			       "rekey transport unicast\n"
			       "sa ipsec 1\n"
			       "profile profile1\n"
			       "match address ipv4 getvpn-acl\n"
			       "address ipv4 192.168.111.111");
}

START_TEST(show_crypto_gdoi_without_keys)
{
	ks_world_article(&w);
	expect("show crypto gdoi",
	       "GROUP INFORMATION\n"
	       "\n"
	       "    Group Name               : GDOI-GROUP1 (Unicast)\n"
	       "    Group Identity           : 1234\n"
	       "    Crypto Path              : ipv4\n"
	       "    Key Management Path      : ipv4\n"
	       "    Group Members            : 0\n"
	       "    IPSec SA Direction       : Both\n"
	       "    Group Rekey Lifetime     : 86400 secs\n"
	       "    Rekey Retransmit Period  : 10 secs\n"
	       "    Rekey Retransmit Attempts: 2\n"
	       "    Group Retransmit\n"
	       "        Remaining Lifetime   : 0 secs\n"
	       "\n"
	       "      IPSec SA Number        : 1\n"
	       "      IPSec SA Rekey Lifetime: 3600 secs\n"
	       "      Profile Name           : profile1\n"
	       "      Replay method          : Time Based\n"
	       "      Replay Window Size     : 5\n"
	       "      ACL Configured         : access-list getvpn-acl\n"
	       "\n"
	       "     Group Server list       : Local\n"
	       "\n");
}
END_TEST

START_TEST(show_crypto_gdoi_with_keys_and_redundancy)
{
	ks_world_article(&w);
	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\n"
			       "server local\n"
			       "redundancy\n"
			       "local priority 100\n"
			       "peer address ipv4 192.168.222.222");
	sim_run(w.sim, SEC(120)); /* nobody answers: it is primary */
	ks_world_join(&w, "192.168.11.3", 1234);
	sim_run(w.sim, SEC(165));
	expect("show crypto gdoi",
	       "GROUP INFORMATION\n"
	       "\n"
	       "    Group Name               : GDOI-GROUP1 (Unicast)\n"
	       "    Group Identity           : 1234\n"
	       "    Crypto Path              : ipv4\n"
	       "    Key Management Path      : ipv4\n"
	       "    Group Members            : 1\n"
	       "    IPSec SA Direction       : Both\n"
	       "    Redundancy               : Configured\n"
	       "        Local Address        : 192.168.111.111\n"
	       "        Local Priority       : 100\n"
	       "        Local KS Status      : Alive\n"
	       "        Local KS Role        : Primary\n"
	       "        Local KS Version     : 1.0.8\n"
	       "    Group Rekey Lifetime     : 86400 secs\n"
	       "    Group Rekey\n"
	       "        Remaining Lifetime   : 86235 secs\n"
	       "        Time to Rekey        : 86010 secs\n"
	       "    Rekey Retransmit Period  : 10 secs\n"
	       "    Rekey Retransmit Attempts: 2\n"
	       "    Group Retransmit\n"
	       "        Remaining Lifetime   : 0 secs\n"
	       "\n"
	       "      IPSec SA Number        : 1\n"
	       "      IPSec SA Rekey Lifetime: 3600 secs\n"
	       "      Profile Name           : profile1\n"
	       "      Replay method          : Time Based\n"
	       "      Replay Window Size     : 5\n"
	       "      SA Rekey\n"
	       "         Remaining Lifetime  : 3435 secs\n"
	       "         Time to Rekey       : 3229 secs\n"
	       "      ACL Configured         : access-list getvpn-acl\n"
	       "\n"
	       "     Group Server list       : Local\n"
	       "\n");
}
END_TEST

START_TEST(show_ks_members_summary_is_the_articles)
{
	ks_world_article(&w);
	ks_world_join(&w, "192.168.12.2", 1234);
	ks_world_join(&w, "192.168.11.3", 1234);
	expect("show crypto gdoi ks members summary | s 11.3",
	       "Group Member ID    : 192.168.11.3        GM Version: 1.0.8\n"
	       " Group ID          : 1234\n"
	       " Group Name        : GDOI-GROUP1\n"
	       " GM State          : Registered\n"
	       " Key Server ID     : 192.168.111.111\n");
	expect("show crypto gdoi ks mem summary  | i Member ID",
	       "Group Member ID    : 192.168.11.3        GM Version: 1.0.8\n"
	       "Group Member ID    : 192.168.12.2        GM Version: 1.0.8\n");
}
END_TEST

START_TEST(show_ks_members_in_full)
{
	ks_world_article(&w);
	ks_world_join(&w, "192.168.11.3", 1234);
	expect("show crypto gdoi ks members",
	       "\n"
	       "Group Member Information : \n"
	       "\n"
	       "Number of rekeys sent for group GDOI-GROUP1 : 0\n"
	       "Number of retransmits during the last rekey for group "
	       "GDOI-GROUP1 : 0\n"
	       "Duration of the last rekey for group GDOI-GROUP1 : 0 msec\n"
	       "\n"
	       "Group Member ID    : 192.168.11.3        GM Version: 1.0.8\n"
	       " Group ID          : 1234\n"
	       " Group Name        : GDOI-GROUP1\n"
	       " GM State          : Registered\n"
	       " Key Server ID     : 192.168.111.111\n"
	       " Rekeys sent       : 0\n"
	       " Rekeys retries    : 0\n"
	       " Rekey Acks Rcvd   : 0\n"
	       " Rekey Acks missed : 0\n"
	       "\n"
	       " Sent seq num : 0     0     0     0     \n"
	       " Rcvd seq num : 0     0     0     0     \n"
	       "\n");
}
END_TEST

START_TEST(a_member_is_looked_for_in_every_group)
{
	char *screen;

	two_groups();
	ks_world_join(&w, "192.168.11.3", 6789);
	screen =
		ks_world_exec(&w, "show crypto gdoi ks members 192.168.11.3\n");
	ck_assert_ptr_nonnull(strstr(screen, "\nGroup Member not Found\n\n"
					     "Number of rekeys sent for group "
					     "GDOI-GROUP2 : 0\n"));
	ck_assert_ptr_nonnull(strstr(screen, " Group ID          : 6789\n"));
	free(screen);
	expect("show crypto gdoi group GDOI-GROUP1 ks members 192.168.11.3",
	       "\nGroup Member not Found\n\n");
}
END_TEST

START_TEST(show_ks_summary)
{
	ks_world_article(&w);
	ks_world_join(&w, "192.168.11.3", 1234);
	expect("show crypto gdoi ks",
	       "Total group members registered to this box: 1\n"
	       "\n"
	       "Key Server Information For Group GDOI-GROUP1:\n"
	       "    Group Name               : GDOI-GROUP1\n"
	       "    Re-auth on new CRL       : Disabled\n"
	       "    Group Identity           : 1234\n"
	       "    Group Members            : 1\n"
	       "    Rekey Acknowledgement Cfg: Cisco\n"
	       "    IPSec SA Direction       : Both\n"
	       "    IP D3P Window            : Disabled\n"
	       "    ACL Configured:\n"
	       "        access-list getvpn-acl\n"
	       "\n");
}
END_TEST

START_TEST(show_ks_acl)
{
	two_groups();
	ks_world_configure(&w, "ip access-list extended second\n"
			       "permit ip any any\n"
			       "crypto gdoi group GDOI-GROUP2\n"
			       "server local\n"
			       "sa ipsec 1\n"
			       "match address ipv4 second");
	expect("show crypto gdoi ks acl",
	       "Group Name: GDOI-GROUP1\n"
	       " Configured ACL:\n"
	       "   access-list getvpn-acl  deny udp any port = 848 any\n"
	       "   access-list getvpn-acl  deny udp any any port = 848\n"
	       "   access-list getvpn-acl  deny tcp any port = 179 any\n"
	       "   access-list getvpn-acl  deny tcp any any port = 179\n"
	       "   access-list getvpn-acl  permit ip any any\n"
	       "\n"
	       "Group Name: GDOI-GROUP2\n"
	       " Configured ACL:\n"
	       "   access-list second  permit ip any any\n");
}
END_TEST

START_TEST(show_ks_policy)
{
	struct ks_group *g;
	char *screen, spi[40], *want;

	ks_world_article(&w);
	ks_world_join(&w, "192.168.11.3", 1234);
	sim_run(w.sim, SEC(412));
	g = ks_world_group(&w, "GDOI-GROUP1");
	snprintf(spi, sizeof(spi), "0x%08X",
		 TAILQ_FIRST(&TAILQ_FIRST(&g->sas)->sets)->teks[0].spi);
	want = xasprintf(
		"  TEK POLICY (encaps : ENCAPS_TUNNEL)\n"
		"    spi                : %s\n"
		"    access-list        : getvpn-acl\n"
		"    transform          : esp-aes esp-sha-hmac\n"
		"    alg key size       : 16            sig key size          "
		": 20\n"
		"    orig life(sec)     : 3600          remaining life(sec)   "
		": 3188\n"
		"    tek life(sec)      : 3600          elapsed time(sec)     "
		": 412\n"
		"    override life(sec) : 0             antireplay window size"
		": 5\n"
		"    time to rekey (sec): 2982\n",
		spi);
	screen = ks_world_exec(&w, "show crypto gdoi ks policy\n");
	ck_assert_ptr_nonnull(strstr(screen, want));
	ck_assert_ptr_nonnull(strstr(
		screen, "Key Server Policy:\n"
			"For group GDOI-GROUP1 (handle: 0x80000002) server "
			"192.168.111.111 (handle: 0x80000002):\n"
			"\n"
			"  # of teks : 1  Seq num : 0\n"
			"  KEK POLICY (transport type : Unicast)\n"
			"    spi : 0x"));
	ck_assert_ptr_nonnull(strstr(
		screen,
		"    management alg     : disabled      encrypt alg           "
		": AES\n"
		"    crypto iv length   : 16            key size              "
		": 16\n"
		"    orig life(sec)     : 86400         remaining life(sec)   "
		": 85988\n"
		"    time to rekey (sec): 85763\n"
		"    sig hash algorithm : enabled       sig key length        "
		": 162\n"
		"    sig size           : 128\n"
		"    sig key name       : MYRSAKEY\n"
		"    acknowledgement    : Cisco\n"
		"\n"));
	free(screen);
	free(want);
}
END_TEST

START_TEST(show_ks_policy_in_a_roll_over)
{
	char *screen;

	ks_world_article(&w);
	ks_world_join(&w, "192.168.11.3", 1234);
	sim_run(w.sim, SEC(3500));
	screen = ks_world_exec(&w, "show crypto gdoi ks policy\n");
	ck_assert_ptr_nonnull(strstr(screen, "  # of teks : 2  Seq num : 1\n"));
	ck_assert_ptr_nonnull(strstr(screen, "\n\n\n  TEK POLICY"));
	ck_assert_ptr_nonnull(strstr(screen, "time to rekey (sec): n/a\n"));
	free(screen);
}
END_TEST

START_TEST(show_ks_rekey_and_replay)
{
	ks_world_article(&w);
	ks_world_join(&w, "192.168.11.3", 1234);
	sim_run(w.sim, SEC(649) + 340000);
	expect("show crypto gdoi ks rekey",
	       "Group GDOI-GROUP1 (Unicast)\n"
	       "    Number of Rekeys sent               : 0\n"
	       "    Number of Rekeys retransmitted      : 0\n"
	       "    KEK rekey lifetime (sec)            : 86400\n"
	       "        Remaining lifetime (sec)        : 85750\n"
	       "    Retransmit period                   : 10\n"
	       "    Number of retransmissions           : 2\n"
	       "    IPSec SA 1  lifetime (sec)          : 3600\n"
	       "        Remaining lifetime (sec)        : 2950\n"
	       "\n");
	expect("show crypto gdoi ks replay",
	       "Anti-replay Information For Group GDOI-GROUP1:\n"
	       "  Timebased Replay:\n"
	       "    Replay Value             : 649.33 secs\n"
	       "    Remaining sync time      : 6550 secs\n"
	       "\n");
}
END_TEST

START_TEST(show_ks_identifier)
{
	ks_world_article(&w);
	expect("show crypto gdoi ks identifier",
	       "KS Sender ID (KSSID) Information for Group GDOI-GROUP1:\n"
	       "\n"
	       "    Transform Mode           : Non-Counter (Non-Suite-B)\n"
	       "    Re-initializing          : No\n"
	       "    SID Length (Group Size)  : 24 bits (MEDIUM)\n"
	       "    Current KSSID In-Use     : none\n"
	       "    Last GMSID Used          : none\n"
	       "\n");
}
END_TEST

START_TEST(show_ks_coop_without_redundancy)
{
	ks_world_article(&w);
	expect("show crypto gdoi ks coop",
	       "Crypto Gdoi Group Name :GDOI-GROUP1\n"
	       "        Group handle: 2147483650, Local Key Server handle: "
	       "2147483650\n"
	       "        *NO* redundancy configured for this group\n"
	       "\n");
}
END_TEST

START_TEST(a_box_without_groups_shows_nothing)
{
	expect("show crypto gdoi ks", "");
	expect("show crypto gdoi ks members", "");
	expect("show crypto gdoi ks policy", "");
	expect("show crypto gdoi ks acl", "");
}
END_TEST

static TCase *case_show(void)
{
	TCase *tc = tcase_create("show");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, show_crypto_gdoi_without_keys);
	tcase_add_test(tc, show_crypto_gdoi_with_keys_and_redundancy);
	tcase_add_test(tc, show_ks_members_summary_is_the_articles);
	tcase_add_test(tc, show_ks_members_in_full);
	tcase_add_test(tc, a_member_is_looked_for_in_every_group);
	tcase_add_test(tc, show_ks_summary);
	tcase_add_test(tc, show_ks_acl);
	tcase_add_test(tc, show_ks_policy);
	tcase_add_test(tc, show_ks_policy_in_a_roll_over);
	tcase_add_test(tc, show_ks_rekey_and_replay);
	tcase_add_test(tc, show_ks_identifier);
	tcase_add_test(tc, show_ks_coop_without_redundancy);
	tcase_add_test(tc, a_box_without_groups_shows_nothing);
	return tc;
}

/* --- clear, rekey, debug --------------------------------------------- */

START_TEST(clear_crypto_gdoi_drops_keys_and_members)
{
	struct ks_group *g;

	ks_world_article(&w);
	ks_world_join(&w, "192.168.11.3", 1234);
	g = ks_world_group(&w, "GDOI-GROUP1");
	free(ks_world_exec(&w, "clear crypto gdoi\nyes\n"));
	ck_assert_uint_eq(g->members.count, 0);
	ck_assert(!g->live);
	ck_assert_uint_eq(sim_logged(w.node, "%GDOI-5-KS_CLEAR_REGISTER: "
					     "Config: KS cleared gdoi "
					     "configuration for the group "
					     "GDOI-GROUP1."),
			  1);
	ks_world_join(&w, "192.168.11.3", 1234);
	ck_assert_uint_eq(g->members.count, 1);
}
END_TEST

START_TEST(a_rekey_that_cannot_be_sent_is_an_error)
{
	struct cli_test *t = cli_test_new(w.cli);

	ks_world_article(&w);
	cli_test_type(t, "crypto gdoi ks rekey\n");
	ck_assert(cli_test_failed(t));
	cli_test_type(t, "crypto gdoi ks rekey replace-now\n");
	ck_assert(cli_test_failed(t));
	cli_test_free(t);
}
END_TEST

START_TEST(debug_tells_about_registrations)
{
	ks_world_article(&w);
	ks_world_join(&w, "192.168.11.3", 1234);
	ck_assert_uint_eq(sim_debugged(w.node, "is registered"), 0);
	expect("debug crypto gdoi ks registration",
	       "GDOI KS Registration debugging is on\n");
	ks_world_join(&w, "192.168.11.3", 1234);
	ck_assert_uint_eq(sim_debugged(w.node, "192.168.11.3 is registered"),
			  1);
	expect("undebug crypto gdoi ks", "GDOI KS debugging is off\n");
	ks_world_join(&w, "192.168.11.3", 1234);
	ck_assert_uint_eq(sim_debugged(w.node, "is registered"), 1);
}
END_TEST

static TCase *case_exec(void)
{
	TCase *tc = tcase_create("exec");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, clear_crypto_gdoi_drops_keys_and_members);
	tcase_add_test(tc, a_rekey_that_cannot_be_sent_is_an_error);
	tcase_add_test(tc, debug_tells_about_registrations);
	return tc;
}

RUN_CASES("ks_show", case_show, case_exec)
