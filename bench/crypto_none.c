/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Crypto replaced by nothing: packets keep the sizes of ESP and go in clear,
 * and every ICV is right.  What the packet path costs without its crypto is
 * measured with it.  It stands in the table of the programs that are linked
 * with this file and in no other's. */
#include <stdlib.h>

#include "base/mem.h"
#include "ipsec/crypto.h"

static bool usable(void)
{
	return true;
}

static struct crypto *create(unsigned int workers)
{
	(void)workers;
	return xcalloc(1, sizeof(struct crypto));
}

static void destroy(struct crypto *crypto)
{
	free(crypto);
}

static struct crypto_sa *sa_create(struct crypto *crypto,
				   const struct esp_transform *t,
				   const uint8_t *key, const uint8_t *auth_key)
{
	(void)crypto;
	(void)t;
	(void)key;
	(void)auth_key;
	return xcalloc(1, sizeof(struct crypto_sa));
}

static void sa_destroy(struct crypto_sa *sa)
{
	free(sa);
}

static void nothing(struct crypto *crypto, unsigned int worker,
		    struct crypto_sa *sa, struct crypto_op *ops, size_t n)
{
	(void)crypto;
	(void)worker;
	(void)sa;
	for (size_t i = 0; i < n; i++)
		ops[i].ok = true;
}

static const struct crypto_backend crypto_none = {
	.name = "none",
	.usable = usable,
	.create = create,
	.destroy = destroy,
	.sa_create = sa_create,
	.sa_destroy = sa_destroy,
	.encrypt = nothing,
	.decrypt = nothing,
};

const struct crypto_backend *const crypto_backends[] = { &crypto_none, NULL };
