/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each queue has a socket with two rings of descriptors (rx, tx) and two of
 * buffers: fill, for the kernel to receive into, and completion, that it has
 * sent.  Buffers that are the kernel's are marked as lent, so that none is
 * lost with the socket. */
#include "ipsec/port_xdp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xdp/xsk.h>

#include "base/mem.h"
#include "ipsec/port_bpf.h"
#include "ipsec/stats.h"

/* Linux 6.6; 6.17 */
#ifndef XDP_USE_SG
#define XDP_USE_SG    (1 << 4)
#define XDP_PKT_CONTD (1 << 0)
#endif
#ifndef XDP_MAX_TX_SKB_BUDGET
#define XDP_MAX_TX_SKB_BUDGET 9
#endif

enum {
	/* Buffers that wait for frames: a hundred superpackets of 64 KB in
	 * pieces. */
	XDP_FILL = 4096,
	XDP_SENDING = 2048,
	/* Descriptors that one call sends in generic mode, unless the kernel
	 * lets us set more (net/xdp/xsk.c, TX_BATCH_SIZE). */
	XDP_KICK = 32,
	XDP_SNDBUF = 32 << 20, /* that the tx ring is the limit */
};

struct xdp_queue {
	struct xsk_socket *socket;
	struct xsk_ring_cons rx, done;
	struct xsk_ring_prod tx, fill;
	unsigned int filled, fill_max; /* buffers in fill and rx */
	struct pkt *head, *tail;       /* a frame that is not whole yet */
};

struct xdp_port {
	struct port port;
	struct xsk_umem *umem;
	bool *lent; /* by number of small buffer */
	size_t n_small;
	unsigned int sending, sending_max; /* frames that are the kernel's */
	unsigned int kick;		   /* descriptors a call */
	bool unsent;			   /* some are left in the tx ring */
	unsigned int turn;		   /* the queue that rx begins with */
	unsigned int n;
	struct xdp_queue *queues;
};

/* --- buffers -------------------------------------------------------------- */

static uint64_t lend(struct xdp_port *xp, const struct pkt *p)
{
	uint64_t at = pkt_offset(p);

	xp->lent[at / PKT_SMALL] = true;
	return at;
}

static struct pkt *take_back(struct xdp_port *xp, uint64_t at)
{
	xp->lent[at / PKT_SMALL] = false;
	return pkt_at(xp->port.pool, at);
}

static void refill(struct xdp_port *xp, struct xdp_queue *q)
{
	unsigned int n = q->fill_max - q->filled, i;
	struct pkt *p;
	uint32_t at;

	if (!xsk_ring_prod__reserve(&q->fill, n, &at))
		return;
	for (i = 0; i < n && (p = pkt_get(xp->port.pool)); i++)
		*xsk_ring_prod__fill_addr(&q->fill, at + i) = lend(xp, p);
	q->fill.cached_prod -= n - i; /* reserved in vain */
	xsk_ring_prod__submit(&q->fill, i);
	q->filled += i;
	if (xsk_ring_prod__needs_wakeup(&q->fill))
		(void)recvfrom(xsk_socket__fd(q->socket), NULL, 0, MSG_DONTWAIT,
			       NULL, NULL);
}

static void reap(struct xdp_port *xp)
{
	struct xsk_ring_cons *done = &xp->queues[0].done;
	uint32_t at;
	unsigned int n = xsk_ring_cons__peek(done, XDP_SENDING, &at);

	if (!n)
		return;
	for (unsigned int i = 0; i < n; i++)
		pkt_put(take_back(xp, *xsk_ring_cons__comp_addr(done, at + i)));
	xsk_ring_cons__release(done, n);
	xp->sending -= n;
}

/* --- rx --------------------------------------------------------------------- */

/* The frame that this piece ends, or NULL. */
static struct pkt *add_piece(struct xdp_port *xp, struct xdp_queue *q,
			     const struct xdp_desc *d)
{
	struct pkt *p = take_back(xp, d->addr), *frame;

	p->off = (uint32_t)(d->addr - pkt_offset(p));
	p->len = d->len;
	if (q->head)
		q->tail->next = p;
	else
		q->head = p;
	q->tail = p;
	if (d->options & XDP_PKT_CONTD)
		return NULL;
	frame = q->head;
	q->head = NULL;
	if (frame->len >= PKT_MIN_ETH)
		return frame;
	pkt_put(frame);
	STAT_INC(xp->port.rx_failed);
	return NULL;
}

static unsigned int queue_rx(struct xdp_port *xp, struct xdp_queue *q,
			     struct pkt **pkts, unsigned int max)
{
	unsigned int there, taken = 0, n = 0;
	uint32_t at;

