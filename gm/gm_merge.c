/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a downloaded policy joins what the member has already. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gm/gm_clock.h"
#include "gm/gm_keys.h"

struct merge {
	const struct gm_keys *old;
	struct gdoi_policy *policy;
	const struct gdoi_push *push; /* NULL: a registration */
	bool complete;		      /* the policy names all TEKs */
	int64_t now, as_of;
	struct gm_keys *next;
};

/* --- what is kept of the old TEKs ----------------------------------------------- */

static bool is_deleted(const struct merge *m, uint32_t spi)
{
	size_t i;

	if (!m->push)
		return false;
	for (i = 0; i < m->push->n_deleted; i++)
		if (m->push->deleted[i] == spi)
			return true;
	return m->push->delete_teks;
}

/* The TEK as we had it, NULL if it is new (another key is another TEK). */
static const struct gm_tek *as_before(const struct merge *m,
				      const struct gdoi_tek *tek)
{
	size_t i = gm_keys_find(m->old, tek->spi);
	const struct gm_tek *t;

	if (i == SIZE_MAX)
		return NULL;
	t = &m->old->teks[i];
	if (t->expires <= m->now || t->tek.key.len != tek->key.len ||
	    t->tek.auth_key.len != tek->auth_key.len ||
	    !bytes_equal(t->tek.key.data, tek->key.data, tek->key.len) ||
	    !bytes_equal(t->tek.auth_key.data, tek->auth_key.data,
			 tek->auth_key.len))
		return NULL;
	return t;
}

/* --- sender IDs ------------------------------------------------------------------ */

static bool newest_count(const struct gdoi_policy *p)
{
	size_t i;

	for (i = 0; i < p->n_teks; i++)
		if (gm_keys_rule_of(p, i) && gm_tek_counts(&p->teks[i]))
			return true;
	return false;
}

/* Not through a time without a counter mode: the key server need not know
 * then whose they were, and may give them to others. */
static void keep_sids(struct merge *m)
{
	const struct gdoi_policy *old = m->old->policy;
	struct gdoi_policy *p = m->policy;

	if (!m->push || !old || !old->n_sids || p->n_sids || !newest_count(p))
		return;
	p->sid_bits = old->sid_bits;
	p->n_sids = old->n_sids;
	p->sids = xmemdup(old->sids, old->n_sids * sizeof(*old->sids));
}

/* Two members that count with one ID under one key have lost it, so an ID is
 * the key's: one that a registration gives is not for the keys that it does
 * not name. */
static void set_sid(const struct merge *m, struct gm_tek *t,
		    const struct gm_tek *known)
{
	const struct gdoi_policy *p = m->policy;

	if (!gm_tek_counts(&t->tek))
		return;
	if (m->push && known && known->sid_bits) {
		t->sid = known->sid;
		t->sid_bits = known->sid_bits;
	} else if (p->n_sids) {
		t->sid = p->sids[0];
		t->sid_bits = p->sid_bits;
	}
}

/* --- each TEK by itself ----------------------------------------------------------- */

/* Nothing is left to send with meanwhile. */
static bool at_once(const struct merge *m)
{
	return m->push && m->push->delete_teks;
}

static int64_t activation(const struct merge *m)
{
	return at_once(m) ? 0 : SEC(m->policy->atd);
}

/* A TEK that we had already keeps its times; a registration tells a new end,
 * a rekey only an earlier one. */
static void place(const struct merge *m, struct gm_tek *t)
{
	const struct gm_tek *known = as_before(m, &t->tek);

	t->expires = m->as_of + SEC(t->tek.lifetime);
	t->send_from = m->as_of + activation(m);
	t->before = SIZE_MAX;
	set_sid(m, t, known);
	if (!known)
		return;
	/* What was told first says best how long its life is. */
	if (known->tek.lifetime > t->tek.lifetime)
		t->tek.lifetime = known->tek.lifetime;
	if (!at_once(m) || known->send_from < t->send_from)
		t->send_from = known->send_from;
	if (m->push && known->expires < t->expires)
		t->expires = known->expires;
}

/* The secrets move: one place is enough. */
static void add_downloaded(struct merge *m)
{
	struct gm_keys *next = m->next;
	size_t i;

	for (i = 0; i < m->policy->n_teks; i++) {
		struct gdoi_tek *from = &m->policy->teks[i];

		next->teks[i].tek = *from;
		from->key = (struct keybuf){ 0 };
		from->auth_key = (struct keybuf){ 0 };
		place(m, &next->teks[i]);
		next->renewed |= !as_before(m, &next->teks[i].tek) &&
				 gm_keys_rule_of(m->policy, i);
	}
	next->n_teks = i;
}

