/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/ks_register.h"
#include "tests/check_main.h"
#include "tests/ks/ks_world.h"

static struct ks_world w;
static struct gdoi_policy *policy;

static void set_up(void)
{
	ks_world_open(&w, NULL);
	ks_world_article(&w);
	policy = NULL;
}

static void tear_down(void)
{
	gdoi_policy_free(policy);
	ks_world_close(&w);
}

static void join_as(const char *address, bool extensions)
{
	struct gdoi_peer peer = ks_world_peer(address, extensions);

	gdoi_policy_free(policy);
	policy = ks_world_register(&w, &peer, 1234);
}

static void join(void)
{
	join_as("192.168.11.3", true);
	ck_assert_ptr_nonnull(policy);
}

static void local_line(const char *line)
{
	char *all = xasprintf("crypto gdoi group GDOI-GROUP1\n"
			      " server local\n"
			      "  %s",
			      line);

	ks_world_configure(&w, all);
	free(all);
}

static void sa_line(const char *line)
{
	char *all = xasprintf("sa ipsec 1\n%s", line);

	local_line(all);
	free(all);
}

static const char *rule_text(size_t i)
{
	static char text[ACE_TEXT];

	ck_assert_uint_lt(i, policy->n_rules);
	return ace_text(&policy->rules[i].ace, false, ACE_GDOI, text);
}

/* --- the access list ----------------------------------------------------------- */

START_TEST(the_policy_is_the_access_list_in_its_order)
{
	join();
	ck_assert_uint_eq(policy->n_rules, 5);
	ck_assert_str_eq(rule_text(0), "deny udp any port = 848 any");
	ck_assert_str_eq(rule_text(1), "deny udp any any port = 848");
	ck_assert_str_eq(rule_text(2), "deny tcp any port = 179 any");
	ck_assert_str_eq(rule_text(3), "deny tcp any any port = 179");
	ck_assert_str_eq(rule_text(4), "permit ip any any");
	ck_assert_uint_eq(policy->n_teks, 1);
	ck_assert_uint_eq(policy->rules[4].tek, 0);
	ck_assert_uint_eq(policy->teks[0].transform.key_bits, 128);
	ck_assert_uint_eq(policy->teks[0].key.len, 16);
	ck_assert_uint_eq(policy->teks[0].auth_key.len, 20);
}
END_TEST

START_TEST(who_registers_after_an_edit_gets_the_edited_list)
{
	join();
	ks_world_configure(&w, "ip access-list extended getvpn-acl\n"
			       " 1 deny tcp any eq telnet any");
	join();
	ck_assert_uint_eq(policy->n_rules, 6);
	ck_assert_str_eq(rule_text(0), "deny tcp any port = 23 any");
}
END_TEST

START_TEST(remarks_are_not_sent)
{
	ks_world_configure(&w, "ip access-list extended getvpn-acl\n"
			       " 1 remark first of all");
	join();
	ck_assert_uint_eq(policy->n_rules, 5);
}
END_TEST

START_TEST(without_deny_download_only_permits_are_sent)
{
	local_line("no deny download");
	join();
	ck_assert_uint_eq(policy->n_rules, 1);
	ck_assert_str_eq(rule_text(0), "permit ip any any");
}
END_TEST

START_TEST(a_port_range_is_no_policy_and_is_logged_once)
{
	ks_world_configure(&w, "ip access-list extended getvpn-acl\n"
			       " 1 permit tcp any any range 10 20");
	join();
	ck_assert(policy->has_kek);
	ck_assert_uint_eq(policy->n_teks, 0);
	ck_assert_uint_eq(policy->n_rules, 0);
	join();
	ck_assert_uint_eq(
		sim_logged(w.node, "%GDOI-1-GDOI_ACL_RANGE: The ACL getvpn-acl "
				   "contains port range which is NOT "
				   "supported. WARNING: No TEK policy will be "
				   "created."),
		1);
	ks_world_configure(&w, "ip access-list extended getvpn-acl\n"
			       " no 1");
	join();
	ck_assert_uint_eq(policy->n_teks, 1);
}
END_TEST

/* n entries like "permit ip host 10.0.0.1 any", the last octet from 1. */
static void long_list(const char *name, unsigned int n)
{
	char *lines = xasprintf("no ip access-list extended %s\n"
				"ip access-list extended %s",
				name, name),
	     *more;
	unsigned int i;

	for (i = 0; i < n; i++) {
		more = xasprintf("%s\n permit ip host 10.0.0.%u any", lines,
				 i + 1);
		free(lines);
		lines = more;
	}
	ks_world_configure(&w, lines);
	free(lines);
}

