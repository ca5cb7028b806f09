/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/env_real.h"

#include <openssl/rand.h>
#include <stdlib.h>

#include "base/jobs.h"
#include "base/log.h"
#include "base/mem.h"

/* Two cores are the smallest machine this is made for. */
#define JOB_THREADS 2

struct env_real {
	struct env env;
	struct loop *loop;
	struct clock *clock;
	struct jobs *jobs;
	struct env_real_out out;
};

static struct env_real *real(struct env *env)
{
	return (struct env_real *)env;
}

static int64_t real_now(struct env *env)
{
	return clock_now(real(env)->clock);
}

static int64_t real_wall(struct env *env)
{
	return clock_wall(real(env)->clock);
}

/* The handles of env are those of the loop and of the pool under a name of
 * their own, so that callers cannot reach past the env. */
static void real_timer_set(struct env *env, struct env_timer **timer,
			   int64_t delay, void (*fire)(void *), void *arg)
{
	loop_timer_set(real(env)->loop, (struct loop_timer **)timer,
		       clock_real_delay(real(env)->clock, delay), fire, arg);
}

static void real_timer_cancel(struct env *env, struct env_timer **timer)
{
	(void)env;
	loop_timer_cancel((struct loop_timer **)timer);
}

static void real_random(struct env *env, void *out, size_t len)
{
	(void)env;
	if (RAND_bytes(out, (int)len) != 1)
		log_fatal("no random numbers");
}

static void real_send(struct env *env, const struct endpoint *local,
		      const struct endpoint *remote, const void *data,
		      size_t len)
{
	struct env_real_out *out = &real(env)->out;

	out->send(out->ctx, local, remote, data, len);
}

static void real_join(struct env *env, const struct ip_addr *group,
		      const struct endpoint *local, bool on)
{
	struct env_real_out *out = &real(env)->out;

	out->join(out->ctx, group, local, on);
}

static void real_job(struct env *env, struct env_job **job,
		     void (*work)(void *), void (*done)(void *, bool),
		     void *arg)
{
	jobs_run(real(env)->jobs, (struct job **)job, work, done, arg);
}

static void real_job_long(struct env *env, struct env_job **job,
			  void (*work)(void *), void (*done)(void *, bool),
			  void *arg)
{
	jobs_run_long(real(env)->jobs, (struct job **)job, work, done, arg);
}

static void real_job_cancel(struct env *env, struct env_job **job)
{
	(void)env;
	jobs_cancel((struct job **)job);
}

static void real_event(struct env *env, const struct msg_def *def,
		       const char *text)
{
	struct env_real_out *out = &real(env)->out;

	out->event(out->ctx, def, text);
}

static void real_debug(struct env *env, const char *text)
{
	struct env_real_out *out = &real(env)->out;

	out->debug(out->ctx, text);
}

static const struct env_ops real_ops = {
	.now = real_now,
	.wall = real_wall,
	.timer_set = real_timer_set,
	.timer_cancel = real_timer_cancel,
	.random = real_random,
	.send = real_send,
	.join = real_join,
	.job = real_job,
	.job_long = real_job_long,
	.job_cancel = real_job_cancel,
	.event = real_event,
	.debug = real_debug,
};

struct env *env_real_new(struct loop *loop, struct clock *clock,
			 const struct env_real_out *out)
{
	struct env_real *r = xcalloc(1, sizeof(*r));

	r->env.ops = &real_ops;
	r->loop = loop;
	r->clock = clock;
	r->out = *out;
	r->jobs = jobs_new(loop, JOB_THREADS);
	return &r->env;
}

void env_real_free(struct env *env)
{
	if (!env)
		return;
	jobs_free(real(env)->jobs);
	free(real(env));
}
