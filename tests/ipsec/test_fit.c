/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IPv4 that is too big for its way. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ipsec/pmtu.h"
#include "tests/check_main.h"
#include "tests/ipsec/lanes.h"
#include "tests/ipsec/segments.h"

enum { ESP = 50, TCP = 6, UDP = 17, ICMP = 1, L4 = ETH_HEADER + IPV4_HEADER };
#define NOW SEC(1000)

static struct pkt_pool *scratch;
static struct pkt *frame;
static struct gateway *a, *b;

static struct gateway *open_gateway(void)
{
	struct gateway *g = gateway_new();

	g->lane.pmtu = xcalloc(1, sizeof(struct pmtu));
	g->lane.gather = reasm_new();
	gateway_policy(g, policy_article());
	return g;
}

static void close_gateway(struct gateway *g)
{
	free(g->lane.pmtu);
	reasm_free(g->lane.gather);
	gateway_free(g);
}

static void setup(void)
{
	scratch = pkt_pool_new(0, 1);
	frame = pkt_get_big(scratch);
	a = open_gateway();
	b = open_gateway();
}

static void teardown(void)
{
	close_gateway(a);
	close_gateway(b);
	pkt_put(frame);
	pkt_pool_free(scratch);
}

static struct policy *policy_of(struct gateway *g)
{
	return atomic_load(&g->lane.policy);
}

static uint16_t fragment_of(const struct fake_frame *f)
{
	return get16(f->data + ETH_HEADER + 6);
}

/* The frame with or without DF. */
static void make(size_t total, bool df)
{
	uint8_t *packet = pkt_data(frame) + ETH_HEADER;

	frame_make(frame, HOST1, HOST3, UDP, total);
	put16(packet + 6, df ? IPV4_DF : 0);
	ipv4_rewrite(packet, (uint16_t)total, 0xb8, UDP);
}

static void send_frame(void)
{
	fake_clear(a->tap);
	fake_clear(a->wire);
	fake_push(a->tap, pkt_data(frame), frame->len);
	gateway_out(a, NOW);
}

static void arrives_whole(void)
{
	fake_clear(b->tap);
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 1);
	ck_assert_mem_eq(b->tap->tx[0].data, pkt_data(frame), frame->len);
}

/* IOS's table of pre-fragmentation and DF: what becomes of 1500 octets. */
static const struct df_case {
	enum ipsec_df df;
	bool inner, after;
	enum { BEFORE, AFTER, DROPPED } want;
} df_cases[] = {
	{ IPSEC_DF_COPY, false, false, BEFORE },
	{ IPSEC_DF_COPY, true, false, DROPPED },
	{ IPSEC_DF_UNSET, true, true, DROPPED },
	{ IPSEC_DF_UNSET, false, true, AFTER },
	{ IPSEC_DF_CLEAR, false, false, BEFORE },
	{ IPSEC_DF_CLEAR, true, false, BEFORE },
	{ IPSEC_DF_CLEAR, true, true, AFTER },
	{ IPSEC_DF_SET, false, false, DROPPED },
	{ IPSEC_DF_SET, true, true, DROPPED },
};

START_TEST(df_decides_with_the_configuration)
{
	const struct df_case *c = &df_cases[_i];
	struct policy *p = policy_of(a);

	p->df = c->df;
	p->fragment_after = c->after;
	make(1500, c->inner);
	send_frame();
	ck_assert_uint_eq(a->icmp->n_tx, c->want == DROPPED);
	ck_assert_uint_eq(a->wire->n_tx, c->want == DROPPED ? 0 : 2);
	ck_assert_uint_eq(gateway_counters(a).encrypt, c->want == DROPPED ? 0
						       : c->want == AFTER ? 1
									  : 2);
	ck_assert_uint_eq(lane_dropped(&a->lane, too_big), c->want == DROPPED);
	for (unsigned int i = 0; i < a->wire->n_tx; i++) {
		ck_assert_uint_le(a->wire->tx[i].len, ETH_HEADER + 1500);
		ck_assert_uint_eq(fragment_of(&a->wire->tx[i]) & IPV4_DF,
				  c->df == IPSEC_DF_COPY && c->inner ? IPV4_DF
								     : 0);
	}
	if (c->want == AFTER)
		arrives_whole();
}
END_TEST

