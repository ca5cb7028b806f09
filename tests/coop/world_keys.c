/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who can decrypt whom, and that nothing that must be fresh comes twice. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/coop/world.h"

enum world_kind { SEEN_TEK, SEEN_KEK, SEEN_SID };

struct world_seen {
	struct world_seen *next;
	enum world_kind kind;
	uint64_t name, value;
};

/* --- fresh things --------------------------------------------------------------- */

static uint64_t hash_of(uint64_t h, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < len; i++)
		h = (h ^ p[i]) * UINT64_C(1099511628211);
	return h;
}

static const uint64_t hash_start = UINT64_C(14695981039346656037);

/* True: it was never seen, or is the same as then. */
static bool see(struct world *w, enum world_kind kind, uint64_t name,
		uint64_t value)
{
	unsigned int b = (unsigned int)(name % WORLD_PUSH_BUCKETS);
	struct world_seen *s;

	for (s = w->seen[b]; s; s = s->next) {
		if (s->kind == kind && s->name == name)
			return s->value == value;
	}
	s = xcalloc(1, sizeof(*s));
	*s = (struct world_seen){ w->seen[b], kind, name, value };
	w->seen[b] = s;
	return true;
}

static void see_set(struct world *w, const struct ks_tek_set *set)
{
	size_t i;

	for (i = 0; i < set->n; i++) {
		const struct ks_tek *t = &set->teks[i];
		uint64_t h = hash_of(hash_start, t->key.data, t->key.len);

		h = hash_of(h, t->auth_key.data, t->auth_key.len);
		if (!see(w, SEEN_TEK, t->spi, h))
			world_fail(w, "SPI", "TEK %08x has two keys", t->spi);
	}
}

void world_keys_see(struct world *w, const struct ks_group *g)
{
	const struct ks_tek_set *set;
	const struct ks_kek *k;
	const struct ks_sa *sa;

	for (k = g->kek; k; k = k->older) {
		uint64_t name = hash_of(hash_start, k->spi, sizeof(k->spi));

		if (!see(w, SEEN_KEK, name,
			 hash_of(hash_start, k->key.data, k->key.len)))
			world_fail(w, "SPI", "KEK %02x%02x has two keys",
				   k->spi[0], k->spi[1]);
	}
	TAILQ_FOREACH (sa, &g->sas, entry)
		TAILQ_FOREACH (set, &sa->sets, entry)
			see_set(w, set);
}

/* The value is the registration, so that one cannot be given twice to the
 * same member either. */
void world_sids_see(struct world *w, const struct world_gm *m,
		    const struct gdoi_policy *policy)
{
	uint64_t value = (uint64_t)m->index << 32 | m->n_registrations;
	size_t i, j;

	for (i = 0; i < policy->n_teks; i++) {
		const struct gdoi_tek *t = &policy->teks[i];

		if (!gm_tek_counts(t) || t->old)
			continue;
		for (j = 0; j < policy->n_sids; j++) {
			if (see(w, SEEN_SID,
				(uint64_t)t->spi << 32 | policy->sids[j],
				value))
				continue;
			world_fail(w, "sender ID",
				   "%u is given again under TEK %08x to GM%u",
				   policy->sids[j], t->spi, m->index + 1);
		}
	}
}

void world_keys_free(struct world *w)
{
	struct world_seen *s;
	size_t i;

	for (i = 0; i < WORLD_PUSH_BUCKETS; i++) {
		while ((s = w->seen[i])) {
			w->seen[i] = s->next;
			free(s);
		}
	}
}

/* --- who can decrypt whom ---------------------------------------------------------- */

