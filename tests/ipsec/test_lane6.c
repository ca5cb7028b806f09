/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IPv6 through gateways. */
#include <check.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ipsec/csum.h"
#include "ipsec/pmtu.h"
#include "tests/check_main.h"
#include "tests/ipsec/lanes.h"
#include "tests/ipsec/segments.h"

enum { ESP = 50, TCP = 6, UDP = 17, L4 = ETH_HEADER + IPV6_HEADER };
#define NOW SEC(1000)

static struct pkt_pool *scratch;
static struct pkt *frame;

static void setup(void)
{
	scratch = pkt_pool_new(0, 1);
	frame = pkt_get_big(scratch);
}

static void teardown(void)
{
	pkt_put(frame);
	pkt_pool_free(scratch);
}

static void push(struct fake_port *port)
{
	fake_push(port, pkt_data(frame), frame->len);
}

static uint8_t next_of(const struct fake_frame *f)
{
	return f->data[ETH_HEADER + 6];
}

static struct gateway *gateway6(const struct esp_transform *t)
{
	struct gateway *g = gateway_new();

	g->lane.pmtu = xcalloc(1, sizeof(struct pmtu));
	g->lane.gather = reasm_new();
	gateway_policy(g, policy6(t));
	return g;
}

static void gateway6_free(struct gateway *g)
{
	free(g->lane.pmtu);
	reasm_free(g->lane.gather);
	gateway_free(g);
}

/* frame crosses from one gateway to the other as ESP, and comes out as it
 * was. */
static void crosses(struct gateway *a, struct gateway *b)
{
	fake_clear(a->tap);
	fake_clear(a->wire);
	fake_clear(b->tap);
	push(a->tap);
	gateway_out(a, NOW);
	ck_assert_uint_ge(a->wire->n_tx, 1);
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 1);
	ck_assert_uint_eq(b->tap->tx[0].len, frame->len);
	ck_assert_mem_eq(b->tap->tx[0].data, pkt_data(frame), frame->len);
}

START_TEST(every_transform_and_size_goes_through_two_gateways)
{
	struct esp_transform t = all_transforms[_i / 2];
	struct gateway *a, *b;

	t.transport = _i % 2;
	a = gateway6(&t);
	b = gateway6(&t);
	for (size_t total = IPV6_HEADER; total < 200; total++) {
		frame_make6(frame, SITE1, SITE3, UDP, total);
		crosses(a, b);
		ck_assert_uint_eq(next_of(&a->wire->tx[0]), ESP);
	}
	ck_assert_uint_eq(gateway_counters(a).encrypt, 160);
	ck_assert_uint_eq(gateway_counters(b).decrypt, 160);
	gateway6_free(a);
	gateway6_free(b);
}
END_TEST

START_TEST(the_outer_header_is_a_copy_of_the_inner_one)
{
	struct gateway *g = gateway6(&article_transform);
	const uint8_t *outer, *inner;

	frame_make6(frame, SITE1, SITE3, UDP, 200);
	push(g->tap);
	gateway_out(g, NOW);
	outer = g->wire->tx[0].data + ETH_HEADER;
	inner = pkt_data(frame) + ETH_HEADER;
	ck_assert_mem_eq(outer, inner, 4); /* class and flow label */
	ck_assert_uint_eq(get16(outer + 4),
			  g->wire->tx[0].len - ETH_HEADER - IPV6_HEADER);
	ck_assert_uint_eq(outer[6], ESP);
	ck_assert_uint_eq(outer[7], inner[7]); /* hop limit */
	ck_assert_mem_eq(outer + 8, inner + 8, IPV6_ENDS);
	gateway6_free(g);
}
END_TEST

/* Puts an extension of 8 or 16 octets in front of what follows the header. */
static void extend(uint8_t type, size_t size)
{
	uint8_t *packet = pkt_data(frame) + ETH_HEADER;

	memmove(packet + IPV6_HEADER + size, packet + IPV6_HEADER,
		frame->len - L4);
	memset(packet + IPV6_HEADER, 0, size);
	packet[IPV6_HEADER] = packet[6];
	packet[IPV6_HEADER + 1] =
		type == IPPROTO_FRAGMENT ? 0 : (uint8_t)(size / 8 - 1);
	packet[6] = type;
	frame->len += (uint32_t)size;
	ipv6_set_total(packet, frame->len - ETH_HEADER);
}