START_TEST(the_outer_df_is_as_configured)
{
	static const struct {
		enum ipsec_df df;
		bool inner;
		uint16_t want;
	} cases[] = {
		{ IPSEC_DF_UNSET, true, IPV4_DF },
		{ IPSEC_DF_COPY, false, 0 },
		{ IPSEC_DF_SET, false, IPV4_DF },
		{ IPSEC_DF_CLEAR, true, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		policy_of(a)->df = cases[i].df;
		make(100, cases[i].inner);
		send_frame();
		ck_assert_uint_eq(fragment_of(&a->wire->tx[0]), cases[i].want);
		arrives_whole(); /* the inner one's is what it was */
	}
}
END_TEST

START_TEST(what_a_router_tells_is_told_to_the_host)
{
	struct fake_frame sent;
	uint8_t *packet = pkt_data(frame) + ETH_HEADER, *icmp;
	unsigned int mtu;

	make(1000, true);
	send_frame();
	sent = a->wire->tx[0];
	frame_make(frame, 0xc0000263, HOST1, ICMP, IPV4_HEADER + 8 + 28);
	icmp = packet + IPV4_HEADER;
	memset(icmp, 0, 8);
	icmp[0] = 3;
	icmp[1] = 4;
	put16(icmp + 6, 800);
	memcpy(icmp + 8, sent.data + ETH_HEADER, 28);
	put16(icmp + 2, ip_checksum(icmp, 36));
	fake_push(a->wire, pkt_data(frame), frame->len);
	icmp[2] ^= 1; /* a wrong checksum */
	fake_push(a->wire, pkt_data(frame), frame->len);
	gateway_in(a, NOW);
	ck_assert_uint_eq(a->lane.stats.path_mtus, 1);
	ck_assert_uint_eq(a->tap->n_tx, 0);
	make(1000, true);
	send_frame();
	ck_assert_uint_eq(a->icmp->n_tx, 1);
	ck_assert_uint_eq(a->wire->n_tx, 0);
	mtu = get16(a->icmp->tx[0].data + L4 + 6);
	make(mtu, true);
	send_frame();
	ck_assert_uint_le(a->wire->tx[0].len, ETH_HEADER + 800);
	/* Without DF it is cut for the narrow place. */
	make(1000, false);
	send_frame();
	ck_assert_uint_eq(a->wire->n_tx, 2);
	ck_assert_uint_le(a->wire->tx[0].len, ETH_HEADER + 800);
	/* After ten minutes it may have been mended. */
	make(1000, true);
	fake_clear(a->tap);
	fake_clear(a->wire);
	fake_push(a->tap, pkt_data(frame), frame->len);
	gateway_out(a, NOW + SEC(601));
	ck_assert_uint_eq(a->wire->n_tx, 1);
}
END_TEST

START_TEST(a_table_of_path_mtus_forgets_and_keeps_destinations_apart)
{
	struct pmtu *t = a->lane.pmtu;

	ck_assert(!pmtu_any(t));
	pmtu_learn(t, pmtu_key4(HOST3), 1400, NOW);
	ck_assert(pmtu_any(t));
	ck_assert_uint_eq(pmtu_find(t, pmtu_key4(HOST3), 1500, NOW), 1400);
	ck_assert_uint_eq(pmtu_find(t, pmtu_key4(HOST3), 1300, NOW), 1300);
	ck_assert_uint_eq(pmtu_find(t, pmtu_key4(HOST1), 1500, NOW), 1500);
	ck_assert_uint_eq(pmtu_find(t, pmtu_key4(HOST3), 1500,
				    NOW + SEC(PMTU_LIFE)),
			  1500);
	ck_assert(!pmtu_any(t));
	pmtu_learn(t, pmtu_key4(HOST3), 1400, NOW);
	pmtu_forget(t);
	ck_assert_uint_eq(pmtu_find(t, pmtu_key4(HOST3), 1500, NOW), 1500);
}
END_TEST

/* Fragments of the frame, as a host makes them. */
static void push_fragments(unsigned int mtu)
{
	struct ipv4 ip = frame_ip(frame);
	uint8_t piece[1600];
	struct ipv4_cut cut;
	size_t len;

	fake_clear(a->tap);
	fake_clear(a->wire);
	memcpy(piece, pkt_data(frame), ETH_HEADER);
	ck_assert(ipv4_cut_start(&cut, pkt_data(frame) + ETH_HEADER, &ip, mtu));
	while ((len = ipv4_cut_next(&cut, piece + ETH_HEADER)))
		fake_push(a->tap, piece, ETH_HEADER + len);
}

START_TEST(transport_mode_encrypts_the_whole_and_cuts_it_then)
{
	struct gateway *both[] = { a, b };

	for (int i = 0; i < 2; i++) {
		struct ipsec_policy *in = policy_article();

		in->sas[0].transform.transport = true;
		gateway_policy(both[i], in);
	}
	make(5000, false);
	push_fragments(1500);
	gateway_out(a, NOW);
	ck_assert_uint_eq(gateway_counters(a).encrypt, 1);
	ck_assert_uint_eq(a->wire->n_tx, 4);
	arrives_whole();
	/* One piece is missing: nothing leaves, and it is counted. */
	push_fragments(1500);
	a->tap->n_rx--;
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->wire->n_tx, 0);
	push_fragments(1500);
	a->tap->rx[0].data[ETH_HEADER + 5] ^= 1; /* another packet's */
	gateway_out(a, NOW + SEC(3));
	ck_assert_uint_eq(a->wire->n_tx, 0);
	ck_assert_uint_gt(lane_dropped(&a->lane, fragment), 0);
}
END_TEST

