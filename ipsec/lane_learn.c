/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ICMP that tells of an ESP packet of ours which was too big for the way. */
#include "ipsec/lane_in.h"

#include <netinet/in.h>

#include "ipsec/csum.h"
#include "ipsec/pmtu.h"

enum {
	UNREACHABLE = 3, /* RFC 792 */
	FRAGMENTATION_NEEDED = 4,
	MTU4_AT = 6,  /* RFC 1191 4 */
	TOO_BIG6 = 2, /* RFC 4443 3.2 */
	MTU6_AT = 4,
	ICMP_HEAD = 8,
	QUOTED = 64, /* octets of the quoted packet that are looked at */
};

/* Who does not see our packets does not know an SPI of ours. */
static bool is_ours(const struct lane *lane, const struct policy *p,
		    const struct ipv4 *quoted, const uint8_t *packet,
		    size_t len)
{
	return quoted->protocol == ESP_PROTOCOL &&
	       !ipv4_later_fragment(quoted) &&
	       (size_t)quoted->header + ESP_HEADER <= len &&
	       policy_sa(p, get32(packet + quoted->header), lane->esp->now);
}

/* The quoted packet may be cut off anywhere. */
static bool learn4(struct lane *lane, const struct policy *p,
		   const struct ipv4 *ip, const uint8_t *icmp, size_t len)
{
	const uint8_t *quote = icmp + ICMP_HEAD;
	size_t n = len - ICMP_HEAD < QUOTED ? len - ICMP_HEAD : QUOTED;
	unsigned int mtu = get16(icmp + MTU4_AT);
	uint8_t packet[QUOTED];
	struct ipv4 quoted;

	if (icmp[0] != UNREACHABLE || icmp[1] != FRAGMENTATION_NEEDED ||
	    n < IPV4_HEADER)
		return false;
	memcpy(packet, quote, n);
	put16(packet + 2, (uint16_t)n);
	if (!ipv4_read(&quoted, packet, n) || quoted.src != ip->dst ||
	    !is_ours(lane, p, &quoted, packet, n) ||
	    ip_checksum(icmp, len) != 0)
		return false;
	pmtu_learn(lane->pmtu, pmtu_key4(quoted.dst),
		   mtu < PMTU_MIN4 ? PMTU_MIN4 : mtu, lane->esp->now);
	return true;
}

static bool learn6(struct lane *lane, const struct policy *p,
		   const uint8_t *outer, const uint8_t *icmp, size_t len)
{
	const uint8_t *quote = icmp + ICMP_HEAD;
	size_t n = len - ICMP_HEAD < QUOTED ? len - ICMP_HEAD : QUOTED;
	uint32_t mtu = get32(icmp + MTU6_AT);
	uint8_t packet[QUOTED];
	struct ipv4 quoted;
	uint64_t sum;

	if (icmp[0] != TOO_BIG6 || n < IPV6_HEADER)
		return false;
	memcpy(packet, quote, n);
	ipv6_set_total(packet, n);
	sum = csum_pseudo6(outer + IPV6_SRC_AT, IPPROTO_ICMPV6, len);
	if (!ipv6_read(&quoted, packet, n) ||
	    memcmp(packet + IPV6_SRC_AT, outer + IPV6_DST_AT, IPV6_ADDRESS) ||
	    !is_ours(lane, p, &quoted, packet, n) ||
	    csum_fold(csum_add(sum, icmp, len)) != 0)
		return false;
	if (mtu > UINT16_MAX)
		mtu = UINT16_MAX;
	pmtu_learn(lane->pmtu, pmtu_key6(packet + IPV6_DST_AT),
		   mtu < PMTU_MIN6 ? PMTU_MIN6 : mtu, lane->esp->now);
	return true;
}

bool lane_learns(struct lane *lane, const struct policy *p,
		 const struct pkt *pkt, const struct ipv4 *ip)
{
	const uint8_t *packet = pkt_data(pkt) + ETH_HEADER;
	size_t len = (size_t)ip->total - ip->header;
	bool learnt;

	if (len < ICMP_HEAD || ipv4_is_fragment(ip) || !lane->pmtu ||
	    ip->protocol != (ip->v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
		return false;
	learnt = ip->v6 ? learn6(lane, p, packet, packet + ip->header, len)
			: learn4(lane, p, ip, packet + ip->header, len);
	STAT_ADD(lane->stats.path_mtus, learnt);
	return learnt;
}
