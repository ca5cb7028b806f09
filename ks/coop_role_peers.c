/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/coop_role_priv.h"

size_t coop_rival_index(const struct coop_role_machine *m,
			const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		if (ip_equal(&m->rivals[i].addr, addr))
			break;
	}
	return i;
}

struct coop_rival *coop_rival_find(struct coop_role_machine *m,
				   const struct ip_addr *addr)
{
	size_t i = coop_rival_index(m, addr);

	return i < m->n ? &m->rivals[i] : NULL;
}

void coop_rival_learn(struct coop_role_machine *m, struct coop_rival *r,
		      const struct coop_ann *ann)
{
	int64_t now = env_now(m->config.env);

	r->status = ann->leaving ? COOP_DEAD : COOP_ALIVE;
	r->role = ann->leaving ? COOP_ELECTION : ann->role;
	r->priority = ann->priority;
	r->live = ann->live;
	r->boot = ann->boot;
	r->heard_at = now;
	r->gone = ann->leaving;
	r->follows = ann->primary;
	r->follows_at = now - MSEC((int64_t)ann->primary_age);
	if (ann->role == COOP_PRIMARY)
		r->passed_over = false;
}

static bool before(uint8_t p, const struct ip_addr *a, uint8_t q,
		   const struct ip_addr *b)
{
	return p != q ? p > q : ip_compare(a, b) > 0;
}

bool coop_rival_outranks(const struct coop_role_machine *m,
			 const struct coop_rival *r)
{
	return before(r->priority, &r->addr, m->config.priority,
		      &m->config.self);
}

static bool better(const struct coop_rival *a, const struct coop_rival *b)
{
	if (a->live != b->live)
		return a->live;
	return before(a->priority, &a->addr, b->priority, &b->addr);
}

static bool answered(const struct coop_role_machine *m,
		     const struct coop_rival *r)
{
	return r->status == COOP_ALIVE && !r->gone && r->heard_at >= m->since;
}

struct coop_rival *coop_rival_best(struct coop_role_machine *m)
{
	const struct coop_rival self = {
		.addr = m->config.self,
		.priority = m->config.priority,
		.live = m->config.live(m->config.ctx),
	};
	const struct coop_rival *best = &self;
	size_t i;

	for (i = 0; i < m->n; i++) {
		const struct coop_rival *r = &m->rivals[i];

		if (answered(m, r) && !r->passed_over && better(r, best))
			best = r;
	}
	return best == &self ? NULL : coop_rival_find(m, &best->addr);
}

struct coop_rival *coop_rival_primary(struct coop_role_machine *m)
{
	struct coop_rival *found = NULL;
	size_t i;

	for (i = 0; i < m->n; i++) {
		struct coop_rival *r = &m->rivals[i];

		if (answered(m, r) && r->role == COOP_PRIMARY &&
		    (!found || before(r->priority, &r->addr, found->priority,
				      &found->addr)))
			found = r;
	}
	return found;
}

/* We heard ourselves, and later, that it is primary no longer. */
static bool outdated(const struct coop_role_machine *m,
		     const struct coop_rival *teller)
{
	size_t i = coop_rival_index(m, &teller->follows);
	const struct coop_rival *r = &m->rivals[i];

	return i < m->n && r->role != COOP_PRIMARY &&
	       r->heard_at >= teller->follows_at;
}

bool coop_rival_gossip(const struct coop_role_machine *m,
		       struct ip_addr *primary)
{
	int64_t fresh = env_now(m->config.env) - SEC(m->config.times.periodic);
	size_t i;

	for (i = 0; i < m->n; i++) {
		const struct coop_rival *r = &m->rivals[i];

		/* Who takes us for it speaks of our life before. */
		if (!answered(m, r) || r->role != COOP_SECONDARY ||
		    !ip_is_set(&r->follows) || r->follows_at <= fresh ||
		    ip_equal(&r->follows, &m->config.self) ||
		    ip_equal(&r->follows, &r->addr) || outdated(m, r))
			continue;
		*primary = r->follows;
		return true;
	}
	return false;
}

bool coop_rivals_all_answered(const struct coop_role_machine *m)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		if (m->rivals[i].heard_at < m->since && !m->rivals[i].gone)
			return false;
	}
	return true;
}

int64_t coop_rivals_heard_primary(const struct coop_role_machine *m)
{
	int64_t at = m->primary_heard;
	size_t i;

	for (i = 0; i < m->n; i++) {
		const struct coop_rival *r = &m->rivals[i];

		if (r->status == COOP_ALIVE && r->follows_at > at &&
		    r->role == COOP_SECONDARY &&
		    ip_equal(&r->follows, &m->primary))
			at = r->follows_at;
	}
	return at;
}
