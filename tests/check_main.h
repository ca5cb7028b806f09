/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every unit test program ends with: RUN_CASES(name, case...) makes its
 * main() from functions that return a TCase. */
#ifndef TESTS_CHECK_MAIN_H
#define TESTS_CHECK_MAIN_H

#include <check.h>
#include <stdlib.h>

typedef TCase *make_case(void);

static inline int run_cases(const char *name, make_case *const *cases, size_t n)
{
	Suite *suite = suite_create(name);
	SRunner *runner;
	size_t i;
	int failed;

	for (i = 0; i < n; i++)
		suite_add_tcase(suite, cases[i]());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define RUN_CASES(name, ...)                                        \
	int main(void)                                              \
	{                                                           \
		static make_case *const cases[] = { __VA_ARGS__ };  \
                                                                    \
		return run_cases(name, cases,                       \
				 sizeof(cases) / sizeof(cases[0])); \
	}

#endif