START_TEST(extension_headers_come_out_as_they_were)
{
	static const uint8_t types[] = { IPPROTO_HOPOPTS, IPPROTO_ROUTING,
					 IPPROTO_DSTOPTS, IPPROTO_FRAGMENT };
	struct esp_transform t = article_transform;
	struct gateway *a, *b;

	t.transport = _i;
	a = gateway6(&t);
	b = gateway6(&t);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		for (size_t k = 0; k < ARRAY_SIZE(types); k++) {
			if (types[i] == IPPROTO_FRAGMENT && i == k)
				continue;
			frame_make6(frame, SITE1, SITE3, UDP, 120);
			extend(types[i], 8);
			extend(types[k], types[k] == IPPROTO_FRAGMENT ? 8 : 16);
			crosses(a, b);
		}
	gateway6_free(a);
	gateway6_free(b);
}
END_TEST

/* A fragment of a UDP datagram, or what hides behind next. */
static void make_fragment(uint8_t next, uint16_t offset, bool more)
{
	frame_make6(frame, SITE1, SITE3, next, 200);
	extend(IPPROTO_FRAGMENT, 8);
	put16(pkt_data(frame) + L4 + 2, (uint16_t)(offset | more));
}

START_TEST(fragments_are_classified_without_ports)
{
	struct ipsec_policy *p = policy6(&article_transform);
	struct gateway *a = gateway6(&article_transform);
	struct gateway *b = gateway6(&article_transform);
	struct ipsec_rule *r = policy_add_rule6(p, IPSEC_CLEAR, UDP);

	r->ace.dport = (struct ace_port){ .op = ACE_EQ, .lo = 53 };
	gateway_policy(a, p);
	make_fragment(UDP, 800, true);
	crosses(a, b);
	ck_assert_uint_eq(next_of(&a->wire->tx[0]), ESP);
	/* The first one has its ports. */
	make_fragment(UDP, 0, true);
	put16(pkt_data(frame) + L4 + 8 + 2, 53);
	fake_clear(a->wire);
	fake_clear(a->tap);
	push(a->tap);
	gateway_out(a, NOW);
	ck_assert_uint_eq(next_of(&a->wire->tx[0]), IPPROTO_FRAGMENT);
	gateway6_free(a);
	gateway6_free(b);
}
END_TEST

START_TEST(a_fragment_that_hides_its_protocol_does_not_leave_clear)
{
	struct ipsec_policy *p = policy6(&article_transform);
	struct gateway *g = gateway6(&article_transform);

	policy_add_rule6(p, IPSEC_CLEAR, IPPROTO_DSTOPTS);
	policy_add_rule6(p, IPSEC_PROTECT, TCP);
	gateway_policy(g, p);
	make_fragment(IPPROTO_DSTOPTS, 800, true);
	push(g->tap);
	gateway_out(g, NOW);
	ck_assert_uint_eq(next_of(&g->wire->tx[0]), ESP);
	gateway6_free(g);
}
END_TEST

static void refused_or_not(enum ipsec_direction direction, bool out_clear,
			   bool in_clear)
{
	struct gateway *g = gateway6(&article_transform);
	struct ipsec_policy *p = policy6(&article_transform);
	struct ip_addr src, dst;
	struct event e;

	p->groups[0].direction = direction;
	gateway_policy(g, p);
	frame_make6(frame, SITE1, SITE3, UDP, 100);
	push(g->tap);
	push(g->wire);
	gateway_out(g, NOW);
	gateway_in(g, NOW);
	ck_assert_int_eq(next_of(&g->wire->tx[0]) == UDP, out_clear);
	ck_assert_uint_eq(g->tap->n_tx, in_clear);
	ck_assert_uint_eq(gateway_counters(g).clear_refused, !in_clear);
	ck_assert_int_eq(events_take(&g->events, &e), !in_clear);
	if (!in_clear) {
		ck_assert_int_eq(e.kind, EVENT_NOT_IPSEC);
		ck_assert(ip_parse(&src, SITE1) && ip_parse(&dst, SITE3));
		ck_assert_mem_eq(event_src(&e).b, src.b, sizeof(src.b));
		ck_assert_mem_eq(event_dst(&e).b, dst.b, sizeof(dst.b));
	}
	gateway6_free(g);
}

START_TEST(the_direction_says_what_may_be_clear)
{
	refused_or_not(IPSEC_BOTH, false, false);
	refused_or_not(IPSEC_INBOUND_OPTIONAL, false, true);
	refused_or_not(IPSEC_INBOUND_ONLY, true, true);
}
END_TEST

