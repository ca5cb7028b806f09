/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The box's interfaces, routes, fronts and saved configuration. */
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/router/box_world.h"
#include "tests/router/ns.h"

static struct box_world w;

static void setup(void)
{
	box_world_open(&w);
}

static void teardown(void)
{
	box_world_close(&w);
}

/* --- interfaces ------------------------------------------------------- */

START_TEST(ports_that_nobody_configured_are_down)
{
	if (!w.root)
		return;
	box_world_check(
		&w, "show ip interface brief\n",
		"Interface                  IP-Address      OK? Method Statu"
		"s                Protocol\n"
		"Ethernet0/0                unassigned      YES unset  "
		"administratively down down\n"
		"Ethernet0/1                unassigned      YES unset  "
		"administratively down down\n");
	ck_assert(!(ns_link(w.nl, "eth0").flags & IFF_UP));
	box_world_configure(&w, "interface Ethernet0/0");
	box_world_check(&w, "show ip interface brief e0/0\n",
			"administratively down");
}
END_TEST

START_TEST(addresses_go_to_the_kernel_and_come_back)
{
	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	ck_assert(ns_has_addr(w.nl, "eth0", "192.168.11.3"));
	ck_assert(ns_has_addr(w.nl, "eth1", "10.0.111.1"));
	ck_assert(ns_has_addr(w.nl, "lo", "192.168.1.1"));
	ck_assert(ns_link(w.nl, "eth0").flags & IFF_UP);
	box_world_check(
		&w, "show ip interface brief\n",
		"Ethernet0/0                192.168.11.3    YES manual up   "
		"                 up\n"
		"Ethernet0/1                10.0.111.1      YES manual up   "
		"                 up\n"
		"Loopback0                  192.168.1.1     YES manual up   "
		"                 up\n");
	box_world_configure(&w,
			    "interface e0/0\nno ip address\nno interface lo0");
	ck_assert(!ns_has_addr(w.nl, "eth0", "192.168.11.3"));
	ck_assert(!ns_has_addr(w.nl, "lo", "192.168.1.1"));
}
END_TEST

START_TEST(a_changed_primary_stays_the_primary)
{
	struct nl_route route;
	struct ip_addr dst;

	if (!w.root)
		return;
	ck_assert(ip_parse(&dst, "192.168.11.77"));
	box_world_configure(&w,
			    "interface e0/0\nno shutdown\n"
			    "ip address 192.168.11.3 255.255.255.0\n"
			    "ip address 192.168.11.4 255.255.255.0 secondary\n"
			    "ip address 192.168.11.5 255.255.255.0");
	ck_assert(!ns_has_addr(w.nl, "eth0", "192.168.11.3"));
	ck_assert(ns_has_addr(w.nl, "eth0", "192.168.11.4"));
	ck_assert_int_eq(nl_route_lookup(w.nl, &dst, &route), 0);
	ck_assert_uint_eq(route.source.b[3], 5);
	box_world_check(&w, "show run int e0/0\n",
			"interface Ethernet0/0\n"
			" ip address 192.168.11.4 255.255.255.0 secondary\n"
			" ip address 192.168.11.5 255.255.255.0\n"
			"end\n\n");
}
END_TEST

static const struct {
	const char *line, *said;
} refused[] = {
	{ "ip address 10.1.1.0 255.255.255.0", "Bad mask /24 for address" },
	{ "ip address 10.1.1.255 255.255.255.0", "Bad mask /24 for address" },
	{ "ip address 10.1.1.1 255.0.255.0", "Bad mask 0xFF00FF00 for" },
	{ "ip address 224.1.1.1 255.255.255.0", "Not a valid host address" },
	{ "ip address 10.0.111.9 255.255.255.0",
	  "% 10.0.111.0 overlaps with Ethernet0/1" },
	{ "ip address 10.0.0.9 255.255.0.0",
	  "% 10.0.0.0 overlaps with Ethernet0/1" },
	{ "no ip address 1.2.3.4 255.255.255.0", "% Invalid address" },
	{ "interface Ethernot7/0", "% Invalid input detected at '^' marker." },
	{ "no interface e0/1", "% Removal of physical interfaces" },
	{ "ip route 10.0.0.1 255.255.255.0 10.0.111.2",
	  "%Inconsistent address and mask" },
	{ "ip route 1.0.0.0 255.0.0.0 10.0.111.1", "%Invalid next hop" },
	{ "hostname 1abc", "% Hostname contains one or more illegal" },
};

