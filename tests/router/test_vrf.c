/* SPDX-License-Identifier: GPL-3.0-or-later */
/* VRFs: their configuration, and what is where in the kernel. */
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "router/vrf.h"
#include "tests/check_main.h"
#include "tests/router/box_world.h"
#include "tests/router/ns.h"

static struct box_world w;
static int tap; /* of the front that follow() has made; -1: none */

static void setup(void)
{
	box_world_open(&w);
	tap = -1;
}

static void teardown(void)
{
	box_world_close(&w);
	if (tap >= 0)
		close(tap);
}

static struct vrf *vrf(const char *name)
{
	return vrf_find(ifaces_vrfs(router_ifaces(w.router)), name);
}

/* What the dataplane does: a TAP in the VRF takes the device's place. */
static void follow(void *arg, struct iface *iface, enum iface_change change)
{
	struct ifaces *ifaces = arg;
	int home;

	if (change != IFACE_VRF)
		return;
	if (iface->wire)
		ck_assert_int_eq(iface_unfront(ifaces, iface), 0);
	if (tap >= 0)
		close(tap);
	tap = -1;
	if (!iface->vrf)
		return;
	home = vrf_enter(iface_vrf(iface));
	ck_assert_int_ge(home, 0);
	tap = ns_tap("gv-test");
	netns_leave(home);
	ck_assert_int_eq(iface_front(ifaces, iface, "gv-test"), 0);
}

static void front_all(void)
{
	struct ifaces *ifaces = router_ifaces(w.router);

	ifaces_watch(ifaces, follow, ifaces);
}

struct search {
	struct ip_addr addr;
	unsigned int prefix;
	bool found;
};

static void see_addr(void *arg, const struct nl_addr *a)
{
	struct search *s = arg;

	s->found = s->found || ip_equal(&a->addr, &s->addr);
}

static bool has_addr(struct nl *nl, const char *text)
{
	struct search s = { 0 };

	ck_assert(ip_parse(&s.addr, text));
	ck_assert_int_eq(nl_addrs(nl, 0, see_addr, &s), 0);
	return s.found;
}

static void see_route(void *arg, const struct nl_route *r)
{
	struct search *s = arg;

	s->found = s->found ||
		   (r->prefix == s->prefix && ip_equal(&r->dst, &s->addr));
}

static bool has_route(struct nl *nl, const char *text, unsigned int prefix)
{
	struct search s = { .prefix = prefix };

	ck_assert(ip_parse(&s.addr, text));
	ck_assert_int_eq(nl_routes(nl, IP_V4, see_route, &s), 0);
	return s.found;
}

static char forwards(const struct vrf *v)
{
	int home = vrf_enter(v);
	char value;

	ck_assert_int_ge(home, 0);
	value = ns_switch("ipv6/conf/all/forwarding");
	netns_leave(home);
	return value;
}

/* --- configuration -------------------------------------------------------- */

#define VRFS                              \
	"vrf definition RED\n"            \
	" description the red one\n"      \
	" rd 10.1.1.1:7\n"                \
	" !\n"                            \
	" address-family ipv4\n"          \
	"  route-target export 65000:1\n" \
	" exit-address-family\n"          \
	" !\n"                            \
	" address-family ipv6\n"          \
	" exit-address-family\n"          \
	"!\n"                             \
	"ip vrf BLUE\n"                   \
	" rd 65000:2\n"                   \
	" route-target import 65000:2\n"  \
	"!\n"
#define LOOPBACKS                              \
	"interface Loopback1\n"                \
	" vrf forwarding RED\n"                \
	" ip address 10.0.0.1 255.255.255.0\n" \
	"!\n"                                  \
	"interface Loopback2\n"                \
	" ip vrf forwarding BLUE\n"            \
	" ip address 10.0.0.1 255.255.255.0\n"

