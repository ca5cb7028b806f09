/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

struct attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

/* Frames should not wait until others have had their three milliseconds: who
 * asks for short slices has its turn sooner (EEVDF, Linux 6.12).  A batch task
 * does not interrupt who has given it a frame: it would get them one by one
 * then, and each at the price of a switch. */
void turn_of_thread(void)
{
	struct attributes a = { .size = sizeof(a),
				.policy = SCHED_BATCH,
				.nice = TURN_NICE,
				.runtime = TURN_SLICE_NS };

	if (syscall(SYS_sched_setattr, 0, &a, 0) == 0)
		return;
	a.nice = getpriority(PRIO_PROCESS, 0);
	(void)syscall(SYS_sched_setattr, 0, &a, 0);
}

/* Where others lead the session it is not ours to say. */
bool turn_of_session(void)
{
	char text[16];
	int fd, len;
	bool later;

	if (getsid(0) != getpid())
		return true;
	fd = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return true;
	len = snprintf(text, sizeof(text), "%d", TURN_NICE);
	later = write(fd, text, (size_t)len) < 0 && errno == EAGAIN;
	close(fd);
	return !later;
}
