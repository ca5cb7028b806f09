/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys meet the policy that announced them: exactly the keys that it needs,
 * each of the size that its cipher has. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_kd.h"
#include "gdoi/gdoi_rsa.h"
#include "gdoi/gdoi_sak.h"

static struct isakmp_fault bad(const char *text)
{
	return (struct isakmp_fault){ ISAKMP_N_INVALID_KEY_INFORMATION, text };
}

/* want 0: there must be none. */
static bool take_key(struct rd from, size_t want, struct keybuf *to)
{
	size_t len = from.p ? rd_left(&from) : 0;

	if (len != want)
		return false;
	keybuf_set(to, len ? rd_bytes(&from, len) : NULL, len);
	return true;
}

static struct gdoi_tek *tek_of(struct gdoi_policy *policy, uint32_t spi)
{
	size_t i;

	for (i = 0; i < policy->n_teks; i++) {
		if (policy->teks[i].spi == spi)
			return &policy->teks[i];
	}
	return NULL;
}

static struct isakmp_fault apply_teks(const struct gdoi_kd *kd,
				      struct gdoi_policy *policy)
{
	size_t i;

	/* gdoi_kd_parse() refused doubles: as many keys as TEKs, each for one
	 * of them, are all. */
	if (kd->n_teks != policy->n_teks)
		return bad("not one key for each TEK");
	for (i = 0; i < kd->n_teks; i++) {
		const struct gdoi_kd_tek *from = &kd->teks[i];
		struct gdoi_tek *tek = tek_of(policy, from->spi);

		if (!tek)
			return bad("key for an SPI that is in no SAT");
		if (!take_key(from->key, esp_key_size(&tek->transform),
			      &tek->key) ||
		    !take_key(from->auth_key,
			      esp_auth_key_size(&tek->transform),
			      &tek->auth_key))
			return bad("key of a wrong size for its SAT");
	}
	return ISAKMP_OK;
}

/* IOS announces the bits of the DER, RFC 6407 means those of the modulus. */
static bool sig_bits_fit(const struct gdoi_kek *kek, size_t der_octets,
			 unsigned int bits)
{
	return kek->sig_bits == 0 || kek->sig_bits == bits ||
	       kek->sig_bits == der_octets * 8;
}

static struct isakmp_fault apply_kek(const struct gdoi_kd *kd,
				     struct gdoi_policy *policy)
{
	struct gdoi_kek *kek = &policy->kek;
	size_t iv_size = gdoi_kek_iv_size(kek->cipher);
	struct rd key = kd->kek_key, iv;
	struct isakmp_fault fault;
	unsigned int bits;

	if (kd->has_kek != policy->has_kek)
		return bad("SAK and KEK are not both there");
	if (!kd->has_kek)
		return ISAKMP_OK;
	if (memcmp(kd->kek_spi, kek->spi, sizeof(kek->spi)) != 0)
		return bad("KEK of another SPI than the SAK's");
	if (!key.p || !kd->sig_key.p)
		return bad("KEK or its signature key is missing");
	iv = rd_sub(&key, iv_size);
	if (!take_key(iv, iv_size, &kek->iv) ||
	    !take_key(key, gdoi_kek_key_size(kek), &kek->key))
		return bad("KEK of a wrong size for its SAK");
	fault = gdoi_rsa_read(kd->sig_key, &kek->pubkey, &bits);
	if (fault.notify)
		return fault;
	if (!sig_bits_fit(kek, rd_left(&kd->sig_key), bits))
		return bad("signature key of a wrong size for its SAK");
	return ISAKMP_OK;
}

static struct isakmp_fault apply_sids(const struct gdoi_kd *kd, bool pull,
				      struct gdoi_policy *policy)
{
	if (kd->has_sids && !pull)
		return bad("sender IDs in a rekey");
	if (!kd->has_sids && pull && gdoi_policy_has_counter_mode(policy))
		return bad("counter mode without a sender ID");
	if (!kd->has_sids)
		return ISAKMP_OK;
	policy->sid_bits = kd->sid_bits;
	free(policy->sids);
	policy->sids = xmemdup(kd->sids, kd->n_sids * sizeof(*kd->sids));
	policy->n_sids = kd->n_sids;
	return ISAKMP_OK;
}

struct isakmp_fault gdoi_kd_apply(const struct gdoi_kd *kd, bool pull,
				  struct gdoi_policy *policy)
{
	struct isakmp_fault fault = apply_teks(kd, policy);

	if (!fault.notify)
		fault = apply_kek(kd, policy);
	if (!fault.notify)
		fault = apply_sids(kd, pull, policy);
	return fault;
}
