/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/ipsec/lanes.h"

enum { TCP = 6, UDP = 17, ICMP = 1, ESP = 50 };
#define NOW SEC(1000)

/* Frames to be pushed are made here. */
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

static uint8_t protocol_of(const struct fake_frame *f)
{
	return f->data[ETH_HEADER + 9];
}

static bool has_event(struct gateway *g, enum event_kind kind)
{
	struct event e;

	return events_take(&g->events, &e) && e.kind == kind;
}

START_TEST(ten_pings_go_through_two_gateways)
{
	struct gateway *a = gateway_new(), *b = gateway_new();

	gateway_policy(a, policy_article());
	gateway_policy(b, policy_article());
	for (int i = 0; i < 10; i++) {
		frame_make(frame, HOST1, HOST3, ICMP, 100);
		push(a->tap);
	}
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->wire->n_tx, 10);
	for (int i = 0; i < 10; i++) {
		ck_assert_uint_eq(a->wire->tx[i].len, 198);
		ck_assert_uint_eq(protocol_of(&a->wire->tx[i]), ESP);
	}
	wire_to(a, b);
	gateway_in(b, NOW + MSEC(20));
	ck_assert_uint_eq(b->tap->n_tx, 10);
	for (int i = 0; i < 10; i++)
		ck_assert_mem_eq(b->tap->tx[i].data, pkt_data(frame), 114);
	ck_assert_uint_eq(gateway_counters(a).encrypt, 10);
	ck_assert_uint_eq(gateway_counters(b).decrypt, 10);
	ck_assert_uint_eq(gateway_counters(a).tagged, 0);
	ck_assert_uint_eq(gateway_counters(b).replay_in, 10);
	gateway_free(a);
	gateway_free(b);
}
END_TEST

static void both_ways(struct gateway *g)
{
	push(g->tap);
	push(g->wire);
	gateway_out(g, NOW);
	gateway_in(g, NOW);
}

START_TEST(everything_passes_where_no_rule_is)
{
	struct gateway *g = gateway_new();

	gateway_policy(g, xcalloc(1, sizeof(struct ipsec_policy)));
	frame_make(frame, HOST1, HOST3, ESP, 100);
	both_ways(g);
	ck_assert_uint_eq(g->wire->n_tx, 1);
	ck_assert_uint_eq(g->tap->n_tx, 1);
	ck_assert_mem_eq(g->tap->tx[0].data, pkt_data(frame), 114);
	gateway_free(g);
}
END_TEST

START_TEST(ipv4_is_held_until_the_first_policy)
{
	struct gateway *g = gateway_new();

	frame_make(frame, HOST1, HOST3, ICMP, 100);
	both_ways(g);
	ck_assert_uint_eq(g->wire->n_tx + g->tap->n_tx, 0);
	ck_assert_uint_eq(lane_dropped(&g->lane, held), 2);
	put16(pkt_data(frame) + 12, 0x0806); /* ARP need not wait */
	both_ways(g);
	ck_assert_uint_eq(g->wire->n_tx + g->tap->n_tx, 2);
	gateway_policy(g, xcalloc(1, sizeof(struct ipsec_policy)));
	frame_make(frame, HOST1, HOST3, ICMP, 100);
	both_ways(g);
	ck_assert_uint_eq(g->wire->n_tx + g->tap->n_tx, 4);
	ck_assert_uint_eq(lane_dropped(&g->lane, held), 2);
	gateway_free(g);
}
END_TEST

