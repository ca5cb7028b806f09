/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cooperative key servers in show commands and in those that clear: layouts of
 * facts that are given here, and what a key server says of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/coop_priv.h"
#include "ks/ks_cli.h"
#include "ks/ks_show.h"
#include "tests/check_main.h"
#include "tests/ks/ks_world.h"

static struct ks_world w;
static struct coop_info facts;

/* --- the facts ----------------------------------------------------------- */

static void run_layout(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct ks_group *g = ks_world_group(&w, "GDOI-GROUP1");

	(void)obj;
	if (cli_has(a, "sids"))
		ks_show_coop_print_sids(g, &facts, cli_has(a, "detail"), o);
	else
		ks_show_coop_print(g, &facts, o);
}

/* clang-format off */
static const struct cli_cmd layout_commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "layout     The facts as they are shown\n"
			 "[ sids     Sender IDs\n"
			 "[ detail   Those of peers, too\n"
			 "]\n"
			 "]\n",
		.run = run_layout,
	},
};
/* clang-format on */

static struct ip_addr address(const char *text)
{
	struct ip_addr addr;

	ck_assert(ip_parse(&addr, text));
	return addr;
}

/* As the article's key servers were when its author looked at them. */
static void articles_facts(void)
{
	facts = (struct coop_info){
		.role = COOP_PRIMARY,
		.primary = address(KS_ADDRESS),
		.refresh = 20,
		.periodic = 30,
		.remaining = 10,
		.seq = 247,
		.n_peers = 1,
	};
	facts.peers[0] = (struct coop_peer_info){
		.addr = address("192.168.222.222"),
		.handle = 2147483651,
		.heard = true,
		.ks_version = "1.0.8",
		.coop_version = "1.0.8",
		.view = { COOP_ALIVE, COOP_SECONDARY, 40, true },
		.seq = 31,
		.link = COOP_LINK_ESTABLISHED,
		.counters = { .ann_sent = 220,
			      .ann_recv = 2,
			      .ann_recv_reply = 1,
			      .sent_drops = 27,
			      .octets_sent = 156002,
			      .octets_recv = 2247 },
		.sid_bits = 24,
	};
}

static void set_up(void)
{
	ks_world_open(&w, NULL);
	CLI_ADD(w.cli, layout_commands, NULL);
	ks_world_article(&w);
	ks_world_group(&w, "GDOI-GROUP1")->coop.priority = 100;
	articles_facts();
}

static void tear_down(void)
{
	ks_world_close(&w);
}

static char *screen_of(const char *line)
{
	char *typed = xasprintf("%s\n", line);
	char *got = ks_world_exec(&w, typed);

	free(typed);
	return got;
}

static void expect(const char *line, const char *screen)
{
	char *got = screen_of(line);

	ck_assert_str_eq(got, screen);
	free(got);
}

static void expect_part(const char *line, const char *part)
{
	char *got = screen_of(line);

	ck_assert_msg(strstr(got, part), "%s", got);
	free(got);
}

static void expect_not(const char *line, const char *part)
{
	char *got = screen_of(line);

	ck_assert_msg(!strstr(got, part), "%s", got);
	free(got);
}

static void modern(void)
{
	ks_world_configure(&w, "service gdoi-output modern");
}

/* --- show crypto gdoi ks coop ------------------------------------------------ */

#define GROUP                                                         \
	"Crypto Gdoi Group Name :GDOI-GROUP1\n"                       \
	"        Group handle: 2147483650, Local Key Server handle: " \
	"2147483650\n"                                                \
	"\n"                                                          \
	"        Local Address: 192.168.111.111\n"                    \
	"        Local Priority: 100\n"

#define PEER_COUNTERS                                               \
	"                IKE status: Established\n"                 \
	"                Counters:\n"                               \
	"                    Ann msgs sent: 220\n"                  \
	"                    Ann msgs sent with reply request: 0\n" \
	"                    Ann msgs recv: 2\n"                    \
	"                    Ann msgs recv with reply request: 1\n" \
	"                    Packet sent drops: 27\n"               \
	"                    Packet Recv drops: 0\n"                \
	"                    Total bytes sent: 156002\n"            \
	"                    Total bytes recv: 2247\n"              \
	"\n"