START_TEST(clear_packets_are_made_to_fit_ip_mtu)
{
	gateway_policy(a, xcalloc(1, sizeof(struct ipsec_policy)));
	policy_of(a)->mtu = policy_of(a)->clear_mtu = 1000;
	make(1400, false);
	send_frame();
	ck_assert_uint_eq(a->wire->n_tx, 2);
	ck_assert_uint_le(a->wire->tx[0].len, ETH_HEADER + 1000);
	ck_assert_uint_eq(fragment_of(&a->wire->tx[0]), IPV4_MF);
	make(1400, true);
	send_frame();
	ck_assert_uint_eq(a->wire->n_tx, 0);
	ck_assert_uint_eq(a->icmp->n_tx, 1);
	ck_assert_uint_eq(get16(a->icmp->tx[0].data + L4 + 6), 1000);
	make(1000, true);
	send_frame();
	ck_assert_uint_eq(a->wire->n_tx, 1);
}
END_TEST

START_TEST(clear_superpackets_are_made_to_fit_ip_mtu)
{
	const struct segment s = {
		.tcp = true, .src = HOST1, .dst = HOST3, .flags = ACK, .df = _i
	};
	struct pkt *super = pkt_get_big(a->lane.pool);

	gateway_policy(a, xcalloc(1, sizeof(struct ipsec_policy)));
	policy_of(a)->mtu = policy_of(a)->clear_mtu = 1000;
	segment_write_super(super, &s, 1, 4000, 1360);
	fake_push(a->tap, pkt_data(super), super->len);
	a->tap->rx[0].vnet = super->vnet;
	pkt_put(super);
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->icmp->n_tx, _i);
	ck_assert_uint_eq(a->wire->n_tx, _i ? 0 : 6);
	for (unsigned int i = 0; i < a->wire->n_tx; i++)
		ck_assert_uint_le(a->wire->tx[i].len, ETH_HEADER + 1000);
}
END_TEST

START_TEST(a_packet_of_too_many_pieces_is_given_up)
{
	make(8000, false);
	policy_of(a)->fragment_after = true;
	policy_of(a)->mtu = 60;
	send_frame();
	ck_assert_uint_gt(a->wire->n_tx, FAKE_QUEUE); /* 32 octets each */
	fake_clear(b->wire);
	for (unsigned int i = 0; i < FAKE_QUEUE; i++)
		fake_push(b->wire, a->wire->tx[i].data, a->wire->tx[i].len);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 0);
}
END_TEST

static TCase *fit_case(void)
{
	TCase *tc = tcase_create("fit");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, df_decides_with_the_configuration, 0,
			    ARRAY_SIZE(df_cases));
	tcase_add_test(tc, the_outer_df_is_as_configured);
	tcase_add_test(tc, what_a_router_tells_is_told_to_the_host);
	tcase_add_test(
		tc, a_table_of_path_mtus_forgets_and_keeps_destinations_apart);
	tcase_add_test(tc, transport_mode_encrypts_the_whole_and_cuts_it_then);
	tcase_add_test(tc, clear_packets_are_made_to_fit_ip_mtu);
	tcase_add_loop_test(tc, clear_superpackets_are_made_to_fit_ip_mtu, 0,
			    2);
	tcase_add_test(tc, a_packet_of_too_many_pieces_is_given_up);
	return tc;
}

RUN_CASES("ipsec/fit", fit_case)
