/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/measure.h"

#include <stdlib.h>

#include "base/clock.h"

enum { NS_PER_US = 1000, FIRST_TIMES = 16 };

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double round_of(void (*work)(void *arg, unsigned int times), void *arg,
		       unsigned int times)
{
	int64_t begin = clock_real_now();

	work(arg, times);
	return (double)(clock_real_now() - begin);
}

struct measure measure(void (*work)(void *arg, unsigned int times), void *arg,
		       int64_t round_us)
{
	double us[MEASURE_ROUNDS];
	unsigned int times = FIRST_TIMES;

	/* Until a round is long enough. */
	while (round_of(work, arg, times) < (double)round_us)
		times *= 2;
	for (int i = 0; i < MEASURE_ROUNDS; i++)
		us[i] = round_of(work, arg, times) * NS_PER_US / times;
	qsort(us, MEASURE_ROUNDS, sizeof(us[0]), by_size);
	return (struct measure){ us[0], us[MEASURE_ROUNDS / 2],
				 us[MEASURE_ROUNDS - 1] };
}

struct measure measure_ratio(const struct measure *a, const struct measure *b)
{
	return (struct measure){ a->min / b->med, a->med / b->med,
				 a->max / b->med };
}
