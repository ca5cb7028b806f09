/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who gets in, with which password, and what he may type then. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli_secret.h"
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

static void configure(const char *lines)
{
	char *all = xasprintf("configure terminal\n%send\n", lines);
	char *screen = cli_test_run(s->cli, all);

	ck_assert_msg(!strchr(screen, '%'), "%s", screen);
	free(screen);
	free(all);
}

/* What a terminal of this kind shows when these lines are typed at it. */
static char *screen_of(char kind, const char *lines)
{
	struct cli_test *t = cli_test_new_echo(s->cli, kind);
	char *screen;

	cli_test_type(t, lines);
	screen = cli_test_take(t);
	cli_test_free(t);
	return screen;
}

static void check(char kind, const char *lines, const char *expected)
{
	char *screen = screen_of(kind, lines);

	ck_assert_msg(strstr(screen, expected) != NULL, "%s\nis not in\n%s",
		      expected, screen);
	free(screen);
}

static void check_not(char kind, const char *lines, const char *unexpected)
{
	char *screen = screen_of(kind, lines);

	ck_assert_msg(!strstr(screen, unexpected), "%s", screen);
	free(screen);
}

/* --- hashes ----------------------------------------------------------- */

/* Published examples of what real routers have in their configurations: those
 * of hashcat (modes 500, 9200, 9300) and of John the Ripper. */
static const struct {
	int type;
	const char *hash, *password;
} published[] = {
	{ 5, "$1$28772684$iEwNOgGugqO9.bIz5sk8k/", "hashcat" },
	{ 8, "$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk",
	  "hashcat" },
	{ 8, "$8$dsYGNam3K1SIJO$7nv/35M/qr6t.dVc7UY9zrJDWRVqncHub1PE9UlMQFs",
	  "cisco" },
	{ 8, "$8$6NHinlEjiwvb5J$RjC.H.ydVb34wDLqJvfjyG1ubxYKpfXqv.Ry9mtrNBY",
	  "password" },
	{ 9, "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6",
	  "hashcat" },
	{ 9, "$9$nhEmQVczB7dqsO$X.HsgL6x1il0RxkOSSvyQYwucySCt7qFm4v7pqCxkKM",
	  "cisco" },
	{ 9, "$9$cvWdfQlRRDKq/U$VFTPha5VHTCbSgSUAo.nPoh50ZiXOw1zmljEjXkaq1g",
	  "123456" },
};

START_TEST(a_hash_of_a_real_router_is_verified)
{
	const int type = published[_i].type;
	char wrong[CLI_PASSWORD_MAX];

	snprintf(wrong, sizeof(wrong), "%s.", published[_i].password);
	ck_assert(cli_secret_valid(type, published[_i].hash));
	ck_assert(cli_secret_check(type, published[_i].hash,
				   published[_i].password));
	ck_assert(!cli_secret_check(type, published[_i].hash, wrong));
	ck_assert(!cli_secret_check(type, published[_i].hash, ""));
}
END_TEST

START_TEST(what_is_hashed_here_is_verified_and_never_the_same_twice)
{
	static const int types[] = { 5, 8, 9 };
	char one[CLI_HASH_SIZE], two[CLI_HASH_SIZE];
	const int type = types[_i];

	cli_secret_hash(one, type, "a pass phrase");
	cli_secret_hash(two, type, "a pass phrase");
	ck_assert_str_ne(one, two);
	ck_assert(cli_secret_valid(type, one));
	ck_assert(cli_secret_check(type, one, "a pass phrase"));
	ck_assert(cli_secret_check(type, two, "a pass phrase"));
	ck_assert(!cli_secret_check(type, one, "a pass phrasE"));
}
END_TEST

START_TEST(a_hash_that_is_cut_or_changed_is_no_hash)
{
	const char *whole = published[4].hash;
	size_t len = strlen(whole), i;
	char *text;

	for (i = 0; i < len; i++) {
		text = strndup(whole, i);
		ck_assert(!cli_secret_valid(9, text));
		ck_assert(!cli_secret_check(9, text, "hashcat"));
		free(text);
	}
	text = strndup(whole, len);
	text[20] = '!';
	ck_assert(!cli_secret_valid(9, text));
	text[20] = whole[20];
	text[1] = '8';
	ck_assert(!cli_secret_valid(9, text));
	ck_assert(cli_secret_valid(8, text));
	ck_assert(!cli_secret_check(8, text, "hashcat"));
	free(text);
}
END_TEST

