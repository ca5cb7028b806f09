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
	size_t n, awake, n_senders;
};

struct sa_store *sa_store_new(struct crypto *crypto)
{
	struct sa_store *store = xcalloc(1, sizeof(*store));

	store->crypto = crypto;
	return store;
}

/* SAs with the same cipher key are in the same one. */
static struct sa_keys *bucket(struct sa_store *store, const uint8_t *material)
{
	return &store->buckets[material[0] % SA_BUCKETS];
}

static void fall_asleep(struct sa_key *key)
{
	if (!key->crypto)
		return;
	for (unsigned int i = 0; i < key->store->crypto->workers; i++)
		replay_free(key->workers[i].replay);
	replay_shared_free(key->shared);
	free(key->workers);
	crypto_sa_free(key->crypto);
	key->workers = NULL;
	key->shared = NULL;
	key->crypto = NULL;
	key->store->awake--;
}

static void sender_free(struct sa_key *key, struct sa_sender *sender)
{
	LIST_REMOVE(sender, link);
	key->store->n_senders--;
	free(sender);
}

static void key_free(struct sa_key *key)
{
	fall_asleep(key);
	while (!LIST_EMPTY(&key->senders))
		sender_free(key, LIST_FIRST(&key->senders));
	LIST_REMOVE(key, link);
	key->store->n--;
	bytes_wipe(key->digest, sizeof(key->digest));
	bytes_wipe(key->material, sizeof(key->material));
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
	return !key->users && key->expires <= now &&
	       now - key->expires >= SA_GRACE_US;
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

struct sums {
	uint8_t digest[32], material[32];
};

static void sum(uint8_t *out, const void *head, size_t len,
		const struct keybuf *a, const struct keybuf *b)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) ||
	    !EVP_DigestUpdate(ctx, head, len) ||
	    !EVP_DigestUpdate(ctx, a->data, a->len) ||
	    !EVP_DigestUpdate(ctx, b->data, b->len) ||
	    !EVP_DigestFinal_ex(ctx, out, NULL))
		log_fatal("SHA-256 has failed");
	EVP_MD_CTX_free(ctx);
}

/* Two SAs with the same digest draw from the same numbers. */
static void sums_make(struct sums *out, const struct ipsec_sa *sa)
{
	static const struct keybuf none;
	const struct esp_transform *t = &sa->transform;
	const uint32_t rest[] = { sa->spi, (uint32_t)t->cipher, t->key_bits,
				  (uint32_t)t->auth, t->transport };

	sum(out->digest, rest, sizeof(rest), &sa->key, &sa->auth_key);
	sum(out->material, NULL, 0, &sa->key, &none);
}

/* clash: the cipher's key is there already, for something else. */
static struct sa_key *find(struct sa_store *store, const struct sums *sums,
			   bool aead, bool *clash)
{
	struct sa_key *key;

	*clash = false;
	LIST_FOREACH (key, bucket(store, sums->material), link) {
		if (bytes_equal(key->digest, sums->digest, sizeof(key->digest)))
			return key;
		if ((aead || key->aead) &&
		    bytes_equal(key->material, sums->material,
				sizeof(key->material)))
			*clash = true;
	}
	return NULL;
}

static struct sa_key *make(struct sa_store *store, const struct sums *sums,
			   const struct esp_transform *t)
{
	struct sa_key *key;

	if (store->n == SA_STORE_MAX)
		return NULL;
	key = xcalloc(1, sizeof(*key));
	key->store = store;
	key->aead = esp_is_aead(t);
	key->transport = t->transport;
	memcpy(key->digest, sums->digest, sizeof(key->digest));
	memcpy(key->material, sums->material, sizeof(key->material));
	LIST_INIT(&key->senders);
	LIST_INSERT_HEAD(bucket(store, sums->material), key, link);
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
	bool aead = esp_is_aead(&sa->transform), clash;
	struct sums sums;
	struct sa_key *key;

	sums_make(&sums, sa);
	key = find(store, &sums, aead, &clash);
	if (!key && !clash)
		key = make(store, &sums, &sa->transform);
	if (key && !wake(key, sa)) {
		forget(key);
		key = NULL;
	}
	bytes_wipe(&sums, sizeof(sums));
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

	if (!key->transport && !w->replay)
		w->replay = replay_new();
	if (key->transport && !key->shared)
		key->shared = replay_shared_new();
}

/* One ID's IVs are among the other's: IDs of two lengths (RFC 6054 asks for
 * one in an SA). */
static bool overlap(const struct sa_sender *s, uint32_t id, unsigned int bits)
{
	if (bits > s->bits)
		return id >> (bits - s->bits) == s->id;
	return s->id >> (s->bits - bits) == id;
}

struct sa_sender *sa_sender_get(struct sa_key *key, uint32_t id,
				unsigned int bits)
{
	struct sa_sender *s;

	if (bits < 1 || bits > 32 || (uint64_t)id >> bits)
		return NULL;
	LIST_FOREACH (s, &key->senders, link) {
		if (s->id == id && s->bits == bits) {
			s->users++;
			return s;
		}
		if (overlap(s, id, bits))
			return NULL;
	}
	if (key->store->n_senders == SA_SENDERS_MAX)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->users = 1;
	s->id = id;
	s->bits = bits;
	s->base = atomic_load_explicit(&key->next, memory_order_relaxed);
	LIST_INSERT_HEAD(&key->senders, s, link);
	key->store->n_senders++;
	return s;
}

/* An ID that no number was given out under need not be remembered. */
void sa_sender_put(struct sa_key *key, struct sa_sender *sender)
{
	uint64_t next = atomic_load_explicit(&key->next, memory_order_relaxed);

	if (--sender->users == 0 && next == sender->base)
		sender_free(key, sender);
}
