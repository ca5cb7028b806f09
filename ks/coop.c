/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/coop.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/coop_members.h"
#include "ks/coop_priv.h"
#include "ks/coop_state.h"
#include "ks/ks_delivery.h"
#include "ks/ks_make.h"
#include "ks/ks_msg.h"
#include "ks/ks_rekey.h"
#include "ks/ks_schedule.h"

struct coop_peer *coop_peer_find(const struct coop *c,
				 const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < c->n_peers; i++) {
		if (ip_equal(&c->peers[i]->addr, addr))
			return c->peers[i];
	}
	return NULL;
}

/* Whoever has nobody to ask is primary. */
enum coop_role coop_role_now(const struct coop *c)
{
	if (!c->n_peers)
		return COOP_PRIMARY;
	return c->role ? coop_role_current(c->role) : COOP_ELECTION;
}

bool coop_is_primary(const struct ks_group *g)
{
	return !g->cooperation || coop_role_now(g->cooperation) == COOP_PRIMARY;
}

bool coop_follows(const struct coop *c, const struct coop_peer *p)
{
	struct ip_addr primary;

	if (coop_role_now(c) != COOP_SECONDARY)
		return false;
	primary = coop_role_primary(c->role);
	return ip_equal(&primary, &p->addr);
}

bool coop_has_keys(const struct ks_group *g)
{
	const struct ks_sa *sa;

	if (!g->live)
		return false;
	if (g->kek)
		return true;
	TAILQ_FOREACH (sa, &g->sas, entry) {
		if (!TAILQ_EMPTY(&sa->sets))
			return true;
	}
	return false;
}

struct coop_times coop_times(const struct ks_group *g)
{
	const struct ks_coop *config = &g->coop;

	return (struct coop_times){
		.refresh = config->refresh ? config->refresh : COOP_REFRESH,
		.periodic = config->periodic ? config->periodic : COOP_PERIODIC,
		.retransmit = config->retransmit ? config->retransmit
						 : COOP_RETRANSMIT,
		.retries = config->retries ? config->retries : COOP_RETRIES,
	};
}

/* --- the role -------------------------------------------------------------- */

static const char *name_of(const struct ip_addr *addr, char *text)
{
	return ip_is_set(addr) ? ip_text(addr, text) : "NONE";
}

static void log_election(const struct coop *c, const struct ip_addr *before)
{
	char text[IP_ADDR_TEXT];

	env_event(c->g->ks->env, COOP_KS_ELECTION, c->g->group->name,
		  name_of(before, text));
}

static bool rekeys_were_sent(const struct ks_group *g)
{
	const struct ks_kek *kek;

	for (kek = g->kek; kek; kek = kek->older) {
		if (kek->seq)
			return true;
	}
	return false;
}

/* The retransmissions of its last rekey ended with the one before us. */
static bool rekey_was_cut_short(const struct coop *c)
{
	uint32_t took = ks_retransmit_time(&c->g->rekey);

	return rekeys_were_sent(c->g) &&
	       coop_keys_since(c->g, c->valid_at - SEC(took));
}

static void became_primary(struct coop *c, enum coop_role before)
{
	bool cut_short = before == COOP_SECONDARY && rekey_was_cut_short(c);
	struct ip_addr previous = coop_role_previous(c->role);
	char self[IP_ADDR_TEXT], text[IP_ADDR_TEXT];

	env_event(c->g->ks->env, COOP_KS_TRANS_TO_PRI, ip_text(&c->local, self),
		  c->g->group->name, name_of(&previous, text));
	c->blocking = false;
	/* It is for us to do now, as soon as a member asks again. */
	c->reinit_wanted = false;
	coop_new_term(c);
	ks_schedule_takeover(c->g);
	if (cut_short)
		coop_catch_up(c);
}

