/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/frr_log.h"
#include "tests/check_main.h"

#define STAMP "2026/11/24 11:05:59 "
#define BGP   STAMP "BGP: [M59KS-A3ZXZ] bgp_update_receive: %ADJCHANGE: neighbor "
#define OSPF  STAMP "OSPF: [ABCDE-FGHIJ] AdjChg: Nbr "

static const struct {
	const char *line;
	const char *neighbor; /* NULL: it says nothing */
	enum frr_log_kind kind;
	bool up;
	const char *reason, *device, *from, *to;
} lines[] = {
	{ BGP "10.0.0.2(vm) in vrf default Up", "10.0.0.2", FRR_BGP_ADJACENCY,
	  true, "", "", NULL, NULL },
	{ BGP "10.0.0.2 in vrf default Up", "10.0.0.2", FRR_BGP_ADJACENCY, true,
	  "", "", NULL, NULL },
	{ BGP "10.0.0.2(vm) in vrf default Down Interface down", "10.0.0.2",
	  FRR_BGP_ADJACENCY, false, "Interface flap", "", NULL, NULL },
	{ BGP "10.0.0.2(vm) in vrf default Down Peer closed the session",
	  "10.0.0.2", FRR_BGP_ADJACENCY, false, "Peer closed the session", "",
	  NULL, NULL },
	/* A neighbor's name that looks like a line of FRR's. */
	{ BGP "10.0.0.2(x) in vrf default Up) in vrf default Down User reset",
	  "10.0.0.2", FRR_BGP_ADJACENCY, false, "User reset", "", NULL, NULL },
	{ BGP "10.0.0.2(%s%n\x1b[2J) in vrf default Down what is this %s",
	  "10.0.0.2", FRR_BGP_ADJACENCY, false, "Peer reset", "", NULL, NULL },
	{ OSPF "2.2.2.2, NbrIP 10.0.0.2 (default) on eth0:10.0.0.1: "
	       "Loading -> Full (LoadingDone)",
	  "2.2.2.2", FRR_OSPF_ADJACENCY, true, "Loading Done", "eth0",
	  "LOADING", "FULL" },
	{ OSPF "2.2.2.2, NbrIP 10.0.0.2 (default) on eth0:10.0.0.1: "
	       "Exchange -> Full (ExchangeDone)",
	  "2.2.2.2", FRR_OSPF_ADJACENCY, true, "Loading Done", "eth0",
	  "LOADING", "FULL" },
	{ OSPF "2.2.2.2, NbrIP 10.0.0.2 (default) on gv-eth0:10.0.0.1: "
	       "Full -> Deleted (InactivityTimer)",
	  "2.2.2.2", FRR_OSPF_ADJACENCY, false,
	  "Neighbor Down: Dead timer expired", "gv-eth0", "FULL", "DOWN" },
	{ BGP "10.0.0.300 in vrf default Up", NULL, 0, false, "", "", NULL,
	  NULL },
	{ BGP "10.0.0.2x in vrf default Up", NULL, 0, false, "", "", NULL,
	  NULL },
	{ BGP "10.0.0.2 in vrf red Up", NULL, 0, false, "", "", NULL, NULL },
	{ BGP "fe80::1(vm) in vrf default Up", NULL, 0, false, "", "", NULL,
	  NULL },
	{ OSPF "2.2.2.2, NbrIP 10.0.0.2 (default) on a-device-of-a-long-name: "
	       "Loading -> Full (LoadingDone)",
	  NULL, 0, false, "", "", NULL, NULL },
	{ OSPF
	  "2.2.2.2, NbrIP 10.0.0.2 (default) on eth0: Sleeping -> Full (X)",
	  NULL, 0, false, "", "", NULL, NULL },
	{ STAMP "BGP: something else", NULL, 0, false, "", "", NULL, NULL },
	{ "", NULL, 0, false, "", "", NULL, NULL },
};

START_TEST(a_line_is_understood_or_left)
{
	struct frr_event_line e;
	char text[IP_ADDR_TEXT];
	bool good = frr_log_read(lines[_i].line, &e);

	ck_assert_int_eq(good, lines[_i].neighbor != NULL);
	if (!good)
		return;
	ck_assert_int_eq(e.kind, lines[_i].kind);
	ck_assert_str_eq(ip_text(&e.neighbor, text), lines[_i].neighbor);
	ck_assert_int_eq(e.up, lines[_i].up);
	ck_assert_str_eq(e.reason, lines[_i].reason);
	ck_assert_str_eq(e.device, lines[_i].device);
	if (lines[_i].from) {
		ck_assert_str_eq(e.from, lines[_i].from);
		ck_assert_str_eq(e.to, lines[_i].to);
	}
}
END_TEST

START_TEST(every_truncation_and_every_flipped_octet_does_no_harm)
{
	const char *line = lines[_i].line;
	struct frr_event_line e;
	char *copy;

	for (size_t n = 0; n < strlen(line); n++) {
		copy = xcalloc(n + 1, 1);
		memcpy(copy, line, n);
		(void)frr_log_read(copy, &e);
		free(copy);
		for (unsigned int bit = 0; bit < 8; bit++) {
			copy = xstrdup(line);
			copy[n] = (char)(copy[n] ^ 1 << bit);
			if (frr_log_read(copy, &e))
				ck_assert_uint_eq(e.neighbor.family, IP_V4);
			free(copy);
		}
	}
}
END_TEST

static TCase *case_log(void)
{
	TCase *tc = tcase_create("frr log");

	tcase_add_loop_test(tc, a_line_is_understood_or_left, 0,
			    (int)ARRAY_SIZE(lines));
	tcase_add_loop_test(
		tc, every_truncation_and_every_flipped_octet_does_no_harm, 0,
		(int)ARRAY_SIZE(lines));
	return tc;
}

RUN_CASES("frr log", case_log)
