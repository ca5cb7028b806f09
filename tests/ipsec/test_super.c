/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Superpackets through lanes: cut, encrypted, decrypted, joined again. */
#include <check.h>
#include <string.h>

#include "base/clock.h"
#include "ipsec/csum.h"
#include "tests/check_main.h"
#include "tests/ipsec/lanes.h"

enum {
	TCP = 6,
	UDP = 17,
	TCP_HEADER = 20,
	L4 = ETH_HEADER + IPV4_HEADER,
	MSS = 1000,
	SEGMENTS = 5,
	PAYLOAD = (SEGMENTS - 1) * MSS + 300,
	TCP_CHECK = 16, /* where it stands in the header */
	TCP_ACK = 0x10,
	TCP_PSH = 0x08,
};
#define NOW SEC(1000)
#define SEQ 0xfffff000u /* comes round on the way */
#define DF  0x4000

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

static void rewrite(uint16_t fragment)
{
	struct ipv4 ip = frame_ip(frame);

	ip.fragment = fragment;
	ipv4_write(&ip, pkt_data(frame) + ETH_HEADER);
}

/* As the kernel gives it: the checksum field holds the pseudo header's sum. */
static void make_tcp_super(uint16_t fragment)
{
	uint8_t *tcp = pkt_data(frame) + L4;
	uint16_t sum;

	frame_make(frame, HOST1, HOST3, TCP,
		   IPV4_HEADER + TCP_HEADER + PAYLOAD);
	rewrite(fragment);
	frame_ports(frame, 1234, 80);
	put32(tcp + 4, SEQ);
	put32(tcp + 8, 77);
	tcp[12] = TCP_HEADER / 4 << 4;
	tcp[13] = TCP_ACK | TCP_PSH;
	put16(tcp + 18, 0);
	sum = (uint16_t)~csum_fold(csum_pseudo4(
		pkt_data(frame) + ETH_HEADER + 12, TCP, TCP_HEADER + PAYLOAD));
	memcpy(tcp + TCP_CHECK, &sum, sizeof(sum));
	frame->vnet = (struct virtio_net_hdr){
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
		.hdr_len = L4 + TCP_HEADER,
		.gso_size = MSS,
		.csum_start = L4,
		.csum_offset = TCP_CHECK,
	};
}

static void push_super(struct gateway *g)
{
	fake_push(g->tap, pkt_data(frame), frame->len);
	g->tap->rx[g->tap->n_rx - 1].vnet = frame->vnet;
}

/* A segment by itself: right lengths and checksums. */
static void check_segment(const struct fake_frame *f, unsigned int number)
{
	size_t payload = number == SEGMENTS - 1 ? PAYLOAD % MSS : MSS;
	const uint8_t *tcp = f->data + L4;
	struct ipv4 ip;
	uint64_t sum;

	ck_assert_int_eq(f->vnet.gso_type, VIRTIO_NET_HDR_GSO_NONE);
	ck_assert_int_eq(f->vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM, 0);
	ck_assert(ipv4_read(&ip, f->data + ETH_HEADER, f->len - ETH_HEADER));
	ck_assert_uint_eq(ip.total, IPV4_HEADER + TCP_HEADER + payload);
	ck_assert_uint_eq(get32(tcp + 4), SEQ + number * MSS);
	ck_assert_int_eq(!!(tcp[13] & TCP_PSH), number == SEGMENTS - 1);
	sum = csum_pseudo4(f->data + ETH_HEADER + 12, TCP,
			   TCP_HEADER + payload);
	ck_assert_uint_eq(csum_fold(csum_add(sum, tcp, TCP_HEADER + payload)),
			  0);
}

