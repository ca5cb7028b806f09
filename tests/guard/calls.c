/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/guard/calls.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/prctl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/log.h"

static __thread bool armed;
static __thread struct calls seen;
/* Where the kernel looks whether a system call is let through. */
static __thread volatile char selector = SYSCALL_DISPATCH_FILTER_ALLOW;

#define COUNT(what)                  \
	do {                         \
		if (armed)           \
			seen.what++; \
	} while (0)

/* --- memory ---------------------------------------------------------------- */

/* glibc's own names of its allocator. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *p);

void *malloc(size_t size)
{
	COUNT(allocations);
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	COUNT(allocations);
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	COUNT(allocations);
	return __libc_realloc(p, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	COUNT(allocations);
	return __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
	COUNT(allocations);
	*out = __libc_memalign(alignment, size);
	return *out ? 0 : ENOMEM;
}

void free(void *p)
{
	if (p)
		COUNT(frees);
	__libc_free(p);
}

/* --- locks ----------------------------------------------------------------- */

/* The same for every kind: counted, then as libc does it. */
#define LOCK(name, type)                                             \
	int name(type *lock)                                         \
	{                                                            \
		static int (*real)(type *);                          \
                                                                     \
		COUNT(locks);                                        \
		if (!real)                                           \
			*(void **)(&real) = dlsym(RTLD_NEXT, #name); \
		return real(lock);                                   \
	}

LOCK(pthread_mutex_lock, pthread_mutex_t)
LOCK(pthread_mutex_trylock, pthread_mutex_t)
LOCK(pthread_rwlock_rdlock, pthread_rwlock_t)
LOCK(pthread_rwlock_wrlock, pthread_rwlock_t)
LOCK(pthread_rwlock_tryrdlock, pthread_rwlock_t)
LOCK(pthread_rwlock_trywrlock, pthread_rwlock_t)

int pthread_spin_lock(pthread_spinlock_t *lock)
{
	static int (*real)(pthread_spinlock_t *);

	COUNT(locks);
	if (!real)
		*(void **)(&real) = dlsym(RTLD_NEXT, "pthread_spin_lock");
	return real(lock);
}

/* --- the kernel ------------------------------------------------------------ */

/* The call that was held back is made here, and those after it go through
 * without us: one is one too many. */
static void held_back(int sig, siginfo_t *info, void *context)
{
	greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
	long result;

	(void)sig;
	selector = SYSCALL_DISPATCH_FILTER_ALLOW;
	seen.kernel++;
	seen.number = info->si_syscall;
	result = syscall(info->si_syscall, r[REG_RDI], r[REG_RSI], r[REG_RDX],
			 r[REG_R10], r[REG_R8], r[REG_R9]);
	r[REG_RAX] = result < 0 ? -errno : result;
}

static void hold_calls_back(void)
{
	struct sigaction action = { .sa_sigaction = held_back,
				    .sa_flags = SA_SIGINFO };

	if (sigaction(SIGSYS, &action, NULL) ||
	    prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, 0, 0,
		  &selector))
		log_fatal("system calls cannot be counted: %s",
			  strerror(errno));
}

void calls_begin(void)
{
	hold_calls_back();
	memset(&seen, 0, sizeof(seen));
	armed = true;
	selector = SYSCALL_DISPATCH_FILTER_BLOCK;
}

struct calls calls_end(void)
{
	selector = SYSCALL_DISPATCH_FILTER_ALLOW;
	armed = false;
	(void)prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_OFF, 0, 0, 0);
	return seen;
}
