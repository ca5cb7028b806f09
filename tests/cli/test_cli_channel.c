/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The messages of proto.h over real sockets. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/cli_channel.h"
#include "cli/proto.h"
#include "cli/server.h"
#include "tests/check_main.h"
#include "tests/cli/sample.h"

enum { PATIENCE = 5 }; /* s before a test gives up */

static struct loop *loop;
static struct sample *s;

static void setup(void)
{
	loop = loop_new();
	s = sample_new(loop);
}

static void teardown(void)
{
	sample_free(s);
	loop_free(loop);
}

static void stop(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

static void run_for(int64_t us)
{
	struct loop_timer *timer = NULL;

	loop_timer_set(loop, &timer, us, stop, NULL);
	loop_run(loop);
}

/* A terminal process played by the test. */
struct peer {
	int fd;
	struct cli_channel *channel;
	bool gone;
};

static void gone(void *arg)
{
	struct peer *p = arg;

	p->gone = true;
	cli_channel_free(p->channel);
	p->channel = NULL;
}

static void peer_open(struct peer *p, enum cli_origin origin)
{
	int pair[2];

	*p = (struct peer){ 0 };
	ck_assert_int_eq(socketpair(AF_UNIX,
				    SOCK_SEQPACKET | SOCK_NONBLOCK |
					    SOCK_CLOEXEC,
				    0, pair),
			 0);
	p->fd = pair[0];
	p->channel = cli_channel_new(loop, s->cli, pair[1], origin, "10.0.0.9",
				     origin == CLI_FROM_VTY ? 3 : -1, gone, p);
}

static void peer_close(struct peer *p)
{
	close(p->fd);
	cli_channel_free(p->channel);
}

static void tell(int fd, char type, const char *body)
{
	char *m = xasprintf("%c%s", type, body);

	ck_assert_int_ge(send(fd, m, strlen(m), 0), 0);
	free(m);
}

/* The next message of this type; others before it are passed over. */
static char *hear(int fd, char type)
{
	static char buf[CLI_PROTO_MAX + 1];
	int64_t until = clock_real_now() + SEC(PATIENCE);
	ssize_t n;

	while (clock_real_now() < until) {
		n = recv(fd, buf, CLI_PROTO_MAX, MSG_DONTWAIT);
		if (n > 0) {
			buf[n] = '\0';
			if (buf[0] == type)
				return buf + 1;
		} else if (n == 0) {
			break;
		} else {
			run_for(MSEC(1));
		}
	}
	ck_abort_msg("no message %c", type);
}

static void check_prompt(int fd, int flags, const char *prompt)
{
	const char *body = hear(fd, CLI_S_PROMPT);

	ck_assert_int_eq(body[0], flags);
	ck_assert_str_eq(body + 1, prompt);
}

START_TEST(a_script_session_runs_lines)
{
	struct peer p;

	peer_open(&p, CLI_FROM_SOCKET);
	tell(p.fd, CLI_C_HELLO, "s");
	check_prompt(p.fd, 0, "Router#");
	tell(p.fd, CLI_C_LINE, "show crypto isakmp sa");
	ck_assert_str_eq(hear(p.fd, CLI_S_TEXT), "isakmp SA\n");
	check_prompt(p.fd, 0, "Router#");
	tell(p.fd, CLI_C_LINE, "show crypto");
	check_prompt(p.fd, CLI_P_FAILED, "Router#");
	tell(p.fd, CLI_C_LINE, "conf t");
	check_prompt(p.fd, CLI_P_CONFIG, "Router(config)#");
	tell(p.fd, CLI_C_LINE, "crypto key generate");
	check_prompt(p.fd, CLI_P_DIALOGUE,
		     "How many bits in the modulus [512]: ");
	tell(p.fd, CLI_C_INTERRUPT, "");
	check_prompt(p.fd, CLI_P_CONFIG, "Router(config)#");
	tell(p.fd, CLI_C_END, "hostname A");
	check_prompt(p.fd, 0, "A#");
	peer_close(&p);
}
END_TEST

START_TEST(help_and_tab_are_answered)
{
	struct peer p;

	peer_open(&p, CLI_FROM_SOCKET);
	tell(p.fd, CLI_C_HELLO, "s");
	tell(p.fd, CLI_C_HELP, "cl");
	ck_assert_str_eq(hear(p.fd, CLI_S_HELP), "clear  clock\n\n");
	tell(p.fd, CLI_C_COMPLETE, "cle");
	ck_assert_str_eq(hear(p.fd, CLI_S_COMPLETE), "ar ");
	tell(p.fd, CLI_C_COMPLETE, "cl");
	ck_assert_str_eq(hear(p.fd, CLI_S_COMPLETE), "");
	peer_close(&p);
}
END_TEST

START_TEST(a_vty_cannot_call_itself_a_script)
{
	struct peer p;

	peer_open(&p, CLI_FROM_VTY);
	tell(p.fd, CLI_C_HELLO, "s127.0.0.1");
	ck_assert_str_eq(hear(p.fd, CLI_S_TEXT),
			 "Password required, but none set\n");
	hear(p.fd, CLI_S_BYE);
	run_for(MSEC(20));
	ck_assert(p.gone);
	close(p.fd);
}
END_TEST

START_TEST(a_console_of_the_lab_begins_again_after_exit)
{
	struct peer p;

	peer_open(&p, CLI_FROM_CONSOLE);
	tell(p.fd, CLI_C_HELLO, "c");
	check_prompt(p.fd, CLI_P_DIALOGUE | CLI_P_HIDDEN, "");
	tell(p.fd, CLI_C_LINE, "");
	check_prompt(p.fd, 0, "Router>");
	tell(p.fd, CLI_C_LINE, "exit");
	ck_assert_ptr_nonnull(
		strstr(hear(p.fd, CLI_S_TEXT), "con0 is now available"));
	check_prompt(p.fd, CLI_P_DIALOGUE | CLI_P_HIDDEN, "");
	peer_close(&p);
}
END_TEST

START_TEST(who_configures_is_told_with_his_line)
{
	struct peer p;

	cli_load(s->cli, "line vty 0 4\nno login\nprivilege level 15\n", NULL,
		 NULL);
	peer_open(&p, CLI_FROM_VTY);
	tell(p.fd, CLI_C_HELLO, "v");
	check_prompt(p.fd, 0, "Router#");
	tell(p.fd, CLI_C_LINE, "conf t");
	check_prompt(p.fd, CLI_P_CONFIG, "Router(config)#");
	tell(p.fd, CLI_C_END, "");
	check_prompt(p.fd, 0, "Router#");
	ck_assert_str_eq(s->configured, "console by vty3 (10.0.0.9)");
	peer_close(&p);
}
END_TEST

START_TEST(the_window_sets_the_terminal_until_the_user_does)
{
	static const char window[] = { CLI_C_WINDOW, 0, 100, 0, 50 };
	const uint8_t *size;
	struct peer p;

	cli_load(s->cli, "line vty 0 4\nno login\nprivilege level 15\n", NULL,
		 NULL);
	peer_open(&p, CLI_FROM_VTY);
	tell(p.fd, CLI_C_HELLO, "v");
	size = (const uint8_t *)hear(p.fd, CLI_S_TERMINAL);
	ck_assert_uint_eq(size[1], 24);
	ck_assert_uint_eq(size[3], 80);
	ck_assert_int_eq(send(p.fd, window, sizeof(window), 0), 5);
	size = (const uint8_t *)hear(p.fd, CLI_S_TERMINAL);
	ck_assert_uint_eq(size[1], 50);
	ck_assert_uint_eq(size[3], 100);
	tell(p.fd, CLI_C_LINE, "terminal length 0");
	size = (const uint8_t *)hear(p.fd, CLI_S_TERMINAL);
	ck_assert_uint_eq(size[1], 0);
	ck_assert_int_eq(send(p.fd, window, sizeof(window), 0), 5);
	size = (const uint8_t *)hear(p.fd, CLI_S_TERMINAL);
	ck_assert_uint_eq(size[1], 0);
	peer_close(&p);
}
END_TEST

START_TEST(nothing_but_a_hello_comes_first)
{
	struct peer p;

	peer_open(&p, CLI_FROM_SOCKET);
	tell(p.fd, CLI_C_LINE, "show privilege");
	run_for(MSEC(20));
	ck_assert(p.gone);
	close(p.fd);
}
END_TEST

START_TEST(odd_messages_do_no_harm)
{
	struct peer p;
	char body[300];
	int type;

	peer_open(&p, CLI_FROM_SOCKET);
	tell(p.fd, CLI_C_HELLO, "s");
	check_prompt(p.fd, 0, "Router#");
	memset(body, 'a', sizeof(body));
	for (type = 1; type < 256; type++) {
		body[0] = (char)type;
		ck_assert_int_gt(send(p.fd, body, (size_t)type, 0), 0);
		run_for(100);
		while (recv(p.fd, body + 1, sizeof(body) - 1, MSG_DONTWAIT) > 0)
			;
	}
	tell(p.fd, CLI_C_LINE, "show crypto isakmp sa");
	ck_assert_str_eq(hear(p.fd, CLI_S_TEXT), "isakmp SA\n");
	peer_close(&p);
}
END_TEST

START_TEST(a_terminal_that_goes_ends_its_command)
{
	struct peer p;

	peer_open(&p, CLI_FROM_SOCKET);
	tell(p.fd, CLI_C_HELLO, "s");
	check_prompt(p.fd, 0, "Router#");
	tell(p.fd, CLI_C_LINE, "ping 1.1.1.1");
	hear(p.fd, CLI_S_TEXT);
	close(p.fd);
	run_for(MSEC(20));
	ck_assert(p.gone);
	ck_assert_uint_eq(s->interrupts, 1);
}
END_TEST

START_TEST(two_terminals_work_at_once)
{
	struct peer a, b;

	peer_open(&a, CLI_FROM_SOCKET);
	peer_open(&b, CLI_FROM_SOCKET);
	tell(a.fd, CLI_C_HELLO, "s");
	tell(b.fd, CLI_C_HELLO, "s");
	check_prompt(a.fd, 0, "Router#");
	check_prompt(b.fd, 0, "Router#");
	tell(a.fd, CLI_C_LINE, "ping 1.1.1.1");
	hear(a.fd, CLI_S_TEXT);
	tell(b.fd, CLI_C_LINE, "show crypto isakmp sa");
	ck_assert_str_eq(hear(b.fd, CLI_S_TEXT), "isakmp SA\n");
	sample_ping_end(s);
	ck_assert_str_eq(hear(a.fd, CLI_S_TEXT), "\nSuccess\n");
	check_prompt(a.fd, 0, "Router#");
	peer_close(&a);
	peer_close(&b);
}
END_TEST

/* Answers of a slow guesser do not give him more time. */
START_TEST(the_time_to_log_in_runs_from_the_connection)
{
	struct peer p;
	int i;

	cli_load(s->cli,
		 "line vty 0 4\npassword x\nlogin\n"
		 "timeout login response 1\n",
		 NULL, NULL);
	peer_open(&p, CLI_FROM_VTY);
	tell(p.fd, CLI_C_HELLO, "v");
	check_prompt(p.fd, CLI_P_DIALOGUE | CLI_P_HIDDEN, "Password: ");
	for (i = 0; i < 2; i++) {
		run_for(MSEC(400));
		tell(p.fd, CLI_C_LINE, "wrong");
		check_prompt(p.fd, CLI_P_DIALOGUE | CLI_P_HIDDEN, "Password: ");
	}
	run_for(MSEC(400));
	ck_assert(p.gone);
	close(p.fd);
}
END_TEST

START_TEST(who_has_logged_in_may_stay)
{
	struct peer p;

	cli_load(s->cli,
		 "line vty 0 4\npassword x\nlogin\nexec-timeout 0 0\n"
		 "timeout login response 1\n",
		 NULL, NULL);
	peer_open(&p, CLI_FROM_VTY);
	tell(p.fd, CLI_C_HELLO, "v");
	check_prompt(p.fd, CLI_P_DIALOGUE | CLI_P_HIDDEN, "Password: ");
	tell(p.fd, CLI_C_LINE, "x");
	check_prompt(p.fd, 0, "Router>");
	run_for(MSEC(1200));
	ck_assert(!p.gone);
	peer_close(&p);
}
END_TEST

/* --- the server --- */

static int dial(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

START_TEST(the_socket_is_private_and_goes_with_the_server)
{
	char dir[] = "/tmp/cli-test-XXXXXX", *path;
	struct cli_server_config config = { .console_fd = -1 };
	struct cli_server *server;
	struct stat st;
	int fd;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	path = xasprintf("%s/cli.sock", dir);
	config.socket_path = path;
	server = cli_server_new(loop, s->cli, &config);
	ck_assert_ptr_nonnull(server);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	fd = dial(path);
	tell(fd, CLI_C_HELLO, "s");
	check_prompt(fd, 0, "Router#");
	/* A second router in the same place is told so. */
	ck_assert_ptr_null(cli_server_new(loop, s->cli, &config));
	cli_server_free(server);
	ck_assert_int_eq(stat(path, &st), -1);
	close(fd);
	rmdir(dir);
	free(path);
}
END_TEST

/* A terminal process that says hello and waits for the end. */
static char *write_terminal(const char *dir)
{
	char *path = xasprintf("%s/terminal", dir);
	FILE *f = fopen(path, "we");

	ck_assert_ptr_nonnull(f);
	fputs("#!/bin/sh\nprintf Hv >&4\nexec cat <&4 >/dev/null\n", f);
	ck_assert_int_eq(fchmod(fileno(f), S_IRWXU), 0);
	fclose(f);
	return path;
}

static int free_port(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(sa);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	close(fd);
	return ntohs(sa.sin_port);
}

/* A server with vty lines, and its guests in the order of their coming. */
enum { GUESTS_MAX = 8 };

static struct {
	char dir[32];
	char *terminal;
	struct cli_server *server;
	int port;
	int guests[GUESTS_MAX];
	size_t n;
} house;

static void house_open(const char *lines)
{
	struct cli_server_config config = { .console_fd = -1 };

	memset(&house, 0, sizeof(house));
	snprintf(house.dir, sizeof(house.dir), "/tmp/cli-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(house.dir));
	cli_load(s->cli, lines, NULL, NULL);
	house.terminal = write_terminal(house.dir);
	house.port = free_port();
	config.getvpnsh = house.terminal;
	config.vty_port = house.port;
	house.server = cli_server_new(loop, s->cli, &config);
	ck_assert_ptr_nonnull(house.server);
}

static void house_close(void)
{
	cli_server_free(house.server);
	while (house.n)
		close(house.guests[--house.n]);
	unlink(house.terminal);
	rmdir(house.dir);
	free(house.terminal);
}

/* Whether TCP lets him in. */
static bool guest_comes(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)house.port),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool in = connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0;

	ck_assert_uint_lt(house.n, GUESTS_MAX);
	house.guests[house.n++] = fd;
	run_for(MSEC(300));
	return in;
}

static bool guest_is_out(size_t i)
{
	char c;

	return recv(house.guests[i], &c, 1, MSG_DONTWAIT) == 0;
}

START_TEST(who_does_not_log_in_leaves_the_vtys_to_others)
{
	enum { GUESTS = 7, STAY = 4 };
	size_t i;

	house_open("line vty 0 15\npassword x\nlogin\n");
	for (i = 0; i < GUESTS; i++)
		ck_assert(guest_comes());
	for (i = 0; i < GUESTS; i++)
		ck_assert_int_eq(guest_is_out(i), i < GUESTS - STAY);
	house_close();
}
END_TEST

START_TEST(who_does_not_log_in_leaves_the_last_vty_to_others)
{
	enum { USERS = 3, LINES = 5, GUESTS = 7 };
	size_t i;

	house_open("line vty 0 2\nno login\n"
		   "line vty 3 4\npassword x\nlogin\n");
	for (i = 0; i < GUESTS; i++)
		ck_assert(guest_comes());
	for (i = 0; i < GUESTS; i++)
		ck_assert_int_eq(guest_is_out(i),
				 i >= USERS && i < USERS + GUESTS - LINES);
	house_close();
}
END_TEST

/* TCP itself says so, from the moment that the last one has logged in. */
START_TEST(who_finds_users_on_all_vtys_is_refused)
{
	size_t i;

	house_open("line vty 0 4\nno login\n");
	for (i = 0; i < 5; i++)
		ck_assert(guest_comes());
	ck_assert(!guest_comes());
	for (i = 0; i < 5; i++)
		ck_assert(!guest_is_out(i));
	house_close();
}
END_TEST

static TCase *channel(void)
{
	TCase *tc = tcase_create("channel");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, a_script_session_runs_lines);
	tcase_add_test(tc, help_and_tab_are_answered);
	tcase_add_test(tc, a_vty_cannot_call_itself_a_script);
	tcase_add_test(tc, a_console_of_the_lab_begins_again_after_exit);
	tcase_add_test(tc, who_configures_is_told_with_his_line);
	tcase_add_test(tc, the_window_sets_the_terminal_until_the_user_does);
	tcase_add_test(tc, nothing_but_a_hello_comes_first);
	tcase_add_test(tc, odd_messages_do_no_harm);
	tcase_add_test(tc, a_terminal_that_goes_ends_its_command);
	tcase_add_test(tc, two_terminals_work_at_once);
	tcase_add_test(tc, the_time_to_log_in_runs_from_the_connection);
	tcase_add_test(tc, who_has_logged_in_may_stay);
	tcase_add_test(tc, the_socket_is_private_and_goes_with_the_server);
	tcase_add_test(tc, who_does_not_log_in_leaves_the_vtys_to_others);
	tcase_add_test(tc, who_does_not_log_in_leaves_the_last_vty_to_others);
	tcase_add_test(tc, who_finds_users_on_all_vtys_is_refused);
	return tc;
}

RUN_CASES("cli_channel", channel)
