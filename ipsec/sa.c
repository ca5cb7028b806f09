/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/sa.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/log.h"
#include "base/mem.h"

struct sa_store {
	struct crypto *crypto;
	LIST_HEAD(sa_keys, sa_key) buckets[SA_BUCKETS];
	size_t n, awake;
};

struct sa_store *sa_store_new(struct crypto *crypto)
{
	struct sa_store *store = xcalloc(1, sizeof(*store));

	store->crypto = crypto;
	return store;
}

static struct sa_keys *bucket(struct sa_store *store, uint32_t spi)
{
	return &store->buckets[(spi * 2654435761u >> 16) % SA_BUCKETS];
}

static void fall_asleep(struct sa_key *key)
{
	if (!key->crypto)
		return;
	for (unsigned int i = 0; i < key->store->crypto->workers; i++)
		replay_free(key->workers[i].replay);
	free(key->workers);
	crypto_sa_free(key->crypto);
	key->workers = NULL;
	key->crypto = NULL;
	key->store->awake--;
}

static void key_free(struct sa_key *key)
{
	fall_asleep(key);
	LIST_REMOVE(key, link);
	key->store->n--;
	bytes_wipe(key->digest, sizeof(key->digest));
	free(key);
}

static void free_where(struct sa_store *store,
		       bool (*done)(const struct sa_key *key, int64_t now),
		       int64_t now)
{
	struct sa_key *key, *next;

	for (size_t i = 0; i < SA_BUCKETS; i++)
		for (key = LIST_FIRST(&store->buckets[i]); key; key = next) {
			next = LIST_NEXT(key, link);
			if (done(key, now))
				key_free(key);
		}
}

static bool always(const struct sa_key *key, int64_t now)
{
	(void)key;
	(void)now;
	return true;
}

static bool expired(const struct sa_key *key, int64_t now)
{
	return !key->users && key->expires <= now;
}

void sa_store_free(struct sa_store *store)
{
	if (!store)
		return;
	free_where(store, always, 0);
	free(store);
}

void sa_store_expire(struct sa_store *store, int64_t now)
{
	free_where(store, expired, now);
}

/* Two SAs with the same digest draw from the same numbers. */
static void digest(const struct ipsec_sa *sa, uint8_t *out)
{
	const struct esp_transform *t = &sa->transform;
	const uint32_t rest[] = { sa->spi, (uint32_t)t->cipher, t->key_bits,
				  (uint32_t)t->auth, t->transport };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) ||
	    !EVP_DigestUpdate(ctx, rest, sizeof(rest)) ||
	    !EVP_DigestUpdate(ctx, sa->key.data, sa->key.len) ||
	    !EVP_DigestUpdate(ctx, sa->auth_key.data, sa->auth_key.len) ||
	    !EVP_DigestFinal_ex(ctx, out, NULL))
		log_fatal("SHA-256 has failed");
	EVP_MD_CTX_free(ctx);
}

static struct sa_key *find(struct sa_store *store, uint32_t spi,
			   const uint8_t *wanted)
{
	struct sa_key *key;

	LIST_FOREACH (key, bucket(store, spi), link)
		if (key->spi == spi &&
		    bytes_equal(key->digest, wanted, sizeof(key->digest)))
			return key;
	return NULL;
}

static struct sa_key *make(struct sa_store *store, uint32_t spi,
			   const uint8_t *sum)
{
	struct sa_key *key;

	if (store->n == SA_STORE_MAX)
		return NULL;
	key = xcalloc(1, sizeof(*key));
	key->store = store;
	key->spi = spi;
	memcpy(key->digest, sum, sizeof(key->digest));
	LIST_INSERT_HEAD(bucket(store, spi), key, link);
	store->n++;
	return key;
}

/* The blocks of numbers that workers had are lost: a gap harms nobody. */
static bool wake(struct sa_key *key, const struct ipsec_sa *sa)
{
	struct crypto *crypto = key->store->crypto;
	size_t size = crypto->workers * sizeof(struct sa_worker);
	void *workers;

	if (key->crypto)
		return true;
	if (key->store->awake == SA_AWAKE_MAX)
		return false;
	key->crypto =
		crypto_sa_new(crypto, &sa->transform, &sa->key, &sa->auth_key);
	if (!key->crypto)
		return false;
	if (posix_memalign(&workers, 64, size) != 0)
		log_fatal("no memory for a key");
	memset(workers, 0, size);
	key->workers = workers;
	key->store->awake++;
	return true;
}

/* What never sent need not be remembered. */
static void forget(struct sa_key *key)
{
	fall_asleep(key);
	if (!atomic_load_explicit(&key->next, memory_order_relaxed))
		key_free(key);
}

struct sa_key *sa_key_get(struct sa_store *store, const struct ipsec_sa *sa)
{
	uint8_t wanted[32];
	struct sa_key *key;

	digest(sa, wanted);
	key = find(store, sa->spi, wanted);
	if (!key)
		key = make(store, sa->spi, wanted);
	if (key && !wake(key, sa)) {
		forget(key);
		key = NULL;
	}
	bytes_wipe(wanted, sizeof(wanted));
	if (!key)
		return NULL;
	if (sa->expires > key->expires)
		key->expires = sa->expires;
	key->users++;
	return key;
}

void sa_key_put(struct sa_key *key)
{
	if (--key->users == 0)
		forget(key);
}

void sa_key_watch(struct sa_key *key, unsigned int worker)
{
	struct sa_worker *w = &key->workers[worker];

	if (!w->replay)
		w->replay = replay_new();
}
