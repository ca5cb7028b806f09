/* SPDX-License-Identifier: GPL-3.0-or-later */
/* service gdoi-output modern: every form of show crypto gdoi has the layout
 * that IOS XE 17 gives it (layouts/), with a real group behind it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/exchange/box.h"
#include "tests/exchange/layout.h"

#define GROUP "getvpn1"

/* clang-format off */
#define PHASE1 \
	"service gdoi-output modern\n" \
	"crypto isakmp policy 1\n" \
	" encr aes\n" \
	" authentication pre-share\n" \
	" group 2\n" \
	"crypto isakmp key MYGDOIPSK address 0.0.0.0\n"
#define KEY_SERVER \
	PHASE1 \
	"crypto ipsec transform-set aes256 esp-aes 256 esp-sha256-hmac\n" \
	"crypto ipsec profile profile1\n" \
	" set transform-set aes256\n" \
	"crypto gdoi group " GROUP "\n" \
	" identity number 1223\n" \
	" server local\n" \
	"  rekey algorithm aes 256\n" \
	"  rekey authentication mypubkey rsa MYRSAKEY\n" \
	"  rekey transport unicast\n" \
	"  sa ipsec 1\n" \
	"   profile profile1\n" \
	"   match address ipv4 acl1\n" \
	"   replay counter window-size 64\n" \
	"  address ipv4 1.1.1.1\n" \
	"ip access-list extended acl1\n" \
	" deny   udp any any eq 848\n" \
	" deny   udp any eq 848 any\n" \
	" deny   tcp any eq bgp any\n" \
	" deny   tcp any any eq bgp\n" \
	" permit ip 25.25.0.0 0.0.255.255 15.15.0.0 0.0.255.255\n"
#define MEMBER \
	PHASE1 \
	"crypto gdoi group " GROUP "\n" \
	" identity number 1223\n" \
	" server address ipv4 1.1.1.1\n" \
	"crypto map map1 1 gdoi\n" \
	" set group " GROUP "\n" \
	"int e0/0\n" \
	" crypto map map1\n"
/* clang-format on */

static struct sim *sim;
static struct box *ks, *gm, *other;

static void set_up(void)
{
	sim = sim_new(17);
	ks = box_new(sim, "KS1", "1.1.1.1");
	gm = box_new(sim, "GM1", "3.3.1.1");
	other = box_new(sim, "GM2", "4.4.1.1");
	box_make_key(ks);
	box_type(ks, KEY_SERVER);
	box_type(gm, MEMBER);
	box_type(other, MEMBER);
	sim_run(sim, SEC(10));
}

static void tear_down(void)
{
	box_free(other);
	box_free(gm);
	box_free(ks);
	sim_free(sim);
}

static char *expected(const char *name)
{
	char *path = xasprintf(LAYOUTS "/%s.layout", name), *text;
	FILE *file = fopen(path, "r");
	size_t len;

	ck_assert_msg(file, "%s is not there", path);
	text = xcalloc(1, 8192);
	len = fread(text, 1, 8191, file);
	fclose(file);
	ck_assert_uint_gt(len, 0);
	free(path);
	return text;
}

static size_t line_of(const char *text, size_t at)
{
	while (at && text[at - 1] != '\n')
		at--;
	return at;
}

/* prefix: what follows may be as long as it likes. */
static void compare(struct box *box, const char *command, const char *name,
		    bool prefix)
{
	char *screen = box_show(box, command), *want = expected(name);
	char *got = layout_of(screen, GROUP);
	size_t same = 0;

	if (prefix)
		got[strnlen(got, strlen(want))] = '\0';
	while (got[same] && got[same] == want[same])
		same++;
	ck_assert_msg(got[same] == want[same],
		      "%s has the layout\n...%.300s\nnot\n...%.300s", command,
		      got + line_of(got, same), want + line_of(want, same));
	free(screen);
	free(want);
	free(got);
}

static void has_layout(struct box *box, const char *command, const char *name)
{
	compare(box, command, name, false);
}

static void rekey(void)
{
	char *screen = box_show(ks, "crypto gdoi ks rekey");

	ck_assert_str_eq(screen, "");
	free(screen);
	sim_run(sim, SEC(5));
}

