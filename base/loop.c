/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/loop.h"

#include <event2/event.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

struct loop {
	struct event_base *base;
};

struct loop_timer {
	struct event *ev;
	struct loop_timer **handle;
	void (*fire)(void *);
	void *arg;
};

struct loop_fd {
	struct loop *loop;
	struct event *ev;
	int fd;
	void (*ready)(void *, unsigned int);
	void *arg;
};

struct loop_signal {
	struct event *ev;
	void (*fire)(void *);
	void *arg;
};

struct loop_wake {
	struct loop_fd *watch;
	int fd;
	void (*fire)(void *);
	void *arg;
};

struct loop *loop_new(void)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));

	loop->base = event_base_new();
	if (!loop->base)
		log_fatal("cannot make an event loop");
	return loop;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	event_base_free(loop->base);
	free(loop);
}

void loop_run(struct loop *loop)
{
	event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
}

void loop_stop(struct loop *loop)
{
	event_base_loopbreak(loop->base);
}

static void timer_fired(evutil_socket_t fd, short what, void *arg)
{
	struct loop_timer *t = arg;
	void (*fire)(void *) = t->fire;
	void *fire_arg = t->arg;

	(void)fd;
	(void)what;
	loop_timer_cancel(t->handle);
	fire(fire_arg);
}

void loop_timer_set(struct loop *loop, struct loop_timer **timer,
		    int64_t delay_us, void (*fire)(void *), void *arg)
{
	struct timeval tv;
	struct loop_timer *t;

	loop_timer_cancel(timer);
	if (delay_us < 0)
		delay_us = 0;
	tv.tv_sec = delay_us / US_PER_SEC;
	tv.tv_usec = delay_us % US_PER_SEC;
	t = xcalloc(1, sizeof(*t));
	t->handle = timer;
	t->fire = fire;
	t->arg = arg;
	t->ev = evtimer_new(loop->base, timer_fired, t);
	if (!t->ev || evtimer_add(t->ev, &tv) < 0)
		log_fatal("cannot start a timer");
	*timer = t;
}

void loop_timer_cancel(struct loop_timer **timer)
{
	struct loop_timer *t = *timer;

	if (!t)
		return;
	*timer = NULL;
	event_free(t->ev);
	free(t);
}

static void fd_ready(evutil_socket_t fd, short what, void *arg)
{
	struct loop_fd *h = arg;
	unsigned int events = 0;

	(void)fd;
	if (what & EV_READ)
		events |= LOOP_READ;
	if (what & EV_WRITE)
		events |= LOOP_WRITE;
	h->ready(h->arg, events);
}

static void fd_arm(struct loop_fd *h, unsigned int events)
{
	short what = EV_PERSIST;

	if (events & LOOP_READ)
		what |= EV_READ;
	if (events & LOOP_WRITE)
		what |= EV_WRITE;
	h->ev = event_new(h->loop->base, h->fd, what, fd_ready, h);
	if (!h->ev || event_add(h->ev, NULL) < 0)
		log_fatal("cannot watch a descriptor");
}

void loop_fd_open(struct loop *loop, struct loop_fd **handle, int fd,
		  unsigned int events, void (*ready)(void *, unsigned int),
		  void *arg)
{
	struct loop_fd *h = xcalloc(1, sizeof(*h));

	h->loop = loop;
	h->fd = fd;
	h->ready = ready;
	h->arg = arg;
	fd_arm(h, events);
	*handle = h;
}

void loop_fd_want(struct loop_fd *h, unsigned int events)
{
	event_free(h->ev);
	fd_arm(h, events);
}

void loop_fd_close(struct loop_fd **handle)
{
	struct loop_fd *h = *handle;

	if (!h)
		return;
	*handle = NULL;
	event_free(h->ev);
	free(h);
}

static void signal_fired(evutil_socket_t fd, short what, void *arg)
{
	struct loop_signal *h = arg;

	(void)fd;
	(void)what;
	h->fire(h->arg);
}

void loop_signal_open(struct loop *loop, struct loop_signal **handle, int signo,
		      void (*fire)(void *), void *arg)
{
	struct loop_signal *h = xcalloc(1, sizeof(*h));

	h->fire = fire;
	h->arg = arg;
	h->ev = evsignal_new(loop->base, signo, signal_fired, h);
	if (!h->ev || evsignal_add(h->ev, NULL) < 0)
		log_fatal("cannot watch signal %d", signo);
	*handle = h;
}

void loop_signal_close(struct loop_signal **handle)
{
	struct loop_signal *h = *handle;

	if (!h)
		return;
	*handle = NULL;
	event_free(h->ev);
	free(h);
}

static void wake_ready(void *arg, unsigned int events)
{
	struct loop_wake *h = arg;
	uint64_t n;

	(void)events;
	if (read(h->fd, &n, sizeof(n)) == sizeof(n))
		h->fire(h->arg);
}

void loop_wake_open(struct loop *loop, struct loop_wake **handle,
		    void (*fire)(void *), void *arg)
{
	struct loop_wake *h = xcalloc(1, sizeof(*h));

	h->fire = fire;
	h->arg = arg;
	h->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (h->fd < 0)
		log_fatal("cannot make an eventfd");
	loop_fd_open(loop, &h->watch, h->fd, LOOP_READ, wake_ready, h);
	*handle = h;
}

void loop_wake_ring(struct loop_wake *h)
{
	const uint64_t one = 1;

	/* It can only fail when the counter is full: it rings then already. */
	if (write(h->fd, &one, sizeof(one)) < 0)
		return;
}

void loop_wake_close(struct loop_wake **handle)
{
	struct loop_wake *h = *handle;

	if (!h)
		return;
	*handle = NULL;
	loop_fd_close(&h->watch);
	close(h->fd);
	free(h);
}