START_TEST(malformed_ipv4_passes_neither_way)
{
	/* Offset in the frame and what stands there then. */
	static const struct {
		size_t at;
		uint16_t value;
	} cases[] = {
		{ ETH_HEADER + 2, 101 }, /* longer than the frame */
		{ ETH_HEADER + 2, 0 },	 /* no length at all */
		{ ETH_HEADER + 2, 19 },	 /* shorter than its header */
		{ ETH_HEADER, 0x4400 },	 /* a header of 16 octets */
		{ ETH_HEADER, 0x6500 },	 /* another version */
	};
	struct gateway *g = gateway_new();

	gateway_policy(g, policy_article());
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		frame_make(frame, HOST1, HOST3, ICMP, 100);
		put16(pkt_data(frame) + cases[i].at, cases[i].value);
		both_ways(g);
		ck_assert_uint_eq(g->wire->n_tx + g->tap->n_tx, 0);
		ck_assert_uint_eq(lane_dropped(&g->lane, bad_ip), 2 * (i + 1));
	}
	gateway_free(g);
}
END_TEST

START_TEST(what_is_not_ip_passes_untouched)
{
	struct gateway *g = gateway_new();

	gateway_policy(g, policy_article());
	frame_make(frame, HOST1, HOST3, ICMP, 60);
	put16(pkt_data(frame) + 12, 0x0806);
	push(g->tap);
	push(g->wire);
	put16(pkt_data(frame) + 12, 0x86dd);
	push(g->tap);
	gateway_out(g, NOW);
	gateway_in(g, NOW);
	ck_assert_uint_eq(g->wire->n_tx, 2);
	ck_assert_uint_eq(g->tap->n_tx, 1);
	ck_assert_mem_eq(g->wire->tx[1].data, pkt_data(frame), 74);
	gateway_free(g);
}
END_TEST

static void refused_or_not(enum ipsec_direction direction, bool out_clear,
			   bool in_clear)
{
	struct gateway *g = gateway_new();
	struct ipsec_policy *p = policy_article();

	p->groups[0].direction = direction;
	gateway_policy(g, p);
	frame_make(frame, HOST1, HOST3, ICMP, 100);
	push(g->tap);
	push(g->wire);
	gateway_out(g, NOW);
	gateway_in(g, NOW);
	ck_assert_uint_eq(g->wire->n_tx, 1);
	ck_assert_int_eq(protocol_of(&g->wire->tx[0]) == ICMP, out_clear);
	ck_assert_uint_eq(g->tap->n_tx, in_clear);
	ck_assert_int_eq(has_event(g, EVENT_NOT_IPSEC), !in_clear);
	ck_assert_uint_eq(gateway_counters(g).clear_refused, !in_clear);
	gateway_free(g);
}

START_TEST(the_direction_says_what_may_be_clear)
{
	refused_or_not(IPSEC_BOTH, false, false);
	refused_or_not(IPSEC_INBOUND_OPTIONAL, false, true);
	refused_or_not(IPSEC_INBOUND_ONLY, true, true);
}
END_TEST

/* Group "R" of TCP stands before "G" of all the rest. */
static struct ipsec_policy *two_groups(enum ipsec_direction r)
{
	struct ipsec_policy *p = policy_article();

	p->groups = xrealloc(p->groups, 2, sizeof(*p->groups));
	p->groups[1] = (struct ipsec_group){ xstrdup("R"), r };
	p->n_groups = 2;
	policy_add_rule(p, IPSEC_PROTECT, TCP)->group = 1;
	return p;
}

START_TEST(the_direction_of_one_group_is_not_anothers)
{
	struct gateway *g = gateway_new();

	gateway_policy(g, two_groups(IPSEC_INBOUND_ONLY));
	frame_make(frame, HOST1, HOST3, TCP, 100);
	both_ways(g);
	ck_assert_uint_eq(protocol_of(&g->wire->tx[0]), TCP);
	ck_assert_uint_eq(g->tap->n_tx, 1);
	frame_make(frame, HOST1, HOST3, ICMP, 100);
	both_ways(g);
	ck_assert_uint_eq(protocol_of(&g->wire->tx[1]), ESP);
	ck_assert_uint_eq(g->tap->n_tx, 1);
	ck_assert_uint_eq(gateway_counters(g).clear_refused, 1);
	gateway_free(g);
}
END_TEST

