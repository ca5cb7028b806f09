/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The invariants of roles, databases and clocks. */
#include <stdlib.h>
#include <string.h>

#include "ks/coop_priv.h"
#include "ks/coop_state.h"
#include "ks/ks_rekey.h"
#include "ks/ks_schedule.h"
#include "tests/coop/world.h"

enum {
	RECENT = 10,	/* s: looked at so often */
	TOUCH_AGE = 45, /* s: a session of that age has told everything */
	SILENT = 6,	/* s without a PUSH after a fail-over */
	/* s: retransmissions, and the time of the fail-over: who died amid them
	 * has its last rekey repeated */
	CUT_SHORT = 120,
	STARVED = 400, /* s: the whole list of key servers, twice */
};

static struct coop_link *link_of(const struct world *w, unsigned int a,
				 unsigned int b)
{
	return w->ks[a].links[b];
}

/* How long the two have been in touch, us. */
static int64_t in_touch(const struct world *w, unsigned int a, unsigned int b)
{
	const struct coop_link *l = link_of(w, a, b);
	int64_t now = sim_now(w->sim);

	if (!world_ks_reach(w, a, b) || !l || !l->session ||
	    l->since == INT64_MAX)
		return 0;
	return now - l->since;
}

/* --- a role begins --------------------------------------------------------------- */

/* s until it would make keys or tell the time anyway. */
static uint32_t due_of(const struct ks_group *g)
{
	const struct ks_tek_set *set;
	const struct ks_sa *sa;
	uint32_t due = ks_sync_due(g), d;

	if (g->kek && (d = ks_kek_due(g)) < due)
		due = d;
	TAILQ_FOREACH (sa, &g->sas, entry) {
		set = TAILQ_FIRST(&sa->sets);
		if (!set)
			return 0;
		d = ks_tek_due(sa, set);
		if (d < due)
			due = d;
	}
	return due;
}

static void check_preemption(struct world_ks *ks)
{
	struct world *w = ks->world;
	int64_t now = sim_now(w->sim);
	int touch = WORLD_TOUCH + (w->loss ? 60 : 0);
	unsigned int i;

	for (i = 0; i < w->n_ks; i++) {
		struct world_ks *p = &w->ks[i];

		world_check_role(p);
		if (p == ks || !world_is_primary(p) ||
		    now - p->role_since < SEC(touch) ||
		    in_touch(w, ks->index, i) < SEC(touch) ||
		    in_touch(w, i, ks->index) < SEC(touch))
			continue;
		world_fail(w, "no preemption",
			   "KS%u becomes primary although it has been in touch "
			   "with primary KS%u for %lld s",
			   ks->index + 1, i + 1,
			   (long long)(in_touch(w, ks->index, i) / US_PER_SEC));
	}
}

static bool alone_in_role(const struct world_ks *ks)
{
	const struct world *w = ks->world;
	unsigned int i;

	for (i = 0; i < w->n_ks; i++) {
		if (&w->ks[i] != ks && world_is_primary(&w->ks[i]) &&
		    world_ks_reach(w, ks->index, i))
			return false;
	}
	return true;
}

static void took_over(struct world_ks *ks)
{
	struct world *w = ks->world;
	int64_t now = sim_now(w->sim);

	w->takeovers++;
	check_preemption(ks);
	if (w->options.plant == PLANT_SEQ && ks->g->kek)
		ks->g->kek->seq = 0;
	if (ks->g->live && !w->counter && due_of(ks->g) > SILENT + 10 &&
	    alone_in_role(ks) && now - w->spoken > SEC(60) &&
	    now - w->last_push > SEC(CUT_SHORT) && now >= w->trouble)
		ks->silent_until = now + SEC(SILENT);
}

static void gave_up(struct world_ks *ks)
{
	struct world *w = ks->world;

	w->merges++;
	world_trouble(w, WORLD_MERGE + (w->loss ? w->tek_life : 0));
	w->db_trouble = sim_now(w->sim);
	(void)ks;
}

void world_check_role(struct world_ks *ks)
{
	struct world *w = ks->world;
	enum coop_role before = ks->role, now;

	if (!ks->up)
		return;
	now = coop_role_now(ks->g->cooperation);
	if (now == before)
		return;
	world_say(w, "KS%u (priority %u) is %s, was %s", ks->index + 1,
		  ks->priority, coop_role_name(now), coop_role_name(before));
	ks->role = now;
	ks->role_since = sim_now(w->sim);
	ks->silent_until = 0;
	if (now == COOP_PRIMARY)
		took_over(ks);
	else if (before == COOP_PRIMARY)
		gave_up(ks);
}

