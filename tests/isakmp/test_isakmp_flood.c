/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Main mode against who means ill: floods of first messages, repeated, changed
 * and made-up ones. */
#include "tests/isakmp/pair.h"

#include <string.h>

#include "tests/check_main.h"

START_TEST(a_repeated_message_is_answered_the_same_but_not_for_ever)
{
	struct sim_weather twice = sim_fair;
	struct pair p;

	pair_open(&p, 1);
	twice.duplicate = 1000;
	sim_weather_set(p.sim, &twice);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert(pair_agree(&p));
	ck_assert_uint_eq(pair_n_sas(p.ks), 1);
	ck_assert_uint_gt(p.ks->counters.duplicates, 0);
	/* 6, and an answer to each of the three repeated questions. */
	ck_assert_uint_le(sim_stats(p.sim).sent, 9);
	pair_close(&p);
}
END_TEST

struct record {
	uint8_t data[8][512];
	size_t len[8];
	unsigned int n;
};

static enum sim_verdict record(void *arg, struct sim_datagram *d)
{
	struct record *r = arg;

	if (r->n < 8) {
		memcpy(r->data[r->n], d->data, d->len);
		r->len[r->n++] = d->len;
	}
	return SIM_PASS;
}

START_TEST(an_old_message_5_gets_ten_answers_at_most)
{
	struct record r = { 0 };
	struct pair p;
	int i;

	pair_open(&p, 1);
	sim_tap(p.sim, record, &r);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(r.n, 6);
	for (i = 0; i < 100; i++)
		sim_inject(p.sim, &p.gm_at, &p.ks_at, r.data[4], r.len[4]);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(sim_stats(p.sim).sent, 6 + REANSWERS_MAX);
	ck_assert(pair_agree(&p));
	pair_close(&p);
}
END_TEST

static void rekey_came(void *arg, const struct endpoint *local,
		       const struct endpoint *remote,
		       const struct isakmp_header *header, struct rd datagram)
{
	(void)remote;
	(void)header;
	ck_assert(ip_is_multicast(&local->addr));
	*(size_t *)arg += rd_left(&datagram);
}

/* A member hears a multicast group, but nobody talks to a group of members. */
START_TEST(to_a_multicast_address_there_come_rekeys_only)
{
	struct endpoint group = { .port = GDOI_PORT };
	struct record r = { 0 };
	unsigned long sent;
	size_t got = 0;
	struct pair p;

	ck_assert(ip_parse(&group.addr, "239.1.2.3"));
	pair_open(&p, 1);
	isakmp_serve_raw(p.ks, ISAKMP_GROUPKEY_PUSH, rekey_came, &got);
	isakmp_serve_raw(p.ks, ISAKMP_GROUPKEY_PUSH_ACK, rekey_came, &got);
	sim_tap(p.sim, record, &r);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert(pair_agree(&p));
	sim_tap(p.sim, NULL, NULL);
	isakmp_sa_delete(p.sa);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(pair_n_sas(p.ks), 0);
	sent = sim_stats(p.sim).sent;
	isakmp_input(p.ks, &group, &p.gm_at, r.data[0], r.len[0]);
	r.data[0][18] = ISAKMP_GROUPKEY_PUSH_ACK;
	isakmp_input(p.ks, &group, &p.gm_at, r.data[0], r.len[0]);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(sim_stats(p.sim).sent, sent);
	ck_assert(TAILQ_EMPTY(&p.ks->half_open));
	ck_assert_uint_eq(p.ks->counters.unexpected, 2);
	ck_assert_uint_eq(got, 0);
	r.data[0][18] = ISAKMP_GROUPKEY_PUSH;
	isakmp_input(p.ks, &group, &p.gm_at, r.data[0], r.len[0]);
	ck_assert_uint_eq(got, r.len[0]);
	pair_close(&p);
}
END_TEST

