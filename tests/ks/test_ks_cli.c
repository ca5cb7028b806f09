/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_cli.h"

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

static void expect_section(const char *text)
{
	char *section = ks_world_section(&w);

	ck_assert_str_eq(section, text);
	free(section);
}

/* --- configuration --------------------------------------------------- */

#define ARTICLE_SECTION                                  \
	"crypto gdoi group GDOI-GROUP1\n"                \
	" identity number 1234\n"                        \
	" server local\n"                                \
	"  rekey algorithm aes 128\n"                    \
	"  rekey authentication mypubkey rsa MYRSAKEY\n" \
	"  rekey transport unicast\n"                    \
	"  sa ipsec 1\n"                                 \
	"   profile profile1\n"                          \
	"   match address ipv4 getvpn-acl\n"             \
	"   replay time window-size 5\n"                 \
	"  address ipv4 192.168.111.111\n"

START_TEST(the_articles_group_is_written_as_the_article_has_it)
{
	ks_world_article(&w);
	expect_section(ARTICLE_SECTION);
}
END_TEST

/* All there is, in the order in which it is written. */
#define FULL_SECTION                                  \
	"crypto gdoi group G(1)\n"                    \
	" identity number 2147483647\n"               \
	" server local\n"                             \
	"  rekey address ipv4 REKEY-ACL\n"            \
	"  rekey algorithm aes 256\n"                 \
	"  rekey lifetime seconds 10800\n"            \
	"  rekey retransmit 20 number 3\n"            \
	"  rekey sig-hash algorithm sha256\n"         \
	"  rekey acknowledgement any\n"               \
	"  rekey authentication mypubkey rsa KEY\n"   \
	"  rekey transport unicast\n"                 \
	"  authorization address ipv4 10\n"           \
	"  authorization identity LIST\n"             \
	"  registration periodic crl trustpoint TP\n" \
	"  identifier\n"                              \
	"   range 3 - 9\n"                            \
	"   value 127\n"                              \
	"  group size small 12\n"                     \
	"  no gdoi\n"                                 \
	"  gikev2 PROFILE\n"                          \
	"  pfs\n"                                     \
	"  no split-resilency\n"                      \
	"  no deny download\n"                        \
	"  sa receive-only\n"                         \
	"  sa d3p window sec 20\n"                    \
	"  sa pair-wise-keying safety-limit 40\n"     \
	"  sa ipsec 1\n"                              \
	"   profile profile1\n"                       \
	"   match address ipv4 101\n"                 \
	"   replay counter window-size 1024\n"        \
	"  sa ipsec 2\n"                              \
	"   profile profile2\n"                       \
	"   match address ipv4 SIX(6)\n"              \
	"   no replay\n"                              \
	"   tag cts sgt\n"                            \
	"  address ipv4 192.168.111.111\n"            \
	"  redundancy\n"                              \
	"   local priority 100\n"                     \
	"   peer address ipv4 192.168.222.222\n"      \
	"   peer address ipv4 192.168.222.223\n"      \
	"   protocol version optimize\n"              \
	"   protocol pdu 1400\n"                      \
	"   protocol timeout refresh 25\n"            \
	"   protocol timeout periodic 35\n"           \
	"   protocol timeout retransmit 12\n"         \
	"   protocol retransmit 4\n"

