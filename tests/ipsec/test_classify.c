/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ipsec/classify.h"
#include "tests/check_main.h"
#include "tests/ipsec/packets.h"

enum { TCP = 6, UDP = 17, ICMP = 1 };

#define NET 0x0a000000u /* 10.0.0.0 */

static struct ipsec_rule rule(enum ipsec_action action, uint8_t protocol)
{
	struct ipsec_rule r = { .action = action };

	/* permit ip any any */
	r.ace.permit = true;
	r.ace.protocol = protocol;
	r.ace.src = r.ace.dst = ip_v4(0);
	r.ace.src_wild = r.ace.dst_wild = ip_v4(0xffffffff);
	r.ace.icmp_type = r.ace.icmp_code = r.ace.igmp_type = -1;
	r.ace.dscp = r.ace.precedence = r.ace.tos = -1;
	return r;
}

static enum ipsec_action ask(const struct ipsec_rule *rules, size_t n,
			     const struct flow_key *key)
{
	struct classifier *c = classifier_new(rules, n);
	struct verdict v = classify(c, key);

	classifier_free(c);
	return v.action;
}

START_TEST(the_first_match_decides_and_the_end_is_clear)
{
	struct ipsec_rule rules[2] = { rule(IPSEC_CLEAR, TCP),
				       rule(IPSEC_PROTECT, 0) };
	struct flow_key tcp = { .protocol = TCP }, udp = { .protocol = UDP };

	ck_assert_int_eq(ask(rules, 2, &tcp), IPSEC_CLEAR);
	ck_assert_int_eq(ask(rules, 2, &udp), IPSEC_PROTECT);
	ck_assert_int_eq(ask(rules, 1, &udp), IPSEC_CLEAR);
	ck_assert_int_eq(ask(rules, 0, &udp), IPSEC_CLEAR);
}
END_TEST

START_TEST(wildcards_say_which_bits_matter)
{
	static const struct {
		uint32_t src, dst;
		enum ipsec_action want;
	} cases[] = {
		{ NET + 1, NET + 0x100, IPSEC_PROTECT },
		{ NET + 255, NET + 0x1ff, IPSEC_PROTECT },
		{ NET + 256, NET + 0x100, IPSEC_CLEAR },
		{ NET + 1, NET + 0x201, IPSEC_CLEAR },
	};
	struct ipsec_rule r = rule(IPSEC_PROTECT, 0);

	r.ace.src = ip_v4(NET + 77); /* host bits do not matter */
	r.ace.src_wild = ip_v4(0xff);
	r.ace.dst = ip_v4(NET + 0x100);
	r.ace.dst_wild = ip_v4(0xff);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct flow_key key = { .src = cases[i].src,
					.dst = cases[i].dst };

		ck_assert_int_eq(ask(&r, 1, &key), cases[i].want);
	}
}
END_TEST

