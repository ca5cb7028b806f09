/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A TAP: the kernel's end of a fronted interface.  It carries virtio_net
 * headers so that GSO frames go through whole, both ways: one read or write
 * for dozens of segments. */
#include "ipsec/port.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_tun.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/mem.h"
#include "ipsec/port_steer.h"
#include "ipsec/stats.h"

/* Linux 6.2 */
#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

enum {
	/* Frames a queue; the kernel's 500 lose a burst of a fast sender. */
	TAP_QUEUE = 10000,
	/* Of a frame that we write: GRO makes up to 64, an AF_XDP socket
	 * leaves a frame of 64 KB in 38. */
	TAP_PIECES = 80,
	TAP_TSO = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN,
	TAP_USO = TUN_F_USO4 | TUN_F_USO6,
};

struct tap_port {
	struct port port;
	int fd; /* also of one that only writes */
	bool takes_udp;
};

/* One read serves both: what fits into small is there, of a longer frame the
 * first part in small and the rest in big at its place.  0: nothing there, or
 * no frame. */
static uint32_t read_frame(int fd, struct pkt *small, struct pkt *big)
{
	struct iovec iov[] = {
		{ &small->vnet, sizeof(small->vnet) },
		{ pkt_data(small), PKT_SMALL_DATA },
		{ pkt_data(big) + PKT_SMALL_DATA,
		  PKT_BIG_DATA - PKT_SMALL_DATA },
	};
	ssize_t got = readv(fd, iov, ARRAY_SIZE(iov));

	if (got <= (ssize_t)sizeof(small->vnet))
		return 0;
	return (uint32_t)got - (uint32_t)sizeof(small->vnet);
}

/* That the checksum is known to be right is of no use to who changes the
 * packet; without more to tell the header is none. */
static void tidy(struct virtio_net_hdr *vnet)
{
	if (vnet->gso_type == VIRTIO_NET_HDR_GSO_NONE &&
	    !(vnet->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM))
		*vnet = (struct virtio_net_hdr){ 0 };
}

/* Empties small and gives big what it has begun. */
static void move(struct pkt *big, const struct pkt *small)
{
	memcpy(pkt_data(big), pkt_data(small), PKT_SMALL_DATA);
	big->vnet = small->vnet;
}

static unsigned int tap_rx(struct port *port, struct pkt **pkts,
			   unsigned int max)
{
	struct pkt *small = pkt_get(port->pool);
	struct pkt *big = pkt_get_big(port->pool);
	unsigned int n = 0;
	uint32_t len;

	if (port->fd < 0)
		max = 0;
	while (n < max && small && big &&
	       (len = read_frame(port->fd, small, big))) {
		struct pkt **p = len > PKT_SMALL_DATA ? &big : &small;

		if (len < PKT_MIN_ETH) {
			STAT_INC(port->rx_failed);
			continue;
		}
		if (p == &big)
			move(big, small);
		(*p)->len = len;
		tidy(&(*p)->vnet);
		pkts[n++] = *p;
		*p = p == &big ? pkt_get_big(port->pool) : pkt_get(port->pool);
	}
	pkt_put(small);
	pkt_put(big);
	STAT_ADD(port->rx_frames, n);
	return n;
}

static bool write_frame(int fd, struct pkt *p)
{
	struct iovec iov[1 + TAP_PIECES] = { { &p->vnet, sizeof(p->vnet) } };
	int n = 1;

	for (; p && n <= TAP_PIECES; p = p->next)
		iov[n++] = (struct iovec){ pkt_data(p), p->len };
	return !p && writev(fd, iov, n) > 0;
}

static void tap_tx(struct port *port, struct pkt **pkts, unsigned int n)
{
	int fd = ((const struct tap_port *)port)->fd;

	for (unsigned int i = 0; i < n; i++) {
		if (write_frame(fd, pkts[i]))
			STAT_INC(port->tx_frames);
		else
			STAT_INC(port->tx_failed);
		pkt_put(pkts[i]);
	}
}

static void tap_close(struct port *port)
{
	close(((const struct tap_port *)port)->fd);
	free(port);
}

static const struct port_ops tap_ops = {
	.name = "tap",
	.rx = tap_rx,
	.tx = tap_tx,
	.close = tap_close,
};

