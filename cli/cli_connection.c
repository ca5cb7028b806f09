/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connections that a terminal has to elsewhere: telnet makes them, resume
 * goes back to one, disconnect ends one.  Their sockets are the terminal's;
 * here is only what they are called. */
#include "cli/cli_priv.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/proto.h"

enum { USEC_A_MINUTE = 60 * 1000000 };

struct connection {
	char *name; /* NULL: the number is free */
	struct endpoint to;
	int64_t since; /* real us: when the user left it */
};

struct cli_connections {
	struct connection at[CLI_CONNECTIONS_MAX + 1]; /* by number, from 1 */
	unsigned int now;  /* who has the terminal, 0: the router */
	unsigned int last; /* who had it before, 0: nobody */
};

static struct cli_connections *connections(struct cli_session *s)
{
	if (!s->connections)
		s->connections = xcalloc(1, sizeof(*s->connections));
	return s->connections;
}

static bool is_open(const struct cli_session *s, unsigned int number)
{
	return s && s->connections && number <= CLI_CONNECTIONS_MAX &&
	       s->connections->at[number].name;
}

static unsigned int first_number(const struct cli_session *s, bool open)
{
	unsigned int i;

	for (i = 1; i <= CLI_CONNECTIONS_MAX; i++)
		if (is_open(s, i) == open)
			return i;
	return 0;
}

static void forget(struct cli_connections *c, unsigned int number)
{
	free(c->at[number].name);
	c->at[number] = (struct connection){ 0 };
	if (c->last == number)
		c->last = 0;
}

void cli_connections_close(struct cli_session *s)
{
	static const char all;
	unsigned int i;

	if (!s->connections)
		return;
	if (first_number(s, true) && !s->over)
		s->transport.send(s->transport.arg, CLI_S_DISCONNECT, &all, 1);
	for (i = 1; i <= CLI_CONNECTIONS_MAX; i++)
		forget(s->connections, i);
	free(s->connections);
	s->connections = NULL;
}

/* --- the terminal goes there and comes back --------------------------- */

/* The session is over, or its terminal wants the router back. */
static void broken_off(void *arg)
{
	struct cli_out *held = arg;
	struct cli_connections *c =
		held->session ? held->session->connections : NULL;

	if (c) {
		c->last = c->now;
		c->now = 0;
	}
	cli_release(held);
}

static void go_to(struct cli_out *held, unsigned int number, int fd)
{
	struct cli_session *s = held->session;
	const char body = (char)number;

	s->connections->now = number;
	held->interrupt = broken_off;
	held->interrupt_arg = held;
	s->transport.hand(s->transport.arg, CLI_S_CONNECT, &body, 1, fd);
}

void cli_connect(struct cli_out *held, int fd, const char *name,
		 const struct endpoint *to)
{
	struct cli_session *s = held->session;
	unsigned int number = s ? first_number(s, false) : 0;

	if (!s || !s->transport.hand || !number) {
		close(fd);
		if (s && !number)
			cli_error(held, "%% Maximum number of connections is "
					"open\n");
		cli_release(held);
		return;
	}
	connections(s)->at[number] = (struct connection){
		.name = xstrdup(name),
		.to = *to,
	};
	go_to(held, number, fd);
}

static void say_end(struct cli_out *held, const char *name, unsigned int how)
{
	if (how == CLI_E_CLOSED)
		cli_say(held, "[Connection to %s closed by foreign host]\n",
			name);
	else if (how == CLI_E_SILENT)
		cli_error(held, "[Connection to %s closed: it is silent]\n",
			  name);
}

void cli_connection_ended(struct cli_session *s, unsigned int number,
			  unsigned int how)
{
	struct cli_out *held = s->held;
	struct cli_connections *c = s->connections;

	if (!c || !held || held->interrupt != broken_off || !number ||
	    number != c->now)
		return;
	c->now = 0;
	say_end(held, c->at[number].name, how);
	if (how == CLI_E_ESCAPED) {
		c->last = number;
		c->at[number].since = clock_real_now();
	} else {
		forget(c, number);
	}
	cli_release(held);
}

/* --- commands --------------------------------------------------------- */

/* The one that was typed, else the one before; 0 after an error was said. */
static unsigned int chosen(const struct cli_args *a, struct cli_out *o)
{
	const struct cli_session *s = o->session;
	unsigned int number = cli_u32(a, "number");

	if (!first_number(s, true)) {
		cli_error(o, "%% No connections open\n");
		return 0;
	}
	if (!number)
		number = s->connections->last ? s->connections->last
					      : first_number(s, true);
	if (is_open(s, number))
		return number;
	cli_error(o, "%% %u is not an open connection\n", number);
	return 0;
}

static void resume(void *obj, const struct cli_args *a, struct cli_out *o)
{
	unsigned int number = chosen(a, o);

	(void)obj;
	if (!number)
		return;
	cli_say(o, "[Resuming connection %u to %s ... ]\n", number,
		o->session->connections->at[number].name);
	go_to(cli_hold(o, broken_off, o), number, -1);
}

static void disconnect_confirmed(void *arg, const char *line, struct cli_out *o)
{
	const unsigned int *number = arg;
	const char body = (char)*number;
	struct cli_session *s = o->session;

	if (line[0] && line[0] != 'y' && line[0] != 'Y')
		return;
	if (!is_open(s, *number))
		return;
	s->transport.send(s->transport.arg, CLI_S_DISCONNECT, &body, 1);
	forget(s->connections, *number);
}

static void disconnect(void *obj, const struct cli_args *a, struct cli_out *o)
{
	unsigned int number = chosen(a, o), *arg;
	char *question;

	(void)obj;
	if (!number)
		return;
	arg = xcalloc(1, sizeof(*arg));
	*arg = number;
	question = xasprintf("Closing connection to %s [confirm]",
			     o->session->connections->at[number].name);
	cli_ask(o, question, false, disconnect_confirmed, free, arg);
	free(question);
}

static void show_sessions(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	const struct cli_session *s = o->session;
	const struct connection *c;
	char addr[IP_ADDR_TEXT];
	unsigned int i;

	(void)obj;
	(void)a;
	if (!first_number(s, true)) {
		cli_say(o, "%% No connections open\n");
		return;
	}
	cli_say(o, "Conn Host                Address             Idle "
		   "Conn Name\n");
	for (i = 1; i <= CLI_CONNECTIONS_MAX; i++) {
		if (!is_open(s, i))
			continue;
		c = &s->connections->at[i];
		cli_say(o, "%c %2u %-19s %-19s %4u %s\n",
			i == s->connections->last ? '*' : ' ', i, c->name,
			ip_text(&c->to.addr, addr),
			(unsigned int)((clock_real_now() - c->since) /
				       USEC_A_MINUTE),
			c->name);
	}
}

#define NUMBER "[ <1-10>$number  Session number\n]\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "resume  Resume an active network connection\n" NUMBER,
		.run = resume,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "<1-10>$number  Session number to resume\n",
		.run = resume,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "disconnect  Disconnect an existing network "
			 "connection\n" NUMBER,
		.run = disconnect,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show      Show running system information\n"
			 "sessions  Information about Telnet connections\n",
		.run = show_sessions,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "where  List active connections\n",
		.run = show_sessions,
		.flags = CLI_USER,
	},
};

void cli_connections_init(struct cli *cli)
{
	CLI_ADD(cli, commands, NULL);
}
