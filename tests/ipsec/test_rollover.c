/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From one key to the next: two SPIs at a time, a key that is gone at once,
 * the moment a key ends, packets on their way; and what rekeys themselves
 * need: IGMP and the multicast group go clear. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/ipsec/lanes.h"

enum { IGMP = 2, UDP = 17, SWAPS = 100, SPI0 = 0x6bafd300 };
#define NOW	     SEC(1000)
#define GROUP	     0xefc00101u /* 239.192.1.1 */
#define OWN	     0xc0000201u /* the member's: lanes.h */
#define IGMP_ALL     0xe0000001u
#define IGMP_ROUTERS 0xe0000016u /* that speak IGMPv3 */

static struct gateway *a, *b;
static struct pkt_pool *scratch;
static struct pkt *frame;

static void setup(void)
{
	a = gateway_new();
	b = gateway_new();
	scratch = pkt_pool_new(0, 1);
	frame = pkt_get_big(scratch);
	frame_make(frame, HOST1, HOST3, UDP, 100);
}

static void teardown(void)
{
	pkt_put(frame);
	pkt_pool_free(scratch);
	gateway_free(a);
	gateway_free(b);
}

static void push(struct fake_port *port)
{
	fake_push(port, pkt_data(frame), frame->len);
}

static void add_key(struct ipsec_policy *p, uint8_t seed, int64_t send_from,
		    int64_t expires)
{
	struct ipsec_sa sa = sa_make(&article_transform, seed);

	sa.send_from = send_from;
	sa.expires = expires;
	policy_add_sa(p, sa);
}

/* One packet from a to b: whether it arrives.  spi: what it was sent with. */
static bool crosses(int64_t now, uint32_t *spi)
{
	fake_clear(a->tap);
	fake_clear(a->wire);
	fake_clear(b->tap);
	push(a->tap);
	gateway_out(a, now);
	*spi = a->wire->n_tx ? get32(a->wire->tx[0].data + ETH_HEADER + 20) : 0;
	wire_to(a, b);
	gateway_in(b, now);
	return b->tap->n_tx == 1;
}

/* Key i is new; the one before is sent with until its time. */
static void roll(struct gateway *g, unsigned int i, int64_t send_from)
{
	struct ipsec_policy *p = policy_any();

	add_key(p, (uint8_t)(i + 1), send_from, NOW + SEC(10000));
	add_key(p, (uint8_t)i, 0, NOW + SEC(10000));
	gateway_policy(g, p);
}

START_TEST(no_order_in_which_members_learn_a_key_loses_a_packet)
{
	uint32_t spi;

	for (unsigned int i = 1; i <= SWAPS; i++) {
		int64_t t = NOW + SEC(i);
		struct gateway *first = i % 2 ? a : b;
		struct gateway *last = i % 2 ? b : a;

		roll(first, i, t + MSEC(500));
		if (i > 1) /* the other one knows nothing of it yet */
			ck_assert(crosses(t, &spi));
		roll(last, i, t + MSEC(600));
		ck_assert(crosses(t + MSEC(499), &spi));
		ck_assert_uint_eq(spi, SPI0 + i);
		ck_assert(crosses(t + MSEC(550), &spi));
		ck_assert(crosses(t + MSEC(600), &spi));
		ck_assert_uint_eq(spi, SPI0 + i + 1);
	}
	ck_assert_uint_eq(gateway_counters(b).invalid_sa, 0);
	ck_assert_uint_eq(gateway_counters(a).encrypt,
			  gateway_counters(b).decrypt);
}
END_TEST

START_TEST(a_key_that_is_replaced_now_is_refused_at_once)
{
	struct ipsec_policy *p = policy_any();
	struct event e;
	uint32_t spi;

	add_key(p, 1, 0, INT64_MAX);
	gateway_policy(a, p);
	p = policy_any();
	add_key(p, 1, 0, INT64_MAX);
	gateway_policy(b, p);
	ck_assert(crosses(NOW, &spi));
	p = policy_any();
	add_key(p, 2, 0, INT64_MAX);
	gateway_policy(b, p);
	ck_assert(!crosses(NOW, &spi));
	ck_assert_uint_eq(spi, SPI0 + 1);
	ck_assert_uint_eq(gateway_counters(b).invalid_sa, 1);
	ck_assert(events_take(&b->events, &e));
	ck_assert_int_eq(e.kind, EVENT_BAD_SPI);
	ck_assert_uint_eq(e.spi, spi);
	p = policy_any();
	add_key(p, 2, 0, INT64_MAX);
	gateway_policy(a, p);
	ck_assert(crosses(NOW, &spi));
	ck_assert_uint_eq(spi, SPI0 + 2);
}
END_TEST

