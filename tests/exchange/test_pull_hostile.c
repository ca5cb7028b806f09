/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strangers on the path of a registration, and strange members. */
#include <check.h>
#include <string.h>

#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/exchange/pull_world.h"
#include "tests/exchange/strict_member.h"
#include "tests/gdoi/policies.h"

enum { PULL_EXCHANGE = 32, OFFSET_EXCHANGE = 18, KEPT_MAX = 64 };

static bool is_pull(const struct sim_datagram *d)
{
	return d->len > OFFSET_EXCHANGE &&
	       d->data[OFFSET_EXCHANGE] == PULL_EXCHANGE;
}

/* --- forged messages --------------------------------------------------------- */

struct forger {
	struct sim *sim;
	unsigned int seen, at; /* which PULL message is forged */
	uint8_t mask;
};

/* Before the genuine message comes, it comes with each octet changed. */
static enum sim_verdict forge(void *arg, struct sim_datagram *d)
{
	struct forger *forger = arg;
	uint8_t *copy;
	size_t i;

	if (!is_pull(d) || ++forger->seen != forger->at)
		return SIM_PASS;
	copy = xmemdup(d->data, d->len);
	for (i = 0; i < d->len; i++) {
		copy[i] ^= forger->mask;
		sim_inject(forger->sim, &d->src, &d->dst, copy, d->len);
		copy[i] ^= forger->mask;
	}
	/* ... and cut at each length. */
	for (i = 1; i < d->len; i++)
		sim_inject(forger->sim, &d->src, &d->dst, copy, i);
	free(copy);
	d->delay = MSEC(500);
	return SIM_PASS;
}

START_TEST(forged_messages_change_nothing)
{
	static const uint8_t masks[] = { 0x01, 0x80, 0xff };
	struct forger forger = { .at = 1 + (unsigned int)_i % 4,
				 .mask = masks[_i / 4] };
	struct pull_world w;

	pull_world_open(&w, 1, policy_article(), true);
	forger.sim = w.pair.sim;
	sim_tap(w.pair.sim, forge, &forger);
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(30)));
	pull_world_check(&w);
	ck_assert_uint_eq(w.n_failed, 0);
	ck_assert_uint_eq(w.n_policies, 1);
	ck_assert_uint_eq(w.n_members, 1);
	ck_assert_uint_eq(w.n_refused, 0);
	ck_assert(pair_agree(&w.pair));
	pull_world_close(&w);
}
END_TEST

/* --- replay -------------------------------------------------------------------- */

struct recorder {
	struct kept {
		struct endpoint src, dst;
		uint8_t *data;
		size_t len;
	} kept[KEPT_MAX];
	size_t n;
};

static enum sim_verdict record(void *arg, struct sim_datagram *d)
{
	struct recorder *r = arg;

	if (is_pull(d) && r->n < KEPT_MAX)
		r->kept[r->n++] =
			(struct kept){ d->src, d->dst, xmemdup(d->data, d->len),
				       d->len };
	return SIM_PASS;
}

/* With its own new nonce the key server sees that the old message 3 is no
 * answer, also when it has long forgotten the exchange. */
START_TEST(a_replayed_registration_adds_no_member)
{
	struct recorder r = { .n = 0 };
	struct pull_world w;
	size_t i, n;

	pull_world_open(&w, 1, policy_article(), true);
	sim_tap(w.pair.sim, record, &r);
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(1)));
	sim_run(w.pair.sim, _i ? SEC(200) : 0);
	n = r.n;
	ck_assert_uint_eq(n, 4);
	for (i = 0; i < n; i++) {
		sim_inject(w.pair.sim, &r.kept[i].src, &r.kept[i].dst,
			   r.kept[i].data, r.kept[i].len);
		sim_run(w.pair.sim, SEC(1));
	}
	ck_assert_uint_eq(w.n_members, 1);
	ck_assert_uint_eq(w.n_done, 1);
	ck_assert_uint_eq(w.n_failed, 0);
	pull_world_close(&w);
	for (i = 0; i < r.n; i++)
		free(r.kept[i].data);
}
END_TEST

