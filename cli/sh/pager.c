/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/pager.h"

#include <string.h>

static const char help[] = "Press RETURN for another line, SPACE for another "
			   "page, anything else to quit\n";
static const char more[] = " --More-- ";

/* As IOS takes it away: backspaces, blanks, backspaces. */
static const char unmore[] = "\b\b\b\b\b\b\b\b\b\b"
			     "          "
			     "\b\b\b\b\b\b\b\b\b\b";

void pager_init(struct pager *p, struct term *term)
{
	*p = (struct pager){ .term = term };
}

static void drop_filter(struct pager *p)
{
	cli_filter_free(p->filter);
	p->filter = NULL;
}

void pager_fini(struct pager *p)
{
	drop_filter(p);
	queue_free(&p->rest);
}

void pager_reset(struct pager *p)
{
	p->rows = 0;
	p->column = 0;
	p->quit = false;
	p->sign = '\0';
	drop_filter(p);
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

static void write_rows(void *arg, const char *text, size_t len)
{
	struct pager *p = arg;

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

void pager_write(struct pager *p, const char *text, size_t len)
{
	if (p->filter)
		cli_filter_text(p->filter, text, len, write_rows, p);
	else
		write_rows(p, text, len);
}

void pager_end(struct pager *p)
{
	if (p->filter)
		cli_filter_done(p->filter, write_rows, p);
	drop_filter(p);
}

void pager_hide(struct pager *p)
{
	if (p->waiting && !p->sign)
		term_write(p->term, unmore, sizeof(unmore) - 1);
}

void pager_show(struct pager *p)
{
	if (p->waiting && p->sign) {
		term_write(p->term, &p->sign, 1);
		term_write(p->term, p->pattern, p->pattern_len);
	} else if (p->waiting) {
		term_write(p->term, more, sizeof(more) - 1);
	}
}

/* The text is taken out first: it may come back in part. */
static void print_rest(struct pager *p, bool filtered)
{
	struct queue rest = p->rest;
	const uint8_t *data;
	size_t len;

	p->rest = (struct queue){ 0 };
	data = queue_data(&rest, &len);
	if (filtered)
		write_rows(p, (const char *)data, len);
	else
		pager_write(p, (const char *)data, len);
	queue_free(&rest);
}

/* --- a pattern -------------------------------------------------------- */

static enum cli_filter_kind kind_of(char sign)
{
	if (sign == '/')
		return CLI_FILTER_BEGIN;
	return sign == '+' ? CLI_FILTER_INCLUDE : CLI_FILTER_EXCLUDE;
}

static void start_pattern(struct pager *p, char sign)
{
	pager_hide(p);
	p->sign = sign;
	p->pattern_len = 0;
	pager_show(p);
}

/* What waits was not filtered, or by the filter before: that one ends. */
static void end_pattern(struct pager *p)
{
	struct cli_filter *filter;

	p->pattern[p->pattern_len] = '\0';
	filter = cli_filter_new(kind_of(p->sign), p->pattern);
	p->sign = '\0';
	term_puts(p->term, "\n");
	if (!filter) {
		term_puts(p->term, "% Failed to compile regular expression.\n");
		pager_show(p);
		return;
	}
	pager_end(p);
	p->filter = filter;
	p->waiting = false;
	p->rows = 1;
	term_puts(p->term, "filtering...\n");
	print_rest(p, false);
}

static void rub_out(struct pager *p)
{
	term_puts(p->term, "\b \b");
	if (p->pattern_len) {
		p->pattern_len--;
	} else {
		p->sign = '\0';
		pager_show(p);
	}
}

static void pattern_key(struct pager *p, uint8_t c)
{
	char text = (char)c;

	if (c == '\r') {
		end_pattern(p);
	} else if (c == '\b' || c == 0x7f) {
		rub_out(p);
	} else if (c == TERM_CTRL_C || c == TERM_BREAK) {
		term_puts(p->term, "\n");
		p->sign = '\0';
		p->waiting = false;
		p->quit = true;
		print_rest(p, true);
	} else if (c >= ' ' && p->pattern_len < PAGER_PATTERN) {
		p->pattern[p->pattern_len++] = text;
		term_write(p->term, &text, 1);
	}
}

void pager_key(struct pager *p, uint8_t c)
{
	if (p->sign) {
		pattern_key(p, c);
		return;
	}
	if (c == '/' || c == '+' || c == '-') {
		start_pattern(p, (char)c);
		return;
	}
	pager_hide(p);
	if (c == '?') {
		term_write(p->term, help, sizeof(help) - 1);
		pager_show(p);
		return;
	}
	p->waiting = false;
	if (c == ' ')
		p->rows = 0;
	else if (c == '\r')
		p->rows = page(p) - 1;
	else
		p->quit = true;
	print_rest(p, true);
}
