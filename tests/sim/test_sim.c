/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/sim.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define PORT 848

#define SIM_TEST_MSGS(M) M(SIM_TEST, "GDOI", 5, "SIM_TEST", "said %d by %s")
MSG_DECLARE(SIM_TEST_MSGS)
MSG_DEFINE(SIM_TEST_MSGS)

struct world {
	struct sim *sim;
	struct sim_node *a, *b;
	struct env_timer *timer;
	struct env_job *job;
	unsigned int got, fired;
	int64_t at;
	uint8_t last[16];
	size_t last_len;
	bool worked, ok;
	unsigned int done;
};

static void input(void *arg, const struct endpoint *local,
		  const struct endpoint *remote, const void *data, size_t len)
{
	struct world *w = arg;

	ck_assert_uint_eq(local->port, PORT);
	ck_assert_uint_eq(remote->port, PORT);
	w->got++;
	w->at = sim_now(w->sim);
	ck_assert_uint_le(len, sizeof(w->last));
	memcpy(w->last, data, len);
	w->last_len = len;
}

static void open_world(struct world *w, uint64_t seed)
{
	*w = (struct world){ .sim = sim_new(seed) };
	w->a = sim_node_new(w->sim, "A", "10.0.0.1");
	w->b = sim_node_new(w->sim, "B", "10.0.0.2");
	sim_listen(w->a, PORT, input, w);
	sim_listen(w->b, PORT, input, w);
}

static void say(struct world *w, uint8_t what)
{
	struct endpoint from = { sim_node_addr(w->a), PORT, 0 };
	struct endpoint to = { sim_node_addr(w->b), PORT, 0 };

	env_send(sim_env(w->a), &from, &to, &what, 1);
}

static void fire(void *arg)
{
	struct world *w = arg;

	w->fired++;
	w->at = sim_now(w->sim);
	ck_assert_ptr_null(w->timer);
}

START_TEST(a_timer_fires_at_its_virtual_time)
{
	struct world w;
	int64_t start;

	open_world(&w, 1);
	start = sim_now(w.sim);
	env_timer_set(sim_env(w.a), &w.timer, SEC(86400), fire, &w);
	sim_run(w.sim, SEC(86400) - 1);
	ck_assert_uint_eq(w.fired, 0);
	sim_run(w.sim, SEC(2));
	ck_assert_uint_eq(w.fired, 1);
	ck_assert_int_eq(w.at - start, SEC(86400));
	ck_assert_int_eq(sim_now(w.sim) - start, SEC(86402) - 1);
	sim_free(w.sim);
}
END_TEST

START_TEST(a_timer_that_is_set_again_or_cancelled_forgets_the_first_time)
{
	struct world w;

	open_world(&w, 1);
	env_timer_set(sim_env(w.a), &w.timer, SEC(1), fire, &w);
	env_timer_set(sim_env(w.a), &w.timer, SEC(5), fire, &w);
	sim_run(w.sim, SEC(4));
	ck_assert_uint_eq(w.fired, 0);
	env_timer_cancel(sim_env(w.a), &w.timer);
	sim_run(w.sim, SEC(4));
	ck_assert_uint_eq(w.fired, 0);
	sim_free(w.sim);
}
END_TEST

static void work(void *arg)
{
	struct world *w = arg;

	w->worked = true;
}

static void done(void *arg, bool ok)
{
	struct world *w = arg;

	w->done++;
	w->ok = ok;
}

START_TEST(a_job_is_done_later_and_once)
{
	struct world w;

	open_world(&w, 1);
	env_job(sim_env(w.a), &w.job, work, done, &w);
	ck_assert(w.worked);
	ck_assert_uint_eq(w.done, 0);
	sim_run(w.sim, SEC(1));
	ck_assert_uint_eq(w.done, 1);
	ck_assert(w.ok);
	ck_assert_ptr_null(w.job);
	env_job(sim_env(w.a), &w.job, work, done, &w);
	env_job_cancel(sim_env(w.a), &w.job);
	ck_assert_ptr_null(w.job);
	sim_free(w.sim);
	ck_assert_uint_eq(w.done, 2);
	ck_assert(!w.ok);
}
END_TEST

START_TEST(a_datagram_arrives_after_its_delay)
{
	struct world w;
	int64_t start;

	open_world(&w, 1);
	start = sim_now(w.sim);
	say(&w, 7);
	ck_assert_uint_eq(w.got, 0);
	sim_run(w.sim, SEC(1));
	ck_assert_uint_eq(w.got, 1);
	ck_assert_int_eq(w.at - start, MSEC(1));
	ck_assert_uint_eq(w.last[0], 7);
	sim_free(w.sim);
}
END_TEST

START_TEST(the_weather_loses_and_repeats)
{
	const struct sim_weather bad = { .loss = 300,
					 .duplicate = 200,
					 .reorder = 100,
					 .delay_min = MSEC(1),
					 .delay_max = MSEC(50),
					 .reorder_delay = SEC(1) };
	struct world w;
	struct sim_stats stats;
	int i;

	open_world(&w, 1);
	sim_weather_set(w.sim, &bad);
	for (i = 0; i < 1000; i++)
		say(&w, (uint8_t)i);
	sim_run(w.sim, SEC(2));
	stats = sim_stats(w.sim);
	ck_assert_uint_eq(stats.sent, 1000);
	ck_assert_uint_gt(stats.lost, 200);
	ck_assert_uint_lt(stats.lost, 400);
	ck_assert_uint_gt(stats.duplicated, 80);
	ck_assert_uint_eq(w.got, stats.delivered);
	ck_assert_uint_eq(w.got, 1000 - stats.lost + stats.duplicated);
	sim_free(w.sim);
}
END_TEST

