/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands as a document: one line of syntax each. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli_priv.h"

/* One line of a grammar string: its token (structure signs included) ends
 * where two blanks part it from the help, or with the line. */
static size_t token_length(const char *line, size_t len)
{
	size_t i;

	for (i = 0; i + 1 < len; i++)
		if (line[i] == ' ' && line[i + 1] == ' ')
			return i;
	return len;
}

/* "seconds" of "<1-10>$seconds" is for the handler only. */
static size_t visible(const char *token, size_t len)
{
	const char *dollar = memchr(token, '$', len);

	return dollar ? (size_t)(dollar - token) : len;
}

static bool glues(char before, char next)
{
	return before == '[' || before == '(' || before == '{' || next == ']' ||
	       next == ')' || next == '}';
}

/* Adds a word with the blank that belongs before it. */
static void add_word(FILE *out, const char *word, size_t len, char *last)
{
	if (*last && !glues(*last, word[0]))
		fputc(' ', out);
	fwrite(word, 1, len, out);
	*last = word[len - 1];
}

static void add_words(FILE *out, const char *text, size_t len, char *last)
{
	size_t at = 0, end;

	while (at < len) {
		end = at;
		while (end < len && text[end] != ' ')
			end++;
		if (end > at && !(end - at == 1 && text[at] == '.'))
			add_word(out, text + at, end - at, last);
		at = end + 1;
	}
}

char *cli_syntax(const struct cli_cmd *cmd)
{
	const char *line = cmd->words, *end;
	char *text = NULL, last = '\0';
	size_t size, len;
	FILE *out = open_memstream(&text, &size);

	while (*line) {
		end = strchrnul(line, '\n');
		len = token_length(line, (size_t)(end - line));
		add_words(out, line, visible(line, len), &last);
		line = *end ? end + 1 : end;
	}
	fclose(out);
	return text;
}

void cli_each_command(const struct cli *cli,
		      void (*fn)(void *arg, const struct cli_cmd *cmd),
		      void *arg)
{
	size_t i;

	for (i = 0; i < cli->n_commands; i++)
		fn(arg, cli->commands[i].cmd);
}
