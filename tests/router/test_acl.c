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

/* The part of the running-config between two marks. */
static void check_config(const char *expected)
{
	char *text = cli_config_text(cli);

	ck_assert_msg(strstr(text, expected) != NULL, "%s", text);
	free(text);
}

/* --- one entry, three spellings --------------------------------------- */

struct spelling {
	const char *typed, *config, *gdoi; /* NULL: as typed */
};

static const struct spelling spellings[] = {
	{ "deny   udp any eq 848 any", NULL, "deny udp any port = 848 any" },
	{ "deny   udp any any eq 848", NULL, "deny udp any any port = 848" },
	{ "deny   tcp any eq bgp any", NULL, "deny tcp any port = 179 any" },
	{ "deny tcp any any eq telnet", "deny   tcp any any eq telnet",
	  "deny tcp any any port = 23" },
	{ "permit ip any any", NULL, NULL },
	{ "permit ip  10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255  ",
	  "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255",
	  "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255" },
	{ "permit ip 10.1.2.3 0.0.255.255 any",
	  "permit ip 10.1.0.0 0.0.255.255 any",
	  "permit ip 10.1.0.0 0.0.255.255 any" },
	{ "permit udp host 202.100.1.1 eq 848 host 239.0.1.2 eq 848", NULL,
	  "permit udp host 202.100.1.1 port = 848 host 239.0.1.2 "
	  "port = 848" },
	{ "deny tcp 192.168.4.0 0.0.0.255 eq 22 192.168.5.0 0.0.0.255",
	  "deny   tcp 192.168.4.0 0.0.0.255 eq 22 192.168.5.0 0.0.0.255",
	  "deny tcp 192.168.4.0 0.0.0.255 port = 22 192.168.5.0 0.0.0.255" },
	{ "deny ip 10.1.4.0 0.0.0.3 any            ! do not encrypt",
	  "deny   ip 10.1.4.0 0.0.0.3 any", "deny ip 10.1.4.0 0.0.0.3 any" },
	{ "permit icmp any any echo", NULL, "permit icmp any any 8" },
	{ "permit icmp any any 8", "permit icmp any any echo",
	  "permit icmp any any 8" },
	{ "permit icmp any any port-unreachable", NULL,
	  "permit icmp any any 3 3" },
	{ "permit icmp any any 10 66", NULL, NULL },
	{ "permit tcp any gt 1023 any eq 443 established log", NULL,
	  "permit tcp any port > 1023 any port = 443 established log" },
	{ "permit tcp any range 20 179 any lt www",
	  "permit tcp any range ftp-data bgp any lt www",
	  "permit tcp any port range 20 179 any port < 80" },
	{ "permit udp any neq isakmp any eq non500-isakmp dscp ef", NULL,
	  "permit udp any port != 500 any port = 4500 dscp 46" },
	{ "permit esp any any fragments", NULL, NULL },
	{ "permit 99 any any precedence 7",
	  "permit 99 any any precedence network",
	  "permit 99 any any precedence 7" },
	{ "permit igmp any any host-query", NULL, "permit igmp any any 17" },
	{ "permit ip any any tos min-delay log-input", NULL,
	  "permit ip any any tos 8 log-input" },
	{ "permit 51 any any", "permit ahp any any", "permit ahp any any" },
};

START_TEST(an_entry_is_spelled_in_three_ways)
{
	const struct spelling *s = &spellings[_i];
	const char *config = s->config ? s->config : s->typed;
	const struct acl *acl;
	char text[ACE_TEXT], *lines, *block;

	lines = xasprintf("ip access-list ext X\n%s", s->typed);
	type(lines, "");
	acl = acls_find(acls, "X");
	ck_assert_ptr_nonnull(acl);
	ck_assert_uint_eq(acl->n, 1);
	ck_assert_str_eq(ace_text(&acl->entries[0].ace, false, ACE_CONFIG,
				  text),
			 config);
	ck_assert_str_eq(ace_text(&acl->entries[0].ace, false, ACE_GDOI, text),
			 s->gdoi ? s->gdoi : config);
	block = xasprintf("ip access-list extended X\n %s\n", config);
	check_config(block);
	free(block);
	free(lines);
}
END_TEST

