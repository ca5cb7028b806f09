/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ipsec/replay.h"
#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/ipsec/lanes.h"

enum { UDP = 17 };
#define NOW SEC(1000)

START_TEST(a_sequence_number_passes_once_and_only_in_the_window)
{
	struct replay *r = replay_new();

	ck_assert(!replay_take(r, HOST1, 0, 64));
	ck_assert(replay_take(r, HOST1, 1, 64));
	ck_assert(!replay_take(r, HOST1, 1, 64));
	ck_assert(replay_take(r, HOST1, 100, 64));
	ck_assert(!replay_take(r, HOST1, 36, 64));
	ck_assert(replay_take(r, HOST1, 37, 64));
	ck_assert(!replay_take(r, HOST1, 37, 64));
	ck_assert(!replay_take(r, HOST1, 100, 64));
	ck_assert(replay_take(r, HOST1, 1000000, 1024));
	ck_assert(!replay_take(r, HOST1, 101, 1024));
	for (uint32_t seq = 1000000 - 1023; seq < 1000000; seq++)
		ck_assert(replay_take(r, HOST1, seq, 1024));
	for (uint32_t seq = 1000000 - 2000; seq <= 1000000; seq++)
		ck_assert(!replay_take(r, HOST1, seq, 1024));
	ck_assert(replay_take(r, HOST1, UINT32_MAX, 1024));
	ck_assert(!replay_take(r, HOST1, UINT32_MAX - 1024, 1024));
	ck_assert(replay_take(r, HOST1, UINT32_MAX - 1023, 1024));
	replay_free(r);
}
END_TEST

/* Against a list of all that came, at steps of all sizes. */
START_TEST(a_window_agrees_with_a_list_of_what_came)
{
	enum { N = 20000 };
	static bool came[N];
	struct replay *r = replay_new();
	uint32_t top = 1;

	srandom(1);
	memset(came, 0, sizeof(came));
	while (top < N - 3000) {
		uint32_t seq = top + (uint32_t)random() % 1300;
		bool old;

		seq = seq > 1100 ? seq - 1100 : 1;
		if (random() % 1000 == 0)
			seq = top + 2000;
		old = top > 1024 && seq <= top - 1024;
		ck_assert_int_eq(replay_take(r, 7, seq, 1024),
				 !old && !came[seq]);
		if (!old)
			came[seq] = true;
		top = seq > top ? seq : top;
	}
	replay_free(r);
}
END_TEST

/* What "replay counter window-size" takes. */
static const unsigned int sizes[] = { 64, 128, 256, 512, 1024 };

START_TEST(every_documented_window_ends_where_it_says)
{
	const unsigned int size = sizes[_i];
	struct replay *r = replay_new();

	ck_assert(replay_take(r, HOST1, 5000, size));
	ck_assert(!replay_take(r, HOST1, 5000 - size, size));
	for (uint32_t seq = 5000 - size + 1; seq < 5000; seq++) {
		ck_assert(replay_take(r, HOST1, seq, size));
		ck_assert(!replay_take(r, HOST1, seq, size));
	}
	replay_free(r);
}
END_TEST

START_TEST(a_policy_may_change_the_window_at_any_time)
{
	struct replay *r = replay_new();

	/* Every other one has come. */
	for (uint32_t seq = 2; seq <= 4000; seq += 2)
		ck_assert(replay_take(r, HOST1, seq, 64));
	ck_assert(!replay_take(r, HOST1, 3001, 64));
	/* Larger: what did not come may, what came may not. */
	for (uint32_t seq = 4000 - 1023; seq <= 4000; seq++)
		ck_assert_int_eq(replay_take(r, HOST1, seq, 1024), seq % 2);
	ck_assert(!replay_take(r, HOST1, 4000 - 1025, 1024));
	/* Smaller. */
	ck_assert(replay_take(r, HOST1, 4200, 1024));
	ck_assert(!replay_take(r, HOST1, 4200 - 64, 64));
	ck_assert(replay_take(r, HOST1, 4200 - 63, 64));
	replay_free(r);
}
END_TEST

