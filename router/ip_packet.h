/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The head of IPv4 packets that a raw socket gives, and their checksums. */
#ifndef ROUTER_IP_PACKET_H
#define ROUTER_IP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rd.h"

struct ip_head {
	uint32_t src, dst; /* host order */
	uint8_t protocol, ttl;
};

/* r: a packet, whole; payload: what is behind its header.  False: it is no
 * IPv4, a fragment, or shorter than it says. */
bool ip_head_read(struct rd *r, struct ip_head *out, struct rd *payload);
/* RFC 1071, as it stands in a message whose own field is 0. */
uint16_t ip_sum(const uint8_t *p, size_t len);
/* Over a message that came in. */
bool ip_sum_ok(struct rd message);

#endif
