/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "base/mem.h"

#define VALUE_MAX 64 /* numbers only */
#define PATH_SIZE 128

struct undo {
	LIST_ENTRY(undo) link;
	char *path;
	char value[VALUE_MAX];
};

struct sysctls {
	const struct netns *ns;
	LIST_HEAD(, undo) undos; /* newest first */
};

static int open_switch(const struct sysctls *s, const char *path, int mode)
{
	char full[PATH_SIZE];
	int home = netns_enter(s->ns), fd;

	if (home < 0)
		return home;
	snprintf(full, sizeof(full), "/proc/sys/net/%s", path);
	fd = open(full, mode | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	netns_leave(home);
	return fd;
}

static int access_switch(const struct sysctls *s, const char *path, int mode,
			 char *value, size_t size)
{
	int fd = open_switch(s, path, mode), err = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	n = mode == O_RDONLY ? read(fd, value, size - 1)
			     : write(fd, value, strlen(value));
	if (n < 0)
		err = -errno;
	else if (mode == O_RDONLY)
		value[n] = '\0';
	close(fd);
	return err;
}

static bool known(const struct sysctls *s, const char *path)
{
	const struct undo *u;

	LIST_FOREACH (u, &s->undos, link)
		if (!strcmp(u->path, path))
			return true;
	return false;
}

struct sysctls *sysctls_new(const struct netns *ns)
{
	struct sysctls *s = xcalloc(1, sizeof(*s));

	s->ns = ns;
	LIST_INIT(&s->undos);
	return s;
}

void sysctls_free(struct sysctls *s)
{
	struct undo *u;

	if (!s)
		return;
	while ((u = LIST_FIRST(&s->undos))) {
		LIST_REMOVE(u, link);
		/* The device may be gone by now: nothing to put back.  A
		 * namespace of our own goes as a whole. */
		if (!s->ns)
			(void)access_switch(s, u->path, O_WRONLY, u->value, 0);
		free(u->path);
		free(u);
	}
	free(s);
}

int sysctls_set(struct sysctls *s, const char *path, const char *value)
{
	char before[VALUE_MAX], now[VALUE_MAX];
	struct undo *u;
	int err;

	if (!s)
		return 0;
	err = access_switch(s, path, O_RDONLY, before, sizeof(before));
	if (err)
		return err;
	before[strcspn(before, "\n")] = '\0';
	if (!strcmp(before, value))
		return 0;
	snprintf(now, sizeof(now), "%s", value);
	err = access_switch(s, path, O_WRONLY, now, 0);
	if (err || known(s, path))
		return err;
	u = xcalloc(1, sizeof(*u));
	u->path = xstrdup(path);
	memcpy(u->value, before, sizeof(u->value));
	LIST_INSERT_HEAD(&s->undos, u, link);
	return 0;
}

int sysctls_set_device(struct sysctls *s, const char *version,
		       const char *device, const char *key, bool on)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/conf/%s/%s", version, device, key);
	return sysctls_set(s, path, on ? "1" : "0");
}
