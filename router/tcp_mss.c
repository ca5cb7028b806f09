/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/tcp_mss.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>

#include "router/nft_rule.h"

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

/* The kernel never makes it larger, and mends the checksum. */
static void set_mss(struct nft_rule *r, uint16_t mss)
{
	const uint16_t value = htons(mss);

	nft_open_expr(r, "immediate");
	nft_put_number(r, NFTA_IMMEDIATE_DREG, NFT_REG_1);
	nft_put_value(r, NFTA_IMMEDIATE_DATA, &value, sizeof(value));
	nft_close_expr(r);
	nft_open_expr(r, "exthdr");
	nft_put_number(r, NFTA_EXTHDR_SREG, NFT_REG_1);
	mnl_attr_put_u8(r->h, NFTA_EXTHDR_TYPE, TCPOPT_MAXSEG);
	nft_put_number(r, NFTA_EXTHDR_OFFSET, MSS_AT);
	nft_put_number(r, NFTA_EXTHDR_LEN, MSS_SIZE);
	nft_put_number(r, NFTA_EXTHDR_OP, NFT_EXTHDR_OP_TCPOPT);
	nft_close_expr(r);
}

static void put_rule(struct nft_batch *b, const char *table,
		     enum nft_meta_keys direction, unsigned int ifindex,
		     uint16_t mss)
{
	const uint8_t tcp = IPPROTO_TCP, syn = SYN, mask = SYN_OR_RST;
	const uint32_t device = ifindex; /* host order */
	struct nft_rule r;

	nft_rule_begin(&r, b, NFPROTO_IPV4, table, CHAIN);
	nft_load_meta(&r, direction);
	nft_is_equal(&r, &device, sizeof(device));
	nft_load_meta(&r, NFT_META_L4PROTO);
	nft_is_equal(&r, &tcp, sizeof(tcp));
	nft_load_payload(&r, NFT_PAYLOAD_TRANSPORT_HEADER, FLAGS_AT,
			 sizeof(syn));
	nft_mask(&r, &mask, sizeof(mask));
	nft_is_equal(&r, &syn, sizeof(syn));
	set_mss(&r, mss);
	nft_rule_end(&r);
}

int tcp_mss_adjust(unsigned int ifindex, uint16_t mss)
{
	char table[TABLE_NAME];
	struct nft_batch b;

	snprintf(table, sizeof(table), "getvpn-mss-%u", ifindex);
	nft_begin(&b);
	nft_put_table(&b, NFPROTO_IPV4, table);
	nft_put_chain(&b, NFPROTO_IPV4, table, CHAIN, NF_INET_FORWARD,
		      PRIORITY_MANGLE);
	put_rule(&b, table, NFT_META_IIF, ifindex, mss);
	put_rule(&b, table, NFT_META_OIF, ifindex, mss);
	return nft_commit(&b);
}
