/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A running-config in FRR's words, and from one state to the next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/frr_feed.h"
#include "router/frr_text.h"
#include "tests/check_main.h"

static const char *device(void *ctx, const char *interface)
{
	(void)ctx;
	if (!strcmp(interface, "Ethernet0/0"))
		return "gv-eth1";
	return !strncmp(interface, "Loopback", 8) ? "lo" : NULL;
}

static bool address(void *ctx, const char *interface, struct ip_addr *out)
{
	(void)ctx;
	return device(NULL, interface) && ip_parse(out, "10.0.0.1");
}

static struct frr_config config;

static void read_text(const char *text)
{
	struct frr_world world = { .device = device, .address = address };

	ck_assert(ip_parse(&world.router_id, "1.1.1.1"));
	frr_config_read(&config, text, &world);
}

static void teardown(void)
{
	frr_config_fini(&config);
}

static bool has(enum frr_program program, const char *context, const char *text)
{
	const struct frr_lines *lines = &config.part[program];

	for (size_t i = 0; i < lines->n; i++)
		if (!strcmp(lines->v[i].text, text) &&
		    !strcmp(lines->v[i].context, context))
			return true;
	return false;
}

#define TOP "router bgp 65001"
#define AF  TOP "\naddress-family ipv4 unicast"

static const struct {
	const char *ios;
	enum frr_program program;
	const char *context, *frr; /* NULL: it is not acted on */
} lines[] = {
	{ "neighbor 10.0.0.2 remote-as 2", FRR_BGPD, TOP,
	  "neighbor 10.0.0.2 remote-as 2" },
	{ "neighbor 10.0.0.2 description to the %s", FRR_BGPD, TOP,
	  "neighbor 10.0.0.2 description to the %s" },
	{ "neighbor 10.0.0.2 update-source Loopback0", FRR_BGPD, TOP,
	  "neighbor 10.0.0.2 update-source 10.0.0.1" },
	{ "neighbor 10.0.0.2 timers 10 30 20", FRR_BGPD, TOP,
	  "neighbor 10.0.0.2 timers 10 30" },
	{ "neighbor 10.0.0.2 next-hop-self all", FRR_BGPD, AF,
	  "neighbor 10.0.0.2 next-hop-self force" },
	{ "no neighbor 10.0.0.2 activate", FRR_BGPD, AF,
	  "no neighbor 10.0.0.2 activate" },
	{ "neighbor 10.0.0.2 password 0 Secret", FRR_BGPD, TOP,
	  "neighbor 10.0.0.2 password Secret" },
	{ "neighbor 10.0.0.2 password 7 02050D480809", FRR_BGPD, TOP,
	  "neighbor 10.0.0.2 password cisco" },
	{ "neighbor 10.0.0.2 password 7 0205ZZ", FRR_BGPD, TOP, NULL },
	{ "neighbor 10.0.0.2 remove-private-as all", FRR_BGPD, AF,
	  "neighbor 10.0.0.2 remove-private-AS all" },
	{ "neighbor 2001:DB8::1 remote-as 2", FRR_BGPD, TOP, NULL },
	{ "neighbor 10.0.0.2 fall-over", FRR_BGPD, TOP, NULL },
	{ "network 10.0.0.0", FRR_BGPD, AF, "network 10.0.0.0/8" },
	{ "network 172.16.0.0", FRR_BGPD, AF, "network 172.16.0.0/16" },
	{ "network 192.168.1.0", FRR_BGPD, AF, "network 192.168.1.0/24" },
	{ "network 10.1.0.0 mask 255.255.128.0 route-map X", FRR_BGPD, AF,
	  "network 10.1.0.0/17 route-map X" },
	{ "network 10.1.0.0 mask 255.0.255.0", FRR_BGPD, AF, NULL },
	{ "aggregate-address 10.0.0.0 255.0.0.0 summary-only", FRR_BGPD, AF,
	  "aggregate-address 10.0.0.0/8 summary-only" },
	{ "redistribute static metric 5", FRR_BGPD, AF,
	  "redistribute kernel metric 5" },
	{ "redistribute ospf 7 metric 5", FRR_BGPD, AF,
	  "redistribute ospf metric 5" },
	{ "redistribute eigrp 7", FRR_BGPD, AF, NULL },
	{ "bgp router-id 9.9.9.9", FRR_BGPD, TOP, "bgp router-id 9.9.9.9" },
	{ "no bgp fast-external-fallover", FRR_BGPD, TOP,
	  "no bgp fast-external-failover" },
	{ "timers bgp 10 30", FRR_BGPD, TOP, "timers bgp 10 30" },
	{ "synchronization", FRR_BGPD, TOP, NULL },
};