static const char *const sections[] = {
	ARTICLE_SECTION,
	FULL_SECTION,
	"crypto gkm group G\n"
	" identity number 4294967295\n"
	" server local\n"
	"  rekey algorithm des-cbc\n"
	"  rekey lifetime days 30\n"
	"  rekey retransmit 60 periodic\n"
	"  rekey sig-hash algorithm sha512\n"
	"  rekey acknowledgement interoperable\n"
	"  group size large\n"
	"  sa d3p window msec 1500\n"
	"  sa pair-wise-keying\n"
	"  sa ipsec 65535\n"
	"   match address ipv4 2100\n"
	"   replay time window-size 100\n"
	"  redundancy\n"
	"   protocol version base\n",
	"crypto gdoi group G\n"
	" identity address ipv4 10.0.0.1\n"
	" server local\n"
	"  rekey algorithm 3des-cbc\n"
	"  rekey sig-hash algorithm sha384\n"
	"  group size medium\n",
	"crypto gdoi group ipv6 G\n"
	" identity number 6\n"
	" server local\n"
	"  sa ipsec 1\n"
	"   match address ipv6 SIX(6)\n",
	"crypto gdoi group G\n"
	" identity number 0\n"
	" server local\n"
	"  registration interface Loopback0\n"
	"  address ipv4 Loopback0\n",
	"crypto gdoi group ipv6 G\n"
	" server local\n"
	"  identifier\n"
	"  group size small 8\n"
	"  redundancy\n",
};

START_TEST(what_is_written_can_be_typed_and_is_written_again)
{
	struct ks_world other;
	char *differs;

	ks_world_configure(&w, sections[_i]);
	expect_section(sections[_i]);
	ks_world_open(&other, w.sim);
	differs = cli_test_round_trip(w.cli, other.cli);
	ck_assert_msg(!differs, "%s", differs);
	ks_world_close(&other);
}
END_TEST

/* Each line, and the line that takes it back. */
static const char *const opposites[][2] = {
	{ "rekey address ipv4 120", "no rekey address ipv4 120" },
	{ "rekey address ipv4 LIST", "no rekey address" },
	{ "rekey algorithm aes 192", "no rekey algorithm" },
	{ "rekey algorithm des-cbc", "default rekey algorithm" },
	{ "rekey lifetime seconds 300", "no rekey lifetime" },
	{ "rekey lifetime second 2592000", "no rekey lifetime seconds 300" },
	{ "rekey retransmit 10", "no rekey retransmit" },
	{ "rekey retransmit 60 periodic", "no rekey retransmit 60 periodic" },
	{ "rekey sig-hash algorithm sha512", "no rekey sig-hash algorithm" },
	{ "rekey acknowledgement any", "no rekey acknowledgement" },
	{ "rekey authentication mypubkey rsa K",
	  "no rekey authentication mypubkey rsa K" },
	{ "rekey transport unicast", "no rekey transport unicast" },
	{ "authorization address ipv4 99", "no authorization address ipv4 99" },
	{ "authorization identity L", "no authorization identity" },
	{ "registration periodic crl trustpoint T",
	  "no registration periodic crl" },
	{ "sa receive-only", "no sa receive-only" },
	{ "sa d3p window sec 100", "no sa d3p" },
	{ "sa pair-wise-keying", "no sa pair-wise-keying" },
	{ "sa ipsec 7", "no sa ipsec 7" },
	{ "group size large", "no group size" },
	{ "identifier", "no identifier" },
	{ "no gdoi", "gdoi" },
	{ "no gdoi", "default gdoi" },
	{ "no deny download", "default deny download" },
	{ "no split-resilency", "default split-resilency" },
	{ "sa ipsec 1\nno replay\nprofile P",
	  "sa ipsec 1\ndefault replay\nno profile\nno sa ipsec 1" },
	{ "gikev2 P", "no gikev2" },
	{ "pfs", "no pfs" },
	{ "no split-resilency", "split-resilency" },
	{ "no deny download", "deny download" },
	{ "address ipv4 10.0.0.1", "no address ipv4" },
	{ "address ipv4 lo0", "no address ipv4 lo0" },
	{ "registration interface lo0", "no registration interface" },
	{ "redundancy", "no redundancy" },
	{ "sa ipsec 1\nprofile P", "sa ipsec 1\nno profile P\nno sa ipsec 1" },
	{ "sa ipsec 1\nreplay counter",
	  "sa ipsec 1\nreplay counter\nno sa ipsec 1" },
	{ "redundancy\nlocal priority 255\npeer address ipv4 1.1.1.1",
	  "redundancy\nno local priority\nno peer address ipv4 1.1.1.1\n"
	  "no redundancy" },
	{ "redundancy\nprotocol version optimize\nprotocol pdu 1400\n"
	  "protocol timeout refresh 25\nprotocol timeout periodic 35\n"
	  "protocol timeout retransmit 12\nprotocol retransmit 4",
	  "redundancy\nno protocol version\nno protocol pdu\n"
	  "no protocol timeout refresh\nno protocol timeout periodic\n"
	  "no protocol timeout retransmit\nno protocol retransmit\n"
	  "no redundancy" },
};

