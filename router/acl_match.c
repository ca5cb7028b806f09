/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets against entries. */
#include "router/acl.h"

#include <netinet/in.h>

#define TCP_RST 0x04
#define TCP_ACK 0x10

static bool match_address6(const struct ip_addr *want,
			   const struct ip_addr *wild,
			   const struct ip_addr *have)
{
	uint8_t differ = 0;
	size_t i;

	for (i = 0; i < sizeof(want->b); i++)
		differ |= (uint8_t)((want->b[i] ^ have->b[i]) & ~wild->b[i]);
	return have->family == IP_V6 && !differ;
}

static bool match_address(const struct ip_addr *want,
			  const struct ip_addr *wild,
			  const struct ip_addr *have)
{
	uint32_t care = ~ip_v4_host(wild);

	if (want->family == IP_V6)
		return match_address6(want, wild, have);
	if (care == 0)
		return have->family != IP_V6;
	return have->family == IP_V4 &&
	       ((ip_v4_host(want) ^ ip_v4_host(have)) & care) == 0;
}

static bool match_port(const struct ace_port *want, uint16_t have)
{
	switch ((enum ace_op)want->op) {
	case ACE_ANY:
		return true;
	case ACE_EQ:
		return have == want->lo;
	case ACE_GT:
		return have > want->lo;
	case ACE_LT:
		return have < want->lo;
	case ACE_NEQ:
		return have != want->lo;
	case ACE_RANGE:
		return have >= want->lo && have <= want->hi;
	}
	return false;
}

static bool match_tos(const struct ace *ace, uint8_t tos)
{
	if (ace->dscp >= 0 && tos >> 2 != ace->dscp)
		return false;
	if (ace->precedence >= 0 && tos >> 5 != ace->precedence)
		return false;
	return ace->tos < 0 || (tos >> 1 & 0xf) == ace->tos;
}

static bool match_ipv6(const struct ace *ace, const struct packet_key *key)
{
	if (ace->flow_label >= 0 &&
	    key->flow_label != (uint32_t)ace->flow_label)
		return false;
	return !ace->routing || key->routing;
}

/* Needs octets behind the IP header: not there in a later fragment. */
static bool has_layer4(const struct ace *ace)
{
	return ace->sport.op != ACE_ANY || ace->dport.op != ACE_ANY ||
	       ace->icmp_type >= 0 || ace->igmp_type >= 0 || ace->established;
}

static bool match_layer4(const struct ace *ace, const struct packet_key *key)
{
	if (!match_port(&ace->sport, key->sport) ||
	    !match_port(&ace->dport, key->dport))
		return false;
	if (ace->icmp_type >= 0 && key->sport != ace->icmp_type)
		return false;
	if (ace->icmp_code >= 0 && key->dport != ace->icmp_code)
		return false;
	if (ace->igmp_type >= 0 && key->sport != ace->igmp_type)
		return false;
	return !ace->established || key->tcp_flags & (TCP_ACK | TCP_RST);
}

/* IOS on later fragments: an entry with ports decides by its addresses when it
 * permits and is passed over when it denies. */
bool ace_match(const struct ace *ace, const struct packet_key *key)
{
	if (!match_address(&ace->src, &ace->src_wild, &key->src) ||
	    !match_address(&ace->dst, &ace->dst_wild, &key->dst) ||
	    (ace->protocol && ace->protocol != key->protocol) ||
	    !match_tos(ace, key->tos) || !match_ipv6(ace, key))
		return false;
	if (ace->fragments)
		return key->fragment;
	if (!has_layer4(ace))
		return true;
	if (key->fragment)
		return ace->permit;
	return match_layer4(ace, key);
}

const struct acl_entry *acl_match(const struct acl *acl,
				  const struct packet_key *key)
{
	size_t i;

	for (i = 0; i < acl->n; i++) {
		struct acl_entry *e = &acl->entries[i];

		if (e->remark || !ace_match(&e->ace, key))
			continue;
		e->matches++;
		return e;
	}
	return NULL;
}
