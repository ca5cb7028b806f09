/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may leave, and who waits: shapers, priority, and shares of what is left
 * to the others by start-time fair queuing (Goyal, Vin, Cheng 1996), at each
 * level of the tree.  The tree is paced, and its lock is held. */
#ifndef IPSEC_QOS_QUEUE_H
#define IPSEC_QOS_QUEUE_H

#include "ipsec/qos_tree.h"

enum qos_verdict {
	QOS_MAY_LEAVE, /* at once; it has been charged */
	QOS_WAITS,     /* a copy of it does */
	QOS_FULL,      /* dropped: tail drop */
	QOS_OUT_OF_BUFFERS,
	QOS_EXCEEDS, /* more than its priority allows, in congestion */
};

/* The packet stays the caller's, whatever comes out.  item: its class. */
enum qos_verdict qos_offer(struct qos_tree *t, struct qos_item *item,
			   const struct pkt *pkt, int64_t now);
/* The packet whose turn it is: a copy in a packet of pool, and its class;
 * NULL: none may leave now, or pool is empty (then *stuck). */
struct pkt *qos_take(struct qos_tree *t, struct pkt_pool *pool, int64_t now,
		     struct qos_item **item, bool *stuck);
/* When the next one may; nothing waits that may leave now. */
int64_t qos_next(struct qos_tree *t, int64_t now);

#endif