START_TEST(a_deny_makes_both_ways_clear)
{
	struct gateway *g = gateway_new();
	struct ipsec_policy *p = policy_article();

	policy_add_rule(p, IPSEC_CLEAR, TCP)->ace.dport =
		(struct ace_port){ ACE_EQ, 22, 0 };
	gateway_policy(g, p);
	frame_make(frame, HOST1, HOST3, TCP, 100);
	frame_ports(frame, 4000, 22);
	push(g->tap);
	push(g->wire); /* mirrored: to port 4000 from port 22 would pass */
	frame_ports(frame, 22, 4000);
	push(g->wire);
	gateway_out(g, NOW);
	gateway_in(g, NOW);
	ck_assert_uint_eq(g->wire->n_tx, 1);
	ck_assert_uint_eq(protocol_of(&g->wire->tx[0]), TCP);
	ck_assert_uint_eq(g->tap->n_tx, 1);
	ck_assert_uint_eq(get16(g->tap->tx[0].data + ETH_HEADER + 20), 22);
	gateway_free(g);
}
END_TEST

START_TEST(fail_close_drops_both_ways)
{
	struct gateway *g = gateway_new();
	struct ipsec_policy *p = policy_any();

	policy_add_rule(p, IPSEC_DROP, 0);
	gateway_policy(g, p);
	frame_make(frame, HOST1, HOST3, ICMP, 100);
	push(g->tap);
	push(g->wire);
	gateway_out(g, NOW);
	gateway_in(g, NOW);
	ck_assert_uint_eq(g->wire->n_tx + g->tap->n_tx, 0);
	ck_assert_uint_eq(lane_dropped(&g->lane, policy), 2);
	/* An IPv4 crypto map holds back IPv4. */
	put16(pkt_data(frame) + 12, 0x86dd);
	both_ways(g);
	ck_assert_uint_eq(g->wire->n_tx + g->tap->n_tx, 2);
	ck_assert_uint_eq(lane_dropped(&g->lane, policy), 2);
	gateway_free(g);
}
END_TEST

START_TEST(key_server_messages_of_the_member_are_always_clear)
{
	struct gateway *g = gateway_new();
	struct ipsec_policy *p = policy_article();

	p->bypass = ip_v4(HOST1);
	gateway_policy(g, p);
	frame_make(frame, HOST1, HOST3, UDP, 100);
	frame_ports(frame, 848, 848);
	push(g->tap); /* from us: clear */
	put16(pkt_data(frame) + ETH_HEADER + 6, IPV4_MF);
	push(g->tap);
	put16(pkt_data(frame) + ETH_HEADER + 6, 10);
	push(g->tap); /* the rest of it */
	put16(pkt_data(frame) + ETH_HEADER + 4, 99);
	push(g->tap); /* the rest of something else */
	frame_make(frame, HOST3, HOST1, UDP, 100);
	frame_ports(frame, 848, 848);
	push(g->wire); /* to us: clear */
	put16(pkt_data(frame) + ETH_HEADER + 6, 10);
	push(g->wire);
	push(g->tap); /* somebody else's: not */
	gateway_out(g, NOW);
	gateway_in(g, NOW);
	ck_assert_uint_eq(g->wire->n_tx, 5);
	for (int i = 0; i < 5; i++)
		ck_assert_uint_eq(protocol_of(&g->wire->tx[i]),
				  i < 3 ? UDP : ESP);
	ck_assert_uint_eq(g->tap->n_tx, 2);
	gateway_free(g);
}
END_TEST

START_TEST(a_far_port_848_opens_no_port_of_the_member)
{
	struct gateway *g = gateway_new();
	struct ipsec_policy *p = policy_article();

	p->bypass = ip_v4(HOST1);
	gateway_policy(g, p);
	frame_make(frame, HOST3, HOST1, UDP, 100);
	frame_ports(frame, 848, 53);
	push(g->wire);
	frame_make(frame, HOST1, HOST3, UDP, 100);
	frame_ports(frame, 53, 848);
	push(g->tap);
	gateway_out(g, NOW);
	gateway_in(g, NOW);
	ck_assert_uint_eq(g->tap->n_tx, 0);
	ck_assert_uint_eq(gateway_counters(g).clear_refused, 1);
	ck_assert_uint_eq(g->wire->n_tx, 1);
	ck_assert_uint_eq(protocol_of(&g->wire->tx[0]), ESP);
	gateway_free(g);
}
END_TEST

