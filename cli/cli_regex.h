/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regular expressions as IOS has them in output filters: . * + ? ^ $ [] ()
 * | and _ (a delimiter or either end of the line); a backslash takes a sign's
 * meaning away.  The search takes time in proportion to expression and line,
 * whatever they are: a user must not be able to stop the router with one. */
#ifndef CLI_CLI_REGEX_H
#define CLI_CLI_REGEX_H

#include <stdbool.h>

struct cli_regex;

/* NULL when the pattern is malformed or longer than a line can be. */
struct cli_regex *cli_regex_new(const char *pattern);
/* Whether it matches anywhere in the line. */
bool cli_regex_match(struct cli_regex *re, const char *line);
void cli_regex_free(struct cli_regex *re);

#endif
