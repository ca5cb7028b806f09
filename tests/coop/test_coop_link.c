/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session between two key servers, and whole messages over it. */
#include "ks/coop_ann.h"
#include "tests/check_main.h"
#include "tests/coop/links.h"

#ifndef SEEDS
#define SEEDS 30
#endif

static struct links_world w;
static struct links_end *const a = &w.end[0], *const b = &w.end[1];

static const struct sim_weather bad = {
	.loss = 250,
	.duplicate = 200,
	.reorder = 300,
	.delay_min = MSEC(5),
	.delay_max = MSEC(50),
	.reorder_delay = SEC(1),
};

static void setup(void)
{
	links_setup(&w, 1);
}

static void teardown(void)
{
	links_teardown(&w);
}

static bool all_over(void *arg)
{
	(void)arg;
	return TAILQ_EMPTY(&a->link->out.queue) &&
	       TAILQ_EMPTY(&b->link->out.queue);
}

static bool a_failed(void *arg)
{
	(void)arg;
	return links_status(a) == COOP_LINK_FAILED;
}

static bool a_up(void *arg)
{
	(void)arg;
	return links_status(a) == COOP_LINK_ESTABLISHED;
}

static bool both_up(void *arg)
{
	return a_up(arg) && links_status(b) == COOP_LINK_ESTABLISHED;
}

static bool a_lost(void *arg)
{
	return !a_up(arg);
}

static void one_sa(void)
{
	ck_assert_uint_eq(pair_n_sas(a->isakmp), 1);
	ck_assert_uint_eq(pair_n_sas(b->isakmp), 1);
	ck_assert(pair_agree(&w.p));
	ck_assert_ptr_eq(a->link->session->sa, pair_up(a->isakmp));
	ck_assert_ptr_eq(b->link->session->sa, pair_up(b->isakmp));
}

START_TEST(a_small_message_arrives_whole)
{
	links_meet(&w);
	ck_assert(links_send(a, 100, 1));
	ck_assert(links_send(b, 1, 2));
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(b->n_received, 1);
	ck_assert(links_got(b, 100, 1));
	ck_assert_uint_eq(a->n_received, 1);
	ck_assert(links_got(a, 1, 2));
	ck_assert_uint_eq(a->n_arrived, 1);
	ck_assert_uint_eq(b->n_arrived, 1);
	ck_assert_uint_eq(a->octets_sent, b->octets_received);
	ck_assert_uint_gt(a->octets_sent, 100);
}
END_TEST

START_TEST(a_large_message_arrives_whole)
{
	links_meet(&w);
	ck_assert(links_send(a, 300 * 1024, 3));
	ck_assert(sim_run_until(w.p.sim, all_over, NULL, SEC(10)));
	ck_assert_uint_eq(b->n_received, 1);
	ck_assert(links_got(b, 300 * 1024, 3));
	ck_assert_uint_eq(a->octets_sent, b->octets_received);
}
END_TEST

START_TEST(messages_without_a_session_are_not_taken)
{
	ck_assert(!links_send(a, 100, 1));
	links_meet(&w);
	ck_assert(!links_send(a, 0, 1));
	ck_assert(!links_send(a, COOP_ANN_MAX + 1, 1));
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(a->n_sent, 0);
}
END_TEST

/* Each seed is another storm. */
START_TEST(messages_arrive_whole_in_bad_weather)
{
	links_teardown(&w);
	links_setup(&w, 100 + (uint64_t)_i);
	sim_weather_set(w.p.sim, &bad);
	links_meet(&w);
	ck_assert(links_send(a, 10, 1));
	ck_assert(links_send(b, 300 * 1024, 2));
	ck_assert(links_send(a, 5000, 3));
	ck_assert(sim_run_until(w.p.sim, all_over, NULL, SEC(1200)));
	ck_assert_uint_eq(a->n_arrived, 2);
	ck_assert_uint_eq(b->n_arrived, 1);
	ck_assert_uint_eq(b->n_received, 2);
	ck_assert(links_got(b, 5000, 3));
	ck_assert_uint_eq(a->n_received, 1);
	ck_assert(links_got(a, 300 * 1024, 2));
}
END_TEST

