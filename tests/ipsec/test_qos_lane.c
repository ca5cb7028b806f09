/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Service-policies on a lane: what is counted, marked, policed and held back
 * there. */
#include "ipsec/qos_lane.h"

#include <netinet/in.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/ipsec/lanes.h"
#include "tests/ipsec/policies.h"
#include "tests/ipsec/segments.h"

#define NOW SEC(1000)

static struct gateway *g;
static struct pkt *made;
static struct qos_tree *tree;

static void set_up(void)
{
	g = gateway_new();
	made = pkt_get_big(g->lane.pool);
}

static void tear_down(void)
{
	pkt_put(made);
	gateway_free(g);
	qos_tree_free(tree);
	tree = NULL;
}

static void use(enum ipsec_qos_direction direction,
		const struct ipsec_qos_spec *spec)
{
	tree = qos_tree_new(spec, direction, 1);
	ck_assert_ptr_nonnull(tree);
	atomic_store(&g->lane.qos[direction], tree);
}

static void push(struct fake_port *port, uint8_t dscp, size_t total)
{
	frame_make(made, HOST1, HOST3, IPPROTO_ICMP, total);
	ipv4_set_tos(pkt_data(made) + ETH_HEADER, (uint8_t)(dscp << 2 | 2));
	fake_push(port, pkt_data(made), made->len);
}

static struct ipv4 header_of(const struct fake_frame *f)
{
	struct ipv4 ip;

	ck_assert(ipv4_read(&ip, f->data + ETH_HEADER, f->len - ETH_HEADER));
	ck_assert_uint_eq(ip_checksum(f->data + ETH_HEADER, ip.header), 0);
	return ip;
}

static void expect(struct ipsec_qos_counter c, uint64_t packets, uint64_t bytes)
{
	ck_assert_uint_eq(c.packets, packets);
	ck_assert_uint_eq(c.bytes, bytes);
}

/* Nothing is lost or comes from nowhere. */
static void expect_balance(void)
{
	for (unsigned int i = 0; i < tree->n_items; i++) {
		struct ipsec_qos_counters c = counters_of(tree, i);

		ck_assert_uint_eq(c.offered.packets, c.output.packets +
							     c.dropped.packets +
							     c.queue);
	}
}

START_TEST(a_hundred_pings_of_the_article)
{
	const struct ipsec_qos_class classes[] = {
		{ CLASS_DSCP("EF", DSCP_EF), .priority = true,
		  .priority_bps = 50000000 },
		{ CLASS_DEFAULT },
	};
	const struct ipsec_qos_spec spec = SPEC(classes);
	struct ipsec_qos_counter match;
	uint64_t bps;

	gateway_policy(g, policy_article());
	use(IPSEC_QOS_OUT, &spec);
	for (int i = 0; i < 100; i++)
		push(g->tap, DSCP_EF, 100);
	gateway_out(g, NOW);
	ck_assert_uint_eq(g->wire->n_tx, 100);
	ck_assert_uint_eq(header_of(&g->wire->tx[99]).protocol, ESP_PROTOCOL);
	expect(counters_of(tree, 0).offered, 100, 19800);
	expect(counters_of(tree, 0).output, 100, 19800);
	expect(counters_of(tree, 1).offered, 0, 0);
	qos_tree_read_match(tree, 0, &match, &bps);
	expect(match, 100, 19800);
	expect_balance();
	ck_assert_uint_eq(g->lane.stats.wire_tx, 100);
}
END_TEST

START_TEST(without_rules_and_without_ip_packets_pass_the_tree)
{
	const struct ipsec_qos_class classes[] = {
		{ CLASS_DSCP("EF", DSCP_EF) },
		{ CLASS_DEFAULT },
	};
	const struct ipsec_qos_spec spec = SPEC(classes);
	struct ipsec_policy *none = policy_any();

	none->rules[0].action = IPSEC_CLEAR;
	gateway_policy(g, none);
	use(IPSEC_QOS_OUT, &spec);
	push(g->tap, DSCP_EF, 100);
	push(g->tap, 0, 100);
	put16(pkt_data(made) + ETH_HEADER - 2, 0x0806);
	fake_push(g->tap, pkt_data(made), 60);
	gateway_out(g, NOW);
	ck_assert_uint_eq(g->wire->n_tx, 3);
	expect(counters_of(tree, 0).offered, 1, 114);
	expect(counters_of(tree, 1).offered, 2, 114 + 60);
}
END_TEST