START_TEST(only_the_first_hundred_permits_count)
{
	long_list("getvpn-acl", 101);
	ks_world_configure(&w, "ip access-list extended getvpn-acl\n"
			       " 1 deny udp any any");
	join();
	ck_assert_uint_eq(policy->n_rules, 101);
	/* After each edit. */
	ck_assert_uint_eq(sim_logged(w.node, "%GDOI-1-GDOI_ACL_NUM: "), 2);
	ck_assert_str_eq(rule_text(100), "permit ip host 10.0.0.100 any");
}
END_TEST

START_TEST(the_hundred_permits_are_for_the_whole_group)
{
	long_list("getvpn-acl", 60);
	local_line("sa ipsec 2\n profile profile1\n match address ipv4 second");
	ks_world_configure(&w, "ip access-list extended second\n"
			       " permit tcp any any range 1 2");
	local_line("sa ipsec 3\n profile profile1\n match address ipv4 third");
	long_list("third", 50);
	ks_world_configure(&w, "ip access-list extended third\n"
			       " 1 permit tcp any any eq 5");
	join();
	/* 60 of the first; of the third one more and 39 that are known. */
	ck_assert_uint_eq(policy->n_rules, 61);
	/* After each edit. */
	ck_assert_uint_eq(sim_logged(w.node, "%GDOI-1-GDOI_ACL_NUM: "), 2);
}
END_TEST

START_TEST(an_entry_that_stands_twice_is_sent_once)
{
	sa_line("");
	local_line("sa ipsec 2\n profile profile1\n match address ipv4 second");
	ks_world_configure(&w, "ip access-list extended second\n"
			       " permit ip any any\n"
			       " permit udp any any");
	join();
	ck_assert_uint_eq(policy->n_rules, 6);
	ck_assert_uint_eq(policy->n_teks, 2);
	ck_assert_uint_eq(policy->rules[4].tek, 0);
	ck_assert_uint_eq(policy->rules[5].tek, 1);
}
END_TEST

START_TEST(two_sas_have_keys_of_their_own)
{
	local_line("sa ipsec 2\n profile profile2\n match address ipv4 second");
	ks_world_configure(&w, "crypto ipsec transform-set aes256 esp-aes 256 "
			       "esp-sha256-hmac\n"
			       "crypto ipsec profile profile2\n"
			       " set transform-set aes256\n"
			       " set security-association lifetime seconds "
			       "7200\n"
			       "ip access-list extended second\n"
			       " permit udp any any");
	join();
	ck_assert_uint_eq(policy->n_teks, 2);
	ck_assert_uint_eq(policy->teks[0].lifetime, 3600);
	ck_assert_uint_eq(policy->teks[1].lifetime, 7200);
	ck_assert_uint_eq(policy->teks[1].key.len, 32);
	ck_assert_uint_eq(policy->teks[1].auth_key.len, 32);
	ck_assert_uint_eq(policy->rules[5].tek, 1);
}
END_TEST

START_TEST(a_counter_mode_has_a_key_for_each_permit)
{
	ks_world_configure(&w, "crypto ipsec transform-set gcm esp-gcm 256\n"
			       "crypto ipsec profile profile1\n"
			       " set transform-set gcm\n"
			       "ip access-list extended getvpn-acl\n"
			       " no 50\n"
			       " 50 permit udp any any\n"
			       " 60 permit tcp any any");
	join();
	ck_assert_uint_eq(policy->n_rules, 6);
	ck_assert_uint_eq(policy->n_teks, 2);
	ck_assert_uint_eq(policy->rules[4].tek, 0);
	ck_assert_uint_eq(policy->rules[5].tek, 1);
	ck_assert_uint_ne(policy->teks[0].spi, policy->teks[1].spi);
	ck_assert_uint_eq(policy->teks[0].key.len, 36);
	ck_assert_uint_eq(policy->teks[0].auth_key.len, 0);
}
END_TEST