/* What is written is read as the same entry. */
START_TEST(what_is_written_is_read_again)
{
	struct cli_hooks hooks = { 0 };
	struct cli *other = cli_new(loop, &hooks);
	struct acls *others = acls_new();
	char *lines, *wrong;
	size_t i;

	acl_cli_init(others, other);
	for (i = 0; i < ARRAY_SIZE(spellings); i++) {
		lines = xasprintf("ip access-list extended X%zu\n%s", i,
				  spellings[i].typed);
		type(lines, "");
		free(lines);
	}
	type("access-list 10 permit 192.168.11.3\n"
	     "access-list 10 remark members\n"
	     "access-list 10 deny 10.0.0.0 0.0.0.255 log\n"
	     "access-list 1300 permit any\n"
	     "access-list 110 permit ip 10.0.0.0 0.255.255.255 any\n"
	     "ip access-list standard members\nremark all\npermit host 1.2.3.4",
	     "");
	wrong = cli_test_round_trip(cli, other);
	ck_assert_msg(!wrong, "%s", wrong);
	for (i = 0; i < ARRAY_SIZE(spellings); i++) {
		char name[16];
		const struct acl *a, *b;

		snprintf(name, sizeof(name), "X%zu", i);
		a = acls_find(acls, name);
		b = acls_find(others, name);
		ck_assert(ace_equal(&a->entries[0].ace, &b->entries[0].ace));
	}
	acls_free(others);
	cli_free(other);
}
END_TEST

START_TEST(a_line_that_is_no_entry_is_refused)
{
	static const char *const lines[] = {
		"permit",
		"permit ip",
		"permit ip any",
		"permit tcp any eq any",
		"permit tcp any eq 65536 any",
		"permit ip any any eq 5",
		"permit 256 any any",
		"permit udp any any established",
		"permit ip host any any",
		"deny icmp any any nonsense",
		"permit ip any any dscp 64",
		"2147483648 permit ip any any",
	};
	char *all = xasprintf("conf t\nip access-list extended X\n%s\nend\n",
			      lines[_i]);
	char *screen = cli_test_run(cli, all);

	ck_assert_ptr_nonnull(strchr(screen, '%'));
	ck_assert_uint_eq(acls_find(acls, "X")->n, 0);
	free(screen);
	free(all);
}
END_TEST

/* --- order ------------------------------------------------------------ */

START_TEST(sequence_numbers_order_the_entries)
{
	type("ip access-list extended getvpn-acl\n"
	     "deny udp any eq 848 any\n"
	     "permit ip any any\n"
	     "1 deny tcp any eq telnet any\n"
	     "2 deny tcp any any eq telnet",
	     "");
	check_show("show access-lists", "Extended IP access list getvpn-acl\n"
					"    1 deny tcp any eq telnet any\n"
					"    2 deny tcp any any eq telnet\n"
					"    10 deny udp any eq 848 any\n"
					"    20 permit ip any any\n");
	type("ip access-list ext getvpn-acl\nno 1\nno 2", "");
	check_show("show ip access-lists getvpn-acl",
		   "Extended IP access list getvpn-acl\n"
		   "    10 deny udp any eq 848 any\n"
		   "    20 permit ip any any\n");
}
END_TEST

START_TEST(an_entry_is_taken_once_and_a_number_too)
{
	type("ip access-list extended X\npermit ip any any\n"
	     "permit ip any any\n10 deny ip any any\nno 30",
	     "% Duplicate sequence number\n"
	     "% Sequence number does not exist\n");
	ck_assert_uint_eq(acls_find(acls, "X")->n, 1);
}
END_TEST

