/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A telnet client on a TCP socket: libtelnet for the options, with a sieve
 * before it. */
#include "cli/sh/term.h"

#include <errno.h>
#include <fcntl.h>
#include <libtelnet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rd.h"
#include "cli/sh/sieve.h"

#define TELNET_CLOSE_MS	    1000 /* to see the client's FIN */
#define TELNET_KEEPALIVE_S  60	 /* idle time before TCP asks */
#define TELNET_ERASE_CHAR   0x7f
#define TELNET_ERASE_LINE   0x15
#define TELNET_NAWS_OCTETS  4
#define TELNET_DISCARD_SIZE 4096

struct telnet_term {
	telnet_t *telnet;
	struct sieve sieve;
};

static const telnet_telopt_t options[] = {
	{ TELNET_TELOPT_ECHO, TELNET_WILL, TELNET_DONT },
	{ TELNET_TELOPT_SGA, TELNET_WILL, TELNET_DO },
	{ TELNET_TELOPT_TTYPE, TELNET_WONT, TELNET_DO },
	{ TELNET_TELOPT_NAWS, TELNET_WONT, TELNET_DO },
	{ -1, 0, 0 },
};

static void type_one(struct term *t, uint8_t c)
{
	term_typed(t, &c, 1);
}

/* RFC 854, control functions. */
static void command(struct term *t, unsigned char cmd)
{
	static const char yes[] = "\r\n[Yes]\r\n";

	switch (cmd) {
	case TELNET_IP:
	case TELNET_BREAK:
		type_one(t, TERM_BREAK);
		break;
	case TELNET_EC:
		type_one(t, TELNET_ERASE_CHAR);
		break;
	case TELNET_EL:
		type_one(t, TELNET_ERASE_LINE);
		break;
	case TELNET_AYT:
		t->ops->put(t, yes, sizeof(yes) - 1);
		break;
	default:
		break;
	}
}

/* RFC 1073. */
static void window(struct term *t, const char *data, size_t len)
{
	struct rd r = rd_init(data, len);
	uint16_t width = rd_u16(&r), height = rd_u16(&r);

	if (rd_done(&r))
		term_set_size(t, width, height);
}

static void on_event(telnet_t *telnet, telnet_event_t *ev, void *arg)
{
	struct term *t = arg;

	/* Everything else is for roles and options we do not have. */
	if (ev->type == TELNET_EV_DATA)
		term_typed(t, (const uint8_t *)ev->data.buffer, ev->data.size);
	else if (ev->type == TELNET_EV_SEND)
		queue_push(&t->out, ev->data.buffer, ev->data.size);
	else if (ev->type == TELNET_EV_IAC)
		command(t, ev->iac.cmd);
	else if (ev->type == TELNET_EV_WILL &&
		 ev->neg.telopt == TELNET_TELOPT_TTYPE)
		telnet_ttype_send(telnet);
	else if (ev->type == TELNET_EV_SUBNEGOTIATION &&
		 ev->sub.telopt == TELNET_TELOPT_NAWS && ev->sub.size)
		window(t, ev->sub.buffer, ev->sub.size);
}

static bool wanted(uint8_t option)
{
	return option == TELNET_TELOPT_NAWS || option == TELNET_TELOPT_TTYPE;
}

static void telnet_feed(struct term *t, const uint8_t *data, size_t len)
{
	struct telnet_term *tt = t->priv;

	sieve_feed(&tt->sieve, data, len);
}

static void telnet_put(struct term *t, const char *data, size_t len)
{
	struct telnet_term *tt = t->priv;

	telnet_send(tt->telnet, data, len);
}

static void telnet_probe(struct term *t)
{
	struct telnet_term *tt = t->priv;

	telnet_iac(tt->telnet, TELNET_NOP);
}

/* Our FIN after the last octet, then theirs: closing with unread input would
 * send a reset, which may overtake what the client has not read yet. */
static void telnet_close(struct term *t)
{
	struct telnet_term *tt = t->priv;
	struct pollfd p = { .fd = t->in_fd, .events = POLLIN };
	char rest[TELNET_DISCARD_SIZE];

	if (!t->dead && shutdown(t->out_fd, SHUT_WR) == 0)
		while (poll(&p, 1, TELNET_CLOSE_MS) > 0 &&
		       read(t->in_fd, rest, sizeof(rest)) > 0)
			;
	close(t->in_fd);
	telnet_free(tt->telnet);
	free(tt);
}

static const struct term_ops telnet_ops = {
	.feed = telnet_feed,
	.put = telnet_put,
	.probe = telnet_probe,
	.close = telnet_close,
};

/* Not everything that comes here is TCP (tests use a socket pair), so these
 * may fail. */
static void tune_socket(int fd)
{
	const int on = 1, idle = TELNET_KEEPALIVE_S;

	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
}

struct term *term_telnet_new(int fd)
{
	struct term *t = xcalloc(1, sizeof(*t));
	struct telnet_term *tt = xcalloc(1, sizeof(*tt));

	tune_socket(fd);
	t->ops = &telnet_ops;
	t->priv = tt;
	t->in_fd = fd;
	t->out_fd = fd;
	tt->telnet = telnet_init(options, on_event, 0, t);
	tt->sieve = (struct sieve){ .telnet = tt->telnet, .wanted = wanted };
	telnet_negotiate(tt->telnet, TELNET_WILL, TELNET_TELOPT_ECHO);
	telnet_negotiate(tt->telnet, TELNET_WILL, TELNET_TELOPT_SGA);
	telnet_negotiate(tt->telnet, TELNET_DO, TELNET_TELOPT_TTYPE);
	telnet_negotiate(tt->telnet, TELNET_DO, TELNET_TELOPT_NAWS);
	return t;
}
