/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/isakmp/cli_world.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* The article's key server. */
#define ARTICLE                       \
	"crypto isakmp policy 1\n"    \
	" encr aes\n"                 \
	" authentication pre-share\n" \
	" group 2\n"                  \
	"crypto isakmp key MYGDOIPSK address 0.0.0.0\n"

static void expect_config(struct cli *cli, const char *config)
{
	char *got = cli_world_crypto(cli);

	ck_assert_str_eq(got, config);
	free(got);
}

START_TEST(the_articles_lines_come_back)
{
	struct cli_world w;

	cli_world_open(&w);
	cli_world_configure(w.cli, ARTICLE);
	expect_config(w.cli, ARTICLE);
	cli_world_close(&w);
}
END_TEST

START_TEST(what_is_typed_is_what_is_negotiated_with)
{
	struct cli_world w;

	cli_world_open(&w);
	cli_world_configure(w.cli, ARTICLE);
	pair_connect(&w.p);
	sim_run(w.p.sim, SEC(1));
	ck_assert(pair_agree(&w.p));
	cli_world_close(&w);
}
END_TEST

static const char *name_of(void *arg, uint32_t vrf)
{
	(void)arg;
	return vrf == 1 ? "RED" : vrf == 2 ? "BLUE" : NULL;
}

static const char *key_for(const struct isakmp *isakmp, uint32_t vrf,
			   uint32_t peer)
{
	const struct endpoint at = { ip_v4(peer), 848, vrf };
	const struct isakmp_psk *psk = isakmp_psk_for(isakmp, &at);

	return psk ? psk->secret : "";
}

START_TEST(a_keyring_has_the_keys_of_its_vrf_alone)
{
	const uint32_t peer = 0x0a000001;
	struct cli_world w;

	cli_world_open(&w);
	isakmp_set_vrfs(w.p.ks, name_of, NULL);
	cli_world_configure(
		w.cli, "crypto isakmp key ALL address 0.0.0.0\n"
		       "crypto keyring R vrf RED\n"
		       " pre-shared-key address 10.0.0.0 255.0.0.0 key Net\n"
		       " pre-shared-key address 10.0.0.1 key Host\n"
		       "crypto keyring HERE\n"
		       " pre-shared-key address 10.0.0.1 key 0 Here\n");
	ck_assert_str_eq(key_for(w.p.ks, 0, peer), "Here");
	ck_assert_str_eq(key_for(w.p.ks, 0, peer + 1), "ALL");
	ck_assert_str_eq(key_for(w.p.ks, 1, peer), "Host");
	ck_assert_str_eq(key_for(w.p.ks, 1, peer + 1), "Net");
	ck_assert_str_eq(key_for(w.p.ks, 1, 0x0b000001), "");
	ck_assert_str_eq(key_for(w.p.ks, 2, peer), "");
	ck_assert_str_eq(key_for(w.p.ks, 3, peer), "");
	cli_world_configure(w.cli, "crypto keyring R vrf RED\n"
				   " no pre-shared-key address 10.0.0.1\n");
	ck_assert_str_eq(key_for(w.p.ks, 1, peer), "Net");
	cli_world_close(&w);
}
END_TEST

#define EVERYTHING                                                \
	"crypto keyring RING vrf RED\n"                           \
	" description Our ring\n"                                 \
	"  pre-shared-key address 10.0.0.1 key SECRET\n"          \
	"no crypto isakmp default policy\n"                       \
	"crypto isakmp policy 1\n"                                \
	" encr aes 256\n"                                         \
	" hash sha512\n"                                          \
	" authentication pre-share\n"                             \
	" group 20\n"                                             \
	" lifetime 300\n"                                         \
	"crypto isakmp policy 20\n"                               \
	" encr 3des\n"                                            \
	" hash md5\n"                                             \
	" authentication rsa-encr\n"                              \
	" group 24\n"                                             \
	"crypto isakmp policy 10000\n"                            \
	" encr aes 192\n"                                         \
	"crypto isakmp key COOPKEY address 192.168.222.222\n"     \
	"crypto isakmp key NETKEY address 10.1.0.0 255.255.0.0\n" \
	"crypto isakmp key MYGDOIPSK address 0.0.0.0 no-xauth\n"  \
	"crypto isakmp key V6KEY address ipv6 2001:DB8::/32\n"    \
	"crypto isakmp key NAMEKEY hostname peer.example.com\n"   \
	"crypto isakmp keepalive 10 3 periodic\n"                 \
	"no crypto isakmp enable\n"                               \
	"crypto isakmp aggressive-mode disable\n"                 \
	"crypto isakmp invalid-spi-recovery\n"                    \
	"crypto isakmp nat keepalive 20\n"                        \
	"crypto isakmp profile PROF\n"                            \
	" keyring RING\n"                                         \
	" match identity address 10.0.0.1 255.255.255.255\n"

