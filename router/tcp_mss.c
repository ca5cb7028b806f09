/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/tcp_mss.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>

#include "router/nft.h"

enum {
	TABLE_NAME = 64,
	PRIORITY_MANGLE = -150, /* NF_IP_PRI_MANGLE */
	FLAGS_AT = 13,		/* of the TCP header */
	SYN = 0x02,
	SYN_OR_RST = 0x06,
	MSS_AT = 2, /* of the option */
	MSS_SIZE = 2,
};

#define CHAIN "mss"

/* A rule being written: commands go on in expressions. */
struct rule {
	struct nlmsghdr *h;
	struct nlattr *list, *element, *data;
};

static void open_expr(struct rule *r, const char *name)
{
	r->element = mnl_attr_nest_start(r->h, NFTA_LIST_ELEM);
	mnl_attr_put_strz(r->h, NFTA_EXPR_NAME, name);
	r->data = mnl_attr_nest_start(r->h, NFTA_EXPR_DATA);
}

static void close_expr(struct rule *r)
{
	mnl_attr_nest_end(r->h, r->data);
	mnl_attr_nest_end(r->h, r->element);
}

static void put_number(struct rule *r, uint16_t type, uint32_t value)
{
	mnl_attr_put_u32(r->h, type, htonl(value));
}

static void put_value(struct rule *r, uint16_t type, const void *v, size_t len)
{
	struct nlattr *nest = mnl_attr_nest_start(r->h, type);

	mnl_attr_put(r->h, NFTA_DATA_VALUE, len, v);
	mnl_attr_nest_end(r->h, nest);
}

static void load_meta(struct rule *r, enum nft_meta_keys key)
{
	open_expr(r, "meta");
	put_number(r, NFTA_META_KEY, key);
	put_number(r, NFTA_META_DREG, NFT_REG_1);
	close_expr(r);
}

static void is_equal(struct rule *r, const void *v, size_t len)
{
	open_expr(r, "cmp");
	put_number(r, NFTA_CMP_SREG, NFT_REG_1);
	put_number(r, NFTA_CMP_OP, NFT_CMP_EQ);
	put_value(r, NFTA_CMP_DATA, v, len);
	close_expr(r);
}

static void load_flags(struct rule *r)
{
	const uint8_t mask = SYN_OR_RST, none = 0;

	open_expr(r, "payload");
	put_number(r, NFTA_PAYLOAD_DREG, NFT_REG_1);
	put_number(r, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_TRANSPORT_HEADER);
	put_number(r, NFTA_PAYLOAD_OFFSET, FLAGS_AT);
	put_number(r, NFTA_PAYLOAD_LEN, sizeof(mask));
	close_expr(r);
	open_expr(r, "bitwise");
	put_number(r, NFTA_BITWISE_SREG, NFT_REG_1);
	put_number(r, NFTA_BITWISE_DREG, NFT_REG_1);
	put_number(r, NFTA_BITWISE_LEN, sizeof(mask));
	put_value(r, NFTA_BITWISE_MASK, &mask, sizeof(mask));
	put_value(r, NFTA_BITWISE_XOR, &none, sizeof(none));
	close_expr(r);
}

/* The kernel never makes it larger, and mends the checksum. */
static void set_mss(struct rule *r, uint16_t mss)
{
	const uint16_t value = htons(mss);

	open_expr(r, "immediate");
	put_number(r, NFTA_IMMEDIATE_DREG, NFT_REG_1);
	put_value(r, NFTA_IMMEDIATE_DATA, &value, sizeof(value));
	close_expr(r);
	open_expr(r, "exthdr");
	put_number(r, NFTA_EXTHDR_SREG, NFT_REG_1);
	mnl_attr_put_u8(r->h, NFTA_EXTHDR_TYPE, TCPOPT_MAXSEG);
	put_number(r, NFTA_EXTHDR_OFFSET, MSS_AT);
	put_number(r, NFTA_EXTHDR_LEN, MSS_SIZE);
	put_number(r, NFTA_EXTHDR_OP, NFT_EXTHDR_OP_TCPOPT);
	close_expr(r);
}

static void put_rule(struct nft_batch *b, const char *table,
		     enum nft_meta_keys direction, unsigned int ifindex,
		     uint16_t mss)
{
	const uint8_t tcp = IPPROTO_TCP, syn = SYN;
	const uint32_t device = ifindex; /* host order */
	struct rule r = { .h = nft_command(b, NFT_MSG_NEWRULE, NFPROTO_IPV4) };

	mnl_attr_put_strz(r.h, NFTA_RULE_TABLE, table);
	mnl_attr_put_strz(r.h, NFTA_RULE_CHAIN, CHAIN);
	r.list = mnl_attr_nest_start(r.h, NFTA_RULE_EXPRESSIONS);
	load_meta(&r, direction);
	is_equal(&r, &device, sizeof(device));
	load_meta(&r, NFT_META_L4PROTO);
	is_equal(&r, &tcp, sizeof(tcp));
	load_flags(&r);
	is_equal(&r, &syn, sizeof(syn));
	set_mss(&r, mss);
	mnl_attr_nest_end(r.h, r.list);
	nft_end(b, r.h);
}

static void put_chain(struct nft_batch *b, const char *table)
{
	struct nlmsghdr *h = nft_command(b, NFT_MSG_NEWCHAIN, NFPROTO_IPV4);
	struct nlattr *hook;

	mnl_attr_put_strz(h, NFTA_CHAIN_TABLE, table);
	mnl_attr_put_strz(h, NFTA_CHAIN_NAME, CHAIN);
	hook = mnl_attr_nest_start(h, NFTA_CHAIN_HOOK);
	mnl_attr_put_u32(h, NFTA_HOOK_HOOKNUM, htonl(NF_INET_FORWARD));
	mnl_attr_put_u32(h, NFTA_HOOK_PRIORITY,
			 htonl((uint32_t)PRIORITY_MANGLE));
	mnl_attr_nest_end(h, hook);
	mnl_attr_put_u32(h, NFTA_CHAIN_POLICY, htonl(NF_ACCEPT));
	mnl_attr_put_strz(h, NFTA_CHAIN_TYPE, "filter");
	nft_end(b, h);
}

int tcp_mss_adjust(unsigned int ifindex, uint16_t mss)
{
	char table[TABLE_NAME];
	struct nft_batch b;

	snprintf(table, sizeof(table), "getvpn-mss-%u", ifindex);
	nft_begin(&b);
	nft_put_table(&b, NFPROTO_IPV4, table);
	put_chain(&b, table);
	put_rule(&b, table, NFT_META_IIF, ifindex, mss);
	put_rule(&b, table, NFT_META_OIF, ifindex, mss);
	return nft_commit(&b);
}
