/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines that are typed by no user: -c commands, or a -f file in configuration
 * mode. */
#ifndef CLI_SH_SCRIPT_H
#define CLI_SH_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

struct script;

struct script *script_new(void);
void script_free(struct script *s);
void script_add(struct script *s, const char *line);
/* "configure terminal" and the lines of a file, then "end".  0 or -errno. */
int script_add_file(struct script *s, const char *path);

/* The next line for the prompt that has come; config: a configuration mode.
 * NULL at the end. */
const char *script_next(struct script *s, bool config);
bool script_is_done(const struct script *s);
/* A command that ends with ? asks for help, as it would at a terminal; in a
 * file that is text. */
bool script_asks_help(const struct script *s, const char *line);

#endif
