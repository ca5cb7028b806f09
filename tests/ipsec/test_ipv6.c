/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/ipv6.h"

#include <check.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/check_main.h"

enum { ESP = 50, UDP = 17, MOST = 256 };

/* A packet of UDP behind these extensions, each of 8 octets. */
static size_t make(uint8_t *p, const uint8_t *types, size_t n)
{
	size_t total = IPV6_HEADER + n * 8 + 20;
	uint8_t *next = &p[6];

	memset(p, 0, total);
	put32(p, 0x6b812345);
	ipv6_set_total(p, total);
	p[7] = 64;
	for (size_t i = 0; i < n; i++) {
		*next = types[i];
		next = p + IPV6_HEADER + i * 8;
	}
	*next = UDP;
	return total;
}

START_TEST(what_a_header_says_is_read)
{
	uint8_t p[MOST];
	struct ipv4 ip;
	size_t total = make(p, NULL, 0);

	ck_assert(ipv6_read(&ip, p, total + 5)); /* padding does not matter */
	ck_assert(ip.v6 && !ip.routing && !ip.fragment_at);
	ck_assert_uint_eq(ip.total, total);
	ck_assert_uint_eq(ip.header, IPV6_HEADER);
	ck_assert_uint_eq(ip.tos, 0xb8);
	ck_assert_uint_eq(ip.ttl, 64);
	ck_assert_uint_eq(ip.protocol, UDP);
	ck_assert_uint_eq(ipv6_flow_label(p), 0x12345);
	ipv6_set_tos(p, 0xbb);
	ck_assert_uint_eq(get32(p), 0x6bb12345);
}
END_TEST

START_TEST(the_walk_goes_along_extensions)
{
	static const uint8_t types[] = { IPPROTO_HOPOPTS, IPPROTO_DSTOPTS,
					 IPPROTO_ROUTING, IPPROTO_FRAGMENT,
					 IPPROTO_DSTOPTS };
	uint8_t p[MOST];
	struct ipv4 ip;
	size_t total = make(p, types, ARRAY_SIZE(types));
	uint8_t *fragment = p + IPV6_HEADER + 24;

	ck_assert(ipv6_read(&ip, p, total));
	ck_assert_uint_eq(ip.protocol, UDP);
	ck_assert_uint_eq(ip.header, IPV6_HEADER + 40);
	ck_assert_uint_eq(ip.fragment_at, IPV6_HEADER + 24);
	ck_assert(ip.routing && !ipv4_is_fragment(&ip));
	ck_assert_uint_eq(ipv6_next_at(p, ip.header), IPV6_HEADER + 32);
	ck_assert_uint_eq(ipv6_next_at(p, ip.fragment_at), IPV6_HEADER + 16);
	ck_assert_uint_eq(ipv6_next_at(p, IPV6_HEADER), 6);
	/* A later fragment ends it. */
	put16(fragment + 2, 0x100 | 1);
	put32(fragment + 4, 0xdeadbeef);
	ck_assert(ipv6_read(&ip, p, total));
	ck_assert_uint_eq(ip.fragment, 0x20 | IPV4_MF);
	ck_assert_uint_eq(ip.id, 0xdeadbeef);
	ck_assert_uint_eq(ip.header, IPV6_HEADER + 32);
	ck_assert(ipv4_later_fragment(&ip) && ipv6_hides_protocol(&ip));
}
END_TEST

START_TEST(a_walk_without_end_is_refused)
{
	uint8_t types[IPV6_EXTENSIONS + 1];
	uint8_t p[MOST];
	struct ipv4 ip;

	memset(types, IPPROTO_DSTOPTS, sizeof(types));
	ck_assert(ipv6_read(&ip, p, make(p, types, IPV6_EXTENSIONS)));
	ck_assert(!ipv6_read(&ip, p, make(p, types, IPV6_EXTENSIONS + 1)));
	types[0] = types[1] = IPPROTO_FRAGMENT;
	ck_assert(!ipv6_read(&ip, p, make(p, types, 2)));
}
END_TEST

static void read_copy(const uint8_t *p, size_t len, bool *good)
{
	uint8_t *copy = xcalloc(1, len + !len);
	struct ipv4 ip;

	memcpy(copy, p, len);
	*good = ipv6_read(&ip, copy, len);
	if (*good) {
		ck_assert_uint_le(ip.header, ip.total);
		ck_assert_uint_le(ip.total, len);
		ck_assert_uint_lt(ipv6_next_at(copy, ip.header), ip.total);
	}
	free(copy);
}

