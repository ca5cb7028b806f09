/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a key.  A struct sa_key is made when a key is first seen; its
 * numbers go on over every replacement of policies, on every interface and
 * under every sender ID until it expires: that is what keeps a sequence number
 * or an IV from being used twice.
 *
 * A number gives the ESP sequence number, whoever the key's sender is at the
 * time: who registers again goes on counting, so that the far ends' windows
 * still fit.  The IV of a counter mode (RFC 6054) is the sender ID and the
 * number less that at which the ID was first seen, its base: a new ID has its
 * whole share of IVs, and one that comes back goes on where it was.
 *
 * Where the sequence number may not repeat (a replay window of packets) it
 * ends at 2^32 - 1 and the key with it; otherwise nobody looks at it, and it
 * starts again from zero as RFC 4303 3.3.3 allows.  IVs always end.
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

#include "base/clock.h"
#include "ipsec/crypto.h"
#include "ipsec/dataplane.h"
#include "ipsec/replay.h"
#include "ipsec/replay_shared.h"

enum sa_limits {
	/* Numbers a worker takes at a time; one where the far ends have windows
	 * of packets, in which those of a worker that had nothing to send for
	 * a while would be too old. */
	SA_NUMBER_BLOCK = 64,
	SA_AWAKE_MAX = 2048,	/* of the largest policy and its successor */
	SA_STORE_MAX = 16384,	/* keys kept at most, awake or not */
	SA_SENDERS_MAX = 65536, /* sender IDs of all of them */
	SA_BUCKETS = 256,
};

/* A key server's clock may be behind ours, and it may give a key once more
 * that is over for us: it is remembered for longer than it lasts. */
#define SA_GRACE_US SEC(3600)

/* A worker's part of a key; on a cache line of its own. */
struct sa_worker {
	uint64_t next, end;    /* its current block of numbers */
	struct replay *replay; /* NULL: it does not count what it receives */
} __attribute__((aligned(64)));

/* Numbers come to their end: set by a worker, told to the member once. */
struct sa_wear {
	_Atomic bool near_end;
	enum { WEAR_NEW, WEAR_TELLING, WEAR_TOLD } told; /* control thread */
};

/* A sender ID under which a key was used; the control thread's. */
struct sa_sender {
	LIST_ENTRY(sa_sender) link;
	unsigned int users; /* SAs of policies */
	uint32_t id;
	unsigned int bits;
	uint64_t base; /* the number whose IV is 0 */
	struct sa_wear wear;
};

struct sa_key {
	/* All but workers, shared, next and wear is the control thread's. */
	LIST_ENTRY(sa_key) link;
	LIST_HEAD(, sa_sender) senders;
	struct sa_store *store;
	unsigned int users; /* policies; 0: asleep */
	int64_t expires;    /* env time, us */
	bool aead, transport;
	uint8_t digest[32];	  /* of keys and transform */
	uint8_t material[32];	  /* of the cipher's key alone */
	struct crypto_sa *crypto; /* NULL while asleep */
	struct sa_worker *workers;
	/* In transport mode instead of the workers' windows; NULL: nobody
	 * counts what is received. */
	struct replay_shared *shared;
	_Atomic uint64_t next; /* numbers from here on are nobody's */
	struct sa_wear wear;   /* of the sequence numbers */
};

struct sa_store;

struct sa_store *sa_store_new(struct crypto *crypto);
/* No policy may be left. */
void sa_store_free(struct sa_store *store);
/* The key of an SA, made or found; NULL when the SA is not valid.  The key of
 * a counter mode under another SPI or transform is not: both would make the
 * same key stream.  Each get needs a put. */
struct sa_key *sa_key_get(struct sa_store *store, const struct ipsec_sa *sa);
void sa_key_put(struct sa_key *key);
/* The key's record of a sender ID of 1 to 32 bits; NULL when the ID is none or
 * its IVs would be another one's too.  Each get needs a put. */
struct sa_sender *sa_sender_get(struct sa_key *key, uint32_t id,
				unsigned int bits);
void sa_sender_put(struct sa_key *key, struct sa_sender *sender);
/* Forgets the keys that nobody uses and that have expired. */
void sa_store_expire(struct sa_store *store, int64_t now);
/* Replay windows for a worker that will receive with key, before it can. */
void sa_key_watch(struct sa_key *key, unsigned int worker);

/* The next number of base .. end - 1: never the same one twice.  block: how
 * many the worker takes for itself when it has none left.  False: there is
 * none, and it stays so. */
static inline bool sa_number(struct sa_key *key, unsigned int worker,
			     uint64_t base, uint64_t end, uint64_t block,
			     uint64_t *number)
{
	struct sa_worker *n = &key->workers[worker];

	if (n->next == n->end || n->next < base) {
		if (atomic_load_explicit(&key->next, memory_order_relaxed) >=
		    end)
			return false;
		n->next = atomic_fetch_add_explicit(&key->next, block,
						    memory_order_relaxed);
		n->end = n->next + block;
	}
	*number = n->next;
	if (n->next >= end)
		return false;
	n->next++;
	return true;
}

#endif
