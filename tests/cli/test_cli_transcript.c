/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole screens: each NAME.in is typed at a console of the sample router, the
 * screen must be NAME.out.  ? and tab are the keys: what stands there stays
 * and is gone on with; Ctrl-C breaks a command off. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/cli_test.h"
#include "tests/check_main.h"
#include "tests/cli/sample.h"

enum { FILE_SIZE_MAX = 65536, CTRL_C = 0x03 };

static char *add(char *screen, const char *text)
{
	char *more = xasprintf("%s%s", screen, text);

	free(screen);
	return more;
}

/* The key is pressed behind text; the text that then stands there. */
static char *press(struct cli_test *t, char key, const char *text,
		   char **screen)
{
	char *answer, *now;

	*screen = add(*screen, text);
	if (key == '?') {
		answer = cli_test_help(t, text);
		*screen = add(*screen, "?\n");
		*screen = add(*screen, answer);
		now = xstrdup(text);
	} else {
		answer = cli_test_tab(t, text);
		*screen = add(*screen, "\n");
		now = xasprintf("%s%s", text, answer);
	}
	*screen = add(*screen, cli_test_prompt(t));
	free(answer);
	return now;
}

static char *enter(struct cli_test *t, const char *text, char **screen)
{
	char *line = xasprintf("%s\n", text), *out;

	cli_test_type(t, line);
	out = cli_test_take(t);
	*screen = add(*screen, out);
	free(out);
	free(line);
	return xstrdup("");
}

static char *screen_of(const char *keys)
{
	struct sample *s = sample_new(NULL);
	struct cli_test *t = cli_test_new_echo(s->cli, 's');
	char *screen = cli_test_take(t), *standing = xstrdup(""), *text;
	size_t len;

	for (; *keys; keys += len + 1) {
		len = strcspn(keys, "?\t\n\003");
		if (keys[len] == CTRL_C) {
			cli_test_interrupt(t);
			text = cli_test_take(t);
			screen = add(screen, text);
			free(text);
			continue;
		}
		text = xasprintf("%s%.*s", standing, (int)len, keys);
		free(standing);
		standing = keys[len] == '\n'
				   ? enter(t, text, &screen)
				   : press(t, keys[len], text, &screen);
		free(text);
	}
	free(standing);
	cli_test_free(t);
	sample_free(s);
	return screen;
}

static void compare(const char *name)
{
	char *in = xasprintf("%s/%s.in", TRANSCRIPTS, name);
	char *out = xasprintf("%s/%s.out", TRANSCRIPTS, name);
	char *keys = file_read(in, FILE_SIZE_MAX, NULL);
	char *expected = file_read(out, FILE_SIZE_MAX, NULL);
	char *screen;

	ck_assert_msg(keys && expected, "%s cannot be read", name);
	screen = screen_of(keys);
	if (getenv("TRANSCRIPT_SHOW"))
		printf("%s", screen);
	ck_assert_msg(!strcmp(screen, expected), "%s:\n%s", name, screen);
	free(screen);
	free(expected);
	free(keys);
	free(out);
	free(in);
}

static const char *const names[] = { "article_ks", "errors", "filters",
				     "help" };

START_TEST(the_screen_is_the_expected_one)
{
	compare(names[_i]);
}
END_TEST

static TCase *transcripts(void)
{
	TCase *tc = tcase_create("transcripts");

	tcase_add_loop_test(tc, the_screen_is_the_expected_one, 0,
			    (int)ARRAY_SIZE(names));
	return tc;
}

RUN_CASES("cli_transcript", transcripts)
