/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Command output a screenful at a time: " --More-- " after length - 1 rows,
 * when there is more. */
#ifndef CLI_SH_PAGER_H
#define CLI_SH_PAGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/cli_filter.h"
#include "cli/sh/term.h"

enum pager_limits { PAGER_PATTERN = 64 /* octets typed at " --More-- " */ };

struct pager {
	struct term *term;
	unsigned int length; /* rows of the screen, 0: do not stop */
	unsigned int width;  /* columns, 0: rows are lines */
	unsigned int rows;   /* finished since the last stop */
	size_t column;	     /* in the row that is being printed */
	bool waiting;	     /* for a key, with " --More-- " on the screen */
	bool quit;	     /* the rest of this output is not wanted */
	struct queue rest;   /* what comes after the key */
	/* "/RE", "+RE", "-RE" at " --More-- ": the sign while it is typed, and
	 * what holds for the rest of this output. */
	char sign; /* 0: nothing is typed */
	char pattern[PAGER_PATTERN + 1];
	size_t pattern_len;
	struct cli_filter *filter; /* or NULL */
};

void pager_init(struct pager *p, struct term *term);
void pager_fini(struct pager *p);
/* The output has ended: what the filter still has is printed. */
void pager_end(struct pager *p);
/* Output of another command starts. */
void pager_reset(struct pager *p);
/* Prints as far as it may; check waiting afterwards. */
void pager_write(struct pager *p, const char *text, size_t len);
/* The key that was waited for; it may have to wait again. */
void pager_key(struct pager *p, uint8_t c);
/* A log line in between: takes " --More-- " away and puts it back. */
void pager_hide(struct pager *p);
void pager_show(struct pager *p);

#endif
