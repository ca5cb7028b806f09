/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RSA keys as PEM: what OpenSSL writes is read, what we write OpenSSL reads,
 * and what nobody should write does no harm. */
#include "isakmp/isakmp_pem.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/check_main.h"

#define PASS "MYSECRETPASS"

static const uint8_t iv[PEM_IV_MAX] = { 0x0b, 0x22, 0x83, 0xc6, 0x20, 0xcb,
					0x3c, 0xca, 1,	  2,	3,    4,
					5,    6,    7,	  8 };

static EVP_PKEY *rsa;

static void key_make(void)
{
	if (!rsa)
		rsa = EVP_RSA_gen(1024);
	ck_assert_ptr_nonnull(rsa);
}

static void key_free(void)
{
	EVP_PKEY_free(rsa);
	rsa = NULL;
}

/* What a BIO holds, to be freed. */
static char *text_of(BIO *bio)
{
	char *data, *text;
	long len = BIO_get_mem_data(bio, &data);

	text = xcalloc((size_t)len + 1, 1);
	memcpy(text, data, (size_t)len);
	BIO_free(bio);
	return text;
}

static char *public_pem(EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());

	ck_assert_int_eq(PEM_write_bio_PUBKEY(bio, key), 1);
	return text_of(bio);
}

/* cipher NULL: not encrypted */
static char *traditional_pem(EVP_PKEY *key, const EVP_CIPHER *cipher)
{
	BIO *bio = BIO_new(BIO_s_mem());

	ck_assert_int_eq(PEM_write_bio_PrivateKey_traditional(
				 bio, key, cipher,
				 (const unsigned char *)(cipher ? PASS : NULL),
				 cipher ? (int)strlen(PASS) : 0, NULL, NULL),
			 1);
	return text_of(bio);
}

static char *pkcs8_pem(EVP_PKEY *key, const EVP_CIPHER *cipher)
{
	BIO *bio = BIO_new(BIO_s_mem());

	ck_assert_int_eq(PEM_write_bio_PKCS8PrivateKey(
				 bio, key, cipher, cipher ? PASS : NULL,
				 cipher ? (int)strlen(PASS) : 0, NULL, NULL),
			 1);
	return text_of(bio);
}

static void is_read(const char *text)
{
	const char *why = NULL;
	EVP_PKEY *key = isakmp_pem_private(text, PASS, &why);

	ck_assert_msg(key, "%s: %s", why, text);
	ck_assert_ptr_null(isakmp_pem_objection(key, rsa));
	EVP_PKEY_free(key);
}

/* Whatever it is, it is no key, and there is a reason. */
static void is_refused(const char *text, const char *passphrase)
{
	const char *why = NULL;
	EVP_PKEY *key = isakmp_pem_private(text, passphrase, &why);

	ck_assert_ptr_null(key);
	ck_assert_ptr_nonnull(why);
}

static int give_pass(char *buf, int size, int rwflag, void *arg)
{
	const char *const *passphrase = arg;

	(void)rwflag;
	return snprintf(buf, (size_t)size, "%s", *passphrase);
}

static EVP_PKEY *openssl_reads(const char *text, const char *passphrase)
{
	BIO *bio = BIO_new_mem_buf(text, -1);
	EVP_PKEY *key =
		PEM_read_bio_PrivateKey(bio, NULL, give_pass, &passphrase);

	BIO_free(bio);
	return key;
}

