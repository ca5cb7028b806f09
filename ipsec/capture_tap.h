/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where packets are captured: a lane has a set of taps, or none, and looks at
 * that once a burst.  A tap copies what its filter permits into a ring, one a
 * lane, and the control thread empties them; no worker ever waits.  What finds
 * its ring full is counted, not kept. */
#ifndef IPSEC_CAPTURE_TAP_H
#define IPSEC_CAPTURE_TAP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "ipsec/pkt.h"
#include "router/acl.h"

/* Which packets: bits.  Inside is between kernel and policy, where all is
 * clear; outside is the wire. */
enum capture_point {
	CAPTURE_INSIDE_IN = 1,
	CAPTURE_INSIDE_OUT = 2,
	CAPTURE_OUTSIDE_IN = 4,
	CAPTURE_OUTSIDE_OUT = 8,
	CAPTURE_IN = CAPTURE_INSIDE_IN | CAPTURE_OUTSIDE_IN,
	CAPTURE_OUT = CAPTURE_INSIDE_OUT | CAPTURE_OUTSIDE_OUT,
	CAPTURE_INSIDE = CAPTURE_INSIDE_IN | CAPTURE_INSIDE_OUT,
	CAPTURE_OUTSIDE = CAPTURE_OUTSIDE_IN | CAPTURE_OUTSIDE_OUT,
};

enum capture_tap_limits {
	CAPTURE_RING = 2 * 1048576, /* octets; a power of two */
	CAPTURE_TAPS = 64, /* at one interface: more than there can be */
};

/* One packet in a ring; its octets follow. */
struct capture_record {
	int64_t now;   /* env time, us */
	uint32_t len;  /* of the frame */
	uint32_t kept; /* of it, here */
	uint32_t point;
	uint32_t source; /* the user's: which of its taps */
};

/* One writer (a worker), one reader (the control thread). */
struct capture_ring {
	_Atomic uint64_t head; /* octets ever written */
	_Atomic uint64_t tail; /* octets ever read */
	_Atomic uint64_t lost; /* packets */
	uint8_t *data;
};

struct capture_tap {
	unsigned int points; /* enum capture_point */
	uint32_t packet_len; /* octets of a packet; 0: all of it */
	uint32_t source;
	bool all; /* no filter */
	struct ace *aces;
	size_t n_aces;
	struct capture_ring *rings; /* by the worker's number */
	unsigned int n_rings;
	void (*wake)(void *arg); /* from a worker, when there was nothing */
	void *wake_arg;
};

/* What a lane looks at: made anew when it changes. */
struct capture_set {
	size_t n;
	struct capture_tap *taps[CAPTURE_TAPS];
};

/* Worker. */
void capture_take(const struct capture_set *set, enum capture_point point,
		  unsigned int worker, int64_t now, struct pkt *const *pkts,
		  unsigned int n);

/* Control thread.  aces are copied; all: they do not count. */
struct capture_tap *capture_tap_new(unsigned int n_rings,
				    const struct ace *aces, size_t n_aces,
				    bool all);
/* No worker may look at it. */
void capture_tap_free(struct capture_tap *tap);
/* The oldest packet of all rings goes to *r, its octets (r->kept) to data,
 * which has CAPTURE_FRAME; false: there is none. */
enum { CAPTURE_FRAME = PKT_BIG_DATA };
bool capture_tap_next(struct capture_tap *tap, struct capture_record *r,
		      uint8_t *data);
uint64_t capture_tap_lost(const struct capture_tap *tap);
/* Entries of which the first that matches decides. */
bool capture_permits(const struct ace *aces, size_t n, const uint8_t *frame,
		     size_t len);

#endif