START_TEST(the_no_form_takes_a_line_back)
{
	static const char head[] = "crypto gdoi group G\nserver local\n";
	char *lines = xasprintf("%s%s", head, opposites[_i][0]);
	char *empty, *text;

	ks_world_configure(&w, head);
	empty = ks_world_section(&w);
	ks_world_configure(&w, lines);
	free(lines);
	text = ks_world_section(&w);
	ck_assert_str_ne(text, empty);
	free(text);

	lines = xasprintf("%s%s", head, opposites[_i][1]);
	ks_world_configure(&w, lines);
	free(lines);
	expect_section(empty);
	free(empty);
}
END_TEST

static const char *const refused[] = {
	"sa ipsec 1\nmatch address ipv6 SIX",
	"rekey lifetime seconds 299",
	"rekey lifetime days 31",
	"rekey retransmit 9",
	"rekey retransmit 10 number 11",
	"rekey algorithm aes",
	"rekey algorithm aes 127",
	"sa ipsec 0",
	"sa ipsec 65536",
	"sa ipsec 1\nreplay time window-size 101",
	"sa ipsec 1\nreplay counter window-size 65",
	"sa d3p window msec 999",
	"redundancy\nlocal priority 256",
	"redundancy\nlocal priority 0",
	"redundancy\npeer address ipv4 0.0.0.0",
	"redundancy\npeer address ipv4 239.1.1.1",
	"redundancy\nprotocol pdu 65001",
	"redundancy\nprotocol timeout refresh 0",
	"redundancy\nprotocol retransmit 101",
	"identifier\nvalue 128",
	"identifier\nrange 9 - 3",
	"group size small",
};

START_TEST(values_out_of_range_are_refused)
{
	char *lines = xasprintf("configure terminal\ncrypto gdoi group G\n"
				"server local\n%s\nend\n",
				refused[_i]);
	char *screen = ks_world_exec(&w, lines);

	ck_assert_msg(strstr(screen, "%"), "%s", refused[_i]);
	free(screen);
	free(lines);
}
END_TEST

static const char *const modes[][2] = {
	{ "crypto gdoi group G\n", "KS1(config-gdoi-group)#" },
	{ "server local\n", "KS1(gdoi-local-server)#" },
	{ "sa ipsec 1\n", "KS1(gdoi-sa-ipsec)#" },
	{ "address ipv4 10.0.0.1\n", "KS1(gdoi-local-server)#" },
	{ "redundancy\n", "KS1(gdoi-coop-ks-config)#" },
	{ "sa ipsec 1\n", "KS1(gdoi-sa-ipsec)#" },
	{ "identity number 7\n", "KS1(config-gdoi-group)#" },
	{ "crypto gkm group H\n", "KS1(config-gkm-group)#" },
	{ "server local\n", "KS1(gkm-local-server)#" },
	{ "sa ipsec 1\n", "KS1(gkm-sa-ipsec)#" },
	{ "profile P\n", "KS1(gkm-sa-ipsec)#" },
	{ "no sa ipsec 1\n", "KS1(gkm-local-server)#" },
};

