/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ipsec/gso.h"
#include "ipsec/ipv6.h"
#include "tests/check_main.h"
#include "tests/ipsec/joins.h"

enum {
	TCP = 0,
	TCP_OTHER = 1,
	UDP = 5,
	UDP_DF = 6,
	TCP6 = 8,
	UDP6 = 10,
	SIZE = 1348
};

static struct joins *j;

static void setup(void)
{
	j = joins_new();
	j->flows[UDP_DF].df = true;
}

static void teardown(void)
{
	ck_assert(joins_free(j));
}

static void add(unsigned int flow, size_t n)
{
	ck_assert_ptr_nonnull(joins_segment(j, &j->flows[flow], n));
}

/* Frames out, and all as they were. */
static unsigned int out(void)
{
	unsigned int n;
	const char *wrong;

	joins_run(j, true);
	n = j->n_out;
	wrong = joins_check(j);
	ck_assert_msg(!wrong, "%s", wrong);
	return n;
}

START_TEST(segments_of_a_flow_become_one)
{
	static const struct {
		unsigned int flow, type, l4;
	} cases[] = {
		{ TCP, VIRTIO_NET_HDR_GSO_TCPV4, 34 },
		{ TCP_OTHER, VIRTIO_NET_HDR_GSO_TCPV4, 34 },
		{ UDP, GSO_UDP_L4, 34 },
		{ UDP_DF, GSO_UDP_L4, 34 },
		{ TCP6, VIRTIO_NET_HDR_GSO_TCPV6, 54 },
		{ UDP6, GSO_UDP_L4, 54 },
	};
	unsigned int flow = cases[_i].flow;
	const struct virtio_net_hdr *vnet;
	const struct pkt *p;

	for (int i = 0; i < 40; i++)
		add(flow, SIZE);
	joins_run(j, true);
	ck_assert_uint_eq(j->n_out, 1);
	p = j->out[0];
	vnet = &p->vnet;
	ck_assert_uint_eq(vnet->flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
	ck_assert_uint_eq(vnet->gso_type, cases[_i].type);
	ck_assert_uint_eq(vnet->gso_size, SIZE);
	ck_assert_uint_eq(vnet->csum_start, cases[_i].l4);
	ck_assert_uint_eq(vnet->csum_offset,
			  cases[_i].type == GSO_UDP_L4 ? 6 : 16);
	ck_assert_uint_eq(get16(pkt_data(p) + (flow < TCP6 ? 16 : 18)),
			  p->len - ETH_HEADER + 39 * SIZE -
				  (flow < TCP6 ? 0 : IPV6_HEADER));
	ck_assert_ptr_null(joins_check(j));
}
END_TEST

/* What the second of two segments may differ in. */
enum change {
	TOS,
	TTL,
	ID,
	DF,
	MAC,
	HOLE_UP,
	OVERLAP,
	ACKED,
	WINDOW,
	URGENT,
	NS,
	OPTION,
	LONGER,
	N_CHANGES
};

static void change(struct pkt *p, enum change what)
{
	uint8_t *ip = pkt_data(p) + ETH_HEADER, *tcp = ip + IPV4_HEADER;

	if (what == TOS)
		ip[1] ^= 3;
	else if (what == TTL)
		ip[8]--;
	else if (what == ID)
		ip[5] ^= 1;
	else if (what == DF)
		ip[6] ^= 0x40;
	else if (what == MAC)
		pkt_data(p)[11] ^= 1;
	else if (what == HOLE_UP)
		tcp[7]++;
	else if (what == OVERLAP)
		tcp[7]--;
	else if (what == ACKED)
		tcp[11]++;
	else if (what == WINDOW)
		tcp[15]++;
	else if (what == URGENT)
		tcp[19]++;
	else if (what == NS)
		tcp[12] ^= 1;
	else if (what == OPTION)
		tcp[31] ^= 1;
	segment_repair(p);
}

START_TEST(what_differs_is_not_joined)
{
	struct segment *flow = &j->flows[TCP_OTHER];

	flow->df = false;
	for (int what = -1; what < N_CHANGES; what++) {
		struct pkt *p;

		joins_segment(j, flow, 500);
		p = joins_segment(j, flow, what == LONGER ? 504 : 500);
		if (what >= 0)
			change(p, (enum change)what);
		ck_assert_msg(out() == (what < 0 ? 1 : 2), "change %d", what);
	}
}
END_TEST

START_TEST(flags_that_mean_something_are_not_joined)
{
	static const uint8_t flags[] = { FIN, SYN, RST, URG, CWR, ECE };
	struct segment *flow = &j->flows[TCP];

	for (size_t i = 0; i < sizeof(flags); i++) {
		add(TCP, 500);
		flow->flags |= flags[i];
		add(TCP, 500);
		add(TCP, 500);
		flow->flags = ACK;
		add(TCP, 500);
		ck_assert_uint_eq(out(), flags[i] == ECE ? 3 : 4);
	}
	flow->flags = 0;
	add(TCP, 500);
	add(TCP, 500);
	ck_assert_uint_eq(out(), 2);
}
END_TEST

START_TEST(an_acknowledgement_alone_stays_alone_and_in_its_place)
{
	add(TCP, 500);
	add(TCP, 500);
	add(TCP, 0);
	add(TCP, 500);
	add(TCP, 500);
	joins_run(j, true);
	ck_assert_uint_eq(j->n_out, 3);
	ck_assert_ptr_nonnull(j->out[0]->next);
	ck_assert_ptr_null(j->out[1]->next);
	ck_assert_ptr_nonnull(j->out[2]->next);
	ck_assert_ptr_null(joins_check(j));
}
END_TEST

START_TEST(a_push_and_a_shorter_one_are_the_last)
{
	struct segment *flow = &j->flows[TCP];

	add(TCP, 500);
	flow->flags |= PSH;
	add(TCP, 500);
	flow->flags = ACK;
	add(TCP, 500);
	add(TCP, 499);
	add(TCP, 499);
	joins_run(j, true);
	ck_assert_uint_eq(j->n_out, 3);
	ck_assert_uint_eq(pkt_data(j->out[0])[ETH_HEADER + 33], ACK | PSH);
	ck_assert_uint_eq(pkt_data(j->out[1])[ETH_HEADER + 33], ACK);
	ck_assert_ptr_null(j->out[2]->next);
	ck_assert_ptr_null(joins_check(j));
	add(UDP, 500);
	add(UDP, 20);
	add(UDP, 20);
	ck_assert_uint_eq(out(), 2);
}
END_TEST

/* Of n segments, the one at bad has an octet changed at an offset of the
 * frame. */
static unsigned int with_a_wrong(unsigned int flow, int n, int bad, size_t at)
{
	for (int i = 0; i < n; i++) {
		struct pkt *p = joins_segment(j, &j->flows[flow], 300);

		if (i == bad)
			pkt_data(p)[at] ^= 0x40;
	}
	return out();
}

START_TEST(a_wrong_checksum_goes_alone)
{
	static const size_t places[] = { 24, 100 }; /* IP's, TCP's */

	for (size_t i = 0; i < 2; i++) {
		ck_assert_uint_eq(with_a_wrong(TCP, 4, 0, places[i]), 2);
		ck_assert_uint_eq(with_a_wrong(TCP, 5, 2, places[i]), 3);
		ck_assert_uint_eq(with_a_wrong(TCP, 4, 3, places[i]), 2);
		ck_assert_uint_eq(with_a_wrong(UDP, 5, 2, places[i]), 3);
	}
}
END_TEST

/* Without checksum, and right for who does not know that. */
static void add_with_sum_of_zero(void)
{
	struct pkt *p = joins_segment(j, &j->flows[UDP], 100);
	uint8_t *udp = pkt_data(p) + ETH_HEADER + IPV4_HEADER;

	for (uint32_t word = 0; word < 0x10000; word++) {
		put16(udp + 8, (uint16_t)word);
		segment_repair(p);
		if (get16(udp + 6) == 0xffff)
			break;
	}
	ck_assert_uint_eq(get16(udp + 6), 0xffff);
	put16(udp + 6, 0);
}

START_TEST(udp_without_checksum_or_by_itself_is_not_joined)
{
	uint8_t *udp;

	for (int i = 0; i < 3; i++) {
		add(UDP, 100);
		udp = pkt_data(j->in[i].p) + ETH_HEADER + IPV4_HEADER;
		put16(udp + 6, 0);
	}
	ck_assert_uint_eq(out(), 3);
	for (int i = 0; i < 3; i++)
		add_with_sum_of_zero();
	ck_assert_uint_eq(out(), 3);
	add(UDP, 100);
	add(UDP, 100);
	add(TCP, 100);
	add(TCP, 100);
	joins_run(j, false);
	ck_assert_uint_eq(j->n_out, 3);
	ck_assert_ptr_null(joins_check(j));
}
END_TEST

START_TEST(udp_to_a_group_is_not_joined)
{
	j->flows[UDP_DF].dst = 0xef010101; /* 239.1.1.1 */
	for (int i = 0; i < 3; i++)
		add(UDP_DF, 100);
	ck_assert_uint_eq(out(), 3);
	for (int i = 0; i < 3; i++)
		add(UDP6, 100);
	ck_assert_uint_eq(out(), 1);
}
END_TEST

START_TEST(a_fragment_ends_what_is_between_its_addresses)
{
	struct pkt *p;

	add(UDP, 100);
	add(UDP, 100);
	p = joins_segment(j, &j->flows[UDP], 100);
	put16(pkt_data(p) + ETH_HEADER + 6, 5);
	segment_repair(p);
	add(UDP, 100);
	add(UDP, 100);
	joins_run(j, true);
	ck_assert_uint_eq(j->n_out, 3);
	ck_assert_ptr_eq(j->out[1], p);
	ck_assert_ptr_null(joins_check(j));
}
END_TEST

START_TEST(a_superpacket_ends_where_ip_does)
{
	for (int i = 0; i < GRO_FRAMES; i++)
		add(TCP, SIZE);
	ck_assert_uint_eq(out(), 2);
	for (int i = 0; i < GRO_FRAMES; i++)
		add(TCP, 1000);
	ck_assert_uint_eq(out(), 1);
}
END_TEST

START_TEST(every_frame_may_be_of_another_flow)
{
	struct segment *flow = &j->flows[TCP];

	for (int i = 0; i < GRO_FRAMES; i++) {
		flow->sport = (uint16_t)(i * 128);
		add(TCP, 100);
	}
	ck_assert_uint_eq(out(), GRO_FRAMES);
	for (int i = 0; i < GRO_FRAMES; i++) {
		flow->sport = (uint16_t)(i % 32);
		flow->sequence = (uint32_t)(i / 32 * 100);
		flow->id = (uint16_t)(i / 32);
		add(TCP, 100);
	}
	ck_assert_uint_eq(out(), 32);
}
END_TEST

START_TEST(padding_is_cut_off)
{
	for (int i = 0; i < 3; i++) {
		struct pkt *p = joins_segment(j, &j->flows[TCP], 3);

		p->len += 3;
	}
	joins_run(j, true);
	ck_assert_uint_eq(j->n_out, 1);
	ck_assert_uint_eq(j->out[0]->len, ETH_HEADER + 43);
	ck_assert_ptr_null(joins_check(j));
}
END_TEST

START_TEST(any_mix_of_flows_comes_apart_as_it_was)
{
	uint64_t x = 0x9e3779b97f4a7c15u * (uint64_t)(_i + 1);
	unsigned int in = 0, n_out = 0;

	for (int batch = 0; batch < 40; batch++) {
		uint8_t script[512];
		struct rd r = rd_init(script, sizeof(script));

		for (size_t i = 0; i < sizeof(script); i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			script[i] = (uint8_t)(x >> 32);
			if (_i % 2) /* fewer flows, fewer oddities */
				script[i] = script[i] % 16 ? script[i] & 1
							   : script[i] ^ 0x55;
		}
		joins_script(j, &r);
		in += j->n_in;
		n_out += out();
	}
	ck_assert_uint_lt(n_out, in);
}
END_TEST

static TCase *joining(void)
{
	TCase *tc = tcase_create("joining");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, segments_of_a_flow_become_one, 0, 6);
	tcase_add_loop_test(tc, any_mix_of_flows_comes_apart_as_it_was, 0, 20);
	tcase_add_test(tc, a_push_and_a_shorter_one_are_the_last);
	tcase_add_test(tc, a_superpacket_ends_where_ip_does);
	tcase_add_test(tc, every_frame_may_be_of_another_flow);
	tcase_add_test(tc, padding_is_cut_off);
	return tc;
}

static TCase *refusing(void)
{
	TCase *tc = tcase_create("refusing");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_differs_is_not_joined);
	tcase_add_test(tc, flags_that_mean_something_are_not_joined);
	tcase_add_test(tc,
		       an_acknowledgement_alone_stays_alone_and_in_its_place);
	tcase_add_test(tc, a_wrong_checksum_goes_alone);
	tcase_add_test(tc, udp_without_checksum_or_by_itself_is_not_joined);
	tcase_add_test(tc, udp_to_a_group_is_not_joined);
	tcase_add_test(tc, a_fragment_ends_what_is_between_its_addresses);
	return tc;
}

RUN_CASES("ipsec/gro", joining, refusing)