START_TEST(what_cannot_be_is_refused_in_ios_words)
{
	char *lines;

	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	lines = xasprintf("conf t\ninterface e0/0\n%s\nend\n",
			  refused[_i].line);
	box_world_check(&w, lines, refused[_i].said);
	ck_assert(ns_has_addr(w.nl, "eth0", "192.168.11.3"));
	free(lines);
}
END_TEST

START_TEST(links_tell_their_story)
{
	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	nl_link_flags(w.nl, if_nametoindex("p0"), 0, IFF_UP);
	box_world_pump(&w, BOX_WORLD_SETTLE);
	box_world_check(
		&w, "show logging\n",
		"%LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet0/0, "
		"changed state to down");
	box_world_check(
		&w, "show ip int brief e0/0\n",
		"Ethernet0/0                192.168.11.3    YES manual down "
		"                 down\n");
	box_world_configure(&w, "interface e0/1\nshutdown");
	box_world_check(&w, "show logging\n",
			"%LINK-5-CHANGED: Interface Ethernet0/1, "
			"changed state to administratively down");
	ck_assert(!(ns_link(w.nl, "eth1").flags & IFF_UP));
}
END_TEST

START_TEST(the_box_leaves_as_it_came)
{
	struct nl_addr mine = { .prefix = 24 };

	if (!w.root)
		return;
	box_world_stop(&w);
	ck_assert(ip_parse(&mine.addr, "10.99.0.1"));
	mine.index = if_nametoindex("eth1");
	ck_assert_int_eq(nl_addr_add(w.nl, &mine), 0);
	nl_link_flags(w.nl, mine.index, IFF_UP, IFF_UP);
	ck_assert_int_eq(ns_switch("ipv4/ip_forward"), '0');
	box_world_start(&w, NULL);
	ck_assert_int_eq(ns_switch("ipv4/ip_forward"), '1');
	ck_assert(!ns_has_addr(w.nl, "eth1", "10.99.0.1"));
	box_world_configure(&w, box_world_network);
	box_world_configure(&w, "interface e0/1\nmtu 1400");
	ck_assert_uint_eq(ns_link(w.nl, "eth1").mtu, 1400);
	box_world_stop(&w);
	ck_assert_int_eq(ns_switch("ipv4/ip_forward"), '0');
	ck_assert(ns_has_addr(w.nl, "eth1", "10.99.0.1"));
	ck_assert(!ns_has_addr(w.nl, "eth1", "10.0.111.1"));
	ck_assert(!ns_has_addr(w.nl, "lo", "192.168.1.1"));
	ck_assert(ns_link(w.nl, "eth1").flags & IFF_UP);
	ck_assert(!(ns_link(w.nl, "eth0").flags & IFF_UP));
	ck_assert_uint_eq(ns_link(w.nl, "eth1").mtu, 1500);
	box_world_start(&w, NULL);
}
END_TEST

/* --- routes ----------------------------------------------------------- */

START_TEST(static_routes_follow_their_interface)
{
	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	ck_assert(ns_has_route(w.nl, "eth0", "0.0.0.0", 0));
	box_world_configure(&w, "interface e0/0\nshutdown");
	ck_assert(!ns_has_route(w.nl, "eth0", "0.0.0.0", 0));
	box_world_check(&w, "show ip route\n",
			"Gateway of last resort is not set\n");
	box_world_configure(&w, "interface e0/0\nno shutdown");
	ck_assert(ns_has_route(w.nl, "eth0", "0.0.0.0", 0));
	box_world_configure(&w, "no ip route 0.0.0.0 0.0.0.0 192.168.11.1");
	ck_assert(!ns_has_route(w.nl, "eth0", "0.0.0.0", 0));
}
END_TEST

