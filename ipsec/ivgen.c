/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/ivgen.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/mem.h"

enum {
	IVGEN_BLOCK = 4096,
	IVGEN_COMMON = 16, /* the IV of AES */
};

struct ivgen {
	EVP_CIPHER_CTX *ctx;
	unsigned int at;
	uint8_t block[IVGEN_BLOCK];
};

/* The octets at block[0..31] are key and counter. */
static void refill(struct ivgen *g)
{
	uint8_t seed[IVGEN_SEED];
	int len;

	memcpy(seed, g->block, sizeof(seed));
	memset(g->block, 0, sizeof(g->block));
	if (!EVP_EncryptInit_ex(g->ctx, NULL, NULL, seed, seed + 16) ||
	    !EVP_EncryptUpdate(g->ctx, g->block, &len, g->block, IVGEN_BLOCK))
		log_fatal("the IV generator has failed");
	bytes_wipe(seed, sizeof(seed));
	g->at = IVGEN_SEED;
}

struct ivgen *ivgen_new(const uint8_t *seed)
{
	struct ivgen *g = xcalloc(1, sizeof(*g));

	g->ctx = EVP_CIPHER_CTX_new();
	if (!g->ctx ||
	    !EVP_EncryptInit_ex(g->ctx, EVP_aes_128_ctr(), NULL, NULL, NULL))
		log_fatal("no AES for the IV generator");
	memcpy(g->block, seed, IVGEN_SEED);
	refill(g);
	return g;
}

void ivgen_free(struct ivgen *g)
{
	if (!g)
		return;
	EVP_CIPHER_CTX_free(g->ctx);
	bytes_wipe(g->block, sizeof(g->block));
	free(g);
}

void ivgen_take(struct ivgen *g, uint8_t *out, unsigned int len)
{
	if (len > IVGEN_BLOCK - g->at)
		refill(g);
	if (len == IVGEN_COMMON) /* a copy without a call */
		memcpy(out, g->block + g->at, IVGEN_COMMON);
	else
		memcpy(out, g->block + g->at, len);
	g->at += len;
}
