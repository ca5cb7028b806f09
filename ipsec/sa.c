/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/sa.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/log.h"
#include "base/mem.h"

struct sa_store {
	struct crypto *crypto;
	TAILQ_HEAD(, sa_key) keys;
	size_t n;
};

struct sa_store *sa_store_new(struct crypto *crypto)
{
	struct sa_store *store = xcalloc(1, sizeof(*store));

	store->crypto = crypto;
	TAILQ_INIT(&store->keys);
	return store;
}

static void key_free(struct sa_store *store, struct sa_key *key)
{
	TAILQ_REMOVE(&store->keys, key, link);
	store->n--;
	crypto_sa_free(key->crypto);
	bytes_wipe(key->digest, sizeof(key->digest));
	free(key);
}

void sa_store_free(struct sa_store *store)
{
	if (!store)
		return;
	while (!TAILQ_EMPTY(&store->keys))
		key_free(store, TAILQ_FIRST(&store->keys));
	free(store);
}

/* Two SAs with the same digest draw from the same numbers. */
static void digest(const struct ipsec_sa *sa, uint8_t *out)
{
	const struct esp_transform *t = &sa->transform;
	const uint32_t rest[] = { sa->spi,	     (uint32_t)t->cipher,
				  t->key_bits,	     (uint32_t)t->auth,
				  t->transport,	     sa->sender_id,
				  sa->sender_id_bits };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) ||
	    !EVP_DigestUpdate(ctx, rest, sizeof(rest)) ||
	    !EVP_DigestUpdate(ctx, sa->key.data, sa->key.len) ||
	    !EVP_DigestUpdate(ctx, sa->auth_key.data, sa->auth_key.len) ||
	    !EVP_DigestFinal_ex(ctx, out, NULL))
		log_fatal("SHA-256 has failed");
	EVP_MD_CTX_free(ctx);
}

static struct sa_key *find(const struct sa_store *store, uint32_t spi,
			   const uint8_t *wanted)
{
	struct sa_key *key;

	TAILQ_FOREACH (key, &store->keys, link)
		if (key->spi == spi &&
		    bytes_equal(key->digest, wanted, sizeof(key->digest)))
			return key;
	return NULL;
}

static struct sa_key *make(struct sa_store *store, const struct ipsec_sa *sa)
{
	unsigned int workers = store->crypto->workers;
	size_t size =
		sizeof(struct sa_key) + workers * sizeof(struct sa_numbers);
	struct crypto_sa *crypto;
	struct sa_key *key;
	void *memory;

	crypto = crypto_sa_new(store->crypto, &sa->transform, &sa->key,
			       &sa->auth_key);
	if (!crypto)
		return NULL;
	if (posix_memalign(&memory, 64, size) != 0)
		log_fatal("no memory for a key");
	memset(memory, 0, size);
	key = memory;
	key->spi = sa->spi;
	key->crypto = crypto;
	key->workers = workers;
	TAILQ_INSERT_TAIL(&store->keys, key, link);
	store->n++;
	return key;
}

struct sa_key *sa_key_get(struct sa_store *store, const struct ipsec_sa *sa)
{
	uint8_t wanted[32];
	struct sa_key *key;

	digest(sa, wanted);
	key = find(store, sa->spi, wanted);
	if (!key && store->n < SA_STORE_MAX)
		key = make(store, sa);
	if (!key)
		return NULL;
	memcpy(key->digest, wanted, sizeof(wanted));
	if (sa->expires > key->expires)
		key->expires = sa->expires;
	key->users++;
	return key;
}

void sa_key_put(struct sa_key *key)
{
	key->users--;
}

void sa_store_expire(struct sa_store *store, int64_t now)
{
	struct sa_key *key, *next;

	for (key = TAILQ_FIRST(&store->keys); key; key = next) {
		next = TAILQ_NEXT(key, link);
		if (!key->users && key->expires <= now)
			key_free(store, key);
	}
}

static bool mark(_Atomic uint64_t *word, uint32_t block, uint32_t bit)
{
	uint64_t old = atomic_load_explicit(word, memory_order_relaxed), new;

	do {
		uint32_t there = (uint32_t)(old >> 32);

		if (there > block)
			return false; /* it has left the window meanwhile */
		if (there == block && (old & bit))
			return false;
		new = (uint64_t)block << 32 | bit;
		if (there == block)
			new |= old;
	} while (!atomic_compare_exchange_weak_explicit(
		word, &old, new, memory_order_relaxed, memory_order_relaxed));
	return true;
}

bool sa_window_take(struct sa_window *w, uint32_t seq, unsigned int window)
{
	uint32_t top = atomic_load_explicit(&w->top, memory_order_relaxed);
	uint32_t block = seq / 32;

	if (seq == 0) /* RFC 4303 3.4.3: numbers start at 1 */
		return false;
	if (top >= window && seq <= top - window)
		return false;
	if (!mark(&w->words[block % SA_WINDOW_WORDS], block, 1u << seq % 32))
		return false;
	while (seq > top && !atomic_compare_exchange_weak_explicit(
				    &w->top, &top, seq, memory_order_relaxed,
				    memory_order_relaxed))
		;
	return true;
}