START_TEST(everything_comes_back_in_the_order_of_ios)
{
	struct cli_world w, other;
	char *difference;

	cli_world_open(&w);
	cli_world_open(&other);
	cli_load(w.cli, EVERYTHING, NULL, NULL);
	expect_config(w.cli, EVERYTHING);
	difference = cli_test_round_trip(w.cli, other.cli);
	ck_assert_msg(!difference, "%s", difference);
	cli_world_close(&w);
	cli_world_close(&other);
}
END_TEST

START_TEST(no_takes_it_all_back)
{
	struct cli_world w;

	cli_world_open(&w);
	cli_world_configure(w.cli, EVERYTHING);
	cli_world_configure(
		w.cli,
		"no crypto isakmp profile PROF\n"
		"no crypto isakmp nat keepalive 20\n"
		"no crypto isakmp invalid-spi-recovery\n"
		"no crypto isakmp aggressive-mode disable\n"
		"crypto isakmp enable\n"
		"no crypto isakmp keepalive\n"
		"no crypto isakmp key COOPKEY address 192.168.222.222\n"
		"no crypto isakmp key NETKEY address 10.1.0.0 255.255.0.0\n"
		"no crypto isakmp key MYGDOIPSK address 0.0.0.0\n"
		"no crypto isakmp key V6KEY address ipv6 2001:DB8::/32\n"
		"no crypto isakmp key NAMEKEY hostname peer.example.com\n"
		"no crypto isakmp policy 20\n"
		"no crypto isakmp policy 10000\n"
		"crypto isakmp policy 1\n"
		"no encr\n"
		"no hash\n"
		"no authentication\n"
		"no group\n"
		"no lifetime\n"
		"crypto isakmp default policy\n"
		"no crypto keyring RING\n");
	expect_config(w.cli, "crypto isakmp policy 1\n");
	cli_world_close(&w);
}
END_TEST

START_TEST(abbreviations_and_words_of_old_configurations_are_understood)
{
	struct cli_world w;

	cli_world_open(&w);
	cli_world_configure(w.cli, "cry isa pol 5\n"
				   " enc 3des\n"
				   " auth pre\n"
				   " gr 5\n"
				   " life 3600\n"
				   " encryption aes 128\n"
				   "crypto isakmp key 0 K address 1.1.1.1\n");
	expect_config(w.cli, "crypto isakmp policy 5\n"
			     " encr aes\n"
			     " authentication pre-share\n"
			     " group 5\n"
			     " lifetime 3600\n"
			     "crypto isakmp key K address 1.1.1.1\n");
	cli_world_close(&w);
}
END_TEST

START_TEST(of_a_single_line_the_last_one_holds)
{
	struct cli_world w;

	cli_world_open(&w);
	cli_world_configure(w.cli, "crypto isakmp nat keepalive 20\n"
				   "crypto isakmp nat keepalive 30\n"
				   "crypto isakmp identity hostname\n"
				   "crypto isakmp identity address\n");
	expect_config(w.cli, "crypto isakmp nat keepalive 30\n");
	cli_world_configure(w.cli, "no crypto isakmp nat keepalive\n");
	expect_config(w.cli, "");
	cli_world_close(&w);
}
END_TEST

START_TEST(a_key_with_a_bad_mask_is_refused)
{
	struct cli_world w;
	char *got;

	cli_world_open(&w);
	got = cli_test_run(w.cli, "configure terminal\n"
				  "crypto isakmp key K address 1.1.1.1 "
				  "255.0.255.0\n");
	ck_assert_ptr_nonnull(strstr(got, "% Invalid address or mask"));
	free(got);
	ck_assert(TAILQ_EMPTY(&w.p.ks->keyring));
	cli_world_close(&w);
}
END_TEST

START_TEST(an_sa_is_shown_as_in_the_article)
{
	struct cli_world w;

	cli_world_open(&w);
	cli_world_configure(w.cli, ARTICLE);
	cli_world_expect(
		w.cli, "show crypto isakmp sa\n",
		"IPv4 Crypto ISAKMP SA\n"
		"dst             src             state          conn-id "
		"status\n");
	pair_connect(&w.p);
	sim_run(w.p.sim, SEC(1));
	cli_world_expect(
		w.cli, "show crypto isakmp sa\n",
		"IPv4 Crypto ISAKMP SA\n"
		"dst             src             state          conn-id "
		"status\n"
		"192.168.111.111 192.168.11.3    GDOI_IDLE         1001 "
		"ACTIVE\n");
	cli_world_close(&w);
}
END_TEST

