/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bounds-checked reading of bytes that somebody else owns.  The first read
 * past the end makes the reader bad for good: it and every later read give
 * zeroes.  So a parser reads its fields straight down and asks once.
 *
 * A reader is passed by value: the callee cannot move the caller's position.
 */
#ifndef BASE_RD_H
#define BASE_RD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rd {
	const uint8_t *p, *end;
	bool bad;
};

static inline struct rd rd_init(const void *data, size_t len)
{
	const uint8_t *p = data;

	/* NULL has no place to count from, not even 0 octets. */
	return (struct rd){ .p = p, .end = len ? p + len : p };
}

static inline size_t rd_left(const struct rd *r)
{
	return (size_t)(r->end - r->p);
}

/* All read, none missing. */
static inline bool rd_done(const struct rd *r)
{
	return !r->bad && r->p == r->end;
}

uint8_t rd_u8(struct rd *r);
uint16_t rd_u16(struct rd *r);
uint32_t rd_u32(struct rd *r);
uint64_t rd_u64(struct rd *r);
/* The next len octets where they stand; NULL (and bad) if fewer remain.
 * The pointer is good as long as the bytes under the reader are. */
const uint8_t *rd_bytes(struct rd *r, size_t len);
/* Copies len octets; zeroes out (and bad) if fewer remain. */
void rd_copy(struct rd *r, void *out, size_t len);
void rd_skip(struct rd *r, size_t len);
/* A reader of exactly the next len octets; bad if fewer remain. */
struct rd rd_sub(struct rd *r, size_t len);

#endif