START_TEST(a_remark_takes_no_number)
{
	type("ip access-list extended X\nremark   first words\n"
	     "permit tcp any any\nremark second\npermit udp any any",
	     "");
	check_show("show access-lists", "Extended IP access list X\n"
					"    10 permit tcp any any\n"
					"    20 permit udp any any\n");
	check_config("ip access-list extended X\n"
		     " remark first words\n"
		     " permit tcp any any\n"
		     " remark second\n"
		     " permit udp any any\n");
	type("ip access-list extended X\nno remark second\nno 10", "");
	check_config("ip access-list extended X\n"
		     " remark first words\n"
		     " permit udp any any\n");
}
END_TEST

START_TEST(resequence_counts_anew)
{
	type("ip access-list extended X\n7 permit tcp any any\n"
	     "9 permit udp any any\n"
	     "ip access-list resequence X 100 5",
	     "");
	check_show("show access-lists", "Extended IP access list X\n"
					"    100 permit tcp any any\n"
					"    105 permit udp any any\n");
}
END_TEST

START_TEST(standard_lists_have_their_own_look)
{
	type("access-list 10 permit 192.168.11.3\n"
	     "access-list 10 permit 192.168.12.7 0.0.0.255\n"
	     "access-list 10 deny any log",
	     "");
	check_show("show access-lists 10",
		   "Standard IP access list 10\n"
		   "    10 permit 192.168.11.3\n"
		   "    20 permit 192.168.12.0, wildcard bits 0.0.0.255\n"
		   "    30 deny any log\n");
	check_config("access-list 10 permit 192.168.11.3\n"
		     "access-list 10 permit 192.168.12.0 0.0.0.255\n"
		     "access-list 10 deny   any log\n");
	type("no access-list 10 permit 192.168.11.3", "");
	ck_assert_ptr_null(acls_find(acls, "10"));
}
END_TEST

START_TEST(a_name_is_of_one_kind)
{
	type("ip access-list standard X\nip access-list extended X\n"
	     "ip access-list standard 100",
	     "% A named Standard IP access list with this name already "
	     "exists\n"
	     "                                       ^\n"
	     "% Invalid input detected at '^' marker.\n\n");
}
END_TEST

/* --- watchers --------------------------------------------------------- */

struct seen {
	unsigned int n;
	char name[32];
};

static void see(void *arg, const char *name)
{
	struct seen *seen = arg;

	seen->n++;
	snprintf(seen->name, sizeof(seen->name), "%s", name);
}

START_TEST(watchers_are_called_once_a_change)
{
	struct seen seen = { 0 };

	type("ip access-list extended X\npermit ip any any", "");
	acls_watch(acls, see, &seen);
	type("ip access-list extended X", "");
	ck_assert_uint_eq(seen.n, 0);
	type("ip access-list extended X\npermit ip any any", "");
	ck_assert_uint_eq(seen.n, 0);
	type("ip access-list extended X\n5 deny tcp any any", "");
	ck_assert_uint_eq(seen.n, 1);
	ck_assert_str_eq(seen.name, "X");
	type("ip access-list extended X\nno 5", "");
	ck_assert_uint_eq(seen.n, 2);
	type("no ip access-list extended X", "");
	ck_assert_uint_eq(seen.n, 3);
	acls_unwatch(acls, see, &seen);
	type("access-list 5 permit any", "");
	ck_assert_uint_eq(seen.n, 3);
}
END_TEST

/* --- matching --------------------------------------------------------- */

struct trial {
	const char *ace;
	const char *src, *dst;
	uint8_t protocol;
	uint16_t sport, dport;
	uint8_t tos, flags;
	bool fragment, match;
};