static void rekey_row(void *ctx,
		      void (*row)(void *arg, const struct isakmp_show_row *r),
		      void *arg)
{
	const struct pair *p = ctx;
	const struct isakmp_show_row r = { p->gm_at.addr, p->ks_at.addr,
					   "GDOI_REKEY", 1068 };

	row(arg, &r);
}

START_TEST(rows_of_others_are_shown_too)
{
	struct cli_world w;

	cli_world_open(&w);
	isakmp_on_show(w.p.ks, rekey_row, &w.p);
	cli_world_expect(
		w.cli, "show crypto isakmp sa\n",
		"IPv4 Crypto ISAKMP SA\n"
		"dst             src             state          conn-id "
		"status\n"
		"192.168.11.3    192.168.111.111 GDOI_REKEY        1068 "
		"ACTIVE\n");
	cli_world_close(&w);
}
END_TEST

START_TEST(the_details_of_an_sa_are_laid_out_as_in_ios)
{
	struct cli_world w;
	char *got;

	cli_world_open(&w);
	cli_world_configure(w.cli, ARTICLE);
	pair_connect(&w.p);
	sim_run(w.p.sim, SEC(61));
	got = cli_test_run(w.cli, "show crypto isakmp sa detail\n");
	ck_assert_ptr_nonnull(strstr(got, "Codes: C - IKE configuration"));
	ck_assert_str_eq(
		strstr(got, "IPv4"),
		"IPv4 Crypto ISAKMP SA\n\n"
		"C-id  Local           Remote          I-VRF  Status Encr "
		"Hash   Auth DH Lifetime Cap.\n\n"
		"1001  192.168.111.111 192.168.11.3           ACTIVE aes  sha "
		"   psk  2  23:58:59 D   \n"
		"       Engine-id:Conn-id =  SW:1\n\n"
		"IPv6 Crypto ISAKMP SA\n\n");
	free(got);
	cli_world_expect(w.cli, "show crypto isakmp sa count\n",
			 "Active ISAKMP SA's: 1\n\n"
			 "Standby ISAKMP SA's: 0\n\n"
			 "Currently being negotiated ISAKMP SA's: 0\n\n"
			 "Dead ISAKMP SA's: 0\n\n");
	cli_world_expect(w.cli, "show crypto isakmp peers\n",
			 "Peer: 192.168.11.3 Port: 848 Local: "
			 "192.168.111.111\n"
			 " Phase1 id: 192.168.11.3\n");
	cli_world_close(&w);
}
END_TEST

START_TEST(policies_and_keys_are_shown_as_in_ios)
{
	struct cli_world w;

	cli_world_open(&w);
	cli_world_configure(w.cli, ARTICLE "crypto isakmp key HOSTKEY address "
					   "192.168.222.222\n");
	cli_world_expect(w.cli, "show crypto isakmp policy\n",
			 "\nGlobal IKE policy\n"
			 "Protection suite of priority 1\n"
			 "\tencryption algorithm:\tAES - Advanced Encryption "
			 "Standard (128 bit keys).\n"
			 "\thash algorithm:\t\tSecure Hash Standard\n"
			 "\tauthentication method:\tPre-Shared Key\n"
			 "\tDiffie-Hellman group:\t#2 (1024 bit)\n"
			 "\tlifetime:\t\t86400 seconds, no volume limit\n");
	cli_world_expect(
		w.cli, "show crypto isakmp key\n",
		"Keyring      Hostname/Address                            "
		"Preshared Key\n\n"
		"default      0.0.0.0        [0.0.0.0]                 "
		"MYGDOIPSK\n"
		"default      192.168.222.222                          "
		"HOSTKEY\n");
	cli_world_close(&w);
}
END_TEST

START_TEST(clear_ends_one_sa_or_all)
{
	struct cli_world w;

	cli_world_open(&w);
	cli_world_configure(w.cli, ARTICLE);
	pair_connect(&w.p);
	sim_run(w.p.sim, SEC(1));
	cli_world_expect(w.cli, "clear crypto isakmp 1002\n", "");
	ck_assert_uint_eq(pair_n_sas(w.p.ks), 1);
	cli_world_expect(w.cli, "clear crypto isakmp 1001\n", "");
	ck_assert_uint_eq(pair_n_sas(w.p.ks), 0);
	sim_run(w.p.sim, SEC(1));
	pair_connect(&w.p);
	sim_run(w.p.sim, SEC(1));
	cli_world_expect(w.cli, "clear crypto isakmp\n", "");
	ck_assert_uint_eq(pair_n_sas(w.p.ks), 0);
	cli_world_close(&w);
}
END_TEST

