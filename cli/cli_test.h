/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A terminal for tests: types lines into a session without sockets or
 * processes and gives back what the screen shows.
 *
 *	char *screen = cli_test_run(cli, "configure terminal\n"
 *					 "hostname KS1\n"
 *					 "end\n");
 *	ck_assert_str_eq(screen, "Enter configuration commands, ...\n");
 *	free(screen);
 *
 * The screen has the output only, no prompts and no echo: a line of it is
 * what IOS prints. */
#ifndef CLI_CLI_TEST_H
#define CLI_CLI_TEST_H

#include <stdbool.h>

struct cli;
struct cli_test;

/* Types lines into a privileged session of its own, from its exec prompt on;
 * answers of dialogues are lines too.  The screen, to be freed.  A command
 * that is still at work at the end (cli_hold) is broken off. */
char *cli_test_run(struct cli *cli, const char *lines);

/* The same with a terminal that stays.  Lines typed while a command is at
 * work wait until it is done.  To be freed before the cli. */
struct cli_test *cli_test_new(struct cli *cli);
/* One that also shows prompts and what is typed; kind as in CLI_C_HELLO:
 * 's' stands at the privileged prompt, 'c' and 'v' have to log in. */
struct cli_test *cli_test_new_echo(struct cli *cli, char kind);
void cli_test_free(struct cli_test *t);
void cli_test_type(struct cli_test *t, const char *lines);
/* What the screen got since the last call, to be freed. */
char *cli_test_take(struct cli_test *t);
/* "KS1(config)#"; the question in a dialogue; "" while a command is at work
 * or after the end of the session. */
const char *cli_test_prompt(const struct cli_test *t);
/* Whether the last finished line was an error. */
bool cli_test_failed(const struct cli_test *t);
bool cli_test_over(const struct cli_test *t);
void cli_test_interrupt(struct cli_test *t);
/* The line so far ends with Ctrl-Z. */
void cli_test_ctrl_z(struct cli_test *t, const char *line);
/* The answers to ? and Tab after text, to be freed. */
char *cli_test_help(struct cli_test *t, const char *text);
char *cli_test_tab(struct cli_test *t, const char *text);

/* The round trip of a configuration: the running-config of from, typed into
 * the empty router to (same commands), must be accepted without an error and
 * give the same running-config again.  NULL if so, else what differs, to be
 * freed. */
char *cli_test_round_trip(struct cli *from, struct cli *to);

#endif