START_TEST(a_key_ends_to_the_microsecond_on_both_sides)
{
	struct ipsec_policy *p = policy_any();
	uint32_t spi;

	add_key(p, 1, 0, NOW);
	gateway_policy(a, p);
	p = policy_any();
	add_key(p, 1, 0, NOW + 1);
	gateway_policy(b, p);
	ck_assert(crosses(NOW - 1, &spi));
	/* Its receiver hears it for one more, its sender does not send. */
	wire_to(a, b);
	gateway_in(b, NOW);
	ck_assert_uint_eq(b->tap->n_tx, 2);
	wire_to(a, b);
	gateway_in(b, NOW + 1);
	ck_assert_uint_eq(b->tap->n_tx, 2);
	ck_assert_uint_eq(gateway_counters(b).invalid_sa, 1);
	ck_assert(!crosses(NOW, &spi));
	ck_assert_uint_eq(spi, 0);
	ck_assert_uint_eq(gateway_counters(a).no_sa, 1);
}
END_TEST

/* An ESP packet in two pieces, with a new policy between them. */
static bool halves_cross(bool old_key_stays)
{
	uint8_t esp[ETH_HEADER + 2000], piece[ETH_HEADER + 2000];
	struct ipv4_cut cut;
	struct ipv4 ip;
	size_t len;

	roll(a, 1, NOW + SEC(1));
	roll(b, 1, NOW + SEC(1));
	fake_clear(a->tap);
	fake_clear(a->wire);
	fake_clear(b->wire);
	fake_clear(b->tap);
	frame_make(frame, HOST1, HOST3, UDP, 1000);
	push(a->tap);
	gateway_out(a, NOW);
	len = a->wire->tx[0].len;
	memcpy(esp, a->wire->tx[0].data, len);
	memcpy(piece, esp, ETH_HEADER);
	ck_assert(ipv4_read(&ip, esp + ETH_HEADER, len - ETH_HEADER));
	ck_assert(ipv4_cut_start(&cut, esp + ETH_HEADER, &ip, 600));
	len = ipv4_cut_next(&cut, piece + ETH_HEADER);
	fake_push(b->wire, piece, ETH_HEADER + len);
	gateway_in(b, NOW);
	roll(b, old_key_stays ? 0 : 2, NOW);
	len = ipv4_cut_next(&cut, piece + ETH_HEADER);
	fake_push(b->wire, piece, ETH_HEADER + len);
	gateway_in(b, NOW + MSEC(1));
	return b->tap->n_tx == 1 &&
	       memcmp(b->tap->tx[0].data, pkt_data(frame), frame->len) == 0;
}

START_TEST(a_packet_in_pieces_is_put_together_over_a_new_policy)
{
	ck_assert(halves_cross(true));
	ck_assert(!halves_cross(false)); /* a policy without its key */
	ck_assert_uint_eq(gateway_counters(b).invalid_sa, 1);
}
END_TEST

START_TEST(an_spi_that_comes_twice_is_refused)
{
	struct ipsec_policy *p = policy_any();

	for (uint8_t i = 1; i < 20; i++)
		add_key(p, i, 0, INT64_MAX);
	p->sas[18].spi = p->sas[3].spi;
	ck_assert_ptr_null(policy_new(p, a->store, a->stats));
	p->sas[18].spi++;
	p->sas[4].spi = SPI0 + 100;
	gateway_policy(a, p);
	for (uint32_t i = 1; i < 19; i++)
		ck_assert(i == 5 || policy_sa(a->lane.policy, SPI0 + i, NOW));
	ck_assert_ptr_null(policy_sa(a->lane.policy, SPI0 + 19, NOW));
	ck_assert_ptr_nonnull(policy_sa(a->lane.policy, SPI0 + 100, NOW));
}
END_TEST

