/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lane_out.c and lane_fit.c have of one another: the first decides what
 * becomes of a frame, the second what becomes of one that is too big. */
#ifndef IPSEC_LANE_OUT_H
#define IPSEC_LANE_OUT_H

#include "ipsec/lane.h"
#include "ipsec/pmtu.h"
#include "ipsec/qos_lane.h"

typedef void lane_send_fn(struct lane *lane, const struct policy *p,
			  struct pkt *pkt, const void *arg);

/* lane_out.c.  All take pkt over. */

/* Into the batch, as it is. */
void lane_enqueue(struct lane *lane, const struct policy *p, struct pkt *pkt);
/* Wrapped, into the batch. */
void lane_send_esp(struct lane *lane, const struct policy *p,
		   const struct esp_sa *sa, struct pkt *pkt,
		   const struct ipv4 *ip);
/* Cuts the superpacket up and gives each segment to send(). */
void lane_cut_super(struct lane *lane, const struct policy *p,
		    struct pkt *super, lane_send_fn *send, const void *arg);
/* Clear, as it is, but that a wire may want plain frames. */
void lane_send_clear(struct lane *lane, const struct policy *p,
		     struct pkt *pkt);

/* Frames that are ready, n of them, to the wire by its service-policy. */
static inline void lane_to_wire(struct lane *lane, struct pkt **pkts,
				unsigned int n)
{
	if (lane->qos_out) {
		qos_lane_out(lane, pkts, n);
		return;
	}
	lane_capture(lane, CAPTURE_OUTSIDE_OUT, pkts, n);
	lane->wire->ops->tx(lane->wire, pkts, n);
}

/* lane_fit.c */

/* mtu, or less where a router has told so. */
unsigned int lane_learned_mtu(const struct lane *lane, const struct pkt *pkt,
			      const struct ipv4 *ip, unsigned int mtu);
/* What the way of an ESP packet takes that carries ip. */
static inline unsigned int lane_path_mtu(const struct lane *lane,
					 const struct policy *p,
					 const struct pkt *pkt,
					 const struct ipv4 *ip)
{
	unsigned int mtu = ip->v6 ? POLICY_READ(p->mtu6) : POLICY_READ(p->mtu);

	if (!lane->pmtu || !pmtu_any(lane->pmtu))
		return mtu;
	return lane_learned_mtu(lane, pkt, ip, mtu);
}

/* A packet that does not fit may be fragmented, before or after: as the
 * configuration and its DF have it; of IPv6 only what every link must take
 * (RFC 2473 7.1). */
bool lane_may_fragment(const struct policy *p, const struct ipv4 *ip);
/* The plain packet, which does not fit: in fragments, or its source is told. */
void lane_fit_esp(struct lane *lane, const struct policy *p,
		  const struct esp_sa *sa, struct pkt *pkt,
		  const struct ipv4 *ip, unsigned int mtu);
/* IPv6 whose ESP packet may be cut for mtu, whatever its size: what its source
 * or a link's least MTU does not let us refuse. */
void lane_send_cut6(struct lane *lane, const struct policy *p,
		    const struct esp_sa *sa, struct pkt *pkt,
		    const struct ipv4 *ip, unsigned int mtu);
/* Its source is told how large a packet may be, and it is dropped. */
void lane_too_big(struct lane *lane, const struct policy *p,
		  const struct esp_sa *sa, struct pkt *pkt,
		  const struct ipv4 *ip, unsigned int mtu);
/* A clear packet of an interface whose "ip mtu" is less than its MTU. */
void lane_fit_clear(struct lane *lane, const struct policy *p, struct pkt *pkt,
		    const struct ipv4 *ip);
/* Sends what is in the batch, n frames, of which some are longer than the wire
 * takes (fragmentation after encryption). */
void lane_send_pieces(struct lane *lane, const struct policy *p,
		      struct pkt **pkts, unsigned int n);
/* A fragment for an SA in transport mode, which takes only whole packets (RFC
 * 4303 3.3.4): the whole packet, its header in ip, or NULL. */
struct pkt *lane_gather(struct lane *lane, struct pkt *pkt, struct ipv4 *ip);

#endif
