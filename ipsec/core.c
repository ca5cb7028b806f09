/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/core.h"

#include <fcntl.h>
#include <unistd.h>

#include "ipsec/cycles.h"
#include "ipsec/turn.h"

void core_init(struct core *c, const char *file)
{
	*c = (struct core){ .fd = -1, .cpu = -1 };
	if (!file || sched_getaffinity(0, sizeof(c->all), &c->all) ||
	    CPU_COUNT(&c->all) < 2)
		return;
	c->fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

void core_fini(struct core *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

/* A lock of the open file: another thread's, which opened it anew, is another
 * one's. */
static bool set_lock(const struct core *c, int cpu, short type)
{
	struct flock lock = {
		.l_type = type, .l_whence = SEEK_SET, .l_start = cpu, .l_len = 1
	};

	return fcntl(c->fd, F_OFD_SETLK, &lock) == 0;
}

static bool try_claim(struct core *c, int cpu)
{
	cpu_set_t one;

	if (cpu < 0 || !CPU_ISSET(cpu, &c->all) || !set_lock(c, cpu, F_WRLCK))
		return false;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one)) {
		(void)set_lock(c, cpu, F_UNLCK);
		return false;
	}
	c->cpu = cpu;
	return true;
}

/* The one it is on first: there its cache is warm. */
static void claim(struct core *c)
{
	if (try_claim(c, sched_getcpu()))
		return;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (try_claim(c, cpu))
			return;
}

void core_give_back(struct core *c)
{
	if (c->cpu < 0)
		return;
	(void)sched_setaffinity(0, sizeof(c->all), &c->all);
	(void)set_lock(c, c->cpu, F_UNLCK);
	c->cpu = -1;
}

static void window_ends(struct core *c, uint64_t cycles, int64_t now)
{
	if (c->worked > (cycles - c->cycles) / CORE_BUSY)
		c->busy_until = now + CORE_KEEP_US;
	c->began = now;
	c->cycles = cycles;
	c->worked = 0;
	if (now >= c->busy_until) {
		core_give_back(c);
		return;
	}
	if (!c->told)
		c->told = turn_of_session();
	if (c->cpu < 0 && c->fd >= 0)
		claim(c);
}

void core_worked(struct core *c, uint64_t cycles, int64_t now)
{
	c->worked += cycles;
	if (now - c->began >= CORE_WINDOW_US)
		window_ends(c, cycles_now(), now);
}
