/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/mem.h"
#include "cli/cli_secret.h"
#include "cli/cli_test.h"
#include "tests/check_main.h"
#include "tests/cli/sample.h"

static struct sample *s;
static struct cli_test *t;

static void setup(void)
{
	s = sample_new(NULL);
	t = cli_test_new(s->cli);
}

static void teardown(void)
{
	cli_test_free(t);
	sample_free(s);
}

static void check_screen(struct cli_test *terminal, const char *expected)
{
	char *screen = cli_test_take(terminal);

	ck_assert_str_eq(screen, expected);
	free(screen);
}

static void check_contains(struct cli_test *terminal, const char *expected)
{
	char *screen = cli_test_take(terminal);

	ck_assert_msg(strstr(screen, expected) != NULL, "%s", screen);
	free(screen);
}

static void type(const char *lines)
{
	cli_test_type(t, lines);
}

#define CONFIGURE \
	"Enter configuration commands, one per line.  End with CNTL/Z.\n"

/* --- modes --- */

START_TEST(a_line_of_a_parent_mode_is_taken_by_it)
{
	type("conf t\ncrypto gdoi group G\nserver local\nsa ipsec 1\n");
	ck_assert_str_eq(cli_test_prompt(t), "Router(gdoi-sa-ipsec)#");
	type("address ipv4 1.2.3.4\n");
	ck_assert_str_eq(cli_test_prompt(t), "Router(gdoi-local-server)#");
	type("identity number 5\n");
	ck_assert_str_eq(cli_test_prompt(t), "Router(config-gdoi-group)#");
	type("hostname KS1\n");
	ck_assert_str_eq(cli_test_prompt(t), "KS1(config)#");
	check_screen(t, CONFIGURE);
	ck_assert_str_eq(TAILQ_FIRST(&s->groups)->address, "1.2.3.4");
}
END_TEST

START_TEST(a_bad_line_does_not_change_the_mode)
{
	type("conf t\ncrypto gdoi group G\nserver local\nsa ipsec 1\nbogus x\n");
	ck_assert(cli_test_failed(t));
	ck_assert_str_eq(cli_test_prompt(t), "Router(gdoi-sa-ipsec)#");
	type("address ipv4 1.2.3\n");
	ck_assert(cli_test_failed(t));
	ck_assert_str_eq(cli_test_prompt(t), "Router(gdoi-sa-ipsec)#");
	type("profile p\n");
	ck_assert(!cli_test_failed(t));
}
END_TEST

START_TEST(exit_goes_up_one_mode_and_end_to_exec)
{
	type("conf t\ncrypto gdoi group G\nserver local\nexit\n");
	ck_assert_str_eq(cli_test_prompt(t), "Router(config-gdoi-group)#");
	type("server local\nend\n");
	ck_assert_str_eq(cli_test_prompt(t), "Router#");
	ck_assert_str_eq(s->configured, "console by console");
	ck_assert_uint_eq(s->n_configured, 1);
}
END_TEST

START_TEST(ctrl_z_runs_the_line_and_leaves)
{
	type("conf t\n");
	cli_test_ctrl_z(t, "hostname X");
	ck_assert_str_eq(cli_test_prompt(t), "X#");
	ck_assert_uint_eq(s->n_configured, 1);
}
END_TEST

START_TEST(ctrl_c_leaves_configuration)
{
	type("conf t\nint e0/0\n");
	cli_test_interrupt(t);
	ck_assert_str_eq(cli_test_prompt(t), "Router#");
}
END_TEST

START_TEST(an_object_that_goes_takes_its_modes_along)
{
	struct cli_test *other = cli_test_new(s->cli);

	type("conf t\ncrypto gdoi group G\nserver local\n");
	cli_test_type(other, "conf t\nno crypto gdoi group G\n");
	ck_assert(TAILQ_EMPTY(&s->groups));
	type("hostname A\n");
	ck_assert_str_eq(cli_test_prompt(t), "A(config)#");
	cli_test_free(other);
}
END_TEST

