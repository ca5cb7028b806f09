/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "getvpnd/udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

/* The largest datagram of IPv4: a group with many entries comes close. */
#define DATAGRAM_MAX   65507
/* Datagrams handled before other events get their turn. */
#define BURST	       64
/* RFC 8263: one acknowledgement of each of thousands of members may
 * arrive within one round trip. */
#define RECEIVE_BUFFER (8 * 1024 * 1024)
/* Of multicast rekeys: they cross a WAN, where the system's default of one
 * hop would end at the first router. */
#define MULTICAST_TTL  64

struct udp {
	int fd;
	uint16_t port;
	struct loop_fd *watch;
	void (*input)(void *, const struct endpoint *, const struct endpoint *,
		      const void *, size_t);
	void *arg;
	uint8_t buf[DATAGRAM_MAX];
};

static bool local_of(struct msghdr *msg, uint16_t port, struct endpoint *local)
{
	struct in_pktinfo info;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(c), sizeof(info));
		*local = (struct endpoint){ .port = port };
		local->addr = ip_v4(ntohl(info.ipi_addr.s_addr));
		return true;
	}
	return false;
}

/* False when there is nothing more to read. */
static bool receive_one(struct udp *udp)
{
	struct sockaddr_storage from;
	union {
		char buf[CMSG_SPACE(sizeof(struct in_pktinfo))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { udp->buf, sizeof(udp->buf) };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	struct endpoint local, remote;
	ssize_t n = recvmsg(udp->fd, &msg, MSG_DONTWAIT);

	if (n < 0)
		return errno != EAGAIN && errno != EWOULDBLOCK;
	if (!(msg.msg_flags & MSG_TRUNC) && local_of(&msg, udp->port, &local) &&
	    endpoint_from_sockaddr(&remote, (struct sockaddr *)&from))
		udp->input(udp->arg, &local, &remote, udp->buf, (size_t)n);
	return true;
}

static void readable(void *arg, unsigned int events)
{
	unsigned int i;

	(void)events;
	for (i = 0; i < BURST; i++)
		if (!receive_one(arg))
			break;
}

static bool set_up(int fd, uint16_t port)
{
	const struct sockaddr_in any = { .sin_family = AF_INET,
					 .sin_port = htons(port) };
	const int on = 1, size = RECEIVE_BUFFER, ttl = MULTICAST_TTL;

	/* The big buffer needs NET_ADMIN; without it the default will do. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) == 0 &&
	       setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl,
			  sizeof(ttl)) == 0 &&
	       bind(fd, (const struct sockaddr *)&any, sizeof(any)) == 0;
}

struct udp *udp_new(struct loop *loop, uint16_t port,
		    void (*input)(void *, const struct endpoint *,
				  const struct endpoint *, const void *,
				  size_t),
		    void *arg)
{
	struct udp *udp = xcalloc(1, sizeof(*udp));

	udp->port = port;
	udp->input = input;
	udp->arg = arg;
	udp->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (udp->fd < 0 || !set_up(udp->fd, port)) {
		log_warn("UDP port %u: %s", port, strerror(errno));
		udp_free(udp);
		return NULL;
	}
	loop_fd_open(loop, &udp->watch, udp->fd, LOOP_READ, readable, udp);
	return udp;
}

void udp_free(struct udp *udp)
{
	if (!udp)
		return;
	loop_fd_close(&udp->watch);
	if (udp->fd >= 0)
		close(udp->fd);
	free(udp);
}

void udp_send(struct udp *udp, const struct endpoint *local,
	      const struct endpoint *remote, const void *data, size_t len)
{
	struct in_pktinfo info = { 0 };
	union {
		char buf[CMSG_SPACE(sizeof(info))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct sockaddr_storage to;
	/* sendmsg() only reads what it points to. */
	struct iovec iov = { (void *)(uintptr_t)data, len };
	struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = endpoint_to_sockaddr(remote, &to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	info.ipi_spec_dst.s_addr = htonl(ip_v4_host(&local->addr));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	/* A lost datagram and one that cannot be sent are the same to the
	 * protocol: it is sent again. */
	(void)!sendmsg(udp->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void udp_join(struct udp *udp, const struct ip_addr *group,
	      const struct ip_addr *local, bool on)
{
	const struct ip_mreqn request = {
		.imr_multiaddr.s_addr = htonl(ip_v4_host(group)),
		.imr_address.s_addr = htonl(ip_v4_host(local)),
	};
	char text[IP_ADDR_TEXT];

	if (setsockopt(udp->fd, IPPROTO_IP,
		       on ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &request,
		       sizeof(request)) != 0 &&
	    on && errno != EADDRINUSE)
		log_warn("joining %s: %s", ip_text(group, text),
			 strerror(errno));
}
