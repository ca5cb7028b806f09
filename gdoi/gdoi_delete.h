/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The D payload of a PUSH (RFC 6407 5.9, RFC 2408 3.15): DOI, Protocol-ID, size
 * and number of SPIs, SPIs.  An SPI of zero means all of that protocol. */
#ifndef GDOI_GDOI_DELETE_H
#define GDOI_GDOI_DELETE_H

#include "base/rd.h"
#include "base/wr.h"
#include "gdoi/gdoi_push.h"

/* Adds to what push deletes; there may be several D payloads.  kek_spi: of the
 * KEK that the PUSH came under; the SPI of another KEK is nothing to us. */
struct isakmp_fault gdoi_delete_parse(struct rd body, const uint8_t *kek_spi,
				      struct gdoi_push *push)
	__attribute__((warn_unused_result));
/* Of SPI zero. */
void gdoi_delete_write_teks(struct wr *w, uint8_t next);
void gdoi_delete_write_kek(struct wr *w, uint8_t next);

#endif
