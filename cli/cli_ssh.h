/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ip ssh ..., show ip ssh, show ssh: what is configured about SSH.  The work
 * is OpenSSH's, started by a keeper (cli_door.h). */
#ifndef CLI_CLI_SSH_H
#define CLI_CLI_SSH_H

#include <stdbool.h>

struct cli;

struct cli_ssh_settings {
	unsigned int timeout; /* s, for the login */
	unsigned int retries;
	const char *keypair; /* label, NULL: the first */
};

struct cli_ssh_settings cli_ssh_settings(const struct cli *cli);
/* It serves now, or no more: for show ip ssh, and logged. */
void cli_ssh_serves(struct cli *cli, bool on);

#endif
