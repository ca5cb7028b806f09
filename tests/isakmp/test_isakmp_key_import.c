/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto key export, import and move, as a user types and pastes them. */
#include <check.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "isakmp/isakmp_pem.h"
#include "tests/check_main.h"
#include "tests/isakmp/keys_world.h"

#define PASS "MYSECRETPASS"
#define ASK_PUBLIC                                             \
	"% Enter PEM-formatted public General Purpose key or " \
	"certificate.\n"                                       \
	"% End with a blank line or \"quit\" on a line by itself.\n"
#define ASK_PRIVATE                                                \
	"% Enter PEM-formatted encrypted private General Purpose " \
	"key.\n"                                                   \
	"% End with \"quit\" on a line by itself.\n"
#define SUCCEEDED "% Key pair import succeeded.\n"
#define IMPORT	  "crypto key import rsa MYRSAKEY terminal " PASS "\n"

static struct keys_world w;
static EVP_PKEY *rsa;
static char *public, *private;

static void world_open(void)
{
	keys_world_open(&w);
	rsa = EVP_RSA_gen(1024);
	public = isakmp_pem_public_text(rsa);
	private = isakmp_pem_private_text(rsa, ISAKMP_ENCR_3DES, 192,
					  (const uint8_t *)"01234567", PASS);
}

static void world_close(void)
{
	keys_world_close(&w);
	EVP_PKEY_free(rsa);
	free(public);
	free(private);
}

/* The lines, put together from parts up to a NULL, give this screen. */
#define pasted(screen, ...) paste(screen, __VA_ARGS__, NULL)
static void paste(const char *screen, ...)
{
	char *lines = xstrdup(""), *more;
	const char *part;
	va_list args;

	va_start(args, screen);
	while ((part = va_arg(args, const char *))) {
		more = xasprintf("%s%s", lines, part);
		free(lines);
		lines = more;
	}
	va_end(args);
	keys_world_expect(&w, lines, screen);
	free(lines);
}

static void has_key(const char *label, EVP_PKEY *want)
{
	EVP_PKEY *key = isakmp_keys_find(w.keys, label);

	ck_assert_ptr_nonnull(key);
	ck_assert_int_eq(EVP_PKEY_eq(key, want), 1);
}

static void has_none(void)
{
	ck_assert_ptr_null(isakmp_keys_first(w.keys, NULL));
	ck_assert_str_eq(cli_test_prompt(w.term), "KS1#");
	ck_assert_uint_eq(w.told, 0);
}

static void make(const char *words)
{
	char *line = xasprintf("crypto key generate rsa modulus 1024 label %s"
			       "\n",
			       words);

	free(keys_world_type(&w, line));
	free(line);
	w.told = 0;
}

/* --- export --------------------------------------------------------------- */

START_TEST(export_looks_as_in_the_article)
{
	const char *head = "\n% Key name: MYRSAKEY\n"
			   "   Usage: General Purpose Key\n"
			   "   Key data:\n"
			   "-----BEGIN PUBLIC KEY-----\n";
	const char *middle = "-----END PUBLIC KEY-----\n"
			     "-----BEGIN RSA PRIVATE KEY-----\n"
			     "Proc-Type: 4,ENCRYPTED\n"
			     "DEK-Info: DES-EDE3-CBC,";
	const char *tail = "-----END RSA PRIVATE KEY-----\n";
	char *got, *p;

	make("MYRSAKEY exportable");
	free(keys_world_type(&w, "configure terminal\n"));
	got = keys_world_type(&w, "crypto key export rsa MYRSAKEY pem terminal "
				  "3des " PASS "\n");
	ck_assert_int_eq(strncmp(got, head, strlen(head)), 0);
	p = strstr(got, middle);
	ck_assert_ptr_nonnull(p);
	p += strlen(middle);
	ck_assert_uint_eq(strspn(p, "0123456789ABCDEF"), 16);
	ck_assert_int_eq(strncmp(p + 16, "\n\n", 2), 0);
	ck_assert_uint_eq(strcspn(p + 18, "\n"), 64);
	ck_assert_str_eq(got + strlen(got) - strlen(tail), tail);
	free(got);
}
END_TEST