START_TEST(a_member_before_any_rekey)
{
	has_layout(gm, "show crypto gdoi gm rekey detail", "gm_rekey_detail");
	has_layout(gm, "show crypto gdoi gm identifier", "gm_identifier");
	has_layout(gm, "show crypto gdoi gm identifier detail",
		   "gm_identifier_detail");
	has_layout(gm, "show crypto gdoi gm acl local", "gm_acl_local");
	has_layout(gm, "show crypto gdoi gm dataplan counter", "gm_counters");
	has_layout(gm, "show crypto gdoi ipsec sa", "ipsec_sa");
	has_layout(gm, "show crypto gdoi rekey sa", "rekey_sa");
	has_layout(gm, "show crypto gdoi rekey sa detail", "rekey_sa_detail");
	compare(gm, "show crypto gdoi gm pubkey", "gm_pubkey", true);
}
END_TEST

START_TEST(a_member_in_a_roll_over)
{
	rekey();
	has_layout(gm, "show crypto gdoi", "gdoi");
	has_layout(gm, "show crypto gkm", "gdoi");
	has_layout(gm, "show crypto gdoi detail", "gdoi");
	has_layout(gm, "show crypto gdoi gm", "gm");
	has_layout(gm, "show crypto gdoi group " GROUP " gm", "gm");
}
END_TEST

START_TEST(a_member_after_a_roll_over)
{
	rekey();
	sim_run(sim, SEC(600));
	has_layout(gm, "show crypto gdoi group " GROUP, "gdoi_group");
	has_layout(gm, "show crypto gkm group " GROUP " detail", "gdoi_group");
}
END_TEST

START_TEST(a_key_server_and_its_members)
{
	has_layout(ks, "show crypto gdoi ks", "ks");
	has_layout(ks, "show crypto gdoi ks acl", "ks_acl");
	has_layout(ks, "show crypto gdoi ks coop detail", "ks_coop_none");
	has_layout(ks, "show crypto gdoi ks coop version", "ks_coop_version");
	has_layout(ks, "show crypto gdoi ks identifier", "ks_identifier");
	has_layout(ks, "show crypto gdoi ks identifier detail",
		   "ks_identifier_detail");
	has_layout(ks, "show crypto gdoi ks members", "ks_members");
	has_layout(ks, "show crypto gdoi ks members summary",
		   "ks_members_summary");
	has_layout(ks, "show crypto gdoi ks members 4.4.1.1", "ks_member");
	has_layout(ks, "show crypto gdoi feature gm-removal", "feature");
	has_layout(ks, "show crypto gkm group " GROUP " feature policy-replace",
		   "feature");
}
END_TEST

START_TEST(a_key_servers_policy_in_a_roll_over)
{
	rekey();
	has_layout(ks, "show crypto gdoi ks policy", "ks_policy");
}
END_TEST

START_TEST(a_key_server_with_redundancy)
{
	box_type(ks, "crypto gdoi group " GROUP "\n"
		     " server local\n"
		     "  redundancy\n"
		     "   local priority 245\n"
		     "   peer address ipv4 16.16.16.1\n");
	has_layout(ks, "show crypto gdoi ks detail", "ks_detail");
	has_layout(ks, "show crypto gdoi ks coop identifier",
		   "ks_coop_identifier");
}
END_TEST

START_TEST(the_line_of_the_configuration_takes_it_back)
{
	char *text = cli_config_text(gm->cli), *screen;

	ck_assert_ptr_nonnull(strstr(text, "\nservice gdoi-output modern\n"));
	free(text);
	box_type(gm, "no service gdoi-output modern\n");
	screen = box_show(gm, "show crypto gdoi");
	ck_assert_ptr_null(strstr(screen, "Group Type"));
	ck_assert_ptr_null(strstr(screen, "KGS POLICY"));
	ck_assert_ptr_nonnull(strstr(screen, "KEK POLICY:\n"));
	free(screen);
}
END_TEST

static TCase *layout_case(void)
{
	TCase *tc = tcase_create("layout");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_member_before_any_rekey);
	tcase_add_test(tc, a_member_in_a_roll_over);
	tcase_add_test(tc, a_member_after_a_roll_over);
	tcase_add_test(tc, a_key_server_and_its_members);
	tcase_add_test(tc, a_key_servers_policy_in_a_roll_over);
	tcase_add_test(tc, a_key_server_with_redundancy);
	tcase_add_test(tc, the_line_of_the_configuration_takes_it_back);
	return tc;
}

RUN_CASES("show_layout", layout_case)
