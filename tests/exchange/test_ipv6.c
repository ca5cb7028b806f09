/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups for IPv6, from the key server's list to the member's dataplane. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli_test.h"
#include "ks/ks_group.h"
#include "tests/check_main.h"
#include "tests/exchange/box.h"

/* clang-format off */
/* A group with the name of the article's, which is another group. */
#define KS6 \
	"ipv6 access-list SIX\n" \
	" deny udp any any eq 20001\n" \
	" permit ipv6 2001:db8:1::/48 2001:db8:2::/48\n" \
	" permit ipv6 2001:db8:2::/48 2001:db8:1::/48\n" \
	"crypto gdoi group ipv6 GDOI-GROUP1\n" \
	" identity number 6666\n" \
	" server local\n" \
	"  rekey authentication mypubkey rsa MYRSAKEY\n" \
	"  rekey transport unicast\n" \
	"  sa ipsec 1\n" \
	"   profile profile1\n" \
	"   match address ipv6 SIX\n" \
	"   replay time window-size 5\n" \
	"  address ipv4 192.168.111.111\n"
#define GROUP6 \
	"crypto gdoi group ipv6 GDOI-GROUP1\n" \
	" identity number 6666\n" \
	" server address ipv4 192.168.111.111\n" \
	"crypto map ipv6 MAP6 10 gdoi\n" \
	" set group GDOI-GROUP1\n"
#define ON_IF6 \
	"int e0/0\n" \
	" ipv6 crypto map MAP6\n"
#define ISAKMP \
	"crypto isakmp policy 1\n" \
	" encr aes\n" \
	" authentication pre-share\n" \
	" group 2\n" \
	"crypto isakmp key MYGDOIPSK address 192.168.111.111\n"
/* clang-format on */

static struct sim *sim;
static struct box *ks, *ce;

static void set_up(void)
{
	sim = sim_new(7);
	ks = box_new(sim, "KS1", "192.168.111.111");
	ce = box_new(sim, "CE1", "192.168.11.3");
	box_make_key(ks);
	box_type(ks, ARTICLE_KS);
	box_type(ks, KS6);
}

static void tear_down(void)
{
	box_free(ce);
	box_free(ks);
	sim_free(sim);
}

static unsigned int logged(const char *text)
{
	return sim_logged(ce->node, text);
}

static size_t count_rules(enum ip_family family, enum ipsec_action action)
{
	const struct ipsec_policy *p = ce->policy;
	size_t i, n = 0;

	for (i = 0; i < p->n_rules; i++)
		n += ace_family(&p->rules[i].ace) == family &&
		     p->rules[i].action == action;
	return n;
}

static void register_ipv6(void)
{
	box_type(ce, ISAKMP GROUP6 ON_IF6);
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(logged("%GDOI-5-GM_REGS_COMPL"), 1);
}

static void register_both(void)
{
	box_type(ce, ARTICLE_GM);
	box_type(ce, GROUP6 ON_IF6);
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(logged("%GDOI-5-GM_REGS_COMPL"), 2);
}

static void expect_screen(const char *command, const char *expected)
{
	char *screen = box_show(ce, command);

	ck_assert_msg(strstr(screen, expected) != NULL, "%s", screen);
	free(screen);
}

/* --- registration --------------------------------------------------------- */

START_TEST(the_dataplane_gets_rules_of_ipv6_alone)
{
	const struct ipsec_policy *p;
	char text[ACE_TEXT];

	register_ipv6();
	p = ce->policy;
	ck_assert_uint_eq(p->n_rules, 3);
	ck_assert_uint_eq(count_rules(IP_V6, IPSEC_CLEAR), 1);
	ck_assert_uint_eq(count_rules(IP_V6, IPSEC_PROTECT), 2);
	ck_assert_str_eq(ace_text(&p->rules[1].ace, false, ACE_GDOI, text),
			 "permit ipv6 2001:DB8:1::/48 2001:DB8:2::/48");
	ck_assert_uint_eq(p->n_sas, 1);
	ck_assert_int_eq(p->sas[0].replay, IPSEC_REPLAY_TIME);
	ck_assert(ip_equal(&p->bypass, &ce->addr));
}
END_TEST