START_TEST(the_better_distance_wins)
{
	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	box_world_configure(&w, "ip route 10.7.0.0 255.255.0.0 192.168.11.1\n"
				"ip route 10.7.0.0 255.255.0.0 10.0.111.2 200");
	ck_assert(ns_has_route(w.nl, "eth0", "10.7.0.0", 16));
	box_world_configure(&w, "interface e0/0\nshutdown");
	ck_assert(ns_has_route(w.nl, "eth1", "10.7.0.0", 16));
	box_world_check(&w, "show ip route static\n",
			"S        10.7.0.0/16 [200/0] via 10.0.111.2\n");
	box_world_configure(&w, "interface e0/0\nno shutdown");
	ck_assert(ns_has_route(w.nl, "eth0", "10.7.0.0", 16));
	ck_assert(!ns_has_route(w.nl, "eth1", "10.7.0.0", 16));
}
END_TEST

START_TEST(the_routing_table_looks_like_ios)
{
	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	box_world_check(
		&w, "show ip route\n",
		"Gateway of last resort is 192.168.11.1 to network 0.0.0.0\n\n"
		"S*    0.0.0.0/0 [1/0] via 192.168.11.1\n"
		"      10.0.0.0/8 is variably subnetted, 3 subnets, 3 masks\n"
		"C        10.0.111.0/24 is directly connected, Ethernet0/1\n"
		"L        10.0.111.1/32 is directly connected, Ethernet0/1\n"
		"S        10.9.0.0/16 is directly connected, Null0\n"
		"      192.168.1.0/32 is subnetted, 1 subnets\n"
		"C        192.168.1.1 is directly connected, Loopback0\n"
		"      192.168.11.0/24 is variably subnetted, 2 subnets, 2 "
		"masks\n"
		"C        192.168.11.0/24 is directly connected, Ethernet0/0\n"
		"L        192.168.11.3/32 is directly connected, "
		"Ethernet0/0\n");
}
END_TEST

START_TEST(a_route_over_a_route_is_found)
{
	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	box_world_configure(&w, "ip route 10.20.0.0 255.255.0.0 10.0.111.2\n"
				"ip route 10.30.0.0 255.255.0.0 10.20.0.1\n"
				"ip route 10.40.0.0 255.255.0.0 10.50.0.1\n"
				"ip route 10.50.0.0 255.255.0.0 10.40.0.1");
	ck_assert(ns_has_route(w.nl, "eth1", "10.30.0.0", 16));
	ck_assert(!ns_has_route(w.nl, "eth1", "10.40.0.0", 16));
	box_world_check(&w, "show ip route 10.30.1.1\n",
			"Routing entry for 10.30.0.0/16\n"
			"  Known via \"static\", distance 1, metric 0\n"
			"  Routing Descriptor Blocks:\n"
			"  * 10.20.0.1\n");
}
END_TEST

/* --- fronts ----------------------------------------------------------- */

static struct iface *port0(void)
{
	return iface_find(router_ifaces(w.router), "Ethernet0/0");
}

static void add_foreign_things(void)
{
	struct nl_route r = { .prefix = 16, .protocol = RTPROT_BOOT };
	struct nl_neigh n = { .mac = { 2, 0, 0, 0, 0, 9 },
			      .state = NUD_REACHABLE };

	ck_assert(ip_parse(&r.dst, "172.20.0.0"));
	ck_assert(ip_parse(&r.hops[0].gateway, "192.168.11.1"));
	r.hops[0].index = if_nametoindex("eth0");
	r.n_hops = 1;
	ck_assert_int_eq(nl_route_put(w.nl, &r), 0);
	ck_assert(ip_parse(&n.addr, "192.168.11.1"));
	n.index = if_nametoindex("eth0");
	ck_assert_int_eq(nl_neigh_put(w.nl, &n), 0);
}

