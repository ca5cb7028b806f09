/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/check_main.h"
#include "tests/ipsec/lanes.h"

enum { UDP = 17, ESP = 50 };
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

/* Cuts the frame f on the wire, as a router on the way does. */
static unsigned int cut(const struct fake_frame *f, uint8_t out[][1514],
			size_t *lens, unsigned int mtu)
{
	struct ipv4_cut c;
	struct ipv4 ip;
	unsigned int n = 0;

	ck_assert(ipv4_read(&ip, f->data + ETH_HEADER, f->len - ETH_HEADER));
	ck_assert(ipv4_cut_start(&c, f->data + ETH_HEADER, &ip, mtu));
	for (;;) {
		memcpy(out[n], f->data, ETH_HEADER);
		lens[n] = ipv4_cut_next(&c, out[n] + ETH_HEADER);
		if (!lens[n])
			return n;
		lens[n++] += ETH_HEADER;
	}
}

START_TEST(esp_that_the_network_has_cut_is_put_together)
{
	static uint8_t pieces[8][1514];
	struct gateway *a = gateway_new(), *b = gateway_new();
	unsigned int n;
	size_t lens[8];

	gateway_policy(a, policy_article());
	gateway_policy(b, policy_article());
	frame_make(frame, HOST1, HOST3, UDP, 1000);
	push(a->tap);
	gateway_out(a, NOW);
	n = cut(&a->wire->tx[0], pieces, lens, 400);
	ck_assert_uint_eq(n, 3);
	for (unsigned int i = n; i > 0; i--) /* last one first */
		fake_push(b->wire, pieces[i - 1], lens[i - 1]);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 1);
	ck_assert_mem_eq(b->tap->tx[0].data, pkt_data(frame), frame->len);
	/* One missing, one twice: nothing comes out, nothing is kept. */
	fake_clear(b->wire);
	fake_push(b->wire, pieces[0], lens[0]);
	fake_push(b->wire, pieces[0], lens[0]);
	fake_push(b->wire, pieces[1], lens[1]);
	gateway_in(b, NOW);
	fake_clear(b->wire);
	fake_push(b->wire, pieces[2], lens[2]);
	gateway_in(b, NOW + SEC(60));
	ck_assert_uint_eq(b->tap->n_tx, 1);
	ck_assert_uint_gt(lane_dropped(&b->lane, fragment), 0);
	gateway_free(a);
	gateway_free(b);
}
END_TEST

/* A piece of an ESP packet on g's wire: len octets at octet at. */
static void push_piece(struct gateway *g, uint32_t src, uint16_t id,
		       uint32_t spi, size_t at, size_t len, bool last)
{
	uint8_t *packet;

	frame_make(frame, src, HOST1, ESP, IPV4_HEADER + len);
	packet = pkt_data(frame) + ETH_HEADER;
	put16(packet + 4, id);
	put16(packet + 6, (uint16_t)(at / 8 | (last ? 0 : IPV4_MF)));
	put32(packet + IPV4_HEADER, spi);
	push(g->wire);
}

static void read_pieces(struct gateway *g, int64_t now)
{
	gateway_in(g, now);
	fake_clear(g->wire);
}

START_TEST(an_end_before_what_has_come_completes_nothing)
{
	struct gateway *g = gateway_new();

	gateway_policy(g, policy_article());
	/* 16 octets have come, and the last one ends at octet 24. */
	push_piece(g, HOST3, 7, 0xbad, 0, 8, false);
	push_piece(g, HOST3, 7, 0, 1000, 8, false);
	push_piece(g, HOST3, 7, 0, 16, 8, true);
	read_pieces(g, NOW);
	ck_assert_uint_eq(lane_dropped(&g->lane, bad_spi), 0);
	ck_assert_uint_eq(lane_dropped(&g->lane, bad_icv), 0);
	ck_assert_uint_eq(lane_dropped(&g->lane, fragment), 2);
	gateway_free(g);
}
END_TEST

START_TEST(forged_fragments_do_not_push_out_genuine_ones)
{
	static uint8_t pieces[8][1514];
	struct gateway *a = gateway_new(), *b = gateway_new();
	size_t lens[8];

	gateway_policy(a, policy_article());
	gateway_policy(b, policy_article());
	frame_make(frame, HOST1, HOST3, UDP, 1000);
	push(a->tap);
	gateway_out(a, NOW);
	ck_assert_uint_eq(cut(&a->wire->tx[0], pieces, lens, 600), 2);
	fake_push(b->wire, pieces[0], lens[0]);
	read_pieces(b, NOW);
	/* Of many sources, of the genuine one; first pieces and others. */
	for (uint16_t i = 0; i < 100; i++) {
		push_piece(b, HOST3 + i, i, 0xbad, i % 2 ? 0 : 80, 80, false);
		read_pieces(b, NOW + i);
		push_piece(b, HOST1, (uint16_t)(1000 + i), 0xbad, 80, 80,
			   false);
		read_pieces(b, NOW + i);
	}
	fake_push(b->wire, pieces[1], lens[1]);
	read_pieces(b, NOW + 100);
	ck_assert_uint_eq(b->tap->n_tx, 1);
	ck_assert_uint_eq(gateway_counters(b).decrypt, 1);
	gateway_free(a);
	gateway_free(b);
}
END_TEST

START_TEST(a_source_that_knows_an_spi_has_its_share_of_places_only)
{
	struct gateway *g = gateway_new();
	uint32_t spi = 0x6bafd309;

	gateway_policy(g, policy_article());
	for (uint16_t i = 0; i < 100; i++) {
		push_piece(g, HOST3, i, spi, 0, 80, false);
		read_pieces(g, NOW + i);
	}
	ck_assert_uint_eq(lane_dropped(&g->lane, fragment),
			  100 - REASM_PER_SOURCE);
	for (uint16_t i = 1; i <= REASM_PACKETS - REASM_PER_SOURCE; i++) {
		push_piece(g, HOST3 + i, 0, spi, 0, 80, false);
		read_pieces(g, NOW + 100);
	}
	ck_assert_uint_eq(lane_dropped(&g->lane, fragment),
			  100 - REASM_PER_SOURCE);
	/* All places are taken: the oldest of all goes. */
	push_piece(g, HOST1, 0, spi, 0, 80, false);
	read_pieces(g, NOW + 100);
	ck_assert_uint_eq(lane_dropped(&g->lane, fragment),
			  101 - REASM_PER_SOURCE);
	gateway_free(g);
}
END_TEST

static TCase *reasm_case(void)
{
	TCase *tc = tcase_create("reasm");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, esp_that_the_network_has_cut_is_put_together);
	tcase_add_test(tc, an_end_before_what_has_come_completes_nothing);
	tcase_add_test(tc, forged_fragments_do_not_push_out_genuine_ones);
	tcase_add_test(tc,
		       a_source_that_knows_an_spi_has_its_share_of_places_only);
	return tc;
}

RUN_CASES("ipsec/reasm", reasm_case)
