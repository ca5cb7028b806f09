/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A TAP: the kernel's end of a fronted interface.  It carries virtio_net
 * headers so that GSO frames from the wire go in whole; towards us the kernel
 * is asked for plain frames with complete checksums. */
#include "ipsec/port.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/mem.h"
#include "ipsec/stats.h"

/* Frames; the kernel's 500 lose a burst of a fast sender. */
#define TAP_QUEUE 10000

static unsigned int tap_rx(struct port *port, struct pkt **pkts,
			   unsigned int max)
{
	const size_t head = sizeof(struct virtio_net_hdr);
	unsigned int n = 0;
	struct pkt *p;
	ssize_t got;

	while (n < max && (p = pkt_get_big(port->pool))) {
		struct iovec iov[2] = { { &p->vnet, head },
					{ pkt_data(p), PKT_BIG_DATA } };

		got = readv(port->fd, iov, 2);
		if (got <= (ssize_t)(head + PKT_MIN_ETH)) {
			pkt_put(p);
			break;
		}
		p->len = (uint32_t)got - (uint32_t)head;
		pkts[n++] = p;
	}
	STAT_ADD(port->rx_frames, n);
	return n;
}

static void tap_tx(struct port *port, struct pkt **pkts, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		struct pkt *p = pkts[i];
		struct iovec iov[2] = { { &p->vnet, sizeof(p->vnet) },
					{ pkt_data(p), p->len } };

		if (writev(port->fd, iov, 2) > 0)
			STAT_INC(port->tx_frames);
		else
			STAT_INC(port->tx_failed);
		pkt_put(p);
	}
}

static void tap_close(struct port *port)
{
	close(port->fd);
	free(port);
}

static const struct port_ops tap_ops = {
	.name = "tap",
	.rx = tap_rx,
	.tx = tap_tx,
	.close = tap_close,
};

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

static int prepare(int fd, char *name)
{
	struct ifreq req = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int head = sizeof(struct virtio_net_hdr);

	memcpy(req.ifr_name, name, IFNAMSIZ);
	if (ioctl(fd, TUNSETIFF, &req) < 0 ||
	    ioctl(fd, TUNSETVNETHDRSZ, &head) < 0 ||
	    ioctl(fd, TUNSETOFFLOAD, 0) < 0)
		return -errno;
	memcpy(name, req.ifr_name, IFNAMSIZ);
	lengthen_queue(name);
	return 0;
}

bool port_tap_takes_udp(const struct port *port)
{
	(void)port;
	return false;
}

int port_tap_open(struct port **out, struct pkt_pool *const *pools,
		  unsigned int n, char *name)
{
	struct port *port;
	int fd, err;

	if (n != 1)
		return -EINVAL;
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	err = prepare(fd, name);
	if (err) {
		close(fd);
		return err;
	}
	port = xcalloc(1, sizeof(*port));
	port->ops = &tap_ops;
	port->fd = fd;
	port->pool = pools[0];
	port->offloads = true;
	*out = port;
	return 0;
}
