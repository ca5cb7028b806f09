/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys that were dropped before their time.  KEKs among them are told to other
 * key servers, since numbers were used under them which those do not know. */
#include <stdlib.h>

#include "base/mem.h"
#include "ks/coop_state_priv.h"

struct coop_drops {
	struct coop_drop drop[COOP_STATE_DROPS];
	size_t n;
};

/* Where there is no room, the one goes that ends first. */
static size_t place(struct coop_drops *drops, int64_t now)
{
	size_t i, n = 0, first = 0;

	for (i = 0; i < drops->n; i++) {
		if (drops->drop[i].end > now)
			drops->drop[n++] = drops->drop[i];
	}
	drops->n = n;
	if (n < COOP_STATE_DROPS)
		return drops->n++;
	for (i = 1; i < n; i++) {
		if (drops->drop[i].end < drops->drop[first].end)
			first = i;
	}
	return first;
}

static struct coop_drop *find(const struct ks_group *g, uint32_t spi)
{
	size_t i;

	for (i = 0; g->dropped && i < g->dropped->n; i++) {
		if (g->dropped->drop[i].spi == spi)
			return &g->dropped->drop[i];
	}
	return NULL;
}

static void add(struct ks_group *g, const struct coop_drop *drop)
{
	int64_t now = env_now(g->ks->env);
	struct coop_drop *known = find(g, drop->spi);

	if (drop->end <= now)
		return;
	if (known) {
		if (drop->seq > known->seq)
			known->seq = drop->seq;
		return;
	}
	if (!g->dropped)
		g->dropped = xcalloc(1, sizeof(*g->dropped));
	g->dropped->drop[place(g->dropped, now)] = *drop;
}

void coop_state_dropped(struct ks_group *g, uint32_t spi, int64_t end)
{
	add(g, &(struct coop_drop){ .spi = spi, .end = end });
}

void coop_state_dropped_kek(struct ks_group *g, const struct ks_kek *kek)
{
	add(g, &(struct coop_drop){
		       .spi = coop_state_kek_spi(kek),
		       .is_kek = true,
		       .seq = kek->seq,
		       .end = ks_life_end(&kek->life),
	       });
}

bool coop_state_is_dropped(const struct ks_group *g, uint32_t spi)
{
	return find(g, spi);
}

void coop_state_forget_dropped(struct ks_group *g)
{
	free(g->dropped);
	g->dropped = NULL;
}

/* --- to other key servers, and from them ------------------------------------- */

/* The newest stand last. */
void coop_drops_write(struct wr *w, const struct ks_group *g)
{
	size_t first = g->dropped ? g->dropped->n : 0, i;
	uint16_t n = 0;

	while (first && n < COOP_STATE_LOST)
		n += g->dropped->drop[--first].is_kek;
	wr_u16(w, n);
	for (i = first; n && i < g->dropped->n; i++) {
		const struct coop_drop *d = &g->dropped->drop[i];

		if (!d->is_kek)
			continue;
		wr_u32(w, d->spi);
		wr_u32(w, d->seq);
		wr_u64(w, (uint64_t)d->end);
	}
}

static struct ks_kek *held(const struct ks_group *g, uint32_t spi)
{
	struct ks_kek *kek;

	for (kek = g->kek; kek; kek = kek->older) {
		if (coop_state_kek_spi(kek) == spi)
			return kek;
	}
	return NULL;
}

/* What we hold still was used by the other up to its end there. */
void coop_drops_take(struct ks_group *g, const struct coop_state *state)
{
	size_t i;

	for (i = 0; i < state->n_lost; i++) {
		const struct coop_drop *d = &state->lost[i];
		struct ks_kek *kek = held(g, d->spi);

		if (!kek)
			add(g, d);
		else if (kek->seq <= d->seq &&
			 d->seq < UINT32_MAX - COOP_SEQ_MARGIN)
			kek->seq = d->seq + COOP_SEQ_MARGIN;
	}
}
