/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sequence numbers and the IVs of counter modes: whatever happens to a key
 * while it lives, no IV is used twice under it. */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ipsec/quiesce.h"
#include "ipsec/wear.h"
#include "ipsec/worker.h"
#include "tests/check_main.h"
#include "tests/ipsec/lanes.h"

enum {
	LARGE = 32,	 /* bits of a sender ID with group size large */
	LEFT = 1000,	 /* IVs left of 2^32 in the scaled-down runs */
	RECORD = 100000, /* IVs that a thread notes at most */
	THREADS = 3,
	SWAPS = 200,
};

static const struct esp_transform counter_modes[] = {
	{ ESP_AES_GCM, 128, ESP_AUTH_NONE, false },
	{ ESP_AES_GCM, 256, ESP_AUTH_NONE, false },
	{ ESP_AES_GMAC, 128, ESP_AUTH_NONE, false },
	{ ESP_AES_GMAC, 256, ESP_AUTH_NONE, false },
};

struct ivs {
	uint64_t *iv;
	size_t n;
};

static void ivs_add(struct ivs *all, uint64_t iv)
{
	if (all->n % RECORD == 0)
		all->iv = xrealloc(all->iv, all->n + RECORD, sizeof(*all->iv));
	all->iv[all->n++] = iv;
}

static int compare(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x < y ? -1 : x > y;
}

/* Fails when one is there twice. */
static void ivs_check(struct ivs *all)
{
	qsort(all->iv, all->n, sizeof(*all->iv), compare);
	for (size_t i = 1; i < all->n; i++)
		ck_assert_uint_ne(all->iv[i - 1], all->iv[i]);
	free(all->iv);
	*all = (struct ivs){ 0 };
}

/* The only SA of a policy. */
static struct ipsec_policy *policy_of(const struct esp_transform *t,
				      uint32_t sender, unsigned int bits)
{
	struct ipsec_policy *p = policy_any();
	struct ipsec_sa sa = sa_make(t, 9);

	sa.sender_id = sender;
	sa.sender_id_bits = bits;
	policy_add_sa(p, sa);
	return p;
}

/* The member's side of it: a store, workers without threads, a policy. */
struct rig {
	struct crypto *crypto;
	struct sa_store *store;
	struct stats *stats;
	struct policy *policy;
	struct pkt_pool *pool;
	struct esp_worker worker[THREADS];
	struct ivs all;
};

static void rig_start(struct rig *r)
{
	r->crypto = crypto_new(NULL, THREADS);
	r->store = sa_store_new(r->crypto);
	r->stats = stats_new(THREADS);
	r->pool = pkt_pool_new(0, 1);
	r->policy = NULL;
	for (unsigned int i = 0; i < THREADS; i++)
		r->worker[i] = (struct esp_worker){ .number = i };
}

static void rig_stop(struct rig *r)
{
	policy_free(r->policy);
	pkt_pool_free(r->pool);
	stats_free(r->stats);
	sa_store_free(r->store);
	crypto_free(r->crypto);
}

/* The new policy is there before the old one goes; NULL: none. */
static void rig_policy(struct rig *r, struct ipsec_policy *in)
{
	struct policy *old = r->policy;

	r->policy = NULL;
	if (in) {
		r->policy = policy_new(in, r->store, r->stats);
		ck_assert_ptr_nonnull(r->policy);
		ipsec_policy_free(in);
	}
	policy_free(old);
}

static enum esp_result wrap(struct esp_worker *w, const struct esp_sa *sa,
			    struct pkt *p, uint64_t *iv)
{
	struct crypto_op op;
	enum esp_result result;
	struct ipv4 ip;

	frame_make(p, HOST1, HOST3, 17, 100);
	ip = frame_ip(p);
	result = esp_wrap(w, sa, p, &ip, &op);
	if (result == ESP_OK)
		*iv = (uint64_t)get32(op.esp + 8) << 32 | get32(op.esp + 12);
	return result;
}