START_TEST(an_old_message_that_comes_again_is_only_counted)
{
	struct record r = { 0 };
	struct pair p;
	int steps;

	pair_open(&p, 1);
	sim_tap(p.sim, record, &r);
	pair_connect(&p);
	for (steps = 0; steps < 100 && r.n < 5; steps++)
		ck_assert(sim_step(p.sim));
	/* Message 5 is out: now message 2 comes again. */
	sim_inject(p.sim, &p.ks_at, &p.gm_at, r.data[1], r.len[1]);
	sim_run(p.sim, SEC(1));
	ck_assert(pair_agree(&p));
	ck_assert_uint_eq(p.gm->counters.duplicates, 1);
	ck_assert_uint_eq(p.gm->counters.not_encrypted, 0);
	/* And when all is over, all that the key server ever said. */
	sim_inject(p.sim, &p.ks_at, &p.gm_at, r.data[1], r.len[1]);
	sim_inject(p.sim, &p.ks_at, &p.gm_at, r.data[3], r.len[3]);
	sim_inject(p.sim, &p.ks_at, &p.gm_at, r.data[5], r.len[5]);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(p.gm->counters.duplicates, 4);
	ck_assert_uint_eq(p.gm->counters.unexpected, 0);
	ck_assert_uint_eq(sim_logged(p.gm_node, "%CRYPTO"), 0);
	ck_assert(pair_agree(&p));
	pair_close(&p);
}
END_TEST

static void flood(struct pair *p, const struct record *r, unsigned int n,
		  bool one_source)
{
	struct endpoint from = { .port = GDOI_PORT };
	uint8_t copy[512];
	unsigned int i;

	memcpy(copy, r->data[0], r->len[0]);
	for (i = 0; i < n; i++) {
		from.addr = ip_v4(0x0a000001 + (one_source ? 0 : i));
		memcpy(copy, &i, sizeof(i));
		copy[7] = 1;
		sim_inject(p->sim, &from, &p->ks_at, copy, r->len[0]);
	}
}

START_TEST(a_flood_of_first_messages_is_bounded_and_costs_no_key_exchange)
{
	struct record r = { 0 };
	struct pair p;

	pair_open(&p, 1);
	sim_tap(p.sim, record, &r);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	flood(&p, &r, HALF_OPEN_PER_PEER + 50, true);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(p.ks->n_half_open, HALF_OPEN_PER_PEER);
	flood(&p, &r, 3000, false);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_le(p.ks->n_half_open, HALF_OPEN_MAX);
	ck_assert_uint_eq(pair_n_sas(p.ks), p.ks->n_half_open + 1);
	/* Somebody honest still gets in. */
	isakmp_sa_delete(p.sa);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(p.n_up, 2);
	sim_run(p.sim, SEC(HALF_OPEN_LIFETIME));
	ck_assert_uint_eq(p.ks->n_half_open, 0);
	ck_assert_uint_eq(pair_n_sas(p.ks), 1);
	/* Who never went on is not worth a message. */
	ck_assert_uint_eq(sim_logged(p.ks_node, "%CRYPTO"), 0);
	pair_close(&p);
}
END_TEST

/* Message 1 of the recorded member from false addresses, one each 2 ms. */
struct attack {
	struct pair *p;
	struct record r;
	uint32_t n, sources; /* 0: the member's own address */
	uint32_t left;
};

static void attack(void *arg)
{
	struct attack *a = arg;
	struct endpoint from = a->p->gm_at;

	if (!a->left--)
		return;
	if (a->sources)
		from.addr = ip_v4(0x0a000001 + a->n % a->sources);
	a->n++;
	memcpy(a->r.data[0], &a->n, sizeof(a->n));
	sim_inject(a->p->sim, &from, &a->p->ks_at, a->r.data[0], a->r.len[0]);
	sim_at(a->p->sim, MSEC(2), attack, a);
}

