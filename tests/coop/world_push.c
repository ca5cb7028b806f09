/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rekeys on the wire: each datagram is decrypted and verified once, and what
 * it says goes to all members that it reaches. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_ack.h"
#include "gm/gm_clock.h"
#include "ks/ks_policy.h"
#include "tests/coop/world.h"

struct world_push {
	struct world_push *next;
	uint8_t *data;
	size_t len;
	uint8_t spi[16];
	unsigned int ks;
	int64_t first_sent;
	bool opened;
	struct gdoi_push push;
};

static unsigned int bucket_of(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t h = 2166136261u;
	size_t i;

	/* The end of it is a signature. */
	for (i = len > 32 ? len - 32 : 0; i < len; i++)
		h = (h ^ p[i]) * 16777619u;
	return h % WORLD_PUSH_BUCKETS;
}

static struct world_push *find(struct world *w, const void *data, size_t len)
{
	struct world_push *p = w->pushes[bucket_of(data, len)];

	while (p && (p->len != len || memcmp(p->data, data, len) != 0))
		p = p->next;
	return p;
}

static bool is_push(const void *data, size_t len)
{
	struct isakmp_header header;
	struct rd r = rd_init(data, len);

	return isakmp_header_parse(&r, &header) &&
	       header.exchange == ISAKMP_GROUPKEY_PUSH;
}

/* --- what key servers send --------------------------------------------------- */

static void open_with(struct world *w, struct world_push *p,
		      const struct gdoi_kek *kek)
{
	const struct gdoi_push_expect expect = { .under = kek,
						 .extensions = true };
	struct isakmp_fault why;

	if (gdoi_push_open(&expect, rd_init(p->data, p->len), &p->push, &why) ==
	    GDOI_PUSH_OK)
		p->opened = true;
	else
		world_fail(w, "push", "KS%u sends a PUSH that is no good: %s",
			   p->ks + 1, why.text);
}

/* One number under one KEK is one message; a sender that has lost its memory
 * since may have been the only one who knew. */
static void check_seq(struct world *w, const struct world_push *p)
{
	const struct world_push *q;
	size_t i;

	for (i = 0; i < WORLD_PUSH_BUCKETS; i++) {
		for (q = w->pushes[i]; q; q = q->next) {
			if (q == p || !q->opened || q->ks != p->ks ||
			    q->first_sent < w->ks[p->ks].booted ||
			    q->push.seq != p->push.seq ||
			    memcmp(q->spi, p->spi, sizeof(p->spi)) != 0)
				continue;
			world_fail(
				w, "sequence",
				"KS%u sends seq # %u twice under KEK %02x%02x",
				p->ks + 1, p->push.seq, p->spi[0], p->spi[1]);
		}
	}
}

static void check_takeover(struct world *w, const struct world_ks *ks)
{
	if (sim_now(w->sim) >= ks->silent_until || w->spoken > ks->role_since)
		return;
	world_fail(w, "silent fail-over",
		   "KS%u sends a PUSH %lld ms after it took over",
		   ks->index + 1,
		   (long long)((sim_now(w->sim) - ks->role_since) / MSEC(1)));
}

static struct world_push *add(struct world_ks *ks, const void *data, size_t len)
{
	struct world_push *p = xcalloc(1, sizeof(*p));
	struct world *w = ks->world;
	unsigned int b = bucket_of(data, len);
	const struct ks_kek *kek;
	struct gdoi_kek under = { 0 };

	p->data = xmemdup(data, len);
	p->len = len;
	p->ks = ks->index;
	p->first_sent = sim_now(w->sim);
	w->last_push = p->first_sent;
	memcpy(p->spi, data, sizeof(p->spi));
	kek = ks_kek_find_spi(ks->g->kek, p->spi);
	p->next = w->pushes[b];
	w->pushes[b] = p;
	world_keys_see(w, ks->g);
	if (!kek)
		return p; /* members know it: world_push_take() */
	ks_policy_kek(ks->g, kek, true, &under);
	open_with(w, p, &under);
	gm_kek_fini(&under);
	return p;
}

