/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/lane.h"

#include <netinet/in.h>

enum { GDOI_UDP_PORT = 848 };

struct policy *lane_set_policy(struct lane *lane, struct policy *policy)
{
	return atomic_exchange_explicit(&lane->policy, policy,
					memory_order_acq_rel);
}

struct stats_slot *lane_counters(const struct lane *lane,
				 const struct policy *p, unsigned int group)
{
	return &p->groups[group]->slots[lane->esp->number];
}

bool lane_ipv4(const struct pkt *p, struct ipv4 *ip)
{
	const uint8_t *frame = pkt_data(p);

	return p->len > ETH_HEADER && get16(frame + 12) == ETHERTYPE_IPV4 &&
	       ipv4_read(ip, frame + ETH_HEADER, p->len - ETH_HEADER);
}

bool lane_is_bypass(const struct policy *p, const struct flow_key *key,
		    uint32_t own)
{
	return p->bypass && own == p->bypass && key->protocol == IPPROTO_UDP &&
	       key->ports &&
	       (key->sport == GDOI_UDP_PORT || key->dport == GDOI_UDP_PORT);
}