	there = xsk_ring_cons__peek(&q->rx, XDP_FILL, &at);
	while (taken < there && n < max) {
		pkts[n] = add_piece(
			xp, q, xsk_ring_cons__rx_desc(&q->rx, at + taken++));
		n += pkts[n] != NULL;
	}
	xsk_ring_cons__cancel(&q->rx, there - taken);
	if (!taken)
		return 0;
	xsk_ring_cons__release(&q->rx, taken);
	q->filled -= taken;
	return n;
}

static void kick(struct xdp_port *xp);

static unsigned int xdp_rx(struct port *port, struct pkt **pkts,
			   unsigned int max)
{
	struct xdp_port *xp = (struct xdp_port *)port;
	unsigned int n = 0;

	reap(xp);
	if (xp->unsent)
		kick(xp);
	for (unsigned int i = 0; i < xp->n && n < max; i++) {
		struct xdp_queue *q = &xp->queues[(xp->turn + i) % xp->n];

		n += queue_rx(xp, q, pkts + n, max - n);
		if (q->filled < q->fill_max)
			refill(xp, q);
	}
	xp->turn++;
	STAT_ADD(port->rx_frames, n);
	return n;
}

/* --- tx --------------------------------------------------------------------- */

/* As many calls as it takes for what is in the ring, which an answer of 0 says
 * to be over before.  What a full driver leaves there goes with the next
 * kick, or when somebody polls the socket. */
static void kick(struct xdp_port *xp)
{
	struct xdp_queue *q = &xp->queues[0];
	int fd = xsk_socket__fd(q->socket);
	unsigned int more = xp->sending / xp->kick + 1, lost = XDP_SENDING;

	xp->unsent = false;
	if (!xsk_ring_prod__needs_wakeup(&q->tx))
		return;
	while (more && lost) {
		if (sendto(fd, NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0)
			return;
		if (errno == EAGAIN)
			more--;
		else if (errno == EBUSY || errno == ENOBUFS)
			lost--; /* one went away on its way; the rest waits */
		else
			break;
	}
	xp->unsent = true;
}

/* What does not stand in the UMEM is copied into it: p then is taken. */
static struct pkt *in_umem(struct xdp_port *xp, struct pkt *p)
{
	struct pkt *small;
	uint32_t len = 0;

	if (p->size == PKT_SMALL && p->pool == xp->port.pool && !p->next)
		return p;
	for (const struct pkt *q = p; q; q = q->next)
		len += q->len;
	small = len <= PKT_SMALL_DATA ? pkt_get(xp->port.pool) : NULL;
	if (!small)
		return NULL;
	for (const struct pkt *q = p; q; q = q->next) {
		memcpy(pkt_data(small) + small->len, pkt_data(q), q->len);
		small->len += q->len;
	}
	pkt_put(p);
	return small;
}

/* False: it is still the caller's. */
static bool enqueue(struct xdp_port *xp, struct pkt *p)
{
	struct xsk_ring_prod *tx = &xp->queues[0].tx;
	struct xdp_desc *d;
	uint32_t at;

	if (xp->sending == xp->sending_max ||
	    !xsk_ring_prod__reserve(tx, 1, &at))
		return false;
	p = in_umem(xp, p);
	if (!p) {
		tx->cached_prod--;
		return false;
	}
	d = xsk_ring_prod__tx_desc(tx, at);
	d->addr = lend(xp, p) + p->off;
	d->len = p->len;
	d->options = 0;
	xp->sending++;
	return true;
}

static void xdp_tx(struct port *port, struct pkt **pkts, unsigned int n)
{
	struct xdp_port *xp = (struct xdp_port *)port;
	unsigned int sent = 0;

	reap(xp);
	for (unsigned int i = 0; i < n; i++) {
		if (enqueue(xp, pkts[i]))
			sent++;
		else
			pkt_put(pkts[i]);
	}
	xsk_ring_prod__submit(&xp->queues[0].tx, sent);
	STAT_ADD(port->tx_frames, sent);
	STAT_ADD(port->tx_failed, n - sent);
	kick(xp);
	reap(xp);
}

/* --- life ------------------------------------------------------------------- */

static void xdp_refresh(struct port *port)
{
	struct xdp_port *xp = (struct xdp_port *)port;
	uint64_t missed = 0;

	for (unsigned int i = 0; i < xp->n; i++) {
		struct xdp_statistics s;
		socklen_t len = sizeof(s);

		if (getsockopt(xsk_socket__fd(xp->queues[i].socket), SOL_XDP,
			       XDP_STATISTICS, &s, &len) == 0)
			missed += s.rx_dropped + s.rx_ring_full;
	}
	__atomic_store_n(&port->rx_missed, missed, __ATOMIC_RELAXED);
}

static void xdp_close(struct port *port)
{
	struct xdp_port *xp = (struct xdp_port *)port;

	for (unsigned int i = 0; i < xp->n; i++) {
		xsk_socket__delete(xp->queues[i].socket);
		pkt_put(xp->queues[i].head);
	}
	if (xp->umem)
		(void)xsk_umem__delete(xp->umem);
	for (size_t i = 0; i < xp->n_small; i++)
		if (xp->lent[i])
			pkt_put(take_back(xp, i * PKT_SMALL));
	if (xp->n > 1 && port->fd >= 0)
		close(port->fd);
	free(xp->queues);
	free(xp->lent);
	free(xp);
}

static const struct port_ops xdp_ops = {
	.name = "af-xdp",
	.rx = xdp_rx,
	.tx = xdp_tx,
	.refresh = xdp_refresh,
	.close = xdp_close,
};

/* The lane's own frames always find a quarter of the pool. */
static int make_umem(struct xdp_port *xp)
{
	static const struct xsk_umem_config config = {
		.fill_size = XDP_FILL,
		.comp_size = 2 * XDP_SENDING,
		.frame_size = PKT_SMALL,
	};
	struct xdp_queue *q = &xp->queues[0];
	size_t len, most;
	void *memory = pkt_pool_memory(xp->port.pool, &len);

	xp->n_small = len / PKT_SMALL;
	xp->lent = xcalloc(xp->n_small + 1, sizeof(bool));
	if (xp->n_small < 4 * xp->n)
		return -ENOBUFS;
	xp->sending_max = XDP_SENDING < xp->n_small / 4
				  ? XDP_SENDING
				  : (unsigned int)xp->n_small / 4;
	most = xp->n_small / 2 / xp->n;
	for (unsigned int i = 0; i < xp->n; i++)
		q[i].fill_max = XDP_FILL < most ? XDP_FILL : (unsigned int)most;
	return xsk_umem__create(&xp->umem, memory, len, &q->fill, &q->done,
				&config);
}

static void tune(struct xdp_port *xp)
{
	int fd = xsk_socket__fd(xp->queues[0].socket);
	int sndbuf = XDP_SNDBUF, budget = XDP_SENDING;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &sndbuf,
			 sizeof(sndbuf));
	xp->kick = setsockopt(fd, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, &budget,
			      sizeof(budget)) == 0
			   ? XDP_SENDING
			   : XDP_KICK;
}