START_TEST(an_interface_has_a_group_of_each_family)
{
	const struct ipsec_policy *p;

	register_both();
	p = ce->policy;
	ck_assert_uint_eq(count_rules(IP_V4, IPSEC_PROTECT), 1);
	ck_assert_uint_eq(count_rules(IP_V4, IPSEC_CLEAR), 4);
	ck_assert_uint_eq(count_rules(IP_V6, IPSEC_PROTECT), 2);
	ck_assert_uint_eq(count_rules(IP_V6, IPSEC_CLEAR), 1);
	ck_assert_uint_eq(p->n_groups, 2);
	ck_assert_str_ne(p->groups[0].name, p->groups[1].name);
	ck_assert_uint_eq(p->n_sas, 2);
	ck_assert_uint_eq(p->n_flows, 2);
	ck_assert_uint_ne(p->rules[4].flow, p->rules[6].flow);
	ck_assert_uint_ne(p->rules[4].group, p->rules[6].group);
}
END_TEST

START_TEST(one_map_goes_and_the_other_stays)
{
	register_both();
	box_type(ce, "int e0/0\n no crypto map\n");
	ck_assert(ce->attached);
	ck_assert_uint_eq(ce->policy->n_rules, 3);
	ck_assert_uint_eq(count_rules(IP_V6, IPSEC_PROTECT), 2);
	box_type(ce, "int e0/0\n no ipv6 crypto map\n");
	ck_assert(!ce->attached);
	box_type(ce, ON_IF6 " crypto map gdoimap\n");
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(count_rules(IP_V4, IPSEC_PROTECT), 1);
	ck_assert_uint_eq(count_rules(IP_V6, IPSEC_PROTECT), 2);
	box_type(ce, "int e0/0\n no ipv6 crypto map MAP6\n");
	ck_assert(ce->attached);
	ck_assert_uint_eq(count_rules(IP_V6, IPSEC_PROTECT), 0);
	ck_assert_uint_eq(count_rules(IP_V4, IPSEC_PROTECT), 1);
}
END_TEST

START_TEST(a_member_refuses_a_policy_of_the_other_family)
{
	box_type(ce,
		 ISAKMP "crypto gdoi group FOUR\n"
			" identity number 6666\n"
			" server address ipv4 192.168.111.111\n"
			"crypto map FOUR 1 gdoi\n set group FOUR\n"
			"crypto gdoi group ipv6 SIX\n"
			" identity number 1234\n"
			" server address ipv4 192.168.111.111\n"
			"crypto map ipv6 SIX 1 gdoi\n set group SIX\n"
			"int e0/0\n crypto map FOUR\n ipv6 crypto map SIX\n");
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(logged("%GDOI-5-GM_REGS_COMPL"), 0);
	ck_assert_uint_ge(logged("type mismatch: the group is not an IPv4"), 1);
	ck_assert_uint_ge(logged("type mismatch: the group is not an IPv6"), 1);
	ck_assert_uint_eq(ce->policy->n_rules, 0);
}
END_TEST

/* --- rekeys ----------------------------------------------------------------- */

START_TEST(a_rekey_brings_the_edited_list)
{
	uint32_t spi;

	register_both();
	spi = ce->policy->sas[1].spi;
	box_type(ks, "ipv6 access-list SIX\n"
		     " sequence 5 deny tcp any any eq telnet\n"
		     " permit tcp host 2001:db8::9 eq 22 any\n");
	free(box_show(ks, "crypto gdoi ks rekey"));
	sim_run(sim, SEC(1));
	ck_assert_uint_eq(count_rules(IP_V6, IPSEC_CLEAR), 2);
	ck_assert_uint_eq(count_rules(IP_V6, IPSEC_PROTECT), 3);
	ck_assert_uint_eq(count_rules(IP_V4, IPSEC_PROTECT), 1);
	ck_assert_uint_eq(logged("%GDOI-5-GM_RECV_REKEY"), 2);
	ck_assert_uint_eq(logged("%GDOI-5-GM_REGS_COMPL"), 2);
	/* Roll-over: the old key is still there to decrypt with. */
	ck_assert_uint_eq(ce->policy->n_sas, 4);
	ck_assert_uint_eq(ce->policy->sas[3].spi, spi);
	expect_screen("show crypto gdoi gm acl download",
		      "   access-list   deny tcp any any eq telnet\n");
}
END_TEST

