/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The box routes multicast: hosts behind p1 (10.0.111.0/24), a neighbour and
 * its sources behind p0 (192.168.11.0/24), spoken for by frames on the
 * cables. */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wr.h"
#include "router/igmp_packet.h"
#include "router/ip_packet.h"
#include "router/pim_packet.h"
#include "tests/check_main.h"
#include "tests/router/box_world.h"

enum {
	IGMP = 2,
	UDP = 17,
	PIM = 103,
	ETH_SIZE = 14,
	IP_SIZE = 20,
	FRAME = 2048,
	TTL = 16,
	GROUP = 0xef010101,	/* 239.1.1.1 */
	HOST = 0x0a006f02,	/* 10.0.111.2 */
	SOURCE = 0xc0a80b63,	/* 192.168.11.99 */
	NEIGHBOUR = 0xc0a80b04, /* 192.168.11.4 */
	OURS = 0xc0a80b03,	/* 192.168.11.3 */
};

static struct box_world w;
static int p0, p1;

static int open_cable(const char *device)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(0x0800),
				  .sll_ifindex = (int)if_nametoindex(device) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(0x0800));

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void setup(void)
{
	box_world_open(&w);
	if (!w.root)
		return;
	p0 = open_cable("p0");
	p1 = open_cable("p1");
	box_world_configure(&w, box_world_network);
	box_world_configure(&w, "ip multicast-routing\n"
				"interface e0/0\nip pim dense-mode\n"
				"interface e0/1\nip pim dense-mode");
}

static void teardown(void)
{
	if (w.root) {
		close(p0);
		close(p1);
	}
	box_world_close(&w);
}

/* --- frames ----------------------------------------------------------- */

static void send_ip(int cable, uint8_t protocol, uint8_t ttl, uint32_t src,
		    uint32_t dst, const void *payload, size_t len)
{
	uint8_t frame[FRAME];
	struct wr f = wr_init(frame, sizeof(frame));
	size_t sum;

	wr_u16(&f, 0x0100);
	wr_u32(&f, 0x5e000000 | (dst & 0x7fffff));
	wr_u32(&f, 0x02000000);
	wr_u16(&f, 0x0001);
	wr_u16(&f, 0x0800);
	wr_u16(&f, 0x4500);
	wr_u16(&f, (uint16_t)(IP_SIZE + len));
	wr_u32(&f, 0);
	wr_u8(&f, ttl);
	wr_u8(&f, protocol);
	sum = wr_gap16(&f);
	wr_u32(&f, src);
	wr_u32(&f, dst);
	wr_put16(&f, sum, ip_sum(frame + ETH_SIZE, IP_SIZE));
	wr_bytes(&f, payload, len);
	ck_assert(wr_ok(&f));
	ck_assert_int_eq(send(cable, frame, wr_at(&f), 0), (int)wr_at(&f));
	box_world_pump(&w, BOX_WORLD_SETTLE);
}

static void host_says(uint8_t type)
{
	uint8_t message[IGMP_QUERY_SIZE];
	uint16_t sum;

	igmp_query_write(message, GROUP, 0);
	message[0] = type;
	message[2] = message[3] = 0;
	sum = ip_sum(message, sizeof(message));
	message[2] = (uint8_t)(sum >> 8);
	message[3] = (uint8_t)sum;
	send_ip(p1, IGMP, 1, HOST, GROUP, message, sizeof(message));
}

static void neighbour_says(const struct pim_message *message)
{
	uint8_t buf[PIM_SIZE];
	size_t len = pim_packet_write(buf, message);

	send_ip(p0, PIM, 1, NEIGHBOUR, PIM_ALL_ROUTERS, buf, len);
}

static void neighbour_about(enum pim_type type, bool join, uint32_t upstream)
{
	const struct pim_message message = {
		.type = type,
		.upstream = upstream,
		.hold = 180,
		.records = { { .group = GROUP, .source = HOST, .join = join } },
	};

	neighbour_says(&message);
}

static void neighbour_greets(uint16_t hold)
{
	const struct pim_message hello = {
		.type = PIM_HELLO,
		.hello = { .hold = hold, .priority = 1, .generation = 7 },
	};

	neighbour_says(&hello);
}

/* Whether what has come by a cable since it was asked last has a message of
 * that protocol and first octet from src. */
