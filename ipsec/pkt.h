/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames in buffers of a pool.  A lane has one pool, made with it; getting and
 * putting is a stack of pointers, so the buffers in use stay warm in the cache
 * and the others never become resident.  One thread a pool.
 *
 * Small buffers stand one after the other in one piece of memory, each in a
 * PKT_SMALL of its own, so that an AF_XDP socket can have them as its UMEM:
 * where a socket leaves a frame is where ESP is made around it.  Big ones hold
 * what the kernel's TSO and GRO put together. */
#ifndef IPSEC_PKT_H
#define IPSEC_PKT_H

#include <linux/virtio_net.h>
#include <stddef.h>
#include <stdint.h>

enum pkt_limits {
	/* Room for what ESP puts in front; also XDP_PACKET_HEADROOM, where an
	 * AF_XDP socket begins to write. */
	PKT_HEAD = 256,
	PKT_TAIL = 64, /* padding, trailer, ICV */
	PKT_SMALL = 2048,
	PKT_SMALL_DATA = PKT_SMALL - PKT_HEAD - PKT_TAIL,
	PKT_BIG_DATA = 65536 + 64, /* a GSO frame with its Ethernet header */
	PKT_BIG = PKT_HEAD + PKT_BIG_DATA + PKT_TAIL,
	PKT_MIN_ETH = 14,
};

struct pkt_pool;

struct pkt {
	struct pkt_pool *pool; /* where it returns to */
	uint8_t *buf;	       /* size octets, the pool's */
	uint32_t size;	       /* PKT_SMALL or PKT_BIG */
	uint32_t off, len;     /* the Ethernet frame */
	uint32_t qos; /* a tag (qos_tree.h); of no meaning to all others */
	/* A frame may stand in several pieces: the next one's octets follow
	 * ours, len counts a piece's own.  vnet is the first one's, and so are
	 * all headers.  NULL: the last. */
	struct pkt *next;
	/* As the kernel gave it, or shall get it: partial checksum, GSO.  All
	 * zero for a plain frame with complete checksums. */
	struct virtio_net_hdr vnet;
};

static inline uint8_t *pkt_data(const struct pkt *p)
{
	return p->buf + p->off;
}

/* Octets from the frame's first on that fit into its buffer. */
static inline uint32_t pkt_room(const struct pkt *p)
{
	return p->size - p->off;
}

struct pkt_pool *pkt_pool_new(size_t n_small, size_t n_big);
/* Every packet must be back. */
void pkt_pool_free(struct pkt_pool *pool);
/* An empty packet (off PKT_HEAD, len 0), or NULL when all are out. */
struct pkt *pkt_get(struct pkt_pool *pool);
struct pkt *pkt_get_big(struct pkt_pool *pool);
/* One with room for a frame of len octets and PKT_TAIL. */
struct pkt *pkt_get_for(struct pkt_pool *pool, size_t len);
/* The frame in one piece: p itself, or a copy of its pieces and p is put back;
 * NULL: it is too long, or no packet is left. */
struct pkt *pkt_whole(struct pkt *p);
/* With all its pieces. */
void pkt_put(struct pkt *p);
size_t pkt_available(const struct pkt_pool *pool); /* of both sizes */

/* The memory of the small ones, page aligned. */
void *pkt_pool_memory(const struct pkt_pool *pool, size_t *len);
/* The small packet in whose buffer the octet at offset of that memory is. */
struct pkt *pkt_at(const struct pkt_pool *pool, uint64_t offset);
/* Where its buffer begins in that memory; p is small. */
uint64_t pkt_offset(const struct pkt *p);

#endif
