/* SPDX-License-Identifier: GPL-3.0-or-later */
/* enable secret, enable password, username. */
#ifndef CLI_CLI_USER_H
#define CLI_CLI_USER_H

#include <stdbool.h>

struct cli;

enum cli_user_verdict {
	CLI_USER_UNKNOWN,
	CLI_USER_WRONG,
	CLI_USER_RIGHT,
};

/* The secret or password of a privilege level, 1 to 15. */
bool cli_enable_is_set(const struct cli *cli, unsigned int level);
bool cli_enable_check(const struct cli *cli, unsigned int level,
		      const char *password);
enum cli_user_verdict cli_user_check(const struct cli *cli, const char *name,
				     const char *password);
bool cli_user_is_known(const struct cli *cli, const char *name);
/* 1 for one who is not known. */
unsigned int cli_user_privilege(const struct cli *cli, const char *name);
/* A command to be run in place of a session, or NULL. */
const char *cli_user_autocommand(const struct cli *cli, const char *name);
/* service password-encryption has begun: passwords in clear are hidden. */
void cli_users_hide(struct cli *cli);

#endif