START_TEST(port_operators_do_what_they_say)
{
	static const struct {
		enum ace_op op;
		uint16_t lo, hi, port;
		bool want;
	} cases[] = {
		{ ACE_ANY, 0, 0, 7, true },
		{ ACE_EQ, 80, 0, 80, true },
		{ ACE_EQ, 80, 0, 81, false },
		{ ACE_NEQ, 80, 0, 80, false },
		{ ACE_NEQ, 80, 0, 81, true },
		{ ACE_GT, 80, 0, 80, false },
		{ ACE_GT, 80, 0, 81, true },
		{ ACE_GT, 65535, 0, 65535, false },
		{ ACE_GT, 65535, 0, 0, false },
		{ ACE_LT, 80, 0, 80, false },
		{ ACE_LT, 80, 0, 79, true },
		{ ACE_LT, 0, 0, 0, false },
		{ ACE_LT, 0, 0, 65535, false },
		{ ACE_RANGE, 10, 20, 9, false },
		{ ACE_RANGE, 10, 20, 10, true },
		{ ACE_RANGE, 10, 20, 20, true },
		{ ACE_RANGE, 10, 20, 21, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ipsec_rule r = rule(IPSEC_PROTECT, TCP);
		struct flow_key key = { .protocol = TCP,
					.ports = true,
					.dport = cases[i].port };

		r.ace.dport.op = (uint8_t)cases[i].op;
		r.ace.dport.lo = cases[i].lo;
		r.ace.dport.hi = cases[i].hi;
		ck_assert_int_eq(ask(&r, 1, &key) == IPSEC_PROTECT,
				 cases[i].want);
	}
}
END_TEST

START_TEST(a_later_fragment_goes_clear_by_an_entry_without_ports_only)
{
	struct ipsec_rule rules[2] = { rule(IPSEC_CLEAR, TCP),
				       rule(IPSEC_PROTECT, TCP) };
	struct flow_key first = { .protocol = TCP, .ports = true, .dport = 22 };
	struct flow_key later = { .protocol = TCP, .later_fragment = true };

	rules[0].ace.dport = (struct ace_port){ ACE_EQ, 22, 0 };
	ck_assert_int_eq(ask(rules, 2, &first), IPSEC_CLEAR);
	ck_assert_int_eq(ask(rules, 2, &later), IPSEC_PROTECT);
	rules[0].ace.dport.op = ACE_ANY;
	ck_assert_int_eq(ask(rules, 2, &later), IPSEC_CLEAR);
	rules[0].ace.fragments = true;
	ck_assert_int_eq(ask(rules, 2, &later), IPSEC_CLEAR);
	ck_assert_int_eq(ask(rules, 2, &first), IPSEC_PROTECT);
}
END_TEST

START_TEST(a_later_fragment_is_protected_or_dropped_by_an_entry_with_ports)
{
	static const enum ipsec_action actions[] = { IPSEC_PROTECT,
						     IPSEC_DROP };

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		struct ipsec_rule r = rule(actions[i], UDP);
		struct flow_key first = { .protocol = UDP,
					  .ports = true,
					  .dport = 5001 };
		struct flow_key later = { .protocol = UDP,
					  .later_fragment = true };
		struct flow_key cut_short = { .protocol = UDP };

		r.ace.dport = (struct ace_port){ ACE_EQ, 5000, 0 };
		ck_assert_int_eq(ask(&r, 1, &first), IPSEC_CLEAR);
		ck_assert_int_eq(ask(&r, 1, &later), actions[i]);
		ck_assert_int_eq(ask(&r, 1, &cut_short), actions[i]);
		later.protocol = TCP;
		ck_assert_int_eq(ask(&r, 1, &later), IPSEC_CLEAR);
	}
}
END_TEST

/* Small sets, so that things meet. */
static uint16_t some_port(void)
{
	return (uint16_t)(random() % 4);
}

static struct ace_port some_ports(void)
{
	struct ace_port p = { .op = (uint8_t)(random() % (ACE_RANGE + 1)),
			      .lo = some_port() };

	p.hi = (uint16_t)(p.lo + random() % 3);
	return p;
}

static struct ipsec_rule some_rule(void)
{
	static const uint8_t protocols[] = { 0, ICMP, 2, TCP, UDP };
	struct ipsec_rule r = rule((enum ipsec_action)(random() % 3),
				   protocols[random() % 5]);
	struct ace *ace = &r.ace;

	ace->permit = r.action != IPSEC_CLEAR;
	ace->src = ip_v4((uint32_t)random() % 4);
	ace->src_wild = ip_v4(random() % 2 ? UINT32_MAX : random() % 4);
	ace->dst = ip_v4((uint32_t)random() % 4);
	ace->dst_wild = ip_v4(random() % 2 ? UINT32_MAX : random() % 4);
	if (ace->protocol == TCP || ace->protocol == UDP) {
		ace->sport = some_ports();
		ace->dport = some_ports();
	}
	ace->established = ace->protocol == TCP && random() % 4 == 0;
	if (ace->protocol == ICMP && random() % 2) {
		ace->icmp_type = (int16_t)some_port();
		ace->icmp_code = (int16_t)(random() % 3 - 1);
	}
	if (ace->protocol == 2 && random() % 2)
		ace->igmp_type = (int16_t)some_port();
	if (random() % 4 == 0)
		ace->dscp = (int8_t)(random() % 2);
	ace->fragments = random() % 4 == 0;
	return r;
}

static struct flow_key some_key(void)
{
	static const uint8_t protocols[] = { ICMP, 2, TCP, UDP, 47 };
	struct flow_key key = { .src = (uint32_t)random() % 4,
				.dst = (uint32_t)random() % 4,
				.protocol = protocols[random() % 5],
				.tos = (uint8_t)(random() % 8),
				.later_fragment = random() % 3 == 0 };

