/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The wire must be dead to the kernel, or it would forward and answer what
 * the worker takes too.  A base chain at the device's ingress hook whose
 * policy is drop does it; packet sockets stand before that hook.  The table
 * is owned by its netlink socket: when the daemon goes, however it goes, the
 * kernel takes the table away (NFT_TABLE_F_OWNER, Linux 5.12). */
#include "ipsec/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <libmnl/libmnl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH_BUFFER = 4096, N_REPLIES = 2 };

#ifndef NFT_TABLE_F_OWNER
#define NFT_TABLE_F_OWNER 0x2
#endif

struct batch {
	_Alignas(8) uint8_t buf[BATCH_BUFFER];
	size_t len;
	uint32_t sequence;
};

static struct nlmsghdr *begin(struct batch *b, uint16_t type, uint16_t flags,
			      uint8_t family, uint16_t resource)
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

static void end(struct batch *b, const struct nlmsghdr *h)
{
	b->len += MNL_ALIGN(h->nlmsg_len);
}

static void edge(struct batch *b, uint16_t type)
{
	end(b, begin(b, type, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
}

static struct nlmsghdr *command(struct batch *b, uint16_t type)
{
	return begin(b, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type),
		     NLM_F_CREATE | NLM_F_ACK, NFPROTO_NETDEV, 0);
}

static void put_table(struct batch *b, const char *table)
{
	struct nlmsghdr *h = command(b, NFT_MSG_NEWTABLE);

	mnl_attr_put_strz(h, NFTA_TABLE_NAME, table);
	mnl_attr_put_u32(h, NFTA_TABLE_FLAGS, htonl(NFT_TABLE_F_OWNER));
	end(b, h);
}

static void put_chain(struct batch *b, const char *table, const char *device)
{
	struct nlmsghdr *h = command(b, NFT_MSG_NEWCHAIN);
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
	end(b, h);
}

/* The two commands' answers, in one datagram or two: 0 or -errno. */
static int answers(int fd)
{
	_Alignas(8) uint8_t buf[BATCH_BUFFER];
	unsigned int seen = 0;

	while (seen < N_REPLIES) {
		ssize_t got = recv(fd, buf, sizeof(buf), 0);
		const struct nlmsghdr *h = (const struct nlmsghdr *)buf;
		int left = (int)got;

		if (got < 0)
			return -errno;
		for (; mnl_nlmsg_ok(h, left); h = mnl_nlmsg_next(h, &left)) {
			const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);

			if (h->nlmsg_type != NLMSG_ERROR)
				continue;
			if (e->error)
				return e->error;
			seen++;
		}
	}
	return 0;
}

static int talk(int fd, const char *device)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct batch b = { .sequence = 1 };
	char table[64];

	snprintf(table, sizeof(table), "getvpn-%s", device);
	edge(&b, NFNL_MSG_BATCH_BEGIN);
	put_table(&b, table);
	put_chain(&b, table, device);
	edge(&b, NFNL_MSG_BATCH_END);
	if (sendto(fd, b.buf, b.len, 0, (struct sockaddr *)&kernel,
		   sizeof(kernel)) < 0)
		return -errno;
	return answers(fd);
}

int wire_hide(int *out, const char *device)
{
	struct timeval patience = { .tv_sec = 2 };
	int fd, err;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			 sizeof(patience));
	err = talk(fd, device);
	if (err) {
		close(fd);
		return err;
	}
	*out = fd;
	return 0;
}
