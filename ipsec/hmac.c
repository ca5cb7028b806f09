/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Only the hash functions that OpenSSL 3 calls deprecated have a state that a
 * program can copy without an allocation. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "ipsec/hmac.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/md5.h>
#include <openssl/sha.h>

#include "base/bytes.h"
#include "base/mem.h"

enum {
	IPAD = 0x36, /* RFC 2104 2 */
	OPAD = 0x5c,
	BLOCK_MAX = 128,
};

union state {
	MD5_CTX md5;
	SHA_CTX sha1;
	SHA256_CTX sha256;
	SHA512_CTX sha512; /* SHA-384, too */
};

struct hash {
	size_t state, block, digest; /* octets */
	void (*start)(union state *s);
	void (*update)(union state *s, const uint8_t *data, size_t len);
	void (*end)(union state *s, uint8_t *out);
};

struct hmac_key {
	const struct hash *hash;
	union state inner, outer; /* after the key's block */
};

#define HASH(member, name)                                               \
	static void member##_start(union state *s)                       \
	{                                                                \
		name##_Init(&s->member);                                 \
	}                                                                \
	static void member##_update(union state *s, const uint8_t *data, \
				    size_t len)                          \
	{                                                                \
		name##_Update(&s->member, data, len);                    \
	}                                                                \
	static void member##_end(union state *s, uint8_t *out)           \
	{                                                                \
		name##_Final(out, &s->member);                           \
	}

HASH(md5, MD5)
HASH(sha1, SHA1)
HASH(sha256, SHA256)
HASH(sha512, SHA512)

static void sha384_start(union state *s)
{
	SHA384_Init(&s->sha512);
}

static const struct hash hashes[] = {
	[ESP_AUTH_MD5] = { sizeof(MD5_CTX), 64, 16, md5_start, md5_update,
			   md5_end },
	[ESP_AUTH_SHA1] = { sizeof(SHA_CTX), 64, 20, sha1_start, sha1_update,
			    sha1_end },
	[ESP_AUTH_SHA256] = { sizeof(SHA256_CTX), 64, 32, sha256_start,
			      sha256_update, sha256_end },
	[ESP_AUTH_SHA384] = { sizeof(SHA512_CTX), 128, 48, sha384_start,
			      sha512_update, sha512_end },
	[ESP_AUTH_SHA512] = { sizeof(SHA512_CTX), 128, 64, sha512_start,
			      sha512_update, sha512_end },
};

static void absorb(const struct hash *hash, union state *s, const uint8_t *key,
		   size_t len, uint8_t pad)
{
	uint8_t block[BLOCK_MAX];

	memset(block, pad, sizeof(block));
	for (size_t i = 0; i < len; i++)
		block[i] ^= key[i];
	hash->start(s);
	hash->update(s, block, hash->block);
	bytes_wipe(block, sizeof(block));
}

struct hmac_key *hmac_key_new(enum esp_auth auth, const uint8_t *key)
{
	const struct esp_transform t = { .auth = auth };
	struct hmac_key *k;

	if (auth == ESP_AUTH_NONE)
		return NULL;
	k = xcalloc(1, sizeof(*k));
	k->hash = &hashes[auth];
	absorb(k->hash, &k->inner, key, esp_auth_key_size(&t), IPAD);
	absorb(k->hash, &k->outer, key, esp_auth_key_size(&t), OPAD);
	return k;
}

void hmac_key_free(struct hmac_key *k)
{
	if (!k)
		return;
	bytes_wipe(k, sizeof(*k));
	free(k);
}

void hmac(const struct hmac_key *k, const uint8_t *data, size_t len,
	  uint8_t *out)
{
	const struct hash *hash = k->hash;
	union state s;

	memcpy(&s, &k->inner, hash->state);
	hash->update(&s, data, len);
	hash->end(&s, out);
	memcpy(&s, &k->outer, hash->state);
	hash->update(&s, out, hash->digest);
	hash->end(&s, out);
}
