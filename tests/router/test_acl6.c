/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <netinet/in.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli_test.h"
#include "router/acl.h"
#include "tests/check_main.h"

static struct loop *loop;
static struct cli *cli;
static struct acls *acls;

static void setup(void)
{
	const struct cli_hooks hooks = { 0 };

	loop = loop_new();
	cli = cli_new(loop, &hooks);
	acls = acls_new();
	acl_cli_init(acls, cli);
}

static void teardown(void)
{
	acls_free(acls);
	cli_free(cli);
	loop_free(loop);
}

/* Types lines into configuration mode; the screen must show what is expected
 * and nothing else. */
static void type(const char *lines, const char *expected)
{
	char *all = xasprintf("configure terminal\n%s\nend\n", lines);
	char *screen = cli_test_run(cli, all);
	char *said = strchr(screen, '\n');

	ck_assert_ptr_nonnull(said);
	ck_assert_str_eq(said + 1, expected);
	free(screen);
	free(all);
}

static void check_show(const char *command, const char *expected)
{
	char *line = xasprintf("%s\n", command);
	char *screen = cli_test_run(cli, line);

	ck_assert_str_eq(screen, expected);
	free(screen);
	free(line);
}

static void check_config(const char *expected)
{
	char *text = cli_config_text(cli);

	ck_assert_msg(strstr(text, expected) != NULL, "%s", text);
	free(text);
}

/* --- one entry -------------------------------------------------------- */

struct spelling {
	const char *typed, *text; /* NULL: as typed */
};

static const struct spelling spellings[] = {
	{ "permit ipv6 any any", NULL },
	{ "deny ipv6 any any", NULL },
	{ "permit ipv6 2001:db8:1::/48 2001:DB8:2::/48",
	  "permit ipv6 2001:DB8:1::/48 2001:DB8:2::/48" },
	{ "permit ipv6 2001:db8:1::7/48 any",
	  "permit ipv6 2001:DB8:1::/48 any" },
	{ "permit ipv6 2001:db8::1/128 ::/0",
	  "permit ipv6 host 2001:DB8::1 any" },
	{ "deny udp any any eq 20001", NULL },
	{ "permit tcp host 2001:DB8::1 eq telnet any", NULL },
	{ "permit tcp any gt 1023 any eq 80 established",
	  "permit tcp any gt 1023 any eq www established" },
	{ "permit tcp any range 20 179 any lt www",
	  "permit tcp any range ftp-data bgp any lt www" },
	{ "permit udp any neq isakmp any", NULL },
	{ "permit icmp any any", NULL },
	{ "permit icmp any any nd-ns", NULL },
	{ "permit icmp any any 135", "permit icmp any any nd-ns" },
	{ "deny icmp any any 1 4", "deny icmp any any port-unreachable" },
	{ "deny icmp any any 200 7", NULL },
	{ "permit esp any any", NULL },
	{ "permit 51 any any", "permit ahp any any" },
	{ "permit 58 any any", "permit icmp any any" },
	{ "permit 89 any any", NULL },
	{ "permit sctp any any", NULL },
	{ "permit ipv6 any any dscp ef flow-label 77 fragments routing log",
	  NULL },
	{ "permit ipv6 any any log-input routing",
	  "permit ipv6 any any routing log-input" },
};

START_TEST(an_entry_has_one_spelling)
{
	const struct spelling *s = &spellings[_i];
	const char *text = s->text ? s->text : s->typed;
	const struct acl *acl;
	char out[ACE_TEXT], *lines, *block;

	lines = xasprintf("ipv6 access-list X\n%s", s->typed);
	type(lines, "");
	acl = acls_find6(acls, "X");
	ck_assert_ptr_nonnull(acl);
	ck_assert_uint_eq(acl->n, 1);
	ck_assert_int_eq(ace_family(&acl->entries[0].ace), IP_V6);
	ck_assert_str_eq(ace_text(&acl->entries[0].ace, false, ACE_CONFIG, out),
			 text);
	ck_assert_str_eq(ace_text(&acl->entries[0].ace, false, ACE_GDOI, out),
			 text);
	block = xasprintf("ipv6 access-list X\n %s\n", text);
	check_config(block);
	free(block);
	free(lines);
}
END_TEST

START_TEST(what_is_written_is_read_again)
{
	const struct cli_hooks hooks = { 0 };
	struct cli *other = cli_new(loop, &hooks);
	struct acls *others = acls_new();
	char *lines, *wrong;
	size_t i;

	acl_cli_init(others, other);
	for (i = 0; i < ARRAY_SIZE(spellings); i++) {
		lines = xasprintf("ipv6 access-list X%zu\n%s", i,
				  spellings[i].typed);
		type(lines, "");
		free(lines);
	}
	type("ip access-list extended FOUR\npermit ip any any\n"
	     "ipv6 access-list MIXED\nremark first\npermit tcp any any\n"
	     "sequence 15 deny udp any any\npermit icmp any any\n"
	     "sequence 40 remark late\ndeny ipv6 any any sequence 77",
	     "");
	wrong = cli_test_round_trip(cli, other);
	ck_assert_msg(!wrong, "%s", wrong);
	for (i = 0; i < ARRAY_SIZE(spellings); i++) {
		char name[16];
		const struct acl *a, *b;

		snprintf(name, sizeof(name), "X%zu", i);
		a = acls_find6(acls, name);
		b = acls_find6(others, name);
		ck_assert(ace_equal(&a->entries[0].ace, &b->entries[0].ace));
	}
	acls_free(others);
	cli_free(other);
}
END_TEST

