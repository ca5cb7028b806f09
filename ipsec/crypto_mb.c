/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The crypto backend of intel-ipsec-mb.  Key schedules are read only once
 * made; managers change while they work, so each worker has its own pair:
 * one for short bursts, where the wide registers of the other cost more than
 * they gain, and one for long ones. */
#include "ipsec/crypto.h"

#include <stdlib.h>
#include <string.h>

#include <intel-ipsec-mb.h>

#include "base/mem.h"
#include "ipsec/esp_format.h"

enum mb_limits {
	/* Measured with AES-128-CBC and SHA-1: up to here SSE with SHA-NI
	 * beats AVX-512. */
	MB_SHORT_BURST = 4,
	MB_BLOCK = 64,	     /* of MD5, SHA-1, SHA-256 */
	MB_BLOCK_LONG = 128, /* of SHA-384, SHA-512 */
	MB_STATE = 64,	     /* the largest hash state */
	AES_ROUND_KEYS = 15 * 16,
};

struct managers {
	IMB_MGR *brief, *full;
};

struct mb_crypto {
	struct crypto base;
	IMB_MGR *setup; /* the control thread's, for key schedules */
	struct managers *workers;
	unsigned int n;
};

struct mb_sa {
	struct gcm_key_data gcm;
	DECLARE_ALIGNED(uint8_t enc[AES_ROUND_KEYS], 16);
	DECLARE_ALIGNED(uint8_t dec[AES_ROUND_KEYS], 16);
	DECLARE_ALIGNED(uint8_t ipad[MB_STATE], 16);
	DECLARE_ALIGNED(uint8_t opad[MB_STATE], 16);
	DECLARE_ALIGNED(uint64_t des[3][IMB_DES_KEY_SCHED_SIZE / 8], 16);
	const void *des3[3];
	uint8_t salt[CRYPTO_SALT];
	/* What is the same in each of its jobs. */
	IMB_CIPHER_MODE cipher;
	IMB_HASH_ALG hash;
	size_t key_len;
	aes_gcm_enc_dec_t gcm_enc, gcm_dec;
	struct crypto_sa base;
};

static bool usable(void)
{
	IMB_MGR *m = alloc_mb_mgr(0);
	bool ok;

	if (!m)
		return false;
	init_mb_mgr_auto(m, NULL);
	ok = imb_get_errno(m) == 0;
	free_mb_mgr(m);
	return ok;
}

static IMB_MGR *manager(bool brief)
{
	IMB_MGR *m = alloc_mb_mgr(0);

	if (!m)
		return NULL;
	if (brief)
		init_mb_mgr_sse(m);
	else
		init_mb_mgr_auto(m, NULL);
	if (imb_get_errno(m) == 0)
		return m;
	free_mb_mgr(m);
	return NULL;
}

static void manager_free(IMB_MGR *m)
{
	if (m)
		free_mb_mgr(m);
}

static void destroy(struct crypto *base)
{
	struct mb_crypto *c = (struct mb_crypto *)base;

	for (unsigned int i = 0; i < c->n; i++) {
		manager_free(c->workers[i].brief);
		manager_free(c->workers[i].full);
	}
	manager_free(c->setup);
	free(c->workers);
	free(c);
}

static struct crypto *create(unsigned int workers)
{
	struct mb_crypto *c = xcalloc(1, sizeof(*c));
	bool ok;

	c->n = workers;
	c->workers = xcalloc(workers, sizeof(*c->workers));
	c->setup = manager(false);
	ok = c->setup != NULL;
	for (unsigned int i = 0; ok && i < workers; i++) {
		c->workers[i].brief = manager(true);
		c->workers[i].full = manager(false);
		ok = c->workers[i].brief && c->workers[i].full;
	}
	if (ok)
		return &c->base;
	destroy(&c->base);
	return NULL;
}

