/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Workers whose lanes share a service-policy: what one leaves waiting may be
 * sent by another, and the control thread reads, clears and replaces.  What
 * ThreadSanitizer should see. */
#include <check.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/env_real.h"
#include "base/mem.h"
#include "ipsec/qos_tree.h"
#include "ipsec/worker.h"
#include "tests/check_main.h"
#include "tests/ipsec/lanes.h"
#include "tests/ipsec/pairs.h"
#include "tests/ipsec/policies.h"

enum {
	LANES = 3,
	BURST = 20,
	OCTETS = 500,
	SEQUENCE_AT = ETH_HEADER + IPV4_HEADER + 8,
	DRAIN_MS = 300,
};

/* Lanes with a queue of the kernel's each, and a wire in common. */
struct rig {
	struct loop *loop;
	struct clock clock;
	struct env *env;
	struct crypto *crypto;
	struct sa_store *store;
	struct stats *stats;
	struct policy *policy;
	struct worker *workers[LANES];
	struct lane lanes[LANES];
	int taps[LANES], wire;
	struct qos_tree *tree;
	uint32_t sent[LANES];
	unsigned int received;
};

static void woken(void *arg)
{
	(void)arg;
}

static struct policy *clear_policy(struct rig *r)
{
	struct ipsec_policy *in = policy_any();
	struct policy *p;

	in->rules[0].action = IPSEC_CLEAR;
	p = policy_new(in, r->store, r->stats);
	ck_assert_ptr_nonnull(p);
	ipsec_policy_free(in);
	p->mtu = p->link_mtu = 1500;
	return p;
}

static void lane_open(struct rig *r, int i)
{
	struct lane *lane = &r->lanes[i];

	r->workers[i] =
		worker_new((unsigned int)i, -1, &r->clock, r->env, woken, NULL);
	lane->pool = pkt_pool_new(256, 128);
	lane->crypto = r->crypto;
	lane->events = worker_events(r->workers[i]);
	lane->esp = worker_esp(r->workers[i]);
	lane->reasm = reasm_new();
	lane->tap = pair_new(&r->taps[i], lane->pool);
	lane->wire = pair_new(&r->wire, lane->pool);
	(void)lane_set_policy(lane, r->policy);
}

static struct rig *rig_new(void)
{
	static const struct env_real_out out;
	struct rig *r = xcalloc(1, sizeof(*r));

	r->loop = loop_new();
	clock_init(&r->clock, 1);
	r->env = env_real_new(r->loop, &r->clock, &out);
	r->crypto = crypto_new(NULL, LANES);
	r->store = sa_store_new(r->crypto);
	r->stats = stats_new(LANES);
	r->policy = clear_policy(r);
	for (int i = 0; i < LANES; i++) {
		int last = i ? r->wire : -1;

		lane_open(r, i);
		if (!i)
			continue;
		/* All send into the first one's. */
		close(r->wire);
		r->wire = last;
		ck_assert_int_ge(
			dup2(r->lanes[0].wire->fd, r->lanes[i].wire->fd), 0);
	}
	for (int i = 0; i < LANES; i++)
		ck_assert_int_eq(worker_add(r->workers[i], &r->lanes[i]), 0);
	return r;
}

static void rig_free(struct rig *r)
{
	for (int i = 0; i < LANES; i++) {
		struct lane *lane = &r->lanes[i];

		worker_remove(r->workers[i], lane);
		worker_free(r->workers[i]);
		ck_assert_uint_eq(pkt_available(lane->pool), 384);
		reasm_free(lane->reasm);
		port_close(lane->tap);
		port_close(lane->wire);
		close(r->taps[i]);
		pkt_pool_free(lane->pool);
	}
	close(r->wire);
	qos_tree_free(r->tree);
	policy_free(r->policy);
	stats_free(r->stats);
	sa_store_free(r->store);
	crypto_free(r->crypto);
	env_real_free(r->env);
	loop_free(r->loop);
	free(r);
}

static void use(struct rig *r, const struct ipsec_qos_spec *spec)
{
	struct qos_tree *before = r->tree;

	r->tree = qos_tree_new(spec, IPSEC_QOS_OUT, LANES);
	ck_assert_ptr_nonnull(r->tree);
	if (before)
		qos_tree_retire(before);
	for (int i = 0; i < LANES; i++)
		atomic_store(&r->lanes[i].qos[IPSEC_QOS_OUT], r->tree);
	workers_wait();
	if (!before)
		return;
	qos_tree_give_up(before);
	qos_tree_carry(r->tree, before);
	qos_tree_free(before);
}

