/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking up another key server's keys: all of them in the place of ours, or
 * beside ours. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "ks/coop_priv.h"
#include "ks/coop_state_priv.h"
#include "ks/ks_schedule.h"

/* --- in the place of ours: KEKs ---------------------------------------------- */

/* What was known of a KEK and does not come with the octets.  A key is as old
 * as when it was first told of: transport only makes it look younger. */
static void keep_kek(struct ks_kek *kek, struct ks_kek *before)
{
	if (before->seq > kek->seq)
		kek->seq = before->seq;
	if (before->life.born < kek->life.born)
		kek->life.born = before->life.born;
	kek->conn_id = before->conn_id;
}

static unsigned int number_now(struct ks_kek *before, struct ks_kek *now,
			       unsigned int number)
{
	struct ks_kek *kek = ks_kek_find(before, number);

	kek = kek ? ks_kek_find_spi(now, kek->spi) : NULL;
	return kek ? kek->number : 0;
}

/* Members hold the same KEKs under the numbers of now. */
static void renumber(struct ks_group *g, struct ks_kek *before,
		     struct ks_kek *now)
{
	struct ks_member *m = NULL;

	while ((m = ks_members_next(&g->members, m))) {
		m->kek = number_now(before, now, m->kek);
		m->proved = number_now(before, now, m->proved);
	}
}

static void adopt_keks(struct ks_group *g, struct coop_state *state)
{
	struct ks_kek *before = g->kek, *kek, *known;

	for (kek = state->kek; kek; kek = kek->older) {
		known = ks_kek_find_spi(before, kek->spi);
		if (known)
			keep_kek(kek, known);
		if (kek->number > state->keks_made)
			state->keks_made = kek->number;
	}
	renumber(g, before, state->kek);
	ks_kek_free_all(before);
	g->kek = state->kek;
	g->keks_made = state->keks_made;
	state->kek = NULL;
	state->n_keks = 0;
}

/* --- TEKs and entries ------------------------------------------------------------ */

static struct ks_tek_set *set_with(const struct ks_sa *sa, uint32_t spi)
{
	struct ks_tek_set *set;
	size_t i;

	TAILQ_FOREACH (set, &sa->sets, entry) {
		for (i = 0; i < set->n; i++) {
			if (set->teks[i].spi == spi)
				return set;
		}
	}
	return NULL;
}

static void keep_ages(struct ks_sa *sa, struct coop_state_sa *from)
{
	struct ks_tek_set *set, *known;

	TAILQ_FOREACH (set, &from->sets, entry) {
		known = set->n ? set_with(sa, set->teks[0].spi) : NULL;
		if (!known)
			continue;
		set->told = known->told;
		if (known->life.born < set->life.born)
			set->life.born = known->life.born;
	}
}

static void take_given(struct ks_sa *sa, struct coop_state_sa *from)
{
	free(sa->given);
	sa->given = from->given;
	sa->n_given = from->n_given;
	from->given = NULL;
	from->n_given = 0;
}

static struct coop_state_sa *find_sa(struct coop_state *state,
				     unsigned int number)
{
	size_t i;

	for (i = 0; i < state->n_sas; i++) {
		if (state->sas[i].number == number)
			return &state->sas[i];
	}
	return NULL;
}

/* from is empty when the primary has no such SA. */
static void adopt_sa(struct ks_sa *sa, struct coop_state_sa *from)
{
	struct ks_tek_set *set;

	keep_ages(sa, from);
	while ((set = TAILQ_FIRST(&sa->sets)))
		ks_drop_set(sa, set);
	TAILQ_CONCAT(&sa->sets, &from->sets, entry);
	take_given(sa, from);
	sa->adopted = true;
	sa->adopted_replay = from->replay;
	sa->adopted_window = from->window;
}

static void adopt_sas(struct ks_group *g, struct coop_state *state)
{
	struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		struct coop_state_sa none = { .replay = KS_REPLAY_NONE };
		struct coop_state_sa *from = find_sa(state, sa->number);

		TAILQ_INIT(&none.sets);
		adopt_sa(sa, from ? from : &none);
	}
}

static const char *lacks(const struct ks_group *g,
			 const struct coop_state *state)
{
	size_t i;

	for (i = 0; i < state->n_sas; i++) {
		if (!TAILQ_EMPTY(&state->sas[i].sets) &&
		    !ks_sa_find(g, state->sas[i].number))
			return "an sa ipsec of the primary is missing";
	}
	if (state->kek && !state->kek->signer)
		return "the RSA key of rekeys is missing";
	return NULL;
}

/* --- the whole ------------------------------------------------------------------- */

static bool has_keys(const struct ks_group *g)
{
	const struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		if (!TAILQ_EMPTY(&sa->sets))
			return true;
	}
	return g->kek;
}

/* The first keys came from another: the clock is set by who knows it. */
static void come_alive(struct ks_group *g)
{
	if (g->live || !has_keys(g))
		return;
	g->live = true;
	g->pseudotime_zero = env_now(g->ks->env);
}

