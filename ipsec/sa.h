/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a key.  A struct sa_key is made when a key is first seen; its
 * sequence numbers go on over every replacement of policies and on every
 * interface until it expires: that is what keeps a sequence number or an IV
 * from being used twice.  The sender ID is no part of a key: who registers
 * again gets the same key with a new ID and goes on counting, so that the far
 * ends' windows still fit (and a key has no more numbers than one ID has).
 *
 * While some policy uses a key it is awake: it has its schedules, numbers of
 * workers and replay windows.  After that only what it counts is kept, and not
 * even that when it was never sent with.
 *
 * The store belongs to the control thread; workers take numbers from a key
 * they found in their policy. */
#ifndef IPSEC_SA_H
#define IPSEC_SA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "ipsec/crypto.h"
#include "ipsec/dataplane.h"
#include "ipsec/replay.h"

enum sa_limits {
	SA_NUMBER_BLOCK = 64, /* numbers a worker takes at a time */
	SA_AWAKE_MAX = 2048,  /* of the largest policy and its successor */
	SA_STORE_MAX = 16384, /* keys kept at most, awake or not */
	SA_BUCKETS = 256,
};

/* A worker's part of a key; on a cache line of its own. */
struct sa_worker {
	uint64_t next, end;    /* its current block of numbers */
	struct replay *replay; /* NULL: it does not count what it receives */
} __attribute__((aligned(64)));

struct sa_key {
	/* All but workers and next is the control thread's. */
	LIST_ENTRY(sa_key) link;
	struct sa_store *store;
	unsigned int users; /* policies; 0: asleep */
	int64_t expires;    /* env time, us */
	uint32_t spi;
	uint8_t digest[32];	  /* of keys and transform */
	struct crypto_sa *crypto; /* NULL while asleep */
	struct sa_worker *workers;
	_Atomic uint64_t next; /* numbers from here on are nobody's */
};

struct sa_store;

struct sa_store *sa_store_new(struct crypto *crypto);
/* No policy may be left. */
void sa_store_free(struct sa_store *store);
/* The key of an SA, made or found; NULL when the SA is not valid.  Each get
 * needs a put. */
struct sa_key *sa_key_get(struct sa_store *store, const struct ipsec_sa *sa);
void sa_key_put(struct sa_key *key);
/* Forgets the keys that nobody uses and that have expired. */
void sa_store_expire(struct sa_store *store, int64_t now);
/* Replay windows for a worker that will receive with key, before it can. */
void sa_key_watch(struct sa_key *key, unsigned int worker);

/* The next number, from 0 on: never the same one twice. */
static inline uint64_t sa_number(struct sa_key *key, unsigned int worker)
{
	struct sa_worker *n = &key->workers[worker];

	if (n->next == n->end) {
		n->next = atomic_fetch_add_explicit(&key->next, SA_NUMBER_BLOCK,
						    memory_order_relaxed);
		n->end = n->next + SA_NUMBER_BLOCK;
	}
	return n->next++;
}

#endif
