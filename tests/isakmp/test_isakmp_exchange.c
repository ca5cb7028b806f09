/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exchanges under an SA: four messages as GROUPKEY-PULL has them. */
#include "tests/isakmp/pair.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define TYPE ISAKMP_GROUPKEY_PULL

/* One side of a conversation: says what it has got, one longer each time. */
struct talker {
	struct isakmp_exchange *x;
	bool initiator;
	unsigned int got, gone, refused;
	bool refuse_next, end_sa, end_self;
	const char *why;
};

struct world {
	struct pair p;
	struct talker gm, ks[32];
	unsigned int n_ks;
	bool closed; /* the KS accepts nothing */
};

static void say(struct talker *t, unsigned int n, bool answered)
{
	uint8_t body[8];
	struct wr w = wr_init(body, sizeof(body));
	size_t begin = isakmp_payload_begin(&w, ISAKMP_NONE);

	wr_u32(&w, n);
	isakmp_payload_end(&w, begin);
	ck_assert(isakmp_exchange_send(t->x, "prefix", 6, ISAKMP_SEQ, body,
				       sizeof(body), answered));
}

static struct isakmp_fault message(void *ctx, struct isakmp_exchange *x,
				   const struct isakmp_message *m)
{
	struct talker *t = ctx;
	const struct isakmp_payload *seq = isakmp_find(m, ISAKMP_SEQ);
	struct rd body;
	uint32_t n;

	ck_assert_ptr_eq(x, t->x);
	if (t->refuse_next || !isakmp_hash_ok(x, m, "prefix", 6)) {
		t->refuse_next = false;
		t->refused++;
		return ISAKMP_FAULT(INVALID_HASH_INFORMATION, "hash");
	}
	ck_assert(!isakmp_hash_ok(x, m, "prefiX", 6));
	ck_assert_ptr_nonnull(seq);
	body = seq->body;
	n = rd_u32(&body);
	ck_assert_uint_eq(n, t->got * 2 + (t->initiator ? 2 : 1));
	t->got++;
	if (t->end_sa) {
		isakmp_sa_delete(isakmp_exchange_sa(x));
		return ISAKMP_OK;
	}
	if (n < 4)
		say(t, n + 1, n + 1 < 4);
	if (n >= 3 || t->end_self) {
		isakmp_exchange_end(x);
		t->x = NULL;
	}
	return ISAKMP_OK;
}

static void gone(void *ctx, struct isakmp_fault why)
{
	struct talker *t = ctx;

	ck_assert_ptr_nonnull(why.text);
	t->x = NULL;
	t->gone++;
	t->why = why.text;
}

static const struct isakmp_exchange_ops ops = { .message = message,
						.gone = gone };

static bool accept_one(void *arg, struct isakmp_exchange *x,
		       const struct isakmp_exchange_ops **ops_out, void **ctx)
{
	struct world *w = arg;

	if (w->closed)
		return false;
	ck_assert_uint_lt(w->n_ks, ARRAY_SIZE(w->ks));
	w->ks[w->n_ks].x = x;
	*ctx = &w->ks[w->n_ks++];
	*ops_out = &ops;
	return true;
}

static void open_world(struct world *w, uint64_t seed)
{
	*w = (struct world){ .gm = { .initiator = true } };
	pair_open(&w->p, seed);
	isakmp_serve(w->p.ks, TYPE, accept_one, w);
	pair_connect(&w->p);
	sim_run(w->p.sim, SEC(1));
	ck_assert(pair_agree(&w->p));
}

static void begin(struct world *w)
{
	w->gm.x = isakmp_exchange_new(w->p.sa, TYPE, &ops, &w->gm);
	ck_assert_ptr_nonnull(w->gm.x);
	ck_assert_ptr_eq(isakmp_exchange_sa(w->gm.x), w->p.sa);
	say(&w->gm, 1, true);
}

static bool complete(const struct world *w)
{
	return w->gm.got == 2 && w->n_ks == 1 && w->ks[0].got == 2;
}