/* permit icmp any any: of ESP nobody can see what is inside. */
static void with_pre_classify(bool on, uint64_t in_class)
{
	struct ace icmp;
	const struct ipsec_qos_match match = { .kind = IPSEC_QOS_ACL,
					       .aces = &icmp,
					       .n_aces = 1 };
	const struct ipsec_qos_class classes[] = {
		{ .name = "ICMP",
		  .test = { .matches = &match, .n = 1 },
		  .set_dscp = -1,
		  .set_precedence = -1 },
		{ CLASS_DEFAULT },
	};
	struct ipsec_qos_spec spec = SPEC(classes);

	ace_init(&icmp);
	icmp.permit = true;
	icmp.protocol = IPPROTO_ICMP;
	spec.pre_classify = on;
	gateway_policy(g, policy_article());
	use(IPSEC_QOS_OUT, &spec);
	/* More than a batch, and another class in between. */
	for (int i = 0; i < 100; i++) {
		push(g->tap, 0, 100);
		if (i % 10)
			continue;
		pkt_data(made)[ETH_HEADER + 9] = IPPROTO_UDP;
		ipv4_write(&(struct ipv4){ .src = HOST1,
					   .dst = HOST3,
					   .total = 100,
					   .ttl = 9,
					   .protocol = IPPROTO_UDP },
			   pkt_data(made) + ETH_HEADER);
		fake_push(g->tap, pkt_data(made), made->len);
	}
	gateway_out(g, NOW);
	ck_assert_uint_eq(g->wire->n_tx, 110);
	expect(counters_of(tree, 0).offered, in_class, in_class * 198);
	expect(counters_of(tree, 1).offered, 110 - in_class,
	       (110 - in_class) * 198);
}

START_TEST(pre_classify_looks_inside)
{
	with_pre_classify(true, 100);
}
END_TEST

START_TEST(otherwise_the_packet_that_leaves_is_classified)
{
	with_pre_classify(false, 0);
}
END_TEST

START_TEST(marks_change_the_outer_header_alone)
{
	struct ipsec_qos_class classes[] = {
		{ CLASS_DSCP("EF", DSCP_EF) },
		{ CLASS_DSCP("AF11", DSCP_AF11) },
		{ CLASS_DEFAULT },
	};
	const struct ipsec_qos_spec spec = SPEC(classes);
	struct gateway *other = gateway_new();

	classes[0].set_dscp = DSCP_AF31;
	classes[1].set_precedence = 5;
	gateway_policy(g, policy_article());
	gateway_policy(other, policy_article());
	use(IPSEC_QOS_OUT, &spec);
	push(g->tap, DSCP_EF, 100);
	push(g->tap, DSCP_AF11, 100);
	push(g->tap, 0, 100);
	gateway_out(g, NOW);
	/* The ECN bits stay. */
	ck_assert_uint_eq(header_of(&g->wire->tx[0]).tos, DSCP_AF31 << 2 | 2);
	ck_assert_uint_eq(header_of(&g->wire->tx[1]).tos,
			  5 << 5 | (DSCP_AF11 << 2 & 0x1f) | 2);
	ck_assert_uint_eq(header_of(&g->wire->tx[2]).tos, 2);
	expect(counters_of(tree, 0).marked, 1, 198);
	expect(counters_of(tree, 2).marked, 0, 0);
	wire_to(g, other);
	gateway_in(other, NOW);
	ck_assert_uint_eq(other->tap->n_tx, 3);
	ck_assert_uint_eq(header_of(&other->tap->tx[0]).tos, DSCP_EF << 2 | 2);
	gateway_free(other);
}
END_TEST

