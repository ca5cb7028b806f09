/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/nft.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE = 2 }; /* s */

#ifndef NFT_TABLE_F_OWNER
#define NFT_TABLE_F_OWNER 0x2
#endif

static struct nlmsghdr *message(struct nft_batch *b, uint16_t type,
				uint16_t flags, uint8_t family,
				uint16_t resource)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(b->buf + b->len);
	struct nfgenmsg *g;

	h->nlmsg_type = type;
	h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	h->nlmsg_seq = b->sequence++;
	g = mnl_nlmsg_put_extra_header(h, sizeof(*g));
	g->nfgen_family = family;
	g->version = NFNETLINK_V0;
	g->res_id = htons(resource);
	return h;
}

static void edge(struct nft_batch *b, uint16_t type)
{
	nft_end(b, message(b, type, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
}

void nft_begin(struct nft_batch *b)
{
	b->len = 0;
	b->sequence = 1;
	b->commands = 0;
	edge(b, NFNL_MSG_BATCH_BEGIN);
}

struct nlmsghdr *nft_command(struct nft_batch *b, uint16_t type, uint8_t family)
{
	b->commands++;
	return message(b, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type),
		       NLM_F_CREATE | NLM_F_APPEND | NLM_F_ACK, family, 0);
}

void nft_end(struct nft_batch *b, const struct nlmsghdr *h)
{
	b->len += MNL_ALIGN(h->nlmsg_len);
}

void nft_put_table(struct nft_batch *b, uint8_t family, const char *table)
{
	struct nlmsghdr *h = nft_command(b, NFT_MSG_NEWTABLE, family);

	mnl_attr_put_strz(h, NFTA_TABLE_NAME, table);
	mnl_attr_put_u32(h, NFTA_TABLE_FLAGS, htonl(NFT_TABLE_F_OWNER));
	nft_end(b, h);
}

/* The commands' answers, in one datagram or several: 0 or -errno. */
static int answers(int fd, unsigned int n)
{
	_Alignas(8) uint8_t buf[NFT_BATCH];

	while (n) {
		ssize_t got = recv(fd, buf, sizeof(buf), 0);
		const struct nlmsghdr *h = (const struct nlmsghdr *)buf;
		int left = (int)got;

		if (got < 0)
			return -errno;
		for (; n && mnl_nlmsg_ok(h, left);
		     h = mnl_nlmsg_next(h, &left)) {
			const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);

			if (h->nlmsg_type != NLMSG_ERROR)
				continue;
			if (e->error)
				return e->error;
			n--;
		}
	}
	return 0;
}

static int talk(int fd, const struct nft_batch *b)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	if (sendto(fd, b->buf, b->len, 0, (struct sockaddr *)&kernel,
		   sizeof(kernel)) < 0)
		return -errno;
	return answers(fd, b->commands);
}

int nft_commit(struct nft_batch *b)
{
	struct timeval patience = { .tv_sec = PATIENCE };
	int fd, err;

	edge(b, NFNL_MSG_BATCH_END);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			 sizeof(patience));
	err = talk(fd, b);
	if (!err)
		return fd;
	close(fd);
	return err;
}