#define PEER                                                         \
	"                Server handle: 2147483651\n"                \
	"                Peer Address: 192.168.222.222\n"            \
	"                Peer Version: 1.0.8\n"                      \
	"                Peer Priority: 40\n"                        \
	"                Peer KS Role: Secondary , Peer KS Status: " \
	"Alive\n"                                                    \
	"                Antireplay Sequence Number: 31\n"           \
	"\n" PEER_COUNTERS

START_TEST(a_primary_is_shown_as_the_article_shows_it)
{
	expect("layout", GROUP
	       "        Local KS Role: Primary   , Local KS Status: Alive\n"
	       "        Local KS version: 1.0.8\n"
	       "        Primary Timers:\n"
	       "                Primary Refresh Policy Time: 20\n"
	       "                Remaining Time: 10\n"
	       "                Antireplay Sequence Number: 247\n"
	       "\n"
	       "        Peer Sessions:\n"
	       "        Session 1:\n" PEER);
	expect("layout | i Role",
	       "        Local KS Role: Primary   , Local KS Status: Alive\n"
	       "                Peer KS Role: Secondary , Peer KS Status: "
	       "Alive\n");
}
END_TEST

static void secondary_facts(void)
{
	facts.role = COOP_SECONDARY;
	facts.remaining = 25;
	facts.retries = 2;
	facts.bad_pseudotimes = 3;
	facts.peers[0].view.role = COOP_PRIMARY;
}

START_TEST(a_secondary_shows_how_long_it_waits_for_its_primary)
{
	secondary_facts();
	expect_part("layout", GROUP
		    "        Local KS Role: Secondary , Local KS Status: "
		    "Alive\n"
		    "        Local KS version: 1.0.8\n"
		    "        Secondary Timers:\n"
		    "                Sec Primary Periodic Time: 30\n"
		    "                Remaining Time: 25, Retries: 2\n"
		    "                Invalid ANN PST recvd: 3\n"
		    "                New GM Temporary Blocking Enforced?: No\n"
		    "                Antireplay Sequence Number: 247\n"
		    "\n"
		    "        Peer Sessions:\n");
	expect_part("layout", "                Peer KS Role: Primary   , "
			      "Peer KS Status: Alive\n");
	facts.blocking = true;
	expect_part("layout", "Temporary Blocking Enforced?: Yes\n");
}
END_TEST

START_TEST(an_election_waits_like_a_secondary)
{
	facts.role = COOP_ELECTION;
	expect_part("layout",
		    "        Local KS Role: Election  , Local KS Status: "
		    "Alive\n"
		    "        Local KS version: 1.0.8\n"
		    "        Secondary Timers:\n");
}
END_TEST

START_TEST(modern_output_has_the_lines_of_ios_xe_17)
{
	modern();
	facts.user_timer = 4;
	facts.peers[0].optimize = true;
	expect("layout", GROUP
	       "        Local KS Role: Primary   , Local KS Status: Alive\n"
	       "        Local KS version: 1.0.8\n"
	       "        Local COOP version: 1.0.8\n"
	       "        Primary Timers:\n"
	       "                Primary Refresh Policy Time: 20\n"
	       "                Remaining Time: 10\n"
	       "                Per-user timer remaining time: 4\n"
	       "                Antireplay Sequence Number: 247\n"
	       "        Peer Sessions:\n"
	       "        Session 1:\n"
	       "                Server handle: 2147483651\n"
	       "                Peer Address: 192.168.222.222\n"
	       "                Peer Version: 1.0.8\n"
	       "                Peer COOP version: 1.0.8\n"
	       "                COOP Protocol: optimize\n"
	       "                Peer Priority: 40\n"
	       "                Peer KS Role: Secondary , Peer KS Status: "
	       "Alive\n"
	       "                Antireplay Sequence Number: 31\n"
	       "\n" PEER_COUNTERS);
}
END_TEST

START_TEST(modern_output_of_a_secondary_has_the_lines_of_ios_xe_17)
{
	modern();
	secondary_facts();
	expect_part("layout",
		    "        Secondary Timers:\n"
		    "                Sec Primary Periodic Time: 30\n"
		    "                Remaining Time: 25, Retries: 2\n"
		    "                Invalid ANN PST recvd: 3\n"
		    "                New GM Temporary Blocking Enforced?: No\n"
		    "                Per-user timer remaining time: 0\n"
		    "                Antireplay Sequence Number: 247\n"
		    "        Peer Sessions:\n"
		    "        Session 1:\n"
		    "                Server handle: 2147483651\n");
	expect_part("layout", "                COOP Protocol: base\n");
}
END_TEST

