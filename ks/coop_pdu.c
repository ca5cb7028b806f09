/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/coop_pdu.h"

#include "gdoi/gdoi_id.h"
#include "ks/coop_ann.h"

#define MAGIC 0x47505254 /* "GPRT" */

enum { ID_SIZE = 8 };

/* Of all parts but the last. */
static size_t chunk(uint32_t total, uint16_t count)
{
	return ((size_t)total + count - 1) / count;
}

size_t coop_pdu_at(uint32_t total, uint16_t count, uint16_t index)
{
	return chunk(total, count) * index;
}

size_t coop_pdu_size(uint32_t total, uint16_t count, uint16_t index)
{
	size_t left = total - coop_pdu_at(total, count, index);
	size_t full = chunk(total, count);

	return left < full ? left : full;
}

bool coop_pdu_split(size_t total, size_t size, uint16_t *count)
{
	size_t n;

	if (!total || total > COOP_ANN_MAX || !size)
		return false;
	n = (total + size - 1) / size;
	if (n > COOP_PARTS_MAX)
		return false;
	*count = (uint16_t)n;
	return true;
}

static void write_id(struct wr *w, const struct gdoi_id *id)
{
	wr_u8(w, id->is_address ? GDOI_ID_IPV4_ADDR : GDOI_ID_KEY_ID);
	wr_zero(w, 3);
	wr_u32(w, id->is_address ? ip_v4_host(&id->addr) : id->number);
}

void coop_pdu_write(struct wr *w, const struct coop_pdu *pdu)
{
	wr_u32(w, MAGIC);
	wr_u8(w, COOP_PDU_MAJOR);
	wr_u8(w, pdu->kind);
	wr_zero(w, 2);
	write_id(w, &pdu->id);
	wr_u32(w, pdu->stream);
	wr_u32(w, pdu->number);
	wr_u16(w, pdu->index);
	wr_u16(w, pdu->count);
	wr_u32(w, pdu->total);
	if (pdu->kind == COOP_PART)
		wr_bytes(w, pdu->octets.p, rd_left(&pdu->octets));
}

/* The same message is cut in one way only, whoever looks at it: the last part
 * has something in it, and no part more than its due. */
static bool numbers_good(const struct coop_pdu *pdu)
{
	if (!pdu->total || pdu->total > COOP_ANN_MAX || !pdu->count ||
	    pdu->count > COOP_PARTS_MAX || pdu->index >= pdu->count ||
	    chunk(pdu->total, pdu->count) > COOP_PART_MAX)
		return false;
	return coop_pdu_at(pdu->total, pdu->count, pdu->count - 1) < pdu->total;
}

const char *coop_pdu_read(struct rd body, struct coop_pdu *out)
{
	struct rd id;

	if (rd_u32(&body) != MAGIC)
		return "no part of a message between key servers";
	if (rd_u8(&body) != COOP_PDU_MAJOR)
		return "part with another major version";
	*out = (struct coop_pdu){ .kind = rd_u8(&body) };
	rd_skip(&body, 2);
	id = rd_sub(&body, ID_SIZE);
	out->stream = rd_u32(&body);
	out->number = rd_u32(&body);
	out->index = rd_u16(&body);
	out->count = rd_u16(&body);
	out->total = rd_u32(&body);
	if (body.bad || out->kind < COOP_PART || out->kind > COOP_PART_REFUSED)
		return "part of an unknown kind, or cut off";
	if (gdoi_id_parse(id, &out->id).notify)
		return "part with a group identity of an unknown type";
	if (!numbers_good(out))
		return "part whose numbers are impossible";
	out->octets = body;
	if (rd_left(&body) !=
	    (out->kind == COOP_PART
		     ? coop_pdu_size(out->total, out->count, out->index)
		     : 0))
		return "part of a wrong length";
	return NULL;
}
