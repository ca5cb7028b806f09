/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/confine.h"

#include <grp.h>
#include <limits.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"

#define NOBODY 65534 /* the kernel's overflow user, "nobody" on Debian */

static void become_nobody(void)
{
	if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) < 0)
		log_fatal("cannot give up privileges");
}

/* AddressSanitizer's leak check traces this process from another one. */
#if defined(__SANITIZE_ADDRESS__)
static void close_up(void)
{
}
#else
static void close_up(void)
{
	static const struct rlimit none;

	if (setrlimit(RLIMIT_CORE, &none) < 0 ||
	    setrlimit(RLIMIT_NPROC, &none) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		log_fatal("cannot confine the session");
}
#endif

void confine(void)
{
	if (geteuid() == 0)
		become_nobody();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		log_fatal("cannot confine the session");
	close_up();
}

static void close_between(unsigned int first, unsigned int last)
{
	if (first <= last)
		close_range(first, last, 0);
}

void confine_files(int a, int b)
{
	unsigned int low = (unsigned int)(a < b ? a : b);
	unsigned int high = (unsigned int)(a < b ? b : a);
	const unsigned int first = STDERR_FILENO + 1;

	if (low > first)
		close_between(first, low - 1);
	close_between(low + 1 > first ? low + 1 : first, high - 1);
	close_between(high + 1 > first ? high + 1 : first, UINT_MAX);
}
