/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

/* What netns_enter() gives when there is nothing to come back from. */
#define AT_HOME INT_MAX

struct netns {
	int fd;
};

void netns_forsake(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[2] = { 0 };

	if (syscall(SYS_capget, &head, caps))
		return;
	caps[0].effective &= ~(1U << CAP_SYS_ADMIN);
	caps[0].permitted &= ~(1U << CAP_SYS_ADMIN);
	(void)syscall(SYS_capset, &head, caps);
}

/* Of this thread alone; false with errno set: it has no such right. */
static bool set_right(bool on)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[2] = { 0 };
	const uint32_t bit = 1U << CAP_SYS_ADMIN;

	if (syscall(SYS_capget, &head, caps))
		return false;
	if (!(caps[0].permitted & bit)) {
		errno = EPERM;
		return false;
	}
	caps[0].effective =
		on ? caps[0].effective | bit : caps[0].effective & ~bit;
	return syscall(SYS_capset, &head, caps) == 0;
}

static int here(void)
{
	return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

/* To stay elsewhere would be to configure the wrong router. */
static void go_home(int home)
{
	int err = 0;

	if (!set_right(true) || setns(home, CLONE_NEWNET))
		err = errno;
	(void)set_right(false);
	close(home);
	if (err)
		log_fatal("no way back from a VRF: %s", strerror(err));
}

struct netns *netns_new(void)
{
	int home = here(), fd = -1, err = 0;
	struct netns *ns;

	if (home < 0)
		return NULL;
	if (!set_right(true) || unshare(CLONE_NEWNET)) {
		err = errno;
		(void)set_right(false);
		close(home);
		errno = err;
		return NULL;
	}
	fd = here();
	err = errno;
	go_home(home);
	if (fd < 0) {
		errno = err;
		return NULL;
	}
	ns = xcalloc(1, sizeof(*ns));
	ns->fd = fd;
	return ns;
}

void netns_free(struct netns *ns)
{
	if (!ns)
		return;
	close(ns->fd);
	free(ns);
}

int netns_enter(const struct netns *ns)
{
	int home, err = 0;

	if (!ns)
		return AT_HOME;
	home = here();
	if (home < 0)
		return -errno;
	if (!set_right(true) || setns(ns->fd, CLONE_NEWNET))
		err = errno;
	(void)set_right(false);
	if (!err)
		return home;
	close(home);
	return -err;
}

void netns_leave(int home)
{
	if (home >= 0 && home != AT_HOME)
		go_home(home);
}