	if (key.later_fragment || key.protocol == 47)
		return key;
	key.ports = true;
	key.sport = some_port();
	key.dport = some_port();
	if (key.protocol == TCP)
		key.tcp_flags = (uint8_t)(random() % 32);
	return key;
}

/* The rows here and the entries of router/ must mean the same thing. */
START_TEST(a_rule_matches_what_the_routers_own_entry_matches)
{
	unsigned int matched = 0;

	srandom(1);
	for (int i = 0; i < 100000; i++) {
		struct ipsec_rule r = some_rule();
		struct flow_key key = some_key();
		struct packet_key other = {
			.src = ip_v4(key.src),
			.dst = ip_v4(key.dst),
			.protocol = key.protocol,
			.tos = key.tos,
			.fragment = key.later_fragment,
			.sport = key.sport,
			.dport = key.dport,
			.tcp_flags = key.tcp_flags,
		};
		/* A rule behind it tells a match from the end. */
		struct ipsec_rule rules[2] = { r, rule(IPSEC_DROP, 0) };
		bool match;

		if (r.action == IPSEC_DROP)
			rules[1].action = IPSEC_PROTECT;
		match = ask(rules, 2, &key) == r.action;
		ck_assert_msg(match == ace_match(&r.ace, &other), "round %d",
			      i);
		matched += match;
	}
	ck_assert_uint_gt(matched, 10000);
	ck_assert_uint_lt(matched, 90000);
}
END_TEST

/* A wildcard with or without holes: small ones, so that things meet. */
static uint32_t some_wild(void)
{
	static const uint32_t wilds[] = {
		0, 0xff, 0xffff, 0x0f, 0x0f0f, 0x00ff00ff, 0x2a0a, UINT32_MAX
	};

	return wilds[random() % ARRAY_SIZE(wilds)];
}

static uint32_t some_address(void)
{
	return NET + (uint32_t)(random() % 0x1800) * (random() % 2 ? 1 : 17);
}

static struct ipsec_rule some_wide_rule(void)
{
	struct ipsec_rule r = some_rule();

	r.flow = (unsigned int)random() % 4;
	r.ace.src = ip_v4(some_address());
	r.ace.dst = ip_v4(some_address());
	r.ace.src_wild = ip_v4(some_wild());
	r.ace.dst_wild = ip_v4(some_wild());
	if (random() % 50 == 0)
		r.ace.src.family = IP_V6;
	return r;
}

/* One that the rule's addresses let through half of the time. */
static struct flow_key key_near(const struct ipsec_rule *r)
{
	struct flow_key key = some_key();

	key.src = ip_v4_host(&r->ace.src) ^
		  ((uint32_t)random() & ip_v4_host(&r->ace.src_wild));
	key.dst = ip_v4_host(&r->ace.dst) ^
		  ((uint32_t)random() & ip_v4_host(&r->ace.dst_wild));
	if (random() % 2)
		key.dst += (uint32_t)random() % 3;
	if (random() % 8 == 0) /* cut off before its ports */
		key.ports = false;
	return key;
}

/* Each rule as a table of its own, which is too short to have an index.  The
 * rule behind it tells a match from the end. */
static struct classifier *alone(const struct ipsec_rule *r)
{
	struct ipsec_rule rules[2] = { *r, rule(IPSEC_DROP, 0) };

	if (r->action == IPSEC_DROP)
		rules[1].action = IPSEC_CLEAR;
	return classifier_new(rules, 2);
}

static bool is_like(const void *arg, unsigned int flow)
{
	return flow == *(const unsigned int *)arg;
}

struct answers {
	int first; /* rule that decides, -1: none */
	int any;   /* that protects and has the flow, -1: none */
};

static struct answers one_by_one(const struct ipsec_rule *rules,
				 struct classifier *const *singles, size_t n,
				 const struct flow_key *key, unsigned int flow)
{
	struct answers a = { -1, -1 };

	for (size_t i = 0; i < n; i++) {
		if (classify(singles[i], key).action != rules[i].action)
			continue;
		if (a.first < 0)
			a.first = (int)i;
		if (a.any < 0 && rules[i].action == IPSEC_PROTECT &&
		    rules[i].flow == flow)
			a.any = (int)i;
	}
	return a;
}