static void became_secondary(struct coop *c, enum coop_role before)
{
	struct ip_addr primary = coop_role_primary(c->role);
	struct coop_peer *p = coop_peer_find(c, &primary);
	char text[IP_ADDR_TEXT];

	if (before == COOP_PRIMARY)
		env_event(c->g->ks->env, COOP_KS_ADMN_USRP,
			  name_of(&primary, text), c->g->group->name);
	c->untold = c->merging = c->renewing = c->catching_up = false;
	c->valid_at = env_now(c->g->ks->env);
	ks_delivery_settle(c->g, false);
	ks_schedule_takeover(c->g);
	/* Those who followed us are to look for another. */
	if (before == COOP_PRIMARY)
		coop_announce(c, NULL, false, 0);
	if (p)
		coop_announce(c, p, true, 0);
}

static void role_changed(void *ctx, enum coop_role before,
			 const struct ip_addr *primary_before)
{
	struct coop *c = ctx;
	enum coop_role now = coop_role_now(c);
	size_t i;

	COOP_DEBUG(c, TERSE, NULL, "role %s, was %s", coop_role_name(now),
		   coop_role_name(before));
	for (i = 0; i < c->n_peers; i++)
		c->peers[i]->confirmed = 0;
	if (now == COOP_PRIMARY && before != COOP_PRIMARY)
		became_primary(c, before);
	else if (now == COOP_SECONDARY)
		became_secondary(c, before);
	else if (now == COOP_ELECTION && before != COOP_ELECTION)
		log_election(c, primary_before);
}

/* The primary looks at each refresh whom it does not reach. */
static void tell_unreachable(struct coop *c)
{
	char text[IP_ADDR_TEXT];
	size_t i;

	for (i = 0; i < c->n_peers; i++) {
		struct coop_peer *p = c->peers[i];
		struct coop_peer_view view;

		if (p->unreachable || p->status != COOP_LINK_FAILED ||
		    !coop_role_peer(c->role, &p->addr, &view) ||
		    view.status == COOP_ALIVE)
			continue;
		p->unreachable = true;
		env_event(c->g->ks->env, COOP_KS_UNREACH,
			  ip_text(&p->addr, text), c->g->group->name,
			  coop_link_status_name(p->status));
	}
}

static void role_announce(void *ctx, const struct ip_addr *peer, bool reply)
{
	struct coop *c = ctx;
	struct coop_peer *p = peer ? coop_peer_find(c, peer) : NULL;

	if (peer && !p)
		return;
	coop_announce(c, p, reply, 0);
	if (!peer && c->role && coop_role_now(c) == COOP_PRIMARY)
		tell_unreachable(c);
}

static void role_met(void *ctx, const struct ip_addr *peer, bool we_stay)
{
	struct coop *c = ctx;
	struct coop_peer *p = coop_peer_find(c, peer);

	COOP_DEBUG(c, TERSE, peer, "another primary is heard, %s",
		   we_stay ? "we stay primary" : "it stays primary");
	if (p)
		coop_announce(c, p, true, 0);
}

static bool role_live(void *ctx)
{
	struct coop *c = ctx;

	return coop_has_keys(c->g);
}

static const struct coop_role_ops role_ops = {
	.announce = role_announce,
	.changed = role_changed,
	.met = role_met,
};

static void start(void *arg)
{
	struct coop *c = arg;
	struct ks_group *g = c->g;
	const struct coop_role_config config = {
		.env = g->ks->env,
		.self = c->local,
		.priority = (uint8_t)g->coop.priority,
		.times = coop_times(g),
		.ops = &role_ops,
		.ctx = c,
		.live = role_live,
	};
	size_t i;

	if (!c->n_peers || c->role)
		return;
	c->role = coop_role_new(&config);
	for (i = 0; i < c->n_peers; i++)
		coop_role_peer_add(c->role, &c->peers[i]->addr);
	log_election(c, &(struct ip_addr){ 0 });
	coop_role_start(c->role);
}

/* --- the session with a peer ------------------------------------------------- */

