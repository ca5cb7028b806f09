/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client bypass-policy, recovery-check, fail-close revert, status active-sa
 * track of a member; authorization identity of its key server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_id.h"
#include "tests/check_main.h"
#include "tests/exchange/rekey_world.h"

static struct rekey_world w;

static void set_up(void)
{
	rekey_world_init(&w, 12);
	rekey_world_register(&w);
}

static void tear_down(void)
{
	rekey_world_fini(&w);
}

static struct gm_member *member(void)
{
	return rekey_world_member(w.ce);
}

static unsigned int logged(const char *text)
{
	return sim_logged(w.ce->node, text);
}

static void type_in_group(const char *line)
{
	char *lines = xasprintf("crypto gdoi group GDOI-GROUP1\n %s\n", line);

	box_type(w.ce, lines);
	free(lines);
}

static void register_again(void)
{
	box_type(w.ce, "int e0/0\n no crypto map gdoimap\n"
		       " crypto map gdoimap\n");
	sim_run(w.sim, SEC(5));
}

START_TEST(options_come_back_in_the_configuration)
{
	static const char *const lines[] = {
		"client registration interface Ethernet0/0",
		"client recovery-check interval 300",
		"no client bypass-policy",
		"client status active-sa track 10",
		"client fail-close revert",
	};
	char *text, *shown = xasprintf("%s", "");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		char *more = xasprintf("%s %s\n", shown, lines[i]);

		free(shown);
		shown = more;
		type_in_group(lines[i]);
	}
	text = cli_config_text(w.ce->cli);
	ck_assert_ptr_nonnull(strstr(text, shown));
	free(text);
	type_in_group("no client registration interface");
	type_in_group("no client recovery-check");
	type_in_group("client bypass-policy");
	type_in_group("no client status active-sa");
	type_in_group("no client fail-close revert");
	text = cli_config_text(w.ce->cli);
	ck_assert_ptr_null(strstr(text, " client "));
	free(text);
	free(shown);
}
END_TEST

START_TEST(what_is_on_is_shown)
{
	char *text = box_show(w.ce, "show crypto gdoi gm");

	ck_assert_ptr_nonnull(strstr(text, "DP Error Monitoring   : OFF\n"));
	ck_assert_ptr_null(strstr(text, "SA Track"));
	ck_assert_ptr_null(strstr(text, "Fail-Close"));
	free(text);
	type_in_group("client recovery-check interval 300");
	type_in_group("client status active-sa track 10");
	type_in_group("client fail-close revert");
	text = box_show(w.ce, "show crypto gdoi gm");
	ck_assert_ptr_nonnull(strstr(text, "DP Error Monitoring   : ON\n"));
	ck_assert_ptr_nonnull(strstr(text, "SA Track (OID/status) : 10/up\n"));
	ck_assert_ptr_nonnull(strstr(text, "Fail-Close Revert : Enabled\n"));
	free(text);
}
END_TEST

/* --- bypass-policy --------------------------------------------------------------- */

START_TEST(without_bypass_the_lists_decide_once_there_is_a_policy)
{
	ck_assert(ip_equal(&w.ce->policy->bypass, &w.ce->addr));
	type_in_group("no client bypass-policy");
	ck_assert(!ip_is_set(&w.ce->policy->bypass));
	box_link(w.ks, false);
	register_again();
	ck_assert(ip_equal(&w.ce->policy->bypass, &w.ce->addr));
	box_link(w.ks, true);
	sim_run(w.sim, SEC(200));
	ck_assert(!ip_is_set(&w.ce->policy->bypass));
	type_in_group("client bypass-policy");
	ck_assert(ip_equal(&w.ce->policy->bypass, &w.ce->addr));
}
END_TEST

/* --- recovery-check --------------------------------------------------------------- */

static uint32_t spi_of_the_group(void)
{
	return (uint32_t)gdoi_spi_prefix(&member()->id) << 24 | 0x123456;
}

static void trouble(const char *group, uint32_t spi)
{
	w.ce->watch.trouble(w.ce->watch.arg, "Ethernet0/0", group, spi);
	sim_run(w.sim, SEC(20));
}