/* How often a rule decided. */
static unsigned int compare_tables(size_t n, unsigned int keys)
{
	struct ipsec_rule *rules = xcalloc(n, sizeof(*rules));
	struct classifier **singles = xcalloc(n, sizeof(struct classifier *));
	struct classifier *all;
	unsigned int decided = 0;

	for (size_t i = 0; i < n; i++) {
		rules[i] = some_wide_rule();
		singles[i] = alone(&rules[i]);
	}
	all = classifier_new(rules, n);
	for (unsigned int i = 0; i < keys; i++) {
		struct flow_key key = key_near(&rules[(size_t)random() % n]);
		unsigned int flow = (unsigned int)random() % 4;
		struct answers want = one_by_one(rules, singles, n, &key, flow);
		struct verdict v = classify(all, &key);

		if (want.first < 0)
			ck_assert_int_eq(v.action, IPSEC_CLEAR);
		else
			ck_assert_int_eq(v.action, rules[want.first].action);
		if (want.first >= 0)
			ck_assert_int_eq((int)v.rule, want.first);
		ck_assert_int_eq(classify_any(all, &key, is_like, &flow),
				 want.any);
		decided += want.first >= 0;
	}
	for (size_t i = 0; i < n; i++)
		classifier_free(singles[i]);
	classifier_free(all);
	free(singles);
	free(rules);
	return decided;
}

START_TEST(a_long_table_decides_as_its_rules_one_by_one_would)
{
	unsigned int decided = 0;

	srandom(2);
	for (int i = 0; i < 300; i++)
		decided += compare_tables(1 + (size_t)random() % 200, 200);
	ck_assert_uint_gt(decided, 12000);
	ck_assert_uint_lt(decided, 58000);
}
END_TEST

/* Where a bit of the index stands for more than one rule. */
START_TEST(so_does_a_table_of_thousands)
{
	static const size_t sizes[] = { 63,   64,   65,	  1023, 1024,
					1025, 2048, 2049, 5000 };

	srandom(3);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		ck_assert_uint_gt(compare_tables(sizes[i], 300), 50);
}
END_TEST

START_TEST(icmp_types_tos_and_established_are_looked_at)
{
	struct ipsec_rule icmp = rule(IPSEC_PROTECT, ICMP);
	struct ipsec_rule tcp = rule(IPSEC_PROTECT, TCP);
	struct ipsec_rule dscp = rule(IPSEC_PROTECT, 0);
	struct flow_key key = { .protocol = ICMP, .ports = true, .sport = 8 };

	icmp.ace.icmp_type = 8;
	ck_assert_int_eq(ask(&icmp, 1, &key), IPSEC_PROTECT);
	icmp.ace.icmp_type = 0;
	ck_assert_int_eq(ask(&icmp, 1, &key), IPSEC_CLEAR);
	dscp.ace.dscp = 46;
	key.tos = 0xb8;
	ck_assert_int_eq(ask(&dscp, 1, &key), IPSEC_PROTECT);
	key.tos = 0xbb; /* ECN is not DSCP */
	ck_assert_int_eq(ask(&dscp, 1, &key), IPSEC_PROTECT);
	key.tos = 0x88;
	ck_assert_int_eq(ask(&dscp, 1, &key), IPSEC_CLEAR);
	tcp.ace.established = true;
	key.protocol = TCP;
	key.tcp_flags = 0x02;
	ck_assert_int_eq(ask(&tcp, 1, &key), IPSEC_CLEAR);
	key.tcp_flags = 0x12;
	ck_assert_int_eq(ask(&tcp, 1, &key), IPSEC_PROTECT);
}
END_TEST

START_TEST(ipv6_entries_never_meet_ipv4)
{
	struct ipsec_rule r = rule(IPSEC_PROTECT, 0);
	struct flow_key key = { 0 };

	r.ace.src.family = r.ace.dst.family = IP_V6;
	ck_assert_int_eq(ask(&r, 1, &key), IPSEC_CLEAR);
}
END_TEST