START_TEST(what_type_7_hides_comes_back)
{
	char hidden[2 * CLI_PASSWORD_MAX + 3], out[CLI_PASSWORD_MAX + 1];
	char longest[CLI_PASSWORD_MAX + 1];

	memset(longest, 'x', CLI_PASSWORD_MAX);
	longest[CLI_PASSWORD_MAX] = '\0';
	cli_secret_hide(hidden, longest);
	ck_assert(cli_secret_reveal(out, hidden));
	ck_assert_str_eq(out, longest);
	cli_secret_hide(hidden, "cisco");
	ck_assert(cli_secret_reveal(out, hidden));
	ck_assert_str_eq(out, "cisco");
}
END_TEST

START_TEST(a_secret_is_kept_as_the_algorithm_says)
{
	configure("username a algorithm-type scrypt secret pw\n"
		  "username b algorithm-type sha256 secret pw\n"
		  "username c secret pw\n"
		  "enable algorithm-type scrypt secret en\n"
		  "line vty 0 4\nlogin local\n");
	check('s', "show run | i ^username a\n", "username a secret 9 $9$");
	check('s', "show run | i ^username b\n", "username b secret 8 $8$");
	check('s', "show run | i ^username c\n", "username c secret 5 $1$");
	check('s', "show run | i ^enable\n", "enable secret 9 $9$");
	check('v', "a\npw\nenable\nen\nshow privilege\n",
	      "Current privilege level is 15");
	check('v', "b\npw\n", ">");
	check('v', "a\npx\n", "% Login invalid");
}
END_TEST

START_TEST(a_user_has_a_password_or_a_secret)
{
	configure("username joe password one\n");
	check('s', "conf t\nusername joe secret two\n",
	      "ERROR: Can not have both a user password and a user secret.\n");
	check('s', "conf t\nusername joe secret 9 $9$nonsense\n", "ERROR: ");
	check('s', "show run | i joe\n", "username joe password 0 one\n");
}
END_TEST

START_TEST(password_encryption_hides_what_is_in_clear)
{
	configure("username joe password one\nenable password two\n"
		  "line vty 0 4\npassword three\nlogin\n"
		  "service password-encryption\n"
		  "username ann password four\n");
	check('s', "show run | i password\n", "username joe password 7 ");
	check('s', "show run | i password\n", "username ann password 7 ");
	check('s', "show run | i password\n", "enable password 7 ");
	check('s', "show run | i password\n", " password 7 ");
	check_not('s', "show run\n", "three");
	check('v', "three\nenable\ntwo\nshow privilege\n",
	      "Current privilege level is 15");
}
END_TEST

/* --- aaa -------------------------------------------------------------- */

START_TEST(new_model_asks_for_a_user_on_a_vty_and_nobody_on_the_console)
{
	configure("username joe privilege 15 secret pw\naaa new-model\n");
	check('v', "joe\npw\n", "Router>");
	check('v', "joe\nno\n", "% Authentication failed");
	check('c', "\n", "Router>");
	check_not('c', "\n", "Username");
}
END_TEST

START_TEST(authorization_gives_a_user_his_privilege)
{
	configure("username joe privilege 15 secret pw\naaa new-model\n"
		  "aaa authentication login default local\n"
		  "aaa authorization exec default local\n");
	check('v', "joe\npw\nshow privilege\n",
	      "Router#show privilege\nCurrent privilege level is 15");
	check('c', "\njoe\npw\nshow privilege\n",
	      "Current privilege level is 1\n");
	configure("aaa authorization console\n");
	check('c', "\njoe\npw\nshow privilege\n",
	      "Current privilege level is 15\n");
}
END_TEST

