/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping over IPv6 (RFC 4443): what differs from ping.h. */
#ifndef ROUTER_PING6_H
#define ROUTER_PING6_H

#include "router/ping.h"
#include "router/ping_packet.h"

enum {
	PING6_IP_HEADER = 40,
	PING6_SIZE_MIN = 48, /* header and an empty echo */
};

/* -1 with errno. */
int ping6_socket(const struct ping_job *job);
/* The ICMPv6 message, its checksum left to the kernel; its length, or 0 if it
 * does not fit. */
size_t ping6_packet_write(const struct ping_echo *echo, void *buf, size_t cap);
/* The mark IOS prints for the ICMPv6 message that came from src; 0: it has
 * nothing to do with this echo. */
char ping6_packet_judge(const struct ping_echo *echo, const struct ip_addr *src,
			struct rd message, bool validate);
/* The address a source names: an interface's or one of our own. */
bool ping6_source(struct router *router, uint32_t vrf, const char *text,
		  struct ip_addr *out, struct cli_out *o);

#endif
