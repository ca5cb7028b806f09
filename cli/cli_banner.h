/* SPDX-License-Identifier: GPL-3.0-or-later */
/* banner motd, login, exec, incoming. */
#ifndef CLI_CLI_BANNER_H
#define CLI_CLI_BANNER_H

struct cli_out;

enum cli_banner_kind {
	CLI_BANNER_EXEC,
	CLI_BANNER_INCOMING,
	CLI_BANNER_LOGIN,
	CLI_BANNER_MOTD,
	CLI_BANNER_N,
};

void cli_banner_show(struct cli_out *o, enum cli_banner_kind kind);

#endif
