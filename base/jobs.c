/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/jobs.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/log.h"
#include "base/mem.h"

struct job {
	TAILQ_ENTRY(job) entry;
	struct jobs *jobs;
	bool is_long;
	bool is_waiting;     /* in the list of that name */
	struct job **handle; /* NULL once cancelled; control thread only */
	void (*work)(void *);
	void (*done)(void *, bool);
	void *arg;
};

TAILQ_HEAD(job_list, job);

struct jobs {
	/* Protects waiting (and is_waiting of all), finished, n_long and
	 * ending; nothing else is shared. */
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct job_list waiting, finished;
	unsigned int n_long; /* at work */
	bool ending;
	struct loop_wake *bell;
	unsigned int n_threads;
	pthread_t *threads;
};

/* With the lock held. */
static struct job *startable(struct jobs *jobs)
{
	unsigned int max = jobs->n_threads > 1 ? jobs->n_threads - 1 : 1;
	struct job *job;

	TAILQ_FOREACH (job, &jobs->waiting, entry)
		if (!job->is_long || jobs->n_long < max)
			break;
	return job;
}

/* With the lock held. */
static void stop_waiting(struct job *job)
{
	TAILQ_REMOVE(&job->jobs->waiting, job, entry);
	job->is_waiting = false;
}

static struct job *next_job(struct jobs *jobs)
{
	struct job *job = NULL;

	pthread_mutex_lock(&jobs->lock);
	while (!jobs->ending && !(job = startable(jobs)))
		pthread_cond_wait(&jobs->more, &jobs->lock);
	if (jobs->ending)
		job = NULL;
	if (job) {
		stop_waiting(job);
		jobs->n_long += job->is_long;
	}
	pthread_mutex_unlock(&jobs->lock);
	return job;
}

/* Whoever has done a long job looks for the next one himself, so that nobody
 * need be woken for those that waited for n_long to fall. */
static void *worker(void *arg)
{
	struct jobs *jobs = arg;
	struct job *job;

	while ((job = next_job(jobs))) {
		job->work(job->arg);
		pthread_mutex_lock(&jobs->lock);
		jobs->n_long -= job->is_long;
		TAILQ_INSERT_TAIL(&jobs->finished, job, entry);
		pthread_mutex_unlock(&jobs->lock);
		loop_wake_ring(jobs->bell);
	}
	return NULL;
}

static void finish(struct job *job, bool ok)
{
	if (job->handle)
		*job->handle = NULL;
	else
		ok = false;
	job->done(job->arg, ok);
	free(job);
}

static struct job *take_first(struct jobs *jobs, struct job_list *list)
{
	struct job *job;

	pthread_mutex_lock(&jobs->lock);
	job = TAILQ_FIRST(list);
	if (job)
		TAILQ_REMOVE(list, job, entry);
	pthread_mutex_unlock(&jobs->lock);
	return job;
}

static void collect(void *arg)
{
	struct jobs *jobs = arg;
	struct job *job;

	while ((job = take_first(jobs, &jobs->finished)))
		finish(job, true);
}

struct jobs *jobs_new(struct loop *loop, unsigned int threads)
{
	struct jobs *jobs = xcalloc(1, sizeof(*jobs));
	unsigned int i;

	pthread_mutex_init(&jobs->lock, NULL);
	pthread_cond_init(&jobs->more, NULL);
	TAILQ_INIT(&jobs->waiting);
	TAILQ_INIT(&jobs->finished);
	loop_wake_open(loop, &jobs->bell, collect, jobs);
	jobs->n_threads = threads;
	jobs->threads = xcalloc(threads, sizeof(*jobs->threads));
	for (i = 0; i < threads; i++)
		if (pthread_create(&jobs->threads[i], NULL, worker, jobs))
			log_fatal("cannot start a thread");
	return jobs;
}

void jobs_free(struct jobs *jobs)
{
	struct job *job;
	unsigned int i;

	if (!jobs)
		return;
	pthread_mutex_lock(&jobs->lock);
	jobs->ending = true;
	pthread_cond_broadcast(&jobs->more);
	pthread_mutex_unlock(&jobs->lock);
	for (i = 0; i < jobs->n_threads; i++)
		pthread_join(jobs->threads[i], NULL);
	while ((job = take_first(jobs, &jobs->finished)))
		finish(job, false);
	while ((job = take_first(jobs, &jobs->waiting)))
		finish(job, false);
	loop_wake_close(&jobs->bell);
	pthread_cond_destroy(&jobs->more);
	pthread_mutex_destroy(&jobs->lock);
	free(jobs->threads);
	free(jobs);
}

static void run(struct jobs *jobs, struct job *job, struct job **handle)
{
	job->jobs = jobs;
	job->handle = handle;
	*handle = job;
	pthread_mutex_lock(&jobs->lock);
	job->is_waiting = true;
	TAILQ_INSERT_TAIL(&jobs->waiting, job, entry);
	pthread_cond_signal(&jobs->more);
	pthread_mutex_unlock(&jobs->lock);
}

static struct job *job_new(void (*work)(void *), void (*done)(void *, bool),
			   void *arg)
{
	struct job *job = xcalloc(1, sizeof(*job));

	job->work = work;
	job->done = done;
	job->arg = arg;
	return job;
}

void jobs_run(struct jobs *jobs, struct job **handle, void (*work)(void *),
	      void (*done)(void *, bool), void *arg)
{
	run(jobs, job_new(work, done, arg), handle);
}

void jobs_run_long(struct jobs *jobs, struct job **handle, void (*work)(void *),
		   void (*done)(void *, bool), void *arg)
{
	struct job *job = job_new(work, done, arg);

	job->is_long = true;
	run(jobs, job, handle);
}

void jobs_cancel(struct job **handle)
{
	struct job *job = *handle;
	struct jobs *jobs;

	if (!job)
		return;
	jobs = job->jobs;
	job->handle = NULL;
	*handle = NULL;
	pthread_mutex_lock(&jobs->lock);
	if (job->is_waiting) {
		stop_waiting(job);
		TAILQ_INSERT_TAIL(&jobs->finished, job, entry);
		loop_wake_ring(jobs->bell);
	}
	pthread_mutex_unlock(&jobs->lock);
}
