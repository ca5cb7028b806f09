/* SPDX-License-Identifier: GPL-3.0-or-later */
/* privilege exec level 5 show running-config: which commands users below
 * privilege 15 have. */
#ifndef CLI_CLI_PRIVILEGE_H
#define CLI_CLI_PRIVILEGE_H

#include <stdbool.h>
#include <stdint.h>

struct cli;
struct cli_cmd;

/* What has been typed of a command, up to 64 words. */
struct cli_typed {
	const char *path;  /* keywords in full */
	uint64_t keywords; /* bit n: word n, from 0, is one */
	uint64_t complete; /* bit n: the command may end behind n words */
};

/* Whether a user of this privilege may type that much of cmd.  whole: the line
 * ends there; else more may come. */
bool cli_privilege_allows(const struct cli *cli, const struct cli_cmd *cmd,
			  unsigned int privilege, const struct cli_typed *typed,
			  bool whole);

#endif