START_TEST(a_new_permit_of_a_counter_mode_gets_a_key_beside_the_others)
{
	uint32_t spi;

	ks_world_configure(&w, "crypto ipsec transform-set gcm esp-gcm 256\n"
			       "crypto ipsec profile profile1\n"
			       " set transform-set gcm");
	join();
	spi = policy->teks[0].spi;
	ks_world_configure(&w, "ip access-list extended getvpn-acl\n"
			       " 1 permit udp any any");
	join();
	ck_assert_uint_eq(policy->n_teks, 2);
	ck_assert_uint_ne(policy->teks[policy->rules[0].tek].spi, spi);
	ck_assert_uint_eq(policy->teks[policy->rules[5].tek].spi, spi);
}
END_TEST

/* --- what else is in it ---------------------------------------------------------- */

START_TEST(the_kek_is_as_configured)
{
	join();
	ck_assert(policy->has_kek);
	ck_assert_uint_eq(policy->kek.cipher, GDOI_KEK_AES);
	ck_assert_uint_eq(policy->kek.key_bits, 128);
	ck_assert_uint_eq(policy->kek.lifetime, 86400);
	ck_assert_uint_eq(policy->kek.sig_hash, GDOI_SIG_SHA1);
	/* SubjectPublicKeyInfo of 1024 bits: the article's 1296 bits. */
	ck_assert_uint_eq(policy->kek.pubkey.len, 162);
	ck_assert_uint_eq(policy->kek.ack, 1);
	ck_assert_uint_eq(policy->kek.dst.port, 848);
	ck_assert_uint_eq(ip_v4_host(&policy->kek.dst.addr), 0xc0a80b03);
	ck_assert_uint_eq(ip_v4_host(&policy->kek.src.addr), 0xc0a86f6f);
}
END_TEST

START_TEST(without_rekey_authentication_there_is_no_kek)
{
	local_line("no rekey authentication");
	join();
	ck_assert(!policy->has_kek);
	ck_assert_uint_eq(policy->n_teks, 1);
}
END_TEST

START_TEST(without_its_rsa_key_the_group_lets_nobody_in)
{
	local_line("rekey authentication mypubkey rsa OTHER");
	ck_assert_uint_eq(
		sim_logged(w.node, "%GDOI-1-KS_NO_RSA_KEYS: RSA Key - OTHER : "
				   "Not found, Required for group "
				   "GDOI-GROUP1"),
		1);
	join_as("192.168.11.3", true);
	ck_assert_ptr_null(policy);
	ck_assert_uint_eq(ks_world_group(&w, "GDOI-GROUP1")->members.count, 0);
	ck_assert_uint_eq(sim_logged(w.node, "KS_NO_RSA_KEYS"), 1);
	ks_world_make_key(&w, "OTHER");
	join();
	ck_assert(policy->has_kek);
}
END_TEST

START_TEST(multicast_rekeys_go_where_the_access_list_says)
{
	local_line("no rekey transport unicast");
	join();
	ck_assert(!policy->has_kek);

	local_line("rekey address ipv4 rekey-acl");
	ks_world_configure(&w, "ip access-list extended rekey-acl\n"
			       " permit udp host 192.168.111.111 eq 848 host "
			       "239.0.1.2 eq 848");
	join();
	ck_assert(policy->has_kek);
	ck_assert_uint_eq(ip_v4_host(&policy->kek.dst.addr), 0xef000102);
	ck_assert_uint_eq(policy->kek.dst.port, 848);
	ck_assert_uint_eq(policy->kek.ack, 0);
}
END_TEST

START_TEST(replay_is_by_time_by_counter_or_not_at_all)
{
	join();
	ck_assert(policy->tbar);
	ck_assert_uint_eq(policy->tbar_window, 5);
	ck_assert_uint_eq(policy->replay_window, 0);
	sa_line("replay counter window-size 256");
	join();
	ck_assert(!policy->tbar);
	ck_assert_uint_eq(policy->replay_window, 256);
	sa_line("no replay");
	join();
	ck_assert(!policy->tbar);
	ck_assert_uint_eq(policy->replay_window, 0);
}
END_TEST

START_TEST(receive_only_is_in_the_policy)
{
	join();
	ck_assert(!policy->receive_only);
	local_line("sa receive-only");
	join();
	ck_assert(policy->receive_only);
}
END_TEST

/* --- who gets it ---------------------------------------------------------------- */

START_TEST(a_strict_member_is_refused_deny_entries)
{
	join_as("192.168.11.3", false);
	ck_assert_ptr_null(policy);
	ck_assert_uint_eq(ks_world_group(&w, "GDOI-GROUP1")->members.count, 0);
}
END_TEST

