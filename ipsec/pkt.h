/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames in buffers of a pool.  A worker has one pool, made at start; getting
 * and putting is a stack of pointers, so the buffers in use stay warm in the
 * cache and the others never become resident.  One thread a pool. */
#ifndef IPSEC_PKT_H
#define IPSEC_PKT_H

#include <linux/virtio_net.h>
#include <stddef.h>
#include <stdint.h>

enum pkt_limits {
	PKT_HEAD = 256,	       /* room for what ESP puts in front */
	PKT_DATA = 65536 + 64, /* a GSO frame of the wire */
	PKT_TAIL = 256,	       /* padding, trailer, ICV */
	PKT_BUF = PKT_HEAD + PKT_DATA + PKT_TAIL,
	PKT_MIN_ETH = 14,
};

struct pkt_pool;

struct pkt {
	struct pkt_pool *pool; /* where it returns to */
	uint8_t *buf;	       /* PKT_BUF octets, the pool's */
	uint32_t off, len;     /* the Ethernet frame */
	/* As the kernel gave it: partial checksum, GSO.  All zero for what we
	 * made ourselves. */
	struct virtio_net_hdr vnet;
};

static inline uint8_t *pkt_data(const struct pkt *p)
{
	return p->buf + p->off;
}

struct pkt_pool *pkt_pool_new(size_t n);
/* Every packet must be back. */
void pkt_pool_free(struct pkt_pool *pool);
/* An empty packet (off PKT_HEAD, len 0), or NULL when all are out. */
struct pkt *pkt_get(struct pkt_pool *pool);
void pkt_put(struct pkt *p);
size_t pkt_available(const struct pkt_pool *pool);

#endif
