/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/session_priv.h"

#include "cli/proto.h"
#include "cli/sh/edit.h"

void session_show_line(struct session *s)
{
	size_t len;
	const char *text = edit_text(&len);

	if (s->flags & CLI_P_HIDDEN)
		len = 0;
	screen_show(&s->screen, text, len, len ? edit_point() : 0);
}

static void redraw_below(struct session *s)
{
	screen_leave(&s->screen, "");
	session_show_line(s);
}

/* A line is finished: the router has the word now. */
static void submit(struct session *s, int type)
{
	size_t len;
	const char *text = edit_text(&len);

	screen_leave(&s->screen, type == CLI_C_END ? "^Z" : "");
	session_send(s, type, text, len);
	if (!(s->flags & (CLI_P_HIDDEN | CLI_P_DIALOGUE)))
		history_add(session_history(s), text);
	edit_clear();
	pager_reset(&s->pager);
	s->state = SESSION_WAITING;
}

void session_begin_line(struct session *s)
{
	enum edit_mode mode = s->flags & CLI_P_HIDDEN	  ? EDIT_SECRET
			      : s->flags & CLI_P_DIALOGUE ? EDIT_ANSWER
							  : EDIT_COMMAND;

	edit_begin(mode, session_history(s));
	screen_begin(&s->screen, s->prompt);
}

/* Ctrl-C.  In plain exec mode there is nothing to leave or to give up. */
static void abort_line(struct session *s)
{
	screen_leave(&s->screen, "^C");
	pager_reset(&s->pager);
	if (s->flags & (CLI_P_CONFIG | CLI_P_DIALOGUE | CLI_P_HIDDEN)) {
		edit_clear();
		s->state = SESSION_WAITING;
		session_interrupt(s);
		return;
	}
	session_begin_line(s);
	session_show_line(s);
}

static void ask(struct session *s, int type, enum session_state state)
{
	size_t len;
	const char *text = edit_text(&len);

	session_send(s, type, text, edit_point());
	s->state = state;
	if (type != CLI_C_HELP)
		return;
	screen_leave(&s->screen, "?");
	pager_reset(&s->pager);
}

/* [confirm]: RETURN is an empty answer, any other key is itself. */
static void answer_by_key(struct session *s, uint8_t c)
{
	const char text[] = { (char)c };
	size_t len = c == '\r' || c == '\n' ? 0 : 1;

	screen_leave(&s->screen, "");
	session_send(s, CLI_C_LINE, text, len);
	edit_clear();
	pager_reset(&s->pager);
	s->state = SESSION_WAITING;
}

void session_key(struct session *s, uint8_t c)
{
	bool answer = s->flags & (CLI_P_DIALOGUE | CLI_P_HIDDEN);

	if (c == SESSION_DETACH && s->config.detach) {
		screen_leave(&s->screen, "");
		session_over(s, 0);
		return;
	}
	session_redraw(s);
	if ((s->flags & CLI_P_KEY) && c >= '\n' && c < 0x7f && c != 0x1e) {
		answer_by_key(s, c);
		return;
	}
	switch (edit_key(c)) {
	case EDIT_CHANGED:
		session_show_line(s);
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