START_TEST(marks_of_ipv6_keep_its_flow_label)
{
	const struct ipsec_qos_class classes[] = {
		{ .name = "class-default",
		  .set_dscp = DSCP_AF31,
		  .set_precedence = -1 },
	};
	const struct ipsec_qos_class only4[] = {
		{ .name = "class-default",
		  .set_dscp = DSCP_AF31,
		  .set_precedence = -1,
		  .set_v4_only = true },
	};
	struct ipsec_qos_spec spec = SPEC(classes);

	gateway_policy(g, policy6(&article_transform));
	use(IPSEC_QOS_OUT, &spec);
	frame_make6(made, SITE1, SITE3, IPPROTO_UDP, 100);
	fake_push(g->tap, pkt_data(made), made->len);
	gateway_out(g, NOW);
	ck_assert_uint_eq(get32(g->wire->tx[0].data + ETH_HEADER),
			  6u << 28 | (DSCP_AF31 << 2) << 20 | 0x12345);
	qos_tree_free(tree);
	spec.policy.classes = only4;
	use(IPSEC_QOS_OUT, &spec);
	fake_push(g->tap, pkt_data(made), made->len);
	gateway_out(g, NOW);
	ck_assert_uint_eq(get32(g->wire->tx[1].data + ETH_HEADER), 0x6b812345);
	expect(counters_of(tree, 0).marked, 0, 0);
}
END_TEST

/* 80 kbit/s and 1000 octets: of 100 packets of 214 octets in no time four
 * conform. */
START_TEST(a_policer_marks_and_drops_what_comes_in)
{
	const struct ipsec_qos_class classes[] = {
		{ CLASS_DSCP("EF", DSCP_EF),
		  .police = { .cir = 80000,
			      .bc = 1000,
			      .be = 500,
			      .violate = true,
			      .actions = { { IPSEC_QOS_TRANSMIT, 0 },
					   { IPSEC_QOS_SET_DSCP, DSCP_AF11 },
					   { IPSEC_QOS_DROP, 0 } } } },
		{ CLASS_DEFAULT },
	};
	const struct ipsec_qos_spec spec = SPEC(classes);
	struct ipsec_qos_counters c;
	struct ipsec_policy *none = policy_any();

	none->rules[0].action = IPSEC_CLEAR;
	gateway_policy(g, none);
	use(IPSEC_QOS_IN, &spec);
	for (int i = 0; i < 100; i++)
		push(g->wire, DSCP_EF, 200);
	push(g->wire, 0, 200);
	gateway_in(g, NOW);
	c = counters_of(tree, 0);
	expect(c.offered, 100, 21400);
	expect(c.police[IPSEC_QOS_CONFORM], 4, 4 * 214);
	expect(c.police[IPSEC_QOS_EXCEED], 2, 2 * 214);
	expect(c.police[IPSEC_QOS_VIOLATE], 94, 94 * 214);
	expect(c.police_dropped, 94, 94 * 214);
	expect(c.dropped, 94, 94 * 214);
	expect(c.output, 6, 6 * 214);
	ck_assert_uint_eq(g->lane.stats.in.qos, 94);
	ck_assert_uint_eq(g->tap->n_tx, 7);
	for (int i = 0; i < 6; i++)
		ck_assert_uint_eq(header_of(&g->tap->tx[i]).tos >> 2,
				  i < 4 ? DSCP_EF : DSCP_AF11);
	expect_balance();
	/* A second later the bucket is full again. */
	fake_clear(g->wire);
	fake_clear(g->tap);
	push(g->wire, DSCP_EF, 200);
	gateway_in(g, NOW + SEC(1));
	ck_assert_uint_eq(counters_of(tree, 0).police[0].packets, 5);
}
END_TEST

static const struct ipsec_qos_class llq_classes[] = {
	{ CLASS_DSCP("EF", DSCP_EF), .priority = true },
	{ CLASS_DEFAULT },
};
static const struct ipsec_qos_policy llq = { llq_classes, 2 };
static const struct ipsec_qos_class llq_shaped[] = {
	{ CLASS_DEFAULT, .shape_bps = 800000, .child = &llq },
};
static const struct ipsec_qos_spec llq_spec = SPEC(llq_shaped);

