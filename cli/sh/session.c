/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/sys/queue.h>

#include "base/mem.h"
#include "base/rd.h"
#include "base/wr.h"
#include "cli/proto.h"
#include "cli/sh/edit.h"
#include "cli/sh/history.h"
#include "cli/sh/pager.h"
#include "cli/sh/screen.h"
#include "cli/sh/script.h"

enum session_limits {
	SESSION_LENGTH = 24, /* rows, until we know better: IOS defaults */
	SESSION_WIDTH = 80,
	SESSION_HELD_MAX = 1024 * 1024, /* octets kept at " --More-- " */
	SESSION_DETACH = 0x1d,		/* Ctrl-], as in telnet clients */
};

enum session_state {
	SESSION_WAITING,    /* for a prompt: the router is working */
	SESSION_EDITING,    /* the user has the word */
	SESSION_HELPING,    /* for CLI_S_HELP */
	SESSION_COMPLETING, /* for CLI_S_COMPLETE */
	SESSION_OVER,
};

/* A message that came while the pager waits for a key. */
struct held {
	STAILQ_ENTRY(held) entry;
	int type;
	size_t len;
	char body[];
};

STAILQ_HEAD(held_list, held);

struct session {
	struct term *term;
	struct link *link;
	struct session_config config;
	enum session_state state;
	int status;
	bool sized;    /* the router has said how large the screen is */
	bool logged;   /* nothing was typed since a log line was shown */
	bool helped;   /* help is on the screen, perhaps behind the pager */
	uint8_t flags; /* of the prompt */
	char *prompt;  /* its last line */
	struct screen screen;
	struct pager pager;
	struct history exec, configure;
	struct held_list held;
	size_t held_len;
};

static void over(struct session *s, int status)
{
	s->state = SESSION_OVER;
	if (!s->status)
		s->status = status;
}

static void send_text(struct session *s, int type, const char *text, size_t len)
{
	if (len > CLI_PROTO_MAX - 1)
		len = CLI_PROTO_MAX - 1;
	link_send(s->link, type, text, len);
}

static struct history *history(struct session *s)
{
	return s->flags & CLI_P_CONFIG ? &s->configure : &s->exec;
}

/* --- the line being typed --------------------------------------------- */

static void show_line(struct session *s)
{
	size_t len;
	const char *text = edit_text(&len);

	if (s->flags & CLI_P_HIDDEN)
		len = 0;
	screen_show(&s->screen, text, len, len ? edit_point() : 0);
}

static void redraw_below(struct session *s)
{
	screen_leave(&s->screen);
	show_line(s);
}

/* A line of the router's is finished: it has the word now. */
static void submit(struct session *s, int type)
{
	size_t len;
	const char *text = edit_text(&len);

	if (type == CLI_C_END)
		term_puts(s->term, "^Z");
	screen_leave(&s->screen);
	send_text(s, type, text, len);
	if (!(s->flags & (CLI_P_HIDDEN | CLI_P_DIALOGUE)))
		history_add(history(s), text);
	edit_clear();
	pager_reset(&s->pager);
	s->state = SESSION_WAITING;
}

static void begin_line(struct session *s)
{
	enum edit_mode mode = s->flags & CLI_P_HIDDEN	  ? EDIT_SECRET
			      : s->flags & CLI_P_DIALOGUE ? EDIT_ANSWER
							  : EDIT_COMMAND;

	edit_begin(mode, history(s));
	screen_begin(&s->screen, s->prompt);
}

/* Ctrl-C.  In plain exec mode there is nothing to leave or to give up. */
static void abort_line(struct session *s)
{
	term_puts(s->term, "^C");
	screen_leave(&s->screen);
	pager_reset(&s->pager);
	if (s->flags & (CLI_P_CONFIG | CLI_P_DIALOGUE | CLI_P_HIDDEN)) {
		edit_clear();
		s->state = SESSION_WAITING;
		link_send(s->link, CLI_C_INTERRUPT, NULL, 0);
		return;
	}
	begin_line(s);
	show_line(s);
}

static void ask(struct session *s, int type, enum session_state state)
{
	size_t len;
	const char *text = edit_text(&len);

	send_text(s, type, text, edit_point());
	s->state = state;
	if (type != CLI_C_HELP)
		return;
	term_puts(s->term, "?");
	screen_leave(&s->screen);
	pager_reset(&s->pager);
}

