/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One user at one terminal: the mode he stands in, the question he is being
 * asked, the command that is still at work. */
#include "cli/cli_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "cli/cli_line.h"
#include "cli/cli_login.h"
#include "cli/proto.h"

static void send_text(struct cli_session *s, int type, const char *text)
{
	if (!s->over)
		s->transport.send(s->transport.arg, type, text, strlen(text));
}

void cli_session_say(struct cli_session *s, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	if (*text)
		send_text(s, CLI_S_TEXT, text);
	free(text);
}

static void drop_question(struct cli_session *s)
{
	struct cli_question q = s->question;

	s->question = (struct cli_question){ 0 };
	if (q.prompt && q.release)
		q.release(q.arg);
	free(q.prompt);
}

struct cli_session *cli_session_new(struct cli *cli, enum cli_kind kind,
				    const struct cli_transport *t)
{
	struct cli_session *s = xcalloc(1, sizeof(*s));

	s->cli = cli;
	s->kind = kind;
	s->transport = *t;
	s->peer = xstrdup("");
	s->vty = -1;
	s->timeout = -1;
	s->privilege = CLI_PRIV_USER;
	s->stack[0].mode = &cli_mode_exec;
	s->depth = 1;
	s->length = kind == CLI_KIND_SCRIPT ? 0 : CLI_LENGTH_DEFAULT;
	s->width = CLI_WIDTH_DEFAULT;
	s->history_size = CLI_HISTORY_DEFAULT;
	s->history_on = true;
	s->startup = kind == CLI_KIND_LOAD;
	TAILQ_INSERT_TAIL(&cli->sessions, s, link);
	return s;
}

void cli_session_start(struct cli_session *s)
{
	s->privilege = CLI_PRIV_MAX;
	s->logged_in = true;
	cli_session_terminal(s);
	cli_session_ready(s);
}

static void history_free(struct cli_history *h)
{
	while (h->n)
		free(h->line[--h->n]);
}

void cli_session_free(struct cli_session *s)
{
	struct cli_out *held = s->held;

	s->over = true;
	drop_question(s);
	if (held) {
		s->held = NULL;
		held->session = NULL;
		if (held->interrupt)
			held->interrupt(held->interrupt_arg);
	}
	cli_session_to_exec(s);
	cli_connections_close(s);
	loop_timer_cancel(&s->idle);
	TAILQ_REMOVE(&s->cli->sessions, s, link);
	history_free(&s->exec_history);
	history_free(&s->config_history);
	free(s->peer);
	free(s->user);
	free(s);
}

bool cli_session_in_config(const struct cli_session *s)
{
	return s->depth > 1;
}

char *cli_session_prompt(const struct cli_session *s)
{
	const struct cli_mode *mode = s->stack[s->depth - 1].mode;
	bool range = s->range_n && s->range_level == s->depth - 1;
	const char *host = cli_hostname(s->cli);

	if (mode->prompt)
		return xasprintf("%.*s(%s%s)#", CLI_CONFIG_HOST_MAX, host,
				 mode->prompt, range ? "-range" : "");
	return xasprintf("%s%c", host,
			 s->privilege > CLI_PRIV_USER ? '#' : '>');
}

void cli_session_pop(struct cli_session *s, size_t level)
{
	if (level + 1 < s->depth)
		s->depth = level + 1;
	if (s->depth <= s->range_level)
		s->range_n = 0;
}

void cli_session_to_exec(struct cli_session *s)
{
	bool was_config = cli_session_in_config(s);

	cli_session_pop(s, 0);
	if (was_config && s->kind != CLI_KIND_LOAD)
		cli_config_changed(s);
}

char *cli_session_who(const struct cli_session *s)
{
	if (s->kind != CLI_KIND_VTY)
		return xstrdup("console");
	return xasprintf("vty%d (%s)", s->vty, s->peer);
}

static void put16(char *p, unsigned int v)
{
	p[0] = (char)(v >> 8);
	p[1] = (char)v;
}

void cli_session_terminal(struct cli_session *s)
{
	char body[6];

	put16(body, s->length);
	put16(body + 2, s->width);
	put16(body + 4, s->history_on ? s->history_size : 0);
	if (!s->over)
		s->transport.send(s->transport.arg, CLI_S_TERMINAL, body,
				  sizeof(body));
}

static void send_prompt(struct cli_session *s, unsigned int flags,
			const char *prompt)
{
	char *body = xasprintf("%c%s", ' ', prompt);

	if (s->failed)
		flags |= CLI_P_FAILED;
	if (s->secret)
		flags |= CLI_P_FORGET;
	s->secret = false;
	body[0] = (char)flags;
	if (!s->over)
		s->transport.send(s->transport.arg, CLI_S_PROMPT, body,
				  1 + strlen(prompt));
	free(body);
}

