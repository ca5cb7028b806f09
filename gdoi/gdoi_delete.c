/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_delete.h"

#include <string.h>

#include "gdoi/gdoi_sat.h"

/* RFC 6407 5.9: zero is the KEK, anything else the protocol of a SAT. */
enum { DELETE_KEK = 0 };

enum { TEK_SPI_SIZE = 4, KEK_SPI_SIZE = 16 };

#define MALFORMED ISAKMP_FAULT(PAYLOAD_MALFORMED, "D payload is malformed")

static struct isakmp_fault take_tek(struct rd *r, struct gdoi_push *push)
{
	uint32_t spi = rd_u32(r);

	if (spi == 0) {
		push->delete_teks = true;
		return ISAKMP_OK;
	}
	if (push->n_deleted == GDOI_MAX_TEKS)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "more SPIs are deleted than there can be");
	push->deleted[push->n_deleted++] = spi;
	return ISAKMP_OK;
}

static void take_kek(struct rd *r, const uint8_t *kek_spi,
		     struct gdoi_push *push)
{
	static const uint8_t all[KEK_SPI_SIZE];
	uint8_t spi[KEK_SPI_SIZE];

	rd_copy(r, spi, sizeof(spi));
	if (memcmp(spi, all, sizeof(spi)) == 0 ||
	    memcmp(spi, kek_spi, sizeof(spi)) == 0)
		push->delete_kek = true;
}

struct isakmp_fault gdoi_delete_parse(struct rd body, const uint8_t *kek_spi,
				      struct gdoi_push *push)
{
	uint32_t doi = rd_u32(&body);
	uint8_t protocol = rd_u8(&body), size = rd_u8(&body);
	uint16_t n = rd_u16(&body), i;
	struct isakmp_fault fault = ISAKMP_OK;

	if (body.bad || doi != GDOI_DOI || n == 0 ||
	    rd_left(&body) != (size_t)n * size)
		return MALFORMED;
	if (protocol != DELETE_KEK && protocol != GDOI_SAT_ESP)
		return ISAKMP_FAULT(INVALID_PROTOCOL_ID,
				    "D payload is for an unknown protocol");
	if (size != (protocol == DELETE_KEK ? KEK_SPI_SIZE : TEK_SPI_SIZE))
		return MALFORMED;
	for (i = 0; i < n && !fault.notify; i++) {
		if (protocol == DELETE_KEK)
			take_kek(&body, kek_spi, push);
		else
			fault = take_tek(&body, push);
	}
	return fault;
}

static void write_all(struct wr *w, uint8_t next, uint8_t protocol,
		      uint8_t spi_size)
{
	size_t begin = isakmp_payload_begin(w, next);

	wr_u32(w, GDOI_DOI);
	wr_u8(w, protocol);
	wr_u8(w, spi_size);
	wr_u16(w, 1);
	wr_zero(w, spi_size);
	isakmp_payload_end(w, begin);
}

void gdoi_delete_write_teks(struct wr *w, uint8_t next)
{
	write_all(w, next, GDOI_SAT_ESP, TEK_SPI_SIZE);
}

void gdoi_delete_write_kek(struct wr *w, uint8_t next)
{
	write_all(w, next, DELETE_KEK, KEK_SPI_SIZE);
}