/* --- members that never finish ---------------------------------------------------- */

static enum sim_verdict drop_from(void *arg, struct sim_datagram *d)
{
	return is_pull(d) && d->from == arg ? SIM_DROP : SIM_PASS;
}

static unsigned int unfinished(struct isakmp *isakmp)
{
	const struct isakmp_exchange *x;
	const struct isakmp_sa *sa;
	unsigned int n = 0;

	TAILQ_FOREACH (sa, &isakmp->sas, entry)
		TAILQ_FOREACH (x, &sa->exchanges, entry)
			n += x->ops != NULL;
	return n;
}

START_TEST(unfinished_registrations_are_bounded_and_forgotten)
{
	struct strict_member m[40] = { { 0 } };
	struct pull_world w;
	size_t i;

	pull_world_open(&w, 1, policy_article(), true);
	pair_connect(&w.pair);
	sim_run(w.pair.sim, SEC(1));
	sim_tap(w.pair.sim, drop_from, w.pair.ks_node);
	for (i = 0; i < ARRAY_SIZE(m); i++) {
		m[i].env = sim_env(w.pair.gm_node);
		m[i].group = 1234;
		strict_member_start(&m[i], w.pair.sa);
	}
	sim_run(w.pair.sim, SEC(1));
	ck_assert_uint_gt(w.n_policies, 0);
	ck_assert_uint_eq(unfinished(w.pair.ks), 4);
	for (i = 0; i < ARRAY_SIZE(m); i++)
		isakmp_exchange_end(m[i].x);
	sim_run(w.pair.sim, SEC(200));
	sim_tap(w.pair.sim, NULL, NULL);
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(30)));
	pull_world_check(&w);
	ck_assert_uint_eq(w.n_members, 1);
	pull_world_close(&w);
}
END_TEST

static void suspect_all(struct isakmp *isakmp, bool suspect)
{
	struct isakmp_sa *sa;

	TAILQ_FOREACH (sa, &isakmp->sas, entry)
		sa->suspect = suspect;
}

/* One more, and the others stay: no INITIAL-CONTACT goes out. */
static void another_sa(struct pair *p)
{
	suspect_all(p->gm, true);
	pair_connect(p);
	suspect_all(p->gm, false);
	sim_run(p->sim, SEC(1));
}

/* Those of one address, over all its SAs; the last begun is the one that the
 * member still wants. */
START_TEST(the_oldest_of_too_many_registrations_goes)
{
	struct strict_member m[8] = { { 0 } };
	struct pull_world w;
	size_t i;

	pull_world_open(&w, 1, policy_article(), true);
	sim_tap(w.pair.sim, drop_from, w.pair.ks_node);
	for (i = 0; i < ARRAY_SIZE(m); i++) {
		another_sa(&w.pair);
		m[i].env = sim_env(w.pair.gm_node);
		m[i].group = 1234;
		strict_member_start(&m[i], w.pair.sa);
	}
	sim_run(w.pair.sim, SEC(1));
	ck_assert_uint_gt(pair_n_sas(w.pair.ks), 4);
	ck_assert_uint_eq(unfinished(w.pair.ks), 4);
	sim_tap(w.pair.sim, NULL, NULL);
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(1)));
	pull_world_check(&w);
	for (i = 0; i < ARRAY_SIZE(m); i++)
		isakmp_exchange_end(m[i].x);
	pull_world_close(&w);
}
END_TEST

START_TEST(a_freed_server_is_asked_no_more)
{
	struct gdoi_server *first;
	struct pull_world w;

	pull_world_open(&w, 1, policy_article(), true);
	first = w.server;
	w.server = NULL;
	gdoi_server_free(first);
	pull_world_register(&w);
	ck_assert(!pull_world_run(&w, SEC(5)));
	ck_assert_uint_eq(w.n_policies, 0);
	pull_world_close(&w);
}
END_TEST

