/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto ipsec ... at a terminal. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "cli/cli_test.h"
#include "ipsec/transform.h"
#include "tests/check_main.h"

struct box {
	struct loop *loop;
	struct cli *cli;
	struct ipsec_config *config;
	unsigned int changes;
};

static const char *hostname(void *ctx)
{
	(void)ctx;
	return "KS1";
}

static void changed(void *arg)
{
	struct box *b = arg;

	b->changes++;
}

static struct box *box_new(void)
{
	static const struct cli_hooks hooks = { .hostname = hostname };
	struct box *b = xcalloc(1, sizeof(*b));

	b->loop = loop_new();
	b->cli = cli_new(b->loop, &hooks);
	b->config = ipsec_config_new();
	ipsec_config_cli_init(b->config, b->cli);
	ipsec_config_watch(b->config, changed, b);
	return b;
}

static void box_free(struct box *b)
{
	ipsec_config_free(b->config);
	cli_free(b->cli);
	loop_free(b->loop);
	free(b);
}

/* Types lines in configuration mode; the screen, to be freed. */
static char *type(struct box *b, const char *lines)
{
	char *all = xasprintf("configure terminal\n%s\nend\n", lines), *out;
	char *screen = cli_test_run(b->cli, all);
	static const char greeting[] =
		"Enter configuration commands, one per line.  End with "
		"CNTL/Z.\n";

	free(all);
	ck_assert(strncmp(screen, greeting, strlen(greeting)) == 0);
	out = xstrdup(screen + strlen(greeting));
	free(screen);
	return out;
}

static void type_quietly(struct box *b, const char *lines)
{
	char *screen = type(b, lines);

	ck_assert_str_eq(screen, "");
	free(screen);
}

static void expect_config(struct box *b, const char *lines)
{
	char *text = cli_config_text(b->cli);

	ck_assert_msg(strstr(text, lines), "no\n%s\nin\n%s", lines, text);
	free(text);
}

static void expect_show(struct box *b, const char *line, const char *want)
{
	char *all = xasprintf("%s\n", line);
	char *screen = cli_test_run(b->cli, all);

	ck_assert_str_eq(screen, want);
	free(screen);
	free(all);
}

START_TEST(the_article_comes_back)
{
	struct box *b = box_new();
	struct ipsec_profile_view view;

	type_quietly(b, "crypto ipsec transform-set aes128 esp-aes "
			"esp-sha-hmac\n mode tunnel\n"
			"crypto ipsec profile profile1\n"
			" set security-association lifetime seconds 7200\n"
			" set transform-set aes128\n");
	expect_config(b, "crypto ipsec transform-set aes128 esp-aes "
			 "esp-sha-hmac \n mode tunnel\n");
	expect_config(b, "crypto ipsec profile profile1\n"
			 " set security-association lifetime seconds 7200\n"
			 " set transform-set aes128 \n");
	ck_assert(ipsec_profile_find(b->config, "profile1", &view));
	ck_assert_int_eq(view.transform.cipher, ESP_AES_CBC);
	ck_assert_uint_eq(view.transform.key_bits, 128);
	ck_assert_int_eq(view.transform.auth, ESP_AUTH_SHA1);
	ck_assert_uint_eq(view.lifetime_seconds, 7200);
	ck_assert_str_eq(view.transform_set, "aes128");
	ck_assert_uint_gt(b->changes, 0);
	box_free(b);
}
END_TEST

START_TEST(transforms_may_stand_in_any_order_and_be_abbreviated)
{
	struct box *b = box_new();

	type_quietly(b, "cry ip tran a esp-sha256-hmac esp-aes 256\n"
			"crypto ipsec transform-set b esp-gcm 192\n"
			"crypto ipsec transform-set c esp-3des esp-md5\n"
			"mode transport\n"
			"crypto ipsec transform-set d esp-null esp-sha512\n");
	expect_config(b, "transform-set a esp-aes 256 esp-sha256-hmac \n");
	expect_config(b, "transform-set b esp-gcm 192 \n");
	expect_config(b, "transform-set c esp-3des esp-md5-hmac \n"
			 " mode transport\n");
	expect_config(b, "transform-set d esp-null esp-sha512-hmac \n");
	expect_show(b, "show crypto ipsec transform-set a",
		    "Transform set a: { esp-256-aes esp-sha256-hmac  } \n"
		    "   will negotiate = { Tunnel,  }, \n   \n");
	type_quietly(b, "no crypto ipsec transform-set a\n"
			"no crypto ipsec transform-set b esp-gcm 192\n");
	expect_show(b, "show crypto ipsec transform-set a", "");
	box_free(b);
}
END_TEST

static void refused(const char *line)
{
	struct box *b = box_new();
	char *before = cli_config_text(b->cli), *after;
	char *screen = type(b, line);

	ck_assert_ptr_nonnull(strchr(screen, '%'));
	after = cli_config_text(b->cli);
	ck_assert_str_eq(before, after);
	free(screen);
	free(before);
	free(after);
	box_free(b);
}

START_TEST(impossible_transforms_are_refused)
{
	refused("crypto ipsec transform-set a esp-aes esp-3des");
	refused("crypto ipsec transform-set a esp-sha-hmac esp-md5-hmac");
	refused("crypto ipsec transform-set a esp-gcm esp-sha-hmac");
	refused("crypto ipsec transform-set a esp-null");
	refused("crypto ipsec transform-set a");
	refused("crypto ipsec transform-set a esp-aes 64 esp-sha-hmac");
	refused("crypto ipsec transform-set a comp-lzs");
}
END_TEST

