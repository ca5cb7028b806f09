/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the guards send: always the same frames of 64 flows, as a TAP gives
 * them, and the policies that they meet. */
#ifndef TESTS_GUARD_TRAFFIC_H
#define TESTS_GUARD_TRAFFIC_H

#include "ipsec/dataplane.h"
#include "ipsec/pkt.h"

enum traffic_limits {
	TRAFFIC_FLOWS = 64,
	TRAFFIC_SEGMENT = 1348,	  /* payload of a TCP segment */
	TRAFFIC_SEGMENT6 = 1328,  /* the same of IPv6 */
	TRAFFIC_SEGMENTS = 46,	  /* of a superpacket: what 64 KB hold */
	TRAFFIC_ACES_LARGE = 100, /* entries of the large policy */
};

struct frame {
	uint32_t len;
	struct virtio_net_hdr vnet;
	uint8_t *data;
};

struct traffic {
	struct frame *frames;
	size_t n;
	uint64_t packets; /* that the frames are on the wire */
};

/* UDP of 40, 576 and 1400 octets, 7 to 4 to 1, flow after flow. */
struct traffic *traffic_imix(void);
/* A TCP superpacket of each flow. */
struct traffic *traffic_super(void);
/* The same of IPv6: UDP of 60, 576 and 1380 octets; TCP. */
struct traffic *traffic_imix6(void);
struct traffic *traffic_super6(void);
void traffic_free(struct traffic *t);

/* The article's: TBAR of 5 s and one SA; aces 1: permit ip any any; 100: its
 * five lines behind permit entries that the flows meet, each another.  And
 * permit ipv6 any any. */
struct ipsec_policy *traffic_policy(const struct esp_transform *t,
				    unsigned int aces);

#endif
