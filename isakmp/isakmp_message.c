/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Header and payload chain (RFC 2408 3.1, 3.2). */
#include "isakmp/isakmp.h"

bool isakmp_header_parse(struct rd *r, struct isakmp_header *out)
{
	rd_copy(r, out->icookie, sizeof(out->icookie));
	rd_copy(r, out->rcookie, sizeof(out->rcookie));
	out->next_payload = rd_u8(r);
	out->version = rd_u8(r);
	out->exchange = rd_u8(r);
	out->flags = rd_u8(r);
	out->message_id = rd_u32(r);
	out->length = rd_u32(r);
	return !r->bad;
}

void isakmp_header_write(struct wr *w, const struct isakmp_header *h)
{
	wr_bytes(w, h->icookie, sizeof(h->icookie));
	wr_bytes(w, h->rcookie, sizeof(h->rcookie));
	wr_u8(w, h->next_payload);
	wr_u8(w, h->version);
	wr_u8(w, h->exchange);
	wr_u8(w, h->flags);
	wr_u32(w, h->message_id);
	wr_u32(w, h->length);
}

struct isakmp_fault isakmp_payload_next(struct rd *r, uint8_t *type,
					struct isakmp_payload *out)
{
	const uint8_t *start = r->p;
	uint8_t next = rd_u8(r);
	uint8_t reserved = rd_u8(r);
	uint16_t length = rd_u16(r);

	if (r->bad || length < ISAKMP_GENERIC_SIZE)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "payload header is cut off");
	/* With the wrong key this is where most messages end. */
	if (reserved)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "reserved octet of a payload is not 0");
	out->type = *type;
	out->body = rd_sub(r, length - ISAKMP_GENERIC_SIZE);
	if (r->bad)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "payload is longer than what is left");
	out->raw = start;
	out->raw_len = length;
	*type = next;
	return ISAKMP_OK;
}

struct isakmp_fault isakmp_chain_parse(struct rd r, uint8_t first,
				       struct isakmp_message *out)
{
	struct isakmp_fault fault;
	uint8_t type = first;

	out->n = 0;
	out->chain = r.p;
	out->chain_len = 0;
	while (type != ISAKMP_NONE) {
		if (out->n == ISAKMP_MAX_PAYLOADS)
			return ISAKMP_FAULT(PAYLOAD_MALFORMED,
					    "too many payloads");
		fault = isakmp_payload_next(&r, &type, &out->payloads[out->n]);
		if (fault.notify)
			return fault;
		out->n++;
	}
	out->chain_len = (size_t)(r.p - out->chain);
	return ISAKMP_OK;
}

const struct isakmp_payload *isakmp_find(const struct isakmp_message *m,
					 uint8_t type)
{
	const struct isakmp_payload *found = NULL;
	size_t i;

	for (i = 0; i < m->n; i++) {
		if (m->payloads[i].type != type)
			continue;
		if (found)
			return NULL;
		found = &m->payloads[i];
	}
	return found;
}

size_t isakmp_payload_begin(struct wr *w, uint8_t next)
{
	size_t begin = wr_at(w);

	wr_u8(w, next);
	wr_u8(w, 0);
	wr_gap16(w);
	return begin;
}

void isakmp_payload_end(struct wr *w, size_t begin)
{
	wr_fill16(w, begin + 2, begin);
}
