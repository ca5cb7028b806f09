/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building of messages in a buffer that the caller owns.  What does not fit
 * makes the writer bad for good and writes nothing; ask once at the end with
 * wr_ok().  Lengths are never computed by hand: leave a gap, fill it later. */
#ifndef BASE_WR_H
#define BASE_WR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wr {
	uint8_t *buf;
	size_t cap, len;
	bool bad;
};

static inline struct wr wr_init(void *buf, size_t cap)
{
	return (struct wr){ .buf = buf, .cap = cap };
}

static inline bool wr_ok(const struct wr *w)
{
	return !w->bad;
}

/* The position: octets written so far. */
static inline size_t wr_at(const struct wr *w)
{
	return w->len;
}

void wr_u8(struct wr *w, uint8_t v);
void wr_u16(struct wr *w, uint16_t v);
void wr_u32(struct wr *w, uint32_t v);
void wr_u64(struct wr *w, uint64_t v);
void wr_bytes(struct wr *w, const void *p, size_t len);
void wr_zero(struct wr *w, size_t len);
/* Room for a 16-bit value that wr_fill16() or wr_put16() sets later. */
size_t wr_gap16(struct wr *w);
/* Sets the gap to the octets written since start; bad if over 65535. */
void wr_fill16(struct wr *w, size_t gap, size_t start);
void wr_put16(struct wr *w, size_t gap, uint16_t v);
void wr_put8(struct wr *w, size_t at, uint8_t v);

#endif