START_TEST(four_messages_go_back_and_forth)
{
	struct world w;

	open_world(&w, 1);
	begin(&w);
	sim_run(w.p.sim, SEC(1));
	ck_assert(complete(&w));
	ck_assert_uint_eq(sim_stats(w.p.sim).sent, 10);
	sim_run(w.p.sim, SEC(200));
	ck_assert_uint_eq(sim_stats(w.p.sim).sent, 10);
	ck_assert(TAILQ_EMPTY(&w.p.sa->exchanges));
	ck_assert_uint_eq(w.gm.gone, 0);
	pair_close(&w.p);
}
END_TEST

START_TEST(several_exchanges_run_under_one_sa)
{
	struct world w;
	int i;

	open_world(&w, 1);
	for (i = 0; i < 5; i++) {
		w.gm.got = 0;
		begin(&w);
		sim_run(w.p.sim, SEC(1));
		ck_assert_uint_eq(w.gm.got, 2);
	}
	ck_assert_uint_eq(w.n_ks, 5);
	pair_close(&w.p);
}
END_TEST

static enum sim_verdict drop_one(void *arg, struct sim_datagram *d)
{
	return d->number == *(unsigned int *)arg ? SIM_DROP : SIM_PASS;
}

START_TEST(any_lost_message_is_made_good)
{
	unsigned int which = 6 + (unsigned int)_i;
	struct world w;

	open_world(&w, 1);
	sim_tap(w.p.sim, drop_one, &which);
	begin(&w);
	sim_run(w.p.sim, SEC(15));
	ck_assert(complete(&w));
	pair_close(&w.p);
}
END_TEST

START_TEST(bad_weather_changes_nothing_but_the_time)
{
	const struct sim_weather bad = { .loss = 200,
					 .duplicate = 300,
					 .reorder = 200,
					 .delay_min = MSEC(1),
					 .delay_max = MSEC(300),
					 .reorder_delay = SEC(12) };
	struct world w;

	open_world(&w, (uint64_t)_i + 1);
	sim_weather_set(w.p.sim, &bad);
	begin(&w);
	sim_run(w.p.sim, SEC(300));
	/* Six tries of a message each: a silent peer is possible but rare. */
	ck_assert(w.gm.got == 2 || w.gm.gone == 1);
	if (w.gm.got == 2)
		ck_assert_uint_eq(w.ks[0].got, 2);
	ck_assert_uint_le(w.n_ks, 1);
	pair_close(&w.p);
}
END_TEST

struct flip {
	unsigned int number, octet;
};

static enum sim_verdict flip_one(void *arg, struct sim_datagram *d)
{
	struct flip *f = arg;

	if (d->number == f->number && f->octet < d->len)
		d->data[f->octet] ^= (uint8_t)(1 << f->octet % 8);
	return SIM_PASS;
}

/* The changed message is refused, the IV stays, the true one gets through. */
START_TEST(a_flipped_bit_is_as_good_as_a_loss)
{
	struct flip f = { 7 + (unsigned int)_i % 4, (unsigned int)_i / 4 };
	struct world w;

	open_world(&w, 1);
	sim_tap(w.p.sim, flip_one, &f);
	begin(&w);
	sim_run(w.p.sim, SEC(25));
	ck_assert_uint_eq(w.gm.got, 2);
	ck_assert_uint_eq(w.ks[w.n_ks - 1].got, 2);
	pair_close(&w.p);
}
END_TEST

START_TEST(a_refused_message_leaves_the_exchange_as_it_was)
{
	struct world w;

	open_world(&w, 1);
	begin(&w);
	w.gm.refuse_next = true;
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(w.gm.refused, 1);
	ck_assert_uint_eq(w.gm.got, 0);
	sim_run(w.p.sim, SEC(10));
	ck_assert(complete(&w));
	pair_close(&w.p);
}
END_TEST

static void note(void *ctx, struct isakmp_sa *sa, uint16_t notify,
		 struct rd data)
{
	(void)sa;
	(void)data;
	*(uint16_t *)ctx = notify;
}

START_TEST(a_fault_is_answered_with_its_notify)
{
	uint16_t notify = 0;
	struct world w;

	open_world(&w, 1);
	isakmp_on_notify(w.p.ks, note, &notify);
	begin(&w);
	w.gm.refuse_next = true;
	sim_run(w.p.sim, SEC(5));
	ck_assert_uint_eq(notify, ISAKMP_N_INVALID_HASH_INFORMATION);
	pair_close(&w.p);
}
END_TEST

