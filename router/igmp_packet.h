/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IGMP as a multicast router needs it: what hosts say (versions 1, 2 and 3,
 * RFC 1112, 2236, 3376), and queries of version 2, IOS's own.  Values only. */
#ifndef ROUTER_IGMP_PACKET_H
#define ROUTER_IGMP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rd.h"

enum igmp_limits {
	IGMP_QUERY_SIZE = 8,
	IGMP_IP_TTL = 1,
	IGMP_RECORDS = 64, /* of one report of version 3 that are looked at */
};

enum igmp_what {
	IGMP_OTHER, /* nothing for us */
	IGMP_QUERY,
	IGMP_JOIN,
	IGMP_LEAVE,
};

struct igmp_note {
	enum igmp_what what;
	uint32_t group; /* host order; of a query 0: about all groups */
};

/* The IP packet that r begins with, whole.  Its sender in *src (host order)
 * and up to IGMP_RECORDS notes; how many, 0 when it is no good IGMP message of
 * this link.  A report of version 3 that wants some sources only counts as a
 * join of the group, and one that wants none as a leave. */
size_t igmp_packet_read(struct rd r, uint32_t *src,
			struct igmp_note notes[static IGMP_RECORDS]);
/* A query of version 2 without its IP header.  group 0: the general one;
 * response: tenths of a second within which hosts have to answer. */
void igmp_query_write(uint8_t out[static IGMP_QUERY_SIZE], uint32_t group,
		      uint8_t response);

#endif
