/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session from the inside: session.c decides what is handled next,
 * session_keys.c what a key does, session_messages.c what a message of the
 * router does. */
#ifndef CLI_SH_SESSION_PRIV_H
#define CLI_SH_SESSION_PRIV_H

#include "cli/sh/session.h"

#include <bsd/sys/queue.h>

#include "cli/proto.h"
#include "cli/sh/history.h"
#include "cli/sh/pager.h"
#include "cli/sh/relay.h"
#include "cli/sh/screen.h"

enum session_limits {
	SESSION_LENGTH = 24, /* rows, until we know better: IOS defaults */
	SESSION_WIDTH = 80,
	SESSION_HELD_MAX = 1024 * 1024, /* octets kept at " --More-- " */
	SESSION_DETACH = 0x1d,		/* Ctrl-], as in telnet clients */
};

enum session_state {
	SESSION_WAITING,    /* for a prompt: the router is working */
	SESSION_EDITING,    /* the user has the word */
	SESSION_HELPING,    /* for CLI_S_HELP */
	SESSION_COMPLETING, /* for CLI_S_COMPLETE */
	SESSION_CONNECTED,  /* the user is somewhere else */
	SESSION_OVER,
};

/* A message that came while the pager waits for a key. */
struct held {
	STAILQ_ENTRY(held) entry;
	int type;
	int fd; /* that came with it, -1: none */
	size_t len;
	char body[];
};

STAILQ_HEAD(held_list, held);

struct session {
	struct term *term;
	struct link *link;
	struct session_config config;
	enum session_state state;
	int status;
	bool broken;   /* an interrupt is on its way to the router */
	bool lost;     /* the router is gone: nothing more comes */
	bool sized;    /* the router has said how large the screen is */
	bool helped;   /* help is on the screen, perhaps behind the pager */
	uint8_t flags; /* of the prompt */
	char *prompt;  /* its last line */
	struct screen screen;
	struct pager pager;
	struct history exec, configure;
	struct held_list held;
	size_t held_len;
	int handed; /* with the message being handled, -1: none */
	struct relay *connections[CLI_CONNECTIONS_MAX + 1]; /* by number */
	unsigned int at; /* which of them has the terminal, 0: none */
};

void session_over(struct session *s, int status);
void session_send(struct session *s, int type, const char *text, size_t len);
/* One is enough until the next prompt. */
void session_interrupt(struct session *s);
/* Of the mode the prompt stands for. */
struct history *session_history(struct session *s);
/* Of the screen, as the router sees it. */
void session_set_size(struct session *s, unsigned int length,
		      unsigned int width);

/* An empty line behind the prompt; show_line draws it, and redraws it. */
void session_begin_line(struct session *s);
void session_show_line(struct session *s);
void session_key(struct session *s, uint8_t c);

void session_message(struct session *s, int type, const char *body, size_t len);
/* CLI_S_CONNECT and CLI_S_DISCONNECT. */
void session_connect(struct session *s, unsigned int number);
void session_disconnect(struct session *s, unsigned int number);
/* The router wants the word: the connection, if there is one, waits. */
void session_come_back(struct session *s);
/* What came from the connection, one key for it; false: there was nothing. */
bool session_connected_step(struct session *s);

/* After help: the line again, once the pager is through. */
void session_end_help(struct session *s);

#endif
