/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reference pages of docs/, made from the tables that the program runs
 * by: docs/commands.md and docs/messages.md. */
#ifndef GETVPND_REFERENCE_H
#define GETVPND_REFERENCE_H

#include "cli/cli.h"

/* Both print Markdown on stdout. */
void reference_commands(const struct cli *cli);
void reference_messages(void);

#endif