static const char *const wrong_lines[] = {
	"permit",
	"permit ipv6 any",
	"permit ipv6 10.0.0.0 0.0.0.255 any",
	"permit ipv6 2001:db8::/129 any",
	"permit ipv6 2001:db8:: any",
	"permit ipv6 host 2001:db8::/64 any",
	"permit ipv6 host any any",
	"permit ipv6 any any eq 5",
	"permit tcp any eq 65536 any",
	"permit udp any any established",
	"permit ipv6 any any flow-label 1048576",
	"permit icmp any any echo",
	"permit 256 any any",
	"sequence 0 permit ipv6 any any",
};

START_TEST(a_line_that_is_no_entry_is_refused)
{
	char *all = xasprintf("conf t\nipv6 access-list X\n%s\nend\n",
			      wrong_lines[_i]);
	char *screen = cli_test_run(cli, all);

	ck_assert_ptr_nonnull(strchr(screen, '%'));
	ck_assert_uint_eq(acls_find6(acls, "X")->n, 0);
	free(screen);
	free(all);
}
END_TEST

/* --- lists ------------------------------------------------------------ */

START_TEST(numbers_are_written_where_they_say_something)
{
	type("ipv6 access-list X\npermit tcp any any\npermit udp any any\n"
	     "sequence 15 deny icmp any any\npermit esp any any sequence 99",
	     "");
	check_config("ipv6 access-list X\n"
		     " permit tcp any any\n"
		     " sequence 15 deny icmp any any\n"
		     " sequence 20 permit udp any any\n"
		     " sequence 99 permit esp any any\n"
		     "!\n");
	check_show("show ipv6 access-list",
		   "IPv6 access list X\n"
		   "    permit tcp any any sequence 10\n"
		   "    deny icmp any any sequence 15\n"
		   "    permit udp any any sequence 20\n"
		   "    permit esp any any sequence 99\n");
}
END_TEST

START_TEST(an_entry_goes_by_its_text_or_its_number)
{
	type("ipv6 access-list X\nremark why\npermit tcp any any\n"
	     "permit udp any any\npermit esp any any\n"
	     "no permit udp any any\nno sequence 30\nno remark why",
	     "");
	check_config("ipv6 access-list X\n permit tcp any any\n!\n");
	type("ipv6 access-list X\nsequence 10 deny udp any any",
	     "% Duplicate sequence number\n");
	type("ipv6 access-list X\nno sequence 11",
	     "% Sequence number does not exist\n");
	type("no ipv6 access-list X", "");
	ck_assert_ptr_null(acls_find6(acls, "X"));
}
END_TEST

START_TEST(a_name_is_of_one_family)
{
	type("ip access-list extended FOUR\npermit ip any any\nexit\n"
	     "ipv6 access-list SIX\npermit ipv6 any any",
	     "");
	type("ipv6 access-list FOUR",
	     "% An IPv4 access list with this name already exists\n");
	type("ip access-list extended SIX",
	     "% An IPv6 access list with this name already exists\n");
	type("no ip access-list extended SIX\nno ipv6 access-list FOUR", "");
	ck_assert_ptr_null(acls_find(acls, "SIX"));
	ck_assert_ptr_null(acls_find6(acls, "FOUR"));
	ck_assert_ptr_nonnull(acls_find6(acls, "SIX"));
	ck_assert_ptr_nonnull(acls_find(acls, "FOUR"));
	check_show("show access-lists",
		   "Extended IP access list FOUR\n"
		   "    10 permit ip any any\n"
		   "IPv6 access list SIX\n"
		   "    permit ipv6 any any sequence 10\n");
	check_show("show ip access-lists", "Extended IP access list FOUR\n"
					   "    10 permit ip any any\n");
	check_show("show ipv6 access-list FOUR", "");
}
END_TEST

/* --- matching --------------------------------------------------------- */

struct trial {
	const char *entry;
	const char *src, *dst;
	uint8_t protocol;
	uint16_t sport, dport; /* ICMPv6: type, code */
	bool fragment, matches;
};