START_TEST(what_was_typed_comes_back)
{
	if (!w.root)
		return;
	box_world_configure(
		&w, VRFS LOOPBACKS
		"ip route vrf RED 0.0.0.0 0.0.0.0 10.9.9.9\n"
		"ip route vrf BLUE 0.0.0.0 0.0.0.0 10.9.9.9 name X\n"
		"ip route 10.0.0.0 255.0.0.0 Null0\n");
	box_world_check(&w, "show running-config\n",
			"!\nvrf definition RED\n"
			" description the red one\n"
			" rd 10.1.1.1:7\n"
			" !\n"
			" address-family ipv4\n");
	box_world_check(&w, "show running-config\n",
			"!\nip vrf BLUE\n"
			" rd 65000:2\n"
			" route-target import 65000:2\n!\n");
	box_world_check(&w, "show running-config interface lo1\n",
			"interface Loopback1\n"
			" vrf forwarding RED\n"
			" ip address 10.0.0.1 255.255.255.0\n"
			"end\n");
	box_world_check(&w, "show running-config interface lo2\n",
			"interface Loopback2\n"
			" ip vrf forwarding BLUE\n");
	box_world_check(&w, "show running-config\n",
			"ip route 10.0.0.0 255.0.0.0 Null0\n"
			"ip route vrf BLUE 0.0.0.0 0.0.0.0 10.9.9.9 name X\n"
			"ip route vrf RED 0.0.0.0 0.0.0.0 10.9.9.9\n");
}
END_TEST

static const struct {
	const char *line, *said;
} refused[] = {
	{ "interface e0/0\nvrf forwarding GREEN",
	  "% VRF GREEN not configured" },
	{ "ip vrf BLUE\nrd 65000", "% Malformed Route Distinguisher" },
	{ "ip vrf BLUE\nrd 65000:", "% Malformed Route Distinguisher" },
	{ "ip vrf BLUE\nrd a:1", "% Malformed Route Distinguisher" },
	{ "ip vrf RED", "% Use 'vrf definition RED' to configure" },
	{ "vrf definition BLUE", "% Use 'ip vrf BLUE' to configure" },
	{ "ip vrf BLUE\naddress-family ipv4", "% Address families are for" },
	{ "ip vrf N23456789012345678901234567890123", "% Name is too long" },
	{ "no ip vrf GREEN", "% VRF GREEN does not exist" },
	{ "ip route vrf GREEN 0.0.0.0 0.0.0.0 1.1.1.1",
	  "% VRF GREEN does not exist" },
	{ "ip route vrf RED 0.0.0.0 0.0.0.0 10.0.0.1",
	  "%Invalid next hop address (it's this router)" },
	{ "interface lo9\nvrf forwarding RED\nip address 10.0.0.9 255.255.0.0",
	  "% 10.0.0.0 overlaps with Loopback1" },
	{ "do ping vrf GREEN 1.1.1.1", "% VRF GREEN does not exist" },
	{ "do show ip route vrf GREEN", "% VRF GREEN does not exist" },
};

START_TEST(what_cannot_be_is_refused)
{
	char *lines;

	if (!w.root)
		return;
	box_world_configure(&w, VRFS LOOPBACKS);
	lines = xasprintf("conf t\n%s\nend\n", refused[_i].line);
	box_world_check(&w, lines, refused[_i].said);
	free(lines);
}
END_TEST

/* --- the kernel ----------------------------------------------------------- */

START_TEST(loopbacks_of_two_vrfs_have_one_address)
{
	if (!w.root)
		return;
	box_world_configure(&w, VRFS LOOPBACKS);
	ck_assert(has_addr(vrf("RED")->nl, "10.0.0.1"));
	ck_assert(has_addr(vrf("BLUE")->nl, "10.0.0.1"));
	ck_assert(!has_addr(w.nl, "10.0.0.1"));
	box_world_check(&w, "conf t\nint lo1\nno vrf forwarding\nend\n",
			"% Interface Loopback1 IPv4 disabled and address(es) "
			"removed due to disabling VRF RED");
	ck_assert(!has_addr(vrf("RED")->nl, "10.0.0.1"));
	box_world_configure(&w, "int lo1\nip address 10.0.0.1 255.255.255.0");
	ck_assert(has_addr(w.nl, "10.0.0.1"));
}
END_TEST

START_TEST(an_interface_works_in_its_vrf_and_its_device_stays)
{
	struct nl *red;

	if (!w.root)
		return;
	front_all();
	box_world_configure(&w, VRFS "interface e0/0\nno shutdown\n"
				     "ip address 192.168.1.1 255.255.255.0");
	ck_assert(has_addr(w.nl, "192.168.1.1"));
	box_world_check(&w, "conf t\nint e0/0\nvrf forwarding RED\nend\n",
			"% Interface Ethernet0/0 IPv4 disabled and address(es) "
			"removed due to enabling VRF RED");
	box_world_configure(&w, "interface e0/0\n"
				"ip address 192.168.1.2 255.255.255.0");
	red = vrf("RED")->nl;
	ck_assert(has_addr(red, "192.168.1.2"));
	ck_assert(has_route(red, "192.168.1.0", 24));
	ck_assert(!has_addr(w.nl, "192.168.1.1"));
	ck_assert(!has_addr(w.nl, "192.168.1.2"));
	ck_assert(ns_link(w.nl, "eth0").flags & IFF_UP);
	ck_assert(ns_link(w.nl, "eth0").flags & IFF_NOARP);
	box_world_check(&w, "show ip interface brief e0/0\n",
			"192.168.1.2     YES manual up                    up");
	box_world_check(&w,
			"conf t\nint e0/0\nno vrf forwarding\n"
			"ip address 192.168.1.3 255.255.255.0\nend\n",
			"due to disabling VRF RED");
	ck_assert(ns_has_addr(w.nl, "eth0", "192.168.1.3"));
	ck_assert(!(ns_link(w.nl, "eth0").flags & IFF_NOARP));
}
END_TEST

