/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wire must be dead to the kernel, or it would forward and answer what
 * the worker takes too.  A base chain at the device's ingress hook whose
 * policy is drop does it; packet sockets stand before that hook. */
#include "ipsec/wire.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>

#include "router/nft.h"

enum { TABLE_NAME = 64 };

static void put_chain(struct nft_batch *b, const char *table,
		      const char *device)
{
	struct nlmsghdr *h = nft_command(b, NFT_MSG_NEWCHAIN, NFPROTO_NETDEV);
	struct nlattr *hook;

	mnl_attr_put_strz(h, NFTA_CHAIN_TABLE, table);
	mnl_attr_put_strz(h, NFTA_CHAIN_NAME, "wire");
	hook = mnl_attr_nest_start(h, NFTA_CHAIN_HOOK);
	mnl_attr_put_u32(h, NFTA_HOOK_HOOKNUM, htonl(NF_NETDEV_INGRESS));
	mnl_attr_put_u32(h, NFTA_HOOK_PRIORITY, htonl(0));
	mnl_attr_put_strz(h, NFTA_HOOK_DEV, device);
	mnl_attr_nest_end(h, hook);
	mnl_attr_put_u32(h, NFTA_CHAIN_POLICY, htonl(NF_DROP));
	mnl_attr_put_strz(h, NFTA_CHAIN_TYPE, "filter");
	nft_end(b, h);
}

int wire_hide(int *out, const char *device)
{
	char table[TABLE_NAME];
	struct nft_batch b;
	int fd;

	snprintf(table, sizeof(table), "getvpn-%s", device);
	nft_begin(&b);
	nft_put_table(&b, NFPROTO_NETDEV, table);
	put_chain(&b, table, device);
	fd = nft_commit(&b);
	if (fd < 0)
		return fd;
	*out = fd;
	return 0;
}
