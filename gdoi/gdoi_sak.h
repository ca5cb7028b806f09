/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SAK payload (RFC 6407 5.3): the rekey SA without its keys. */
#ifndef GDOI_GDOI_SAK_H
#define GDOI_GDOI_SAK_H

#include "base/rd.h"
#include "base/wr.h"
#include "gdoi/gdoi.h"

/* Fills everything but iv, key and pubkey. */
struct isakmp_fault gdoi_sak_parse(struct rd body, struct gdoi_kek *out)
	__attribute__((warn_unused_result));
void gdoi_sak_write(struct wr *w, uint8_t next, const struct gdoi_kek *kek);

/* Octets of a KEK's parts as KEK_ALGORITHM_KEY has them: IV, then key. */
size_t gdoi_kek_iv_size(enum gdoi_kek_cipher cipher);
size_t gdoi_kek_key_size(const struct gdoi_kek *kek);

#endif