START_TEST(two_users_stand_in_their_own_modes)
{
	struct cli_test *other = cli_test_new(s->cli);

	type("conf t\nint e0/0\n");
	cli_test_type(other, "conf t\ncrypto gdoi group G\n");
	type("ip address 10.0.0.1 255.0.0.0\n");
	cli_test_type(other, "identity number 9\n");
	ck_assert_str_eq(cli_test_prompt(t), "Router(config-if)#");
	ck_assert_str_eq(cli_test_prompt(other), "Router(config-gdoi-group)#");
	ck_assert_str_eq(s->ifs[0].address, "10.0.0.1");
	ck_assert_uint_eq(TAILQ_FIRST(&s->groups)->identity, 9);
	check_screen(other, CONFIGURE);
	cli_test_free(other);
}
END_TEST

START_TEST(long_host_names_are_cut_in_config_prompts)
{
	type("conf t\nhostname ABCDEFGHIJKLMNOPQRSTUVWXYZ\n");
	ck_assert_str_eq(cli_test_prompt(t), "ABCDEFGHIJKLMNOPQRST(config)#");
	type("end\n");
	ck_assert_str_eq(cli_test_prompt(t), "ABCDEFGHIJKLMNOPQRSTUVWXYZ#");
}
END_TEST

/* --- reading a line --- */

static const struct {
	const char *line, *screen;
} lines[] = {
	{ "show crypto ipsec sa", "ipsec SA\n" },
	{ "SH CRY IS S", "isakmp SA\n" },
	{ "  show \t crypto   isakmp sa  ", "isakmp SA\n" },
	{ "show\xc2\xa0"
	  "crypto\xc2\xa0isakmp sa",
	  "isakmp SA\n" },
	{ "\xef\xbb\xbfshow\xe2\x80\x8b crypto isakmp sa", "isakmp SA\n" },
	{ "show crypto isakmp sa ! a | comment", "isakmp SA\n" },
	{ "show crypto isakmp sa | i ipsec", "" },
	{ "show crypto isakmp sa |i is", "isakmp SA\n" },
	{ "KS1#show crypto isakmp sa", "isakmp SA\n" },
	{ "KS1(config-if)#", "" },
	{ "! comment", "" },
	{ "", "" },
	{ "   ", "" },
	{ "Building configuration...", "" },
	{ "Current configuration : 100 bytes", "" },
	{ "test secret", "done\n" },
	{ "no debug crypto", "done\n" },
	{ "s cry isa sa", "isakmp SA\n" }, /* a built-in alias */
	{ "sh cr i", "% Ambiguous command:  \"sh cr i\"\n" },
	{ "sh cr i sa", "% Ambiguous command:  \"sh cr i sa\"\n" },
	{ "show crypto", "% Incomplete command.\n\n" },
	{ "no", "% Incomplete command.\n\n" },
	{ "show crypto isakmp sb",
	  "                           ^\n"
	  "% Invalid input detected at '^' marker.\n\n" },
	{ "show crypto isakmp sa x",
	  "                             ^\n"
	  "% Invalid input detected at '^' marker.\n\n" },
	{ "showx crypto", "           ^\n"
			  "% Invalid input detected at '^' marker.\n\n" },
	{ "default interface e0/0", "         ^\n"
				    "% Invalid input detected at '^' "
				    "marker.\n\n" },
};

START_TEST(a_line_is_read_as_ios_reads_it)
{
	char *line = xasprintf("%s\n", lines[_i].line);

	type(line);
	check_screen(t, lines[_i].screen);
	ck_assert_int_eq(cli_test_failed(t),
			 lines[_i].screen[0] == '%' ||
				 lines[_i].screen[0] == ' ');
	free(line);
}
END_TEST

