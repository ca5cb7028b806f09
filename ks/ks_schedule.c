/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_schedule.h"

#include "gdoi/gdoi_debug.h"
#include "ks/coop.h"
#include "ks/ks_change.h"
#include "ks/ks_make.h"
#include "ks/ks_msg.h"
#include "ks/ks_rekey.h"

enum { LEAD_GRANULARITY = 1 }; /* s, seen on devices */

static uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t max_u32(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

uint32_t ks_retransmit_time(const struct ks_rekey_config *rekey)
{
	unsigned int number = rekey->periodic ? KS_REKEY_NUMBER : rekey->number;

	return number * rekey->interval + KS_RETRANSMIT_SLACK;
}

static uint32_t cap_lead(uint32_t lead, uint32_t lifetime)
{
	return min_u32(lead, (uint32_t)((uint64_t)lifetime *
					KS_TEK_LEAD_CAP_PERCENT / 100));
}

uint32_t ks_kek_lead(const struct ks_rekey_config *rekey, uint32_t lifetime)
{
	uint32_t lead = KS_KEK_LEAD;

	if (rekey->unicast)
		lead += ks_retransmit_time(rekey);
	return cap_lead(lead, lifetime);
}

/* max(90 s, min(5 %, 3600 s)) */
static uint32_t tek_margin(uint32_t lifetime)
{
	uint32_t share =
		(uint32_t)((uint64_t)lifetime * KS_TEK_LEAD_PERCENT / 100);

	return max_u32(KS_TEK_LEAD_MIN, min_u32(share, KS_TEK_LEAD_MAX));
}

/* Members that have no new TEK yet come for one 5 % before the end: multicast
 * rekeys, too, must have been repeated by then. */
uint32_t ks_tek_lead(const struct ks_rekey_config *rekey, uint32_t lifetime)
{
	uint32_t lead = tek_margin(lifetime) + ks_retransmit_time(rekey);

	return cap_lead(lead, lifetime) + LEAD_GRANULARITY;
}

uint32_t ks_tek_shortened(uint32_t lifetime, uint32_t remaining)
{
	return min_u32(remaining, tek_margin(lifetime));
}

/* --- the timer ----------------------------------------------------------- */

static int64_t key_due(const struct ks_life *life, uint32_t lead)
{
	return ks_life_end(life) - SEC(lead);
}

static int64_t tek_due_at(const struct ks_sa *sa, const struct ks_tek_set *set)
{
	return key_due(&set->life,
		       ks_tek_lead(&sa->ks_group->rekey, set->life.seconds));
}

static int64_t kek_due_at(const struct ks_group *g)
{
	return key_due(&g->kek->life,
		       ks_kek_lead(&g->rekey, g->kek->life.seconds));
}

static uint32_t seconds_until(const struct ks_group *g, int64_t when)
{
	int64_t left = when - env_now(g->ks->env);

	return left > 0 ? (uint32_t)(left / US_PER_SEC) : 0;
}

uint32_t ks_kek_due(const struct ks_group *g)
{
	return g->kek ? seconds_until(g, kek_due_at(g)) : 0;
}

uint32_t ks_tek_due(const struct ks_sa *sa, const struct ks_tek_set *set)
{
	return seconds_until(sa->ks_group, tek_due_at(sa, set));
}

/* --- replacing what is due ------------------------------------------------ */

/* Until when a key that ends is replaced now: what is due within seconds of
 * each other goes out in one rekey. */
static int64_t horizon(const struct ks_group *g, int64_t now)
{
	int64_t soon = now + SEC(KS_TOGETHER);
	const struct ks_tek_set *set;
	const struct ks_sa *sa;

	if (g->kek && kek_due_at(g) <= now)
		return soon;
	TAILQ_FOREACH (sa, &g->sas, entry) {
		set = TAILQ_FIRST(&sa->sets);
		if (set && tek_due_at(sa, set) <= now)
			return soon;
	}
	return now;
}

static bool replace_kek(struct ks_group *g, int64_t until)
{
	if (!g->kek || kek_due_at(g) > until)
		return false;
	if (ks_has_rekey(g)) {
		ks_make_kek(g);
		return true;
	}
	if (ks_life_end(&g->kek->life) <= env_now(g->ks->env)) {
		ks_kek_free_all(g->kek);
		g->kek = NULL;
	}
	return false;
}

static bool replace_due(struct ks_group *g, int64_t until)
{
	bool made = replace_kek(g, until);
	struct ks_tek_set *newest;
	struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		newest = TAILQ_FIRST(&sa->sets);
		if (newest && tek_due_at(sa, newest) <= until)
			made |= ks_make_set(sa);
	}
	return made;
}

static void cut_sets(struct ks_sa *sa)
{
	int64_t now = env_now(sa->ks_group->ks->env);
	struct ks_tek_set *set;

	TAILQ_FOREACH (set, &sa->sets, entry) {
		uint32_t left = ks_life_remaining(&set->life, now);

		ks_life_cut(&set->life, now,
			    ks_tek_shortened(set->life.seconds, left));
	}
}

