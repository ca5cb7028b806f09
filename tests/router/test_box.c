/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The box in a namespace of its own:
 *
 *	eth0 (Ethernet0/0) ---- p0
 *	eth1 (Ethernet0/1) ---- p1
 */
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/cli_test.h"
#include "router/router.h"
#include "tests/check_main.h"
#include "tests/router/ns.h"

#define SETTLE 20 /* ms for the kernel's news */

static bool root; /* else there is no namespace and nothing to test */
static struct loop *loop;
static struct clock wall;
static struct nl *nl;
static struct router *router;
static struct cli_test *term;
static char dir[64];

static void start(const char *initial)
{
	struct router_config config = { .loop = loop,
					.clock = &wall,
					.state_dir = dir };

	router = router_new(&config);
	ck_assert_ptr_nonnull(router);
	router_boot(router, initial);
	ns_pump(loop, SETTLE);
	term = cli_test_new(router_cli(router));
}

static void stop(void)
{
	cli_test_free(term);
	router_free(router);
	router = NULL;
}

static void setup(void)
{
	root = ns_enter();
	if (!root)
		return;
	nl = nl_open();
	ck_assert_ptr_nonnull(nl);
	ns_veth(nl, "eth0", "p0");
	ns_veth(nl, "eth1", "p1");
	nl_link_flags(nl, if_nametoindex("p0"), IFF_UP, IFF_UP);
	nl_link_flags(nl, if_nametoindex("p1"), IFF_UP, IFF_UP);
	snprintf(dir, sizeof(dir), "box-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	loop = loop_new();
	clock_init(&wall, 1);
	start(NULL);
}

static void teardown(void)
{
	char *path;

	if (!root)
		return;
	if (router)
		stop();
	loop_free(loop);
	nl_close(nl);
	path = xasprintf("%s/startup-config", dir);
	unlink(path);
	free(path);
	rmdir(dir);
}

/* What the screen shows after the lines. */
static char *type(const char *lines)
{
	cli_test_type(term, lines);
	ns_pump(loop, SETTLE);
	return cli_test_take(term);
}

static void check(const char *lines, const char *expected)
{
	char *screen = type(lines);

	ck_assert_msg(strstr(screen, expected) != NULL, "%s", screen);
	free(screen);
}

static void check_not(const char *lines, const char *unexpected)
{
	char *screen = type(lines);

	ck_assert_msg(!strstr(screen, unexpected), "%s", screen);
	free(screen);
}

static void configure(const char *lines)
{
	char *all = xasprintf("configure terminal\n%s\nend\n", lines);

	check_not(all, "%");
	free(all);
}

static const char network[] = "hostname CE1\n"
			      "interface Loopback0\n"
			      "ip address 192.168.1.1 255.255.255.255\n"
			      "interface e0/0\n"
			      "ip address 192.168.11.3 255.255.255.0\n"
			      "no shutdown\n"
			      "interface Eth 0/1\n"
			      "description the LAN\n"
			      "ip address 10.0.111.1 255.255.255.0\n"
			      "no shutdown\n"
			      "ip route 0.0.0.0 0.0.0.0 192.168.11.1\n"
			      "ip route 10.9.0.0 255.255.0.0 Null0";

/* --- interfaces ------------------------------------------------------- */

START_TEST(ports_that_nobody_configured_are_down)
{
	if (!root)
		return;
	check("show ip interface brief\n",
	      "Interface                  IP-Address      OK? Method Status   "
	      "             Protocol\n"
	      "Ethernet0/0                unassigned      YES unset  "
	      "administratively down down\n"
	      "Ethernet0/1                unassigned      YES unset  "
	      "administratively down down\n");
	ck_assert(!(ns_link(nl, "eth0").flags & IFF_UP));
	configure("interface Ethernet0/0");
	check("show ip interface brief e0/0\n", "administratively down");
}
END_TEST

START_TEST(addresses_go_to_the_kernel_and_come_back)
{
	if (!root)
		return;
	configure(network);
	ck_assert(ns_has_addr(nl, "eth0", "192.168.11.3"));
	ck_assert(ns_has_addr(nl, "eth1", "10.0.111.1"));
	ck_assert(ns_has_addr(nl, "lo", "192.168.1.1"));
	ck_assert(ns_link(nl, "eth0").flags & IFF_UP);
	check("show ip interface brief\n",
	      "Ethernet0/0                192.168.11.3    YES manual up       "
	      "             up\n"
	      "Ethernet0/1                10.0.111.1      YES manual up       "
	      "             up\n"
	      "Loopback0                  192.168.1.1     YES manual up       "
	      "             up\n");
	configure("interface e0/0\nno ip address\nno interface lo0");
	ck_assert(!ns_has_addr(nl, "eth0", "192.168.11.3"));
	ck_assert(!ns_has_addr(nl, "lo", "192.168.1.1"));
}
END_TEST

START_TEST(a_changed_primary_stays_the_primary)
{
	struct nl_route route;
	struct ip_addr dst;

	if (!root)
		return;
	ck_assert(ip_parse(&dst, "192.168.11.77"));
	configure("interface e0/0\nno shutdown\n"
		  "ip address 192.168.11.3 255.255.255.0\n"
		  "ip address 192.168.11.4 255.255.255.0 secondary\n"
		  "ip address 192.168.11.5 255.255.255.0");
	ck_assert(!ns_has_addr(nl, "eth0", "192.168.11.3"));
	ck_assert(ns_has_addr(nl, "eth0", "192.168.11.4"));
	ck_assert_int_eq(nl_route_lookup(nl, &dst, &route), 0);
	ck_assert_uint_eq(route.source.b[3], 5);
	check("show run int e0/0\n",
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
	{ "interface Ethernet7/0", "% Invalid input detected at '^' marker." },
	{ "no interface e0/1", "% Removal of physical interfaces" },
	{ "ip route 10.0.0.1 255.255.255.0 10.0.111.2",
	  "%Inconsistent address and mask" },
	{ "ip route 1.0.0.0 255.0.0.0 10.0.111.1", "%Invalid next hop" },
	{ "hostname 1abc", "% Hostname contains one or more illegal" },
};

START_TEST(what_cannot_be_is_refused_in_ios_words)
{
	char *lines;

	if (!root)
		return;
	configure(network);
	lines = xasprintf("conf t\ninterface e0/0\n%s\nend\n",
			  refused[_i].line);
	check(lines, refused[_i].said);
	ck_assert(ns_has_addr(nl, "eth0", "192.168.11.3"));
	free(lines);
}
END_TEST

START_TEST(links_tell_their_story)
{
	if (!root)
		return;
	configure(network);
	nl_link_flags(nl, if_nametoindex("p0"), 0, IFF_UP);
	ns_pump(loop, SETTLE);
	check("show logging\n",
	      "%LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet0/0, "
	      "changed state to down");
	check("show ip int brief e0/0\n",
	      "Ethernet0/0                192.168.11.3    YES manual down     "
	      "             down\n");
	configure("interface e0/1\nshutdown");
	check("show logging\n", "%LINK-5-CHANGED: Interface Ethernet0/1, "
				"changed state to administratively down");
	ck_assert(!(ns_link(nl, "eth1").flags & IFF_UP));
}
END_TEST

START_TEST(the_box_leaves_as_it_came)
{
	struct nl_addr mine = { .prefix = 24 };

	if (!root)
		return;
	stop();
	ck_assert(ip_parse(&mine.addr, "10.99.0.1"));
	mine.index = if_nametoindex("eth1");
	ck_assert_int_eq(nl_addr_add(nl, &mine), 0);
	nl_link_flags(nl, mine.index, IFF_UP, IFF_UP);
	ck_assert_int_eq(ns_switch("ipv4/ip_forward"), '0');
	start(NULL);
	ck_assert_int_eq(ns_switch("ipv4/ip_forward"), '1');
	ck_assert(!ns_has_addr(nl, "eth1", "10.99.0.1"));
	configure(network);
	configure("interface e0/1\nmtu 1400");
	ck_assert_uint_eq(ns_link(nl, "eth1").mtu, 1400);
	stop();
	ck_assert_int_eq(ns_switch("ipv4/ip_forward"), '0');
	ck_assert(ns_has_addr(nl, "eth1", "10.99.0.1"));
	ck_assert(!ns_has_addr(nl, "eth1", "10.0.111.1"));
	ck_assert(!ns_has_addr(nl, "lo", "192.168.1.1"));
	ck_assert(ns_link(nl, "eth1").flags & IFF_UP);
	ck_assert(!(ns_link(nl, "eth0").flags & IFF_UP));
	ck_assert_uint_eq(ns_link(nl, "eth1").mtu, 1500);
	start(NULL);
}
END_TEST

/* --- routes ----------------------------------------------------------- */

START_TEST(static_routes_follow_their_interface)
{
	if (!root)
		return;
	configure(network);
	ck_assert(ns_has_route(nl, "eth0", "0.0.0.0", 0));
	configure("interface e0/0\nshutdown");
	ck_assert(!ns_has_route(nl, "eth0", "0.0.0.0", 0));
	check("show ip route\n", "Gateway of last resort is not set\n");
	configure("interface e0/0\nno shutdown");
	ck_assert(ns_has_route(nl, "eth0", "0.0.0.0", 0));
	configure("no ip route 0.0.0.0 0.0.0.0 192.168.11.1");
	ck_assert(!ns_has_route(nl, "eth0", "0.0.0.0", 0));
}
END_TEST

START_TEST(the_better_distance_wins)
{
	if (!root)
		return;
	configure(network);
	configure("ip route 10.7.0.0 255.255.0.0 192.168.11.1\n"
		  "ip route 10.7.0.0 255.255.0.0 10.0.111.2 200");
	ck_assert(ns_has_route(nl, "eth0", "10.7.0.0", 16));
	configure("interface e0/0\nshutdown");
	ck_assert(ns_has_route(nl, "eth1", "10.7.0.0", 16));
	check("show ip route static\n",
	      "S        10.7.0.0/16 [200/0] via 10.0.111.2\n");
	configure("interface e0/0\nno shutdown");
	ck_assert(ns_has_route(nl, "eth0", "10.7.0.0", 16));
	ck_assert(!ns_has_route(nl, "eth1", "10.7.0.0", 16));
}
END_TEST

START_TEST(the_routing_table_looks_like_ios)
{
	if (!root)
		return;
	configure(network);
	check("show ip route\n",
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
	if (!root)
		return;
	configure(network);
	configure("ip route 10.20.0.0 255.255.0.0 10.0.111.2\n"
		  "ip route 10.30.0.0 255.255.0.0 10.20.0.1\n"
		  "ip route 10.40.0.0 255.255.0.0 10.50.0.1\n"
		  "ip route 10.50.0.0 255.255.0.0 10.40.0.1");
	ck_assert(ns_has_route(nl, "eth1", "10.30.0.0", 16));
	ck_assert(!ns_has_route(nl, "eth1", "10.40.0.0", 16));
	check("show ip route 10.30.1.1\n",
	      "Routing entry for 10.30.0.0/16\n"
	      "  Known via \"static\", distance 1, metric 0\n"
	      "  Routing Descriptor Blocks:\n"
	      "  * 10.20.0.1\n");
}
END_TEST

/* --- fronts ----------------------------------------------------------- */

static struct iface *port0(void)
{
	return iface_find(router_ifaces(router), "Ethernet0/0");
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
	ck_assert_int_eq(nl_route_put(nl, &r), 0);
	ck_assert(ip_parse(&n.addr, "192.168.11.1"));
	n.index = if_nametoindex("eth0");
	ck_assert_int_eq(nl_neigh_put(nl, &n), 0);
}

static void check_place(const char *device)
{
	ck_assert(ns_has_addr(nl, device, "192.168.11.3"));
	ck_assert(ns_has_route(nl, device, "192.168.11.0", 24));
	ck_assert(ns_has_route(nl, device, "0.0.0.0", 0));
	ck_assert(ns_has_route(nl, device, "172.20.0.0", 16));
	ck_assert(ns_has_neigh(nl, device, "192.168.11.1"));
}

START_TEST(a_front_takes_the_place_of_its_device)
{
	struct nl_link before, tap, wire;
	int fd;

	if (!root)
		return;
	configure(network);
	configure("interface e0/0\nmtu 1450");
	add_foreign_things();
	check_place("eth0");
	before = ns_link(nl, "eth0");
	fd = ns_tap("front0");
	ck_assert_int_eq(iface_front(router_ifaces(router), port0(), "front0"),
			 0);
	check_place("front0");
	tap = ns_link(nl, "front0");
	wire = ns_link(nl, "eth0");
	ck_assert_mem_eq(tap.mac, before.mac, 6);
	ck_assert_uint_eq(tap.mtu, 1450);
	ck_assert(tap.flags & IFF_UP);
	ck_assert(wire.flags & IFF_UP);
	ck_assert(wire.flags & IFF_NOARP);
	ck_assert(!ns_has_addr(nl, "eth0", "192.168.11.3"));
	ck_assert_int_eq(ns_switch("ipv6/conf/eth0/disable_ipv6"), '1');
	ck_assert_str_eq(port0()->device, "front0");
	ck_assert_str_eq(port0()->wire, "eth0");
	ck_assert_uint_eq(port0()->ifindex, tap.index);
	ck_assert(port0()->line_up);
	ck_assert_int_eq(iface_front(router_ifaces(router), port0(), "front0"),
			 -EBUSY);
	ck_assert_int_eq(iface_unfront(router_ifaces(router), port0()), 0);
	check_place("eth0");
	wire = ns_link(nl, "eth0");
	ck_assert(!(wire.flags & IFF_NOARP));
	ck_assert_ptr_null(port0()->wire);
	ck_assert(!(ns_link(nl, "front0").flags & IFF_UP));
	close(fd);
}
END_TEST

START_TEST(a_fronted_interface_is_configured_as_before)
{
	int fd;

	if (!root)
		return;
	configure(network);
	fd = ns_tap("front0");
	ck_assert_int_eq(iface_front(router_ifaces(router), port0(), "front0"),
			 0);
	configure("interface e0/0\nip address 192.168.11.5 255.255.255.0");
	ck_assert(ns_has_addr(nl, "front0", "192.168.11.5"));
	ck_assert(ns_has_route(nl, "front0", "0.0.0.0", 0));
	configure("interface e0/0\nshutdown");
	ck_assert(!(ns_link(nl, "front0").flags & IFF_UP));
	ck_assert(!(ns_link(nl, "eth0").flags & IFF_UP));
	configure("interface e0/0\nno shutdown");
	ck_assert(ns_has_route(nl, "front0", "0.0.0.0", 0));
	/* The cable is the wire's. */
	nl_link_flags(nl, if_nametoindex("p0"), 0, IFF_UP);
	ns_pump(loop, SETTLE);
	ck_assert(!port0()->line_up);
	ck_assert(!ns_link(nl, "front0").carrier);
	nl_link_flags(nl, if_nametoindex("p0"), IFF_UP, IFF_UP);
	ns_pump(loop, SETTLE);
	ck_assert(port0()->line_up);
	ck_assert_int_eq(iface_unfront(router_ifaces(router), port0()), 0);
	ck_assert(ns_has_addr(nl, "eth0", "192.168.11.5"));
	ck_assert(ns_has_route(nl, "eth0", "0.0.0.0", 0));
	close(fd);
}
END_TEST

START_TEST(a_front_that_cannot_be_changes_nothing)
{
	if (!root)
		return;
	configure(network);
	ck_assert_int_eq(iface_front(router_ifaces(router), port0(), "nothing"),
			 -ENODEV);
	ck_assert(ns_has_addr(nl, "eth0", "192.168.11.3"));
	ck_assert_str_eq(port0()->device, "eth0");
	ck_assert_int_eq(iface_unfront(router_ifaces(router), port0()),
			 -ENODEV);
}
END_TEST

START_TEST(a_front_that_fell_leaves_its_interface_alive)
{
	int fd;

	if (!root)
		return;
	configure(network);
	fd = ns_tap("front0");
	ck_assert_int_eq(iface_front(router_ifaces(router), port0(), "front0"),
			 0);
	close(fd);
	ns_pump(loop, SETTLE);
	ck_assert_int_eq(iface_unfront(router_ifaces(router), port0()), 0);
	ck_assert(ns_has_addr(nl, "eth0", "192.168.11.3"));
	ck_assert(port0()->line_up);
}
END_TEST

/* --- configuration ---------------------------------------------------- */

/* A router that was killed while it fronted eth0 leaves it like this. */
START_TEST(a_device_that_a_killed_router_left_deaf_hears_again)
{
	const unsigned int deaf = IFF_NOARP | IFF_ALLMULTI;

	if (!root)
		return;
	stop();
	ck_assert_int_eq(nl_link_flags(nl, if_nametoindex("eth0"), deaf, deaf),
			 0);
	start(NULL);
	ck_assert_uint_eq(ns_link(nl, "eth0").flags & deaf, 0);
	stop();
	ck_assert_uint_eq(ns_link(nl, "eth0").flags & deaf, 0);
}
END_TEST

START_TEST(a_restart_comes_up_with_the_saved_configuration)
{
	char *before, *after;

	if (!root)
		return;
	configure(network);
	configure(
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
		"ip ospf network point-to-point\nip pim sparse-mode\n"
		"ip route 10.3.0.0 255.255.0.0 e0/1 10.0.111.7 5 name a tag 9\n"
		"no ip cef\nip http server\nservice password-encryption\n"
		"access-list 10 permit 192.168.11.3");
	before = cli_config_text(router_cli(router));
	check("write memory\n", "[OK]");
	stop();
	start(NULL);
	after = cli_config_text(router_cli(router));
	/* Only the line that tells of the change differs. */
	ck_assert_str_eq(strstr(after, "version 15.4"),
			 strstr(before, "version 15.4"));
	ck_assert(ns_has_addr(nl, "eth1", "10.0.112.1"));
	ck_assert_int_eq(ns_switch("ipv4/conf/eth1/send_redirects"), '0');
	check("show ip int brief e0/1\n", "YES NVRAM  up");
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

	if (!root)
		return;
	stop();
	path = xasprintf("%s/initial", dir);
	ck_assert_int_eq(file_write(path, 0600, text, strlen(text)), 0);
	start(path);
	unlink(path);
	free(path);
	ck_assert_str_eq(router_hostname(router), "R9");
	ck_assert(ns_link(nl, "eth1").flags & IFF_UP);
	ck_assert(!(ns_link(nl, "eth0").flags & IFF_UP));
	ck_assert(ns_has_route(nl, "eth1", "0.0.0.0", 0));
	check("show logging\n", "%SYS-5-RESTART: System restarted --");
}
END_TEST

/* --- ping ------------------------------------------------------------- */

/* A running-config never says "no shutdown". */
START_TEST(a_pasted_running_config_brings_its_interfaces_up)
{
	if (!root)
		return;
	configure("interface e0/0\n ip address 10.0.0.1 255.255.255.0");
	check("show ip interface brief\n", "administratively down");
	configure("version 15.4\n"
		  "interface Ethernet0/1\n"
		  " ip address 10.1.0.1 255.255.255.0");
	check("show ip interface brief | include 0/1\n", "up");
	stop();
	start(NULL);
	configure("version 15.4\n"
		  "interface Ethernet0/1\n"
		  " ip address 10.1.0.1 255.255.255.0\n"
		  " shutdown");
	check("show ip interface brief | include 0/1\n",
	      "administratively down");
}
END_TEST

START_TEST(ping_counts_what_comes_back)
{
	if (!root)
		return;
	configure(network);
	check("ping 192.168.11.3\n",
	      "Type escape sequence to abort.\n"
	      "Sending 5, 100-byte ICMP Echos to 192.168.11.3, timeout is 2 "
	      "seconds:\n"
	      "!!!!!\n"
	      "Success rate is 100 percent (5/5), round-trip min/avg/max = ");
	check("ping 10.0.111.1 so lo0 repeat 75 size 1000\n",
	      "Sending 75, 1000-byte ICMP Echos to 10.0.111.1, timeout is 2 "
	      "seconds:\n"
	      "Packet sent with a source address of 192.168.1.1 \n"
	      "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!"
	      "!!!!!!!!\n"
	      "!!!!!\n"
	      "Success rate is 100 percent (75/75)");
}
END_TEST

START_TEST(ping_gives_up_and_can_be_broken_off)
{
	char *screen;

	if (!root)
		return;
	configure(network);
	cli_test_type(term, "ping 192.168.11.9 repeat 2 timeout 1\n");
	ns_pump(loop, 2300);
	screen = cli_test_take(term);
	ck_assert_msg(strstr(screen, "\n..\nSuccess rate is 0 percent (0/2)\n"),
		      "%s", screen);
	free(screen);
	cli_test_type(term, "ping 192.168.11.9 repeat 1000\n");
	ns_pump(loop, SETTLE);
	cli_test_interrupt(term);
	screen = cli_test_take(term);
	ck_assert_msg(strstr(screen, "Success rate is 0 percent (0/0)\n"), "%s",
		      screen);
	free(screen);
	check("ping nowhere\n", "% Unrecognized host or address, or protocol "
				"not running.\n");
	check("ping 10.0.111.1 source 9.9.9.9\n",
	      "% Invalid source address- IP address not on any of our up "
	      "interfaces\n");
}
END_TEST

START_TEST(ping_asks_when_it_is_told_nothing)
{
	if (!root)
		return;
	configure(network);
	check("ping\n\n10.0.111.1\n100\n\n\ny\n\n184\n\n\n\n\n\n",
	      "Sending 100, 100-byte ICMP Echos to 10.0.111.1, timeout is 2 "
	      "seconds:\n"
	      "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!"
	      "!!!!!!!!\n"
	      "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!\n"
	      "Success rate is 100 percent (100/100)");
	check("ping\nipx\n", "% Unknown protocol - \"ipx\"");
	check("ping\n\n10.0.111.1\n0\n", "% A decimal number between 1 and "
					 "2147483647.");
}
END_TEST

START_TEST(the_router_ends_with_a_ping_at_work)
{
	if (!root)
		return;
	configure(network);
	cli_test_type(term, "ping 192.168.11.9 repeat 1000\n");
	ns_pump(loop, SETTLE);
	stop();
	start(NULL);
}
END_TEST

/* --- clock and log ---------------------------------------------------- */

START_TEST(the_clock_is_set_by_hand)
{
	if (!root)
		return;
	check("clock set 18:10:30 2 jan 2016\nshow clock\n",
	      " UTC Sat Jan 2 2016\n");
	check_not("show clock\n", "*");
	check("clock set 18:10:30 February 29 2016\nshow clock detail\n",
	      " UTC Mon Feb 29 2016\nTime source is user configuration\n");
	check("clock set 25:00:00 1 jan 2016\n", "% Invalid input");
	configure("clock timezone IST 5 30");
	check("show clock\n", "23:40:3");
	check("show running-config | include clock\n",
	      "clock timezone IST 5 30\n");
}
END_TEST

START_TEST(the_log_is_shown_and_cleared)
{
	if (!root)
		return;
	configure("no service timestamps log\nhostname A");
	check("show logging\n",
	      "%SYS-5-CONFIG_I: Configured from console by console\n");
	check("clear logging\nn\nshow logging\n", "%SYS-5-CONFIG_I");
	check_not("clear logging\n\nshow logging\n", "%SYS-5-CONFIG_I");
	configure("service sequence-numbers\nlogging buffered 4096 4");
	check_not("show logging\n", "%SYS-5-CONFIG_I");
	check("show logging\n", "Buffer logging:  level warnings, ");
}
END_TEST

START_TEST(the_log_counts_what_goes_where)
{
	struct cli_test *vty;

	if (!root)
		return;
	configure("line vty 0 4\nno login\nprivilege level 15");
	vty = cli_test_new_echo(router_cli(router), 'v');
	cli_test_type(vty, "terminal monitor\n");
	check("show logging\n",
	      "Syslog logging: enabled (0 messages dropped, 0 messages "
	      "rate-limited,\n"
	      "                0 flushes, ");
	check("show logging\n", "Monitor logging: level debugging, 0 messages");
	/* There is no way to this host. */
	configure("logging host 10.99.0.1");
	check("show logging\n", "Monitor logging: level debugging, 1 messages");
	check("show logging\n", "enabled (1 messages dropped, ");
	check("show logging\n", "              link down),\n"
				"              0 message lines logged");
	check("clear logging\n\nshow logging\n", " 1 flushes, ");
	cli_test_free(vty);
}
END_TEST

START_TEST(an_interface_shows_its_helper)
{
	if (!root)
		return;
	configure("interface e0/0\nip address 192.168.11.3 255.255.255.0");
	check("show ip interface e0/0\n", "  Helper address is not set\n");
	configure("interface e0/0\nip helper-address 10.0.0.9");
	check("show ip interface e0/0\n", "  Helper address is 10.0.0.9\n");
}
END_TEST

START_TEST(the_version_has_what_tools_look_for)
{
	if (!root)
		return;
	configure("hostname CE1");
	check("show version\n", "Cisco IOS Software, ");
	check("show version\n", ", Version 15.4(1)T, RELEASE SOFTWARE");
	check("show version\n", "\nCE1 uptime is 0 minutes\n");
	check("show version\n", "\nSystem image file is \"");
	check("show version\n", "\nProcessor board ID ");
	check("show version\n", "\n2 Ethernet interfaces\n");
	check("show version\n", "not made by Cisco");
}
END_TEST

static TCase *times(void)
{
	TCase *tc = tcase_create("times");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_clock_is_set_by_hand);
	tcase_add_test(tc, the_log_is_shown_and_cleared);
	tcase_add_test(tc, the_log_counts_what_goes_where);
	tcase_add_test(tc, an_interface_shows_its_helper);
	tcase_add_test(tc, the_version_has_what_tools_look_for);
	return tc;
}

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

static TCase *pings(void)
{
	TCase *tc = tcase_create("ping");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, ping_counts_what_comes_back);
	tcase_add_test(tc, ping_gives_up_and_can_be_broken_off);
	tcase_add_test(tc, ping_asks_when_it_is_told_nothing);
	tcase_add_test(tc, the_router_ends_with_a_ping_at_work);
	return tc;
}

RUN_CASES("box", interfaces, routes, fronts, configuration, pings, times)