/* Where a driver can do without copies, it is left to choose so: asked for
 * pieces, most of them could not. */
static int open_queue(struct xdp_port *xp, struct xdp_queue *q,
		      const struct port_xdp_spec *spec, unsigned int number)
{
	const struct xsk_socket_config config = {
		.rx_size = XDP_FILL,
		.tx_size = XDP_SENDING,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags =
			(uint16_t)(XDP_USE_NEED_WAKEUP |
				   (spec->generic ? XDP_COPY | XDP_USE_SG : 0)),
	};
	int err = xsk_socket__create_shared(&q->socket, spec->wire->device,
					    number, xp->umem, &q->rx, &q->tx,
					    &q->fill, &q->done, &config);

	if (err)
		return err;
	refill(xp, q);
	return port_bpf_map_set(spec->map, number, xsk_socket__fd(q->socket));
}

/* One descriptor for all of them. */
static int watch(struct xdp_port *xp)
{
	struct epoll_event e = { .events = EPOLLIN };

	if (xp->n == 1) {
		xp->port.fd = xsk_socket__fd(xp->queues[0].socket);
		return 0;
	}
	xp->port.fd = epoll_create1(EPOLL_CLOEXEC);
	if (xp->port.fd < 0)
		return -errno;
	for (unsigned int i = 0; i < xp->n; i++)
		if (epoll_ctl(xp->port.fd, EPOLL_CTL_ADD,
			      xsk_socket__fd(xp->queues[i].socket), &e))
			return -errno;
	return 0;
}

int port_xdp_open(struct port **out, const struct port_xdp_spec *spec)
{
	unsigned int lanes = spec->wire->n;
	struct xdp_port *xp = xcalloc(1, sizeof(*xp));
	int err;

	xp->port.ops = &xdp_ops;
	xp->port.fd = -1;
	xp->port.pool = spec->wire->pools[spec->lane];
	xp->n = (spec->queues - spec->lane + lanes - 1) / lanes;
	xp->queues = xcalloc(xp->n, sizeof(*xp->queues));
	err = make_umem(xp);
	for (unsigned int i = 0; i < xp->n && !err; i++)
		err = open_queue(xp, &xp->queues[i], spec,
				 spec->lane + i * lanes);
	if (!err)
		err = watch(xp);
	if (err) {
		xdp_close(&xp->port);
		return err;
	}
	tune(xp);
	*out = &xp->port;
	return 0;
}
