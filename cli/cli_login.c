/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_priv.h"

void cli_login_start(struct cli_session *s)
{
	cli_session_start(s);
}
