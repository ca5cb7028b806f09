/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/traceroute_packet.h"

#include <linux/icmp.h>
#include <netinet/in.h>

enum { IP_HEADER = 20 };

/* Reads an IPv4 header and leaves r behind it. */
static bool read_ip(struct rd *r, uint8_t protocol, struct ip_addr *src,
		    struct ip_addr *dst)
{
	uint8_t first = rd_u8(r), found;
	size_t header = (size_t)(first & 0xf) * 4;

	rd_skip(r, 8);
	found = rd_u8(r);
	rd_skip(r, 2);
	*src = ip_v4(rd_u32(r));
	*dst = ip_v4(rd_u32(r));
	if (r->bad || header < IP_HEADER || first >> 4 != 4)
		return false;
	rd_skip(r, header - IP_HEADER);
	return !r->bad && found == protocol;
}

/* An ICMP error quotes the head of the packet it is about. */
static bool quotes(const struct trace_probe *probe, struct rd r)
{
	struct ip_addr src, dst;
	uint16_t sport, dport;

	if (!read_ip(&r, IPPROTO_UDP, &src, &dst))
		return false;
	sport = rd_u16(&r);
	dport = rd_u16(&r);
	return !r.bad && ip_equal(&dst, &probe->dst) && sport == probe->sport &&
	       dport == probe->dport;
}

static char mark_of(uint8_t code)
{
	switch (code) {
	case ICMP_NET_UNREACH:
	case ICMP_NET_UNKNOWN:
		return 'N';
	case ICMP_PROT_UNREACH:
		return 'P';
	case ICMP_NET_ANO:
	case ICMP_HOST_ANO:
	case ICMP_PKT_FILTERED:
		return 'A';
	case ICMP_HOST_UNREACH:
	case ICMP_HOST_UNKNOWN:
		return 'H';
	default:
		return 'U';
	}
}

enum trace_answer trace_packet_judge(const struct trace_probe *probe,
				     struct rd packet, struct ip_addr *from,
				     char *code)
{
	struct ip_addr dst;
	uint8_t type, number;

	if (!read_ip(&packet, IPPROTO_ICMP, from, &dst))
		return TRACE_NOTHING;
	type = rd_u8(&packet);
	number = rd_u8(&packet);
	rd_skip(&packet, 6);
	if (!quotes(probe, packet))
		return TRACE_NOTHING;
	*code = 'Q';
	if (type == ICMP_TIME_EXCEEDED)
		return TRACE_PASSING;
	if (type == ICMP_DEST_UNREACH && number == ICMP_PORT_UNREACH)
		return TRACE_ARRIVED;
	if (type == ICMP_DEST_UNREACH)
		*code = mark_of(number);
	else if (type != ICMP_SOURCE_QUENCH)
		return TRACE_NOTHING;
	return TRACE_REFUSED;
}
