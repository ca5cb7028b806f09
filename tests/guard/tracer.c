/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/guard/tracer.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
/* Before <linux/ptrace.h>, which has some of its names as macros. */
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

#include "base/mem.h"
#include "tests/ipsec/nodes.h"

enum {
	THREADS = 32,
	QUIET_MS = 300, /* nothing more comes after that */
	SYSCALL_STOP = SIGTRAP | 0x80,
};

struct tracer {
	pid_t threads[THREADS];
	unsigned int n;
	struct tracer_count count;
};

static void seize(struct tracer *t, pid_t thread)
{
	int status;

	NEED(t->n < THREADS);
	NEED(ptrace(PTRACE_SEIZE, thread, 0, PTRACE_O_TRACESYSGOOD) == 0);
	NEED(ptrace(PTRACE_INTERRUPT, thread, 0, 0) == 0);
	NEED(waitpid(thread, &status, __WALL) == thread && WIFSTOPPED(status));
	t->threads[t->n++] = thread;
}

struct tracer *tracer_stop(pid_t pid)
{
	struct tracer *t = xcalloc(1, sizeof(*t));
	const struct dirent *entry;
	char path[64];
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	tasks = opendir(path);
	NEED(tasks);
	while ((entry = readdir(tasks))) {
		pid_t thread = (pid_t)strtol(entry->d_name, NULL, 10);

		if (thread > 0 && thread != pid)
			seize(t, thread);
	}
	closedir(tasks);
	NEED(t->n > 0);
	return t;
}

static void count(struct tracer *t, pid_t thread)
{
	struct __ptrace_syscall_info info;

	NEED(ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof(info), &info) > 0);
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return;
	switch (info.entry.nr) {
	case SYS_read:
	case SYS_readv:
		t->count.reads++;
		break;
	case SYS_write:
	case SYS_writev:
		t->count.writes++;
		break;
	default:
		t->count.others++;
		break;
	}
}

/* One stop of one of the threads; false: there was none for a while. */
static bool take(struct tracer *t)
{
	int status;
	pid_t thread = 0;

	for (int ms = 0; ms < QUIET_MS && thread == 0; ms++)
		for (unsigned int i = 0; i < t->n && thread == 0; i++) {
			thread = waitpid(t->threads[i], &status,
					 __WALL | WNOHANG);
			NEED(thread >= 0);
			if (thread == 0 && i + 1 == t->n)
				usleep(1000);
		}
	if (thread == 0)
		return false;
	NEED(WIFSTOPPED(status));
	if (WSTOPSIG(status) == SYSCALL_STOP)
		count(t, thread);
	NEED(ptrace(PTRACE_SYSCALL, thread, 0, 0) == 0);
	return true;
}

static void leave(pid_t thread)
{
	int status;

	NEED(ptrace(PTRACE_INTERRUPT, thread, 0, 0) == 0);
	NEED(waitpid(thread, &status, __WALL) == thread);
	NEED(ptrace(PTRACE_DETACH, thread, 0, 0) == 0);
}

struct tracer_count tracer_count(struct tracer *t)
{
	struct tracer_count result;

	for (unsigned int i = 0; i < t->n; i++)
		NEED(ptrace(PTRACE_SYSCALL, t->threads[i], 0, 0) == 0);
	while (take(t))
		;
	for (unsigned int i = 0; i < t->n; i++)
		leave(t->threads[i]);
	result = t->count;
	free(t);
	return result;
}