START_TEST(what_waits_leaves_at_its_time_by_its_class)
{
	unsigned int sent;
	int64_t now = NOW;

	gateway_policy(g, policy_article());
	use(IPSEC_QOS_OUT, &llq_spec);
	for (int i = 0; i < 20; i++)
		push(g->tap, 0, 900);
	for (int i = 0; i < 3; i++)
		push(g->tap, DSCP_EF, 100);
	gateway_out(g, now);
	sent = g->wire->n_tx;
	ck_assert_uint_ge(sent, 1);
	ck_assert_uint_lt(sent, 5);
	ck_assert_int_gt(g->lane.qos_due, now);
	ck_assert_int_eq(g->worker.due, g->lane.qos_due);
	ck_assert_uint_eq(counters_of(tree, 0).queue, 23 - sent);
	expect_balance();
	while (g->lane.qos_due) {
		now = g->lane.qos_due;
		qos_lane_due(&g->lane, now);
	}
	ck_assert_uint_eq(g->wire->n_tx, 23);
	/* EF came last and was first. */
	for (unsigned int i = sent; i < sent + 3; i++)
		ck_assert_uint_eq(header_of(&g->wire->tx[i]).tos >> 2, DSCP_EF);
	/* 20 of 998 octets and three of 198 are 0.2 seconds. */
	ck_assert_int_gt(now - NOW, MSEC(180));
	ck_assert_int_lt(now - NOW, MSEC(215));
	expect(counters_of(tree, 1).output, 3, 3 * 198);
	expect_balance();
	ck_assert_uint_eq(g->lane.stats.wire_tx, 23);
	ck_assert_uint_eq(tree->queued, 0);
}
END_TEST

/* Its segments are what is shaped. */
START_TEST(a_superpacket_is_cut_before_it_waits)
{
	const struct segment s = { .tcp = true,
				   .src = HOST1,
				   .dst = HOST3,
				   .flags = ACK,
				   .sequence = 1 };
	struct ipsec_policy *none = policy_any();
	struct ipsec_qos_counters c;
	struct fake_frame *f = &g->tap->rx[0];
	int64_t now = NOW;

	none->rules[0].action = IPSEC_CLEAR;
	gateway_policy(g, none);
	use(IPSEC_QOS_OUT, &llq_spec);
	segment_write_super(made, &s, 1, 7000, 1000);
	fake_push(g->tap, pkt_data(made), made->len);
	f->vnet = made->vnet;
	gateway_out(g, now);
	c = counters_of(tree, 2);
	expect(c.offered, 7, 7 * 1054);
	ck_assert_uint_gt(c.queue, 0);
	while (g->lane.qos_due) {
		now = g->lane.qos_due;
		qos_lane_due(&g->lane, now);
	}
	ck_assert_uint_eq(g->wire->n_tx, 7);
	for (int i = 0; i < 7; i++) {
		ck_assert_uint_eq(g->wire->tx[i].len, 1054);
		ck_assert(segment_is_right(g->wire->tx[i].data, 1054));
	}
	expect_balance();
}
END_TEST

START_TEST(a_superpacket_that_is_only_counted_stays_whole)
{
	const struct ipsec_qos_class classes[] = { { CLASS_DEFAULT } };
	const struct ipsec_qos_spec spec = SPEC(classes);
	const struct segment s = { .tcp = true,
				   .src = HOST1,
				   .dst = HOST3,
				   .flags = ACK,
				   .sequence = 1 };
	struct ipsec_policy *none = policy_any();

	none->rules[0].action = IPSEC_CLEAR;
	gateway_policy(g, none);
	use(IPSEC_QOS_OUT, &spec);
	segment_write_super(made, &s, 1, 6500, 1000);
	fake_push(g->tap, pkt_data(made), made->len);
	g->tap->rx[0].vnet = made->vnet;
	gateway_out(g, NOW);
	ck_assert_uint_eq(g->wire->n_tx, 1);
	expect(counters_of(tree, 0).offered, 7, 6500 + 7 * 54);
}
END_TEST

START_TEST(fragments_of_esp_are_counted_each)
{
	const struct ipsec_qos_class classes[] = { { CLASS_DEFAULT } };
	struct ipsec_qos_spec spec = SPEC(classes);
	struct ipsec_policy *p = policy_article();
	uint64_t octets = 0;

	spec.pre_classify = true;
	gateway_policy(g, p);
	POLICY_WRITE(atomic_load(&g->lane.policy)->fragment_after, true);
	use(IPSEC_QOS_OUT, &spec);
	push(g->tap, 0, 1500);
	gateway_out(g, NOW);
	ck_assert_uint_eq(g->wire->n_tx, 2);
	for (int i = 0; i < 2; i++)
		octets += g->wire->tx[i].len;
	expect(counters_of(tree, 0).offered, 2, octets);
}
END_TEST

