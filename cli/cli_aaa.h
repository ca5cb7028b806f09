/* SPDX-License-Identifier: GPL-3.0-or-later */
/* aaa new-model with methods of this router: which lists there are, and who
 * gets in by them.  Without new-model a line's own login does it. */
#ifndef CLI_CLI_AAA_H
#define CLI_CLI_AAA_H

#include <stdbool.h>
#include <stddef.h>

struct cli;
struct cli_session;

enum cli_aaa_list {
	CLI_AAA_LOGIN,
	CLI_AAA_ENABLE,
	CLI_AAA_EXEC, /* authorization */
};

enum cli_method {
	CLI_METHOD_NONE,
	CLI_METHOD_LOCAL,
	CLI_METHOD_LINE,
	CLI_METHOD_ENABLE,
	CLI_METHOD_IF_AUTHENTICATED,
	CLI_METHOD_GROUP, /* servers: there are none, so the next one */
};

enum { CLI_METHODS_MAX = 4 }; /* IOS: of one list */

struct cli_methods {
	size_t n;
	enum cli_method at[CLI_METHODS_MAX];
};

bool cli_aaa_is_on(const struct cli *cli);
/* false: there is no such list; name NULL: default. */
bool cli_aaa_find(const struct cli *cli, enum cli_aaa_list kind,
		  const char *name, struct cli_methods *out);
bool cli_aaa_on_console(const struct cli *cli);

/* How a session has to log in, with or without new-model. */
struct cli_methods cli_login_methods(const struct cli_session *s);
/* A user's name is part of it. */
bool cli_methods_want_user(const struct cli_methods *m);
/* Whether these let in who gave this; user NULL: nobody was asked. */
bool cli_methods_check(const struct cli_session *s, const struct cli_methods *m,
		       const char *user, const char *password);
/* The privilege of who has logged in; false: he may not have an exec. */
bool cli_authorize(const struct cli_session *s, unsigned int *privilege);

#endif
