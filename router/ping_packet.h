/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ICMP echoes of ping and what comes back for them (RFC 792). */
#ifndef ROUTER_PING_PACKET_H
#define ROUTER_PING_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/rd.h"

enum {
	PING_IP_HEADER = 20,
	PING_ECHO_HEADER = 8,
	PING_OPTIONS_MAX = 40, /* octets of options (RFC 791) */
};

/* The echo that waits for its answer. */
struct ping_echo {
	struct ip_addr dst;
	uint16_t ident, sequence;
	uint16_t pattern; /* its data, repeated */
	size_t data;	  /* octets of it */
};

/* The ICMP message; returns its length, 0 if it does not fit. */
size_t ping_packet_write(const struct ping_echo *echo, void *buf, size_t cap);
/* The mark IOS prints for the received IPv4 packet; 0: it has nothing to do
 * with this echo. */
char ping_packet_judge(const struct ping_echo *echo, struct rd packet,
		       bool validate);

/* The IP option record route with room for so many hops, 0 to 9: its octets,
 * padded; the option itself. */
size_t ping_record_size(unsigned int hops);
size_t ping_record_write(void *buf, unsigned int hops);
/* The route that a received packet has recorded; false: it has none. */
bool ping_record_read(struct rd packet, struct ip_addr *hops, unsigned int *n);

#endif
