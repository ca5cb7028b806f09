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

START_TEST(a_later_fragment_meets_entries_without_ports_only)
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
	struct pkt_pool *pool = pkt_pool_new(1);
	struct pkt *p = pkt_get(pool);
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
	ck_assert(classify_any(c, &icmp, is_two, NULL));
	ck_assert(!classify_any(c, &tcp, is_two, NULL));
	classifier_free(c);
}
END_TEST

static TCase *classify_case(void)
{
	TCase *tc = tcase_create("classify");

	tcase_add_test(tc, the_first_match_decides_and_the_end_is_clear);
	tcase_add_test(tc, wildcards_say_which_bits_matter);
	tcase_add_test(tc, port_operators_do_what_they_say);
	tcase_add_test(tc, a_later_fragment_meets_entries_without_ports_only);
	tcase_add_test(tc, icmp_types_tos_and_established_are_looked_at);
	tcase_add_test(tc, ipv6_entries_never_meet_ipv4);
	tcase_add_test(tc, a_mirrored_key_has_both_ends_exchanged);
	tcase_add_test(tc, a_decrypted_packet_needs_a_permit_of_its_own_flow);
	return tc;
}

RUN_CASES("ipsec/classify", classify_case)
