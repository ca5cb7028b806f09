/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/relay.h"

#include <ctype.h>
#include <errno.h>
#include <libtelnet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/wr.h"
#include "cli/sh/sieve.h"

#define RELAY_READ	  16384 /* octets at once */
#define RELAY_NAWS_OCTETS 4	/* RFC 1073 */
/* RFC 1091.  The lines are drawn with nothing a VT100 cannot do; what the far
 * end may assume of the user's terminal is not known better. */
#define RELAY_TERMINAL	  "VT100"

struct relay {
	int fd;
	struct term *term;
	telnet_t *telnet;
	struct sieve sieve;
	struct queue out; /* for the far end */
	bool remote_echo;
	bool naws;    /* it wants to know the size */
	bool escaped; /* the key before was TERM_BREAK */
	bool over;
};

static const telnet_telopt_t options[] = {
	{ TELNET_TELOPT_ECHO, TELNET_WONT, TELNET_DO },
	{ TELNET_TELOPT_SGA, TELNET_WILL, TELNET_DO },
	{ TELNET_TELOPT_TTYPE, TELNET_WILL, TELNET_DONT },
	{ TELNET_TELOPT_NAWS, TELNET_WILL, TELNET_DONT },
	{ -1, 0, 0 },
};

/* The only one that the far end has something to say about. */
static bool wanted(uint8_t option)
{
	return option == TELNET_TELOPT_TTYPE;
}

void relay_resize(struct relay *r)
{
	uint8_t body[RELAY_NAWS_OCTETS];
	struct wr w = wr_init(body, sizeof(body));

	if (!r->naws || !r->term->width || !r->term->height)
		return;
	wr_u16(&w, r->term->width);
	wr_u16(&w, r->term->height);
	telnet_subnegotiation(r->telnet, TELNET_TELOPT_NAWS, (char *)body,
			      sizeof(body));
}

static void negotiated(struct relay *r, const telnet_event_t *ev)
{
	bool on = ev->type == TELNET_EV_WILL || ev->type == TELNET_EV_DO;
	bool his = ev->type == TELNET_EV_WILL || ev->type == TELNET_EV_WONT;

	if (his && ev->neg.telopt == TELNET_TELOPT_ECHO) {
		r->remote_echo = on;
	} else if (!his && ev->neg.telopt == TELNET_TELOPT_NAWS) {
		r->naws = on;
		relay_resize(r);
	}
}

static void on_event(telnet_t *telnet, telnet_event_t *ev, void *arg)
{
	struct relay *r = arg;

	/* Everything else is commands, and options that never get here. */
	if (ev->type == TELNET_EV_DATA)
		term_pass(r->term, ev->data.buffer, ev->data.size);
	else if (ev->type == TELNET_EV_SEND)
		queue_push(&r->out, ev->data.buffer, ev->data.size);
	else if (ev->type == TELNET_EV_WILL || ev->type == TELNET_EV_WONT ||
		 ev->type == TELNET_EV_DO || ev->type == TELNET_EV_DONT)
		negotiated(r, ev);
	else if (ev->type == TELNET_EV_TTYPE &&
		 ev->ttype.cmd == TELNET_TTYPE_SEND)
		telnet_ttype_is(telnet, RELAY_TERMINAL);
}

struct relay *relay_new(int fd, struct term *term)
{
	struct relay *r = xcalloc(1, sizeof(*r));

	r->fd = fd;
	r->term = term;
	r->telnet = telnet_init(options, on_event, 0, r);
	r->sieve = (struct sieve){ .telnet = r->telnet, .wanted = wanted };
	return r;
}

void relay_free(struct relay *r)
{
	if (!r)
		return;
	close(r->fd);
	telnet_free(r->telnet);
	queue_free(&r->out);
	free(r);
}

int relay_fd(const struct relay *r)
{
	return r->fd;
}

bool relay_wants_read(const struct relay *r)
{
	return !r->over && !queue_is_full(&r->out) &&
	       !queue_is_full(&r->term->out);
}

bool relay_wants_write(const struct relay *r)
{
	return !r->over && !queue_is_empty(&r->out);
}

bool relay_wants_key(const struct relay *r)
{
	return !queue_is_full(&r->out) && !queue_is_full(&r->term->out);
}

bool relay_is_over(const struct relay *r)
{
	return r->over;
}

bool relay_read(struct relay *r)
{
	uint8_t buf[RELAY_READ];
	ssize_t n;

	if (!relay_wants_read(r))
		return false;
	n = recv(r->fd, buf, sizeof(buf), MSG_DONTWAIT);
	if (n > 0)
		sieve_feed(&r->sieve, buf, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		r->over = true;
	return n > 0;
}

/* That the far end is gone is noticed by relay_read(), after what it said. */
void relay_flush(struct relay *r)
{
	const uint8_t *data;
	size_t len;
	ssize_t n;

	while (relay_wants_write(r)) {
		data = queue_data(&r->out, &len);
		n = send(r->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		queue_drop(&r->out, n < 0 ? len : (size_t)n);
	}
}

/* --- keys ------------------------------------------------------------- */

static void type_one(struct relay *r, uint8_t c)
{
	static const char end_of_line[] = "\r\n"; /* RFC 854, and IOS */
	const char text[] = { (char)c };

	if (c == '\r') {
		telnet_send(r->telnet, end_of_line, 2);
		if (!r->remote_echo)
			term_pass(r->term, end_of_line, 2);
		return;
	}
	telnet_send(r->telnet, text, 1);
	if (!r->remote_echo && isprint(c))
		term_pass(r->term, text, 1);
}

/* IOS's letters after Ctrl-Shift-6 and what they stand for in RFC 854. */
static const struct {
	char letter;
	uint8_t command;
	const char *name;
} specials[] = {
	{ 'b', TELNET_BREAK, "BREAK" }, { 'c', TELNET_IP, "IP" },
	{ 'h', TELNET_EC, "EC" },	{ 'o', TELNET_AO, "AO" },
	{ 't', TELNET_AYT, "AYT" },	{ 'u', TELNET_EL, "EL" },
};

static void show_specials(struct relay *r)
{
	char *line;
	size_t i;

	term_puts(r->term, "\n[Special telnet escape help]\n");
	for (i = 0; i < ARRAY_SIZE(specials); i++) {
		line = xasprintf("^^%c  sends telnet %s\n",
				 toupper(specials[i].letter), specials[i].name);
		term_puts(r->term, line);
		free(line);
	}
	term_puts(r->term, "^^X  goes back to the router\n");
}

/* The key after TERM_BREAK.  Twice the break is one for the far end, where
 * there may be a router with connections of its own. */
static bool escape(struct relay *r, uint8_t c)
{
	size_t i;

	r->escaped = false;
	if (tolower(c) == 'x')
		return true;
	if (c == '?') {
		show_specials(r);
		return false;
	}
	for (i = 0; i < ARRAY_SIZE(specials); i++) {
		if (tolower(c) == specials[i].letter) {
			telnet_iac(r->telnet, specials[i].command);
			return false;
		}
	}
	type_one(r, c);
	return false;
}

bool relay_key(struct relay *r, uint8_t c)
{
	if (r->escaped)
		return escape(r, c);
	if (c == TERM_BREAK)
		r->escaped = true;
	else
		type_one(r, c);
	return false;
}