START_TEST(without_a_front_it_is_down_and_has_no_address_anywhere)
{
	if (!w.root)
		return;
	box_world_configure(&w, VRFS "interface e0/0\nno shutdown\n"
				     "vrf forwarding RED\n"
				     "ip address 192.168.1.1 255.255.255.0");
	ck_assert(!has_addr(w.nl, "192.168.1.1"));
	ck_assert(!has_addr(vrf("RED")->nl, "192.168.1.1"));
	box_world_check(
		&w, "show ip interface brief e0/0\n",
		"192.168.1.1     YES manual down                  down");
}
END_TEST

START_TEST(routes_go_into_the_table_of_their_vrf)
{
	struct nl *red;

	if (!w.root)
		return;
	front_all();
	box_world_configure(&w,
			    VRFS "interface e0/0\nno shutdown\n"
				 "vrf forwarding RED\n"
				 "ip address 192.168.1.1 255.255.255.0\n"
				 "interface e0/1\nno shutdown\n"
				 "ip address 192.168.1.1 255.255.255.0\n"
				 "ip route vrf RED 10.1.0.0 255.255.0.0 "
				 "192.168.1.9\n"
				 "ip route vrf BLUE 10.2.0.0 255.255.0.0 "
				 "192.168.1.9\n"
				 "ip route 10.3.0.0 255.255.0.0 192.168.1.9\n");
	red = vrf("RED")->nl;
	ck_assert(has_route(red, "10.1.0.0", 16));
	ck_assert(!has_route(red, "10.3.0.0", 16));
	ck_assert(has_route(w.nl, "10.3.0.0", 16));
	ck_assert(!has_route(w.nl, "10.1.0.0", 16));
	/* Nothing of BLUE is connected. */
	ck_assert(!has_route(vrf("BLUE")->nl, "10.2.0.0", 16));
	box_world_check(&w, "show ip route vrf RED\n",
			"S        10.1.0.0 [1/0] via 192.168.1.9");
	box_world_check(&w, "show ip route vrf RED 10.1.2.3\n",
			"Routing entry for 10.1.0.0/16");
	box_world_configure(
		&w, "no ip route vrf RED 10.1.0.0 255.255.0.0 192.168.1.9");
	ck_assert(!has_route(red, "10.1.0.0", 16));
}
END_TEST

START_TEST(ipv6_is_forwarded_in_vrfs_and_shown_apart)
{
	if (!w.root)
		return;
	box_world_configure(&w, "vrf definition OLD\n"
				"ipv6 unicast-routing\n" VRFS
				"interface lo1\nvrf forwarding RED\n"
				"ipv6 address 2001:db8::1/128\n"
				"interface lo2\nvrf forwarding OLD\n"
				"ipv6 address 2001:db8::1/128");
	ck_assert(has_addr(vrf("RED")->nl, "2001:db8::1"));
	ck_assert(has_addr(vrf("OLD")->nl, "2001:db8::1"));
	ck_assert(!has_addr(w.nl, "2001:db8::1"));
	ck_assert_int_eq(forwards(vrf("OLD")), '1');
	ck_assert_int_eq(forwards(vrf("RED")), '1');
	box_world_check_not(&w, "show ipv6 route\n", "2001:DB8::1");
	box_world_check(&w, "ping vrf RED 2001:db8::1 repeat 2\n",
			"Success rate is 100 percent (2/2)");
	box_world_check(&w, "ping vrf RED 2001:db8::1 source 2001:db8::9\n",
			"% Invalid source address");
	box_world_configure(&w, "ipv6 route vrf RED 2001:db8:1::/48 Null0\n"
				"ipv6 route vrf OLD 2001:db8:2::/48 Null0\n"
				"ipv6 route 2001:db8:3::/48 Null0");
	box_world_check(&w, "show running-config\n",
			"ipv6 route 2001:DB8:3::/48 Null0\n"
			"ipv6 route vrf OLD 2001:DB8:2::/48 Null0\n"
			"ipv6 route vrf RED 2001:DB8:1::/48 Null0\n");
	box_world_check(&w, "show ipv6 route vrf RED\n",
			"IPv6 Routing Table - RED - 3 entries\n");
	box_world_check(&w, "show ipv6 route vrf RED\n",
			"S   2001:DB8:1::/48 [1/0]\n");
	box_world_check_not(&w, "show ipv6 route vrf RED\n", "2001:DB8:2::/48");
	box_world_check_not(&w, "show ipv6 route\n", "2001:DB8:1::/48");
	box_world_check(&w, "conf t\nipv6 route vrf GREEN ::/0 Null0\nend\n",
			"% VRF GREEN does not exist");
	box_world_configure(&w, "no ipv6 unicast-routing");
	ck_assert_int_eq(forwards(vrf("RED")), '0');
}
END_TEST

