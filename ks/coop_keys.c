/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose keys have been taken up in ours, and taking up those of others. */
#include <endian.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/coop_members.h"
#include "ks/coop_priv.h"
#include "ks/coop_state.h"
#include "ks/ks_delivery.h"
#include "ks/ks_msg.h"
#include "ks/ks_rekey.h"
#include "ks/ks_schedule.h"

enum { STATE_ROOM = 16 * 1024 }; /* octets, at first */

bool coop_covers(const struct coop_tag *own, const struct coop_tag *known,
		 size_t n_known, const struct coop_tag *tag)
{
	size_t i;

	if (!tag->version)
		return true;
	if (own->lineage == tag->lineage)
		return own->version >= tag->version;
	for (i = 0; i < n_known; i++) {
		if (known[i].lineage == tag->lineage)
			return known[i].version >= tag->version;
	}
	return false;
}

/* The oldest goes when there are too many: its keys have ended long since. */
void coop_know(struct coop *c, const struct coop_tag *tag)
{
	size_t i;

	if (!tag->version || tag->lineage == c->tag.lineage)
		return;
	for (i = 0; i < c->n_known; i++) {
		if (c->known[i].lineage != tag->lineage)
			continue;
		if (c->known[i].version < tag->version)
			c->known[i].version = tag->version;
		return;
	}
	if (c->n_known == COOP_MAX_KNOWN)
		memmove(c->known, c->known + 1,
			--c->n_known * sizeof(c->known[0]));
	c->known[c->n_known++] = *tag;
}

/* Tells whether the newest TEKs are others. */
static uint32_t newest_teks(const struct ks_group *g)
{
	const struct ks_tek_set *set;
	const struct ks_sa *sa;
	uint32_t sum = 0;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		set = TAILQ_FIRST(&sa->sets);
		if (set && set->n)
			sum += set->teks[0].spi;
	}
	return sum;
}

void coop_count_version(struct coop *c)
{
	uint32_t teks = newest_teks(c->g);

	c->tag.version++;
	if (teks != c->teks)
		c->teks_version = c->tag.version;
	c->teks = teks;
}

bool coop_lacks_teks(const struct coop *c, const struct coop_tag *tag)
{
	size_t i;

	if (tag->lineage == c->tag.lineage)
		return tag->version < c->teks_version;
	for (i = 0; i < c->n_known; i++) {
		if (c->known[i].lineage == tag->lineage &&
		    c->known[i].version == tag->version)
			return c->teks_version;
	}
	return true;
}

void coop_new_term(struct coop *c)
{
	struct coop_tag before = c->tag;

	env_random(c->g->ks->env, &c->tag.lineage, sizeof(c->tag.lineage));
	c->tag.version = coop_has_keys(c->g);
	c->teks = newest_teks(c->g);
	c->teks_version = 0;
	coop_know(c, &before);
	if (before.version)
		coop_state_jump(c->g);
	coop_unseal_state(c);
}

/* --- sealing --------------------------------------------------------------- */

EVP_PKEY *coop_rekey_pair(const struct ks_group *g)
{
	if (!g->rekey.key_label || !g->ks->config.keys)
		return NULL;
	return isakmp_keys_find(g->ks->config.keys, g->rekey.key_label);
}

/* What is signed: whose announcement it is, and the octets. */
static bool sign(struct coop *c, EVP_PKEY *pair)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t out[COOP_SIGNATURE_MAX];
	size_t len = sizeof(out);
	uint64_t boot = htobe64(c->boot);
	bool ok = ctx &&
		  EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, pair) > 0 &&
		  EVP_DigestSignUpdate(ctx, &boot, sizeof(boot)) > 0 &&
		  EVP_DigestSignUpdate(ctx, c->state.data, c->state.len) > 0 &&
		  EVP_DigestSignFinal(ctx, out, &len) > 0;

	EVP_MD_CTX_free(ctx);
	if (ok)
		keybuf_set(&c->signature, out, len);
	return ok;
}

static bool genuine(const struct ks_group *g, const struct coop_ann *ann)
{
	EVP_PKEY *pair = coop_rekey_pair(g);
	uint64_t boot = htobe64(ann->boot);
	EVP_MD_CTX *ctx;
	bool ok;

	if (!pair)
		return !g->rekey.key_label;
	ctx = EVP_MD_CTX_new();
	ok = ctx &&
	     EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, pair) > 0 &&
	     EVP_DigestVerifyUpdate(ctx, &boot, sizeof(boot)) > 0 &&
	     EVP_DigestVerifyUpdate(ctx, ann->state.p, rd_left(&ann->state)) >
		     0 &&
	     EVP_DigestVerifyFinal(ctx, ann->signature.p,
				   rd_left(&ann->signature)) > 0;
	EVP_MD_CTX_free(ctx);
	return ok;
}

void coop_unseal_state(struct coop *c)
{
	keybuf_free(&c->state);
	keybuf_free(&c->signature);
}

/* False: it needs more room. */
static bool write_state(struct coop *c, size_t cap)
{
	uint8_t *buf = xcalloc(1, cap);
	struct wr w = wr_init(buf, cap);

	coop_state_write(&w, c->g);
	if (wr_ok(&w))
		keybuf_set(&c->state, buf, wr_at(&w));
	bytes_wipe(buf, cap);
	free(buf);
	return wr_ok(&w);
}

