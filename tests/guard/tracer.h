/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts the system calls of another process' threads but its first one: of a
 * dataplane, its workers. */
#ifndef TESTS_GUARD_TRACER_H
#define TESTS_GUARD_TRACER_H

#include <stdint.h>
#include <sys/types.h>

struct tracer_count {
	uint64_t reads, writes; /* read, readv; write, writev */
	uint64_t others;
};

struct tracer;

/* They stand still from here on. */
struct tracer *tracer_stop(pid_t pid);
/* Lets them go, counts until they have been quiet for a while, and leaves
 * them; frees t. */
struct tracer_count tracer_count(struct tracer *t);

#endif
