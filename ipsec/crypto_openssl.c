/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The crypto backend that runs everywhere.  EVP contexts change while they
 * work, so each SA has a pair for each worker. */
#include "ipsec/crypto.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/mem.h"
#include "ipsec/esp_format.h"
#include "ipsec/hmac.h"

/* One worker's contexts. */
struct contexts {
	EVP_CIPHER_CTX *enc, *dec;
};

struct openssl_sa {
	struct crypto_sa base;
	uint8_t salt[CRYPTO_SALT];
	struct hmac_key *hmac; /* NULL: no HMAC */
	unsigned int n;
	struct contexts *ctx;
};

static bool usable(void)
{
	return true;
}

static struct crypto *create(unsigned int workers)
{
	(void)workers;
	return xcalloc(1, sizeof(struct crypto));
}

static void destroy(struct crypto *crypto)
{
	free(crypto);
}

static const EVP_CIPHER *sized(const struct esp_transform *t,
			       const EVP_CIPHER *k128, const EVP_CIPHER *k192,
			       const EVP_CIPHER *k256)
{
	if (t->key_bits == 256)
		return k256;
	return t->key_bits == 192 ? k192 : k128;
}

/* Plain DES is in OpenSSL's legacy provider only: three times the same key
 * makes 3DES do it. */
static const EVP_CIPHER *evp_cipher(const struct esp_transform *t)
{
	switch (t->cipher) {
	case ESP_DES_CBC:
	case ESP_3DES_CBC:
		return EVP_des_ede3_cbc();
	case ESP_AES_CBC:
		return sized(t, EVP_aes_128_cbc(), EVP_aes_192_cbc(),
			     EVP_aes_256_cbc());
	case ESP_AES_GCM:
	case ESP_AES_GMAC:
		return sized(t, EVP_aes_128_gcm(), EVP_aes_192_gcm(),
			     EVP_aes_256_gcm());
	case ESP_NULL:
		break;
	}
	return NULL;
}

static bool cipher_create(struct contexts *c, const struct esp_transform *t,
			  const uint8_t *key)
{
	const EVP_CIPHER *cipher = evp_cipher(t);

	if (!cipher)
		return true;
	c->enc = EVP_CIPHER_CTX_new();
	c->dec = EVP_CIPHER_CTX_new();
	return c->enc && c->dec &&
	       EVP_EncryptInit_ex(c->enc, cipher, NULL, key, NULL) &&
	       EVP_DecryptInit_ex(c->dec, cipher, NULL, key, NULL);
}

static void sa_destroy(struct crypto_sa *base)
{
	struct openssl_sa *sa = (struct openssl_sa *)base;

	for (unsigned int i = 0; i < sa->n; i++) {
		EVP_CIPHER_CTX_free(sa->ctx[i].enc);
		EVP_CIPHER_CTX_free(sa->ctx[i].dec);
	}
	hmac_key_free(sa->hmac);
	free(sa->ctx);
	bytes_wipe(sa, sizeof(*sa));
	free(sa);
}

static struct crypto_sa *sa_create(struct crypto *crypto,
				   const struct esp_transform *t,
				   const uint8_t *key, const uint8_t *auth_key)
{
	struct openssl_sa *sa = xcalloc(1, sizeof(*sa));
	uint8_t triple[24];
	bool ok = true;

	sa->n = crypto->workers;
	sa->ctx = xcalloc(sa->n, sizeof(*sa->ctx));
	if (t->cipher == ESP_DES_CBC) {
		for (size_t i = 0; i < sizeof(triple); i++)
			triple[i] = key[i % 8];
		key = triple;
	}
	if (esp_is_aead(t))
		memcpy(sa->salt, key + esp_key_size(t) - CRYPTO_SALT,
		       CRYPTO_SALT);
	sa->hmac = hmac_key_new(t->auth, auth_key);
	for (unsigned int i = 0; ok && i < sa->n; i++)
		ok = cipher_create(&sa->ctx[i], t, key);
	bytes_wipe(triple, sizeof(triple));
	if (ok)
		return &sa->base;
	sa_destroy(&sa->base);
	return NULL;
}

static bool cbc(EVP_CIPHER_CTX *ctx, const struct crypto_sa *sa,
		const struct crypto_op *op)
{
	uint8_t *iv = op->esp + ESP_HEADER, *payload = iv + sa->iv;
	unsigned int len = op->len - ESP_HEADER - sa->iv;

	if (!ctx)
		return true; /* NULL */
	/* Whole blocks without a thought of padding, which EVP_CipherUpdate()
	 * would have to be told of again after each new IV. */
	return EVP_CipherInit_ex(ctx, NULL, NULL, NULL, iv, -1) &&
	       EVP_Cipher(ctx, payload, payload, len) == (int)len;
}