START_TEST(messages_arrive_in_the_order_of_sending)
{
	unsigned int i;

	sim_weather_set(w.p.sim, &bad);
	links_meet(&w);
	for (i = 1; i <= COOP_QUEUE; i++)
		ck_assert(links_send(a, 1000 * i, (uint8_t)i));
	for (i = 1; i <= COOP_QUEUE; i++) {
		while (b->n_received < i)
			ck_assert(sim_step(w.p.sim));
		ck_assert(links_got(b, 1000 * i, (uint8_t)i));
	}
	ck_assert(sim_run_until(w.p.sim, all_over, NULL, SEC(600)));
	ck_assert_uint_eq(a->n_arrived, COOP_QUEUE);
	ck_assert_uint_eq(b->n_received, COOP_QUEUE);
}
END_TEST

START_TEST(of_too_many_messages_the_oldest_that_waits_is_dropped)
{
	unsigned int i;

	links_meet(&w);
	/* One under way, COOP_QUEUE waiting, two too many. */
	for (i = 0; i < COOP_QUEUE + 3; i++)
		ck_assert(links_send(a, 2000 + i, (uint8_t)i));
	ck_assert(sim_run_until(w.p.sim, all_over, NULL, SEC(10)));
	ck_assert_uint_eq(a->n_sent, COOP_QUEUE + 3);
	ck_assert_uint_eq(b->n_received, COOP_QUEUE + 1);
	ck_assert(links_got(b, 2000 + COOP_QUEUE + 2, COOP_QUEUE + 2));
	for (i = 0; i < a->n_sent; i++)
		ck_assert_msg(a->sent[i] == (i != 1 && i != 2), "message %u",
			      i);
}
END_TEST

START_TEST(of_two_sessions_that_were_begun_at_once_one_remains)
{
	links_teardown(&w);
	links_setup(&w, 200 + (uint64_t)_i);
	if (_i % 2)
		sim_weather_set(w.p.sim, &bad);
	links_meet(&w);
	sim_weather_set(w.p.sim, &sim_fair);
	sim_run(w.p.sim, SEC(60));
	one_sa();
	ck_assert(a_up(NULL));
	if (_i % 2 == 0)
		ck_assert_uint_eq(sim_logged_all(w.p.sim, "%CRYPTO"), 0);
}
END_TEST

/* The one with the higher address first, and the other a little later. */
START_TEST(sessions_begun_shortly_after_each_other_become_one)
{
	b->t.want(b->link, true);
	sim_run(w.p.sim, MSEC(1) * _i);
	a->t.want(a->link, true);
	ck_assert(sim_run_until(w.p.sim, both_up, NULL, SEC(60)));
	sim_run(w.p.sim, SEC(10));
	one_sa();
	ck_assert(links_send(a, 5000, 1));
	ck_assert(links_send(b, 5000, 2));
	sim_run(w.p.sim, SEC(1));
	ck_assert(links_got(b, 5000, 1));
	ck_assert(links_got(a, 5000, 2));
}
END_TEST

START_TEST(a_session_survives_the_end_of_its_lifetime)
{
	links_meet(&w);
	sim_run(w.p.sim, SEC(86400 + 60));
	ck_assert(both_up(NULL));
	sim_run(w.p.sim, SEC(60));
	one_sa();
	ck_assert(links_send(b, 100, 1));
	sim_run(w.p.sim, SEC(1));
	ck_assert(links_got(a, 100, 1));
}
END_TEST

