/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/proto.h"

struct link *link_new(int fd)
{
	struct link *l = xcalloc(1, sizeof(*l));

	l->fd = fd;
	l->handed = -1;
	l->buf = xcalloc(1, CLI_PROTO_MAX + 1);
	return l;
}

static void drop_handed(struct link *l)
{
	if (l->handed >= 0)
		close(l->handed);
	l->handed = -1;
}

void link_free(struct link *l)
{
	if (!l)
		return;
	close(l->fd);
	drop_handed(l);
	free(l->buf);
	free(l);
}

/* By way of /proc, because a socket's path has room for 107 octets only and
 * the directory may be deeper. */
static int connect_in(int dirfd, const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return -errno;
	snprintf(sun.sun_path, sizeof(sun.sun_path), "/proc/self/fd/%d/%s",
		 dirfd, name);
	if (connect(fd, (const struct sockaddr *)&sun, sizeof(sun)) == 0)
		return fd;
	error = -errno;
	close(fd);
	return error;
}

static int connect_to(const char *dir, const char *name)
{
	int dirfd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int result;

	if (dirfd < 0)
		return -errno;
	result = connect_in(dirfd, name);
	close(dirfd);
	return result;
}

int link_connect(const char *dir)
{
	return connect_to(dir, "cli.sock");
}

int link_connect_door(const char *dir)
{
	return connect_to(dir, "ssh.sock");
}

int link_connect_ssh(void)
{
	static const char name[] = "getvpnd-ssh";
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return -errno;
	/* Abstract: the name begins with a NUL and ends without one. */
	memcpy(sun.sun_path + 1, name, sizeof(name) - 1);
	if (connect(fd, (const struct sockaddr *)&sun,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				sizeof(name))) == 0)
		return fd;
	error = -errno;
	close(fd);
	return error;
}

/* Waits if the router is slow: a terminal that floods it holds back only
 * itself. */
void link_send(struct link *l, int type, const void *body, size_t len)
{
	uint8_t octet = (uint8_t)type;
	/* An iovec has no const: sendmsg() does not write there. */
	union {
		const void *in;
		void *out;
	} u = { .in = body };
	struct iovec iov[] = { { &octet, 1 }, { u.out, len } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = len ? 2 : 1 };

	while (sendmsg(l->fd, &msg, MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

/* One descriptor at most: there is room for no more (CMSG_SPACE would be room
 * for two), and the kernel closes what does not fit. */
static ssize_t receive(struct link *l)
{
	struct iovec iov = { l->buf, CLI_PROTO_MAX };
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.buf,
			      .msg_controllen = CMSG_LEN(sizeof(int)) };
	ssize_t n = recvmsg(l->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;

	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len >= CMSG_LEN(sizeof(int)))
		memcpy(&l->handed, CMSG_DATA(c), sizeof(int));
	return n;
}

int link_receive(struct link *l)
{
	ssize_t n;

	drop_handed(l);
	do {
		n = receive(l);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return LINK_NONE;
	if (n <= 0)
		return LINK_LOST;
	l->buf[n] = '\0';
	l->len = (size_t)n - 1;
	return l->buf[0];
}

int link_take(struct link *l)
{
	int fd = l->handed;

	l->handed = -1;
	return fd;
}

const char *link_body(const struct link *l)
{
	return (const char *)l->buf + 1;
}
