/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's multicast forwarding: interfaces with numbers, entries, and
 * questions about packets that it has no entry for. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/igmp.h>
#include <linux/mroute.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "router/igmp_packet.h"
#include "router/mcast.h"
#include "router/pim_packet.h"
#include "router/router_priv.h"

enum {
	PACKET_SIZE = 2048,
	BURST = 64,	      /* packets of one event */
	CONTROL_TOS = 0xc0,   /* internetwork control */
	MEMBERSHIPS = 1024,   /* of one socket: some for each interface */
	ALL_ROUTERS_2 = 0x02, /* 224.0.0.2: leaves of version 2 */
	ALL_ROUTERS_3 = 0x16, /* 224.0.0.22: reports of version 3 */
};

#define LOCAL_GROUPS 0xe0000000u /* 224.0.0.0 */

_Static_assert(MCAST_VIFS == MAXVIFS, "the kernel's interfaces");

static struct in_addr in(uint32_t addr)
{
	return (struct in_addr){ .s_addr = htonl(addr) };
}

/* --- what comes ------------------------------------------------------- */

/* The interface of a message; the packet's length or -1. */
static ssize_t receive(int fd, uint8_t *buf, size_t cap, unsigned int *ifindex)
{
	uint8_t control[CMSG_SPACE(sizeof(struct in_pktinfo))]
		__attribute__((aligned(__alignof__(struct cmsghdr))));
	struct iovec iov = { .iov_base = buf, .iov_len = cap };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct in_pktinfo info;
	struct cmsghdr *c;
	ssize_t n = recvmsg(fd, &msg, MSG_DONTWAIT);

	*ifindex = 0;
	for (c = n < 0 ? NULL : CMSG_FIRSTHDR(&msg); c;
	     c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(c), sizeof(info));
		*ifindex = (unsigned int)info.ipi_ifindex;
	}
	return n;
}

static void question(struct mcast *m, const uint8_t *buf, size_t len)
{
	struct mcast_iface *mi;
	struct igmpmsg ask;

	if (len < sizeof(ask))
		return;
	memcpy(&ask, buf, sizeof(ask));
	if (ask.im_msgtype != IGMPMSG_NOCACHE)
		return;
	TAILQ_FOREACH (mi, &m->ifs, link)
		if (mi->vif == ask.im_vif)
			break;
	if (mi)
		mcast_route_input(m, mi, ntohl(ask.im_src.s_addr),
				  ntohl(ask.im_dst.s_addr));
}

/* The kernel's own messages look like a packet of protocol 0. */
static bool is_question(const uint8_t *buf, size_t len)
{
	return len > offsetof(struct igmpmsg, im_mbz) &&
	       buf[offsetof(struct igmpmsg, im_mbz)] == 0;
}

static void on_igmp(void *arg, unsigned int events)
{
	uint8_t buf[PACKET_SIZE];
	struct mcast *m = arg;
	struct mcast_iface *mi;
	unsigned int ifindex, left;
	ssize_t n;

	(void)events;
	for (left = BURST; left && m->fd >= 0; left--) {
		n = receive(m->fd, buf, sizeof(buf), &ifindex);
		if (n < 0)
			return;
		mi = mcast_by_ifindex(m, ifindex);
		if (is_question(buf, (size_t)n))
			question(m, buf, (size_t)n);
		else if (mi)
			mcast_igmp_input(mi, rd_init(buf, (size_t)n));
	}
}

static void on_pim(void *arg, unsigned int events)
{
	uint8_t buf[PACKET_SIZE];
	struct mcast *m = arg;
	struct mcast_iface *mi;
	unsigned int ifindex, left;
	ssize_t n;

	(void)events;
	for (left = BURST; left && m->pim_fd >= 0; left--) {
		n = receive(m->pim_fd, buf, sizeof(buf), &ifindex);
		if (n < 0)
			return;
		mi = mcast_by_ifindex(m, ifindex);
		if (mi)
			mcast_pim_input(mi, rd_init(buf, (size_t)n));
	}
}

/* --- sockets ---------------------------------------------------------- */

static int open_raw(int protocol)
{
	const int on = 1, off = 0, tos = CONTROL_TOS;
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			protocol),
	    err;

	if (fd < 0)
		return -errno;
	if (!setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) &&
	    !setsockopt(fd, IPPROTO_IP, IP_MULTICAST_LOOP, &off, sizeof(off)) &&
	    !setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof(tos)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Queries have the router alert option (RFC 2113). */
static int start_routing(int fd)
{
	static const uint8_t alert[] = { 0x94, 4, 0, 0 };
	const int on = 1;

	if (setsockopt(fd, IPPROTO_IP, IP_OPTIONS, alert, sizeof(alert)) ||
	    setsockopt(fd, IPPROTO_IP, MRT_INIT, &on, sizeof(on)))
		return -errno;
	return 0;
}

int mcast_kernel_open(struct mcast *m)
{
	char number[16];
	int err;

	snprintf(number, sizeof(number), "%d", MEMBERSHIPS);
	(void)sysctls_set(m->ifaces->sysctls, "ipv4/igmp_max_memberships",
			  number);
	m->fd = open_raw(IPPROTO_IGMP);
	err = m->fd < 0 ? m->fd : start_routing(m->fd);
	if (!err) {
		m->pim_fd = open_raw(IPPROTO_PIM);
		err = m->pim_fd < 0 ? m->pim_fd : 0;
	}
	if (err) {
		mcast_kernel_close(m);
		return err;
	}
	loop_fd_open(m->router->loop, &m->events, m->fd, LOOP_READ, on_igmp, m);
	loop_fd_open(m->router->loop, &m->pim_events, m->pim_fd, LOOP_READ,
		     on_pim, m);
	return 0;
}