START_TEST(keys_roll_over_by_themselves_for_three_lives)
{
	register_ipv6();
	sim_run(sim, SEC(3 * 3600));
	ck_assert_uint_ge(logged("%GDOI-5-GM_RECV_REKEY"), 3);
	ck_assert_uint_eq(logged("%GDOI-5-GM_REGS_COMPL"), 1);
	ck_assert_uint_ge(ce->policy->n_sas, 1);
}
END_TEST

/* --- what the map says ------------------------------------------------------- */

START_TEST(a_local_list_exempts_before_the_downloaded_one)
{
	char text[ACE_TEXT];

	box_type(ce, "ipv6 access-list LOCAL\n"
		     " deny ipv6 2001:db8:1:1::/64 any\n"
		     "crypto map ipv6 MAP6 10 gdoi\n"
		     " match address ipv6 LOCAL\n");
	register_ipv6();
	ck_assert_uint_eq(ce->policy->n_rules, 4);
	ck_assert_int_eq(ce->policy->rules[0].action, IPSEC_CLEAR);
	ck_assert_str_eq(ace_text(&ce->policy->rules[0].ace, false, ACE_GDOI,
				  text),
			 "deny ipv6 2001:DB8:1:1::/64 any");
	expect_screen("show crypto gdoi gm acl local",
		      " ACL Configured Locally:\n"
		      "  Map Name: MAP6\n"
		      "   access-list LOCAL  deny ipv6 2001:DB8:1:1::/64 "
		      "any\n");
	box_type(ce, "ipv6 access-list LOCAL\n permit tcp any any\n");
	ck_assert_uint_eq(ce->policy->n_rules, 4);
	ck_assert_uint_eq(logged("LOCAL"), 1);
}
END_TEST

START_TEST(fail_close_is_of_one_family)
{
	box_type(ce, "ipv6 access-list OPEN\n deny tcp any any eq 22\n"
		     "crypto map ipv6 MAP6 gdoi fail-close\n"
		     " match address ipv6 OPEN\n activate\n");
	box_link(ce, false);
	box_type(ce, ISAKMP GROUP6 ON_IF6);
	ck_assert_uint_eq(count_rules(IP_V6, IPSEC_DROP), 1);
	ck_assert_uint_eq(count_rules(IP_V6, IPSEC_CLEAR), 1);
	ck_assert_uint_eq(count_rules(IP_V4, IPSEC_DROP), 0);
	box_link(ce, true);
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(count_rules(IP_V6, IPSEC_DROP), 0);
	ck_assert_uint_eq(count_rules(IP_V6, IPSEC_PROTECT), 2);
}
END_TEST

/* Both groups have one name. */
START_TEST(trouble_of_one_family_is_not_the_other_s)
{
	const struct dataplane_watch *watch = &ce->watch;
	const char *line = "GM_RECOVERY_REGISTRATION";

	register_both();
	box_type(ce, "crypto gdoi group ipv6 GDOI-GROUP1\n"
		     " client recovery-check interval 100\n");
	watch->trouble(watch->arg, "Ethernet0/0", ce->policy->groups[0].name,
		       0x12345678);
	ck_assert_uint_eq(logged(line), 0);
	watch->trouble(watch->arg, "Ethernet0/0", ce->policy->groups[1].name,
		       0x12345678);
	ck_assert_uint_eq(logged(line), 1);
	sim_run(sim, SEC(30));
	ck_assert_uint_eq(logged("%GDOI-5-GM_REGS_COMPL"), 3);
}
END_TEST

static const struct {
	const char *lines, *said;
} refusals[] = {
	{ "crypto gdoi group ipv6 SIX\nidentity number 1\n"
	  "crypto map M 1 gdoi\nset group SIX\n",
	  "Group SIX is an IPv6 group and Crypto map is for IPv4.\n"
	  "Please set an IPv4 group.\n" },
	{ "crypto gdoi group FOUR\nidentity number 1\n"
	  "crypto map ipv6 M 1 gdoi\nset group FOUR\n",
	  "Group FOUR is an IPv4 group and Crypto map is for IPv6.\n"
	  "Please set an IPv6 group.\n" },
	{ "crypto map M 1 gdoi\nmatch address ipv6 X\n",
	  "% Crypto map M is for IPv4\n" },
	{ "crypto map M 1 gdoi\nint e0/0\nipv6 crypto map M\n",
	  "ERROR: Crypto Map with tag \"M\" does not exist.\n" },
	{ "crypto map ipv6 M 1 gdoi\nint e0/0\ncrypto map M\n",
	  "ERROR: Crypto Map with tag \"M\" does not exist.\n" },
};

