/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto gdoi group ipv6: what its key server gives and shows. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/ks_policy.h"
#include "tests/check_main.h"
#include "tests/ks/ks_world.h"

static struct ks_world w;

static void set_up(void)
{
	ks_world_open(&w, NULL);
	ks_world_article(&w);
	ks_world_configure(&w, "ipv6 access-list SIX\n"
			       "deny udp any any eq 20001\n"
			       "permit ipv6 1900::/16 1150::/16\n"
			       "permit ipv6 1150::/16 1900::/16\n"
			       "crypto gdoi group ipv6 GROUP6\n"
			       "identity number 6666\n"
			       "server local\n"
			       "rekey authentication mypubkey rsa MYRSAKEY\n"
			       "rekey transport unicast\n"
			       "address ipv4 192.168.111.111\n"
			       "sa ipsec 1\n"
			       "profile profile1\n"
			       "match address ipv6 SIX\n");
}

static void tear_down(void)
{
	ks_world_close(&w);
}

static struct gdoi_policy *registered(void)
{
	struct gdoi_peer peer = ks_world_peer("192.168.11.3", true);
	struct gdoi_policy *policy = ks_world_register(&w, &peer, 6666);

	ck_assert_ptr_nonnull(policy);
	return policy;
}

static void expect_screen(const char *command, const char *expected)
{
	char *line = xasprintf("%s\n", command);
	char *screen = ks_world_exec(&w, line);

	ck_assert_msg(strstr(screen, expected) != NULL, "%s", screen);
	free(screen);
	free(line);
}

START_TEST(members_are_given_entries_of_ipv6)
{
	struct gdoi_policy *policy = registered();
	char text[ACE_TEXT];
	size_t i;

	ck_assert_uint_eq(policy->n_teks, 1);
	ck_assert_uint_eq(policy->n_rules, 3);
	for (i = 0; i < policy->n_rules; i++)
		ck_assert_int_eq(ace_family(&policy->rules[i].ace), IP_V6);
	ck_assert_str_eq(ace_text(&policy->rules[1].ace, false, ACE_GDOI, text),
			 "permit ipv6 1900::/16 1150::/16");
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(the_list_is_shown_in_its_own_spelling)
{
	expect_screen("show crypto gdoi ks acl",
		      "Group Name: GROUP6\n"
		      " Configured ACL:\n"
		      "   access-list SIX  deny udp any any eq 20001\n"
		      "   access-list SIX  permit ipv6 1900::/16 1150::/16\n"
		      "   access-list SIX  permit ipv6 1150::/16 1900::/16\n");
}
END_TEST

START_TEST(a_group_and_its_list_are_of_one_family)
{
	char *screen = ks_world_exec(
		&w, "configure terminal\ncrypto gdoi group ipv6 GROUP6\n"
		    "server local\nsa ipsec 1\n"
		    "match address ipv4 getvpn-acl\nend\n");

	ck_assert_msg(strstr(screen, "% GDOI-group type mismatch: group "
				     "GROUP6 is an IPv6 group") != NULL,
		      "%s", screen);
	free(screen);
	gdoi_policy_free(registered());
}
END_TEST

/* An IPv4 list of that name is no list of the group. */
START_TEST(a_list_of_the_other_family_is_none)
{
	ks_world_configure(&w, "no ipv6 access-list SIX\n"
			       "ip access-list extended SIX\n"
			       "permit ip any any\n");
	ck_assert_str_eq(ks_sa_objection(TAILQ_FIRST(
				 &ks_world_group(&w, "GROUP6")->sas)),
			 "no such access list");
}
END_TEST

static const struct {
	const char *line, *why;
} defects[] = {
	{ "permit tcp any range 5 9 any",
	  "the access list contains a port range" },
	{ "permit icmp any any echo-request",
	  "the access list contains an entry that is not supported" },
	{ "permit ipv6 any any flow-label 9",
	  "the access list contains an entry that is not supported" },
	{ "permit ipv6 any any routing",
	  "the access list contains an entry that is not supported" },
};

START_TEST(what_no_sat_can_say_is_not_given)
{
	const struct ks_sa *sa;
	char *lines = xasprintf("ipv6 access-list SIX\n%s\n", defects[_i].line);
	size_t n;
	struct ace *aces;

	gdoi_policy_free(registered());
	ks_world_configure(&w, lines);
	free(lines);
	sa = TAILQ_FIRST(&ks_world_group(&w, "GROUP6")->sas);
	ck_assert_str_eq(ks_sa_objection(sa), defects[_i].why);
	/* Members keep what they have. */
	aces = ks_sa_aces(sa, &n);
	ck_assert_uint_eq(n, 3);
	free(aces);
}
END_TEST

START_TEST(an_edit_of_the_list_is_a_change_of_policy)
{
	struct gdoi_policy *policy;

	gdoi_policy_free(registered());
	ks_world_configure(&w, "ipv6 access-list SIX\n"
			       "permit ipv6 host 2001:db8::1 any\n");
	expect_screen("crypto gdoi ks rekey", "");
	policy = registered();
	ck_assert_uint_eq(policy->n_rules, 4);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(shows_say_which_family_a_group_is_of)
{
	gdoi_policy_free(registered());
	expect_screen("show crypto gdoi group GROUP6",
		      "Crypto Path              : ipv6");
	expect_screen("show crypto gdoi group GDOI-GROUP1",
		      "Crypto Path              : ipv4");
	expect_screen("show crypto gdoi group GROUP6",
		      "Key Management Path      : ipv4");
}
END_TEST

START_TEST(a_group_goes_and_its_namesake_stays)
{
	ks_world_configure(&w, "crypto gdoi group ipv6 GDOI-GROUP1\n"
			       "identity number 77\nserver local\n");
	free(ks_world_exec(&w, "configure terminal\n"
			       "no crypto gdoi group ipv6 GDOI-GROUP1\n"
			       "yes\nend\n"));
	ck_assert_ptr_null(
		gdoi_group_find_family(w.groups, "GDOI-GROUP1", true));
	ck_assert_ptr_nonnull(
		gdoi_group_find_family(w.groups, "GDOI-GROUP1", false));
}
END_TEST

static TCase *case_ipv6(void)
{
	TCase *tc = tcase_create("ipv6");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, members_are_given_entries_of_ipv6);
	tcase_add_test(tc, the_list_is_shown_in_its_own_spelling);
	tcase_add_test(tc, a_group_and_its_list_are_of_one_family);
	tcase_add_test(tc, a_list_of_the_other_family_is_none);
	tcase_add_loop_test(tc, what_no_sat_can_say_is_not_given, 0,
			    ARRAY_SIZE(defects));
	tcase_add_test(tc, an_edit_of_the_list_is_a_change_of_policy);
	tcase_add_test(tc, shows_say_which_family_a_group_is_of);
	tcase_add_test(tc, a_group_goes_and_its_namesake_stays);
	return tc;
}

RUN_CASES("ks_ipv6", case_ipv6)