/* The policy was edited since members got it, and is about to be sent. */
static void make_current(struct ks_group *g)
{
	struct ks_tek_set *newest;
	struct ks_sa *sa;

	if (g->kek && ks_has_rekey(g) && ks_kek_outdated(g))
		ks_make_kek(g);
	TAILQ_FOREACH (sa, &g->sas, entry) {
		newest = TAILQ_FIRST(&sa->sets);
		if (newest && ks_set_outdated(sa, newest)) {
			cut_sets(sa);
			ks_make_set(sa);
		} else {
			ks_make_missing(sa);
		}
	}
}

/* Nobody here makes another, so the newest goes, too. */
static void drop_ended_keks(struct ks_group *g, int64_t now)
{
	while (g->kek && ks_life_end(&g->kek->life) <= now) {
		struct ks_kek *ended = g->kek;

		g->kek = ended->older;
		ks_kek_free(ended);
	}
}

static void drop_expired(struct ks_group *g, int64_t now)
{
	struct ks_tek_set *set, *next;
	struct ks_sa *sa;

	if (!coop_is_primary(g))
		drop_ended_keks(g, now);
	ks_drop_keks(g, now);
	TAILQ_FOREACH (sa, &g->sas, entry) {
		TAILQ_FOREACH_SAFE (set, &sa->sets, entry, next) {
			if (ks_life_end(&set->life) <= now)
				ks_drop_set(sa, set);
		}
	}
}

/* --- the timer ----------------------------------------------------------- */

static int64_t sync_at(const struct ks_group *g)
{
	return g->synced_at + SEC(KS_PSEUDOTIME_REFRESH);
}

uint32_t ks_sync_due(const struct ks_group *g)
{
	return g->live ? seconds_until(g, sync_at(g)) : 0;
}

static void sooner(int64_t *next, int64_t when)
{
	if (when < *next)
		*next = when;
}

/* What is overdue could not be done, and is tried again after KS_RETRY; or it
 * was another's to do, and is done now. */
static void sooner_due(const struct ks_group *g, int64_t *next, int64_t due)
{
	sooner(next, due > g->retry_at ? due : g->retry_at);
}

static void next_kek(const struct ks_group *g, int64_t *next)
{
	const struct ks_kek *kek;

	if (!g->kek)
		return;
	sooner_due(g, next, kek_due_at(g));
	for (kek = g->kek; kek; kek = kek->older)
		sooner(next, ks_life_end(&kek->life));
}

/* When there is something to do. */
static int64_t next_event(const struct ks_group *g)
{
	const struct ks_tek_set *set;
	int64_t next = INT64_MAX;
	const struct ks_sa *sa;

	next_kek(g, &next);
	TAILQ_FOREACH (sa, &g->sas, entry) {
		set = TAILQ_FIRST(&sa->sets);
		if (set)
			sooner_due(g, &next, tek_due_at(sa, set));
		TAILQ_FOREACH (set, &sa->sets, entry)
			sooner(&next, ks_life_end(&set->life));
	}
	if (ks_is_time_based(g))
		sooner(&next, sync_at(g));
	if (g->reinit_until)
		sooner(&next, g->reinit_until);
	return next;
}

/* When a key ends: that is all there is to do for who is not primary. */
static int64_t next_end(const struct ks_group *g)
{
	const struct ks_tek_set *set;
	const struct ks_kek *kek;
	int64_t next = INT64_MAX;
	const struct ks_sa *sa;

	for (kek = g->kek; kek; kek = kek->older)
		sooner(&next, ks_life_end(&kek->life));
	TAILQ_FOREACH (sa, &g->sas, entry) {
		TAILQ_FOREACH (set, &sa->sets, entry)
			sooner(&next, ks_life_end(&set->life));
	}
	if (g->reinit_until)
		sooner(&next, g->reinit_until);
	return next;
}

static void run(void *arg);

static void arm(struct ks_group *g)
{
	struct env *env = g->ks->env;
	int64_t now = env_now(env);
	int64_t next = coop_is_primary(g) ? next_event(g) : next_end(g);

	if (next == INT64_MAX)
		env_timer_cancel(env, &g->timer);
	else
		env_timer_set(env, &g->timer, next > now ? next - now : 0, run,
			      g);
}

/* Members that cannot be sent a rekey, or miss it, come for the new keys
 * before the old ones end: they register again later than the lead. */
static void send_update(struct ks_group *g)
{
	const char *why;

	if (ks_change_pending(g))
		make_current(g);
	if (ks_rekey(g, KS_REKEY_UPDATE, &why))
		return;
	gdoi_debug(g->ks->config.groups, KS_REKEY, EVENT, g->group->name, NULL,
		   "no scheduled rekey: %s", why);
	ks_change_given(g);
}