static void check_opened(struct world *w, const struct world_push *p)
{
	if (!p->opened)
		return;
	check_seq(w, p);
	world_say(
		w,
		"KS%u (%u members) PUSH seq # %u under %02x%02x, %zu TEKs%s%s%s",
		p->ks + 1, w->ks[p->ks].g->members.count, p->push.seq,
		p->spi[0], p->spi[1],
		p->push.policy ? p->push.policy->n_teks : 0,
		p->push.policy && p->push.policy->has_kek ? ", KEK" : "",
		p->push.delete_teks ? ", drops TEKs" : "",
		p->push.delete_kek ? ", drops KEK" : "");
}

/* A retransmission to some is the same datagram. */
void world_push_tap(struct world_ks *from, const struct ip_addr *to,
		    const void *data, size_t len)
{
	struct world *w = from->world;
	struct world_push *p;

	(void)to;
	if (!is_push(data, len) || find(w, data, len))
		return;
	world_check_role(from);
	if (!world_is_primary(from))
		world_fail(w, "secondaries are silent",
			   "KS%u sends a PUSH as %s", from->index + 1,
			   coop_role_name(from->role));
	check_takeover(w, from);
	p = add(from, data, len);
	check_opened(w, p);
}

/* --- what members make of it --------------------------------------------------- */

static int find_slot(const struct world_gm *m, const uint8_t *spi)
{
	int i;

	for (i = 0; i < GM_REKEY_PREVIOUS; i++) {
		const struct gm_rekey_sa *sa = &m->m.rekey.sas[i];

		if (sa->is_set && memcmp(sa->kek.spi, spi, 16) == 0 &&
		    sa->expires > sim_now(m->world->sim))
			return i;
	}
	return -1;
}

/* The sender has been in touch with that key server since the member took its
 * PUSH, so it knew the number, or has left room for it. */
static void check_old(struct world_gm *m, const struct world_push *p,
		      uint32_t seq)
{
	struct world *w = m->world;
	const struct world_ks *ks = &w->ks[p->ks];

	if (p->push.seq > seq || p->first_sent < m->pushed_at)
		return;
	if (m->seq_by != p->ks && ks->touched[m->seq_by] < m->seq_at)
		return;
	/* They meet at this moment, which has a rule of its own. */
	if (m->seq_by != p->ks && world_is_primary(&w->ks[m->seq_by]))
		return;
	/* That one has forgotten it since. */
	if (w->ks[m->seq_by].booted > m->seq_at)
		return;
	world_fail(w, "sequence",
		   "KS%u sends GM%u seq # %u, it had # %u from KS%u already",
		   p->ks + 1, m->index + 1, p->push.seq, seq, m->seq_by + 1);
}

static bool is_fresh(struct world_gm *m, struct world_push *p,
		     struct gdoi_policy *policy)
{
	const struct gm_keys *keys = &m->m.keys;
	struct world *w = m->world;
	int64_t now = sim_now(w->sim), theirs, mine;

	policy->as_of = now;
	if (!keys->policy || !keys->policy->has_pseudotime ||
	    !policy->has_pseudotime)
		return true;
	theirs = gm_clock_us(policy->pseudotime);
	mine = gm_keys_pseudotime(keys, now);
	if (policy->pseudotime < keys->policy->pseudotime ||
	    gm_clock_judge(theirs, mine, now - keys->synced) ==
		    GM_CLOCK_TOO_OLD) {
		/* Another one overtook it on the way: no fault. */
		if (p->first_sent >= m->pushed_at + SEC(5))
			world_fail(w, "pseudotime",
				   "GM%u refuses a PUSH of KS%u: %lld s, it is "
				   "%lld s",
				   m->index + 1, p->ks + 1,
				   (long long)(theirs / US_PER_SEC),
				   (long long)(mine / US_PER_SEC));
		return false;
	}
	if (gm_clock_judge(theirs, mine, now - keys->synced) == GM_CLOCK_LATE)
		policy->as_of = now - (mine - theirs);
	return true;
}