START_TEST(a_line_of_bgp_becomes_one_of_frr)
{
	char *text = xasprintf(TOP "\n %s\n!\n", lines[_i].ios);

	read_text(text);
	free(text);
	ck_assert_uint_eq(config.wanted, 1U << FRR_ZEBRA | 1U << FRR_BGPD);
	if (lines[_i].frr) {
		ck_assert(has(lines[_i].program, lines[_i].context,
			      lines[_i].frr));
		ck_assert_ptr_null(frr_refused(&config, TOP, lines[_i].ios));
	} else {
		ck_assert_ptr_nonnull(frr_refused(&config, TOP, lines[_i].ios));
	}
}
END_TEST

START_TEST(what_ios_does_by_itself_is_said)
{
	read_text("hostname R1\n" TOP "\n neighbor 10.0.0.2 remote-as 2\n");
	ck_assert(has(FRR_BGPD, "", TOP));
	ck_assert(has(FRR_BGPD, "", "hostname R1"));
	ck_assert(has(FRR_BGPD, TOP, "no bgp ebgp-requires-policy"));
	ck_assert(has(FRR_BGPD, TOP, "bgp log-neighbor-changes"));
	ck_assert(has(FRR_BGPD, TOP, "bgp router-id 1.1.1.1"));
	frr_config_fini(&config);
	read_text(TOP "\n no bgp log-neighbor-changes\n"
		      " bgp router-id 2.2.2.2\n");
	ck_assert(has(FRR_BGPD, TOP, "no bgp log-neighbor-changes"));
	ck_assert(!has(FRR_BGPD, TOP, "bgp router-id 1.1.1.1"));
}
END_TEST

START_TEST(a_neighbor_is_made_before_it_is_described)
{
	const struct frr_lines *bgp = &config.part[FRR_BGPD];
	size_t made = 0, described = 0;

	read_text(TOP "\n network 10.0.0.0\n"
		      " neighbor 10.0.0.2 description first\n"
		      " neighbor 10.0.0.2 remote-as 2\n");
	for (size_t i = 0; i < bgp->n; i++) {
		if (strstr(bgp->v[i].text, "remote-as"))
			made = i;
		if (strstr(bgp->v[i].text, "description"))
			described = i;
	}
	ck_assert_uint_lt(made, described);
	ck_assert_str_eq(bgp->v[0].text, TOP);
}
END_TEST

START_TEST(other_families_are_not_acted_on)
{
	const char vrf[] = "address-family ipv4 vrf RED";

	read_text(TOP "\n address-family ipv4\n  network 10.0.0.0\n"
		      " exit-address-family\n address-family ipv4 vrf RED\n"
		      "  network 11.0.0.0\n exit-address-family\n");
	ck_assert(has(FRR_BGPD, AF, "network 10.0.0.0/8"));
	ck_assert(!has(FRR_BGPD, AF, "network 11.0.0.0/8"));
	ck_assert_ptr_nonnull(frr_refused(&config, TOP, vrf));
	ck_assert_ptr_nonnull(frr_refused(&config, vrf, "network 11.0.0.0"));
	ck_assert_ptr_null(frr_refused(&config, "address-family ipv4",
				       "network 10.0.0.0"));
}
END_TEST