START_TEST(a_peer_that_was_never_heard_is_unknown)
{
	facts.peers[0] = (struct coop_peer_info){
		.addr = address("192.168.222.222"),
		.handle = 2147483651,
		.link = COOP_LINK_IN_PROGRESS,
	};
	expect_part("layout",
		    "        Session 1:\n"
		    "                Server handle: 2147483651\n"
		    "                Peer Address: 192.168.222.222\n"
		    "                Peer Version: Unknown\n"
		    "                Peer Priority: 0\n"
		    "                Peer KS Role: Unknown   , Peer KS Status: "
		    "Unknown\n"
		    "                Antireplay Sequence Number: 0\n"
		    "\n"
		    "                IKE status: In Progress\n");
	facts.peers[0].link = COOP_LINK_FAILED;
	expect_part("layout", "IKE status: Failed to establish\n");
}
END_TEST

START_TEST(each_peer_has_its_session)
{
	facts.peers[1] = facts.peers[0];
	facts.peers[1].addr = address("192.168.222.223");
	facts.peers[1].view.status = COOP_DEAD;
	facts.n_peers = 2;
	expect_part("layout", "        Session 1:\n" PEER "        Session 2:\n"
			      "                Server handle: 2147483651\n"
			      "                Peer Address: "
			      "192.168.222.223\n");
	expect("layout | i Status",
	       "        Local KS Role: Primary   , Local KS Status: Alive\n"
	       "                Peer KS Role: Secondary , Peer KS Status: "
	       "Alive\n"
	       "                Peer KS Role: Secondary , Peer KS Status: "
	       "Dead\n");
	facts.n_peers = 0;
	expect_part("layout", "\n        Peer Sessions:\n\n");
}
END_TEST

START_TEST(octets_are_counted_beyond_32_bits)
{
	facts.peers[0].counters.octets_sent = UINT64_MAX;
	expect_part("layout", "Total bytes sent: 18446744073709551615\n");
}
END_TEST

static TCase *case_layout(void)
{
	TCase *tc = tcase_create("ks coop");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_primary_is_shown_as_the_article_shows_it);
	tcase_add_test(tc, a_secondary_shows_how_long_it_waits_for_its_primary);
	tcase_add_test(tc, an_election_waits_like_a_secondary);
	tcase_add_test(tc, modern_output_has_the_lines_of_ios_xe_17);
	tcase_add_test(tc,
		       modern_output_of_a_secondary_has_the_lines_of_ios_xe_17);
	tcase_add_test(tc, a_peer_that_was_never_heard_is_unknown);
	tcase_add_test(tc, each_peer_has_its_session);
	tcase_add_test(tc, octets_are_counted_beyond_32_bits);
	return tc;
}

/* --- show crypto gdoi ks coop identifier ---------------------------------------- */

#define SIDS_OF_NOBODY                                              \
	"        Next SID Client Operation    : NOTIFY\n"           \
	"        Re-initializing              : No\n"               \
	"        KSSID Overlap                : No\n"               \
	"        SID Length (Group Size) Cfg  : 24 bits (MEDIUM)\n" \
	"        SID Length (Group Size) Used : 24 bits (MEDIUM)\n" \
	"        Current KSSID In-Use         : none\n"             \
	"        KSSID(s) Assigned            : none\n"             \
	"        KSSID(s) Used                : none\n"             \
	"        Old KSSID(s) Used            : none\n"             \
	"\n"

#define OWN_SIDS                                                       \
	"COOP-KS Sender ID (SID) Information for Group GDOI-GROUP1:\n" \
	"\n"                                                           \
	"    Local KS Role: Primary   , Local KS Status: Alive\n"      \
	"        Local Address                : 192.168.111.111\n" SIDS_OF_NOBODY

START_TEST(sender_ids_are_shown_as_ios_xe_shows_them)
{
	expect("layout sids", OWN_SIDS);
	expect("layout sids detail", OWN_SIDS
	       "    Peer KS Role:  Secondary , Peer KS Status:  Alive\n"
	       "        Peer Address                 : 192.168.222.222\n" SIDS_OF_NOBODY);
}
END_TEST

