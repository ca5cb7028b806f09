/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Announcements that come in. */
#include <string.h>

#include "ks/coop_members.h"
#include "ks/coop_priv.h"
#include "ks/ks_msg.h"

/* --- pseudotime -------------------------------------------------------------- */

static int64_t pseudotime_us(uint64_t pseudotime)
{
	return (int64_t)(pseudotime >> 32) * US_PER_SEC +
	       (int64_t)(((pseudotime & UINT32_MAX) * US_PER_SEC) >> 32);
}

static void log_skew(struct coop *c, struct coop_peer *p, int64_t mine,
		     int64_t theirs)
{
	char text[IP_ADDR_TEXT];

	if (!ks_may_log(c->g->ks))
		return;
	ip_text(&p->addr, text);
	if (theirs > mine)
		env_event(c->g->ks->env, GDOI_ANN_TIMESTAMP_LARGE, text,
			  c->g->group->name, (unsigned int)(mine / US_PER_SEC),
			  (unsigned int)(theirs / US_PER_SEC));
	else
		env_event(c->g->ks->env, GDOI_ANN_TIMESTAMP_TOO_OLD, text,
			  c->g->group->name,
			  (unsigned int)(theirs / US_PER_SEC),
			  (unsigned int)(mine / US_PER_SEC));
}

/* The group's clock never goes back: a later one is taken, an earlier one not.
 * False: it is too early to be believed. */
static bool take_pseudotime(struct coop *c, struct coop_peer *p,
			    const struct coop_ann *ann)
{
	struct ks_group *g = c->g;
	int64_t theirs = pseudotime_us(ann->pseudotime);
	int64_t now = env_now(g->ks->env);
	int64_t mine = now - g->pseudotime_zero;

	if (!ann->live || !g->live)
		return true;
	if (theirs > mine) {
		if (theirs - mine > SEC(COOP_SKEW))
			log_skew(c, p, mine, theirs);
		g->pseudotime_zero = now - theirs;
		return true;
	}
	if (mine - theirs <= SEC(COOP_SKEW))
		return true;
	log_skew(c, p, mine, theirs);
	return false;
}

/* Keys of another came, so its clock holds, from the first. */
static void first_pseudotime(struct coop *c, const struct coop_ann *ann,
			     bool was_live)
{
	struct ks_group *g = c->g;

	if (!was_live && g->live && ann->live)
		g->pseudotime_zero =
			env_now(g->ks->env) - pseudotime_us(ann->pseudotime);
}

/* --- what is known of the peer ---------------------------------------------------- */

static bool fresh(struct coop_peer *p, const struct coop_ann *ann)
{
	return !p->heard || ann->boot != p->boot || ann->seq > p->seq;
}

static void learn_clock(struct coop_peer *p, const struct coop_ann *ann)
{
	int64_t now = env_now(p->coop->g->ks->env), offset = now - ann->clock;

	if (p->heard && ann->boot == p->boot && offset >= p->offset &&
	    now - p->offset_at <= SEC(COOP_OFFSET_KEPT))
		return;
	p->offset = offset;
	p->offset_at = now;
}

static void learn(struct coop_peer *p, const struct coop_ann *ann)
{
	learn_clock(p, ann);
	if (!p->heard || ann->boot != p->boot || ann->role != p->role)
		p->confirmed = 0;
	p->heard = true;
	p->boot = ann->boot;
	p->seq = ann->seq;
	p->role = ann->role;
	p->follows = ann->primary;
	p->tag = ann->tag;
	memcpy(p->ks_version, ann->ks_version, sizeof(p->ks_version));
	memcpy(p->coop_version, ann->coop_version, sizeof(p->coop_version));
	p->optimize = ann->optimize;
	p->reinit = ann->reinit_wanted;
	p->sid_bits = ann->sid_bits;
	memcpy(p->sids, ann->sids, ann->n_sids * sizeof(ann->sids[0]));
	p->n_sids = ann->n_sids;
	p->kssid_used = ann->kssid_used;
	p->kssid = ann->kssid;
}

static void tell_reachable(struct coop_peer *p)
{
	struct coop *c = p->coop;
	char text[IP_ADDR_TEXT];

	if (!p->unreachable)
		return;
	p->unreachable = false;
	env_event(c->g->ks->env, COOP_KS_REACH, ip_text(&p->addr, text),
		  c->g->group->name);
}

/* Our primary spoke, and what it said can be believed. */
static void valid(struct coop *c, const struct coop_peer *p)
{
	if (!coop_follows(c, p))
		return;
	c->valid_at = env_now(c->g->ks->env);
	if (!c->blocking)
		return;
	c->blocking = false;
	env_event(c->g->ks->env, COOP_KS_VALID_ANN_TIMER, c->g->group->name);
}

/* --- members ------------------------------------------------------------------------ */

static void log_limit(struct coop *c, const struct coop_peer *p)
{
	char text[IP_ADDR_TEXT];

	if (ks_may_log(c->g->ks))
		env_event(c->g->ks->env, COOP_LIMIT_REACHED,
			  ip_text(&p->addr, text));
}

