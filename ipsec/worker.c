/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/worker.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "ipsec/quiesce.h"

#ifdef __SANITIZE_THREAD__
char quiesce_order;
#endif

/* Of an epoll entry: slot of the lane and which of its ports. */
enum { TAG_WIRE = 1, TAG_SHIFT = 1 };
#define TAG_STOP UINT32_MAX

struct worker {
	const struct clock *clock;
	struct esp_worker esp;
	struct events events;
	int epoll, stop_fd;
	_Atomic bool stop;
	pthread_t thread;
	_Atomic(struct lane *) lanes[WORKER_LANES];
};

static unsigned int run_lane(struct worker *w, uint32_t tag)
{
	struct lane *lane;
	int64_t now = clock_now(w->clock);

	/* Looked up anew: it may have been removed since the last time. */
	lane = atomic_load_explicit(&w->lanes[tag >> TAG_SHIFT],
				    memory_order_acquire);
	if (!lane)
		return 0;
	if (tag & TAG_WIRE)
		return lane_run_in(lane, now);
	return lane_run_out(lane, now);
}

static void serve(struct worker *w, const struct epoll_event *events, int n)
{
	for (int i = 0; i < n; i++) {
		uint32_t tag = events[i].data.u32;

		if (tag == TAG_STOP)
			continue;
		for (int round = 0; round < WORKER_ROUNDS; round++) {
			unsigned int got = run_lane(w, tag);

			quiesce_now();
			if (!got)
				break;
		}
	}
}

static void *run(void *arg)
{
	struct epoll_event events[2 * WORKER_LANES];
	struct worker *w = arg;
	int n;

	urcu_qsbr_register_thread();
	while (!atomic_load_explicit(&w->stop, memory_order_acquire)) {
		quiesce_offline();
		n = epoll_wait(w->epoll, events, ARRAY_SIZE(events), -1);
		quiesce_online();
		serve(w, events, n);
	}
	QUIESCE_RELEASE();
	urcu_qsbr_unregister_thread();
	return NULL;
}

static void watch(struct worker *w, int fd, uint32_t tag)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = tag };

	if (epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &e))
		log_fatal("epoll: %s", strerror(errno));
}

/* Signals are the control thread's business. */
static void start_thread(struct worker *w)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		log_fatal("a worker cannot start: %s", strerror(err));
	(void)pthread_setname_np(w->thread, "worker");
}

/* It works elsewhere too, only slower: not an error. */
static void pin(struct worker *w, unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	(void)pthread_setaffinity_np(w->thread, sizeof(set), &set);
}

struct worker *worker_new(unsigned int number, int cpu,
			  const struct clock *clock, struct env *env,
			  void (*wake)(void *arg), void *arg)
{
	struct worker *w = xcalloc(1, sizeof(*w));
	uint8_t seed[IVGEN_SEED];

	w->clock = clock;
	w->events.wake = wake;
	w->events.arg = arg;
	w->esp.number = number;
	env_random(env, seed, sizeof(seed));
	w->esp.ivgen = ivgen_new(seed);
	env_random(env, &w->esp.ip_id, sizeof(w->esp.ip_id));
	bytes_wipe(seed, sizeof(seed));
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	w->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (w->epoll < 0 || w->stop_fd < 0)
		log_fatal("no descriptors for a worker: %s", strerror(errno));
	watch(w, w->stop_fd, TAG_STOP);
	start_thread(w);
	if (cpu >= 0)
		pin(w, (unsigned int)cpu);
	return w;
}

void worker_free(struct worker *w)
{
	uint64_t one = 1;

	if (!w)
		return;
	atomic_store_explicit(&w->stop, true, memory_order_release);
	if (write(w->stop_fd, &one, sizeof(one)) != sizeof(one))
		log_fatal("a worker cannot be stopped: %s", strerror(errno));
	pthread_join(w->thread, NULL);
	close(w->stop_fd);
	close(w->epoll);
	ivgen_free(w->esp.ivgen);
	free(w);
}

struct events *worker_events(struct worker *w)
{
	return &w->events;
}

struct esp_worker *worker_esp(struct worker *w)
{
	return &w->esp;
}

int worker_add(struct worker *w, struct lane *lane)
{
	uint32_t slot = 0;

	while (slot < WORKER_LANES &&
	       atomic_load_explicit(&w->lanes[slot], memory_order_relaxed))
		slot++;
	if (slot == WORKER_LANES)
		return -ENOSPC;
	atomic_store_explicit(&w->lanes[slot], lane, memory_order_release);
	watch(w, lane->tap->fd, slot << TAG_SHIFT);
	if (lane->wire->fd >= 0)
		watch(w, lane->wire->fd, slot << TAG_SHIFT | TAG_WIRE);
	return 0;
}

void worker_remove(struct worker *w, struct lane *lane)
{
	uint32_t slot = 0;

	while (slot < WORKER_LANES &&
	       atomic_load_explicit(&w->lanes[slot], memory_order_relaxed) !=
		       lane)
		slot++;
	if (slot == WORKER_LANES)
		return;
	(void)epoll_ctl(w->epoll, EPOLL_CTL_DEL, lane->tap->fd, NULL);
	if (lane->wire->fd >= 0)
		(void)epoll_ctl(w->epoll, EPOLL_CTL_DEL, lane->wire->fd, NULL);
	atomic_store_explicit(&w->lanes[slot], NULL, memory_order_release);
	workers_wait();
}

void workers_wait(void)
{
	quiesce_wait();
}
