/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/worker.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "ipsec/core.h"
#include "ipsec/cycles.h"
#include "ipsec/qos_lane.h"
#include "ipsec/quiesce.h"
#include "ipsec/turn.h"
#include "router/netns.h"

#ifdef __SANITIZE_THREAD__
char quiesce_order;
#endif

/* What is waited for.  poll() and not epoll: a socket whose reader is at work
 * has then nobody in its wait queue, and the kernel's per-packet wake-up of it
 * costs next to nothing. */
struct watched {
	unsigned int slot; /* of the lane */
	bool wire;	   /* which of its ports */
};

enum { WATCHED_MAX = 1 + 2 * WORKER_LANES }; /* the first is the bell */

struct worker {
	const struct clock *clock;
	struct esp_worker esp;
	struct events events;
	int bell; /* eventfd: look at stop and generation */
	_Atomic bool stop;
	_Atomic unsigned int generation; /* of lanes */
	pthread_t thread;
	_Atomic(struct lane *) lanes[WORKER_LANES];
	/* The thread's own. */
	struct core core;
	unsigned int watching; /* generation of: */
	struct pollfd fds[WATCHED_MAX];
	struct watched watched[WATCHED_MAX];
	nfds_t n;
};

static unsigned int run_lane(struct worker *w, const struct watched *watched)
{
	struct lane *lane;
	int64_t now = clock_now(w->clock);

	/* Looked up anew: it may have been removed since the last time. */
	lane = atomic_load_explicit(&w->lanes[watched->slot],
				    memory_order_acquire);
	if (!lane)
		return 0;
	return watched->wire ? lane_run_in(lane, now) : lane_run_out(lane, now);
}

static void watch(struct worker *w, int fd, unsigned int slot, bool wire)
{
	if (fd < 0)
		return;
	w->watched[w->n] = (struct watched){ slot, wire };
	w->fds[w->n++] = (struct pollfd){ .fd = fd, .events = POLLIN };
}

/* The ports of the lanes as they are now. */
static void watch_lanes(struct worker *w)
{
	unsigned int generation =
		atomic_load_explicit(&w->generation, memory_order_acquire);

	if (w->n && generation == w->watching)
		return;
	w->watching = generation;
	w->n = 0;
	watch(w, w->bell, 0, false);
	for (unsigned int slot = 0; slot < WORKER_LANES; slot++) {
		const struct lane *lane = atomic_load_explicit(
			&w->lanes[slot], memory_order_acquire);

		if (!lane)
			continue;
		watch(w, lane->tap->fd, slot, false);
		watch(w, lane->wire->fd, slot, true);
	}
}

static void serve(struct worker *w)
{
	uint64_t rings;

	if (w->fds[0].revents && read(w->bell, &rings, sizeof(rings)) < 0)
		log_warn("a worker's bell: %s", strerror(errno));
	for (nfds_t i = 1; i < w->n; i++) {
		if (!w->fds[i].revents)
			continue;
		for (int round = 0; round < WORKER_ROUNDS; round++) {
			unsigned int got = run_lane(w, &w->watched[i]);

			quiesce_now();
			if (!got)
				break;
		}
	}
}

/* Lanes whose queues may send. */
static void serve_due(struct worker *w)
{
	int64_t now = clock_now(w->clock), next = 0;

	if (now < w->esp.due)
		return;
	for (unsigned int slot = 0; slot < WORKER_LANES; slot++) {
		struct lane *lane = atomic_load_explicit(&w->lanes[slot],
							 memory_order_acquire);

		if (!lane || !lane->qos_due)
			continue;
		if (lane->qos_due <= now)
			qos_lane_due(lane, now);
		if (lane->qos_due && (!next || lane->qos_due < next))
			next = lane->qos_due;
	}
	w->esp.due = next;
	quiesce_now();
}

/* poll() knows no less than a millisecond, in which a
 * queue of a fast line runs dry. */
static void wait_until_due(struct worker *w)
{
	int64_t wait = w->esp.due - clock_now(w->clock);
	struct timespec limit = { 0 };

	if (wait > 0) {
		wait = clock_real_delay(w->clock, wait);
		limit.tv_sec = wait / US_PER_SEC;
		limit.tv_nsec = wait % US_PER_SEC * 1000;
	}
	(void)ppoll(w->fds, w->n, &limit, NULL);
}

/* A core may be somebody else's soon when nothing comes. */
static void wait_for_frames(struct worker *w)
{
	int limit = w->core.cpu < 0 ? -1 : CORE_KEEP_US / 1000;

	quiesce_offline();
	if (w->esp.due)
		wait_until_due(w);
	else if (poll(w->fds, w->n, limit) == 0)
		core_give_back(&w->core);
	quiesce_online();
}

static void *run(void *arg)
{
	struct worker *w = arg;
	uint64_t start;

	netns_forsake();
	turn_of_thread();
	urcu_qsbr_register_thread();
	while (!atomic_load_explicit(&w->stop, memory_order_acquire)) {
		watch_lanes(w);
		wait_for_frames(w);
		start = cycles_now();
		serve(w);
		if (w->esp.due)
			serve_due(w);
		core_worked(&w->core, cycles_now() - start, clock_real_now());
	}
	QUIESCE_RELEASE();
	urcu_qsbr_unregister_thread();
	return NULL;
}

static void ring_bell(struct worker *w)
{
	uint64_t one = 1;

	if (write(w->bell, &one, sizeof(one)) != sizeof(one))
		log_fatal("a worker cannot be told: %s", strerror(errno));
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
	w->bell = eventfd(0, EFD_CLOEXEC);
	if (w->bell < 0)
		log_fatal("no descriptor for a worker: %s", strerror(errno));
	core_init(&w->core, cpu < 0 ? CORE_FILE : NULL);
	start_thread(w);
	if (cpu >= 0)
		pin(w, (unsigned int)cpu);
	return w;
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	atomic_store_explicit(&w->stop, true, memory_order_release);
	ring_bell(w);
	pthread_join(w->thread, NULL);
	close(w->bell);
	core_fini(&w->core);
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

/* The thread sees it when it has worked off its burst, and takes no event of
 * what was there before for one of this. */
static void set_lane(struct worker *w, unsigned int slot, struct lane *lane)
{
	atomic_store_explicit(&w->lanes[slot], lane, memory_order_release);
	atomic_fetch_add_explicit(&w->generation, 1, memory_order_release);
	ring_bell(w);
}

int worker_add(struct worker *w, struct lane *lane)
{
	uint32_t slot = 0;

	while (slot < WORKER_LANES &&
	       atomic_load_explicit(&w->lanes[slot], memory_order_relaxed))
		slot++;
	if (slot == WORKER_LANES)
		return -ENOSPC;
	set_lane(w, slot, lane);
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
	set_lane(w, slot, NULL);
	workers_wait();
}

void workers_wait(void)
{
	quiesce_wait();
}
