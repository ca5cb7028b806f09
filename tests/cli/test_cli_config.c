/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/mem.h"
#include "cli/cli_test.h"
#include "tests/check_main.h"
#include "tests/cli/sample.h"

static struct sample *s;

static void setup(void)
{
	s = sample_new(NULL);
}

static void teardown(void)
{
	sample_free(s);
}

static void check_run(const char *lines, const char *expected)
{
	char *screen = cli_test_run(s->cli, lines);

	ck_assert_str_eq(screen, expected);
	free(screen);
}

static void check_part(const char *lines, const char *expected)
{
	char *screen = cli_test_run(s->cli, lines);

	ck_assert_msg(strstr(screen, expected) != NULL, "%s", screen);
	free(screen);
}

static void check_absent(const char *lines, const char *unexpected)
{
	char *screen = cli_test_run(s->cli, lines);

	ck_assert_msg(strstr(screen, unexpected) == NULL, "%s", screen);
	free(screen);
}

/* Whatever cli/ itself keeps, and the sample's modes. */
static const char full[] =
	"version 15.4\n"
	"service tcp-keepalives-in\n"
	"no service password-encryption\n"
	"service internal\n"
	"!\n"
	"hostname KS1\n"
	"!\n"
	"boot-start-marker\n"
	"boot system flash:image\n"
	"boot-end-marker\n"
	"!\n"
	"enable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0\n"
	"enable password 7 02050D480809\n"
	"!\n"
	"no aaa new-model\n"
	"mmi polling-interval 60\n"
	"no mmi auto-configure\n"
	"!\n"
	"no ip icmp rate-limit unreachable\n"
	"ip cef\n"
	"no ipv6 cef\n"
	"multilink bundle-name authenticated\n"
	"username joe privilege 15 secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0\n"
	"username ann password 0 other one\n"
	"ip tcp synwait-time 5\n"
	"!\n"
	"crypto gdoi group GDOI-GROUP1\n"
	" identity number 1234\n"
	" server local\n"
	"  rekey retransmit 10 periodic\n"
	"  rekey transport unicast\n"
	"  sa ipsec 1\n"
	"   profile profile1\n"
	"   match address ipv4 getvpn-acl\n"
	"   replay time window-size 5\n"
	"  address ipv4 192.168.111.111\n"
	"!\n"
	"crypto gdoi group G2\n"
	" identity number 5\n"
	" server address ipv4 192.168.111.111\n"
	"!\n"
	"interface Ethernet0/0\n"
	" description uplink ! not a comment\n"
	" ip address 192.168.11.3 255.255.255.0\n"
	" crypto map gdoimap\n"
	"!\n"
	"interface Ethernet0/1\n"
	" no ip address\n"
	" shutdown\n"
	"!\n"
	"ip forward-protocol nd\n"
	"no ip http server\n"
	"no ip http secure-server\n"
	"!\n"
	"control-plane\n"
	"!\n"
	"alias exec gm show crypto gdoi\n"
	"banner motd ^C\n"
	"Keep out!\n"
	"!\n"
	"!\n"
	"  hostname not a command\n"
	"^C\n"
	"banner login #one line#\n"
	"!\n"
	"line con 0\n"
	" exec-timeout 0 0\n"
	" timeout login response 60\n"
	" privilege level 15\n"
	" logging synchronous\n"
	" stopbits 1\n"
	"line aux 0\n"
	"line vty 0 4\n"
	" password cisco\n"
	" login\n"
	" length 0\n"
	" transport preferred none\n"
	" transport input all\n"
	"line vty 5 15\n"
	" access-class 10 in\n"
	" no login\n"
	" transport input telnet ssh\n"
	"!\n"
	"ntp server 10.0.0.1\n"
	"end\n";

static void report(void *arg, unsigned int line, const char *what,
		   const char *error)
{
	(void)arg;
	ck_abort_msg("line %u: %s: %s", line, what, error);
}

