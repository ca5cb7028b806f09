/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/replay.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "base/mem.h"

enum {
	WORD = 64,
	/* RFC 6479: one word more than the window, so that a word can be
	 * cleared as a whole. */
	WORDS = REPLAY_WINDOW_MAX / WORD + 1,
	BUCKETS = 256,
	MASK = BUCKETS - 1,
};

struct source {
	TAILQ_ENTRY(source) age;
	LIST_ENTRY(source) bucket;
	uint64_t name;
	uint32_t top;
	uint64_t seen[WORDS];
};

struct replay {
	TAILQ_HEAD(ages, source) ages; /* the last heard first */
	LIST_HEAD(sources, source) buckets[BUCKETS];
	unsigned int used;
	struct source sources[REPLAY_SOURCES];
};

struct replay *replay_new(void)
{
	struct replay *r = xcalloc(1, sizeof(*r));

	TAILQ_INIT(&r->ages);
	return r;
}

void replay_free(struct replay *r)
{
	free(r);
}

static struct sources *bucket(struct replay *r, uint64_t name)
{
	return &r->buckets[name * UINT64_C(0x9e3779b97f4a7c15) >> 32 & MASK];
}

static struct source *find(struct replay *r, uint64_t name)
{
	struct source *s;

	LIST_FOREACH (s, bucket(r, name), bucket)
		if (s->name == name)
			return s;
	return NULL;
}

static struct source *add(struct replay *r, uint64_t name)
{
	struct source *s;

	if (r->used < REPLAY_SOURCES) {
		s = &r->sources[r->used++];
	} else {
		s = TAILQ_LAST(&r->ages, ages);
		TAILQ_REMOVE(&r->ages, s, age);
		LIST_REMOVE(s, bucket);
		*s = (struct source){ 0 };
	}
	s->name = name;
	TAILQ_INSERT_HEAD(&r->ages, s, age);
	LIST_INSERT_HEAD(bucket(r, name), s, bucket);
	return s;
}

/* Clears the words that come into the window. */
static void advance(struct source *s, uint32_t seq)
{
	uint32_t from = s->top / WORD, n = seq / WORD - from;

	for (uint32_t i = 1; i <= n && i <= WORDS; i++)
		s->seen[(from + i) % WORDS] = 0;
	s->top = seq;
}

bool replay_take(struct replay *r, uint64_t source, uint32_t seq,
		 unsigned int window)
{
	uint64_t bit = UINT64_C(1) << seq % WORD, *word;
	struct source *s = find(r, source);

	if (seq == 0) /* RFC 4303 3.4.3: numbers start at 1 */
		return false;
	if (!s)
		s = add(r, source);
	if (s->top >= window && seq <= s->top - window)
		return false;
	if (seq > s->top)
		advance(s, seq);
	word = &s->seen[seq / WORD % WORDS];
	if (*word & bit)
		return false;
	*word |= bit;
	if (s != TAILQ_FIRST(&r->ages)) {
		TAILQ_REMOVE(&r->ages, s, age);
		TAILQ_INSERT_HEAD(&r->ages, s, age);
	}
	return true;
}
