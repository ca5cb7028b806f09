/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of IPv6 access lists that IPv4 has not.  Values: IANA's ICMPv6
 * and protocol registries; words: IOS 15.4. */
#include "base/mem.h"
#include "router/acl_names.h"

#define NAMES(a)                              \
	{                                     \
		.v = (a), .n = ARRAY_SIZE(a), \
	}

/* tcp, udp, sctp and icmp are keywords of their own. */
static const struct acl_name protocols[] = {
	{ "ahp", 51, "Authentication Header Protocol" },
	{ "esp", 50, "Encapsulation Security Payload" },
	{ "ipv6", 0, "Any IPv6" },
	{ "pcp", 108, "Payload Compression Protocol" },
};
const struct acl_names acl6_protocols = NAMES(protocols);

#define ICMP(type, code) ((type) << 8 | (code))

/* Names that mean one type and code. */
static const struct acl_name icmp_messages[] = {
	{ "beyond-scope", ICMP(1, 2), "Destination beyond scope" },
	{ "destination-unreachable", ICMP(1, 3),
	  "Destination address is unreachable" },
	{ "header", ICMP(4, 0), "Parameter header problems" },
	{ "hop-limit", ICMP(3, 0), "Hop limit exceeded in transit" },
	{ "next-header", ICMP(4, 1), "Parameter next header problems" },
	{ "no-admin", ICMP(1, 1), "Administration prohibited destination" },
	{ "no-route", ICMP(1, 0), "No route to destination" },
	{ "parameter-option", ICMP(4, 2), "Parameter option problems" },
	{ "port-unreachable", ICMP(1, 4), "Port unreachable" },
	{ "reassembly-timeout", ICMP(3, 1), "Reassembly timeout" },
	{ "renum-command", ICMP(138, 0), "Router renumbering command" },
	{ "renum-result", ICMP(138, 1), "Router renumbering result" },
	{ "renum-seq-number", ICMP(138, 255),
	  "Router renumbering sequence number reset" },
};
const struct acl_names acl6_icmp_messages = NAMES(icmp_messages);

/* Names that mean a type with any code. */
static const struct acl_name icmp_types[] = {
	{ "dhaad-reply", 145, "Home agent address discovery reply" },
	{ "dhaad-request", 144, "Home agent address discovery request" },
	{ "echo-reply", 129, "Echo reply" },
	{ "echo-request", 128, "Echo request (ping)" },
	{ "mld-query", 130, "Multicast Listener Discovery Query" },
	{ "mld-reduction", 132, "Multicast Listener Discovery Reduction" },
	{ "mld-report", 131, "Multicast Listener Discovery Report" },
	{ "mpd-advertisement", 147, "Mobile prefix advertisement" },
	{ "mpd-solicitation", 146, "Mobile prefix solicitation" },
	{ "nd-na", 136, "Neighbor discovery neighbor advertisements" },
	{ "nd-ns", 135, "Neighbor discovery neighbor solicitations" },
	{ "packet-too-big", 2, "Packet too big" },
	{ "parameter-problem", 4, "All parameter problems" },
	{ "redirect", 137, "Neighbor redirect" },
	{ "router-advertisement", 134,
	  "Neighbor discovery router advertisements" },
	{ "router-renumbering", 138, "All router renumbering" },
	{ "router-solicitation", 133,
	  "Neighbor discovery router solicitations" },
	{ "time-exceeded", 3, "All time exceeded" },
	{ "unreachable", 1, "All unreachable" },
};
const struct acl_names acl6_icmp_types = NAMES(icmp_types);
