/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_filter.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct cli_filter {
	enum cli_filter_kind kind;
	regex_t re;
	char *line; /* the unfinished one */
	size_t len, cap;
	bool begun;
	bool in_section;
	size_t indent; /* of the line that opened the section */
	unsigned long count;
};

enum { FILTER_LINE_MAX = 65536 }; /* what is longer counts as two lines */

/* Cisco's flavour: _ is a delimiter or either end; braces do not repeat and
 * a backslash only takes a sign's meaning away. */
static char *translate(const char *p)
{
	static const char delimiter[] = "(^|$|[ ,{}()])";
	char *out = xcalloc(strlen(p) + 1, sizeof(delimiter));
	size_t n = 0;
	bool set = false;

	for (; *p; p++) {
		if (set) {
			set = *p != ']';
			out[n++] = *p;
		} else if (*p == '\\' && p[1]) {
			p++;
			if (!isalnum((unsigned char)*p) && *p != '_')
				out[n++] = '\\';
			out[n++] = *p;
		} else if (*p == '_') {
			memcpy(out + n, delimiter, sizeof(delimiter) - 1);
			n += sizeof(delimiter) - 1;
		} else if (*p == '{' || *p == '}' || *p == '\\') {
			out[n++] = '\\';
			out[n++] = *p;
		} else {
			set = *p == '[';
			out[n++] = *p;
			if (set && p[1] == '^')
				out[n++] = *++p;
			if (set && p[1] == ']')
				out[n++] = *++p;
		}
	}
	return out;
}

struct cli_filter *cli_filter_new(enum cli_filter_kind kind,
				  const char *pattern)
{
	struct cli_filter *f = xcalloc(1, sizeof(*f));
	char *re = translate(pattern);
	int bad = regcomp(&f->re, re, REG_EXTENDED | REG_NOSUB);

	free(re);
	if (bad) {
		free(f);
		return NULL;
	}
	f->kind = kind;
	return f;
}

static size_t indent_of(const char *line)
{
	return strspn(line, " ");
}

/* Whether the line belongs to a section that the pattern opens. */
static bool section(struct cli_filter *f, bool match)
{
	size_t indent = indent_of(f->line);

	if (f->in_section && indent > f->indent)
		return true;
	f->in_section = match;
	f->indent = indent;
	return match;
}

static bool wanted(struct cli_filter *f)
{
	bool match = !regexec(&f->re, f->line, 0, NULL, 0);
	bool filler = !f->line[0] || !strcmp(f->line, "!");

	switch (f->kind) {
	case CLI_FILTER_BEGIN:
		f->begun = f->begun || match;
		return f->begun;
	case CLI_FILTER_COUNT:
		f->count += match;
		return false;
	case CLI_FILTER_EXCLUDE:
		return !match;
	case CLI_FILTER_INCLUDE:
		return match;
	case CLI_FILTER_SECTION:
		return !filler && section(f, match);
	case CLI_FILTER_SECTION_EXCLUDE:
		return filler || !section(f, match);
	case CLI_FILTER_NONE:
		break;
	}
	return true;
}

static void line_done(struct cli_filter *f, cli_filter_emit *emit, void *arg)
{
	bool begun = f->begun;

	f->line[f->len] = '\0';
	if (wanted(f)) {
		if (f->kind == CLI_FILTER_BEGIN && !begun)
			emit(arg, "\n", 1);
		emit(arg, f->line, f->len);
		emit(arg, "\n", 1);
	}
	f->len = 0;
}

void cli_filter_text(struct cli_filter *f, const char *text, size_t len,
		     cli_filter_emit *emit, void *arg)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (f->len + 1 >= f->cap) {
			f->cap = f->cap ? 2 * f->cap : 256;
			f->line = xrealloc(f->line, f->cap, 1);
		}
		if (text[i] == '\n' || f->len == FILTER_LINE_MAX)
			line_done(f, emit, arg);
		if (text[i] != '\n')
			f->line[f->len++] = text[i];
	}
}

void cli_filter_done(struct cli_filter *f, cli_filter_emit *emit, void *arg)
{
	char text[64];
	int n;

	if (f->len)
		line_done(f, emit, arg);
	if (f->kind != CLI_FILTER_COUNT)
		return;
	n = snprintf(text, sizeof(text),
		     "Number of lines which match regexp = %lu\n", f->count);
	emit(arg, text, (size_t)n);
}

void cli_filter_free(struct cli_filter *f)
{
	if (!f)
		return;
	regfree(&f->re);
	free(f->line);
	free(f);
}