static const struct trial trials[] = {
	{ "permit ip any any", "1.1.1.1", "2.2.2.2", 50, 0, 0, 0, 0, 0, 1 },
	{ "permit udp any eq 848 any", "1.1.1.1", "2.2.2.2", 17, 848, 9, 0, 0,
	  0, 1 },
	{ "permit udp any eq 848 any", "1.1.1.1", "2.2.2.2", 17, 9, 848, 0, 0,
	  0, 0 },
	{ "permit udp any eq 848 any", "1.1.1.1", "2.2.2.2", 6, 848, 9, 0, 0, 0,
	  0 },
	{ "permit ip 10.0.0.0 0.255.255.255 host 2.2.2.2", "10.9.8.7",
	  "2.2.2.2", 6, 1, 2, 0, 0, 0, 1 },
	{ "permit ip 10.0.0.0 0.255.255.255 host 2.2.2.2", "11.9.8.7",
	  "2.2.2.2", 6, 1, 2, 0, 0, 0, 0 },
	{ "permit ip 10.0.0.0 0.255.255.255 host 2.2.2.2", "10.9.8.7",
	  "2.2.2.3", 6, 1, 2, 0, 0, 0, 0 },
	{ "permit ip 10.0.0.1 0.255.255.0 any", "10.3.4.1", "2.2.2.3", 6, 1, 2,
	  0, 0, 0, 1 },
	{ "permit tcp any gt 1023 any", "1.1.1.1", "2.2.2.2", 6, 1023, 0, 0, 0,
	  0, 0 },
	{ "permit tcp any gt 1023 any", "1.1.1.1", "2.2.2.2", 6, 1024, 0, 0, 0,
	  0, 1 },
	{ "permit tcp any lt 1023 any", "1.1.1.1", "2.2.2.2", 6, 1022, 0, 0, 0,
	  0, 1 },
	{ "permit tcp any neq 5 any", "1.1.1.1", "2.2.2.2", 6, 5, 0, 0, 0, 0,
	  0 },
	{ "permit tcp any range 5 7 any", "1.1.1.1", "2.2.2.2", 6, 7, 0, 0, 0,
	  0, 1 },
	{ "permit tcp any range 5 7 any", "1.1.1.1", "2.2.2.2", 6, 8, 0, 0, 0,
	  0, 0 },
	{ "permit tcp any any established", "1.1.1.1", "2.2.2.2", 6, 8, 0, 0,
	  0x02, 0, 0 },
	{ "permit tcp any any established", "1.1.1.1", "2.2.2.2", 6, 8, 0, 0,
	  0x12, 0, 1 },
	{ "permit icmp any any echo", "1.1.1.1", "2.2.2.2", 1, 8, 0, 0, 0, 0,
	  1 },
	{ "permit icmp any any echo", "1.1.1.1", "2.2.2.2", 1, 0, 0, 0, 0, 0,
	  0 },
	{ "permit icmp any any port-unreachable", "1.1.1.1", "2.2.2.2", 1, 3, 1,
	  0, 0, 0, 0 },
	{ "permit ip any any dscp ef", "1.1.1.1", "2.2.2.2", 1, 0, 0, 0xb8, 0,
	  0, 1 },
	{ "permit ip any any dscp ef", "1.1.1.1", "2.2.2.2", 1, 0, 0, 0xb0, 0,
	  0, 0 },
	{ "permit ip any any precedence 5", "1.1.1.1", "2.2.2.2", 1, 0, 0, 0xb8,
	  0, 0, 1 },
	{ "permit ip any any tos min-delay", "1.1.1.1", "2.2.2.2", 1, 0, 0,
	  0x10, 0, 0, 1 },
	{ "permit ip any any fragments", "1.1.1.1", "2.2.2.2", 1, 0, 0, 0, 0, 0,
	  0 },
	{ "permit ip any any fragments", "1.1.1.1", "2.2.2.2", 1, 0, 0, 0, 0, 1,
	  1 },
	/* Later fragments: permit with ports goes by addresses, deny not. */
	{ "permit udp any eq 848 any", "1.1.1.1", "2.2.2.2", 17, 0, 0, 0, 0, 1,
	  1 },
	{ "deny udp any eq 848 any", "1.1.1.1", "2.2.2.2", 17, 0, 0, 0, 0, 1,
	  0 },
	{ "deny udp any any", "1.1.1.1", "2.2.2.2", 17, 0, 0, 0, 0, 1, 1 },
};

