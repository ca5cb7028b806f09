/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gm/gm_member.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
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
	env_debug(m->gm->env, &m->gm->debug,
		  "GDOI:GM REGISTRATION:(%s): failed: %s", m->group->name,
		  why.text);
	gm_member_event(m, GM_EV_FAILED);
}

static const char *tek_objection(const struct esp_transform *t)
{
	if (t->transport)
		return "transport mode is not supported";
	if (t->auth == ESP_AUTH_NONE && !esp_is_aead(t))
		return "ESP without authentication";
	return NULL;
}

/* What the dataplane cannot do, or what would make anti-replay worthless, is
 * refused before any key is asked for. */
static const char *policy_objection(const struct gdoi_policy *p)
{
	const char *objection = NULL;
	size_t i;

	for (i = 0; i < p->n_teks && !objection; i++)
		objection = tek_objection(&p->teks[i].transform);
	for (i = 0; i < p->n_rules && !objection; i++)
		if (p->rules[i].ace.src.family != IP_V4)
			objection = "the group is not an IPv4 group";
	if (p->tbar && (!p->tbar_window || p->tbar_window > GM_TBAR_MAX))
		objection = "time-based anti-replay window out of range";
	if (p->replay_window > GM_COUNTER_WINDOW_MAX)
		objection = "anti-replay window out of range";
	return objection;
}

static struct isakmp_fault check_policy(void *ctx,
					const struct gdoi_policy *policy)
{
	struct gm_member *m = ctx;
	const char *objection = policy_objection(policy);
	char ks[IP_ADDR_TEXT];

	if (!objection)
		return ISAKMP_OK;
	env_event(m->gm->env, GM_REJECTING_SA_PAYLOAD, ip_text(&m->trying, ks),
		  m->group->name, objection);
	return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN, objection);
}

static void downloaded(void *ctx, struct gdoi_policy *policy)
{
	struct gm_member *m = ctx;

	m->pull = NULL;
	gm_keys_update(&m->keys, policy, env_now(m->gm->env));
	gm_member_event(m, GM_EV_DOWNLOADED);
}

static const struct gdoi_pull_ops pull_ops = {
	.done = downloaded,
	.failed = attempt_failed,
	.check = check_policy,
};

/* A counter-mode SA needs a sender ID of its own; the key server gives one
 * without being asked (RFC 6407 3.5). */
static void phase1_up(void *ctx, struct isakmp_sa *sa)
{
	struct gm_member *m = ctx;

	m->connect = NULL;
	m->pull = gdoi_pull_start(m->gm->env, sa, &m->id, 0, &pull_ops, m);
	gm_member_event(m, GM_EV_PHASE1_UP);
}

static const struct isakmp_connect_ops connect_ops = {
	.up = phase1_up,
	.failed = attempt_failed,
};

/* --- actions --------------------------------------------------------------- */

static void try_server(struct gm_member *m)
{
	const struct gm_group *g = gm_group_of(m->group);
	struct endpoint local = { m->local, GDOI_PORT }, remote;
	char ks[IP_ADDR_TEXT], own[IP_ADDR_TEXT];

	if (m->server >= g->n_servers)
		m->server = 0;
	m->trying = g->servers[m->server];
	remote = (struct endpoint){ m->trying, GDOI_PORT };
	m->attempted++;
	m->id = m->group->id;
	env_event(m->gm->env, GM_REGSTER, ip_text(&m->trying, ks),
		  m->group->name, ip_text(&m->local, own));
	gm_timers_attempt(m);
	m->connect = isakmp_connect(m->gm->config.isakmp, &local, &remote,
				    &connect_ops, m);
}

static void begin(struct gm_member *m)
{
	if (m->keys.policy)
		env_event(m->gm->env, GM_RE_REGISTER, m->group->name);
	let_go(m);
	m->server = 0;
	try_server(m);
}

static void next_server(struct gm_member *m)
{
	const struct gm_group *g = gm_group_of(m->group);

	let_go(m);
	if (++m->server < g->n_servers) {
		try_server(m);
		return;
	}
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

/* Without a policy in the dataplane there is no registration: the next key
 * server may have one that fits. */
static void install_failed(struct gm_member *m, const char *ks, const char *own)
{
	env_event(m->gm->env, GM_INSTALL_POLICIES_FAILED, ks, m->group->name,
		  own);
	m->state = GM_PHASE1;
	next_server(m);
}

static void registered(struct gm_member *m)
{
	char ks[IP_ADDR_TEXT], own[IP_ADDR_TEXT];

	ip_text(&m->trying, ks);
	ip_text(&m->local, own);
	log_keys(m);
	if (!gm_install(m->gm, m->ifname)) {
		install_failed(m, ks, own);
		return;
	}
	m->registered_with = m->trying;
	m->succeeded++;
	m->rekey.since = 0;
	m->rekey.acked_since = 0;
	gm_timers_registered(m);
	env_event(m->gm->env, GM_REGS_COMPL, ks, m->group->name, own);
	env_event(m->gm->env, GM_INSTALL_POLICIES_SUCCESS, ks, m->group->name,
		  own);
}

static void restart(struct gm_member *m)
{
	m->server = 0;
	try_server(m);
}

static void stop(struct gm_member *m)
{
	let_go(m);
	gm_timers_stop(m);
	gm_keys_drop(&m->keys);
	m->registered_with = (struct ip_addr){ 0 };
}

/* --- the machine ------------------------------------------------------------ */

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
		[GM_EV_STOP] = GO(stop, GM_IDLE),
	},
	[GM_PULL] = {
		[GM_EV_DOWNLOADED] = GO(registered, GM_REGISTERED),
		[GM_EV_FAILED] = GO(next_server, GM_PHASE1),
		[GM_EV_TIMEOUT] = GO(next_server, GM_PHASE1),
		[GM_EV_STOP] = GO(stop, GM_IDLE),
	},
	[GM_REGISTERED] = {
		[GM_EV_START] = GO(begin, GM_PHASE1),
		[GM_EV_STOP] = GO(stop, GM_IDLE),
	},
	[GM_BACKOFF] = {
		[GM_EV_WAITED] = GO(restart, GM_PHASE1),
		[GM_EV_START] = GO(begin, GM_PHASE1),
		[GM_EV_STOP] = GO(stop, GM_IDLE),
	},
};

void gm_member_event(struct gm_member *m, enum gm_event event)
{
	const struct step *step = &table[m->state][event];

	if (!step->legal)
		return;
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
	gm_member_event(m, GM_EV_STOP);
	gm_install(m->gm, m->ifname);
}

const char *gm_member_status(const struct gm_member *m)
{
	if (m->keys.policy && m->state != GM_REGISTERED)
		return "Re-registering";
	return state_text[m->state];
}

/* Protocol.md 7.2: an exec override beats passive, passive the key server. */
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
