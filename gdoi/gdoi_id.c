/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_id.h"

#include <inttypes.h>
#include <stdio.h>

bool gdoi_id_equal(const struct gdoi_id *a, const struct gdoi_id *b)
{
	if (a->is_set != b->is_set || a->is_address != b->is_address)
		return false;
	if (!a->is_set)
		return true;
	if (a->is_address)
		return ip_equal(&a->addr, &b->addr);
	return a->number == b->number;
}

const char *gdoi_id_text(const struct gdoi_id *id, char *out)
{
	if (!id->is_set)
		snprintf(out, GDOI_ID_TEXT, "0");
	else if (id->is_address)
		ip_text(&id->addr, out);
	else
		snprintf(out, GDOI_ID_TEXT, "%" PRIu32, id->number);
	return out;
}

struct isakmp_fault gdoi_id_parse(struct rd body, struct gdoi_id *out)
{
	uint8_t type = rd_u8(&body);
	uint32_t value;
	bool protocol_or_port;

	/* RFC 6407 5.1: the three octets are RESERVED. */
	protocol_or_port = rd_u8(&body) != 0;
	protocol_or_port |= rd_u16(&body) != 0;
	value = rd_u32(&body);
	if (!rd_done(&body))
		return ISAKMP_FAULT(INVALID_ID_INFORMATION,
				    "group identity of an unknown length");
	if (protocol_or_port)
		return ISAKMP_FAULT(INVALID_ID_INFORMATION,
				    "group identity with protocol or port");
	*out = (struct gdoi_id){ .is_set = true };
	if (type == GDOI_ID_KEY_ID) {
		out->number = value;
	} else if (type == GDOI_ID_IPV4_ADDR) {
		out->is_address = true;
		out->addr = ip_v4(value);
	} else {
		return ISAKMP_FAULT(INVALID_ID_INFORMATION,
				    "group identity of an unknown type");
	}
	return ISAKMP_OK;
}

void gdoi_id_write(struct wr *w, uint8_t next, const struct gdoi_id *id)
{
	size_t begin = isakmp_payload_begin(w, next);

	wr_u8(w, id->is_address ? GDOI_ID_IPV4_ADDR : GDOI_ID_KEY_ID);
	wr_zero(w, 3);
	wr_u32(w, id->is_address ? ip_v4_host(&id->addr) : id->number);
	isakmp_payload_end(w, begin);
}

uint8_t gdoi_spi_prefix(const struct gdoi_id *id)
{
	uint32_t v = id->is_address ? ip_v4_host(&id->addr) : id->number;

	/* Multiplying first, or neighbouring numbers of 256 groups and the
	 * octet-swapped ones would fall on the same prefix. */
	v *= 2654435761u;
	return (uint8_t)(v >> 24);
}
