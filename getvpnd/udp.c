/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "getvpnd/udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
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
/* us.  Who leaves a group often does because its interface changes: a crypto
 * map goes, and the front with it, before the kernel's farewell has got
 * through.  So it waits until the address has moved, and until the kernel has
 * reported the membership there: only who has reported says that it leaves. */
#define LEAVE_DELAY    MSEC(500)

struct membership {
	LIST_ENTRY(membership) link;
	struct ip_addr group, local;
	unsigned int device; /* index where the kernel has it, 0: nowhere */
	struct udp *owner;
	struct loop_timer *leaving; /* NULL: it stays */
};

struct udp {
	struct udp_config config;
	struct loop *loop;
	int fd;
	struct loop_fd *watch;
	LIST_HEAD(, membership) memberships;
	uint8_t buf[DATAGRAM_MAX];
};

static unsigned int device_of(const struct udp *udp,
			      const struct ip_addr *local)
{
	return udp->config.device(udp->config.arg, udp->config.vrf, local);
}

static uint32_t vrf_of(const struct udp *udp)
{
	return udp->config.vrf ? udp->config.vrf->id : 0;
}

static bool local_of(const struct udp *udp, struct msghdr *msg,
		     struct endpoint *local)
{
	struct in_pktinfo info;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(c), sizeof(info));
		*local = (struct endpoint){ .port = udp->config.port,
					    .vrf = vrf_of(udp) };
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
	if (!(msg.msg_flags & MSG_TRUNC) && local_of(udp, &msg, &local) &&
	    endpoint_from_sockaddr(&remote, (struct sockaddr *)&from)) {
		remote.vrf = local.vrf;
		udp->config.input(udp->config.arg, &local, &remote, udp->buf,
				  (size_t)n);
	}
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
	const int on = 1, off = 0, size = RECEIVE_BUFFER, ttl = MULTICAST_TTL;

	/* The big buffer needs NET_ADMIN; without it the default will do. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) == 0 &&
	       setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl,
			  sizeof(ttl)) == 0 &&
	       /* Only what was joined here, and there: not what another program
		* of this machine listens to. */
	       setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, &off,
			  sizeof(off)) == 0 &&
	       bind(fd, (const struct sockaddr *)&any, sizeof(any)) == 0;
}

static int open_socket(const struct udp *udp, int flags)
{
	int home = vrf_enter(udp->config.vrf), fd;

	if (home < 0) {
		errno = -home;
		return -1;
	}
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | flags, 0);
	netns_leave(home);
	return fd;
}

struct udp *udp_new(struct loop *loop, const struct udp_config *config)
{
	struct udp *udp = xcalloc(1, sizeof(*udp));

	udp->loop = loop;
	udp->config = *config;
	LIST_INIT(&udp->memberships);
	udp->fd = open_socket(udp, SOCK_NONBLOCK);
	if (udp->fd < 0 || !set_up(udp->fd, config->port)) {
		log_warn("UDP port %u: %s", config->port, strerror(errno));
		udp_free(udp);
		return NULL;
	}
	loop_fd_open(loop, &udp->watch, udp->fd, LOOP_READ, readable, udp);
	return udp;
}

void udp_free(struct udp *udp)
{
	struct membership *m;

	if (!udp)
		return;
	while ((m = LIST_FIRST(&udp->memberships))) {
		loop_timer_cancel(&m->leaving);
		LIST_REMOVE(m, link);
		free(m);
	}
	loop_fd_close(&udp->watch);
	if (udp->fd >= 0)
		close(udp->fd);
	free(udp);
}

/* --- multicast -------------------------------------------------------- */

/* Where the routing table sends what has no source yet. */
static struct ip_addr route_source(const struct udp *udp,
				   const struct endpoint *remote)
{
	int fd = open_socket(udp, 0);
	struct endpoint local = { 0 };
	struct sockaddr_storage ss;
	socklen_t len = endpoint_to_sockaddr(remote, &ss);

	if (fd < 0)
		return local.addr;
	if (connect(fd, (struct sockaddr *)&ss, len) == 0) {
		len = sizeof(ss);
		if (getsockname(fd, (struct sockaddr *)&ss, &len) == 0)
			(void)endpoint_from_sockaddr(&local,
						     (struct sockaddr *)&ss);
	}
	close(fd);
	return local.addr;
}