START_TEST(a_mirrored_key_has_both_ends_exchanged)
{
	struct pkt_pool *pool = pkt_pool_new(0, 1);
	struct pkt *p = pkt_get_big(pool);
	struct flow_key key;
	struct ipv4 ip;

	frame_make(p, HOST1, HOST3, UDP, 60);
	frame_ports(p, 1000, 848);
	ip = frame_ip(p);
	flow_key_read(&key, &ip, pkt_data(p) + ETH_HEADER);
	ck_assert_uint_eq(key.sport, 1000);
	flow_key_mirror(&key);
	ck_assert_uint_eq(key.src, HOST3);
	ck_assert_uint_eq(key.dst, HOST1);
	ck_assert_uint_eq(key.sport, 848);
	ck_assert_uint_eq(key.dport, 1000);
	pkt_put(p);
	pkt_pool_free(pool);
}
END_TEST

START_TEST(a_packet_to_a_group_is_looked_up_as_it_is_on_both_sides)
{
	static const uint8_t group6[16] = { 0xff, 0x1e, [15] = 1 };
	static const uint8_t host6[16] = { 0x20, 0x01, [15] = 1 };
	const struct flow_key was = { .src = HOST1,
				      .dst = 0xef010101, /* 239.1.1.1 */
				      .protocol = UDP,
				      .ports = true,
				      .sport = 1000,
				      .dport = 5000 };
	struct flow_key key = was;
	struct ipsec_rule r = rule(IPSEC_PROTECT, UDP);

	r.ace.src_wild = r.ace.dst_wild = ip_v4(0xff);
	r.ace.src = ip_v4(HOST1);
	r.ace.dst = ip_v4(was.dst);
	flow_key_mirror(&key);
	ck_assert_mem_eq(&key, &was, sizeof(key));
	ck_assert_int_eq(ask(&r, 1, &key), IPSEC_PROTECT);
	key.src6 = host6;
	key.dst6 = group6;
	flow_key_mirror(&key);
	ck_assert_ptr_eq(key.dst6, group6);
	/* A group is no sender. */
	key = was;
	key.src = was.dst;
	key.dst = was.src;
	flow_key_mirror(&key);
	ck_assert_uint_eq(key.src, was.src);
}
END_TEST

static bool is_two(const void *arg, unsigned int flow)
{
	(void)arg;
	return flow == 2;
}

START_TEST(a_decrypted_packet_needs_a_permit_of_its_own_flow)
{
	struct ipsec_rule rules[3] = { rule(IPSEC_CLEAR, ICMP),
				       rule(IPSEC_PROTECT, TCP),
				       rule(IPSEC_PROTECT, ICMP) };
	struct flow_key icmp = { .protocol = ICMP }, tcp = { .protocol = TCP };
	struct classifier *c;

	rules[1].flow = 1;
	rules[2].flow = 2;
	c = classifier_new(rules, 3);
	ck_assert_int_ge(classify_any(c, &icmp, is_two, NULL), 0);
	ck_assert_int_lt(classify_any(c, &tcp, is_two, NULL), 0);
	classifier_free(c);
}
END_TEST

static TCase *classify_case(void)
{
	TCase *tc = tcase_create("classify");

	tcase_add_test(tc, the_first_match_decides_and_the_end_is_clear);
	tcase_add_test(tc, wildcards_say_which_bits_matter);
	tcase_add_test(tc, port_operators_do_what_they_say);
	tcase_add_test(
		tc, a_later_fragment_goes_clear_by_an_entry_without_ports_only);
	tcase_add_test(
		tc,
		a_later_fragment_is_protected_or_dropped_by_an_entry_with_ports);
	tcase_add_test(tc, a_rule_matches_what_the_routers_own_entry_matches);
	tcase_add_test(tc, a_long_table_decides_as_its_rules_one_by_one_would);
	tcase_add_test(tc, so_does_a_table_of_thousands);
	tcase_add_test(tc, icmp_types_tos_and_established_are_looked_at);
	tcase_add_test(tc, ipv6_entries_never_meet_ipv4);
	tcase_add_test(tc, a_mirrored_key_has_both_ends_exchanged);
	tcase_add_test(tc,
		       a_packet_to_a_group_is_looked_up_as_it_is_on_both_sides);
	tcase_add_test(tc, a_decrypted_packet_needs_a_permit_of_its_own_flow);
	return tc;
}

RUN_CASES("ipsec/classify", classify_case)