static void check_place(const char *device)
{
	ck_assert(ns_has_addr(w.nl, device, "192.168.11.3"));
	ck_assert(ns_has_route(w.nl, device, "192.168.11.0", 24));
	ck_assert(ns_has_route(w.nl, device, "0.0.0.0", 0));
	ck_assert(ns_has_route(w.nl, device, "172.20.0.0", 16));
	ck_assert(ns_has_neigh(w.nl, device, "192.168.11.1"));
}

START_TEST(a_front_takes_the_place_of_its_device)
{
	struct nl_link before, tap, wire;
	int fd;

	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	box_world_configure(&w, "interface e0/0\nmtu 1450");
	add_foreign_things();
	check_place("eth0");
	before = ns_link(w.nl, "eth0");
	fd = ns_tap("front0");
	ck_assert_int_eq(
		iface_front(router_ifaces(w.router), port0(), "front0"), 0);
	check_place("front0");
	tap = ns_link(w.nl, "front0");
	wire = ns_link(w.nl, "eth0");
	ck_assert_mem_eq(tap.mac, before.mac, 6);
	ck_assert_uint_eq(tap.mtu, 1450);
	ck_assert(tap.flags & IFF_UP);
	ck_assert(wire.flags & IFF_UP);
	ck_assert(wire.flags & IFF_NOARP);
	ck_assert(!ns_has_addr(w.nl, "eth0", "192.168.11.3"));
	ck_assert_int_eq(ns_switch("ipv6/conf/eth0/disable_ipv6"), '1');
	ck_assert_str_eq(port0()->device, "front0");
	ck_assert_str_eq(port0()->wire, "eth0");
	ck_assert_uint_eq(port0()->ifindex, tap.index);
	ck_assert(port0()->line_up);
	ck_assert_int_eq(iface_front(router_ifaces(w.router), port0(),
				     "front0"),
			 -EBUSY);
	ck_assert_int_eq(iface_unfront(router_ifaces(w.router), port0()), 0);
	check_place("eth0");
	wire = ns_link(w.nl, "eth0");
	ck_assert(!(wire.flags & IFF_NOARP));
	ck_assert_ptr_null(port0()->wire);
	ck_assert(!(ns_link(w.nl, "front0").flags & IFF_UP));
	close(fd);
}
END_TEST

START_TEST(a_fronted_interface_is_configured_as_before)
{
	int fd;

	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	fd = ns_tap("front0");
	ck_assert_int_eq(
		iface_front(router_ifaces(w.router), port0(), "front0"), 0);
	box_world_configure(
		&w, "interface e0/0\nip address 192.168.11.5 255.255.255.0");
	ck_assert(ns_has_addr(w.nl, "front0", "192.168.11.5"));
	ck_assert(ns_has_route(w.nl, "front0", "0.0.0.0", 0));
	box_world_configure(&w, "interface e0/0\nshutdown");
	ck_assert(!(ns_link(w.nl, "front0").flags & IFF_UP));
	ck_assert(!(ns_link(w.nl, "eth0").flags & IFF_UP));
	box_world_configure(&w, "interface e0/0\nno shutdown");
	ck_assert(ns_has_route(w.nl, "front0", "0.0.0.0", 0));
	/* The cable is the wire's. */
	nl_link_flags(w.nl, if_nametoindex("p0"), 0, IFF_UP);
	box_world_pump(&w, BOX_WORLD_SETTLE);
	ck_assert(!port0()->line_up);
	ck_assert(!ns_link(w.nl, "front0").carrier);
	nl_link_flags(w.nl, if_nametoindex("p0"), IFF_UP, IFF_UP);
	box_world_pump(&w, BOX_WORLD_SETTLE);
	ck_assert(port0()->line_up);
	ck_assert_int_eq(iface_unfront(router_ifaces(w.router), port0()), 0);
	ck_assert(ns_has_addr(w.nl, "eth0", "192.168.11.5"));
	ck_assert(ns_has_route(w.nl, "eth0", "0.0.0.0", 0));
	close(fd);
}
END_TEST