START_TEST(ospf_knows_devices_prefixes_and_costs)
{
	read_text("interface Ethernet0/0\n ip ospf network point-to-point\n"
		  " ip ospf message-digest-key 1 md5 7 02050D480809\n"
		  " bandwidth 2000\ninterface Loopback0\n ip ospf 1 area 3\n"
		  "interface Ethernet0/1\n ip ospf cost 5\n"
		  "router ospf 1\n router-id 3.3.3.3\n"
		  " passive-interface Ethernet0/0\n"
		  " network 10.0.0.0 0.0.255.255 area 0\n"
		  " network 10.0.0.0 0.255.0.255 area 0\n"
		  " redistribute static subnets metric 3\n"
		  "router ospf 2\n network 9.0.0.0 0.0.0.255 area 0\n");
	ck_assert_uint_eq(config.wanted, 1U << FRR_ZEBRA | 1U << FRR_OSPFD);
	ck_assert(has(FRR_OSPFD, "interface gv-eth1",
		      "ip ospf network point-to-point"));
	ck_assert(has(FRR_OSPFD, "interface gv-eth1",
		      "ip ospf message-digest-key 1 md5 cisco"));
	ck_assert(has(FRR_OSPFD, "interface gv-eth1", "ip ospf cost 50"));
	ck_assert(has(FRR_OSPFD, "interface lo", "ip ospf cost 1"));
	ck_assert(has(FRR_OSPFD, "router ospf", "network 10.0.0.1/32 area 3"));
	ck_assert(has(FRR_OSPFD, "router ospf", "ospf router-id 3.3.3.3"));
	ck_assert(has(FRR_OSPFD, "router ospf", "passive-interface gv-eth1"));
	ck_assert(has(FRR_OSPFD, "router ospf", "network 10.0.0.0/16 area 0"));
	ck_assert(
		has(FRR_OSPFD, "router ospf", "redistribute kernel metric 3"));
	ck_assert_ptr_nonnull(
		frr_refused(&config, "router ospf 1",
			    "network 10.0.0.0 0.255.0.255 area 0"));
	ck_assert_ptr_nonnull(frr_refused(&config, NULL, "router ospf 2"));
	ck_assert_ptr_nonnull(frr_refused(&config, "router ospf 2",
					  "network 9.0.0.0 0.0.0.255 area 0"));
}
END_TEST

START_TEST(without_protocols_nothing_runs)
{
	read_text("hostname R1\ninterface Ethernet0/0\n ip ospf cost 5\n!\n"
		  "router eigrp 1\n network 10.0.0.0\n!\nend\n");
	ck_assert_uint_eq(config.wanted, 0);
}
END_TEST

START_TEST(filters_of_bgp_are_there)
{
	read_text(TOP "\n neighbor 10.0.0.2 remote-as 2\n"
		      " neighbor 10.0.0.2 route-map IN in\n"
		      "ip prefix-list LAN seq 5 permit 10.0.0.0/8 le 24\n"
		      "ip as-path access-list 1 permit ^65000_\n"
		      "route-map IN\n match ip address prefix-list LAN\n"
		      " set local-preference 200\n"
		      "route-map IN deny 20\n match ip address 101\n");
	ck_assert(has(FRR_BGPD, "",
		      "ip prefix-list LAN seq 5 permit 10.0.0.0/8 le 24"));
	ck_assert(
		has(FRR_BGPD, "", "bgp as-path access-list 1 permit ^65000_"));
	ck_assert(has(FRR_BGPD, "", "route-map IN permit 10"));
	ck_assert(has(FRR_BGPD, "route-map IN permit 10",
		      "match ip address prefix-list LAN"));
	ck_assert(has(FRR_BGPD, "route-map IN permit 10",
		      "set local-preference 200"));
	ck_assert(has(FRR_BGPD, AF, "neighbor 10.0.0.2 route-map IN in"));
	ck_assert_ptr_nonnull(frr_refused(&config, "route-map IN deny 20",
					  "match ip address 101"));
	frr_config_fini(&config);
	read_text("ip prefix-list LAN seq 5 permit 10.0.0.0/8\n"
		  "route-map IN permit 10\n set metric 5\n");
	ck_assert_ptr_nonnull(frr_refused(
		&config, NULL, "ip prefix-list LAN seq 5 permit 10.0.0.0/8"));
	ck_assert_ptr_nonnull(
		frr_refused(&config, "route-map IN permit 10", "set metric 5"));
}
END_TEST

START_TEST(a_line_of_many_words_is_whole)
{
	read_text(TOP "\n neighbor 1.1.1.1 description a b c d e f g h i j k l "
		      "m n o p q r s t u v w x y z\n");
	ck_assert(has(FRR_BGPD, TOP,
		      "neighbor 1.1.1.1 description a b c d e f g h i j k l m "
		      "n o p q r s t u v w x y z"));
}
END_TEST

/* --- differences ---------------------------------------------------------- */

static char fed[4096];