START_TEST(the_next_method_is_asked_when_one_cannot_tell)
{
	configure("username joe secret pw\naaa new-model\n"
		  "aaa authentication login default group tacacs+ local none\n"
		  "aaa authentication login LINES line\n"
		  "line vty 0\n password lp\n login authentication LINES\n");
	check('c', "\nnobody\nx\n", "Router>");
	check('c', "\njoe\nx\n", "% Authentication failed");
	check('v', "lp\n", "Router>");
	check_not('v', "lp\n", "Username");
	check('s', "show run | i ^aaa\n",
	      "aaa new-model\n"
	      "aaa authentication login default group tacacs+ local none\n"
	      "aaa authentication login LINES line\n");
}
END_TEST

START_TEST(a_list_of_enable_decides_about_enable)
{
	configure("aaa new-model\nenable secret en\n"
		  "aaa authentication login default none\n"
		  "aaa authentication enable default enable\n");
	check('v', "enable\nwrong\nshow privilege\n",
	      "% Access denied\n\nRouter>show privilege\n");
	check('v', "enable\nen\nshow privilege\n",
	      "Current privilege level is 15");
	configure("no enable secret\n");
	check('v', "enable\n", "% Error in authentication.");
	configure("aaa authentication enable default none\n");
	check('v', "enable\nshow privilege\n", "Current privilege level is 15");
}
END_TEST

/* --- privileges ------------------------------------------------------- */

START_TEST(a_level_has_a_secret_of_its_own)
{
	configure("enable secret level 5 five\nenable secret all\n"
		  "line vty 0 4\nno login\n");
	check('s', "show run | i ^enable\n", "enable secret level 5 5 $1$");
	check('v', "enable 5\nfive\nshow privilege\n",
	      "Router#show privilege\nCurrent privilege level is 5\n");
	check('v', "enable 5\nall\nall\nall\n", "% Bad secrets");
	check('v', "enable\nall\ndisable 5\nshow privilege\n",
	      "Current privilege level is 5\n");
	check('v', "enable 7\n", "% No password set");
}
END_TEST

START_TEST(a_command_can_be_given_to_a_lower_level)
{
	configure("privilege exec level 5 sh run\n"
		  "privilege exec level 7 show privilege\n"
		  "username five privilege 5 password 5\n"
		  "line vty 0 4\nlogin local\n");
	check('s', "show run | i ^priv\n",
	      "privilege exec level 5 show running-config\n");
	check('v', "five\n5\nshow running-config | i ^hostname\n",
	      "hostname Router");
	check('v', "five\n5\nshow privilege\n", "% Invalid input");
	check('v', "five\n5\nconfigure terminal\n", "% Invalid input");
	configure("no privilege exec level 7 show privilege\n");
	check('v', "five\n5\nshow privilege\n", "level is 5");
}
END_TEST

START_TEST(a_rule_reaches_no_other_commands_that_begin_alike)
{
	configure("privilege exec level 5 show running-config\n"
		  "privilege exec level 5 show\n"
		  "privilege exec level 5 terminal\n"
		  "username five privilege 5 password 5\n"
		  "line vty 0 4\nlogin local\n");
	check('v', "five\n5\nshow running-config all | i ^host\n", "hostname");
	check('v', "five\n5\nshow startup-config\n", "% Invalid input");
	configure("privilege exec all level 5 show\n");
	check_not('v', "five\n5\nshow startup-config\n", "% Invalid input");
	check('s', "show run | i ^priv.*all\n",
	      "privilege exec all level 5 show\n");
}
END_TEST

START_TEST(a_user_may_have_no_password_or_one_command)
{
	configure("username open nopassword\nusername one password 1\n"
		  "username one autocommand show privilege\n"
		  "line vty 0 4\nlogin local\n");
	check('v', "open\n\n", "Router>");
	check('v', "one\n1\nshow users\n", "Current privilege level is 1\n");
	check_not('v', "one\n1\nshow users\n", "Host(s)");
	check('s', "show run | i ^username\n",
	      "username open nopassword\nusername one password 0 1\n"
	      "username one autocommand show privilege\n");
}
END_TEST

START_TEST(configuration_can_be_given_in_parts)
{
	configure("privilege exec level 5 configure terminal\n"
		  "privilege configure level 5 hostname\n"
		  "username five privilege 5 password 5\n"
		  "line vty 0 4\nlogin local\n");
	check('v', "five\n5\nconf t\nusername x secret y\n", "% Invalid input");
	check('v', "five\n5\nconf t\nhostname B\nend\n", "B#");
}
END_TEST

