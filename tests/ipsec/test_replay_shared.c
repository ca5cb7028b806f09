/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ipsec/replay_shared.h"
#include "tests/check_main.h"

START_TEST(a_sequence_number_passes_once_and_only_in_the_window)
{
	struct replay_shared *r = replay_shared_new();

	ck_assert(!replay_shared_take(r, 0, 0, 64));
	ck_assert(replay_shared_take(r, 0, 1, 64));
	ck_assert(!replay_shared_take(r, 0, 1, 64));
	ck_assert(replay_shared_take(r, 0, 100, 64));
	ck_assert(!replay_shared_take(r, 0, 36, 64));
	ck_assert(replay_shared_take(r, 0, 37, 64));
	ck_assert(!replay_shared_take(r, 0, 37, 64));
	ck_assert(replay_shared_take(r, 0, 1000000, 1024));
	for (uint32_t seq = 1000000 - 1023; seq < 1000000; seq++)
		ck_assert(replay_shared_take(r, 0, seq, 1024));
	for (uint32_t seq = 1000000 - 4000; seq <= 1000000; seq++)
		ck_assert(!replay_shared_take(r, 0, seq, 1024));
	ck_assert(replay_shared_take(r, 0, UINT32_MAX, 1024));
	ck_assert(!replay_shared_take(r, 0, UINT32_MAX, 1024));
	ck_assert(!replay_shared_take(r, 0, UINT32_MAX - 1024, 1024));
	ck_assert(replay_shared_take(r, 0, UINT32_MAX - 1023, 1024));
	replay_shared_free(r);
}
END_TEST

/* Steps of all sizes, with windows of all sizes. */
START_TEST(it_says_what_a_worker_s_own_window_says)
{
	struct replay_shared *r = replay_shared_new();
	struct replay *one = replay_new();
	uint32_t top = 1;

	srandom(1);
	for (int i = 0; i < 200000; i++) {
		uint32_t seq = top + (uint32_t)random() % 1300;
		unsigned int window = 64u << random() % 5;

		seq = seq > 1100 ? seq - 1100 : 1;
		if (random() % 1000 == 0)
			seq = top + (uint32_t)random() % 5000;
		ck_assert_int_eq(replay_shared_take(r, 7, seq, window),
				 replay_take(one, 7, seq, window));
		top = seq > top ? seq : top;
	}
	replay_shared_free(r);
	replay_free(one);
}
END_TEST

START_TEST(each_sender_has_its_own_window_and_nobody_gives_way)
{
	struct replay_shared *r = replay_shared_new();

	for (uint32_t i = 0; i < REPLAY_SOURCES; i++)
		ck_assert(replay_shared_take(r, i * 3, 1000 + i, 64));
	for (uint32_t i = 0; i < REPLAY_SOURCES; i++) {
		ck_assert(!replay_shared_take(r, i * 3, 1000 + i, 64));
		ck_assert(replay_shared_take(r, i * 3, 1001 + i, 64));
	}
	/* No place is left. */
	ck_assert(!replay_shared_take(r, UINT32_MAX, 1, 64));
	replay_shared_free(r);
}
END_TEST

enum { THREADS = 4, NUMBERS = 200000, SENDERS = 3, WINDOW = 1024 };

struct team {
	struct replay_shared *r;
	uint8_t taken[SENDERS][NUMBERS + 1]; /* how often */
};

/* All threads see all numbers, each a little out of order. */
static void *take_all(void *arg)
{
	struct team *team = arg;

	for (uint32_t seq = 1; seq <= NUMBERS; seq++)
		for (uint32_t sender = 0; sender < SENDERS; sender++) {
			uint32_t mine = seq ^ 5;

			if (mine > NUMBERS)
				continue;
			if (replay_shared_take(team->r, sender, mine, WINDOW))
				__atomic_add_fetch(&team->taken[sender][mine],
						   1, __ATOMIC_RELAXED);
		}
	return NULL;
}

START_TEST(of_several_threads_one_takes_a_number)
{
	struct team *team = calloc(1, sizeof(*team));
	pthread_t threads[THREADS];
	uint64_t taken = 0;

	ck_assert_ptr_nonnull(team);
	team->r = replay_shared_new();
	for (int i = 0; i < THREADS; i++)
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, take_all, team), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int sender = 0; sender < SENDERS; sender++)
		for (int seq = 1; seq <= NUMBERS; seq++) {
			ck_assert_uint_le(team->taken[sender][seq], 1);
			taken += team->taken[sender][seq];
		}
	/* Whoever is ahead takes all of them: no window is in its way. */
	ck_assert_uint_ge(taken, SENDERS * (uint64_t)(NUMBERS - 8));
	replay_shared_free(team->r);
	free(team);
}
END_TEST

static TCase *shared_case(void)
{
	TCase *tc = tcase_create("shared");

	tcase_add_test(tc,
		       a_sequence_number_passes_once_and_only_in_the_window);
	tcase_add_test(tc, it_says_what_a_worker_s_own_window_says);
	tcase_add_test(tc, each_sender_has_its_own_window_and_nobody_gives_way);
	tcase_add_test(tc, of_several_threads_one_takes_a_number);
	return tc;
}

RUN_CASES("ipsec/replay_shared", shared_case)