START_TEST(an_unknown_spi_is_refused_where_the_policy_covers_it)
{
	struct gateway *g = gateway_new();
	struct ipsec_policy *p;
	struct event e;

	gateway_policy(g, policy_article());
	frame_make(frame, HOST3, HOST1, ESP, 100);
	put32(pkt_data(frame) + ETH_HEADER + 20, 0xa0b897b5);
	push(g->wire);
	gateway_in(g, NOW);
	ck_assert_uint_eq(g->tap->n_tx, 0);
	ck_assert_uint_eq(gateway_counters(g).invalid_sa, 1);
	ck_assert(events_take(&g->events, &e));
	ck_assert_int_eq(e.kind, EVENT_BAD_SPI);
	ck_assert_uint_eq(e.spi, 0xa0b897b5);
	ck_assert_uint_eq(e.dst, HOST1);
	ck_assert_str_eq(e.interface, "Ethernet0/0");
	p = policy_article();
	policy_add_rule(p, IPSEC_CLEAR, ESP);
	gateway_policy(g, p);
	push(g->wire);
	gateway_in(g, NOW);
	ck_assert_uint_eq(g->tap->n_tx, 1);
	gateway_free(g);
}
END_TEST

START_TEST(without_a_usable_sa_a_permit_drops)
{
	struct gateway *g = gateway_new();
	struct ipsec_policy *p = policy_any();
	struct ipsec_sa sa = sa_make(&article_transform, 9);

	sa.expires = NOW;
	policy_add_sa(p, sa);
	gateway_policy(g, p);
	frame_make(frame, HOST1, HOST3, ICMP, 100);
	push(g->tap);
	gateway_out(g, NOW);
	ck_assert_uint_eq(g->wire->n_tx, 0);
	ck_assert_uint_eq(gateway_counters(g).no_sa, 1);
	gateway_free(g);
}
END_TEST

static struct ipsec_policy *two_keys(void)
{
	struct ipsec_policy *p = policy_any();
	struct ipsec_sa new = sa_make(&article_transform, 2);

	new.send_from = NOW + SEC(30);
	policy_add_sa(p, new);
	policy_add_sa(p, sa_make(&article_transform, 1));
	return p;
}

START_TEST(the_newest_key_is_used_from_its_time_on)
{
	struct gateway *a = gateway_new(), *b = gateway_new();
	uint32_t spi[2];

	gateway_policy(a, two_keys());
	gateway_policy(b, two_keys());
	for (int i = 0; i < 2; i++) {
		frame_make(frame, HOST1, HOST3, ICMP, 100);
		push(a->tap);
		gateway_out(a, NOW + i * SEC(30));
		spi[i] = get32(a->wire->tx[i].data + ETH_HEADER + 20);
	}
	ck_assert_uint_eq(spi[0], 0x6bafd301);
	ck_assert_uint_eq(spi[1], 0x6bafd302);
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 2);
	gateway_free(a);
	gateway_free(b);
}
END_TEST