static void take_policy(struct ks_group *g, struct coop_state *state)
{
	free(g->policy_given);
	g->policy_given = state->policy_given;
	state->policy_given = NULL;
	ks_set_string(&g->policy_announced, NULL);
}

const char *coop_state_adopt(struct ks_group *g, struct coop_state *state)
{
	const char *why = lacks(g, state);

	adopt_keks(g, state);
	adopt_sas(g, state);
	coop_drops_take(g, state);
	take_policy(g, state);
	g->synced_at = state->synced_at;
	come_alive(g);
	ks_schedule_changed(g);
	return why;
}

/* --- beside ours -------------------------------------------------------------------- */

/* Behind the newest, the younger ones first: of too many the oldest go. */
static void insert_kek(struct ks_group *g, struct ks_kek *kek)
{
	struct ks_kek **p = &g->kek;

	if (*p)
		p = &(*p)->older;
	while (*p && (*p)->life.born >= kek->life.born)
		p = &(*p)->older;
	kek->older = *p;
	*p = kek;
	kek->number = ++g->keks_made;
}

/* True: kek is the group's now. */
static bool merge_kek(struct ks_group *g, struct ks_kek *kek)
{
	struct ks_kek *known = ks_kek_find_spi(g->kek, kek->spi);

	if (known) {
		keep_kek(kek, known);
		/* The other may have sent some more before it heard of us. */
		if (kek->seq < UINT32_MAX - COOP_SEQ_MARGIN)
			known->seq = kek->seq + COOP_SEQ_MARGIN;
		return false;
	}
	/* The third, who holds it still, hears from us how far it was used. */
	if (coop_state_is_dropped(g, coop_state_kek_spi(kek))) {
		coop_state_dropped_kek(g, kek);
		return false;
	}
	/* Without its signer nothing can be sent under it. */
	if (!kek->signer || ks_life_end(&kek->life) <= env_now(g->ks->env))
		return false;
	insert_kek(g, kek);
	return true;
}

static bool merge_keks(struct ks_group *g, struct coop_state *state)
{
	struct ks_kek *kek = state->kek, *next;
	bool any = false;

	for (; kek; kek = next) {
		next = kek->older;
		kek->older = NULL;
		if (merge_kek(g, kek))
			any = true;
		else
			ks_kek_free(kek);
	}
	state->kek = NULL;
	state->n_keks = 0;
	ks_drop_keks(g, env_now(g->ks->env));
	return any;
}

/* One that was cut short here ends then for all: they must hear of it. */
static bool ends_earlier(const struct ks_sa *sa, const struct ks_tek_set *set)
{
	const struct ks_tek_set *known =
		set->n ? set_with(sa, set->teks[0].spi) : NULL;

	return known && ks_life_end(&known->life) + SEC(COOP_SKEW) <
				ks_life_end(&set->life);
}

/* TEKs that we have, or had and dropped, are taken out. */
static void sift(struct ks_group *g, struct ks_tek_set *set)
{
	size_t i, n = 0;

	for (i = 0; i < set->n; i++) {
		struct ks_tek *tek = &set->teks[i];

		if (coop_state_is_dropped(g, tek->spi) ||
		    ks_group_has_spi(g, tek->spi)) {
			keybuf_free(&tek->key);
			keybuf_free(&tek->auth_key);
		} else {
			set->teks[n++] = *tek;
		}
	}
	set->n = n;
}

static void insert_set(struct ks_sa *sa, struct ks_tek_set *set)
{
	struct ks_tek_set *after = TAILQ_FIRST(&sa->sets), *next;

	if (!after) {
		TAILQ_INSERT_HEAD(&sa->sets, set, entry);
		return;
	}
	while ((next = TAILQ_NEXT(after, entry)) &&
	       next->life.born >= set->life.born)
		after = next;
	TAILQ_INSERT_AFTER(&sa->sets, after, set, entry);
}

static bool merge_sa(struct ks_sa *sa, struct coop_state_sa *from)
{
	int64_t now = env_now(sa->ks_group->ks->env);
	struct ks_tek_set *set;
	bool any = false;

	while ((set = TAILQ_FIRST(&from->sets))) {
		TAILQ_REMOVE(&from->sets, set, entry);
		any |= ends_earlier(sa, set);
		sift(sa->ks_group, set);
		if (!set->n || ks_life_end(&set->life) <= now) {
			ks_tek_set_free(set);
			continue;
		}
		insert_set(sa, set);
		any = true;
	}
	ks_limit_sets(sa);
	if (!sa->n_given)
		take_given(sa, from);
	return any;
}

bool coop_state_merge(struct ks_group *g, struct coop_state *state)
{
	bool any = merge_keks(g, state);
	struct ks_sa *sa;

	coop_drops_take(g, state);
	TAILQ_FOREACH (sa, &g->sas, entry) {
		struct coop_state_sa *from = find_sa(state, sa->number);

		if (from)
			any |= merge_sa(sa, from);
	}
	if (!g->policy_given)
		take_policy(g, state);
	if (!g->live)
		g->synced_at = state->synced_at;
	come_alive(g);
	ks_schedule_changed(g);
	return any;
}