START_TEST(a_front_that_cannot_be_changes_nothing)
{
	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	ck_assert_int_eq(iface_front(router_ifaces(w.router), port0(),
				     "nothing"),
			 -ENODEV);
	ck_assert(ns_has_addr(w.nl, "eth0", "192.168.11.3"));
	ck_assert_str_eq(port0()->device, "eth0");
	ck_assert_int_eq(iface_unfront(router_ifaces(w.router), port0()),
			 -ENODEV);
}
END_TEST

START_TEST(a_front_that_fell_leaves_its_interface_alive)
{
	int fd;

	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	fd = ns_tap("front0");
	ck_assert_int_eq(
		iface_front(router_ifaces(w.router), port0(), "front0"), 0);
	close(fd);
	box_world_pump(&w, BOX_WORLD_SETTLE);
	ck_assert_int_eq(iface_unfront(router_ifaces(w.router), port0()), 0);
	ck_assert(ns_has_addr(w.nl, "eth0", "192.168.11.3"));
	ck_assert(port0()->line_up);
}
END_TEST

/* A router that was killed while it fronted eth0 leaves it like this. */
START_TEST(a_device_that_a_killed_router_left_deaf_hears_again)
{
	const unsigned int deaf = IFF_NOARP | IFF_ALLMULTI;

	if (!w.root)
		return;
	box_world_stop(&w);
	ck_assert_int_eq(
		nl_link_flags(w.nl, if_nametoindex("eth0"), deaf, deaf), 0);
	box_world_start(&w, NULL);
	ck_assert_uint_eq(ns_link(w.nl, "eth0").flags & deaf, 0);
	box_world_stop(&w);
	ck_assert_uint_eq(ns_link(w.nl, "eth0").flags & deaf, 0);
}
END_TEST

/* --- configuration ---------------------------------------------------- */

START_TEST(a_restart_comes_up_with_the_saved_configuration)
{
	char *before, *after;

	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	box_world_configure(
		&w,
		"service sequence-numbers\nno service timestamps debug\n"
		"service timestamps log uptime\nip domain name example.org\n"
		"no ip domain lookup\nlogging buffered 8192 informational\n"
		"no logging console\nlogging host 10.0.111.2\n"
		"clock timezone CET 1\nip host KS 192.168.111.111\n"
		"interface e0/1\nip mtu 1400\nmtu 1450\nbandwidth 512\n"
		"delay 7\nload-interval 30\nduplex full\nspeed 100\n"
		"no keepalive\nno ip redirects\nno ip proxy-arp\n"
		"no ip unreachables\nip tcp adjust-mss 1360\n"
		"ip address 10.0.112.1 255.255.255.0 secondary\n"
		"ip ospf network point-to-point\nip helper-address 10.0.111.9\n"
		"ip route 10.3.0.0 255.255.0.0 e0/1 10.0.111.7 5 name a tag 9\n"
		"no ip cef\nip http server\nservice password-encryption\n"
		"access-list 10 permit 192.168.11.3");
	before = cli_config_text(router_cli(w.router));
	box_world_check(&w, "write memory\n", "[OK]");
	box_world_stop(&w);
	box_world_start(&w, NULL);
	after = cli_config_text(router_cli(w.router));
	/* Only the line that tells of the change differs. */
	ck_assert_str_eq(strstr(after, "version 15.4"),
			 strstr(before, "version 15.4"));
	ck_assert(ns_has_addr(w.nl, "eth1", "10.0.112.1"));
	ck_assert_int_eq(ns_switch("ipv4/conf/eth1/send_redirects"), '0');
	box_world_check(&w, "show ip int brief e0/1\n", "YES NVRAM  up");
	free(before);
	free(after);
}
END_TEST

