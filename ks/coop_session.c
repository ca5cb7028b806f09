/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The phase-1 SA with another key server, kept up.
 *
 * Either end may begin, both may at once.  Of two SAs both ends use the one
 * that the end with the lower address began: so the lower one lets the other's
 * wait (spare) for the end of its own negotiation.  The one that is not used is
 * deleted a little later, when nothing is under way under it any more; and what
 * the other end still negotiates is given up then. */
#include <stdlib.h>

#include "base/mem.h"
#include "ks/coop_link_priv.h"

struct coop_session *coop_session_find(struct coop_links *links,
				       const struct ip_addr *local,
				       const struct ip_addr *remote)
{
	struct coop_session *s;

	TAILQ_FOREACH (s, &links->sessions, entry)
		if (ip_equal(&s->local.addr, local) &&
		    ip_equal(&s->remote.addr, remote))
			return s;
	return NULL;
}

struct coop_session *coop_session_get(struct coop_links *links,
				      const struct ip_addr *local,
				      const struct ip_addr *remote)
{
	struct coop_session *s = coop_session_find(links, local, remote);

	if (s)
		return s;
	s = xcalloc(1, sizeof(*s));
	s->owner = links;
	s->local = (struct endpoint){ *local, GDOI_PORT, 0 };
	s->remote = (struct endpoint){ *remote, GDOI_PORT, 0 };
	TAILQ_INIT(&s->links);
	TAILQ_INSERT_TAIL(&links->sessions, s, entry);
	return s;
}

void coop_session_free(struct coop_session *s)
{
	struct env *env = s->owner->env;
	struct coop_link *link;

	while ((link = TAILQ_FIRST(&s->links)))
		coop_link_free(link);
	env_timer_cancel(env, &s->again);
	env_timer_cancel(env, &s->tidy);
	env_timer_cancel(env, &s->wake);
	if (s->connect)
		isakmp_connect_cancel(s->connect);
	TAILQ_REMOVE(&s->owner->sessions, s, entry);
	free(s);
}

static bool is_wanted(const struct coop_session *s)
{
	const struct coop_link *link;

	TAILQ_FOREACH (link, &s->links, entry)
		if (link->wanted && !link->closed)
			return true;
	return false;
}

/* --- which SA ---------------------------------------------------------------- */

static bool is_lower(const struct coop_session *s)
{
	return ip_compare(&s->local.addr, &s->remote.addr) < 0;
}

static bool is_preferred(const struct coop_session *s,
			 const struct isakmp_sa *sa)
{
	return isakmp_sa_is_ours(sa) == is_lower(s);
}

static void drop_connect(struct coop_session *s)
{
	struct isakmp_connect *c = s->connect;

	s->connect = NULL;
	if (c)
		isakmp_connect_cancel(c);
}

static void drop_spare(struct coop_session *s)
{
	struct isakmp_sa *sa = s->spare;

	s->spare = NULL;
	if (sa)
		isakmp_sa_delete(sa);
}

static void use(struct coop_session *s, struct isakmp_sa *sa);

static void tidy(void *arg)
{
	struct coop_session *s = arg;

	if (s->sa && is_preferred(s, s->sa))
		drop_connect(s);
	if (s->sa)
		drop_spare(s);
	else if (s->spare)
		use(s, s->spare);
}

static void set_aside(struct coop_session *s, struct isakmp_sa *sa, int64_t us)
{
	if (s->spare != sa)
		drop_spare(s);
	s->spare = sa;
	env_timer_set(s->owner->env, &s->tidy, us, tidy, s);
}

static void use(struct coop_session *s, struct isakmp_sa *sa)
{
	struct isakmp_sa *before = s->sa;

	if (before == sa)
		return;
	if (s->spare == sa)
		s->spare = NULL;
	s->sa = sa;
	if (before)
		set_aside(s, before, SEC(COOP_TIDY));
	s->status = COOP_LINK_ESTABLISHED;
	s->failures = 0;
	s->answered_at = 0;
	env_timer_cancel(s->owner->env, &s->again);
	coop_session_wake(s);
}

static void came_up(struct coop_session *s, struct isakmp_sa *sa)
{
	bool good = is_preferred(s, sa);

	if (s->connect && !good && is_lower(s) && !s->sa) {
		set_aside(s, sa, SEC(COOP_SPARE_WAIT));
		return;
	}
	if (s->sa && is_preferred(s, s->sa) && !good) {
		set_aside(s, sa, SEC(COOP_TIDY));
		return;
	}
	use(s, sa);
	if (s->connect)
		env_timer_set(s->owner->env, &s->tidy, SEC(COOP_TIDY), tidy, s);
}

