/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client rekey ..., client transform-sets ...: what a member will not take. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/exchange/rekey_world.h"

static struct rekey_world w;

static void set_up(void)
{
	rekey_world_init(&w, 11);
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

static void register_again(void)
{
	box_type(w.ce, "int e0/0\n no crypto map gdoimap\n"
		       " crypto map gdoimap\n");
	sim_run(w.sim, SEC(5));
}

static void type_in_group(const char *line)
{
	char *lines = xasprintf("crypto gdoi group GDOI-GROUP1\n %s\n", line);

	box_type(w.ce, lines);
	free(lines);
}

START_TEST(client_lines_come_back_in_the_configuration)
{
	char *text;

	type_in_group("client rekey encryption aes 256 3des-cbc aes 128");
	type_in_group("client rekey hash sha256 sha");
	type_in_group("client transform-sets one two");
	text = cli_config_text(w.ce->cli);
	ck_assert_ptr_nonnull(strstr(text,
				     " client rekey encryption 3des-cbc aes 128"
				     " aes 256\n"
				     " client rekey hash sha sha256\n"
				     " client transform-sets one two\n"));
	free(text);
	type_in_group("no client rekey encryption");
	type_in_group("no client rekey hash sha");
	type_in_group("no client transform-sets one");
	text = cli_config_text(w.ce->cli);
	ck_assert_ptr_null(strstr(text, " client "));
	free(text);
}
END_TEST

START_TEST(a_rekey_cipher_that_is_not_allowed_is_refused)
{
	type_in_group("client rekey encryption aes 256");
	rekey_world_order(&w, "crypto gdoi ks rekey");
	ck_assert_uint_eq(member()->rekey.received, 0);
	ck_assert_uint_eq(member()->rekey.refused, 1);
	ck_assert_uint_eq(logged("%GDOI-5-GM_REKEY_CIPHER_HASH_CHECK_FAIL"), 1);
	register_again();
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 1);
	ck_assert_uint_eq(logged("%GDOI-4-GM_REJECTING_SA_PAYLOAD"), 1);
	type_in_group("client rekey encryption aes 256 aes 128");
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(logged("GM_REGS_COMPL"), 2);
}
END_TEST

START_TEST(a_signature_hash_that_is_not_allowed_is_refused)
{
	type_in_group("client rekey hash sha256 sha384");
	rekey_world_order(&w, "crypto gdoi ks rekey");
	ck_assert_uint_eq(member()->rekey.received, 0);
	ck_assert_uint_eq(logged("%GDOI-5-GM_REKEY_CIPHER_HASH_CHECK_FAIL"), 1);
}
END_TEST

START_TEST(a_transform_set_that_is_not_allowed_is_refused)
{
	box_type(w.ce, "crypto ipsec transform-set mine esp-aes 256"
		       " esp-sha256-hmac\n");
	type_in_group("client transform-sets mine missing");
	rekey_world_order(&w, "crypto gdoi ks rekey");
	ck_assert_uint_eq(member()->rekey.received, 0);
	ck_assert_uint_eq(logged("%GDOI-5-GM_SA_TRANSFORM_SET_CHECK_FAIL"), 1);
	sim_run(w.sim, SEC(60));
	box_type(w.ce, "crypto ipsec transform-set missing esp-aes"
		       " esp-sha-hmac\n");
	rekey_world_order(&w, "crypto gdoi ks rekey");
	ck_assert_uint_eq(member()->rekey.received, 1);
}
END_TEST

/* --- receive-only -------------------------------------------------------------------------------- */

static TCase *restrictions(void)
{
	TCase *tc = tcase_create("restrictions");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, client_lines_come_back_in_the_configuration);
	tcase_add_test(tc, a_rekey_cipher_that_is_not_allowed_is_refused);
	tcase_add_test(tc, a_signature_hash_that_is_not_allowed_is_refused);
	tcase_add_test(tc, a_transform_set_that_is_not_allowed_is_refused);
	return tc;
}

RUN_CASES("gm_client", restrictions)
