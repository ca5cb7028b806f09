/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rounds of a measurement, and what becomes of them. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

enum measure_limits { MEASURE_ROUNDS = 5 };

/* Of MEASURE_ROUNDS rounds. */
struct measure {
	double min, med, max;
};

/* Runs work(arg, times) for round_us microseconds in each round: nanoseconds
 * of one time.  The first run, which warms up, does not count. */
struct measure measure(void (*work)(void *arg, unsigned int times), void *arg,
		       int64_t round_us);
/* a : b of what was measured in the same run; the extremes are those of a over
 * the median of b. */
struct measure measure_ratio(const struct measure *a, const struct measure *b);

#endif