START_TEST(sender_ids_of_a_peer_are_what_it_told)
{
	struct coop_peer_info *peer = &facts.peers[0];

	peer->sids[0] = (struct coop_sid_range){ 3, 9 };
	peer->sids[1] = (struct coop_sid_range){ 20, 20 };
	peer->sids[2] = (struct coop_sid_range){ 30, 40 };
	peer->n_sids = 3;
	peer->sid_bits = 32;
	peer->overlap = facts.overlap = true;
	peer->reinit = true;
	expect_part("layout sids detail",
		    "        Re-initializing              : Yes\n"
		    "        KSSID Overlap                : Yes\n"
		    "        SID Length (Group Size) Cfg  : 32 bits (LARGE)\n"
		    "        SID Length (Group Size) Used : 32 bits (LARGE)\n"
		    "        Current KSSID In-Use         : none\n"
		    "        KSSID(s) Assigned            : 3-9, 20, 30-40\n"
		    "        KSSID(s) Used                : none\n");
	peer->kssid_used = true;
	peer->kssid = 31;
	expect_part("layout sids detail",
		    "        Current KSSID In-Use         : 31\n"
		    "        KSSID(s) Assigned            : 3-9, 20, 30-40\n"
		    "        KSSID(s) Used                : 3-9, 20, 30-31\n");
	expect_part("layout sids",
		    "        KSSID Overlap                : Yes\n");
}
END_TEST

START_TEST(without_redundancy_there_is_none_to_show)
{
	expect("show crypto gdoi ks coop identifier",
	       "COOP-KS Sender ID (SID) Information for Group GDOI-GROUP1:\n"
	       "\n"
	       "        *NO* redundancy configured for this group\n"
	       "\n");
	modern();
	expect("show crypto gdoi ks coop detail",
	       "Crypto Gdoi Group Name :GDOI-GROUP1\n"
	       "        Group handle: 2147483650, Local Key Server handle: "
	       "2147483650\n"
	       "        *NO* redundancy configured for this group\n"
	       "\n");
}
END_TEST

START_TEST(the_versions_of_the_protocols_parts_are_those_of_ios_xe)
{
	expect("show crypto gdoi ks coop version",
	       "Cooperative key server infra Version : 2.0.0 \n"
	       "Client : KS_POLICY_CLIENT Version : 2.0.0 \n"
	       "Client : GROUP_MEMBER_CLIENT Version : 2.0.1 \n"
	       "Client : SID_CLIENT Version : 1.0.1\n"
	       "\n");
}
END_TEST

static TCase *case_sids(void)
{
	TCase *tc = tcase_create("sender IDs");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, sender_ids_are_shown_as_ios_xe_shows_them);
	tcase_add_test(tc, sender_ids_of_a_peer_are_what_it_told);
	tcase_add_test(tc, without_redundancy_there_is_none_to_show);
	tcase_add_test(tc,
		       the_versions_of_the_protocols_parts_are_those_of_ios_xe);
	return tc;
}

/* --- the other shows -------------------------------------------------------------- */

#define REDUNDANCY                        \
	"crypto gdoi group GDOI-GROUP1\n" \
	"server local\n"                  \
	"redundancy\n"

/* In the second after that there is neither a primary nor an election yet. */
static void add_peer(void)
{
	ks_world_configure(&w, REDUNDANCY "peer address ipv4 192.168.222.222");
}

/* The peer is not there, so this key server becomes primary. */
static void wait_for_primary(void)
{
	sim_run(w.sim, SEC(120));
	ck_assert(coop_is_primary(ks_world_group(&w, "GDOI-GROUP1")));
}

START_TEST(the_role_is_shown_everywhere)
{
	static const char *const lines[] = {
		"show crypto gdoi",
		"show crypto gdoi ks",
	};
	size_t i;

	add_peer();
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		expect_part(lines[i],
			    "    Redundancy               : Configured\n"
			    "        Local Address        : 192.168.111.111\n"
			    "        Local Priority       : 100\n"
			    "        Local KS Status      : Alive\n"
			    "        Local KS Role        : Election\n"
			    "        Local KS Version     : 1.0.8\n");
	wait_for_primary();
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		expect_part(lines[i],
			    "        Local KS Role        : Primary\n");
	modern();
	expect_part("show crypto gdoi ks",
		    "        Local KS Version     : 1.0.8\n"
		    "        Local COOP Version   : 1.0.8\n");
}
END_TEST

START_TEST(redundancy_without_peers_makes_a_primary)
{
	ks_world_configure(&w, REDUNDANCY);
	expect_part("show crypto gdoi ks coop",
		    "        Local KS Role: Primary   , Local KS Status: "
		    "Alive\n");
}
END_TEST