/* Each way of wrapping, read by OpenSSL where it can (single DES is tested
 * with the text alone). */
START_TEST(what_is_exported_is_the_key)
{
	static char words[] = "two words";
	static const char *const ways[] = { "3des", "aes", "aes 128", "aes 192",
					    "aes 256" };
	char *line, *got;
	EVP_PKEY *key;
	size_t i;
	BIO *bio;

	make("A exportable");
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		line = xasprintf("crypto key export rsa A pem terminal %s "
				 "%s\n",
				 ways[i], words);
		got = keys_world_type(&w, line);
		bio = BIO_new_mem_buf(strstr(got, "-----BEGIN RSA"), -1);
		key = PEM_read_bio_PrivateKey(bio, NULL, NULL, words);
		ck_assert_ptr_nonnull(key);
		has_key("A", key);
		EVP_PKEY_free(key);
		BIO_free(bio);
		free(got);
		free(line);
	}
}
END_TEST

START_TEST(usage_keys_are_exported_one_after_the_other)
{
	char *got, *second;

	make("A exportable usage-keys");
	got = keys_world_type(
		&w, "crypto key export rsa A pem terminal des " PASS "\n");
	second = strstr(got, "   Usage: Encryption Key\n");
	ck_assert_ptr_nonnull(strstr(got, "   Usage: Signature Key\n"));
	ck_assert_ptr_nonnull(second);
	ck_assert_ptr_nonnull(strstr(second, "DEK-Info: DES-CBC,"));
	free(got);
}
END_TEST

START_TEST(export_says_why_not)
{
	make("A");
	make("B exportable");
	pasted("% RSA keypair 'A' is not exportable.\n",
	       "crypto key export rsa A pem terminal 3des " PASS "\n");
	pasted("% RSA keypair 'C' is not found.\n",
	       "crypto key export rsa C pem terminal 3des " PASS "\n");
	pasted("% Invalid passphrase: Needs at least 8 chars\n",
	       "crypto key export rsa B pem terminal 3des 1234567\n");
}
END_TEST

START_TEST(a_moved_key_is_exportable_no_more)
{
	char *got;

	make("A exportable");
	pasted("% RSA keypair 'B' is not found.\n",
	       "crypto key move rsa B non-exportable\n");
	pasted("", "crypto key move rsa A non-exportable\n");
	pasted("% RSA keypair 'A' is not exportable.\n",
	       "crypto key export rsa A pem terminal 3des " PASS "\n");
	keys_world_stop(&w);
	keys_world_start(&w);
	got = keys_world_type(&w, "show crypto key mypubkey rsa A\n");
	ck_assert_ptr_nonnull(strstr(got, " Key is not exportable.\n"));
	free(got);
}
END_TEST

/* --- import --------------------------------------------------------------- */

