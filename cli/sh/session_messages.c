/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/session_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rd.h"
#include "base/wr.h"
#include "cli/proto.h"
#include "cli/sh/edit.h"
#include "cli/sh/script.h"

void session_end_help(struct session *s)
{
	s->helped = false;
	s->state = SESSION_EDITING;
	pager_reset(&s->pager);
	term_fresh_line(s->term);
	session_show_line(s);
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
	screen_leave(&s->screen, "");
	edit_insert(text);
	session_show_line(s);
}

/* As IOS does with "logging synchronous": the log line goes below the typed
 * one, which then comes again (session_redraw). */
static void on_log(struct session *s, const char *text)
{
	pager_hide(&s->pager);
	screen_leave(&s->screen, "");
	term_fresh_line(s->term);
	term_puts(s->term, text);
	term_fresh_line(s->term);
	s->pager.column = 0;
	pager_show(&s->pager);
}

static void on_terminal(struct session *s, const char *body, size_t len)
{
	struct rd r = rd_init(body, len);
	uint16_t length = rd_u16(&r), width = rd_u16(&r), size = rd_u16(&r);

	if (!rd_done(&r))
		return;
	s->sized = true;
	session_set_size(s, length, width);
	history_set_size(&s->exec, size);
	history_set_size(&s->configure, size);
}

static void on_history(struct session *s)
{
	struct history *h = session_history(s);
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
		session_over(s, s->status);
		return;
	}
	if (s->flags & CLI_P_DIALOGUE && *s->prompt) {
		if (!(s->flags & CLI_P_HIDDEN))
			term_puts(s->term, line);
		term_puts(s->term, "\n");
	}
	if (!(s->flags & CLI_P_DIALOGUE) &&
	    script_asks_help(s->config.script, line)) {
		session_send(s, CLI_C_HELP, line, strlen(line) - 1);
		s->state = SESSION_HELPING;
		return;
	}
	session_send(s, CLI_C_LINE, line, strlen(line));
	s->state = SESSION_WAITING;
}

static void on_help(struct session *s, const char *text, size_t len)
{
	if (s->state != SESSION_HELPING)
		return;
	pager_write(&s->pager, text, len);
	if (!s->config.script) {
		s->helped = true;
		return;
	}
	/* No prompt says whether it was an error. */
	if (*text == '%')
		s->status = 1;
	run_script(s);
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
	bool again;

	if (!len)
		return;
	session_come_back(s);
	again = s->state != SESSION_WAITING;
	pager_end(&s->pager);
	/* A prompt in place of a prompt: an interrupt came too late, or the
	 * mode is gone under the user.  What he has typed stays. */
	again = again && s->flags == (uint8_t)body[0];
	screen_leave(&s->screen, "");
	s->broken = false;
	/* In the history of the prompt before. */
	if ((uint8_t)body[0] & CLI_P_FORGET)
		history_forget(session_history(s));
	s->flags = (uint8_t)body[0] & ~(unsigned int)CLI_P_FORGET;
	set_prompt(s, body + 1);
	if (s->config.script) {
		run_script(s);
		return;
	}
	if (!again)
		session_begin_line(s);
	screen_begin(&s->screen, s->prompt);
	s->state = SESSION_EDITING;
	session_show_line(s);
}

static void on_bye(struct session *s, const char *text, size_t len)
{
	screen_leave(&s->screen, "");
	term_write(s->term, text, len);
	session_over(s, s->config.script && !script_is_done(s->config.script));
}

static void on_lost(struct session *s)
{
	screen_leave(&s->screen, "");
	term_fresh_line(s->term);
	term_puts(s->term, "[Connection to router lost]\n");
	session_over(s, 1);
}

void session_message(struct session *s, int type, const char *body, size_t len)
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
	case CLI_S_CONNECT:
		session_connect(s, (uint8_t)body[0]);
		break;
	case CLI_S_DISCONNECT:
		if (len)
			session_disconnect(s, (uint8_t)body[0]);
		break;
	case CLI_S_BYE:
		on_bye(s, body, len);
		break;
	default:
		break;
	}
}
