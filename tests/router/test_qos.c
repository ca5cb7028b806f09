/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Class maps, policy maps and service-policy as they are typed, refused, shown
 * and written. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "router/qos.h"
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

/* The article's, what else a policy may say, and lines that are only kept. */
static const char written[] = "class-map match-all EF\n"
			      " match dscp ef \n"
			      "class-map match-any MANY\n"
			      " description of all kinds\n"
			      " match dscp af31 af32 45\n"
			      " match ip dscp cs1\n"
			      " match ip precedence 3 4\n"
			      " match not access-group 101\n"
			      " match access-group name LIST\n"
			      " match class-map EF\n"
			      " match protocol ip\n"
			      " match any\n"
			      "policy-map CHILD\n"
			      " class EF\n"
			      "  priority percent 10\n"
			      " class MANY\n"
			      "  bandwidth remaining percent 20\n"
			      "  set ip precedence 5\n"
			      "policy-map LEVELS\n"
			      " class EF\n"
			      "  priority level 1 512 16000\n"
			      " class MANY\n"
			      "  priority level 2\n"
			      " class class-default\n"
			      "  bandwidth percent 30\n"
			      "  queue-limit 128 packets\n"
			      "policy-map MARK\n"
			      " description marks\n"
			      " class MANY\n"
			      "  police cir 64000 bc 8000 pir 128000 be 16000\n"
			      "    conform-action set-dscp-transmit af11\n"
			      "    exceed-action set-prec-transmit 1\n"
			      "    violate-action drop\n"
			      "  set dscp af31\n"
			      "policy-map PERCENT\n"
			      " class EF\n"
			      "  police cir percent 20 bc 10 ms\n"
			      "    conform-action transmit\n"
			      "    exceed-action drop\n"
			      "policy-map QOS\n"
			      " class EF\n"
			      "  priority 50000\n"
			      "policy-map SHAPE\n"
			      " class class-default\n"
			      "  shape average 512000 4096 0\n"
			      "  service-policy CHILD\n"
			      "policy-map KEPT\n"
			      " class class-default\n"
			      "  fair-queue\n"
			      "  random-detect dscp-based\n"
			      "  police rate 128000\n"
			      "interface Ethernet0/0\n"
			      " load-interval 30\n"
			      " service-policy input MARK\n"
			      " service-policy output QOS\n"
			      "interface Ethernet0/1\n"
			      " bandwidth 2000\n"
			      " service-policy output SHAPE\n";

START_TEST(what_is_written_makes_the_same_router)
{
	char *before, *after;

	if (!w.root)
		return;
	box_world_configure(&w, written);
	before = cli_config_text(router_cli(w.router));
	for (const char *at = written, *end; *at; at = end + 1) {
		char *line;

		end = strchr(at, '\n');
		line = xasprintf("%.*s", (int)(end - at), at);
		while (line[strlen(line) - 1] == ' ')
			line[strlen(line) - 1] = '\0';
		ck_assert_msg(strstr(before, line) != NULL, "%s\n%s", line,
			      before);
		free(line);
	}
	box_world_check(&w, "write memory\n", "[OK]");
	box_world_stop(&w);
	box_world_start(&w, NULL);
	after = cli_config_text(router_cli(w.router));
	ck_assert_str_eq(strstr(after, "class-map"),
			 strstr(before, "class-map"));
	free(before);
	free(after);
}
END_TEST

START_TEST(what_nobody_acts_on_is_told)
{
	if (!w.root)
		return;
	box_world_configure(&w, written);
	box_world_check(&w, "show configuration unsupported\n",
			"random-detect dscp-based");
	box_world_check(&w, "show configuration unsupported\n",
			"police rate 128000");
	box_world_check_not(&w, "show configuration unsupported\n",
			    "shape average");
}
END_TEST

static const struct {
	const char *lines, *said;
} refused[] = {
	{ "policy-map NEW\nclass NONE", "% class map NONE not configured" },
	{ "interface e0/0\nservice-policy output NONE",
	  "% policy map NONE not configured" },
	{ "no class-map EF", "% Class-map EF is being used" },
	{ "no policy-map QOS", "% Policy-map QOS is being used" },
	{ "no policy-map CHILD", "% Policy-map CHILD is being used" },
	{ "interface e0/0\nservice-policy output SHAPE",
	  "Policy map QOS is already attached" },
	{ "interface e0/1\nservice-policy input QOS",
	  "queueing is not supported in input direction" },
	{ "policy-map MARK\nclass class-default\nshape average 64000",
	  "shape : queueing is not supported in input direction" },
	{ "policy-map QOS\nclass EF\nbandwidth 10",
	  "Must deconfigure priority first in class EF" },
	{ "policy-map QOS\nclass class-default\npriority 10",
	  "priority is not allowed in class-default" },
	{ "policy-map CHILD\nclass EF\nservice-policy SHAPE",
	  "% Recursion in policy map SHAPE" },
	{ "policy-map MARK\nclass class-default\nservice-policy CHILD",
	  "priority : queueing is not supported in input direction" },
	{ "class-map EF\nmatch class-map MANY", "% Recursion in class-map" },
	{ "class-map class-default", "% class-default is a well-known class" },
	{ "policy-map BIG\nclass EF\npriority 3000\ninterface e0/1\n"
	  "no service-policy output SHAPE\nservice-policy output BIG",
	  "requested bandwidth 3000 (kbps), available only 2000 (kbps)" },
};

START_TEST(what_cannot_be_is_refused_in_ios_words)
{
	char *lines;

	if (!w.root)
		return;
	box_world_configure(&w, written);
	lines = xasprintf("configure terminal\n%s\nend\n", refused[_i].lines);
	box_world_check(&w, lines, refused[_i].said);
	free(lines);
}
END_TEST