START_TEST(counters_outlive_a_change_and_can_be_cleared)
{
	struct qos_tree *before;

	gateway_policy(g, policy_article());
	use(IPSEC_QOS_OUT, &llq_spec);
	push(g->tap, DSCP_EF, 100);
	for (int i = 0; i < 5; i++)
		push(g->tap, 0, 900);
	gateway_out(g, NOW);
	before = tree;
	use(IPSEC_QOS_OUT, &llq_spec);
	qos_tree_give_up(before);
	qos_tree_carry(tree, before);
	qos_tree_free(before);
	expect(counters_of(tree, 1).offered, 1, 198);
	expect(counters_of(tree, 2).offered, 5, 5 * 998);
	ck_assert_uint_gt(counters_of(tree, 2).dropped.packets, 2);
	expect_balance();
	/* The lane still waits for the old one. */
	qos_lane_due(&g->lane, NOW + SEC(1));
	ck_assert_int_eq(g->lane.qos_due, 0);
	push(g->tap, DSCP_EF, 100);
	gateway_out(g, NOW + SEC(2));
	expect(counters_of(tree, 1).offered, 2, 396);
	qos_tree_clear(tree);
	expect(counters_of(tree, 1).offered, 0, 0);
	push(g->tap, DSCP_EF, 100);
	gateway_out(g, NOW + SEC(3));
	expect(counters_of(tree, 1).offered, 1, 198);
}
END_TEST

START_TEST(rates_follow_what_was_measured)
{
	const struct ipsec_qos_class classes[] = { { CLASS_DEFAULT } };
	struct ipsec_qos_spec spec = SPEC(classes);
	uint64_t bps;

	spec.load_interval = 30;
	gateway_policy(g, policy_article());
	use(IPSEC_QOS_OUT, &spec);
	for (int i = 0; i < 40; i++) { /* 25 packets in 5 s */
		fake_clear(g->tap);
		fake_clear(g->wire);
		for (int n = 0; n < 25; n++)
			push(g->tap, 0, 100);
		gateway_out(g, NOW + i * SEC(QOS_TICK_S));
		qos_tree_tick(tree);
	}
	bps = counters_of(tree, 0).offered_bps;
	ck_assert_uint_ge(bps, 7800);
	ck_assert_uint_le(bps, 7920); /* 25 * 198 * 8 / 5 */
	ck_assert_uint_eq(counters_of(tree, 0).drop_bps, 0);
	for (int i = 0; i < 6; i++)
		qos_tree_tick(tree);
	ck_assert_uint_lt(counters_of(tree, 0).offered_bps, bps / 2);
	for (int i = 0; i < 100; i++)
		qos_tree_tick(tree);
	ck_assert_uint_eq(counters_of(tree, 0).offered_bps, 0);
}
END_TEST

static TCase *counting(void)
{
	TCase *tc = tcase_create("counting");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_hundred_pings_of_the_article);
	tcase_add_test(tc, without_rules_and_without_ip_packets_pass_the_tree);
	tcase_add_test(tc, pre_classify_looks_inside);
	tcase_add_test(tc, otherwise_the_packet_that_leaves_is_classified);
	tcase_add_test(tc, a_superpacket_that_is_only_counted_stays_whole);
	tcase_add_test(tc, fragments_of_esp_are_counted_each);
	tcase_add_test(tc, counters_outlive_a_change_and_can_be_cleared);
	tcase_add_test(tc, rates_follow_what_was_measured);
	return tc;
}

static TCase *acting(void)
{
	TCase *tc = tcase_create("acting");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, marks_change_the_outer_header_alone);
	tcase_add_test(tc, marks_of_ipv6_keep_its_flow_label);
	tcase_add_test(tc, a_policer_marks_and_drops_what_comes_in);
	tcase_add_test(tc, what_waits_leaves_at_its_time_by_its_class);
	tcase_add_test(tc, a_superpacket_is_cut_before_it_waits);
	return tc;
}

RUN_CASES("ipsec/qos_lane", counting, acting)