START_TEST(a_packet_too_big_is_cut_before_it_is_encrypted)
{
	struct gateway *a = gateway_new(), *b = gateway_new();
	struct ipv4 ip;
	unsigned int octets = 0;

	gateway_policy(a, policy_article());
	gateway_policy(b, policy_article());
	frame_make(frame, HOST1, HOST3, UDP, 1500);
	push(a->tap);
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->wire->n_tx, 2);
	for (int i = 0; i < 2; i++) {
		ck_assert_uint_le(a->wire->tx[i].len, 1514);
		ck_assert_uint_eq(protocol_of(&a->wire->tx[i]), ESP);
	}
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 2);
	for (int i = 0; i < 2; i++) {
		const uint8_t *data = b->tap->tx[i].data + ETH_HEADER;

		ck_assert(ipv4_read(&ip, data, b->tap->tx[i].len - 14));
		ck_assert_uint_eq(ip_checksum(data, 20), 0);
		ck_assert_uint_eq((ip.fragment & IPV4_OFFSET) * 8, octets);
		ck_assert_int_eq((ip.fragment & IPV4_MF) != 0, i == 0);
		ck_assert_mem_eq(data + 20,
				 pkt_data(frame) + ETH_HEADER + 20 + octets,
				 ip.total - 20u);
		octets += ip.total - 20u;
	}
	ck_assert_uint_eq(octets, 1480);
	gateway_free(a);
	gateway_free(b);
}
END_TEST

/* permit udp any any eq 5000: the later fragments have no ports. */
static struct ipsec_policy *policy_port(void)
{
	struct ipsec_policy *p = policy_article();

	p->rules[0].ace.protocol = UDP;
	p->rules[0].ace.dport = (struct ace_port){ ACE_EQ, 5000, 0 };
	return p;
}

START_TEST(every_piece_of_a_packet_that_ports_select_is_protected)
{
	struct gateway *a = gateway_new(), *b = gateway_new();

	gateway_policy(a, policy_port());
	gateway_policy(b, policy_port());
	frame_make(frame, HOST1, HOST3, UDP, 1500);
	frame_ports(frame, 5000, 5000);
	push(a->tap); /* cut here */
	frame_make(frame, HOST1, HOST3, UDP, 100);
	put16(pkt_data(frame) + ETH_HEADER + 6, 10);
	push(a->tap); /* cut by the host */
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->wire->n_tx, 3);
	for (int i = 0; i < 3; i++)
		ck_assert_uint_eq(protocol_of(&a->wire->tx[i]), ESP);
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 3);
	gateway_free(a);
	gateway_free(b);
}
END_TEST

START_TEST(a_packet_that_must_not_be_cut_is_answered_with_the_mtu)
{
	struct gateway *g = gateway_new();
	const uint8_t *icmp;

	gateway_policy(g, policy_article());
	frame_make(frame, HOST1, HOST3, TCP, 1500);
	put16(pkt_data(frame) + ETH_HEADER + 6, IPV4_DF);
	push(g->tap);
	gateway_out(g, NOW);
	ck_assert_uint_eq(g->wire->n_tx, 0);
	ck_assert_uint_eq(g->icmp->n_tx, 1);
	icmp = g->icmp->tx[0].data + ETH_HEADER + 20;
	ck_assert_uint_eq(get32(icmp - 8), 0xc0000201);
	ck_assert_uint_eq(get32(icmp - 4), HOST1);
	ck_assert_uint_eq(icmp[0], 3);
	ck_assert_uint_eq(icmp[1], 4);
	ck_assert_uint_eq(get16(icmp + 6), 1426);
	ck_assert_uint_eq(ip_checksum(icmp, g->icmp->tx[0].len - 34), 0);
	ck_assert_mem_eq(icmp + 8, pkt_data(frame) + ETH_HEADER, 28);
	/* 1426 octets do fit. */
	frame_make(frame, HOST1, HOST3, TCP, 1426);
	put16(pkt_data(frame) + ETH_HEADER + 6, IPV4_DF);
	push(g->tap);
	gateway_out(g, NOW);
	ck_assert_uint_eq(g->wire->n_tx, 1);
	ck_assert_uint_le(g->wire->tx[0].len, 1514);
	gateway_free(g);
}
END_TEST

