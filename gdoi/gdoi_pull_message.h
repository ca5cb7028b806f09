/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The four messages of a GROUPKEY-PULL (RFC 6407 3.2) without the HASH that
 * stands before them: reading them whole, and writing their bodies. */
#ifndef GDOI_GDOI_PULL_MESSAGE_H
#define GDOI_GDOI_PULL_MESSAGE_H

#include "base/wr.h"
#include "gdoi/gdoi.h"

enum gdoi_nonce_limits { /* RFC 6407 5.8 */
			 GDOI_NONCE_MIN = 8,
			 GDOI_NONCE_MAX = 128,
			 GDOI_NONCE_SIZE = 20, /* ours */
};

struct gdoi_nonce {
	uint8_t data[GDOI_NONCE_MAX];
	size_t len;
};

bool gdoi_nonce_is(const struct gdoi_nonce *nonce, struct rd octets);

/* What the hashes of the messages have before the body (RFC 6407 3.2): Ni_b,
 * then Nr_b. */
struct gdoi_nonces {
	struct gdoi_nonce i, r;
};
#define GDOI_PREFIX_MAX (2 * GDOI_NONCE_MAX)
size_t gdoi_prefix(const struct gdoi_nonces *nonces, uint8_t *out);

/* Room for the longest body that fits a UDP datagram. */
#define GDOI_BODY_MAX 65507

/* Read: m has been found genuine.  extensions: the peer is of our family. */
struct isakmp_fault gdoi_pull_1_read(const struct isakmp_message *m,
				     struct gdoi_nonce *ni, struct gdoi_id *id)
	__attribute__((warn_unused_result));
struct isakmp_fault gdoi_pull_2_read(const struct isakmp_message *m,
				     bool extensions, struct gdoi_nonce *nr,
				     struct gdoi_policy **policy)
	__attribute__((warn_unused_result));
struct isakmp_fault gdoi_pull_3_read(const struct isakmp_message *m,
				     bool extensions, unsigned int *sids_wanted)
	__attribute__((warn_unused_result));
struct isakmp_fault gdoi_pull_4_read(const struct isakmp_message *m,
				     struct gdoi_policy *policy)
	__attribute__((warn_unused_result));

/* Write: the type of the first payload is returned.  It is ISAKMP_NONE for an
 * empty message 3, and for a message 2 that cannot be: the policy has what
 * gdoi_sa_from_policy() refuses. */
uint8_t gdoi_pull_1_write(struct wr *w, const struct gdoi_nonce *ni,
			  const struct gdoi_id *id);
uint8_t gdoi_pull_2_write(struct wr *w, const struct gdoi_nonce *nr,
			  const struct gdoi_policy *policy, bool extensions);
uint8_t gdoi_pull_3_write(struct wr *w, unsigned int sids_wanted);
uint8_t gdoi_pull_4_write(struct wr *w, const struct gdoi_policy *policy);

#endif
