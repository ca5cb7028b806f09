/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp_cipher.h"

#include <limits.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/bytes.h"

#define DES_KEY 8

size_t isakmp_cipher_key_len(unsigned int encr, unsigned int bits)
{
	switch (encr) {
	case ISAKMP_ENCR_DES:
		return DES_KEY;
	case ISAKMP_ENCR_3DES:
		return 3 * DES_KEY;
	case ISAKMP_ENCR_AES:
		return bits == 128 || bits == 192 || bits == 256 ? bits / 8 : 0;
	default:
		return 0;
	}
}

size_t isakmp_cipher_block(unsigned int encr)
{
	return encr == ISAKMP_ENCR_AES ? 16 : 8;
}

static const EVP_CIPHER *evp_of(const struct isakmp_cipher *c)
{
	if (c->encr != ISAKMP_ENCR_AES)
		return EVP_des_ede3_cbc();
	if (c->key_len == 16)
		return EVP_aes_128_cbc();
	return c->key_len == 24 ? EVP_aes_192_cbc() : EVP_aes_256_cbc();
}

/* Single DES sits in OpenSSL's legacy provider, which may not be there; three
 * times the same key make triple DES the same function. */
static void evp_key(const struct isakmp_cipher *c, uint8_t *key)
{
	size_t i;

	if (c->encr != ISAKMP_ENCR_DES) {
		memcpy(key, c->key, c->key_len);
		return;
	}
	for (i = 0; i < 3; i++)
		memcpy(key + i * DES_KEY, c->key, DES_KEY);
}

bool isakmp_cipher_run(const struct isakmp_cipher *c, bool encrypt,
		       const uint8_t *iv, uint8_t *data, size_t len)
{
	EVP_CIPHER_CTX *ctx;
	uint8_t key[ISAKMP_KEY_MAX];
	int done = 0;
	bool ok;

	if (!len || len > INT_MAX || len % isakmp_cipher_block(c->encr))
		return false;
	ctx = EVP_CIPHER_CTX_new();
	evp_key(c, key);
	ok = ctx && EVP_CipherInit_ex(ctx, evp_of(c), NULL, key, iv, encrypt) &&
	     EVP_CIPHER_CTX_set_padding(ctx, 0) &&
	     EVP_CipherUpdate(ctx, data, &done, data, (int)len) &&
	     (size_t)done == len;
	bytes_wipe(key, sizeof(key));
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}
