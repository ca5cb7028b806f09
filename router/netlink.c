/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/netlink_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"

/* The kernel's own choice for one dump message (NLMSG_GOODSIZE). */
#define NL_ANSWER 32768

struct nl *nl_open(void)
{
	struct nl *nl = xcalloc(1, sizeof(*nl));

	nl->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (nl->socket && mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID)) {
		mnl_socket_close(nl->socket);
		nl->socket = NULL;
	}
	if (!nl->socket) {
		free(nl);
		return NULL;
	}
	nl->port = mnl_socket_get_portid(nl->socket);
	return nl;
}

void nl_close(struct nl *nl)
{
	if (!nl)
		return;
	mnl_socket_close(nl->socket);
	free(nl);
}

struct nlmsghdr *nl_request(struct nl *nl, void *buf, uint16_t type,
			    uint16_t flags, size_t len, void **header)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);

	h->nlmsg_type = type;
	h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	h->nlmsg_seq = ++nl->seq;
	*header = mnl_nlmsg_put_extra_header(h, len);
	return h;
}

/* A table that changed under a dump was read all the same: libmnl would stop
 * at the mark and leave the rest of the answer for the next question. */
static void clear_interrupted(void *buf, size_t len)
{
	struct nlmsghdr *h = buf;
	int left = (int)len;

	for (; mnl_nlmsg_ok(h, left); h = mnl_nlmsg_next(h, &left))
		h->nlmsg_flags &= (uint16_t)~NLM_F_DUMP_INTR;
}

int nl_talk(struct nl *nl, struct nlmsghdr *request, nl_parse *parse, void *arg)
{
	char buf[NL_ANSWER] __attribute__((aligned(8)));
	ssize_t n;
	int more = MNL_CB_OK;

	if (mnl_socket_sendto(nl->socket, request, request->nlmsg_len) < 0)
		return -errno;
	while (more > MNL_CB_STOP) {
		n = mnl_socket_recvfrom(nl->socket, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		clear_interrupted(buf, (size_t)n);
		more = mnl_cb_run(buf, (size_t)n, request->nlmsg_seq, nl->port,
				  parse, arg);
		if (more < 0)
			return -errno;
		/* A single answer without NLMSG_DONE is all there is. */
		if (more > MNL_CB_STOP &&
		    !(request->nlmsg_flags & NLM_F_DUMP) &&
		    !(request->nlmsg_flags & NLM_F_ACK))
			break;
	}
	return 0;
}

int nl_af(const struct ip_addr *addr)
{
	return addr->family == IP_V6 ? AF_INET6 : AF_INET;
}

void nl_put_addr(struct nlmsghdr *h, uint16_t type, const struct ip_addr *addr)
{
	if (ip_is_set(addr))
		mnl_attr_put(h, type, ip_size(addr), addr->b);
}

struct ip_addr nl_get_addr(int af, const struct nlattr *attr)
{
	struct ip_addr a = { 0 };
	size_t len = mnl_attr_get_payload_len(attr);

	if ((af == AF_INET && len != 4) || (af == AF_INET6 && len != 16))
		return a;
	a.family = af == AF_INET ? IP_V4 : IP_V6;
	memcpy(a.b, mnl_attr_get_payload(attr), len);
	return a;
}
