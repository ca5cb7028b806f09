/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gm/gm_member.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_debug.h"
#include "gdoi/gdoi_vendor.h"
#include "gm/gm_msg.h"

static const char *const state_text[] = {
#define GM_STATE_TEXT(name, text) text,
	GM_STATES(GM_STATE_TEXT)
#undef GM_STATE_TEXT
};

/* --- what an attempt is made of ------------------------------------------ */

static void let_go(struct gm_member *m)
{
	if (m->connect)
		isakmp_connect_cancel(m->connect);
	if (m->pull)
		gdoi_pull_cancel(m->pull);
	m->connect = NULL;
	m->pull = NULL;
}

static void attempt_failed(void *ctx, struct isakmp_fault why)
{
	struct gm_member *m = ctx;

	m->connect = NULL;
	m->pull = NULL;
	gdoi_debug(m->gm->config.groups, GM_REGISTRATION, ERROR, m->group->name,
		   &m->trying, "failed: %s", why.text);
	gm_member_event(m, GM_EV_FAILED);
}

/* A key server that was restarted knows nothing of the SA: it costs a new
 * phase 1, not the attempt. */
static void pull_failed(void *ctx, struct isakmp_fault why)
{
	struct gm_member *m = ctx;

	if (!m->old_phase1 || why.notify != ISAKMP_N_INVALID_COOKIE) {
		attempt_failed(ctx, why);
		return;
	}
	m->pull = NULL;
	gdoi_debug(m->gm->config.groups, GM_REGISTRATION, EVENT, m->group->name,
		   &m->trying, "phase 1 is forgotten over there");
	gm_member_event(m, GM_EV_FORGOTTEN);
}

static struct isakmp_fault check_policy(void *ctx,
					const struct gdoi_policy *policy)
{
	struct gm_member *m = ctx;
	const char *objection = gm_member_objection(m, policy);
	char ks[IP_ADDR_TEXT];

	if (!objection)
		return ISAKMP_OK;
	gm_member_log_restriction(m, policy);
	env_event(m->gm->env, GM_REJECTING_SA_PAYLOAD, ip_text(&m->trying, ks),
		  m->group->name, objection);
	return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN, objection);
}

/* Without a policy in the dataplane there is no registration: the next key
 * server may have one that fits. */
static void downloaded(void *ctx, struct gdoi_policy *policy)
{
	struct gm_member *m = ctx;
	struct gm_member_view before = gm_member_look(m);
	struct gm_keys next;

	m->pull = NULL;
	policy->complete = m->family;
	gm_keys_pulled(&m->keys, policy, env_now(m->gm->env), &next);
	if (!gm_member_take(m, &next)) {
		gm_member_log_installed(m, false, &m->trying);
		gm_member_event(m, GM_EV_FAILED);
		return;
	}
	gm_member_event(m, GM_EV_DOWNLOADED);
	gm_member_log_change(m, &before, &m->trying);
}

static const struct gdoi_pull_ops pull_ops = {
	.done = downloaded,
	.failed = pull_failed,
	.check = check_policy,
};

/* A counter-mode SA needs a sender ID of its own; the key server gives one
 * without being asked (RFC 6407 3.5). */
static void phase1_up(void *ctx, struct isakmp_sa *sa)
{
	struct gm_member *m = ctx;
	char version[GDOI_VERSION_TEXT];

	m->connect = NULL;
	m->old_phase1 = !isakmp_sa_is_proven(sa);
	gm_timers_attempt(m);
	m->family = gdoi_vendor_of(sa, version);
	gdoi_debug(m->gm->config.groups, GM_REGISTRATION, EVENT, m->group->name,
		   &m->trying, "phase 1 is up, conn-id %u",
		   isakmp_sa_conn_id(sa));
	m->pull = gdoi_pull_start(m->gm->env, sa, &m->id, 0, &pull_ops, m);
	gm_member_event(m, GM_EV_PHASE1_UP);
}

static const struct isakmp_connect_ops connect_ops = {
	.up = phase1_up,
	.failed = attempt_failed,
};

/* --- actions --------------------------------------------------------------- */

static void call_server(struct gm_member *m)
{
	const struct endpoint local = { m->local, GDOI_PORT, m->fvrf };
	const struct endpoint remote = { m->trying, GDOI_PORT, m->fvrf };

	m->connect = isakmp_connect(m->gm->config.isakmp, &local, &remote,
				    &connect_ops, m);
}

