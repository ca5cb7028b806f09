/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/term.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TERM_LINGER_MS 3000 /* for the last octets of a session */
#define TERM_READ      16384

void term_typed(struct term *t, const uint8_t *data, size_t len)
{
	static const uint8_t cr = '\r';
	size_t i;

	for (i = 0; i < len; i++) {
		uint8_t c = data[i];
		bool tail = t->after_cr && (c == '\n' || c == '\0');

		t->after_cr = c == '\r';
		if (tail || c == '\0')
			continue;
		queue_push(&t->in, c == '\n' ? &cr : &c, 1);
	}
}

void term_set_size(struct term *t, uint16_t width, uint16_t height)
{
	if (width == t->width && height == t->height)
		return;
	t->width = width;
	t->height = height;
	t->resized = true;
}

void term_read(struct term *t)
{
	uint8_t buf[TERM_READ];
	ssize_t n = read(t->in_fd, buf, sizeof(buf));

	if (n > 0) {
		t->ops->feed(t, buf, (size_t)n);
		explicit_bzero(buf, (size_t)n);
	} else if (n == 0) {
		t->ended = true;
	} else if (errno != EAGAIN && errno != EINTR) {
		t->ended = true;
		t->dead = true;
	}
}

static void count_columns(struct term *t, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == '\n' || text[i] == '\r')
			t->column = 0;
		else if (text[i] != '\b')
			t->column++;
		else if (t->column)
			t->column--;
	}
}

void term_write(struct term *t, const char *text, size_t len)
{
	const char *end = text + len;

	count_columns(t, text, len);
	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));

		if (!nl)
			nl = end;
		t->ops->put(t, text, (size_t)(nl - text));
		if (nl < end)
			t->ops->put(t, "\r\n", 2);
		text = nl + (nl < end);
	}
}

void term_pass(struct term *t, const char *text, size_t len)
{
	size_t i;

	count_columns(t, text, len);
	if (!t->file) {
		t->ops->put(t, text, len);
		return;
	}
	for (i = 0; i < len; i++)
		if (text[i] != '\r' && text[i] != '\0')
			t->ops->put(t, text + i, 1);
}

void term_puts(struct term *t, const char *text)
{
	term_write(t, text, strlen(text));
}

void term_fresh_line(struct term *t)
{
	if (t->column)
		term_write(t, "\n", 1);
}

void term_flush(struct term *t)
{
	const uint8_t *data;
	ssize_t n;
	size_t len;

	while (!t->dead && !queue_is_empty(&t->out)) {
		data = queue_data(&t->out, &len);
		n = write(t->out_fd, data, len);
		if (n >= 0) {
			queue_drop(&t->out, (size_t)n);
		} else if (errno == EAGAIN) {
			return;
		} else if (errno != EINTR) {
			t->dead = true;
			t->ended = true;
		}
	}
}

static void flush_patiently(struct term *t)
{
	struct pollfd p = { .fd = t->out_fd, .events = POLLOUT };

	term_flush(t);
	while (!t->dead && !queue_is_empty(&t->out)) {
		if (poll(&p, 1, TERM_LINGER_MS) <= 0)
			return;
		term_flush(t);
	}
}

void term_free(struct term *t)
{
	if (!t)
		return;
	flush_patiently(t);
	t->ops->close(t);
	queue_free(&t->in);
	queue_free(&t->out);
	free(t);
}