START_TEST(import_goes_as_in_the_article)
{
	struct stat st;
	char *got;

	pasted(ASK_PUBLIC ASK_PRIVATE SUCCEEDED, IMPORT, public, "quit\n",
	       private, "quit\n");
	has_key("MYRSAKEY", rsa);
	ck_assert_uint_eq(w.told, 1);
	ck_assert_str_eq(w.told_label, "MYRSAKEY");
	ck_assert_int_eq(stat(w.path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	got = keys_world_type(&w, "show crypto key mypubkey rsa\n");
	ck_assert_ptr_nonnull(strstr(got, " Key is not exportable.\n"));
	ck_assert_ptr_nonnull(strstr(got, " Usage: General Purpose Key\n"));
	free(got);
	keys_world_stop(&w);
	keys_world_start(&w);
	has_key("MYRSAKEY", rsa);
}
END_TEST

START_TEST(an_exported_key_is_imported_by_another_router)
{
	char *got, *from;

	make("A exportable");
	got = keys_world_type(
		&w, "crypto key export rsa A pem terminal 3des " PASS "\n");
	EVP_PKEY_free(rsa);
	rsa = isakmp_keys_find(w.keys, "A");
	EVP_PKEY_up_ref(rsa);
	from = strstr(got, "-----BEGIN PUBLIC");
	/* Both of them at once, with no line between them. */
	free(keys_world_type(&w, "configure terminal\n"));
	pasted(ASK_PUBLIC ASK_PRIVATE SUCCEEDED,
	       "crypto key import rsa B pem exportable terminal " PASS "\n",
	       from, "quit\n");
	has_key("B", rsa);
	ck_assert_ptr_nonnull(isakmp_keys_first(w.keys, "B"));
	ck_assert(isakmp_keys_first(w.keys, "B")->exportable);
	free(got);
}
END_TEST

START_TEST(the_ways_to_end_the_public_part)
{
	static const char *const ends[] = { "quit\n", "\n",	     "\nquit\n",
					    "\r\n",   "  QUIT \r\n", "" };
	char *line;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		line = xasprintf(
			"crypto key import rsa K%zu terminal " PASS "\n", i);
		pasted(ASK_PUBLIC ASK_PRIVATE SUCCEEDED, line, "\n", public,
		       ends[i], private, "\nquit\n");
		free(line);
	}
	has_key("K5", rsa);
}
END_TEST

START_TEST(glued_lines_are_parted)
{
	char *p;

	/* The last line of the base64 and END. */
	p = strstr(public, "\n-----END");
	memmove(p, p + 1, strlen(p));
	p = strstr(private, "\n-----END");
	memmove(p, p + 1, strlen(p));
	pasted(ASK_PUBLIC ASK_PRIVATE SUCCEEDED, IMPORT, public, "quit\n",
	       private, "quit\n");
	has_key("MYRSAKEY", rsa);
	/* END of the one and BEGIN of the other. */
	public[strlen(public) - 1] = '\0';
	pasted(ASK_PUBLIC ASK_PRIVATE SUCCEEDED,
	       "crypto key import rsa B terminal " PASS "\n", public, private,
	       "quit\n");
	has_key("B", rsa);
}
END_TEST

START_TEST(usage_keys_come_one_after_the_other)
{
	pasted("% Enter PEM-formatted public Signature key or certificate.\n"
	       "% End with a blank line or \"quit\" on a line by itself.\n"
	       "% Enter PEM-formatted encrypted private Signature key.\n"
	       "% End with \"quit\" on a line by itself.\n"
	       "% Enter PEM-formatted public Encryption key or certificate.\n"
	       "% End with a blank line or \"quit\" on a line by itself.\n"
	       "% Enter PEM-formatted encrypted private Encryption key.\n"
	       "% End with \"quit\" on a line by itself.\n" SUCCEEDED,
	       "crypto key import rsa U pem usage-keys terminal " PASS "\n",
	       public, "quit\n", private, "quit\n", public, "quit\n", private,
	       "quit\n");
	has_key("U", rsa);
	ck_assert_int_eq(isakmp_keys_first(w.keys, "U")->usage, RSA_SIGNATURE);
	ck_assert_uint_eq(w.told, 1);
}
END_TEST

START_TEST(a_key_that_is_there_is_replaced_after_a_question)
{
	EVP_PKEY *old;

	make("MYRSAKEY exportable");
	old = isakmp_keys_find(w.keys, "MYRSAKEY");
	EVP_PKEY_up_ref(old);
	pasted(ASK_PUBLIC ASK_PRIVATE
	       "% You already have RSA keys defined named MYRSAKEY.\n"
	       "Do you really want to replace them? [yes/no]: \n"
	       "% Please answer 'yes' or 'no'.\n"
	       "Do you really want to replace them? [yes/no]: \n"
	       "% Key pair import failed.\n",
	       IMPORT, public, "quit\n", private, "quit\n", "perhaps\nno\n");
	has_key("MYRSAKEY", old);
	ck_assert_uint_eq(w.told, 0);
	pasted(ASK_PUBLIC ASK_PRIVATE
	       "% You already have RSA keys defined named MYRSAKEY.\n"
	       "Do you really want to replace them? [yes/no]: \n" SUCCEEDED,
	       IMPORT, public, "quit\n", private, "quit\n", "y\n");
	has_key("MYRSAKEY", rsa);
	ck_assert(!isakmp_keys_first(w.keys, "MYRSAKEY")->exportable);
	EVP_PKEY_free(old);
}
END_TEST

START_TEST(a_wrong_passphrase_is_told_and_changes_nothing)
{
	pasted(ASK_PUBLIC ASK_PRIVATE
	       "% Reason: the key cannot be read; is the passphrase right?\n"
	       "% PEM files import failed.\n",
	       "crypto key import rsa MYRSAKEY terminal WRONGPASS\n", public,
	       "quit\n", private, "quit\n");
	has_none();
}
END_TEST

START_TEST(keys_that_do_not_belong_together_are_refused)
{
	EVP_PKEY *other = EVP_RSA_gen(1024);
	char *text = isakmp_pem_public_text(other);

	pasted(ASK_PUBLIC ASK_PRIVATE
	       "% Reason: public and private key do not belong together\n"
	       "% Key pair import failed.\n",
	       IMPORT, text, "quit\n", private, "quit\n");
	has_none();
	EVP_PKEY_free(other);
	free(text);
}
END_TEST

START_TEST(garbage_is_refused_without_becoming_commands)
{
	char *history;

	pasted(ASK_PUBLIC ASK_PRIVATE "% Reason: the text is no PEM\n"
				      "% PEM files import failed.\n",
	       IMPORT, "garbage\nhostname EVIL\n\nmore of it\n!\n",
	       "crypto key zeroize rsa\nquit\n");
	pasted(ASK_PUBLIC ASK_PRIVATE "% Reason: the text is no PEM\n"
				      "% PEM files import failed.\n",
	       IMPORT, "quit\nquit\n");
	has_none();
	history = keys_world_type(&w, "show history\n");
	ck_assert_ptr_null(strstr(history, "EVIL"));
	free(history);
}
END_TEST

START_TEST(more_than_a_key_may_have_is_refused_at_the_end)
{
	char *line = xcalloc(1, 4002);
	struct cli_test *t = w.term;
	char *got;
	int i;

	memset(line, 'A', 4000);
	line[4000] = '\n';
	cli_test_type(t, IMPORT);
	cli_test_type(t, public);
	cli_test_type(t, "quit\n-----BEGIN RSA PRIVATE KEY-----\n");
	for (i = 0; i < 100; i++)
		cli_test_type(t, line);
	cli_test_type(t, "-----END RSA PRIVATE KEY-----\n");
	got = keys_world_type(&w, "quit\n");
	ck_assert_str_eq(got, ASK_PUBLIC ASK_PRIVATE
			 "% Reason: the text is too long\n"
			 "% PEM files import failed.\n");
	has_none();
	free(got);
	free(line);
}
END_TEST

START_TEST(who_breaks_off_is_back_at_the_prompt)
{
	cli_test_type(w.term, IMPORT);
	cli_test_interrupt(w.term);
	has_none();
	cli_test_type(w.term, IMPORT);
	cli_test_type(w.term, public);
	cli_test_type(w.term, "quit\n");
	cli_test_type(w.term, private);
	cli_test_interrupt(w.term);
	has_none();
	cli_test_type(w.term, IMPORT);
	cli_test_type(w.term, public);
	cli_test_type(w.term, "quit\n");
	cli_test_type(w.term, private);
	cli_test_type(w.term, "quit\n"); /* the check is at work */
	ck_assert_str_eq(cli_test_prompt(w.term), "");
	cli_test_interrupt(w.term);
	sim_run(w.sim, SEC(10));
	has_none();
}
END_TEST

/* The terminal goes, then the router, with the dialogue or the check under
 * way: nothing is left (the sanitizer looks). */
START_TEST(who_is_cut_off_leaves_nothing)
{
	cli_test_type(w.term, IMPORT);
	cli_test_type(w.term, public);
	cli_test_free(w.term);
	w.term = cli_test_new(w.cli);
	cli_test_type(w.term, IMPORT);
	cli_test_type(w.term, public);
	cli_test_type(w.term, "quit\n");
	cli_test_type(w.term, private);
	cli_test_type(w.term, "quit\n");
	cli_test_free(w.term);
	w.term = cli_test_new(w.cli);
	sim_run(w.sim, SEC(10));
	has_none();
	cli_test_type(w.term, IMPORT);
	cli_test_type(w.term, public);
	cli_test_type(w.term, "quit\n");
	cli_test_type(w.term, private);
	cli_test_type(w.term, "quit\n");
}
END_TEST

START_TEST(no_history_keeps_the_passphrase)
{
	char *got;

	make("A exportable");
	free(keys_world_type(&w, "crypto key export rsa A pem terminal 3des "
				 "GEHEIMNIS\n"));
	pasted(ASK_PUBLIC ASK_PRIVATE SUCCEEDED, IMPORT, public, "quit\n",
	       private, "quit\n");
	free(keys_world_type(&w, "configure terminal\n"
				 "crypto key export rsa A pem terminal 3des "
				 "GEHEIMNIS\n"
				 "do crypto key export rsa A pem terminal 3des "
				 "GEHEIMNIS\n"
				 "do show history\nend\n"));
	got = keys_world_type(&w, "show history\n");
	ck_assert_ptr_nonnull(strstr(got, "show history\n"));
	ck_assert_ptr_nonnull(strstr(got, "configure terminal\n"));
	ck_assert_ptr_null(strstr(got, "GEHEIMNIS"));
	ck_assert_ptr_null(strstr(got, PASS));
	ck_assert_ptr_null(strstr(got, "BEGIN"));
	free(got);
	got = keys_world_type(&w, "configure terminal\ndo show history\n");
	ck_assert_ptr_null(strstr(got, "GEHEIMNIS"));
	free(got);
}
END_TEST

START_TEST(private_config_has_room_for_so_many)
{
	size_t i;

	for (i = 0; i < RSA_PAIRS_MAX; i++)
		isakmp_keys_add(w.keys, i ? "many" : "one", RSA_GENERAL, false,
				0, rsa);
	pasted(ASK_PUBLIC ASK_PRIVATE "% Too many RSA key pairs.\n"
				      "% Key pair import failed.\n",
	       IMPORT, public, "quit\n", private, "quit\n");
	isakmp_keys_remove(w.keys, "one");
	pasted(ASK_PUBLIC ASK_PRIVATE SUCCEEDED, IMPORT, public, "quit\n",
	       private, "quit\n");
}
END_TEST

static TCase *case_export(void)
{
	TCase *c = tcase_create("export");

	tcase_add_checked_fixture(c, world_open, world_close);
	tcase_add_test(c, export_looks_as_in_the_article);
	tcase_add_test(c, what_is_exported_is_the_key);
	tcase_add_test(c, usage_keys_are_exported_one_after_the_other);
	tcase_add_test(c, export_says_why_not);
	tcase_add_test(c, a_moved_key_is_exportable_no_more);
	return c;
}

static TCase *case_import(void)
{
	TCase *c = tcase_create("import");

	tcase_add_checked_fixture(c, world_open, world_close);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, import_goes_as_in_the_article);
	tcase_add_test(c, an_exported_key_is_imported_by_another_router);
	tcase_add_test(c, the_ways_to_end_the_public_part);
	tcase_add_test(c, glued_lines_are_parted);
	tcase_add_test(c, usage_keys_come_one_after_the_other);
	tcase_add_test(c, a_key_that_is_there_is_replaced_after_a_question);
	return c;
}

static TCase *case_failures(void)
{
	TCase *c = tcase_create("failures");

	tcase_add_checked_fixture(c, world_open, world_close);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, a_wrong_passphrase_is_told_and_changes_nothing);
	tcase_add_test(c, keys_that_do_not_belong_together_are_refused);
	tcase_add_test(c, garbage_is_refused_without_becoming_commands);
	tcase_add_test(c, more_than_a_key_may_have_is_refused_at_the_end);
	tcase_add_test(c, who_breaks_off_is_back_at_the_prompt);
	tcase_add_test(c, who_is_cut_off_leaves_nothing);
	tcase_add_test(c, no_history_keeps_the_passphrase);
	tcase_add_test(c, private_config_has_room_for_so_many);
	return c;
}

RUN_CASES("isakmp_key_import", case_export, case_import, case_failures)
