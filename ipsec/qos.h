/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a service-policy does to the packets of an interface: classes,
 * counters, policers, marks, queues.  router/qos.h is what was typed; this is
 * what becomes of it.  Control thread.
 *
 * Output: after encryption, all that goes to the wire, on the header it has
 * there (of ESP the outer one, with the inner one's DSCP); with pre_classify
 * on the header before encryption.  Input: all that comes from the wire,
 * before decryption.  A packet is a frame on the wire, with its Ethernet
 * header of 14 octets and without its FCS, as IOS counts; a superpacket counts
 * as what it is cut into.
 *
 * Queues exist below a shaper alone: without one, frames go to the device as
 * they come, "priority" and "bandwidth" only count, and nothing is dropped
 * here but by "police".  (IOS congests where the line is full; our devices
 * have queues of their own, where show interfaces counts what found no room.)
 *
 * A class without priority, bandwidth, shape, queue_limit, fair_queue or child
 * shares the queue of class-default, as in IOS.  fair_queue gives a class a
 * queue, but its flows are not told apart. */
#ifndef IPSEC_QOS_H
#define IPSEC_QOS_H

#include "router/acl.h"

enum ipsec_qos_direction { IPSEC_QOS_IN, IPSEC_QOS_OUT, IPSEC_QOS_DIRECTIONS };

enum ipsec_qos_limits {
	IPSEC_QOS_DEPTH = 3,	       /* policies inside policies, as IOS */
	IPSEC_QOS_CLASSES = 1024,      /* of a policy and those inside it */
	IPSEC_QOS_NESTED = 8,	       /* class maps that match class maps */
	IPSEC_QOS_QUEUE = 64,	       /* IOS's queue-limit, packets */
	IPSEC_QOS_INTERVAL = 300,      /* load-interval, s */
	IPSEC_QOS_PRIORITY_MS = 200,   /* burst of priority, as IOS */
	IPSEC_QOS_SHAPE_MS = 4,	       /* Bc of a shaper, as IOS */
	IPSEC_QOS_POLICE_PART = 32,    /* burst of a policer: octets, of the
				      * bit/s, as IOS ... */
	IPSEC_QOS_POLICE_BURST = 1500, /* ... but no less */
};

/* 100 Gbit/s; faster is as this. */
#define IPSEC_QOS_RATE_MAX UINT64_C(100000000000)

enum ipsec_qos_match_kind {
	IPSEC_QOS_ANY,
	IPSEC_QOS_DSCP,	     /* dscps; precedence as eight of them */
	IPSEC_QOS_ACL,	     /* the first entry that matches permits */
	IPSEC_QOS_ETHERTYPE, /* ethertype */
	IPSEC_QOS_CLASS,     /* another class map: test */
	IPSEC_QOS_NOTHING,   /* no packet meets it */
};

struct ipsec_qos_match {
	enum ipsec_qos_match_kind kind;
	bool not ;	/* met by what does not meet it */
	bool v4_only;	/* IPSEC_QOS_DSCP: of IPv4 ("match ip dscp") */
	uint64_t dscps; /* bit n: DSCP n */
	uint16_t ethertype;
	const struct ace *aces;
	size_t n_aces;
	const struct ipsec_qos_test *test;
};

/* A class map.  Without matches nothing meets it. */
struct ipsec_qos_test {
	bool any; /* match-any; else match-all */
	const struct ipsec_qos_match *matches;
	size_t n;
};

enum ipsec_qos_colour {
	IPSEC_QOS_CONFORM,
	IPSEC_QOS_EXCEED,
	IPSEC_QOS_VIOLATE,
	IPSEC_QOS_COLOURS
};

enum ipsec_qos_act {
	IPSEC_QOS_TRANSMIT,
	IPSEC_QOS_DROP,
	IPSEC_QOS_SET_DSCP,
	IPSEC_QOS_SET_PRECEDENCE
};

struct ipsec_qos_action {
	enum ipsec_qos_act act;
	uint8_t value;
};

/* pir: two rates (RFC 2698), three colours.  Else one rate: three colours when
 * violate (RFC 2697), or else two. */
struct ipsec_qos_police {
	uint64_t cir, pir; /* bit/s; cir 0: no policer; pir 0: none */
	uint32_t bc, be;   /* octets; 0: by the rate */
	bool violate;
	struct ipsec_qos_action actions[IPSEC_QOS_COLOURS];
};

/* All rates in bit/s: who calls works out what a percentage is of. */
struct ipsec_qos_class {
	const char *name;
	struct ipsec_qos_test test; /* not looked at for the last class */
	bool priority;
	unsigned int level;	 /* of priority: lower goes first */
	uint64_t priority_bps;	 /* in congestion no more; 0: all */
	uint32_t priority_burst; /* octets; 0: by the rate */
	/* Guaranteed; 0: none.  Else parts of what nobody is guaranteed; 0:
	 * none.  Classes with neither share what is left of a hundred parts;
	 * what one does not use goes to the others. */
	uint64_t bandwidth_bps;
	uint32_t remaining;
	uint64_t shape_bps;	     /* 0: none */
	uint32_t shape_bc, shape_be; /* bits; 0: by the rate */
	struct ipsec_qos_police police;
	int set_dscp, set_precedence; /* -1: none */
	bool set_v4_only;	      /* "set ip dscp" */
	uint32_t queue_limit;	      /* packets; 0: by default */
	bool fair_queue;
	const struct ipsec_qos_policy *child; /* NULL: none */
};

struct ipsec_qos_policy {
	const struct ipsec_qos_class *classes; /* tried in order */
	size_t n; /* at least 1: the last is class-default */
};

/* What ipsec_qos_set() takes. */
struct ipsec_qos_spec {
	struct ipsec_qos_policy policy;
	uint64_t bps;		    /* the interface's bandwidth */
	bool pre_classify;	    /* output: "qos pre-classify" */
	unsigned int load_interval; /* s; 0: by default */
};

struct ipsec_qos_counter {
	uint64_t packets, bytes;
};

/* Since the policy came, or since they were cleared. */
struct ipsec_qos_counters {
	struct ipsec_qos_counter offered; /* met the class */
	struct ipsec_qos_counter output;  /* of them, what left */
	struct ipsec_qos_counter dropped; /* for whatever reason */
	/* Of those: the queue was full, no buffer, more than priority_bps. */
	struct ipsec_qos_counter queue_full, no_buffer, exceeded;
	struct ipsec_qos_counter marked; /* by set */
	struct ipsec_qos_counter police[IPSEC_QOS_COLOURS];
	struct ipsec_qos_counter police_dropped;
	/* Now, over load_interval; bit/s. */
	uint64_t offered_bps, drop_bps;
	uint64_t police_bps[IPSEC_QOS_COLOURS];
	unsigned int queue;   /* packets in the class's queue now */
	uint32_t queue_limit; /* of it; 0: it has no queue */
};

struct ipsec;

/* From now on the interface's policy in that direction; NULL: none.  The
 * interface is fronted for it.  spec is the caller's, and may go afterwards.
 * A class of the same name at the same place keeps its counters; what waits in
 * queues is dropped: not to be called when nothing has changed.  0, -ENODEV
 * (there is no such device), -EINVAL (not consistent, or queues on input), or
 * -errno. */
int ipsec_qos_set(struct ipsec *ipsec, const char *ifname,
		  enum ipsec_qos_direction direction,
		  const struct ipsec_qos_spec *spec);
/* number: classes are counted from 0, each followed by those of its child.
 * False: there is none. */
bool ipsec_qos_read(const struct ipsec *ipsec, const char *ifname,
		    enum ipsec_qos_direction direction, size_t number,
		    struct ipsec_qos_counters *out);
/* Packets for which a match of the class decided, of a match-any class the
 * first that was met; bps as in struct ipsec_qos_counters. */
bool ipsec_qos_read_match(const struct ipsec *ipsec, const char *ifname,
			  enum ipsec_qos_direction direction, size_t number,
			  size_t match, struct ipsec_qos_counter *out,
			  uint64_t *bps);
/* clear counters.  NULL: of all interfaces. */
void ipsec_qos_clear(struct ipsec *ipsec, const char *ifname);

#endif
