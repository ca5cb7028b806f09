/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_debug.h"
#include "gm/gm_member.h"

static void attempt_over(void *arg)
{
	gm_member_event(arg, GM_EV_TIMEOUT);
}

void gm_timers_attempt(struct gm_member *m)
{
	bool alone = gm_group_of(m->group)->n_servers == 1;
	struct gm_timers *t = &m->timers;

	env_timer_cancel(m->gm->env, &t->backoff);
	env_timer_cancel(m->gm->env, &t->reregister);
	env_timer_set(m->gm->env, &t->attempt,
		      SEC(alone ? GM_ATTEMPT_ALONE : GM_ATTEMPT), attempt_over,
		      m);
}

static void backoff_over(void *arg)
{
	gm_member_event(arg, GM_EV_WAITED);
}

/* Jitter keeps thousands of members from coming back in the same second. */
void gm_timers_all_silent(struct gm_member *m)
{
	struct env *env = m->gm->env;
	int64_t pause = GM_BACKOFF_FIRST;
	uint32_t percent;
	unsigned int i;

	for (i = 0; i < m->timers.rounds && pause < GM_BACKOFF_MAX; i++)
		pause *= 2;
	if (pause > GM_BACKOFF_MAX)
		pause = GM_BACKOFF_MAX;
	m->timers.rounds++;
	percent = 100 - GM_BACKOFF_JITTER +
		  env_random_below(env, 2 * GM_BACKOFF_JITTER + 1);
	env_timer_cancel(env, &m->timers.attempt);
	env_timer_set(env, &m->timers.backoff, SEC(pause) * percent / 100,
		      backoff_over, m);
}

static void time_to_reregister(void *arg)
{
	gm_member_event(arg, GM_EV_START);
}

static int64_t lead_of_tek(uint32_t lifetime)
{
	uint32_t lead = lifetime / 100 * GM_REREGISTER_PERCENT;

	if (lead < GM_REREGISTER_LEAD)
		lead = GM_REREGISTER_LEAD;
	if (lead > GM_REREGISTER_LEAD_MAX)
		lead = GM_REREGISTER_LEAD_MAX;
	return SEC(lead);
}

/* The last moment for new keys, TEK or KEK; INT64_MAX: none ends. */
static int64_t keys_wanted_by(const struct gm_keys *keys)
{
	uint32_t lifetime;
	int64_t end = gm_keys_end(keys, &lifetime), by, kek;

	by = end == INT64_MAX ? end : end - lead_of_tek(lifetime);
	if (!keys->policy || !keys->policy->has_kek)
		return by;
	kek = keys->kek_expires - SEC(GM_REREGISTER_KEK_LEAD);
	return kek < by ? kek : by;
}

static void plan_reregistration(struct gm_member *m)
{
	struct env *env = m->gm->env;
	int64_t at = keys_wanted_by(&m->keys), now = env_now(env);

	if (at == INT64_MAX)
		at = now + SEC(GM_REREGISTER_NOTHING);
	at -= SEC(1 + env_random_below(env, GM_REREGISTER_JITTER));
	if (at < now + SEC(GM_REREGISTER_SOONEST))
		at = now + SEC(GM_REREGISTER_SOONEST);
	m->timers.reregister_at = at;
	env_timer_set(env, &m->timers.reregister, at - now, time_to_reregister,
		      m);
}

static void tek_expired(void *arg);

static void plan_expiry(struct gm_member *m)
{
	int64_t next = gm_keys_next_expiry(&m->keys);

	env_timer_cancel(m->gm->env, &m->timers.expiry);
	if (next != INT64_MAX)
		env_timer_set(m->gm->env, &m->timers.expiry,
			      next - env_now(m->gm->env), tek_expired, m);
}

