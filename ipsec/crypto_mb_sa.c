/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Key schedules of the intel-ipsec-mb backend. */
#include "ipsec/crypto_mb.h"

#include <string.h>

#include "ipsec/esp_format.h"

enum {
	BLOCK = 64,	  /* of MD5, SHA-1, SHA-256 */
	BLOCK_LONG = 128, /* of SHA-384, SHA-512 */
};

/* The hash's state after the key xored with pad: a HMAC starts from it. */
static void hmac_pad(IMB_MGR *m, enum esp_auth auth, const uint8_t *key,
		     uint8_t pad, uint8_t *state)
{
	uint8_t block[BLOCK_LONG];
	size_t len = auth >= ESP_AUTH_SHA384 ? BLOCK_LONG : BLOCK;
	struct esp_transform t = { .auth = auth };

	memset(block, pad, sizeof(block));
	for (size_t i = 0; i < esp_auth_key_size(&t) && i < len; i++)
		block[i] ^= key[i];
	switch (auth) {
	case ESP_AUTH_NONE:
		break;
	case ESP_AUTH_MD5:
		IMB_MD5_ONE_BLOCK(m, block, state);
		break;
	case ESP_AUTH_SHA1:
		IMB_SHA1_ONE_BLOCK(m, block, state);
		break;
	case ESP_AUTH_SHA256:
		IMB_SHA256_ONE_BLOCK(m, block, state);
		break;
	case ESP_AUTH_SHA384:
		IMB_SHA384_ONE_BLOCK(m, block, state);
		break;
	case ESP_AUTH_SHA512:
		IMB_SHA512_ONE_BLOCK(m, block, state);
		break;
	}
	bytes_wipe(block, sizeof(block));
}

static void aes_schedule(IMB_MGR *m, struct mb_sa *sa, const uint8_t *key)
{
	sa->job.cipher_mode = IMB_CIPHER_CBC;
	if (sa->key_len == IMB_KEY_128_BYTES)
		IMB_AES_KEYEXP_128(m, key, sa->enc, sa->dec);
	else if (sa->key_len == IMB_KEY_192_BYTES)
		IMB_AES_KEYEXP_192(m, key, sa->enc, sa->dec);
	else
		IMB_AES_KEYEXP_256(m, key, sa->enc, sa->dec);
}

static void gcm_schedule(IMB_MGR *m, struct mb_sa *sa, const uint8_t *key)
{
	sa->key_len -= CRYPTO_SALT;
	memcpy(sa->salt, key + sa->key_len, CRYPTO_SALT);
	if (sa->key_len == IMB_KEY_128_BYTES) {
		IMB_AES128_GCM_PRE(m, key, &sa->gcm);
		sa->gcm_enc = m->gcm128_enc;
		sa->gcm_dec = m->gcm128_dec;
	} else if (sa->key_len == IMB_KEY_192_BYTES) {
		IMB_AES192_GCM_PRE(m, key, &sa->gcm);
		sa->gcm_enc = m->gcm192_enc;
		sa->gcm_dec = m->gcm192_dec;
	} else {
		IMB_AES256_GCM_PRE(m, key, &sa->gcm);
		sa->gcm_enc = m->gcm256_enc;
		sa->gcm_dec = m->gcm256_dec;
	}
}

static void des_schedule(IMB_MGR *m, struct mb_sa *sa, const uint8_t *key)
{
	sa->job.cipher_mode =
		sa->key_len == 8 ? IMB_CIPHER_DES : IMB_CIPHER_DES3;
	for (size_t i = 0; i < sa->key_len / 8; i++) {
		IMB_DES_KEYSCHED(m, sa->des[i], key + 8 * i);
		sa->des3[i] = sa->des[i];
	}
}

