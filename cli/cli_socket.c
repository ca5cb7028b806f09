/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"

static int tcp_socket(int family)
{
	int on = 1, off = 0;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off,
				 sizeof(off));
	return fd;
}

static bool bind_port(int fd, int family, int port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6,
				    .sin6_port = htons((uint16_t)port) };
	struct sockaddr_in four = { .sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port) };

	if (family == AF_INET6)
		return bind(fd, (struct sockaddr *)&six, sizeof(six)) == 0;
	return bind(fd, (struct sockaddr *)&four, sizeof(four)) == 0;
}

int cli_socket_listen(int port, int backlog)
{
	static const int families[] = { AF_INET6, AF_INET };
	int fd = -1, error;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		fd = tcp_socket(families[i]);
		if (fd < 0)
			continue;
		if (bind_port(fd, families[i], port) &&
		    listen(fd, backlog) == 0)
			return fd;
		error = errno;
		close(fd);
		errno = error;
	}
	return -1;
}

static int local_socket(const struct sockaddr_un *sa, socklen_t len,
			int backlog)
{
	int error;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
			0);

	if (fd < 0)
		return -1;
	/* The mode is that of the socket when it is bound: no gap between. */
	if (fchmod(fd, S_IRUSR | S_IWUSR) == 0 &&
	    bind(fd, (const struct sockaddr *)sa, len) == 0 &&
	    listen(fd, backlog) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

int cli_socket_local(const char *path, int backlog)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int n = snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);

	if (n < 0 || (size_t)n >= sizeof(sa.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	(void)unlink(path);
	return local_socket(&sa, sizeof(sa), backlog);
}

int cli_socket_abstract(const char *name, int backlog)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	size_t len = strnlen(name, sizeof(sa.sun_path) - 1);

	memcpy(sa.sun_path + 1, name, len);
	return local_socket(
		&sa,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + len),
		backlog);
}

int cli_socket_accept(int fd, struct endpoint *from)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct sockaddr_storage sa = { 0 };
	socklen_t len = sizeof(sa);
	int c = accept4(fd, (struct sockaddr *)&sa, &len, SOCK_CLOEXEC);

	*from = (struct endpoint){ 0 };
	if (c < 0 ||
	    !endpoint_from_sockaddr(from, (const struct sockaddr *)&sa))
		return c;
	if (from->addr.family == IP_V6 &&
	    !memcmp(from->addr.b, mapped, sizeof(mapped))) {
		memmove(from->addr.b, from->addr.b + sizeof(mapped), 4);
		memset(from->addr.b + 4, 0, sizeof(mapped));
		from->addr.family = IP_V4;
	}
	return c;
}

bool cli_socket_is_of(int fd, uid_t uid)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 &&
	       cred.uid == uid;
}

bool cli_socket_send(int fd, const void *data, size_t len, int handed)
{
	struct iovec iov;
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.buf,
			      .msg_controllen = sizeof(control.buf) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	memcpy(&iov.iov_base, &data, sizeof(data));
	iov.iov_len = len;
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &handed, sizeof(int));
	return sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len;
}

void cli_socket_refuse(int fd)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}
