/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of nftables, each owned by a netlink socket: when the socket is
 * closed, however the daemon ends, the kernel takes the table away
 * (NFT_TABLE_F_OWNER, Linux 5.12).  A table stands in the network namespace in
 * which it was begun.  Control thread. */
#ifndef ROUTER_NFT_H
#define ROUTER_NFT_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What one command may take, octets: a rule of ours has at most a third. */
enum { NFT_COMMAND = 8192 };

/* Commands that the kernel takes all together, or none. */
struct nft_batch {
	uint8_t *buf; /* nft_commit() frees it */
	size_t len, size;
	uint32_t sequence;
	unsigned int commands;
};

/* An empty batch. */
void nft_begin(struct nft_batch *b);
/* A command (NFT_MSG_) of a protocol family (NFPROTO_); its attributes follow,
 * then nft_end().  Good until the next one. */
struct nlmsghdr *nft_command(struct nft_batch *b, uint16_t type,
			     uint8_t family);
void nft_end(struct nft_batch *b, const struct nlmsghdr *h);
/* The first command: a table that belongs to the socket. */
void nft_put_table(struct nft_batch *b, uint8_t family, const char *table);
/* Sends the batch: the socket to be closed when the table shall go, or
 * -errno. */
int nft_commit(struct nft_batch *b);
/* The rules of a table that have a counter and data of their user's, by any
 * socket of its network namespace: 0 or -errno. */
int nft_rules(int fd, uint8_t family, const char *table,
	      void (*rule)(void *arg, const void *user, size_t len,
			   uint64_t packets),
	      void *arg);

#endif
