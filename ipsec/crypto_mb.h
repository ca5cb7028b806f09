/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the intel-ipsec-mb backend share. */
#ifndef IPSEC_CRYPTO_MB_H
#define IPSEC_CRYPTO_MB_H

#include <intel-ipsec-mb.h>

#include "base/mem.h"
#include "ipsec/crypto.h"

enum mb_sizes {
	MB_STATE = 64, /* the largest hash state */
	MB_AES_ROUND_KEYS = 15 * 16,
};

/* The keys of an SA, ready for use; only read once made. */
struct mb_sa {
	struct gcm_key_data gcm;
	DECLARE_ALIGNED(uint8_t enc[MB_AES_ROUND_KEYS], 16);
	DECLARE_ALIGNED(uint8_t dec[MB_AES_ROUND_KEYS], 16);
	DECLARE_ALIGNED(uint8_t ipad[MB_STATE], 16);
	DECLARE_ALIGNED(uint8_t opad[MB_STATE], 16);
	DECLARE_ALIGNED(uint64_t des[3][IMB_DES_KEY_SCHED_SIZE / 8], 16);
	const void *des3[3];
	uint8_t salt[CRYPTO_SALT];
	size_t key_len;
	aes_gcm_enc_dec_t gcm_enc, gcm_dec;
	bool bursts; /* ipsec-mb has burst functions for cipher and hash */
	/* The wide manager is worth its while where a burst has more octets
	 * than so many times its longest packet; 0: always. */
	unsigned int wide_from;
	IMB_JOB job; /* what is the same in each of its jobs */
	struct crypto_sa base;
};

static inline struct mb_sa *mb_sa_of(struct crypto_sa *base)
{
	return (struct mb_sa *)((uint8_t *)base - offsetof(struct mb_sa, base));
}

/* Schedules and template; m: the control thread's manager.  sa is all zero. */
void mb_sa_init(struct mb_sa *sa, IMB_MGR *m, const struct esp_transform *t,
		const uint8_t *key, const uint8_t *auth_key);

#endif
