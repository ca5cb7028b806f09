/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_words.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

/* What people paste from web pages, and what it stands for. */
static const struct {
	const char *from;
	const char *to;
} typography[] = {
	{ "\xc2\xa0", " " },	  /* U+00A0 no-break space */
	{ "\xe2\x80\x8b", "" },	  /* U+200B zero width space */
	{ "\xef\xbb\xbf", "" },	  /* U+FEFF byte order mark */
	{ "\xe2\x80\x98", "'" },  /* U+2018 */
	{ "\xe2\x80\x99", "'" },  /* U+2019 */
	{ "\xe2\x80\x9c", "\"" }, /* U+201C */
	{ "\xe2\x80\x9d", "\"" }, /* U+201D */
	{ "\xe2\x80\x93", "-" },  /* U+2013 */
};

static const char *replaced(const char **p)
{
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(typography); i++) {
		len = strlen(typography[i].from);
		if (!strncmp(*p, typography[i].from, len)) {
			*p += len;
			return typography[i].to;
		}
	}
	return NULL;
}

/* The line as ASCII where it was typography: NBSP, zero-width, quotes. */
static void normalise(char *out, size_t size, const char *line)
{
	size_t len = 0;
	const char *to;

	while (*line && len + 1 < size) {
		to = (uint8_t)*line >= 0x80 ? replaced(&line) : NULL;
		if (to) {
			if (*to)
				out[len++] = *to;
			continue;
		}
		if ((uint8_t)*line >= ' ' && *line != 0x7f)
			out[len++] = *line;
		else if (*line == '\t' || *line == '\r')
			out[len++] = ' ';
		else if (*line == 0x03) /* a banner's delimiter */
			out[len++] = *line;
		line++;
	}
	out[len] = '\0';
}

static void find_words(struct cli_words *w)
{
	size_t i = 0;

	w->n = 0;
	memcpy(w->copy, w->text, sizeof(w->copy));
	while (w->n < CLI_WORDS_MAX) {
		while (w->text[i] == ' ')
			w->copy[i++] = '\0';
		if (!w->text[i])
			break;
		w->at[w->n] = i;
		w->word[w->n++] = w->copy + i;
		while (w->text[i] && w->text[i] != ' ')
			i++;
	}
	w->at[w->n] = i;
	w->word[w->n] = w->copy + i;
	w->open = i > 0 && w->text[i - 1] != ' ';
	w->comment = w->n > 0 && w->word[0][0] == '!';
	for (w->end = 0; w->end < w->n; w->end++)
		if (w->end > 0 && !strcmp(w->word[w->end], "!"))
			break;
}

void cli_words_cut(struct cli_words *w, const char *line)
{
	normalise(w->text, sizeof(w->text), line);
	find_words(w);
}

void cli_words_cut_at(struct cli_words *w, size_t at)
{
	if (at < sizeof(w->text))
		w->text[at] = '\0';
	find_words(w);
}

void cli_words_blank(struct cli_words *w, size_t at)
{
	memset(w->text, ' ', at);
	find_words(w);
}

size_t cli_columns(const char *text, size_t len)
{
	size_t i, columns = 0;

	for (i = 0; i < len && text[i]; i++)
		if (((uint8_t)text[i] & 0xc0) != 0x80)
			columns++;
	return columns;
}
