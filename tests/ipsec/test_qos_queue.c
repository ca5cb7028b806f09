/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queues under load: streams of packets go through a tree while a clock of our
 * own runs. */
#include "ipsec/qos_queue.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/ipsec/packets.h"
#include "tests/ipsec/policies.h"

#define START SEC(100)

enum { STREAMS = 4, STEP_US = 100 };

/* Packets of one class. */
struct stream {
	unsigned int number; /* of its class */
	unsigned int octets;
	int64_t gap; /* us between two */
	/* What became of them. */
	unsigned int sent, left, full, exceeded;
	uint64_t octets_left;
	int64_t longest; /* us in a queue */
	uint32_t next;	 /* number of the packet that has to leave */
};

struct run {
	struct qos_tree *t;
	struct pkt_pool *pool;
	struct stream streams[STREAMS];
	size_t n;
};

static void run_init(struct run *r, const struct ipsec_qos_spec *spec)
{
	*r = (struct run){ .pool = pkt_pool_new(64, 8) };
	r->t = qos_tree_new(spec, IPSEC_QOS_OUT, 1);
	ck_assert_ptr_nonnull(r->t);
	ck_assert(r->t->paced);
}

static void run_fini(struct run *r)
{
	ck_assert_uint_eq(pkt_available(r->pool), 72);
	pkt_pool_free(r->pool);
	qos_tree_free(r->t);
}

static struct stream *run_add(struct run *r, unsigned int number,
			      unsigned int octets, uint64_t bps)
{
	struct stream *s = &r->streams[r->n++];

	s->number = number;
	s->octets = octets;
	s->gap = (int64_t)(octets * 8 * UINT64_C(1000000) / bps);
	return s;
}

/* In each packet: its stream, its number, when it came. */
static void write_packet(struct pkt *p, const struct run *r,
			 const struct stream *s, int64_t now)
{
	uint8_t *at = pkt_data(p);

	p->len = s->octets;
	put32(at, (uint32_t)(s - r->streams));
	put32(at + 4, s->sent);
	put64(at + 8, (uint64_t)now);
}

static void has_left(struct run *r, const struct pkt *p, int64_t now)
{
	const uint8_t *at = pkt_data(p);
	struct stream *s = &r->streams[get32(at)];
	int64_t waited = now - (int64_t)get64(at + 8);

	ck_assert_uint_eq(p->len, s->octets);
	ck_assert_uint_ge(get32(at + 4), s->next); /* in order, and once */
	s->next = get32(at + 4) + 1;
	s->left++;
	s->octets_left += p->len;
	if (waited > s->longest)
		s->longest = waited;
}

static void offer(struct run *r, struct stream *s, int64_t now)
{
	struct pkt *p = pkt_get_for(r->pool, s->octets);

	ck_assert_ptr_nonnull(p);
	write_packet(p, r, s, now);
	s->sent++;
	switch (qos_offer(r->t, &r->t->items[s->number], p, now)) {
	case QOS_MAY_LEAVE:
		has_left(r, p, now);
		break;
	case QOS_WAITS:
		break;
	case QOS_FULL:
		s->full++;
		break;
	case QOS_EXCEEDS:
		s->exceeded++;
		break;
	case QOS_OUT_OF_BUFFERS:
		ck_abort_msg("no buffer");
	}
	pkt_put(p);
}

static void drain(struct run *r, int64_t now)
{
	struct qos_item *item;
	bool stuck = false;
	struct pkt *p;

	while ((p = qos_take(r->t, r->pool, now, &item, &stuck))) {
		ck_assert_uint_eq(item->number,
				  r->streams[get32(pkt_data(p))].number);
		has_left(r, p, now);
		pkt_put(p);
	}
	ck_assert(!stuck);
	if (r->t->queued)
		ck_assert_int_gt(qos_next(r->t, now), now);
}

/* Until nothing waits. */
static void finish(struct run *r, int64_t now)
{
	while (r->t->queued) {
		now = qos_next(r->t, now);
		drain(r, now);
	}
}

/* All streams for so long, and then until nothing waits. */
static void run_for(struct run *r, int64_t us)
{
	int64_t now = START;

	for (; now < START + us; now += STEP_US) {
		for (size_t i = 0; i < r->n; i++) {
			struct stream *s = &r->streams[i];

			while (s->gap && START + s->sent * s->gap <= now)
				offer(r, s, now);
		}
		drain(r, now);
	}
	finish(r, now);
	for (size_t i = 0; i < r->n; i++) {
		const struct stream *s = &r->streams[i];

		ck_assert_uint_eq(s->sent, s->left + s->full + s->exceeded);
	}
}

