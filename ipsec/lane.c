/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/lane.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>

enum {
	GDOI_UDP_PORT = 848,
	MLD_DONE = 132,	   /* RFC 2710 */
	MLD2_REPORT = 143, /* RFC 3810 */
};

struct policy *lane_set_policy(struct lane *lane, struct policy *policy)
{
	if (policy)
		policy_watch(policy, lane->esp->number);
	return atomic_exchange_explicit(&lane->policy, policy,
					memory_order_acq_rel);
}

struct stats_slot *lane_counters(const struct lane *lane,
				 const struct policy *p, unsigned int group)
{
	return &p->groups[group].stats->slots[lane->esp->number];
}

static bool read_ip(struct ipv4 *ip, const struct pkt *pkt)
{
	const uint8_t *packet = pkt_data(pkt) + ETH_HEADER;
	size_t len = pkt->len - ETH_HEADER;

	if (get16(packet - 2) == ETHERTYPE_IPV4)
		return ipv4_read(ip, packet, len);
	return ipv6_read(ip, packet, len);
}

/* Without a policy nothing leaves but what the link needs. */
static bool may_pass_early(const struct pkt *pkt)
{
	struct ipv4 ip;

	return read_ip(&ip, pkt) &&
	       lane_is_link(&ip, pkt_data(pkt) + ETH_HEADER);
}

bool lane_ip_other(struct lane *lane, const struct policy *p, struct pkt *pkt,
		   struct ipv4 *ip)
{
	if (!p && !may_pass_early(pkt))
		STAT_INC(lane->drops->held);
	else if (!read_ip(ip, pkt))
		STAT_INC(lane->drops->bad_ip);
	else
		return true;
	pkt_put(pkt);
	return false;
}

/* Neighbour discovery and multicast listeners by their types. */
static bool is_link_message(const struct ipv4 *ip, const uint8_t *packet)
{
	uint8_t type;

	if (ip->protocol != IPPROTO_ICMPV6 || ipv4_is_fragment(ip) ||
	    ip->header == ip->total)
		return false;
	type = packet[ip->header];
	if (type >= ND_ROUTER_SOLICIT && type <= ND_REDIRECT)
		return ip->ttl == LANE_ND_TTL;
	return ((type >= MLD_LISTENER_QUERY && type <= MLD_DONE) ||
		type == MLD2_REPORT) &&
	       ip->ttl == LANE_IGMP_TTL;
}

bool lane_is_link(const struct ipv4 *ip, const uint8_t *packet)
{
	const uint8_t *src = packet + IPV6_SRC_AT, *dst = packet + IPV6_DST_AT;

	if (!ip->v6)
		return false;
	if (ipv6_link_local(dst) && (ipv6_link_local(src) || !src[0]))
		return true;
	if (dst[0] == 0xff && (dst[1] & 0x0f) <= LANE_LINK_SCOPE &&
	    (ipv6_link_local(src) || !src[0]))
		return true;
	return is_link_message(ip, packet);
}

void lane_forget(struct lane *lane)
{
	lane->out.sa = NULL;
	lane->in.sa = NULL;
}

static bool is_bypass_group(const struct policy *p, uint32_t dst)
{
	for (size_t i = 0; i < p->n_bypass_groups; i++)
		if (p->bypass_groups[i] == dst)
			return true;
	return false;
}

static bool is_udp(const struct flow_key *key)
{
	return key->protocol == IPPROTO_UDP && key->ports && !key->src6;
}

static bool is_igmp(const struct policy *p, const struct flow_key *key)
{
	return p->n_bypass_groups && !key->src6 &&
	       key->protocol == IPPROTO_IGMP && IN_MULTICAST(key->dst);
}

bool lane_is_bypass_out(const struct policy *p, const struct flow_key *key,
			const struct ipv4 *ip)
{
	if (is_igmp(p, key))
		return key->src == POLICY_READ(p->address) &&
		       ip->ttl == LANE_IGMP_TTL;
	return p->bypass && key->src == p->bypass && is_udp(key) &&
	       key->sport == GDOI_UDP_PORT;
}

bool lane_is_bypass_in(const struct policy *p, const struct flow_key *key)
{
	if (is_igmp(p, key))
		return true;
	return is_udp(key) && key->dport == GDOI_UDP_PORT &&
	       ((p->bypass && key->dst == p->bypass) ||
		is_bypass_group(p, key->dst));
}

static bool is_later_piece(const struct flow_key *key)
{
	return key->later_fragment && key->protocol == IPPROTO_UDP &&
	       !key->src6;
}

bool lane_is_bypass_piece_out(const struct policy *p,
			      const struct flow_key *key)
{
	return is_later_piece(key) && p->bypass && key->src == p->bypass;
}

bool lane_is_bypass_piece_in(const struct policy *p, const struct flow_key *key)
{
	return is_later_piece(key) && ((p->bypass && key->dst == p->bypass) ||
				       is_bypass_group(p, key->dst));
}
