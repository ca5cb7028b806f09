/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one line of the screen that is being edited: prompt and text.  It is
 * redrawn with plain characters, backspaces and blanks only, and only as far
 * as it changed: programs read this stream too, and wait for the exact echo of
 * what they send.  A line that is too long scrolls sideways, with $ where
 * something is cut off, as on IOS. */
#ifndef CLI_SH_SCREEN_H
#define CLI_SH_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/sh/term.h"

/* One column: the octets of one UTF-8 character. */
struct cell {
	uint8_t len;
	char octets[4];
};

struct cells {
	struct cell *at;
	size_t len, cap;
};

struct screen {
	struct term *term;
	size_t width; /* columns, 0: never scroll */
	bool visible; /* the line stands on the screen */
	struct cells prompt;
	struct cells shown; /* what stands there */
	struct cells next;  /* what shall stand there */
	size_t cursor;	    /* in shown */
	size_t scrolled;    /* cells of the text cut off on the left */
};

void screen_init(struct screen *s, struct term *term);
void screen_fini(struct screen *s);
/* 0 and the widths IOS takes for "no limit" (511, 512) switch scrolling off. */
void screen_set_width(struct screen *s, unsigned int width);
/* A new line starts with this prompt; nothing is drawn yet. */
void screen_begin(struct screen *s, const char *prompt);
/* Draws or redraws; point: where in text the cursor stands, in octets. */
void screen_show(struct screen *s, const char *text, size_t len, size_t point);
/* Leaves the line on the screen, with a mark (^C) behind it, and goes to a new
 * one.  Nothing happens if no line is visible. */
void screen_leave(struct screen *s, const char *mark);

#endif