/* --- primaries ---------------------------------------------------------------------- */

static void check_two(struct world *w, unsigned int a, unsigned int b)
{
	int64_t *since = &w->ks[a].two_since[b], now = sim_now(w->sim);

	if (!world_ks_reach(w, a, b) || !world_is_primary(&w->ks[a]) ||
	    !world_is_primary(&w->ks[b])) {
		*since = 0;
		return;
	}
	if (!*since)
		*since = now;
	world_trouble(w, WORLD_MERGE + (w->loss ? w->tek_life : 0));
	if (now - *since > SEC(WORLD_TWO_PRIMARIES + (w->loss ? 60 : 0)))
		world_fail(w, "one primary",
			   "KS%u and KS%u are both primary, and have reached "
			   "each other for %lld s",
			   a + 1, b + 1,
			   (long long)((now - *since) / US_PER_SEC));
}

static void touch(struct world *w, unsigned int a, unsigned int b)
{
	if (in_touch(w, a, b) >= SEC(TOUCH_AGE) &&
	    in_touch(w, b, a) >= SEC(TOUCH_AGE))
		w->ks[a].touched[b] = sim_now(w->sim);
}

static void check_pairs(struct world *w)
{
	unsigned int a, b;

	for (a = 0; a < w->n_ks; a++) {
		for (b = 0; b < w->n_ks; b++) {
			if (a == b)
				continue;
			touch(w, a, b);
			if (a < b)
				check_two(w, a, b);
		}
	}
}

/* All that a reaches, directly or not, as bits. */
static unsigned int component_of(const struct world *w, unsigned int a)
{
	unsigned int all = 1u << a, before = 0, i, j;

	while (all != before) {
		before = all;
		for (i = 0; i < w->n_ks; i++) {
			for (j = 0; (all & 1u << i) && j < w->n_ks; j++) {
				if (world_ks_reach(w, i, j))
					all |= 1u << j;
			}
		}
	}
	return all;
}

static void check_component(struct world *w, unsigned int members)
{
	unsigned int i, n = 0;

	for (i = 0; i < w->n_ks; i++) {
		if ((members & 1u << i) && world_is_primary(&w->ks[i]))
			n++;
	}
	if (!n)
		world_fail(w, "a primary",
			   "key servers %02x have been at rest for %d s, none "
			   "is primary",
			   members, WORLD_REST);
}

static void check_components(struct world *w)
{
	unsigned int seen = 0, i, c;

	if (sim_now(w->sim) - w->disturbed < SEC(WORLD_REST))
		return;
	for (i = 0; i < w->n_ks; i++) {
		if (!w->ks[i].up || (seen & 1u << i))
			continue;
		c = component_of(w, i);
		seen |= c;
		check_component(w, c);
	}
}

/* --- databases and keys ----------------------------------------------------------------- */

static const char *difference(struct ks_group *a, struct ks_group *b)
{
	struct ks_member *m = NULL;
	struct ks_sa *sa = TAILQ_FIRST(&a->sas), *sb = TAILQ_FIRST(&b->sas);
	struct ks_tek_set *ta = TAILQ_FIRST(&sa->sets);
	struct ks_tek_set *tb = TAILQ_FIRST(&sb->sets);

	if (a->members.count != b->members.count)
		return "number of members";
	while ((m = ks_members_next(&a->members, m))) {
		if (!ks_members_find(&b->members, &m->addr))
			return "members";
	}
	if (!a->kek != !b->kek ||
	    (a->kek && memcmp(a->kek->spi, b->kek->spi, 16) != 0))
		return "newest KEK";
	if (!ta != !tb || (ta && ta->teks[0].spi != tb->teks[0].spi))
		return "newest TEK";
	return NULL;
}

static struct world_ks *primary_of(struct world_ks *ks)
{
	struct ip_addr primary;

	if (ks->role != COOP_SECONDARY)
		return NULL;
	primary = coop_role_primary(ks->g->cooperation->role);
	return world_ks_at(ks->world, &primary);
}

