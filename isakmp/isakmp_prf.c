/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp_prf.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "base/log.h"
#include "base/mem.h"

static const struct {
	const char *name;
	size_t len;
} hashes[] = {
	[ISAKMP_HASH_MD5] = { "MD5", 16 },
	[ISAKMP_HASH_SHA] = { "SHA1", 20 },
	[ISAKMP_HASH_SHA256] = { "SHA256", 32 },
	[ISAKMP_HASH_SHA384] = { "SHA384", 48 },
	[ISAKMP_HASH_SHA512] = { "SHA512", 64 },
};

size_t isakmp_hash_len(unsigned int hash)
{
	return hash < ARRAY_SIZE(hashes) ? hashes[hash].len : 0;
}

/* Nothing a peer sends makes these fail: it is the machine. */
static void must(bool ok)
{
	if (!ok)
		log_fatal("OpenSSL cannot hash");
}

void isakmp_hash(unsigned int hash, const struct isakmp_part *parts, size_t n,
		 uint8_t *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t i;

	must(isakmp_hash_len(hash) && ctx);
	must(EVP_DigestInit_ex(ctx, EVP_get_digestbyname(hashes[hash].name),
			       NULL));
	for (i = 0; i < n; i++)
		must(EVP_DigestUpdate(ctx, parts[i].data, parts[i].len));
	must(EVP_DigestFinal_ex(ctx, out, NULL));
	EVP_MD_CTX_free(ctx);
}

void isakmp_prf(unsigned int hash, const void *key, size_t key_len,
		const struct isakmp_part *parts, size_t n, uint8_t *out)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
	OSSL_PARAM params[2];
	size_t i;

	must(isakmp_hash_len(hash) && ctx);
	params[0] = OSSL_PARAM_construct_utf8_string(
		OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t)hashes[hash].name, 0);
	params[1] = OSSL_PARAM_construct_end();
	/* An empty key would mean "the key from before". */
	must(EVP_MAC_init(ctx, key_len ? key : (const void *)"", key_len,
			  params));
	for (i = 0; i < n; i++)
		must(EVP_MAC_update(ctx, parts[i].data, parts[i].len));
	must(EVP_MAC_final(ctx, out, NULL, ISAKMP_HASH_MAX));
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
}
