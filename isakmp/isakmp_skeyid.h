/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Phase-1 keys and authentication hashes (RFC 2409 5, appendix B).
 * Everything here is secret: wipe with isakmp_skeyid_wipe(). */
#ifndef ISAKMP_ISAKMP_SKEYID_H
#define ISAKMP_ISAKMP_SKEYID_H

#include "isakmp/isakmp_cipher.h"
#include "isakmp/isakmp_prf.h"

#define ISAKMP_COOKIE 8

/* What both sides have seen when message 4 is there.  Points to the caller's
 * memory; nonces are bodies, gxi and gxr the public values. */
struct isakmp_seen {
	unsigned int hash, encr;
	unsigned int key_bits; /* AES */
	const uint8_t *icookie, *rcookie;
	struct isakmp_part ni, nr, gxi, gxr;
	struct isakmp_part sai_b; /* the initiator's SA payload, body */
};

struct isakmp_skeyid {
	unsigned int hash;
	size_t len; /* of each of the four */
	uint8_t skeyid[ISAKMP_HASH_MAX];
	uint8_t d[ISAKMP_HASH_MAX], a[ISAKMP_HASH_MAX], e[ISAKMP_HASH_MAX];
	struct isakmp_cipher cipher;
	uint8_t iv[ISAKMP_BLOCK_MAX]; /* the first one of phase 1 */
};

/* With a pre-shared key. False: no such cipher. */
bool isakmp_skeyid_derive(struct isakmp_skeyid *out,
			  const struct isakmp_seen *seen, const void *psk,
			  size_t psk_len, const void *shared, size_t shared_len)
	__attribute__((warn_unused_result));
void isakmp_skeyid_wipe(struct isakmp_skeyid *k);
/* HASH_I or HASH_R over the ID payload's body; out: ISAKMP_HASH_MAX. */
void isakmp_skeyid_auth(const struct isakmp_skeyid *k,
			const struct isakmp_seen *seen, bool initiator,
			struct isakmp_part id, uint8_t *out);
/* The first IV of an exchange with this message ID after phase 1 ended with
 * this block. */
void isakmp_skeyid_iv(const struct isakmp_skeyid *k, const uint8_t *last_block,
		      uint32_t message_id, uint8_t *iv);

#endif