START_TEST(a_cut_peer_is_found_by_a_message_and_comes_back)
{
	links_meet(&w);
	sim_run(w.p.sim, SEC(10));
	sim_node_cut(w.p.ks_node, true);
	ck_assert(links_send(a, 100, 1));
	ck_assert(links_send(a, 100, 2));
	ck_assert(sim_run_until(w.p.sim, a_failed, NULL, SEC(150)));
	ck_assert_uint_eq(a->n_failed, 2);
	ck_assert(!links_send(a, 100, 3));
	ck_assert_int_eq(a->status[a->n_status - 2], COOP_LINK_IN_PROGRESS);
	/* Tries go on, and nothing is told of them. */
	sim_run(w.p.sim, SEC(300));
	ck_assert(a_failed(NULL));
	sim_node_cut(w.p.ks_node, false);
	ck_assert(sim_run_until(w.p.sim, a_up, NULL, SEC(30)));
	ck_assert_int_eq(a->status[a->n_status - 2], COOP_LINK_FAILED);
	ck_assert(links_send(a, 100, 4));
	sim_run(w.p.sim, SEC(1));
	ck_assert(links_got(b, 100, 4));
	sim_run(w.p.sim, SEC(60));
	one_sa();
}
END_TEST

START_TEST(keepalives_find_a_dead_peer_in_twenty_seconds)
{
	int64_t start;

	a->isakmp->keepalive = (struct isakmp_keepalive){ .seconds = 10,
							  .retry = 2,
							  .periodic = true };
	links_meet(&w);
	sim_run(w.p.sim, SEC(300));
	ck_assert(a_up(NULL));
	sim_node_cut(w.p.ks_node, true);
	start = sim_now(w.p.sim);
	ck_assert(sim_run_until(w.p.sim, a_lost, NULL, SEC(25)));
	ck_assert_int_ge(sim_now(w.p.sim) - start, SEC(9));
	ck_assert_int_le(sim_now(w.p.sim) - start, SEC(21));
	ck_assert(sim_run_until(w.p.sim, a_failed, NULL, SEC(60)));
}
END_TEST

START_TEST(a_peer_that_restarted_is_met_again)
{
	links_meet(&w);
	sim_run(w.p.sim, SEC(10));
	/* All it knew is gone, and it says nothing. */
	while (!TAILQ_EMPTY(&b->isakmp->sas))
		isakmp_sa_end(TAILQ_FIRST(&b->isakmp->sas),
			      ISAKMP_FAULT(INVALID_COOKIE, "restart"));
	ck_assert(sim_run_until(w.p.sim, both_up, NULL, SEC(10)));
	sim_run(w.p.sim, SEC(10));
	one_sa();
	ck_assert(links_send(a, 100, 1));
	sim_run(w.p.sim, SEC(1));
	ck_assert(links_got(b, 100, 1));
}
END_TEST

START_TEST(clearing_the_session_makes_a_new_one)
{
	links_meet(&w);
	sim_run(w.p.sim, SEC(10));
	isakmp_sa_delete(pair_up(a->isakmp));
	sim_run(w.p.sim, SEC(10));
	ck_assert(both_up(NULL));
	one_sa();
}
END_TEST

START_TEST(pauses_between_tries_grow)
{
	struct sim_stats before, after;

	sim_node_cut(w.p.ks_node, true);
	a->t.want(a->link, true);
	ck_assert(sim_run_until(w.p.sim, a_failed, NULL, SEC(60)));
	ck_assert_int_eq(a->status[0], COOP_LINK_IN_PROGRESS);
	before = sim_stats(w.p.sim);
	sim_run(w.p.sim, SEC(COOP_PAUSE_FIRST) - 1);
	after = sim_stats(w.p.sim);
	ck_assert_uint_eq(after.sent, before.sent);
	sim_run(w.p.sim, SEC(1));
	after = sim_stats(w.p.sim);
	ck_assert_uint_gt(after.sent, before.sent);
	ck_assert_uint_eq(a->n_status, 2);
}
END_TEST

START_TEST(without_a_key_for_the_peer_it_fails)
{
	isakmp_keyring_free(&a->isakmp->keyring);
	a->t.want(a->link, true);
	ck_assert(sim_run_until(w.p.sim, a_failed, NULL, SEC(1)));
	pair_psk(a->isakmp, "0.0.0.0", 0, PAIR_PSK);
	ck_assert(sim_run_until(w.p.sim, a_up, NULL, SEC(10)));
}
END_TEST

