/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The box's ping, clock, log and version. */
#include <string.h>

#include "tests/check_main.h"
#include "tests/router/box_world.h"

static struct box_world w;

static void setup(void)
{
	box_world_open(&w);
}

static void teardown(void)
{
	box_world_close(&w);
}

/* --- ping ------------------------------------------------------------- */

START_TEST(ping_counts_what_comes_back)
{
	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	box_world_check(
		&w, "ping 192.168.11.3\n",
		"Type escape sequence to abort.\n"
		"Sending 5, 100-byte ICMP Echos to 192.168.11.3, timeout is 2 "
		"seconds:\n"
		"!!!!!\n"
		"Success rate is 100 percent (5/5), round-trip min/avg/max = ");
	box_world_check(
		&w, "ping 10.0.111.1 so lo0 repeat 75 size 1000\n",
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

	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	cli_test_type(w.term, "ping 192.168.11.9 repeat 2 timeout 1\n");
	box_world_pump(&w, 2300);
	screen = cli_test_take(w.term);
	ck_assert_msg(strstr(screen, "\n..\nSuccess rate is 0 percent (0/2)\n"),
		      "%s", screen);
	free(screen);
	cli_test_type(w.term, "ping 192.168.11.9 repeat 1000\n");
	box_world_pump(&w, BOX_WORLD_SETTLE);
	cli_test_interrupt(w.term);
	screen = cli_test_take(w.term);
	ck_assert_msg(strstr(screen, "Success rate is 0 percent (0/0)\n"), "%s",
		      screen);
	free(screen);
	box_world_check(&w, "ping nowhere\n",
			"% Unrecognized host or address, or protocol "
			"not running.\n");
	box_world_check(
		&w, "ping 10.0.111.1 source 9.9.9.9\n",
		"% Invalid source address- IP address not on any of our up "
		"interfaces\n");
}
END_TEST

START_TEST(ping_asks_when_it_is_told_nothing)
{
	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	box_world_check(
		&w, "ping\n\n10.0.111.1\n100\n\n\ny\n\n184\n\n\n\n\n\n",
		"Sending 100, 100-byte ICMP Echos to 10.0.111.1, timeout is 2 "
		"seconds:\n"
		"!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!"
		"!!!!!!!!\n"
		"!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!\n"
		"Success rate is 100 percent (100/100)");
	box_world_check(&w, "ping\nipx\n", "% Unknown protocol - \"ipx\"");
	box_world_check(&w, "ping\n\n10.0.111.1\n0\n",
			"% A decimal number between 1 and "
			"2147483647.");
}
END_TEST

START_TEST(ping_sweeps_sizes_and_goes_up_to_64_kilobytes)
{
	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	box_world_check(
		&w,
		"ping\n\n10.0.111.1\n2\n\n\ny\n\n\n\n\n\n\n"
		"y\n100\n1000\n100\n",
		"Sending 20, [100..1000]-byte ICMP Echos to 10.0.111.1, "
		"timeout is 2 seconds:\n"
		"!!!!!!!!!!!!!!!!!!!!\n"
		"Success rate is 100 percent (20/20)");
	box_world_check(&w, "ping 10.0.111.1 sweep 64 66 1 repeat 1\n",
			"Sending 3, [64..66]-byte ICMP Echos");
	box_world_check(&w, "ping 10.0.111.1 size 65535\n",
			"Success rate is 100 percent (5/5)");
	box_world_check(&w, "ping 10.0.111.1 size 65536\n", "% Invalid input");
}
END_TEST

START_TEST(ping_tells_of_each_reply_and_of_the_route)
{
	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	box_world_check(&w, "ping\n\n10.0.111.1\n1\n\n\ny\n\n\n\n\n\nr\n\n\n\n",
			".  Received packet has options\n"
			" Total option bytes= 40, padded length=40\n"
			" Record route:\n");
	box_world_check(&w, "ping\n\n10.0.111.1\n1\n\n\ny\n\n\n\n\n\nv\n\n\n",
			"Reply to request 0 (1 ms) (size 100)\n"
			"Success rate is 100 percent (1/1)");
}
END_TEST

START_TEST(traceroute_finds_the_way)
{
	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	box_world_check(&w, "traceroute 192.168.11.3 timeout 1\n",
			"Type escape sequence to abort.\n"
			"Tracing the route to 192.168.11.3\n"
			"VRF info: (vrf in name/id, vrf out name/id)\n"
			"  1 192.168.11.3 ");
	box_world_check(&w, "traceroute\n\n192.168.11.3\n\n\n1\n1\n\n\n\n\n",
			"  1 192.168.11.3 ");
	box_world_check(&w, "traceroute nowhere\n",
			"% Unrecognized host or address.\n");
	box_world_check(&w, "traceroute 192.168.11.3 ttl 9 3\n",
			"% Minimum TTL is greater than maximum TTL\n");
	box_world_check(&w, "traceroute\nipx\n", "% Unknown protocol");
}
END_TEST

START_TEST(the_router_ends_with_a_ping_at_work)
{
	if (!w.root)
		return;
	box_world_configure(&w, box_world_network);
	cli_test_type(w.term, "ping 192.168.11.9 repeat 1000\n");
	box_world_pump(&w, BOX_WORLD_SETTLE);
	box_world_stop(&w);
	box_world_start(&w, NULL);
}
END_TEST

/* --- clock and log ---------------------------------------------------- */

START_TEST(the_clock_is_set_by_hand)
{
	if (!w.root)
		return;
	box_world_check(&w, "clock set 18:10:30 2 jan 2016\nshow clock\n",
			" UTC Sat Jan 2 2016\n");
	box_world_check_not(&w, "show clock\n", "*");
	box_world_check(
		&w, "clock set 18:10:30 February 29 2016\nshow clock detail\n",
		" UTC Mon Feb 29 2016\nTime source is user configuration\n");
	box_world_check(&w, "clock set 25:00:00 1 jan 2016\n",
			"% Invalid input");
	box_world_configure(&w, "clock timezone IST 5 30");
	box_world_check(&w, "show clock\n", "23:40:3");
	box_world_check(&w, "show running-config | include clock\n",
			"clock timezone IST 5 30\n");
}
END_TEST

START_TEST(the_log_is_shown_and_cleared)
{
	if (!w.root)
		return;
	box_world_configure(&w, "no service timestamps log\nhostname A");
	box_world_check(
		&w, "show logging\n",
		"%SYS-5-CONFIG_I: Configured from console by console\n");
	box_world_check(&w, "clear logging\nn\nshow logging\n",
			"%SYS-5-CONFIG_I");
	box_world_check_not(&w, "clear logging\n\nshow logging\n",
			    "%SYS-5-CONFIG_I");
	box_world_configure(
		&w, "service sequence-numbers\nlogging buffered 4096 4");
	box_world_check_not(&w, "show logging\n", "%SYS-5-CONFIG_I");
	box_world_check(&w, "show logging\n",
			"Buffer logging:  level warnings, ");
}
END_TEST

START_TEST(the_log_counts_what_goes_where)
{
	struct cli_test *vty;

	if (!w.root)
		return;
	box_world_configure(&w, "line vty 0 4\nno login\nprivilege level 15");
	vty = cli_test_new_echo(router_cli(w.router), 'v');
	cli_test_type(vty, "terminal monitor\n");
	box_world_check(
		&w, "show logging\n",
		"Syslog logging: enabled (0 messages dropped, 0 messages "
		"rate-limited,\n"
		"                0 flushes, ");
	box_world_check(&w, "show logging\n",
			"Monitor logging: level debugging, 0 messages");
	/* There is no way to this host. */
	box_world_configure(&w, "logging host 10.99.0.1");
	box_world_check(&w, "show logging\n",
			"Monitor logging: level debugging, 1 messages");
	box_world_check(&w, "show logging\n", "enabled (1 messages dropped, ");
	box_world_check(&w, "show logging\n",
			"              link down),\n"
			"              0 message lines logged");
	box_world_check(&w, "clear logging\n\nshow logging\n", " 1 flushes, ");
	cli_test_free(vty);
}
END_TEST

START_TEST(an_interface_shows_its_helper)
{
	if (!w.root)
		return;
	box_world_configure(
		&w, "interface e0/0\nip address 192.168.11.3 255.255.255.0");
	box_world_check(&w, "show ip interface e0/0\n",
			"  Helper address is not set\n");
	box_world_configure(&w, "interface e0/0\nip helper-address 10.0.0.9");
	box_world_check(&w, "show ip interface e0/0\n",
			"  Helper address is 10.0.0.9\n");
}
END_TEST

START_TEST(the_version_has_what_tools_look_for)
{
	if (!w.root)
		return;
	box_world_configure(&w, "hostname CE1");
	box_world_check(&w, "show version\n", "Cisco IOS Software, ");
	box_world_check(&w, "show version\n",
			", Version 15.4(1)T, RELEASE SOFTWARE");
	box_world_check(&w, "show version\n", "\nCE1 uptime is 0 minutes\n");
	box_world_check(&w, "show version\n", "\nSystem image file is \"");
	box_world_check(&w, "show version\n", "\nProcessor board ID ");
	box_world_check(&w, "show version\n", "\n2 Ethernet interfaces\n");
	box_world_check(&w, "show version\n", "not made by Cisco");
}
END_TEST

static TCase *pings(void)
{
	TCase *tc = tcase_create("ping");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, ping_counts_what_comes_back);
	tcase_add_test(tc, ping_gives_up_and_can_be_broken_off);
	tcase_add_test(tc, ping_asks_when_it_is_told_nothing);
	tcase_add_test(tc, ping_sweeps_sizes_and_goes_up_to_64_kilobytes);
	tcase_add_test(tc, ping_tells_of_each_reply_and_of_the_route);
	tcase_add_test(tc, traceroute_finds_the_way);
	tcase_add_test(tc, the_router_ends_with_a_ping_at_work);
	return tc;
}

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

RUN_CASES("box_ping", pings, times)
