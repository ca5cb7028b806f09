/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rule of a policy a packet meets.  A table is made once from the rules
 * and then only read, by any number of workers.  Rules are written in the
 * outbound sense; an inbound packet is looked up mirrored.
 *
 * A later fragment has no ports.  An entry that asks for ports, ICMP types or
 * TCP flags decides about it by the addresses and the protocol when it protects
 * or drops, and is passed over when it would let it go clear (IOS's rule for
 * permit and deny): what may be secret never leaves for want of a port.  So it
 * is with the protocol where a later fragment of IPv6 does not tell it. */
#ifndef IPSEC_CLASSIFY_H
#define IPSEC_CLASSIFY_H

#include "ipsec/dataplane.h"
#include "ipsec/ip.h"

/* What the rules look at; host order. */
struct flow_key {
	uint32_t src, dst;
	uint8_t protocol, tos, tcp_flags;
	bool later_fragment;
	bool ports; /* sport and dport (ICMP, IGMP: type, code) are there */
	uint16_t sport, dport;
	/* IPv6: where the addresses stand in the packet; IPv4: NULL, and what
	 * follows has no meaning. */
	const uint8_t *src6, *dst6;
	uint32_t flow_label;
	bool routing;
	bool hidden; /* a later fragment that does not tell its protocol */
};

/* packet: the whole IP packet of ip; it lives as long as an IPv6 key. */
void flow_key_read(struct flow_key *key, const struct ipv4 *ip,
		   const uint8_t *packet);
/* The key by which a packet that comes in is looked up: both ends exchanged.
 * Not so one to a multicast group, which has no way back: an entry names the
 * senders first and the group second, for the senders and the receivers. */
void flow_key_mirror(struct flow_key *key);

struct classifier;

/* Some rule is for IPv6. */
bool classifier_has_v6(const struct classifier *c);
struct classifier *classifier_new(const struct ipsec_rule *rules, size_t n);
void classifier_free(struct classifier *c);

struct verdict {
	enum ipsec_action action;
	unsigned int flow, group; /* with IPSEC_PROTECT */
	unsigned int rule;	  /* its number; with IPSEC_PROTECT */
};

/* The first rule that matches; where none does: IPSEC_CLEAR. */
struct verdict classify(const struct classifier *c, const struct flow_key *key);
/* The first IPSEC_PROTECT rule that matches and whose flow satisfies
 * is_flow(arg, flow), whatever stands before it: for packets that were
 * decrypted.  -1: none. */
int classify_any(const struct classifier *c, const struct flow_key *key,
		 bool (*is_flow)(const void *arg, unsigned int flow),
		 const void *arg);

#endif