START_TEST(a_first_message_that_is_refused_leaves_nothing)
{
	struct world w;

	open_world(&w, 1);
	w.ks[0].refuse_next = true;
	begin(&w);
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(w.ks[0].gone, 1);
	ck_assert(TAILQ_EMPTY(&pair_up(w.p.ks)->exchanges));
	sim_run(w.p.sim, SEC(10));
	ck_assert_uint_eq(w.n_ks, 2);
	ck_assert_uint_eq(w.gm.got, 2);
	pair_close(&w.p);
}
END_TEST

START_TEST(an_exchange_that_is_not_accepted_leaves_nothing)
{
	struct world w;

	open_world(&w, 1);
	w.closed = true;
	begin(&w);
	sim_run(w.p.sim, SEC(5));
	ck_assert(TAILQ_EMPTY(&pair_up(w.p.ks)->exchanges));
	pair_close(&w.p);
}
END_TEST

START_TEST(a_silent_peer_ends_the_exchange_and_the_sa)
{
	struct world w;

	open_world(&w, 1);
	sim_node_cut(w.p.ks_node, true);
	begin(&w);
	sim_run(w.p.sim, SEC(45));
	ck_assert_uint_eq(w.gm.gone, 0);
	sim_run(w.p.sim, SEC(2));
	ck_assert_uint_eq(w.gm.gone, 1);
	ck_assert_uint_eq(pair_n_sas(w.p.gm), 0);
	pair_close(&w.p);
}
END_TEST

START_TEST(an_old_sa_is_given_up_sooner)
{
	struct world w;

	open_world(&w, 1);
	sim_run(w.p.sim, SEC(600));
	ck_assert(!isakmp_sa_is_proven(w.p.sa));
	sim_node_cut(w.p.ks_node, true);
	begin(&w);
	sim_run(w.p.sim, SEC(13));
	ck_assert_uint_eq(w.gm.gone, 0);
	sim_run(w.p.sim, SEC(2));
	ck_assert_uint_eq(w.gm.gone, 1);
	pair_close(&w.p);
}
END_TEST

START_TEST(an_sa_whose_peer_did_not_answer_is_not_used_again)
{
	struct world w;

	open_world(&w, 1);
	sim_node_cut(w.p.ks_node, true);
	begin(&w);
	sim_run(w.p.sim, SEC(40));
	isakmp_exchange_end(w.gm.x);
	sim_node_cut(w.p.ks_node, false);
	pair_connect(&w.p);
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(w.p.n_up, 2);
	ck_assert_uint_eq(isakmp_sa_conn_id(w.p.sa), 1002);
	pair_close(&w.p);
}
END_TEST

START_TEST(an_exchange_ends_with_its_sa)
{
	struct world w;

	open_world(&w, 1);
	begin(&w);
	isakmp_sa_delete(w.p.sa);
	ck_assert_uint_eq(w.gm.gone, 1);
	ck_assert_str_eq(w.gm.why, "SA was deleted");
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(pair_n_sas(w.p.ks), 0);
	ck_assert_uint_eq(w.ks[0].gone, 1);
	pair_close(&w.p);
}
END_TEST

START_TEST(the_owner_may_end_the_sa_from_inside)
{
	struct world w;

	open_world(&w, 1);
	w.gm.end_sa = true;
	begin(&w);
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(w.gm.got, 1);
	ck_assert_uint_eq(w.gm.gone, 1);
	ck_assert_uint_eq(pair_n_sas(w.p.gm), 0);
	ck_assert_uint_eq(pair_n_sas(w.p.ks), 0);
	pair_close(&w.p);
}
END_TEST

START_TEST(an_owner_who_left_is_not_called_again)
{
	struct world w;

	open_world(&w, 1);
	begin(&w);
	isakmp_exchange_end(w.gm.x);
	sim_run(w.p.sim, SEC(100));
	ck_assert_uint_eq(w.gm.got + w.gm.gone, 0);
	pair_close(&w.p);
}
END_TEST

