/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the router and a terminal process (getvpnsh): messages over a
 * SOCK_SEQPACKET pair.  The first octet is the type, the rest the body; text
 * is UTF-8 without a NUL.  At most CLI_PROTO_MAX octets a message.
 *
 * The terminal shows a prompt only when CLI_S_PROMPT came, edits one line,
 * sends it and then waits for the next CLI_S_PROMPT: input that arrives in
 * between is kept, in order and without limit but the socket's.  Paging is
 * the terminal's business.
 *
 * A command may connect the user to somewhere else (telnet): the router makes
 * the TCP connection, the terminal speaks telnet on it.  From CLI_S_CONNECT to
 * CLI_C_CONNECTION keys go there and what comes from there is shown; a prompt
 * in between also ends it, as the escape sequence would. */
#ifndef CLI_PROTO_H
#define CLI_PROTO_H

#define CLI_PROTO_MAX 65536

enum cli_client_msg {
	/* First message.  Body: kind ('c' console, 'v' vty, 's' script), then
	 * the peer's address as text (may be empty).  The router believes the
	 * kind only as far as the socket's origin allows: what it started as
	 * a vty stays one. */
	CLI_C_HELLO = 'H',
	CLI_C_LINE = 'L',      /* a finished line */
	CLI_C_END = 'Z',       /* a line ended by Ctrl-Z: run it, then end */
	CLI_C_HELP = '?',      /* text left of the cursor */
	CLI_C_COMPLETE = '\t', /* text left of the cursor */
	CLI_C_INTERRUPT = 'I', /* Ctrl-C or Ctrl-Shift-6 */
	CLI_C_WINDOW = 'W',    /* u16 width, u16 height, network order */
	CLI_C_HISTORY = 'Y',   /* answer to CLI_S_HISTORY: lines */
	/* A connection has the terminal no more.  Body: u8 its number, u8 enum
	 * cli_connection_end. */
	CLI_C_CONNECTION = 'R',
};

enum cli_server_msg {
	CLI_S_TEXT = 'T', /* output; lines end in \n */
	/* Ready for a line.  Body: u8 flags (enum cli_prompt_flags), then the
	 * prompt. */
	CLI_S_PROMPT = 'P',
	CLI_S_LOG = 'A', /* a log line: shown without tearing the typed one */
	/* After CLI_C_HELP: help text; show it, then prompt and line again. */
	CLI_S_HELP = '?',
	/* After CLI_C_COMPLETE: the octets to insert at the cursor (maybe
	 * none), then redraw. */
	CLI_S_COMPLETE = '\t',
	/* u16 length, u16 width (0: unlimited), u16 history size. */
	CLI_S_TERMINAL = 'S',
	CLI_S_HISTORY = 'Y', /* send the history (show history) */
	CLI_S_BYE = 'B',     /* the session is over; text to show first */
	/* The terminal goes to a connection.  Body: u8 its number, 1 to
	 * CLI_CONNECTIONS_MAX.  A new one brings its socket (SCM_RIGHTS), not
	 * blocking; without one it is a connection that waits. */
	CLI_S_CONNECT = 'C',
	/* A connection that waits is closed.  Body: u8 number, 0: all. */
	CLI_S_DISCONNECT = 'D',
};

enum { CLI_CONNECTIONS_MAX = 10 }; /* a terminal */

enum cli_connection_end {
	CLI_E_CLOSED = 0,  /* by the far end; it is no more */
	CLI_E_ESCAPED = 1, /* the user is back, it waits */
	CLI_E_SILENT = 2,  /* a script had to wait too long; it is no more */
};

enum cli_prompt_flags {
	CLI_P_FAILED = 1,   /* the line before this prompt was an error */
	CLI_P_HIDDEN = 2,   /* no echo, no history */
	CLI_P_DIALOGUE = 4, /* an answer, not a command: no ?, Tab, history */
	CLI_P_CONFIG = 8,   /* a configuration mode (its own history) */
	CLI_P_KEY = 16,	    /* [confirm]: one key is the answer, not echoed */
	CLI_P_FORGET = 32,  /* the line before held a secret: no history */
};

#endif