static void line(void *arg, const char *context, const char *text,
		 const struct frr_line *of)
{
	size_t n = strlen(fed);

	(void)arg;
	(void)of;
	snprintf(fed + n, sizeof(fed) - n, "%s%s\n",
		 strstr(context, "address-family") ? "af: " : "", text);
}

static void feed(const char *before, const char *after)
{
	struct frr_config old;

	*fed = '\0';
	read_text(before);
	old = config;
	read_text(after);
	frr_feed(&old.part[FRR_BGPD], &config.part[FRR_BGPD], line, NULL);
	frr_config_fini(&old);
}

START_TEST(only_what_differs_is_said)
{
	feed(TOP "\n neighbor 10.0.0.2 remote-as 2\n network 10.0.0.0\n",
	     TOP "\n neighbor 10.0.0.2 remote-as 2\n network 11.0.0.0\n");
	ck_assert_str_eq(fed, "af: no network 10.0.0.0/8\n"
			      "af: network 11.0.0.0/8\n");
	frr_config_fini(&config);
	feed(TOP "\n no bgp log-neighbor-changes\n", TOP "\n");
	ck_assert_str_eq(fed, "bgp log-neighbor-changes\n"
			      "bgp log-neighbor-changes\n");
}
END_TEST

START_TEST(a_neighbor_that_goes_takes_its_lines_along)
{
	feed(TOP "\n neighbor 10.0.0.2 remote-as 2\n"
		 " neighbor 10.0.0.2 description x\n"
		 " neighbor 10.0.0.22 remote-as 2\n",
	     TOP "\n neighbor 10.0.0.22 remote-as 2\n");
	ck_assert_str_eq(fed, "no neighbor 10.0.0.2 remote-as 2\n");
}
END_TEST

START_TEST(a_neighbor_in_another_system_is_made_anew)
{
	feed(TOP "\n neighbor 10.0.0.2 remote-as 2\n"
		 " neighbor 10.0.0.2 description x\n",
	     TOP "\n neighbor 10.0.0.2 remote-as 3\n"
		 " neighbor 10.0.0.2 description x\n");
	ck_assert_str_eq(fed, "no neighbor 10.0.0.2 remote-as 2\n"
			      "neighbor 10.0.0.2 remote-as 3\n"
			      "neighbor 10.0.0.2 timers connect 10\n"
			      "neighbor 10.0.0.2 description x\n");
}
END_TEST

START_TEST(a_group_that_goes_makes_all_anew)
{
	feed(TOP "\n neighbor G peer-group\n neighbor G remote-as 2\n",
	     TOP "\n network 10.0.0.0\n");
	ck_assert_str_eq(fed, "no " TOP "\n" TOP "\n"
			      "no bgp ebgp-requires-policy\n"
			      "bgp log-neighbor-changes\n"
			      "bgp router-id 1.1.1.1\n"
			      "af: network 10.0.0.0/8\n");
}
END_TEST

START_TEST(a_block_that_goes_takes_its_lines_along)
{
	feed(TOP "\n neighbor 10.0.0.2 remote-as 2\n network 10.0.0.0\n", "");
	ck_assert_str_eq(fed, "no " TOP "\n");
}
END_TEST

static TCase *case_text(void)
{
	TCase *tc = tcase_create("frr text");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_loop_test(tc, a_line_of_bgp_becomes_one_of_frr, 0,
			    (int)ARRAY_SIZE(lines));
	tcase_add_test(tc, what_ios_does_by_itself_is_said);
	tcase_add_test(tc, a_neighbor_is_made_before_it_is_described);
	tcase_add_test(tc, other_families_are_not_acted_on);
	tcase_add_test(tc, ospf_knows_devices_prefixes_and_costs);
	tcase_add_test(tc, without_protocols_nothing_runs);
	tcase_add_test(tc, filters_of_bgp_are_there);
	tcase_add_test(tc, a_line_of_many_words_is_whole);
	tcase_add_test(tc, only_what_differs_is_said);
	tcase_add_test(tc, a_neighbor_that_goes_takes_its_lines_along);
	tcase_add_test(tc, a_neighbor_in_another_system_is_made_anew);
	tcase_add_test(tc, a_group_that_goes_makes_all_anew);
	tcase_add_test(tc, a_block_that_goes_takes_its_lines_along);
	return tc;
}

RUN_CASES("frr text", case_text)
