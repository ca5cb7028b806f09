/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notify, delete, dead peer detection. */
#include "tests/isakmp/pair.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static void open_up(struct pair *p)
{
	pair_open(p, 1);
	pair_connect(p);
	sim_run(p->sim, SEC(1));
	ck_assert(pair_agree(p));
}

struct noted {
	unsigned int n;
	uint16_t notify;
	uint8_t data[8];
	size_t len;
};

static void note(void *ctx, struct isakmp_sa *sa, uint16_t notify,
		 struct rd data)
{
	struct noted *noted = ctx;

	ck_assert_ptr_nonnull(sa);
	noted->n++;
	noted->notify = notify;
	noted->len = rd_left(&data);
	ck_assert_uint_le(noted->len, sizeof(noted->data));
	rd_copy(&data, noted->data, noted->len);
}

START_TEST(a_protected_notify_reaches_the_other_side)
{
	struct noted noted = { 0 };
	struct pair p;

	open_up(&p);
	isakmp_on_notify(p.ks, note, &noted);
	isakmp_sa_notify(p.sa, ISAKMP_N_INVALID_ID_INFORMATION, "abc", 3);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(noted.n, 1);
	ck_assert_uint_eq(noted.notify, ISAKMP_N_INVALID_ID_INFORMATION);
	ck_assert_uint_eq(noted.len, 3);
	ck_assert_mem_eq(noted.data, "abc", 3);
	pair_close(&p);
}
END_TEST

START_TEST(a_repeated_notify_is_told_once)
{
	struct sim_weather twice = sim_fair;
	struct noted noted = { 0 };
	struct pair p;

	open_up(&p);
	twice.duplicate = 1000;
	sim_weather_set(p.sim, &twice);
	isakmp_on_notify(p.ks, note, &noted);
	isakmp_sa_notify(p.sa, ISAKMP_N_INVALID_ID_INFORMATION, "", 0);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(noted.n, 1);
	pair_close(&p);
}
END_TEST

static enum sim_verdict flip(void *arg, struct sim_datagram *d)
{
	d->data[*(size_t *)arg % d->len] ^= 0x10;
	return SIM_PASS;
}

START_TEST(a_changed_delete_deletes_nothing)
{
	size_t at = (size_t)_i;
	struct pair p;

	open_up(&p);
	sim_tap(p.sim, flip, &at);
	isakmp_sa_delete(p.sa);
	sim_run(p.sim, SEC(1));
	/* Bits of the header that mean nothing are no protection's matter. */
	if (at >= 20)
		ck_assert_uint_eq(pair_n_sas(p.ks), 1);
	sim_tap(p.sim, NULL, NULL);
	pair_close(&p);
}
END_TEST

/* A delete or a notify without protection, with the right cookies. */
static void clear_info(struct pair *p, uint8_t type, const uint8_t *body,
		       size_t len)
{
	struct isakmp_header h = { .next_payload = type,
				   .version = ISAKMP_VERSION,
				   .exchange = ISAKMP_INFORMATIONAL };
	uint8_t buf[128];
	struct wr w = wr_init(buf, sizeof(buf));

	memcpy(h.icookie, p->sa->icookie, ISAKMP_COOKIE);
	memcpy(h.rcookie, p->sa->rcookie, ISAKMP_COOKIE);
	h.length = (uint32_t)(ISAKMP_HEADER_SIZE + len);
	isakmp_header_write(&w, &h);
	wr_bytes(&w, body, len);
	sim_inject(p->sim, &p->gm_at, &p->ks_at, buf, wr_at(&w));
	sim_inject(p->sim, &p->ks_at, &p->gm_at, buf, wr_at(&w));
}

