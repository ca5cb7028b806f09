/* SPDX-License-Identifier: GPL-3.0-or-later */
/* privilege exec level 5 show running-config: which commands users below
 * privilege 15 have. */
#ifndef CLI_CLI_PRIVILEGE_H
#define CLI_CLI_PRIVILEGE_H

#include <stdbool.h>

struct cli;
struct cli_cmd;

/* Whether a user of this privilege may type path, words of cmd with keywords
 * in full.  whole: the line ends there; else more may come. */
bool cli_privilege_allows(const struct cli *cli, const struct cli_cmd *cmd,
			  unsigned int privilege, const char *path, bool whole);

#endif
