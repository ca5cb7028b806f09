/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is put together must come apart as it was: frames go through gro.h and
 * what comes out through gso.h, and each flow is compared with what it was.
 * For the tests and for the fuzz target. */
#ifndef TESTS_IPSEC_JOINS_H
#define TESTS_IPSEC_JOINS_H

#include "base/rd.h"
#include "ipsec/gro.h"
#include "tests/ipsec/segments.h"

enum { JOIN_FLOWS = 11, JOIN_FLOWS4 = 8, JOIN_FRAME = 2048 };

struct join_in {
	struct pkt *p;
	uint8_t octets[JOIN_FRAME]; /* as they came, without padding */
	uint32_t len;
	bool out;
};

struct joins {
	struct pkt_pool *pool;
	struct join_in in[GRO_FRAMES];
	unsigned int n_in;
	struct pkt *out[GRO_FRAMES];
	unsigned int n_out;
	/* Five of TCP, three of UDP, between three pairs of addresses; then of
	 * IPv6 two of TCP and one of UDP; as their next packets will be. */
	struct segment flows[JOIN_FLOWS];
};

struct joins *joins_new(void);
/* False: a packet was lost or is there twice. */
bool joins_free(struct joins *j);
/* The next of the frames that come in, empty; NULL: there are GRO_FRAMES. */
struct pkt *joins_frame(struct joins *j);
/* The next segment of a flow, n octets. */
struct pkt *joins_segment(struct joins *j, struct segment *flow, size_t n);
/* Frames from octets that say what each shall be, mostly segments that fit. */
void joins_script(struct joins *j, struct rd *r);
/* Joins what has come in: the frames are in out. */
void joins_run(struct joins *j, bool udp);
/* Compares and forgets all.  NULL: all is well; else what is wrong. */
const char *joins_check(struct joins *j);

#endif