void coop_seal_state(struct coop *c)
{
	EVP_PKEY *pair = coop_rekey_pair(c->g);
	size_t cap = STATE_ROOM;

	if (c->state.len || !c->tag.version)
		return;
	while (!write_state(c, cap) && cap < COOP_ANN_MAX)
		cap *= 2;
	if (pair && !sign(c, pair))
		coop_unseal_state(c);
}

/* --- taking up --------------------------------------------------------------- */

bool coop_keys_since(const struct ks_group *g, int64_t since)
{
	const struct ks_tek_set *set;
	const struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		set = TAILQ_FIRST(&sa->sets);
		if (set && set->life.born > since)
			return true;
	}
	return false;
}

/* Members that the primary had not heard of got no rekey with these; those it
 * has heard of are in its hands, and nothing to tell the next one. */
static void mark_behind(struct coop *c, const struct coop_peer *p,
			bool new_teks)
{
	int64_t since = env_now(c->g->ks->env) - SEC(COOP_REPORTED);
	struct ks_member *m = NULL;

	while ((m = ks_members_next(&c->g->members, m))) {
		if (m->stamp <= p->confirmed)
			m->behind = false;
		else if (!new_teks || m->registered < since ||
			 !ip_equal(&m->server, &c->local))
			continue;
		else
			m->behind = true;
		if (!m->behind)
			continue;
		coop_members_changed(c->g, m);
		coop_announce(c, coop_peer_find(c, &p->addr), false, 0);
	}
}

static void adopt(struct coop *c, struct coop_peer *p,
		  const struct coop_ann *ann, struct coop_state *state)
{
	bool had_keys = coop_has_keys(c->g);
	uint32_t before = newest_teks(c->g);
	const char *lacks = coop_state_adopt(c->g, state);
	bool news = c->tag.lineage != ann->tag.lineage;

	c->tag = ann->tag;
	memcpy(c->known, ann->known, ann->n_known * sizeof(ann->known[0]));
	c->n_known = ann->n_known;
	coop_unseal_state(c);
	c->reinit_wanted = false;
	if (lacks && !p->told_defect) {
		p->told_defect = true;
		env_event(c->g->ks->env, COOP_CONFIG_MISMATCH,
			  c->g->group->name, lacks);
	}
	COOP_DEBUG(c, EVENT, &p->addr, "keys of the primary, version %u",
		   ann->tag.version);
	if (news)
		coop_announce(c, p, false, 0);
	if (had_keys)
		mark_behind(c, p, newest_teks(c->g) != before);
}

/* First all are told both sides' TEKs; new ones follow when they have them. */
void coop_tell_merged(struct coop *c)
{
	const char *why;

	if (!c->untold)
		return;
	c->untold = false;
	c->merging = true;
	if (!ks_rekey(c->g, KS_REKEY_UPDATE, &why))
		c->merging = false;
}

static void merge(struct coop *c, struct coop_peer *p,
		  const struct coop_ann *ann, struct coop_state *state)
{
	bool had_keys = coop_has_keys(c->g);
	bool news = coop_state_merge(c->g, state);
	size_t i;

	for (i = 0; i < ann->n_known; i++)
		coop_know(c, &ann->known[i]);
	coop_know(c, &ann->tag);
	COOP_DEBUG(c, TERSE, &p->addr, "keys are merged%s",
		   news ? "" : ", nothing is new");
	/* Where there was nothing, members have what came. */
	c->untold |= news && had_keys;
	if (news)
		c->merged_at = env_now(c->g->ks->env);
	coop_keys_changed(c->g);
}

static struct coop_state *open_state(struct coop *c, struct coop_peer *p,
				     const struct coop_ann *ann)
{
	const char *why = "its signature is wrong";
	struct coop_state *state = NULL;

	if (genuine(c->g, ann))
		state = coop_state_read(c->g, ann->state, p->offset, &why);
	if (state)
		return state;
	p->counters.recv_drops++;
	COOP_DEBUG(c, ERROR, &p->addr, "keys are not taken: %s", why);
	return NULL;
}

/* Keys that nobody has but us would be lost: they are handed over first. */
static bool may_adopt(const struct coop *c, const struct coop_peer *p,
		      const struct coop_ann *ann)
{
	if (!coop_follows(c, p) || ann->role != COOP_PRIMARY)
		return false;
	if (c->tag.lineage == ann->tag.lineage &&
	    c->tag.version == ann->tag.version)
		return false;
	return !coop_has_keys(c->g) ||
	       coop_covers(&ann->tag, ann->known, ann->n_known, &c->tag);
}

/* Another primary's keys that we know as they were may have been replaced here
 * since, where its members did not hear of it. */
static bool may_merge(const struct coop *c, const struct coop_ann *ann)
{
	return coop_role_now(c) == COOP_PRIMARY &&
	       (ann->role == COOP_PRIMARY ||
		!coop_covers(&c->tag, c->known, c->n_known, &ann->tag));
}

void coop_take_keys(struct coop *c, struct coop_peer *p,
		    const struct coop_ann *ann)
{
	struct coop_state *state;

	if (!ann->tag.version || !rd_left(&ann->state))
		return;
	if (!may_adopt(c, p, ann) && !may_merge(c, ann))
		return;
	state = open_state(c, p, ann);
	if (!state)
		return;
	if (may_merge(c, ann))
		merge(c, p, ann, state);
	else
		adopt(c, p, ann, state);
	coop_state_free(state);
}