START_TEST(packets_match_as_the_entry_says)
{
	const struct trial *t = &trials[_i];
	struct packet_key key = { .protocol = t->protocol,
				  .sport = t->sport,
				  .dport = t->dport,
				  .tos = t->tos,
				  .tcp_flags = t->flags,
				  .fragment = t->fragment };
	char *lines = xasprintf("ip access-list extended X\n%s", t->ace);
	const struct acl_entry *hit;

	ck_assert(ip_parse(&key.src, t->src));
	ck_assert(ip_parse(&key.dst, t->dst));
	type(lines, "");
	hit = acl_match(acls_find(acls, "X"), &key);
	ck_assert_msg((hit != NULL) == t->match, "%s", t->ace);
	free(lines);
}
END_TEST

START_TEST(the_first_entry_decides)
{
	struct packet_key key = { .protocol = IPPROTO_UDP, .dport = 848 };

	ck_assert(ip_parse(&key.src, "10.0.0.1"));
	ck_assert(ip_parse(&key.dst, "10.0.0.2"));
	type("ip access-list extended X\nremark one\n"
	     "deny udp any any eq 848\npermit ip any any",
	     "");
	ck_assert(!acl_match(acls_find(acls, "X"), &key)->ace.permit);
	key.dport = 849;
	ck_assert(acl_match(acls_find(acls, "X"), &key)->ace.permit);
}
END_TEST

START_TEST(a_list_that_is_pasted_again_does_not_grow)
{
	static const char list[] = "access-list 10 remark the members\n"
				   "access-list 10 permit 192.168.11.3\n";
	char twice[2 * sizeof(list)];

	snprintf(twice, sizeof(twice), "%s%s", list, list);
	type(twice, "");
	ck_assert_uint_eq(acls_find(acls, "10")->n, 2);
}
END_TEST

START_TEST(matches_are_counted_until_they_are_cleared)
{
	static const char none[] = "Extended IP access list X\n"
				   "    10 permit udp any any eq 848\n"
				   "    20 permit ip any any\n";
	struct packet_key key = { .protocol = IPPROTO_UDP, .dport = 848 };

	ck_assert(ip_parse(&key.src, "10.0.0.1"));
	ck_assert(ip_parse(&key.dst, "10.0.0.2"));
	type("ip access-list extended X\n"
	     "permit udp any any eq 848\npermit ip any any",
	     "");
	check_show("show access-lists\n", none);
	acl_match(acls_find(acls, "X"), &key);
	key.dport = 849;
	acl_match(acls_find(acls, "X"), &key);
	acl_match(acls_find(acls, "X"), &key);
	check_show("show access-lists X\n",
		   "Extended IP access list X\n"
		   "    10 permit udp any any eq 848 (1 match)\n"
		   "    20 permit ip any any (2 matches)\n");
	check_show("clear access-list counters X\n", "");
	check_show("show access-lists\n", none);
}
END_TEST

static TCase *spelling(void)
{
	TCase *tc = tcase_create("spelling");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, an_entry_is_spelled_in_three_ways, 0,
			    ARRAY_SIZE(spellings));
	tcase_add_test(tc, what_is_written_is_read_again);
	tcase_add_loop_test(tc, a_line_that_is_no_entry_is_refused, 0, 12);
	return tc;
}

static TCase *order(void)
{
	TCase *tc = tcase_create("order");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, sequence_numbers_order_the_entries);
	tcase_add_test(tc, an_entry_is_taken_once_and_a_number_too);
	tcase_add_test(tc, a_remark_takes_no_number);
	tcase_add_test(tc, resequence_counts_anew);
	tcase_add_test(tc, standard_lists_have_their_own_look);
	tcase_add_test(tc, a_name_is_of_one_kind);
	tcase_add_test(tc, watchers_are_called_once_a_change);
	return tc;
}

static TCase *matching(void)
{
	TCase *tc = tcase_create("matching");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, packets_match_as_the_entry_says, 0,
			    ARRAY_SIZE(trials));
	tcase_add_test(tc, the_first_entry_decides);
	tcase_add_test(tc, matches_are_counted_until_they_are_cleared);
	tcase_add_test(tc, a_list_that_is_pasted_again_does_not_grow);
	return tc;
}

RUN_CASES("acl", spelling, order, matching)
