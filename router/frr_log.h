/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What bgpd and ospfd say about their neighbors, read from their logs.  Names
 * that neighbors gave themselves may stand in a line: of a line only addresses,
 * an interface's device and known words are taken. */
#ifndef ROUTER_FRR_LOG_H
#define ROUTER_FRR_LOG_H

#include <stdbool.h>

#include "base/addr.h"

enum frr_log_kind { FRR_BGP_ADJACENCY, FRR_OSPF_ADJACENCY };

enum frr_log_limits {
	FRR_LOG_LINE = 1024, /* octets of a line; the rest is left out */
	FRR_DEVICE = 16,     /* IFNAMSIZ */
};

struct frr_event_line {
	enum frr_log_kind kind;
	struct ip_addr neighbor; /* address; ospf: router ID */
	bool up;
	const char *reason;	 /* IOS's words, constant; "" if none */
	char device[FRR_DEVICE]; /* ospf */
	const char *from, *to;	 /* ospf: states as IOS writes them, constant */
};

/* line: one line without its end.  False: it is about something else. */
bool frr_log_read(const char *line, struct frr_event_line *out);

#endif