static void link_status(void *ctx, enum coop_link_status status)
{
	struct coop_peer *p = ctx;
	struct coop *c = p->coop;
	enum coop_link_status before = p->status;

	p->status = status;
	if (status == before)
		return;
	COOP_DEBUG(c, EVENT, &p->addr, "IKE status: %s",
		   coop_link_status_name(status));
	if (!c->role)
		return;
	if (status == COOP_LINK_ESTABLISHED) {
		coop_role_reached(c->role, &p->addr);
	} else if (before == COOP_LINK_ESTABLISHED ||
		   status == COOP_LINK_FAILED) {
		p->confirmed = 0;
		coop_role_lost(c->role, &p->addr);
	}
}

static const struct coop_link_ops link_ops = {
	.received = coop_received,
	.sent = coop_sent,
	.status = link_status,
};

static void add_peer(struct coop *c, const struct ip_addr *addr)
{
	const struct coop_transport *t = c->g->ks->config.transport;
	struct coop_peer *p = xcalloc(1, sizeof(*p));
	char text[IP_ADDR_TEXT];

	p->coop = c;
	p->addr = *addr;
	p->handle = c->g->ks->next_handle++;
	c->peers[c->n_peers++] = p;
	env_event(c->g->ks->env, COOP_KS_ADD, ip_text(addr, text),
		  c->g->group->name);
	if (c->role)
		coop_role_peer_add(c->role, addr);
	p->link = t->open(t->arg, &c->local, addr, &c->id, &link_ops, p);
	t->want(p->link, true);
}

static void free_peer(struct coop_peer *p)
{
	const struct coop_transport *t = p->coop->g->ks->config.transport;

	t->close(p->link);
	free(p);
}

static void remove_peer(struct coop *c, size_t i)
{
	struct coop_peer *p = c->peers[i];
	char text[IP_ADDR_TEXT];

	env_event(c->g->ks->env, COOP_KS_REMOVE, ip_text(&p->addr, text),
		  c->g->group->name);
	memmove(&c->peers[i], &c->peers[i + 1],
		(--c->n_peers - i) * sizeof(c->peers[0]));
	if (c->role)
		coop_role_peer_remove(c->role, &p->addr);
	free_peer(p);
}

static bool is_configured(const struct ks_group *g, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < g->coop.n_peers; i++) {
		if (ip_equal(&g->coop.peers[i], addr))
			return true;
	}
	return false;
}

/* As typed, in its order. */
static void match_peers(struct coop *c)
{
	const struct ks_coop *config = &c->g->coop;
	size_t i;

	for (i = c->n_peers; i-- > 0;) {
		if (!is_configured(c->g, &c->peers[i]->addr))
			remove_peer(c, i);
	}
	for (i = 0; i < config->n_peers; i++) {
		if (!coop_peer_find(c, &config->peers[i]))
			add_peer(c, &config->peers[i]);
	}
}

/* --- the beginning and the end -------------------------------------------------- */

static void begin(struct ks_group *g, const struct ip_addr *local)
{
	struct coop *c = xcalloc(1, sizeof(*c));

	c->g = g;
	c->local = *local;
	c->id = g->group->id;
	c->started = env_now(g->ks->env);
	c->valid_at = c->started;
	env_random(g->ks->env, &c->boot, sizeof(c->boot));
	g->cooperation = c;
	coop_new_term(c);
}

static void end(struct coop *c)
{
	struct env *env = c->g->ks->env;

	coop_say_goodbye(c);
	env_timer_cancel(env, &c->settle);
	env_timer_cancel(env, &c->soon);
	env_timer_cancel(env, &c->next);
	c->g->cooperation = NULL;
	while (c->n_peers)
		free_peer(c->peers[--c->n_peers]);
	coop_role_free(c->role);
	coop_unseal_state(c);
	coop_forget_pair(c);
	free(c);
}