static void attack_begin(struct attack *a, struct pair *p, uint32_t sources)
{
	*a = (struct attack){ .p = p, .sources = sources, .left = 120000 };
	sim_tap(p->sim, record, &a->r);
	pair_connect(p);
	sim_run(p->sim, SEC(1));
	ck_assert_uint_eq(p->n_up, 1);
	sim_tap(p->sim, NULL, NULL);
	isakmp_sa_delete(p->sa);
	sim_run(p->sim, SEC(1));
	p->n_up = 0;
	attack(a);
	sim_run(p->sim, SEC(3)); /* all places are taken */
}

static void gets_in_under_attack(uint64_t seed, uint32_t sources)
{
	const struct sim_weather far = { .delay_min = MSEC(10),
					 .delay_max = MSEC(10) };
	struct attack a;
	struct pair p;
	int tries;

	pair_open(&p, seed);
	sim_weather_set(p.sim, &far);
	attack_begin(&a, &p, sources);
	for (tries = 0; tries < 2 && !p.n_up; tries++) {
		p.n_failed = 0;
		pair_connect(&p);
		ck_assert(sim_run_until(p.sim, pair_is_over, &p, SEC(100)));
	}
	ck_assert_uint_eq(p.n_up, 1);
	ck_assert(pair_agree(&p));
	ck_assert_uint_eq(p.ks->n_half_open,
			  sources ? HALF_OPEN_MAX : HALF_OPEN_PER_PEER);
	a.left = 0;
	sim_run(p.sim, SEC(1));
	pair_close(&p);
}

START_TEST(false_first_messages_do_not_lock_out_whose_address_they_bear)
{
	gets_in_under_attack((uint64_t)_i + 1, 0);
}
END_TEST

START_TEST(false_first_messages_from_everywhere_lock_nobody_out)
{
	gets_in_under_attack((uint64_t)_i + 1, 2000);
}
END_TEST

static void pretend_message_3(struct isakmp *isakmp)
{
	struct isakmp_sa *sa;

	TAILQ_FOREACH (sa, &isakmp->half_open, half_open)
		sa->state = MM_R_KE_SENT;
}

START_TEST(who_went_on_to_message_3_cannot_keep_all_places)
{
	struct attack a;
	struct pair p;
	unsigned int evicted;

	pair_open(&p, 1);
	attack_begin(&a, &p, _i ? 2000 : 0);
	pretend_message_3(p.ks);
	evicted = p.ks->counters.evicted_half_open;
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	ck_assert_uint_eq(p.n_up, 1);
	ck_assert(pair_agree(&p));
	ck_assert_uint_gt(p.ks->counters.evicted_half_open, evicted);
	ck_assert_uint_eq(p.ks->counters.refused_half_open, 0);
	a.left = 0;
	sim_run(p.sim, SEC(1));
	pair_close(&p);
}
END_TEST

static enum sim_verdict drop_after_3(void *arg, struct sim_datagram *d)
{
	return d->from == arg && d->number > 3 ? SIM_DROP : SIM_PASS;
}

START_TEST(who_stops_after_message_3_is_dropped_sooner)
{
	struct pair p;

	pair_open(&p, 1);
	sim_tap(p.sim, drop_after_3, p.gm_node);
	pair_connect(&p);
	sim_run(p.sim, SEC(HALF_OPEN_KE_LIFETIME - 1));
	ck_assert_uint_eq(p.ks->n_half_open, 1);
	ck_assert_int_eq(TAILQ_FIRST(&p.ks->half_open)->state, MM_R_KE_SENT);
	sim_run(p.sim, SEC(2));
	ck_assert_uint_eq(p.ks->n_half_open, 0);
	ck_assert_uint_eq(pair_n_sas(p.ks), 0);
	pair_close(&p);
}
END_TEST

struct flip {
	unsigned int number, seed;
};

static enum sim_verdict flip_one(void *arg, struct sim_datagram *d)
{
	struct flip *f = arg;

	if (d->number == f->number)
		d->data[f->seed % d->len] ^= (uint8_t)(1 << f->seed % 8);
	return SIM_PASS;
}

