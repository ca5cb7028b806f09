/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cycle counter of the core, for figures in shows: costs about what an
 * addition does and never stops.  Its rate is the machine's (x86: the TSC,
 * not the core clock).  0 where there is none that a program may read. */
#ifndef IPSEC_CYCLES_H
#define IPSEC_CYCLES_H

#include <stdint.h>

static inline uint64_t cycles_now(void)
{
#if defined(__x86_64__) || defined(__i386__)
	return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
	uint64_t v;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(v));
	return v;
#else
	return 0;
#endif
}

#endif