static void went_down(struct coop_session *s, const struct isakmp_sa *sa)
{
	if (s->spare == sa)
		s->spare = NULL;
	if (s->sa != sa)
		return;
	s->sa = NULL;
	if (s->spare)
		use(s, s->spare);
	if (s->sa || s->connect)
		return; /* it was the spare one: what is to stay comes up */
	s->status = is_wanted(s) ? COOP_LINK_IN_PROGRESS : COOP_LINK_IDLE;
	coop_session_wake(s);
}

void coop_session_sa(void *links, struct isakmp_sa *sa, bool up)
{
	struct endpoint local = isakmp_sa_local(sa);
	struct endpoint remote = isakmp_sa_remote(sa);
	struct coop_session *s =
		coop_session_find(links, &local.addr, &remote.addr);

	if (!s || !endpoint_equal(&s->local, &local) ||
	    !endpoint_equal(&s->remote, &remote))
		return;
	if (up)
		came_up(s, sa);
	else
		went_down(s, sa);
}

/* --- making one -------------------------------------------------------------- */

static int64_t pause_after(unsigned int failures)
{
	int64_t s = COOP_PAUSE_FIRST;

	while (failures-- > 1 && s < COOP_PAUSE_MAX)
		s *= 2;
	return SEC(s < COOP_PAUSE_MAX ? s : COOP_PAUSE_MAX);
}

static void wake(void *arg)
{
	coop_session_wake(arg);
}

/* One that was there already, or one that the hook has told of. */
static void on_up(void *ctx, struct isakmp_sa *sa)
{
	struct coop_session *s = ctx;

	s->connect = NULL;
	if (!s->sa)
		use(s, sa);
}

static void on_failed(void *ctx, struct isakmp_fault why)
{
	struct coop_session *s = ctx;

	(void)why;
	s->connect = NULL;
	if (!s->sa && s->spare)
		use(s, s->spare);
	if (s->sa)
		return;
	s->failures++;
	s->status = COOP_LINK_FAILED;
	env_timer_set(s->owner->env, &s->again, pause_after(s->failures), wake,
		      s);
	coop_session_wake(s);
}

static const struct isakmp_connect_ops connect_ops = {
	.up = on_up,
	.failed = on_failed,
};

static void try(struct coop_session *s)
{
	if (s->sa || s->spare || s->connect || s->again || !is_wanted(s))
		return;
	if (!s->failures)
		s->status = COOP_LINK_IN_PROGRESS;
	s->connect = isakmp_connect(s->owner->isakmp, &s->local, &s->remote,
				    &connect_ops, s);
}

void coop_session_want(struct coop_session *s, bool fast)
{
	if (s->sa || s->connect)
		return;
	if (fast)
		env_timer_cancel(s->owner->env, &s->again);
	else if (!s->again)
		env_timer_set(s->owner->env, &s->again,
			      pause_after(s->failures), wake, s);
	coop_session_wake(s);
}

/* --- what is done later ------------------------------------------------------ */

static void tell(struct coop_session *s, struct coop_link *link)
{
	if (link->told == s->status || link->closed)
		return;
	link->told = s->status;
	link->ops->status(link->ctx, s->status);
}

static void stop_trying(struct coop_session *s)
{
	drop_connect(s);
	if (s->sa)
		return;
	s->status = COOP_LINK_IDLE;
	coop_session_wake(s);
}

static void reap(struct coop_session *s)
{
	struct coop_link *link, *next;

	TAILQ_FOREACH_SAFE (link, &s->links, entry, next)
		if (link->closed && TAILQ_EMPTY(&link->out.queue))
			coop_link_free(link);
	if (TAILQ_EMPTY(&s->links))
		coop_session_free(s);
	else if (s->connect && !is_wanted(s))
		stop_trying(s);
}

/* Users may open, close and send in their callbacks. */
static void work(void *arg)
{
	struct coop_session *s = arg;
	struct coop_link *link;

	try(s);
	TAILQ_FOREACH (link, &s->links, entry) {
		if (s->sa)
			coop_outbox_run(link);
		else if (s->status != COOP_LINK_ESTABLISHED)
			coop_outbox_fail(link);
	}
	TAILQ_FOREACH (link, &s->links, entry)
		tell(s, link);
	reap(s);
}

void coop_session_wake(struct coop_session *s)
{
	if (!s->wake)
		env_timer_set(s->owner->env, &s->wake, 0, work, s);
}
