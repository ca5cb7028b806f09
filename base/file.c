/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define READ_AT_LEAST 4096

static int write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int write_temporary(const char *path, mode_t mode, const void *data,
			   size_t len)
{
	int fd, rc;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		  mode);
	if (fd < 0)
		return -errno;
	rc = fchmod(fd, mode) < 0 ? -errno : write_all(fd, data, len);
	if (close(fd) < 0 && !rc)
		rc = -errno;
	return rc;
}

/* The rename is lasting only when the folder is on disk too. */
static void sync_folder_of(const char *path)
{
	char *copy = xstrdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

int file_write(const char *path, mode_t mode, const void *data, size_t len)
{
	char *temporary = xasprintf("%s.new", path);
	int rc = write_temporary(temporary, mode, data, len);

	if (!rc && rename(temporary, path) < 0)
		rc = -errno;
	if (rc)
		unlink(temporary);
	else
		sync_folder_of(path);
	free(temporary);
	return rc;
}

/* What files hold may be secret: no copy of it stays behind in freed memory. */
static void wipe_free(char *buf, size_t len)
{
	explicit_bzero(buf, len);
	free(buf);
}

static char *grow(char *buf, size_t have, size_t cap)
{
	char *bigger = xcalloc(1, cap + 1);

	memcpy(bigger, buf, have);
	wipe_free(buf, have);
	return bigger;
}

/* One octet more than the file has, to see that it ends there; the files of
 * /proc do not say how long they are. */
static size_t expected(int fd, size_t max)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || st.st_size <= 0)
		return READ_AT_LEAST;
	return (size_t)st.st_size < max ? (size_t)st.st_size + 1 : max + 1;
}

static char *read_open(int fd, size_t max, size_t *len)
{
	size_t have = 0, cap = expected(fd, max);
	char *buf = xcalloc(1, cap + 1);
	ssize_t n;

	while ((n = read(fd, buf + have, cap - have)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			goto failed;
		have += (size_t)n;
		if (have > max) {
			errno = EFBIG;
			goto failed;
		}
		if (have == cap) {
			cap *= 2;
			buf = grow(buf, have, cap);
		}
	}
	buf[have] = '\0';
	if (len)
		*len = have;
	return buf;
failed:
	wipe_free(buf, have);
	return NULL;
}

char *file_read(const char *path, size_t max, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), saved;
	char *content;

	if (fd < 0)
		return NULL;
	content = read_open(fd, max, len);
	saved = errno;
	close(fd);
	errno = saved;
	return content;
}