/* All lines of full stand in text in the same order. */
static void check_order(const char *text)
{
	char *copy = xstrdup(full), *rest = copy, *line;
	const char *at = text, *found;

	while ((line = strsep(&rest, "\n"))) {
		/* IOS prints all banners with ^C, in an order of its own. */
		if (!strcmp(line, "!") || !strncmp(line, "banner", 6))
			continue;
		found = strstr(at, line);
		ck_assert_msg(found != NULL, "%s missing or early in\n%s", line,
			      text);
		at = found;
	}
	free(copy);
}

START_TEST(a_configuration_comes_back_as_it_was_typed)
{
	struct sample *other = sample_new(NULL);
	char *error, *text;

	cli_load(s->cli, full, report, NULL);
	error = cli_test_round_trip(s->cli, other->cli);
	ck_assert_msg(!error, "%s", error);
	text = cli_config_text(s->cli);
	check_order(text);
	free(text);
	sample_free(other);
}
END_TEST

START_TEST(the_frame_is_that_of_ios)
{
	char *text = cli_config_text(s->cli), *expected;

	expected = xasprintf("Building configuration...\n\nCurrent "
			     "configuration : %zu bytes\n%s\n",
			     strlen(text), text);
	ck_assert_int_eq(strncmp(text, "!\n! Last", 8) == 0, 0);
	ck_assert_str_eq(text + strlen(text) - 6, "!\nend\n");
	check_run("show running-config\n", expected);
	check_run("write terminal\n", expected);
	free(expected);
	free(text);
}
END_TEST

START_TEST(the_heading_is_not_filtered)
{
	check_run("show run | i version\n",
		  "Building configuration...\n\nversion 15.4\n");
}
END_TEST

START_TEST(the_last_change_is_told)
{
	check_absent("show run\n", "Last configuration change");
	check_part("conf t\nend\nshow run\n",
		   "!\n! Last configuration change at 18:10:37 UTC Sat Jan 2 "
		   "2016\n!\nversion");
}
END_TEST

START_TEST(write_memory_saves_what_is_shown)
{
	check_run("write\n", "Building configuration...\n[OK]\n");
	ck_assert_ptr_nonnull(strstr(s->saved, "! NVRAM config last updated"));
	check_run("wr mem\n", "Building configuration...\n[OK]\n");
	check_run("copy run start\n\n",
		  "Destination filename [startup-config]? \n"
		  "Building configuration...\n[OK]\n");
	check_part("show startup-config\n", "Using ");
	check_part("show startup-config | i vers\n", "version 15.4\n");
}
END_TEST

START_TEST(write_erase_asks_first)
{
	check_run("write\n", "Building configuration...\n[OK]\n");
	check_part("write erase\nn\n", "[confirm]");
	ck_assert_ptr_nonnull(s->saved);
	check_part("erase startup-config\n\n",
		   "[OK]\nErase of nvram: complete\n");
	ck_assert_ptr_null(s->saved);
	check_run("show startup\n", "startup-config is not present\n");
}
END_TEST

START_TEST(copy_startup_merges)
{
	s->saved = xstrdup("hostname FROM-NVRAM\nbogus\nend\n");
	check_part("copy start run\n\n", "line 2: bogus\n% Invalid input");
	ck_assert_str_eq(s->hostname, "FROM-NVRAM");
	ck_assert_uint_eq(s->n_configured, 1);
}
END_TEST

struct reports {
	unsigned int n, line;
	char error[128];
};

static void count(void *arg, unsigned int line, const char *what,
		  const char *error)
{
	struct reports *r = arg;

	(void)what;
	r->n++;
	r->line = line;
	snprintf(r->error, sizeof(r->error), "%s", error);
}