START_TEST(a_line_argument_keeps_blanks_and_signs)
{
	type("conf t\nint e0/0\n"
	     " description  two  blanks ! and | a \xc3\xa4 sign  \n");
	ck_assert_str_eq(s->ifs[0].description,
			 "two  blanks ! and | a \xc3\xa4 sign");
}
END_TEST

START_TEST(an_interface_may_be_two_words)
{
	type("conf t\ninterface Ethernet 0/1\n");
	ck_assert_str_eq(cli_test_prompt(t), "Router(config-if)#");
	type("int e0/7\n");
	ck_assert(cli_test_failed(t));
	type("int ethernet\n");
	ck_assert(cli_test_failed(t));
	check_contains(t, "% Incomplete command.");
}
END_TEST

START_TEST(the_no_form_may_stop_at_the_dot_but_not_before)
{
	type("conf t\nint e0/0\nip address 10.0.0.1 255.0.0.0\n");
	type("no ip\n");
	ck_assert(cli_test_failed(t));
	type("no ip address 10.0.0.1\n");
	ck_assert(!cli_test_failed(t));
	ck_assert_str_eq(s->ifs[0].address, "");
	type("ip address 10.0.0.1 255.0.0.0\ndefault ip addr\n");
	ck_assert(!cli_test_failed(t));
	ck_assert_str_eq(s->ifs[0].address, "");
	type("no ip address nonsense\n");
	ck_assert(cli_test_failed(t));
}
END_TEST

START_TEST(members_of_a_set_come_in_any_order_once)
{
	type("ping 1.1.1.1 size 200 source lo0 rep 2\n");
	check_screen(t, "Sending 2, 200-byte Echos to 1.1.1.1 from lo0:\n");
	sample_ping_end(s);
	type("ping 1.1.1.1 size 200 size 300\n");
	ck_assert(cli_test_failed(t));
}
END_TEST

START_TEST(what_a_line_is_too_long_for_is_cut_off)
{
	char line[2000];

	type("conf t\nint e0/0\n");
	memset(line, 'x', sizeof(line));
	memcpy(line, "description ", 12);
	line[sizeof(line) - 2] = '\n';
	line[sizeof(line) - 1] = '\0';
	type(line);
	ck_assert_uint_eq(strlen(s->ifs[0].description), 254 - 12);
}
END_TEST

START_TEST(show_alone_says_how_to_go_on)
{
	type("show\nsh\nconf t\ndo show\n");
	check_screen(t, "% Type \"show ?\" for a list of subcommands\n"
			"% Type \"show ?\" for a list of subcommands\n"
			"Enter configuration commands, one per line.  End with "
			"CNTL/Z.\n"
			"% Incomplete command.\n\n");
}
END_TEST

START_TEST(do_runs_exec_commands_and_stays)
{
	type("conf t\nint e0/0\ndo show crypto isakmp sa | i SA\n");
	check_screen(t, CONFIGURE "isakmp SA\n");
	ck_assert_str_eq(cli_test_prompt(t), "Router(config-if)#");
}
END_TEST

/* --- dialogues, commands at work --- */

START_TEST(a_question_takes_the_next_line_and_may_ask_again)
{
	type("conf t\ncrypto key generate\n");
	ck_assert_str_eq(cli_test_prompt(t),
			 "How many bits in the modulus [512]: ");
	type("many\n");
	ck_assert_uint_eq(s->released, 0);
	type("1024\n");
	ck_assert_uint_eq(s->released, 1);
	check_contains(t, "% Generating 1024 bit RSA keys ...\n");
	ck_assert_str_eq(cli_test_prompt(t), "Router(config)#");
}
END_TEST

START_TEST(a_question_can_be_broken_off)
{
	type("conf t\ncrypto key generate\n");
	cli_test_interrupt(t);
	ck_assert_uint_eq(s->released, 1);
	ck_assert_str_eq(cli_test_prompt(t), "Router(config)#");
	type("crypto key generate\n");
	cli_test_free(t);
	ck_assert_uint_eq(s->released, 2);
	t = cli_test_new(s->cli);
}
END_TEST

