/* SPDX-License-Identifier: GPL-3.0-or-later */
/* traceroute: UDP to ports where nobody listens, one probe at a time. */
#ifndef ROUTER_TRACEROUTE_H
#define ROUTER_TRACEROUTE_H

#include "router/router_priv.h"

/* IOS's. */
enum trace_limits {
	TRACE_PORT = 33434,
	TRACE_PROBES = 3,
	TRACE_PROBES_MAX = 65535,
	TRACE_TIMEOUT = 3, /* s */
	TRACE_TIMEOUT_MAX = 3600,
	TRACE_TTL_MAX = 30,
};

struct trace_job {
	struct ip_addr dst;
	struct ip_addr source; /* unset: the kernel's choice */
	uint32_t vrf;	       /* router/vrf.h; 0: the global table */
	const char *name;      /* as typed; only for the start */
	unsigned int port, probes, timeout, ttl_min, ttl_max;
	bool numeric;
};

void trace_defaults(struct trace_job *job);
/* Starts it; output and end by cli_hold(). */
void trace_start(struct router *router, const struct trace_job *job,
		 struct cli_out *o);

#endif
