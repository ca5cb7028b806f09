/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ID payload that names the group (RFC 6407 5.1). */
#ifndef GDOI_GDOI_ID_H
#define GDOI_GDOI_ID_H

#include "base/rd.h"
#include "base/wr.h"
#include "gdoi/gdoi.h"

/* IPsec DOI identification types (RFC 2407 4.6.2.1), as in ID, SAK, SAT. */
enum gdoi_id_type {
	GDOI_ID_IPV4_ADDR = 1,
	GDOI_ID_IPV4_SUBNET = 4,
	GDOI_ID_IPV6_ADDR = 5,
	GDOI_ID_IPV6_SUBNET = 6,
	GDOI_ID_KEY_ID = 11,
};

struct isakmp_fault gdoi_id_parse(struct rd body, struct gdoi_id *out)
	__attribute__((warn_unused_result));
void gdoi_id_write(struct wr *w, uint8_t next, const struct gdoi_id *id);
/* The first octet of every SPI of a group (its members' SPIs then differ from
 * those of most other groups). */
uint8_t gdoi_spi_prefix(const struct gdoi_id *id);

#endif
