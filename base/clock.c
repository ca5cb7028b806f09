/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * US_PER_SEC + ts.tv_nsec / 1000;
}

int64_t clock_real_now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void clock_init(struct clock *c, unsigned int scale)
{
	c->scale = scale ? scale : 1;
	c->mono_start = clock_real_now();
	c->wall_start = read_clock(CLOCK_REALTIME);
}

static int64_t elapsed(const struct clock *c)
{
	return (clock_real_now() - c->mono_start) * c->scale;
}

int64_t clock_now(const struct clock *c)
{
	return c->mono_start + elapsed(c);
}

int64_t clock_wall(const struct clock *c)
{
	return c->wall_start + elapsed(c);
}

void clock_set_wall(struct clock *c, int64_t wall)
{
	c->wall_start = wall - elapsed(c);
}

int64_t clock_real_delay(const struct clock *c, int64_t delay)
{
	if (delay <= 0)
		return 0;
	return delay / c->scale + (delay % c->scale != 0);
}