static const struct trial trials[] = {
	{ "permit ipv6 any any", "2001:db8::1", "2001:db8::2", 17, 1, 2, false,
	  true },
	{ "permit ipv6 any any", "10.0.0.1", "10.0.0.2", 17, 1, 2, false,
	  false },
	{ "permit ipv6 2001:db8:1::/48 any", "2001:db8:1:ffff::1", "::1", 6, 0,
	  0, false, true },
	{ "permit ipv6 2001:db8:1::/48 any", "2001:db8:2::1", "::1", 6, 0, 0,
	  false, false },
	{ "permit ipv6 2001:db8::/33 any", "2001:db8:7fff::1", "::1", 6, 0, 0,
	  false, true },
	{ "permit ipv6 2001:db8::/33 any", "2001:db8:8000::1", "::1", 6, 0, 0,
	  false, false },
	{ "permit ipv6 host 2001:db8::1 any", "2001:db8::1", "::1", 6, 0, 0,
	  false, true },
	{ "permit ipv6 host 2001:db8::1 any", "2001:db8::3", "::1", 6, 0, 0,
	  false, false },
	{ "permit udp any any eq 848", "::2", "::1", 17, 5, 848, false, true },
	{ "permit udp any any eq 848", "::2", "::1", 17, 5, 849, false, false },
	{ "permit udp any any eq 848", "::2", "::1", 17, 0, 0, true, true },
	{ "deny udp any any eq 848", "::2", "::1", 17, 0, 0, true, false },
	{ "permit icmp any any nd-ns", "::2", "::1", 58, 135, 0, false, true },
	{ "permit icmp any any nd-ns", "::2", "::1", 58, 136, 0, false, false },
	{ "permit icmp any any", "::2", "::1", 1, 135, 0, false, false },
	{ "permit ipv6 any any fragments", "::2", "::1", 17, 0, 0, true, true },
	{ "permit ipv6 any any fragments", "::2", "::1", 17, 0, 0, false,
	  false },
	{ "permit ipv6 any any dscp cs1", "::2", "::1", 17, 0, 0, false,
	  false },
	{ "permit ipv6 any any flow-label 3", "::2", "::1", 17, 0, 0, false,
	  false },
	{ "permit ipv6 any any routing", "::2", "::1", 17, 0, 0, false, false },
};

START_TEST(packets_match_as_the_entry_says)
{
	const struct trial *t = &trials[_i];
	struct packet_key key = { .protocol = t->protocol,
				  .sport = t->sport,
				  .dport = t->dport,
				  .fragment = t->fragment };
	char *lines = xasprintf("ipv6 access-list X\n%s", t->entry);
	const struct acl *acl;

	type(lines, "");
	acl = acls_find6(acls, "X");
	ck_assert(ip_parse(&key.src, t->src));
	ck_assert(ip_parse(&key.dst, t->dst));
	ck_assert_int_eq(acl_match(acl, &key) != NULL, t->matches);
	free(lines);
}
END_TEST

START_TEST(a_flow_label_and_a_routing_header_match)
{
	struct packet_key key = { .flow_label = 3, .routing = true };

	ck_assert(ip_parse(&key.src, "::1") && ip_parse(&key.dst, "::2"));
	type("ipv6 access-list X\npermit ipv6 any any flow-label 3 routing",
	     "");
	ck_assert_ptr_nonnull(acl_match(acls_find6(acls, "X"), &key));
	key.flow_label = 4;
	ck_assert_ptr_null(acl_match(acls_find6(acls, "X"), &key));
	check_show("show ipv6 access-list X",
		   "IPv6 access list X\n"
		   "    permit ipv6 any any flow-label 3 routing (1 match) "
		   "sequence 10\n");
	check_show("clear ipv6 access-list X", "");
	check_show("show ipv6 access-list X",
		   "IPv6 access list X\n"
		   "    permit ipv6 any any flow-label 3 routing sequence "
		   "10\n");
}
END_TEST

/* IPv4's "any" is of IPv4 alone. */
START_TEST(an_ipv4_entry_meets_no_ipv6_packet)
{
	struct packet_key key = { .protocol = 17 };
	struct ace ace;

	ace_init(&ace);
	ck_assert(ip_parse(&key.src, "::1") && ip_parse(&key.dst, "::2"));
	ck_assert(!ace_match(&ace, &key));
	ck_assert(ip_parse(&key.src, "1.1.1.1") &&
		  ip_parse(&key.dst, "1.1.1.2"));
	ck_assert(ace_match(&ace, &key));
	ck_assert_int_eq(ace_family(&ace), IP_V4);
}
END_TEST

static TCase *spelling(void)
{
	TCase *tc = tcase_create("spelling");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, an_entry_has_one_spelling, 0,
			    ARRAY_SIZE(spellings));
	tcase_add_test(tc, what_is_written_is_read_again);
	tcase_add_loop_test(tc, a_line_that_is_no_entry_is_refused, 0,
			    ARRAY_SIZE(wrong_lines));
	return tc;
}

static TCase *lists(void)
{
	TCase *tc = tcase_create("lists");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, numbers_are_written_where_they_say_something);
	tcase_add_test(tc, an_entry_goes_by_its_text_or_its_number);
	tcase_add_test(tc, a_name_is_of_one_family);
	return tc;
}

static TCase *matching(void)
{
	TCase *tc = tcase_create("matching");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, packets_match_as_the_entry_says, 0,
			    ARRAY_SIZE(trials));
	tcase_add_test(tc, a_flow_label_and_a_routing_header_match);
	tcase_add_test(tc, an_ipv4_entry_meets_no_ipv6_packet);
	return tc;
}

RUN_CASES("acl6", spelling, lists, matching)