START_TEST(a_strict_member_gets_permits_and_nothing_private)
{
	local_line("no deny download");
	join_as("192.168.11.3", false);
	ck_assert_ptr_nonnull(policy);
	ck_assert_uint_eq(policy->n_rules, 1);
	ck_assert(!policy->tbar);
	ck_assert_uint_eq(policy->replay_window, 0);
	ck_assert_uint_eq(policy->kek.ack, 0);
	ck_assert(!gdoi_policy_needs_extensions(policy));
	local_line("rekey acknowledgement interoperable");
	free(ks_world_exec(&w, "crypto gdoi ks rekey\n"));
	join_as("192.168.11.3", false);
	ck_assert_uint_eq(policy->kek.ack, 1);
}
END_TEST

START_TEST(an_address_that_is_not_authorized_is_refused)
{
	ks_world_configure(&w, "access-list 10 permit 192.168.11.3");
	local_line("authorization address ipv4 10");
	join();
	join_as("192.168.14.2", true);
	ck_assert_ptr_null(policy);
	ck_assert_uint_eq(sim_logged(w.node,
				     "%GDOI-1-UNAUTHORIZED_IPADDR: Group "
				     "GDOI-GROUP1 received registration from "
				     "unauthorized ip address: 192.168.14.2"),
			  1);
	ck_assert_uint_eq(ks_world_group(&w, "GDOI-GROUP1")->members.count, 1);
}
END_TEST

START_TEST(a_missing_authorization_list_lets_nobody_in)
{
	local_line("authorization address ipv4 nowhere");
	join_as("192.168.11.3", true);
	ck_assert_ptr_null(policy);
}
END_TEST

START_TEST(refusals_look_all_alike)
{
	struct gdoi_peer peer = ks_world_peer("192.168.11.3", true);
	struct gdoi_id known = { .is_set = true, .number = 1234 };
	struct gdoi_id unknown = { .is_set = true, .number = 4321 };
	struct isakmp_fault a = ISAKMP_OK, b = ISAKMP_OK;

	local_line("authorization address ipv4 nowhere");
	ck_assert_ptr_null(ks_register_ops.policy(w.ks, &peer, &known, &a));
	ck_assert_ptr_null(ks_register_ops.policy(w.ks, &peer, &unknown, &b));
	ck_assert_uint_ne(a.notify, 0);
	ck_assert_uint_eq(a.notify, b.notify);
	ck_assert_str_eq(a.text, b.text);
	ck_assert_uint_eq(sim_logged(w.node, "%GDOI-4-KS_UNAUTHORIZED: "
					     "Registration: Unauthorized "
					     "192.168.11.3 tried to join the "
					     "group 4321"),
			  1);
}
END_TEST

START_TEST(refusals_do_not_flood_the_log)
{
	unsigned int i;

	local_line("authorization address ipv4 nowhere");
	for (i = 0; i < 1000; i++)
		join_as("192.168.11.3", true);
	ck_assert_uint_eq(sim_logged(w.node, "UNAUTHORIZED_IPADDR"),
			  KS_LOG_PER_MINUTE);
	sim_run(w.sim, SEC(60));
	join_as("192.168.11.3", true);
	ck_assert_uint_eq(sim_logged(w.node, "UNAUTHORIZED_IPADDR"),
			  KS_LOG_PER_MINUTE + 1);
}
END_TEST

START_TEST(another_address_of_the_router_does_not_serve_the_group)
{
	struct gdoi_peer peer = ks_world_peer("192.168.11.3", true);

	ip_parse(&peer.local.addr, "192.168.11.2");
	ck_assert_ptr_null(ks_world_register(&w, &peer, 1234));
	ck_assert_uint_eq(sim_logged(w.node, "%GDOI-4-KS_BAD_ID"), 1);
}
END_TEST

START_TEST(the_address_may_be_that_of_an_interface)
{
	local_line("address ipv4 Loopback0");
	join();
	ck_assert_uint_eq(ip_v4_host(&policy->kek.src.addr), 0xc0a86f6f);
}
END_TEST

START_TEST(an_address_that_is_down_does_not_serve_the_group)
{
	w.local_down = true;
	join_as("192.168.11.3", true);
	ck_assert_ptr_null(policy);
}
END_TEST