/* The kernel sends multicast by the device of the source address.  A key
 * server with its address on a loopback interface means the way to the group. */
static unsigned int device_for(const struct udp *udp,
			       const struct endpoint *local,
			       const struct endpoint *remote)
{
	unsigned int device;
	struct ip_addr way;

	if (!ip_is_multicast(&remote->addr))
		return 0;
	device = device_of(udp, &local->addr);
	if (device)
		return device;
	way = route_source(udp, remote);
	return device_of(udp, &way);
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
	info.ipi_ifindex = (int)device_for(udp, local, remote);
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	/* A lost datagram and one that cannot be sent are the same to the
	 * protocol: it is sent again. */
	(void)!sendmsg(udp->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static int set_membership(const struct udp *udp, const struct membership *m,
			  unsigned int device, int option)
{
	const struct ip_mreqn request = {
		.imr_multiaddr.s_addr = htonl(ip_v4_host(&m->group)),
		.imr_ifindex = (int)device,
	};

	return setsockopt(udp->fd, IPPROTO_IP, option, &request,
			  sizeof(request));
}

/* By index: it works for a device that is gone, too, where the socket would
 * keep one of its few places for it. */
static void leave(const struct udp *udp, struct membership *m)
{
	if (m->device)
		(void)set_membership(udp, m, m->device, IP_DROP_MEMBERSHIP);
	m->device = 0;
}

/* To where the address is now. */
static void follow(const struct udp *udp, struct membership *m)
{
	unsigned int device = device_of(udp, &m->local);
	char group[IP_ADDR_TEXT], local[IP_ADDR_TEXT];

	if (device == m->device)
		return;
	leave(udp, m);
	if (!device)
		return;
	if (set_membership(udp, m, device, IP_ADD_MEMBERSHIP) == 0 ||
	    errno == EADDRINUSE)
		m->device = device;
	else
		log_warn("joining %s with %s: %s", ip_text(&m->group, group),
			 ip_text(&m->local, local), strerror(errno));
}

static struct membership *find(const struct udp *udp,
			       const struct ip_addr *group,
			       const struct ip_addr *local)
{
	struct membership *m;

	LIST_FOREACH (m, &udp->memberships, link) {
		if (ip_equal(&m->group, group) && ip_equal(&m->local, local))
			return m;
	}
	return NULL;
}

static void forget(struct membership *m)
{
	loop_timer_cancel(&m->leaving);
	leave(m->owner, m);
	LIST_REMOVE(m, link);
	free(m);
}

static void leave_now(void *arg)
{
	struct membership *m = arg;
	unsigned int device = m->device;

	follow(m->owner, m);
	if (m->device && m->device != device)
		loop_timer_set(m->owner->loop, &m->leaving, LEAVE_DELAY,
			       leave_now, m);
	else
		forget(m);
}

void udp_join(struct udp *udp, const struct ip_addr *group,
	      const struct ip_addr *local, bool on)
{
	struct membership *m = find(udp, group, local);

	if (on) {
		if (!m) {
			m = xcalloc(1, sizeof(*m));
			m->group = *group;
			m->local = *local;
			m->owner = udp;
			LIST_INSERT_HEAD(&udp->memberships, m, link);
		}
		loop_timer_cancel(&m->leaving);
		follow(udp, m);
	} else if (m && !m->leaving) {
		loop_timer_set(udp->loop, &m->leaving, LEAVE_DELAY, leave_now,
			       m);
	}
}

void udp_interfaces_changed(struct udp *udp)
{
	struct membership *m;

	LIST_FOREACH (m, &udp->memberships, link) {
		follow(udp, m);
	}
}