/* Up to n packets of a worker: how many could be sent. */
static unsigned int rig_send(struct rig *r, unsigned int worker, unsigned int n)
{
	struct pkt *p = pkt_get_big(r->pool);
	unsigned int sent = 0;
	uint64_t iv;

	while (sent < n &&
	       wrap(&r->worker[worker], &r->policy->sas[0], p, &iv) == ESP_OK) {
		ivs_add(&r->all, iv);
		sent++;
	}
	pkt_put(p);
	return sent;
}

static unsigned int rig_told(struct rig *r)
{
	struct wear_list list = { 0 };
	unsigned int n;

	wear_collect(&list, r->policy, "Ethernet0/0");
	wear_collected(r->policy);
	n = (unsigned int)list.n;
	if (n) {
		ck_assert_str_eq(list.items[0].ifname, "Ethernet0/0");
		ck_assert_uint_eq(list.items[0].spi, r->policy->sas[0].spi);
	}
	free(list.items);
	return n;
}

START_TEST(no_iv_comes_twice_whatever_is_done_with_a_key)
{
	const struct esp_transform *t = &counter_modes[_i];
	struct rig r = { 0 };

	rig_start(&r);
	for (uint32_t i = 0; i < 40; i++) {
		/* The same policy again (a rekey with the same key), another
		 * ID (a registration), an ID that was there before. */
		rig_policy(&r, policy_of(t, 10 + i / 4 % 5, 24));
		for (unsigned int w = 0; w < THREADS; w++)
			ck_assert_uint_eq(rig_send(&r, w, 30 + 7 * w + i),
					  30 + 7 * w + i);
		if (i % 3 == 0) /* the interface is given back */
			rig_policy(&r, NULL);
	}
	rig_stop(&r);
	/* A restart: nothing is remembered, but the ID is a new one. */
	rig_start(&r);
	rig_policy(&r, policy_of(t, 20, 24));
	ck_assert_uint_eq(rig_send(&r, 0, 500), 500);
	rig_stop(&r);
	ck_assert_uint_eq(r.all.n, 40 * (30 * 3 + 7 * 3) + 3 * 780 + 500);
	ivs_check(&r.all);
}
END_TEST

START_TEST(ivs_end_where_they_would_repeat_and_a_new_id_has_all_again)
{
	const struct esp_transform *t = &counter_modes[_i];
	unsigned int sent = 0;
	struct rig r = { 0 };

	rig_start(&r);
	rig_policy(&r, policy_of(t, 0xfffffffe, LARGE));
	ck_assert_uint_eq(rig_send(&r, 0, 10), 10);
	ck_assert_uint_eq(rig_told(&r), 0);
	atomic_store(&r.policy->sas[0].key->next, (UINT64_C(1) << 32) - LEFT);
	for (unsigned int i = 0; i < 3; i++)
		for (unsigned int w = 0; w < THREADS; w++)
			sent += rig_send(&r, w, LEFT);
	/* Also what was left of the first block. */
	ck_assert_uint_eq(sent, LEFT + SA_NUMBER_BLOCK - 10);
	ck_assert_uint_eq(rig_told(&r), 1);
	ck_assert_uint_eq(rig_told(&r), 0);
	rig_policy(&r, policy_of(t, 0xfffffffe, LARGE));
	ck_assert_uint_eq(rig_send(&r, 0, 1), 0);
	ck_assert_uint_eq(rig_told(&r), 0);
	rig_policy(&r, policy_of(t, 0xffffffff, LARGE));
	for (unsigned int w = 0; w < THREADS; w++)
		ck_assert_uint_eq(rig_send(&r, w, 5000), 5000);
	ck_assert_uint_eq(rig_told(&r), 0);
	rig_policy(&r, policy_of(t, 0xfffffffe, LARGE));
	ck_assert_uint_eq(rig_send(&r, 1, 1), 0);
	rig_stop(&r);
	ivs_check(&r.all);
}
END_TEST

