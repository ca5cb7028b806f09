/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a connection to a prompt, and from > to #. */
#ifndef CLI_CLI_LOGIN_H
#define CLI_CLI_LOGIN_H

struct cli_out;
struct cli_session;

/* The start of a console or vty session, or of the next one on a console
 * whose user has left. */
void cli_login_start(struct cli_session *s);
/* The enable command. */
void cli_login_enable(struct cli_out *o, unsigned int level);

#endif
