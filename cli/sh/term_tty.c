/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal this program was started on.  A pipe or a file instead of a
 * tty works too: then there is no mode to set and no size to ask. */
#include "cli/sh/term.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"

struct tty {
	struct termios before;
	bool changed;
};

static void tty_put(struct term *t, const char *data, size_t len)
{
	queue_push(&t->out, data, len);
}

/* Output that is no screen (a file, a pipe to a program) keeps its line ends
 * as this system has them. */
static void plain_put(struct term *t, const char *data, size_t len)
{
	if (len == 2 && data[0] == '\r' && data[1] == '\n')
		queue_push(&t->out, "\n", 1);
	else
		queue_push(&t->out, data, len);
}

static void tty_probe(struct term *t)
{
	(void)t;
}

static void tty_close(struct term *t)
{
	struct tty *tty = t->priv;

	if (tty->changed)
		tcsetattr(t->in_fd, TCSADRAIN, &tty->before);
	free(tty);
}

static const struct term_ops tty_ops = {
	.feed = term_typed,
	.put = tty_put,
	.probe = tty_probe,
	.close = tty_close,
};

static const struct term_ops plain_ops = {
	.feed = term_typed,
	.put = plain_put,
	.probe = tty_probe,
	.close = tty_close,
};

/* Every key comes at once and unchanged; we do echo and line ends. */
static void go_raw(struct term *t)
{
	struct tty *tty = t->priv;
	struct termios raw;

	if (tcgetattr(t->in_fd, &tty->before) < 0)
		return;
	raw = tty->before;
	cfmakeraw(&raw);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tty->changed = tcsetattr(t->in_fd, TCSADRAIN, &raw) == 0;
}

void term_tty_resize(struct term *t)
{
	struct winsize size;

	if (ioctl(t->out_fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
		term_set_size(t, size.ws_col, size.ws_row);
}

struct term *term_output_new(void)
{
	struct term *t = xcalloc(1, sizeof(*t));

	t->file = !isatty(STDOUT_FILENO);
	t->ops = t->file ? &plain_ops : &tty_ops;
	t->priv = xcalloc(1, sizeof(struct tty));
	t->in_fd = -1;
	t->out_fd = STDOUT_FILENO;
	return t;
}

struct term *term_tty_new(void)
{
	struct term *t = term_output_new();

	t->in_fd = STDIN_FILENO;
	go_raw(t);
	term_tty_resize(t);
	return t;
}