START_TEST(prompts_follow_the_modes)
{
	struct cli_test *t = cli_test_new(w.cli);
	size_t i;

	cli_test_type(t, "configure terminal\n");
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		cli_test_type(t, modes[i][0]);
		ck_assert_str_eq(cli_test_prompt(t), modes[i][1]);
		ck_assert(!cli_test_failed(t));
	}
	cli_test_free(t);
}
END_TEST

START_TEST(a_session_leaves_a_mode_whose_object_goes)
{
	struct cli_test *t = cli_test_new(w.cli);

	cli_test_type(t, "configure terminal\n"
			 "crypto gdoi group G\n"
			 "server local\n"
			 "sa ipsec 1\n");
	free(cli_test_run(w.cli, "configure terminal\n"
				 "no crypto gdoi group G\nno\n"));
	ck_assert_ptr_nonnull(gdoi_group_find(w.groups, "G"));
	free(cli_test_run(w.cli, "configure terminal\n"
				 "no crypto gdoi group G\nperhaps\nyes\n"));
	ck_assert_ptr_null(gdoi_group_find(w.groups, "G"));
	cli_test_type(t, "profile P\n");
	ck_assert(cli_test_failed(t));
	ck_assert_str_eq(cli_test_prompt(t), "KS1(config)#");
	cli_test_free(t);
}
END_TEST

START_TEST(default_replay_is_the_counter)
{
	struct ks_group *g;

	ks_world_article(&w);
	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\n"
			       "server local\n"
			       "sa ipsec 1\n"
			       "default replay");
	g = ks_world_group(&w, "GDOI-GROUP1");
	ck_assert_int_eq(TAILQ_FIRST(&g->sas)->replay, KS_REPLAY_COUNTER);
	ck_assert_uint_eq(TAILQ_FIRST(&g->sas)->window, 64);
}
END_TEST

static TCase *case_config(void)
{
	TCase *tc = tcase_create("configuration");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, the_articles_group_is_written_as_the_article_has_it);
	tcase_add_loop_test(tc,
			    what_is_written_can_be_typed_and_is_written_again,
			    0, ARRAY_SIZE(sections));
	tcase_add_loop_test(tc, the_no_form_takes_a_line_back, 0,
			    ARRAY_SIZE(opposites));
	tcase_add_loop_test(tc, values_out_of_range_are_refused, 0,
			    ARRAY_SIZE(refused));
	tcase_add_test(tc, prompts_follow_the_modes);
	tcase_add_test(tc, a_session_leaves_a_mode_whose_object_goes);
	tcase_add_test(tc, default_replay_is_the_counter);
	return tc;
}

/* --- redundancy ------------------------------------------------------ */

#define SERVER "crypto gdoi group GDOI-GROUP1\nserver local\n"
#define COOP   SERVER "redundancy\n"

/* Typed in configuration mode; what the screen shows. */
static char *configure(const char *lines)
{
	char *all = xasprintf("configure terminal\n%s\nend\n", lines);
	char *screen = ks_world_exec(&w, all);

	free(all);
	return screen;
}

static void expect_refused(const char *lines, const char *why)
{
	char *before = ks_world_section(&w), *screen = configure(lines);

	ck_assert_msg(strstr(screen, why), "%s", screen);
	expect_section(before);
	free(screen);
	free(before);
}

START_TEST(a_key_server_is_no_peer_of_its_own)
{
	static const char why[] =
		"% Peer 192.168.111.111 is not added: this is the local "
		"address of the key server\n";

	ks_world_article(&w);
	ks_world_configure(&w, COOP);
	expect_refused(COOP "peer address ipv4 192.168.111.111", why);
	ks_world_configure(&w, SERVER "address ipv4 Loopback0");
	expect_refused(COOP "peer address ipv4 192.168.111.111", why);
}
END_TEST

