/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What leads from one configuration to another. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli_tree.h"
#include "tests/check_main.h"

static const struct {
	const char *from, *to, *commands;
} changes[] = {
	{ "hostname A\n", "hostname A\n", "" },
	{ "!\nversion 15.4\nhostname A\nend\n", "hostname A\n", "" },
	{ "hostname A\n", "hostname B\n", "no hostname A\nhostname B\n" },
	/* A line and its no form. */
	{ "no ip cef\n", "ip cef\n", "ip cef\n" },
	{ "ip cef\n", "no ip cef\n", "no ip cef\nno ip cef\n" },
	{ "interface E0\n no ip address\n", "interface E0\n ip address 1 2\n",
	  "interface E0\n ip address 1 2\n" },
	{ "interface E0\n shutdown\n", "interface E0\n",
	  "interface E0\n no shutdown\n" },
	/* Inside before outside, later before earlier. */
	{ "crypto map M 1 gdoi\n set group G\ninterface E0\n crypto map M\n",
	  "interface E0\n",
	  "interface E0\n no crypto map M\nno crypto map M 1 gdoi\n" },
	{ "", "a\n b\n  c\n d\n", "a\n b\n  c\n d\n" },
	{ "a\n b\n  c\n d\n", "a\n b\n  e\n d\n",
	  "a\n b\n  no c\na\n b\n  e\n" },
	/* The order of an access list means something. */
	{ "ip access-list extended L\n permit x\n deny y\n",
	  "ip access-list extended L\n deny y\n permit x\n",
	  "no ip access-list extended L\n"
	  "ip access-list extended L\n deny y\n permit x\n" },
	{ "line vty 0 4\n exec-timeout 3 0\n", "line vty 0 4\n",
	  "line vty 0 4\n exec-timeout 10 0\n" },
	/* A banner is one line. */
	{ "banner motd ^Ca\n!\nhostname x\n^C\nhostname y\n", "hostname y\n",
	  "no banner motd ^Ca\n!\nhostname x\n^C\n" },
};

START_TEST(a_change_is_the_lines_that_differ)
{
	struct cli_tree *from = cli_tree_parse(changes[_i].from);
	struct cli_tree *to = cli_tree_parse(changes[_i].to);
	char *commands = cli_tree_commands(from, to, false);

	ck_assert_str_eq(commands, changes[_i].commands);
	free(commands);
	cli_tree_free(from);
	cli_tree_free(to);
}
END_TEST

START_TEST(a_section_that_cannot_go_is_emptied)
{
	struct cli_tree *from =
		cli_tree_parse("interface E1\n ip address 1 2\n shutdown\n");
	struct cli_tree *to = cli_tree_parse("");
	char *commands = cli_tree_commands(from, to, true);

	ck_assert_str_eq(commands, "interface E1\n no shutdown\n"
				   " no ip address 1 2\n");
	free(commands);
	cli_tree_free(from);
	cli_tree_free(to);
}
END_TEST

START_TEST(differences_stand_in_their_sections)
{
	struct cli_tree *a = cli_tree_parse("hostname A\ni E0\n x\n y\n");
	struct cli_tree *b =
		cli_tree_parse("hostname B\ni E0\n x\n z\nl\n w\n");
	char *text = cli_tree_differences(a, b);

	ck_assert_str_eq(text, "+hostname B\ni E0\n +z\n -y\n+l\n +w\n"
			       "-hostname A\n");
	free(text);
	cli_tree_free(a);
	cli_tree_free(b);
}
END_TEST

/* Whatever is in a file: a tree, never more. */
START_TEST(any_text_is_some_tree)
{
	static const char whole[] = "a\n   b\n c\n                    d\n"
				    "banner motd ^Cx\n ^C\r\n e\n\n !\n end";
	struct cli_tree *t, *empty = cli_tree_parse("");
	char *copy, *commands;
	size_t i;

	for (i = 0; i <= sizeof(whole); i++) {
		copy = xcalloc(i + 1, 1);
		memcpy(copy, whole, i < sizeof(whole) ? i : sizeof(whole) - 1);
		t = cli_tree_parse(copy);
		commands = cli_tree_commands(t, empty, true);
		free(commands);
		commands = cli_tree_commands(empty, t, false);
		free(commands);
		cli_tree_free(t);
		free(copy);
	}
	cli_tree_free(empty);
}
END_TEST

static TCase *trees(void)
{
	TCase *tc = tcase_create("trees");

	tcase_add_loop_test(tc, a_change_is_the_lines_that_differ, 0,
			    (int)ARRAY_SIZE(changes));
	tcase_add_test(tc, a_section_that_cannot_go_is_emptied);
	tcase_add_test(tc, differences_stand_in_their_sections);
	tcase_add_test(tc, any_text_is_some_tree);
	return tc;
}

RUN_CASES("cli_tree", trees)
