/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/coop_role.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/coop_role_priv.h"

static int64_t now_of(const struct coop_role_machine *m)
{
	return env_now(m->config.env);
}

static void announce(struct coop_role_machine *m, const struct ip_addr *peer,
		     bool reply)
{
	m->config.ops->announce(m->config.ctx, peer, reply);
}

static void fire(void *arg);

static void wake_in(struct coop_role_machine *m, int64_t us)
{
	m->deadline = now_of(m) + us;
	env_timer_set(m->config.env, &m->timer, us, fire, m);
}

/* --- changes of role ----------------------------------------------------------- */

static void change(struct coop_role_machine *m, enum coop_role role,
		   const struct ip_addr *primary)
{
	struct ip_addr primary_before = m->primary;
	enum coop_role before = m->role;
	bool moved = !ip_equal(&m->primary, primary);

	if (moved && ip_is_set(&m->primary))
		m->previous = m->primary;
	m->role = role;
	m->primary = *primary;
	m->retries = 0;
	m->awaiting = false;
	if (before != role || moved)
		m->config.ops->changed(m->config.ctx, before, &primary_before);
}

static void become_primary(struct coop_role_machine *m)
{
	wake_in(m, SEC(m->config.times.refresh));
	change(m, COOP_PRIMARY, &m->config.self);
	announce(m, NULL, false);
}

static void forgive(struct coop_role_machine *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		m->rivals[i].passed_over = false;
}

static void follow(struct coop_role_machine *m, const struct coop_rival *r)
{
	struct ip_addr addr = r->addr;

	m->primary_heard = now_of(m);
	forgive(m);
	wake_in(m, SEC(m->config.times.periodic));
	change(m, COOP_SECONDARY, &addr);
}

/* There is one, others say, but we do not hear it. */
static void follow_unheard(struct coop_role_machine *m,
			   const struct ip_addr *primary)
{
	wake_in(m, SEC(m->config.times.periodic));
	change(m, COOP_SECONDARY, primary);
}

/* --- elections -------------------------------------------------------------------- */

static void await(struct coop_role_machine *m, struct coop_rival *r)
{
	m->awaiting = true;
	m->awaited = r->addr;
	wake_in(m, SEC(m->config.times.periodic));
	announce(m, &m->awaited, true);
}

static void elect(struct coop_role_machine *m)
{
	struct coop_rival *r = coop_rival_primary(m);
	struct ip_addr primary;

	if (r) {
		follow(m, r);
		return;
	}
	if (coop_rival_gossip(m, &primary)) {
		follow_unheard(m, &primary);
		return;
	}
	r = coop_rival_best(m);
	if (r)
		await(m, r);
	else
		become_primary(m);
}

static void question(struct coop_role_machine *m)
{
	if (!m->retries)
		m->since = now_of(m);
	m->retries++;
	wake_in(m, SEC(m->config.times.retransmit));
	announce(m, NULL, true);
}

static void primary_is_silent(struct coop_role_machine *m)
{
	struct coop_rival *r = coop_rival_find(m, &m->primary);

	if (m->retries < m->config.times.retries) {
		question(m);
		return;
	}
	if (r)
		r->status = COOP_DEAD;
	elect(m);
}

/* The one that was to become primary did not. */
static void nobody_came(struct coop_role_machine *m)
{
	struct coop_rival *r = coop_rival_find(m, &m->awaited);

	m->awaiting = false;
	if (r)
		r->passed_over = true;
	elect(m);
}

static void fire(void *arg)
{
	struct coop_role_machine *m = arg;

	if (m->awaiting) {
		nobody_came(m);
	} else if (m->role == COOP_PRIMARY) {
		wake_in(m, SEC(m->config.times.refresh));
		announce(m, NULL, false);
	} else if (m->role == COOP_ELECTION) {
		elect(m);
	} else {
		primary_is_silent(m);
	}
}