/* The far end's window is of so many packets, whoever sent them. */
START_TEST(a_worker_that_paused_does_not_send_old_numbers_into_a_window)
{
	struct ipsec_policy *in = policy_of(&counter_modes[0], 7, 24);
	struct rig r = { 0 };

	in->sas[0].replay = IPSEC_REPLAY_COUNTER;
	in->sas[0].window = 64;
	rig_start(&r);
	rig_policy(&r, in);
	for (unsigned int i = 0; i < 400; i++)
		ck_assert_uint_eq(rig_send(&r, i % 100 ? 1 : 0, 1), 1);
	for (size_t i = 1; i < r.all.n; i++)
		ck_assert_int_gt(compare(&r.all.iv[i], &r.all.iv[i - 1]), 0);
	rig_stop(&r);
	ivs_check(&r.all);
}
END_TEST

/* From the last number before nine tenths to the first one after. */
START_TEST(the_member_is_told_at_nine_tenths)
{
	static const struct {
		enum ipsec_replay replay;
		unsigned int bits, cipher;
		uint64_t end;
	} cases[] = {
		{ IPSEC_REPLAY_TIME, 32, 1, UINT64_C(1) << 32 },
		{ IPSEC_REPLAY_TIME, 24, 1, UINT64_C(1) << 40 },
		{ IPSEC_REPLAY_NONE, 8, 1, UINT64_C(1) << 56 },
		{ IPSEC_REPLAY_COUNTER, 24, 1, UINT32_MAX },
		{ IPSEC_REPLAY_COUNTER, 0, 0, UINT32_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct esp_transform *t = cases[i].cipher
							? &counter_modes[0]
							: &article_transform;
		struct ipsec_policy *in = policy_of(t, 7, cases[i].bits);
		struct rig r = { 0 };

		in->sas[0].replay = cases[i].replay;
		in->sas[0].window = 64;
		rig_start(&r);
		r.worker[0].ivgen = ivgen_new((const uint8_t[IVGEN_SEED]){ 1 });
		rig_policy(&r, in);
		atomic_store(&r.policy->sas[0].key->next,
			     cases[i].end / 10 * 9 - 1);
		rig_send(&r, 0, 1);
		ck_assert(!r.worker[0].worn);
		ck_assert_uint_eq(rig_told(&r), 0);
		rig_send(&r, 0, 1);
		ck_assert(r.worker[0].worn);
		ck_assert_uint_eq(rig_told(&r), 1);
		ivgen_free(r.worker[0].ivgen);
		rig_stop(&r);
		free(r.all.iv);
	}
}
END_TEST

START_TEST(without_a_window_a_sequence_number_starts_again_from_zero)
{
	struct pkt_pool *pool = pkt_pool_new(0, 1);
	struct pkt *p = pkt_get_big(pool);
	struct rig r = { 0 };
	uint64_t iv;

	rig_start(&r);
	r.worker[0].ivgen = ivgen_new((const uint8_t[IVGEN_SEED]){ 1 });
	rig_policy(&r, policy_of(&article_transform, 0, 0));
	atomic_store(&r.policy->sas[0].key->next, UINT32_MAX);
	for (uint32_t i = 0; i < 3; i++) {
		ck_assert_int_eq(wrap(&r.worker[0], &r.policy->sas[0], p, &iv),
				 ESP_OK);
		ck_assert_uint_eq(get32(pkt_data(p) + ETH_HEADER + 24), i);
	}
	ck_assert_uint_eq(rig_told(&r), 0);
	ivgen_free(r.worker[0].ivgen);
	rig_stop(&r);
	pkt_put(p);
	pkt_pool_free(pool);
}
END_TEST

START_TEST(ids_of_two_lengths_that_overlap_do_not_send_both)
{
	static const struct {
		uint32_t id;
		unsigned int bits;
		bool sends;
	} cases[] = {
		{ 5, 8, true },		  { 0x500, 16, false },
		{ 0x5ff, 16, false },	  { 0x600, 16, true },
		{ 0x600ff, 24, false },	  { 6, 8, false },
		{ 0x1000000, 24, false }, /* longer than it may be */
		{ 5, 8, true },
	};
	struct rig r = { 0 };

	rig_start(&r);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		rig_policy(&r, policy_of(&counter_modes[0], cases[i].id,
					 cases[i].bits));
		ck_assert_uint_eq(rig_send(&r, 0, 10), cases[i].sends ? 10 : 0);
	}
	rig_stop(&r);
	ivs_check(&r.all);
}
END_TEST

