/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time-based anti-replay: the edges of the window, clocks that wrap and step,
 * a capture that is played again, the history of what was refused. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/check_main.h"
#include "tests/ipsec/lanes.h"

enum { WINDOW = 5, UDP = 17, BURST = 12 };
#define NOW SEC(1000)

/* Two members whose pseudotimes are their clocks plus an offset each. */
static struct gateway *a, *b;
static struct pkt_pool *scratch;
static struct pkt *frame;

static void setup(void)
{
	a = gateway_new();
	b = gateway_new();
	scratch = pkt_pool_new(0, 1);
	frame = pkt_get_big(scratch);
	frame_make(frame, HOST1, HOST3, UDP, 100);
}

static void teardown(void)
{
	pkt_put(frame);
	pkt_pool_free(scratch);
	gateway_free(a);
	gateway_free(b);
}

static void set_clock(struct gateway *g, int64_t offset)
{
	struct ipsec_policy *p = policy_article();

	p->sas[0].window = WINDOW;
	p->sas[0].pst_offset = offset;
	gateway_policy(g, p);
}

/* n packets of a on the wire. */
static void emit(int64_t now, unsigned int n)
{
	fake_clear(a->tap);
	fake_clear(a->wire);
	for (unsigned int i = 0; i < n; i++)
		fake_push(a->tap, pkt_data(frame), frame->len);
	gateway_out(a, now);
	ck_assert_uint_eq(a->wire->n_tx, n);
}

/* They come to b: how many pass. */
static unsigned int receive(int64_t now)
{
	fake_clear(b->tap);
	wire_to(a, b);
	gateway_in(b, now);
	return b->tap->n_tx;
}

static unsigned int passes(int64_t sent, int64_t received)
{
	emit(sent, 1);
	return receive(received);
}

START_TEST(the_window_is_exact_to_the_microsecond)
{
	set_clock(a, 0);
	set_clock(b, 0);
	for (int64_t fraction = 0; fraction < US_PER_SEC; fraction += 7919) {
		int64_t t = NOW + fraction;

		ck_assert_uint_eq(passes(t, t), 1);
		ck_assert_uint_eq(passes(t, t + SEC(WINDOW)), 1);
		ck_assert_uint_eq(passes(t, t + SEC(WINDOW) + 1), 0);
		ck_assert_uint_eq(passes(t, t - SEC(WINDOW)), 1);
		ck_assert_uint_eq(passes(t, t - SEC(WINDOW) - 1), 0);
	}
}
END_TEST

START_TEST(clocks_that_wrap_or_are_nonsense_break_nothing)
{
	const int64_t wrap = SEC(INT64_C(1) << 32);

	/* The server's clock ends between the two; it is 4 s later. */
	set_clock(a, wrap - NOW - SEC(2));
	set_clock(b, wrap - NOW - SEC(2));
	ck_assert_uint_eq(passes(NOW, NOW + SEC(4)), 1);
	ck_assert_uint_eq(gateway_counters(b).replay_max_delta, SEC(4));
	ck_assert_uint_eq(passes(NOW, NOW + SEC(5) + 1), 0);
	ck_assert_uint_eq(passes(NOW + SEC(4), NOW), 1);
	set_clock(a, 0);
	set_clock(b, INT64_MAX);
	ck_assert_uint_eq(passes(NOW, NOW), 0);
	set_clock(b, INT64_MIN);
	ck_assert_uint_eq(passes(NOW, NOW), 0);
	set_clock(a, INT64_MIN); /* both at zero */
	ck_assert_uint_eq(passes(NOW, NOW), 1);
}
END_TEST

START_TEST(a_clock_that_is_set_right_opens_the_window_again)
{
	set_clock(a, 0);
	set_clock(b, SEC(100)); /* what drift may come to */
	ck_assert_uint_eq(passes(NOW, NOW), 0);
	set_clock(b, SEC(3)); /* a rekey told the time */
	ck_assert_uint_eq(passes(NOW, NOW), 1);
	set_clock(b, -SEC(3)); /* and back */
	ck_assert_uint_eq(passes(NOW, NOW), 1);
	ck_assert_uint_eq(gateway_counters(b).replay_max_delta, SEC(3));
}
END_TEST

START_TEST(a_capture_passes_again_within_the_window_and_never_after)
{
	struct event e;

	set_clock(a, 0);
	set_clock(b, 0);
	emit(NOW, BURST);
	ck_assert_uint_eq(receive(NOW + MSEC(20)), BURST);
	/* IOS says so too: the window is what an attacker has. */
	ck_assert_uint_eq(receive(NOW + SEC(WINDOW)), BURST);
	ck_assert_uint_eq(receive(NOW + SEC(WINDOW) + 1), 0);
	set_clock(b, 0); /* a rekey does not make it young again */
	ck_assert_uint_eq(receive(NOW + SEC(3600)), 0);
	ck_assert_uint_eq(gateway_counters(b).decrypt, 2 * BURST);
	ck_assert_uint_eq(gateway_counters(b).replay_in, 2 * BURST);
	ck_assert_uint_eq(gateway_counters(b).replay_fail, 2 * BURST);
	ck_assert_uint_eq(gateway_counters(b).verify_fail, 0);
	ck_assert_uint_eq(gateway_counters(b).decap_fail, 0);
	ck_assert_uint_eq(gateway_counters(b).replay_max_delta, SEC(WINDOW));
	ck_assert_uint_eq(lane_dropped(&b->lane, replay), 2 * BURST);
	/* Ten of each minute are told. */
	for (int i = 0; i < 2 * STATS_SAMPLES; i++) {
		ck_assert(events_take(&b->events, &e));
		ck_assert_int_eq(e.kind, EVENT_REPLAY_TIME);
		ck_assert_uint_eq(e.window, WINDOW);
		ck_assert_uint_eq(e.peer >> 32, 1000);
		ck_assert_uint_eq(e.mine >> 32, i < 10 ? 1005 : 4600);
	}
	ck_assert(!events_take(&b->events, &e));
}
END_TEST