static const struct link_case {
	const char *src, *dst;
	uint8_t type, hops;
	bool clear;
} link_cases[] = {
	{ SITE1, "ff02::1:ff00:10", 135, 255, true }, /* solicitation */
	{ SITE1, SITE3, 136, 255, true },	      /* its answer */
	{ SITE1, SITE3, 136, 254, false },	      /* from far away */
	{ "fe80::1", "ff02::1", 134, 255, true },
	{ "fe80::1", SITE1, 137, 255, true },
	{ "::", "ff02::1:ff00:10", 135, 255, true },
	{ "fe80::1", "ff02::16", 143, 1, true },
	{ SITE1, "ff0e::1", 131, 1, true },
	{ SITE1, "ff0e::1", 131, 64, false },
	{ "fe80::1", "fe80::2", 128, 64, true },
	{ "fe80::1", SITE3, 128, 64, false },
	{ SITE1, SITE3, 128, 255, false },
	{ SITE1, "ff05::2", 128, 64, false },
};

static void make_link(const struct link_case *c)
{
	frame_make6(frame, c->src, c->dst, IPPROTO_ICMPV6, 80);
	pkt_data(frame)[ETH_HEADER + 7] = c->hops;
	pkt_data(frame)[L4] = c->type;
}

START_TEST(what_the_link_needs_is_always_clear)
{
	const struct link_case *c = &link_cases[_i];
	struct gateway *g = gateway6(&article_transform);

	make_link(c);
	push(g->tap);
	push(g->wire);
	gateway_out(g, NOW);
	gateway_in(g, NOW);
	ck_assert_int_eq(next_of(&g->wire->tx[0]) == IPPROTO_ICMPV6, c->clear);
	ck_assert_uint_eq(g->tap->n_tx, c->clear);
	gateway6_free(g);
}
END_TEST

START_TEST(before_the_first_policy_only_the_link_is_heard)
{
	const struct link_case *c = &link_cases[_i];
	struct gateway *g = gateway_new();

	make_link(c);
	push(g->tap);
	push(g->wire);
	gateway_out(g, NOW);
	gateway_in(g, NOW);
	ck_assert_uint_eq(g->wire->n_tx + g->tap->n_tx, c->clear ? 2 : 0);
	ck_assert_uint_eq(lane_dropped(&g->lane, held), c->clear ? 0 : 2);
	gateway_free(g);
}
END_TEST

START_TEST(a_family_without_rules_passes_clear)
{
	struct gateway *four = gateway_new(), *six = gateway_new();

	gateway_policy(four, policy_article());
	gateway_policy(six, policy6(&article_transform));
	frame_make6(frame, SITE1, SITE3, UDP, 100);
	pkt_data(frame)[ETH_HEADER + 4] = 0xff; /* nobody looks */
	push(four->tap);
	push(four->wire);
	frame_make(frame, HOST1, HOST3, UDP, 100);
	push(six->tap);
	push(six->wire);
	gateway_out(four, NOW);
	gateway_in(four, NOW);
	gateway_out(six, NOW);
	gateway_in(six, NOW);
	ck_assert_uint_eq(next_of(&four->wire->tx[0]), UDP);
	ck_assert_uint_eq(six->wire->tx[0].data[ETH_HEADER + 9], UDP);
	ck_assert_uint_eq(four->tap->n_tx + six->tap->n_tx, 2);
	gateway_free(four);
	gateway_free(six);
}
END_TEST

/* One ESP frame that site 1 has sent. */
static struct fake_frame sealed(size_t total)
{
	struct gateway *a = gateway6(&article_transform);
	struct fake_frame f;

	frame_make6(frame, SITE1, SITE3, UDP, total);
	push(a->tap);
	gateway_out(a, NOW);
	f = a->wire->tx[0];
	gateway6_free(a);
	return f;
}

START_TEST(a_packet_flipped_at_any_octet_is_dropped)
{
	struct gateway *b = gateway6(&article_transform);
	struct fake_frame f = sealed(100);

	for (uint32_t i = ETH_HEADER; i < f.len; i++) {
		/* Class, flow label and hop limit may change on the way. */
		if (i < ETH_HEADER + 4 || i == ETH_HEADER + 7)
			continue;
		f.data[i] ^= 0xff;
		fake_clear(b->wire);
		fake_push(b->wire, f.data, f.len);
		gateway_in(b, NOW);
		ck_assert_msg(b->tap->n_tx == 0, "octet %u", i);
		f.data[i] ^= 0xff;
	}
	fake_clear(b->wire);
	fake_push(b->wire, f.data, f.len);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 1);
	gateway6_free(b);
}
END_TEST

