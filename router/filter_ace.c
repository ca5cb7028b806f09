/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/filter_ace.h"

#include <arpa/inet.h>
#include <netinet/in.h>

/* Where the fields are, octets. */
enum {
	V4_TOS = 1,
	V4_FRAGMENT = 6,
	V4_SRC = 12,
	V4_DST = 16,
	V6_SRC = 8,
	V6_DST = 24,
	V6_FRAGMENT = 2, /* of its header */
	SPORT = 0,
	DPORT = 2,
	TYPE = 0, /* of ICMP and IGMP */
	CODE = 1,
	TCP_FLAGS = 13,
};

enum {
	V4_OFFSET = 0x1fff,
	V6_OFFSET = 0xfff8,
	V6_LABEL = 0xfffff,
	V6_DSCP_SHIFT = 6, /* in the first 16 bits */
	ACK_OR_RST = 0x14,
};

static void load_ip(struct nft_rule *r, uint32_t at, uint32_t len)
{
	nft_load_payload(r, NFT_PAYLOAD_NETWORK_HEADER, at, len);
}

static void load_l4(struct nft_rule *r, uint32_t at, uint32_t len)
{
	nft_load_payload(r, NFT_PAYLOAD_TRANSPORT_HEADER, at, len);
}

static void put_address(struct nft_rule *r, const struct ip_addr *addr,
			const struct ip_addr *wild, uint32_t at)
{
	size_t i, len = ip_size(addr);
	uint8_t mask[16], want[16], care = 0;

	for (i = 0; i < len; i++) {
		mask[i] = (uint8_t)~wild->b[i];
		want[i] = addr->b[i] & mask[i];
		care |= mask[i];
	}
	if (!care)
		return;
	load_ip(r, at, (uint32_t)len);
	nft_mask(r, mask, len);
	nft_is_equal(r, want, len);
}

static void put_bits(struct nft_rule *r, uint8_t mask, int value)
{
	const uint8_t want = (uint8_t)value;

	load_ip(r, V4_TOS, sizeof(mask));
	nft_mask(r, &mask, sizeof(mask));
	nft_is_equal(r, &want, sizeof(want));
}

static void put_tos(struct nft_rule *r, const struct ace *ace)
{
	if (ace->dscp >= 0)
		put_bits(r, 0xfc, ace->dscp << 2);
	if (ace->precedence >= 0)
		put_bits(r, 0xe0, ace->precedence << 5);
	if (ace->tos >= 0)
		put_bits(r, 0x1e, ace->tos << 1);
}

static void load_extension(struct nft_rule *r, uint8_t type, uint32_t at,
			   uint32_t len, uint32_t flags)
{
	nft_open_expr(r, "exthdr");
	nft_put_number(r, NFTA_EXTHDR_DREG, NFT_REG_1);
	mnl_attr_put_u8(r->h, NFTA_EXTHDR_TYPE, type);
	nft_put_number(r, NFTA_EXTHDR_OFFSET, at);
	nft_put_number(r, NFTA_EXTHDR_LEN, len);
	nft_put_number(r, NFTA_EXTHDR_FLAGS, flags);
	nft_put_number(r, NFTA_EXTHDR_OP, NFT_EXTHDR_OP_IPV6);
	nft_close_expr(r);
}

static void put_ipv6(struct nft_rule *r, const struct ace *ace)
{
	const uint16_t dscp_mask = htons(0x3f << V6_DSCP_SHIFT);
	const uint16_t dscp =
		htons((uint16_t)((unsigned int)ace->dscp << V6_DSCP_SHIFT));
	const uint32_t label_mask = htonl(V6_LABEL);
	const uint32_t label = htonl((uint32_t)ace->flow_label);
	const uint8_t there = 1;

	if (ace->dscp >= 0) {
		load_ip(r, 0, sizeof(dscp));
		nft_mask(r, &dscp_mask, sizeof(dscp_mask));
		nft_is_equal(r, &dscp, sizeof(dscp));
	}
	if (ace->flow_label >= 0) {
		load_ip(r, 0, sizeof(label));
		nft_mask(r, &label_mask, sizeof(label_mask));
		nft_is_equal(r, &label, sizeof(label));
	}
	if (ace->routing) {
		load_extension(r, IPPROTO_ROUTING, 0, 1, NFT_EXTHDR_F_PRESENT);
		nft_is_equal(r, &there, sizeof(there));
	}
}

