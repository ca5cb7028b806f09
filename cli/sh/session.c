/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/session_priv.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/wr.h"
#include "cli/proto.h"

void session_over(struct session *s, int status)
{
	s->state = SESSION_OVER;
	if (!s->status)
		s->status = status;
}

void session_send(struct session *s, int type, const char *text, size_t len)
{
	if (len > CLI_PROTO_MAX - 1)
		len = CLI_PROTO_MAX - 1;
	link_send(s->link, type, text, len);
}

void session_interrupt(struct session *s)
{
	if (!s->broken)
		link_send(s->link, CLI_C_INTERRUPT, NULL, 0);
	s->broken = true;
}

struct history *session_history(struct session *s)
{
	return s->flags & CLI_P_CONFIG ? &s->configure : &s->exec;
}

void session_set_size(struct session *s, unsigned int length,
		      unsigned int width)
{
	if (s->config.plain)
		return;
	s->pager.length = length;
	s->pager.width = width;
	screen_set_width(&s->screen, width);
}

/* --- order: messages and keys wait for the pager ---------------------- */

static void hold(struct session *s, int type, const char *body, size_t len)
{
	struct held *h = xcalloc(1, sizeof(*h) + len + 1);

	h->type = type;
	h->fd = link_take(s->link);
	h->len = len;
	memcpy(h->body, body, len);
	s->held_len += len;
	STAILQ_INSERT_TAIL(&s->held, h, entry);
}

/* A descriptor that the message did not bring for anything is closed. */
static void handle(struct session *s, int type, const char *body, size_t len,
		   int fd)
{
	s->handed = fd;
	session_message(s, type, body, len);
	if (s->handed >= 0)
		close(s->handed);
	s->handed = -1;
}

static void release(struct session *s)
{
	struct held *h;

	while (!s->pager.waiting && s->state != SESSION_OVER &&
	       (h = STAILQ_FIRST(&s->held))) {
		STAILQ_REMOVE_HEAD(&s->held, entry);
		s->held_len -= h->len;
		handle(s, h->type, h->body, h->len, h->fd);
		free(h);
	}
}

static bool read_link(struct session *s)
{
	int type;

	if (!session_wants_link(s))
		return false;
	type = link_receive(s->link);
	if (type == LINK_NONE)
		return false;
	if (type == LINK_LOST) {
		s->lost = true;
		s->link->len = 0;
	}
	if (s->pager.waiting && type != CLI_S_LOG)
		hold(s, type, link_body(s->link), s->link->len);
	else
		handle(s, type, link_body(s->link), s->link->len,
		       link_take(s->link));
	return true;
}

/* While the router works a key waits, unless it is the first one and means to
 * break off or to leave. */
static bool key_while_busy(struct session *s)
{
	uint8_t c = queue_peek(&s->term->in);

	if (c == SESSION_DETACH && s->config.detach) {
		session_over(s, 0);
		return false;
	}
	if (c != TERM_CTRL_C && c != TERM_BREAK)
		return false;
	queue_pop(&s->term->in);
	if (s->state == SESSION_WAITING)
		session_interrupt(s);
	return true;
}

static bool read_key(struct session *s)
{
	if (queue_is_empty(&s->term->in) || queue_is_full(&s->term->out))
		return false;
	if (s->pager.waiting) {
		pager_key(&s->pager, queue_pop(&s->term->in));
		return true;
	}
	if (s->state != SESSION_EDITING)
		return key_while_busy(s);
	session_key(s, queue_pop(&s->term->in));
	return true;
}

static void send_window(struct session *s)
{
	uint8_t body[4];
	struct wr w = wr_init(body, sizeof(body));

	s->term->resized = false;
	wr_u16(&w, s->term->width);
	wr_u16(&w, s->term->height);
	link_send(s->link, CLI_C_WINDOW, body, sizeof(body));
	if (s->at)
		relay_resize(s->connections[s->at]);
	/* RFC 1073: 0 is "not known". */
	if (!s->sized && s->term->width && s->term->height)
		session_set_size(s, s->term->height, s->term->width);
}

/* One thing after the other until there is none; link and keys in turn, so
 * that neither can starve the other. */
static bool step(struct session *s)
{
	bool more = false;

	if (s->term->resized)
		send_window(s);
	if (s->helped && !s->pager.waiting)
		session_end_help(s);
	if (STAILQ_FIRST(&s->held) && !s->pager.waiting)
		release(s);
	else
		more = read_link(s);
	if (s->state == SESSION_OVER)
		return false;
	if (s->helped && !s->pager.waiting)
		session_end_help(s);
	if (s->state == SESSION_CONNECTED && !s->pager.waiting)
		return session_connected_step(s) || more;
	return read_key(s) || more;
}

static bool nothing_left_to_type(const struct session *s)
{
	return s->term->ended && queue_is_empty(&s->term->in) &&
	       (s->state == SESSION_EDITING || s->pager.waiting);
}

void session_run(struct session *s)
{
	while (s->state != SESSION_OVER && !s->term->dead && step(s))
		;
	if (s->state != SESSION_OVER && nothing_left_to_type(s))
		session_over(s, 0);
	if (s->term->dead)
		session_over(s, 1);
	if (s->at)
		relay_flush(s->connections[s->at]);
	term_flush(s->term);
}

bool session_is_over(const struct session *s)
{
	return s->state == SESSION_OVER;
}

int session_status(const struct session *s)
{
	return s->status;
}

bool session_wants_redraw(const struct session *s)
{
	return s->state == SESSION_EDITING && !s->screen.visible;
}

void session_redraw(struct session *s)
{
	if (session_wants_redraw(s))
		session_show_line(s);
}

bool session_wants_link(const struct session *s)
{
	return !s->lost && !queue_is_full(&s->term->out) &&
	       s->held_len + s->pager.rest.len < SESSION_HELD_MAX;
}

bool session_wants_term(const struct session *s)
{
	return s->term->in_fd >= 0 && !s->term->ended &&
	       !queue_is_full(&s->term->in) && !queue_is_full(&s->term->out);
}

static void say_hello(struct session *s)
{
	char *body = xasprintf("%c%s", s->config.kind, s->config.peer);

	session_send(s, CLI_C_HELLO, body, strlen(body));
	free(body);
}

struct session *session_new(struct term *term, struct link *link,
			    const struct session_config *config)
{
	struct session *s = xcalloc(1, sizeof(*s));

	s->term = term;
	s->link = link;
	s->config = *config;
	s->prompt = xstrdup("");
	s->handed = -1;
	STAILQ_INIT(&s->held);
	screen_init(&s->screen, term);
	pager_init(&s->pager, term);
	history_init(&s->exec);
	history_init(&s->configure);
	session_set_size(s, SESSION_LENGTH, SESSION_WIDTH);
	say_hello(s);
	return s;
}

void session_free(struct session *s)
{
	struct held *h;
	unsigned int i;

	if (!s)
		return;
	while ((h = STAILQ_FIRST(&s->held))) {
		STAILQ_REMOVE_HEAD(&s->held, entry);
		if (h->fd >= 0)
			close(h->fd);
		free(h);
	}
	for (i = 1; i <= CLI_CONNECTIONS_MAX; i++)
		relay_free(s->connections[i]);
	screen_fini(&s->screen);
	pager_fini(&s->pager);
	history_fini(&s->exec);
	history_fini(&s->configure);
	free(s->prompt);
	free(s);
}
