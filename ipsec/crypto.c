/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/crypto.h"

#include <stdlib.h>
#include <string.h>

struct crypto *crypto_new(const char *name, unsigned int workers)
{
	const struct crypto_backend *const *b;
	struct crypto *crypto;

	if (!name)
		name = getenv("GETVPN_CRYPTO");
	for (b = crypto_backends; *b; b++) {
		if (name && strcmp(name, (*b)->name) != 0)
			continue;
		if (!(*b)->usable())
			continue;
		crypto = (*b)->create(workers);
		if (!crypto)
			continue;
		crypto->backend = *b;
		crypto->workers = workers;
		return crypto;
	}
	return NULL;
}

void crypto_free(struct crypto *crypto)
{
	if (crypto)
		crypto->backend->destroy(crypto);
}

struct crypto_sa *crypto_sa_new(struct crypto *crypto,
				const struct esp_transform *t,
				const struct keybuf *key,
				const struct keybuf *auth_key)
{
	struct crypto_sa *sa;

	if (!esp_transform_valid(t) || key->len != esp_key_size(t) ||
	    auth_key->len != esp_auth_key_size(t))
		return NULL;
	sa = crypto->backend->sa_create(crypto, t, key->data, auth_key->data);
	if (!sa)
		return NULL;
	sa->crypto = crypto;
	sa->transform = *t;
	sa->iv = (uint8_t)esp_iv_size(t);
	sa->icv = (uint8_t)esp_icv_size(t);
	return sa;
}

void crypto_sa_free(struct crypto_sa *sa)
{
	if (sa)
		sa->crypto->backend->sa_destroy(sa);
}
