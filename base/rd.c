/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/rd.h"

#include <string.h>

const uint8_t *rd_bytes(struct rd *r, size_t len)
{
	const uint8_t *p = r->p;

	if (r->bad || len > rd_left(r)) {
		r->bad = true;
		r->p = r->end;
		return NULL;
	}
	r->p += len;
	return p;
}

uint8_t rd_u8(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 1);

	return p ? p[0] : 0;
}

uint16_t rd_u16(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

uint32_t rd_u32(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 4);

	if (!p)
		return 0;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

uint64_t rd_u64(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 8);
	uint64_t v = 0;
	size_t i;

	for (i = 0; p && i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

void rd_copy(struct rd *r, void *out, size_t len)
{
	const uint8_t *p = rd_bytes(r, len);

	if (!len)
		return;
	if (p)
		memcpy(out, p, len);
	else
		memset(out, 0, len);
}

void rd_skip(struct rd *r, size_t len)
{
	(void)rd_bytes(r, len);
}

struct rd rd_sub(struct rd *r, size_t len)
{
	const uint8_t *p = rd_bytes(r, len);

	if (!p)
		return (struct rd){ .p = r->end, .end = r->end, .bad = true };
	return (struct rd){ .p = p, .end = p + len };
}
