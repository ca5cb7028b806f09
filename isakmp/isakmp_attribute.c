/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data attributes (RFC 2408 3.3): bit 15 of the type tells a TV of 4 octets
 * from a TLV. */
#include "isakmp/isakmp.h"

#define AF 0x8000

bool isakmp_attribute_next(struct rd *r, struct isakmp_attribute *out)
{
	uint16_t type;

	if (r->bad || rd_left(r) == 0)
		return false;
	type = rd_u16(r);
	out->type = type & (uint16_t)~AF;
	out->basic = type & AF;
	if (out->basic) {
		out->data = rd_sub(r, 2);
		out->value = 0;
		if (!r->bad)
			out->value = (uint16_t)(out->data.p[0] << 8 |
						out->data.p[1]);
	} else {
		out->value = 0;
		out->data = rd_sub(r, rd_u16(r));
	}
	return !r->bad;
}

bool isakmp_attribute_u32(const struct isakmp_attribute *a, uint32_t *out)
{
	struct rd data = a->data;
	size_t len = rd_left(&data);
	uint32_t value = 0;

	if (data.bad || len < 1 || len > 4)
		return false;
	while (rd_left(&data))
		value = value << 8 | rd_u8(&data);
	*out = value;
	return true;
}

void isakmp_attribute_tv(struct wr *w, uint16_t type, uint16_t value)
{
	wr_u16(w, type | AF);
	wr_u16(w, value);
}

void isakmp_attribute_tlv(struct wr *w, uint16_t type, const void *data,
			  size_t len)
{
	size_t gap;
	size_t start;

	wr_u16(w, type);
	gap = wr_gap16(w);
	start = wr_at(w);
	wr_bytes(w, data, len);
	wr_fill16(w, gap, start);
}

void isakmp_attribute_u32_tlv(struct wr *w, uint16_t type, uint32_t value)
{
	wr_u16(w, type);
	wr_u16(w, sizeof(value));
	wr_u32(w, value);
}