START_TEST(a_responder_does_not_wait_for_ever)
{
	unsigned int which = 9;
	struct world w;

	open_world(&w, 1);
	sim_tap(w.p.sim, drop_one, &which);
	begin(&w);
	sim_run(w.p.sim, MSEC(5));
	isakmp_exchange_end(w.gm.x);
	sim_node_cut(w.p.gm_node, true);
	ck_assert_uint_eq(w.ks[0].got, 1);
	sim_run(w.p.sim, SEC(70));
	ck_assert_uint_eq(w.ks[0].gone, 1);
	pair_close(&w.p);
}
END_TEST

START_TEST(a_peer_begins_no_more_than_so_many_at_a_time)
{
	struct isakmp_exchange *x[ARRAY_SIZE(((struct world *)0)->ks)];
	struct talker t[ARRAY_SIZE(x)] = { 0 };
	struct world w;
	size_t i;

	open_world(&w, 1);
	/* The KS hears the first messages only. */
	for (i = 0; i < ARRAY_SIZE(x); i++) {
		t[i].initiator = true;
		x[i] = isakmp_exchange_new(w.p.sa, TYPE, &ops, &t[i]);
		t[i].x = x[i];
		t[i].end_self = true;
		say(&t[i], 1, true);
	}
	sim_cut(w.p.gm_node, w.p.ks_node, false);
	sim_run(w.p.sim, MSEC(1));
	ck_assert_uint_eq(w.n_ks, EXCHANGES_MAX);
	pair_close(&w.p);
}
END_TEST

START_TEST(finished_exchanges_are_remembered_but_few)
{
	struct isakmp_exchange *x;
	unsigned int n = 0;
	struct world w;
	int i;

	open_world(&w, 1);
	for (i = 0; i < 10; i++) {
		w.gm.got = 0;
		begin(&w);
		sim_run(w.p.sim, MSEC(100));
	}
	TAILQ_FOREACH (x, &pair_up(w.p.ks)->exchanges, entry)
		n++;
	ck_assert_uint_eq(n, FINISHED_MAX);
	sim_run(w.p.sim, SEC(EXCHANGE_IDLE + 1));
	ck_assert(TAILQ_EMPTY(&pair_up(w.p.ks)->exchanges));
	pair_close(&w.p);
}
END_TEST

START_TEST(what_is_too_long_is_not_sent)
{
	uint8_t *body = xcalloc(1, DATAGRAM_MAX);
	struct world w;

	open_world(&w, 1);
	w.gm.x = isakmp_exchange_new(w.p.sa, TYPE, &ops, &w.gm);
	ck_assert(!isakmp_exchange_send(w.gm.x, "", 0, ISAKMP_KD, body,
					DATAGRAM_MAX, true));
	ck_assert(isakmp_exchange_send(w.gm.x, "", 0, ISAKMP_KD, body, 60000,
				       true));
	free(body);
	pair_close(&w.p);
}
END_TEST

START_TEST(a_message_in_the_clear_is_refused_and_logged)
{
	const uint8_t body[] = { 0, 0, 0, 8, 0, 0, 0, 1 };
	struct isakmp_header h = { .next_payload = ISAKMP_HASH,
				   .version = ISAKMP_VERSION,
				   .exchange = TYPE,
				   .message_id = 7,
				   .length = ISAKMP_HEADER_SIZE + 8 };
	uint8_t buf[64];
	struct wr wr = wr_init(buf, sizeof(buf));
	struct world w;

	open_world(&w, 1);
	memcpy(h.icookie, w.p.sa->icookie, ISAKMP_COOKIE);
	memcpy(h.rcookie, w.p.sa->rcookie, ISAKMP_COOKIE);
	isakmp_header_write(&wr, &h);
	wr_bytes(&wr, body, sizeof(body));
	sim_inject(w.p.sim, &w.p.gm_at, &w.p.ks_at, buf, wr_at(&wr));
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(w.n_ks, 0);
	ck_assert_uint_eq(sim_logged(w.p.ks_node, "IKMP_NOT_ENCRYPTED"), 1);
	pair_close(&w.p);
}
END_TEST