START_TEST(loading_reports_bad_lines_and_goes_on)
{
	struct reports r = { 0 };

	cli_load(s->cli,
		 "hostname A\r\ninterface Ethernet0/9\n ip address 1.1.1.1 "
		 "255.0.0.0\nhostname B\nend\nhostname C\n",
		 count, &r);
	ck_assert_uint_eq(r.n, 2);
	ck_assert_uint_eq(r.line, 3);
	ck_assert_str_eq(r.error, "% Invalid input detected at '^' marker.");
	ck_assert_str_eq(s->hostname, "B");
	ck_assert_uint_eq(s->n_configured, 0);
}
END_TEST

START_TEST(kept_lines_go_with_no)
{
	check_run("conf t\nntp server 1.1.1.1\nntp server 2.2.2.2\n"
		  "no ntp server 1.1.1.1\nend\nshow run | i ntp\n",
		  "Enter configuration commands, one per line.  End with "
		  "CNTL/Z.\nBuilding configuration...\n\n"
		  "ntp server 2.2.2.2\n");
	check_absent("conf t\nno ntp\nend\nshow run\n", "ntp");
	check_part("conf t\nno ip http server\nend\nshow run\n",
		   "no ip http server\n");
	check_absent("conf t\nip http server\nend\nshow run\n",
		     "no ip http server");
	check_part("conf t\nservice int\nend\nshow run\n",
		   "service internal\n");
}
END_TEST

START_TEST(lines_set_in_groups_are_printed_in_groups)
{
	check_part("conf t\nline vty 0 4\nno login\nline vty 2\nlogin local\n"
		   "end\nshow run\n",
		   "line vty 0 1\n no login\n transport input all\n"
		   "line vty 2\n login local\n transport input all\n"
		   "line vty 3 4\n no login\n transport input all\n");
	check_part("conf t\nline con 0\nexec-timeout 0\nend\nshow run\n",
		   "line con 0\n exec-timeout 0 0\nline aux 0\n");
	check_part("conf t\nline vty 0 4\nlogin\n",
		   "% Login disabled on line 2, until 'password' is set\n"
		   "% Login disabled on line 3, until 'password' is set\n");
	check_part("conf t\nline vty 3 1\n", "% Bad line number\n");
}
END_TEST

START_TEST(aliases_are_replaced_and_kept)
{
	check_part("conf t\nalias exec isa show crypto isakmp\nend\nisa sa\n",
		   "isakmp SA\n");
	check_part("show aliases\n", "isa ");
	check_part("conf t\nno alias exec isa\nend\nisa sa\n", "% Invalid");
}
END_TEST

START_TEST(a_banner_ends_at_its_delimiter)
{
	check_part("conf t\nbanner motd #\nline 1\nline 2 # rest\nend\n"
		   "show run\n",
		   "banner motd ^C\nline 1\nline 2 ^C\n");
	check_part("conf t\nbanner motd xshortx\nend\nshow run\n",
		   "banner motd ^Cshort^C\n");
	check_part("conf t\nbanner motd \003esc\003\nend\nshow run\n",
		   "banner motd ^Cesc^C\n");
	check_absent("conf t\nno banner motd\nend\nshow run\n", "banner");
}
END_TEST

static TCase *config(void)
{
	TCase *tc = tcase_create("config");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_configuration_comes_back_as_it_was_typed);
	tcase_add_test(tc, the_frame_is_that_of_ios);
	tcase_add_test(tc, the_heading_is_not_filtered);
	tcase_add_test(tc, the_last_change_is_told);
	tcase_add_test(tc, write_memory_saves_what_is_shown);
	tcase_add_test(tc, write_erase_asks_first);
	tcase_add_test(tc, copy_startup_merges);
	tcase_add_test(tc, loading_reports_bad_lines_and_goes_on);
	tcase_add_test(tc, kept_lines_go_with_no);
	tcase_add_test(tc, lines_set_in_groups_are_printed_in_groups);
	tcase_add_test(tc, aliases_are_replaced_and_kept);
	tcase_add_test(tc, a_banner_ends_at_its_delimiter);
	return tc;
}

RUN_CASES("cli_config", config)
