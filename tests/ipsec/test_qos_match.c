/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which class a packet is of. */
#include "ipsec/qos_match.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/ipsec/packets.h"
#include "tests/ipsec/policies.h"

static struct pkt_pool *pool;
static struct pkt *p;

static void set_up(void)
{
	pool = pkt_pool_new(4, 1);
	p = pkt_get(pool);
}

static void tear_down(void)
{
	pkt_put(p);
	pkt_pool_free(pool);
}

static void make(uint8_t dscp)
{
	frame_make(p, HOST1, HOST3, IPPROTO_UDP, 100);
	frame_ports(p, 5060, 16384);
	ipv4_set_tos(pkt_data(p) + ETH_HEADER, (uint8_t)(dscp << 2 | 1));
}

static void make6(uint8_t dscp)
{
	frame_make6(p, SITE1, SITE3, IPPROTO_UDP, 100);
	ipv6_set_tos(pkt_data(p) + ETH_HEADER, (uint8_t)(dscp << 2));
}

static void make_arp(void)
{
	frame_make(p, HOST1, HOST3, IPPROTO_UDP, 46);
	put16(pkt_data(p) + ETH_HEADER - 2, 0x0806);
}

/* The match that decided about the frame in p. */
static int decided(bool any, const struct ipsec_qos_match *matches, size_t n)
{
	const struct ipsec_qos_test in = { .any = any,
					   .matches = matches,
					   .n = n };
	struct qos_test test;
	struct qos_key key;
	int met;

	ck_assert_int_eq(qos_test_make(&test, &in), 0);
	qos_key_read(&key, p);
	met = qos_test_meets(&test, &key);
	qos_test_free(&test);
	return met;
}

static bool meets(struct ipsec_qos_match match)
{
	return decided(false, &match, 1) >= 0;
}

#define BIT(n) (UINT64_C(1) << (n))