START_TEST(a_block_without_shutdown_is_up_at_start)
{
	char *path;
	static const char text[] = "hostname R9\n"
				   "interface Ethernet0/1\n"
				   " ip address 10.0.0.1 255.255.255.0\n"
				   "ip route 0.0.0.0 0.0.0.0 10.0.0.2\n";

	if (!w.root)
		return;
	box_world_stop(&w);
	path = xasprintf("%s/initial", w.dir);
	ck_assert_int_eq(file_write(path, 0600, text, strlen(text)), 0);
	box_world_start(&w, path);
	unlink(path);
	free(path);
	ck_assert_str_eq(router_hostname(w.router), "R9");
	ck_assert(ns_link(w.nl, "eth1").flags & IFF_UP);
	ck_assert(!(ns_link(w.nl, "eth0").flags & IFF_UP));
	ck_assert(ns_has_route(w.nl, "eth1", "0.0.0.0", 0));
	box_world_check(&w, "show logging\n",
			"%SYS-5-RESTART: System restarted --");
}
END_TEST

/* A running-config never says "no shutdown". */
START_TEST(a_pasted_running_config_brings_its_interfaces_up)
{
	if (!w.root)
		return;
	box_world_configure(
		&w, "interface e0/0\n ip address 10.0.0.1 255.255.255.0");
	box_world_check(&w, "show ip interface brief\n",
			"administratively down");
	box_world_configure(&w, "version 15.4\n"
				"interface Ethernet0/1\n"
				" ip address 10.1.0.1 255.255.255.0");
	box_world_check(&w, "show ip interface brief | include 0/1\n", "up");
	box_world_stop(&w);
	box_world_start(&w, NULL);
	box_world_configure(&w, "version 15.4\n"
				"interface Ethernet0/1\n"
				" ip address 10.1.0.1 255.255.255.0\n"
				" shutdown");
	box_world_check(&w, "show ip interface brief | include 0/1\n",
			"administratively down");
}
END_TEST

static TCase *interfaces(void)
{
	TCase *tc = tcase_create("interfaces");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, ports_that_nobody_configured_are_down);
	tcase_add_test(tc, addresses_go_to_the_kernel_and_come_back);
	tcase_add_test(tc, a_changed_primary_stays_the_primary);
	tcase_add_loop_test(tc, what_cannot_be_is_refused_in_ios_words, 0,
			    ARRAY_SIZE(refused));
	tcase_add_test(tc, links_tell_their_story);
	tcase_add_test(tc, the_box_leaves_as_it_came);
	return tc;
}

static TCase *routes(void)
{
	TCase *tc = tcase_create("routes");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, static_routes_follow_their_interface);
	tcase_add_test(tc, the_better_distance_wins);
	tcase_add_test(tc, the_routing_table_looks_like_ios);
	tcase_add_test(tc, a_route_over_a_route_is_found);
	return tc;
}

static TCase *fronts(void)
{
	TCase *tc = tcase_create("fronts");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_front_takes_the_place_of_its_device);
	tcase_add_test(tc, a_fronted_interface_is_configured_as_before);
	tcase_add_test(tc, a_front_that_cannot_be_changes_nothing);
	tcase_add_test(tc, a_front_that_fell_leaves_its_interface_alive);
	tcase_add_test(tc, a_device_that_a_killed_router_left_deaf_hears_again);
	return tc;
}

static TCase *configuration(void)
{
	TCase *tc = tcase_create("configuration");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_restart_comes_up_with_the_saved_configuration);
	tcase_add_test(tc, a_block_without_shutdown_is_up_at_start);
	tcase_add_test(tc, a_pasted_running_config_brings_its_interfaces_up);
	return tc;
}

RUN_CASES("box", interfaces, routes, fronts, configuration)
