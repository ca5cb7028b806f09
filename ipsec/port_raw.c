/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A raw socket for the few packets that the router itself has to say
 * something with: the kernel finds their way. */
#include "ipsec/port.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "ipsec/ip.h"
#include "ipsec/stats.h"

static unsigned int raw_rx(struct port *port, struct pkt **pkts,
			   unsigned int max)
{
	(void)port;
	(void)pkts;
	(void)max;
	return 0;
}

static bool raw_send(int fd, const struct pkt *p)
{
	const uint8_t *packet = pkt_data(p) + ETH_HEADER;
	struct sockaddr_in to = { .sin_family = AF_INET };
	size_t len = p->len - ETH_HEADER;

	to.sin_addr.s_addr = htonl(get32(packet + 16));
	return sendto(fd, packet, len, MSG_DONTWAIT, (struct sockaddr *)&to,
		      sizeof(to)) == (ssize_t)len;
}

static void raw_tx(struct port *port, struct pkt **pkts, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		if (raw_send(port->fd, pkts[i]))
			STAT_INC(port->tx_frames);
		else
			STAT_INC(port->tx_failed);
		pkt_put(pkts[i]);
	}
}

static void raw_close(struct port *port)
{
	close(port->fd);
	free(port);
}

static const struct port_ops raw_ops = {
	.name = "raw",
	.rx = raw_rx,
	.tx = raw_tx,
	.close = raw_close,
};

int port_raw_open(struct port **out)
{
	/* IPPROTO_RAW brings its own headers and receives nothing. */
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			IPPROTO_RAW);
	struct port *port;

	if (fd < 0)
		return -errno;
	port = xcalloc(1, sizeof(*port));
	port->ops = &raw_ops;
	port->fd = fd;
	*out = port;
	return 0;
}

void port_close(struct port *port)
{
	if (port)
		port->ops->close(port);
}