/* The user has left.  A console is there for the next one. */
static void leave(struct cli_session *s)
{
	s->closing = false;
	drop_question(s);
	cli_session_to_exec(s);
	cli_connections_close(s);
	if (s->kind == CLI_KIND_CONSOLE && !s->local) {
		cli_login_start(s);
		return;
	}
	s->over = true;
	s->transport.send(s->transport.arg, CLI_S_BYE, NULL, 0);
}

static void idle_too_long(void *arg)
{
	struct cli_session *s = arg;
	const struct cli_hooks *h = &s->cli->hooks;

	if (s->over || s->held || s->running)
		return;
	if (s->logged_in && h->expired)
		h->expired(h->ctx, cli_line_number(s),
			   s->kind == CLI_KIND_VTY ? s->peer : "0.0.0.0",
			   s->user ? s->user : "");
	leave(s);
}

void cli_session_hang_up(struct cli_session *s)
{
	struct cli_out *held = s->held;
	void (*interrupt)(void *);

	if (s->over || s->running)
		return;
	if (!held) {
		leave(s);
		return;
	}
	s->closing = true;
	interrupt = held->interrupt;
	held->interrupt = NULL;
	if (interrupt)
		interrupt(held->interrupt_arg);
}

static void watch(struct cli_session *s, int64_t seconds)
{
	if (s->cli->loop && seconds > 0 && s->kind != CLI_KIND_SCRIPT &&
	    s->kind != CLI_KIND_LOAD)
		loop_timer_set(s->cli->loop, &s->idle, SEC(seconds),
			       idle_too_long, s);
}

/* exec-timeout for those who are in.  Who is not yet has one time for all of
 * the login; a console may stand there for ever. */
static void watch_idle(struct cli_session *s)
{
	const struct cli_line *line = cli_line_of(s);

	s->since = clock_real_now();
	if (s->logged_in)
		watch(s, s->timeout < 0 ? line->timeout : s->timeout);
	else if (s->kind == CLI_KIND_VTY && !s->idle)
		watch(s, line->login_timeout);
}

static unsigned int question_flags(const struct cli_question *question)
{
	static const char confirm[] = "[confirm]";
	size_t len = strlen(question->prompt);
	unsigned int flags = CLI_P_DIALOGUE;

	if (question->hidden)
		flags |= CLI_P_HIDDEN;
	if (len >= sizeof(confirm) - 1 &&
	    strcmp(question->prompt + len - (sizeof(confirm) - 1), confirm) ==
		    0)
		flags |= CLI_P_KEY;
	return flags;
}

/* autocommand is run once, and then the session is over. */
void cli_session_ready(struct cli_session *s)
{
	char *prompt;

	if (s->over || s->held || s->running)
		return;
	if (s->autocommand) {
		s->autocommand = false;
		s->closing = true;
		cli_session_run(s, cli_autocommand(s));
		if (s->held)
			return;
	}
	if (s->closing) {
		leave(s);
		return;
	}
	watch_idle(s);
	if (s->question.prompt) {
		send_prompt(s, question_flags(&s->question),
			    s->question.prompt);
		return;
	}
	prompt = cli_session_prompt(s);
	send_prompt(s, cli_session_in_config(s) ? CLI_P_CONFIG : 0, prompt);
	free(prompt);
}

void cli_session_close(struct cli_session *s)
{
	s->closing = true;
}

/* NULL: it is not kept. */
static struct cli_history *remember(struct cli_session *s, const char *line)
{
	struct cli_history *h = cli_session_in_config(s) ? &s->config_history
							 : &s->exec_history;

	if (!line[strspn(line, " ")] || s->startup ||
	    (h->n && !strcmp(h->line[h->n - 1], line)))
		return NULL;
	if (h->n == CLI_HISTORY_MAX) {
		free(h->line[0]);
		memmove(&h->line[0], &h->line[1],
			(CLI_HISTORY_MAX - 1) * sizeof(h->line[0]));
		h->n--;
	}
	h->line[h->n++] = xstrdup(line);
	return h;
}

static void forget(struct cli_history *h)
{
	char *line = h->line[--h->n];

	bytes_wipe(line, strlen(line));
	free(line);
}

/* The answer as typed, without the end of line that pastes bring. */
static char *answer_text(const char *line)
{
	size_t len = strnlen(line, CLI_ANSWER_MAX);
	char *text;

	while (len && (line[len - 1] == '\r' || line[len - 1] == '\n'))
		len--;
	text = xcalloc(len + 1, 1);
	memcpy(text, line, len);
	return text;
}

static void finish(struct cli_session *s, struct cli_out *o)
{
	s->failed = s->failed || o->failed;
	if (o->held)
		cli_out_flush(o);
	else
		cli_out_free(o);
}

