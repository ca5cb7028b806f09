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
		STAT_INC(lane->stats.drop_held);
	else if (!ipv4_read(ip, pkt_data(pkt) + ETH_HEADER,
			    pkt->len - ETH_HEADER))
		STAT_INC(lane->stats.drop_bad_ip);
	else
		return true;
	pkt_put(pkt);
	return false;
}

static bool is_multicast_rekey(const struct policy *p,
			       const struct flow_key *key)
{
	if (!p->bypass_group)
		return false;
	if (key->protocol == IPPROTO_IGMP)
		return true;
	return key->dst == p->bypass_group && key->protocol == IPPROTO_UDP &&
	       key->ports && key->dport == GDOI_UDP_PORT;
}

bool lane_is_bypass_piece(const struct policy *p, const struct flow_key *key,
			  uint32_t own)
{
	return key->later_fragment && key->protocol == IPPROTO_UDP &&
	       ((p->bypass && own == p->bypass) ||
		(p->bypass_group && key->dst == p->bypass_group));
}

bool lane_is_bypass(const struct policy *p, const struct flow_key *key,
		    uint32_t own, uint16_t port)
{
	if (is_multicast_rekey(p, key))
		return true;
	return p->bypass && own == p->bypass && key->protocol == IPPROTO_UDP &&
	       key->ports && port == GDOI_UDP_PORT;
}
