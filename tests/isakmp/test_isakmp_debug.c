/* SPDX-License-Identifier: GPL-3.0-or-later */
/* debug crypto isakmp: levels, conditions, and what strangers can cause. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check_main.h"
#include "tests/isakmp/cli_world.h"

#define ARTICLE                       \
	"crypto isakmp policy 1\n"    \
	" encr aes\n"                 \
	" authentication pre-share\n" \
	" group 2\n"                  \
	"crypto isakmp key MYGDOIPSK address 0.0.0.0\n"

static struct cli_world w;

static void set_up(void)
{
	cli_world_open(&w);
	cli_world_configure(w.cli, ARTICLE);
}

static void tear_down(void)
{
	cli_world_close(&w);
}

static void types(const char *line, const char *screen)
{
	char *lines = xasprintf("%s\n", line);

	cli_world_expect(w.cli, lines, screen);
	free(lines);
}

static void connect_once(void)
{
	pair_connect(&w.p);
	sim_run(w.p.sim, SEC(1));
	ck_assert_ptr_nonnull(w.p.sa);
}

static unsigned int said(const char *text)
{
	return sim_debugged(w.p.ks_node, text);
}

START_TEST(without_a_level_the_steps_are_shown)
{
	types("debug crypto isakmp", "Crypto ISAKMP debugging is on\n");
	connect_once();
	ck_assert_uint_eq(said("ISAKMP:(0):SKEYID state generated"), 1);
	ck_assert_uint_eq(said("SA has been authenticated with"), 1);
	ck_assert_uint_eq(said("processing HASH payload. message ID = 0"), 1);
	ck_assert_uint_eq(said("encryption AES-CBC"), 0);
	ck_assert_uint_eq(said(" octets: "), 0);
}
END_TEST

START_TEST(terse_is_sas_that_come_and_go)
{
	types("debug crypto isakmp terse",
	      "Crypto ISAKMP terse debugging is on\n");
	ck_assert_str_eq(w.p.ks->debug.flag.title, "Crypto ISAKMP terse");
	connect_once();
	isakmp_sa_delete(w.p.sa);
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_eq(said("ISAKMP:("), 2);
	ck_assert_uint_eq(said("SA has been authenticated with"), 1);
	ck_assert_uint_eq(said("deleting SA reason \"the peer deleted the SA\""
			       " state (R) GDOI_IDLE"),
			  1);
}
END_TEST

START_TEST(levels_are_taken_away_one_by_one)
{
	types("debug crypto isakmp packet",
	      "Crypto ISAKMP packet debugging is on\n");
	types("debug crypto isakmp detail",
	      "Crypto ISAKMP detail debugging is on\n");
	types("undebug crypto isakmp packet",
	      "Crypto ISAKMP packet debugging is off\n");
	ck_assert(w.p.ks->debug.flag.on);
	connect_once();
	ck_assert_uint_eq(said(" octets: "), 0);
	ck_assert_uint_ge(said("encryption AES-CBC"), 1);
	types("no debug crypto isakmp detail",
	      "Crypto ISAKMP detail debugging is off\n");
	ck_assert(!w.p.ks->debug.flag.on);
}
END_TEST

START_TEST(a_condition_lets_one_peer_through)
{
	types("debug crypto isakmp", "Crypto ISAKMP debugging is on\n");
	types("debug crypto condition peer ipv4 10.9.9.9", "");
	connect_once();
	ck_assert_uint_eq(said("ISAKMP:("), 0);
	types("debug crypto condition peer ipv4 10.9.9.8", "");
	types("show crypto debug-condition",
	      "Crypto conditional debug currently is turned ON\n\n"
	      "IKE debug context unmatched flag: OFF\n\n"
	      "IKE peer IP address filters:\n"
	      "10.9.9.9 10.9.9.8\n");
	types("no debug crypto condition peer ipv4 10.9.9.9", "");
	types("no debug crypto condition peer ipv4 10.9.9.9",
	      "% There is no such condition\n");
	types("debug crypto condition unmatched", "");
	types("debug crypto condition reset", "");
	types("show crypto debug-condition",
	      "Crypto conditional debug currently is turned OFF\n\n"
	      "IKE debug context unmatched flag: OFF\n");
	isakmp_sa_delete(w.p.sa);
	sim_run(w.p.sim, SEC(1));
	ck_assert_uint_gt(said("ISAKMP:("), 0);
}
END_TEST

/* Messages of nobody's SA, and rekeys that nobody waits for. */
START_TEST(strangers_cause_few_lines_and_no_state)
{
	uint8_t push[64] = { 1 };
	struct isakmp_header h = { .next_payload = ISAKMP_HASH,
				   .version = 0x10,
				   .exchange = ISAKMP_GROUPKEY_PULL,
				   .flags = ISAKMP_F_ENCRYPTION,
				   .message_id = 7,
				   .length = sizeof(push) };
	struct wr out = wr_init(push, sizeof(push));
	int i;

	types("debug crypto isakmp", "Crypto ISAKMP debugging is on\n");
	memset(h.icookie, 1, sizeof(h.icookie));
	memset(h.rcookie, 2, sizeof(h.rcookie));
	isakmp_header_write(&out, &h);
	for (i = 0; i < 1000; i++)
		isakmp_input(w.p.ks, &w.p.ks_at, &w.p.gm_at, push,
			     sizeof(push));
	push[18] = ISAKMP_GROUPKEY_PUSH; /* nobody serves it here */
	for (i = 0; i < 1000; i++)
		isakmp_input(w.p.ks, &w.p.ks_at, &w.p.gm_at, push,
			     sizeof(push));
	ck_assert_uint_gt(said("no SA for this packet"), 0);
	ck_assert_uint_le(said("ISAKMP:("), ISAKMP_DEBUG_STRANGERS_PER_SEC);
	ck_assert_uint_eq(pair_n_sas(w.p.ks), 0);
	ck_assert(TAILQ_EMPTY(&w.p.ks->sas));
}
END_TEST

