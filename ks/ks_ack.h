/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes in acknowledgements of rekeys (RFC 8263). */
#ifndef KS_KS_ACK_H
#define KS_KS_ACK_H

#include "ks/ks_group.h"

enum ks_ack_limits {
	/* Checks of acknowledgements, of all members: enough for those of two
	 * rekeys of the largest group at once, and of a flood what costs some
	 * percent of a processor (an HMAC takes 2 us). */
	KS_ACK_CHECKS = 2 * KS_MAX_MEMBERS,
	KS_ACK_CHECKS_PER_S = 16000,
};

/* Another one may be checked.  Whoever knows a member's address can send false
 * ones in its name: so they take nothing away from the member, only from all
 * for a moment. */
bool ks_ack_affordable(struct ks *ks);

void ks_ack_init(struct ks *ks);
void ks_ack_fini(struct ks *ks);

#endif