START_TEST(an_unknown_spi_of_the_group_makes_it_register_again)
{
	trouble(NULL, spi_of_the_group());
	ck_assert_uint_eq(member()->succeeded, 1);
	type_in_group("client recovery-check interval 100");
	trouble(NULL, spi_of_the_group());
	ck_assert_uint_eq(member()->succeeded, 2);
	ck_assert_uint_eq(logged("%GDOI-4-GM_RECOVERY_REGISTRATION"), 1);
}
END_TEST

START_TEST(another_groups_packets_do_not)
{
	type_in_group("client recovery-check interval 100");
	trouble(NULL, spi_of_the_group() ^ 0x01000000);
	trouble("GDOI-GROUP2", spi_of_the_group());
	ck_assert_uint_eq(member()->succeeded, 1);
	trouble("GDOI-GROUP1", 1000);
	ck_assert_uint_eq(member()->succeeded, 2);
}
END_TEST

START_TEST(it_does_so_once_an_interval)
{
	type_in_group("client recovery-check interval 100");
	trouble(NULL, spi_of_the_group());
	trouble(NULL, spi_of_the_group());
	ck_assert_uint_eq(member()->succeeded, 2);
	sim_run(w.sim, SEC(100));
	trouble(NULL, spi_of_the_group());
	ck_assert_uint_eq(member()->succeeded, 3);
}
END_TEST

START_TEST(a_rekey_meanwhile_is_as_good)
{
	type_in_group("client recovery-check interval 100");
	w.ce->watch.trouble(w.ce->watch.arg, "Ethernet0/0", NULL,
			    spi_of_the_group());
	ck_assert(member()->recovering);
	rekey_world_order(&w, "crypto gdoi ks rekey");
	sim_run(w.sim, SEC(100));
	ck_assert_uint_eq(member()->succeeded, 1);
	trouble(NULL, spi_of_the_group());
	ck_assert_uint_eq(member()->succeeded, 2);
}
END_TEST

START_TEST(it_begins_with_the_next_key_server_and_keeps_its_policy)
{
	type_in_group("server address ipv4 192.168.222.222");
	type_in_group("client recovery-check interval 100");
	trouble(NULL, spi_of_the_group());
	ck_assert_uint_eq(logged("Start registration to KS 192.168.222.222"),
			  1);
	ck_assert_ptr_nonnull(member()->keys.policy);
	ck_assert_uint_eq(w.ce->policy->n_rules, 5);
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(member()->succeeded, 2);
}
END_TEST

/* --- fail-close revert -------------------------------------------------------------- */

static void refuse_and_register_again(void)
{
	box_type(w.ks, "crypto gdoi group GDOI-GROUP1\n server local\n"
		       "  authorization address ipv4 NOBODY\n");
	gm_timers_soon(member());
	sim_run(w.sim, SEC(20));
}

START_TEST(who_is_refused_keeps_its_keys_to_their_end)
{
	box_type(w.ce, "crypto map gdoimap gdoi fail-close\n activate\n");
	refuse_and_register_again();
	ck_assert_uint_eq(member()->succeeded, 1);
	ck_assert_uint_eq(w.ce->policy->n_rules, 5);
}
END_TEST

START_TEST(with_revert_it_returns_to_fail_close_at_once)
{
	box_type(w.ce, "crypto map gdoimap gdoi fail-close\n activate\n");
	type_in_group("client fail-close revert");
	refuse_and_register_again();
	ck_assert_ptr_null(member()->keys.policy);
	ck_assert_uint_eq(w.ce->policy->n_rules, 1);
	ck_assert_int_eq(w.ce->policy->rules[0].action, IPSEC_DROP);
	ck_assert_uint_eq(logged("%GDOI-5-GM_POLICY_CLEANUP"), 1);
	box_type(w.ks, "crypto gdoi group GDOI-GROUP1\n server local\n"
		       "  no authorization address ipv4 NOBODY\n");
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(w.ce->policy->n_rules, 5);
}
END_TEST

