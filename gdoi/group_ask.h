/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question before something that cannot be undone. */
#ifndef GDOI_GROUP_ASK_H
#define GDOI_GROUP_ASK_H

#include "cli/cli.h"

#define GDOI_ASK_PROCEED "Are you sure you want to proceed ? [yes/no]: "

/* Calls yes(arg) when the user says so.  As IOS asks: a beginning of yes or no
 * will do, no answer is no, and anything else is asked again.  question stays
 * the caller's, and must stay.  release(arg) is called once, when the dialogue
 * is over. */
void gdoi_ask(struct cli_out *o, const char *question,
	      void (*yes)(void *arg, struct cli_out *o),
	      void (*release)(void *arg), void *arg);

#endif
