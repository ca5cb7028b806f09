/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_login.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli_aaa.h"
#include "cli/cli_banner.h"
#include "cli/cli_line.h"
#include "cli/cli_priv.h"
#include "cli/cli_user.h"

enum {
	LOGIN_TRIES = 3, /* IOS: then the line is closed */
	TELNET_PORT = 23,
	SSH_PORT = 22,
};

static void ask_password(struct cli_out *o);
static void ask_user(struct cli_out *o);

void cli_login_report(const struct cli_session *s, bool good, const char *user)
{
	const struct cli_hooks *h = &s->cli->hooks;
	const bool console = s->kind != CLI_KIND_VTY;
	const struct cli_login_report report = {
		.good = good,
		.user = user ? user : "",
		.source = console ? "0.0.0.0" : s->peer,
		.port = console	 ? 0
			: s->ssh ? SSH_PORT
				 : TELNET_PORT,
	};

	if (h->login)
		h->login(h->ctx, &report);
}

const char *cli_autocommand(const struct cli_session *s)
{
	const char *own =
		s->user ? cli_user_autocommand(s->cli, s->user) : NULL;

	return own ? own : cli_line_autocommand(s);
}

static void take_line(struct cli_session *s)
{
	const struct cli_line *line = cli_line_of(s);

	if (line->length >= 0 && !s->length_set)
		s->length = (unsigned int)line->length;
	if (line->width >= 0 && !s->width_set)
		s->width = (unsigned int)line->width;
	if (line->history >= 0)
		s->history_size = (unsigned int)line->history;
}

static void refused(struct cli_out *o, const char *why)
{
	cli_error(o, "%s\n", why);
	cli_session_close(o->session);
}

static void logged_in(struct cli_out *o)
{
	struct cli_session *s = o->session;
	const struct cli_line *line = cli_line_of(s);

	if (!cli_authorize(s, &s->privilege)) {
		s->privilege = CLI_PRIV_USER;
		refused(o, "% Authorization failed.");
		return;
	}
	s->logged_in = true;
	s->autocommand = cli_autocommand(s) != NULL;
	cli_line_used(s);
	loop_timer_cancel(&s->idle); /* that of the login */
	if (line->privilege > s->privilege)
		s->privilege = line->privilege;
	take_line(s);
	cli_banner_show(o, CLI_BANNER_EXEC);
	cli_session_terminal(s);
}

/* What IOS says to each wrong password, and before it closes the line. */
static void wrong(struct cli_out *o, const struct cli_methods *m)
{
	struct cli_session *s = o->session;
	bool line = !cli_methods_want_user(m), aaa = cli_aaa_is_on(o->cli);

	cli_login_report(s, false, s->user);
	free(s->user);
	s->user = NULL;
	if (aaa)
		cli_say(o, "\n%% Authentication failed\n\n");
	else if (!line)
		cli_say(o, "%% Login invalid\n\n");
	if (++s->tries < LOGIN_TRIES && line)
		ask_password(o);
	else if (s->tries < LOGIN_TRIES)
		ask_user(o);
	else if (line && !aaa)
		refused(o, "% Bad passwords\n");
	else
		cli_session_close(s);
}

static void password_given(void *arg, const char *text, struct cli_out *o)
{
	struct cli_session *s = o->session;
	struct cli_methods m = cli_login_methods(s);

	(void)arg;
	if (!cli_methods_check(s, &m, s->user, text)) {
		wrong(o, &m);
		return;
	}
	cli_login_report(s, true, s->user);
	cli_say(o, "\n");
	logged_in(o);
}

static void ask_password(struct cli_out *o)
{
	cli_ask(o, "Password: ", true, password_given, NULL, NULL);
}

static void user_given(void *arg, const char *name, struct cli_out *o)
{
	struct cli_session *s = o->session;

	(void)arg;
	if (!name[0]) {
		if (++s->tries == LOGIN_TRIES)
			cli_session_close(s);
		else
			ask_user(o);
		return;
	}
	free(s->user);
	s->user = xstrdup(name);
	ask_password(o);
}

static void ask_user(struct cli_out *o)
{
	cli_ask(o, "Username: ", false, user_given, NULL, NULL);
}