START_TEST(a_dialogue_stays_in_its_vrf)
{
	if (!w.root)
		return;
	box_world_configure(&w, VRFS LOOPBACKS);
	box_world_check(&w, "ping vrf RED\n\n10.0.0.1\n2\n\n\n\n",
			"Success rate is 100 percent (2/2)");
	box_world_check(&w, "ping\n\n10.0.0.1\n1\n\n0\n\n",
			"Success rate is 0 percent (0/1)");
}
END_TEST

START_TEST(a_vrf_that_goes_leaves_nothing)
{
	if (!w.root)
		return;
	front_all();
	box_world_configure(&w, VRFS LOOPBACKS
			    "interface e0/0\nno shutdown\n"
			    "vrf forwarding RED\n"
			    "ip address 192.168.1.1 255.255.255.0\n"
			    "ip route vrf RED 0.0.0.0 0.0.0.0 192.168.1.9");
	box_world_check(&w, "conf t\nno vrf definition RED\nend\n",
			"% IPv4 and IPv6 addresses from all interfaces in VRF "
			"RED have been removed");
	ck_assert_ptr_null(vrf("RED"));
	box_world_check_not(&w, "show running-config\n", "RED");
	box_world_check(&w, "show ip interface brief\n",
			"Ethernet0/0                unassigned      YES unset  "
			"up                    up");
	ck_assert(has_addr(vrf("BLUE")->nl, "10.0.0.1"));
	/* A new one of that name is another one. */
	box_world_configure(&w, "vrf definition RED");
	ck_assert_uint_gt(vrf("RED")->id, vrf("BLUE")->id);
}
END_TEST

START_TEST(we_are_at_home_whatever_we_did_elsewhere)
{
	struct netns *ns;
	int home;

	if (!w.root)
		return;
	ns = netns_new();
	ck_assert_ptr_nonnull(ns);
	ck_assert_uint_ne(if_nametoindex("eth0"), 0);
	home = netns_enter(ns);
	ck_assert_int_ge(home, 0);
	ck_assert_uint_eq(if_nametoindex("eth0"), 0);
	netns_leave(home);
	ck_assert_uint_ne(if_nametoindex("eth0"), 0);
	netns_leave(netns_enter(NULL));
	ck_assert_uint_ne(if_nametoindex("eth0"), 0);
	netns_free(ns);
	netns_forsake();
	ck_assert_ptr_null(netns_new());
}
END_TEST

static TCase *case_vrf(void)
{
	TCase *tc = tcase_create("vrf");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_was_typed_comes_back);
	tcase_add_loop_test(tc, what_cannot_be_is_refused, 0,
			    (int)ARRAY_SIZE(refused));
	tcase_add_test(tc, loopbacks_of_two_vrfs_have_one_address);
	tcase_add_test(tc, an_interface_works_in_its_vrf_and_its_device_stays);
	tcase_add_test(tc,
		       without_a_front_it_is_down_and_has_no_address_anywhere);
	tcase_add_test(tc, routes_go_into_the_table_of_their_vrf);
	tcase_add_test(tc, ipv6_is_forwarded_in_vrfs_and_shown_apart);
	tcase_add_test(tc, a_dialogue_stays_in_its_vrf);
	tcase_add_test(tc, a_vrf_that_goes_leaves_nothing);
	tcase_add_test(tc, we_are_at_home_whatever_we_did_elsewhere);
	return tc;
}

RUN_CASES("vrf", case_vrf)