static void check_agreement(struct world_ks *ks)
{
	struct world_ks *p = primary_of(ks);
	struct world *w = ks->world;
	int64_t now = sim_now(w->sim);
	const char *what;

	/* Without keys its word counts for nothing. */
	if (!p || !world_is_primary(p) || !p->g->cooperation->tag.version ||
	    in_touch(w, ks->index, p->index) < SEC(TOUCH_AGE) ||
	    !(what = difference(ks->g, p->g))) {
		ks->differs_since = 0;
		return;
	}
	if (!ks->differs_since || ks->differs_since < w->db_trouble)
		ks->differs_since = now;
	if (now - ks->differs_since > SEC(WORLD_AGREE))
		world_fail(w, "agreement",
			   "%s of KS%u (%u members) and its primary KS%u (%u) "
			   "differ since %lld s",
			   what, ks->index + 1, ks->g->members.count,
			   p->index + 1, p->g->members.count,
			   (long long)((now - ks->differs_since) / US_PER_SEC));
}

/* --- clocks ------------------------------------------------------------------------------- */

/* Its keys are of nobody but itself. */
static bool known_origin(const struct world_ks *ks)
{
	return !world_is_primary(ks) || ks->g->cooperation->n_known;
}

static void origin(struct world_ks *ks)
{
	struct world *w = ks->world;

	if (known_origin(ks))
		return;
	world_say(w, "KS%u starts the group from nothing", ks->index + 1);
	if (w->n_origins < WORLD_ORIGINS)
		w->origins[w->n_origins++] = ks->zero;
	/* What members of before have, it does not know. */
	if (w->n_origins > 1)
		world_trouble(w, 2 * (int64_t)w->tek_life + 120);
}

void world_check_clock(struct world_ks *ks)
{
	const struct ks_group *g = ks->g;
	bool was = ks->live;
	int64_t before = ks->zero;

	ks->live = g->live;
	ks->zero = g->pseudotime_zero;
	if (!ks->live)
		return;
	if (!was)
		origin(ks);
	else if (ks->zero > before + SEC(WORLD_CLOCK_SLACK))
		world_fail(ks->world, "pseudotime",
			   "the clock of KS%u goes back by %lld s",
			   ks->index + 1,
			   (long long)((ks->zero - before) / US_PER_SEC));
	else if (ks->zero > before)
		ks->zero = before; /* small steps do not add up unseen */
}

/* --- members --------------------------------------------------------------------------------- */

static bool served(const struct world *w, const struct world_gm *m)
{
	unsigned int i;

	for (i = 0; i < w->n_ks; i++) {
		if (world_is_primary(&w->ks[i]) && world_gm_reach(w, m, i))
			return true;
	}
	return false;
}

static void check_member(struct world_gm *m)
{
	struct world *w = m->world;
	int64_t now = sim_now(w->sim);

	if (m->m.keys.policy || !served(w, m) ||
	    now - w->disturbed < SEC(WORLD_REST)) {
		m->lost_since = 0;
		return;
	}
	if (!m->lost_since)
		m->lost_since = now;
	if (now - m->lost_since > SEC(STARVED) && now > SEC(1800))
		world_fail(w, "service",
			   "GM%u reaches a primary and has had no keys for "
			   "%lld s",
			   m->index + 1,
			   (long long)((now - m->lost_since) / US_PER_SEC));
}

/* TEKs of a primary that will give up its role are refused by the others. */
static void plant_tek(struct world *w)
{
	const struct ks_tek_set *set;
	unsigned int a, b;

	for (a = 0; a < w->n_ks; a++) {
		for (b = 0; b < w->n_ks; b++) {
			if (a == b || !world_is_primary(&w->ks[a]) ||
			    !world_is_primary(&w->ks[b]))
				continue;
			set = TAILQ_FIRST(&TAILQ_FIRST(&w->ks[a].g->sas)->sets);
			if (set)
				coop_state_dropped(w->ks[b].g, set->teks[0].spi,
						   INT64_MAX);
		}
	}
}

void world_check(struct world *w)
{
	bool often = sim_now(w->sim) / US_PER_SEC % RECENT == 0;
	unsigned int i;

	for (i = 0; i < w->n_ks; i++) {
		if (!w->ks[i].up)
			continue;
		world_check_role(&w->ks[i]);
		world_check_clock(&w->ks[i]);
		if (!often)
			continue;
		world_keys_see(w, w->ks[i].g);
		check_agreement(&w->ks[i]);
	}
	check_pairs(w);
	if (often) {
		check_components(w);
		for (i = 0; i < w->n_gms; i++)
			check_member(&w->gms[i]);
	}
	if (w->options.plant == PLANT_TEK)
		plant_tek(w);
	world_keys_check(w);
}
