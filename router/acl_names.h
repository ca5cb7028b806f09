/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of access lists for numbers: protocols, ports, ICMP types, DSCP,
 * precedence, TOS.  Sources: IANA registries as IOS 15.4 abridges them. */
#ifndef ROUTER_ACL_NAMES_H
#define ROUTER_ACL_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct acl_name {
	const char *name;
	uint16_t value; /* ICMP: type << 8 | code */
	const char *help;
};

struct acl_names {
	const struct acl_name *v;
	size_t n;
};

extern const struct acl_names acl_protocols, acl_tcp_ports, acl_udp_ports,
	acl_icmp_messages, acl_icmp_types, acl_igmp_types, acl_dscps,
	acl_precedences, acl_toses;
/* IPv6 has its own; ports and DSCPs are the same. */
extern const struct acl_names acl6_protocols, acl6_icmp_messages,
	acl6_icmp_types;

/* The name of a value, or NULL. */
const char *acl_name_of(const struct acl_names *names, unsigned int value);
/* The one entry that text is, or abbreviates alone; NULL. */
const struct acl_name *acl_name_find(const struct acl_names *names,
				     const char *text);

#endif