START_TEST(lines_wait_for_a_command_at_work)
{
	type("ping 1.1.1.1\nshow crypto isakmp sa\n");
	ck_assert_str_eq(cli_test_prompt(t), "");
	sample_ping_sign(s, '!');
	sample_ping_sign(s, '.');
	check_screen(t, "Sending 5, 100-byte Echos to 1.1.1.1:\n!.");
	sample_ping_end(s);
	check_screen(t, "\nSuccess\nisakmp SA\n");
}
END_TEST

START_TEST(a_command_at_work_is_interrupted_once)
{
	type("ping 1.1.1.1\n");
	cli_test_interrupt(t);
	ck_assert_uint_eq(s->interrupts, 1);
	ck_assert_str_eq(cli_test_prompt(t), "Router#");
	type("ping 1.1.1.1\n");
	cli_test_free(t);
	ck_assert_uint_eq(s->interrupts, 2);
	ck_assert_ptr_null(s->held);
	t = cli_test_new(s->cli);
}
END_TEST

START_TEST(a_filter_works_on_a_command_at_work)
{
	type("ping 1.1.1.1 | i Succ\n");
	sample_ping_sign(s, '!');
	sample_ping_end(s);
	check_screen(t, "Success\n");
}
END_TEST

/* --- consoles and vtys --- */

#define AVAILABLE \
	"\n\n\nRouter con0 is now available\n\n\n\n\n\nPress RETURN to get started.\n"

START_TEST(a_console_starts_with_return_in_user_mode)
{
	struct cli_test *c = cli_test_new_echo(s->cli, 'c');

	cli_test_type(c, "\n");
	check_screen(c, AVAILABLE "\nRouter>");
	cli_test_type(c, "show crypto isakmp sa\nconf t\n");
	ck_assert(cli_test_failed(c));
	cli_test_type(c, "enable\n");
	ck_assert_str_eq(cli_test_prompt(c), "Router#");
	cli_test_type(c, "disable\nexit\n");
	ck_assert(cli_test_over(c));
	cli_test_free(c);
}
END_TEST

START_TEST(a_vty_without_password_is_refused)
{
	struct cli_test *v = cli_test_new_echo(s->cli, 'v');

	check_screen(v, "Password required, but none set\n");
	ck_assert(cli_test_over(v));
	cli_test_free(v);
}
END_TEST

START_TEST(no_login_lets_a_vty_in)
{
	struct cli_test *v;

	type("conf t\nline vty 0 4\nno login\nend\n");
	v = cli_test_new_echo(s->cli, 'v');
	check_screen(v, "Router>");
	cli_test_type(v, "enable\n");
	check_screen(v, "enable\n% No password set\nRouter>");
	cli_test_free(v);
}
END_TEST

START_TEST(the_password_of_a_line_is_asked_three_times)
{
	struct cli_test *v;

	type("conf t\nline vty 0 4\npassword cisco\nlogin\nend\n");
	v = cli_test_new_echo(s->cli, 'v');
	check_screen(v, "\nUser Access Verification\n\nPassword: ");
	cli_test_type(v, "wrong\ncisco\n");
	check_screen(v, "\nPassword: \n\nRouter>");
	cli_test_free(v);
	v = cli_test_new_echo(s->cli, 'v');
	cli_test_type(v, "a\nb\nc\n");
	ck_assert(cli_test_over(v));
	check_contains(v, "% Bad passwords\n");
	cli_test_free(v);
}
END_TEST

