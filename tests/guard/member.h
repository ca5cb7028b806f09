/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A member's lane between two ports that are memory and do next to nothing:
 * so lean that what is counted is the packet path's, and none of it the
 * test's.  One's wire is what the other's can be fed with. */
#ifndef TESTS_GUARD_MEMBER_H
#define TESTS_GUARD_MEMBER_H

#include "tests/guard/traffic.h"
#include "tests/ipsec/lanes.h"

enum member_limits {
	MEMBER_WIRE = 8192,  /* frames that it keeps of what it sent */
	MEMBER_FRAME = 2048, /* octets of each */
};

/* Gives out the frames it is pointed at; keeps what is sent, or (kept NULL)
 * counts it. */
struct memory_port {
	struct port port;
	const struct frame *rx;
	size_t n_rx, at_rx;
	struct frame *kept;
	size_t n_tx;	  /* frames sent */
	uint64_t packets; /* in them: a superpacket is several */
	uint64_t payload; /* octets behind the Ethernet headers */
};

struct member {
	struct gateway *gateway;
	struct memory_port tap, wire;
	uint8_t *memory; /* of wire.kept */
};

/* The policy is the member's then; the wire takes plain frames alone, as one
 * of AF_XDP. */
struct member *member_new(struct ipsec_policy *policy);
void member_free(struct member *m);
/* These frames wait at a port; what it sent before is forgotten. */
void memory_port_feed(struct memory_port *port, const struct frame *frames,
		      size_t n);
/* Until nothing waits.  Of their own, to be found by name: what callgrind and
 * the counters of calls take in is what happens in here. */
void measured_out(struct lane *lane, int64_t now);
void measured_in(struct lane *lane, int64_t now);

#endif
