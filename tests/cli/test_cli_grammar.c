/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/mem.h"
#include "cli/cli_grammar.h"
#include "tests/check_main.h"

static void check_bad(const char *words, const char *why)
{
	char error[CLI_GRAMMAR_ERROR];

	ck_assert_ptr_null(cli_grammar_parse(words, error));
	ck_assert_msg(strstr(error, why) != NULL, "%s", error);
}

START_TEST(tokens_have_help_names_and_kinds)
{
	char error[CLI_GRAMMAR_ERROR];
	struct cli_grammar *g =
		cli_grammar_parse("rekey          Configure rekey\n"
				  "<10-60>$after  Seconds\vand more\n"
				  "A.B.C.D$ks\n"
				  "IFNAME\n"
				  "3des\n",
				  error);
	const struct cli_node *n;

	ck_assert_ptr_nonnull(g);
	n = g->start;
	ck_assert_int_eq(n->kind, CLI_NODE_KEYWORD);
	ck_assert_str_eq(n->text, "rekey");
	ck_assert_str_eq(n->name, "rekey");
	ck_assert_str_eq(n->help, "Configure rekey");
	n = n->next;
	ck_assert_int_eq(n->kind, CLI_NODE_NUMBER);
	ck_assert_uint_eq(n->low, 10);
	ck_assert_uint_eq(n->high, 60);
	ck_assert_str_eq(n->name, "after");
	ck_assert_str_eq(n->help, "Seconds\nand more");
	n = n->next;
	ck_assert_int_eq(n->kind, CLI_NODE_IPV4);
	ck_assert_str_eq(n->text, "A.B.C.D");
	n = n->next;
	ck_assert_int_eq(n->kind, CLI_NODE_TYPE);
	n = n->next;
	ck_assert_int_eq(n->kind, CLI_NODE_KEYWORD);
	ck_assert_int_eq(n->next->kind, CLI_NODE_END);
	ck_assert(cli_grammar_has_name(g, "ks"));
	ck_assert(!cli_grammar_has_name(g, "kss"));
	cli_grammar_free(g);
}
END_TEST

START_TEST(the_largest_number_has_32_bits)
{
	char error[CLI_GRAMMAR_ERROR];
	struct cli_grammar *g = cli_grammar_parse("<0-4294967295>\n", error);

	ck_assert_ptr_nonnull(g);
	ck_assert_uint_eq(g->start->high, UINT32_MAX);
	cli_grammar_free(g);
	check_bad("<0-4294967296>\n", "range");
}
END_TEST

START_TEST(structure_may_share_a_line_with_tokens)
{
	char error[CLI_GRAMMAR_ERROR];
	struct cli_grammar *g = cli_grammar_parse(
		"a\n[ ( b  Help\n| c ) ]\n{ d | e  Help ( not closed\n}\n",
		error);

	ck_assert_msg(g != NULL, "%s", error);
	ck_assert_uint_eq(g->bits, 2);
	cli_grammar_free(g);
}
END_TEST

static const struct {
	const char *words, *why;
} bad[] = {
	{ "", "no token" },
	{ "a\n( b\n", "no )" },
	{ "a\n[ b )\n", "no ]" },
	{ "a\n)\n", "closes nothing" },
	{ "a\n( )\n", "empty alternative" },
	{ "a\n( b\n| )\n", "empty alternative" },
	{ "a\n[ ]\n", "empty alternative" },
	{ "<1-x>\n", "bad range" },
	{ "<9-1>\n", "bad range" },
	{ "<-1>\n", "bad range" },
	{ "WORD$\n", "empty name" },
	{ "token one blank\n", "one blank" },
	{ "( ( ( ( ( ( ( ( ( ( ( ( ( ( ( ( ( a\n", "too deep" },
};

START_TEST(a_malformed_grammar_is_refused_with_a_reason)
{
	check_bad(bad[_i].words, bad[_i].why);
}
END_TEST

START_TEST(every_truncation_is_parsed_or_refused)
{
	static const char words[] = "rekey  R\n[ ( number  N\n<1-10>$n  N\n"
				    "| periodic  P\n) ]\n.\n{ a | b\n}\n";
	char error[CLI_GRAMMAR_ERROR];
	char *copy = strndup(words, (size_t)_i);
	struct cli_grammar *g = cli_grammar_parse(copy, error);

	ck_assert_int_eq(g == NULL, error[0] != '\0');
	cli_grammar_free(g);
	free(copy);
}
END_TEST

static TCase *grammar(void)
{
	TCase *tc = tcase_create("grammar");

	tcase_add_test(tc, tokens_have_help_names_and_kinds);
	tcase_add_test(tc, the_largest_number_has_32_bits);
	tcase_add_test(tc, structure_may_share_a_line_with_tokens);
	tcase_add_loop_test(tc, a_malformed_grammar_is_refused_with_a_reason, 0,
			    (int)ARRAY_SIZE(bad));
	tcase_add_loop_test(tc, every_truncation_is_parsed_or_refused, 0, 70);
	return tc;
}

RUN_CASES("cli_grammar", grammar)