/* --- a member of another make ----------------------------------------------------- */

static void strict_registers(struct gdoi_policy *policy,
			     struct strict_member *m, struct pull_world *w)
{
	pull_world_open(w, 1, policy, false);
	pair_connect(&w->pair);
	sim_run(w->pair.sim, SEC(1));
	ck_assert_ptr_nonnull(w->pair.sa);
	*m = (struct strict_member){ .env = sim_env(w->pair.gm_node),
				     .group = 1234 };
	strict_member_start(m, w->pair.sa);
	sim_run(w->pair.sim, SEC(1));
}

START_TEST(a_strict_member_registers_where_nothing_is_denied)
{
	struct gdoi_policy *policy = policy_strict();
	struct strict_member m;
	struct pull_world w;

	/* Wanted, but no stranger must hear of it. */
	policy->replay_window = 64;
	policy->atd = 30;
	strict_registers(policy, &m, &w);
	ck_assert_str_eq(m.why ? m.why : "", "");
	ck_assert(m.registered);
	ck_assert_uint_eq(w.n_members, 1);
	ck_assert(!w.peer.extensions);
	ck_assert_str_eq(w.peer.version, "");
	ck_assert_uint_eq(m.n_sats, 1);
	ck_assert_uint_eq(m.tek_spi, w.policy->teks[0].spi);
	ck_assert_uint_eq(m.kek_number, w.policy->seq);
	ck_assert_mem_eq(m.tek_key, w.policy->teks[0].key.data, 16);
	ck_assert_mem_eq(m.tek_auth, w.policy->teks[0].auth_key.data, 20);
	ck_assert_mem_eq(m.kek, w.policy->kek.iv.data, 16);
	ck_assert_mem_eq(m.kek + 16, w.policy->kek.key.data, 16);
	isakmp_exchange_end(m.x);
	pull_world_close(&w);
}
END_TEST

START_TEST(a_strict_member_is_refused_where_it_would_misunderstand)
{
	struct strict_member m;
	struct pull_world w;

	strict_registers(policy_article(), &m, &w);
	ck_assert(!m.registered);
	ck_assert_str_eq(m.why, "refused by the key server");
	ck_assert_uint_eq(w.n_members, 0);
	isakmp_exchange_end(m.x);
	pull_world_close(&w);
}
END_TEST

/* Our own member, without our vendor ID on one side. */
START_TEST(a_member_without_our_vendor_id_gets_a_strict_policy)
{
	struct pull_world w;

	pull_world_open(&w, 1, policy_strict(), false);
	pull_world_register(&w);
	ck_assert(pull_world_run(&w, SEC(1)));
	pull_world_check(&w);
	ck_assert(!w.peer.extensions);
	pull_world_close(&w);
}
END_TEST

static TCase *forged_case(void)
{
	TCase *tc = tcase_create("forged");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, forged_messages_change_nothing, 0, 12);
	tcase_add_loop_test(tc, a_replayed_registration_adds_no_member, 0, 2);
	tcase_add_test(tc, unfinished_registrations_are_bounded_and_forgotten);
	tcase_add_test(tc, the_oldest_of_too_many_registrations_goes);
	tcase_add_test(tc, a_freed_server_is_asked_no_more);
	return tc;
}

static TCase *strict_case(void)
{
	TCase *tc = tcase_create("strict");

	tcase_add_test(tc, a_strict_member_registers_where_nothing_is_denied);
	tcase_add_test(tc,
		       a_strict_member_is_refused_where_it_would_misunderstand);
	tcase_add_test(tc, a_member_without_our_vendor_id_gets_a_strict_policy);
	return tc;
}

RUN_CASES("pull_hostile", forged_case, strict_case)