START_TEST(revert_never_opens_what_is_not_fail_close)
{
	type_in_group("client fail-close revert");
	refuse_and_register_again();
	ck_assert_uint_eq(w.ce->policy->n_rules, 5);
}
END_TEST

/* --- authorization identity ----------------------------------------------------------- */

static char *a_name(void *arg)
{
	return xstrdup(arg);
}

/* A new phase 1, with the name it has now. */
static void register_as(const char *name)
{
	static char text[32];

	snprintf(text, sizeof(text), "%s", name);
	isakmp_set_name(w.ce->isakmp, a_name, text);
	free(box_show(w.ce, "clear crypto isakmp"));
	sim_run(w.sim, SEC(1));
	register_again();
}

START_TEST(authorization_identity_admits_the_names_of_its_list)
{
	box_type(w.ks, "crypto identity MEMBERS\n fqdn ce1.example.com\n"
		       "crypto gdoi group GDOI-GROUP1\n server local\n"
		       "  authorization identity MEMBERS\n");
	register_as("ce1.example.com");
	ck_assert_uint_eq(sim_logged(w.ks->node,
				     "%GDOI-1-UNAUTHORIZED_IDENTITY: Group"
				     " GDOI-GROUP1 received registration from"
				     " unauthorized identity: 192.168.11.3"),
			  1);
	box_type(w.ce, "crypto isakmp identity hostname\n");
	register_as("ce9.example.com");
	ck_assert_uint_eq(sim_logged(w.ks->node,
				     "unauthorized identity: ce9.example.com"),
			  1);
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 1);
	register_as("CE1.example.com");
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 2);
}
END_TEST

START_TEST(an_identity_list_that_is_not_there_admits_nobody)
{
	box_type(w.ks, "crypto gdoi group GDOI-GROUP1\n server local\n"
		       "  authorization identity MEMBERS\n");
	box_type(w.ce, "crypto isakmp identity hostname\n");
	register_as("ce1.example.com");
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 1);
}
END_TEST

START_TEST(identity_lists_come_back_in_the_configuration)
{
	char *text;

	box_type(w.ks, "crypto identity MEMBERS\n description all of them\n"
		       " fqdn a.example.com\n fqdn b.example.com\n"
		       " dn ou=sales,o=example\n no fqdn a.example.com\n");
	text = cli_config_text(w.ks->cli);
	ck_assert_ptr_nonnull(strstr(text, "crypto identity MEMBERS\n"
					   " description all of them\n"
					   " fqdn b.example.com\n"
					   " dn ou=sales,o=example\n!\n"));
	free(text);
	box_type(w.ks, "no crypto identity MEMBERS\n");
	text = cli_config_text(w.ks->cli);
	ck_assert_ptr_null(strstr(text, "crypto identity"));
	free(text);
}
END_TEST

static TCase *options(void)
{
	TCase *tc = tcase_create("options");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, options_come_back_in_the_configuration);
	tcase_add_test(tc, what_is_on_is_shown);
	tcase_add_test(tc,
		       without_bypass_the_lists_decide_once_there_is_a_policy);
	tcase_add_test(tc, an_unknown_spi_of_the_group_makes_it_register_again);
	tcase_add_test(tc, another_groups_packets_do_not);
	tcase_add_test(tc, it_does_so_once_an_interval);
	tcase_add_test(tc, a_rekey_meanwhile_is_as_good);
	tcase_add_test(tc,
		       it_begins_with_the_next_key_server_and_keeps_its_policy);
	tcase_add_test(tc, who_is_refused_keeps_its_keys_to_their_end);
	tcase_add_test(tc, with_revert_it_returns_to_fail_close_at_once);
	tcase_add_test(tc, revert_never_opens_what_is_not_fail_close);
	tcase_add_test(tc, authorization_identity_admits_the_names_of_its_list);
	tcase_add_test(tc, an_identity_list_that_is_not_there_admits_nobody);
	tcase_add_test(tc, identity_lists_come_back_in_the_configuration);
	return tc;
}

RUN_CASES("gm_option", options)