static void try_server(struct gm_member *m)
{
	const struct gm_group *g = gm_group_of(m->group);
	char ks[IP_ADDR_TEXT], own[IP_ADDR_TEXT];

	if (m->server >= g->n_servers)
		m->server = 0;
	m->trying = g->servers[m->server];
	m->attempted++;
	m->id = m->group->id;
	env_event(m->gm->env, GM_REGSTER, ip_text(&m->trying, ks),
		  m->group->name, ip_text(&m->local, own),
		  gm_vrf_text(m->gm, m->fvrf, GM_NO_VRF),
		  gm_vrf_text(m->gm, m->ivrf, GM_NO_VRF));
	gm_timers_attempt(m);
	call_server(m);
}

static void begin(struct gm_member *m)
{
	if (m->keys.policy)
		env_event(m->gm->env, GM_RE_REGISTER, m->group->name);
	let_go(m);
	m->server = gm_recovery_server(m);
	m->first_server = m->server;
	try_server(m);
}

/* client fail-close revert: who cannot register any more gives up its keys
 * before their time, where nothing goes clear without them. */
static void revert(struct gm_member *m)
{
	if (!m->keys.policy || !gm_group_of(m->group)->revert ||
	    !m->map_entry->map->fail_close_active)
		return;
	gm_member_log_cleanup(m);
	gm_keys_drop(&m->keys);
	gm_timers_keys_gone(m);
	gm_rekey_drop(m);
	gm_install(m->gm, m->ifname);
}

static void next_server(struct gm_member *m)
{
	const struct gm_group *g = gm_group_of(m->group);

	size_t first = m->first_server < g->n_servers ? m->first_server : 0;

	let_go(m);
	m->server = m->server + 1 < g->n_servers ? m->server + 1 : 0;
	if (m->server != first) {
		try_server(m);
		return;
	}
	revert(m);
	m->state = GM_BACKOFF;
	gm_timers_all_silent(m);
}

static void log_keys(struct gm_member *m)
{
	struct env *env = m->gm->env;

	if (m->keys.policy->n_teks)
		env_event(env, GM_TEK_UPDATED);
	if (m->keys.policy->has_kek)
		env_event(env, GM_KEK_UPDATED);
}

static void registered(struct gm_member *m)
{
	char ks[IP_ADDR_TEXT], own[IP_ADDR_TEXT];

	log_keys(m);
	m->registered_with = m->trying;
	m->succeeded++;
	m->worn = false;
	gm_rekey_registered(m, m->family);
	gm_timers_registered(m);
	env_event(m->gm->env, GM_REGS_COMPL, ip_text(&m->trying, ks),
		  m->group->name, ip_text(&m->local, own),
		  gm_vrf_text(m->gm, m->fvrf, GM_NO_VRF),
		  gm_vrf_text(m->gm, m->ivrf, GM_NO_VRF));
	gm_member_log_installed(m, true, &m->trying);
}

/* What a rekey cannot bring is asked for (RFC 6407 5.6.4: sender IDs come by
 * registration alone). */
static void rekeyed(struct gm_member *m)
{
	let_go(m);
	gm_timers_registered(m);
	m->recovering = false; /* these may be the keys it lacked */
	m->worn = m->worn && !m->keys.renewed;
	if (m->worn || gm_keys_lack_sid(&m->keys) ||
	    !gm_keys_complete(&m->keys, env_now(m->gm->env)))
		gm_timers_soon(m);
}

static void removed(struct gm_member *m)
{
	let_go(m);
	gm_rekey_drop(m);
	env_event(m->gm->env, GM_RECV_DELETE_IMMEDIATE, m->group->name,
		  GM_SPREAD);
	gm_member_log_cleanup(m);
	gm_timers_removed_now(m);
}

static void restart(struct gm_member *m)
{
	m->server = 0;
	m->first_server = 0;
	try_server(m);
}

static void stop(struct gm_member *m)
{
	let_go(m);
	gm_timers_stop(m);
	gm_keys_drop(&m->keys);
	gm_rekey_forget(m);
	m->worn = false;
	m->recovering = false;
	m->registered_with = (struct ip_addr){ 0 };
}

/* --- the machine ------------------------------------------------------------ */

static const char *const state_name[] = {
#define GM_STATE_WORD(name, text) #name,
	GM_STATES(GM_STATE_WORD)
#undef GM_STATE_WORD
};

static const char *const event_text[] = {
	[GM_EV_START] = "start",
	[GM_EV_PHASE1_UP] = "phase 1 up",
	[GM_EV_DOWNLOADED] = "downloaded",
	[GM_EV_REKEYED] = "rekeyed",
	[GM_EV_REMOVED] = "removed",
	[GM_EV_FAILED] = "failed",
	[GM_EV_TIMEOUT] = "key server silent",
	[GM_EV_WAITED] = "pause over",
	[GM_EV_STOP] = "stop",
};

