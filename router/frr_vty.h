/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of one of FRR's programs: a stream socket on which a line
 * ends with a NUL, and its answer with three NULs and an octet that says how it
 * went (as FRR's own vtysh speaks it). */
#ifndef ROUTER_FRR_VTY_H
#define ROUTER_FRR_VTY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/loop.h"

enum frr_vty_limits {
	FRR_LINE_MAX = 2048,	   /* octets of a line to FRR */
	FRR_ANSWER_MAX = 16777216, /* of an answer; more ends the connection */
	FRR_ANSWER_WAIT_MS = 5000, /* that a show may take */
};

struct frr_vty;

/* good: the line was taken without complaint. */
typedef void frr_vty_done(void *arg, bool good, const char *answer);

/* Takes fd (not blocking).  broken is called once, when the connection has
 * ended or what came is no answer: free it then. */
struct frr_vty *frr_vty_new(struct loop *loop, int fd,
			    void (*broken)(void *arg), void *arg);
/* Lines that wait are forgotten. */
void frr_vty_free(struct frr_vty *vty);

/* Behind the lines that wait.  done, or NULL, is called with its answer;
 * release (or NULL) frees arg then, or when that does not come any more. */
void frr_vty_ask(struct frr_vty *vty, const char *line, frr_vty_done *done,
		 void (*release)(void *arg), void *arg);
/* Asks and waits for the answer, which is to be freed; NULL: none came. */
char *frr_vty_fetch(struct frr_vty *vty, const char *line);

#endif
