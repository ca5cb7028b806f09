/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The world as the control plane sees it.  isakmp/, gdoi/, ks/ and gm/ get
 * one struct env at creation and do nothing to the outside but through it:
 * no clock, no random source, no socket, no kernel.  The daemon gives the
 * real one (base/env_real.h), tests a simulated one (tests/sim/sim.h).
 *
 * All calls belong to the control thread; only a job's work function runs
 * elsewhere. */
#ifndef BASE_ENV_H
#define BASE_ENV_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/clock.h"
#include "base/msg.h"

struct env;
struct env_timer; /* opaque; NULL when not running */
struct env_job;

struct env_ops {
	int64_t (*now)(struct env *env);
	int64_t (*wall)(struct env *env);
	void (*timer_set)(struct env *env, struct env_timer **timer,
			  int64_t delay_us, void (*fire)(void *), void *arg);
	void (*timer_cancel)(struct env *env, struct env_timer **timer);
	void (*random)(struct env *env, void *out, size_t len);
	void (*send)(struct env *env, const struct endpoint *local,
		     const struct endpoint *remote, const void *data,
		     size_t len);
	void (*join)(struct env *env, const struct ip_addr *group,
		     const struct endpoint *local, bool on);
	void (*job)(struct env *env, struct env_job **job,
		    void (*work)(void *arg), void (*done)(void *arg, bool ok),
		    void *arg);
	void (*job_long)(struct env *env, struct env_job **job,
			 void (*work)(void *arg),
			 void (*done)(void *arg, bool ok), void *arg);
	void (*job_cancel)(struct env *env, struct env_job **job);
	void (*event)(struct env *env, const struct msg_def *def,
		      const char *text);
	void (*debug)(struct env *env, const char *text);
};

/* A debug switch, owned by the feature: "debug crypto isakmp" sets on.
 * title is what IOS prints before " debugging is on". */
struct debug_flag {
	const char *title;
	bool on;
	struct debug_flag *next; /* in the env's list */
};

struct env {
	const struct env_ops *ops;
	struct debug_flag *debug_flags; /* for show debugging, undebug all */
};

/* Monotonic time in us; only differences mean something. */
static inline int64_t env_now(struct env *env)
{
	return env->ops->now(env);
}

/* us since 1970, for people. */
static inline int64_t env_wall(struct env *env)
{
	return env->ops->wall(env);
}

/* (Re)starts *timer; it is NULL again before fire runs.  A handle must be
 * cancelled before its memory goes. */
static inline void env_timer_set(struct env *env, struct env_timer **timer,
				 int64_t delay_us, void (*fire)(void *),
				 void *arg)
{
	env->ops->timer_set(env, timer, delay_us, fire, arg);
}

static inline void env_timer_cancel(struct env *env, struct env_timer **timer)
{
	if (*timer)
		env->ops->timer_cancel(env, timer);
}

/* Cryptographically strong; never fails (the process ends instead). */
static inline void env_random(struct env *env, void *out, size_t len)
{
	env->ops->random(env, out, len);
}

/* Uniform in 0 .. bound-1; bound > 0. */
uint32_t env_random_below(struct env *env, uint32_t bound);

/* One UDP datagram; lost silently when the network refuses it. */
static inline void env_send(struct env *env, const struct endpoint *local,
			    const struct endpoint *remote, const void *data,
			    size_t len)
{
	env->ops->send(env, local, remote, data, len);
}

/* Datagrams to a multicast group shall come in on the interface with address
 * local (IGMP; its port does not count), or no longer.  Nothing counts: whoever joins twice leaves
 * once.  A group that cannot be joined brings no datagrams. */
static inline void env_join(struct env *env, const struct ip_addr *group,
			    const struct endpoint *local, bool on)
{
	env->ops->join(env, group, local, on);
}

/* Runs work(arg) off the control thread, then done(arg, true) on it; *job is
 * NULL again before done runs.  work touches nothing but arg.  done runs
 * exactly once, also after env_job_cancel() (then with false, maybe before
 * cancel returns, maybe later): it is where arg is freed. */
static inline void env_job(struct env *env, struct env_job **job,
			   void (*work)(void *arg),
			   void (*done)(void *arg, bool ok), void *arg)
{
	env->ops->job(env, job, work, done, arg);
}

/* The same for work of many seconds, which nobody else is to wait behind. */
static inline void env_job_long(struct env *env, struct env_job **job,
				void (*work)(void *arg),
				void (*done)(void *arg, bool ok), void *arg)
{
	env->ops->job_long(env, job, work, done, arg);
}

/* Work that has not begun will not. */
static inline void env_job_cancel(struct env *env, struct env_job **job)
{
	if (*job)
		env->ops->job_cancel(env, job);
}

/* A system message (base/msg.h): env_event(env, GM_REGSTER, ...). */
#define env_event(env, id, ...) \
	env_event_fmt(env, &MSG_##id, MSG_FMT_##id, ##__VA_ARGS__)
void env_event_fmt(struct env *env, const struct msg_def *def, const char *fmt,
		   ...) __attribute__((format(printf, 3, 4)));

/* Makes the flag known to show debugging and undebug all. */
void env_debug_register(struct env *env, struct debug_flag *flag);
/* Before the flag's memory goes. */
void env_debug_unregister(struct env *env, struct debug_flag *flag);
/* Formats only when the flag is on.  Never give it a secret. */
#define env_debug(env, flag, ...)                        \
	do {                                             \
		if ((flag)->on)                          \
			env_debug_fmt(env, __VA_ARGS__); \
	} while (0)
void env_debug_fmt(struct env *env, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
