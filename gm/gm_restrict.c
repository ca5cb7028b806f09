/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gm/gm_restrict.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "gm/gm_priv.h"
#include "ipsec/ipsec_config.h"

static const struct {
	const char *text;
	enum gdoi_kek_cipher cipher;
	unsigned int bits;
} ciphers[] = {
#define CIPHER(id, text, name, cipher, bits) { text, cipher, bits },
	GM_REKEY_CIPHERS(CIPHER)
#undef CIPHER
};

static const struct {
	const char *text;
	enum gdoi_sig_hash hash;
} hashes[] = {
#define HASH(id, text, name, hash) { text, hash },
	GM_REKEY_HASHES(HASH)
#undef HASH
};

static bool cipher_ok(const struct gm_group *g, const struct gdoi_kek *kek)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ciphers); i++)
		if (g->rekey_ciphers & 1u << i &&
		    ciphers[i].cipher == kek->cipher &&
		    (kek->cipher != GDOI_KEK_AES ||
		     ciphers[i].bits == kek->key_bits))
			return true;
	return !g->rekey_ciphers;
}

static bool hash_ok(const struct gm_group *g, const struct gdoi_kek *kek)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hashes); i++)
		if (g->rekey_hashes & 1u << i &&
		    hashes[i].hash == kek->sig_hash)
			return true;
	return !g->rekey_hashes;
}

bool gm_restrict_kek_ok(const struct gm_group *g, const struct gdoi_kek *kek)
{
	return cipher_ok(g, kek) && hash_ok(g, kek);
}

/* A set that is not configured allows nothing. */
static bool transform_ok(const struct gm *gm, const struct gm_group *g,
			 const struct esp_transform *t)
{
	const struct ipsec_set *set;
	size_t i;

	for (i = 0; i < g->n_transform_sets && gm->config.ipsec; i++) {
		set = ipsec_set_find(gm->config.ipsec, g->transform_sets[i]);
		if (set && esp_transform_equal(&set->transform, t))
			return true;
	}
	return false;
}

bool gm_restrict_teks_ok(const struct gm *gm, const struct gm_group *g,
			 const struct gdoi_policy *policy)
{
	size_t i;

	if (!g->n_transform_sets)
		return true;
	for (i = 0; i < policy->n_teks; i++)
		if (!transform_ok(gm, g, &policy->teks[i].transform))
			return false;
	return true;
}

static void append(char *out, const char *text)
{
	size_t len = strlen(out);

	snprintf(out + len, GM_RESTRICT_TEXT - len, "%s%s", len ? " " : "",
		 text);
}

const char *gm_restrict_ciphers_text(const struct gm_group *g, char *out)
{
	size_t i;

	out[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(ciphers); i++)
		if (g->rekey_ciphers & 1u << i)
			append(out, ciphers[i].text);
	return out[0] ? out : "any";
}

const char *gm_restrict_hashes_text(const struct gm_group *g, char *out)
{
	size_t i;

	out[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(hashes); i++)
		if (g->rekey_hashes & 1u << i)
			append(out, hashes[i].text);
	return out[0] ? out : "any";
}
