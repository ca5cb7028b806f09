/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/pager.h"

#include <string.h>

static const char more[] = " --More-- ";

/* As IOS takes it away: backspaces, blanks, backspaces. */
static const char unmore[] = "\b\b\b\b\b\b\b\b\b\b"
			     "          "
			     "\b\b\b\b\b\b\b\b\b\b";

void pager_init(struct pager *p, struct term *term)
{
	*p = (struct pager){ .term = term };
}

void pager_fini(struct pager *p)
{
	queue_free(&p->rest);
}

void pager_reset(struct pager *p)
{
	p->rows = 0;
	p->column = 0;
	p->quit = false;
	queue_drop(&p->rest, p->rest.len);
}

/* Rows printed before it stops. */
static unsigned int page(const struct pager *p)
{
	return p->length > 2 ? p->length - 1 : 1;
}

static bool is_full(const struct pager *p)
{
	return p->length && p->column == 0 && p->rows >= page(p);
}

/* Counts the octets that finish this row. */
static size_t row(struct pager *p, const char *text, size_t len)
{
	size_t n;

	for (n = 0; n < len; n++) {
		bool ends = text[n] == '\n';

		if (ends || (p->width && p->column == p->width)) {
			p->column = 0;
			p->rows++;
			return n + ends;
		}
		/* UTF-8: a character takes one column. */
		p->column += ((uint8_t)text[n] & 0xc0) != 0x80;
	}
	return n;
}

void pager_write(struct pager *p, const char *text, size_t len)
{
	if (p->quit)
		return;
	if (p->waiting) {
		queue_push(&p->rest, text, len);
		return;
	}
	while (len) {
		size_t n;

		if (is_full(p)) {
			queue_push(&p->rest, text, len);
			p->waiting = true;
			pager_show(p);
			return;
		}
		n = row(p, text, len);
		term_write(p->term, text, n);
		text += n;
		len -= n;
	}
}

void pager_hide(struct pager *p)
{
	if (p->waiting)
		term_write(p->term, unmore, sizeof(unmore) - 1);
}

void pager_show(struct pager *p)
{
	if (p->waiting)
		term_write(p->term, more, sizeof(more) - 1);
}

/* The text is taken out first: it may come back in part. */
static void print_rest(struct pager *p)
{
	struct queue rest = p->rest;
	const uint8_t *data;
	size_t len;

	p->rest = (struct queue){ 0 };
	data = queue_data(&rest, &len);
	pager_write(p, (const char *)data, len);
	queue_free(&rest);
}

void pager_key(struct pager *p, uint8_t c)
{
	pager_hide(p);
	p->waiting = false;
	if (c == ' ')
		p->rows = 0;
	else if (c == '\r')
		p->rows = page(p) - 1;
	else
		p->quit = true;
	print_rest(p);
}
