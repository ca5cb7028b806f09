/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small pool of threads for slow crypto (Diffie-Hellman, RSA).  All calls
 * are made on the control thread, which owns the pool; done functions run
 * there too.  The contract of jobs is env_job()'s (base/env.h). */
#ifndef BASE_JOBS_H
#define BASE_JOBS_H

#include <stdbool.h>

#include "base/loop.h"

struct jobs;
struct job;

struct jobs *jobs_new(struct loop *loop, unsigned int threads);
/* Waits for the running work; everything unfinished gets done(arg, false). */
void jobs_free(struct jobs *jobs);
void jobs_run(struct jobs *jobs, struct job **handle, void (*work)(void *),
	      void (*done)(void *, bool), void *arg);
/* Work of many seconds: one thread is kept from such jobs for the others
 * (unless there is only one). */
void jobs_run_long(struct jobs *jobs, struct job **handle, void (*work)(void *),
		   void (*done)(void *, bool), void *arg);
/* Work that has not begun will not.  done(arg, false) runs later, when the
 * work function has left arg. */
void jobs_cancel(struct job **handle);

#endif
