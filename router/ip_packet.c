/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/ip_packet.h"

enum { HEADER_MIN = 20, FRAGMENT = 0x3fff };

bool ip_head_read(struct rd *r, struct ip_head *out, struct rd *payload)
{
	uint8_t first = rd_u8(r);
	size_t header = (size_t)(first & 0x0f) * 4, total;
	uint16_t fragment;

	rd_skip(r, 1);
	total = rd_u16(r);
	rd_skip(r, 2);
	fragment = rd_u16(r);
	out->ttl = rd_u8(r);
	out->protocol = rd_u8(r);
	rd_skip(r, 2);
	out->src = rd_u32(r);
	out->dst = rd_u32(r);
	if (r->bad || first >> 4 != 4 || header < HEADER_MIN ||
	    total < header || fragment & FRAGMENT)
		return false;
	rd_skip(r, header - HEADER_MIN);
	*payload = rd_sub(r, total - header);
	return !r->bad;
}

uint16_t ip_sum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

bool ip_sum_ok(struct rd message)
{
	size_t len = rd_left(&message);
	const uint8_t *p = rd_bytes(&message, len);

	return p && ip_sum(p, len) == 0;
}
