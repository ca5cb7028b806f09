/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When packet threads have their turn, beside whatever else runs on the
 * machine.  The kernel forwards before any program runs; a program that shall
 * come near it has to ask for it.  All of it is a wish: without the right to
 * (CAP_SYS_NICE), and on kernels that do not know of it, it changes nothing. */
#ifndef IPSEC_TURN_H
#define IPSEC_TURN_H

#include <stdbool.h>

enum turn_limits {
	/* Nine times the weight of other tasks (kernel/sched/core.c,
	 * sched_prio_to_weight): who wants all of a core still has a tenth. */
	TURN_NICE = -10,
	/* The shortest that Linux takes (kernel/sched/syscalls.c). */
	TURN_SLICE_NS = 100000,
};

/* For the calling thread. */
void turn_of_thread(void);
/* For the session that the process leads: with autogroup (sched(7)) a
 * thread's nice value counts among those of its session alone.  False: the
 * kernel takes so many wishes in a while; to be repeated. */
bool turn_of_session(void);

#endif
