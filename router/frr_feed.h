/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the lines that a program has to those that it shall have. */
#ifndef ROUTER_FRR_FEED_H
#define ROUTER_FRR_FEED_H

#include "router/frr_text.h"

/* Calls line(arg, context, text, of) for each command, in order; of is the line
 * that is added, NULL for one that takes away. */
void frr_feed(const struct frr_lines *have, const struct frr_lines *want,
	      void (*line)(void *arg, const char *context, const char *text,
			   const struct frr_line *of),
	      void *arg);

#endif
