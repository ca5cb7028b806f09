/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a connection to a prompt, and from > to #. */
#ifndef CLI_CLI_LOGIN_H
#define CLI_CLI_LOGIN_H

#include <stdbool.h>

struct cli_out;
struct cli_session;

/* The start of a console or vty session, or of the next one on a console
 * whose user has left. */
void cli_login_start(struct cli_session *s);
/* The same for one whom SSH has let in. */
void cli_login_ssh(struct cli_session *s, const char *user);
/* Whether this line lets a user in with this password, for SSH. */
bool cli_login_password(const struct cli_session *s, const char *user,
			const char *password);
/* Tells who looks after such things (login on-failure log). */
void cli_login_report(const struct cli_session *s, bool good, const char *user);
/* What is run in place of a session, or NULL. */
const char *cli_autocommand(const struct cli_session *s);
/* The enable command. */
void cli_login_enable(struct cli_out *o, unsigned int level);

#endif
