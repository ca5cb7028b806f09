/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "cli/cli_door.h"
#include "cli/cli_login.h"
#include "cli/cli_priv.h"
#include "cli/proto.h"

enum {
	PEER_MAX = 64,		 /* octets of a peer's name */
	READS_AT_ONCE = 16,	 /* messages before others get a turn */
	LOG_LIMIT = 1024 * 1024, /* waiting octets over which logs are lost */
	HARD_LIMIT = 64 * 1024 * 1024, /* and over which the session ends */
};

struct message {
	STAILQ_ENTRY(message) link;
	int fd; /* goes with it, -1: none */
	size_t len;
	char body[];
};

struct cli_channel {
	struct loop *loop;
	struct cli *cli;
	int fd;
	struct loop_fd *watch;
	enum cli_origin origin;
	char *peer;
	int vty;
	struct cli_session *session; /* NULL before the hello */
	STAILQ_HEAD(, message) out;
	size_t waiting; /* octets in out */
	bool ending;	/* close when out is empty */
	bool dead;
	struct loop_timer *farewell; /* tells gone() from the loop */
	void (*gone)(void *arg);
	void (*login)(void *arg); /* or NULL */
	bool (*claim)(void *arg, const char *text, struct cli_guest *out);
	void *arg;
	bool was_in_login;
	char in[CLI_PROTO_MAX + 1];
};

static void tell_gone(void *arg)
{
	struct cli_channel *c = arg;

	c->gone(c->arg);
}

/* The end comes from the loop, never from within a call of the session. */
static void die(struct cli_channel *c)
{
	if (c->dead)
		return;
	c->dead = true;
	loop_fd_close(&c->watch);
	loop_timer_set(c->loop, &c->farewell, 0, tell_gone, c);
}

static void message_free(struct message *m)
{
	if (m->fd >= 0)
		close(m->fd);
	free(m);
}

static void drop_messages(struct cli_channel *c)
{
	struct message *m;

	while ((m = STAILQ_FIRST(&c->out))) {
		STAILQ_REMOVE_HEAD(&c->out, link);
		message_free(m);
	}
	c->waiting = 0;
}

static ssize_t send_message(int fd, struct message *m)
{
	struct iovec iov = { m->body, m->len };
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;

	if (m->fd >= 0) {
		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &m->fd, sizeof(int));
	}
	return sendmsg(fd, &msg, MSG_NOSIGNAL);
}

static void flush(struct cli_channel *c)
{
	struct message *m;

	while ((m = STAILQ_FIRST(&c->out))) {
		if (send_message(c->fd, m) < 0) {
			if (errno == EAGAIN || errno == EINTR ||
			    errno == ENOBUFS)
				break;
			die(c);
			return;
		}
		STAILQ_REMOVE_HEAD(&c->out, link);
		c->waiting -= m->len;
		message_free(m);
	}
	if (!m && c->ending) {
		die(c);
		return;
	}
	if (c->watch)
		loop_fd_want(c->watch, LOOP_READ | (m ? LOOP_WRITE : 0));
}

/* Whether there is room for a message of this type. */
static bool has_room(struct cli_channel *c, int type, size_t len)
{
	if (c->dead || len + 1 > CLI_PROTO_MAX ||
	    (type == CLI_S_LOG && c->waiting > LOG_LIMIT))
		return false;
	if (c->waiting > HARD_LIMIT)
		die(c);
	return !c->dead;
}

static void channel_hand(void *arg, int type, const void *data, size_t len,
			 int fd)
{
	struct cli_channel *c = arg;
	struct message *m;

	if (!has_room(c, type, len)) {
		if (fd >= 0)
			close(fd);
		return;
	}
	m = xcalloc(1, sizeof(*m) + len + 1);
	m->fd = fd;
	m->len = len + 1;
	m->body[0] = (char)type;
	if (len)
		memcpy(m->body + 1, data, len);
	STAILQ_INSERT_TAIL(&c->out, m, link);
	c->waiting += m->len;
	c->ending = c->ending || type == CLI_S_BYE;
	flush(c);
}

static void channel_send(void *arg, int type, const void *data, size_t len)
{
	channel_hand(arg, type, data, len, -1);
}

static enum cli_kind kind_of(const struct cli_channel *c, char said)
{
	switch (c->origin) {
	case CLI_FROM_CONSOLE:
		return CLI_KIND_CONSOLE;
	case CLI_FROM_VTY:
	case CLI_FROM_SSH:
		return CLI_KIND_VTY;
	case CLI_FROM_SOCKET:
		break;
	}
	if (said == CLI_KIND_VTY || said == CLI_KIND_SCRIPT)
		return (enum cli_kind)said;
	return CLI_KIND_CONSOLE;
}

static void hello(struct cli_channel *c, const char *body)
{
	struct cli_transport t = { .send = channel_send,
				   .hand = channel_hand,
				   .arg = c };
	enum cli_kind kind = kind_of(c, body[0]);
	struct cli_guest guest = { 0 };

	if (c->origin == CLI_FROM_SSH) {
		if (!c->claim || !c->claim(c->arg, body + 1, &guest)) {
			die(c);
			return;
		}
		free(c->peer);
		c->peer = guest.peer;
		c->vty = guest.vty;
	}
	c->session = cli_session_new(c->cli, kind, &t);
	c->session->ssh = c->origin == CLI_FROM_SSH;
	c->session->local = c->origin == CLI_FROM_SOCKET;
	c->session->vty = kind == CLI_KIND_VTY && c->vty < 0 ? 0 : c->vty;
	free(c->session->peer);
	if (c->session->local)
		c->session->peer = strndup(body[0] ? body + 1 : "", PEER_MAX);
	else
		c->session->peer = xstrdup(c->peer);
	if (guest.user)
		cli_login_ssh(c->session, guest.user);
	else if (kind == CLI_KIND_SCRIPT)
		cli_session_start(c->session);
	else
		cli_login_start(c->session);
	free(guest.user);
}