static void acknowledge(struct world_gm *m, const struct gdoi_kek *kek,
			uint32_t seq, const struct endpoint *remote)
{
	const struct endpoint local = { m->m.local, GDOI_PORT, 0 };
	struct keybuf ack = { 0 };

	if (!gdoi_ack_supported(kek->ack) ||
	    !gdoi_ack_write(kek, seq, &m->m.local, &ack))
		return;
	env_send(sim_env(m->node), &local, remote, ack.data, ack.len);
	keybuf_free(&ack);
}

static void apply(struct world_gm *m, enum gm_rekey_slot slot,
		  struct world_push *p, struct gdoi_policy *policy)
{
	struct gdoi_push push = p->push;
	bool delivered = policy && policy->has_kek;
	struct gm_keys next = { 0 };
	int64_t now = sim_now(m->world->sim);
	const struct ip_addr *server = &m->world->ks[p->ks].addr;

	push.policy = policy;
	if (policy)
		gm_keys_pushed(&m->m.keys, &push, now, &next);
	else if (!push.delete_teks)
		gm_keys_without(&m->m.keys, &push, now, &next);
	push.policy = NULL;
	gm_keys_drop(&m->m.keys);
	m->m.keys = next;
	gm_rekey_accepted(&m->m, slot, &push, delivered, server);
	m->pushed_at = now;
	m->pushed_by = p->ks;
	m->seq_at = now;
	m->seq_by = p->ks;
	m->world->pushes_taken++;
	world_say(m->world, "GM%u takes seq # %u under %02x%02x", m->index + 1,
		  p->push.seq, p->spi[0], p->spi[1]);
	if (!m->m.keys.policy)
		world_gm_removed(m);
	else
		world_gm_rekeyed(m);
	if (policy)
		world_gm_took_clock(m, p->ks, true);
}

static void accept_it(struct world_gm *m, enum gm_rekey_slot slot,
		      struct world_push *p, const struct endpoint *remote)
{
	struct gdoi_policy *policy = NULL;

	if (p->push.policy) {
		policy = gdoi_policy_copy(p->push.policy);
		if (!is_fresh(m, p, policy)) {
			gdoi_policy_free(policy);
			return;
		}
	}
	acknowledge(m, &m->m.rekey.sas[slot].kek, p->push.seq, remote);
	apply(m, slot, p, policy);
}

void world_push_take(struct world_gm *m, const struct endpoint *remote,
		     const void *data, size_t len)
{
	struct world *w = m->world;
	struct world_push *p = is_push(data, len) ? find(w, data, len) : NULL;
	struct gm_rekey_sa *sa;
	int slot;

	if (!p)
		return;
	slot = find_slot(m, p->spi);
	if (slot < 0) {
		world_say(w, "GM%u does not hold KEK %02x%02x of KS%u",
			  m->index + 1, p->spi[0], p->spi[1], p->ks + 1);
		return;
	}
	sa = &m->m.rekey.sas[slot];
	if (!p->opened) {
		open_with(w, p, &sa->kek);
		check_opened(w, p);
	}
	if (!p->opened)
		return;
	if (p->push.seq > sa->seq)
		accept_it(m, (enum gm_rekey_slot)slot, p, remote);
	else if (p->push.seq == sa->seq && m->pushed_by == p->ks)
		acknowledge(m, &sa->kek, p->push.seq, remote);
	else {
		world_say(w, "GM%u has seq # %u under %02x%02x already",
			  m->index + 1, sa->seq, p->spi[0], p->spi[1]);
		check_old(m, p, sa->seq);
	}
}

void world_push_free(struct world *w)
{
	struct world_push *p;
	size_t i;

	for (i = 0; i < WORLD_PUSH_BUCKETS; i++) {
		while ((p = w->pushes[i])) {
			w->pushes[i] = p->next;
			gdoi_push_fini(&p->push);
			free(p->data);
			free(p);
		}
	}
}
