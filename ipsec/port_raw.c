/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A raw socket for the few packets that the router itself has to say
 * something with: the kernel finds their way. */
#include "ipsec/port.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "ipsec/ipv6.h"
#include "ipsec/stats.h"

static unsigned int raw_rx(struct port *port, struct pkt **pkts,
			   unsigned int max)
{
	(void)port;
	(void)pkts;
	(void)max;
	return 0;
}

struct raw_port {
	struct port port;
	int fd4;
	int fd6; /* of ICMPv6; -1: the kernel has no IPv6 */
};

/* The kernel writes the header, chooses the source and computes the checksum. */
static bool send6(int fd, const uint8_t *packet, size_t len)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 };

	memcpy(&to.sin6_addr, packet + IPV6_DST_AT, IPV6_ADDRESS);
	len -= IPV6_HEADER;
	return sendto(fd, packet + IPV6_HEADER, len, MSG_DONTWAIT,
		      (struct sockaddr *)&to, sizeof(to)) == (ssize_t)len;
}

static bool raw_send(const struct raw_port *raw, const struct pkt *p)
{
	const uint8_t *packet = pkt_data(p) + ETH_HEADER;
	struct sockaddr_in to = { .sin_family = AF_INET };
	size_t len = p->len - ETH_HEADER;
	int fd = raw->fd4;

	if (packet[0] >> 4 == 6)
		return send6(raw->fd6, packet, len);
	to.sin_addr.s_addr = htonl(get32(packet + 16));
	return sendto(fd, packet, len, MSG_DONTWAIT, (struct sockaddr *)&to,
		      sizeof(to)) == (ssize_t)len;
}

static void raw_tx(struct port *port, struct pkt **pkts, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (raw_send((struct raw_port *)port, pkts[i]))
			STAT_INC(port->tx_frames);
		else
			STAT_INC(port->tx_failed);
		pkt_put(pkts[i]);
	}
}

static void raw_close(struct port *port)
{
	struct raw_port *raw = (struct raw_port *)port;

	close(raw->fd4);
	if (raw->fd6 >= 0)
		close(raw->fd6);
	free(raw);
}

static const struct port_ops raw_ops = {
	.name = "raw",
	.rx = raw_rx,
	.tx = raw_tx,
	.close = raw_close,
};

static int open6(void)
{
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			IPPROTO_ICMPV6);
	struct icmp6_filter none;

	if (fd < 0)
		return -1;
	ICMP6_FILTER_SETBLOCKALL(&none);
	if (setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &none, sizeof(none))) {
		close(fd);
		return -1;
	}
	return fd;
}

int port_raw_open(struct port **out)
{
	/* IPPROTO_RAW brings its own headers and receives nothing. */
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			IPPROTO_RAW);
	struct raw_port *raw;

	if (fd < 0)
		return -errno;
	raw = xcalloc(1, sizeof(*raw));
	raw->port.ops = &raw_ops;
	raw->port.fd = -1;
	raw->fd4 = fd;
	raw->fd6 = open6();
	*out = &raw->port;
	return 0;
}

void port_close(struct port *port)
{
	if (port)
		port->ops->close(port);
}