START_TEST(debug_says_much_but_no_secret)
{
	struct cli_world w;

	cli_world_open(&w);
	cli_world_configure(w.cli, ARTICLE);
	cli_world_expect(w.cli, "debug crypto isakmp\n",
			 "Crypto ISAKMP debugging is on\n");
	pair_connect(&w.p);
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_ge(sim_debugged(w.p.ks_node, "ISAKMP:("), 3);
	ck_assert_uint_eq(sim_debugged(w.p.ks_node, "MYGDOIPSK"), 0);
	ck_assert_uint_eq(sim_debugged(w.p.ks_node, "keylog"), 0);
	cli_world_expect(w.cli, "no debug crypto isakmp\n",
			 "Crypto ISAKMP debugging is off\n");
	cli_world_close(&w);
}
END_TEST

START_TEST(keys_are_logged_with_service_internal_only)
{
	char key[2 * ISAKMP_KEY_MAX + 1], cookie[2 * ISAKMP_COOKIE + 1];
	char *got;
	struct cli_world w;
	char line[128];

	cli_world_open(&w);
	cli_world_configure(w.cli, ARTICLE);
	got = cli_test_run(w.cli, "debug crypto isakmp keylog\n");
	ck_assert_int_eq(got[0], '%');
	free(got);
	ck_assert(!w.p.ks->keylog.on);
	w.internal = true;
	cli_world_expect(w.cli, "debug crypto isakmp keylog\n",
			 "Crypto ISAKMP Key Log debugging is on\n");
	pair_connect(&w.p);
	sim_run(w.p.sim, SEC(1));
	bytes_hex(cookie, w.p.sa->icookie, ISAKMP_COOKIE);
	bytes_hex(key, w.p.sa->keys.cipher.key, w.p.sa->keys.cipher.key_len);
	snprintf(line, sizeof(line), "%s,%s", cookie, key);
	ck_assert_uint_eq(sim_debugged(w.p.ks_node, line), 1);
	w.internal = false;
	isakmp_sa_delete(w.p.sa);
	sim_run(w.p.sim, SEC(1));
	pair_connect(&w.p);
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(sim_debugged(w.p.ks_node, "keylog"), 1);
	cli_world_expect(w.cli, "undebug crypto isakmp keylog\n",
			 "Crypto ISAKMP Key Log debugging is off\n");
	cli_world_close(&w);
}
END_TEST

START_TEST(a_disabled_isakmp_hears_nothing)
{
	struct cli_world w;

	cli_world_open(&w);
	cli_world_configure(w.cli, ARTICLE "no crypto isakmp enable\n");
	pair_connect(&w.p);
	sim_run(w.p.sim, SEC(5));
	ck_assert_uint_eq(pair_n_sas(w.p.ks), 0);
	cli_world_configure(w.cli, "crypto isakmp enable\n");
	sim_run(w.p.sim, SEC(10));
	ck_assert(pair_agree(&w.p));
	cli_world_close(&w);
}
END_TEST

START_TEST(keepalive_begins_on_the_sas_that_are_there)
{
	struct cli_world w;

	cli_world_open(&w);
	cli_world_configure(w.cli, ARTICLE);
	pair_connect(&w.p);
	sim_run(w.p.sim, SEC(1));
	cli_world_configure(w.cli, "crypto isakmp keepalive 10 periodic\n");
	expect_config(w.cli, ARTICLE "crypto isakmp keepalive 10 periodic\n");
	sim_run(w.p.sim, SEC(11));
	ck_assert_uint_eq(sim_stats(w.p.sim).sent, 8);
	cli_world_close(&w);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("isakmp_cli");
	TCase *tc = tcase_create("commands");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_keyring_has_the_keys_of_its_vrf_alone);
	tcase_add_test(tc, the_articles_lines_come_back);
	tcase_add_test(tc, what_is_typed_is_what_is_negotiated_with);
	tcase_add_test(tc, everything_comes_back_in_the_order_of_ios);
	tcase_add_test(tc, no_takes_it_all_back);
	tcase_add_test(
		tc,
		abbreviations_and_words_of_old_configurations_are_understood);
	tcase_add_test(tc, of_a_single_line_the_last_one_holds);
	tcase_add_test(tc, a_key_with_a_bad_mask_is_refused);
	tcase_add_test(tc, an_sa_is_shown_as_in_the_article);
	tcase_add_test(tc, rows_of_others_are_shown_too);
	tcase_add_test(tc, the_details_of_an_sa_are_laid_out_as_in_ios);
	tcase_add_test(tc, policies_and_keys_are_shown_as_in_ios);
	tcase_add_test(tc, clear_ends_one_sa_or_all);
	tcase_add_test(tc, debug_says_much_but_no_secret);
	tcase_add_test(tc, keys_are_logged_with_service_internal_only);
	tcase_add_test(tc, a_disabled_isakmp_hears_nothing);
	tcase_add_test(tc, keepalive_begins_on_the_sas_that_are_there);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
