/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event loop: libevent behind a small face.  One loop a thread; nothing
 * outside base/ includes libevent.  Times here are real (unscaled) us. */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_timer; /* handles clear themselves when they fire */
struct loop_fd;
struct loop_signal;
struct loop_wake;

struct loop *loop_new(void);
/* Every handle must have been closed before. */
void loop_free(struct loop *loop);
/* Until loop_stop(). */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* (Re)starts *timer; NULL again before fire runs. */
void loop_timer_set(struct loop *loop, struct loop_timer **timer,
		    int64_t delay_us, void (*fire)(void *), void *arg);
void loop_timer_cancel(struct loop_timer **timer);

enum loop_events { LOOP_READ = 1, LOOP_WRITE = 2 };

/* Calls ready(arg, events) while the fd is ready; does not own the fd. */
void loop_fd_open(struct loop *loop, struct loop_fd **h, int fd,
		  unsigned int events,
		  void (*ready)(void *arg, unsigned int events), void *arg);
void loop_fd_want(struct loop_fd *h, unsigned int events);
void loop_fd_close(struct loop_fd **h);

void loop_signal_open(struct loop *loop, struct loop_signal **h, int signo,
		      void (*fire)(void *), void *arg);
void loop_signal_close(struct loop_signal **h);

/* A bell that any thread may ring; calls run into one. */
void loop_wake_open(struct loop *loop, struct loop_wake **h,
		    void (*fire)(void *), void *arg);
void loop_wake_ring(struct loop_wake *h);
void loop_wake_close(struct loop_wake **h);

#endif