static const struct {
	const char *without, *why;
} defects[] = {
	{ "no sa ipsec 1\n no rekey authentication", "no sa ipsec" },
	{ "sa ipsec 1\n no profile", "no profile" },
	{ "sa ipsec 1\n profile none", "no such profile or transform set" },
	{ "sa ipsec 1\n no match address", "no match address" },
	{ "sa ipsec 1\n match address ipv4 none", "no such access list" },
	{ "no gdoi", "GDOI registration is off" },
};

START_TEST(an_incomplete_group_is_refused_and_says_why_once)
{
	char *text = xasprintf("%%GDOI-3-KS_INCOMPLETE_CFG: Registration: "
			       "incomplete config for group GDOI-GROUP1: %s",
			       defects[_i].why);

	local_line(defects[_i].without);
	join_as("192.168.11.3", true);
	ck_assert_ptr_null(policy);
	join_as("192.168.11.3", true);
	ck_assert_uint_eq(sim_logged(w.node, text), 1);
	free(text);
}
END_TEST

START_TEST(keys_that_changed_under_way_are_not_given)
{
	struct gdoi_peer peer = ks_world_peer("192.168.11.3", true);
	struct gdoi_id id = { .is_set = true, .number = 1234 };
	struct isakmp_fault why;

	policy = ks_register_ops.policy(w.ks, &peer, &id, &why);
	ck_assert_ptr_nonnull(policy);
	ck_assert(ks_policy_current(ks_world_group(&w, "GDOI-GROUP1"), policy));
	ks_group_reset(ks_world_group(&w, "GDOI-GROUP1"));
	ck_assert(!ks_register_ops.member(w.ks, &peer, &id, policy));
	ck_assert_uint_eq(ks_world_group(&w, "GDOI-GROUP1")->members.count, 0);
}
END_TEST

static TCase *case_list(void)
{
	TCase *tc = tcase_create("access list");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, the_policy_is_the_access_list_in_its_order);
	tcase_add_test(tc, who_registers_after_an_edit_gets_the_edited_list);
	tcase_add_test(tc, remarks_are_not_sent);
	tcase_add_test(tc, without_deny_download_only_permits_are_sent);
	tcase_add_test(tc, a_port_range_is_no_policy_and_is_logged_once);
	tcase_add_test(tc, only_the_first_hundred_permits_count);
	tcase_add_test(tc, the_hundred_permits_are_for_the_whole_group);
	tcase_add_test(tc, an_entry_that_stands_twice_is_sent_once);
	tcase_add_test(tc, two_sas_have_keys_of_their_own);
	tcase_add_test(tc, a_counter_mode_has_a_key_for_each_permit);
	tcase_add_test(
		tc,
		a_new_permit_of_a_counter_mode_gets_a_key_beside_the_others);
	return tc;
}

static TCase *case_rest(void)
{
	TCase *tc = tcase_create("rest");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, the_kek_is_as_configured);
	tcase_add_test(tc, without_rekey_authentication_there_is_no_kek);
	tcase_add_test(tc, without_its_rsa_key_the_group_lets_nobody_in);
	tcase_add_test(tc, multicast_rekeys_go_where_the_access_list_says);
	tcase_add_test(tc, replay_is_by_time_by_counter_or_not_at_all);
	tcase_add_test(tc, receive_only_is_in_the_policy);
	return tc;
}

static TCase *case_who(void)
{
	TCase *tc = tcase_create("who");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_strict_member_is_refused_deny_entries);
	tcase_add_test(tc, a_strict_member_gets_permits_and_nothing_private);
	tcase_add_test(tc, an_address_that_is_not_authorized_is_refused);
	tcase_add_test(tc, a_missing_authorization_list_lets_nobody_in);
	tcase_add_test(tc, refusals_look_all_alike);
	tcase_add_test(tc, refusals_do_not_flood_the_log);
	tcase_add_test(tc,
		       another_address_of_the_router_does_not_serve_the_group);
	tcase_add_test(tc, the_address_may_be_that_of_an_interface);
	tcase_add_test(tc, an_address_that_is_down_does_not_serve_the_group);
	tcase_add_loop_test(tc,
			    an_incomplete_group_is_refused_and_says_why_once, 0,
			    ARRAY_SIZE(defects));
	tcase_add_test(tc, keys_that_changed_under_way_are_not_given);
	return tc;
}

RUN_CASES("ks_policy", case_list, case_rest, case_who)
