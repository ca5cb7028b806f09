/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_schedule.h"

#include <stdlib.h>

#include "gdoi/gdoi_debug.h"
#include "ks/ks_change.h"
#include "ks/ks_policy.h"

enum {
	SPI_RESERVED = 256,	      /* RFC 4303 2.1: 0 to 255 */
	MAX_SET = 2 * KS_MAX_PERMITS, /* TEKs, after many ACL edits */
	LEAD_GRANULARITY = 1,	      /* s, seen on devices */
};

static uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t max_u32(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* Time that the retransmissions of a rekey take. */
static uint32_t retransmit_time(const struct ks_rekey_config *rekey)
{
	unsigned int number = rekey->periodic ? KS_REKEY_NUMBER : rekey->number;

	if (!rekey->unicast)
		return 0;
	return number * rekey->interval + KS_RETRANSMIT_SLACK;
}

static uint32_t cap_lead(uint32_t lead, uint32_t lifetime)
{
	return min_u32(lead, (uint32_t)((uint64_t)lifetime *
					KS_TEK_LEAD_CAP_PERCENT / 100));
}

uint32_t ks_kek_lead(const struct ks_rekey_config *rekey, uint32_t lifetime)
{
	return cap_lead(KS_KEK_LEAD + retransmit_time(rekey), lifetime);
}

/* max(90 s, min(5 %, 3600 s)) */
static uint32_t tek_margin(uint32_t lifetime)
{
	uint32_t share =
		(uint32_t)((uint64_t)lifetime * KS_TEK_LEAD_PERCENT / 100);

	return max_u32(KS_TEK_LEAD_MIN, min_u32(share, KS_TEK_LEAD_MAX));
}

uint32_t ks_tek_lead(const struct ks_rekey_config *rekey, uint32_t lifetime)
{
	uint32_t lead = tek_margin(lifetime) + retransmit_time(rekey);

	return cap_lead(lead, lifetime) + LEAD_GRANULARITY;
}

static bool spi_used(const struct ks *ks, uint32_t spi)
{
	struct ks_group *g = NULL;
	struct ks_tek_set *set;
	struct ks_sa *sa;
	size_t i;

	while ((g = ks_group_next(ks, g))) {
		TAILQ_FOREACH (sa, &g->sas, entry) {
			TAILQ_FOREACH (set, &sa->sets, entry) {
				for (i = 0; i < set->n; i++)
					if (set->teks[i].spi == spi)
						return true;
			}
		}
	}
	return false;
}

uint32_t ks_new_spi(struct ks_group *g)
{
	uint32_t prefix = (uint32_t)ks_spi_prefix(&g->group->id) << 24;
	uint32_t spi;

	do
		spi = prefix | env_random_below(g->ks->env, 1u << 24);
	while (spi < SPI_RESERVED || spi_used(g->ks, spi));
	return spi;
}

/* --- making keys --------------------------------------------------------- */

static void fill_set(struct ks_sa *sa, struct ks_tek_set *set,
		     const struct ace *aces, size_t n)
{
	struct ks_group *g = sa->ks_group;
	bool per_ace = ks_transform_counter(&set->transform);
	size_t i;

	for (i = 0; i < n; i++) {
		if (!aces[i].permit || ks_tek_find(set, &aces[i]))
			continue;
		ks_tek_add(g->ks->env, set, ks_new_spi(g),
			   per_ace ? &aces[i] : NULL);
	}
}

static bool make_set(struct ks_sa *sa, const struct ace *aces, size_t n)
{
	const struct ks_config *config = &sa->ks_group->ks->config;
	struct ipsec_profile_view view;
	struct ks_tek_set *set;

	if (!sa->profile ||
	    !ipsec_profile_find(config->ipsec, sa->profile, &view))
		return false;
	set = ks_tek_set_new(config->env, &view.transform,
			     view.lifetime_seconds);
	fill_set(sa, set, aces, n);
	TAILQ_INSERT_HEAD(&sa->sets, set, entry);
	return true;
}

static bool has_permit(const struct ace *aces, size_t n)
{
	while (n--)
		if (aces[n].permit)
			return true;
	return false;
}

/* What is missing in the configuration of sa, or NULL. */
static const char *sa_incomplete(const struct ks_sa *sa)
{
	const struct ks_config *config = &sa->ks_group->ks->config;
	struct ipsec_profile_view view;

	if (!sa->acl)
		return "no match address";
	if (sa->acl_ipv6)
		return "the access list is for IPv6";
	if (!acls_find(config->acls, sa->acl))
		return "no such access list";
	if (!sa->profile)
		return "no profile";
	if (!ipsec_profile_find(config->ipsec, sa->profile, &view))
		return "no such profile or transform set";
	return NULL;
}

/* Keys for all permit entries of sa, as they are now; false: there are no
 * such entries, or the list cannot be sent. */
static bool start_sa(struct ks_sa *sa)
{
	struct ks_tek_set *newest = TAILQ_FIRST(&sa->sets);
	bool any = false;
	struct ace *aces;
	size_t n;

	aces = ks_sa_aces_logged(sa, &n);
	if (aces && has_permit(aces, n)) {
		any = true;
		if (!newest || newest->n >= MAX_SET)
			any = make_set(sa, aces, n);
		else
			fill_set(sa, newest, aces, n);
	}
	free(aces);
	return any;
}

static void make_kek(struct ks_group *g)
{
	const struct ks_rekey_config *rekey = &g->rekey;

	g->kek = ks_kek_new(g->ks->env, rekey->cipher,
			    ks_kek_bits(rekey->cipher, rekey->aes_bits),
			    rekey->lifetime);
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

static bool replace_kek(struct ks_group *g, int64_t now)
{
	struct ks_kek *old = g->kek;

	if (!old || kek_due_at(g) > now)
		return false;
	if (ks_has_rekey(g)) {
		make_kek(g);
		ks_kek_free(old);
		return true;
	}
	if (ks_life_end(&old->life) <= now) {
		ks_kek_free(old);
		g->kek = NULL;
	}
	return false;
}

static bool replace_teks(struct ks_sa *sa, int64_t now)
{
	struct ks_tek_set *newest = TAILQ_FIRST(&sa->sets);
	struct ks_group *g = sa->ks_group;
	struct ace *aces;
	bool made;
	size_t n;

	if (!newest || tek_due_at(sa, newest) > now)
		return false;
	aces = ks_sa_aces_logged(sa, &n);
	made = aces && has_permit(aces, n) && make_set(sa, aces, n);
	free(aces);
	if (!made)
		gdoi_debug(g->ks->config.groups, KS_INFRA, ERROR,
			   g->group->name, NULL, "sa ipsec %u: no new TEK",
			   sa->number);
	return made;
}

static void drop_expired(struct ks_sa *sa, int64_t now)
{
	struct ks_tek_set *set, *next;

	TAILQ_FOREACH_SAFE (set, &sa->sets, entry, next) {
		if (ks_life_end(&set->life) > now)
			continue;
		TAILQ_REMOVE(&sa->sets, set, entry);
		ks_tek_set_free(set);
	}
}

static void sooner(int64_t *next, int64_t when)
{
	if (when < *next)
		*next = when;
}

/* When there is something to do: what is overdue could not be done, and is
 * tried again after KS_RETRY. */
static int64_t next_event(const struct ks_group *g, int64_t now)
{
	int64_t next = INT64_MAX, retry = now + SEC(KS_RETRY);
	const struct ks_tek_set *set;
	const struct ks_sa *sa;

	if (g->kek) {
		int64_t when = kek_due_at(g);

		sooner(&next, when > now ? when : retry);
		sooner(&next, ks_life_end(&g->kek->life));
	}
	TAILQ_FOREACH (sa, &g->sas, entry) {
		set = TAILQ_FIRST(&sa->sets);
		if (set) {
			int64_t when = tek_due_at(sa, set);

			sooner(&next, when > now ? when : retry);
		}
		TAILQ_FOREACH (set, &sa->sets, entry)
			sooner(&next, ks_life_end(&set->life));
	}
	return next;
}

static void run(void *arg);

static void arm(struct ks_group *g)
{
	struct env *env = g->ks->env;
	int64_t now = env_now(env);
	int64_t next = next_event(g, now);

	if (next == INT64_MAX)
		env_timer_cancel(env, &g->timer);
	else
		env_timer_set(env, &g->timer, next > now ? next - now : 0, run,
			      g);
}

/* Members that hold the old keys come for the new ones before those end: they
 * register again later than the lead. */
static void run(void *arg)
{
	struct ks_group *g = arg;
	int64_t now = env_now(g->ks->env);
	bool renewed = replace_kek(g, now);
	struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		renewed |= replace_teks(sa, now);
		drop_expired(sa, now);
	}
	if (renewed)
		ks_change_given(g);
	arm(g);
}

/* --- facts from outside -------------------------------------------------- */

static const char *incomplete(const struct ks_group *g)
{
	const char *why = NULL;
	const struct ks_sa *sa;

	if (TAILQ_EMPTY(&g->sas) && !g->rekey.key_label)
		return "no sa ipsec";
	TAILQ_FOREACH (sa, &g->sas, entry) {
		why = sa_incomplete(sa);
		if (why)
			break;
	}
	return why;
}

const char *ks_schedule_start(struct ks_group *g)
{
	const char *why = incomplete(g);
	struct ks_sa *sa;
	bool any = false;

	if (why)
		return why;
	if (ks_has_rekey(g)) {
		if (!g->kek)
			make_kek(g);
		any = true;
	}
	TAILQ_FOREACH (sa, &g->sas, entry)
		any |= start_sa(sa);
	if (!any)
		return "there is nothing to encrypt";
	if (!g->live) {
		g->live = true;
		g->pseudotime_zero = env_now(g->ks->env);
		ks_change_given(g);
	}
	arm(g);
	return NULL;
}

void ks_schedule_changed(struct ks_group *g)
{
	if (g->live)
		arm(g);
}

void ks_schedule_drop_teks(struct ks_sa *sa)
{
	struct ks_tek_set *set;

	while ((set = TAILQ_FIRST(&sa->sets))) {
		TAILQ_REMOVE(&sa->sets, set, entry);
		ks_tek_set_free(set);
	}
}

static void drop_keys(struct ks_group *g)
{
	struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry)
		ks_schedule_drop_teks(sa);
	ks_kek_free(g->kek);
	g->kek = NULL;
	g->next_sid = 0;
}

void ks_schedule_stop(struct ks_group *g)
{
	env_timer_cancel(g->ks->env, &g->timer);
	drop_keys(g);
	g->reinit_until = 0;
	g->live = false;
}

/* When the last of the keys of now ends. */
static int64_t last_end(const struct ks_group *g)
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
	g->reinit_until = last_end(g);
	drop_keys(g);
	ks_schedule_start(g);
}