void coop_stop(struct ks_group *g)
{
	if (g->cooperation)
		end(g->cooperation);
}

static bool same(const struct coop *c, const struct ip_addr *local)
{
	return ip_equal(&c->local, local) &&
	       gdoi_id_equal(&c->id, &c->g->group->id);
}

/* An interface without an address may get it back: nothing is lost by waiting
 * for that. */
static struct ip_addr local_address(const struct ks_group *g)
{
	struct ip_addr local = ks_group_address(g);

	if (!ip_is_set(&local) && g->address_interface && g->cooperation)
		return g->cooperation->local;
	return local;
}

void coop_configured(struct ks_group *g)
{
	struct ip_addr local = local_address(g);
	/* An interface may get the address of a peer: nobody cooperates with
	 * himself. */
	bool wanted = g->coop.on && ip_is_set(&local) && g->group->id.is_set &&
		      !is_configured(g, &local);
	struct coop_times times = coop_times(g);
	struct coop *c = g->cooperation;

	if (c && (!wanted || !same(c, &local))) {
		coop_stop(g);
		c = NULL;
		if (!wanted)
			ks_schedule_takeover(g);
	}
	if (!wanted)
		return;
	if (!c)
		begin(g, &local);
	c = g->cooperation;
	match_peers(c);
	if (c->role)
		coop_role_configure(c->role, (uint8_t)g->coop.priority, &times);
	else if (c->n_peers)
		env_timer_set(g->ks->env, &c->settle, MSEC(COOP_SETTLE_MS),
			      start, c);
}

void coop_clear_role(struct ks_group *g)
{
	struct coop *c = g->cooperation;

	if (c && c->role)
		coop_role_start(c->role);
}

void coop_clear_counters(struct ks_group *g)
{
	struct coop *c = g->cooperation;
	size_t i;

	for (i = 0; c && i < c->n_peers; i++)
		c->peers[i]->counters = (struct coop_counters){ 0 };
	if (c)
		c->bad_pseudotimes = 0;
}

/* --- what the rest of the key server says and asks ----------------------------------- */

static bool stale(const struct coop *c)
{
	int64_t age = env_now(c->g->ks->env) - c->valid_at;

	return coop_role_now(c) == COOP_SECONDARY &&
	       age > SEC(COOP_BLOCK_PERIODS * coop_times(c->g).periodic);
}

const char *coop_blocks(struct ks_group *g, const struct ip_addr *member)
{
	struct coop *c = g->cooperation;
	char text[IP_ADDR_TEXT];

	if (coop_is_primary(g))
		return NULL;
	ip_text(member, text);
	if (!coop_has_keys(g)) {
		if (ks_may_log(g->ks))
			env_event(g->ks->env, COOP_KS_BLOCK_NEW_GM_REGISTER,
				  text, g->group->name);
		return "the election of the key servers is under way";
	}
	if (!stale(c))
		return NULL;
	c->blocking = true;
	if (ks_may_log(g->ks))
		env_event(g->ks->env, COOP_KS_BLOCK_NEW_GM_REGISTER_ANN, text,
			  g->group->name);
	return "the primary key server was not heard for long";
}

void coop_keys_changed(struct ks_group *g)
{
	struct coop *c = g->cooperation;

	if (!c || !coop_is_primary(g))
		return;
	coop_count_version(c);
	coop_unseal_state(c);
	coop_announce(c, NULL, false, 0);
}

void coop_keys_cleared(struct ks_group *g)
{
	struct coop *c = g->cooperation;

	if (!c)
		return;
	if (coop_is_primary(g)) {
		coop_keys_changed(g);
		return;
	}
	c->tag = (struct coop_tag){ 0 };
	coop_unseal_state(c);
	coop_announce(c, NULL, true, 0);
}

/* Who takes over must know of members that came a moment ago.  The more there
 * are, the longer the message, and the more of them wait for it. */