START_TEST(a_counter_modes_key_serves_one_spi_and_one_transform)
{
	struct crypto *crypto = crypto_new(NULL, 1);
	struct sa_store *store = sa_store_new(crypto);
	struct ipsec_sa sa = sa_make(&counter_modes[_i], 8);
	struct sa_key *key = sa_key_get(store, &sa);
	uint64_t n;

	ck_assert_ptr_nonnull(key);
	sa.spi++;
	ck_assert_ptr_null(sa_key_get(store, &sa));
	sa.spi--;
	sa.transform.transport = true;
	ck_assert_ptr_null(sa_key_get(store, &sa));
	sa.transform.transport = false;
	sa.transform.cipher =
		sa.transform.cipher == ESP_AES_GCM ? ESP_AES_GMAC : ESP_AES_GCM;
	ck_assert_ptr_null(sa_key_get(store, &sa));
	ck_assert(sa_number(key, 0, 0, UINT64_MAX, SA_NUMBER_BLOCK, &n));
	sa_key_put(key); /* asleep, but not forgotten */
	ck_assert_ptr_null(sa_key_get(store, &sa));
	sa_clear(&sa);
	sa_store_free(store);
	crypto_free(crypto);
}
END_TEST

START_TEST(a_key_is_remembered_for_an_hour_after_its_end)
{
	struct crypto *crypto = crypto_new(NULL, 1);
	struct sa_store *store = sa_store_new(crypto);
	struct ipsec_sa sa = sa_make(&article_transform, 8);
	struct sa_key *key;
	uint64_t n;

	sa.expires = SEC(1000);
	key = sa_key_get(store, &sa);
	ck_assert(sa_number(key, 0, 0, UINT64_MAX, SA_NUMBER_BLOCK, &n));
	sa_key_put(key);
	sa_store_expire(store, SEC(1000) + SA_GRACE_US - 1);
	sa.expires = SEC(1); /* never sooner than it was told first */
	key = sa_key_get(store, &sa);
	ck_assert(sa_number(key, 0, 0, UINT64_MAX, SA_NUMBER_BLOCK, &n));
	ck_assert_uint_eq(n, SA_NUMBER_BLOCK);
	sa_key_put(key);
	sa_store_expire(store, SEC(1000) + SA_GRACE_US);
	key = sa_key_get(store, &sa);
	ck_assert(sa_number(key, 0, 0, UINT64_MAX, SA_NUMBER_BLOCK, &n));
	ck_assert_uint_eq(n, 0);
	sa_key_put(key);
	sa_clear(&sa);
	sa_store_free(store);
	crypto_free(crypto);
}
END_TEST

START_TEST(ids_that_were_never_sent_with_are_forgotten)
{
	struct rig r = { 0 };

	rig_start(&r);
	rig_policy(&r, policy_of(&counter_modes[0], 0, 24));
	rig_send(&r, 0, 1);
	for (uint32_t i = 0; i < SA_SENDERS_MAX + 10; i++)
		rig_policy(&r, policy_of(&counter_modes[0], i, 24));
	ck_assert_uint_eq(rig_send(&r, 0, 10), 10);
	rig_policy(&r, policy_of(&counter_modes[0], 0, 24));
	ck_assert_uint_eq(rig_send(&r, 0, 10), 10);
	rig_stop(&r);
	ivs_check(&r.all);
}
END_TEST

/* --- workers at work ---------------------------------------------------- */

