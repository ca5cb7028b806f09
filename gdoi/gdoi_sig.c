/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_sig.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/mem.h"
#include "isakmp/isakmp_prf.h"

static const struct {
	unsigned int hash; /* enum isakmp_hash; 0: there is no such */
	const EVP_MD *(*md)(void);
} hashes[] = {
	[GDOI_SIG_MD5] = { ISAKMP_HASH_MD5, EVP_md5 },
	[GDOI_SIG_SHA1] = { ISAKMP_HASH_SHA, EVP_sha1 },
	[GDOI_SIG_SHA256] = { ISAKMP_HASH_SHA256, EVP_sha256 },
	[GDOI_SIG_SHA384] = { ISAKMP_HASH_SHA384, EVP_sha384 },
	[GDOI_SIG_SHA512] = { ISAKMP_HASH_SHA512, EVP_sha512 },
};

static bool is_known(enum gdoi_sig_hash hash)
{
	return (size_t)hash < ARRAY_SIZE(hashes) && hashes[hash].hash;
}

/* Octets of the digest. */
static size_t digest(enum gdoi_sig_hash hash, const struct gdoi_sig_text *text,
		     uint8_t *out)
{
	static const char label[] = "rekey"; /* without its NUL */
	struct rd payloads = text->payloads;
	const size_t len = rd_left(&payloads);
	const struct isakmp_part parts[] = {
		{ label, sizeof(label) - 1 },
		{ text->header, ISAKMP_HEADER_SIZE },
		{ rd_bytes(&payloads, len), len },
	};

	isakmp_hash(hashes[hash].hash, parts, ARRAY_SIZE(parts), out);
	return isakmp_hash_len(hashes[hash].hash);
}

/* Without a message digest OpenSSL pads what it is given, as it is. */
static bool set_form(EVP_PKEY_CTX *ctx, enum gdoi_sig_hash hash,
		     enum gdoi_sig_form form)
{
	if (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1)
		return false;
	return form == GDOI_SIG_RAW ||
	       EVP_PKEY_CTX_set_signature_md(ctx, hashes[hash].md()) == 1;
}

size_t gdoi_sig_size(const struct evp_pkey_st *key)
{
	int size = EVP_PKEY_is_a(key, "RSA") == 1 ? EVP_PKEY_get_size(key) : 0;

	return size > 0 ? (size_t)size : 0;
}

bool gdoi_sig_make(struct evp_pkey_st *key, enum gdoi_sig_hash hash,
		   const struct gdoi_sig_text *text, uint8_t *sig)
{
	uint8_t hashed[ISAKMP_HASH_MAX];
	size_t want = gdoi_sig_size(key), len = want, hashed_len;
	EVP_PKEY_CTX *ctx;
	bool ok;

	if (!want || !is_known(hash))
		return false;
	hashed_len = digest(hash, text, hashed);
	ctx = EVP_PKEY_CTX_new(key, NULL);
	ok = ctx && EVP_PKEY_sign_init(ctx) == 1 &&
	     set_form(ctx, hash, GDOI_SIG_DIGEST_INFO) &&
	     EVP_PKEY_sign(ctx, sig, &len, hashed, hashed_len) == 1 &&
	     len == want;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

bool gdoi_sig_verify(struct evp_pkey_st *key, enum gdoi_sig_hash hash,
		     enum gdoi_sig_form form, const struct gdoi_sig_text *text,
		     struct rd sig)
{
	uint8_t hashed[ISAKMP_HASH_MAX];
	size_t len = rd_left(&sig), hashed_len;
	const uint8_t *octets = rd_bytes(&sig, len);
	EVP_PKEY_CTX *ctx;
	bool ok;

	if (!len || gdoi_sig_size(key) != len || !is_known(hash))
		return false;
	hashed_len = digest(hash, text, hashed);
	ctx = EVP_PKEY_CTX_new(key, NULL);
	ok = ctx && EVP_PKEY_verify_init(ctx) == 1 &&
	     set_form(ctx, hash, form) &&
	     EVP_PKEY_verify(ctx, octets, len, hashed, hashed_len) == 1;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}
