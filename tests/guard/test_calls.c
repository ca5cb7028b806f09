/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The packet path asks nothing of anybody: no memory, no lock, no system call,
 * but what its ports do a batch at a time. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/guard/calls.h"
#include "tests/guard/member.h"
#include "tests/ipsec/policies.h"

#define NOW SEC(1000)

static const struct esp_transform transforms[] = {
	{ ESP_AES_CBC, 128, ESP_AUTH_SHA1, false },
	{ ESP_AES_CBC, 256, ESP_AUTH_SHA256, false },
	{ ESP_AES_GCM, 128, ESP_AUTH_NONE, false },
};

struct pass {
	struct calls out, in;
	uint64_t packets;
};

static struct pass pass(struct member *a, struct member *b,
			const struct traffic *t)
{
	struct pass pass = { .packets = t->packets };

	memory_port_feed(&a->wire, NULL, 0);
	memory_port_feed(&a->tap, t->frames, t->n);
	calls_begin();
	measured_out(&a->gateway->lane, NOW);
	pass.out = calls_end();
	memory_port_feed(&b->tap, NULL, 0);
	memory_port_feed(&b->wire, a->wire.kept, a->wire.n_tx);
	calls_begin();
	measured_in(&b->gateway->lane, NOW);
	pass.in = calls_end();
	ck_assert_uint_eq(a->wire.packets, t->packets);
	ck_assert_uint_eq(b->tap.packets, t->packets);
	return pass;
}

/* The second pass: what is made for the first packet of all is no matter. */
static struct pass through(const char *backend, const struct esp_transform *t,
			   struct traffic *traffic)
{
	struct member *a, *b;
	struct pass last;

	setenv("GETVPN_CRYPTO", backend, 1);
	a = member_new(traffic_policy(t, TRAFFIC_ACES_LARGE));
	b = member_new(traffic_policy(t, TRAFFIC_ACES_LARGE));
	pass(a, b, traffic);
	last = pass(a, b, traffic);
	member_free(a);
	member_free(b);
	traffic_free(traffic);
	return last;
}

static void expect_none(const struct calls *c)
{
	ck_assert_uint_eq(c->allocations, 0);
	ck_assert_uint_eq(c->frees, 0);
	ck_assert_uint_eq(c->locks, 0);
	ck_assert_msg(c->kernel == 0, "system call %ld", c->number);
}

START_TEST(what_is_asked_is_counted)
{
	static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	void *volatile some;
	struct calls c;
	pid_t parent;

	calls_begin();
	some = malloc(1);
	free(some);
	pthread_mutex_lock(&mutex);
	pthread_mutex_unlock(&mutex);
	parent = getppid();
	c = calls_end();
	ck_assert_int_eq(parent, getppid());
	ck_assert_uint_eq(c.allocations, 1);
	ck_assert_uint_eq(c.frees, 1);
	ck_assert_uint_eq(c.locks, 1);
	ck_assert_uint_eq(c.kernel, 1);
}
END_TEST

START_TEST(a_path_with_ipsec_mb_asks_nothing)
{
	struct crypto *there = crypto_new("ipsec-mb", 1);
	struct pass p;

	if (!there)
		return;
	crypto_free(there);
	p = through("ipsec-mb", &transforms[_i], traffic_imix());
	expect_none(&p.out);
	expect_none(&p.in);
	p = through("ipsec-mb", &transforms[_i], traffic_super());
	expect_none(&p.out);
	expect_none(&p.in);
	p = through("ipsec-mb", &transforms[_i], traffic_imix6());
	expect_none(&p.out);
	expect_none(&p.in);
	p = through("ipsec-mb", &transforms[_i], traffic_super6());
	expect_none(&p.out);
	expect_none(&p.in);
}
END_TEST

START_TEST(a_path_with_openssl_asks_nothing)
{
	struct pass p = through("openssl", &transforms[_i], traffic_imix());

	expect_none(&p.out);
	expect_none(&p.in);
	p = through("openssl", &transforms[_i], traffic_super());
	expect_none(&p.out);
	expect_none(&p.in);
}
END_TEST

/* With a service-policy on the way out, what passing the frames takes. */
static struct calls by_policy(const struct ipsec_qos_spec *spec,
			      struct traffic *traffic)
{
	struct qos_tree *tree = qos_tree_new(spec, IPSEC_QOS_OUT, 1);
	struct member *m =
		member_new(traffic_policy(&transforms[0], TRAFFIC_ACES_LARGE));
	struct calls c;

	ck_assert_ptr_nonnull(tree);
	atomic_store(&m->gateway->lane.qos[IPSEC_QOS_OUT], tree);
	for (int i = 0; i < 2; i++) {
		memory_port_feed(&m->wire, NULL, 0);
		memory_port_feed(&m->tap, traffic->frames, traffic->n);
		calls_begin();
		measured_out(&m->gateway->lane, NOW + i);
		c = calls_end();
	}
	ck_assert_uint_eq(counters_of(tree, tree->n_items - 1).offered.packets,
			  2 * traffic->packets);
	member_free(m);
	qos_tree_free(tree);
	return c;
}

START_TEST(a_service_policy_takes_a_lock_a_batch_at_most)
{
	const struct ipsec_qos_class counts[] = {
		{ CLASS_DSCP("CS7", 56), .priority = true },
		{ CLASS_DEFAULT },
	};
	const struct ipsec_qos_class polices[] = {
		{ CLASS_DEFAULT, .police = { .cir = 8000 } },
	};
	struct ipsec_qos_class shapes[] = {
		{ CLASS_DEFAULT, .shape_bps = IPSEC_QOS_RATE_MAX },
	};
	struct ipsec_qos_spec spec = SPEC(counts);
	struct traffic *traffic = traffic_imix();
	uint64_t batches = traffic->packets / CRYPTO_BURST +
			   traffic->packets / LANE_BURST + 2;
	struct calls c = by_policy(&spec, traffic);

	expect_none(&c);
	spec.policy.n = 1;
	for (int i = 0; i < 3; i++) {
		/* The last time nearly all waits, or finds no room. */
		shapes[0].shape_bps = i == 1 ? IPSEC_QOS_RATE_MAX : 8000;
		spec.policy.classes = i ? shapes : polices;
		c = by_policy(&spec, traffic);
		ck_assert_uint_gt(c.locks, 0);
		ck_assert_uint_le(c.locks, batches);
		c.locks = 0;
		expect_none(&c);
	}
	traffic_free(traffic);
}
END_TEST

static TCase *calls_case(void)
{
	TCase *tc = tcase_create("calls");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, what_is_asked_is_counted);
	tcase_add_loop_test(tc, a_path_with_ipsec_mb_asks_nothing, 0,
			    ARRAY_SIZE(transforms));
	tcase_add_loop_test(tc, a_path_with_openssl_asks_nothing, 0,
			    ARRAY_SIZE(transforms));
	tcase_add_test(tc, a_service_policy_takes_a_lock_a_batch_at_most);
	return tc;
}

RUN_CASES("guard/calls", calls_case)
