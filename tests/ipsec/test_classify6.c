/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ipsec/classify.h"
#include "ipsec/ipv6.h"
#include "tests/check_main.h"

enum { TCP = 6, UDP = 17, MANY = 200, ROUNDS = 40000 };

/* Addresses in which few octets differ, so that things meet. */
static struct ip_addr some_address(void)
{
	struct ip_addr a = { .family = IP_V6, .b = { 0x20, 1, 0xd, 0xb8 } };

	a.b[5] = (uint8_t)(random() % 3);
	a.b[7] = (uint8_t)(random() % 3);
	a.b[15] = (uint8_t)(random() % 3);
	return a;
}

static struct ip_addr some_wild(void)
{
	static const unsigned int prefixes[] = {
		0, 0, 32, 32, 48, 64, 127, 128
	};
	struct ip_addr a =
		ip_mask(IP_V6, prefixes[random() % ARRAY_SIZE(prefixes)]);

	for (size_t i = 0; i < sizeof(a.b); i++)
		a.b[i] = (uint8_t)~a.b[i];
	if (random() % 8 == 0)
		a.b[5] ^= 0xff; /* with a hole */
	return a;
}

static uint16_t some_port(void)
{
	return (uint16_t)(random() % 4);
}

static struct ace_port some_ports(void)
{
	static const uint8_t ops[] = { ACE_ANY, ACE_ANY, ACE_EQ,   ACE_GT,
				       ACE_LT,	ACE_NEQ, ACE_RANGE };
	struct ace_port p = { .op = ops[random() % ARRAY_SIZE(ops)],
			      .lo = some_port() };

	p.hi = (uint16_t)(p.lo + random() % 2);
	return p;
}

static struct ipsec_rule some_rule(void)
{
	static const uint8_t protocols[] = {
		0, 0, TCP, UDP, IPPROTO_ICMPV6, 50
	};
	struct ipsec_rule r = { .action = (enum ipsec_action)(random() % 3) };
	struct ace *ace = &r.ace;

	ace_init6(ace);
	ace->permit = r.action != IPSEC_CLEAR;
	ace->protocol = protocols[random() % ARRAY_SIZE(protocols)];
	ace->src = some_address();
	ace->dst = some_address();
	ace->src_wild = some_wild();
	ace->dst_wild = some_wild();
	if (ace->protocol == TCP || ace->protocol == UDP) {
		ace->sport = some_ports();
		ace->dport = some_ports();
	}
	if (ace->protocol == IPPROTO_ICMPV6 && random() % 2)
		ace->icmp_type = (int16_t)(random() % 3 - 1);
	if (random() % 8 == 0)
		ace->flow_label = (int32_t)(random() % 2);
	ace->fragments = random() % 8 == 0;
	ace->routing = random() % 8 == 0;
	if (random() % 8 == 0)
		ace->dscp = (int8_t)(random() % 2);
	return r;
}

/* A packet and its key, which points into it. */
struct sample {
	uint8_t packet[IPV6_HEADER];
	struct flow_key key;
};

static void some_key(struct sample *s)
{
	static const uint8_t protocols[] = { TCP, UDP, IPPROTO_ICMPV6, 50 };
	struct ip_addr src = some_address(), dst = some_address();
	struct flow_key *key = &s->key;

	*key = (struct flow_key){
		.src6 = s->packet + IPV6_SRC_AT,
		.dst6 = s->packet + IPV6_DST_AT,
		.protocol = protocols[random() % ARRAY_SIZE(protocols)],
		.tos = (uint8_t)(random() % 2 * 4),
		.flow_label = (uint32_t)(random() % 3),
		.routing = random() % 4 == 0,
		.later_fragment = random() % 3 == 0,
	};
	memcpy(s->packet + IPV6_SRC_AT, src.b, IPV6_ADDRESS);
	memcpy(s->packet + IPV6_DST_AT, dst.b, IPV6_ADDRESS);
	if (key->later_fragment || key->protocol == 50)
		return;
	key->ports = true;
	key->sport = some_port();
	key->dport = some_port();
}

static struct packet_key routers(const struct flow_key *key)
{
	struct packet_key other = {
		.src.family = IP_V6,
		.dst.family = IP_V6,
		.protocol = key->protocol,
		.tos = key->tos,
		.fragment = key->later_fragment,
		.sport = key->sport,
		.dport = key->dport,
		.flow_label = key->flow_label,
		.routing = key->routing,
	};

	memcpy(other.src.b, key->src6, IPV6_ADDRESS);
	memcpy(other.dst.b, key->dst6, IPV6_ADDRESS);
	return other;
}

