/* SPDX-License-Identifier: GPL-3.0-or-later */
/* debug crypto gdoi: areas, levels, conditions, as typed. */
#include "gdoi/gdoi_debug.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_test.h"
#include "tests/check_main.h"
#include "tests/sim/sim.h"

static struct {
	struct sim *sim;
	struct sim_node *node;
	struct loop *loop;
	struct cli *cli;
	struct gdoi_groups *groups;
} w;

static const char *hostname(void *ctx)
{
	(void)ctx;
	return "KS1";
}

static void world_open(void)
{
	static const struct cli_hooks hooks = { .hostname = hostname };

	w.sim = sim_new(1);
	w.node = sim_node_new(w.sim, "KS1", "192.168.111.111");
	w.loop = loop_new();
	w.cli = cli_new(w.loop, &hooks);
	w.groups = gdoi_groups_new(sim_env(w.node), w.cli);
	gdoi_group_cli_init(w.groups);
}

static void world_close(void)
{
	gdoi_groups_free(w.groups);
	cli_free(w.cli);
	loop_free(w.loop);
	sim_free(w.sim);
}

static void types(const char *line, const char *screen)
{
	char *lines = xasprintf("%s\n", line);
	char *got = cli_test_run(w.cli, lines);

	ck_assert_msg(!strcmp(got, screen), "%s: %s", line, got);
	free(got);
	free(lines);
}

/* "error,terse": which levels of GM_REKEY and KS_COOP speak. */
static const char *speak(enum gdoi_debug_area area)
{
	static const char letters[] = "etvdp";
	static char out[8];
	size_t n = 0;
	int i;

	for (i = 0; i < DEBUG_N_LEVELS; i++)
		if (gdoi_debug_wanted(w.groups, area, i, "G", NULL))
			out[n++] = letters[i];
	out[n] = '\0';
	return out;
}

static bool wanted(const char *group, const char *peer)
{
	struct ip_addr addr;

	if (peer)
		ck_assert(ip_parse(&addr, peer));
	return gdoi_debug_wanted(w.groups, GDOI_DEBUG_KS_REKEY, DEBUG_EVENT,
				 group, peer ? &addr : NULL);
}

static unsigned int flags_on(void)
{
	const struct debug_flag *f;
	unsigned int n = 0;

	for (f = sim_env(w.node)->debug_flags; f; f = f->next)
		n += f->on;
	return n;
}

START_TEST(an_area_without_a_level_is_error_terse_and_event)
{
	types("debug crypto gdoi gm rekey", "GDOI GM Rekey debugging is on\n");
	ck_assert_str_eq(speak(GDOI_DEBUG_GM_REKEY), "etv");
	ck_assert_uint_eq(flags_on(), 1);
	types("no debug crypto gdoi gm rekey",
	      "GDOI GM Rekey debugging is off\n");
	ck_assert_uint_eq(flags_on(), 0);
}
END_TEST

START_TEST(levels_add_up_and_are_taken_away_one_by_one)
{
	types("debug crypto gdoi ks coop packet",
	      "GDOI KS COOP packet debugging is on\n");
	ck_assert_str_eq(speak(GDOI_DEBUG_KS_COOP), "p");
	types("debug cry gkm ks co err",
	      "GDOI KS COOP error debugging is on\n");
	ck_assert_str_eq(speak(GDOI_DEBUG_KS_COOP), "ep");
	types("undebug crypto gdoi ks coop packet",
	      "GDOI KS COOP packet debugging is off\n");
	ck_assert_str_eq(speak(GDOI_DEBUG_KS_COOP), "e");
	types("undebug crypto gdoi ks coop error",
	      "GDOI KS COOP error debugging is off\n");
	ck_assert_uint_eq(flags_on(), 0);
}
END_TEST

START_TEST(a_role_is_all_of_its_areas_and_no_word_is_all)
{
	types("debug crypto gdoi gm detail",
	      "GDOI GM detail debugging is on\n");
	ck_assert_uint_eq(flags_on(), 6);
	types("debug crypto gdoi ks", "GDOI KS debugging is on\n");
	ck_assert_uint_eq(flags_on(), 12);
	ck_assert_str_eq(speak(GDOI_DEBUG_KS_USAGE), "etv");
	ck_assert_str_eq(speak(GDOI_DEBUG_GM_ACLS), "d");
	types("debug crypto gdoi all-levels",
	      "GDOI all-levels debugging is on\n");
	ck_assert_str_eq(speak(GDOI_DEBUG_KS_REPLAY), "etvdp");
	types("undebug crypto gdoi", "GDOI debugging is off\n");
	ck_assert_uint_eq(flags_on(), 0);
}
END_TEST

START_TEST(the_title_of_the_flag_names_the_levels)
{
	const struct debug_flag *f = sim_env(w.node)->debug_flags;

	types("debug crypto gdoi gm replay error",
	      "GDOI GM Replay error debugging is on\n");
	types("debug crypto gdoi gm replay detail",
	      "GDOI GM Replay detail debugging is on\n");
	while (f && !f->on)
		f = f->next;
	ck_assert_ptr_nonnull(f);
	ck_assert_str_eq(f->title, "GDOI GM Replay error detail");
	types("debug crypto gdoi gm replay all-levels",
	      "GDOI GM Replay all-levels debugging is on\n");
	ck_assert_str_eq(f->title, "GDOI GM Replay all-levels");
}
END_TEST

