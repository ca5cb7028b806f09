/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/wr.h"

#include <string.h>

static uint8_t *room(struct wr *w, size_t len)
{
	uint8_t *p = w->buf + w->len;

	if (w->bad || len > w->cap - w->len) {
		w->bad = true;
		return NULL;
	}
	w->len += len;
	return p;
}

void wr_bytes(struct wr *w, const void *data, size_t len)
{
	uint8_t *p = room(w, len);

	if (p && len)
		memcpy(p, data, len);
}

void wr_zero(struct wr *w, size_t len)
{
	uint8_t *p = room(w, len);

	if (p && len)
		memset(p, 0, len);
}

void wr_u8(struct wr *w, uint8_t v)
{
	wr_bytes(w, &v, 1);
}

void wr_u16(struct wr *w, uint16_t v)
{
	const uint8_t b[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	wr_bytes(w, b, sizeof(b));
}

void wr_u32(struct wr *w, uint32_t v)
{
	const uint8_t b[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
			       (uint8_t)(v >> 8), (uint8_t)v };

	wr_bytes(w, b, sizeof(b));
}

void wr_u64(struct wr *w, uint64_t v)
{
	/* Both halves or none. */
	if (w->cap - w->len < 8)
		w->bad = true;
	wr_u32(w, (uint32_t)(v >> 32));
	wr_u32(w, (uint32_t)v);
}

size_t wr_gap16(struct wr *w)
{
	size_t at = w->len;

	wr_u16(w, 0);
	return at;
}

void wr_put8(struct wr *w, size_t at, uint8_t v)
{
	if (w->bad || at >= w->len)
		w->bad = true;
	else
		w->buf[at] = v;
}

void wr_put16(struct wr *w, size_t gap, uint16_t v)
{
	wr_put8(w, gap, (uint8_t)(v >> 8));
	wr_put8(w, gap + 1, (uint8_t)v);
}

void wr_fill16(struct wr *w, size_t gap, size_t start)
{
	size_t length = w->len - start;

	if (length > UINT16_MAX)
		w->bad = true;
	else
		wr_put16(w, gap, (uint16_t)length);
}
