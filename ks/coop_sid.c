/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sender IDs of several key servers (RFC 6054): each gives those of its own
 * KSSIDs.  After a restart nobody knows which it gave, so it gives none under
 * TEKs that are older than itself. */
#include "ks/coop_priv.h"
#include "ks/ks_sid.h"

/* s: what is told by others looks younger by its time on the way. */
enum { BORN_SLACK = 60 };

void coop_sids_write(const struct ks_group *g, struct coop_ann *ann)
{
	unsigned int kssid;
	uint32_t gmsid;
	size_t i;

	ann->sid_bits = (uint8_t)g->sid_bits;
	for (i = 0; i < g->identifier.n && i < COOP_SIDS_MAX; i++)
		ann->sids[ann->n_sids++] = (struct coop_sid_range){
			(uint16_t)g->identifier.ranges[i].first,
			(uint16_t)g->identifier.ranges[i].last,
		};
	ann->kssid_used = ks_sid_used(g, &kssid, &gmsid);
	if (ann->kssid_used)
		ann->kssid = (uint16_t)kssid;
}

bool coop_overlaps(const struct ks_group *g, const struct coop_peer *p)
{
	size_t i, j;

	for (i = 0; i < g->identifier.n; i++) {
		for (j = 0; j < p->n_sids; j++) {
			if (g->identifier.ranges[i].first <= p->sids[j].last &&
			    p->sids[j].first <= g->identifier.ranges[i].last)
				return true;
		}
	}
	return false;
}

/* A TEK that members would send with was there before us: who registers sends
 * with the newest alone. */
static bool older_than_we(const struct coop *c)
{
	const struct ks_tek_set *set;
	const struct ks_sa *sa;

	TAILQ_FOREACH (sa, &c->g->sas, entry) {
		set = TAILQ_FIRST(&sa->sets);
		if (set && ks_transform_counter(&set->transform) &&
		    set->life.born <
			    c->started + (set->told ? SEC(BORN_SLACK) : 0))
			return true;
	}
	return false;
}

const char *coop_blocks_sids(struct ks_group *g)
{
	struct coop *c = g->cooperation;
	size_t i;

	if (!c || !c->n_peers || !ks_sid_needed(g))
		return NULL;
	if (!g->identifier.on || !g->identifier.n)
		return "no sender IDs are assigned (identifier)";
	for (i = 0; i < c->n_peers; i++) {
		if (coop_overlaps(g, c->peers[i]))
			return "another key server has the same sender IDs";
	}
	if (!older_than_we(c))
		return NULL;
	/* Keys that were made before that would not do either. */
	if (coop_is_primary(g) ||
	    env_now(g->ks->env) > c->started + SEC(BORN_SLACK))
		coop_want_reinit(g);
	return "the TEK is older than this key server's memory";
}
