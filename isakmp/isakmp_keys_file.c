/* SPDX-License-Identifier: GPL-3.0-or-later */
/* private-config: for each pair a few lines of words, then PKCS#8 in PEM.
 *
 *	key MYRSAKEY
 *	usage general
 *	exportable
 *	created 1451757637
 *	-----BEGIN PRIVATE KEY-----
 */
#include "isakmp/isakmp_keys.h"

#include <inttypes.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"

#define PEM_END "-----END "
#define PEM_TOP "-----BEGIN "

static void write_pair(BIO *out, const struct isakmp_pair *pair)
{
	BIO_printf(out, "key %s\nusage %s\n%screated %" PRId64 "\n",
		   pair->label, isakmp_usage_word(pair->usage),
		   pair->exportable ? "exportable\n" : "",
		   pair->created / US_PER_SEC);
	if (!PEM_write_bio_PrivateKey(out, pair->key, NULL, NULL, 0, NULL,
				      NULL))
		log_fatal("a key pair cannot be written");
}

char *isakmp_keys_write(const struct isakmp_keys *keys)
{
	BIO *out = BIO_new(BIO_s_secmem());
	const struct isakmp_pair *pair;
	char *data;
	char *text;
	long len;

	if (!out)
		log_fatal("out of memory");
	BIO_printf(out, "! RSA key pairs of this router\n");
	TAILQ_FOREACH (pair, &keys->pairs, entry)
		write_pair(out, pair);
	len = BIO_get_mem_data(out, &data);
	text = xcalloc((size_t)len + 1, 1);
	memcpy(text, data, (size_t)len);
	BIO_free(out);
	return text;
}

static bool is_fit(const struct isakmp_pair *pair, const char *label,
		   unsigned int bits)
{
	return pair->usage != RSA_ENCRYPTION &&
	       (!label || !strcmp(pair->label, label)) &&
	       (unsigned int)EVP_PKEY_get_bits(pair->key) >= bits;
}

char *isakmp_keys_pem(struct isakmp_keys *keys, const char *label,
		      unsigned int bits)
{
	BIO *out = BIO_new(BIO_s_secmem());
	const struct isakmp_pair *pair;
	char *data, *text = NULL;
	long len;

	if (!out)
		log_fatal("out of memory");
	TAILQ_FOREACH (pair, &keys->pairs, entry) {
		if (is_fit(pair, label, bits))
			break;
	}
	if (pair && PEM_write_bio_PrivateKey(out, pair->key, NULL, NULL, 0,
					     NULL, NULL)) {
		len = BIO_get_mem_data(out, &data);
		text = xcalloc((size_t)len + 1, 1);
		memcpy(text, data, (size_t)len);
	}
	BIO_free(out);
	return text;
}

/* What has been read of the pair so far. */
struct reading {
	struct isakmp_keys *keys;
	char *label;
	enum rsa_usage usage;
	bool exportable;
	int64_t created;
	const char *pem; /* the line with BEGIN */
	size_t n;
	bool good;
};

static bool starts(const char *line, size_t len, const char *word)
{
	size_t n = strlen(word);

	return len >= n && !memcmp(line, word, n);
}

static void begin(struct reading *r, const char *line, size_t len)
{
	free(r->label);
	r->label = xcalloc(len + 1, 1);
	memcpy(r->label, line, len);
	r->usage = RSA_GENERAL;
	r->exportable = false;
	r->created = 0;
	r->pem = NULL;
}

static bool is_rsa(EVP_PKEY *key)
{
	return key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
	       EVP_PKEY_get_bits(key) >= RSA_MODULUS_MADE &&
	       EVP_PKEY_get_bits(key) <= RSA_MODULUS_MAX;
}

/* end: behind the END line */
static void finish(struct reading *r, const char *end)
{
	BIO *in;
	EVP_PKEY *key = NULL;

	if (r->pem && r->label && r->n < RSA_PAIRS_MAX) {
		in = BIO_new_mem_buf(r->pem, (int)(end - r->pem));
		key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
		BIO_free(in);
	}
	if (is_rsa(key)) {
		isakmp_keys_add(r->keys, r->label, r->usage, r->exportable,
				r->created, key);
		r->n++;
	} else {
		r->good = false;
	}
	EVP_PKEY_free(key);
	free(r->label);
	r->label = NULL;
	r->pem = NULL;
}

static void read_usage(struct reading *r, const char *line, size_t len)
{
	unsigned int usage;

	for (usage = 0; usage < RSA_N_USAGES; usage++)
		if (starts(line, len, isakmp_usage_word(usage))) {
			r->usage = usage;
			return;
		}
	r->good = false;
}

static void read_line(struct reading *r, const char *line, size_t len)
{
	if (r->pem) {
		if (starts(line, len, PEM_END))
			finish(r, line + len);
	} else if (starts(line, len, "key ")) {
		begin(r, line + 4, len - 4);
	} else if (starts(line, len, "usage ")) {
		read_usage(r, line + 6, len - 6);
	} else if (starts(line, len, "exportable")) {
		r->exportable = true;
	} else if (starts(line, len, "created ")) {
		r->created = strtoll(line + 8, NULL, 10) * US_PER_SEC;
	} else if (starts(line, len, PEM_TOP)) {
		r->pem = line;
	} else if (len && !starts(line, len, "!")) {
		r->good = false;
	}
}

bool isakmp_keys_read(struct isakmp_keys *keys, const char *text)
{
	struct reading r = { .keys = keys, .good = true };
	size_t len;

	while (*text) {
		len = strcspn(text, "\n");
		read_line(&r, text, len);
		text += len;
		text += *text == '\n';
	}
	if (r.label)
		r.good = false; /* the last one is cut off */
	free(r.label);
	return r.good;
}
