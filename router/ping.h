/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping: one echo at a time, the next when the answer came or the time is up. */
#ifndef ROUTER_PING_H
#define ROUTER_PING_H

#include "router/router_priv.h"

enum ping_limits {
	PING_REPEAT = 5,
	PING_SIZE = 100, /* octets of the whole IP packet */
	PING_SIZE_MIN = 36,
	PING_SIZE_MAX = 65535,	/* IOS stops at 18024; a packet may be larger */
	PING_SWEEP_MAX = 18024, /* IOS's offer */
	PING_HOPS = 9,		/* in the option record route (RFC 791) */
	PING_TIMEOUT = 2,	/* s */
	PING_TIMEOUT_MAX = 3600,
	PING_PATTERN = 0xabcd,
	PING_MARKS = 70, /* a line */
};

struct ping_job {
	struct ip_addr dst;
	struct ip_addr source; /* unset: the kernel's choice */
	uint32_t vrf;	       /* router/vrf.h; 0: the global table */
	unsigned int repeat, size, timeout, tos;
	uint16_t pattern;
	bool df, validate;
	/* Sizes from size to sweep_max; 0: only size. */
	unsigned int sweep_max, sweep_step;
	unsigned int record; /* hops of the option record route; 0: none */
	bool verbose;	     /* a line for each reply */
};

void ping_defaults(struct ping_job *job);
/* Starts it; output and end by cli_hold(). */
void ping_start(struct router *router, const struct ping_job *job,
		struct cli_out *o);
/* The address a source names: an interface's or one of our own, in the VRF. */
bool ping_source(struct router *router, uint32_t vrf, const char *text,
		 struct ip_addr *out, struct cli_out *o);

#endif
