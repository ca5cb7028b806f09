/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RSA key pairs: dialogues, show, the file. */
#include "isakmp/isakmp_keys.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/isakmp/keys_world.h"

#define MADE(bits, kind)                                                 \
	"% The key modulus size is " bits " bits\n"                      \
	"% Generating " bits " bit RSA keys, keys will be " kind "...\n" \
	"[OK] (elapsed time was 0 seconds)\n\n"

START_TEST(a_pair_is_made_as_in_the_article)
{
	struct keys_world w;
	EVP_PKEY *key;

	keys_world_open(&w);
	keys_world_expect(&w,
			  "crypto key generate rsa label MYRSAKEY modulus 1024 "
			  "exportable\n",
			  "The name for the keys will be: MYRSAKEY\n\n" MADE(
				  "1024", "exportable"));
	key = isakmp_keys_find(w.keys, "MYRSAKEY");
	ck_assert_ptr_nonnull(key);
	ck_assert_int_eq(EVP_PKEY_get_bits(key), 1024);
	ck_assert_ptr_null(isakmp_keys_find(w.keys, "myrsakey"));
	ck_assert_uint_eq(w.told, 1);
	ck_assert_str_eq(w.told_label, "MYRSAKEY");
	keys_world_close(&w);
}
END_TEST

START_TEST(words_come_in_any_order_in_both_modes)
{
	struct keys_world w;

	keys_world_open(&w);
	keys_world_expect(
		&w,
		"configure terminal\n"
		"crypto key gen rsa exportable mod 768 general-keys label A\n",
		"Enter configuration commands, one per line.  End with CNTL/Z."
		"\nThe name for the keys will be: A\n\n" MADE("768",
							      "exportable"));
	keys_world_expect(&w,
			  "end\ncrypto key generate rsa modulus 512 label B\n",
			  "The name for the keys will be: B\n\n" MADE(
				  "512", "non-exportable"));
	ck_assert_ptr_nonnull(isakmp_keys_find(w.keys, "A"));
	ck_assert_ptr_nonnull(isakmp_keys_find(w.keys, "B"));
	keys_world_close(&w);
}
END_TEST

#define QUESTION "How many bits in the modulus [512]: "
#define CHOICE                                                                 \
	"Choose the size of the key modulus in the range of 360 to 4096 for "  \
	"your\n"                                                               \
	"  General Purpose Keys. Choosing a key modulus greater than 512 may " \
	"take\n"                                                               \
	"  a few minutes.\n\n"

START_TEST(the_modulus_is_asked_for)
{
	struct keys_world w;

	keys_world_open(&w);
	cli_test_type(w.term, "crypto key generate rsa label A\n");
	ck_assert_str_eq(cli_test_prompt(w.term), QUESTION);
	keys_world_expect(&w, "1024\n",
			  "The name for the keys will be: A\n" CHOICE QUESTION
			  "\n"
			  "% Generating 1024 bit RSA keys, keys will be "
			  "non-exportable...\n"
			  "[OK] (elapsed time was 0 seconds)\n\n");
	ck_assert_int_eq(EVP_PKEY_get_bits(isakmp_keys_find(w.keys, "A")),
			 1024);
	cli_test_type(w.term, "crypto key generate rsa label B\n");
	free(cli_test_take(w.term));
	keys_world_expect(&w, "5000\n\n",
			  "% A decimal number between 360 and 4096.\n" QUESTION
			  "\n"
			  "% Generating 512 bit RSA keys, keys will be "
			  "non-exportable...\n"
			  "[OK] (elapsed time was 0 seconds)\n\n");
	ck_assert_int_eq(EVP_PKEY_get_bits(isakmp_keys_find(w.keys, "B")), 512);
	keys_world_close(&w);
}
END_TEST

START_TEST(a_pair_of_the_same_name_is_replaced)
{
	struct keys_world w;
	EVP_PKEY *old;

	keys_world_open(&w);
	keys_world_expect(&w, "crypto key generate rsa label A modulus 512\n",
			  "The name for the keys will be: A\n\n" MADE(
				  "512", "non-exportable"));
	old = isakmp_keys_find(w.keys, "A");
	EVP_PKEY_up_ref(old);
	keys_world_expect(
		&w, "crypto key generate rsa label A modulus 512\n",
		"% You already have RSA keys defined named A.\n"
		"% They will be replaced.\n\n" MADE("512", "non-exportable"));
	ck_assert_int_ne(EVP_PKEY_eq(old, isakmp_keys_find(w.keys, "A")), 1);
	EVP_PKEY_free(old);
	ck_assert_uint_eq(w.told, 2);
	keys_world_close(&w);
}
END_TEST

