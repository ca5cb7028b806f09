/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto identity: lists of names that authorization identity lets in.  A
 * name is what the member's phase 1 says it is called (ID payload, RFC 2407
 * 4.6.2.3); how much that proves is the pre-shared key's business. */
#ifndef KS_KS_IDENTITY_H
#define KS_KS_IDENTITY_H

#include <stdbool.h>
#include <sys/queue.h>

struct isakmp_sa;
struct ks;

struct ks_identity;
TAILQ_HEAD(ks_identities, ks_identity);

void ks_identities_init(struct ks *ks);
void ks_identities_free(struct ks *ks);
/* The list lets this peer in.  One that is not there lets nobody in. */
bool ks_identity_admits(const struct ks *ks, const char *list,
			const struct isakmp_sa *sa);
/* The peer's name for a message; its address when it told none.  out has
 * KS_IDENTITY_TEXT octets. */
#define KS_IDENTITY_TEXT 260
const char *ks_identity_text(const struct isakmp_sa *sa, char *out);

#endif
