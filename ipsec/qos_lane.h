/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a service-policy does to the frames of a lane.  Worker threads. */
#ifndef IPSEC_QOS_LANE_H
#define IPSEC_QOS_LANE_H

#include "ipsec/lane.h"
#include "ipsec/qos_tree.h"

enum qos_lane_limits {
	QOS_RUN = 256,	     /* packets out of queues, before others' turn */
	QOS_RETRY_US = 1000, /* no packet of the lane's was left */
};

/* lane->qos_out is not NULL: n frames on their way to the wire, which are
 * taken. */
void qos_lane_out(struct lane *lane, struct pkt **pkts, unsigned int n);
/* What waits and may go now; at lane->qos_due. */
void qos_lane_due(struct lane *lane, int64_t now);
typedef void qos_take_fn(struct lane *lane, const struct policy *p,
			 struct pkt **pkts, unsigned int n);
/* Frames that came from the wire; take(lane, p, ...) has those that are left,
 * in order. */
void qos_lane_in(struct lane *lane, struct qos_tree *t, const struct policy *p,
		 struct pkt **pkts, unsigned int n, qos_take_fn *take);
/* The class of a packet from the kernel, as a tag, before it is encrypted. */
uint32_t qos_lane_tag(struct qos_tree *t, const struct pkt *pkt);

#endif
