/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session: what goes between a terminal and the router.  It knows neither
 * the loop nor the kind of terminal: its owner calls it when something has
 * arrived and asks what it wants next. */
#ifndef CLI_SH_SESSION_H
#define CLI_SH_SESSION_H

#include <stdbool.h>

#include "cli/sh/link.h"
#include "cli/sh/term.h"

struct session;
struct relay;
struct script;

struct session_config {
	char kind; /* of CLI_C_HELLO */
	const char *peer;
	struct script *script; /* types instead of a user, or NULL */
	bool plain;  /* no screen: neither pages nor scrolling lines */
	bool detach; /* Ctrl-] leaves (a tty has no telnet client for that) */
};

/* Takes neither; both outlive the session. */
struct session *session_new(struct term *term, struct link *link,
			    const struct session_config *config);
void session_free(struct session *s);

/* Handles all that was typed, all messages, and a new window size; writes
 * what can be written. */
void session_run(struct session *s);
bool session_is_over(const struct session *s);
/* When it is over: 0 or 1. */
int session_status(const struct session *s);

/* A log line has pushed the line being typed off: it is to be shown again by
 * session_redraw() SESSION_REDRAW_MS later (so that a burst of them stands in
 * one piece), unless a key comes before. */
#define SESSION_REDRAW_MS 100
bool session_wants_redraw(const struct session *s);
void session_redraw(struct session *s);

/* The connection that has the terminal, NULL: none; its socket is to be
 * watched too. */
const struct relay *session_relay(const struct session *s);
/* Closes it: a script cannot type there, and it says nothing more. */
void session_give_up(struct session *s);

/* Neither side is read while the other does not keep up. */
bool session_wants_link(const struct session *s);
bool session_wants_term(const struct session *s);

#endif