static void served(void *arg, const struct endpoint *local,
		   const struct endpoint *remote,
		   const struct isakmp_header *header, struct rd datagram)
{
	(void)local;
	(void)remote;
	(void)header;
	*(size_t *)arg += rd_left(&datagram);
}

START_TEST(a_rekey_that_comes_in_is_told_of_without_an_sa)
{
	uint8_t push[64] = { 0 };
	struct isakmp_header h = { .next_payload = ISAKMP_SEQ,
				   .version = 0x10,
				   .exchange = ISAKMP_GROUPKEY_PUSH,
				   .flags = ISAKMP_F_ENCRYPTION,
				   .length = sizeof(push) };
	struct wr out = wr_init(push, sizeof(push));
	size_t got = 0;

	memset(h.icookie, 1, sizeof(h.icookie));
	memset(h.rcookie, 2, sizeof(h.rcookie));
	isakmp_header_write(&out, &h);
	types("debug crypto isakmp all-levels",
	      "Crypto ISAKMP all-levels debugging is on\n");
	isakmp_serve_raw(w.p.ks, ISAKMP_GROUPKEY_PUSH, served, &got);
	isakmp_input(w.p.ks, &w.p.ks_at, &w.p.gm_at, push, sizeof(push));
	ck_assert_uint_eq(got, sizeof(push));
	ck_assert_uint_eq(said("Global (N) GDOI_REKEY"), 1);
	ck_assert_uint_eq(said("received 64 octets: GROUPKEY-PUSH exchange,"
			       " message ID = 0"),
			  1);
	ck_assert(TAILQ_EMPTY(&w.p.ks->sas));
}
END_TEST

static TCase *case_debug(void)
{
	TCase *c = tcase_create("debug");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, without_a_level_the_steps_are_shown);
	tcase_add_test(c, terse_is_sas_that_come_and_go);
	tcase_add_test(c, levels_are_taken_away_one_by_one);
	tcase_add_test(c, a_condition_lets_one_peer_through);
	tcase_add_test(c, strangers_cause_few_lines_and_no_state);
	tcase_add_test(c, a_rekey_that_comes_in_is_told_of_without_an_sa);
	return c;
}

RUN_CASES("isakmp_debug", case_debug)
