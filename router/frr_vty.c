/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/frr_vty.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"

enum {
	TRAILER = 4,  /* NUL, NUL, NUL, status */
	ROOM = 16384, /* to begin with */
};

struct question {
	TAILQ_ENTRY(question) link;
	char *line;
	frr_vty_done *done;
	void (*release)(void *arg);
	void *arg;
};

struct frr_vty {
	struct loop *loop;
	int fd;
	struct loop_fd *watch;
	struct loop_timer *end; /* tells of it outside of all handlers */
	void (*broken)(void *arg);
	void *arg;
	bool dead;
	TAILQ_HEAD(, question) queue; /* the first one was sent */
	size_t sent;		      /* octets of it */
	char *buf;		      /* its answer up to now */
	size_t len, room;
};

/* Some hold a password. */
static void question_free(struct question *q)
{
	if (q->release)
		q->release(q->arg);
	bytes_wipe(q->line, strlen(q->line));
	free(q->line);
	free(q);
}

static void tell_end(void *arg)
{
	struct frr_vty *v = arg;

	v->broken(v->arg);
}

static void die(struct frr_vty *v)
{
	if (v->dead)
		return;
	v->dead = true;
	loop_fd_close(&v->watch);
	loop_timer_set(v->loop, &v->end, 0, tell_end, v);
}

/* What is left of the first line goes out as far as there is room. */
static void send_some(struct frr_vty *v)
{
	const struct question *q = TAILQ_FIRST(&v->queue);
	size_t all;
	ssize_t n;

	if (!q || v->dead)
		return;
	all = strlen(q->line) + 1;
	if (v->sent < all) {
		n = send(v->fd, q->line + v->sent, all - v->sent, MSG_NOSIGNAL);
		if (n > 0)
			v->sent += (size_t)n;
		else if (n < 0 && errno != EAGAIN && errno != EINTR)
			die(v);
	}
	if (!v->dead)
		loop_fd_want(v->watch, v->sent < all ? LOOP_READ | LOOP_WRITE
						     : LOOP_READ);
}

static void answered(struct frr_vty *v, bool good)
{
	struct question *q = TAILQ_FIRST(&v->queue);

	TAILQ_REMOVE(&v->queue, q, link);
	v->len = 0;
	v->sent = 0;
	if (q->done)
		q->done(q->arg, good, v->buf);
	question_free(q);
	send_some(v);
}

/* One answer to one question: nothing can stand behind it. */
static void look(struct frr_vty *v)
{
	const char *end = memchr(v->buf, '\0', v->len);
	size_t at = end ? (size_t)(end - v->buf) : v->len;

	if (v->len - at < TRAILER)
		return;
	if (v->len - at > TRAILER || end[1] || end[2] ||
	    TAILQ_EMPTY(&v->queue)) {
		die(v);
		return;
	}
	answered(v, !end[3]);
}

static void receive(struct frr_vty *v)
{
	ssize_t n;

	if (v->room - v->len < ROOM / 4) {
		if (v->room >= FRR_ANSWER_MAX) {
			die(v);
			return;
		}
		v->room *= 2;
		v->buf = xrealloc(v->buf, v->room, 1);
	}
	n = recv(v->fd, v->buf + v->len, v->room - v->len, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		die(v);
		return;
	}
	v->len += (size_t)n;
	look(v);
}

static void ready(void *arg, unsigned int events)
{
	struct frr_vty *v = arg;

	if (events & LOOP_WRITE)
		send_some(v);
	if (events & LOOP_READ && !v->dead)
		receive(v);
}

struct frr_vty *frr_vty_new(struct loop *loop, int fd,
			    void (*broken)(void *arg), void *arg)
{
	struct frr_vty *v = xcalloc(1, sizeof(*v));

	v->loop = loop;
	v->fd = fd;
	v->broken = broken;
	v->arg = arg;
	v->room = ROOM;
	v->buf = xcalloc(ROOM, 1);
	TAILQ_INIT(&v->queue);
	loop_fd_open(loop, &v->watch, fd, LOOP_READ, ready, v);
	return v;
}

void frr_vty_free(struct frr_vty *v)
{
	struct question *q;

	if (!v)
		return;
	while ((q = TAILQ_FIRST(&v->queue))) {
		TAILQ_REMOVE(&v->queue, q, link);
		question_free(q);
	}
	loop_timer_cancel(&v->end);
	loop_fd_close(&v->watch);
	close(v->fd);
	free(v->buf);
	free(v);
}

void frr_vty_ask(struct frr_vty *v, const char *line, frr_vty_done *done,
		 void (*release)(void *arg), void *arg)
{
	struct question *q = xcalloc(1, sizeof(*q));
	bool first = TAILQ_EMPTY(&v->queue);

	q->line = xstrdup(line);
	q->done = done;
	q->release = release;
	q->arg = arg;
	if (v->dead || strlen(line) > FRR_LINE_MAX) {
		question_free(q);
		return;
	}
	TAILQ_INSERT_TAIL(&v->queue, q, link);
	if (first)
		send_some(v);
}

struct fetched {
	char *answer;
	bool over;
};

static void take_answer(void *arg, bool good, const char *answer)
{
	struct fetched *f = arg;

	f->over = true;
	if (good)
		f->answer = xstrdup(answer);
}

char *frr_vty_fetch(struct frr_vty *v, const char *line)
{
	const int64_t until = clock_real_now() + MSEC(FRR_ANSWER_WAIT_MS);
	struct fetched f = { 0 };
	struct pollfd p = { .fd = v->fd };

	frr_vty_ask(v, line, take_answer, NULL, &f);
	while (!f.over && !v->dead) {
		const struct question *q = TAILQ_FIRST(&v->queue);

		/* An answer that comes later would be for nobody. */
		if (!q || clock_real_now() > until) {
			die(v);
			break;
		}
		p.events =
			v->sent > strlen(q->line) ? POLLIN : POLLIN | POLLOUT;
		(void)poll(&p, 1, 100);
		ready(v, (p.revents & POLLOUT ? LOOP_WRITE : 0U) |
				 (p.revents & ~POLLOUT ? LOOP_READ : 0U));
	}
	return f.answer;
}