START_TEST(a_member_that_starts_anew_is_heard_by_its_new_id)
{
	static const struct esp_transform gcm = { ESP_AES_GCM, 128,
						  ESP_AUTH_NONE, false };
	static struct fake_frame old;

	for (unsigned int life = 0; life < 3; life++) {
		for (int g = 0; g < 2; g++) {
			struct ipsec_policy *p = policy_any();
			struct ipsec_sa sa = sa_make(&gcm, 1);

			sa.replay = IPSEC_REPLAY_COUNTER;
			sa.window = 64;
			sa.sender_id = g ? 100 : life;
			policy_add_sa(p, sa);
			gateway_policy(g ? b : a, p);
		}
		fake_clear(b->tap);
		for (unsigned int i = 0; i < 100; i++)
			push(a->tap);
		gateway_out(a, NOW);
		wire_to(a, b);
		gateway_in(b, NOW);
		ck_assert_uint_eq(b->tap->n_tx, 100);
		if (life == 0)
			old = a->wire->tx[99];
		/* What it sent in its first life cannot come again. */
		fake_clear(b->wire);
		fake_push(b->wire, old.data, old.len);
		gateway_in(b, NOW);
		ck_assert_uint_eq(b->tap->n_tx, 100);
		ck_assert_uint_eq(gateway_counters(b).replay_fail, life + 1);
		gateway_free(a); /* the restart */
		a = gateway_new();
	}
}
END_TEST

/* --- what rekeys need --------------------------------------------------- */

static struct ipsec_policy *multicast_member(unsigned int groups)
{
	struct ipsec_policy *p = policy_article();

	p->bypass = ip_v4(OWN);
	p->bypass_groups = xcalloc(groups + 1, sizeof(*p->bypass_groups));
	for (; p->n_bypass_groups < groups; p->n_bypass_groups++)
		p->bypass_groups[p->n_bypass_groups] =
			ip_v4(GROUP + 16 * (uint32_t)p->n_bypass_groups);
	return p;
}

/* Whether it leaves clear (not as ESP, not at all) and comes in clear. */
static void clear_or_not(bool out, bool in)
{
	fake_clear(a->tap);
	fake_clear(a->wire);
	push(a->tap);
	push(a->wire);
	gateway_out(a, NOW);
	gateway_in(a, NOW);
	ck_assert_int_eq(a->wire->n_tx == 1 &&
				 a->wire->tx[0].data[ETH_HEADER + 9] !=
					 ESP_PROTOCOL,
			 out);
	ck_assert_int_eq(a->tap->n_tx == 1, in);
}

/* The key server's or somebody's; out only what the member itself says. */
static void rekey_or_not(uint32_t group, bool is)
{
	frame_make(frame, HOST1, group, UDP, 100);
	frame_ports(frame, 848, 848);
	clear_or_not(false, is);
	frame_ports(frame, 4500, 848);
	clear_or_not(false, is);
	frame_ports(frame, 848, 849);
	clear_or_not(false, false);
	frame_make(frame, HOST1, group, 6, 100);
	frame_ports(frame, 848, 848);
	clear_or_not(false, false);
	frame_make(frame, OWN, group, UDP, 100);
	frame_ports(frame, 848, 848);
	clear_or_not(true, is);
}

START_TEST(rekeys_of_each_multicast_group_come_in_clear)
{
	for (unsigned int groups = 0; groups < 3; groups++) {
		gateway_policy(a, multicast_member(groups));
		rekey_or_not(GROUP, groups > 0);
		rekey_or_not(GROUP + 16, groups > 1);
		rekey_or_not(GROUP + 1, false);
		rekey_or_not(GROUP + 32, false);
	}
}
END_TEST

static void igmp(uint32_t src, uint32_t dst, uint8_t ttl)
{
	frame_make(frame, src, dst, IGMP, 40);
	pkt_data(frame)[ETH_HEADER + 8] = ttl;
}

START_TEST(igmp_of_the_link_goes_clear_while_there_is_a_multicast_group)
{
	for (unsigned int groups = 0; groups < 2; groups++) {
		bool some = groups > 0;

		gateway_policy(a, multicast_member(groups));
		igmp(OWN, IGMP_ROUTERS, 1);
		clear_or_not(some, some);
		igmp(OWN, GROUP, 1);
		clear_or_not(some, some);
		igmp(HOST1, IGMP_ALL, 1);
		clear_or_not(false, some);
	}
}
END_TEST