START_TEST(our_private_key_is_read_by_openssl)
{
	static const struct {
		unsigned int encr, bits;
		const char *dek;
	} ways[] = {
		{ ISAKMP_ENCR_3DES, 192, "DES-EDE3-CBC,0B2283C620CB3CCA\n\n" },
		{ ISAKMP_ENCR_AES, 128,
		  "AES-128-CBC,0B2283C620CB3CCA0102030405060708\n\n" },
		{ ISAKMP_ENCR_AES, 192, "AES-192-CBC,0B22" },
		{ ISAKMP_ENCR_AES, 256, "AES-256-CBC,0B22" },
	};
	EVP_PKEY *key;
	char *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		text = isakmp_pem_private_text(rsa, ways[i].encr, ways[i].bits,
					       iv, PASS);
		ck_assert_ptr_nonnull(strstr(text, ways[i].dek));
		ck_assert_int_eq(strncmp(text,
					 "-----BEGIN RSA PRIVATE KEY-----\n"
					 "Proc-Type: 4,ENCRYPTED\nDEK-Info: ",
					 31 + 1 + 23 + 10),
				 0);
		key = openssl_reads(text, PASS);
		ck_assert_ptr_nonnull(key);
		ck_assert_int_eq(EVP_PKEY_eq(key, rsa), 1);
		EVP_PKEY_free(key);
		ck_assert_ptr_null(openssl_reads(text, "another pass"));
		is_read(text);
		free(text);
	}
}
END_TEST

START_TEST(single_des_goes_both_ways)
{
	char *text =
		isakmp_pem_private_text(rsa, ISAKMP_ENCR_DES, 64, iv, PASS);
	OSSL_PROVIDER *legacy, *normal;
	EVP_PKEY *key;

	is_read(text);
	legacy = OSSL_PROVIDER_load(NULL, "legacy");
	normal = OSSL_PROVIDER_load(NULL, "default");
	if (legacy) {
		key = openssl_reads(text, PASS);
		ck_assert_ptr_nonnull(key);
		ck_assert_int_eq(EVP_PKEY_eq(key, rsa), 1);
		EVP_PKEY_free(key);
		free(text);
		text = traditional_pem(rsa, EVP_des_cbc());
		is_read(text);
		OSSL_PROVIDER_unload(legacy);
	}
	OSSL_PROVIDER_unload(normal);
	free(text);
}
END_TEST

START_TEST(our_public_key_is_openssls_octet_for_octet)
{
	char *ours = isakmp_pem_public_text(rsa), *theirs = public_pem(rsa);

	ck_assert_str_eq(ours, theirs);
	free(ours);
	free(theirs);
}
END_TEST

START_TEST(keys_made_by_openssl_are_read)
{
	char *texts[] = {
		traditional_pem(rsa, NULL),
		traditional_pem(rsa, EVP_des_ede3_cbc()),
		traditional_pem(rsa, EVP_aes_128_cbc()),
		traditional_pem(rsa, EVP_aes_192_cbc()),
		traditional_pem(rsa, EVP_aes_256_cbc()),
		pkcs8_pem(rsa, NULL),
		pkcs8_pem(rsa, EVP_aes_256_cbc()),
		pkcs8_pem(rsa, EVP_des_ede3_cbc()),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		is_read(texts[i]);
		if (i && i != 5)
			is_refused(texts[i], "WRONGPASS");
		free(texts[i]);
	}
}
END_TEST

START_TEST(public_keys_come_in_three_forms)
{
	BIO *bio = BIO_new(BIO_s_mem());
	X509 *cert = X509_new();
	char *texts[3];
	const char *why;
	EVP_PKEY *key;
	size_t i;

	texts[0] = public_pem(rsa);
	X509_set_pubkey(cert, rsa);
	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 60);
	ck_assert_int_gt(X509_sign(cert, rsa, EVP_sha256()), 0);
	ck_assert_int_eq(PEM_write_bio_X509(bio, cert), 1);
	texts[1] = text_of(bio);
	X509_free(cert);
	bio = BIO_new(BIO_s_mem());
	{
		uint8_t *der = NULL;
		int len = i2d_PublicKey(rsa, &der);

		PEM_write_bio(bio, "RSA PUBLIC KEY", "", der, len);
		OPENSSL_free(der);
	}
	texts[2] = text_of(bio);
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		key = isakmp_pem_public(texts[i], &why);
		ck_assert_msg(key, "%s: %s", why, texts[i]);
		ck_assert_int_eq(EVP_PKEY_eq(key, rsa), 1);
		EVP_PKEY_free(key);
		free(texts[i]);
	}
}
END_TEST