/* Messages 5 and 6 are protected: a changed one is as good as lost. */
START_TEST(a_flipped_bit_under_protection_changes_nothing)
{
	struct flip f = { 5 + (unsigned int)_i % 2, (unsigned int)_i / 2 };
	struct pair p;

	pair_open(&p, 1);
	sim_tap(p.sim, flip_one, &f);
	pair_connect(&p);
	sim_run(p.sim, SEC(15));
	ck_assert_uint_eq(p.n_up, 1);
	ck_assert(pair_agree(&p));
	pair_close(&p);
}
END_TEST

/* A change of messages 1 to 4 is either refused, or the hashes tell: the two
 * never come up with different keys. */
START_TEST(a_flipped_bit_before_protection_never_leads_to_disagreement)
{
	struct flip f = { 1 + (unsigned int)_i % 4, (unsigned int)_i / 4 };
	struct pair p;

	pair_open(&p, 1);
	sim_tap(p.sim, flip_one, &f);
	pair_connect(&p);
	sim_run(p.sim, SEC(200));
	ck_assert_uint_eq(p.n_up + p.n_failed, 1);
	if (p.n_up) {
		ck_assert(pair_agree(&p));
	} else {
		ck_assert_uint_eq(pair_n_sas(p.gm), 0);
		ck_assert_uint_eq(pair_n_sas(p.ks), 0);
		pair_connect(&p);
		sim_run(p.sim, SEC(1));
		ck_assert(pair_agree(&p));
	}
	pair_close(&p);
}
END_TEST

START_TEST(garbage_never_changes_an_sa)
{
	struct record r = { 0 };
	uint8_t copy[512];
	struct pair p;
	int i;

	pair_open(&p, 1);
	sim_tap(p.sim, record, &r);
	pair_connect(&p);
	sim_run(p.sim, SEC(1));
	for (i = 0; i < 2000; i++) {
		size_t len = r.len[i % 6];

		memcpy(copy, r.data[i % 6], len);
		copy[(size_t)i * 7 % len] ^= (uint8_t)(1 + i % 255);
		sim_inject(p.sim, &p.gm_at, &p.ks_at, copy, len);
		sim_inject(p.sim, &p.ks_at, &p.gm_at, copy, len);
	}
	sim_run(p.sim, SEC(70));
	ck_assert(pair_agree(&p));
	ck_assert_uint_eq(pair_n_sas(p.gm), 1);
	pair_close(&p);
}
END_TEST

static enum sim_verdict bad_public(void *arg, struct sim_datagram *d)
{
	unsigned int *which = arg;

	if (d->number != *which)
		return SIM_PASS;
	/* The KE payload's body is 0: y = 0. */
	memset(d->data + ISAKMP_HEADER_SIZE + 4, 0, 128);
	return SIM_PASS;
}

START_TEST(a_trivial_public_value_is_refused_and_the_true_one_still_taken)
{
	unsigned int which = 3 + (unsigned int)_i;
	struct pair p;

	pair_open(&p, 1);
	sim_tap(p.sim, bad_public, &which);
	pair_connect(&p);
	sim_run(p.sim, SEC(15));
	ck_assert_uint_eq(p.n_up, 1);
	ck_assert(pair_agree(&p));
	pair_close(&p);
}
END_TEST

/* All that the member sends as its public value is this. */
static enum sim_verdict always_bad_public(void *arg, struct sim_datagram *d)
{
	const uint8_t *last = arg;
	size_t len = (size_t)d->data[ISAKMP_HEADER_SIZE + 2] << 8 |
		     d->data[ISAKMP_HEADER_SIZE + 3];

	if (d->data[16] != ISAKMP_KE || d->dst.addr.b[2] != 111)
		return SIM_PASS;
	memset(d->data + ISAKMP_HEADER_SIZE + 4, 0, len - 4);
	d->data[ISAKMP_HEADER_SIZE + len - 1] = *last;
	return SIM_PASS;
}

