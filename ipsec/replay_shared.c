/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/replay_shared.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/mem.h"

enum {
	/* Numbers in a block, a bit each; the upper half of a word says which
	 * block it is of. */
	BLOCK = 32,
	/* Twice the blocks of the widest window, so that no two of a window
	 * are in one word. */
	WORDS = 2 * REPLAY_WINDOW_MAX / BLOCK,
};

struct shared_source {
	_Atomic uint64_t name; /* the sender and 1; 0: nobody's yet */
	_Atomic uint32_t top;
	_Atomic uint64_t words[WORDS];
};

struct replay_shared {
	struct shared_source sources[REPLAY_SOURCES];
};

struct replay_shared *replay_shared_new(void)
{
	return xcalloc(1, sizeof(struct replay_shared));
}

void replay_shared_free(struct replay_shared *r)
{
	free(r);
}

/* A place once taken is its sender's. */
static bool is_of(struct shared_source *s, uint64_t name)
{
	uint64_t found = atomic_load_explicit(&s->name, memory_order_relaxed);

	if (!found && atomic_compare_exchange_strong_explicit(
			      &s->name, &found, name, memory_order_relaxed,
			      memory_order_relaxed))
		return true;
	return found == name;
}

static struct shared_source *find(struct replay_shared *r, uint32_t sender)
{
	uint64_t name = (uint64_t)sender + 1;
	uint32_t at = (uint32_t)(name * UINT64_C(0x9e3779b97f4a7c15) >> 32);

	for (uint32_t i = 0; i < REPLAY_SOURCES; i++) {
		struct shared_source *s =
			&r->sources[(at + i) % REPLAY_SOURCES];

		if (is_of(s, name))
			return s;
	}
	return NULL;
}

static bool is_too_old(struct shared_source *s, uint32_t seq,
		       unsigned int window)
{
	uint32_t top = atomic_load_explicit(&s->top, memory_order_relaxed);

	while (seq > top)
		if (atomic_compare_exchange_weak_explicit(&s->top, &top, seq,
							  memory_order_relaxed,
							  memory_order_relaxed))
			return false;
	return top >= window && seq <= top - window;
}

/* The block of a word only ever rises, and a bit in it is set but once: that
 * alone keeps a number from being taken twice, whatever others do between. */
bool replay_shared_take(struct replay_shared *r, uint32_t sender, uint32_t seq,
			unsigned int window)
{
	struct shared_source *s = find(r, sender);
	uint32_t block = seq / BLOCK;
	uint64_t bit = UINT64_C(1) << seq % BLOCK, old, taken;
	_Atomic uint64_t *word;

	if (!s || !seq || is_too_old(s, seq, window))
		return false;
	word = &s->words[block % WORDS];
	old = atomic_load_explicit(word, memory_order_relaxed);
	do {
		if (old >> BLOCK > block ||
		    (old >> BLOCK == block && old & bit))
			return false;
		taken = old >> BLOCK == block ? old | bit
					      : (uint64_t)block << BLOCK | bit;
	} while (!atomic_compare_exchange_weak_explicit(
		word, &old, taken, memory_order_relaxed, memory_order_relaxed));
	return true;
}