START_TEST(a_cut_parts_two_nodes_until_it_heals)
{
	struct world w;

	open_world(&w, 1);
	sim_cut(w.a, w.b, true);
	say(&w, 1);
	sim_run(w.sim, SEC(1));
	ck_assert_uint_eq(w.got, 0);
	sim_cut(w.b, w.a, false);
	say(&w, 1);
	sim_run(w.sim, SEC(1));
	ck_assert_uint_eq(w.got, 1);
	sim_node_cut(w.b, true);
	say(&w, 1);
	sim_run(w.sim, SEC(1));
	ck_assert_uint_eq(w.got, 1);
	sim_free(w.sim);
}
END_TEST

static enum sim_verdict second_only(void *arg, struct sim_datagram *d)
{
	struct world *w = arg;

	ck_assert_ptr_eq(d->from, w->a);
	if (d->number != 2)
		return SIM_DROP;
	d->data[0] ^= 0xff;
	return SIM_PASS;
}

START_TEST(a_tap_drops_and_changes_datagrams)
{
	struct world w;

	open_world(&w, 1);
	sim_tap(w.sim, second_only, &w);
	say(&w, 1);
	say(&w, 2);
	say(&w, 3);
	sim_run(w.sim, SEC(1));
	ck_assert_uint_eq(w.got, 1);
	ck_assert_uint_eq(w.last[0], 2 ^ 0xff);
	sim_free(w.sim);
}
END_TEST

START_TEST(a_group_address_reaches_those_that_joined)
{
	struct world w;
	struct endpoint from, to = { .port = PORT };

	open_world(&w, 1);
	from = (struct endpoint){ sim_node_addr(w.a), PORT, 0 };
	ck_assert(ip_parse(&to.addr, "239.10.1.1"));
	sim_node_new(w.sim, "C", "10.0.0.3");
	sim_node_join(w.a, "239.10.1.1");
	sim_node_join(w.b, "239.10.1.1");
	env_send(sim_env(w.a), &from, &to, "x", 1);
	sim_run(w.sim, SEC(1));
	ck_assert_uint_eq(w.got, 1);
	sim_node_leave(w.b, "239.10.1.1");
	env_send(sim_env(w.a), &from, &to, "x", 1);
	sim_run(w.sim, SEC(1));
	ck_assert_uint_eq(w.got, 1);
	sim_free(w.sim);
}
END_TEST

START_TEST(messages_are_recorded_as_ios_prints_them)
{
	struct world w;

	open_world(&w, 1);
	env_event(sim_env(w.a), SIM_TEST, 5, "A");
	ck_assert_uint_eq(sim_logged(w.a, "%GDOI-5-SIM_TEST: said 5 by A"), 1);
	ck_assert_uint_eq(sim_logged(w.b, "SIM_TEST"), 0);
	ck_assert_ptr_nonnull(sim_last(w.a, "said 5"));
	ck_assert_ptr_null(sim_last(w.a, "said 6"));
	sim_free(w.sim);
}
END_TEST

static uint64_t one_run(uint64_t seed)
{
	const struct sim_weather bad = { .loss = 100,
					 .duplicate = 100,
					 .delay_min = MSEC(1),
					 .delay_max = MSEC(50) };
	struct world w;
	uint64_t digest;
	uint8_t random;
	int i;

	open_world(&w, seed);
	sim_weather_set(w.sim, &bad);
	for (i = 0; i < 100; i++) {
		env_random(sim_env(w.a), &random, 1);
		say(&w, random);
		sim_run(w.sim, MSEC(3));
	}
	digest = sim_digest(w.sim);
	sim_free(w.sim);
	return digest;
}

START_TEST(one_seed_is_one_run)
{
	ck_assert(one_run(5) == one_run(5));
	ck_assert(one_run(5) != one_run(6));
}
END_TEST

static bool got_two(void *arg)
{
	struct world *w = arg;

	return w->got >= 2;
}

START_TEST(running_until_a_condition_stops_at_it)
{
	struct world w;

	open_world(&w, 1);
	ck_assert(!sim_run_until(w.sim, got_two, &w, SEC(1)));
	say(&w, 1);
	say(&w, 2);
	say(&w, 3);
	ck_assert(sim_run_until(w.sim, got_two, &w, SEC(1)));
	ck_assert_uint_eq(w.got, 2);
	sim_free(w.sim);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sim");
	TCase *tc = tcase_create("sim");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_timer_fires_at_its_virtual_time);
	tcase_add_test(
		tc,
		a_timer_that_is_set_again_or_cancelled_forgets_the_first_time);
	tcase_add_test(tc, a_job_is_done_later_and_once);
	tcase_add_test(tc, a_datagram_arrives_after_its_delay);
	tcase_add_test(tc, the_weather_loses_and_repeats);
	tcase_add_test(tc, a_cut_parts_two_nodes_until_it_heals);
	tcase_add_test(tc, a_tap_drops_and_changes_datagrams);
	tcase_add_test(tc, a_group_address_reaches_those_that_joined);
	tcase_add_test(tc, messages_are_recorded_as_ios_prints_them);
	tcase_add_test(tc, one_seed_is_one_run);
	tcase_add_test(tc, running_until_a_condition_stops_at_it);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
