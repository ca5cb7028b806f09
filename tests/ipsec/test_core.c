/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which core a busy packet thread stays on. */
#include <check.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ipsec/core.h"
#include "tests/check_main.h"

/* More than any window of these tests has. */
#define MUCH (UINT64_MAX / 4)

static char file[] = "/tmp/getvpn-test-cores-XXXXXX";
static cpu_set_t all;
static int64_t now;

static void setup(void)
{
	int fd = mkstemp(file);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(sched_getaffinity(0, sizeof(all), &all), 0);
	now = 0;
}

static void teardown(void)
{
	unlink(file);
	ck_assert_int_eq(sched_setaffinity(0, sizeof(all), &all), 0);
}

static bool has_many_cores(void)
{
	return CPU_COUNT(&all) >= 2;
}

static void busy_window(struct core *c)
{
	now += CORE_WINDOW_US;
	core_worked(c, MUCH, now);
}

static void quiet_window(struct core *c)
{
	now += CORE_WINDOW_US;
	core_worked(c, 0, now);
}

static int allowed(void)
{
	cpu_set_t set;

	ck_assert_int_eq(sched_getaffinity(0, sizeof(set), &set), 0);
	return CPU_COUNT(&set);
}

START_TEST(who_is_busy_stays_on_a_core)
{
	struct core c;

	if (!has_many_cores())
		return;
	core_init(&c, file);
	quiet_window(&c);
	ck_assert_int_eq(c.cpu, -1);
	ck_assert_int_eq(allowed(), CPU_COUNT(&all));
	busy_window(&c);
	ck_assert_int_ge(c.cpu, 0);
	ck_assert_int_eq(allowed(), 1);
	ck_assert_int_eq(sched_getcpu(), c.cpu);
	core_give_back(&c);
	core_fini(&c);
}
END_TEST

START_TEST(who_has_been_idle_for_a_while_goes_anywhere)
{
	struct core c;

	if (!has_many_cores())
		return;
	core_init(&c, file);
	busy_window(&c);
	quiet_window(&c);
	ck_assert_int_ge(c.cpu, 0);
	now += CORE_KEEP_US;
	quiet_window(&c);
	ck_assert_int_eq(c.cpu, -1);
	ck_assert_int_eq(allowed(), CPU_COUNT(&all));
	core_fini(&c);
}
END_TEST

START_TEST(no_two_claim_the_same_core)
{
	struct core cores[CPU_SETSIZE], last;
	int n = CPU_COUNT(&all);
	cpu_set_t taken;

	if (!has_many_cores())
		return;
	CPU_ZERO(&taken);
	for (int i = 0; i < n; i++)
		core_init(&cores[i], file);
	core_init(&last, file);
	for (int i = 0; i < n; i++) {
		busy_window(&cores[i]);
		ck_assert_int_ge(cores[i].cpu, 0);
		ck_assert(!CPU_ISSET(cores[i].cpu, &taken));
		CPU_SET(cores[i].cpu, &taken);
	}
	busy_window(&last);
	ck_assert_int_eq(last.cpu, -1);
	core_give_back(&cores[0]);
	busy_window(&last);
	ck_assert_int_ge(last.cpu, 0);
	for (int i = 0; i < n; i++)
		core_fini(&cores[i]);
	core_fini(&last);
}
END_TEST

START_TEST(a_core_is_free_when_its_owner_has_ended)
{
	struct core first, second;

	if (!has_many_cores())
		return;
	core_init(&first, file);
	core_init(&second, file);
	busy_window(&first);
	core_fini(&first);
	for (int i = 0; i < CPU_COUNT(&all); i++)
		busy_window(&second);
	ck_assert_int_eq(second.cpu, first.cpu);
	core_fini(&second);
}
END_TEST

START_TEST(without_the_file_the_kernel_chooses)
{
	const char *files[] = { NULL, "/nonexistent/cores" };

	for (int i = 0; i < 2; i++) {
		struct core c;

		core_init(&c, files[i]);
		busy_window(&c);
		ck_assert_int_eq(c.cpu, -1);
		ck_assert_int_eq(allowed(), CPU_COUNT(&all));
		core_fini(&c);
	}
}
END_TEST

static TCase *claims(void)
{
	TCase *tc = tcase_create("claims");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, who_is_busy_stays_on_a_core);
	tcase_add_test(tc, who_has_been_idle_for_a_while_goes_anywhere);
	tcase_add_test(tc, no_two_claim_the_same_core);
	tcase_add_test(tc, a_core_is_free_when_its_owner_has_ended);
	tcase_add_test(tc, without_the_file_the_kernel_chooses);
	return tc;
}

RUN_CASES("core", claims)
