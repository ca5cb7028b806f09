/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "ipsec/gso.h"
#include "ipsec/ip.h"
#include "tests/check_main.h"
#include "tests/ipsec/joins.h"

enum { TCP = 0, TCP_OTHER = 1, UDP = 5, UDP_DF = 6, SIZE = 1348 };

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
	static const unsigned int flows[] = { TCP, TCP_OTHER, UDP, UDP_DF };
	unsigned int flow = flows[_i];
	const struct virtio_net_hdr *vnet;
	const struct pkt *p;

	for (int i = 0; i < 40; i++)
		add(flow, SIZE);
	joins_run(j, true);
	ck_assert_uint_eq(j->n_out, 1);
	p = j->out[0];
	vnet = &p->vnet;
	ck_assert_uint_eq(vnet->flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
	ck_assert_uint_eq(vnet->gso_type,
			  flow < UDP ? VIRTIO_NET_HDR_GSO_TCPV4 : GSO_UDP_L4);
	ck_assert_uint_eq(vnet->gso_size, SIZE);
	ck_assert_uint_eq(vnet->csum_start, 34);
	ck_assert_uint_eq(vnet->csum_offset, flow < UDP ? 16 : 6);
	ck_assert_uint_eq(get16(pkt_data(p) + 16),
			  p->len - ETH_HEADER + 39 * SIZE);
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
	tcase_add_loop_test(tc, segments_of_a_flow_become_one, 0, 4);
	tcase_add_loop_test(tc, any_mix_of_flows_comes_apart_as_it_was, 0, 20);
	return tc;
}

RUN_CASES("ipsec/gro", joining)