#define SHAPED(bps, policy)                                           \
	{                                                             \
		CLASS_DEFAULT, .shape_bps = (bps), .child = &(policy) \
	}

/* 1 Mbit/s, in which EF has 300 kbit/s of priority. */
static const struct ipsec_qos_class llq_classes[] = {
	{ CLASS_DSCP("EF", DSCP_EF), .priority = true, .priority_bps = 300000 },
	{ CLASS_DEFAULT },
};
static const struct ipsec_qos_policy llq = { llq_classes, 2 };
static const struct ipsec_qos_class llq_shaped[] = { SHAPED(1000000, llq) };
static const struct ipsec_qos_spec llq_spec = SPEC(llq_shaped);

enum { LLQ_EF = 1, LLQ_DEFAULT = 2 };

START_TEST(priority_goes_first_and_waits_for_one_packet_at_most)
{
	struct stream *ef, *flood;
	struct run r;

	run_init(&r, &llq_spec);
	ef = run_add(&r, LLQ_EF, 200, 200000);
	flood = run_add(&r, LLQ_DEFAULT, 1500, 10000000);
	run_for(&r, SEC(4));
	ck_assert_uint_eq(ef->left, ef->sent);
	/* A packet of 1500 octets at 1 Mbit/s, and our step. */
	ck_assert_int_le(ef->longest, 12000 + 1600 + 2 * STEP_US);
	ck_assert_uint_gt(flood->full, 0);
	ck_assert_uint_gt(flood->longest, MSEC(500));
	run_fini(&r);
}
END_TEST

START_TEST(the_shaper_keeps_its_rate)
{
	struct stream *flood;
	struct run r;

	run_init(&r, &llq_spec);
	flood = run_add(&r, LLQ_DEFAULT, 1500, 10000000);
	run_for(&r, SEC(4));
	/* 500000 octets, its burst, and what waited at the end. */
	ck_assert_uint_ge(flood->octets_left, 500000);
	ck_assert_uint_le(flood->octets_left, 500000 + 1500 * 66 + 2000);
	run_fini(&r);
}
END_TEST

START_TEST(in_congestion_priority_has_no_more_than_its_rate)
{
	struct stream *ef, *other;
	struct run r;

	run_init(&r, &llq_spec);
	ef = run_add(&r, LLQ_EF, 200, 800000);
	other = run_add(&r, LLQ_DEFAULT, 1000, 2000000);
	run_for(&r, SEC(4));
	/* 150000 octets and the burst of 200 ms. */
	ck_assert_uint_ge(ef->octets_left, 150000);
	ck_assert_uint_le(ef->octets_left, 150000 + 7500 + 2000);
	ck_assert_uint_gt(ef->exceeded, 0);
	ck_assert_uint_gt(other->octets_left, 330000);
	run_fini(&r);
}
END_TEST

START_TEST(without_congestion_priority_may_have_all)
{
	struct stream *ef;
	struct run r;

	run_init(&r, &llq_spec);
	ef = run_add(&r, LLQ_EF, 200, 900000);
	run_for(&r, SEC(2));
	ck_assert_uint_eq(ef->left, ef->sent);
	run_fini(&r);
}
END_TEST

/* 40 and 20 per cent are promised, 40 are left. */
static const struct ipsec_qos_class share_classes[] = {
	{ CLASS_DSCP("A", 10), .bandwidth_bps = 400000 },
	{ CLASS_DSCP("B", 20), .bandwidth_bps = 200000 },
	{ CLASS_DEFAULT },
};
static const struct ipsec_qos_policy shares = { share_classes, 3 };
static const struct ipsec_qos_class shares_shaped[] = { SHAPED(1000000,
							       shares) };
static const struct ipsec_qos_spec share_spec = SPEC(shares_shaped);

static void expect_share(const struct stream *s, uint64_t octets)
{
	/* And what waited at the end. */
	ck_assert_uint_ge(s->octets_left, octets * 97 / 100);
	ck_assert_uint_le(s->octets_left, octets * 103 / 100 + 65 * s->octets);
}

