/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/telnet.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

struct telnet {
	struct router *router;
	struct cli_out *out;
	char *name;
	struct endpoint to;
	int fd;
	struct loop_fd *watch;
	struct loop_timer *timer;
};

static void telnet_free(struct telnet *t)
{
	loop_timer_cancel(&t->timer);
	loop_fd_close(&t->watch);
	if (t->fd >= 0)
		close(t->fd);
	free(t->name);
	free(t);
}

static const char *reason(int error)
{
	switch (error) {
	case ECONNREFUSED:
	case ECONNRESET:
		return "% Connection refused by remote host";
	case ETIMEDOUT:
		return "% Connection timed out; remote host not responding";
	default:
		return "% Destination unreachable; gateway or host down";
	}
}

static void fail(struct telnet *t, int error)
{
	struct cli_out *out = t->out;

	cli_error(out, "\n%s\n\n", reason(error));
	telnet_free(t);
	cli_release(out);
}

static void timed_out(void *arg)
{
	fail(arg, ETIMEDOUT);
}

static void interrupted(void *arg)
{
	struct telnet *t = arg;
	struct cli_out *out = t->out;

	cli_say(out, "\n");
	telnet_free(t);
	cli_release(out);
}

static void settled(void *arg, unsigned int events)
{
	struct telnet *t = arg;
	struct cli_out *out = t->out;
	int error = 0, fd = t->fd;
	socklen_t len = sizeof(error);

	(void)events;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error) {
		fail(t, error);
		return;
	}
	cli_say(out, "Open\n");
	t->fd = -1;
	loop_timer_cancel(&t->timer);
	loop_fd_close(&t->watch);
	cli_connect(out, fd, t->name, &t->to);
	telnet_free(t);
}

/* As IOS: "10.0.33.2", "10.0.33.2, 80", "HOST3 (10.0.33.2)". */
static void say_trying(const struct telnet_job *job, struct cli_out *o)
{
	char addr[IP_ADDR_TEXT];
	bool named = strcmp(ip_text(&job->to.addr, addr), job->name) != 0;

	if (named)
		cli_say(o, "Trying %s (%s", job->name, addr);
	else
		cli_say(o, "Trying %s", addr);
	if (job->to.port != TELNET_PORT_DEFAULT)
		cli_say(o, ", %u", job->to.port);
	cli_say(o, "%s... ", named ? ")" : " ");
}

/* A socket that is on its way there, or -errno. */
static int connect_to(const struct telnet_job *job)
{
	struct endpoint from = { .addr = job->source };
	struct sockaddr_storage ss;
	const int on = 1;
	socklen_t len;
	int error, fd;

	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	len = endpoint_to_sockaddr(&from, &ss);
	if (ip_is_set(&job->source) &&
	    bind(fd, (struct sockaddr *)&ss, len) < 0)
		goto fail;
	len = endpoint_to_sockaddr(&job->to, &ss);
	if (connect(fd, (struct sockaddr *)&ss, len) < 0 &&
	    errno != EINPROGRESS)
		goto fail;
	return fd;
fail:
	error = -errno;
	close(fd);
	return error;
}

void telnet_start(struct router *router, const struct telnet_job *job,
		  struct cli_out *o)
{
	struct telnet *t;
	int fd, home;

	say_trying(job, o);
	home = vrf_enter(vrf_by_id(router->ifaces->vrfs, job->to.vrf));
	fd = home < 0 ? home : connect_to(job);
	netns_leave(home);
	if (fd < 0) {
		cli_error(o, "\n%s\n\n", reason(-fd));
		return;
	}
	t = xcalloc(1, sizeof(*t));
	t->router = router;
	t->name = xstrdup(job->name);
	t->to = job->to;
	t->fd = fd;
	t->out = cli_hold(o, interrupted, t);
	loop_fd_open(router->loop, &t->watch, fd, LOOP_WRITE, settled, t);
	loop_timer_set(router->loop, &t->timer, SEC(TELNET_SYN_WAIT), timed_out,
		       t);
}