static void verify(struct cli_out *o)
{
	struct cli_session *s = o->session;
	struct cli_methods m = cli_login_methods(s);

	if (m.at[0] == CLI_METHOD_NONE) {
		logged_in(o);
		return;
	}
	if (m.n == 1 && m.at[0] == CLI_METHOD_LINE &&
	    !cli_line_of(s)->password) {
		refused(o, "Password required, but none set");
		return;
	}
	cli_banner_show(o, CLI_BANNER_LOGIN);
	cli_say(o, "\nUser Access Verification\n\n");
	if (cli_methods_want_user(&m))
		ask_user(o);
	else
		ask_password(o);
}

static void return_pressed(void *arg, const char *text, struct cli_out *o)
{
	(void)arg;
	(void)text;
	cli_banner_show(o, CLI_BANNER_MOTD);
	verify(o);
}

void cli_login_start(struct cli_session *s)
{
	struct cli_out *o = cli_out_new(s->cli, s);

	s->logged_in = false;
	s->privilege = CLI_PRIV_USER;
	s->tries = 0;
	s->depth = 1;
	free(s->user);
	s->user = NULL;
	if (s->kind == CLI_KIND_CONSOLE) {
		cli_say(o,
			"\n\n\n%s con0 is now available\n\n\n\n\n\n"
			"Press RETURN to get started.\n",
			cli_hostname(s->cli));
		cli_ask(o, "", true, return_pressed, NULL, NULL);
	} else {
		cli_banner_show(o, CLI_BANNER_MOTD);
		verify(o);
	}
	cli_out_free(o);
	cli_session_ready(s);
}

void cli_login_ssh(struct cli_session *s, const char *user)
{
	struct cli_out *o = cli_out_new(s->cli, s);

	s->user = xstrdup(user);
	cli_banner_show(o, CLI_BANNER_MOTD);
	logged_in(o);
	cli_out_free(o);
	cli_session_ready(s);
}

bool cli_login_password(const struct cli_session *s, const char *user,
			const char *password)
{
	struct cli_methods m = cli_login_methods(s);

	/* SSH always has a user: a line's password is none of his. */
	return cli_methods_want_user(&m) &&
	       cli_methods_check(s, &m, user, password);
}

/* --- enable --- */

static void *level_arg(unsigned int level)
{
	unsigned int *arg = xcalloc(1, sizeof(*arg));

	*arg = level;
	return arg;
}

static bool may_enable(const struct cli_session *s, unsigned int level,
		       const char *password)
{
	struct cli_methods m;

	if (!cli_aaa_is_on(s->cli) ||
	    !cli_aaa_find(s->cli, CLI_AAA_ENABLE, NULL, &m))
		return cli_enable_check(s->cli, level, password);
	return cli_methods_check(s, &m, s->user, password);
}

static void secret_given(void *arg, const char *text, struct cli_out *o)
{
	const unsigned int *level = arg;
	struct cli_session *s = o->session;

	if (may_enable(s, *level, text))
		s->privilege = *level;
	else if (cli_aaa_is_on(o->cli))
		cli_error(o, "%% Access denied\n\n");
	else if (++s->tries == LOGIN_TRIES)
		cli_error(o, "%% Bad secrets\n\n");
	else
		cli_ask(o, "Password: ", true, secret_given, free, arg);
}

/* Whether anybody could give a password that is right. */
static bool is_asked(const struct cli_session *s, unsigned int level,
		     bool *free_entry)
{
	struct cli_methods m;
	size_t i;

	*free_entry = s->kind != CLI_KIND_VTY;
	if (cli_enable_is_set(s->cli, level))
		*free_entry = false;
	if (!cli_aaa_is_on(s->cli) ||
	    !cli_aaa_find(s->cli, CLI_AAA_ENABLE, NULL, &m))
		return cli_enable_is_set(s->cli, level);
	*free_entry = m.at[0] == CLI_METHOD_NONE;
	for (i = 0; i < m.n; i++)
		if (m.at[i] != CLI_METHOD_ENABLE ||
		    cli_enable_is_set(s->cli, level))
			return true;
	return false;
}

void cli_login_enable(struct cli_out *o, unsigned int level)
{
	struct cli_session *s = o->session;
	bool free_entry;

	if (!s)
		return;
	if (level <= s->privilege) {
		s->privilege = level;
		return;
	}
	if (is_asked(s, level, &free_entry) && !free_entry) {
		s->tries = 0;
		cli_ask(o, "Password: ", true, secret_given, free,
			level_arg(level));
	} else if (free_entry) {
		s->privilege = level;
	} else {
		cli_error(o, cli_aaa_is_on(o->cli)
				     ? "%% Error in authentication.\n\n"
				     : "%% No password set\n");
	}
}
