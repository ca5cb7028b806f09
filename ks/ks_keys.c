/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_keys.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_id.h"
#include "gdoi/gdoi_sak.h"

enum { KEY_MAX = 128 }; /* octets: more than any transform needs */

int64_t ks_life_end(const struct ks_life *life)
{
	int64_t end = life->born + SEC(life->seconds);
	int64_t cut = life->cut_at + SEC(life->override);

	return life->override && cut < end ? cut : end;
}

void ks_life_cut(struct ks_life *life, int64_t now, uint32_t seconds)
{
	/* 0: the last second of a life that was cut before; an override of 0
	 * would give the whole life back. */
	if (!seconds || now + SEC(seconds) >= ks_life_end(life))
		return;
	life->cut_at = now;
	life->override = seconds;
}

uint32_t ks_life_remaining(const struct ks_life *life, int64_t now)
{
	int64_t left = ks_life_end(life) - now;

	return left > 0 ? (uint32_t)(left / US_PER_SEC) : 0;
}

uint32_t ks_life_elapsed(const struct ks_life *life, int64_t now)
{
	return (uint32_t)((now - life->born) / US_PER_SEC);
}

static void random_key(struct env *env, struct keybuf *key, size_t len)
{
	uint8_t octets[KEY_MAX];

	env_random(env, octets, len);
	keybuf_set(key, octets, len);
	bytes_wipe(octets, sizeof(octets));
}

unsigned int ks_kek_bits(enum gdoi_kek_cipher cipher, unsigned int aes_bits)
{
	switch (cipher) {
	case GDOI_KEK_DES:
		return 64;
	case GDOI_KEK_3DES:
		return 192;
	case GDOI_KEK_AES:
		return aes_bits;
	}
	return 0;
}

static bool all_zero(const uint8_t *p, size_t len)
{
	uint8_t any = 0;

	while (len--)
		any |= *p++;
	return any == 0;
}

struct ks_kek *ks_kek_new(struct env *env, enum gdoi_kek_cipher cipher,
			  unsigned int key_bits, uint32_t seconds)
{
	struct ks_kek *kek = xcalloc(1, sizeof(*kek));

	do
		env_random(env, kek->spi, sizeof(kek->spi));
	while (all_zero(kek->spi, 8) || all_zero(kek->spi + 8, 8));

	kek->cipher = cipher;
	kek->key_bits = key_bits;
	kek->life.born = env_now(env);
	kek->life.seconds = seconds;
	random_key(env, &kek->iv, gdoi_kek_iv_size(cipher));
	random_key(env, &kek->key, key_bits / 8);
	return kek;
}

void ks_kek_free(struct ks_kek *kek)
{
	if (!kek)
		return;
	keybuf_free(&kek->iv);
	keybuf_free(&kek->key);
	EVP_PKEY_free(kek->signer);
	free(kek->signer_label);
	free(kek);
}

void ks_kek_free_all(struct ks_kek *kek)
{
	while (kek) {
		struct ks_kek *older = kek->older;

		ks_kek_free(kek);
		kek = older;
	}
}

struct ks_kek *ks_kek_find(struct ks_kek *kek, unsigned int number)
{
	while (kek && kek->number != number)
		kek = kek->older;
	return kek;
}

struct ks_kek *ks_kek_find_spi(struct ks_kek *kek, const uint8_t *spi)
{
	while (kek && memcmp(kek->spi, spi, sizeof(kek->spi)) != 0)
		kek = kek->older;
	return kek;
}

void ks_kek_public_key(const struct ks_kek *kek, struct keybuf *out)
{
	unsigned char *der = NULL;
	int len = kek->signer ? i2d_PUBKEY(kek->signer, &der) : 0;

	keybuf_set(out, der, len > 0 ? (size_t)len : 0);
	OPENSSL_free(der);
}

bool ks_transform_counter(const struct esp_transform *t)
{
	return t->cipher == ESP_AES_GCM || t->cipher == ESP_AES_GMAC;
}

struct ks_tek_set *
ks_tek_set_new(struct env *env, const struct esp_transform *t, uint32_t seconds)
{
	struct ks_tek_set *set = xcalloc(1, sizeof(*set));

	set->transform = *t;
	set->life.born = env_now(env);
	set->life.seconds = seconds;
	return set;
}

void ks_tek_set_free(struct ks_tek_set *set)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		keybuf_free(&set->teks[i].key);
		keybuf_free(&set->teks[i].auth_key);
	}
	free(set->teks);
	free(set);
}

struct ks_tek *ks_tek_add(struct env *env, struct ks_tek_set *set, uint32_t spi,
			  const struct ace *ace)
{
	struct ks_tek *tek;

	set->teks = xrealloc(set->teks, set->n + 1, sizeof(*set->teks));
	tek = &set->teks[set->n++];
	*tek = (struct ks_tek){ .spi = spi, .per_ace = ace != NULL };
	if (ace)
		tek->ace = *ace;
	random_key(env, &tek->key, esp_key_size(&set->transform));
	random_key(env, &tek->auth_key, esp_auth_key_size(&set->transform));
	return tek;
}

struct ks_tek *ks_tek_find(const struct ks_tek_set *set, const struct ace *ace)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		struct ks_tek *tek = &set->teks[i];

		if (!tek->per_ace || ace_equal(&tek->ace, ace))
			return tek;
	}
	return NULL;
}

uint8_t ks_spi_prefix(const struct gdoi_id *id)
{
	return gdoi_spi_prefix(id);
}
