/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/sim_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define JOB_TIME  MSEC(2)
/* Not 0, so that nobody takes "no time" for "now". */
#define FIRST_NOW SEC(1)

static int later(const struct sim_due *a, const struct sim_due *b)
{
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return 0;
}

/* libbsd has no _STATIC form that compiles with glibc. */
RB_PROTOTYPE(sim_queue, sim_due, entry, later)
RB_GENERATE(sim_queue, sim_due, entry, later)

void sim_due_add(struct sim *sim, struct sim_due *due, int64_t delay,
		 void (*fire)(struct sim *, struct sim_due *))
{
	due->at = sim->now + (delay > 0 ? delay : 0);
	due->order = sim->order++;
	due->fire = fire;
	RB_INSERT(sim_queue, &sim->queue, due);
}

void sim_due_remove(struct sim *sim, struct sim_due *due)
{
	RB_REMOVE(sim_queue, &sim->queue, due);
}

uint64_t sim_random(struct sim_random *r)
{
	/* splitmix64: good enough for tests, and the same everywhere. */
	uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

struct sim *sim_new(uint64_t seed)
{
	struct sim *sim = xcalloc(1, sizeof(*sim));

	RB_INIT(&sim->queue);
	TAILQ_INIT(&sim->nodes);
	LIST_INIT(&sim->cuts);
	sim->seed = seed;
	sim->random.state = seed;
	sim->now = FIRST_NOW;
	sim->weather = sim_fair;
	sim->job_time = JOB_TIME;
	sim->digest = UINT64_C(0xcbf29ce484222325);
	return sim;
}

/* What is still waiting is told that the world ends. */
static void drain(struct sim *sim)
{
	struct sim_due *due;

	sim->ending = true;
	while ((due = RB_MIN(sim_queue, &sim->queue))) {
		sim_due_remove(sim, due);
		due->fire(sim, due);
	}
}

void sim_free(struct sim *sim)
{
	if (!sim)
		return;
	drain(sim);
	sim_net_free(sim);
	sim_nodes_free(sim);
	sim_lines_free(sim);
	free(sim);
}

void sim_weather_set(struct sim *sim, const struct sim_weather *weather)
{
	sim->weather = *weather;
}

void sim_job_time(struct sim *sim, int64_t us)
{
	sim->job_time = us;
}

int64_t sim_now(struct sim *sim)
{
	return sim->now;
}

bool sim_step(struct sim *sim)
{
	struct sim_due *due = RB_MIN(sim_queue, &sim->queue);

	if (!due)
		return false;
	sim_due_remove(sim, due);
	sim->now = due->at;
	due->fire(sim, due);
	return true;
}

static bool due_before(struct sim *sim, int64_t end)
{
	struct sim_due *due = RB_MIN(sim_queue, &sim->queue);

	return due && due->at <= end;
}

void sim_run(struct sim *sim, int64_t us)
{
	int64_t end = sim->now + us;

	while (due_before(sim, end))
		sim_step(sim);
	sim->now = end;
}

bool sim_run_until(struct sim *sim, bool (*cond)(void *arg), void *arg,
		   int64_t us)
{
	int64_t end = sim->now + us;

	if (cond(arg))
		return true;
	while (due_before(sim, end)) {
		sim_step(sim);
		if (cond(arg))
			return true;
	}
	sim->now = end;
	return false;
}

struct call {
	struct sim_due due;
	void (*fn)(void *arg);
	void *arg;
};

static void call_fire(struct sim *sim, struct sim_due *due)
{
	struct call *call = (struct call *)due;

	if (!sim->ending)
		call->fn(call->arg);
	free(call);
}

void sim_at(struct sim *sim, int64_t delay_us, void (*fn)(void *arg), void *arg)
{
	struct call *call = xcalloc(1, sizeof(*call));

	call->fn = fn;
	call->arg = arg;
	sim_due_add(sim, &call->due, delay_us, call_fire);
}

void sim_digest_add(struct sim *sim, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len--)
		sim->digest = (sim->digest ^ *p++) * UINT64_C(0x100000001b3);
}

uint64_t sim_digest(const struct sim *sim)
{
	return sim->digest;
}