START_TEST(truncations_and_flips_stay_inside_of_the_packet)
{
	static const uint8_t types[] = { IPPROTO_HOPOPTS, IPPROTO_ROUTING,
					 IPPROTO_FRAGMENT, IPPROTO_DSTOPTS };
	uint8_t p[MOST];
	size_t total = make(p, types, ARRAY_SIZE(types));
	bool good;

	for (size_t len = 0; len < total; len++) {
		read_copy(p, len, &good);
		ck_assert(!good);
		if (len < IPV6_HEADER)
			continue;
		ipv6_set_total(p, len);
		read_copy(p, len, &good);
		ck_assert_int_eq(good, len >= IPV6_HEADER + 32);
		ipv6_set_total(p, total);
	}
	for (size_t i = 0; i < total; i++)
		for (unsigned int bit = 0; bit < 8; bit++) {
			p[i] ^= (uint8_t)(1 << bit);
			read_copy(p, total, &good);
			p[i] ^= (uint8_t)(1 << bit);
		}
}
END_TEST

START_TEST(what_is_cut_is_the_whole_again)
{
	uint8_t whole[3000], out[1500], again[3000];
	struct ipv6_cut cut;
	struct ipv4 ip;
	size_t len, at;

	make(whole, NULL, 0);
	for (size_t i = IPV6_HEADER; i < sizeof(whole); i++)
		whole[i] = (uint8_t)(i * 7);
	whole[6] = ESP;
	for (size_t total = 1400; total < 1440; total++) {
		ipv6_set_total(whole, total);
		ck_assert(ipv6_cut_start(&cut, whole, total, 9, 1280));
		at = IPV6_HEADER;
		while ((len = ipv6_cut_next(&cut, out))) {
			ck_assert_uint_le(len, 1280);
			ck_assert(ipv6_read(&ip, out, len));
			ck_assert_uint_eq(ip.total, len);
			ck_assert_uint_eq(ip.protocol, ESP);
			ck_assert_uint_eq(ip.id, 9);
			ck_assert_uint_eq(
				IPV6_HEADER + (ip.fragment & IPV4_OFFSET) * 8u,
				at);
			memcpy(again + at, out + ip.header, len - ip.header);
			at += len - ip.header;
			ck_assert_int_eq(!(ip.fragment & IPV4_MF), at == total);
		}
		ck_assert_uint_eq(at, total);
		ck_assert_mem_eq(again + IPV6_HEADER, whole + IPV6_HEADER,
				 total - IPV6_HEADER);
	}
	ck_assert(!ipv6_cut_start(&cut, whole, 1400, 9, 55));
}
END_TEST

START_TEST(no_error_answers_an_error_or_a_group)
{
	static const struct {
		uint8_t src, type;
		bool answer;
	} cases[] = {
		{ 0x20, 128, true }, { 0x20, 135, true },  { 0x20, 1, false },
		{ 0x20, 2, false },  { 0x20, 137, false }, { 0xff, 128, false },
		{ 0, 128, false },
	};
	uint8_t p[MOST], out[8 + ICMP6_QUOTE];
	struct ipv4 ip;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t total = make(p, NULL, 0);

		p[6] = IPPROTO_ICMPV6;
		p[IPV6_SRC_AT] = cases[i].src;
		p[IPV6_HEADER] = cases[i].type;
		ck_assert(ipv6_read(&ip, p, total));
		ck_assert_uint_eq(icmp6_too_big(out, p, &ip, 1300),
				  cases[i].answer ? 8 + total : 0);
	}
}
END_TEST

static TCase *ipv6_case(void)
{
	TCase *tc = tcase_create("ipv6");

	tcase_add_test(tc, what_a_header_says_is_read);
	tcase_add_test(tc, the_walk_goes_along_extensions);
	tcase_add_test(tc, a_walk_without_end_is_refused);
	tcase_add_test(tc, truncations_and_flips_stay_inside_of_the_packet);
	tcase_add_test(tc, what_is_cut_is_the_whole_again);
	tcase_add_test(tc, no_error_answers_an_error_or_a_group);
	return tc;
}

RUN_CASES("ipsec/ipv6", ipv6_case)
