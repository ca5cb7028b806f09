/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/crypto.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The fastest first. */
static const struct crypto_backend *const backends[] = {
#ifdef HAVE_IPSEC_MB
	&crypto_mb,
#endif
	&crypto_openssl,
};

struct crypto *crypto_new(const char *name, unsigned int workers)
{
	struct crypto *crypto;

	if (!name)
		name = getenv("GETVPN_CRYPTO");
	for (size_t i = 0; i < ARRAY_SIZE(backends); i++) {
		if (name && strcmp(name, backends[i]->name) != 0)
			continue;
		if (!backends[i]->usable())
			continue;
		crypto = backends[i]->create(workers);
		if (!crypto)
			continue;
		crypto->backend = backends[i];
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
