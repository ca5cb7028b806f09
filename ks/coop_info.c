/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the show commands say of a group's cooperation. */
#include <string.h>

#include "ks/coop_priv.h"

static void peer_info(const struct coop_peer *p, struct coop_peer_info *out)
{
	const struct coop *c = p->coop;

	*out = (struct coop_peer_info){
		.addr = p->addr,
		.handle = p->handle,
		.heard = p->heard,
		.optimize = p->optimize,
		.seq = p->seq,
		.link = p->status,
		.counters = p->counters,
		.reinit = p->reinit,
		.overlap = coop_overlaps(c->g, p),
		.sid_bits = p->sid_bits,
		.n_sids = p->n_sids,
		.kssid_used = p->kssid_used,
		.kssid = p->kssid,
	};
	memcpy(out->ks_version, p->ks_version, sizeof(out->ks_version));
	memcpy(out->coop_version, p->coop_version, sizeof(out->coop_version));
	memcpy(out->sids, p->sids, sizeof(out->sids));
	if (c->role)
		coop_role_peer(c->role, &p->addr, &out->view);
}

static void role_info(const struct coop *c, struct coop_info *out)
{
	if (!c->role || !c->n_peers) {
		out->primary = c->n_peers ? (struct ip_addr){ 0 } : c->local;
		return;
	}
	out->primary = coop_role_primary(c->role);
	out->remaining = coop_role_remaining(c->role);
	out->retries = coop_role_retries(c->role);
}

static uint32_t until_told(const struct coop *c)
{
	int64_t left = c->soon_at - env_now(c->g->ks->env);

	if (!c->soon || left <= 0)
		return 0;
	return (uint32_t)((left + US_PER_SEC - 1) / US_PER_SEC);
}

bool coop_info(const struct ks_group *g, struct coop_info *out)
{
	const struct coop *c = g->cooperation;
	struct coop_times times = coop_times(g);
	size_t i;

	if (!c)
		return false;
	*out = (struct coop_info){
		.role = coop_role_now(c),
		.refresh = times.refresh,
		.periodic = times.periodic,
		.seq = c->seq,
		.bad_pseudotimes = c->bad_pseudotimes,
		.blocking = c->blocking,
		.user_timer = until_told(c),
		.n_peers = c->n_peers,
	};
	role_info(c, out);
	for (i = 0; i < c->n_peers; i++) {
		peer_info(c->peers[i], &out->peers[i]);
		out->overlap |= out->peers[i].overlap;
	}
	return true;
}
