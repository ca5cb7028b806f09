/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli_regex.h"

struct cli_filter {
	enum cli_filter_kind kind;
	struct cli_regex *re;
	char *line; /* the unfinished one */
	size_t len, cap;
	bool begun;
	bool in_section;
	size_t indent; /* of the line that opened the section */
	unsigned long count;
};

enum { FILTER_LINE_MAX = 65536 }; /* what is longer counts as two lines */

struct cli_filter *cli_filter_new(enum cli_filter_kind kind,
				  const char *pattern)
{
	struct cli_regex *re = cli_regex_new(pattern);
	struct cli_filter *f;

	if (!re)
		return NULL;
	f = xcalloc(1, sizeof(*f));
	f->re = re;
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
	bool match = cli_regex_match(f->re, f->line);
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
	cli_regex_free(f->re);
	free(f->line);
	free(f);
}