START_TEST(groups_share_a_session)
{
	const struct gdoi_id other = { .is_set = true, .number = 1235 };
	struct coop_link *x = links_open(a, &other);
	struct coop_link *y = links_open(b, &other);

	links_meet(&w);
	sim_run(w.p.sim, SEC(10));
	one_sa();
	ck_assert_ptr_eq(x->session, a->link->session);
	ck_assert(a->t.send(x, "hello", 5, 0));
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(b->n_received, 1);
	ck_assert_uint_eq(b->last.len, 5);
	b->t.close(y);
	sim_run(w.p.sim, SEC(1));
	ck_assert(a->t.send(x, "again", 5, 0));
	ck_assert(links_send(a, 100, 1));
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(b->n_received, 2);
	ck_assert(links_got(b, 100, 1));
	ck_assert_uint_eq(b->n_strangers, 1);
	ck_assert(gdoi_id_equal(&b->stranger, &other));
	ck_assert_uint_eq(a->n_arrived, 2);
	ck_assert_uint_eq(a->n_failed, 1);
	one_sa();
}
END_TEST

START_TEST(the_last_message_of_a_closed_link_still_arrives)
{
	links_meet(&w);
	sim_run(w.p.sim, SEC(5));
	sim_weather_set(w.p.sim, &bad);
	ck_assert(links_send(a, 3000, 1));
	a->t.close(a->link);
	sim_run(w.p.sim, SEC(60));
	ck_assert_uint_eq(b->n_received, 1);
	ck_assert(links_got(b, 3000, 1));
	ck_assert_uint_eq(a->n_sent, 0);
	ck_assert(TAILQ_EMPTY(&a->links->sessions));
}
END_TEST

START_TEST(a_link_may_be_closed_and_opened_at_any_time)
{
	unsigned int i;

	sim_weather_set(w.p.sim, &bad);
	links_meet(&w);
	for (i = 0; i < 50; i++) {
		struct links_end *e = i % 2 ? a : b;

		links_send(a, 3000, 1);
		links_send(b, 3000, 2);
		sim_run(w.p.sim, MSEC(100) * (i % 7));
		e->t.close(e->link);
		e->link = links_open(e, &links_group);
		e->t.want(e->link, i % 3);
	}
	sim_weather_set(w.p.sim, &sim_fair);
	sim_run(w.p.sim, SEC(60));
	ck_assert(both_up(NULL));
	ck_assert(links_send(a, 100, 9));
	sim_run(w.p.sim, SEC(5));
	ck_assert(links_got(b, 100, 9));
}
END_TEST

START_TEST(a_receiver_may_close_its_link)
{
	links_meet(&w);
	sim_run(w.p.sim, SEC(10));
	b->close_on_receipt = true;
	ck_assert(links_send(a, 100, 1));
	ck_assert(links_send(a, 100, 2));
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(b->n_received, 1);
	ck_assert_uint_eq(a->n_arrived, 1);
	ck_assert_uint_eq(a->n_failed, 1);
	ck_assert(TAILQ_EMPTY(&b->links->sessions));
}
END_TEST

START_TEST(a_stranger_is_told_of_and_refused)
{
	b->t.close(b->link);
	a->t.want(a->link, true);
	ck_assert(sim_run_until(w.p.sim, a_up, NULL, SEC(10)));
	ck_assert(links_send(a, 5000, 1));
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_ge(b->n_strangers, 1);
	ck_assert(gdoi_id_equal(&b->stranger, &links_group));
	ck_assert_uint_eq(b->n_received, 0);
	ck_assert(TAILQ_EMPTY(&b->links->sessions));
	ck_assert_uint_eq(a->n_failed, 1);
	ck_assert(a_up(NULL));
}
END_TEST