static void answer(struct cli_session *s, const char *line)
{
	struct cli_question q = s->question;
	struct cli_out *o = cli_out_new(s->cli, s);
	char *text = answer_text(line);
	bool kept;

	s->question = (struct cli_question){ 0 };
	o->level = q.level;
	o->obj = q.obj;
	o->ctx = q.ctx;
	s->running = true;
	q.answer(q.arg, text, o);
	s->running = false;
	kept = (s->question.prompt && s->question.arg == q.arg) ||
	       (o->held && o->interrupt_arg == q.arg);
	finish(s, o);
	if (q.release && !kept)
		q.release(q.arg);
	bytes_wipe(text, strlen(text));
	free(text);
	free(q.prompt);
}

void cli_session_run(struct cli_session *s, const char *line)
{
	struct cli_history *h;

	s->failed = false;
	s->secret = false;
	if (s->question.prompt) {
		answer(s, line);
		return;
	}
	h = s->history_on ? remember(s, line) : NULL;
	cli_run_line(s, line);
	if (h && s->secret)
		forget(h);
}

void cli_session_line(struct cli_session *s, const char *line)
{
	if (s->over || s->held || s->running)
		return;
	if (s->logged_in)
		loop_timer_cancel(&s->idle);
	cli_session_run(s, line);
	cli_session_ready(s);
}

void cli_session_end(struct cli_session *s, const char *line)
{
	if (s->over || s->held || s->running)
		return;
	if (s->question.prompt) {
		drop_question(s);
	} else {
		cli_session_run(s, line);
		if (!s->held)
			cli_session_to_exec(s);
	}
	cli_session_ready(s);
}

void cli_session_interrupt(struct cli_session *s)
{
	struct cli_out *held = s->held;
	void (*interrupt)(void *);

	if (s->over || s->running)
		return;
	if (held) {
		interrupt = held->interrupt;
		held->interrupt = NULL;
		if (interrupt)
			interrupt(held->interrupt_arg);
		return;
	}
	s->failed = false;
	if (s->question.prompt && !s->logged_in) {
		cli_session_ready(s);
		return;
	}
	if (s->question.prompt)
		drop_question(s);
	else
		cli_session_to_exec(s);
	cli_session_ready(s);
}

/* --- for handlers --- */

void cli_enter(struct cli_out *o, const struct cli_mode *mode, void *obj)
{
	struct cli_session *s = o->session;

	if (!s)
		return;
	cli_session_pop(s, o->level);
	if (s->depth == CLI_DEPTH_MAX)
		return;
	s->stack[s->depth].mode = mode;
	s->stack[s->depth].obj = obj;
	s->depth++;
}

void cli_enter_range(struct cli_out *o, const struct cli_mode *mode,
		     void *const *obj, size_t n)
{
	struct cli_session *s = o->session;

	if (!n || n > CLI_RANGE_MAX)
		return;
	cli_enter(o, mode, obj[0]);
	if (!s || s->depth != o->level + 2)
		return;
	memcpy(s->range, obj, n * sizeof(obj[0]));
	s->range_n = n;
	s->range_level = s->depth - 1;
}

static bool stands_in(const struct cli_session *s, const void *obj)
{
	size_t i;

	for (i = 2; i < s->depth; i++)
		if (s->stack[i].obj == obj)
			return true;
	for (i = 0; i < s->range_n; i++)
		if (s->range[i] == obj)
			return true;
	return false;
}

void cli_forget(struct cli *cli, const void *obj)
{
	struct cli_session *s;

	TAILQ_FOREACH (s, &cli->sessions, link) {
		if (stands_in(s, obj))
			cli_session_pop(s, 1);
		if (s->question.obj == obj)
			s->question.obj = NULL;
	}
	cli_kept_forget(cli, obj);
}

void cli_ask(struct cli_out *o, const char *prompt, bool hidden, cli_answer *fn,
	     void (*release)(void *arg), void *arg)
{
	struct cli_session *s = o->session;

	if (!s) {
		if (release)
			release(arg);
		return;
	}
	drop_question(s);
	s->question = (struct cli_question){
		.prompt = xstrdup(prompt),
		.hidden = hidden,
		.answer = fn,
		.release = release,
		.arg = arg,
		.level = o->level,
		.obj = o->obj,
		.ctx = o->ctx,
	};
}

struct cli_out *cli_hold(struct cli_out *o, void (*interrupt)(void *arg),
			 void *arg)
{
	o->held = true;
	o->interrupt = interrupt;
	o->interrupt_arg = arg;
	if (o->session)
		o->session->held = o;
	return o;
}

void cli_release(struct cli_out *held)
{
	struct cli_session *s = held->session;

	if (!s) {
		cli_out_free(held);
		return;
	}
	held->held = false;
	s->held = NULL;
	if (s->running)
		return; /* the handler has not returned yet; it is freed then */
	finish(s, held);
	cli_session_ready(s);
}