static bool same_tag(const struct coop_tag *a, const struct coop_tag *b)
{
	return a->lineage == b->lineage && a->version == b->version;
}

/* A primary believes everybody about those who registered there; a secondary
 * its primary, as soon as it has its keys. */
static void take_members(struct coop *c, struct coop_peer *p,
			 const struct coop_ann *ann)
{
	bool follows = coop_follows(c, p) && c->tag.lineage == ann->tag.lineage;
	bool primary = coop_role_now(c) == COOP_PRIMARY;
	bool changed = false, beyond = false;
	const char *why;

	if (!rd_left(&ann->members) || (!follows && !primary))
		return;
	why = coop_members_read(c->g, ann->members, p->offset, follows,
				&changed, &beyond);
	if (why) {
		p->counters.recv_drops++;
		COOP_DEBUG(c, ERROR, &p->addr, "members are not taken: %s",
			   why);
		return;
	}
	if (beyond)
		log_limit(c, p);
	if (primary && (c->g->members.behind ||
			(changed && coop_lacks_teks(c, &ann->tag) &&
			 coop_keys_since(c->g, env_now(c->g->ks->env) -
						       SEC(COOP_REPORTED)))))
		coop_catch_up(c);
	c->g->members.behind = false;
	if (changed && primary)
		coop_announce(c, NULL, false, MSEC(COOP_REPORT_MS));
}

/* --- an announcement ----------------------------------------------------------------- */

static bool ours(const struct coop *c, const struct coop_ann *ann)
{
	return gdoi_id_equal(&c->id, &ann->id);
}

static void drop(struct coop_peer *p, const char *why)
{
	p->counters.recv_drops++;
	COOP_DEBUG(p->coop, ERROR, &p->addr, "an announcement is dropped: %s",
		   why);
}

/* It is told once, until one can be taken again. */
static void drop_unreadable(struct coop_peer *p, const char *why)
{
	struct coop *c = p->coop;
	char text[IP_ADDR_TEXT];

	drop(p, why);
	if (p->told_unreadable || !ks_may_log(c->g->ks))
		return;
	p->told_unreadable = true;
	env_event(c->g->ks->env, COOP_KS_VER_MISMATCH, ip_text(&p->addr, text),
		  c->g->group->name, why);
}

/* A primary that came up again without anybody's role changing. */
static bool lacks_ours(const struct coop *c, const struct coop_ann *ann)
{
	return coop_has_keys(c->g) &&
	       !coop_covers(&ann->tag, ann->known, ann->n_known, &c->tag);
}

static void take(struct coop *c, struct coop_peer *p,
		 const struct coop_ann *ann)
{
	bool was_live = c->g->live, alike, timely;

	learn(p, ann);
	tell_reachable(p);
	alike = coop_compare(c, p, ann);
	coop_role_heard(c->role, &p->addr, ann);
	timely = !alike || take_pseudotime(c, p, ann);
	if (alike)
		coop_take_keys(c, p, ann);
	first_pseudotime(c, ann, was_live);
	if (alike && timely)
		valid(c, p);
	if (alike)
		take_members(c, p, ann);
	if (coop_follows(c, p) && lacks_ours(c, ann))
		coop_announce(c, p, false, 0);
	coop_tell_merged(c);
	if (!timely && coop_follows(c, p)) {
		c->bad_pseudotimes++;
		/* It learns from ours how late it is. */
		coop_announce(c, p, false, 0);
	}
	/* What it asks for, it asks with our newest keys in its hands. */
	if (ann->reinit_wanted && coop_role_now(c) == COOP_PRIMARY &&
	    same_tag(&ann->tag, &c->tag))
		coop_want_reinit(c->g);
	if (ann->reply)
		coop_announce(c, p, false, 0);
}

void coop_received(void *ctx, struct rd message, size_t octets)
{
	struct coop_peer *p = ctx;
	struct coop *c = p->coop;
	struct coop_ann ann;
	const char *why = coop_ann_read(message, &ann);

	p->counters.octets_recv += octets;
	if (!why && !ours(c, &ann))
		why = "it is for another group";
	if (why) {
		drop_unreadable(p, why);
		return;
	}
	if (!fresh(p, &ann)) {
		drop(p, "it is not newer than the one before");
		return;
	}
	p->told_unreadable = false;
	if (ann.reply)
		p->counters.ann_recv_reply++;
	else
		p->counters.ann_recv++;
	/* While our own configuration is being read, nobody is answered. */
	if (c->role)
		take(c, p, &ann);
}

void coop_unreadable(struct ks_group *g, const struct ip_addr *local,
		     const struct ip_addr *peer, const char *why)
{
	struct coop *c = g->cooperation;
	struct coop_peer *p = c ? coop_peer_find(c, peer) : NULL;

	if (p && ip_equal(&c->local, local))
		drop_unreadable(p, why);
}