START_TEST(classes_get_their_shares_whatever_their_packets_are)
{
	struct run r;

	run_init(&r, &share_spec);
	run_add(&r, 1, 100, 3000000);
	run_add(&r, 2, 1500, 3000000);
	run_add(&r, 3, 700, 3000000);
	run_for(&r, SEC(8));
	expect_share(&r.streams[0], 400000);
	expect_share(&r.streams[1], 200000);
	expect_share(&r.streams[2], 400000);
	run_fini(&r);
}
END_TEST

START_TEST(what_one_does_not_use_goes_to_the_others)
{
	struct run r;

	run_init(&r, &share_spec);
	run_add(&r, 1, 500, 100000);
	run_add(&r, 2, 500, 3000000);
	run_add(&r, 3, 500, 3000000);
	run_for(&r, SEC(8));
	ck_assert_uint_eq(r.streams[0].left, r.streams[0].sent);
	expect_share(&r.streams[1], 300000);
	expect_share(&r.streams[2], 600000);
	run_fini(&r);
}
END_TEST

START_TEST(who_was_away_has_saved_nothing)
{
	struct stream *a, *b;
	struct run r;

	run_init(&r, &share_spec);
	a = run_add(&r, 1, 500, 3000000);
	b = run_add(&r, 2, 500, 3000000);
	/* A comes four seconds later. */
	a->gap = 0;
	for (int64_t now = START; now < START + SEC(4); now += STEP_US) {
		while (START + b->sent * b->gap <= now)
			offer(&r, b, now);
		drain(&r, now);
	}
	ck_assert_uint_gt(b->left, 900);
	b->octets_left = 0;
	for (int64_t now = START + SEC(4); now < START + SEC(8);
	     now += STEP_US) {
		offer(&r, a, now);
		while (START + b->sent * b->gap <= now)
			offer(&r, b, now);
		drain(&r, now);
	}
	/* Two thirds and one. */
	expect_share(a, 333000);
	expect_share(b, 167000);
	finish(&r, START + SEC(9));
	run_fini(&r);
}
END_TEST

/* 50 and 25 per cent of what remains; class-default has the rest. */
START_TEST(what_remains_is_shared_by_parts)
{
	const struct ipsec_qos_class classes[] = {
		{ CLASS_DSCP("A", 10), .remaining = 50 },
		{ CLASS_DSCP("B", 20), .remaining = 25 },
		{ CLASS_DEFAULT },
	};
	const struct ipsec_qos_policy policy = { classes, 3 };
	const struct ipsec_qos_class shaped[] = { SHAPED(1000000, policy) };
	const struct ipsec_qos_spec spec = SPEC(shaped);
	struct run r;

	run_init(&r, &spec);
	run_add(&r, 1, 500, 3000000);
	run_add(&r, 2, 500, 3000000);
	run_add(&r, 3, 500, 3000000);
	run_for(&r, SEC(8));
	expect_share(&r.streams[0], 500000);
	expect_share(&r.streams[1], 250000);
	expect_share(&r.streams[2], 250000);
	run_fini(&r);
}
END_TEST

START_TEST(a_queue_holds_its_limit)
{
	const struct ipsec_qos_class classes[] = {
		{ CLASS_DSCP("A", 10), .shape_bps = 8000, .queue_limit = 7 },
		{ CLASS_DEFAULT },
	};
	const struct ipsec_qos_spec spec = SPEC(classes);
	struct stream *s, *other;
	struct run r;

	run_init(&r, &spec);
	s = run_add(&r, 0, 100, 8000000);
	other = run_add(&r, 1, 100, 80000000);
	for (int i = 0; i < 20; i++)
		offer(&r, s, START);
	ck_assert_uint_eq(s->left, 1); /* it had tokens */
	ck_assert_uint_eq(r.t->items[0].queue.n, 7);
	ck_assert_uint_eq(r.t->items[0].backlog, 7);
	ck_assert_uint_eq(s->full, 12);
	/* No shaper of other's is in the way. */
	for (int i = 0; i < 20; i++)
		offer(&r, other, START);
	ck_assert_uint_eq(other->left, 20);
	ck_assert_uint_eq(counters_of(r.t, 0).queue, 7);
	ck_assert_uint_eq(counters_of(r.t, 0).queue_limit, 7);
	finish(&r, START + SEC(1));
	ck_assert_uint_eq(s->left, 8);
	run_fini(&r);
}
END_TEST