/* Both sides lose SAs, with or without a word, are cut off and talk. */
static void mischief(struct links_end *e, unsigned int what)
{
	struct isakmp_sa *sa = TAILQ_FIRST(&e->isakmp->sas);

	switch (what % 8) {
	case 0:
		if (sa)
			isakmp_sa_delete(sa);
		break;
	case 1:
		if (sa)
			isakmp_sa_end(sa, ISAKMP_FAULT(INVALID_COOKIE, "lost"));
		break;
	case 2:
		sim_node_cut(w.p.ks_node, what & 8);
		break;
	case 3:
		e->t.want(e->link, what & 8);
		break;
	default:
		links_send(e, 100 * (what % 64) + 1, 1);
	}
}

START_TEST(whatever_happens_one_session_comes_of_it)
{
	unsigned int i;

	links_teardown(&w);
	links_setup(&w, 300 + (uint64_t)_i);
	sim_weather_set(w.p.sim, &bad);
	a->isakmp->keepalive.seconds = _i % 2 ? 10 : 0;
	a->isakmp->keepalive.periodic = true;
	a->t.want(a->link, true);
	b->t.want(b->link, true);
	for (i = 0; i < 40; i++) {
		mischief(i % 2 ? a : b, env_random_below(a->env, 1 << 16));
		sim_run(w.p.sim, MSEC(env_random_below(a->env, 8000)));
		a->n_sent = b->n_sent = a->n_status = b->n_status = 0;
	}
	sim_node_cut(w.p.ks_node, false);
	sim_weather_set(w.p.sim, &sim_fair);
	sim_run(w.p.sim, SEC(120));
	links_send(a, 100, 1);
	links_send(b, 100, 1);
	sim_run(w.p.sim, SEC(120));
	one_sa();
	ck_assert(links_send(a, 5000, 8));
	ck_assert(links_send(b, 5000, 9));
	sim_run(w.p.sim, SEC(2));
	ck_assert(links_got(b, 5000, 8));
	ck_assert(links_got(a, 5000, 9));
}
END_TEST

static TCase *case_messages(void)
{
	TCase *tc = tcase_create("messages");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_small_message_arrives_whole);
	tcase_add_test(tc, a_large_message_arrives_whole);
	tcase_add_test(tc, messages_without_a_session_are_not_taken);
	tcase_add_loop_test(tc, messages_arrive_whole_in_bad_weather, 0, 30);
	tcase_add_test(tc, messages_arrive_in_the_order_of_sending);
	tcase_add_test(tc,
		       of_too_many_messages_the_oldest_that_waits_is_dropped);
	tcase_add_test(tc, groups_share_a_session);
	tcase_add_test(tc, the_last_message_of_a_closed_link_still_arrives);
	tcase_add_test(tc, a_link_may_be_closed_and_opened_at_any_time);
	tcase_add_test(tc, a_receiver_may_close_its_link);
	tcase_add_test(tc, a_stranger_is_told_of_and_refused);
	return tc;
}

static TCase *case_session(void)
{
	TCase *tc = tcase_create("session");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
		tc, of_two_sessions_that_were_begun_at_once_one_remains, 0, 20);
	tcase_add_loop_test(
		tc, sessions_begun_shortly_after_each_other_become_one, 0, 30);
	tcase_add_test(tc, a_session_survives_the_end_of_its_lifetime);
	tcase_add_test(tc, a_cut_peer_is_found_by_a_message_and_comes_back);
	tcase_add_test(tc, keepalives_find_a_dead_peer_in_twenty_seconds);
	tcase_add_test(tc, a_peer_that_restarted_is_met_again);
	tcase_add_test(tc, clearing_the_session_makes_a_new_one);
	tcase_add_loop_test(tc, whatever_happens_one_session_comes_of_it, 0,
			    SEEDS);
	tcase_add_test(tc, pauses_between_tries_grow);
	tcase_add_test(tc, without_a_key_for_the_peer_it_fails);
	return tc;
}

RUN_CASES("coop_link", case_messages, case_session)