/* Also through what is inside of what is attached. */
START_TEST(a_change_that_an_attached_policy_cannot_have_is_taken_back)
{
	if (!w.root)
		return;
	box_world_configure(&w, written);
	box_world_check(&w,
			"configure terminal\npolicy-map CHILD\nclass MANY\n"
			"no bandwidth\nbandwidth 500\nend\n",
			"requested bandwidth 500 (kbps), available only 461");
	box_world_check_not(&w, "show running-config | section CHILD\n",
			    "bandwidth 500");
}
END_TEST

START_TEST(no_takes_away_what_was_typed)
{
	if (!w.root)
		return;
	box_world_configure(&w, written);
	box_world_configure(&w,
			    "interface e0/0\nno service-policy input MARK\n"
			    "no service-policy output QOS\n"
			    "interface e0/1\nno service-policy output SHAPE\n"
			    "no policy-map SHAPE\nno policy-map CHILD\n"
			    "no policy-map MARK\nno policy-map QOS\n"
			    "no policy-map KEPT\nno policy-map LEVELS\n"
			    "policy-map PERCENT\nno class EF\n"
			    "class class-default\nset dscp ef\nno set dscp ef\n"
			    "no policy-map PERCENT\n"
			    "class-map match-any MANY\nno match class-map EF\n"
			    "no class-map EF\nno class-map MANY");
	box_world_check_not(&w, "show running-config\n", "-map");
	box_world_check_not(&w, "show running-config\n", "service-policy");
	ck_assert(TAILQ_EMPTY(&router_qos(w.router)->classes));
	ck_assert(TAILQ_EMPTY(&router_qos(w.router)->policies));
}
END_TEST

START_TEST(classes_and_policies_are_shown)
{
	if (!w.root)
		return;
	box_world_configure(&w, written);
	box_world_check(&w, "show class-map EF\n",
			" Class Map match-all EF (id 1)\n"
			"   Match  dscp ef (46)\n\n");
	box_world_check(&w, "show class-map\n",
			" Class Map match-any class-default (id 0)\n"
			"   Match any \n");
	box_world_check(&w, "show policy-map QOS\n",
			"  Policy Map QOS\n"
			"    Class EF\n"
			"      priority 50000 (kbps)\n");
	box_world_check(&w, "show policy-map SHAPE\n",
			"      Average Rate Traffic Shaping\n"
			"      cir 512000 (bps)\n");
	box_world_check(&w, "show policy-map MARK class MANY\n",
			"     police cir 64000 bc 8000 pir 128000 be 16000\n"
			"       conform-action set-dscp-transmit af11\n");
}
END_TEST

/* --- who is told -------------------------------------------------------------- */

static void count(void *arg)
{
	++*(unsigned int *)arg;
}

static const struct {
	const char *lines;
	bool told;
} changes[] = {
	{ "class-map EF\nmatch dscp cs6", true },
	{ "policy-map QOS\nclass EF\npriority 40000", true },
	{ "access-list 101 permit ip any any", true },
	{ "interface e0/0\nno service-policy output QOS", true },
	{ "hostname OTHER", false },
	{ "interface e0/0\ndescription the core", false },
	{ "policy-map QOS\ndescription of the article", false },
};

START_TEST(the_packet_path_is_told_of_what_concerns_it)
{
	unsigned int told = 0;

	if (!w.root)
		return;
	box_world_configure(&w, written);
	qos_watch(router_qos(w.router), count, &told);
	box_world_configure(&w, changes[_i].lines);
	ck_assert(changes[_i].told == (told > 0));
	qos_watch(router_qos(w.router), NULL, NULL);
}
END_TEST

static void iface_told(void *arg, struct iface *iface, enum iface_change change)
{
	if (!strcmp(iface->name, "Ethernet0/1"))
		((unsigned int *)arg)[change]++;
}

START_TEST(bandwidth_load_interval_and_cleared_counters_are_told)
{
	unsigned int told[IFACE_GONE + 1] = { 0 };

	if (!w.root)
		return;
	box_world_configure(&w, written);
	ifaces_watch(router_ifaces(w.router), iface_told, told);
	box_world_configure(&w, "interface e0/1\nbandwidth 3000\n"
				"load-interval 60\nno bandwidth");
	ck_assert_uint_eq(told[IFACE_LOAD], 3);
	ck_assert_uint_eq(
		qos_load_interval(router_qos(w.router), "Ethernet0/1"), 60);
	ck_assert_uint_eq(qos_bandwidth(router_qos(w.router), "Ethernet0/1"),
			  10000);
	box_world_check(&w, "clear counters e0/1\n\n", "[confirm]");
	ck_assert_uint_eq(told[IFACE_CLEARED], 1);
}
END_TEST

static TCase *configured(void)
{
	TCase *tc = tcase_create("configured");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_is_written_makes_the_same_router);
	tcase_add_test(tc, what_nobody_acts_on_is_told);
	tcase_add_loop_test(tc, what_cannot_be_is_refused_in_ios_words, 0,
			    sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(
		tc, a_change_that_an_attached_policy_cannot_have_is_taken_back);
	tcase_add_test(tc, no_takes_away_what_was_typed);
	tcase_add_test(tc, classes_and_policies_are_shown);
	tcase_add_loop_test(tc, the_packet_path_is_told_of_what_concerns_it, 0,
			    sizeof(changes) / sizeof(changes[0]));
	tcase_add_test(tc,
		       bandwidth_load_interval_and_cleared_counters_are_told);
	return tc;
}

RUN_CASES("router/qos", configured)