START_TEST(a_local_user_gets_his_privilege)
{
	struct cli_test *v;

	type("conf t\nusername joe privilege 15 secret pw\nusername ann "
	     "password 0 other\nline vty 0 4\nlogin local\nend\n");
	ck_assert(!cli_test_failed(t));
	v = cli_test_new_echo(s->cli, 'v');
	check_screen(v, "\nUser Access Verification\n\nUsername: ");
	cli_test_type(v, "joe\nbad\n");
	check_screen(v, "joe\nPassword: \n% Login invalid\n\nUsername: ");
	cli_test_type(v, "joe\npw\n");
	ck_assert_str_eq(cli_test_prompt(v), "Router#");
	cli_test_type(v, "conf t\nend\n");
	ck_assert_str_eq(s->configured, "console by joe on vty-1 ()");
	cli_test_free(v);
	v = cli_test_new_echo(s->cli, 'v');
	cli_test_type(v, "ann\nother\n");
	ck_assert_str_eq(cli_test_prompt(v), "Router>");
	cli_test_free(v);
}
END_TEST

START_TEST(an_empty_user_name_is_a_try_too)
{
	struct cli_test *v;

	type("conf t\nusername joe password 0 pw\nline vty 0 4\nlogin local\n"
	     "end\n");
	v = cli_test_new_echo(s->cli, 'v');
	cli_test_type(v, "\n\n");
	ck_assert_str_eq(cli_test_prompt(v), "Username: ");
	cli_test_type(v, "\n");
	ck_assert(cli_test_over(v));
	cli_test_free(v);
}
END_TEST

START_TEST(without_a_preferred_transport_a_word_is_no_host)
{
	type("frobnicate\n");
	check_contains(t, "Translating \"frobnicate\"");
	type("conf t\nline con 0\ntransport preferred none\nend\n");
	free(cli_test_take(t));
	type("frobnicate\n");
	check_screen(t, "       ^\n"
			"% Invalid input detected at '^' marker.\n\n");
}
END_TEST

START_TEST(the_enable_secret_is_asked_for)
{
	struct cli_test *c;

	type("conf t\nenable secret cisco\nend\nshow run | i enable\n");
	check_contains(t, "enable secret 5 $1$");
	c = cli_test_new_echo(s->cli, 'c');
	cli_test_type(c, "\nenable\nx\ncisco\n");
	ck_assert_str_eq(cli_test_prompt(c), "Router#");
	cli_test_type(c, "disable\nenable\nx\ny\nz\n");
	ck_assert_str_eq(cli_test_prompt(c), "Router>");
	check_contains(c, "% Bad secrets\n");
	cli_test_free(c);
}
END_TEST

START_TEST(logs_go_to_consoles_and_monitoring_vtys)
{
	struct cli_test *c = cli_test_new_echo(s->cli, 'c');
	struct cli_test *v;

	type("conf t\nline vty 0 4\nno login\nend\n");
	v = cli_test_new_echo(s->cli, 'v');
	free(cli_test_take(c));
	free(cli_test_take(v));
	free(cli_test_take(t));
	cli_log(s->cli, 5, "first");
	cli_test_type(v, "terminal monitor\n");
	cli_set_monitor_level(s->cli, 4);
	cli_log(s->cli, 5, "second");
	cli_set_console_level(s->cli, -1);
	cli_log(s->cli, 4, "third");
	check_screen(c, "first\nsecond\n");
	check_screen(v, "terminal monitor\nRouter>third\n");
	check_screen(t, "");
	cli_test_free(c);
	cli_test_free(v);
}
END_TEST

START_TEST(history_is_kept_for_each_kind_of_mode)
{
	type("show privilege\nconf t\nhostname A\nend\nshow history\n");
	check_contains(t, "  show privilege\n  conf t\n  show history\n");
	type("conf t\ndo show history\n");
	check_contains(t, "  hostname A\n  end\n  do show history\n");
}
END_TEST

/* --- secrets --- */