static bool came(int cable, uint8_t protocol, uint8_t first, uint32_t src)
{
	uint8_t frame[FRAME];
	bool found = false;
	ssize_t n;

	while ((n = recv(cable, frame, sizeof(frame), 0)) > 0) {
		struct rd r = rd_init(frame, (size_t)n), payload;
		struct ip_head ip;

		rd_skip(&r, ETH_SIZE);
		if (ip_head_read(&r, &ip, &payload) &&
		    ip.protocol == protocol && ip.src == src &&
		    rd_u8(&payload) == first)
			found = true;
	}
	return found;
}

/* A datagram from src, sent into one cable: does it leave by the other? */
static bool passes(int from, int to, uint32_t src)
{
	static const uint8_t udp[16] = { 0xab, 1, 0x13, 0x88, 0, 16 };

	(void)came(to, UDP, 0xab, src);
	send_ip(from, UDP, TTL, src, GROUP, udp, sizeof(udp));
	return came(to, UDP, 0xab, src);
}

/* --- tests ------------------------------------------------------------ */

START_TEST(a_stream_goes_where_a_host_wants_it)
{
	if (!w.root)
		return;
	ck_assert(!passes(p0, p1, SOURCE));
	host_says(0x16);
	box_world_check(&w, "show ip igmp groups\n",
			"239.1.1.1        Ethernet0/1");
	ck_assert(passes(p0, p1, SOURCE));
	box_world_check(&w, "show ip mroute\n",
			"  Incoming interface: Ethernet0/0, RPF nbr 0.0.0.0\n"
			"  Outgoing interface list:\n"
			"    Ethernet0/1, Forward/Dense");
	host_says(0x17);
	ck_assert(passes(p0, p1, SOURCE));
	box_world_pump(&w, 3500);
	ck_assert(came(p1, IGMP, 0x11, 0x0a006f01));
	ck_assert(!passes(p0, p1, SOURCE));
	box_world_check_not(&w, "show ip igmp groups\n", "239.1.1.1");
}
END_TEST

START_TEST(what_does_not_come_by_the_way_back_is_not_taken)
{
	if (!w.root)
		return;
	host_says(0x16);
	/* A source of p1's network, and one that the route to Null0 leads to. */
	ck_assert(!passes(p0, p1, HOST + 1));
	ck_assert(!passes(p0, p1, 0x0a090001));
	ck_assert(passes(p0, p1, SOURCE));
}
END_TEST

START_TEST(a_neighbour_gets_what_it_has_not_pruned)
{
	if (!w.root)
		return;
	ck_assert(!passes(p1, p0, HOST));
	neighbour_greets(105);
	/* A stranger is answered by a greeting. */
	ck_assert(came(p0, PIM, 0x20, OURS));
	box_world_check(&w, "show ip pim neighbor\n",
			"192.168.11.4      Ethernet0/0");
	ck_assert(passes(p1, p0, HOST));
	neighbour_about(PIM_JOIN_PRUNE, false, NEIGHBOUR + 1);
	ck_assert(passes(p1, p0, HOST)); /* it was another's affair */
	neighbour_about(PIM_JOIN_PRUNE, false, OURS);
	ck_assert(!passes(p1, p0, HOST));
	box_world_check(&w, "show ip mroute 239.1.1.1\n",
			"  Outgoing interface list: Null\n");
	neighbour_about(PIM_GRAFT, true, OURS);
	ck_assert(passes(p1, p0, HOST));
	neighbour_greets(0); /* goodbye */
	ck_assert(!passes(p1, p0, HOST));
	box_world_check(&w, "show logging\n",
			"%PIM-5-NBRCHG: neighbor 192.168.11.4 DOWN on "
			"interface Ethernet0/0");
}
END_TEST

START_TEST(a_stranger_cannot_prune)
{
	const struct pim_message prune = {
		.type = PIM_JOIN_PRUNE,
		.upstream = OURS,
		.hold = 180,
		.records = { { .group = GROUP, .source = HOST } },
	};
	uint8_t buf[PIM_SIZE];
	size_t len = pim_packet_write(buf, &prune);

	if (!w.root)
		return;
	neighbour_greets(105);
	ck_assert(passes(p1, p0, HOST));
	send_ip(p0, PIM, 1, NEIGHBOUR + 1, PIM_ALL_ROUTERS, buf, len);
	ck_assert(passes(p1, p0, HOST));
}
END_TEST

