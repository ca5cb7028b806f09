/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the KEK's cipher does to a PUSH: CBC with the IV that came with the
 * key, the same for every message (RFC 6407 5.6.2.1). */
#ifndef GDOI_GDOI_KEK_H
#define GDOI_GDOI_KEK_H

#include "gdoi/gdoi.h"

/* In place.  False: len is no multiple of the block (gdoi_kek_iv_size()), or
 * key or IV are not of the cipher's size; data means nothing then. */
bool gdoi_kek_run(const struct gdoi_kek *kek, bool encrypt, uint8_t *data,
		  size_t len) __attribute__((warn_unused_result));

#endif