static bool cbc_encrypt(struct contexts *c, const struct openssl_sa *sa,
			struct crypto_op *op)
{
	uint8_t full[HMAC_MAX];

	if (!cbc(c->enc, &sa->base, op))
		return false;
	if (!sa->hmac)
		return true;
	hmac(sa->hmac, op->esp, op->len, full);
	memcpy(op->esp + op->len, full, sa->base.icv);
	return true;
}

static bool cbc_decrypt(struct contexts *c, const struct openssl_sa *sa,
			struct crypto_op *op)
{
	uint8_t full[HMAC_MAX];

	if (sa->hmac) {
		hmac(sa->hmac, op->esp, op->len, full);
		if (!bytes_equal(full, op->esp + op->len, sa->base.icv))
			return false;
	}
	return cbc(c->dec, &sa->base, op);
}

/* RFC 4106: salt and IV make the nonce, SPI and sequence number the AAD.
 * RFC 4543: all of it is AAD and nothing is encrypted. */
static bool gcm_start(EVP_CIPHER_CTX *ctx, const struct openssl_sa *sa,
		      const struct crypto_op *op)
{
	bool gmac = sa->base.transform.cipher == ESP_AES_GMAC;
	int aad = gmac ? (int)op->len : ESP_HEADER, out;
	uint8_t nonce[12];

	memcpy(nonce, sa->salt, CRYPTO_SALT);
	memcpy(nonce + CRYPTO_SALT, op->esp + ESP_HEADER, sa->base.iv);
	return EVP_CipherInit_ex(ctx, NULL, NULL, NULL, nonce, -1) &&
	       EVP_CipherUpdate(ctx, NULL, &out, op->esp, aad);
}

static bool gcm_payload(EVP_CIPHER_CTX *ctx, const struct crypto_sa *sa,
			const struct crypto_op *op)
{
	uint8_t *payload = op->esp + ESP_HEADER + sa->iv;
	int len = (int)(op->len - ESP_HEADER - sa->iv), out;

	if (sa->transform.cipher == ESP_AES_GMAC)
		return true;
	return EVP_CipherUpdate(ctx, payload, &out, payload, len);
}

static bool gcm_encrypt(struct contexts *c, const struct openssl_sa *sa,
			struct crypto_op *op)
{
	uint8_t none[16];
	int out;

	return gcm_start(c->enc, sa, op) &&
	       gcm_payload(c->enc, &sa->base, op) &&
	       EVP_EncryptFinal_ex(c->enc, none, &out) &&
	       EVP_CIPHER_CTX_ctrl(c->enc, EVP_CTRL_AEAD_GET_TAG, sa->base.icv,
				   op->esp + op->len);
}

static bool gcm_decrypt(struct contexts *c, const struct openssl_sa *sa,
			struct crypto_op *op)
{
	uint8_t none[16];
	int out;

	return gcm_start(c->dec, sa, op) &&
	       gcm_payload(c->dec, &sa->base, op) &&
	       EVP_CIPHER_CTX_ctrl(c->dec, EVP_CTRL_AEAD_SET_TAG, sa->base.icv,
				   op->esp + op->len) &&
	       EVP_DecryptFinal_ex(c->dec, none, &out) > 0;
}

static void encrypt(struct crypto *crypto, unsigned int worker,
		    struct crypto_sa *base, struct crypto_op *ops, size_t n)
{
	struct openssl_sa *sa = (struct openssl_sa *)base;
	struct contexts *c = &sa->ctx[worker];

	(void)crypto;
	for (size_t i = 0; i < n; i++)
		ops[i].ok = esp_is_aead(&base->transform)
				    ? gcm_encrypt(c, sa, &ops[i])
				    : cbc_encrypt(c, sa, &ops[i]);
}

static void decrypt(struct crypto *crypto, unsigned int worker,
		    struct crypto_sa *base, struct crypto_op *ops, size_t n)
{
	struct openssl_sa *sa = (struct openssl_sa *)base;
	struct contexts *c = &sa->ctx[worker];

	(void)crypto;
	for (size_t i = 0; i < n; i++)
		ops[i].ok = esp_is_aead(&base->transform)
				    ? gcm_decrypt(c, sa, &ops[i])
				    : cbc_decrypt(c, sa, &ops[i]);
}

const struct crypto_backend crypto_openssl = {
	.name = "openssl",
	.usable = usable,
	.create = create,
	.destroy = destroy,
	.sa_create = sa_create,
	.sa_destroy = sa_destroy,
	.encrypt = encrypt,
	.decrypt = decrypt,
};