/* Whether it is a later fragment; of IPv6 only that it is one can be asked:
 * a packet without the header ends the rule. */
static void put_later(struct nft_rule *r, bool v6, bool later)
{
	const uint16_t mask = htons(v6 ? V6_OFFSET : V4_OFFSET), none = 0;

	if (v6)
		load_extension(r, IPPROTO_FRAGMENT, V6_FRAGMENT, sizeof(mask),
			       0);
	else
		load_ip(r, V4_FRAGMENT, sizeof(mask));
	nft_mask(r, &mask, sizeof(mask));
	nft_compare(r, later ? NFT_CMP_NEQ : NFT_CMP_EQ, &none, sizeof(none));
}

static void put_port(struct nft_rule *r, const struct ace_port *port,
		     uint32_t at)
{
	static const enum nft_cmp_ops ops[] = {
		[ACE_EQ] = NFT_CMP_EQ,	   [ACE_GT] = NFT_CMP_GT,
		[ACE_LT] = NFT_CMP_LT,	   [ACE_NEQ] = NFT_CMP_NEQ,
		[ACE_RANGE] = NFT_CMP_GTE,
	};
	const uint16_t lo = htons(port->lo), hi = htons(port->hi);

	if (port->op == ACE_ANY)
		return;
	load_l4(r, at, sizeof(lo));
	nft_compare(r, ops[port->op], &lo, sizeof(lo));
	if (port->op == ACE_RANGE)
		nft_compare(r, NFT_CMP_LTE, &hi, sizeof(hi));
}

static void put_octet(struct nft_rule *r, int value, uint32_t at)
{
	const uint8_t want = (uint8_t)value;

	if (value < 0)
		return;
	load_l4(r, at, sizeof(want));
	nft_is_equal(r, &want, sizeof(want));
}

static void put_layer4(struct nft_rule *r, const struct ace *ace)
{
	const uint8_t mask = ACK_OR_RST, none = 0;

	put_port(r, &ace->sport, SPORT);
	put_port(r, &ace->dport, DPORT);
	put_octet(r, ace->icmp_type, TYPE);
	put_octet(r, ace->icmp_code, CODE);
	put_octet(r, ace->igmp_type, TYPE);
	if (ace->established) {
		load_l4(r, TCP_FLAGS, sizeof(mask));
		nft_mask(r, &mask, sizeof(mask));
		nft_compare(r, NFT_CMP_NEQ, &none, sizeof(none));
	}
}

static bool has_layer4(const struct ace *ace)
{
	return ace->sport.op != ACE_ANY || ace->dport.op != ACE_ANY ||
	       ace->icmp_type >= 0 || ace->icmp_code >= 0 ||
	       ace->igmp_type >= 0 || ace->established;
}

bool filter_ace_takes_fragments(const struct ace *ace)
{
	return ace->permit && has_layer4(ace) && !ace->fragments;
}

void filter_ace_put(struct nft_rule *r, const struct ace *ace, bool later)
{
	bool v6 = ace_family(ace) == IP_V6;

	put_address(r, &ace->src, &ace->src_wild, v6 ? V6_SRC : V4_SRC);
	put_address(r, &ace->dst, &ace->dst_wild, v6 ? V6_DST : V4_DST);
	if (ace->protocol) {
		nft_load_meta(r, NFT_META_L4PROTO);
		nft_is_equal(r, &ace->protocol, sizeof(ace->protocol));
	}
	if (v6)
		put_ipv6(r, ace);
	else
		put_tos(r, ace);
	if (ace->fragments || later) {
		put_later(r, v6, true);
	} else if (has_layer4(ace)) {
		/* The kernel loads no ports of later fragments of IPv6. */
		if (!v6)
			put_later(r, v6, false);
		put_layer4(r, ace);
	}
}
