/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules of nftables, written one expression after the other.  What is loaded
 * goes to the one register that we use; what compares looks at it, and ends
 * the rule when it does not hold. */
#ifndef ROUTER_NFT_RULE_H
#define ROUTER_NFT_RULE_H

/* Before the kernel's headers, which yield to it. */
#include <netinet/in.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "router/nft.h"

struct nft_rule {
	struct nft_batch *batch;
	struct nlmsghdr *h;
	struct nlattr *list, *element, *data;
};

void nft_rule_begin(struct nft_rule *r, struct nft_batch *b, uint8_t family,
		    const char *table, const char *chain);
void nft_rule_end(struct nft_rule *r);

/* An expression; its attributes stand between. */
void nft_open_expr(struct nft_rule *r, const char *name);
void nft_close_expr(struct nft_rule *r);
void nft_put_number(struct nft_rule *r, uint16_t type, uint32_t value);
void nft_put_value(struct nft_rule *r, uint16_t type, const void *v,
		   size_t len);

void nft_load_meta(struct nft_rule *r, enum nft_meta_keys key);
/* Octets of a header. */
void nft_load_payload(struct nft_rule *r, enum nft_payload_bases base,
		      uint32_t at, uint32_t len);
/* Only these bits of what is loaded, up to 16 octets. */
void nft_mask(struct nft_rule *r, const void *mask, size_t len);
/* In network order. */
void nft_compare(struct nft_rule *r, enum nft_cmp_ops op, const void *v,
		 size_t len);
void nft_is_equal(struct nft_rule *r, const void *v, size_t len);
void nft_count(struct nft_rule *r);
/* NF_ACCEPT, NF_DROP; NFT_GOTO with a chain. */
void nft_verdict(struct nft_rule *r, int verdict, const char *chain);
/* The sender is told that it is prohibited by administration; of the inet
 * family. */
void nft_reject(struct nft_rule *r);

/* A chain at a hook (NF_INET_), where nothing said means accept; hook -1: to be
 * gone to. */
void nft_put_chain(struct nft_batch *b, uint8_t family, const char *table,
		   const char *chain, int hook, int priority);

#endif