bool port_tap_takes_udp(const struct port *port)
{
	return ((const struct tap_port *)port)->takes_udp;
}

static void lengthen_queue(const char *name)
{
	struct ifreq req = { .ifr_qlen = TAP_QUEUE };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	memcpy(req.ifr_name, name, IFNAMSIZ);
	(void)ioctl(fd, SIOCSIFTXQLEN, &req); /* it works without, too */
	close(fd);
}

/* A queue of ours is behind the device: the kernel's would only be in front of
 * it, with memory for 256 times TAP_QUEUE frames (as many queues as a TAP may
 * have).  It works with it, too. */
static void no_qdisc(const char *name)
{
	_Alignas(8) char buf[512];
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct tcmsg *tc;

	if (!nl)
		return;
	h->nlmsg_type = RTM_NEWQDISC;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE;
	tc = mnl_nlmsg_put_extra_header(h, sizeof(*tc));
	tc->tcm_ifindex = (int)if_nametoindex(name);
	tc->tcm_parent = TC_H_ROOT;
	mnl_attr_put_strz(h, TCA_KIND, "noqueue");
	(void)mnl_socket_sendto(nl, h, h->nlmsg_len);
	mnl_socket_close(nl);
}

/* A queue of the device with that name, which is made when there is none. */
static int open_queue(char *name, bool many)
{
	struct ifreq req = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK), err;

	if (fd < 0)
		return -errno;
	if (many)
		req.ifr_flags |= IFF_MULTI_QUEUE;
	memcpy(req.ifr_name, name, IFNAMSIZ);
	if (ioctl(fd, TUNSETIFF, &req) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	memcpy(name, req.ifr_name, IFNAMSIZ);
	return fd;
}

/* What is the device's and not a queue's. */
static int prepare(int fd, const char *name, bool many, bool *takes_udp)
{
	int head = sizeof(struct virtio_net_hdr);

	if (ioctl(fd, TUNSETVNETHDRSZ, &head) < 0)
		return -errno;
	*takes_udp = ioctl(fd, TUNSETOFFLOAD, TAP_TSO | TAP_USO) == 0;
	if (!*takes_udp && ioctl(fd, TUNSETOFFLOAD, TAP_TSO) < 0)
		return -errno;
	lengthen_queue(name);
	no_qdisc(name);
	return many ? port_steer(fd) : 0;
}

static struct tap_port *tap_new(int fd, struct pkt_pool *pool)
{
	struct tap_port *tap = xcalloc(1, sizeof(*tap));

	tap->port.ops = &tap_ops;
	tap->port.fd = tap->fd = fd;
	tap->port.pool = pool;
	tap->port.offloads = true;
	return tap;
}

/* The descriptor of port i: its own queue, or the only one. */
static int open_port(struct port *const *out, unsigned int i, char *name,
		     bool many)
{
	int fd;

	if (!i || many)
		return open_queue(name, many);
	fd = fcntl(out[0]->fd, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

/* many: a queue for each port; else the first port reads and all write. */
static int open_ports(struct port **out, struct pkt_pool *const *pools,
		      unsigned int n, char *name, bool many)
{
	bool takes_udp = false;
	unsigned int opened;
	int fd, err = 0;

	for (opened = 0; opened < n; opened++) {
		struct tap_port *tap;

		fd = open_port(out, opened, name, many);
		if (fd < 0) {
			err = fd;
			break;
		}
		tap = tap_new(fd, pools[opened]);
		if (opened && !many)
			tap->port.fd = -1;
		out[opened] = &tap->port;
	}
	if (!err)
		err = prepare(out[0]->fd, name, many, &takes_udp);
	for (unsigned int i = 0; i < opened; i++) {
		((struct tap_port *)out[i])->takes_udp = takes_udp;
		if (err) {
			port_close(out[i]);
			out[i] = NULL;
		}
	}
	return err;
}

int port_tap_open(struct port **out, struct pkt_pool *const *pools,
		  unsigned int n, char *name)
{
	int err = open_ports(out, pools, n, name, n > 1);

	/* Without the right to load a program flows would move between the
	 * queues: they all come by one then. */
	if (err == -EPERM && n > 1)
		err = open_ports(out, pools, n, name, false);
	return err;
}
