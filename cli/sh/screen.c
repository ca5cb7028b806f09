/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/screen.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum screen_limits {
	SCREEN_SCROLL = 10,   /* columns a long line moves at once, as IOS */
	SCREEN_ROOM_MIN = 16, /* columns for text, however long the prompt */
	SCREEN_NO_LIMIT =
		511, /* this width and up mean none (clients set it) */
};

void screen_init(struct screen *s, struct term *term)
{
	*s = (struct screen){ .term = term };
}

static void cells_free(struct cells *c)
{
	if (c->at)
		explicit_bzero(c->at, c->cap * sizeof(*c->at));
	free(c->at);
}

void screen_fini(struct screen *s)
{
	cells_free(&s->prompt);
	cells_free(&s->shown);
	cells_free(&s->next);
}

void screen_set_width(struct screen *s, unsigned int width)
{
	s->width = width >= SCREEN_NO_LIMIT ? 0 : width;
}

static void add(struct cells *c, const char *octets, size_t len)
{
	struct cell *cell;

	if (c->len == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 128;
		c->at = xrealloc(c->at, c->cap, sizeof(*c->at));
	}
	cell = &c->at[c->len++];
	cell->len = (uint8_t)len;
	memcpy(cell->octets, octets, len);
}

/* Octets of the UTF-8 character at text; 1 for what is none. */
static size_t utf8_len(const char *text, size_t left)
{
	uint8_t lead = (uint8_t)*text;
	size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
	size_t i;

	if (lead > 0xf4 || len > left)
		return 1;
	for (i = 1; i < len; i++)
		if (((uint8_t)text[i] & 0xc0) != 0x80)
			return 1;
	return len;
}

/* Adds the character at text, and says how many octets it has. */
static size_t add_char(struct cells *c, const char *text, size_t left)
{
	uint8_t first = (uint8_t)*text;
	char caret[] = { '^', (char)(first ^ 0x40) };
	size_t len = utf8_len(text, left);

	if (first == '\t') {
		add(c, " ", 1);
	} else if (first < ' ' || first == 0x7f) {
		add(c, &caret[0], 1);
		add(c, &caret[1], 1);
	} else {
		add(c, text, len);
	}
	return len;
}

/* The cell of c in which the octet point of text starts. */
static size_t add_text(struct cells *c, const char *text, size_t len,
		       size_t point)
{
	size_t at = 0, cursor = c->len;

	while (at < len) {
		if (at <= point)
			cursor = c->len;
		at += add_char(c, text + at, len - at);
	}
	return point >= len ? c->len : cursor;
}

void screen_begin(struct screen *s, const char *prompt)
{
	s->visible = false;
	s->scrolled = 0;
	s->prompt.len = 0;
	add_text(&s->prompt, prompt, strlen(prompt), 0);
}

/* Columns of text that have room beside the prompt; the last one of the screen
 * stays free, it would wrap. */
static size_t room(const struct screen *s)
{
	if (s->width < s->prompt.len + 1 + SCREEN_ROOM_MIN)
		return SCREEN_ROOM_MIN;
	return s->width - s->prompt.len - 1;
}

/* Cuts the text in s->next (after the prompt) to what has room, and gives the
 * cursor's new place. */
static size_t scroll(struct screen *s, size_t cursor)
{
	struct cell *text = s->next.at + s->prompt.len;
	size_t len = s->next.len - s->prompt.len;
	size_t at = cursor - s->prompt.len;
	size_t width = room(s), left;

	if (!s->width || len <= width) {
		s->scrolled = 0;
		return cursor;
	}
	while (at - s->scrolled >= width && at > s->scrolled)
		s->scrolled += SCREEN_SCROLL;
	while (s->scrolled && at <= s->scrolled)
		s->scrolled -= SCREEN_SCROLL;
	left = len - s->scrolled;
	memmove(text, text + s->scrolled, left * sizeof(*text));
	if (s->scrolled)
		text[0] = (struct cell){ 1, "$" };
	if (left > width) {
		left = width;
		text[left - 1] = (struct cell){ 1, "$" };
	}
	s->next.len = s->prompt.len + left;
	return cursor - s->scrolled;
}

static bool same(const struct cell *a, const struct cell *b)
{
	return a->len == b->len && !memcmp(a->octets, b->octets, a->len);
}

static void emit(struct screen *s, const struct cells *c, size_t from,
		 size_t to)
{
	for (; from < to; from++)
		term_write(s->term, c->at[from].octets, c->at[from].len);
}

static void repeat(struct screen *s, const char *octet, size_t n)
{
	while (n--)
		term_write(s->term, octet, 1);
}

/* Within what s->shown and the screen have in common. */
static void move(struct screen *s, size_t to)
{
	if (to < s->cursor)
		repeat(s, "\b", s->cursor - to);
	else
		emit(s, &s->shown, s->cursor, to);
	s->cursor = to;
}

static void draw(struct screen *s, size_t cursor)
{
	size_t old = s->shown.len, new = s->next.len, first = 0;
	struct cells swap;

	while (first < old &&
	       first < new &&same(&s->shown.at[first], &s->next.at[first]))
		first++;
	if (first < old || first < new) {
		move(s, first);
		emit(s, &s->next, first, new);
		s->cursor = new;
		if (old > new) {
			repeat(s, " ", old - new);
			repeat(s, "\b", old - new);
		}
	}
	swap = s->shown;
	s->shown = s->next;
	s->next = swap;
	move(s, cursor);
}

void screen_show(struct screen *s, const char *text, size_t len, size_t point)
{
	size_t cursor;

	if (!s->visible) {
		s->visible = true;
		s->shown.len = 0;
		s->cursor = 0;
	}
	s->next.len = 0;
	for (cursor = 0; cursor < s->prompt.len; cursor++)
		add(&s->next, s->prompt.at[cursor].octets,
		    s->prompt.at[cursor].len);
	cursor = add_text(&s->next, text, len, point);
	draw(s, scroll(s, cursor));
}

void screen_leave(struct screen *s, const char *mark)
{
	if (!s->visible)
		return;
	move(s, s->shown.len);
	s->visible = false;
	term_puts(s->term, mark);
	term_write(s->term, "\n", 1);
}
