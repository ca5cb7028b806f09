/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A worker: one thread and its lanes.  The control thread adds
 * and removes lanes while it runs.  The worker announces after each burst that
 * it holds nothing any more (liburcu QSBR): what the control thread took out
 * of its sight before workers_wait() is free after it. */
#ifndef IPSEC_WORKER_H
#define IPSEC_WORKER_H

#include "base/clock.h"
#include "base/env.h"
#include "ipsec/lane.h"

enum worker_limits {
	WORKER_LANES = 64,
	WORKER_ROUNDS = 8, /* bursts of one lane before the others' turn */
};

struct worker;

/* cpu: the core it stays on; -1: where the kernel wants it while it has little
 * to do, else one of its own (core.h).  wake(arg): after
 * an event was posted. */
struct worker *worker_new(unsigned int number, int cpu,
			  const struct clock *clock, struct env *env,
			  void (*wake)(void *arg), void *arg);
/* Its lanes must be gone. */
void worker_free(struct worker *w);
struct events *worker_events(struct worker *w);
struct esp_worker *worker_esp(struct worker *w);
/* The lane belongs to the worker until worker_remove() returns; 0, -ENOSPC or
 * -errno. */
int worker_add(struct worker *w, struct lane *lane);
void worker_remove(struct worker *w, struct lane *lane);
/* Until no worker looks at anything it saw before: at most a burst's time. */
void workers_wait(void);

#endif
