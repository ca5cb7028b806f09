/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One fronted interface's share of one worker: frames of the kernel (a queue
 * of the TAP) go to the wire and those of the wire to the kernel, each as the
 * policy says.  All of it runs on the worker but lane_set_policy().
 *
 * The life of a frame: rx burst - decision - cut into segments - wrap or open
 * - crypto, a burst of one SA at a time - joined to superpackets - tx burst.
 * A frame keeps its place in the order of its flow from rx to tx.  Nothing
 * waits for more frames to come, and nothing is allocated but packets of the
 * pool. */
#ifndef IPSEC_LANE_H
#define IPSEC_LANE_H

#include <stdatomic.h>

#include "ipsec/capture_tap.h"
#include "ipsec/crypto.h"
#include "ipsec/events.h"
#include "ipsec/gro.h"
#include "ipsec/ipv6.h"
#include "ipsec/policy.h"
#include "ipsec/port.h"
#include "ipsec/qos.h"
#include "ipsec/reasm.h"
#include "ipsec/stats.h"

enum lane_limits {
	LANE_BURST = 64, /* frames of one rx */
	LANE_NAME = 32,
	LANE_ICMP_PER_SECOND = 100,
	LANE_BYPASSED = 16,  /* fragmented key-server messages on their way */
	LANE_IGMP_TTL = 1,   /* RFC 3376 4, 3810 5: every message has it */
	LANE_ND_TTL = 255,   /* RFC 4861 */
	LANE_LINK_SCOPE = 2, /* of multicast groups, RFC 4291 2.7 */
};

/* Of a frame in the batch. */
struct lane_item {
	struct ipv4 ip; /* its header before; once decrypted, the inner one */
	bool joins;	/* may become part of a superpacket */
};

struct lane_batch {
	struct port *to;
	struct pkt *pkts[CRYPTO_BURST]; /* in order; NULL: dropped */
	struct lane_item items[CRYPTO_BURST];
	unsigned int n;
	const struct esp_sa *sa; /* of the ops that wait */
	struct crypto_op ops[CRYPTO_BURST];
	unsigned int slots[CRYPTO_BURST]; /* which frame an op is of */
	unsigned int n_ops;
	bool oversize;	   /* out: some frame is longer than the wire takes */
	unsigned int cut6; /* out: IPv6 is cut for this MTU; 0: the wire's */
};

/* A first fragment that went clear: the others follow it. */
struct lane_bypassed {
	uint32_t src, dst;
	uint32_t id;
};

struct qos_tree;

struct lane {
	char name[LANE_NAME]; /* "Ethernet0/0" */
	struct port *tap, *wire, *icmp;
	struct pkt_pool *pool;
	struct crypto *crypto;
	struct events *events;
	struct esp_worker *esp; /* of the worker */
	struct reasm *reasm;	/* of ESP on its way in */
	struct reasm *gather; /* of fragments on their way into transport mode;
			       * NULL: they are dropped */
	struct pmtu *pmtu;    /* of all lanes of a front; NULL: none */
	/* NULL: IPv4 waits for the first one, that is, is dropped.  An
	 * interface in the making may not let out what its policy will hide. */
	_Atomic(struct policy *) policy;
	/* monitor capture; NULL: nobody looks.  Read once a burst, into
	 * watched. */
	_Atomic(const struct capture_set *) capture;
	const struct capture_set *watched;
	struct lane_stats stats;
	struct lane_drops *drops; /* of the direction at work */
	struct lane_batch out, in;
	struct gro gro;
	bool joins_udp; /* the TAP takes superpackets of UDP */
	struct lane_bypassed bypassed[LANE_BYPASSED];
	unsigned int next_bypassed;
	unsigned int rule;   /* that the packet in hand met, on its way out */
	int64_t icmp_second; /* when the count began, env us */
	unsigned int icmp_count;
	/* What service-policies do, NULL: there is none; set and waited for as
	 * policy is. */
	_Atomic(struct qos_tree *) qos[IPSEC_QOS_DIRECTIONS];
	struct qos_tree *qos_out; /* of the batch in hand */
	int64_t qos_due;	  /* something may leave a queue then; 0: no */
	/* With pre_classify: the class of the packet in hand, and how many
	 * frames of the batch have theirs. */
	uint32_t qos_tag;
	unsigned int qos_tagged;
};