START_TEST(what_is_said_in_the_clear_is_only_counted)
{
	struct noted noted = { 0 };
	uint8_t body[64];
	struct wr w = wr_init(body, sizeof(body));
	size_t begin;
	struct pair p;

	open_up(&p);
	isakmp_on_notify(p.ks, note, &noted);
	begin = isakmp_payload_begin(&w, ISAKMP_NONE);
	wr_u32(&w, IPSEC_DOI);
	wr_u8(&w, 1);
	wr_u8(&w, 16);
	wr_u16(&w, 1);
	wr_bytes(&w, p.sa->icookie, ISAKMP_COOKIE);
	wr_bytes(&w, p.sa->rcookie, ISAKMP_COOKIE);
	isakmp_payload_end(&w, begin);
	clear_info(&p, ISAKMP_DELETE, body, wr_at(&w));
	clear_info(&p, ISAKMP_NOTIFICATION, body, wr_at(&w));
	sim_run(p.sim, SEC(1));
	ck_assert(pair_agree(&p));
	ck_assert_uint_eq(p.ks->counters.hints, 2);
	ck_assert_uint_eq(p.gm->counters.hints, 2);
	ck_assert_uint_eq(noted.n, 0);
	pair_close(&p);
}
END_TEST

static void keepalive(struct isakmp *isakmp, struct isakmp_sa *sa)
{
	isakmp->keepalive = (struct isakmp_keepalive){ .seconds = 10,
						       .retry = 2,
						       .periodic = true };
	isakmp_dpd_start(sa);
}

START_TEST(a_living_peer_answers_and_the_sa_stays)
{
	struct pair p;

	open_up(&p);
	keepalive(p.gm, p.sa);
	sim_run(p.sim, SEC(100));
	ck_assert(pair_agree(&p));
	/* One question and one answer every 10 s. */
	ck_assert_uint_ge(sim_stats(p.sim).sent, 6 + 2 * 9);
	ck_assert_uint_le(sim_stats(p.sim).sent, 6 + 2 * 10);
	pair_close(&p);
}
END_TEST

START_TEST(a_dead_peer_is_found_dead)
{
	struct pair p;

	open_up(&p);
	keepalive(p.gm, p.sa);
	sim_run(p.sim, SEC(30));
	sim_node_cut(p.ks_node, true);
	sim_run(p.sim, SEC(10));
	ck_assert_uint_eq(pair_n_sas(p.gm), 1);
	sim_run(p.sim, SEC(15));
	ck_assert_uint_eq(pair_n_sas(p.gm), 0);
	ck_assert_uint_eq(p.gm->counters.dead_peers, 1);
	pair_close(&p);
}
END_TEST

START_TEST(a_lost_question_or_answer_kills_nobody)
{
	const struct sim_weather bad = { .loss = 50,
					 .delay_min = MSEC(1),
					 .delay_max = MSEC(10) };
	struct pair p;

	open_up(&p);
	sim_weather_set(p.sim, &bad);
	keepalive(p.gm, p.sa);
	sim_run(p.sim, SEC(300));
	ck_assert_uint_eq(pair_n_sas(p.gm), 1);
	pair_close(&p);
}
END_TEST

static void on_demand(struct isakmp *isakmp)
{
	isakmp->keepalive =
		(struct isakmp_keepalive){ .seconds = 10, .retry = 2 };
}

static struct isakmp_fault unexpected(void *ctx, struct isakmp_exchange *x,
				      const struct isakmp_message *m)
{
	(void)ctx;
	(void)x;
	(void)m;
	return ISAKMP_FAULT(INVALID_MESSAGE_ID, "no answer was expected");
}

static void gone(void *ctx, struct isakmp_fault why)
{
	ck_assert_ptr_nonnull(why.text);
	++*(unsigned int *)ctx;
}

/* Something that the peer owes an answer to. */
static void ask(struct isakmp_sa *sa, unsigned int *n_gone)
{
	static const struct isakmp_exchange_ops ops = { .message = unexpected,
							.gone = gone };
	struct isakmp_exchange *x;

	x = isakmp_exchange_new(sa, ISAKMP_GROUPKEY_PULL, &ops, n_gone);
	ck_assert_ptr_nonnull(x);
	ck_assert(isakmp_exchange_send(x, "", 0, ISAKMP_NONE, "", 0, true));
}

START_TEST(an_idle_peer_is_not_asked_on_demand)
{
	struct pair p;

	open_up(&p);
	on_demand(p.gm);
	isakmp_dpd_start(p.sa);
	sim_node_cut(p.ks_node, true);
	sim_run(p.sim, SEC(300));
	ck_assert_uint_eq(sim_stats(p.sim).sent, 6);
	ck_assert(pair_up(p.gm) == p.sa);
	pair_close(&p);
}
END_TEST

