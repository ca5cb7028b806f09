/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a key.  A struct sa_key is made when a key is first seen and
 * stays, with its sequence numbers and replay window, over every replacement
 * of policies and on every interface until it expires: that is what keeps a
 * sequence number or an IV from being used twice.
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

enum sa_limits {
	SA_NUMBER_BLOCK = 64, /* numbers a worker takes at a time */
	SA_WINDOW_WORDS = 64, /* of 32 packets: more than the largest window */
	SA_WINDOW_MAX = 1024, /* packets, IOS */
	SA_STORE_MAX = 1024,  /* keys kept at most */
};

/* A worker's current block of numbers; on a cache line of its own. */
struct sa_numbers {
	uint64_t next, end;
} __attribute__((aligned(64)));

/* Any worker may use it.  A word holds the number of its 32 packets in the
 * upper half and one bit for each of them in the lower. */
struct sa_window {
	_Atomic uint32_t top;
	_Atomic uint64_t words[SA_WINDOW_WORDS];
};

struct sa_key {
	TAILQ_ENTRY(sa_key) link; /* control thread */
	unsigned int users;	  /* policies; control thread */
	int64_t expires;	  /* env time, us; control thread */
	uint32_t spi;
	uint8_t digest[32]; /* of keys, transform and sender ID */
	struct crypto_sa *crypto;
	struct sa_window window;
	_Atomic uint64_t next; /* numbers from here on are nobody's */
	unsigned int workers;
	struct sa_numbers numbers[];
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

/* The next number, from 0 on: never the same one twice. */
static inline uint64_t sa_number(struct sa_key *key, unsigned int worker)
{
	struct sa_numbers *n = &key->numbers[worker];

	if (n->next == n->end) {
		n->next = atomic_fetch_add_explicit(&key->next, SA_NUMBER_BLOCK,
						    memory_order_relaxed);
		n->end = n->next + SA_NUMBER_BLOCK;
	}
	return n->next++;
}

/* Notes sequence number seq; false when it was seen or is older than window
 * packets.  Only for packets whose ICV was right. */
bool sa_window_take(struct sa_window *w, uint32_t seq, unsigned int window);

#endif