static void cipher_schedule(IMB_MGR *m, struct mb_sa *sa,
			    const struct esp_transform *t, const uint8_t *key)
{
	sa->key_len = esp_key_size(t);
	switch (t->cipher) {
	case ESP_NULL:
		sa->job.cipher_mode = IMB_CIPHER_NULL;
		break;
	case ESP_DES_CBC:
	case ESP_3DES_CBC:
		des_schedule(m, sa, key);
		break;
	case ESP_AES_CBC:
		aes_schedule(m, sa, key);
		break;
	case ESP_AES_GCM:
	case ESP_AES_GMAC:
		gcm_schedule(m, sa, key);
		break;
	}
}

/* Others go through it as jobs. */
static bool has_bursts(const struct mb_sa *sa)
{
#ifdef IMB_SUBMIT_HASH_BURST_NOCHECK
	return (sa->job.cipher_mode == IMB_CIPHER_CBC ||
		sa->job.cipher_mode == IMB_CIPHER_NULL) &&
	       sa->job.hash_alg != IMB_AUTH_MD5;
#else
	(void)sa;
	return false;
#endif
}

/* Measured (bench/crypto) where the narrow manager has SHA-NI, which knows
 * SHA-1 and SHA-256.  Its DES is written for every machine: hundreds of times
 * slower. */
static unsigned int wide_from(const struct mb_sa *sa,
			      const struct esp_transform *t)
{
	static const uint8_t from[] = {
		[ESP_AUTH_NONE] = 4,   [ESP_AUTH_MD5] = 8,
		[ESP_AUTH_SHA1] = 5,   [ESP_AUTH_SHA256] = 9,
		[ESP_AUTH_SHA384] = 1, [ESP_AUTH_SHA512] = 1,
	};

	if (sa->job.cipher_mode == IMB_CIPHER_DES ||
	    sa->job.cipher_mode == IMB_CIPHER_DES3)
		return 0;
	return from[t->auth];
}

static const void *cipher_keys(const struct mb_sa *sa, const uint8_t *aes)
{
	if (sa->job.cipher_mode == IMB_CIPHER_DES3)
		return sa->des3;
	return sa->job.cipher_mode == IMB_CIPHER_DES ? sa->des[0]
						     : (const void *)aes;
}

static void job_init(struct mb_sa *sa, const struct esp_transform *t)
{
	static const IMB_HASH_ALG hashes[] = {
		[ESP_AUTH_NONE] = IMB_AUTH_NULL,
		[ESP_AUTH_MD5] = IMB_AUTH_MD5,
		[ESP_AUTH_SHA1] = IMB_AUTH_HMAC_SHA_1,
		[ESP_AUTH_SHA256] = IMB_AUTH_HMAC_SHA_256,
		[ESP_AUTH_SHA384] = IMB_AUTH_HMAC_SHA_384,
		[ESP_AUTH_SHA512] = IMB_AUTH_HMAC_SHA_512,
	};
	IMB_JOB *job = &sa->job;

	job->hash_alg = hashes[t->auth];
	job->enc_keys = cipher_keys(sa, sa->enc);
	job->dec_keys = cipher_keys(sa, sa->dec);
	job->key_len_in_bytes = sa->key_len;
	job->cipher_start_src_offset_in_bytes = ESP_HEADER + esp_iv_size(t);
	job->hash_start_src_offset_in_bytes = 0;
	job->iv_len_in_bytes = esp_iv_size(t);
	job->auth_tag_output_len_in_bytes = esp_icv_size(t);
	job->u.HMAC._hashed_auth_key_xor_ipad = sa->ipad;
	job->u.HMAC._hashed_auth_key_xor_opad = sa->opad;
}

void mb_sa_init(struct mb_sa *sa, IMB_MGR *m, const struct esp_transform *t,
		const uint8_t *key, const uint8_t *auth_key)
{
	cipher_schedule(m, sa, t, key);
	hmac_pad(m, t->auth, auth_key, 0x36, sa->ipad);
	hmac_pad(m, t->auth, auth_key, 0x5c, sa->opad);
	job_init(sa, t);
	sa->bursts = has_bursts(sa);
	sa->wide_from = wide_from(sa, t);
}