START_TEST(each_source_has_its_own_window_and_the_oldest_gives_way)
{
	struct replay *r = replay_new();

	for (uint32_t i = 0; i < REPLAY_SOURCES; i++) {
		ck_assert(replay_take(r, i, 1000 + i, 64));
		ck_assert(!replay_take(r, i, 1000 + i, 64));
	}
	/* Source 0 is heard again, so 1 is the oldest one. */
	ck_assert(replay_take(r, 0, 1001, 64));
	ck_assert(replay_take(r, REPLAY_SOURCES, 1, 64));
	ck_assert(!replay_take(r, 0, 1001, 64));
	ck_assert(!replay_take(r, 2, 1002, 64));
	ck_assert(replay_take(r, 1, 1001, 64));
	for (uint32_t i = 0; i < 100 * REPLAY_SOURCES; i++)
		ck_assert(replay_take(r, 1u << 31 | i, 5, 64));
	replay_free(r);
}
END_TEST

/* Frames to be pushed are made here. */
static struct pkt_pool *scratch;
static struct pkt *frame;

static void setup(void)
{
	scratch = pkt_pool_new(0, 1);
	frame = pkt_get_big(scratch);
}

static void teardown(void)
{
	pkt_put(frame);
	pkt_pool_free(scratch);
}

static void push(struct fake_port *port)
{
	fake_push(port, pkt_data(frame), frame->len);
}

static struct ipsec_policy *policy_counter(void)
{
	struct ipsec_policy *p = policy_any();
	struct ipsec_sa sa = sa_make(&article_transform, 9);

	sa.replay = IPSEC_REPLAY_COUNTER;
	sa.window = 64; /* what a key server says by default */
	policy_add_sa(p, sa);
	return p;
}

/* n packets of host src through sender to receiver: how many arrive. */
static unsigned int arrive(struct gateway *sender, struct gateway *receiver,
			   uint32_t src, unsigned int n)
{
	fake_clear(sender->tap);
	fake_clear(sender->wire);
	fake_clear(receiver->tap);
	for (unsigned int i = 0; i < n; i++) {
		frame_make(frame, src, HOST3, UDP, 100);
		push(sender->tap);
	}
	gateway_out(sender, NOW);
	wire_to(sender, receiver);
	gateway_in(receiver, NOW);
	return receiver->tap->n_tx;
}

START_TEST(three_members_count_each_for_itself)
{
	struct gateway *a = gateway_new(), *b = gateway_new();
	struct gateway *c = gateway_new();

	gateway_policy(a, policy_counter());
	gateway_policy(b, policy_counter());
	gateway_policy(c, policy_counter());
	ck_assert_uint_eq(arrive(a, b, HOST1, 100), 100);
	ck_assert_uint_eq(arrive(c, b, HOST1 + 1, 30), 30);
	ck_assert_uint_eq(arrive(a, b, HOST1, 10), 10);
	ck_assert_uint_eq(gateway_counters(b).replay_fail, 0);
	/* A policy put on again forgets nothing. */
	gateway_policy(b, policy_counter());
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 10);
	ck_assert_uint_eq(gateway_counters(b).replay_fail, 10);
	gateway_free(a);
	gateway_free(b);
	gateway_free(c);
}
END_TEST

/* The outer source can be changed on the way: it opens no other window. */
START_TEST(a_changed_outer_source_moves_no_window)
{
	struct gateway *a = gateway_new(), *b = gateway_new();
	uint8_t *src;

	gateway_policy(a, policy_counter());
	gateway_policy(b, policy_counter());
	ck_assert_uint_eq(arrive(a, b, HOST1, 100), 100);
	for (unsigned int i = 0; i < 100; i++) {
		src = a->wire->tx[i].data + ETH_HEADER + 12;
		put32(src, HOST1 + 1);
	}
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 100);
	gateway_policy(b, policy_counter());
	gateway_free(a);
	a = gateway_new();
	gateway_policy(a, policy_counter());
	ck_assert_uint_eq(arrive(a, b, HOST1 + 1, 30), 30);
	gateway_free(a);
	gateway_free(b);
}
END_TEST

static TCase *replay_case(void)
{
	TCase *tc = tcase_create("replay");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc,
		       a_sequence_number_passes_once_and_only_in_the_window);
	tcase_add_test(tc, a_window_agrees_with_a_list_of_what_came);
	tcase_add_loop_test(tc, every_documented_window_ends_where_it_says, 0,
			    ARRAY_SIZE(sizes));
	tcase_add_test(tc, a_policy_may_change_the_window_at_any_time);
	tcase_add_test(tc,
		       each_source_has_its_own_window_and_the_oldest_gives_way);
	tcase_add_test(tc, three_members_count_each_for_itself);
	tcase_add_test(tc, a_changed_outer_source_moves_no_window);
	return tc;
}

RUN_CASES("ipsec/replay", replay_case)
