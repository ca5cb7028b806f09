/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/measure.h"

#include <stdlib.h>

#include "base/mem.h"

enum { NS_PER_US = 1000, FIRST_TIMES = 16 };

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static unsigned int calibrate(struct contender *c, int64_t round_us)
{
	unsigned int times = FIRST_TIMES;
	int64_t us;

	while ((us = c->work(c->arg, times)) < round_us / 2)
		times *= 2;
	return us < round_us ? (unsigned int)(times * round_us / us) : times;
}

void measure(struct contender *c, size_t n, int64_t round_us)
{
	unsigned int *times = xcalloc(n, sizeof(*times));
	double *ns = xcalloc(n * MEASURE_ROUNDS, sizeof(*ns)), *mine;

	for (size_t i = 0; i < n; i++)
		times[i] = calibrate(&c[i], round_us);
	for (size_t r = 0; r < MEASURE_ROUNDS; r++)
		for (size_t i = 0; i < n; i++)
			ns[i * MEASURE_ROUNDS + r] =
				(double)c[i].work(c[i].arg, times[i]) *
				NS_PER_US / times[i];
	for (size_t i = 0; i < n; i++) {
		mine = ns + i * MEASURE_ROUNDS;
		qsort(mine, MEASURE_ROUNDS, sizeof(*mine), by_size);
		c[i].min = mine[0];
		c[i].med = mine[MEASURE_ROUNDS / 2];
		c[i].max = mine[MEASURE_ROUNDS - 1];
	}
	free(times);
	free(ns);
}