START_TEST(level_zero_has_five_commands)
{
	configure("line vty 0 4\nno login\n");
	check('v', "disable 0\nshow privilege\n", "% Invalid input");
	check('v', "disable 0\nexit\n", "exit");
	check('v', "disable 0\nhelp\n", "Help may be requested");
}
END_TEST

/* --- lines ------------------------------------------------------------ */

START_TEST(an_autocommand_is_all_that_a_session_does)
{
	configure("line vty 0 4\nno login\nautocommand show privilege\n");
	check('v', "show users\n", "Current privilege level is 1\n");
	check_not('v', "show users\n", "Host(s)");
}
END_TEST

START_TEST(lines_are_shown_with_their_uses)
{
	configure("line vty 0 4\nno login\naccess-class 9 in\n");
	check('v', "show line\n", "*    2 VTY");
	check('v', "show line 2\n", "   9      2       0     0/0       -\n");
	check_not('v', "show line 2\n", "CTY");
	check('s', "show line 17\n", "% Bad line number");
}
END_TEST

START_TEST(a_line_is_cleared_by_somebody_else)
{
	struct cli_test *t;

	configure("line vty 0 4\nno login\n");
	t = cli_test_new_echo(s->cli, 'v');
	check('s', "clear line vty 0\nn\n", "[confirm]");
	ck_assert(!cli_test_over(t));
	check('s', "clear line vty 0\n\n", "[OK]");
	ck_assert(cli_test_over(t));
	cli_test_free(t);
}
END_TEST

START_TEST(a_terminal_has_a_timeout_of_its_own)
{
	configure("line vty 0 4\nno login\n");
	check('v', "terminal exec-timeout 3 5\nshow terminal\n", " 00:03:05 ");
	check('v', "terminal no exec-timeout\nshow terminal\n", " never ");
}
END_TEST

static TCase *fixture(const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, setup, teardown);
	return tc;
}

static TCase *secrets(void)
{
	TCase *tc = fixture("secrets");

	tcase_add_loop_test(tc, a_hash_of_a_real_router_is_verified, 0,
			    (int)ARRAY_SIZE(published));
	tcase_add_loop_test(
		tc, what_is_hashed_here_is_verified_and_never_the_same_twice, 0,
		3);
	tcase_add_test(tc, a_hash_that_is_cut_or_changed_is_no_hash);
	tcase_add_test(tc, what_type_7_hides_comes_back);
	tcase_add_test(tc, a_secret_is_kept_as_the_algorithm_says);
	tcase_add_test(tc, a_user_has_a_password_or_a_secret);
	tcase_add_test(tc, password_encryption_hides_what_is_in_clear);
	return tc;
}

static TCase *aaa(void)
{
	TCase *tc = fixture("aaa");

	tcase_add_test(
		tc,
		new_model_asks_for_a_user_on_a_vty_and_nobody_on_the_console);
	tcase_add_test(tc, authorization_gives_a_user_his_privilege);
	tcase_add_test(tc, the_next_method_is_asked_when_one_cannot_tell);
	tcase_add_test(tc, a_list_of_enable_decides_about_enable);
	return tc;
}

static TCase *privileges(void)
{
	TCase *tc = fixture("privileges");

	tcase_add_test(tc, a_level_has_a_secret_of_its_own);
	tcase_add_test(tc, a_command_can_be_given_to_a_lower_level);
	tcase_add_test(tc, a_rule_reaches_no_other_commands_that_begin_alike);
	tcase_add_test(tc, a_user_may_have_no_password_or_one_command);
	tcase_add_test(tc, configuration_can_be_given_in_parts);
	tcase_add_test(tc, level_zero_has_five_commands);
	return tc;
}

static TCase *lines(void)
{
	TCase *tc = fixture("lines");

	tcase_add_test(tc, an_autocommand_is_all_that_a_session_does);
	tcase_add_test(tc, lines_are_shown_with_their_uses);
	tcase_add_test(tc, a_line_is_cleared_by_somebody_else);
	tcase_add_test(tc, a_terminal_has_a_timeout_of_its_own);
	return tc;
}

RUN_CASES("cli_access", secrets, aaa, privileges, lines)
