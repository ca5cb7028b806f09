/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/pmtu.h"

#include <string.h>

#include "base/clock.h"

/* An entry: 32 bits of the key's hash, 16 of the MTU, 16 of the seconds at
 * which it ends. */
enum { SECONDS = 0xffff, MTU_AT = 16, HASH_AT = 32 };

static uint64_t mix(uint64_t v)
{
	/* An odd number without a pattern. */
	v *= 0x9e3779b97f4a7c15u;
	return v ^ v >> 29;
}

uint64_t pmtu_key4(uint32_t dst)
{
	return mix(dst);
}

uint64_t pmtu_key6(const uint8_t *dst)
{
	uint64_t half[2];

	memcpy(half, dst, sizeof(half));
	return mix(mix(half[0]) + half[1]);
}

void pmtu_forget(struct pmtu *t)
{
	for (unsigned int i = 0; i < PMTU_PLACES; i++)
		atomic_store_explicit(&t->places[i], 0, memory_order_relaxed);
	atomic_store_explicit(&t->until, 0, memory_order_relaxed);
}

static _Atomic uint64_t *place_of(struct pmtu *t, uint64_t key)
{
	return &t->places[key % PMTU_PLACES];
}

void pmtu_learn(struct pmtu *t, uint64_t key, unsigned int mtu, int64_t now)
{
	uint32_t end = (uint32_t)(now / US_PER_SEC) + PMTU_LIFE;
	uint64_t entry = key >> HASH_AT << HASH_AT |
			 (uint64_t)(mtu & UINT16_MAX) << MTU_AT |
			 (end & SECONDS);

	atomic_store_explicit(place_of(t, key), entry, memory_order_relaxed);
	atomic_store_explicit(&t->until, end, memory_order_relaxed);
}

/* Of 16 bits, which start again every 18 hours. */
static bool is_over(uint64_t entry, uint32_t now)
{
	uint16_t left = (uint16_t)((entry & SECONDS) - now);

	return left == 0 || left > PMTU_LIFE;
}

unsigned int pmtu_find(struct pmtu *t, uint64_t key, unsigned int mtu,
		       int64_t now)
{
	uint32_t second = (uint32_t)(now / US_PER_SEC), until;
	uint64_t entry =
		atomic_load_explicit(place_of(t, key), memory_order_relaxed);
	unsigned int found = (unsigned int)(entry >> MTU_AT & UINT16_MAX);

	until = atomic_load_explicit(&t->until, memory_order_relaxed);
	/* All entries are over: nobody looks any more until the next one. */
	if (second - until < UINT32_MAX / 2) {
		atomic_compare_exchange_strong(&t->until, &until, 0);
		return mtu;
	}
	if (entry >> HASH_AT != key >> HASH_AT || !found || found >= mtu ||
	    is_over(entry, second))
		return mtu;
	return found;
}
