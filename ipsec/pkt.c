/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/pkt.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/log.h"
#include "base/mem.h"

struct pkt_pool {
	struct pkt *pkts;
	struct pkt **spare; /* a stack */
	size_t n, n_spare;
	uint8_t *memory;
};

struct pkt_pool *pkt_pool_new(size_t n)
{
	struct pkt_pool *pool = xcalloc(1, sizeof(*pool));

	pool->n = pool->n_spare = n;
	pool->pkts = xcalloc(n, sizeof(*pool->pkts));
	pool->spare = xcalloc(n, sizeof(struct pkt *));
	pool->memory = mmap(NULL, n * PKT_BUF, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (pool->memory == MAP_FAILED)
		log_fatal("no memory for %zu packets", n);
	for (size_t i = 0; i < n; i++) {
		pool->pkts[i].pool = pool;
		pool->pkts[i].buf = pool->memory + i * PKT_BUF;
		pool->spare[n - 1 - i] = &pool->pkts[i];
	}
	return pool;
}

void pkt_pool_free(struct pkt_pool *pool)
{
	if (!pool)
		return;
	munmap(pool->memory, pool->n * PKT_BUF);
	free(pool->spare);
	free(pool->pkts);
	free(pool);
}

struct pkt *pkt_get(struct pkt_pool *pool)
{
	struct pkt *p;

	if (!pool->n_spare)
		return NULL;
	p = pool->spare[--pool->n_spare];
	p->off = PKT_HEAD;
	p->len = 0;
	p->vnet = (struct virtio_net_hdr){ 0 };
	return p;
}

void pkt_put(struct pkt *p)
{
	struct pkt_pool *pool = p->pool;

	pool->spare[pool->n_spare++] = p;
}

size_t pkt_available(const struct pkt_pool *pool)
{
	return pool->n_spare;
}
