/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/lane.h"

#include <netinet/in.h>

enum { GDOI_UDP_PORT = 848 };

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

bool lane_ipv4(struct lane *lane, const struct policy *p, struct pkt *pkt,
	       struct ipv4 *ip)
{
	if (!p)
		STAT_INC(lane->drops->held);
	else if (!ipv4_read(ip, pkt_data(pkt) + ETH_HEADER,
			    pkt->len - ETH_HEADER))
		STAT_INC(lane->drops->bad_ip);
	else
		return true;
	pkt_put(pkt);
	return false;
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
	return key->protocol == IPPROTO_UDP && key->ports;
}

static bool is_igmp(const struct policy *p, const struct flow_key *key)
{
	return p->n_bypass_groups && key->protocol == IPPROTO_IGMP &&
	       IN_MULTICAST(key->dst);
}

bool lane_is_bypass_out(const struct policy *p, const struct flow_key *key,
			const struct ipv4 *ip)
{
	if (is_igmp(p, key))
		return key->src == p->address && ip->ttl == LANE_IGMP_TTL;
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
	return key->later_fragment && key->protocol == IPPROTO_UDP;
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
