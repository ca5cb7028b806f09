/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A telnet connection from this terminal to somewhere else, whose far end is
 * not trusted: what it may make us do is answer for four options (ECHO, SGA,
 * TTYPE, NAWS) and print text.  Both directions are bounded: neither side is
 * read while the other does not keep up. */
#ifndef CLI_SH_RELAY_H
#define CLI_SH_RELAY_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/sh/term.h"

struct relay;

/* Takes the connected socket; the terminal outlives it. */
struct relay *relay_new(int fd, struct term *term);
/* Closes the connection. */
void relay_free(struct relay *r);

int relay_fd(const struct relay *r);
bool relay_wants_read(const struct relay *r);
bool relay_wants_write(const struct relay *r);
/* Whether there is room for a key. */
bool relay_wants_key(const struct relay *r);

/* Shows what has arrived; false when there was nothing. */
bool relay_read(struct relay *r);
/* Sends what goes without waiting. */
void relay_flush(struct relay *r);
/* A key for the far end.  True: it ends the escape sequence, Ctrl-Shift-6 and
 * x, and the user wants to be back. */
bool relay_key(struct relay *r, uint8_t c);
/* The terminal's size is another, or the terminal is the relay's again. */
void relay_resize(struct relay *r);
/* The far end has closed, and all it said was shown. */
bool relay_is_over(const struct relay *r);

#endif