/* undebug all knows only the flags. */
START_TEST(levels_begin_anew_after_undebug_all)
{
	struct debug_flag *f;

	types("debug crypto gdoi gm rekey packet",
	      "GDOI GM Rekey packet debugging is on\n");
	for (f = sim_env(w.node)->debug_flags; f; f = f->next)
		f->on = false;
	ck_assert_str_eq(speak(GDOI_DEBUG_GM_REKEY), "");
	types("debug crypto gdoi gm rekey error",
	      "GDOI GM Rekey error debugging is on\n");
	ck_assert_str_eq(speak(GDOI_DEBUG_GM_REKEY), "e");
}
END_TEST

START_TEST(conditions_let_through_their_group_and_peer_only)
{
	types("debug crypto gdoi ks rekey", "GDOI KS Rekey debugging is on\n");
	ck_assert(wanted("A", "10.0.0.1") && wanted(NULL, NULL));
	types("debug crypto gdoi condition add group A", "");
	ck_assert(wanted("A", "10.0.0.1") && wanted("A", NULL));
	ck_assert(!wanted("B", NULL) && !wanted(NULL, NULL));
	types("debug crypto gdoi condition add group B", "");
	ck_assert(wanted("B", NULL));
	types("debug crypto gdoi condition add peer ipv4 10.0.0.1", "");
	ck_assert(wanted("B", "10.0.0.1"));
	ck_assert(!wanted("B", "10.0.0.2") && !wanted("B", NULL));
	ck_assert(!wanted("C", "10.0.0.1"));
	types("debug crypto gdoi condition unmatched", "");
	ck_assert(wanted("B", NULL) && !wanted("C", NULL));
	types("debug crypto gdoi condition show",
	      "GDOI debug condition: group A\n"
	      "GDOI debug condition: group B\n"
	      "GDOI debug condition: peer 10.0.0.1\n"
	      "GDOI debug context unmatched flag: ON\n");
	types("debug crypto gdoi condition del group A", "");
	types("debug crypto gdoi condition del peer 10.0.0.1", "");
	types("no debug crypto gdoi condition unmatched", "");
	ck_assert(!wanted("A", NULL) && wanted("B", "10.0.0.2"));
	types("debug crypto gdoi condition del all", "");
	types("debug crypto gdoi condition show",
	      "No GDOI debug conditions are set\n");
	ck_assert(wanted(NULL, NULL));
}
END_TEST

START_TEST(conditions_are_bounded_and_there_once)
{
	char line[96];
	int i;

	types("debug crypto gdoi condition add group A", "");
	types("debug crypto gdoi condition add group A",
	      "% The condition is set already\n");
	types("debug crypto gdoi condition del group B",
	      "% There is no such condition\n");
	types("debug crypto gdoi condition del peer 1.1.1.1",
	      "% There is no such condition\n");
	for (i = 1; i < 64; i++) {
		snprintf(line, sizeof(line),
			 "debug crypto gdoi condition add peer 10.0.0.%d", i);
		types(line, "");
	}
	types("debug crypto gdoi condition add peer 10.0.1.1",
	      "% Too many conditions\n");
}
END_TEST

START_TEST(a_line_names_area_and_group)
{
	types("debug crypto gdoi ks rekey", "GDOI KS Rekey debugging is on\n");
	gdoi_debug(w.groups, KS_REKEY, EVENT, "GETVPN", NULL, "seq %d", 7);
	gdoi_debug(w.groups, KS_REKEY, DETAIL, "GETVPN", NULL, "seq %d", 8);
	gdoi_debug(w.groups, KS_REKEY, ERROR, NULL, NULL, "none");
	ck_assert_uint_eq(sim_debugged(w.node, "GDOI:KS REKEY:(GETVPN): seq 7"),
			  1);
	ck_assert_uint_eq(sim_debugged(w.node, "seq 8"), 0);
	ck_assert_uint_eq(sim_debugged(w.node, "GDOI:KS REKEY:(-): none"), 1);
}
END_TEST

static TCase *case_debug(void)
{
	TCase *c = tcase_create("debug");

	tcase_add_checked_fixture(c, world_open, world_close);
	tcase_add_test(c, an_area_without_a_level_is_error_terse_and_event);
	tcase_add_test(c, levels_add_up_and_are_taken_away_one_by_one);
	tcase_add_test(c, a_role_is_all_of_its_areas_and_no_word_is_all);
	tcase_add_test(c, the_title_of_the_flag_names_the_levels);
	tcase_add_test(c, levels_begin_anew_after_undebug_all);
	tcase_add_test(c, conditions_let_through_their_group_and_peer_only);
	tcase_add_test(c, conditions_are_bounded_and_there_once);
	tcase_add_test(c, a_line_names_area_and_group);
	return c;
}

RUN_CASES("gdoi_debug", case_debug)