static void report_to_all(struct coop *c)
{
	coop_announce(c, NULL, false,
		      MSEC(COOP_REPORT_MS + c->g->members.count));
}

void coop_member_changed(struct ks_group *g, struct ks_member *m)
{
	struct coop *c = g->cooperation;
	struct ip_addr primary;
	struct coop_peer *p;

	if (!c)
		return;
	coop_members_changed(g, m);
	if (coop_is_primary(g))
		report_to_all(c);
	if (coop_role_now(c) != COOP_SECONDARY)
		return;
	primary = coop_role_primary(c->role);
	p = coop_peer_find(c, &primary);
	if (p)
		coop_announce(c, p, false, MSEC(COOP_REPORT_MS));
}

void coop_member_removed(struct ks_group *g, const struct ip_addr *addr)
{
	if (g->cooperation)
		coop_members_removed(g, addr);
}

/* --- the second half of a merge, and new keys on demand ------------------------------- */

static void renew(struct coop *c)
{
	struct ks_group *g = c->g;
	struct ks_sa *sa;
	const char *why;

	c->renewing = false;
	TAILQ_FOREACH (sa, &g->sas, entry)
		ks_make_set(sa);
	if (!ks_rekey(g, KS_REKEY_UPDATE, &why))
		coop_keys_changed(g);
	ks_schedule_changed(g);
}

static void next_step(void *arg)
{
	struct coop *c = arg;
	const char *why;

	if (!coop_is_primary(c->g))
		return;
	if (c->renewing) {
		c->catching_up = false;
		renew(c);
	} else if (c->catching_up && !c->g->delivery) {
		c->catching_up = false;
		ks_rekey(c->g, KS_REKEY_UPDATE, &why);
	} else if (c->reinit_wanted) {
		c->reinit_wanted = false;
		if (!ks_rekey(c->g, KS_REKEY_REPLACE, &why) &&
		    !ks_schedule_replace(c->g, true))
			coop_keys_changed(c->g);
	}
}

static void later(struct coop *c)
{
	env_timer_set(c->g->ks->env, &c->next, 0, next_step, c);
}

void coop_catch_up(struct coop *c)
{
	c->catching_up = true;
	if (c->next || c->g->delivery)
		return;
	env_timer_set(c->g->ks->env, &c->next, MSEC(COOP_CATCH_UP_MS),
		      next_step, c);
}

/* Maybe they had greater numbers from a key server that took them along. */
void coop_unanswered(struct ks_group *g)
{
	if (!g->cooperation || !coop_is_primary(g))
		return;
	coop_state_jump(g);
	coop_keys_changed(g);
}

void coop_delivered(struct ks_group *g)
{
	struct coop *c = g->cooperation;
	int64_t rest;

	if (!c || !coop_is_primary(g) || (!c->merging && !c->catching_up))
		return;
	c->renewing |= c->merging;
	c->merging = false;
	rest = c->merged_at + SEC(COOP_MERGE_REST) - env_now(g->ks->env);
	env_timer_set(g->ks->env, &c->next, c->renewing && rest > 0 ? rest : 0,
		      next_step, c);
}

int64_t coop_head_start(const struct ks_group *g)
{
	const struct coop *c = g->cooperation;
	size_t i;

	for (i = 0; c && i < c->n_peers; i++) {
		if (c->peers[i]->status == COOP_LINK_ESTABLISHED)
			return MSEC(COOP_HEAD_START_MS);
	}
	return 0;
}

void coop_want_reinit(struct ks_group *g)
{
	struct coop *c = g->cooperation;
	struct ip_addr primary;
	struct coop_peer *p;

	if (!c || c->reinit_wanted)
		return;
	c->reinit_wanted = true;
	if (coop_is_primary(g)) {
		later(c);
		return;
	}
	primary = c->role ? coop_role_primary(c->role) : (struct ip_addr){ 0 };
	p = coop_peer_find(c, &primary);
	if (p)
		coop_announce(c, p, false, 0);
}
