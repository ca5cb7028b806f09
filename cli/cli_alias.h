/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alias exec NAME LINE. */
#ifndef CLI_CLI_ALIAS_H
#define CLI_CLI_ALIAS_H

#include "cli/cli_words.h"

struct cli;

/* Puts the aliased words in place of the first one. */
void cli_alias_expand(const struct cli *cli, struct cli_words *w);

#endif
