/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A typed line cut into words.  What web pages make of blanks and quotes is
 * put right first. */
#ifndef CLI_CLI_WORDS_H
#define CLI_CLI_WORDS_H

#include <stdbool.h>
#include <stddef.h>

enum cli_words_limits {
	CLI_LINE_MAX = 254, /* IOS: longest line; what is longer is cut off */
	CLI_WORDS_MAX = (CLI_LINE_MAX + 1) / 2,
};

struct cli_words {
	char text[CLI_LINE_MAX + 1];
	char copy[CLI_LINE_MAX + 1]; /* the words, each with a NUL */
	const char *word[CLI_WORDS_MAX + 1];
	size_t at[CLI_WORDS_MAX + 1]; /* offset in text; at[n] = its length */
	size_t n;
	size_t end;   /* words before a trailing " ! comment" */
	bool comment; /* the whole line is one */
	bool open;    /* the last word may go on: no blank after it */
};

void cli_words_cut(struct cli_words *w, const char *line);
/* Keeps only what stands before offset at. */
void cli_words_cut_at(struct cli_words *w, size_t at);
/* Blanks in place of what stands before offset at, so that columns stay. */
void cli_words_blank(struct cli_words *w, size_t at);
/* Screen columns of the first len octets of text. */
size_t cli_columns(const char *text, size_t len);

#endif
