/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of nftables, each owned by a netlink socket: when the socket is
 * closed, however the daemon ends, the kernel takes the table away
 * (NFT_TABLE_F_OWNER, Linux 5.12).  A table stands in the network namespace in
 * which it was begun.  Control thread. */
#ifndef ROUTER_NFT_H
#define ROUTER_NFT_H

#include <libmnl/libmnl.h>
#include <stddef.h>
#include <stdint.h>

enum { NFT_BATCH = 8192 };

/* Commands that the kernel takes all together, or none. */
struct nft_batch {
	_Alignas(8) uint8_t buf[NFT_BATCH];
	size_t len;
	uint32_t sequence;
	unsigned int commands;
};

/* An empty batch. */
void nft_begin(struct nft_batch *b);
/* A command (NFT_MSG_) of a protocol family (NFPROTO_); its attributes follow,
 * then nft_end(). */
struct nlmsghdr *nft_command(struct nft_batch *b, uint16_t type,
			     uint8_t family);
void nft_end(struct nft_batch *b, const struct nlmsghdr *h);
/* The first command: a table that belongs to the socket. */
void nft_put_table(struct nft_batch *b, uint8_t family, const char *table);
/* Sends the batch: the socket to be closed when the table shall go, or
 * -errno. */
int nft_commit(struct nft_batch *b);

#endif