/* What terminals and web pages make of it. */
START_TEST(line_ends_and_blanks_do_not_matter)
{
	char *text = traditional_pem(rsa, EVP_des_ede3_cbc());
	char *other = xcalloc(3 * strlen(text), 1), *p, *q = other;
	char *blank;

	for (p = text; *p; p++) { /* CR LF, blanks before and behind */
		if (*p == '\n')
			*q++ = ' ', *q++ = '\r';
		*q++ = *p;
		if (*p == '\n')
			*q++ = '\t';
	}
	is_read(other);
	/* The blank line behind the headers is lost. */
	blank = strstr(text, "\n\n");
	memmove(blank, blank + 1, strlen(blank));
	is_read(text);
	free(text);
	free(other);
	/* All of the base64 in the line of its marks. */
	text = traditional_pem(rsa, NULL);
	other = xcalloc(strlen(text) + 1, 1);
	for (p = text, q = other; *p; p++)
		if (*p != '\n')
			*q++ = *p;
	is_read(other);
	free(text);
	free(other);
}
END_TEST

START_TEST(other_kinds_of_keys_are_refused)
{
	EVP_PKEY *ec = EVP_EC_gen("P-256");
	EVP_PKEY *ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	EVP_PKEY *pss = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA_PSS, NULL);
	EVP_PKEY *keys[3];
	const char *why;
	char *text;
	size_t i;

	ck_assert_int_eq(EVP_PKEY_keygen_init(ctx), 1);
	ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 1024), 1);
	ck_assert_int_eq(EVP_PKEY_keygen(ctx, &pss), 1);
	EVP_PKEY_CTX_free(ctx);
	keys[0] = ec;
	keys[1] = ed;
	keys[2] = pss;
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		text = public_pem(keys[i]);
		ck_assert_ptr_null(isakmp_pem_public(text, &why));
		ck_assert_str_eq(why, "the key is none for RSA");
		free(text);
		text = pkcs8_pem(keys[i], NULL);
		is_refused(text, PASS);
		free(text);
		EVP_PKEY_free(keys[i]);
	}
	ec = EVP_EC_gen("P-256");
	text = traditional_pem(ec, NULL);
	is_refused(text, PASS);
	free(text);
	EVP_PKEY_free(ec);
}
END_TEST

START_TEST(keys_too_small_or_of_another_pair_are_objected_to)
{
	EVP_PKEY *other = EVP_RSA_gen(1024);

	ck_assert_str_eq(isakmp_pem_objection(other, rsa),
			 "public and private key do not belong together");
	EVP_PKEY_free(other);
}
END_TEST

/* An integer of len octets, all 0xff but the first and the last. */
static uint8_t *integer(uint8_t *p, size_t len)
{
	*p++ = 0x02;
	*p++ = 0x82;
	*p++ = (uint8_t)(len >> 8);
	*p++ = (uint8_t)len;
	memset(p, 0xff, len);
	p[0] = 0x7f;
	return p + len;
}

/* PKCS#1 of numbers that are odd and large and nothing else; with a modulus
 * of n octets and a first factor of f. */
static char *hostile_pem(size_t n, size_t f)
{
	const size_t sizes[] = { n, 3, n, f, 64, 64, 64, 64 };
	uint8_t *der = xcalloc(n + n + f + 1000, 1), *p = der + 4;
	BIO *bio = BIO_new(BIO_s_mem());
	size_t i;

	*p++ = 0x02;
	*p++ = 0x01;
	*p++ = 0x00;
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		p = integer(p, sizes[i]);
	der[0] = 0x30;
	der[1] = 0x82;
	der[2] = (uint8_t)((p - der - 4) >> 8);
	der[3] = (uint8_t)(p - der - 4);
	PEM_write_bio(bio, "RSA PRIVATE KEY", "", der, p - der);
	free(der);
	return text_of(bio);
}