START_TEST(cleared_counters_begin_anew)
{
	set_clock(a, 0);
	set_clock(b, 0);
	ck_assert_uint_eq(passes(NOW, NOW + SEC(4)), 1);
	ck_assert_uint_eq(passes(NOW, NOW + SEC(9)), 0);
	ck_assert_uint_eq(gateway_counters(b).replay_max_delta, SEC(4));
	stats_clear(b->stats, "G");
	ck_assert_uint_eq(gateway_counters(b).replay_max_delta, 0);
	ck_assert_uint_eq(gateway_counters(b).replay_fail, 0);
	ck_assert_uint_eq(gateway_counters(b).replay_in, 0);
	ck_assert_uint_eq(passes(NOW, NOW + SEC(1)), 1);
	ck_assert_uint_eq(passes(NOW, NOW + MSEC(1)), 1);
	ck_assert_uint_eq(gateway_counters(b).replay_max_delta, SEC(1));
	ck_assert_uint_eq(gateway_counters(b).replay_in, 2);
	stats_clear(b->stats, "G");
	ck_assert_uint_eq(gateway_counters(b).replay_in, 0);
}
END_TEST

START_TEST(the_history_is_the_last_fifty_and_ten_of_a_minute)
{
	struct ipsec_replay_error in = { .src = ip_v4(HOST1) }, out[60];
	struct stats *stats = a->stats;

	ck_assert_uint_eq(stats_errors(stats, "G", out, 60), 0);
	stats_error(stats, "G", &in, NOW); /* no such group */
	(void)stats_group(stats, "G");
	for (int64_t s = 0; s < 60; s++) {
		in.wall = s;
		stats_error(stats, "G", &in, NOW + SEC(s));
	}
	ck_assert_uint_eq(stats_errors(stats, "G", out, 60), STATS_SAMPLES);
	ck_assert_int_eq(out[0].wall, 9);
	ck_assert_int_eq(out[9].wall, 0);
	for (int64_t s = 60; s < 600; s++) {
		in.wall = s;
		stats_error(stats, "G", &in, NOW + SEC(s));
	}
	memset(out, 0, sizeof(out));
	ck_assert_uint_eq(stats_errors(stats, "G", out, 60),
			  IPSEC_REPLAY_ERRORS);
	ck_assert_int_eq(out[0].wall, 549);
	ck_assert_int_eq(out[9].wall, 540);
	ck_assert_int_eq(out[10].wall, 489);
	ck_assert_int_eq(out[49].wall, 300);
	ck_assert_int_eq(out[50].wall, 0);
	ck_assert_uint_eq(stats_errors(stats, "G", out, 1),
			  IPSEC_REPLAY_ERRORS);
	stats_clear(stats, "G");
	ck_assert_uint_eq(stats_errors(stats, "G", out, 60), 0);
}
END_TEST

START_TEST(replay_counters_are_cleared_alone)
{
	struct stats *stats = b->stats;
	struct stats_group *g = stats_group(stats, "G");
	const struct ipsec_replay_error error = { .wall = 1 };
	struct ipsec_counters c;

	stats_clear(stats, "G");
	STAT_ADD(g->slots[0].c.encrypt, 5);
	STAT_ADD(g->slots[0].c.replay_in, 6);
	STAT_ADD(g->slots[0].c.replay_fail, 7);
	stats_delta(g, 0, 8);
	stats_error(stats, "G", &error, NOW + SEC(3600));
	stats_clear_replay(stats, "G");
	stats_read(stats, "G", &c);
	ck_assert_uint_eq(c.encrypt, 5);
	ck_assert_uint_eq(c.replay_in, 0);
	ck_assert_uint_eq(c.replay_fail, 0);
	ck_assert_uint_eq(c.replay_max_delta, 0);
	ck_assert_uint_eq(stats_errors(stats, "G", NULL, 0), 0);
	stats_clear_replay(stats, "nobody");
}
END_TEST

static TCase *tbar_case(void)
{
	TCase *tc = tcase_create("tbar");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, replay_counters_are_cleared_alone);
	tcase_add_test(tc, the_window_is_exact_to_the_microsecond);
	tcase_add_test(tc, clocks_that_wrap_or_are_nonsense_break_nothing);
	tcase_add_test(tc, a_clock_that_is_set_right_opens_the_window_again);
	tcase_add_test(
		tc, a_capture_passes_again_within_the_window_and_never_after);
	tcase_add_test(tc, cleared_counters_begin_anew);
	tcase_add_test(tc, the_history_is_the_last_fifty_and_ten_of_a_minute);
	return tc;
}

RUN_CASES("ipsec/tbar", tbar_case)