START_TEST(a_peer_that_owes_an_answer_is_found_dead_on_demand)
{
	unsigned int n_gone = 0;
	struct pair p;

	open_up(&p);
	on_demand(p.gm);
	sim_node_cut(p.ks_node, true);
	ask(p.sa, &n_gone);
	/* The first repetition after 10 s of silence comes after 14 s; then
	 * there are five questions, 2 s apart. */
	sim_run(p.sim, SEC(23));
	ck_assert_uint_eq(pair_n_sas(p.gm), 1);
	sim_run(p.sim, SEC(2));
	ck_assert_uint_eq(pair_n_sas(p.gm), 0);
	ck_assert_uint_eq(n_gone, 1);
	ck_assert_uint_eq(p.gm->counters.dead_peers, 1);
	pair_close(&p);
}
END_TEST

START_TEST(a_peer_that_only_does_not_answer_is_asked_and_stays)
{
	unsigned int n_gone = 0;
	struct pair p;

	open_up(&p);
	on_demand(p.gm);
	ask(p.sa, &n_gone); /* it serves no such exchange */
	sim_run(p.sim, SEC(44));
	ck_assert(pair_agree(&p));
	ck_assert_uint_eq(n_gone, 0);
	ck_assert_uint_gt(p.sa->heard, p.sa->up_at + SEC(9));
	pair_close(&p);
}
END_TEST

struct kept {
	uint8_t data[256];
	size_t len;
};

static enum sim_verdict keep(void *arg, struct sim_datagram *d)
{
	struct kept *kept = arg;

	ck_assert_uint_le(d->len, sizeof(kept->data));
	memcpy(kept->data, d->data, d->len);
	kept->len = d->len;
	return SIM_PASS;
}

START_TEST(only_an_expected_answer_clears_a_suspicion)
{
	struct kept notify = { .len = 0 }, answer = { .len = 0 };
	struct pair p;
	int i;

	open_up(&p);
	p.sa->suspect = true;
	sim_tap(p.sim, keep, &notify);
	isakmp_sa_notify(pair_up(p.ks), ISAKMP_N_RESPONDER_LIFETIME, "", 0);
	sim_tap(p.sim, NULL, NULL);
	for (i = 0; i < INFO_REMEMBERED + 1; i++)
		isakmp_sa_notify(pair_up(p.ks), ISAKMP_N_RESPONDER_LIFETIME, "",
				 0);
	sim_inject(p.sim, &p.ks_at, &p.gm_at, notify.data, notify.len);
	sim_run(p.sim, SEC(1));
	ck_assert(p.sa->suspect);
	sim_tap(p.sim, keep, &answer);
	keepalive(p.gm, p.sa);
	sim_run(p.sim, SEC(11));
	ck_assert(!p.sa->suspect);
	/* And that answer once more, forgotten or not. */
	p.sa->suspect = true;
	memset(p.sa->info_ids, 0, sizeof(p.sa->info_ids));
	sim_inject(p.sim, &p.ks_at, &p.gm_at, answer.data, answer.len);
	sim_run(p.sim, SEC(1));
	ck_assert(p.sa->suspect);
	pair_close(&p);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("isakmp_info");
	TCase *tc = tcase_create("informational");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_protected_notify_reaches_the_other_side);
	tcase_add_test(tc, a_repeated_notify_is_told_once);
	tcase_add_loop_test(tc, a_changed_delete_deletes_nothing, 0, 92);
	tcase_add_test(tc, what_is_said_in_the_clear_is_only_counted);
	tcase_add_test(tc, a_living_peer_answers_and_the_sa_stays);
	tcase_add_test(tc, a_dead_peer_is_found_dead);
	tcase_add_test(tc, a_lost_question_or_answer_kills_nobody);
	tcase_add_test(tc, an_idle_peer_is_not_asked_on_demand);
	tcase_add_test(tc, a_peer_that_owes_an_answer_is_found_dead_on_demand);
	tcase_add_test(tc, a_peer_that_only_does_not_answer_is_asked_and_stays);
	tcase_add_test(tc, only_an_expected_answer_clears_a_suspicion);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