/* None of these may take more than a moment: the test has a time limit. */
START_TEST(huge_numbers_end_soon)
{
	static const struct {
		size_t n, f;
	} sizes[] = {
		{ 2048, 1024 }, { 512, 15000 }, { 8000, 64 }, { 128, 64 }
	};
	const char *why;
	EVP_PKEY *key;
	char *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		text = hostile_pem(sizes[i].n, sizes[i].f);
		key = isakmp_pem_private(text, PASS, &why);
		if (key)
			ck_assert_ptr_nonnull(isakmp_pem_objection(key, key));
		EVP_PKEY_free(key);
		free(text);
	}
	text = hostile_pem(15000, 15000); /* over the limit of the text */
	ck_assert_uint_gt(strlen(text), PEM_TEXT_MAX);
	is_refused(text, PASS);
	free(text);
}
END_TEST

/* The same sequence with another count of rounds. */
static void set_rounds(X509_SIG *sig, int64_t rounds)
{
	X509_ALGOR *algorithm;
	const void *value;
	int type;
	PBE2PARAM *pbe;
	PBKDF2PARAM *kdf;

	X509_SIG_getm(sig, &algorithm, NULL);
	X509_ALGOR_get0(NULL, &type, &value, algorithm);
	pbe = ASN1_item_unpack(value, ASN1_ITEM_rptr(PBE2PARAM));
	X509_ALGOR_get0(NULL, &type, &value, pbe->keyfunc);
	kdf = ASN1_item_unpack(value, ASN1_ITEM_rptr(PBKDF2PARAM));
	ASN1_INTEGER_set_int64(kdf->iter, rounds);
	X509_ALGOR_set0(pbe->keyfunc, OBJ_nid2obj(NID_id_pbkdf2),
			V_ASN1_SEQUENCE,
			ASN1_item_pack(kdf, ASN1_ITEM_rptr(PBKDF2PARAM), NULL));
	X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_pbes2), V_ASN1_SEQUENCE,
			ASN1_item_pack(pbe, ASN1_ITEM_rptr(PBE2PARAM), NULL));
	PBKDF2PARAM_free(kdf);
	PBE2PARAM_free(pbe);
}

/* PBKDF2 with as many rounds as the text likes: minutes, if they were done. */
START_TEST(the_work_for_a_passphrase_is_bounded)
{
	static const int64_t rounds[] = { 5000,	   0,	    -1,
					  1000001, 1 << 30, INT64_MAX };
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(rsa);
	X509_SIG *sig;
	char *text;
	BIO *bio;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rounds); i++) {
		sig = PKCS8_encrypt(-1, EVP_aes_128_cbc(), PASS,
				    (int)strlen(PASS), NULL, 0, 5000, info);
		ck_assert_ptr_nonnull(sig);
		set_rounds(sig, rounds[i]);
		bio = BIO_new(BIO_s_mem());
		PEM_write_bio_PKCS8(bio, sig);
		text = text_of(bio);
		if (i)
			is_refused(text, PASS);
		else
			is_read(text);
		free(text);
		X509_SIG_free(sig);
	}
	PKCS8_PRIV_KEY_INFO_free(info);
}
END_TEST

START_TEST(no_cut_of_a_text_does_harm)
{
	char *texts[] = { traditional_pem(rsa, EVP_des_ede3_cbc()),
			  pkcs8_pem(rsa, EVP_aes_256_cbc()) };
	size_t i, len, cut;
	char *copy;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		len = strlen(texts[i]);
		for (cut = 0; cut + 1 < len; cut++) {
			copy = strndup(texts[i], cut);
			is_refused(copy, PASS);
			free(copy);
		}
		free(texts[i]);
	}
}
END_TEST

