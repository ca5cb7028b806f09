/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only place that asks the kernel for the time.  A clock may run N times
 * faster than the world (getvpnd --time-scale N): everything that lives by it
 * (lifetimes, retransmissions, log stamps) then does too. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define US_PER_SEC INT64_C(1000000)
#define SEC(n)	   ((int64_t)(n)*US_PER_SEC)
#define MSEC(n)	   ((int64_t)(n)*1000)

struct clock {
	int64_t scale;	    /* 1 and up */
	int64_t mono_start; /* us, unscaled, when the clock was made */
	int64_t wall_start; /* us since 1970, when the clock was made */
};

void clock_init(struct clock *c, unsigned int scale);
/* Monotonic, us, scaled. */
int64_t clock_now(const struct clock *c);
/* Wall time, us since 1970, scaled from the start of the clock on. */
int64_t clock_wall(const struct clock *c);
/* clock set: the wall time is now this. */
void clock_set_wall(struct clock *c, int64_t wall);
/* A delay of this clock in real microseconds (at least 1 when delay > 0). */
int64_t clock_real_delay(const struct clock *c, int64_t delay);
/* Unscaled monotonic us, for measuring (round-trip times, benchmarks). */
int64_t clock_real_now(void);

#endif