START_TEST(with_two_neighbours_one_may_object_to_a_prune)
{
	const struct pim_message hello = {
		.type = PIM_HELLO,
		.hello = { .hold = 105, .priority = 1, .generation = 8 },
	};
	uint8_t buf[PIM_SIZE];
	size_t len = pim_packet_write(buf, &hello);

	if (!w.root)
		return;
	neighbour_greets(105);
	send_ip(p0, PIM, 1, NEIGHBOUR + 1, PIM_ALL_ROUTERS, buf, len);
	ck_assert(passes(p1, p0, HOST));
	neighbour_about(PIM_JOIN_PRUNE, false, OURS);
	ck_assert(passes(p1, p0, HOST));
	neighbour_about(PIM_JOIN_PRUNE, true, OURS);
	box_world_pump(&w, 4500);
	ck_assert(passes(p1, p0, HOST));
	neighbour_about(PIM_JOIN_PRUNE, false, OURS);
	box_world_pump(&w, 4500);
	ck_assert(!passes(p1, p0, HOST));
}
END_TEST

START_TEST(in_sparse_mode_only_what_was_joined_goes_out)
{
	if (!w.root)
		return;
	box_world_configure(&w, "interface e0/0\nip pim sparse-mode");
	neighbour_greets(105);
	ck_assert(!passes(p1, p0, HOST));
	neighbour_about(PIM_JOIN_PRUNE, true, OURS);
	ck_assert(passes(p1, p0, HOST));
	box_world_check(&w, "show configuration unsupported\n",
			" ip pim sparse-mode");
}
END_TEST

START_TEST(groups_can_be_configured)
{
	if (!w.root)
		return;
	box_world_configure(&w, "interface e0/1\nip igmp static-group "
				"239.1.1.1");
	ck_assert(passes(p0, p1, SOURCE));
	box_world_check(&w, "show running-config interface e0/1\n",
			" ip pim dense-mode\n"
			" ip igmp static-group 239.1.1.1\n");
	box_world_configure(&w, "interface e0/1\nno ip igmp static-group "
				"239.1.1.1");
	ck_assert(!passes(p0, p1, SOURCE));
	(void)came(p1, IGMP, 0x16, 0x0a006f01);
	box_world_configure(&w, "interface e0/1\nip igmp join-group "
				"239.1.1.1");
	ck_assert(passes(p0, p1, SOURCE));
	box_world_check(&w,
			"configure terminal\ninterface e0/1\n"
			"ip igmp join-group 10.0.0.1\nend\n",
			"% Illegal multicast group address\n");
}
END_TEST

START_TEST(without_multicast_routing_there_is_none)
{
	if (!w.root)
		return;
	host_says(0x16);
	ck_assert(passes(p0, p1, SOURCE));
	box_world_configure(&w, "no ip multicast-routing");
	ck_assert(!passes(p0, p1, SOURCE));
	box_world_check(&w, "show ip mroute\n",
			"IP Multicast Forwarding is not enabled.\n");
	box_world_configure(&w, "ip multicast-routing distributed");
	box_world_check(&w, "show running-config\n",
			"\nip multicast-routing distributed\n");
	host_says(0x16);
	ck_assert(passes(p0, p1, SOURCE));
	box_world_configure(&w, "interface e0/1\nno ip pim");
	ck_assert(!passes(p0, p1, SOURCE));
}
END_TEST

static TCase *mcast_case(void)
{
	TCase *tc = tcase_create("multicast");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_stream_goes_where_a_host_wants_it);
	tcase_add_test(tc, what_does_not_come_by_the_way_back_is_not_taken);
	tcase_add_test(tc, a_neighbour_gets_what_it_has_not_pruned);
	tcase_add_test(tc, a_stranger_cannot_prune);
	tcase_add_test(tc, with_two_neighbours_one_may_object_to_a_prune);
	tcase_add_test(tc, in_sparse_mode_only_what_was_joined_goes_out);
	tcase_add_test(tc, groups_can_be_configured);
	tcase_add_test(tc, without_multicast_routing_there_is_none);
	return tc;
}

RUN_CASES("router/mcast", mcast_case)
