/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes back for a probe of traceroute (RFC 792). */
#ifndef ROUTER_TRACEROUTE_PACKET_H
#define ROUTER_TRACEROUTE_PACKET_H

#include "base/addr.h"
#include "base/rd.h"

/* The probe that waits for its answer. */
struct trace_probe {
	struct ip_addr dst;
	uint16_t sport, dport;
};

enum trace_answer {
	TRACE_NOTHING, /* it has nothing to do with the probe */
	TRACE_PASSING, /* a router on the way */
	TRACE_ARRIVED,
	TRACE_REFUSED, /* unreachable, see the code */
};

/* packet: an IPv4 packet with ICMP.  from: whose it is.  code: of what is
 * unreachable, as IOS marks it: H, N, P, A, U, Q. */
enum trace_answer trace_packet_judge(const struct trace_probe *probe,
				     struct rd packet, struct ip_addr *from,
				     char *code);

#endif
