/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/nft_rule.h"

#include <arpa/inet.h>

void nft_rule_begin(struct nft_rule *r, struct nft_batch *b, uint8_t family,
		    const char *table, const char *chain)
{
	r->batch = b;
	r->h = nft_command(b, NFT_MSG_NEWRULE, family);
	mnl_attr_put_strz(r->h, NFTA_RULE_TABLE, table);
	mnl_attr_put_strz(r->h, NFTA_RULE_CHAIN, chain);
	r->list = mnl_attr_nest_start(r->h, NFTA_RULE_EXPRESSIONS);
}

void nft_rule_end(struct nft_rule *r)
{
	mnl_attr_nest_end(r->h, r->list);
	nft_end(r->batch, r->h);
}

void nft_open_expr(struct nft_rule *r, const char *name)
{
	r->element = mnl_attr_nest_start(r->h, NFTA_LIST_ELEM);
	mnl_attr_put_strz(r->h, NFTA_EXPR_NAME, name);
	r->data = mnl_attr_nest_start(r->h, NFTA_EXPR_DATA);
}

void nft_close_expr(struct nft_rule *r)
{
	mnl_attr_nest_end(r->h, r->data);
	mnl_attr_nest_end(r->h, r->element);
}

void nft_put_number(struct nft_rule *r, uint16_t type, uint32_t value)
{
	mnl_attr_put_u32(r->h, type, htonl(value));
}

void nft_put_value(struct nft_rule *r, uint16_t type, const void *v, size_t len)
{
	struct nlattr *nest = mnl_attr_nest_start(r->h, type);

	mnl_attr_put(r->h, NFTA_DATA_VALUE, len, v);
	mnl_attr_nest_end(r->h, nest);
}

void nft_load_meta(struct nft_rule *r, enum nft_meta_keys key)
{
	nft_open_expr(r, "meta");
	nft_put_number(r, NFTA_META_KEY, key);
	nft_put_number(r, NFTA_META_DREG, NFT_REG_1);
	nft_close_expr(r);
}

void nft_load_payload(struct nft_rule *r, enum nft_payload_bases base,
		      uint32_t at, uint32_t len)
{
	nft_open_expr(r, "payload");
	nft_put_number(r, NFTA_PAYLOAD_DREG, NFT_REG_1);
	nft_put_number(r, NFTA_PAYLOAD_BASE, base);
	nft_put_number(r, NFTA_PAYLOAD_OFFSET, at);
	nft_put_number(r, NFTA_PAYLOAD_LEN, len);
	nft_close_expr(r);
}

void nft_mask(struct nft_rule *r, const void *mask, size_t len)
{
	const uint8_t none[16] = { 0 };

	nft_open_expr(r, "bitwise");
	nft_put_number(r, NFTA_BITWISE_SREG, NFT_REG_1);
	nft_put_number(r, NFTA_BITWISE_DREG, NFT_REG_1);
	nft_put_number(r, NFTA_BITWISE_LEN, (uint32_t)len);
	nft_put_value(r, NFTA_BITWISE_MASK, mask, len);
	nft_put_value(r, NFTA_BITWISE_XOR, none, len);
	nft_close_expr(r);
}

void nft_compare(struct nft_rule *r, enum nft_cmp_ops op, const void *v,
		 size_t len)
{
	nft_open_expr(r, "cmp");
	nft_put_number(r, NFTA_CMP_SREG, NFT_REG_1);
	nft_put_number(r, NFTA_CMP_OP, op);
	nft_put_value(r, NFTA_CMP_DATA, v, len);
	nft_close_expr(r);
}

void nft_is_equal(struct nft_rule *r, const void *v, size_t len)
{
	nft_compare(r, NFT_CMP_EQ, v, len);
}

void nft_count(struct nft_rule *r)
{
	nft_open_expr(r, "counter");
	nft_close_expr(r);
}

void nft_verdict(struct nft_rule *r, int verdict, const char *chain)
{
	struct nlattr *data, *nest;

	nft_open_expr(r, "immediate");
	nft_put_number(r, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	data = mnl_attr_nest_start(r->h, NFTA_IMMEDIATE_DATA);
	nest = mnl_attr_nest_start(r->h, NFTA_DATA_VERDICT);
	nft_put_number(r, NFTA_VERDICT_CODE, (uint32_t)verdict);
	if (chain)
		mnl_attr_put_strz(r->h, NFTA_VERDICT_CHAIN, chain);
	mnl_attr_nest_end(r->h, nest);
	mnl_attr_nest_end(r->h, data);
	nft_close_expr(r);
}

void nft_reject(struct nft_rule *r)
{
	nft_open_expr(r, "reject");
	nft_put_number(r, NFTA_REJECT_TYPE, NFT_REJECT_ICMPX_UNREACH);
	mnl_attr_put_u8(r->h, NFTA_REJECT_ICMP_CODE,
			NFT_REJECT_ICMPX_ADMIN_PROHIBITED);
	nft_close_expr(r);
}

void nft_put_chain(struct nft_batch *b, uint8_t family, const char *table,
		   const char *chain, int hook, int priority)
{
	struct nlmsghdr *h = nft_command(b, NFT_MSG_NEWCHAIN, family);
	struct nlattr *nest;

	mnl_attr_put_strz(h, NFTA_CHAIN_TABLE, table);
	mnl_attr_put_strz(h, NFTA_CHAIN_NAME, chain);
	if (hook >= 0) {
		nest = mnl_attr_nest_start(h, NFTA_CHAIN_HOOK);
		mnl_attr_put_u32(h, NFTA_HOOK_HOOKNUM, htonl((uint32_t)hook));
		mnl_attr_put_u32(h, NFTA_HOOK_PRIORITY,
				 htonl((uint32_t)priority));
		mnl_attr_nest_end(h, nest);
		mnl_attr_put_u32(h, NFTA_CHAIN_POLICY, htonl(NF_ACCEPT));
		mnl_attr_put_strz(h, NFTA_CHAIN_TYPE, "filter");
	}
	nft_end(b, h);
}
