/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A core for a packet thread that is busy.  Where there are fewer threads than
 * cores the kernel moves them to where a frame wakes them: two that pass
 * frames to one another end up on one core, and what they hold in its cache
 * stays behind.  A thread with much to do therefore stays on a core that no
 * other one has claimed, of this process or of another getvpnd on the same
 * machine; one with little to do goes where the kernel wants it, which
 * answers a single frame sooner.
 *
 * Claims are locks of the octet with the core's number in a file, which end
 * with the process.  Where the file cannot be had, no core can.  One thread a
 * struct core.
 *
 * Who is busy also has the session's turn (turn.h) asked for. */
#ifndef IPSEC_CORE_H
#define IPSEC_CORE_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

enum core_limits {
	/* Measured over so long: less is a burst, in more a flow has begun. */
	CORE_WINDOW_US = 10000,
	/* A thread is busy from a third of the time on: one that answers pings
	 * as fast as they come is at a quarter, one that has too much to do to
	 * share its core is above a half. */
	CORE_BUSY = 3,
	CORE_KEEP_US = 100000, /* a claim, after it was busy */
};

#define CORE_FILE "/run/getvpnd.cores"

struct core {
	int fd;	   /* of the file; -1: the kernel chooses, always */
	int cpu;   /* claimed; -1: none */
	bool told; /* the kernel knows of the session's turn (turn.h) */
	cpu_set_t all;
	/* The window: real us, cycles. */
	int64_t began, busy_until;
	uint64_t cycles, worked;
};

/* file: NULL: claims nothing. */
void core_init(struct core *c, const char *file);
void core_fini(struct core *c);
/* The calling thread, whose struct core it is, has worked for so many cycles
 * (cycles.h) until now (real us): claims a core when that is much, gives it
 * back when there was little for a while. */
void core_worked(struct core *c, uint64_t cycles, int64_t now);
/* It has waited CORE_KEEP_US in vain, or leaves. */
void core_give_back(struct core *c);

#endif