START_TEST(every_truncation_is_dropped)
{
	struct gateway *b = gateway6(&article_transform);
	struct fake_frame f = sealed(100);

	for (uint32_t len = ETH_HEADER; len < f.len; len++) {
		fake_clear(b->wire);
		fake_push(b->wire, f.data, len);
		gateway_in(b, NOW);
		/* And the same with a length that is right. */
		if (len >= L4) {
			ipv6_set_total(f.data + ETH_HEADER, len - ETH_HEADER);
			fake_push(b->wire, f.data, len);
			gateway_in(b, NOW);
		}
		ck_assert_uint_eq(b->tap->n_tx, 0);
	}
	gateway6_free(b);
}
END_TEST

START_TEST(outer_addresses_that_differ_are_refused)
{
	struct gateway *b = gateway6(&article_transform);
	struct fake_frame f = sealed(100);

	f.data[L4 - 1] ^= 1;
	fake_push(b->wire, f.data, f.len);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 0);
	ck_assert_uint_eq(gateway_counters(b).verify_fail, 1);
	gateway6_free(b);
}
END_TEST

START_TEST(a_packet_too_big_is_told_how_much_fits)
{
	struct gateway *a = gateway6(&article_transform);
	struct gateway *b = gateway6(&article_transform);
	const uint8_t *icmp;
	uint32_t mtu;

	frame_make6(frame, SITE1, SITE3, UDP, 1500);
	push(a->tap);
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->wire->n_tx, 0);
	ck_assert_uint_eq(a->icmp->n_tx, 1);
	icmp = a->icmp->tx[0].data + L4;
	ck_assert_uint_eq(icmp[0], 2);
	ck_assert_mem_eq(icmp - 16, pkt_data(frame) + ETH_HEADER + 8, 16);
	ck_assert_mem_eq(icmp + 8, pkt_data(frame) + ETH_HEADER, 1000);
	ck_assert_uint_eq(a->icmp->tx[0].len, ETH_HEADER + IPV6_MTU_MIN);
	mtu = get32(icmp + 4);
	ck_assert_uint_gt(mtu, 1380);
	frame_make6(frame, SITE1, SITE3, UDP, mtu);
	crosses(a, b);
	ck_assert_uint_le(a->wire->tx[0].len, ETH_HEADER + 1500);
	frame_make6(frame, SITE1, SITE3, UDP, mtu + 1);
	push(a->tap);
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->icmp->n_tx, 2);
	gateway6_free(a);
	gateway6_free(b);
}
END_TEST

/* What a router in the core says of the ESP frame f. */
static void make_too_big(const struct fake_frame *f, uint32_t mtu)
{
	uint8_t *packet, *icmp;
	uint64_t sum;

	frame_make6(frame, "2001:db8:ffff::1", SITE1, IPPROTO_ICMPV6,
		    IPV6_HEADER + 8 + 200);
	packet = pkt_data(frame) + ETH_HEADER;
	icmp = packet + IPV6_HEADER;
	memset(icmp, 0, 8);
	icmp[0] = 2;
	put32(icmp + 4, mtu);
	memcpy(icmp + 8, f->data + ETH_HEADER, 200);
	sum = csum_pseudo6(packet + 8, IPPROTO_ICMPV6, 208);
	sum = csum_fold(csum_add(sum, icmp, 208));
	memcpy(icmp + 2, &(uint16_t){ (uint16_t)sum }, 2);
}

START_TEST(a_narrow_core_is_learned_of_and_1280_octets_always_pass)
{
	struct gateway *a = gateway6(&article_transform);
	struct gateway *b = gateway6(&article_transform);
	struct fake_frame f = sealed(1000);

	make_too_big(&f, 1280);
	push(a->wire);
	gateway_in(a, NOW);
	ck_assert_uint_eq(a->tap->n_tx, 0);
	ck_assert_uint_eq(a->lane.stats.path_mtus, 1);
	frame_make6(frame, SITE1, SITE3, UDP, 1281);
	push(a->tap);
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->icmp->n_tx, 1);
	ck_assert_uint_eq(get32(a->icmp->tx[0].data + L4 + 4), 1280);
	frame_make6(frame, SITE1, SITE3, UDP, 1280);
	crosses(a, b);
	ck_assert_uint_eq(a->wire->n_tx, 2);
	for (int i = 0; i < 2; i++) {
		ck_assert_uint_le(a->wire->tx[i].len, ETH_HEADER + 1280);
		ck_assert_uint_eq(next_of(&a->wire->tx[i]), IPPROTO_FRAGMENT);
	}
	ck_assert_uint_eq(b->lane.stats.reassembled, 1);
	/* Another destination has the wire's. */
	frame_make6(frame, SITE1, "2001:db8:3::11", UDP, 1300);
	crosses(a, b);
	gateway6_free(a);
	gateway6_free(b);
}
END_TEST