static void tek_expired(void *arg)
{
	struct gm_member *m = arg;

	gdoi_debug(m->gm->config.groups, GM_CLEANUP, DETAIL, m->group->name,
		   &m->registered_with, "a TEK or the KEK has ended");
	gm_keys_expire(&m->keys, env_now(m->gm->env));
	if (!m->keys.policy)
		gm_member_log_cleanup(m);
	gm_rekey_expire(m);
	gm_install(m->gm, m->ifname);
	plan_expiry(m);
	/* What was planned may be the KEK's, hours away. */
	if (!m->keys.policy)
		gm_timers_soon(m);
}

void gm_timers_registered(struct gm_member *m)
{
	struct gm_timers *t = &m->timers;

	t->rounds = 0;
	env_timer_cancel(m->gm->env, &t->attempt);
	env_timer_cancel(m->gm->env, &t->backoff);
	env_timer_cancel(m->gm->env, &t->reregister);
	plan_reregistration(m);
	plan_expiry(m);
}

void gm_timers_keys_gone(struct gm_member *m)
{
	plan_expiry(m);
}

static void reregister_in(struct gm_member *m, int64_t delay)
{
	struct env *env = m->gm->env;

	/* One that is on its way already will do. */
	if (m->state != GM_REGISTERED)
		return;
	m->timers.reregister_at = env_now(env) + delay;
	env_timer_set(env, &m->timers.reregister, delay, time_to_reregister, m);
}

/* All are back before the first of them sends with the new TEK: then nothing
 * is lost. */
void gm_timers_removed(struct gm_member *m)
{
	struct env *env = m->gm->env;
	uint32_t lifetime;
	int64_t end = gm_keys_end(&m->keys, &lifetime);
	int64_t left = end - env_now(env);
	int64_t first = left / 100 * GM_REMOVED_FIRST;
	int64_t last = left / 100 * GM_REMOVED_LAST;

	plan_expiry(m);
	if (!m->keys.policy)
		return;
	if (end == INT64_MAX) {
		gm_timers_soon(m);
		return;
	}
	if (last > left - SEC(GM_REREGISTER_LEAD))
		last = left - SEC(GM_REREGISTER_LEAD);
	if (last > first)
		first += (last - first) / 1000 * env_random_below(env, 1000);
	reregister_in(m, first);
}

/* To the millisecond, or thousands would come in five bursts. */
static int64_t spread(struct gm_member *m)
{
	return MSEC(env_random_below(m->gm->env, GM_SPREAD * 1000));
}

void gm_timers_soon(struct gm_member *m)
{
	reregister_in(m, spread(m));
}

void gm_timers_removed_now(struct gm_member *m)
{
	struct gm_timers *t = &m->timers;
	struct env *env = m->gm->env;

	t->rounds = 0;
	env_timer_cancel(env, &t->attempt);
	env_timer_cancel(env, &t->reregister);
	env_timer_cancel(env, &t->expiry);
	env_timer_set(env, &t->backoff, spread(m), backoff_over, m);
}

static void time_to_acknowledge(void *arg)
{
	gm_rekey_acknowledge(arg);
}

void gm_timers_ack(struct gm_member *m)
{
	struct env *env = m->gm->env;
	uint32_t ms = env_random_below(env, GM_ACK_DELAY_MAX * 1000);

	env_timer_set(env, &m->timers.ack, MSEC(ms), time_to_acknowledge, m);
}

bool gm_timers_ack_pending(const struct gm_member *m)
{
	return m->timers.ack != NULL;
}

void gm_timers_stop(struct gm_member *m)
{
	struct gm_timers *t = &m->timers;
	struct env *env = m->gm->env;

	env_timer_cancel(env, &t->attempt);
	env_timer_cancel(env, &t->backoff);
	env_timer_cancel(env, &t->reregister);
	env_timer_cancel(env, &t->expiry);
	env_timer_cancel(env, &t->ack);
	t->rounds = 0;
}

unsigned int gm_timers_reregisters_in(const struct gm_member *m)
{
	int64_t left = m->timers.reregister_at - env_now(m->gm->env);

	if (!m->timers.reregister || left < 0)
		return 0;
	return (unsigned int)(left / US_PER_SEC);
}
