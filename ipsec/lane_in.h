/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lane_in.c has of lane_learn.c. */
#ifndef IPSEC_LANE_IN_H
#define IPSEC_LANE_IN_H

#include "ipsec/lane.h"

/* The ICMP packet ip in pkt says that an ESP packet of ours was too big: the
 * lane has taken note.  False: it says something else. */
bool lane_learns(struct lane *lane, const struct policy *p,
		 const struct pkt *pkt, const struct ipv4 *ip);

#endif
