/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ipsec/pairs.h"

#include <check.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

static unsigned int pair_rx(struct port *port, struct pkt **pkts,
			    unsigned int max)
{
	unsigned int n = 0;
	struct pkt *p;
	ssize_t len;

	while (n < max && (p = pkt_get_big(port->pool))) {
		len = recv(port->fd, pkt_data(p), PKT_BIG_DATA, MSG_DONTWAIT);
		if (len <= 0) {
			pkt_put(p);
			break;
		}
		p->len = (uint32_t)len;
		pkts[n++] = p;
	}
	return n;
}

static void pair_tx(struct port *port, struct pkt **pkts, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		/* Blocks when the test is slow: nothing may be lost. */
		ck_assert_int_eq(send(port->fd, pkt_data(pkts[i]), pkts[i]->len,
				      0),
				 pkts[i]->len);
		pkt_put(pkts[i]);
	}
}

static void pair_close(struct port *port)
{
	close(port->fd);
	free(port);
}

struct port *pair_new(int *other, struct pkt_pool *pool)
{
	static const struct port_ops ops = {
		.rx = pair_rx,
		.tx = pair_tx,
		.close = pair_close,
	};
	struct port *port = xcalloc(1, sizeof(*port));
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	port->ops = &ops;
	port->pool = pool;
	port->fd = fds[0];
	*other = fds[1];
	return port;
}