START_TEST(families_are_not_mixed)
{
	char *all =
		xasprintf("configure terminal\n%send\n", refusals[_i].lines);
	char *screen = cli_test_run(ce->cli, all);

	ck_assert_msg(strstr(screen, refusals[_i].said) != NULL, "%s", screen);
	free(screen);
	free(all);
}
END_TEST

START_TEST(maps_of_both_families_are_written_and_read_again)
{
	struct box *other = box_new(sim, "CE2", "192.168.12.2");
	char *first, *second;

	box_type(ce, ARTICLE_GM);
	box_type(ce, GROUP6 " match address ipv6 L\n description six\n"
			    "crypto map ipv6 gdoimap 1 gdoi\n"
			    "crypto map ipv6 MAP6 gdoi fail-close\n"
			    " match address ipv6 OPEN\n" ON_IF6);
	first = cli_config_text(ce->cli);
	ck_assert_ptr_nonnull(strstr(first, "crypto map ipv6 MAP6 10 gdoi"));
	cli_load(other->cli, first, NULL, NULL);
	second = cli_config_text(other->cli);
	/* The head tells when it was configured. */
	ck_assert_str_eq(strstr(first, "version"), strstr(second, "version"));
	free(first);
	free(second);
	box_free(other);
}
END_TEST

/* --- shows -------------------------------------------------------------------- */

START_TEST(shows_have_their_ipv6_form)
{
	register_ipv6();
	expect_screen("show crypto gdoi gm acl",
		      "Group Name: GDOI-GROUP1\n"
		      " ACL Downloaded From KS 192.168.111.111:\n"
		      "   access-list   deny udp any any eq 20001\n"
		      "   access-list   permit ipv6 2001:DB8:1::/48 "
		      "2001:DB8:2::/48\n");
	expect_screen("show crypto ipsec sa",
		      "   local  ident (addr/mask/prot/port): "
		      "(2001:DB8:1::/48/0/0)\n"
		      "   remote ident (addr/mask/prot/port): "
		      "(2001:DB8:2::/48/0/0)\n");
	expect_screen("show crypto map", "Crypto Map IPv6 \"MAP6\" 10 gdoi\n");
	expect_screen("show crypto gdoi ipsec sa",
		      "    protocol = ipv6\n"
		      "      local ident  = 2001:DB8:1::/48, port = 0\n"
		      "      remote ident = 2001:DB8:2::/48, port = 0\n");
	expect_screen("show crypto gdoi", "Crypto Path              : ipv6\n");
}
END_TEST

static TCase *case_registration(void)
{
	TCase *tc = tcase_create("registration");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_dataplane_gets_rules_of_ipv6_alone);
	tcase_add_test(tc, an_interface_has_a_group_of_each_family);
	tcase_add_test(tc, one_map_goes_and_the_other_stays);
	tcase_add_test(tc, a_member_refuses_a_policy_of_the_other_family);
	tcase_add_test(tc, a_rekey_brings_the_edited_list);
	tcase_add_test(tc, keys_roll_over_by_themselves_for_three_lives);
	return tc;
}

static TCase *case_map(void)
{
	TCase *tc = tcase_create("map");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_local_list_exempts_before_the_downloaded_one);
	tcase_add_test(tc, fail_close_is_of_one_family);
	tcase_add_test(tc, trouble_of_one_family_is_not_the_other_s);
	tcase_add_loop_test(tc, families_are_not_mixed, 0,
			    ARRAY_SIZE(refusals));
	tcase_add_test(tc, maps_of_both_families_are_written_and_read_again);
	tcase_add_test(tc, shows_have_their_ipv6_form);
	return tc;
}

RUN_CASES("exchange_ipv6", case_registration, case_map)
