/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The box's IPv6: interfaces, routes, fronts. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/router/box_world.h"
#include "tests/router/ns.h"

static struct box_world w;
static bool usable; /* there is a namespace, and the kernel has IPv6 */

static const char network[] = "ipv6 unicast-routing\n"
			      "interface Ethernet0/0\n"
			      "ipv6 address FE80::9 link-local\n"
			      "ipv6 address 2001:db8:1::3/64\n"
			      "no shutdown\n"
			      "interface Ethernet0/1\n"
			      "ipv6 address 2001:db8:2::/64 eui-64\n"
			      "no shutdown\n"
			      "interface Loopback0\n"
			      "ipv6 address 2001:db8:ff::1/64\n"
			      "ipv6 route ::/0 2001:db8:1::1\n"
			      "ipv6 route 2001:db8:7::/48 E0/1 FE80::7\n";

static void setup(void)
{
	box_world_open(&w);
	usable = w.root && access("/proc/sys/net/ipv6", F_OK) == 0;
	if (usable)
		box_world_configure(&w, network);
}

static void teardown(void)
{
	box_world_close(&w);
}

static struct iface *port0(void)
{
	return iface_find(router_ifaces(w.router), "Ethernet0/0");
}

static void expect_in_kernel(const char *device)
{
	ck_assert(ns_has_addr(w.nl, device, "2001:db8:1::3"));
	ck_assert(ns_has_addr(w.nl, device, "fe80::9"));
	ck_assert(ns_has_route(w.nl, device, "::", 0));
}

START_TEST(addresses_go_to_the_kernel_and_come_back)
{
	if (!usable)
		return;
	expect_in_kernel("eth0");
	ck_assert(ns_has_addr(w.nl, "lo", "2001:db8:ff::1"));
	box_world_check(&w, "show ipv6 interface brief\n",
			"Ethernet0/0            [up/up]\n"
			"    FE80::9\n"
			"    2001:DB8:1::3\n");
	box_world_configure(&w, "interface e0/0\nno ipv6 address\n"
				"interface lo0\n"
				"no ipv6 address 2001:db8:ff::1/64\n");
	ck_assert(!ns_has_addr(w.nl, "eth0", "2001:db8:1::3"));
	ck_assert(!ns_has_addr(w.nl, "eth0", "fe80::9"));
	ck_assert(!ns_has_addr(w.nl, "lo", "2001:db8:ff::1"));
	ck_assert(!ns_has_route(w.nl, "eth0", "::", 0));
	box_world_check(&w, "show ipv6 interface brief e0/0\n",
			"    unassigned\n");
}
END_TEST

START_TEST(an_eui64_address_has_the_mac)
{
	char *own;
	const uint8_t *mac;

	if (!usable)
		return;
	mac = iface_find(router_ifaces(w.router), "Ethernet0/1")->mac;
	own = xasprintf("2001:db8:2::%x:%xff:fe%02x:%x",
			(mac[0] ^ 2) << 8 | mac[1], mac[2], mac[3],
			mac[4] << 8 | mac[5]);
	ck_assert_msg(ns_has_addr(w.nl, "eth1", own), "%s", own);
	free(own);
	box_world_check(&w, "show run int e0/1\n",
			" ipv6 address 2001:DB8:2::/64 eui-64\n");
}
END_TEST

START_TEST(a_device_that_was_down_has_its_addresses_again)
{
	if (!usable)
		return;
	box_world_configure(&w, "interface e0/0\nshutdown\n");
	ck_assert(!ns_has_route(w.nl, "eth0", "::", 0));
	box_world_configure(&w, "interface e0/0\nno shutdown\n");
	box_world_pump(&w, BOX_WORLD_SETTLE);
	expect_in_kernel("eth0");
}
END_TEST

START_TEST(a_front_has_ipv6_and_its_wire_has_none)
{
	int fd;

	if (!usable)
		return;
	fd = ns_tap("front0");
	ck_assert_int_eq(
		iface_front(router_ifaces(w.router), port0(), "front0"), 0);
	expect_in_kernel("front0");
	ck_assert(!ns_has_addr(w.nl, "eth0", "2001:db8:1::3"));
	ck_assert(!ns_has_addr(w.nl, "eth0", "fe80::9"));
	box_world_configure(&w, "interface e0/0\n"
				"ipv6 address 2001:db8:5::5/64\n");
	ck_assert(ns_has_addr(w.nl, "front0", "2001:db8:5::5"));
	ck_assert_int_eq(iface_unfront(router_ifaces(w.router), port0()), 0);
	close(fd);
	expect_in_kernel("eth0");
	ck_assert(ns_has_addr(w.nl, "eth0", "2001:db8:5::5"));
}
END_TEST

