/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_rekey.h"

#include "gdoi/gdoi_debug.h"
#include "gdoi/gdoi_push.h"
#include "ks/coop.h"
#include "ks/ks_change.h"
#include "ks/ks_delivery.h"
#include "ks/ks_make.h"
#include "ks/ks_msg.h"
#include "ks/ks_policy.h"
#include "ks/ks_schedule.h"

static bool removes(enum ks_rekey_kind kind)
{
	return kind == KS_REKEY_REMOVE || kind == KS_REKEY_REMOVE_NOW;
}

/* --- the datagram ---------------------------------------------------------- */

bool ks_rekey_seal(const struct ks_group *g, enum ks_rekey_kind kind,
		   const struct ks_kek *under, uint32_t seq, bool extensions,
		   struct keybuf *out, const char **why)
{
	struct gdoi_push push = {
		.seq = seq,
		.delete_teks = kind == KS_REKEY_REPLACE_NOW ||
			       kind == KS_REKEY_REMOVE_NOW,
		.delete_kek = removes(kind),
	};
	struct gdoi_kek kek = { 0 };
	bool sealed;

	if (kind != KS_REKEY_REMOVE_NOW) {
		push.policy = ks_policy_push(
			g, extensions, !removes(kind) && under != g->kek, why);
		if (!push.policy)
			return false;
	}
	ks_policy_kek(g, under, extensions, &kek);
	sealed = gdoi_push_seal(&push, &kek, under->signer, under->sig_hash,
				extensions, out);
	if (!sealed)
		*why = "the policy does not fit, or the RSA key cannot sign";
	keybuf_free(&kek.iv);
	keybuf_free(&kek.key);
	keybuf_free(&kek.pubkey);
	gdoi_push_fini(&push);
	return sealed;
}

/* --- what is said about it ------------------------------------------------- */

static void log_sending(const struct ks_group *g, const struct ks_delivery *d,
			bool replace)
{
	const char *how = replace ? "with policy-replace " : "";
	char from[IP_ADDR_TEXT], to[IP_ADDR_TEXT];
	struct ip_addr address = ks_group_address(g);
	struct endpoint dst;
	uint32_t seq;

	ip_text(&address, from);
	if (ks_delivery_multicast(d, &seq, &dst))
		env_event(g->ks->env, KS_SEND_MCAST_REKEY, how, g->group->name,
			  from, ip_text(&dst.addr, to), seq);
	else
		env_event(g->ks->env, KS_SEND_UNICAST_REKEY, how,
			  g->group->name, from, seq);
}

static const char *const kind_names[] = {
	[KS_REKEY_UPDATE] = "update",		[KS_REKEY_REPLACE] = "replace",
	[KS_REKEY_REPLACE_NOW] = "replace-now", [KS_REKEY_REMOVE] = "removal",
	[KS_REKEY_REMOVE_NOW] = "removal now",
};

/* --- the kinds ------------------------------------------------------------- */

static const char secondary[] =
	"this key server is secondary, the primary sends the rekeys";

static const char *cannot(const struct ks_group *g)
{
	if (!coop_is_primary(g))
		return secondary;
	if (!g->rekey.key_label)
		return "rekey authentication is not configured";
	if (ks_lacks_key(g))
		return "the RSA key of rekey authentication is missing";
	if (!ks_has_rekey(g))
		return "rekeys have neither unicast transport nor an address";
	if (!g->live)
		return "no member has registered";
	if (!g->members.count)
		return "no member is registered";
	if (!g->kek)
		return "no member has a KEK, they get one when they register "
		       "again";
	return NULL;
}

/* Sealed and ready to start, or NULL and *why. */
static struct ks_delivery *prepare(struct ks_group *g, enum ks_rekey_kind kind,
				   const char **why)
{
	struct ks_delivery *d = ks_delivery_new(g, kind);

	*why = "no member is registered";
	if (!d || ks_delivery_seal(d, why))
		return d;
	gdoi_debug(g->ks->config.groups, KS_REKEY, ERROR, g->group->name, NULL,
		   "%s rekey: %s", kind_names[kind], *why);
	ks_delivery_free(d);
	return NULL;
}

static void start(struct ks_group *g, struct ks_delivery *d,
		  enum ks_rekey_kind kind)
{
	gdoi_debug(g->ks->config.groups, KS_REKEY, TERSE, g->group->name, NULL,
		   "%s rekey to %u members", kind_names[kind],
		   g->members.count);
	gdoi_debug(g->ks->config.groups, KS_REPLAY, DETAIL, g->group->name,
		   NULL, "pseudotime %u s is sent",
		   (unsigned int)(ks_pseudotime(g) >> 32));
	g->rekeys_sent++;
	g->synced_at = env_now(g->ks->env);
	/* The others know first what may be lost with us. */
	coop_keys_changed(g);
	ks_delivery_start(d);
}