/* The primary gave its role up, or says goodbye: whoever else is there is
 * asked once. */
static void primary_is_gone(struct coop_role_machine *m)
{
	m->retries = m->config.times.retries;
	m->since = now_of(m);
	if (m->n > 1) {
		wake_in(m, SEC(m->config.times.retransmit));
		announce(m, NULL, true);
	} else {
		elect(m);
	}
}

/* --- what is heard -------------------------------------------------------------------- */

static void heard_in_election(struct coop_role_machine *m,
			      const struct coop_rival *r)
{
	if (r->role == COOP_PRIMARY)
		follow(m, r);
	else if (!m->awaiting && coop_rivals_all_answered(m))
		elect(m);
}

static bool primary_is_fresh(const struct coop_role_machine *m)
{
	return !m->retries && !m->awaiting &&
	       now_of(m) - m->primary_heard <= SEC(m->config.times.periodic);
}

/* It was heard since we asked, and is primary no longer. */
static bool primary_resigned(struct coop_role_machine *m)
{
	const struct coop_rival *r = coop_rival_find(m, &m->primary);

	return !r || (r->heard_at >= m->since && r->role != COOP_PRIMARY);
}

static void heard_as_secondary(struct coop_role_machine *m,
			       const struct coop_rival *r)
{
	bool ours = ip_equal(&r->addr, &m->primary);

	if (r->role == COOP_PRIMARY && (ours || !primary_is_fresh(m)))
		follow(m, r);
	else if (r->role == COOP_PRIMARY)
		announce(m, &r->addr, false);
	else if (ours && !m->awaiting && primary_is_fresh(m))
		primary_is_gone(m);
	else if (m->retries && !m->awaiting && primary_resigned(m) &&
		 coop_rivals_all_answered(m))
		elect(m);
}

static void heard_as_primary(struct coop_role_machine *m,
			     const struct coop_rival *r)
{
	struct ip_addr addr = r->addr;

	if (r->role == COOP_PRIMARY && coop_rival_outranks(m, r)) {
		m->config.ops->met(m->config.ctx, &addr, false);
		follow(m, r);
	} else if (r->role == COOP_PRIMARY) {
		m->config.ops->met(m->config.ctx, &addr, true);
	} else if (!ip_is_set(&r->follows)) {
		/* Not to those who follow another: they would answer. */
		announce(m, &addr, false);
	}
}

void coop_role_heard(struct coop_role_machine *m, const struct ip_addr *peer,
		     const struct coop_ann *ann)
{
	struct coop_rival *r = coop_rival_find(m, peer);

	if (!r)
		return;
	coop_rival_learn(m, r, ann);
	if (m->role == COOP_PRIMARY && ann->leaving)
		return;
	if (m->role == COOP_PRIMARY)
		heard_as_primary(m, r);
	else if (m->role == COOP_SECONDARY)
		heard_as_secondary(m, r);
	else
		heard_in_election(m, r);
}

void coop_role_lost(struct coop_role_machine *m, const struct ip_addr *peer)
{
	struct coop_rival *r = coop_rival_find(m, peer);

	if (!r)
		return;
	r->gone = true;
	if (m->role == COOP_SECONDARY && ip_equal(peer, &m->primary)) {
		if (!m->retries && !m->awaiting)
			question(m);
		return;
	}
	if (r->status == COOP_ALIVE)
		r->status = COOP_DEAD;
	if (m->role == COOP_ELECTION && !m->awaiting &&
	    coop_rivals_all_answered(m))
		elect(m);
}

void coop_role_reached(struct coop_role_machine *m, const struct ip_addr *peer)
{
	struct coop_rival *r = coop_rival_find(m, peer);

	if (!r)
		return;
	r->gone = false;
	announce(m, peer, true);
}

/* --- life ---------------------------------------------------------------------------------- */

struct coop_role_machine *coop_role_new(const struct coop_role_config *config)
{
	struct coop_role_machine *m = xcalloc(1, sizeof(*m));