START_TEST(routes_are_shown_as_ios_does)
{
	if (!usable)
		return;
	ck_assert(ns_has_route(w.nl, "eth1", "2001:db8:7::", 48));
	box_world_check(&w, "show ipv6 route\n",
			"S   ::/0 [1/0]\n"
			"     via 2001:DB8:1::1\n"
			"C   2001:DB8:1::/64 [0/0]\n"
			"     via Ethernet0/0, directly connected\n"
			"L   2001:DB8:1::3/128 [0/0]\n"
			"     via Ethernet0/0, receive\n"
			"C   2001:DB8:2::/64 [0/0]\n");
	box_world_check(&w, "show ipv6 route static\n",
			"S   2001:DB8:7::/48 [1/0]\n"
			"     via FE80::7, Ethernet0/1\n");
	box_world_configure(&w, "no ipv6 route 2001:db8:7::/48\n");
	ck_assert(!ns_has_route(w.nl, "eth1", "2001:db8:7::", 48));
}
END_TEST

static const struct {
	const char *line, *said;
} refused[] = {
	{ "ipv6 address 2001:db8:2::9/64",
	  "%Error: 2001:DB8:2::/64 is overlapping with 2001:DB8:2::/64 on "
	  "Ethernet0/1" },
	{ "ipv6 address ff02::1/64", "not a unicast address" },
	{ "ipv6 address 2001:db8:9::1/80 eui-64", "eui-64 needs a prefix" },
	{ "ipv6 address 2001:db8:9::1 link-local",
	  "% Invalid link-local address" },
	{ "no ipv6 address 2001:db8:9::1/64", "% Invalid address" },
	{ "ipv6 address 2001:db8:9::1", "% Incomplete command." },
	{ "ipv6 mtu 1279", "% Invalid input detected" },
	{ "ipv6 mtu 9000", "% Invalid MTU" },
	{ "ipv6 route 2001:db8:8::/48 fe80::1",
	  "% Interface has to be specified for a link-local nexthop" },
	{ "ipv6 route 2001:db8:8::/48 2001:db8:1::3",
	  "%Invalid next hop address (it's this router)" },
	{ "no ipv6 route 2001:db8:8::/48", "%No matching route to delete" },
};

START_TEST(what_cannot_be_is_refused)
{
	char *lines;

	if (!usable)
		return;
	lines = xasprintf("conf t\ninterface e0/0\n%s\nend\n",
			  refused[_i].line);
	box_world_check(&w, lines, refused[_i].said);
	expect_in_kernel("eth0");
	free(lines);
}
END_TEST

START_TEST(the_configuration_is_written_in_ios_order)
{
	if (!usable)
		return;
	box_world_configure(&w, "interface e0/0\nipv6 enable\nipv6 mtu 1400\n");
	box_world_check(&w, "show run int e0/0\n",
			" ipv6 address FE80::9 link-local\n"
			" ipv6 address 2001:DB8:1::3/64\n"
			" ipv6 enable\n"
			" ipv6 mtu 1400\n");
	box_world_check(&w, "show running-config\n",
			"ipv6 route 2001:DB8:7::/48 Ethernet0/1 FE80::7\n");
	box_world_check(&w, "show running-config\n", "ipv6 unicast-routing\n");
	box_world_check(&w, "show ipv6 interface e0/0\n",
			"  MTU is 1400 bytes\n");
}
END_TEST

START_TEST(echoes_are_sent_over_ipv6)
{
	if (!usable)
		return;
	box_world_check(&w, "ping 2001:db8:ff::1 repeat 2\n",
			"Sending 2, 100-byte ICMP Echos to 2001:DB8:FF::1, "
			"timeout is 2 seconds:\n!!\n"
			"Success rate is 100 percent (2/2)");
	box_world_check(&w,
			"ping ipv6 2001:db8:ff::1 size 1400 repeat 2 source "
			"lo0\n",
			"Packet sent with a source address of 2001:DB8:FF::1");
	box_world_check(&w, "ping ip 2001:db8:ff::1\n",
			"% Unrecognized host or address");
	box_world_check(&w, "ping ipv6 10.0.0.1\n",
			"% Unrecognized host or address");
	box_world_check(&w, "ping 2001:db8:ff::1 source 2001:db8::77\n",
			"% Invalid source address");
	box_world_check(&w, "ping\nipv6\n2001:db8:ff::1\n2\n\n\n\n",
			"Success rate is 100 percent (2/2)");
}
END_TEST

static TCase *case_ipv6(void)
{
	TCase *tc = tcase_create("ipv6");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, addresses_go_to_the_kernel_and_come_back);
	tcase_add_test(tc, an_eui64_address_has_the_mac);
	tcase_add_test(tc, a_device_that_was_down_has_its_addresses_again);
	tcase_add_test(tc, a_front_has_ipv6_and_its_wire_has_none);
	tcase_add_test(tc, routes_are_shown_as_ios_does);
	tcase_add_loop_test(tc, what_cannot_be_is_refused, 0,
			    ARRAY_SIZE(refused));
	tcase_add_test(tc, the_configuration_is_written_in_ios_order);
	tcase_add_test(tc, echoes_are_sent_over_ipv6);
	return tc;
}

RUN_CASES("box_ipv6", case_ipv6)