START_TEST(the_address_of_a_peer_is_not_taken)
{
	static const char why[] =
		"% 192.168.111.111 is the address of a peer (redundancy)\n";

	ks_world_article(&w);
	ks_world_configure(&w, SERVER "no address ipv4");
	ks_world_configure(&w, COOP "peer address ipv4 192.168.111.111");
	expect_refused(SERVER "address ipv4 192.168.111.111", why);
	expect_refused(SERVER "address ipv4 Loopback0", why);
	ks_world_configure(&w, COOP "no peer address ipv4 192.168.111.111");
	ks_world_configure(&w, SERVER "address ipv4 192.168.111.111");
}
END_TEST

START_TEST(a_group_has_eight_key_servers_at_most)
{
	unsigned int i;
	char *line;

	ks_world_article(&w);
	for (i = 1; i <= KS_MAX_PEERS; i++) {
		line = xasprintf(COOP "peer address ipv4 10.0.0.%u", i);
		ks_world_configure(&w, line);
		free(line);
	}
	expect_refused(COOP "peer address ipv4 10.0.0.8",
		       "% Peer 10.0.0.8 is not added: ");
	/* One that is there already is not one more. */
	ks_world_configure(&w, COOP "peer address ipv4 10.0.0.7");
	ks_world_configure(&w, COOP "no peer address ipv4 10.0.0.3");
	ks_world_configure(&w, COOP "peer address ipv4 10.0.0.8");
}
END_TEST

#define ADDED	"%GDOI-5-COOP_KS_ADD: "
#define REMOVED "%GDOI-5-COOP_KS_REMOVE: "
#define PEER	"192.168.222.222 "

START_TEST(the_log_has_each_peer_that_comes_and_goes)
{
	ks_world_article(&w);
	ks_world_configure(&w, COOP "peer address ipv4 192.168.222.222");
	ks_world_configure(&w, COOP "peer address ipv4 192.168.222.222\n"
				    "local priority 100");
	ck_assert_uint_eq(sim_logged(w.node, ADDED PEER
				     "added as COOP Key Server in group "
				     "GDOI-GROUP1."),
			  1);
	ks_world_configure(&w, COOP "no peer address ipv4 192.168.222.223");
	ck_assert_uint_eq(sim_logged(w.node, REMOVED), 0);
	ks_world_configure(&w, COOP "no peer address ipv4 192.168.222.222");
	ck_assert_uint_eq(sim_logged(w.node, REMOVED PEER
				     "removed as COOP Key Server in group "
				     "GDOI-GROUP1."),
			  1);
	ck_assert_uint_eq(sim_logged(w.node, ADDED), 1);
}
END_TEST

/* Each of them ends the cooperation, and what follows begins it again. */
static const char *const ends[][2] = {
	{ SERVER "no redundancy", COOP "peer address ipv4 192.168.222.222" },
	{ SERVER "no address ipv4", SERVER "address ipv4 192.168.111.111" },
	{ "crypto gdoi group GDOI-GROUP1\nno identity number 1234",
	  "crypto gdoi group GDOI-GROUP1\nidentity number 1234" },
};

START_TEST(redundancy_runs_while_there_is_all_that_it_needs)
{
	struct ks_group *g;

	ks_world_article(&w);
	g = ks_world_group(&w, "GDOI-GROUP1");
	ck_assert_ptr_null(g->cooperation);
	ks_world_configure(&w, COOP "peer address ipv4 192.168.222.222");
	ck_assert_ptr_nonnull(g->cooperation);
	ks_world_configure(&w, ends[_i][0]);
	ck_assert_ptr_null(g->cooperation);
	ks_world_configure(&w, ends[_i][1]);
	ck_assert_ptr_nonnull(g->cooperation);
}
END_TEST

static TCase *case_redundancy(void)
{
	TCase *tc = tcase_create("redundancy");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_key_server_is_no_peer_of_its_own);
	tcase_add_test(tc, the_address_of_a_peer_is_not_taken);
	tcase_add_test(tc, a_group_has_eight_key_servers_at_most);
	tcase_add_test(tc, the_log_has_each_peer_that_comes_and_goes);
	tcase_add_loop_test(tc,
			    redundancy_runs_while_there_is_all_that_it_needs, 0,
			    ARRAY_SIZE(ends));
	return tc;
}

