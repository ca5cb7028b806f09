/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ICMP that tells of an ESP packet of ours which was too big for the way. */
#include "ipsec/lane_in.h"

#include <netinet/in.h>

#include "ipsec/pmtu.h"

enum {
	UNREACHABLE = 3, /* RFC 792 */
	FRAGMENTATION_NEEDED = 4,
	ICMP_HEAD = 8,
	MTU_AT = 6, /* RFC 1191 4 */
	VERSION_4 = 4,
};

/* The quoted header; its packet is cut off anywhere. */
static bool read_quoted(const uint8_t *p, size_t len, struct ipv4 *out)
{
	uint8_t header[IPV4_HEADER];

	if (len < IPV4_HEADER)
		return false;
	memcpy(header, p, sizeof(header));
	put16(header + 2, (uint16_t)len);
	return ipv4_read(out, header, len) &&
	       out->header + ESP_HEADER <= (int)len;
}

/* Who does not see our packets does not know an SPI of ours. */
bool lane_learns(struct lane *lane, const struct policy *p,
		 const struct pkt *pkt, const struct ipv4 *ip)
{
	const uint8_t *icmp = pkt_data(pkt) + ETH_HEADER + ip->header;
	size_t len = (size_t)ip->total - ip->header;
	struct ipv4 quoted;
	unsigned int mtu;

	if (len < ICMP_HEAD || icmp[0] != UNREACHABLE ||
	    icmp[1] != FRAGMENTATION_NEEDED || ipv4_is_fragment(ip) ||
	    !lane->pmtu)
		return false;
	mtu = get16(icmp + MTU_AT);
	icmp += ICMP_HEAD;
	len -= ICMP_HEAD;
	if (!read_quoted(icmp, len, &quoted) ||
	    quoted.protocol != ESP_PROTOCOL || quoted.src != ip->dst ||
	    !policy_sa(p, get32(icmp + quoted.header), lane->esp->now) ||
	    ip_checksum(icmp - ICMP_HEAD, len + ICMP_HEAD) != 0)
		return false;
	STAT_INC(lane->stats.path_mtus);
	if (mtu < PMTU_MIN4)
		mtu = PMTU_MIN4;
	pmtu_learn(lane->pmtu, pmtu_key4(quoted.dst), mtu, lane->esp->now);
	return true;
}
