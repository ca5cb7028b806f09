/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may log in, and with which privilege: the methods one after the other
 * until one of them says yes or no. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli_aaa.h"
#include "cli/cli_line.h"
#include "cli/cli_priv.h"
#include "cli/cli_secret.h"
#include "cli/cli_user.h"

enum verdict {
	NEXT, /* it cannot tell: the next method is asked */
	YES,
	NO,
};

static struct cli_methods one(enum cli_method method)
{
	return (struct cli_methods){ .n = 1, .at = { method } };
}

static struct cli_methods of_line(const struct cli_session *s)
{
	enum cli_line_login how = cli_line_of(s)->login;

	if (how == CLI_LOGIN_DEFAULT)
		how = s->kind == CLI_KIND_VTY ? CLI_LOGIN_PASSWORD
					      : CLI_LOGIN_NONE;
	if (how == CLI_LOGIN_NONE)
		return one(CLI_METHOD_NONE);
	return one(how == CLI_LOGIN_LOCAL ? CLI_METHOD_LOCAL : CLI_METHOD_LINE);
}

struct cli_methods cli_login_methods(const struct cli_session *s)
{
	const struct cli_line *line = cli_line_of(s);
	struct cli_methods m;

	if (!cli_aaa_is_on(s->cli))
		return of_line(s);
	if (cli_aaa_find(s->cli, CLI_AAA_LOGIN, line->login_list, &m))
		return m;
	/* IOS: without a list the console is open, all others ask for a user
	 * of the router. */
	return one(s->kind == CLI_KIND_CONSOLE && !line->login_list
			   ? CLI_METHOD_NONE
			   : CLI_METHOD_LOCAL);
}

bool cli_methods_want_user(const struct cli_methods *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->at[i] == CLI_METHOD_LOCAL ||
		    m->at[i] == CLI_METHOD_GROUP)
			return true;
	return false;
}

static enum verdict known(bool is_set, bool right)
{
	if (!is_set)
		return NEXT;
	return right ? YES : NO;
}

static enum verdict ask_local(const struct cli *cli, const char *user,
			      const char *password)
{
	switch (cli_user_check(cli, user ? user : "", password)) {
	case CLI_USER_RIGHT:
		return YES;
	case CLI_USER_WRONG:
		return NO;
	case CLI_USER_UNKNOWN:
		break;
	}
	return NEXT;
}

static enum verdict ask(const struct cli_session *s, enum cli_method method,
			const char *user, const char *password)
{
	const char *line = cli_line_of(s)->password;

	switch (method) {
	case CLI_METHOD_NONE:
		return YES;
	case CLI_METHOD_LOCAL:
		return ask_local(s->cli, user, password);
	case CLI_METHOD_LINE:
		return known(line, line && cli_secret_check(0, line, password));
	case CLI_METHOD_ENABLE:
		return known(cli_enable_is_set(s->cli, CLI_PRIV_MAX),
			     cli_enable_check(s->cli, CLI_PRIV_MAX, password));
	case CLI_METHOD_IF_AUTHENTICATED:
	case CLI_METHOD_GROUP:
		break;
	}
	return NEXT;
}

bool cli_methods_check(const struct cli_session *s, const struct cli_methods *m,
		       const char *user, const char *password)
{
	enum verdict v = NEXT;
	size_t i;

	for (i = 0; i < m->n && v == NEXT; i++)
		v = ask(s, m->at[i], user, password);
	return v == YES;
}

/* One method of authorization. */
static enum verdict grant(const struct cli_session *s, enum cli_method method,
			  unsigned int *privilege)
{
	if (method == CLI_METHOD_NONE)
		return YES;
	if (method == CLI_METHOD_IF_AUTHENTICATED)
		return s->user ? YES : NO;
	if (method != CLI_METHOD_LOCAL || !s->user ||
	    !cli_user_is_known(s->cli, s->user))
		return NEXT;
	*privilege = cli_user_privilege(s->cli, s->user);
	return YES;
}

bool cli_authorize(const struct cli_session *s, unsigned int *privilege)
{
	enum verdict v = NEXT;
	struct cli_methods m;
	size_t i;

	*privilege = CLI_PRIV_USER;
	if (!cli_aaa_is_on(s->cli)) {
		if (s->user)
			*privilege = cli_user_privilege(s->cli, s->user);
		return true;
	}
	if ((s->kind == CLI_KIND_CONSOLE && !cli_aaa_on_console(s->cli)) ||
	    !cli_aaa_find(s->cli, CLI_AAA_EXEC, cli_line_of(s)->exec_list, &m))
		return true;
	for (i = 0; i < m.n && v == NEXT; i++)
		v = grant(s, m.at[i], privilege);
	return v == YES;
}
