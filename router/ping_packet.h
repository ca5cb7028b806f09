/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ICMP echoes of ping and what comes back for them (RFC 792). */
#ifndef ROUTER_PING_PACKET_H
#define ROUTER_PING_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/rd.h"

enum { PING_IP_HEADER = 20, PING_ECHO_HEADER = 8 };

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

#endif