static void add_living(struct merge *m)
{
	struct gm_keys *next = m->next;
	size_t i;

	for (i = 0; i < m->old->n_teks && next->n_teks < GM_MAX_TEKS; i++) {
		const struct gm_tek *o = &m->old->teks[i];

		if (o->expires <= m->now || is_deleted(m, o->tek.spi) ||
		    gm_keys_find(next, o->tek.spi) != SIZE_MAX)
			continue;
		gm_tek_copy(&next->teks[next->n_teks], o);
		next->teks[next->n_teks++].before = SIZE_MAX;
	}
}

/* --- which follows which ------------------------------------------------------------ */

/* The last of the flow that begins with tek. */
static size_t tail(const struct gm_keys *keys, size_t tek)
{
	size_t steps;

	for (steps = 0; steps < keys->n_teks; steps++) {
		if (keys->teks[tek].before == SIZE_MAX)
			break;
		tek = keys->teks[tek].before;
	}
	return tek;
}

/* older is the TEK before newer, or before those that newer follows.  A tail
 * in common means that it is there already, or would make a ring. */
static void follow(struct gm_keys *keys, size_t newer, size_t older)
{
	size_t end = tail(keys, newer);

	if (tail(keys, older) != end)
		keys->teks[end].before = older;
}

/* A key server of our family names all TEKs of the group to who registers: one
 * that we have and that is not there was dropped, and this member missed it.
 * It goes on receiving, in case the sender has missed it, too. */
static bool was_dropped(const struct merge *m, size_t tek)
{
	return m->complete && tek >= m->policy->n_teks;
}

/* What followed what goes on doing so. */
static void link_as_before(struct merge *m)
{
	struct gm_keys *next = m->next;
	size_t i, was, older;

	for (i = 0; i < next->n_teks; i++) {
		was = gm_keys_find(m->old, next->teks[i].tek.spi);
		if (was == SIZE_MAX || m->old->teks[was].before == SIZE_MAX)
			continue;
		older = m->old->teks[was].before;
		older = gm_keys_find(next, m->old->teks[older].tek.spi);
		if (older != SIZE_MAX && !was_dropped(m, older))
			follow(next, i, older);
	}
}

/* The SPI that protected ace under the policy before; 0: none did. */
static uint32_t former_spi(const struct gm_keys *keys, const struct ace *ace)
{
	const struct gdoi_policy *p = keys->policy;
	size_t i;

	for (i = 0; p && i < p->n_rules; i++)
		if (p->rules[i].ace.permit && ace_equal(&p->rules[i].ace, ace))
			return keys->teks[p->rules[i].tek].tek.spi;
	return 0;
}

/* In a roll-over the older TEK of the same traffic is sent with until late
 * in its life: by then every member has the new one. */
static void link_former(struct merge *m)
{
	size_t i, older;

	for (i = 0; i < m->policy->n_teks; i++) {
		const struct gdoi_rule *rule = gm_keys_rule_of(m->policy, i);
		uint32_t spi = rule ? former_spi(m->old, &rule->ace) : 0;

		older = spi ? gm_keys_find(m->next, spi) : SIZE_MAX;
		if (older != SIZE_MAX && !was_dropped(m, older))
			follow(m->next, i, older);
	}
}

/* A policy may bring the TEK before along: a young member never had it as the
 * newest, but sends with it as long as the others do. */
static void link_named_old(struct merge *m)
{
	size_t i, newer;

	for (i = 0; i < m->policy->n_teks; i++) {
		newer = m->policy->teks[i].newer;
		if (m->policy->teks[i].old && newer < m->policy->n_teks)
			follow(m->next, newer, i);
	}
}

/* --- when to send with which ---------------------------------------------------------- */

static int64_t switch_time(const struct merge *m, const struct gm_tek *older)
{
	int64_t late = older->expires - SEC(GM_SWITCH_BEFORE_EXPIRY);
	int64_t soonest = m->now + activation(m);

	return late > soonest ? late : soonest;
}

/* A TEK that was there keeps its time, unless the one before it now ends
 * earlier. */
static void set_switch(const struct merge *m, struct gm_tek *t)
{
	int64_t when = switch_time(m, &m->next->teks[t->before]);

	if (!as_before(m, &t->tek) || when < t->send_from)
		t->send_from = when;
}

static void set_switches(struct merge *m)
{
	size_t i;

	for (i = 0; i < m->next->n_teks; i++) {
		struct gm_tek *t = &m->next->teks[i];
		int64_t soonest = m->now + activation(m);

		if (t->before != SIZE_MAX)
			set_switch(m, t);
		else if (m->complete && t->send_from > soonest)
			t->send_from = soonest; /* nothing else is sent with */
	}
}

/* --- the rest of a policy ---------------------------------------------------------------- */

