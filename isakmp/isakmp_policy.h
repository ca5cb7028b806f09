/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Phase-1 policies (crypto isakmp policy), and the SA payload that offers or
 * accepts them (RFC 2408 3.4 - 3.6, RFC 2409 appendix A). */
#ifndef ISAKMP_ISAKMP_POLICY_H
#define ISAKMP_ISAKMP_POLICY_H

#include <sys/queue.h>

#include "isakmp/isakmp.h"
#include "isakmp/isakmp_cipher.h"
#include "isakmp/isakmp_prf.h"

/* RFC 2409 appendix A: numbers of attribute 3 */
enum isakmp_auth {
	ISAKMP_AUTH_PSK = 1,
	ISAKMP_AUTH_RSA_SIG = 3,
	ISAKMP_AUTH_RSA_ENCR = 4,
};

/* What two sides agree on.  Unset key_bits (0) unless encr is AES. */
struct isakmp_proposal {
	unsigned int encr, key_bits, hash, auth, group;
	uint32_t lifetime; /* s; 0: the peer named none */
};

/* IOS: des, sha, rsa-sig, group 1, a day */
#define ISAKMP_LIFETIME_DEFAULT 86400
#define ISAKMP_LIFETIME_MIN	60

struct isakmp_policy {
	LIST_ENTRY(isakmp_policy) entry;
	struct isakmp *isakmp;
	uint32_t priority; /* 1 is tried first */
	struct isakmp_proposal p;
};

/* Sorted by priority. */
struct isakmp_policies {
	LIST_HEAD(, isakmp_policy) list;
	bool no_defaults; /* no crypto isakmp default policy */
};

extern const struct isakmp_proposal isakmp_proposal_default;
/* IOS's own list that holds while none is configured: priorities from 65507
 * (show crypto isakmp default policy). */
#define ISAKMP_BUILT_IN_FIRST 65507
#define ISAKMP_N_BUILT_IN     8
extern const struct isakmp_proposal isakmp_built_in[ISAKMP_N_BUILT_IN];

struct isakmp_policy *isakmp_policy_get(struct isakmp *isakmp,
					struct isakmp_policies *all,
					uint32_t priority);
struct isakmp_policy *isakmp_policy_find(const struct isakmp_policies *all,
					 uint32_t priority);
void isakmp_policy_free(struct isakmp_policy *policy);
void isakmp_policies_free(struct isakmp_policies *all);

/* The body of an SA payload with everything we could do; false: we can do
 * nothing (only policies that need certificates). */
bool isakmp_offer_write(const struct isakmp_policies *all, struct wr *w)
	__attribute__((warn_unused_result));
/* The offer in the body of an SA payload against ours, by our priority.
 * chosen has our lifetime or the peer's, whichever is shorter; *transform is
 * the chosen transform payload as it stands in the offer, *number its
 * proposal's. */
struct isakmp_fault isakmp_offer_choose(const struct isakmp_policies *all,
					struct rd body,
					struct isakmp_proposal *chosen,
					struct rd *transform, uint8_t *number);
/* The body of the answering SA payload, DOI and situation as they came. */
void isakmp_answer_write(struct wr *w, struct rd offer, struct rd transform,
			 uint8_t number);
/* The answer in the body of message 2: one transform, one that we offered. */
struct isakmp_fault isakmp_answer_read(const struct isakmp_policies *all,
				       struct rd body,
				       struct isakmp_proposal *chosen);

#endif
