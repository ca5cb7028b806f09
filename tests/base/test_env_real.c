/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The daemon's env on the real loop: order and number of callbacks, never how
 * long they take. */
#include "base/env_real.h"

#include <pthread.h>
#include <string.h>

#include "tests/check_main.h"

static struct loop *loop;
static struct clock wall;
static struct env *env;
static char events[256];
static int fired, done_ok, done_cancelled;
static struct env_timer *timer;
static struct env_job *job;

static void record(void *ctx, const struct msg_def *def, const char *text)
{
	(void)ctx;
	snprintf(events, sizeof(events), "%%%s-%d-%s: %s", def->facility,
		 def->severity, def->mnemonic, text);
}

static void no_debug(void *ctx, const char *text)
{
	(void)ctx;
	(void)text;
}

static void set_up(void)
{
	const struct env_real_out out = { .event = record, .debug = no_debug };

	loop = loop_new();
	clock_init(&wall, 1000);
	env = env_real_new(loop, &wall, &out);
	fired = done_ok = done_cancelled = 0;
}

static void tear_down(void)
{
	env_real_free(env);
	loop_free(loop);
}

static void fire(void *arg)
{
	(void)arg;
	fired++;
	ck_assert_ptr_null(timer);
	loop_stop(loop);
}

START_TEST(a_timer_clears_its_handle_and_fires_once)
{
	/* An hour of this clock is 3.6 s; the delay is scaled with it. */
	env_timer_set(env, &timer, SEC(10), fire, NULL);
	ck_assert_ptr_nonnull(timer);
	loop_run(loop);
	ck_assert_int_eq(fired, 1);
}
END_TEST

START_TEST(a_timer_set_again_fires_once)
{
	env_timer_set(env, &timer, SEC(1000), fire, NULL);
	env_timer_set(env, &timer, SEC(1), fire, NULL);
	loop_run(loop);
	ck_assert_int_eq(fired, 1);
}
END_TEST

START_TEST(a_cancelled_timer_is_silent)
{
	struct env_timer *other = NULL;

	env_timer_set(env, &other, SEC(1), fire, NULL);
	env_timer_cancel(env, &other);
	ck_assert_ptr_null(other);
	env_timer_set(env, &timer, SEC(5), fire, NULL);
	loop_run(loop);
	ck_assert_int_eq(fired, 1);
}
END_TEST

static void work(void *arg)
{
	*(int *)arg += 1;
}

static void done(void *arg, bool ok)
{
	(void)arg;
	if (ok)
		done_ok++;
	else
		done_cancelled++;
	loop_stop(loop);
}

START_TEST(a_job_works_and_reports_once)
{
	int n = 0;

	env_job(env, &job, work, done, &n);
	loop_run(loop);
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(done_ok, 1);
	ck_assert_ptr_null(job);
}
END_TEST

START_TEST(a_cancelled_job_reports_that_it_was)
{
	int n = 0;

	env_job(env, &job, work, done, &n);
	env_job_cancel(env, &job);
	ck_assert_ptr_null(job);
	loop_run(loop);
	ck_assert_int_eq(done_ok, 0);
	ck_assert_int_eq(done_cancelled, 1);
}
END_TEST

/* A work function that waits to be let go. */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t opened;
	bool open;
};

static struct gate gate = { .lock = PTHREAD_MUTEX_INITIALIZER,
			    .opened = PTHREAD_COND_INITIALIZER };

static void wait_at_gate(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&gate.lock);
	while (!gate.open)
		pthread_cond_wait(&gate.opened, &gate.lock);
	pthread_mutex_unlock(&gate.lock);
}

static void open_gate(void)
{
	pthread_mutex_lock(&gate.lock);
	gate.open = true;
	pthread_cond_broadcast(&gate.opened);
	pthread_mutex_unlock(&gate.lock);
}

static void count_done(void *arg, bool ok)
{
	(void)ok;
	if (--*(int *)arg == 0)
		loop_stop(loop);
}

static void time_out(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

START_TEST(long_jobs_leave_a_thread_to_the_others)
{
	struct env_job *longs[3] = { NULL };
	int n = 0, left = 3;
	size_t i;

	for (i = 0; i < 3; i++)
		env_job_long(env, &longs[i], wait_at_gate, count_done, &left);
	env_job(env, &job, work, done, &n);
	env_timer_set(env, &timer, SEC(10000), time_out, NULL);
	loop_run(loop);
	env_timer_cancel(env, &timer);
	ck_assert_int_eq(done_ok, 1);
	ck_assert_int_eq(n, 1);
	ck_assert_int_eq(left, 3);
	open_gate();
	loop_run(loop);
	ck_assert_int_eq(left, 0);
}
END_TEST

START_TEST(a_job_cancelled_while_it_waits_is_never_begun)
{
	struct env_job *longs[2] = { NULL };
	int n = 0, left = 1;

	env_job_long(env, &longs[0], wait_at_gate, count_done, &left);
	env_job_long(env, &longs[1], work, done, &n);
	env_job_cancel(env, &longs[1]);
	loop_run(loop); /* until done, while the first one still works */
	ck_assert_int_eq(done_cancelled, 1);
	open_gate();
	loop_run(loop);
	ck_assert_int_eq(left, 0);
	ck_assert_int_eq(n, 0);
}
END_TEST

#define TEST_MSGS(M) M(TEST_HELLO, "TEST", 5, "HELLO", "number %d from %s")
MSG_DECLARE(TEST_MSGS)
MSG_DEFINE(TEST_MSGS)

START_TEST(a_message_names_its_place_in_the_catalogue)
{
	env_event(env, TEST_HELLO, 7, "here");
	ck_assert_str_eq(events, "%TEST-5-HELLO: number 7 from here");
}
END_TEST

START_TEST(random_numbers_stay_below_their_bound)
{
	unsigned int seen[5] = { 0 };
	int i;

	for (i = 0; i < 500; i++)
		seen[env_random_below(env, 5)]++;
	for (i = 0; i < 5; i++)
		ck_assert_uint_gt(seen[i], 0);
}
END_TEST

START_TEST(the_clock_runs_as_fast_as_it_was_told)
{
	struct clock c = { .scale = 1000 };

	ck_assert_int_eq(clock_real_delay(&c, SEC(1)), MSEC(1));
	ck_assert_int_eq(clock_real_delay(&c, 1), 1);
	ck_assert_int_eq(clock_real_delay(&c, 0), 0);
	clock_set_wall(&wall, SEC(1000000000));
	ck_assert_int_ge(clock_wall(&wall), SEC(1000000000));
}
END_TEST

static TCase *real(void)
{
	TCase *tc = tcase_create("real env");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_timer_clears_its_handle_and_fires_once);
	tcase_add_test(tc, a_timer_set_again_fires_once);
	tcase_add_test(tc, a_cancelled_timer_is_silent);
	tcase_add_test(tc, a_job_works_and_reports_once);
	tcase_add_test(tc, a_cancelled_job_reports_that_it_was);
	tcase_add_test(tc, long_jobs_leave_a_thread_to_the_others);
	tcase_add_test(tc, a_job_cancelled_while_it_waits_is_never_begun);
	tcase_add_test(tc, a_message_names_its_place_in_the_catalogue);
	tcase_add_test(tc, random_numbers_stay_below_their_bound);
	tcase_add_test(tc, the_clock_runs_as_fast_as_it_was_told);
	return tc;
}

RUN_CASES("env_real", real)
