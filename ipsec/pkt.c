/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/pkt.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/log.h"
#include "base/mem.h"

struct stack {
	struct pkt **spare;
	size_t n;
};

struct pkt_pool {
	struct pkt *pkts; /* the small ones first */
	struct stack small, big;
	size_t n_small, n_big, len;
	uint8_t *memory;
};

static void stack_make(struct stack *s, struct pkt *pkts, size_t n)
{
	s->spare = xcalloc(n + 1, sizeof(struct pkt *));
	s->n = n;
	for (size_t i = 0; i < n; i++)
		s->spare[n - 1 - i] = &pkts[i];
}

static void place(struct pkt_pool *pool, struct pkt *p, size_t at,
		  uint32_t size)
{
	p->pool = pool;
	p->buf = pool->memory + at;
	p->size = size;
}

struct pkt_pool *pkt_pool_new(size_t n_small, size_t n_big)
{
	struct pkt_pool *pool = xcalloc(1, sizeof(*pool));
	size_t i;

	pool->n_small = n_small;
	pool->n_big = n_big;
	pool->len = n_small * PKT_SMALL + n_big * PKT_BIG;
	pool->pkts = xcalloc(n_small + n_big, sizeof(*pool->pkts));
	pool->memory = mmap(NULL, pool->len, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (pool->memory == MAP_FAILED)
		log_fatal("no memory for %zu packets", n_small + n_big);
	/* Small ones are all over it soon: with large pages none of them costs
	 * a walk of the page table.  The kernel may have none. */
	(void)madvise(pool->memory, n_small * PKT_SMALL, MADV_HUGEPAGE);
	for (i = 0; i < n_small; i++)
		place(pool, &pool->pkts[i], i * PKT_SMALL, PKT_SMALL);
	for (i = 0; i < n_big; i++)
		place(pool, &pool->pkts[n_small + i],
		      n_small * PKT_SMALL + i * PKT_BIG, PKT_BIG);
	stack_make(&pool->small, pool->pkts, n_small);
	stack_make(&pool->big, pool->pkts + n_small, n_big);
	return pool;
}

void pkt_pool_free(struct pkt_pool *pool)
{
	if (!pool)
		return;
	munmap(pool->memory, pool->len);
	free(pool->small.spare);
	free(pool->big.spare);
	free(pool->pkts);
	free(pool);
}

static struct pkt *take(struct stack *s)
{
	struct pkt *p;

	if (!s->n)
		return NULL;
	p = s->spare[--s->n];
	p->off = PKT_HEAD;
	p->len = 0;
	p->next = NULL;
	p->vnet = (struct virtio_net_hdr){ 0 };
	return p;
}

struct pkt *pkt_get(struct pkt_pool *pool)
{
	return take(&pool->small);
}

struct pkt *pkt_get_big(struct pkt_pool *pool)
{
	return take(&pool->big);
}

struct pkt *pkt_get_for(struct pkt_pool *pool, size_t len)
{
	return take(len <= PKT_SMALL_DATA ? &pool->small : &pool->big);
}

struct pkt *pkt_whole(struct pkt *p)
{
	struct pkt *whole;

	if (!p->next)
		return p;
	whole = pkt_get_big(p->pool);
	if (whole)
		whole->vnet = p->vnet;
	for (const struct pkt *at = p; whole && at; at = at->next) {
		if (at->len > PKT_BIG_DATA - whole->len) {
			pkt_put(whole);
			whole = NULL;
			break;
		}
		memcpy(pkt_data(whole) + whole->len, pkt_data(at), at->len);
		whole->len += at->len;
	}
	pkt_put(p);
	return whole;
}

void pkt_put(struct pkt *p)
{
	while (p) {
		struct pkt *next = p->next;
		struct stack *s =
			p->size == PKT_SMALL ? &p->pool->small : &p->pool->big;

		p->next = NULL;
		s->spare[s->n++] = p;
		p = next;
	}
}

size_t pkt_available(const struct pkt_pool *pool)
{
	return pool->small.n + pool->big.n;
}

void *pkt_pool_memory(const struct pkt_pool *pool, size_t *len)
{
	*len = pool->n_small * PKT_SMALL;
	return pool->memory;
}

struct pkt *pkt_at(const struct pkt_pool *pool, uint64_t offset)
{
	return &pool->pkts[offset / PKT_SMALL];
}

uint64_t pkt_offset(const struct pkt *p)
{
	return (uint64_t)(p->buf - p->pool->memory);
}