struct step {
	void (*act)(struct gm_member *m);
	enum gm_state next;
	bool legal;
};

#define GO(act, next)           \
	{                       \
		act, next, true \
	}

/* An action that must choose sets the state itself (next_server). */
static const struct step table[GM_N_STATES][GM_N_EVENTS] = {
	[GM_IDLE] = {
		[GM_EV_START] = GO(begin, GM_PHASE1),
		[GM_EV_STOP] = GO(stop, GM_IDLE),
	},
	[GM_PHASE1] = {
		[GM_EV_PHASE1_UP] = GO(NULL, GM_PULL),
		[GM_EV_FAILED] = GO(next_server, GM_PHASE1),
		[GM_EV_TIMEOUT] = GO(next_server, GM_PHASE1),
		[GM_EV_REKEYED] = GO(rekeyed, GM_REGISTERED),
		[GM_EV_REMOVED] = GO(removed, GM_BACKOFF),
		[GM_EV_STOP] = GO(stop, GM_IDLE),
	},
	[GM_PULL] = {
		[GM_EV_FORGOTTEN] = GO(call_server, GM_PHASE1),
		[GM_EV_DOWNLOADED] = GO(registered, GM_REGISTERED),
		[GM_EV_FAILED] = GO(next_server, GM_PHASE1),
		[GM_EV_TIMEOUT] = GO(next_server, GM_PHASE1),
		[GM_EV_REKEYED] = GO(rekeyed, GM_REGISTERED),
		[GM_EV_REMOVED] = GO(removed, GM_BACKOFF),
		[GM_EV_STOP] = GO(stop, GM_IDLE),
	},
	[GM_REGISTERED] = {
		[GM_EV_START] = GO(begin, GM_PHASE1),
		[GM_EV_REKEYED] = GO(rekeyed, GM_REGISTERED),
		[GM_EV_REMOVED] = GO(removed, GM_BACKOFF),
		[GM_EV_STOP] = GO(stop, GM_IDLE),
	},
	[GM_BACKOFF] = {
		[GM_EV_WAITED] = GO(restart, GM_PHASE1),
		[GM_EV_START] = GO(begin, GM_PHASE1),
		[GM_EV_REKEYED] = GO(rekeyed, GM_REGISTERED),
		[GM_EV_REMOVED] = GO(removed, GM_BACKOFF),
		[GM_EV_STOP] = GO(stop, GM_IDLE),
	},
};

void gm_member_event(struct gm_member *m, enum gm_event event)
{
	const struct step *step = &table[m->state][event];

	if (!step->legal)
		return;
	if (m->group)
		gdoi_debug(m->gm->config.groups, GM_INFRA, DETAIL,
			   m->group->name, &m->trying, "%s: %s to %s",
			   event_text[event], state_name[m->state],
			   state_name[step->next]);
	/* The state first: an action may raise the next event. */
	m->state = step->next;
	if (step->act)
		step->act(m);
}

struct gm_member *gm_member_new(struct gm *gm, const char *ifname,
				struct gm_map_entry *entry)
{
	struct gm_member *m = xcalloc(1, sizeof(*m));

	m->gm = gm;
	m->ifname = xstrdup(ifname);
	m->map_entry = entry;
	TAILQ_INSERT_TAIL(&gm->members, m, entry);
	return m;
}

void gm_member_free(struct gm_member *m)
{
	gm_member_event(m, GM_EV_STOP);
	TAILQ_REMOVE(&m->gm->members, m, entry);
	free(m->ifname);
	free(m);
}

void gm_member_reset(struct gm_member *m)
{
	if (m->keys.policy)
		gm_member_log_cleanup(m);
	gm_member_event(m, GM_EV_STOP);
	gm_install(m->gm, m->ifname);
}

const char *gm_member_status(const struct gm_member *m)
{
	if (m->keys.policy && m->state != GM_REGISTERED)
		return "Re-registering";
	return state_text[m->state];
}

/* An exec override beats passive, passive the key server. */
enum ipsec_direction gm_member_direction(const struct gm_member *m)
{
	const struct gm_group *g = gm_group_of(m->group);

	if (g && g->has_override)
		return (enum ipsec_direction)g->override;
	if (g && g->passive)
		return IPSEC_INBOUND_OPTIONAL;
	if (m->keys.policy && m->keys.policy->receive_only)
		return IPSEC_INBOUND_ONLY;
	return IPSEC_BOTH;
}