START_TEST(redundancy_without_an_address_shows_its_peers)
{
	add_peer();
	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\n"
			       "server local\n"
			       "no address ipv4");
	expect_part("show crypto gdoi ks coop",
		    "        Local KS Role: Primary   , Local KS Status: "
		    "Alive\n");
	expect_part("show crypto gdoi ks coop",
		    "                Peer Address: 192.168.222.222\n"
		    "                Peer Version: Unknown\n");
	expect_part("show crypto gdoi ks coop",
		    "                IKE status: No session\n");
}
END_TEST

/* Keys that are there, and nobody who has to make new ones. */
START_TEST(who_is_not_primary_promises_no_rekey)
{
	ks_world_join(&w, "192.168.11.3", 1234);
	expect_part("show crypto gdoi", "Time to Rekey");
	expect_not("show crypto gdoi ks policy", "n/a");
	expect_not("show crypto gdoi ks replay", "n/a");
	add_peer();
	expect_part("show crypto gdoi",
		    "    Group Rekey\n"
		    "        Remaining Lifetime   : 86400 secs\n"
		    "    Rekey Retransmit Period  : 10 secs\n");
	expect_part("show crypto gdoi",
		    "      SA Rekey\n"
		    "         Remaining Lifetime  : 3600 secs\n"
		    "      ACL Configured         : access-list getvpn-acl\n");
	expect("show crypto gdoi ks policy | i rekey",
	       "    time to rekey (sec): n/a\n"
	       "    time to rekey (sec): n/a\n");
	expect_part("show crypto gdoi ks policy",
		    "remaining life(sec)   : 3600\n");
	expect_part("show crypto gdoi ks replay",
		    "    Remaining sync time      : n/a\n");
	expect_part("show crypto gdoi ks rekey",
		    "        Remaining lifetime (sec)        : 86400\n");
}
END_TEST

/* As if it had registered with another key server. */
static void join_at(const char *member, const char *server)
{
	struct ks_group *g = ks_world_group(&w, "GDOI-GROUP1");
	struct ip_addr addr = address(member);

	ks_world_join(&w, member, 1234);
	ks_members_find(&g->members, &addr)->server = address(server);
}

static void join_members(void)
{
	join_at("192.168.13.2", KS_ADDRESS);
	join_at("192.168.12.2", "192.168.222.222");
	join_at("192.168.11.3", KS_ADDRESS);
	join_at("10.0.0.9", "192.168.55.55");
	join_at("192.168.14.2", "192.168.222.222");
}

START_TEST(members_are_listed_by_their_key_server)
{
	join_members();
	modern();
	expect("show crypto gdoi ks members summary",
	       "Group Member Information : \n"
	       "\n"
	       "Group Name: GDOI-GROUP1, ID: 1234, Group Members: 5\n"
	       "Key Server ID: 192.168.111.111, GMDB state: LOCAL, "
	       "Group Members: 2\n"
	       "  Member ID     Version      Rekey sent     "
	       "Rekey Ack missed\n"
	       "  192.168.11.3   1.0.8         0               0\n"
	       "  192.168.13.2   1.0.8         0               0\n"
	       "\n"
	       "Key Server ID: 192.168.55.55, GMDB state: REDUNDANT, "
	       "Group Members: 1\n"
	       "  Member ID     Version      Rekey sent     "
	       "Rekey Ack missed\n"
	       "  10.0.0.9   1.0.8         0               0\n"
	       "\n"
	       "Key Server ID: 192.168.222.222, GMDB state: REDUNDANT, "
	       "Group Members: 2\n"
	       "  Member ID     Version      Rekey sent     "
	       "Rekey Ack missed\n"
	       "  192.168.12.2   1.0.8         0               0\n"
	       "  192.168.14.2   1.0.8         0               0\n"
	       "\n");
}
END_TEST

START_TEST(all_members_of_all_key_servers_are_listed)
{
	join_members();
	expect("show crypto gdoi ks mem summary  | i Member ID",
	       "Group Member ID    : 10.0.0.9            GM Version: 1.0.8\n"
	       "Group Member ID    : 192.168.11.3        GM Version: 1.0.8\n"
	       "Group Member ID    : 192.168.12.2        GM Version: 1.0.8\n"
	       "Group Member ID    : 192.168.13.2        GM Version: 1.0.8\n"
	       "Group Member ID    : 192.168.14.2        GM Version: 1.0.8\n");
	expect("show crypto gdoi ks members | i Key Server",
	       " Key Server ID     : 192.168.55.55\n"
	       " Key Server ID     : 192.168.111.111\n"
	       " Key Server ID     : 192.168.222.222\n"
	       " Key Server ID     : 192.168.111.111\n"
	       " Key Server ID     : 192.168.222.222\n");
}
END_TEST

