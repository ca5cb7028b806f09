/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files coop_state*.c share about the octets (docs/PROTOCOL.md). */
#ifndef KS_COOP_STATE_PRIV_H
#define KS_COOP_STATE_PRIV_H

#include "ks/coop_state.h"

enum { COOP_FINGERPRINT = 32 }; /* SHA-256 of the DER of a public key */

enum coop_ace_flags {
	ACE_F_PERMIT = 1,
	ACE_F_LOG = 2,
	ACE_F_LOG_INPUT = 4,
	ACE_F_IPV6 = 8, /* its addresses have 16 octets */
	ACE_F_ALL = 15,
};

/* The end of the state: KEKs that were dropped. */
void coop_drops_write(struct wr *w, const struct ks_group *g);
void coop_drops_take(struct ks_group *g, const struct coop_state *state);

/* pair NULL: zeroes. */
void coop_state_fingerprint(struct evp_pkey_st *pair,
			    uint8_t out[COOP_FINGERPRINT]);

#endif