START_TEST(a_superpacket_is_encrypted_in_segments_and_joined_behind_the_wire)
{
	struct gateway *a = gateway_new(), *b = gateway_new();
	const struct fake_frame *got = &b->tap->tx[0];

	gateway_policy(a, policy_article());
	gateway_policy(b, policy_article());
	make_tcp_super(DF);
	push_super(a);
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->wire->n_tx, SEGMENTS);
	ck_assert_uint_eq(gateway_counters(a).encrypt, SEGMENTS);
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(gateway_counters(b).decrypt, SEGMENTS);
	ck_assert_uint_eq(b->tap->n_tx, 1);
	ck_assert_uint_eq(got->pieces, SEGMENTS);
	ck_assert_uint_eq(got->len, frame->len);
	ck_assert_int_eq(got->vnet.gso_type, VIRTIO_NET_HDR_GSO_TCPV4);
	ck_assert_uint_eq(got->vnet.gso_size, MSS);
	ck_assert_mem_eq(got->data, pkt_data(frame), frame->len);
	gateway_free(a);
	gateway_free(b);
}
END_TEST

static struct ipsec_policy *tcp_goes_clear(void)
{
	struct ipsec_policy *p = policy_article();

	policy_add_rule(p, IPSEC_CLEAR, TCP);
	return p;
}

START_TEST(a_clear_superpacket_is_cut_for_a_wire_without_offloads)
{
	struct gateway *a = gateway_new();

	a->wire->port.offloads = false;
	gateway_policy(a, tcp_goes_clear());
	make_tcp_super(DF);
	push_super(a);
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->wire->n_tx, SEGMENTS);
	for (unsigned int i = 0; i < SEGMENTS; i++)
		check_segment(&a->wire->tx[i], i);
	gateway_free(a);
}
END_TEST

START_TEST(a_clear_superpacket_stays_whole_where_the_wire_takes_it)
{
	struct gateway *a = gateway_new();

	gateway_policy(a, tcp_goes_clear());
	make_tcp_super(DF);
	push_super(a);
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->wire->n_tx, 1);
	ck_assert_uint_eq(a->wire->tx[0].vnet.gso_size, MSS);
	ck_assert_uint_eq(a->wire->tx[0].len, frame->len);
	gateway_free(a);
}
END_TEST

/* With the checksum that a neighbour on the same machine leaves to others. */
static void push_partial_udp(struct gateway *g, size_t len)
{
	uint8_t *udp = pkt_data(frame) + L4;
	uint16_t sum;

	frame_make(frame, HOST1, HOST3, UDP, IPV4_HEADER + len);
	frame_ports(frame, 1234, 443);
	put16(udp + 4, (uint16_t)len);
	sum = (uint16_t)~csum_fold(
		csum_pseudo4(pkt_data(frame) + ETH_HEADER + 12, UDP, len));
	memcpy(udp + 6, &sum, sizeof(sum));
	fake_push(g->wire, pkt_data(frame), frame->len);
}

START_TEST(a_clear_superpacket_of_udp_is_counted_where_nobody_can_cut_it)
{
	struct gateway *b = gateway_new();
	struct ipsec_policy *p = policy_article();

	b->wire->port.offloads = false;
	policy_add_rule(p, IPSEC_CLEAR, UDP);
	gateway_policy(b, p);
	push_partial_udp(b, 8 + 4000);
	push_partial_udp(b, 8 + 1000);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 1);
	ck_assert_uint_eq(b->tap->tx[0].len, L4 + 8 + 1000);
	ck_assert_uint_eq(b->lane.stats.in.bad_super, 1);
	gateway_free(b);
}
END_TEST

static void mtu(struct gateway *g, unsigned int octets)
{
	g->lane.policy->mtu = octets;
}

START_TEST(segments_that_do_not_fit_are_answered_once)
{
	struct gateway *a = gateway_new();
	const uint8_t *icmp = a->icmp->tx[0].data + L4;

	gateway_policy(a, policy_article());
	mtu(a, 900);
	make_tcp_super(DF);
	push_super(a);
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->wire->n_tx, 0);
	ck_assert_uint_eq(a->icmp->n_tx, 1);
	ck_assert_uint_lt(get16(icmp + 6), 900);
	ck_assert_uint_eq(lane_dropped(&a->lane, too_big), 1);
	gateway_free(a);
}
END_TEST

