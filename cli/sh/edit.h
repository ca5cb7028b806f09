/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Editing of one line with the keys of IOS, by readline: its line buffer and
 * its editing functions, on our own keymap, fed octet by octet.  Readline
 * neither reads nor writes anything itself, runs no init file, and none of
 * its commands that touch files or programs is bound.
 *
 * Readline has its state in globals, so there is one edit in a process. */
#ifndef CLI_SH_EDIT_H
#define CLI_SH_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/sh/history.h"

#define EDIT_MAX 4096 /* octets of a line; more are not taken */

enum edit_event {
	EDIT_CHANGED, /* or not: show the line again */
	EDIT_LINE,    /* Return */
	EDIT_END,     /* Ctrl-Z */
	EDIT_ABORT,   /* Ctrl-C */
	EDIT_BREAK,   /* Ctrl-Shift-6 */
	EDIT_HELP,
	EDIT_COMPLETE,
	EDIT_REDRAW, /* on a new line */
};

enum edit_mode {
	EDIT_COMMAND, /* ? and Tab, history */
	EDIT_ANSWER,  /* they are characters as any other, and no history */
	EDIT_SECRET,  /* no more than typing and erasing */
};

/* Once. */
void edit_init(void);
/* A new, empty line; history may be NULL. */
void edit_begin(enum edit_mode mode, struct history *history);
enum edit_event edit_key(uint8_t c);
/* The line, with a NUL; good until the next call. */
const char *edit_text(size_t *len);
/* The cursor's place in it, octets. */
size_t edit_point(void);
void edit_insert(const char *text);
/* Wipes the line if it was a secret. */
void edit_clear(void);

#endif