START_TEST(a_flipped_octet_is_counted_as_failed_verification)
{
	struct gateway *a = gateway_new(), *b = gateway_new();
	uint8_t sealed[198];

	gateway_policy(a, policy_article());
	gateway_policy(b, policy_article());
	frame_make(frame, HOST1, HOST3, ICMP, 100);
	push(a->tap);
	gateway_out(a, NOW);
	memcpy(sealed, a->wire->tx[0].data, sizeof(sealed));
	/* Behind the SPI, which would name another SA. */
	for (size_t i = ETH_HEADER + 24; i < sizeof(sealed); i++) {
		sealed[i] ^= 4;
		fake_clear(b->wire);
		fake_push(b->wire, sealed, sizeof(sealed));
		gateway_in(b, NOW);
		sealed[i] ^= 4;
	}
	ck_assert_uint_eq(b->tap->n_tx, 0);
	ck_assert_uint_eq(gateway_counters(b).verify_fail,
			  sizeof(sealed) - ETH_HEADER - 24);
	ck_assert_uint_eq(gateway_counters(b).decrypt, 0);
	ck_assert(has_event(b, EVENT_BAD_ICV));
	gateway_free(a);
	gateway_free(b);
}
END_TEST

START_TEST(a_packet_from_another_time_is_refused_and_told)
{
	struct gateway *a = gateway_new(), *b = gateway_new();
	struct event e;

	gateway_policy(a, policy_article());
	gateway_policy(b, policy_article());
	frame_make(frame, HOST1, HOST3, ICMP, 100);
	push(a->tap);
	gateway_out(a, NOW);
	wire_to(a, b);
	gateway_in(b, NOW + SEC(6));
	ck_assert_uint_eq(b->tap->n_tx, 0);
	ck_assert_uint_eq(gateway_counters(b).replay_fail, 1);
	ck_assert(events_take(&b->events, &e));
	ck_assert_int_eq(e.kind, EVENT_REPLAY_TIME);
	ck_assert_uint_eq(e.mine >> 32, 1006);
	ck_assert_uint_eq(e.peer >> 32, 1000);
	ck_assert_str_eq(e.group, "G");
	gateway_free(a);
	gateway_free(b);
}
END_TEST

START_TEST(what_no_permit_covers_is_refused_after_decryption)
{
	struct gateway *a = gateway_new(), *b = gateway_new();
	struct ipsec_policy *narrow = policy_article();

	gateway_policy(a, policy_article());
	narrow->rules[0].ace.protocol = TCP;
	gateway_policy(b, narrow);
	frame_make(frame, HOST1, HOST3, ICMP, 100);
	push(a->tap);
	frame_make(frame, HOST1, HOST3, TCP, 100);
	push(a->tap);
	gateway_out(a, NOW);
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 1);
	ck_assert_uint_eq(protocol_of(&b->tap->tx[0]), TCP);
	ck_assert_uint_eq(gateway_counters(b).invalid_sa, 1);
	gateway_free(a);
	gateway_free(b);
}
END_TEST

START_TEST(a_local_deny_does_not_refuse_what_was_encrypted)
{
	struct gateway *a = gateway_new(), *b = gateway_new();
	struct ipsec_policy *p = policy_article();

	gateway_policy(a, policy_article());
	policy_add_rule(p, IPSEC_CLEAR, ICMP);
	gateway_policy(b, p);
	frame_make(frame, HOST1, HOST3, ICMP, 100);
	push(a->tap);
	gateway_out(a, NOW);
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 1);
	gateway_free(a);
	gateway_free(b);
}
END_TEST

START_TEST(every_burst_length_keeps_the_order)
{
	struct gateway *a = gateway_new(), *b = gateway_new();
	struct ipsec_policy *p = policy_article();

	policy_add_rule(p, IPSEC_CLEAR, TCP);
	gateway_policy(a, p);
	p = policy_article();
	policy_add_rule(p, IPSEC_CLEAR, TCP);
	gateway_policy(b, p);
	for (unsigned int n = 1; n < 120; n += 7) {
		fake_clear(a->tap);
		fake_clear(a->wire);
		fake_clear(b->tap);
		for (unsigned int i = 0; i < n; i++) {
			frame_make(frame, HOST1, HOST3, i % 5 ? UDP : TCP,
				   60 + i);
			push(a->tap);
		}
		gateway_out(a, NOW);
		wire_to(a, b);
		gateway_in(b, NOW);
		ck_assert_uint_eq(b->tap->n_tx, n);
		for (unsigned int i = 0; i < n; i++)
			ck_assert_uint_eq(b->tap->tx[i].len, 74 + i);
	}
	gateway_free(a);
	gateway_free(b);
}
END_TEST

