/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The levels of "debug crypto isakmp" and "debug crypto gdoi": what IOS calls
 * them, their words in a command, and what a command makes of those that are
 * on.  Several are a set of bits. */
#ifndef CLI_DEBUG_LEVEL_H
#define CLI_DEBUG_LEVEL_H

#include "cli/cli.h"

enum debug_level {
	DEBUG_ERROR,  /* what went wrong */
	DEBUG_TERSE,  /* a line for a whole exchange; SAs that come and go */
	DEBUG_EVENT,  /* its steps: messages, payloads, states */
	DEBUG_DETAIL, /* what is in them, never a key */
	DEBUG_PACKET, /* datagrams: sizes, numbers, SPIs */
	DEBUG_N_LEVELS,

	/* As bits: what is meant without a level, and all of them. */
	DEBUG_DEFAULT = 1 << DEBUG_ERROR | 1 << DEBUG_TERSE | 1 << DEBUG_EVENT,
	DEBUG_ALL = (1 << DEBUG_N_LEVELS) - 1,
};

enum { DEBUG_LEVELS_TEXT = 40 }; /* octets for all words */

/* For the end of a command. */
#define DEBUG_LEVEL_WORDS              \
	"[ ( all-levels  All levels\n" \
	"| detail      Detail level\n" \
	"| error       Error level\n"  \
	"| event       Event level\n"  \
	"| packet      Packet level\n" \
	"| terse       Terse level\n"  \
	") ]\n"

/* Those that the command names; 0: none. */
unsigned int debug_levels_named(const struct cli_args *a);
/* What is on (0: nothing) after "debug" (on) or "undebug" with the levels named:
 * they add up until they are taken away; without one, all are. */
unsigned int debug_levels_after(unsigned int now, unsigned int named, bool on);
/* " all-levels", " error terse"; "" for what is meant without.  Returns out. */
const char *debug_levels_text(unsigned int levels, char out[DEBUG_LEVELS_TEXT]);

#endif
