/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contenders measured side by side: each round runs all of them in turn, so
 * that what else the machine does meets them alike. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

enum measure_limits { MEASURE_ROUNDS = 5 };

struct contender {
	/* Does it so many times: the us that it took. */
	int64_t (*work)(void *arg, unsigned int times);
	void *arg;
	/* Nanoseconds of one time, over the rounds. */
	double min, med, max;
};

/* Rounds of at least round_us each; what comes before the first one, to warm
 * up and to find how many times that is, does not count. */
void measure(struct contender *c, size_t n, int64_t round_us);

#endif