START_TEST(a_profile_takes_an_existing_set_only)
{
	struct box *b = box_new();
	struct ipsec_profile_view view;
	char *screen = type(b, "crypto ipsec profile p\n"
			       "set transform-set nothing\n");

	ck_assert_str_eq(screen, "ERROR: transform set with tag \"nothing\" "
				 "does not exist.\n");
	free(screen);
	/* Without one it has IOS's default set. */
	ck_assert(ipsec_profile_find(b->config, "p", &view));
	ck_assert_ptr_null(view.transform_set);
	ck_assert_uint_eq(view.lifetime_seconds, 3600);
	ck_assert(!ipsec_profile_find(b->config, "q", &view));
	box_free(b);
}
END_TEST

START_TEST(what_only_hardware_does_is_kept_but_not_used)
{
	struct box *b = box_new();
	struct ipsec_profile_view view;
	char *screen = type(b, "crypto ipsec transform-set a ah-sha-hmac "
			       "esp-aes comp-lzs\n"
			       "crypto ipsec profile p\n"
			       "set transform-set a\n");

	ck_assert_ptr_nonnull(strstr(screen, "WARNING"));
	free(screen);
	expect_config(b, "transform-set a ah-sha-hmac esp-aes comp-lzs \n");
	ck_assert(!ipsec_profile_find(b->config, "p", &view));
	box_free(b);
}
END_TEST

START_TEST(lifetimes_of_profile_and_box)
{
	struct box *b = box_new();
	struct ipsec_profile_view view;

	type_quietly(b, "crypto ipsec security-association lifetime seconds "
			"1800\n"
			"crypto ipsec security-association lifetime kilobytes "
			"disable\n"
			"crypto ipsec profile p\n");
	ck_assert(ipsec_profile_find(b->config, "p", &view));
	ck_assert_uint_eq(view.lifetime_seconds, 1800);
	expect_show(b, "show crypto ipsec security-association lifetime",
		    "Security association lifetime: kilobytes disabled/1800 "
		    "seconds\n");
	type_quietly(b, "crypto ipsec profile p\n"
			"set security-association lifetime days 2\n");
	ck_assert(ipsec_profile_find(b->config, "p", &view));
	ck_assert_uint_eq(view.lifetime_seconds, 172800);
	expect_config(b, " set security-association lifetime days 2\n");
	type_quietly(b, "crypto ipsec profile p\n"
			"no set security-association lifetime days\n"
			"exit\n"
			"no crypto ipsec security-association lifetime "
			"seconds\n");
	ck_assert(ipsec_profile_find(b->config, "p", &view));
	ck_assert_uint_eq(view.lifetime_seconds, 3600);
	box_free(b);
}
END_TEST

START_TEST(show_profile_has_the_layout_of_ios)
{
	struct box *b = box_new();

	type_quietly(b, "crypto ipsec transform-set t esp-gcm 256\n"
			"crypto ipsec profile p\n"
			"set security-association lifetime seconds 27000\n"
			"set transform-set t\n"
			"responder-only\n");
	expect_show(b, "show crypto ipsec profile p",
		    "IPSEC profile p\n"
		    "\tSecurity association lifetime: 4608000 kilobytes/27000 "
		    "seconds\n"
		    "\tResponder-Only (Y/N): Y\n"
		    "\tPFS (Y/N): N\n"
		    "\tMixed-mode : Disabled\n"
		    "\tTransform sets={ \n"
		    "\t\tt:  { esp-gcm 256  } , \n"
		    "\t}\n\n");
	box_free(b);
}
END_TEST

START_TEST(everything_comes_back_from_its_own_text)
{
	struct box *a = box_new(), *b = box_new();
	char *difference;

	type_quietly(a, "crypto ipsec df-bit clear\n"
			"crypto ipsec fragmentation after-encryption\n"
			"crypto ipsec optional\n"
			"crypto ipsec optional retry 90\n"
			"crypto ipsec security-association idle-time 600\n"
			"crypto ipsec security-association replay window-size "
			"256\n"
			"crypto ipsec security-association lifetime kilobytes "
			"9000\n"
			"crypto ipsec transform-set t esp-gmac 256\n"
			"mode transport require\n"
			"crypto ipsec transform-set u esp-des esp-sha384-hmac\n"
			"crypto ipsec profile p\n"
			"description what it is for\n"
			"set security-association lifetime days 30\n"
			"set security-association idle-time 60\n"
			"set security-association replay disable\n"
			"set security-association dfbit set\n"
			"set security-association dummy pps 3\n"
			"set security-association ecn propagate\n"
			"set transform-set t u\n"
			"set pfs group20\n"
			"set isakmp-profile i\n"
			"set ikev2-profile k\n"
			"set identity n\n"
			"set mixed-mode\n"
			"responder-only\n"
			"redundancy HA stateful\n");
	difference = cli_test_round_trip(a->cli, b->cli);
	ck_assert_msg(!difference, "%s", difference);
	expect_config(b, "crypto ipsec df-bit clear\n");
	expect_config(b, "mode transport require\n");
	expect_config(b, " set pfs group20\n");
	expect_config(b, " redundancy HA stateful\n");
	box_free(a);
	box_free(b);
}
END_TEST

static TCase *config_case(void)
{
	TCase *tc = tcase_create("config");

	tcase_add_test(tc, the_article_comes_back);
	tcase_add_test(tc,
		       transforms_may_stand_in_any_order_and_be_abbreviated);
	tcase_add_test(tc, impossible_transforms_are_refused);
	tcase_add_test(tc, a_profile_takes_an_existing_set_only);
	tcase_add_test(tc, what_only_hardware_does_is_kept_but_not_used);
	tcase_add_test(tc, lifetimes_of_profile_and_box);
	tcase_add_test(tc, show_profile_has_the_layout_of_ios);
	tcase_add_test(tc, everything_comes_back_from_its_own_text);
	return tc;
}

RUN_CASES("ipsec/config", config_case)
