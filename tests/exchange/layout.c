/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/exchange/layout.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { LINE_SIZE = 600 };

struct line {
	char text[LINE_SIZE];
	size_t len;
};

static void put(struct line *l, const char *text, size_t n)
{
	if (n > LINE_SIZE - 1 - l->len)
		n = LINE_SIZE - 1 - l->len;
	memcpy(l->text + l->len, text, n);
	l->len += n;
	l->text[l->len] = '\0';
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '_';
}

/* A number, an address, a version, hexadecimal digits, the group's name. */
static bool is_value(const char *word, size_t n, const char *name)
{
	size_t i, digits = 0, hex = 0;

	if (n == strlen(name) && strncmp(word, name, n) == 0)
		return true;
	for (i = 0; i < n; i++) {
		digits += isdigit((unsigned char)word[i]) || word[i] == '.';
		hex += isxdigit((unsigned char)word[i]) &&
		       !islower((unsigned char)word[i]);
	}
	return n && (digits == n || ((n == 4 || n == 8) && hex == n) ||
		     (n > 2 && word[0] == '0' && word[1] == 'x'));
}

/* Labels, and lines that have none: words with values masked.  Columns of a
 * line with values are as wide as the values. */
static void put_words(struct line *l, const char *p, const char *end,
		      const char *name)
{
	while (p < end) {
		size_t n = 0;

		while (p + n < end && is_word(p[n]))
			n++;
		if (is_value(p, n, name)) {
			put(l, "#", 1);
			p += n;
			while (end - p > 1 && p[0] == ' ' && p[1] == ' ')
				p++;
			continue;
		}
		if (!n)
			n = 1;
		put(l, p, n);
		p += n;
	}
}

/* The colon of the next label; NULL: there is none. */
static const char *colon_of(const char *p, const char *end)
{
	for (; p < end; p++) {
		if (*p == ':' && (p + 1 == end || p[1] == ' '))
			return p;
	}
	return NULL;
}

/* Behind the value: two blanks, a comma, or the end. */
static const char *value_end(const char *p, const char *end)
{
	while (p < end && !(p[0] == ' ' && (p + 1 == end || p[1] == ' ')) &&
	       *p != ',')
		p++;
	return p;
}

static void put_line(struct line *l, const char *p, const char *end,
		     const char *name)
{
	const char *colon;

	while ((colon = colon_of(p, end))) {
		put_words(l, p, colon + 1, name);
		p = colon + 1;
		while (p < end && *p == ' ')
			p++;
		if (p == end)
			return;
		put(l, " *", 2);
		p = value_end(p, end);
		while (p < end && *p == ' ')
			p++;
		if (p == end)
			return;
		put(l, "  ", 2);
	}
	put_words(l, p, end, name);
}

/* Entries of access lists are as many and as long as they like. */
static const char *action(const char *p, const char *end)
{
	const char *word = memmem(p, (size_t)(end - p), " permit ", 8);

	return word ? word : memmem(p, (size_t)(end - p), " deny ", 6);
}

char *layout_of(const char *text, const char *name)
{
	char *out = xstrdup(""), *grown;
	struct line before = { "", 0 };

	while (*text) {
		const char *next = text + strcspn(text, "\n"), *end = next;
		struct line l = { "", 0 };

		while (end > text && end[-1] == ' ')
			end--;
		if (strncmp(text, "   access-list", 14) == 0 &&
		    action(text, end))
			put(&l, "   access-list", 14);
		else
			put_line(&l, text, end, name);
		if (l.len && strcmp(l.text, before.text) != 0) {
			grown = xasprintf("%s%s\n", out, l.text);
			free(out);
			out = grown;
			before = l;
		}
		text = *next ? next + 1 : next;
	}
	return out;
}