	m->config = *config;
	return m;
}

void coop_role_free(struct coop_role_machine *m)
{
	if (!m)
		return;
	env_timer_cancel(m->config.env, &m->timer);
	free(m);
}

void coop_role_peer_add(struct coop_role_machine *m, const struct ip_addr *peer)
{
	bool alone = !m->n;

	if (m->n == COOP_MAX_PEERS || coop_rival_find(m, peer))
		return;
	m->rivals[m->n++] = (struct coop_rival){
		.addr = *peer,
		.heard_at = INT64_MIN,
		.follows_at = INT64_MIN,
	};
	/* Who was primary because there was nobody else asks first. */
	if (alone && m->timer)
		coop_role_start(m);
}

void coop_role_peer_remove(struct coop_role_machine *m,
			   const struct ip_addr *peer)
{
	struct coop_rival *r = coop_rival_find(m, peer);
	size_t i;

	if (!r)
		return;
	i = (size_t)(r - m->rivals);
	memmove(r, r + 1, (--m->n - i) * sizeof(*r));
	if (m->awaiting && ip_equal(peer, &m->awaited))
		nobody_came(m);
	else if (m->role == COOP_SECONDARY && ip_equal(peer, &m->primary))
		primary_is_gone(m);
	else if (m->role == COOP_ELECTION && m->timer &&
		 coop_rivals_all_answered(m))
		elect(m);
}

void coop_role_configure(struct coop_role_machine *m, uint8_t priority,
			 const struct coop_times *times)
{
	m->config.priority = priority;
	m->config.times = *times;
}

void coop_role_start(struct coop_role_machine *m)
{
	forgive(m);
	m->since = now_of(m);
	wake_in(m, SEC(m->config.times.periodic));
	change(m, COOP_ELECTION, &(struct ip_addr){ 0 });
	if (!m->n)
		become_primary(m);
	else
		announce(m, NULL, true);
}

/* --- for show, and for others --------------------------------------------------------------- */

enum coop_role coop_role_current(const struct coop_role_machine *m)
{
	return m->role;
}

struct ip_addr coop_role_primary(const struct coop_role_machine *m)
{
	return m->primary;
}

struct ip_addr coop_role_previous(const struct coop_role_machine *m)
{
	return m->previous;
}

uint32_t coop_role_primary_age(const struct coop_role_machine *m)
{
	int64_t age;

	if (m->role != COOP_SECONDARY)
		return 0;
	age = (now_of(m) - coop_rivals_heard_primary(m)) / MSEC(1);
	if (age < 0)
		return 0;
	return age < UINT32_MAX ? (uint32_t)age : UINT32_MAX;
}

bool coop_role_orphaned(const struct coop_role_machine *m)
{
	return m->role == COOP_SECONDARY && !primary_is_fresh(m);
}

const char *coop_status_name(enum coop_status status)
{
	static const char *const names[] = {
		[COOP_UNKNOWN] = "Unknown",
		[COOP_ALIVE] = "Alive",
		[COOP_DEAD] = "Dead",
	};

	return names[status];
}

bool coop_role_peer(const struct coop_role_machine *m,
		    const struct ip_addr *peer, struct coop_peer_view *out)
{
	size_t i = coop_rival_index(m, peer);
	const struct coop_rival *r = &m->rivals[i];

	if (i == m->n)
		return false;
	*out = (struct coop_peer_view){
		.status = r->status,
		.role = r->role,
		.priority = r->priority,
		.live = r->live,
	};
	return true;
}

uint32_t coop_role_remaining(const struct coop_role_machine *m)
{
	int64_t left = m->deadline - now_of(m);

	return left > 0 ? (uint32_t)(left / US_PER_SEC) : 0;
}

unsigned int coop_role_retries(const struct coop_role_machine *m)
{
	return m->retries;
}