/* A member that missed a replace-now a moment ago sends with what the others
 * have dropped, so what is repeated is all of it. */
static enum ks_rekey_kind kind_now(const struct ks_group *g,
				   enum ks_rekey_kind kind)
{
	int64_t ago = env_now(g->ks->env) - g->replaced_at;

	if (kind == KS_REKEY_UPDATE && g->replaced_at &&
	    ago < SEC(KS_REPLACE_REPEATED))
		return KS_REKEY_REPLACE_NOW;
	return kind;
}

/* The members keep their place, and get the keys as they are now. */
static bool send_keys(struct ks_group *g, enum ks_rekey_kind kind,
		      const char **why)
{
	bool replace = kind == KS_REKEY_REPLACE_NOW || ks_change_pending(g);
	struct ks_delivery *d = prepare(g, kind_now(g, kind), why);

	if (!d)
		return false;
	if (kind == KS_REKEY_REPLACE_NOW)
		g->replaced_at = env_now(g->ks->env);
	ks_change_given(g);
	log_sending(g, d, replace);
	start(g, d, kind);
	ks_schedule_changed(g);
	return true;
}

/* The datagrams are about the old keys, so they come first. */
static bool remove_members(struct ks_group *g, enum ks_rekey_kind kind,
			   const char **why)
{
	const char *defect = cannot(g);
	struct ks_delivery *d = NULL;

	*why = defect;
	if (kind == KS_REKEY_REMOVE)
		ks_schedule_shorten(g);
	if (!defect)
		d = prepare(g, kind, why);
	ks_members_clear(&g->members);
	coop_member_removed(g, NULL);
	if (kind == KS_REKEY_REMOVE_NOW || ks_schedule_replace(g, true))
		ks_schedule_renew(g);
	ks_schedule_forget(g);
	ks_change_given(g);
	if (d)
		start(g, d, kind);
	return d;
}

/* A KEK that a rekey brings must be one under which nothing was sent before,
 * or that could be played to its new holders as if it came after. */
static void renew_used_kek(struct ks_group *g)
{
	struct ks_member *m = NULL;

	if (!g->kek->seq)
		return;
	while ((m = ks_members_next(&g->members, m))) {
		if (m->kek != g->kek->number && ks_kek_find(g->kek, m->kek)) {
			ks_make_kek(g);
			return;
		}
	}
}

/* TEKs that ended while nobody was there to replace them (a primary was dead
 * for long). */
static void make_lost(struct ks_group *g)
{
	struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		if (TAILQ_EMPTY(&sa->sets))
			ks_make_missing(sa);
	}
}

/* Before anything has changed. */
static const char *objection(const struct ks_group *g, enum ks_rekey_kind kind)
{
	const char *why = cannot(g);

	if (why)
		return why;
	if (kind != KS_REKEY_UPDATE)
		return ks_make_objection(g);
	return TAILQ_EMPTY(&g->sas) ? "no sa ipsec" : NULL;
}

bool ks_rekey(struct ks_group *g, enum ks_rekey_kind kind, const char **why)
{
	if (!coop_is_primary(g)) {
		*why = secondary;
		return false;
	}
	if (removes(kind) && g->live) {
		ks_delivery_settle(g, false);
		return remove_members(g, kind, why);
	}
	*why = objection(g, kind);
	if (*why)
		return false;
	ks_delivery_settle(g, kind == KS_REKEY_UPDATE);
	if (kind == KS_REKEY_REPLACE)
		*why = ks_schedule_replace(g, true);
	if (!*why && kind == KS_REKEY_REPLACE_NOW)
		*why = ks_schedule_replace(g, false);
	if (!*why && kind == KS_REKEY_UPDATE) {
		make_lost(g);
		renew_used_kek(g);
	}
	return !*why && send_keys(g, kind, why);
}

void ks_rekey_reinit(struct ks_group *g)
{
	int64_t end = ks_schedule_last_end(g);
	const char *why;

	if (ks_rekey(g, KS_REKEY_REMOVE_NOW, &why))
		end = env_now(g->ks->env) + SEC(ks_delivery_left(g));
	else
		gdoi_debug(g->ks->config.groups, KS_REKEY, EVENT,
			   g->group->name, NULL, "members are not told: %s",
			   why);
	g->reinit_until = end;
	ks_schedule_changed(g);
}

void ks_rekey_clear(struct ks_group *g)
{
	const char *why = cannot(g);
	struct ks_delivery *d = NULL;

	ks_delivery_settle(g, false);
	if (!why)
		d = prepare(g, KS_REKEY_REMOVE_NOW, &why);
	ks_group_reset(g);
	coop_keys_cleared(g);
	/* A secondary gets them again. */
	if (coop_is_primary(g))
		coop_member_removed(g, NULL);
	if (d)
		ks_delivery_start(d);
}