START_TEST(type_5_is_the_md5_of_crypt)
{
	char out[CLI_HASH_SIZE];

	/* Made with openssl passwd -1. */
	cli_secret_md5(out, "cisco", "mERr$ignored");
	ck_assert_str_eq(out, "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0");
	ck_assert(
		cli_secret_check(5, "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0", "cisco"));
	ck_assert(!cli_secret_check(5, "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0",
				    "Cisco"));
}
END_TEST

START_TEST(type_7_is_revealed)
{
	char out[CLI_PASSWORD_MAX + 1];

	ck_assert(cli_secret_reveal(out, "02050D480809"));
	ck_assert_str_eq(out, "cisco");
	ck_assert(!cli_secret_reveal(out, "0205ZZ"));
	ck_assert(!cli_secret_reveal(out, "02050D48080"));
	ck_assert(!cli_secret_reveal(out, ""));
}
END_TEST

static TCase *fixture(const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, setup, teardown);
	return tc;
}

static TCase *modes(void)
{
	TCase *tc = fixture("modes");

	tcase_add_test(tc, a_line_of_a_parent_mode_is_taken_by_it);
	tcase_add_test(tc, a_bad_line_does_not_change_the_mode);
	tcase_add_test(tc, exit_goes_up_one_mode_and_end_to_exec);
	tcase_add_test(tc, ctrl_z_runs_the_line_and_leaves);
	tcase_add_test(tc, ctrl_c_leaves_configuration);
	tcase_add_test(tc, an_object_that_goes_takes_its_modes_along);
	tcase_add_test(tc, two_users_stand_in_their_own_modes);
	tcase_add_test(tc, long_host_names_are_cut_in_config_prompts);
	return tc;
}

static TCase *reading(void)
{
	TCase *tc = fixture("reading");

	tcase_add_loop_test(tc, a_line_is_read_as_ios_reads_it, 0,
			    (int)ARRAY_SIZE(lines));
	tcase_add_test(tc, a_line_argument_keeps_blanks_and_signs);
	tcase_add_test(tc, an_interface_may_be_two_words);
	tcase_add_test(tc, the_no_form_may_stop_at_the_dot_but_not_before);
	tcase_add_test(tc, members_of_a_set_come_in_any_order_once);
	tcase_add_test(tc, what_a_line_is_too_long_for_is_cut_off);
	tcase_add_test(tc, show_alone_says_how_to_go_on);
	tcase_add_test(tc, do_runs_exec_commands_and_stays);
	return tc;
}

static TCase *dialogues(void)
{
	TCase *tc = fixture("dialogues");

	tcase_add_test(tc, a_question_takes_the_next_line_and_may_ask_again);
	tcase_add_test(tc, a_question_can_be_broken_off);
	tcase_add_test(tc, lines_wait_for_a_command_at_work);
	tcase_add_test(tc, a_command_at_work_is_interrupted_once);
	tcase_add_test(tc, a_filter_works_on_a_command_at_work);
	return tc;
}

static TCase *login(void)
{
	TCase *tc = fixture("login");

	tcase_add_test(tc, a_console_starts_with_return_in_user_mode);
	tcase_add_test(tc, a_vty_without_password_is_refused);
	tcase_add_test(tc, no_login_lets_a_vty_in);
	tcase_add_test(tc, the_password_of_a_line_is_asked_three_times);
	tcase_add_test(tc, a_local_user_gets_his_privilege);
	tcase_add_test(tc, an_empty_user_name_is_a_try_too);
	tcase_add_test(tc, without_a_preferred_transport_a_word_is_no_host);
	tcase_add_test(tc, the_enable_secret_is_asked_for);
	tcase_add_test(tc, logs_go_to_consoles_and_monitoring_vtys);
	tcase_add_test(tc, history_is_kept_for_each_kind_of_mode);
	tcase_add_test(tc, type_5_is_the_md5_of_crypt);
	tcase_add_test(tc, type_7_is_revealed);
	return tc;
}

RUN_CASES("cli_session", modes, reading, dialogues, login)
