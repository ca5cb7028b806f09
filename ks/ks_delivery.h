/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One rekey on its way to all members: a datagram for each rekey SA and kind
 * of member, built and signed once, sent to members in portions, and again to
 * those that have not acknowledged it (rekey retransmit).  A newer rekey takes
 * its place. */
#ifndef KS_KS_DELIVERY_H
#define KS_KS_DELIVERY_H

#include "ks/ks_group.h"

enum ks_delivery_limits {
	/* So many datagrams, then a pause: thousands of acknowledgements must
	 * not come back in the same millisecond. */
	KS_PORTION = 100,
	KS_PORTION_PAUSE_MS = 50,
	/* IOS: a member that missed so many rekeys in a row is removed. */
	KS_MISSED_MAX = 3,
	/* RFC 8263 7: acknowledgements of a member that are looked at in one
	 * delivery; more is somebody's flood. */
	KS_ACKS_MAX = 8,
};

/* s until the retransmissions of the last rekey are over; 0: they are. */
uint32_t ks_delivery_left(const struct ks_group *g);
/* Stops what is under way (the group goes). */
void ks_delivery_stop(struct ks_group *g);

#endif
