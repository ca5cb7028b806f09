/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_sid.h"

#include "base/mem.h"
#include "ks/ks_msg.h"
#include "ks/ks_rekey.h"

/* As far as IOS shows it: medium is 7 + 17 bits, large 9 + 23; the small sizes are
 * for key servers without KSSIDs. */
static unsigned int kssid_bits(unsigned int sid_bits)
{
	if (sid_bits == 24)
		return 7;
	return sid_bits == 32 ? 9 : 0;
}

static uint64_t per_kssid(const struct ks_group *g)
{
	return UINT64_C(1) << (g->sid_bits - kssid_bits(g->sid_bits));
}

static unsigned int count_kssids(const struct ks_group *g)
{
	unsigned int count = 0;
	size_t i;

	/* With other key servers in the group nothing is given that might be
	 * theirs. */
	if (!kssid_bits(g->sid_bits) || !g->identifier.n)
		return g->cooperation && g->coop.n_peers ? 0 : 1;
	for (i = 0; i < g->identifier.n; i++)
		count += g->identifier.ranges[i].last -
			 g->identifier.ranges[i].first + 1;
	return count;
}

/* The n-th that is configured; without any this key server is number 0. */
static unsigned int nth_kssid(const struct ks_group *g, unsigned int n)
{
	size_t i;

	if (!kssid_bits(g->sid_bits))
		return 0;
	for (i = 0; i < g->identifier.n; i++) {
		const struct ks_range *r = &g->identifier.ranges[i];
		unsigned int size = r->last - r->first + 1;

		if (n < size)
			return r->first + n;
		n -= size;
	}
	return 0;
}

uint64_t ks_sid_capacity(const struct ks_group *g)
{
	return per_kssid(g) * count_kssids(g);
}

bool ks_sid_needed(const struct ks_group *g)
{
	const struct ks_tek_set *set;
	const struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		TAILQ_FOREACH (set, &sa->sets, entry) {
			if (ks_transform_counter(&set->transform))
				return true;
		}
	}
	return false;
}

void ks_sid_prepare(const struct ks_group *g, struct gdoi_policy *policy)
{
	if (ks_sid_needed(g))
		policy->sid_bits = g->sid_bits;
}

static uint32_t nth_sid(const struct ks_group *g, uint64_t n)
{
	unsigned int kssid = nth_kssid(g, (unsigned int)(n / per_kssid(g)));

	return (uint32_t)(kssid * per_kssid(g) + n % per_kssid(g));
}

/* When the newest TEK was made that needs sender IDs. */
static int64_t newest_tek(const struct ks_group *g)
{
	const struct ks_tek_set *set;
	const struct ks_sa *sa;
	int64_t newest = 0;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		set = TAILQ_FIRST(&sa->sets);
		if (set && ks_transform_counter(&set->transform) &&
		    set->life.born > newest)
			newest = set->life.born;
	}
	return newest;
}

unsigned int ks_sid_allowance(const struct ks_group *g,
			      const struct ks_member *m, unsigned int wanted)
{
	unsigned int left = KS_MAX_MEMBER_SIDS;

	if (m && m->sids_since == newest_tek(g))
		left -= m->sids;
	if (!wanted)
		wanted = 1;
	if (wanted > KS_MAX_SIDS)
		wanted = KS_MAX_SIDS;
	return wanted < left ? wanted : left;
}

void ks_sid_given(const struct ks_group *g, struct ks_member *m, size_t n)
{
	int64_t newest = newest_tek(g);

	if (m->sids_since != newest)
		m->sids = 0;
	m->sids_since = newest;
	m->sids += (unsigned int)n;
}

/* No TEK of now was there when the last one was given. */
static bool all_newer(const struct ks_group *g)
{
	const struct ks_tek_set *set;
	const struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		TAILQ_FOREACH (set, &sa->sets, entry) {
			if (ks_transform_counter(&set->transform) &&
			    set->life.born <= g->sids_at)
				return false;
		}
	}
	return true;
}

bool ks_sid_take(struct ks_group *g, unsigned int wanted,
		 struct gdoi_policy *policy)
{
	if (g->next_sid + wanted > ks_sid_capacity(g) && all_newer(g))
		g->next_sid = 0;
	if (policy->sid_bits != g->sid_bits ||
	    g->next_sid + wanted > ks_sid_capacity(g))
		return false;

	policy->sids = xrealloc(policy->sids, wanted, sizeof(*policy->sids));
	for (policy->n_sids = 0; policy->n_sids < wanted; policy->n_sids++)
		policy->sids[policy->n_sids] = nth_sid(g, g->next_sid++);
	g->sids_at = env_now(g->ks->env);
	return true;
}

void ks_sid_layout_changed(struct ks_group *g)
{
	ks_group_changed(g);
	/* Members keep what they got, also while no TEK of now has a use for
	 * it; only new keys let the count begin again. */
	if (!g->live || (!g->next_sid && !ks_sid_needed(g)))
		return;
	env_event(g->ks->env, KS_REINIT_GROUP, g->group->name);
	ks_rekey_reinit(g);
}

bool ks_sid_used(const struct ks_group *g, unsigned int *kssid, uint32_t *gmsid)
{
	uint64_t last = g->next_sid;

	if (!last || !ks_sid_needed(g))
		return false;
	last--;
	*kssid = nth_kssid(g, (unsigned int)(last / per_kssid(g)));
	*gmsid = (uint32_t)(last % per_kssid(g));
	return true;
}
