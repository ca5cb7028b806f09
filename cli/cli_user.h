/* SPDX-License-Identifier: GPL-3.0-or-later */
/* enable secret, enable password, username. */
#ifndef CLI_CLI_USER_H
#define CLI_CLI_USER_H

#include <stdbool.h>

struct cli;

bool cli_enable_is_set(const struct cli *cli);
bool cli_enable_check(const struct cli *cli, const char *password);
/* The privilege of a user who gave the right password; 0 if it is wrong. */
unsigned int cli_user_check(const struct cli *cli, const char *name,
			    const char *password);

#endif
