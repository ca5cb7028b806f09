/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts what this thread asks of the allocator, of locks and of the kernel
 * between calls_begin() and calls_end(), whoever asks: ours or a library.  The
 * functions are defined here and so stand before libc's in every library; for
 * the kernel there is Syscall User Dispatch (Linux 5.11). */
#ifndef TESTS_GUARD_CALLS_H
#define TESTS_GUARD_CALLS_H

#include <stdint.h>

struct calls {
	uint64_t allocations, frees, locks;
	uint64_t kernel;
	long number; /* of the last system call */
};

void calls_begin(void);
struct calls calls_end(void);

#endif
