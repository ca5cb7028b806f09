/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unpredictable octets for the IVs of CBC, one generator a worker: AES-128 in
 * counter mode, made in blocks; the first octets of each block become the key
 * of the next, so what was handed out cannot be computed again.  It is not
 * wiped: IVs travel in clear. */
#ifndef IPSEC_IVGEN_H
#define IPSEC_IVGEN_H

#include <stdint.h>

enum { IVGEN_SEED = 32 };

struct ivgen;

/* seed: IVGEN_SEED octets from the random source. */
struct ivgen *ivgen_new(const uint8_t *seed);
void ivgen_free(struct ivgen *g);
/* len up to 64. */
void ivgen_take(struct ivgen *g, uint8_t *out, unsigned int len);

#endif