START_TEST(igmp_is_no_tunnel_for_what_a_host_sends)
{
	gateway_policy(a, multicast_member(1));
	igmp(HOST1, HOST3, 1);
	clear_or_not(false, false);
	igmp(OWN, HOST3, 1);
	clear_or_not(false, false);
	igmp(HOST1, IGMP_ROUTERS, 1);
	clear_or_not(false, true);
	igmp(OWN, IGMP_ROUTERS, 2);
	clear_or_not(false, true);
}
END_TEST

/* What of a message in pieces goes clear. */
static void pieces(uint32_t src, bool out, bool in)
{
	struct pkt *whole = pkt_get_big(a->lane.pool);
	uint8_t piece[ETH_HEADER + 700];
	unsigned int clear = 0;
	struct ipv4_cut cut;
	struct ipv4 ip;
	size_t len;

	fake_clear(a->wire);
	fake_clear(a->tap);
	frame_make(whole, src, GROUP, UDP, 1800);
	frame_ports(whole, 848, 848);
	memcpy(piece, pkt_data(whole), ETH_HEADER);
	ip = frame_ip(whole);
	ck_assert(ipv4_cut_start(&cut, pkt_data(whole) + ETH_HEADER, &ip, 700));
	while ((len = ipv4_cut_next(&cut, piece + ETH_HEADER))) {
		fake_push(a->wire, piece, ETH_HEADER + len);
		fake_push(a->tap, piece, ETH_HEADER + len);
	}
	ck_assert_uint_ge(a->wire->n_rx, 3);
	gateway_in(a, NOW);
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->tap->n_tx, in ? a->wire->n_rx : 0);
	for (unsigned int i = 0; i < a->wire->n_tx; i++)
		clear += a->wire->tx[i].data[ETH_HEADER + 9] != ESP_PROTOCOL;
	ck_assert_uint_eq(clear, out ? a->tap->n_rx : 0);
	pkt_put(whole);
}

/* The later ones come in, too; none goes out but after its first. */
START_TEST(a_multicast_rekey_in_pieces_comes_in)
{
	uint8_t later[ETH_HEADER + 100];

	gateway_policy(a, multicast_member(1));
	pieces(HOST1, false, true);
	pieces(OWN, true, true);
	gateway_policy(a, multicast_member(0));
	pieces(HOST1, false, false);
	/* Without its first piece nobody knows what it is. */
	frame_make(frame, OWN, GROUP, UDP, 100);
	memcpy(later, pkt_data(frame), sizeof(later));
	put16(later + ETH_HEADER + 4, 0x4321); /* the ID */
	put16(later + ETH_HEADER + 6, 85);     /* the offset */
	fake_clear(a->wire);
	fake_clear(a->tap);
	fake_push(a->tap, later, sizeof(later));
	gateway_out(a, NOW);
	ck_assert_uint_eq(a->wire->n_tx, 1);
	ck_assert_uint_eq(a->wire->tx[0].data[ETH_HEADER + 9], ESP_PROTOCOL);
}
END_TEST

static TCase *rollover_case(void)
{
	TCase *tc = tcase_create("rollover");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc,
		       no_order_in_which_members_learn_a_key_loses_a_packet);
	tcase_add_test(tc, a_key_that_is_replaced_now_is_refused_at_once);
	tcase_add_test(tc, a_key_ends_to_the_microsecond_on_both_sides);
	tcase_add_test(tc,
		       a_packet_in_pieces_is_put_together_over_a_new_policy);
	tcase_add_test(tc, an_spi_that_comes_twice_is_refused);
	tcase_add_test(tc, a_member_that_starts_anew_is_heard_by_its_new_id);
	tcase_add_test(tc, rekeys_of_each_multicast_group_come_in_clear);
	tcase_add_test(
		tc,
		igmp_of_the_link_goes_clear_while_there_is_a_multicast_group);
	tcase_add_test(tc, igmp_is_no_tunnel_for_what_a_host_sends);
	tcase_add_test(tc, a_multicast_rekey_in_pieces_comes_in);
	return tc;
}

RUN_CASES("ipsec/rollover", rollover_case)