struct sender {
	pthread_t thread;
	struct esp_worker worker;
	_Atomic(struct policy *) *policy;
	_Atomic bool *stop;
	struct ivs all;
};

static void *sender_run(void *arg)
{
	struct pkt_pool *pool = pkt_pool_new(0, 1);
	struct pkt *p = pkt_get_big(pool);
	struct sender *s = arg;
	const struct policy *policy;
	uint64_t iv;

	urcu_qsbr_register_thread();
	while (!atomic_load(s->stop)) {
		policy = atomic_load(s->policy);
		if (policy && s->all.n < RECORD &&
		    wrap(&s->worker, &policy->sas[0], p, &iv) == ESP_OK)
			ivs_add(&s->all, iv);
		quiesce_now();
	}
	QUIESCE_RELEASE();
	urcu_qsbr_unregister_thread();
	pkt_put(p);
	pkt_pool_free(pool);
	return NULL;
}

static void publish(struct rig *r, _Atomic(struct policy *) *shared,
		    struct ipsec_policy *in)
{
	struct policy *old = atomic_load(shared), *p = NULL;

	if (in) {
		p = policy_new(in, r->store, r->stats);
		ck_assert_ptr_nonnull(p);
		ipsec_policy_free(in);
	}
	atomic_store(shared, p);
	workers_wait();
	policy_free(old);
}

START_TEST(no_iv_comes_twice_when_workers_share_a_key)
{
	const struct esp_transform *t = &counter_modes[_i];
	_Atomic(struct policy *) shared = NULL;
	struct sender senders[THREADS] = { 0 };
	_Atomic bool stop = false;
	struct rig r = { 0 };

	rig_start(&r);
	for (unsigned int i = 0; i < THREADS; i++) {
		senders[i].worker.number = i;
		senders[i].policy = &shared;
		senders[i].stop = &stop;
		ck_assert_int_eq(pthread_create(&senders[i].thread, NULL,
						sender_run, &senders[i]),
				 0);
	}
	for (uint32_t i = 0; i < SWAPS; i++) {
		publish(&r, &shared,
			i % 11 == 10 ? NULL : policy_of(t, i / 3 % 20, 24));
		usleep(1000);
	}
	atomic_store(&stop, true);
	for (unsigned int i = 0; i < THREADS; i++) {
		pthread_join(senders[i].thread, NULL);
		ck_assert_uint_gt(senders[i].all.n, 0);
		for (size_t k = 0; k < senders[i].all.n; k++)
			ivs_add(&r.all, senders[i].all.iv[k]);
		free(senders[i].all.iv);
	}
	publish(&r, &shared, NULL);
	rig_stop(&r);
	printf("%zu IVs, none twice\n", r.all.n);
	ivs_check(&r.all);
}
END_TEST

static TCase *numbers_case(void)
{
	TCase *tc = tcase_create("numbers");
	const int n = ARRAY_SIZE(counter_modes);

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, no_iv_comes_twice_whatever_is_done_with_a_key,
			    0, n);
	tcase_add_loop_test(
		tc, ivs_end_where_they_would_repeat_and_a_new_id_has_all_again,
		0, n);
	tcase_add_test(
		tc,
		a_worker_that_paused_does_not_send_old_numbers_into_a_window);
	tcase_add_test(tc, the_member_is_told_at_nine_tenths);
	tcase_add_test(
		tc, without_a_window_a_sequence_number_starts_again_from_zero);
	tcase_add_test(tc, ids_of_two_lengths_that_overlap_do_not_send_both);
	tcase_add_loop_test(
		tc, a_counter_modes_key_serves_one_spi_and_one_transform, 0, n);
	tcase_add_test(tc, a_key_is_remembered_for_an_hour_after_its_end);
	tcase_add_test(tc, ids_that_were_never_sent_with_are_forgotten);
	tcase_add_loop_test(tc, no_iv_comes_twice_when_workers_share_a_key, 0,
			    n);
	return tc;
}

RUN_CASES("ipsec/numbers", numbers_case)