/* --- POLICY_CHANGE --------------------------------------------------- */

#define CHANGE                                                                \
	"%GDOI-5-POLICY_CHANGE: GDOI group GDOI-GROUP1 policy has changed. "  \
	"Use 'crypto gdoi ks rekey' to send a rekey, or the changes will be " \
	"send in the next scheduled rekey"

static const char *const changes[] = {
	"ip access-list extended getvpn-acl\n"
	"1 deny tcp any eq telnet any\n"
	"2 deny tcp any any eq telnet",
	"crypto ipsec transform-set aes256 esp-aes 256 esp-sha256-hmac\n"
	"crypto ipsec profile profile1\n"
	"set transform-set aes256",
	"crypto ipsec profile profile1\n"
	"set security-association lifetime seconds 7200",
	"crypto gdoi group GDOI-GROUP1\nserver local\nsa receive-only",
	"crypto gdoi group GDOI-GROUP1\nserver local\nsa ipsec 1\n"
	"replay time window-size 6",
	"crypto gdoi group GDOI-GROUP1\nserver local\nno deny download",
	"crypto gdoi group GDOI-GROUP1\nserver local\nsa ipsec 2",
	"crypto gdoi group GDOI-GROUP1\nserver local\nrekey algorithm aes 256",
	"crypto gdoi group GDOI-GROUP1\nserver local\n"
	"rekey sig-hash algorithm sha256",
	"crypto gdoi group GDOI-GROUP1\nserver local\n"
	"rekey lifetime seconds 3600",
	"crypto gdoi group GDOI-GROUP1\nserver local\n"
	"rekey acknowledgement any",
	"crypto gdoi group GDOI-GROUP1\nserver local\n"
	"no rekey transport unicast",
	"crypto gdoi group GDOI-GROUP1\nserver local\n"
	"rekey authentication mypubkey rsa OTHER",
	"crypto gdoi group GDOI-GROUP1\nserver local\nsa ipsec 1\n"
	"no replay",
	"crypto gdoi group GDOI-GROUP1\nserver local\nsa ipsec 1\n"
	"replay counter window-size 128",
};

START_TEST(a_change_of_policy_is_logged_once_at_the_end)
{
	struct cli_test *t = cli_test_new(w.cli);

	ks_world_article(&w);
	ks_world_join(&w, "192.168.11.3", 1234);
	cli_test_type(t, "configure terminal\n");
	cli_test_type(t, changes[_i]);
	cli_test_type(t, "\n");
	ck_assert(!cli_test_failed(t));
	ck_assert_uint_eq(sim_logged(w.node, "POLICY_CHANGE"), 0);
	cli_test_type(t, "end\n");
	ck_assert_uint_eq(sim_logged(w.node, CHANGE), 1);
	cli_test_type(t, "configure terminal\nend\n");
	ck_assert_uint_eq(sim_logged(w.node, "POLICY_CHANGE"), 1);
	cli_test_free(t);
}
END_TEST

START_TEST(an_edit_that_is_taken_back_is_no_change)
{
	ks_world_article(&w);
	ks_world_join(&w, "192.168.11.3", 1234);
	ks_world_configure(&w, "ip access-list extended getvpn-acl\n"
			       "1 deny tcp any eq telnet any\n"
			       "no 1");
	ck_assert_uint_eq(sim_logged(w.node, "POLICY_CHANGE"), 0);
}
END_TEST

START_TEST(nothing_is_logged_before_members_were_given_a_policy)
{
	ks_world_article(&w);
	ks_world_configure(&w, changes[0]);
	ck_assert_uint_eq(sim_logged(w.node, "POLICY_CHANGE"), 0);
}
END_TEST