/* The rows here and the entries of router/ must mean the same thing. */
START_TEST(a_rule_matches_what_the_routers_own_entry_matches)
{
	unsigned int matched = 0;

	srandom(1);
	for (int i = 0; i < ROUNDS; i++) {
		struct ipsec_rule rules[2] = { some_rule() };
		struct packet_key other;
		struct classifier *c;
		struct sample s;
		bool match;

		ace_init6(&rules[1].ace);
		rules[1].action = rules[0].action == IPSEC_DROP ? IPSEC_PROTECT
								: IPSEC_DROP;
		some_key(&s);
		other = routers(&s.key);
		c = classifier_new(rules, 2);
		match = classify(c, &s.key).action == rules[0].action;
		ck_assert_msg(match == ace_match(&rules[0].ace, &other),
			      "round %d", i);
		matched += match;
		classifier_free(c);
	}
	ck_assert_uint_gt(matched, ROUNDS / 20);
}
END_TEST

/* The first rule that alone would decide. */
static struct verdict one_by_one(struct classifier *const *each, size_t n,
				 const struct flow_key *key)
{
	for (size_t i = 0; i < n; i++) {
		struct verdict v = classify(each[i], key);

		/* Each stands in front of a rule of another action. */
		if (v.rule == 0) {
			v.rule = (unsigned int)i;
			return v;
		}
	}
	return (struct verdict){ .action = IPSEC_CLEAR, .rule = MANY };
}

START_TEST(a_long_table_means_what_its_rules_mean)
{
	struct ipsec_rule rules[MANY];
	struct classifier *each[MANY], *all;
	unsigned int found = 0;

	srandom(2);
	for (size_t i = 0; i < MANY; i++) {
		struct ipsec_rule alone[2];

		rules[i] = some_rule();
		alone[0] = alone[1] = rules[i];
		ace_init6(&alone[1].ace);
		each[i] = classifier_new(alone, 2);
	}
	all = classifier_new(rules, MANY);
	for (int i = 0; i < ROUNDS / 10; i++) {
		struct verdict v, want;
		struct sample s;

		some_key(&s);
		s.key.hidden = s.key.later_fragment && i % 2;
		v = classify(all, &s.key);
		want = one_by_one(each, MANY, &s.key);
		ck_assert_int_eq(v.action, want.action);
		if (want.rule < MANY) {
			ck_assert_uint_eq(v.rule, want.rule);
			found++;
		}
	}
	ck_assert_uint_gt(found, ROUNDS / 40);
	for (size_t i = 0; i < MANY; i++)
		classifier_free(each[i]);
	classifier_free(all);
}
END_TEST

START_TEST(families_do_not_meet)
{
	struct ipsec_rule r = { .action = IPSEC_PROTECT };
	struct flow_key four = { .src = 1, .dst = 2, .protocol = UDP };
	struct classifier *c;
	struct sample s;

	ace_init6(&r.ace);
	c = classifier_new(&r, 1);
	some_key(&s);
	ck_assert(classifier_has_v6(c));
	ck_assert_int_eq(classify(c, &four).action, IPSEC_CLEAR);
	ck_assert_int_eq(classify(c, &s.key).action, IPSEC_PROTECT);
	classifier_free(c);
	ace_init(&r.ace);
	c = classifier_new(&r, 1);
	ck_assert(!classifier_has_v6(c));
	ck_assert_int_eq(classify(c, &four).action, IPSEC_PROTECT);
	ck_assert_int_eq(classify(c, &s.key).action, IPSEC_CLEAR);
	classifier_free(c);
}
END_TEST

START_TEST(a_mirrored_key_is_the_other_way_round)
{
	struct sample s;
	struct flow_key was;

	some_key(&s);
	s.key.protocol = UDP;
	was = s.key;
	flow_key_mirror(&s.key);
	ck_assert_ptr_eq(s.key.src6, was.dst6);
	ck_assert_ptr_eq(s.key.dst6, was.src6);
	ck_assert_uint_eq(s.key.sport, was.dport);
}
END_TEST

static TCase *classify6_case(void)
{
	TCase *tc = tcase_create("classify6");

	tcase_add_test(tc, a_rule_matches_what_the_routers_own_entry_matches);
	tcase_add_test(tc, a_long_table_means_what_its_rules_mean);
	tcase_add_test(tc, families_do_not_meet);
	tcase_add_test(tc, a_mirrored_key_is_the_other_way_round);
	return tc;
}

RUN_CASES("ipsec/classify6", classify6_case)
