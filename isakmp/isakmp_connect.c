/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wishes for an SA. */
#include "isakmp/isakmp_internal.h"

#include <stdlib.h>

#include "base/mem.h"

static void detach(struct isakmp_connect *c)
{
	if (c->sa)
		TAILQ_REMOVE(&c->sa->connects, c, entry);
	else
		TAILQ_REMOVE(&c->isakmp->failed, c, entry);
	env_timer_cancel(c->isakmp->env, &c->timer);
}

static void tell(struct isakmp_connect *c)
{
	const struct isakmp_connect_ops *ops = c->ops;
	struct isakmp_fault fault = c->fault;
	struct isakmp_sa *sa = c->sa;
	void *ctx = c->ctx;

	detach(c);
	free(c);
	if (sa)
		ops->up(ctx, sa);
	else
		ops->failed(ctx, fault);
}

static void tell_later(void *arg)
{
	tell(arg);
}

static void fail_later(struct isakmp_connect *c, struct isakmp_fault why)
{
	c->sa = NULL;
	c->fault = why;
	TAILQ_INSERT_TAIL(&c->isakmp->failed, c, entry);
	env_timer_set(c->isakmp->env, &c->timer, 0, tell_later, c);
}

/* One that we have begun and that is on its way. */
static struct isakmp_sa *begun(struct isakmp *isakmp,
			       const struct endpoint *local,
			       const struct endpoint *remote)
{
	struct isakmp_sa *sa;

	LIST_FOREACH (sa, isakmp_peer_bucket(isakmp, &remote->addr), by_peer)
		if (sa->initiator && sa->state != MM_UP &&
		    endpoint_equal(&sa->local, local) &&
		    endpoint_equal(&sa->remote, remote))
			return sa;
	return NULL;
}

static struct isakmp_sa *begin(struct isakmp *isakmp,
			       const struct endpoint *local,
			       const struct endpoint *remote,
			       struct isakmp_fault *why)
{
	uint8_t icookie[ISAKMP_COOKIE];
	struct isakmp_sa *sa;

	if (isakmp->disabled) {
		*why = ISAKMP_FAULT(INVALID_EXCHANGE_TYPE,
				    "ISAKMP is disabled");
		return NULL;
	}
	if (!isakmp_psk_for(isakmp, remote)) {
		*why = ISAKMP_FAULT(AUTHENTICATION_FAILED,
				    "no pre-shared key for the peer");
		return NULL;
	}
	env_random(isakmp->env, icookie, sizeof(icookie));
	icookie[0] |= 1; /* all zero means none */
	sa = isakmp_sa_new(isakmp, true, local, remote, icookie, NULL);
	if (isakmp_main_start(sa))
		return sa;
	*why = ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
			    "no policy that could be offered");
	isakmp_sa_end(sa, *why);
	return NULL;
}

struct isakmp_connect *isakmp_connect(struct isakmp *isakmp,
				      const struct endpoint *local,
				      const struct endpoint *remote,
				      const struct isakmp_connect_ops *ops,
				      void *ctx)
{
	struct isakmp_connect *c = xcalloc(1, sizeof(*c));
	struct isakmp_fault why = ISAKMP_OK;

	c->isakmp = isakmp;
	c->ops = ops;
	c->ctx = ctx;
	c->sa = isakmp_sa_between(isakmp, local, remote);
	if (!c->sa)
		c->sa = begun(isakmp, local, remote);
	if (!c->sa)
		c->sa = begin(isakmp, local, remote, &why);
	if (!c->sa) {
		fail_later(c, why);
		return c;
	}
	TAILQ_INSERT_TAIL(&c->sa->connects, c, entry);
	if (c->sa->state == MM_UP)
		env_timer_set(isakmp->env, &c->timer, 0, tell_later, c);
	return c;
}

void isakmp_connect_cancel(struct isakmp_connect *c)
{
	struct isakmp_sa *sa = c->sa;

	detach(c);
	free(c);
	if (sa && sa->initiator && sa->state != MM_UP &&
	    TAILQ_EMPTY(&sa->connects))
		isakmp_sa_end(sa, ISAKMP_FAULT(INVALID_COOKIE,
					       "nobody waits for the SA"));
}

/* Each callback may cancel others, begin new ones, or end the SA; those that
 * came while it was up have a timer of their own. */
void isakmp_connects_up(struct isakmp_sa *sa)
{
	struct isakmp_connect *c;

	isakmp_sa_hold(sa);
	while (!sa->dead) {
		TAILQ_FOREACH (c, &sa->connects, entry)
			if (!c->timer)
				break;
		if (!c)
			break;
		tell(c);
	}
	isakmp_sa_release(sa);
}

/* Later, so that who is told may do what it likes. */
void isakmp_connects_failed(struct isakmp_sa *sa, struct isakmp_fault why)
{
	struct isakmp_connect *c;

	while ((c = TAILQ_FIRST(&sa->connects))) {
		TAILQ_REMOVE(&sa->connects, c, entry);
		fail_later(c, why);
	}
}

void isakmp_connects_free(struct isakmp *isakmp)
{
	struct isakmp_connect *c;

	while ((c = TAILQ_FIRST(&isakmp->failed))) {
		detach(c);
		free(c);
	}
}