/* The hash's state after the key xored with pad: a HMAC starts from it. */
static void hmac_pad(IMB_MGR *m, enum esp_auth auth, const uint8_t *key,
		     uint8_t pad, uint8_t *state)
{
	uint8_t block[MB_BLOCK_LONG];
	size_t len = auth >= ESP_AUTH_SHA384 ? MB_BLOCK_LONG : MB_BLOCK;
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
	sa->cipher = IMB_CIPHER_CBC;
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
	sa->cipher = sa->key_len == 8 ? IMB_CIPHER_DES : IMB_CIPHER_DES3;
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
		sa->cipher = IMB_CIPHER_NULL;
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

static struct mb_sa *sa_of(struct crypto_sa *base)
{
	return (struct mb_sa *)((uint8_t *)base - offsetof(struct mb_sa, base));
}

static struct crypto_sa *sa_create(struct crypto *base,
				   const struct esp_transform *t,
				   const uint8_t *key, const uint8_t *auth_key)
{
	static const IMB_HASH_ALG hashes[] = {
		[ESP_AUTH_NONE] = IMB_AUTH_NULL,
		[ESP_AUTH_MD5] = IMB_AUTH_MD5,
		[ESP_AUTH_SHA1] = IMB_AUTH_HMAC_SHA_1,
		[ESP_AUTH_SHA256] = IMB_AUTH_HMAC_SHA_256,
		[ESP_AUTH_SHA384] = IMB_AUTH_HMAC_SHA_384,
		[ESP_AUTH_SHA512] = IMB_AUTH_HMAC_SHA_512,
	};
	IMB_MGR *m = ((struct mb_crypto *)base)->setup;
	struct mb_sa *sa;
	void *memory;

	if (posix_memalign(&memory, 64, sizeof(*sa)) != 0)
		return NULL;
	memset(memory, 0, sizeof(*sa));
	sa = memory;
	sa->hash = hashes[t->auth];
	cipher_schedule(m, sa, t, key);
	hmac_pad(m, t->auth, auth_key, 0x36, sa->ipad);
	hmac_pad(m, t->auth, auth_key, 0x5c, sa->opad);
	return &sa->base;
}

static void sa_destroy(struct crypto_sa *base)
{
	struct mb_sa *sa = sa_of(base);

	bytes_wipe(sa, sizeof(*sa));
	free(sa);
}

static void gcm(IMB_MGR *m, const struct mb_sa *sa, bool encrypt,
		struct crypto_op *op)
{
	bool gmac = sa->base.transform.cipher == ESP_AES_GMAC;
	size_t head = gmac ? op->len : (size_t)ESP_HEADER + sa->base.iv;
	uint8_t *payload = op->esp + head, *icv = op->esp + op->len;
	uint8_t nonce[CRYPTO_SALT + 8], tag[16];
	struct gcm_context_data ctx;

	(void)m;
	memcpy(nonce, sa->salt, CRYPTO_SALT);
	memcpy(nonce + CRYPTO_SALT, op->esp + ESP_HEADER, 8);
	(encrypt ? sa->gcm_enc : sa->gcm_dec)(
		&sa->gcm, &ctx, payload, payload, op->len - head, nonce,
		op->esp, gmac ? op->len : (size_t)ESP_HEADER, tag, sizeof(tag));
	op->ok = encrypt || bytes_equal(tag, icv, sizeof(tag));
	if (encrypt)
		memcpy(icv, tag, sizeof(tag));
}

static void fill(IMB_JOB *job, const struct mb_sa *sa, struct crypto_op *op,
		 uint8_t *tag)
{
	bool des3 = sa->cipher == IMB_CIPHER_DES3;
	bool des = sa->cipher == IMB_CIPHER_DES;
	uint64_t head = (uint64_t)ESP_HEADER + sa->base.iv;

	job->cipher_mode = sa->cipher;
	job->hash_alg = sa->hash;
	job->enc_keys = des3  ? (const void *)sa->des3
			: des ? (const void *)sa->des[0]
			      : (const void *)sa->enc;
	job->dec_keys = des3 || des ? job->enc_keys : sa->dec;
	job->key_len_in_bytes = sa->key_len;
	job->src = op->esp;
	job->dst = op->esp + head;
	job->cipher_start_src_offset_in_bytes = head;
	job->msg_len_to_cipher_in_bytes = op->len - head;
	job->hash_start_src_offset_in_bytes = 0;
	job->msg_len_to_hash_in_bytes = op->len;
	job->iv = op->esp + ESP_HEADER;
	job->iv_len_in_bytes = sa->base.iv;
	job->auth_tag_output = tag;
	job->auth_tag_output_len_in_bytes = sa->base.icv;
	job->u.HMAC._hashed_auth_key_xor_ipad = sa->ipad;
	job->u.HMAC._hashed_auth_key_xor_opad = sa->opad;
	job->user_data = op;
}

static void finish(const IMB_JOB *job)
{
	struct crypto_op *op = job->user_data;

	op->ok = job->status == IMB_STATUS_COMPLETED;
}

/* The manager for short bursts is the one with the smaller overhead, but its
 * DES is written for every machine: hundreds of times slower. */
static IMB_MGR *manager_for(const struct managers *w, const struct mb_sa *sa,
			    size_t n)
{
	bool des =
		sa->cipher == IMB_CIPHER_DES || sa->cipher == IMB_CIPHER_DES3;

	return n <= MB_SHORT_BURST && !des ? w->brief : w->full;
}

static void run(struct managers *w, const struct mb_sa *sa, bool encrypt,
		struct crypto_op *ops, size_t n,
		uint8_t (*tags)[CRYPTO_ICV_MAX])
{
	IMB_MGR *m = manager_for(w, sa, n);
	IMB_JOB *job;

	for (size_t i = 0; i < n; i++) {
		job = IMB_GET_NEXT_JOB(m);
		fill(job, sa, &ops[i],
		     tags ? tags[i] : ops[i].esp + ops[i].len);
		job->cipher_direction =
			encrypt ? IMB_DIR_ENCRYPT : IMB_DIR_DECRYPT;
		job->chain_order =
			encrypt ? IMB_ORDER_CIPHER_HASH : IMB_ORDER_HASH_CIPHER;
		for (job = IMB_SUBMIT_JOB(m); job;
		     job = IMB_GET_COMPLETED_JOB(m))
			finish(job);
	}
	while ((job = IMB_FLUSH_JOB(m)))
		finish(job);
}

static void encrypt(struct crypto *base, unsigned int worker,
		    struct crypto_sa *sa, struct crypto_op *ops, size_t n)
{
	struct managers *w = &((struct mb_crypto *)base)->workers[worker];
	const struct mb_sa *mb = sa_of(sa);

	if (!esp_is_aead(&sa->transform)) {
		run(w, mb, true, ops, n, NULL);
		return;
	}
	for (size_t i = 0; i < n; i++)
		gcm(w->full, mb, true, &ops[i]);
}

static void decrypt(struct crypto *base, unsigned int worker,
		    struct crypto_sa *sa, struct crypto_op *ops, size_t n)
{
	struct managers *w = &((struct mb_crypto *)base)->workers[worker];
	uint8_t tags[CRYPTO_BURST][CRYPTO_ICV_MAX];
	const struct mb_sa *mb = sa_of(sa);

	if (esp_is_aead(&sa->transform)) {
		for (size_t i = 0; i < n; i++)
			gcm(w->full, mb, false, &ops[i]);
		return;
	}
	run(w, mb, false, ops, n, tags);
	for (size_t i = 0; i < n; i++)
		ops[i].ok =
			ops[i].ok &&
			bytes_equal(tags[i], ops[i].esp + ops[i].len, sa->icv);
}

const struct crypto_backend crypto_mb = {
	.name = "ipsec-mb",
	.usable = usable,
	.create = create,
	.destroy = destroy,
	.sa_create = sa_create,
	.sa_destroy = sa_destroy,
	.encrypt = encrypt,
	.decrypt = decrypt,
};