START_TEST(without_a_label_the_name_needs_a_domain)
{
	struct keys_world w;

	keys_world_open(&w);
	keys_world_expect(&w, "crypto key generate rsa modulus 512\n",
			  "% Please define a domain-name first.\n");
	keys_world_expect(
		&w, "crypto key generate rsa modulus 360 label A\n",
		"The name for the keys will be: A\n\n"
		"% RSA keys of less than 512 bits are not supported on this "
		"platform.\n");
	keys_world_close(&w);
}
END_TEST

START_TEST(without_a_label_the_name_is_host_and_domain)
{
	struct keys_world w;

	keys_world_open(&w);
	w.default_label = "KS1.example.net";
	keys_world_expect(
		&w, "crypto key generate rsa modulus 512\n",
		"The name for the keys will be: KS1.example.net\n\n" MADE(
			"512", "non-exportable"));
	ck_assert_ptr_nonnull(isakmp_keys_find(w.keys, "KS1.example.net"));
	w.default_label = NULL;
	keys_world_close(&w);
}
END_TEST

START_TEST(pairs_live_through_a_restart)
{
	struct stat st;
	struct keys_world w;
	EVP_PKEY *old;
	char *before, *after;

	keys_world_open(&w);
	cli_test_type(w.term, "crypto key generate rsa label A modulus 1024 "
			      "exportable\n"
			      "crypto key generate rsa label U modulus 512 "
			      "usage-keys\n");
	sim_run(w.sim, SEC(10));
	free(cli_test_take(w.term));
	ck_assert_int_eq(stat(w.path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	before = cli_test_run(w.cli, "show crypto key mypubkey rsa\n");
	old = isakmp_keys_find(w.keys, "A");
	EVP_PKEY_up_ref(old);
	keys_world_stop(&w);
	keys_world_start(&w);
	ck_assert_int_eq(EVP_PKEY_eq(old, isakmp_keys_find(w.keys, "A")), 1);
	EVP_PKEY_free(old);
	after = cli_test_run(w.cli, "show crypto key mypubkey rsa\n");
	ck_assert_str_eq(before, after);
	ck_assert_ptr_nonnull(strstr(after, " Usage: Signature Key\n"));
	ck_assert_ptr_nonnull(strstr(after, " Usage: Encryption Key\n"));
	free(before);
	free(after);
	keys_world_close(&w);
}
END_TEST

START_TEST(a_pair_is_shown_as_in_ios)
{
	const char *head =
		"% Key pair was generated at: 18:00:01 UTC Jan 2 2016\n"
		"Key name: MYRSAKEY\n"
		"Key type: RSA KEYS\n"
		" Storage Device: not specified\n"
		" Usage: General Purpose Key\n"
		" Key is exportable.\n"
		" Key Data:\n"
		"  30819F30 0D06092A 864886F7 0D010101 05000381 8D003081 "
		"89028181 00";
	struct keys_world w;
	char *got;

	keys_world_open(&w);
	cli_test_type(w.term, "crypto key generate rsa label MYRSAKEY modulus "
			      "1024 exportable\n");
	sim_run(w.sim, SEC(10));
	got = cli_test_run(w.cli, "show crypto key mypubkey rsa MYRSAKEY\n");
	ck_assert_int_eq(strncmp(got, head, strlen(head)), 0);
	ck_assert_str_eq(got + strlen(got) - strlen("020301 0001\n"),
			 "020301 0001\n");
	ck_assert_ptr_null(strstr(got, " \n\n"));
	free(got);
	got = cli_test_run(w.cli, "show crypto key mypubkey rsa OTHER\n");
	ck_assert_str_eq(got, "");
	free(got);
	keys_world_close(&w);
}
END_TEST

#define REALLY "Do you really want to remove these keys? [yes/no]: "

START_TEST(zeroize_asks_first)
{
	struct keys_world w;

	keys_world_open(&w);
	cli_test_type(w.term, "crypto key generate rsa label A modulus 512\n");
	sim_run(w.sim, SEC(10));
	free(cli_test_take(w.term));
	keys_world_expect(&w, "crypto key zeroize rsa X\n",
			  "% RSA keypair 'X' is not found.\n");
	keys_world_expect(
		&w,
		"crypto key zeroize rsa A\n"
		"perhaps\n"
		"no\n",
		"% Keys to be removed are named 'A'.\n"
		"% All router certs issued using these keys will also be "
		"removed.\n" REALLY "\n% Please answer 'yes' or 'no'.\n" REALLY
		"\n");
	ck_assert_ptr_nonnull(isakmp_keys_find(w.keys, "A"));
	cli_test_type(w.term, "crypto key zeroize rsa A\n");
	ck_assert_str_eq(cli_test_prompt(w.term),
			 "Do you really want to remove these keys? [yes/no]: ");
	cli_test_type(w.term, "yes\n");
	ck_assert_ptr_null(isakmp_keys_find(w.keys, "A"));
	ck_assert_uint_eq(w.told, 2);
	keys_world_stop(&w);
	keys_world_start(&w);
	ck_assert_ptr_null(isakmp_keys_find(w.keys, "A"));
	keys_world_close(&w);
}
END_TEST

START_TEST(who_breaks_off_gets_no_pair)
{
	struct keys_world w;

	keys_world_open(&w);
	cli_test_type(w.term, "crypto key generate rsa label A modulus 512\n");
	cli_test_interrupt(w.term);
	sim_run(w.sim, SEC(10));
	ck_assert_ptr_null(isakmp_keys_find(w.keys, "A"));
	ck_assert_uint_eq(w.told, 0);
	cli_test_type(w.term, "crypto key generate rsa label A\n");
	cli_test_interrupt(w.term);
	cli_test_type(w.term, "crypto key generate rsa label A modulus 512\n");
	keys_world_close(&w); /* with a pair in the making */
}
END_TEST

START_TEST(one_pair_is_made_at_a_time)
{
	struct cli_test *other;
	struct keys_world w;
	char *got;

	keys_world_open(&w);
	other = cli_test_new(w.cli);
	cli_test_type(w.term, "crypto key generate rsa label A modulus 512\n");
	cli_test_type(other, "crypto key generate rsa label B modulus 512\n");
	ck_assert(cli_test_failed(other));
	got = cli_test_take(other);
	ck_assert_str_eq(got, "The name for the keys will be: B\n\n"
			      "% RSA keys are being generated already. Please "
			      "try again later.\n");
	free(got);
	sim_run(w.sim, SEC(10));
	ck_assert_ptr_nonnull(isakmp_keys_find(w.keys, "A"));
	ck_assert_ptr_null(isakmp_keys_find(w.keys, "B"));
	/* Who breaks off makes room at once. */
	cli_test_type(w.term, "crypto key generate rsa label A modulus 512\n");
	cli_test_interrupt(w.term);
	ck_assert_str_eq(cli_test_prompt(w.term), "KS1#");
	cli_test_type(other, "crypto key generate rsa label B modulus 512\n");
	sim_run(w.sim, SEC(10));
	ck_assert_ptr_nonnull(isakmp_keys_find(w.keys, "B"));
	cli_test_free(other);
	keys_world_close(&w);
}
END_TEST

START_TEST(a_damaged_file_is_set_aside)
{
	char damaged[128];
	struct keys_world w;
	char *text;
	size_t len;

	keys_world_open(&w);
	cli_test_type(w.term, "crypto key generate rsa label A modulus 512\n"
			      "crypto key generate rsa label B modulus 512\n");
	sim_run(w.sim, SEC(10));
	free(cli_test_take(w.term));
	keys_world_stop(&w);
	text = file_read(w.path, 1 << 20, &len);
	ck_assert_ptr_nonnull(text);
	ck_assert_int_eq(file_write(w.path, 0600, text, len - 30), 0);
	keys_world_start(&w);
	ck_assert_ptr_nonnull(isakmp_keys_find(w.keys, "A"));
	ck_assert_ptr_null(isakmp_keys_find(w.keys, "B"));
	snprintf(damaged, sizeof(damaged), "%s.damaged", w.path);
	ck_assert_int_eq(access(damaged, R_OK), 0);
	free(text);
	keys_world_close(&w);
}
END_TEST

START_TEST(no_cut_of_the_file_does_harm)
{
	struct isakmp_keys *copy;
	struct keys_world w;
	size_t len, cut;
	char *text;

	keys_world_open(&w);
	cli_test_type(w.term, "crypto key generate rsa label A modulus 512\n");
	sim_run(w.sim, SEC(10));
	text = isakmp_keys_write(w.keys);
	len = strlen(text);
	for (cut = len; cut-- > 0;) {
		copy = isakmp_keys_new(sim_env(w.node), "keys.XXXXXX/none");
		text[cut] = '\0';
		(void)!isakmp_keys_read(copy, text);
		ck_assert(cut >= len - 30 || !isakmp_keys_first(copy, NULL));
		isakmp_keys_free(copy);
	}
	free(text);
	keys_world_close(&w);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("isakmp_keys");
	TCase *tc = tcase_create("keys");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_pair_is_made_as_in_the_article);
	tcase_add_test(tc, words_come_in_any_order_in_both_modes);
	tcase_add_test(tc, the_modulus_is_asked_for);
	tcase_add_test(tc, a_pair_of_the_same_name_is_replaced);
	tcase_add_test(tc, without_a_label_the_name_needs_a_domain);
	tcase_add_test(tc, without_a_label_the_name_is_host_and_domain);
	tcase_add_test(tc, pairs_live_through_a_restart);
	tcase_add_test(tc, a_pair_is_shown_as_in_ios);
	tcase_add_test(tc, zeroize_asks_first);
	tcase_add_test(tc, who_breaks_off_gets_no_pair);
	tcase_add_test(tc, one_pair_is_made_at_a_time);
	tcase_add_test(tc, a_damaged_file_is_set_aside);
	tcase_add_test(tc, no_cut_of_the_file_does_harm);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