static bool same_spi(const struct gdoi_policy *a, const struct gdoi_policy *b)
{
	return a->has_kek && b->has_kek &&
	       memcmp(a->kek.spi, b->kek.spi, sizeof(a->kek.spi)) == 0;
}

static void keep_kek(struct merge *m)
{
	const struct gdoi_policy *old = m->old->policy;
	struct gdoi_policy *p = m->policy;

	if (p->has_kek)
		m->next->kek_expires = m->as_of + SEC(p->kek.lifetime);
	if (!m->push || !old || !old->has_kek)
		return;
	if (!p->has_kek && !m->push->delete_kek) {
		gm_kek_copy(&p->kek, &old->kek);
		p->has_kek = true;
		p->seq = old->seq;
		m->next->kek_expires = m->old->kek_expires;
	} else if (same_spi(p, old) &&
		   m->old->kek_expires < m->next->kek_expires) {
		m->next->kek_expires = m->old->kek_expires;
	}
}

/* A message that was late did not set the clock (gm_clock.h), and one without
 * pseudotime leaves it. */
static void keep_clock(struct merge *m)
{
	const struct gdoi_policy *old = m->old->policy;
	struct gdoi_policy *p = m->policy;
	bool late = m->as_of < m->now;

	m->next->received = m->as_of;
	m->next->synced = m->as_of;
	if (!m->push || !old || !old->has_pseudotime)
		return;
	if (!p->has_pseudotime) {
		/* The form for strict members: no word of replay in it. */
		p->tbar = old->tbar;
		p->tbar_window = old->tbar_window;
		p->replay_window = old->replay_window;
		p->has_pseudotime = true;
		p->pseudotime = old->pseudotime;
		m->next->received = m->old->received;
		late = true;
	}
	if (late)
		m->next->synced = m->old->synced;
}

static enum ipsec_replay method_of(const struct gdoi_policy *p)
{
	if (p->tbar)
		return IPSEC_REPLAY_TIME;
	return p->replay_window ? IPSEC_REPLAY_COUNTER : IPSEC_REPLAY_NONE;
}

static void set_replay(const struct merge *m, struct gm_tek *t)
{
	const struct gm_tek *known = as_before(m, &t->tek);
	const struct gdoi_policy *p = m->policy;

	t->replay = method_of(p);
	t->window = p->tbar ? p->tbar_window : p->replay_window;
	if (known && known->replay != t->replay) {
		t->replay = known->replay;
		t->window = known->window;
	}
}

static void join(struct merge *m)
{
	size_t i;

	*m->next = (struct gm_keys){
		.policy = m->policy,
		.teks = xcalloc(m->policy->n_teks + GM_MAX_TEKS,
				sizeof(struct gm_tek)),
	};
	keep_sids(m);
	add_downloaded(m);
	add_living(m);
	link_as_before(m);
	link_former(m);
	link_named_old(m);
	set_switches(m);
	keep_kek(m);
	keep_clock(m);
	for (i = 0; i < m->policy->n_teks; i++)
		set_replay(m, &m->next->teks[i]);
}

void gm_keys_pulled(const struct gm_keys *keys, struct gdoi_policy *policy,
		    int64_t now, struct gm_keys *next)
{
	/* Lifetimes and pseudotime count from when the policy was read; the
	 * keys may have come much later (a lost message). */
	struct merge m = {
		.old = keys,
		.policy = policy,
		.now = now,
		.as_of = policy->as_of ? policy->as_of : now,
		.complete = policy->complete,
		.next = next,
	};

	join(&m);
}

void gm_keys_pushed(const struct gm_keys *keys, struct gdoi_push *push,
		    int64_t now, struct gm_keys *next)
{
	struct gdoi_policy *policy = push->policy;
	struct merge m = {
		.old = keys,
		.policy = policy,
		.push = push,
		.now = now,
		.as_of = policy->as_of ? policy->as_of : now,
		.next = next,
	};

	push->policy = NULL;
	join(&m);
}

void gm_keys_without(const struct gm_keys *keys, const struct gdoi_push *push,
		     int64_t now, struct gm_keys *next)
{
	const struct merge m = { .push = push };
	size_t i;

	*next = *keys;
	if (!keys->policy)
		return;
	next->policy = gdoi_policy_copy(keys->policy);
	next->teks = xcalloc(keys->n_teks + 1, sizeof(*next->teks));
	for (i = 0; i < keys->n_teks; i++) {
		gm_tek_copy(&next->teks[i], &keys->teks[i]);
		if (is_deleted(&m, keys->teks[i].tek.spi))
			next->teks[i].expires = now;
	}
	if (push->delete_kek)
		next->policy->has_kek = false;
	gm_keys_expire(next, now);
}
