/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal as a byte stream: typed octets in, printed octets out.  Two
 * kinds: the tty this program runs on, and a telnet client on a TCP socket.
 * Whatever it is, a return arrives as one \r (CR, CR LF, CR NUL and LF are the
 * same), a break as TERM_CTRL_C or TERM_BREAK, and \n goes out as CR LF. */
#ifndef CLI_SH_TERM_H
#define CLI_SH_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/sh/queue.h"

#define TERM_CTRL_C 0x03
#define TERM_BREAK  0x1e /* Ctrl-Shift-6 */

struct term;

struct term_ops {
	/* Octets as they came in from the outside. */
	void (*feed)(struct term *t, const uint8_t *data, size_t len);
	/* Octets to go out, line ends done; appended to t->out in its code. */
	void (*put)(struct term *t, const char *data, size_t len);
	/* Says something the user does not see, to find out whether the other
	 * end is still there. */
	void (*probe)(struct term *t);
	/* The end: the outside as it was before.  Frees t->priv. */
	void (*close)(struct term *t);
};

struct term {
	const struct term_ops *ops;
	void *priv;
	int in_fd, out_fd;
	struct queue in;	/* typed, not read yet */
	struct queue out;	/* printed, not written yet */
	size_t column;		/* octets printed on the current line */
	uint16_t width, height; /* 0: not known */
	bool resized;		/* width or height changed: taken by the user */
	bool after_cr;		/* the next LF or NUL belongs to that CR */
	bool ended;		/* nothing more will be typed */
	bool dead;		/* the other end is gone */
	bool file; /* no screen: line ends as this system has them */
};

/* The tty (or whatever) on stdin and stdout. */
struct term *term_tty_new(void);
/* Only stdout, nothing is ever typed. */
struct term *term_output_new(void);
/* Takes the TCP socket and starts to negotiate. */
struct term *term_telnet_new(int fd);
/* What could not be written is tried for TERM_LINGER_MS, then dropped. */
void term_free(struct term *t);

/* The size of the tty was asked of the kernel again (SIGWINCH). */
void term_tty_resize(struct term *t);

/* After in_fd became readable. */
void term_read(struct term *t);
/* Text with \n as line end. */
void term_write(struct term *t, const char *text, size_t len);
void term_puts(struct term *t, const char *text);
/* Text of somewhere else, with CR LF as line end. */
void term_pass(struct term *t, const char *text, size_t len);
/* A new line unless the cursor is at the start of one. */
void term_fresh_line(struct term *t);
/* As much as goes without waiting; the rest stays in t->out. */
void term_flush(struct term *t);

/* For the two kinds: typed octets after their own decoding. */
void term_typed(struct term *t, const uint8_t *data, size_t len);
void term_set_size(struct term *t, uint16_t width, uint16_t height);

#endif
