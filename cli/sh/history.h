/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines typed before, oldest first.  As on IOS a line that repeats the one
 * before it is not kept twice, and an empty one not at all. */
#ifndef CLI_SH_HISTORY_H
#define CLI_SH_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#define HISTORY_DEFAULT 10  /* terminal history size, IOS default */
#define HISTORY_MAX	256 /* and its largest value */

struct history {
	char *lines[HISTORY_MAX];
	size_t len;
	size_t at; /* the line shown by Ctrl-P; len: none */
	size_t size;
	bool added; /* the last history_add() did */
};

void history_init(struct history *h);
void history_fini(struct history *h);
/* Forgets the oldest lines if there are more. */
void history_set_size(struct history *h, size_t size);
void history_add(struct history *h, const char *line);
/* The line given to the last history_add(), if it was kept. */
void history_forget(struct history *h);
/* A new line is being typed: Ctrl-P starts from the youngest again. */
void history_rewind(struct history *h);
/* NULL when there is no older one; "" below the youngest. */
const char *history_older(struct history *h);
const char *history_younger(struct history *h);

#endif
