/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp_skeyid.h"

#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

#define PRF(k, key, parts, out) \
	isakmp_prf((k)->hash, key, (k)->len, parts, ARRAY_SIZE(parts), out)

/* SKEYID_d, _a and _e: each over the one before and a number. */
static void derive_one(const struct isakmp_skeyid *k,
		       const struct isakmp_seen *seen,
		       struct isakmp_part before, struct isakmp_part shared,
		       uint8_t number, uint8_t *out)
{
	const struct isakmp_part parts[] = {
		before,
		shared,
		{ seen->icookie, ISAKMP_COOKIE },
		{ seen->rcookie, ISAKMP_COOKIE },
		{ &number, 1 },
	};

	PRF(k, k->skeyid, parts, out);
}

/* Ka: as many blocks as the cipher's key needs (RFC 2409 appendix B). */
static void expand(struct isakmp_skeyid *k)
{
	uint8_t ka[ISAKMP_KEY_MAX + ISAKMP_HASH_MAX];
	uint8_t zero = 0;
	struct isakmp_part part[] = { { &zero, 1 } };
	size_t at;

	if (k->cipher.key_len <= k->len) {
		memcpy(k->cipher.key, k->e, k->cipher.key_len);
		return;
	}
	for (at = 0; at < k->cipher.key_len; at += k->len) {
		PRF(k, k->e, part, ka + at);
		part[0] = (struct isakmp_part){ ka + at, k->len };
	}
	memcpy(k->cipher.key, ka, k->cipher.key_len);
	bytes_wipe(ka, sizeof(ka));
}

static void first_iv(struct isakmp_skeyid *k, const struct isakmp_seen *seen)
{
	const struct isakmp_part parts[] = { seen->gxi, seen->gxr };
	uint8_t hash[ISAKMP_HASH_MAX];

	isakmp_hash(k->hash, parts, ARRAY_SIZE(parts), hash);
	memcpy(k->iv, hash, isakmp_cipher_block(k->cipher.encr));
}

bool isakmp_skeyid_derive(struct isakmp_skeyid *out,
			  const struct isakmp_seen *seen, const void *psk,
			  size_t psk_len, const void *shared, size_t shared_len)
{
	const struct isakmp_part nonces[] = { seen->ni, seen->nr };
	const struct isakmp_part gxy = { shared, shared_len };
	const struct isakmp_part none = { "", 0 };

	*out = (struct isakmp_skeyid){ .hash = seen->hash };
	out->len = isakmp_hash_len(seen->hash);
	out->cipher.encr = seen->encr;
	out->cipher.key_len = isakmp_cipher_key_len(seen->encr, seen->key_bits);
	if (!out->len || !out->cipher.key_len)
		return false;
	isakmp_prf(seen->hash, psk, psk_len, nonces, ARRAY_SIZE(nonces),
		   out->skeyid);
	derive_one(out, seen, none, gxy, 0, out->d);
	derive_one(out, seen, (struct isakmp_part){ out->d, out->len }, gxy, 1,
		   out->a);
	derive_one(out, seen, (struct isakmp_part){ out->a, out->len }, gxy, 2,
		   out->e);
	expand(out);
	first_iv(out, seen);
	return true;
}

void isakmp_skeyid_wipe(struct isakmp_skeyid *k)
{
	bytes_wipe(k, sizeof(*k));
}

void isakmp_skeyid_auth(const struct isakmp_skeyid *k,
			const struct isakmp_seen *seen, bool initiator,
			struct isakmp_part id, uint8_t *out)
{
	const struct isakmp_part parts[] = {
		initiator ? seen->gxi : seen->gxr,
		initiator ? seen->gxr : seen->gxi,
		{ initiator ? seen->icookie : seen->rcookie, ISAKMP_COOKIE },
		{ initiator ? seen->rcookie : seen->icookie, ISAKMP_COOKIE },
		seen->sai_b,
		id,
	};

	PRF(k, k->skeyid, parts, out);
}

void isakmp_skeyid_iv(const struct isakmp_skeyid *k, const uint8_t *last_block,
		      uint32_t message_id, uint8_t *iv)
{
	size_t block = isakmp_cipher_block(k->cipher.encr);
	const uint8_t id[4] = { (uint8_t)(message_id >> 24),
				(uint8_t)(message_id >> 16),
				(uint8_t)(message_id >> 8),
				(uint8_t)message_id };
	const struct isakmp_part parts[] = { { last_block, block },
					     { id, sizeof(id) } };
	uint8_t hash[ISAKMP_HASH_MAX];

	isakmp_hash(k->hash, parts, ARRAY_SIZE(parts), hash);
	memcpy(iv, hash, block);
}