START_TEST(a_forged_packet_too_big_is_not_believed)
{
	struct gateway *a = gateway6(&article_transform);
	struct fake_frame f = sealed(1000);

	f.data[L4] ^= 1; /* an SPI that nobody has */
	make_too_big(&f, 1280);
	push(a->wire);
	f.data[L4] ^= 1;
	make_too_big(&f, 1280);
	pkt_data(frame)[L4 + 2] ^= 1; /* a wrong checksum */
	push(a->wire);
	gateway_in(a, NOW);
	ck_assert_uint_eq(a->lane.stats.path_mtus, 0);
	ck_assert_uint_eq(gateway_counters(a).clear_refused, 2);
	gateway6_free(a);
}
END_TEST

START_TEST(superpackets_are_cut_and_joined_again)
{
	const struct segment s = { .tcp = _i == 0,
				   .v6 = true,
				   .src = 1,
				   .dst = 2,
				   .flags = ACK,
				   .sport = 9 };
	struct gateway *a = gateway6(&article_transform);
	struct gateway *b = gateway6(&article_transform);
	struct pkt *super = pkt_get_big(a->lane.pool);

	segment_write_super(super, &s, 1, 7000, 1300);
	fake_push(a->tap, pkt_data(super), super->len);
	a->tap->rx[0].vnet = super->vnet;
	pkt_put(super);
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->wire->n_tx, 6);
	b->lane.joins_udp = true;
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(gateway_counters(b).decrypt, 6);
	ck_assert_uint_eq(b->tap->n_tx, 1);
	ck_assert_uint_eq(b->tap->tx[0].pieces, 6);
	ck_assert_uint_eq(b->tap->tx[0].vnet.gso_size, 1300);
	gateway6_free(a);
	gateway6_free(b);
}
END_TEST

START_TEST(transport_mode_gathers_what_a_host_has_cut)
{
	struct esp_transform t = article_transform;
	struct gateway *a, *b;
	struct ipv6_cut cut;
	uint8_t whole[3000], piece[1500];
	size_t len;

	t.transport = true;
	a = gateway6(&t);
	b = gateway6(&t);
	frame_make6(frame, SITE1, SITE3, UDP, 2500);
	memcpy(whole, pkt_data(frame), frame->len);
	ck_assert(ipv6_cut_start(&cut, whole + ETH_HEADER, 2500, 7, 1300));
	memcpy(piece, whole, ETH_HEADER);
	while ((len = ipv6_cut_next(&cut, piece + ETH_HEADER)))
		fake_push(a->tap, piece, ETH_HEADER + len);
	gateway_out(a, NOW);
	ck_assert_uint_eq(gateway_counters(a).encrypt, 1);
	ck_assert_uint_eq(a->wire->n_tx, 2);
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 1);
	ck_assert_mem_eq(b->tap->tx[0].data, whole, frame->len);
	gateway6_free(a);
	gateway6_free(b);
}
END_TEST

static TCase *lane6_case(void)
{
	TCase *tc = tcase_create("lane6");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc,
			    every_transform_and_size_goes_through_two_gateways,
			    0, (int)(2 * n_transforms));
	tcase_add_test(tc, the_outer_header_is_a_copy_of_the_inner_one);
	tcase_add_loop_test(tc, extension_headers_come_out_as_they_were, 0, 2);
	tcase_add_test(tc, fragments_are_classified_without_ports);
	tcase_add_test(tc,
		       a_fragment_that_hides_its_protocol_does_not_leave_clear);
	tcase_add_test(tc, the_direction_says_what_may_be_clear);
	tcase_add_loop_test(tc, what_the_link_needs_is_always_clear, 0,
			    ARRAY_SIZE(link_cases));
	tcase_add_loop_test(tc, before_the_first_policy_only_the_link_is_heard,
			    0, ARRAY_SIZE(link_cases));
	tcase_add_test(tc, a_family_without_rules_passes_clear);
	tcase_add_test(tc, a_packet_flipped_at_any_octet_is_dropped);
	tcase_add_test(tc, every_truncation_is_dropped);
	tcase_add_test(tc, outer_addresses_that_differ_are_refused);
	tcase_add_test(tc, a_packet_too_big_is_told_how_much_fits);
	tcase_add_test(tc,
		       a_narrow_core_is_learned_of_and_1280_octets_always_pass);
	tcase_add_test(tc, a_forged_packet_too_big_is_not_believed);
	tcase_add_loop_test(tc, superpackets_are_cut_and_joined_again, 0, 2);
	tcase_add_test(tc, transport_mode_gathers_what_a_host_has_cut);
	return tc;
}

RUN_CASES("ipsec/lane6", lane6_case)