START_TEST(what_members_do_not_get_is_no_policy)
{
	ks_world_article(&w);
	ks_world_join(&w, "192.168.11.3", 1234);
	ks_world_configure(&w, "access-list 10 permit 10.0.0.1\n"
			       "crypto gdoi group GDOI-GROUP1\n"
			       "server local\n"
			       "authorization address ipv4 10\n"
			       "rekey retransmit 20 number 3\n"
			       "redundancy\n"
			       "local priority 100");
	ck_assert_uint_eq(sim_logged(w.node, "POLICY_CHANGE"), 0);
}
END_TEST

START_TEST(the_direction_of_the_sas_is_told_when_it_changes)
{
#define LOCAL "crypto gdoi group GDOI-GROUP1\nserver local\n"
	ks_world_article(&w);
	ks_world_configure(&w, LOCAL "no sa receive-only");
	ck_assert_uint_eq(sim_logged(w.node, "KS_CONV_SAS"), 0);
	ks_world_configure(&w, LOCAL "sa receive-only\nsa receive-only");
	ck_assert_uint_eq(sim_logged(w.node, "%GDOI-5-KS_CONV_SAS_INGRESS: "
					     "IPSec SAs converted to Ingress "
					     "in group GDOI-GROUP1."),
			  1);
	ks_world_configure(&w, LOCAL "no sa receive-only");
	ck_assert_uint_eq(sim_logged(w.node, "%GDOI-5-KS_CONV_SAS_DUPLEX: "
					     "IPSec SAs converted to Duplex in "
					     "group GDOI-GROUP1."),
			  1);
#undef LOCAL
}
END_TEST

START_TEST(a_profile_without_transform_set_is_told_of)
{
	ks_world_article(&w);
	ck_assert_uint_eq(sim_logged(w.node, "DEFAULT_TRANSFORM"), 0);
	ks_world_configure(&w, "crypto ipsec profile profile1\n"
			       "no set transform-set");
	ks_world_configure(&w, "crypto ipsec profile profile1\n"
			       "description x");
	ck_assert_uint_eq(sim_logged(w.node,
				     "%GDOI-5-KS_USING_DEFAULT_TRANSFORM: "
				     "GETVPN is using default transforms for "
				     "profile profile1"),
			  1);
}
END_TEST

START_TEST(a_hash_that_the_rsa_key_is_too_short_for_is_refused)
{
	char *section;

	ks_world_article(&w);
	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\nserver local\n"
			       "rekey authentication mypubkey rsa SHORT");
	ks_world_make_short_key(&w, "SHORT");
	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\nserver local\n"
			       "rekey sig-hash algorithm sha256\n"
			       "rekey sig-hash algorithm sha512");
	ck_assert_uint_eq(
		sim_logged(w.node,
			   "%GDOI-3-KS_REKEY_AUTH_KEY_LENGTH_INSUFFICIENT: "
			   "Rejected rekey sig-hash algorithm change: sha512 "
			   "requires an authentication key of at least 752 "
			   "bits, key \"SHORT\" has only 512 bits"),
		1);
	section = ks_world_section(&w);
	ck_assert_ptr_nonnull(strstr(section, "sig-hash algorithm sha256\n"));
	free(section);
}
END_TEST

static TCase *case_change(void)
{
	TCase *tc = tcase_create("policy change");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, a_change_of_policy_is_logged_once_at_the_end, 0,
			    ARRAY_SIZE(changes));
	tcase_add_test(tc, an_edit_that_is_taken_back_is_no_change);
	tcase_add_test(tc,
		       nothing_is_logged_before_members_were_given_a_policy);
	tcase_add_test(tc, the_direction_of_the_sas_is_told_when_it_changes);
	tcase_add_test(tc, a_profile_without_transform_set_is_told_of);
	tcase_add_test(tc, what_members_do_not_get_is_no_policy);
	tcase_add_test(tc, a_hash_that_the_rsa_key_is_too_short_for_is_refused);
	return tc;
}

RUN_CASES("ks_cli", case_config, case_redundancy, case_change)
