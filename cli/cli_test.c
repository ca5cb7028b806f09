/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_test.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli_login.h"
#include "cli/cli_priv.h"
#include "cli/proto.h"

struct cli_test {
	struct cli_session *session;
	bool echo;
	char *screen;
	size_t len, cap;
	char *prompt; /* NULL: none was sent yet */
	unsigned int flags;
	char *waiting; /* lines not yet typed */
	bool typing, over;
};

static void show(struct cli_test *t, const char *text, size_t len)
{
	if (t->len + len + 1 > t->cap) {
		t->cap = 2 * (t->len + len) + 256;
		t->screen = xrealloc(t->screen, t->cap, 1);
	}
	memcpy(t->screen + t->len, text, len);
	t->len += len;
	t->screen[t->len] = '\0';
}

static char *next_line(struct cli_test *t)
{
	size_t len = strcspn(t->waiting, "\n");
	char *line = strndup(t->waiting, len);

	len += t->waiting[len] == '\n';
	memmove(t->waiting, t->waiting + len, strlen(t->waiting + len) + 1);
	return line;
}

/* Types what waits for as long as the router asks for it. */
static void go_on(struct cli_test *t)
{
	char *line;

	if (t->typing)
		return;
	t->typing = true;
	while (t->prompt && !t->over && t->waiting && t->waiting[0]) {
		line = next_line(t);
		if (t->echo) {
			if (!(t->flags & CLI_P_HIDDEN))
				show(t, line, strlen(line));
			show(t, "\n", 1);
		}
		free(t->prompt);
		t->prompt = NULL;
		cli_session_line(t->session, line);
		free(line);
	}
	t->typing = false;
}

static void prompted(struct cli_test *t, const char *body, size_t len)
{
	free(t->prompt);
	t->flags = (unsigned char)body[0];
	t->prompt = strndup(body + 1, len - 1);
	/* A question is output, a prompt is not. */
	if (t->echo || (t->flags & CLI_P_DIALOGUE)) {
		show(t, t->prompt, strlen(t->prompt));
		if (!t->echo && t->prompt[0])
			show(t, "\n", 1);
	}
	go_on(t);
}

static void received(void *arg, int type, const void *data, size_t len)
{
	struct cli_test *t = arg;

	if (type == CLI_S_TEXT || type == CLI_S_BYE)
		show(t, data ? data : "", len);
	if (type == CLI_S_BYE)
		t->over = true;
	if (type == CLI_S_PROMPT)
		prompted(t, data, len);
	if (type == CLI_S_LOG) {
		show(t, data, len);
		show(t, "\n", 1);
	}
}

struct cli_test *cli_test_new_echo(struct cli *cli, char kind)
{
	struct cli_test *t = xcalloc(1, sizeof(*t));
	struct cli_transport transport = { .send = received, .arg = t };

	t->echo = true;
	t->session = cli_session_new(cli, (enum cli_kind)kind, &transport);
	t->session->local = true;
	if (kind == CLI_KIND_SCRIPT)
		cli_session_start(t->session);
	else
		cli_login_start(t->session);
	return t;
}

struct cli_test *cli_test_new(struct cli *cli)
{
	struct cli_test *t = cli_test_new_echo(cli, CLI_KIND_SCRIPT);

	t->echo = false;
	t->len = 0;
	return t;
}

void cli_test_free(struct cli_test *t)
{
	if (!t)
		return;
	free(t->waiting);
	t->waiting = NULL;
	cli_session_free(t->session);
	free(t->screen);
	free(t->prompt);
	free(t);
}

void cli_test_type(struct cli_test *t, const char *lines)
{
	char *all = xasprintf("%s%s", t->waiting ? t->waiting : "", lines);

	free(t->waiting);
	t->waiting = all;
	go_on(t);
}

char *cli_test_take(struct cli_test *t)
{
	char *text = t->screen && t->len ? t->screen : xstrdup("");

	if (text != t->screen)
		free(t->screen);
	t->screen = NULL;
	t->len = t->cap = 0;
	return text;
}

const char *cli_test_prompt(const struct cli_test *t)
{
	return t->prompt && !t->over ? t->prompt : "";
}

bool cli_test_failed(const struct cli_test *t)
{
	return t->flags & CLI_P_FAILED;
}

bool cli_test_over(const struct cli_test *t)
{
	return t->over;
}

void cli_test_interrupt(struct cli_test *t)
{
	cli_session_interrupt(t->session);
}

void cli_test_ctrl_z(struct cli_test *t, const char *line)
{
	cli_session_end(t->session, line);
}

char *cli_test_help(struct cli_test *t, const char *text)
{
	return cli_help(t->session, text);
}

char *cli_test_tab(struct cli_test *t, const char *text)
{
	return cli_complete(t->session, text);
}

char *cli_test_run(struct cli *cli, const char *lines)
{
	struct cli_test *t = cli_test_new(cli);
	char *screen;

	cli_test_type(t, lines);
	screen = cli_test_take(t);
	cli_test_free(t);
	return screen;
}

struct trip {
	char *error;
};

static void trip_report(void *arg, unsigned int line, const char *what,
			const char *error)
{
	struct trip *t = arg;

	if (!t->error)
		t->error = xasprintf("line %u: %s: %s", line, what, error);
}

/* Without "! Last configuration change ..." and the like. */
static char *plain_config(struct cli *cli)
{
	char *text = cli_config_text(cli), *from, *to = text;
	size_t len;

	for (from = text; *from; from += len) {
		len = strcspn(from, "\n");
		len += from[len] == '\n';
		if (!strncmp(from, "! ", 2))
			continue;
		memmove(to, from, len);
		to += len;
	}
	*to = '\0';
	return text;
}

char *cli_test_round_trip(struct cli *from, struct cli *to)
{
	char *first = plain_config(from), *second;
	struct trip t = { 0 };

	cli_load(to, first, trip_report, &t);
	second = plain_config(to);
	if (!t.error && strcmp(first, second))
		t.error = xasprintf("first:\n%s\nsecond:\n%s", first, second);
	free(first);
	free(second);
	return t.error;
}