START_TEST(frames_of_any_size_wait)
{
	struct stream *jumbo;
	struct run r;

	run_init(&r, &llq_spec);
	jumbo = run_add(&r, LLQ_DEFAULT, 9014, 2000000);
	run_for(&r, SEC(1));
	ck_assert_uint_gt(jumbo->left, 10);
	run_fini(&r);
}
END_TEST

START_TEST(where_a_class_waits)
{
	const struct ipsec_qos_class inner[] = {
		{ CLASS_DSCP("EF", DSCP_EF), .priority = true },
		{ CLASS_DSCP("MARK", 8) },
		{ CLASS_DEFAULT },
	};
	const struct ipsec_qos_policy queues = { inner, 3 };
	const struct ipsec_qos_class marks_only[] = {
		{ CLASS_DSCP("X", 8) },
		{ CLASS_DEFAULT },
	};
	const struct ipsec_qos_policy marks = { marks_only, 2 };
	const struct ipsec_qos_class classes[] = {
		{ CLASS_DSCP("A", 10), .bandwidth_bps = 1000,
		  .child = &marks },			  /* 0: 1, 2 */
		{ CLASS_DSCP("B", 12), .child = &marks }, /* 3: 4, 5 */
		{ CLASS_DEFAULT, .shape_bps = 100000,
		  .child = &queues }, /* 6: 7, 8, 9 */
	};
	const struct ipsec_qos_spec spec = SPEC(classes);
	struct qos_tree *t = qos_tree_new(&spec, IPSEC_QOS_OUT, 1);
	static const struct {
		unsigned int item, waits_with;
	} table[] = {
		{ 0, 0 }, { 1, 0 }, { 2, 0 }, { 3, 9 }, { 4, 9 },
		{ 5, 9 }, { 7, 7 }, { 8, 9 }, { 9, 9 },
	};

	ck_assert_ptr_nonnull(t);
	ck_assert_uint_eq(t->n_items, 10);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		ck_assert_uint_eq(t->items[table[i].item].queue_of->number,
				  table[i].waits_with);
	qos_tree_free(t);
}
END_TEST

START_TEST(what_is_not_consistent_is_refused)
{
	const struct ipsec_qos_class none[] = { { CLASS_DEFAULT } };
	struct ipsec_qos_class bad[] = { { CLASS_DEFAULT } };
	const struct ipsec_qos_policy empty = { none, 0 };
	const struct ipsec_qos_policy itself = { bad, 1 };
	struct ipsec_qos_spec spec = SPEC(bad);

	bad[0].child = &empty;
	ck_assert_ptr_null(qos_tree_new(&spec, IPSEC_QOS_OUT, 1));
	bad[0].child = &itself;
	ck_assert_ptr_null(qos_tree_new(&spec, IPSEC_QOS_OUT, 1));
	bad[0].child = NULL;
	bad[0].name = NULL;
	ck_assert_ptr_null(qos_tree_new(&spec, IPSEC_QOS_OUT, 1));
	bad[0].name = "class-default";
	bad[0].shape_bps = 1000;
	ck_assert_ptr_null(qos_tree_new(&spec, IPSEC_QOS_IN, 1));
	spec.policy = empty;
	ck_assert_ptr_null(qos_tree_new(&spec, IPSEC_QOS_OUT, 1));
}
END_TEST

static TCase *priority(void)
{
	TCase *tc = tcase_create("priority");

	tcase_add_test(tc,
		       priority_goes_first_and_waits_for_one_packet_at_most);
	tcase_add_test(tc, in_congestion_priority_has_no_more_than_its_rate);
	tcase_add_test(tc, without_congestion_priority_may_have_all);
	return tc;
}

static TCase *sharing(void)
{
	TCase *tc = tcase_create("shares");

	tcase_add_test(tc, the_shaper_keeps_its_rate);
	tcase_add_test(tc, classes_get_their_shares_whatever_their_packets_are);
	tcase_add_test(tc, what_one_does_not_use_goes_to_the_others);
	tcase_add_test(tc, who_was_away_has_saved_nothing);
	tcase_add_test(tc, what_remains_is_shared_by_parts);
	return tc;
}

static TCase *queues(void)
{
	TCase *tc = tcase_create("queues");

	tcase_add_test(tc, a_queue_holds_its_limit);
	tcase_add_test(tc, frames_of_any_size_wait);
	tcase_add_test(tc, where_a_class_waits);
	tcase_add_test(tc, what_is_not_consistent_is_refused);
	return tc;
}

RUN_CASES("ipsec/qos_queue", priority, sharing, queues)