START_TEST(a_message_without_an_sa_is_logged_at_a_sane_rate)
{
	struct isakmp_header h = { .icookie = { 1 },
				   .rcookie = { 2 },
				   .next_payload = ISAKMP_HASH,
				   .version = ISAKMP_VERSION,
				   .exchange = TYPE,
				   .flags = ISAKMP_F_ENCRYPTION,
				   .message_id = 7,
				   .length = ISAKMP_HEADER_SIZE };
	uint8_t buf[64];
	struct wr wr = wr_init(buf, sizeof(buf));
	struct world w;
	int i;

	open_world(&w, 1);
	isakmp_header_write(&wr, &h);
	for (i = 0; i < 1000; i++)
		sim_inject(w.p.sim, &w.p.gm_at, &w.p.ks_at, buf, wr_at(&wr));
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(sim_logged(w.p.ks_node,
				     "%CRYPTO-4-IKMP_NO_SA: IKE message from "
				     "192.168.11.3 has no SA and is not an "
				     "initialization offer"),
			  LOG_PER_MINUTE);
	pair_close(&w.p);
}
END_TEST

struct raw {
	unsigned int n;
	size_t len;
};

static void raw(void *arg, const struct endpoint *local,
		const struct endpoint *remote,
		const struct isakmp_header *header, struct rd datagram)
{
	struct raw *r = arg;

	(void)local;
	(void)remote;
	ck_assert_uint_eq(header->exchange, ISAKMP_GROUPKEY_PUSH);
	r->n++;
	r->len = rd_left(&datagram);
}

START_TEST(raw_exchanges_are_handed_on_as_they_came)
{
	struct isakmp_header h = { .icookie = { 1 },
				   .next_payload = ISAKMP_SEQ,
				   .version = ISAKMP_VERSION,
				   .exchange = ISAKMP_GROUPKEY_PUSH,
				   .flags = ISAKMP_F_ENCRYPTION,
				   .length = ISAKMP_HEADER_SIZE + 8 };
	uint8_t buf[ISAKMP_HEADER_SIZE + 8] = { 0 };
	struct wr wr = wr_init(buf, sizeof(buf));
	struct raw r = { 0 };
	struct world w;

	open_world(&w, 1);
	isakmp_serve_raw(w.p.gm, ISAKMP_GROUPKEY_PUSH, raw, &r);
	isakmp_header_write(&wr, &h);
	sim_inject(w.p.sim, &w.p.ks_at, &w.p.gm_at, buf, sizeof(buf));
	sim_inject(w.p.sim, &w.p.ks_at, &w.p.gm_at, buf, sizeof(buf) - 1);
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(r.n, 1);
	ck_assert_uint_eq(r.len, sizeof(buf));
	pair_close(&w.p);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("isakmp_exchange");
	TCase *tc = tcase_create("exchange");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, four_messages_go_back_and_forth);
	tcase_add_test(tc, several_exchanges_run_under_one_sa);
	tcase_add_loop_test(tc, any_lost_message_is_made_good, 1, 5);
	tcase_add_loop_test(tc, bad_weather_changes_nothing_but_the_time, 0,
			    60);
	tcase_add_loop_test(tc, a_flipped_bit_is_as_good_as_a_loss, 0, 304);
	tcase_add_test(tc, a_refused_message_leaves_the_exchange_as_it_was);
	tcase_add_test(tc, a_fault_is_answered_with_its_notify);
	tcase_add_test(tc, a_first_message_that_is_refused_leaves_nothing);
	tcase_add_test(tc, an_exchange_that_is_not_accepted_leaves_nothing);
	tcase_add_test(tc, a_silent_peer_ends_the_exchange_and_the_sa);
	tcase_add_test(tc, an_old_sa_is_given_up_sooner);
	tcase_add_test(tc, an_sa_whose_peer_did_not_answer_is_not_used_again);
	tcase_add_test(tc, an_exchange_ends_with_its_sa);
	tcase_add_test(tc, the_owner_may_end_the_sa_from_inside);
	tcase_add_test(tc, an_owner_who_left_is_not_called_again);
	tcase_add_test(tc, a_responder_does_not_wait_for_ever);
	tcase_add_test(tc, a_peer_begins_no_more_than_so_many_at_a_time);
	tcase_add_test(tc, finished_exchanges_are_remembered_but_few);
	tcase_add_test(tc, what_is_too_long_is_not_sent);
	tcase_add_test(tc, a_message_in_the_clear_is_refused_and_logged);
	tcase_add_test(tc, a_message_without_an_sa_is_logged_at_a_sane_rate);
	tcase_add_test(tc, raw_exchanges_are_handed_on_as_they_came);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