START_TEST(bad_public_values_free_no_place_and_cost_no_key_exchange)
{
	uint8_t one = 1;
	struct isakmp_sa *sa;
	struct pair p;
	int i;

	pair_open(&p, 1);
	sim_tap(p.sim, always_bad_public, &one);
	pair_connect(&p);
	for (i = 1; i < HALF_OPEN_LIFETIME; i++) {
		sim_run(p.sim, SEC(1));
		ck_assert_uint_eq(p.ks->n_half_open, 1);
		sa = TAILQ_FIRST(&p.ks->half_open);
		ck_assert_int_eq(sa->state, MM_R_ANSWERED);
		ck_assert_uint_eq(sa->neg->dh_failures, 0);
	}
	ck_assert_uint_eq(p.ks->counters.malformed, 1 + ISAKMP_RETRIES);
	sim_run(p.sim, SEC(2));
	ck_assert_uint_eq(p.ks->n_half_open, 0);
	pair_close(&p);
}
END_TEST

/* 3 is in the range of group 24 and not in its subgroup: that takes a job. */
START_TEST(bad_public_values_that_need_a_job_get_only_a_few)
{
	struct isakmp_proposal proposal = pair_proposal;
	uint8_t three = 3;
	struct pair p;

	pair_open(&p, 1);
	proposal.group = 24;
	pair_policy(p.gm, 1, &proposal);
	pair_policy(p.ks, 1, &proposal);
	sim_tap(p.sim, always_bad_public, &three);
	pair_connect(&p);
	sim_run(p.sim, SEC(HALF_OPEN_LIFETIME - 2));
	ck_assert_uint_eq(p.ks->n_half_open, 1);
	ck_assert_uint_eq(TAILQ_FIRST(&p.ks->half_open)->neg->dh_failures,
			  DH_FAILURES_MAX);
	ck_assert_uint_eq(p.ks->counters.malformed,
			  1 + ISAKMP_RETRIES - DH_FAILURES_MAX);
	sim_run(p.sim, SEC(3));
	ck_assert_uint_eq(p.ks->n_half_open, 0);
	pair_close(&p);
}
END_TEST

static TCase *repeats(void)
{
	TCase *tc = tcase_create("repeated messages");

	tcase_set_timeout(tc, 60);
	tcase_add_test(
		tc, a_repeated_message_is_answered_the_same_but_not_for_ever);
	tcase_add_test(tc, an_old_message_5_gets_ten_answers_at_most);
	tcase_add_test(tc, to_a_multicast_address_there_come_rekeys_only);
	tcase_add_test(tc, an_old_message_that_comes_again_is_only_counted);
	return tc;
}

static TCase *floods(void)
{
	TCase *tc = tcase_create("floods");

	tcase_set_timeout(tc, 60);
	tcase_add_test(
		tc,
		a_flood_of_first_messages_is_bounded_and_costs_no_key_exchange);
	tcase_add_loop_test(
		tc,
		false_first_messages_do_not_lock_out_whose_address_they_bear, 0,
		5);
	tcase_add_loop_test(
		tc, false_first_messages_from_everywhere_lock_nobody_out, 0, 3);
	tcase_add_loop_test(tc, who_went_on_to_message_3_cannot_keep_all_places,
			    0, 2);
	tcase_add_test(tc, who_stops_after_message_3_is_dropped_sooner);
	return tc;
}

static TCase *changes(void)
{
	TCase *tc = tcase_create("changed messages");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_flipped_bit_under_protection_changes_nothing,
			    0, 184);
	tcase_add_loop_test(
		tc, a_flipped_bit_before_protection_never_leads_to_disagreement,
		0, 400);
	tcase_add_test(tc, garbage_never_changes_an_sa);
	tcase_add_loop_test(
		tc,
		a_trivial_public_value_is_refused_and_the_true_one_still_taken,
		0, 2);
	tcase_add_test(
		tc, bad_public_values_free_no_place_and_cost_no_key_exchange);
	tcase_add_test(tc, bad_public_values_that_need_a_job_get_only_a_few);
	return tc;
}

RUN_CASES("isakmp_flood", repeats, floods, changes)
