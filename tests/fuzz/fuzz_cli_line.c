/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Target: everything a terminal can send: cli_session_line(), cli_help(),
 * cli_complete(), on the standard commands and the tests' sample feature, in
 * exec, configuration and sub-modes.
 *
 * A first octet of 1 or 2 makes it a console or vty that has to log in.
 * The input is a run of keys: a line up to one of newline (run it), ? (help),
 * tab (complete), Ctrl-Z, Ctrl-C. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_test.h"
#include "tests/cli/sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 8192, CTRL_C = 0x03, CTRL_Z = 0x1a };

static void press(struct cli_test *t, struct sample *s, char key, char *line)
{
	size_t len = strlen(line);

	switch (key) {
	case '?':
		free(cli_test_help(t, line));
		break;
	case '\t':
		free(cli_test_tab(t, line));
		break;
	case CTRL_Z:
		cli_test_ctrl_z(t, line);
		break;
	case CTRL_C:
		cli_test_interrupt(t);
		break;
	default:
		line[len] = '\n'; /* there is room: the key stood there */
		cli_test_type(t, line);
		break;
	}
	/* A ping would wait for ever: nobody answers here. */
	if (s->held)
		sample_ping_end(s);
	free(cli_test_take(t));
}

static struct cli_test *terminal(struct cli *cli, char first)
{
	if (first == 1)
		return cli_test_new_echo(cli, 'c');
	if (first != 2)
		return cli_test_new(cli);
	cli_load(cli, "username u secret p\nline vty 0 4\nlogin local\n", NULL,
		 NULL);
	return cli_test_new_echo(cli, 'v');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char keys[] = "\n?\t\x1a\x03";
	struct sample *s;
	struct cli_test *t;
	char *text, *line;
	size_t at, n;

	if (size > INPUT_MAX)
		return 0;
	text = malloc(size + 2);
	line = malloc(size + 2);
	memcpy(text, data, size);
	text[size] = '\0';
	s = sample_new(NULL);
	t = terminal(s->cli, text[0]);
	for (at = 0; text[at] && !cli_test_over(t); at += n + 1) {
		n = strcspn(text + at, keys);
		memcpy(line, text + at, n);
		memset(line + n, 0, 2);
		press(t, s, text[at + n], line);
		if (!text[at + n])
			break;
	}
	cli_test_free(t);
	sample_free(s);
	free(line);
	free(text);
	return 0;
}
