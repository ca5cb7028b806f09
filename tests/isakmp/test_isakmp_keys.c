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
#include "tests/isakmp/cli_world.h"

struct world {
	char dir[64], path[96];
	struct sim *sim;
	struct sim_node *node;
	struct isakmp_keys *keys;
	struct loop *loop;
	struct cli *cli;
	struct cli_test *term;
	unsigned int told;
	char told_label[64];
};

static const char *default_label; /* NULL: no domain name */

static char *label(void *arg)
{
	(void)arg;
	return default_label ? xstrdup(default_label) : NULL;
}

static void told(void *arg, const char *label)
{
	struct world *w = arg;

	w->told++;
	snprintf(w->told_label, sizeof(w->told_label), "%s", label);
}

static void open_keys(struct world *w)
{
	w->keys = isakmp_keys_new(sim_env(w->node), w->path);
	isakmp_keys_watch(w->keys, told, w);
	w->loop = loop_new();
	w->cli = cli_world_cli(w->loop);
	isakmp_keys_cli_init(w->keys, w->cli, label, NULL);
	w->term = cli_test_new(w->cli);
}

static void close_keys(struct world *w)
{
	cli_test_free(w->term);
	isakmp_keys_free(w->keys);
	cli_free(w->cli);
	loop_free(w->loop);
}