START_TEST(segments_that_do_not_fit_and_may_be_are_fragmented)
{
	struct gateway *a = gateway_new(), *b = gateway_new();

	gateway_policy(a, policy_article());
	gateway_policy(b, policy_article());
	mtu(a, 900);
	make_tcp_super(0);
	push_super(a);
	gateway_out(a, NOW);
	/* The last one, of 300, fits. */
	ck_assert_uint_eq(a->wire->n_tx, 2 * (SEGMENTS - 1) + 1);
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, a->wire->n_tx);
	gateway_free(a);
	gateway_free(b);
}
END_TEST

START_TEST(a_superpacket_whose_header_lies_is_dropped)
{
	struct gateway *a = gateway_new();

	gateway_policy(a, policy_article());
	make_tcp_super(DF);
	frame->vnet.gso_size = 0;
	push_super(a);
	make_tcp_super(DF);
	frame->vnet.csum_start = 60000;
	push_super(a);
	make_tcp_super(DF);
	frame->vnet.gso_type = VIRTIO_NET_HDR_GSO_UDP;
	push_super(a);
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->wire->n_tx, 0);
	ck_assert_uint_eq(lane_dropped(&a->lane, bad_super), 3);
	gateway_free(a);
}
END_TEST

START_TEST(a_partial_checksum_is_completed_before_encryption)
{
	struct gateway *a = gateway_new(), *b = gateway_new();
	uint8_t *udp = pkt_data(frame) + L4;
	uint16_t sum;
	uint64_t all;

	gateway_policy(a, policy_article());
	gateway_policy(b, policy_article());
	frame_make(frame, HOST1, HOST3, UDP, IPV4_HEADER + 108);
	frame_ports(frame, 5000, 5001);
	put16(udp + 4, 108);
	sum = (uint16_t)~csum_fold(
		csum_pseudo4(pkt_data(frame) + ETH_HEADER + 12, UDP, 108));
	memcpy(udp + 6, &sum, sizeof(sum));
	frame->vnet = (struct virtio_net_hdr){
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.csum_start = L4,
		.csum_offset = 6,
	};
	push_super(a);
	gateway_out(a, NOW);
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 1);
	udp = b->tap->tx[0].data + L4;
	all = csum_pseudo4(b->tap->tx[0].data + ETH_HEADER + 12, UDP, 108);
	ck_assert_uint_eq(csum_fold(csum_add(all, udp, 108)), 0);
	gateway_free(a);
	gateway_free(b);
}
END_TEST

START_TEST(segments_of_two_flows_are_joined_each_with_its_own)
{
	struct gateway *a = gateway_new(), *b = gateway_new();

	gateway_policy(a, policy_article());
	gateway_policy(b, policy_article());
	make_tcp_super(DF);
	push_super(a);
	frame_ports(frame, 1235, 80);
	push_super(a);
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->wire->n_tx, 2 * SEGMENTS);
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 2);
	ck_assert_uint_eq(b->lane.stats.in_joined, 2 * (SEGMENTS - 1));
	gateway_free(a);
	gateway_free(b);
}
END_TEST

static TCase *super_case(void)
{
	TCase *tc = tcase_create("super");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(
		tc,
		a_superpacket_is_encrypted_in_segments_and_joined_behind_the_wire);
	tcase_add_test(tc,
		       a_clear_superpacket_is_cut_for_a_wire_without_offloads);
	tcase_add_test(tc,
		       a_clear_superpacket_stays_whole_where_the_wire_takes_it);
	tcase_add_test(
		tc,
		a_clear_superpacket_of_udp_is_counted_where_nobody_can_cut_it);
	tcase_add_test(tc, segments_that_do_not_fit_are_answered_once);
	tcase_add_test(tc, segments_that_do_not_fit_and_may_be_are_fragmented);
	tcase_add_test(tc, a_superpacket_whose_header_lies_is_dropped);
	tcase_add_test(tc, a_partial_checksum_is_completed_before_encryption);
	tcase_add_test(tc, segments_of_two_flows_are_joined_each_with_its_own);
	return tc;
}

RUN_CASES("ipsec/super", super_case)