static void window(struct cli_session *s, const uint8_t *body, size_t len)
{
	unsigned int width, height;

	if (len != 4)
		return;
	width = (unsigned int)body[0] << 8 | body[1];
	height = (unsigned int)body[2] << 8 | body[3];
	if (width && width <= CLI_TERMINAL_MAX && !s->width_set)
		s->width = width;
	if (height && height <= CLI_TERMINAL_MAX && !s->length_set &&
	    s->kind != CLI_KIND_SCRIPT)
		s->length = height;
	cli_session_terminal(s);
}

static void answer_text(struct cli_channel *c, int type, char *text)
{
	channel_send(c, type, text, strlen(text));
	free(text);
}

/* body ends in a NUL; a NUL inside ends the text early. */
static void received(struct cli_channel *c, int type, const char *body,
		     size_t len)
{
	struct cli_session *s = c->session;

	if (!s) {
		if (type == CLI_C_HELLO)
			hello(c, body);
		else
			die(c);
		return;
	}
	switch (type) {
	case CLI_C_LINE:
		cli_session_line(s, body);
		break;
	case CLI_C_END:
		cli_session_end(s, body);
		break;
	case CLI_C_HELP:
		answer_text(c, CLI_S_HELP, cli_help(s, body));
		break;
	case CLI_C_COMPLETE:
		answer_text(c, CLI_S_COMPLETE, cli_complete(s, body));
		break;
	case CLI_C_INTERRUPT:
		cli_session_interrupt(s);
		break;
	case CLI_C_WINDOW:
		window(s, (const uint8_t *)body, len);
		break;
	case CLI_C_CONNECTION:
		if (len == 2)
			cli_connection_ended(s, (uint8_t)body[0],
					     (uint8_t)body[1]);
		break;
	default: /* a message of a newer terminal */
		break;
	}
}

static void look_at_login(struct cli_channel *c)
{
	bool in_login = cli_channel_in_login(c);

	if (in_login == c->was_in_login)
		return;
	c->was_in_login = in_login;
	if (c->login)
		c->login(c->arg);
}

static void ready(void *arg, unsigned int events)
{
	struct cli_channel *c = arg;
	ssize_t n;
	int i;

	if (events & LOOP_WRITE)
		flush(c);
	for (i = 0; i < READS_AT_ONCE && !c->dead; i++) {
		n = recv(c->fd, c->in, CLI_PROTO_MAX, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			die(c);
			return;
		}
		c->in[n] = '\0';
		received(c, (unsigned char)c->in[0], c->in + 1, (size_t)n - 1);
		/* It may have been a password or a key. */
		bytes_wipe(c->in, (size_t)n);
		look_at_login(c);
	}
}

struct cli_channel *cli_channel_new(struct loop *loop, struct cli *cli, int fd,
				    enum cli_origin origin, const char *peer,
				    int vty, void (*gone)(void *arg), void *arg)
{
	struct cli_channel *c = xcalloc(1, sizeof(*c));

	c->loop = loop;
	c->cli = cli;
	c->fd = fd;
	c->origin = origin;
	c->peer = xstrdup(peer);
	c->vty = vty;
	c->gone = gone;
	c->arg = arg;
	c->was_in_login = true;
	STAILQ_INIT(&c->out);
	loop_fd_open(loop, &c->watch, fd, LOOP_READ, ready, c);
	return c;
}

void cli_channel_free(struct cli_channel *c)
{
	if (!c)
		return;
	c->dead = true; /* nothing more is sent */
	if (c->session)
		cli_session_free(c->session);
	loop_fd_close(&c->watch);
	loop_timer_cancel(&c->farewell);
	drop_messages(c);
	close(c->fd);
	free(c->peer);
	free(c);
}

void cli_channel_on_login(struct cli_channel *c, void (*fn)(void *arg))
{
	c->login = fn;
}

void cli_channel_on_claim(struct cli_channel *c,
			  bool (*fn)(void *arg, const char *text,
				     struct cli_guest *out))
{
	c->claim = fn;
}

bool cli_channel_is_console(const struct cli_channel *c)
{
	return c->session && !c->dead && c->session->kind == CLI_KIND_CONSOLE;
}

int cli_channel_copy(const struct cli_channel *c)
{
	return fcntl(c->fd, F_DUPFD_CLOEXEC, 0);
}

void cli_channel_begin(struct cli_channel *c)
{
	hello(c, "c");
}

/* Who has said goodbye leaves it to the next one, though his process may wait
 * a second for the client's end of the connection. */
int cli_channel_vty(const struct cli_channel *c)
{
	return c->session && c->session->over ? -1 : c->vty;
}

bool cli_channel_in_login(const struct cli_channel *c)
{
	return !c->session || !c->session->logged_in;
}