static void type_key(struct session *s, uint8_t c)
{
	bool answer = s->flags & (CLI_P_DIALOGUE | CLI_P_HIDDEN);

	if (c == SESSION_DETACH && s->config.detach) {
		screen_leave(&s->screen);
		over(s, 0);
		return;
	}
	s->logged = false;
	switch (edit_key(c)) {
	case EDIT_CHANGED:
		show_line(s);
		break;
	case EDIT_LINE:
		submit(s, CLI_C_LINE);
		break;
	case EDIT_END:
		if (answer)
			abort_line(s);
		else
			submit(s, CLI_C_END);
		break;
	case EDIT_ABORT:
		abort_line(s);
		break;
	case EDIT_BREAK:
		if (answer)
			abort_line(s);
		break;
	case EDIT_HELP:
		ask(s, CLI_C_HELP, SESSION_HELPING);
		break;
	case EDIT_COMPLETE:
		ask(s, CLI_C_COMPLETE, SESSION_COMPLETING);
		break;
	case EDIT_REDRAW:
		redraw_below(s);
		break;
	}
}

/* --- messages of the router ------------------------------------------- */

/* After help: the line again, once the pager is through. */
static void end_help(struct session *s)
{
	s->helped = false;
	s->state = SESSION_EDITING;
	pager_reset(&s->pager);
	term_fresh_line(s->term);
	show_line(s);
}

static void on_help(struct session *s, const char *text, size_t len)
{
	if (s->state != SESSION_HELPING)
		return;
	pager_write(&s->pager, text, len);
	s->helped = true;
}

/* A pasted tab that completes nothing still parts two words. */
static void on_complete(struct session *s, const char *text)
{
	if (s->state != SESSION_COMPLETING)
		return;
	s->state = SESSION_EDITING;
	if (!*text && !queue_is_empty(&s->term->in) &&
	    queue_peek(&s->term->in) > ' ')
		text = " ";
	screen_leave(&s->screen);
	edit_insert(text);
	show_line(s);
}

/* As IOS shows it with "logging synchronous": the log line below the typed
 * one, which then comes again.  Further log lines take the place of a line
 * that is only there because of the log line before. */
static void on_log(struct session *s, const char *text)
{
	bool visible = s->screen.visible;

	pager_hide(&s->pager);
	if (visible && s->logged)
		screen_erase(&s->screen);
	screen_leave(&s->screen);
	term_fresh_line(s->term);
	term_puts(s->term, text);
	term_fresh_line(s->term);
	s->pager.column = 0;
	pager_show(&s->pager);
	if (visible) {
		show_line(s);
		s->logged = true;
	}
}

static void set_size(struct session *s, unsigned int length, unsigned int width)
{
	if (s->config.plain)
		return;
	s->pager.length = length;
	s->pager.width = width;
	screen_set_width(&s->screen, width);
}

static void on_terminal(struct session *s, const char *body, size_t len)
{
	struct rd r = rd_init(body, len);
	uint16_t length = rd_u16(&r), width = rd_u16(&r), size = rd_u16(&r);

	if (!rd_done(&r))
		return;
	s->sized = true;
	set_size(s, length, width);
	history_set_size(&s->exec, size);
	history_set_size(&s->configure, size);
}

static void on_history(struct session *s)
{
	struct history *h = history(s);
	char *buf = xcalloc(1, CLI_PROTO_MAX);
	struct wr w = wr_init(buf, CLI_PROTO_MAX - 1);
	size_t i;

	for (i = 0; i < h->len && wr_ok(&w); i++) {
		wr_bytes(&w, h->lines[i], strlen(h->lines[i]));
		wr_u8(&w, '\n');
	}
	link_send(s->link, CLI_C_HISTORY, buf, wr_at(&w));
	free(buf);
}

/* The next line of the script in place of a user's. */
static void run_script(struct session *s)
{
	const char *line;

	if (s->flags & CLI_P_FAILED)
		s->status = 1;
	if (s->flags & CLI_P_DIALOGUE)
		term_puts(s->term, s->prompt);
	line = script_next(s->config.script, s->flags & CLI_P_CONFIG);
	if (!line) {
		if (s->flags & CLI_P_DIALOGUE) {
			term_fresh_line(s->term);
			fputs("getvpnsh: a question was left unanswered\n",
			      stderr);
			s->status = 1;
		}
		over(s, s->status);
		return;
	}
	if (s->flags & CLI_P_DIALOGUE && *s->prompt) {
		if (!(s->flags & CLI_P_HIDDEN))
			term_puts(s->term, line);
		term_puts(s->term, "\n");
	}
	send_text(s, CLI_C_LINE, line, strlen(line));
	s->state = SESSION_WAITING;
}

/* Of a prompt of several lines only the last one is edited. */
static void set_prompt(struct session *s, const char *text)
{
	const char *last = strrchr(text, '\n');

	last = last ? last + 1 : text;
	if (!(s->flags & CLI_P_DIALOGUE))
		term_fresh_line(s->term);
	term_write(s->term, text, (size_t)(last - text));
	free(s->prompt);
	s->prompt = xstrdup(last);
}

