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
	m->sa = NULL;
}

static void phase1_up(void *ctx, struct isakmp_sa *sa)
{
	struct gm_member *m = ctx;

	m->connect = NULL;
	m->sa = sa;
	gm_member_event(m, GM_EV_PHASE1_UP);
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

/* What the dataplane cannot do, or what would make TBAR worthless, is
 * refused before any key is asked for. */
static const char *policy_objection(const struct gdoi_policy *p)
{
	size_t i;

	for (i = 0; i < p->n_teks; i++) {
		const struct esp_transform *t = &p->teks[i].transform;

		if (t->transport)
			return "transport mode is not supported";
		if (t->auth == ESP_AUTH_NONE && t->cipher != ESP_AES_GCM &&
		    t->cipher != ESP_AES_GMAC)
			return "ESP without authentication";
	}
	return NULL;
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

static const struct isakmp_connect_ops connect_ops = {
	.up = phase1_up,
	.failed = attempt_failed,
};

static const struct gdoi_pull_ops pull_ops = {
	.done = downloaded,
	.failed = attempt_failed,
	.check = check_policy,
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

static void pull(struct gm_member *m)
{
	/* A counter-mode SA needs a sender ID of its own; the key server gives
	 * one without being asked (RFC 6407 3.5). */
	m->pull = gdoi_pull_start(m->gm->env, m->sa, &m->id, 0, &pull_ops, m);
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

/* The key server has perhaps lost its side of the ISAKMP SA (a restart): the
 * next attempt shall not run into the same silence. */
static void give_up_silent(struct gm_member *m)
{
	struct isakmp_sa *sa = m->pull ? m->sa : NULL;

	let_go(m);
	if (sa)
		isakmp_sa_delete(sa);
	next_server(m);
}

static void log_installed(struct gm_member *m, bool installed)
{
	char ks[IP_ADDR_TEXT], own[IP_ADDR_TEXT];
	struct env *env = m->gm->env;

	ip_text(&m->trying, ks);
	ip_text(&m->local, own);
	if (m->keys.policy->n_teks)
		env_event(env, GM_TEK_UPDATED);
	if (m->keys.policy->has_kek)
		env_event(env, GM_KEK_UPDATED);
	env_event(env, GM_REGS_COMPL, ks, m->group->name, own);
	if (installed)
		env_event(env, GM_INSTALL_POLICIES_SUCCESS, ks, m->group->name,
			  own);
	else
		env_event(env, GM_INSTALL_POLICIES_FAILED, ks, m->group->name,
			  own);
}

static void registered(struct gm_member *m)
{
	m->registered_with = m->trying;
	m->succeeded++;
	m->rekeys_since = 0;
	gm_timers_registered(m);
	log_installed(m, gm_install(m->gm, m->ifname));
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
		[GM_EV_PHASE1_UP] = GO(pull, GM_PULL),
		[GM_EV_FAILED] = GO(next_server, GM_PHASE1),
		[GM_EV_TIMEOUT] = GO(next_server, GM_PHASE1),
		[GM_EV_STOP] = GO(stop, GM_IDLE),
	},
	[GM_PULL] = {
		[GM_EV_DOWNLOADED] = GO(registered, GM_REGISTERED),
		[GM_EV_FAILED] = GO(next_server, GM_PHASE1),
		[GM_EV_TIMEOUT] = GO(give_up_silent, GM_PHASE1),
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