static void open_world(struct world *w)
{
	*w = (struct world){ 0 };
	snprintf(w->dir, sizeof(w->dir), "keys.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(w->dir));
	snprintf(w->path, sizeof(w->path), "%s/private-config", w->dir);
	w->sim = sim_new(1);
	w->node = sim_node_new(w->sim, "KS1", "10.0.0.1");
	open_keys(w);
}

static void close_world(struct world *w)
{
	char damaged[128];

	close_keys(w);
	sim_free(w->sim);
	snprintf(damaged, sizeof(damaged), "%s.damaged", w->path);
	unlink(damaged);
	unlink(w->path);
	rmdir(w->dir);
}

/* Types, lets two minutes pass, and compares the screen. */
static void expect(struct world *w, const char *lines, const char *screen)
{
	char *got;

	cli_test_type(w->term, lines);
	sim_run(w->sim, SEC(120));
	got = cli_test_take(w->term);
	ck_assert_str_eq(got, screen);
	free(got);
}

#define MADE(bits, kind)                                                 \
	"% The key modulus size is " bits " bits\n"                      \
	"% Generating " bits " bit RSA keys, keys will be " kind "...\n" \
	"[OK] (elapsed time was 0 seconds)\n\n"

START_TEST(a_pair_is_made_as_in_the_article)
{
	struct world w;
	EVP_PKEY *key;

	open_world(&w);
	expect(&w,
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
	close_world(&w);
}
END_TEST

START_TEST(words_come_in_any_order_in_both_modes)
{
	struct world w;

	open_world(&w);
	expect(&w,
	       "configure terminal\n"
	       "crypto key gen rsa exportable mod 768 general-keys label A\n",
	       "Enter configuration commands, one per line.  End with CNTL/Z."
	       "\nThe name for the keys will be: A\n\n" MADE("768",
							     "exportable"));
	expect(&w, "end\ncrypto key generate rsa modulus 512 label B\n",
	       "The name for the keys will be: B\n\n" MADE("512",
							   "non-exportable"));
	ck_assert_ptr_nonnull(isakmp_keys_find(w.keys, "A"));
	ck_assert_ptr_nonnull(isakmp_keys_find(w.keys, "B"));
	close_world(&w);
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
	struct world w;

	open_world(&w);
	cli_test_type(w.term, "crypto key generate rsa label A\n");
	ck_assert_str_eq(cli_test_prompt(w.term), QUESTION);
	expect(&w, "1024\n",
	       "The name for the keys will be: A\n" CHOICE QUESTION "\n"
	       "% Generating 1024 bit RSA keys, keys will be "
	       "non-exportable...\n"
	       "[OK] (elapsed time was 0 seconds)\n\n");
	ck_assert_int_eq(EVP_PKEY_get_bits(isakmp_keys_find(w.keys, "A")),
			 1024);
	cli_test_type(w.term, "crypto key generate rsa label B\n");
	free(cli_test_take(w.term));
	expect(&w, "5000\n\n",
	       "% A decimal number between 360 and 4096.\n" QUESTION "\n"
	       "% Generating 512 bit RSA keys, keys will be "
	       "non-exportable...\n"
	       "[OK] (elapsed time was 0 seconds)\n\n");
	ck_assert_int_eq(EVP_PKEY_get_bits(isakmp_keys_find(w.keys, "B")), 512);
	close_world(&w);
}
END_TEST

START_TEST(a_pair_of_the_same_name_is_replaced)
{
	struct world w;
	EVP_PKEY *old;

	open_world(&w);
	expect(&w, "crypto key generate rsa label A modulus 512\n",
	       "The name for the keys will be: A\n\n" MADE("512",
							   "non-exportable"));
	old = isakmp_keys_find(w.keys, "A");
	EVP_PKEY_up_ref(old);
	expect(&w, "crypto key generate rsa label A modulus 512\n",
	       "% You already have RSA keys defined named A.\n"
	       "% They will be replaced.\n\n" MADE("512", "non-exportable"));
	ck_assert_int_ne(EVP_PKEY_eq(old, isakmp_keys_find(w.keys, "A")), 1);
	EVP_PKEY_free(old);
	ck_assert_uint_eq(w.told, 2);
	close_world(&w);
}
END_TEST

START_TEST(without_a_label_the_name_needs_a_domain)
{
	struct world w;

	open_world(&w);
	expect(&w, "crypto key generate rsa modulus 512\n",
	       "% Please define a domain-name first.\n");
	expect(&w, "crypto key generate rsa modulus 360 label A\n",
	       "The name for the keys will be: A\n\n"
	       "% RSA keys of less than 512 bits are not supported on this "
	       "platform.\n");
	close_world(&w);
}
END_TEST

START_TEST(without_a_label_the_name_is_host_and_domain)
{
	struct world w;

	open_world(&w);
	default_label = "KS1.example.net";
	expect(&w, "crypto key generate rsa modulus 512\n",
	       "The name for the keys will be: KS1.example.net\n\n" MADE(
		       "512", "non-exportable"));
	ck_assert_ptr_nonnull(isakmp_keys_find(w.keys, "KS1.example.net"));
	default_label = NULL;
	close_world(&w);
}
END_TEST

START_TEST(pairs_live_through_a_restart)
{
	struct stat st;
	struct world w;
	EVP_PKEY *old;
	char *before, *after;

	open_world(&w);
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
	close_keys(&w);
	open_keys(&w);
	ck_assert_int_eq(EVP_PKEY_eq(old, isakmp_keys_find(w.keys, "A")), 1);
	EVP_PKEY_free(old);
	after = cli_test_run(w.cli, "show crypto key mypubkey rsa\n");
	ck_assert_str_eq(before, after);
	ck_assert_ptr_nonnull(strstr(after, " Usage: Signature Key\n"));
	ck_assert_ptr_nonnull(strstr(after, " Usage: Encryption Key\n"));
	free(before);
	free(after);
	close_world(&w);
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
	struct world w;
	char *got;

	open_world(&w);
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
	close_world(&w);
}
END_TEST

#define REALLY "Do you really want to remove these keys? [yes/no]: "

START_TEST(zeroize_asks_first)
{
	struct world w;

	open_world(&w);
	cli_test_type(w.term, "crypto key generate rsa label A modulus 512\n");
	sim_run(w.sim, SEC(10));
	free(cli_test_take(w.term));
	expect(&w, "crypto key zeroize rsa X\n",
	       "% RSA keypair 'X' is not found.\n");
	expect(&w,
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
	close_keys(&w);
	open_keys(&w);
	ck_assert_ptr_null(isakmp_keys_find(w.keys, "A"));
	close_world(&w);
}
END_TEST

START_TEST(who_breaks_off_gets_no_pair)
{
	struct world w;

	open_world(&w);
	cli_test_type(w.term, "crypto key generate rsa label A modulus 512\n");
	cli_test_interrupt(w.term);
	sim_run(w.sim, SEC(10));
	ck_assert_ptr_null(isakmp_keys_find(w.keys, "A"));
	ck_assert_uint_eq(w.told, 0);
	cli_test_type(w.term, "crypto key generate rsa label A\n");
	cli_test_interrupt(w.term);
	cli_test_type(w.term, "crypto key generate rsa label A modulus 512\n");
	close_world(&w); /* with a pair in the making */
}
END_TEST

START_TEST(one_pair_is_made_at_a_time)
{
	struct cli_test *other;
	struct world w;
	char *got;

	open_world(&w);
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
	close_world(&w);
}
END_TEST

START_TEST(a_damaged_file_is_set_aside)
{
	char damaged[128];
	struct world w;
	char *text;
	size_t len;

	open_world(&w);
	cli_test_type(w.term, "crypto key generate rsa label A modulus 512\n"
			      "crypto key generate rsa label B modulus 512\n");
	sim_run(w.sim, SEC(10));
	free(cli_test_take(w.term));
	close_keys(&w);
	text = file_read(w.path, 1 << 20, &len);
	ck_assert_ptr_nonnull(text);
	ck_assert_int_eq(file_write(w.path, 0600, text, len - 30), 0);
	open_keys(&w);
	ck_assert_ptr_nonnull(isakmp_keys_find(w.keys, "A"));
	ck_assert_ptr_null(isakmp_keys_find(w.keys, "B"));
	snprintf(damaged, sizeof(damaged), "%s.damaged", w.path);
	ck_assert_int_eq(access(damaged, R_OK), 0);
	free(text);
	close_world(&w);
}
END_TEST

START_TEST(no_cut_of_the_file_does_harm)
{
	struct isakmp_keys *copy;
	struct world w;
	size_t len, cut;
	char *text;

	open_world(&w);
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
	close_world(&w);
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