/* Publishes policy (NULL: none), which may be that of several lanes: what it
 * replaces, to be freed when every worker has been quiescent.  Control
 * thread. */
struct policy *lane_set_policy(struct lane *lane, struct policy *policy);

/* One burst from the TAP to the wire: frames seen; 0: there was nothing.  now:
 * env time, us. */
unsigned int lane_run_out(struct lane *lane, int64_t now);
/* One burst from the wire to the TAP. */
unsigned int lane_run_in(struct lane *lane, int64_t now);

/* Shared by lane_out.c and lane_in.c. */

static inline void lane_watch(struct lane *lane)
{
	lane->watched =
		atomic_load_explicit(&lane->capture, memory_order_acquire);
}

/* Frames that pass a point; NULL among them is none. */
static inline void lane_capture(const struct lane *lane,
				enum capture_point point,
				struct pkt *const *pkts, unsigned int n)
{
	if (lane->watched)
		capture_take(lane->watched, point, lane->esp->number,
			     lane->esp->now, pkts, n);
}

struct stats_slot *lane_counters(const struct lane *lane,
				 const struct policy *p, unsigned int group);
/* What a policy does not look at: ARP and all else, and IPv6 where no rule is
 * for it.  Before the first policy nobody knows. */
static inline bool lane_is_other(const struct pkt *pkt, const struct policy *p)
{
	uint16_t type = get16(pkt_data(pkt) + ETH_HEADER - 2);

	if (type == ETHERTYPE_IPV4)
		return false;
	return type != ETHERTYPE_IPV6 || (p && !p->v6);
}

/* Reads the IP header of the frame.  False: the frame has been dropped,
 * because nobody can say what it is, or because there is no policy yet: only
 * what lane_is_link() passes without one. */
bool lane_ip_other(struct lane *lane, const struct policy *p, struct pkt *pkt,
		   struct ipv4 *ip);
static inline bool lane_ip(struct lane *lane, const struct policy *p,
			   struct pkt *pkt, struct ipv4 *ip)
{
	const uint8_t *packet = pkt_data(pkt) + ETH_HEADER;

	if (p && get16(packet - 2) == ETHERTYPE_IPV4 &&
	    ipv4_read(ip, packet, pkt->len - ETH_HEADER))
		return true;
	return lane_ip_other(lane, p, pkt, ip);
}
/* IPv6 of the link itself, which always goes clear: to link-local addresses
 * and groups, neighbour discovery, multicast listeners.  What could have come
 * by a router is none of it (RFC 4861: hop limit 255; RFC 3810: 1). */
bool lane_is_link(const struct ipv4 *ip, const uint8_t *packet);
/* The lane holds nothing of the policy any more. */
void lane_forget(struct lane *lane);
/* What always goes clear: UDP between port 848 of the member itself and
 * anybody (the far port does not count: it is an outsider's choice); what
 * comes in for port 848 of a multicast rekey group; and, while there is such a
 * group, IGMP, which never leaves its link: to multicast addresses alone, and
 * out only as the interface itself says it. */
bool lane_is_bypass_out(const struct policy *p, const struct flow_key *key,
			const struct ipv4 *ip);
bool lane_is_bypass_in(const struct policy *p, const struct flow_key *key);
/* A later piece of what may have been one: its ports are not there. */
bool lane_is_bypass_piece_out(const struct policy *p,
			      const struct flow_key *key);
bool lane_is_bypass_piece_in(const struct policy *p,
			     const struct flow_key *key);

#endif