/* As the dataplane chooses (ipsec/policy.c). */
static const struct gm_tek *sends_with(const struct gm_keys *keys, int64_t now)
{
	size_t at = SIZE_MAX, i, steps;

	for (i = 0; keys->policy && i < keys->policy->n_rules; i++) {
		if (keys->policy->rules[i].ace.permit)
			at = keys->policy->rules[i].tek;
	}
	for (steps = 0; at != SIZE_MAX && steps < keys->n_teks; steps++) {
		const struct gm_tek *t = &keys->teks[at];

		if (now >= t->send_from && now < t->expires)
			return t;
		at = t->before;
	}
	return NULL;
}

static bool decrypts(const struct gm_keys *keys, uint32_t spi, int64_t now)
{
	size_t i = gm_keys_find(keys, spi);

	return i != SIZE_MAX && keys->teks[i].expires > now;
}

static int64_t next_change(const struct gm_keys *keys, int64_t now)
{
	int64_t next = INT64_MAX;
	size_t i;

	for (i = 0; i < keys->n_teks; i++) {
		const struct gm_tek *t = &keys->teks[i];

		if (t->expires > now && t->expires < next)
			next = t->expires;
		if (t->send_from > now && t->send_from < next)
			next = t->send_from;
	}
	return next;
}

static bool counts(const struct world *w, const struct world_gm *m)
{
	return m->registered && m->m.keys.policy &&
	       m->exempt <= sim_now(w->sim);
}

/* In such weather all copies of a rekey may be lost to a member; it comes for
 * the keys before its own end. */
static unsigned int tolerated(const struct world *w,
			      const struct world_gm *from)
{
	if (!w->loss && from->pushed_at > w->lossy_until + SEC(30))
		return 0;
	return 1 + w->n_gms / 50;
}

static void check_sender(struct world *w, const struct world_gm *from,
			 uint32_t spi)
{
	unsigned int tolerate = tolerated(w, from), i;
	int64_t now = sim_now(w->sim);

	for (i = 0; i < w->n_gms; i++) {
		const struct world_gm *m = &w->gms[i];

		if (w->gm_side[i] != w->gm_side[from->index] || !counts(w, m) ||
		    decrypts(&m->m.keys, spi, now))
			continue;
		if (m->pushed_at < from->pushed_at && tolerate) {
			tolerate--;
			continue;
		}
		world_fail(w, "decryption",
			   "GM%u sends with TEK %08x (rekeyed or registered by "
			   "KS%u at %lld), GM%u lacks it (KS%u at %lld)",
			   from->index + 1, spi, from->pushed_by + 1,
			   (long long)(from->pushed_at / US_PER_SEC), i + 1,
			   m->pushed_by + 1,
			   (long long)(m->pushed_at / US_PER_SEC));
		return;
	}
}

enum { SENDERS = 64 };

static void check_all(struct world *w)
{
	struct {
		uint32_t spi;
		unsigned int side;
	} done[SENDERS];
	int64_t now = sim_now(w->sim);
	unsigned int i, n = 0, d;

	for (i = 0; i < w->n_gms && !w->failure; i++) {
		struct world_gm *m = &w->gms[i];
		const struct gm_tek *t;

		t = counts(w, m) ? sends_with(&m->m.keys, now) : NULL;
		for (d = 0; t && d < n; d++) {
			if (done[d].spi == t->tek.spi &&
			    done[d].side == w->gm_side[i])
				break;
		}
		if (!t || d < n)
			continue;
		if (n < SENDERS) {
			done[n].spi = t->tek.spi;
			done[n++].side = w->gm_side[i];
		}
		check_sender(w, m, t->tek.spi);
	}
}

void world_keys_check(struct world *w)
{
	int64_t now = sim_now(w->sim), next;
	unsigned int i;

	/* What members were sent together is under way for a moment. */
	if (now < w->trouble || (!w->keys_changed && now < w->keys_next))
		return;
	w->keys_changed = false;
	w->keys_next = INT64_MAX;
	for (i = 0; i < w->n_gms; i++) {
		next = next_change(&w->gms[i].m.keys, now);
		if (next < w->keys_next)
			w->keys_next = next;
	}
	check_all(w);
}