START_TEST(kinds_of_matches)
{
	const struct ipsec_qos_match any = { .kind = IPSEC_QOS_ANY };
	const struct ipsec_qos_match none = { .kind = IPSEC_QOS_NOTHING };
	const struct ipsec_qos_match not_none = { .kind = IPSEC_QOS_NOTHING,
						  .not = true };
	const struct ipsec_qos_match ef = { .kind = IPSEC_QOS_DSCP,
					    .dscps = BIT(DSCP_EF) };
	const struct ipsec_qos_match not_ef = { .kind = IPSEC_QOS_DSCP,
						.not = true,
						.dscps = BIT(DSCP_EF) };
	const struct ipsec_qos_match ef4 = { .kind = IPSEC_QOS_DSCP,
					     .v4_only = true,
					     .dscps = BIT(DSCP_EF) };
	const struct ipsec_qos_match zero = { .kind = IPSEC_QOS_DSCP,
					      .dscps = BIT(0) };
	const struct ipsec_qos_match ip = { .kind = IPSEC_QOS_ETHERTYPE,
					    .ethertype = 0x0800 };
	const struct ipsec_qos_match ip6 = { .kind = IPSEC_QOS_ETHERTYPE,
					     .ethertype = 0x86dd };
	const struct {
		const struct ipsec_qos_match *match;
		bool ef, be, ef6, arp; /* which packets meet it */
	} table[] = {
		{ &any, true, true, true, true },
		{ &none, false, false, false, false },
		{ &not_none, false, false, false, false },
		{ &ef, true, false, true, false },
		{ &not_ef, false, true, false, true },
		{ &ef4, true, false, false, false },
		{ &zero, false, true, false, false },
		{ &ip, true, true, false, false },
		{ &ip6, false, false, true, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		make(DSCP_EF);
		ck_assert_msg(meets(*table[i].match) == table[i].ef, "%zu", i);
		make(0);
		ck_assert_msg(meets(*table[i].match) == table[i].be, "%zu", i);
		make6(DSCP_EF);
		ck_assert_msg(meets(*table[i].match) == table[i].ef6, "%zu", i);
		make_arp();
		ck_assert_msg(meets(*table[i].match) == table[i].arp, "%zu", i);
	}
}
END_TEST

START_TEST(a_match_all_class_asks_for_all)
{
	const struct ipsec_qos_match matches[] = {
		{ .kind = IPSEC_QOS_ETHERTYPE, .ethertype = 0x0800 },
		{ .kind = IPSEC_QOS_DSCP, .dscps = BIT(DSCP_EF) | BIT(0) },
		{ .kind = IPSEC_QOS_DSCP, .dscps = BIT(0), .not = true },
	};

	make(DSCP_EF);
	ck_assert_int_eq(decided(false, matches, 3), 0);
	make(0);
	ck_assert_int_eq(decided(false, matches, 3), -1);
	ck_assert_int_eq(decided(false, matches, 2), 0);
	ck_assert_int_eq(decided(false, matches, 0), -1);
}
END_TEST

START_TEST(the_first_match_decides_in_a_match_any_class)
{
	const struct ipsec_qos_match matches[] = {
		{ .kind = IPSEC_QOS_DSCP, .dscps = BIT(DSCP_AF31) },
		{ .kind = IPSEC_QOS_DSCP, .dscps = BIT(DSCP_EF) },
		{ .kind = IPSEC_QOS_ANY },
	};

	make(DSCP_EF);
	ck_assert_int_eq(decided(true, matches, 3), 1);
	make(DSCP_AF31);
	ck_assert_int_eq(decided(true, matches, 3), 0);
	make(0);
	ck_assert_int_eq(decided(true, matches, 3), 2);
	ck_assert_int_eq(decided(true, matches, 2), -1);
	ck_assert_int_eq(decided(true, matches, 0), -1);
}
END_TEST

/* deny udp any any eq 53, permit udp any any eq 16384 */
START_TEST(an_access_list_is_met_by_what_it_permits)
{
	struct ipsec_qos_match match = { .kind = IPSEC_QOS_ACL };
	struct ace aces[2];

	for (int i = 0; i < 2; i++) {
		ace_init(&aces[i]);
		aces[i].permit = i == 1;
		aces[i].protocol = IPPROTO_UDP;
		aces[i].dport.op = ACE_EQ;
		aces[i].dport.lo = i ? 16384 : 53;
	}
	match.aces = aces;
	match.n_aces = 2;
	make(0);
	ck_assert(meets(match));
	frame_ports(p, 5060, 53);
	ck_assert(!meets(match));
	frame_ports(p, 16384, 5060); /* as it is, not mirrored */
	ck_assert(!meets(match));
	match.not = true;
	ck_assert(meets(match));
	make_arp();
	ck_assert(meets(match));
	make6(0);
	match.not = false;
	ck_assert(!meets(match));
}
END_TEST

START_TEST(classes_are_met_inside_of_classes)
{
	const struct ipsec_qos_match ef = { .kind = IPSEC_QOS_DSCP,
					    .dscps = BIT(DSCP_EF) };
	const struct ipsec_qos_test inner = { .matches = &ef, .n = 1 };
	const struct ipsec_qos_match outer = { .kind = IPSEC_QOS_CLASS,
					       .test = &inner };
	const struct ipsec_qos_match none = { .kind = IPSEC_QOS_CLASS };
	const struct ipsec_qos_test bad = { .matches = &none, .n = 1 };
	struct ipsec_qos_match again = { .kind = IPSEC_QOS_CLASS };
	struct ipsec_qos_test itself = { .matches = &again, .n = 1 };
	struct qos_test test;

	make(DSCP_EF);
	ck_assert(meets(outer));
	make(DSCP_AF31);
	ck_assert(!meets(outer));
	ck_assert_int_lt(qos_test_make(&test, &bad), 0);
	qos_test_free(&test);
	again.test = &itself;
	ck_assert_int_lt(qos_test_make(&test, &itself), 0);
	qos_test_free(&test);
}
END_TEST

START_TEST(what_is_no_whole_packet_is_no_ip)
{
	const struct ipsec_qos_match all = { .kind = IPSEC_QOS_DSCP,
					     .dscps = UINT64_MAX };
	struct qos_key key;

	make(DSCP_EF);
	for (uint32_t len = ETH_HEADER; len < ETH_HEADER + 100; len++) {
		p->len = len;
		ck_assert(!meets(all));
	}
	make6(DSCP_EF);
	for (uint32_t len = ETH_HEADER; len < ETH_HEADER + 100; len++) {
		p->len = len;
		qos_key_read(&key, p);
		ck_assert(!key.ip);
	}
}
END_TEST

static TCase *matches(void)
{
	TCase *tc = tcase_create("matches");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, kinds_of_matches);
	tcase_add_test(tc, a_match_all_class_asks_for_all);
	tcase_add_test(tc, the_first_match_decides_in_a_match_any_class);
	tcase_add_test(tc, an_access_list_is_met_by_what_it_permits);
	tcase_add_test(tc, classes_are_met_inside_of_classes);
	tcase_add_test(tc, what_is_no_whole_packet_is_no_ip);
	return tc;
}

RUN_CASES("ipsec/qos_match", matches)