static void on_prompt(struct session *s, const char *body, size_t len)
{
	bool again = s->state != SESSION_WAITING;

	if (!len)
		return;
	/* A prompt in place of a prompt: an interrupt came too late, or the
	 * mode is gone under the user.  What he has typed stays. */
	again = again && s->flags == (uint8_t)body[0];
	screen_leave(&s->screen);
	s->flags = (uint8_t)body[0];
	set_prompt(s, body + 1);
	if (s->config.script) {
		run_script(s);
		return;
	}
	if (!again)
		begin_line(s);
	screen_begin(&s->screen, s->prompt);
	s->state = SESSION_EDITING;
	s->logged = false;
	show_line(s);
}

static void on_bye(struct session *s, const char *text, size_t len)
{
	screen_leave(&s->screen);
	term_write(s->term, text, len);
	over(s, s->config.script && !script_is_done(s->config.script));
}

static void on_lost(struct session *s)
{
	screen_leave(&s->screen);
	term_fresh_line(s->term);
	term_puts(s->term, "[Connection to router lost]\n");
	over(s, 1);
}

static void on_message(struct session *s, int type, const char *body,
		       size_t len)
{
	switch (type) {
	case LINK_LOST:
		on_lost(s);
		break;
	case CLI_S_TEXT:
		if (s->state == SESSION_EDITING)
			on_log(s, body);
		else
			pager_write(&s->pager, body, len);
		break;
	case CLI_S_PROMPT:
		on_prompt(s, body, len);
		break;
	case CLI_S_LOG:
		on_log(s, body);
		break;
	case CLI_S_HELP:
		on_help(s, body, len);
		break;
	case CLI_S_COMPLETE:
		on_complete(s, body);
		break;
	case CLI_S_TERMINAL:
		on_terminal(s, body, len);
		break;
	case CLI_S_HISTORY:
		on_history(s);
		break;
	case CLI_S_BYE:
		on_bye(s, body, len);
		break;
	default:
		break;
	}
}

/* --- order: messages and keys wait for the pager ---------------------- */

static void hold(struct session *s, int type, const char *body, size_t len)
{
	struct held *h = xcalloc(1, sizeof(*h) + len + 1);

	h->type = type;
	h->len = len;
	memcpy(h->body, body, len);
	s->held_len += len;
	STAILQ_INSERT_TAIL(&s->held, h, entry);
}

static void release(struct session *s)
{
	struct held *h;

	while (!s->pager.waiting && s->state != SESSION_OVER &&
	       (h = STAILQ_FIRST(&s->held))) {
		STAILQ_REMOVE_HEAD(&s->held, entry);
		s->held_len -= h->len;
		on_message(s, h->type, h->body, h->len);
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
	if (type == LINK_LOST)
		s->link->len = 0;
	if (s->pager.waiting && type != CLI_S_LOG)
		hold(s, type, link_body(s->link), s->link->len);
	else
		on_message(s, type, link_body(s->link), s->link->len);
	return true;
}

/* While the router works a key waits, but for a break that is the first. */
static bool key_while_busy(struct session *s)
{
	uint8_t c = queue_peek(&s->term->in);

	if (c != TERM_CTRL_C && c != TERM_BREAK)
		return false;
	queue_pop(&s->term->in);
	if (s->state == SESSION_WAITING)
		link_send(s->link, CLI_C_INTERRUPT, NULL, 0);
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
	type_key(s, queue_pop(&s->term->in));
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
	/* RFC 1073: 0 is "not known". */
	if (!s->sized && s->term->width && s->term->height)
		set_size(s, s->term->height, s->term->width);
}

/* One thing after the other until there is none; link and keys in turn, so
 * that neither can starve the other. */
static bool step(struct session *s)
{
	bool more = false;

	if (s->term->resized)
		send_window(s);
	if (s->helped && !s->pager.waiting)
		end_help(s);
	if (STAILQ_FIRST(&s->held) && !s->pager.waiting)
		release(s);
	else
		more = read_link(s);
	if (s->state == SESSION_OVER)
		return false;
	if (s->helped && !s->pager.waiting)
		end_help(s);
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
		over(s, 0);
	if (s->term->dead)
		over(s, 1);
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

bool session_wants_link(const struct session *s)
{
	return !queue_is_full(&s->term->out) &&
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

	send_text(s, CLI_C_HELLO, body, strlen(body));
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
	STAILQ_INIT(&s->held);
	screen_init(&s->screen, term);
	pager_init(&s->pager, term);
	history_init(&s->exec);
	history_init(&s->configure);
	set_size(s, SESSION_LENGTH, SESSION_WIDTH);
	say_hello(s);
	return s;
}

void session_free(struct session *s)
{
	struct held *h;

	if (!s)
		return;
	while ((h = STAILQ_FIRST(&s->held))) {
		STAILQ_REMOVE_HEAD(&s->held, entry);
		free(h);
	}
	screen_fini(&s->screen);
	pager_fini(&s->pager);
	history_fini(&s->exec);
	history_fini(&s->configure);
	free(s->prompt);
	free(s);
}