START_TEST(a_new_policy_goes_on_with_the_numbers_of_its_keys)
{
	struct gateway *g = gateway_new();

	for (uint32_t i = 1; i <= 20; i++) {
		gateway_policy(g, policy_article());
		frame_make(frame, HOST1, HOST3, ICMP, 100);
		push(g->tap);
		gateway_out(g, NOW);
		ck_assert_uint_eq(get32(g->wire->tx[i - 1].data + 38), i);
	}
	ck_assert_uint_eq(gateway_counters(g).encrypt, 20);
	stats_clear(g->stats, "G");
	ck_assert_uint_eq(gateway_counters(g).encrypt, 0);
	gateway_free(g);
}
END_TEST

START_TEST(an_inconsistent_policy_is_refused)
{
	struct gateway *g = gateway_new();
	struct ipsec_policy *p = policy_article();

	p->rules[0].flow = 7;
	ck_assert_ptr_null(policy_new(p, g->store, g->stats));
	p->rules[0].flow = 0;
	p->flows[0].sas[0] = 3;
	ck_assert_ptr_null(policy_new(p, g->store, g->stats));
	p->flows[0].sas[0] = 0;
	p->sas[0].key.len--;
	ck_assert_ptr_null(policy_new(p, g->store, g->stats));
	p->sas[0].key.len++;
	p->sas[0].spi = 255;
	ck_assert_ptr_null(policy_new(p, g->store, g->stats));
	ipsec_policy_free(p);
	gateway_free(g);
}
END_TEST

static TCase *lane_case(void)
{
	TCase *tc = tcase_create("lane");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, ten_pings_go_through_two_gateways);
	tcase_add_test(tc, everything_passes_where_no_rule_is);
	tcase_add_test(tc, ipv4_is_held_until_the_first_policy);
	tcase_add_test(tc, malformed_ipv4_passes_neither_way);
	tcase_add_test(tc, what_is_not_ip_passes_untouched);
	tcase_add_test(tc, the_direction_says_what_may_be_clear);
	tcase_add_test(tc, the_direction_of_one_group_is_not_anothers);
	tcase_add_test(tc, a_deny_makes_both_ways_clear);
	tcase_add_test(tc, fail_close_drops_both_ways);
	tcase_add_test(tc, key_server_messages_of_the_member_are_always_clear);
	tcase_add_test(tc, a_far_port_848_opens_no_port_of_the_member);
	tcase_add_test(tc,
		       an_unknown_spi_is_refused_where_the_policy_covers_it);
	tcase_add_test(tc, without_a_usable_sa_a_permit_drops);
	tcase_add_test(tc, the_newest_key_is_used_from_its_time_on);
	tcase_add_test(tc, a_packet_too_big_is_cut_before_it_is_encrypted);
	tcase_add_test(tc,
		       every_piece_of_a_packet_that_ports_select_is_protected);
	tcase_add_test(tc,
		       a_packet_that_must_not_be_cut_is_answered_with_the_mtu);
	tcase_add_test(tc, a_flipped_octet_is_counted_as_failed_verification);
	tcase_add_test(tc, a_packet_from_another_time_is_refused_and_told);
	tcase_add_test(tc, what_no_permit_covers_is_refused_after_decryption);
	tcase_add_test(tc, a_local_deny_does_not_refuse_what_was_encrypted);
	tcase_add_test(tc, every_burst_length_keeps_the_order);
	tcase_add_test(tc, a_new_policy_goes_on_with_the_numbers_of_its_keys);
	tcase_add_test(tc, an_inconsistent_policy_is_refused);
	return tc;
}

RUN_CASES("ipsec/lane", lane_case)
