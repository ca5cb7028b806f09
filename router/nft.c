/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/nft.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum {
	PATIENCE = 2,	    /* s */
	ANSWER = 32768,	    /* octets, what the kernel packs into one */
	ANSWER_ROOM = 1024, /* of an answer in the socket, about */
};

#ifndef NFT_TABLE_F_OWNER
#define NFT_TABLE_F_OWNER 0x2
#endif

static struct nlmsghdr *message(struct nft_batch *b, uint16_t type,
				uint16_t flags, uint8_t family,
				uint16_t resource)
{
	struct nlmsghdr *h;
	struct nfgenmsg *g;

	if (b->size - b->len < NFT_COMMAND) {
		b->size = 2 * b->size + NFT_COMMAND;
		b->buf = xrealloc(b->buf, b->size, 1);
	}
	h = mnl_nlmsg_put_header(b->buf + b->len);
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
	b->buf = NULL;
	b->len = b->size = 0;
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
	_Alignas(8) uint8_t buf[ANSWER];

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

/* A large batch, and its answers, are more than a socket may hold by itself.
 * Where we may not ask for it, the kernel will say so. */
static void make_room(int fd, const struct nft_batch *b)
{
	int out = (int)b->len + NFT_COMMAND;
	int in = (int)b->commands * ANSWER_ROOM + ANSWER;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &out, sizeof(out));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &in, sizeof(in));
}

static int commit(const struct nft_batch *b)
{
	struct timeval patience = { .tv_sec = PATIENCE };
	int fd, err;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			 sizeof(patience));
	make_room(fd, b);
	err = talk(fd, b);
	if (!err)
		return fd;
	close(fd);
	return err;
}

int nft_commit(struct nft_batch *b)
{
	int fd;

	edge(b, NFNL_MSG_BATCH_END);
	fd = commit(b);
	free(b->buf);
	b->buf = NULL;
	return fd;
}

/* --- reading ---------------------------------------------------------- */

struct reading {
	void (*rule)(void *arg, const void *user, size_t len, uint64_t packets);
	void *arg;
};

static const struct nlattr *child(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, nest) if (mnl_attr_get_type(a) ==
					      type) return a;
	return NULL;
}

static const struct nlattr *counter_of(const struct nlattr *expressions)
{
	const struct nlattr *e, *name, *data;

	mnl_attr_for_each_nested(e, expressions)
	{
		name = child(e, NFTA_EXPR_NAME);
		data = child(e, NFTA_EXPR_DATA);
		if (name && data && !strcmp(mnl_attr_get_str(name), "counter"))
			return child(data, NFTA_COUNTER_PACKETS);
	}
	return NULL;
}

static void read_rule(const struct reading *r, const struct nlmsghdr *h)
{
	const struct nlattr *a, *user = NULL, *packets = NULL;

	mnl_attr_for_each(a, h, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(a) == NFTA_RULE_USERDATA)
			user = a;
		else if (mnl_attr_get_type(a) == NFTA_RULE_EXPRESSIONS)
			packets = counter_of(a);
	}
	if (user && packets)
		r->rule(r->arg, mnl_attr_get_payload(user),
			mnl_attr_get_payload_len(user),
			be64toh(mnl_attr_get_u64(packets)));
}

/* 1: there is more to come. */
static int read_rules(int fd, const struct reading *r)
{
	_Alignas(8) uint8_t buf[ANSWER];
	ssize_t got = recv(fd, buf, sizeof(buf), 0);
	const struct nlmsghdr *h = (const struct nlmsghdr *)buf;
	int left = (int)got;

	if (got < 0)
		return -errno;
	for (; mnl_nlmsg_ok(h, left); h = mnl_nlmsg_next(h, &left)) {
		const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);

		if (h->nlmsg_type == NLMSG_DONE)
			return 0;
		if (h->nlmsg_type == NLMSG_ERROR)
			return e->error;
		read_rule(r, h);
	}
	return 1;
}

int nft_rules(int fd, uint8_t family, const char *table,
	      void (*rule)(void *arg, const void *user, size_t len,
			   uint64_t packets),
	      void *arg)
{
	const struct reading r = { rule, arg };
	struct nft_batch b = { .sequence = 1 };
	struct nlmsghdr *h;
	int more;

	h = message(&b, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETRULE, NLM_F_DUMP,
		    family, 0);
	mnl_attr_put_strz(h, NFTA_RULE_TABLE, table);
	more = send(fd, h, h->nlmsg_len, 0) < 0 ? -errno : 1;
	while (more > 0)
		more = read_rules(fd, &r);
	free(b.buf);
	return more;
}