/* Where a bit of the key itself is flipped it is another, or damaged. */
START_TEST(no_flipped_octet_makes_another_key)
{
	char *text = traditional_pem(rsa, NULL);
	size_t i, len = strlen(text);
	const char *why;
	EVP_PKEY *key;
	char was;

	for (i = 0; i < len; i++) {
		was = text[i];
		text[i] ^= 1;
		key = isakmp_pem_private(text, PASS, &why);
		if (key && !isakmp_pem_objection(key, rsa))
			ck_assert_int_eq(EVP_PKEY_eq(key, rsa), 1);
		EVP_PKEY_free(key);
		text[i] = was;
	}
	free(text);
}
END_TEST

START_TEST(no_flipped_octet_of_a_public_key_does_harm)
{
	char *text = public_pem(rsa);
	size_t i, len = strlen(text), bit;
	const char *why;

	for (i = 0; i < len; i++)
		for (bit = 0; bit < 8; bit++) {
			text[i] ^= (char)(1 << bit);
			EVP_PKEY_free(isakmp_pem_public(text, &why));
			text[i] ^= (char)(1 << bit);
		}
	free(text);
}
END_TEST

START_TEST(texts_that_are_no_pem_are_refused)
{
	static const char *const texts[] = {
		"",
		"quit",
		"-----BEGIN ",
		"-----BEGIN RSA PRIVATE KEY-----",
		"-----BEGIN RSA PRIVATE KEY----------END RSA PRIVATE KEY-----",
		"-----BEGIN RSA PRIVATE KEY-----\nAA==\n"
		"-----END PRIVATE KEY-----",
		"-----BEGIN RSA PRIVATE KEY-----\nA===\n"
		"-----END RSA PRIVATE KEY-----",
		"-----BEGIN RSA PRIVATE KEY-----\nAA=A\n"
		"-----END RSA PRIVATE KEY-----",
		"-----BEGIN RSA PRIVATE KEY-----\nAA*A\n"
		"-----END RSA PRIVATE KEY-----",
		"-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: DES-CBC,00\nAAAA\n"
		"-----END RSA PRIVATE KEY-----",
		"-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: RC2-CBC,"
		"0011223344556677\nAAAA\n-----END RSA PRIVATE KEY-----",
		"-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: DES-CBC\nAAAA\n"
		"-----END RSA PRIVATE KEY-----",
		"-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: DES-CBC,"
		"0011223344556677\nAAAA\n-----END RSA PRIVATE KEY-----",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		is_refused(texts[i], PASS);
}
END_TEST

static TCase *case_pem(void)
{
	TCase *c = tcase_create("pem");

	tcase_set_timeout(c, 120);
	tcase_add_checked_fixture(c, key_make, key_free);
	tcase_add_test(c, our_private_key_is_read_by_openssl);
	tcase_add_test(c, single_des_goes_both_ways);
	tcase_add_test(c, our_public_key_is_openssls_octet_for_octet);
	tcase_add_test(c, keys_made_by_openssl_are_read);
	tcase_add_test(c, public_keys_come_in_three_forms);
	tcase_add_test(c, line_ends_and_blanks_do_not_matter);
	return c;
}

static TCase *case_hostile(void)
{
	TCase *c = tcase_create("hostile");

	tcase_set_timeout(c, 120);
	tcase_add_checked_fixture(c, key_make, key_free);
	tcase_add_test(c, other_kinds_of_keys_are_refused);
	tcase_add_test(c, keys_too_small_or_of_another_pair_are_objected_to);
	tcase_add_test(c, huge_numbers_end_soon);
	tcase_add_test(c, the_work_for_a_passphrase_is_bounded);
	tcase_add_test(c, no_cut_of_a_text_does_harm);
	tcase_add_test(c, no_flipped_octet_makes_another_key);
	tcase_add_test(c, no_flipped_octet_of_a_public_key_does_harm);
	tcase_add_test(c, texts_that_are_no_pem_are_refused);
	return c;
}

RUN_CASES("isakmp_pem", case_pem, case_hostile)