static void send_burst(struct rig *r, int i, struct pkt *frame)
{
	for (int n = 0; n < BURST; n++) {
		frame_make(frame, HOST1, HOST3, IPPROTO_UDP, OCTETS);
		frame_ports(frame, (uint16_t)i, 9);
		ipv4_set_tos(pkt_data(frame) + ETH_HEADER,
			     n % 4 ? 0 : DSCP_EF << 2);
		put32(pkt_data(frame) + SEQUENCE_AT, r->sent[i]++);
		ck_assert_int_eq(send(r->taps[i], pkt_data(frame), frame->len,
				      0),
				 frame->len);
	}
}

/* In a class a flow keeps its order. */
static void check(struct rig *r, const uint8_t *got, ssize_t len,
		  uint32_t (*next)[2])
{
	unsigned int i = get16(got + ETH_HEADER + IPV4_HEADER);
	uint32_t sequence = get32(got + SEQUENCE_AT);
	bool ef = got[ETH_HEADER + 1] != 0;

	ck_assert_int_eq(len, ETH_HEADER + OCTETS);
	ck_assert_uint_lt(i, LANES);
	ck_assert_uint_ge(sequence, next[i][ef]);
	next[i][ef] = sequence + 1;
	r->received++;
}

static void receive(struct rig *r, int ms, uint32_t (*next)[2])
{
	struct pollfd ready = { .fd = r->wire, .events = POLLIN };
	uint8_t got[2048];
	ssize_t len;

	while (poll(&ready, 1, ms) == 1) {
		len = recv(r->wire, got, sizeof(got), 0);
		check(r, got, len, next);
	}
}

START_TEST(lanes_share_a_shaper_and_lose_nothing_unseen)
{
	const struct ipsec_qos_class llq_classes[] = {
		{ CLASS_DSCP("EF", DSCP_EF), .priority = true },
		{ CLASS_DEFAULT },
	};
	const struct ipsec_qos_policy llq = { llq_classes, 2 };
	const struct ipsec_qos_class classes[] = {
		{ CLASS_DEFAULT, .shape_bps = 20000000, .child = &llq },
	};
	const struct ipsec_qos_spec spec = SPEC(classes);
	struct pkt_pool *scratch = pkt_pool_new(2, 0);
	struct pkt *frame = pkt_get(scratch);
	struct rig *r = rig_new();
	uint32_t next[LANES][2] = { { 0 } };
	struct ipsec_qos_counters c;
	bool swaps = _i;

	use(r, &spec);
	for (int round = 0; round < 40; round++) {
		for (int i = 0; i < LANES; i++)
			send_burst(r, i, frame);
		if (swaps && round % 8 == 7)
			use(r, &spec);
		qos_tree_tick(r->tree);
		(void)counters_of(r->tree, 0);
		receive(r, round % 4 ? 0 : 5, next);
	}
	receive(r, DRAIN_MS, next);
	c = counters_of(r->tree, 0);
	ck_assert_uint_eq(c.offered.packets, LANES * BURST * 40);
	ck_assert_uint_eq(c.queue, 0);
	ck_assert_uint_eq(c.output.packets, r->received);
	ck_assert_uint_eq(c.output.packets + c.dropped.packets,
			  c.offered.packets);
	ck_assert_uint_gt(r->received, 128);
	rig_free(r);
	pkt_put(frame);
	pkt_pool_free(scratch);
}
END_TEST

/* Nothing comes any more: the worker wakes by itself, and in time. */
START_TEST(a_worker_sends_what_waits_by_its_own_clock)
{
	const struct ipsec_qos_class classes[] = {
		{ CLASS_DEFAULT, .shape_bps = 1000000 },
	};
	const struct ipsec_qos_spec spec = SPEC(classes);
	struct pkt_pool *scratch = pkt_pool_new(2, 0);
	struct pkt *frame = pkt_get(scratch);
	struct rig *r = rig_new();
	uint32_t next[LANES][2] = { { 0 } };
	int64_t start;

	use(r, &spec);
	start = clock_now(&r->clock);
	for (int i = 0; i < LANES; i++)
		send_burst(r, i, frame);
	receive(r, DRAIN_MS, next);
	/* 60 packets of 514 octets less a burst of a kilobyte: 0.24 s. */
	ck_assert_uint_eq(r->received, LANES * BURST);
	ck_assert_int_gt(clock_now(&r->clock) - start,
			 MSEC(220) + MSEC(DRAIN_MS));
	rig_free(r);
	pkt_put(frame);
	pkt_pool_free(scratch);
}
END_TEST

static TCase *workers(void)
{
	TCase *tc = tcase_create("workers");

	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, lanes_share_a_shaper_and_lose_nothing_unseen, 0,
			    2);
	tcase_add_test(tc, a_worker_sends_what_waits_by_its_own_clock);
	return tc;
}

RUN_CASES("ipsec/qos_worker", workers)