START_TEST(features_of_peers_are_listed)
{
	struct coop_peer *p;

	add_peer();
	expect("show crypto gdoi feature gm-removal",
	       "Group Name: GDOI-GROUP1\n"
	       "    Key Server ID       Version   Feature Supported\n"
	       "        192.168.111.111          1.0.8         Yes\n"
	       "        192.168.222.222          unknown         No\n"
	       "\n"
	       "    Group Member ID     Version   Feature Supported\n"
	       "\n");
	p = ks_world_group(&w, "GDOI-GROUP1")->cooperation->peers[0];
	p->heard = true;
	snprintf(p->ks_version, sizeof(p->ks_version), "1.0.9");
	expect_part("show crypto gdoi feature gm-removal",
		    "        192.168.222.222          1.0.9         Yes\n");
}
END_TEST

static TCase *case_shows(void)
{
	TCase *tc = tcase_create("other shows");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, the_role_is_shown_everywhere);
	tcase_add_test(tc, redundancy_without_peers_makes_a_primary);
	tcase_add_test(tc, redundancy_without_an_address_shows_its_peers);
	tcase_add_test(tc, who_is_not_primary_promises_no_rekey);
	tcase_add_test(tc, members_are_listed_by_their_key_server);
	tcase_add_test(tc, all_members_of_all_key_servers_are_listed);
	tcase_add_test(tc, features_of_peers_are_listed);
	return tc;
}

/* --- clear crypto gdoi ks coop ------------------------------------------------------ */

START_TEST(clear_counters_begins_at_zero)
{
	struct coop_peer *p;

	add_peer();
	p = ks_world_group(&w, "GDOI-GROUP1")->cooperation->peers[0];
	p->counters.ann_recv = 5;
	expect_part("show crypto gdoi ks coop", "Ann msgs recv: 5\n");
	expect("clear crypto gdoi ks coop counters", "");
	expect_part("show crypto gdoi ks coop", "Ann msgs recv: 0\n");
}
END_TEST

#define ELECTION "%GDOI-5-COOP_KS_ELECTION"

START_TEST(clear_role_elects_after_a_yes)
{
	unsigned int before;
	struct ks_group *g;

	add_peer();
	wait_for_primary();
	g = ks_world_group(&w, "GDOI-GROUP1");
	before = sim_logged(w.node, ELECTION);
	free(ks_world_exec(&w, "clear crypto gdoi ks coop role\nno\n"));
	ck_assert(coop_is_primary(g));
	expect_part("clear crypto gdoi ks coop role\nyes",
		    "Are you sure you want to proceed ? [yes/no]: ");
	ck_assert(!coop_is_primary(g));
	ck_assert_uint_eq(sim_logged(w.node, ELECTION), before + 1);
	wait_for_primary();
}
END_TEST

static const char *const clears[] = {
	"clear crypto gdoi ks coop role",
	"clear crypto gdoi ks coop counters",
	"clear crypto gdoi group GDOI-GROUP1 ks coop role",
	"clear crypto gkm group GDOI-GROUP1 ks coop counters",
};

START_TEST(without_redundancy_there_is_nothing_to_clear)
{
	struct cli_test *t = cli_test_new(w.cli);
	char *screen, *line = xasprintf("%s\n", clears[_i]);

	cli_test_type(t, line);
	ck_assert(cli_test_failed(t));
	ck_assert_str_eq(cli_test_prompt(t), "KS1#");
	screen = cli_test_take(t);
	ck_assert_msg(strstr(screen, "% Redundancy is not configured for "),
		      "%s", screen);
	free(screen);
	free(line);
	cli_test_free(t);
}
END_TEST

static TCase *case_clear(void)
{
	TCase *tc = tcase_create("clear");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, clear_counters_begins_at_zero);
	tcase_add_test(tc, clear_role_elects_after_a_yes);
	tcase_add_loop_test(tc, without_redundancy_there_is_nothing_to_clear, 0,
			    ARRAY_SIZE(clears));
	return tc;
}

RUN_CASES("ks_show_coop", case_layout, case_sids, case_shows, case_clear)