void mcast_kernel_close(struct mcast *m)
{
	loop_fd_close(&m->events);
	loop_fd_close(&m->pim_events);
	/* Closing ends the kernel's part as well. */
	if (m->fd >= 0)
		close(m->fd);
	if (m->pim_fd >= 0)
		close(m->pim_fd);
	m->fd = m->pim_fd = -1;
}

/* --- interfaces ------------------------------------------------------- */

static void membership(int fd, unsigned int ifindex, uint32_t group, bool on)
{
	struct ip_mreqn want = { .imr_multiaddr = in(group),
				 .imr_ifindex = (int)ifindex };

	(void)setsockopt(fd, IPPROTO_IP,
			 on ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &want,
			 sizeof(want));
}

void mcast_kernel_join(struct mcast_iface *mi, uint32_t group, bool on)
{
	membership(mi->owner->fd, mi->ifindex, group, on);
}

static void listen_for_routers(const struct mcast_iface *mi, bool on)
{
	const struct mcast *m = mi->owner;

	membership(m->fd, mi->ifindex, LOCAL_GROUPS | ALL_ROUTERS_2, on);
	membership(m->fd, mi->ifindex, LOCAL_GROUPS | ALL_ROUTERS_3, on);
	membership(m->pim_fd, mi->ifindex, PIM_ALL_ROUTERS, on);
}

static int free_vif(const struct mcast *m)
{
	const struct mcast_iface *mi;
	uint32_t used = 0;
	int vif;

	TAILQ_FOREACH (mi, &m->ifs, link)
		if (mi->vif >= 0)
			used |= UINT32_C(1) << mi->vif;
	for (vif = 0; vif < MCAST_VIFS; vif++)
		if (!(used & UINT32_C(1) << vif))
			return vif;
	return -ENOSPC;
}

int mcast_kernel_add(struct mcast_iface *mi)
{
	struct vifctl want = { .vifc_flags = VIFF_USE_IFINDEX,
			       .vifc_threshold = 1,
			       .vifc_lcl_ifindex = (int)mi->iface->ifindex };
	int vif = free_vif(mi->owner);

	if (vif < 0)
		return vif;
	want.vifc_vifi = (vifi_t)vif;
	if (setsockopt(mi->owner->fd, IPPROTO_IP, MRT_ADD_VIF, &want,
		       sizeof(want)))
		return -errno;
	mi->vif = vif;
	mi->ifindex = mi->iface->ifindex;
	mi->addr = ip_v4_host(&mi->iface->addr);
	listen_for_routers(mi, true);
	return 0;
}

void mcast_kernel_del(struct mcast_iface *mi)
{
	struct vifctl want = { .vifc_vifi = (vifi_t)mi->vif };

	listen_for_routers(mi, false);
	/* It may have gone with its device. */
	(void)setsockopt(mi->owner->fd, IPPROTO_IP, MRT_DEL_VIF, &want,
			 sizeof(want));
	mi->vif = -1;
	mi->ifindex = 0;
}

/* --- entries ---------------------------------------------------------- */

static struct mfcctl entry(const struct mcast_route *route)
{
	struct mfcctl e = { .mfcc_origin = in(route->source),
			    .mfcc_mcastgrp = in(route->group),
			    .mfcc_parent = (vifi_t)route->in_vif };
	int vif;

	for (vif = 0; vif < MCAST_VIFS; vif++)
		if (route->outs & UINT32_C(1) << vif)
			e.mfcc_ttls[vif] = 1;
	return e;
}

void mcast_kernel_put(struct mcast *m, const struct mcast_route *route)
{
	struct mfcctl e = entry(route);

	if (setsockopt(m->fd, IPPROTO_IP, MRT_ADD_MFC, &e, sizeof(e)))
		log_warn("the kernel takes no multicast route: %s",
			 strerror(errno));
}

void mcast_kernel_drop(struct mcast *m, const struct mcast_route *route)
{
	struct mfcctl e = entry(route);

	(void)setsockopt(m->fd, IPPROTO_IP, MRT_DEL_MFC, &e, sizeof(e));
}

uint64_t mcast_kernel_packets(struct mcast *m, const struct mcast_route *route)
{
	struct sioc_sg_req ask = { .src = in(route->source),
				   .grp = in(route->group) };

	if (ioctl(m->fd, SIOCGETSGCNT, &ask) < 0)
		return route->packets;
	return ask.pktcnt - ask.wrong_if;
}

/* --- sending ---------------------------------------------------------- */

void mcast_kernel_send(const struct mcast_iface *mi, int fd, uint32_t to,
		       const void *data, size_t len)
{
	union {
		struct cmsghdr head;
		uint8_t room[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control = { 0 };
	struct in_pktinfo info = { .ipi_ifindex = (int)mi->ifindex,
				   .ipi_spec_dst = in(mi->addr) };
	struct sockaddr_in dst = { .sin_family = AF_INET, .sin_addr = in(to) };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)data,
			     .iov_len = len };
	struct msghdr msg = { .msg_name = &dst,
			      .msg_namelen = sizeof(dst),
			      .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };

	control.head.cmsg_level = IPPROTO_IP;
	control.head.cmsg_type = IP_PKTINFO;
	control.head.cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(&control.head), &info, sizeof(info));
	/* A lost one is sent again by its timer. */
	(void)sendmsg(fd, &msg, MSG_DONTWAIT);
}
