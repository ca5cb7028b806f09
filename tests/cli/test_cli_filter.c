/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/mem.h"
#include "cli/cli_filter.h"
#include "tests/check_main.h"

struct text {
	char buf[4096];
	size_t len;
};

static void gather(void *arg, const char *text, size_t len)
{
	struct text *t = arg;

	ck_assert_uint_lt(t->len + len, sizeof(t->buf));
	memcpy(t->buf + t->len, text, len);
	t->len += len;
	t->buf[t->len] = '\0';
}

/* In pieces of n octets, so that lines are torn. */
static void run(enum cli_filter_kind kind, const char *re, const char *in,
		size_t n, struct text *out)
{
	struct cli_filter *f = cli_filter_new(kind, re);
	size_t len = strlen(in), at;

	ck_assert_ptr_nonnull(f);
	*out = (struct text){ .len = 0 };
	for (at = 0; at < len; at += n)
		cli_filter_text(f, in + at, len - at < n ? len - at : n, gather,
				out);
	cli_filter_done(f, gather, out);
	cli_filter_free(f);
}

static const char config[] = "crypto isakmp policy 1\n"
			     " encr aes\n"
			     "!\n"
			     "interface Ethernet0/0\n"
			     " ip address 10.0.0.1 255.255.255.0\n"
			     " crypto map m\n"
			     "end\n";

static const struct {
	enum cli_filter_kind kind;
	const char *re, *in, *out;
} rows[] = {
	{ CLI_FILTER_INCLUDE, "crypto", config,
	  "crypto isakmp policy 1\n crypto map m\n" },
	{ CLI_FILTER_INCLUDE, "^crypto", config, "crypto isakmp policy 1\n" },
	{ CLI_FILTER_INCLUDE, "Crypto", config, "" },
	{ CLI_FILTER_INCLUDE, "isakmp|end", config,
	  "crypto isakmp policy 1\nend\n" },
	{ CLI_FILTER_EXCLUDE, "crypto|^!| ", config, "end\n" },
	{ CLI_FILTER_BEGIN, "map", config, "\n crypto map m\nend\n" },
	{ CLI_FILTER_COUNT, "crypto", config,
	  "Number of lines which match regexp = 2\n" },
	{ CLI_FILTER_SECTION, "crypto", config,
	  "crypto isakmp policy 1\n encr aes\n crypto map m\n" },
	{ CLI_FILTER_SECTION, "interface", config,
	  "interface Ethernet0/0\n ip address 10.0.0.1 255.255.255.0\n"
	  " crypto map m\n" },
	{ CLI_FILTER_SECTION_EXCLUDE, "crypto|interface", config, "!\nend\n" },
	/* _ is a delimiter or an end; braces are themselves. */
	{ CLI_FILTER_INCLUDE, "_10_", "a 10 b\n10\n110\n1,10,2\n{10}\n",
	  "a 10 b\n10\n1,10,2\n{10}\n" },
	{ CLI_FILTER_INCLUDE, "GM_REGSTER",
	  "%CRYPTO-5-GM_REGSTER: x\nGMREGSTER\n", "%CRYPTO-5-GM_REGSTER: x\n" },
	{ CLI_FILTER_INCLUDE, "a{2}", "aa\na{2}\n", "a{2}\n" },
	{ CLI_FILTER_INCLUDE, "1\\.0", "1.0\n1x0\n", "1.0\n" },
	{ CLI_FILTER_INCLUDE, "[^]_]b", "xb\n_b\n]b\n", "xb\n" },
	{ CLI_FILTER_INCLUDE, "a\\1", "aa\na1\n", "a1\n" },
	{ CLI_FILTER_INCLUDE, "^(ab|a)*c?$", "ababac\n\nabd\naacc\n",
	  "ababac\n\n" },
	{ CLI_FILTER_INCLUDE, "a+b?c", "ac\naabc\nabbc\nbc\n", "ac\naabc\n" },
	{ CLI_FILTER_INCLUDE, "(|x)y()", "y\nx\n", "y\n" },
	{ CLI_FILTER_INCLUDE, "[a-c-]$", "xb\nx-\nxd\n", "xb\nx-\n" },
	{ CLI_FILTER_INCLUDE, "_", "\nab\n", "\nab\n" },
	{ CLI_FILTER_INCLUDE, "x", "no end of linex", "no end of linex\n" },
};

START_TEST(a_filter_lets_through_what_ios_does)
{
	struct text out;
	size_t n;

	for (n = 1; n < 100; n += 7) {
		run(rows[_i].kind, rows[_i].re, rows[_i].in, n, &out);
		ck_assert_str_eq(out.buf, rows[_i].out);
	}
}
END_TEST

START_TEST(no_expression_takes_for_ever)
{
	char line[5001], re[251];
	struct text out;

	memset(line, 'a', 5000);
	line[5000] = '\0';
	run(CLI_FILTER_INCLUDE, "(((a*)*)*)*(a|a|aa)+_*_*_*(_|_)*b", line, 5000,
	    &out);
	ck_assert_str_eq(out.buf, "");
	memset(re, '*', 250);
	re[0] = '_';
	re[250] = '\0';
	run(CLI_FILTER_COUNT, re, line, 5000, &out);
	ck_assert_str_eq(out.buf, "Number of lines which match regexp = 1\n");
	memset(re, '_', 250);
	re[0] = re[249] = 'a';
	run(CLI_FILTER_COUNT, re, line, 5000, &out);
	ck_assert_str_eq(out.buf, "Number of lines which match regexp = 0\n");
	memset(re, '(', 250);
	ck_assert_ptr_null(cli_filter_new(CLI_FILTER_INCLUDE, re));
}
END_TEST

START_TEST(a_bad_expression_is_refused)
{
	ck_assert_ptr_null(cli_filter_new(CLI_FILTER_INCLUDE, "*a"));
	ck_assert_ptr_null(cli_filter_new(CLI_FILTER_INCLUDE, "a|+"));
	ck_assert_ptr_null(cli_filter_new(CLI_FILTER_INCLUDE, "a)b"));
	ck_assert_ptr_null(cli_filter_new(CLI_FILTER_INCLUDE, "("));
	ck_assert_ptr_null(cli_filter_new(CLI_FILTER_INCLUDE, "[a"));
}
END_TEST

static TCase *filter(void)
{
	TCase *tc = tcase_create("filter");

	tcase_add_loop_test(tc, a_filter_lets_through_what_ios_does, 0,
			    (int)ARRAY_SIZE(rows));
	tcase_add_test(tc, no_expression_takes_for_ever);
	tcase_add_test(tc, a_bad_expression_is_refused);
	return tc;
}

RUN_CASES("cli_filter", filter)
