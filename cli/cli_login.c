/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_login.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli_banner.h"
#include "cli/cli_line.h"
#include "cli/cli_priv.h"
#include "cli/cli_secret.h"
#include "cli/cli_user.h"

enum { LOGIN_TRIES = 3 }; /* IOS: then the line is closed */

static void ask_password(struct cli_out *o);
static void ask_user(struct cli_out *o);

static void logged_in(struct cli_out *o, unsigned int privilege)
{
	struct cli_session *s = o->session;
	const struct cli_line *line = cli_line_of(s);

	s->logged_in = true;
	loop_timer_cancel(&s->idle); /* that of the login */
	s->privilege = privilege;
	if (line->privilege && line->privilege > privilege)
		s->privilege = line->privilege;
	if (line->length >= 0 && !s->length_set)
		s->length = (unsigned int)line->length;
	if (line->width >= 0 && !s->width_set)
		s->width = (unsigned int)line->width;
	if (line->history >= 0)
		s->history_size = (unsigned int)line->history;
	cli_banner_show(o, CLI_BANNER_EXEC);
	cli_session_terminal(s);
}

static void refused(struct cli_out *o, const char *why)
{
	cli_error(o, "%s\n", why);
	cli_session_close(o->session);
}

static void password_given(void *arg, const char *text, struct cli_out *o)
{
	struct cli_session *s = o->session;
	const struct cli_line *line = cli_line_of(s);

	(void)arg;
	if (line->password && cli_secret_check(0, line->password, text)) {
		cli_say(o, "\n");
		logged_in(o, CLI_PRIV_USER);
	} else if (++s->tries == LOGIN_TRIES) {
		refused(o, "% Bad passwords\n");
	} else {
		ask_password(o);
	}
}

static void ask_password(struct cli_out *o)
{
	cli_ask(o, "Password: ", true, password_given, NULL, NULL);
}

static void user_password_given(void *arg, const char *text, struct cli_out *o)
{
	struct cli_session *s = o->session;
	unsigned int privilege = cli_user_check(o->cli, s->user, text);

	(void)arg;
	if (privilege) {
		cli_say(o, "\n");
		logged_in(o, privilege);
		return;
	}
	free(s->user);
	s->user = NULL;
	cli_say(o, "%% Login invalid\n\n");
	if (++s->tries == LOGIN_TRIES)
		cli_session_close(s);
	else
		ask_user(o);
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
	cli_ask(o, "Password: ", true, user_password_given, NULL, NULL);
}

static void ask_user(struct cli_out *o)
{
	cli_ask(o, "Username: ", false, user_given, NULL, NULL);
}

static void verify(struct cli_out *o)
{
	struct cli_session *s = o->session;
	const struct cli_line *line = cli_line_of(s);
	enum cli_line_login how = line->login;

	if (how == CLI_LOGIN_DEFAULT)
		how = s->kind == CLI_KIND_VTY ? CLI_LOGIN_PASSWORD
					      : CLI_LOGIN_NONE;
	if (how == CLI_LOGIN_NONE) {
		logged_in(o, CLI_PRIV_USER);
		return;
	}
	if (how == CLI_LOGIN_PASSWORD && !line->password) {
		refused(o, "Password required, but none set");
		return;
	}
	cli_banner_show(o, CLI_BANNER_LOGIN);
	cli_say(o, "\nUser Access Verification\n\n");
	if (how == CLI_LOGIN_PASSWORD)
		ask_password(o);
	else
		ask_user(o);
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

/* --- enable --- */

static void secret_given(void *arg, const char *text, struct cli_out *o)
{
	struct cli_session *s = o->session;

	(void)arg;
	if (cli_enable_check(o->cli, text)) {
		s->privilege = CLI_PRIV_MAX;
	} else if (++s->tries == LOGIN_TRIES) {
		cli_error(o, "%% Bad secrets\n\n");
	} else {
		cli_ask(o, "Password: ", true, secret_given, NULL, NULL);
	}
}

void cli_login_enable(struct cli_out *o, unsigned int level)
{
	struct cli_session *s = o->session;

	if (!s)
		return;
	if (level <= s->privilege) {
		s->privilege = level;
	} else if (cli_enable_is_set(o->cli)) {
		s->tries = 0;
		cli_ask(o, "Password: ", true, secret_given, NULL, NULL);
	} else if (s->kind == CLI_KIND_VTY) {
		cli_error(o, "%% No password set\n");
	} else {
		s->privilege = level;
	}
}