static void end_reinit(struct ks_group *g, int64_t now)
{
	if (!g->reinit_until || g->reinit_until > now)
		return;
	g->reinit_until = 0;
	env_event(g->ks->env, KS_REINIT_FINISH, g->group->name);
}

/* Keys that end wake us up before that, too. */
static bool replace_in_time(struct ks_group *g, int64_t now)
{
	if (now < g->retry_at)
		return false;
	g->retry_at = now + SEC(KS_RETRY);
	return replace_due(g, horizon(g, now));
}

static void renew_due(struct ks_group *g, int64_t now)
{
	bool made = replace_in_time(g, now);
	bool sync = ks_is_time_based(g) && sync_at(g) <= now;

	drop_expired(g, now);
	if (made || (sync && g->kek && ks_has_rekey(g)))
		send_update(g);
	if (sync)
		g->synced_at = now;
}

static void run(void *arg)
{
	struct ks_group *g = arg;
	int64_t now = env_now(g->ks->env);

	if (coop_is_primary(g))
		renew_due(g, now);
	else
		drop_expired(g, now);
	end_reinit(g, now);
	arm(g);
}

/* --- facts from outside -------------------------------------------------- */

/* 1 January 2016, us since 1970. */
#define CLOCK_EPOCH (INT64_C(1451606400) * US_PER_SEC)

/* From 0, as on IOS.  Where key servers cooperate, one of them that has lost
 * its memory and meets nobody must not set its members' clocks back: there it
 * starts from the time of day. */
static void start_clock(struct ks_group *g)
{
	int64_t day = env_wall(g->ks->env) - CLOCK_EPOCH;
	int64_t now = env_now(g->ks->env);

	g->live = true;
	g->pseudotime_zero = g->coop.on && day > 0 ? now - day : now;
	g->synced_at = now;
	gdoi_debug(g->ks->config.groups, KS_REPLAY, EVENT, g->group->name, NULL,
		   "pseudotime starts");
}

const char *ks_schedule_start(struct ks_group *g)
{
	const char *why = ks_make_incomplete(g);
	struct ks_sa *sa;
	bool any = false;

	if (!coop_is_primary(g))
		return coop_has_keys(g) ? NULL : "there are no keys yet";
	if (why)
		return why;
	if (ks_has_rekey(g)) {
		if (!g->kek)
			ks_make_kek(g);
		any = true;
	}
	TAILQ_FOREACH (sa, &g->sas, entry)
		any |= ks_make_missing(sa);
	if (!any)
		return "there is nothing to encrypt";
	if (!g->live) {
		start_clock(g);
		ks_change_given(g);
		coop_keys_changed(g);
	}
	arm(g);
	return NULL;
}

void ks_schedule_changed(struct ks_group *g)
{
	if (g->live)
		arm(g);
}

void ks_schedule_takeover(struct ks_group *g)
{
	if (!g->live)
		return;
	g->synced_at = env_now(g->ks->env);
	/* Whoever else takes over at this moment is to be met first. */
	g->retry_at = g->synced_at + SEC(KS_RETRY);
	arm(g);
}

void ks_schedule_drop_teks(struct ks_sa *sa)
{
	struct ks_tek_set *set;

	while ((set = TAILQ_FIRST(&sa->sets)))
		ks_drop_set_early(sa, set);
}

static void drop_keys(struct ks_group *g)
{
	struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry)
		ks_schedule_drop_teks(sa);
	ks_drop_keks_early(g, &g->kek);
	g->next_sid = 0;
}

void ks_schedule_stop(struct ks_group *g)
{
	env_timer_cancel(g->ks->env, &g->timer);
	drop_keys(g);
	g->reinit_until = 0;
	g->live = false;
}

void ks_schedule_shorten(struct ks_group *g)
{
	struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry)
		cut_sets(sa);
}

const char *ks_schedule_replace(struct ks_group *g, bool keep)
{
	const char *why = ks_make_incomplete(g);
	struct ks_sa *sa;

	if (why)
		return why;
	if (ks_has_rekey(g))
		ks_make_kek(g);
	if (keep)
		ks_schedule_shorten(g);
	TAILQ_FOREACH (sa, &g->sas, entry) {
		if (!keep)
			ks_schedule_drop_teks(sa);
		/* Without permit entries there are none, as edited. */
		ks_make_set(sa);
	}
	arm(g);
	return NULL;
}

void ks_schedule_forget(struct ks_group *g)
{
	if (g->kek)
		ks_drop_keks_early(g, &g->kek->older);
}

int64_t ks_schedule_last_end(const struct ks_group *g)
{
	const struct ks_tek_set *set;
	const struct ks_sa *sa;
	int64_t last = 0;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		TAILQ_FOREACH (set, &sa->sets, entry) {
			if (ks_life_end(&set->life) > last)
				last = ks_life_end(&set->life);
		}
	}
	return last;
}

void ks_schedule_renew(struct ks_group *g)
{
	drop_keys(g);
	ks_schedule_start(g);
	coop_keys_changed(g);
}
