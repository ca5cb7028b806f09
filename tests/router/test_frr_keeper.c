/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper with the real programs; where FRR or the right to make
 * namespaces is missing there is nothing to test. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "router/frr_keeper.h"
#include "tests/check_main.h"
#include "tests/router/ns.h"

enum { PATIENCE_MS = 20000 };

static int fd; /* to the keeper; -1: nothing to test */
static pid_t keeper;

static void setup(void)
{
	fd = -1;
	if (!frr_installed()) {
		fprintf(stderr, "FRR is not installed: not tested\n");
		return;
	}
	if (!ns_enter())
		return;
	fd = frr_keeper_start(&keeper);
	ck_assert_int_ge(fd, 0);
}

static void teardown(void)
{
	if (fd >= 0)
		frr_keeper_end(fd, keeper);
}

static void order(uint32_t number, uint32_t wanted)
{
	const struct frr_order o = { .number = number, .wanted = wanted };

	ck_assert_int_eq(send(fd, &o, sizeof(o), MSG_NOSIGNAL), sizeof(o));
}

static bool readable(int at, int ms)
{
	struct pollfd p = { .fd = at, .events = POLLIN };

	return poll(&p, 1, ms) == 1;
}

/* The next report; its descriptors, or -1. */
static struct frr_report next(int fds[2])
{
	struct frr_report r = { 0 };
	struct iovec iov = { .iov_base = &r, .iov_len = sizeof(r) };
	union {
		struct cmsghdr align;
		char octets[CMSG_SPACE(2 * sizeof(int))];
	} control;
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.octets,
			      .msg_controllen = sizeof(control.octets) };
	struct cmsghdr *c;

	fds[0] = fds[1] = -1;
	ck_assert(readable(fd, PATIENCE_MS));
	ck_assert_int_eq(recvmsg(fd, &msg, 0), sizeof(r));
	c = CMSG_FIRSTHDR(&msg);
	if (c)
		memcpy(fds, CMSG_DATA(c), 2 * sizeof(int));
	return r;
}

static void expect_up(uint32_t number, enum frr_program program, int fds[2])
{
	struct frr_report r = next(fds);

	ck_assert_uint_eq(r.number, number);
	ck_assert_uint_eq(r.event, FRR_UP);
	ck_assert_uint_eq(r.program, program);
	ck_assert_int_ge(fds[0], 0);
	ck_assert_int_ge(fds[1], 0);
}

static pid_t pid_of(int socket)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	ck_assert_int_eq(
		getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &len), 0);
	return who.pid;
}

/* The command line answers: a question, and four octets behind the answer. */
static void expect_answer(int socket)
{
	static const char question[] = "show version";
	char buf[4096] = "";
	ssize_t n;

	ck_assert_int_eq(send(socket, question, sizeof(question), 0),
			 sizeof(question));
	ck_assert(readable(socket, PATIENCE_MS));
	n = recv(socket, buf, sizeof(buf) - 1, 0);
	ck_assert_int_gt(n, 4);
	ck_assert_ptr_nonnull(strstr(buf, "FRRouting"));
}

static void close_both(int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

/* The far end of a stream is gone within the time. */
static void expect_end(int at)
{
	const int64_t until = clock_real_now() + MSEC(PATIENCE_MS);
	char buf[512];
	ssize_t n = 1;

	while (n != 0 && clock_real_now() < until)
		if (readable(at, 100))
			n = read(at, buf, sizeof(buf));
	ck_assert_int_eq(n, 0);
}

START_TEST(programs_come_up_and_answer)
{
	int zebra[2], bgpd[2];

	if (fd < 0)
		return;
	order(1, 1U << FRR_ZEBRA);
	expect_up(1, FRR_ZEBRA, zebra);
	order(2, 1U << FRR_ZEBRA | 1U << FRR_BGPD);
	expect_up(2, FRR_BGPD, bgpd);
	expect_answer(zebra[0]);
	expect_answer(bgpd[0]);
	close_both(zebra);
	close_both(bgpd);
}
END_TEST

START_TEST(what_is_not_wanted_ends_and_comes_back_anew)
{
	int fds[2], again[2];

	if (fd < 0)
		return;
	order(1, 1U << FRR_ZEBRA);
	expect_up(1, FRR_ZEBRA, fds);
	order(2, 0);
	expect_end(fds[0]);
	expect_end(fds[1]);
	ck_assert(!readable(fd, 100));
	order(3, 1U << FRR_ZEBRA);
	expect_up(3, FRR_ZEBRA, again);
	close_both(fds);
	close_both(again);
}
END_TEST

START_TEST(a_program_that_dies_is_told_of_and_started_again)
{
	int fds[2], none[2];
	struct frr_report r;

	if (fd < 0)
		return;
	order(7, 1U << FRR_ZEBRA);
	expect_up(7, FRR_ZEBRA, fds);
	ck_assert_int_eq(kill(pid_of(fds[0]), SIGKILL), 0);
	r = next(none);
	ck_assert_uint_eq(r.event, FRR_DOWN);
	ck_assert_uint_eq(r.program, FRR_ZEBRA);
	close_both(fds);
	expect_up(7, FRR_ZEBRA, fds);
	close_both(fds);
}
END_TEST

START_TEST(all_end_with_the_router)
{
	int fds[2];

	if (fd < 0)
		return;
	order(1, 1U << FRR_ZEBRA);
	expect_up(1, FRR_ZEBRA, fds);
	frr_keeper_end(fd, keeper);
	fd = -1;
	expect_end(fds[0]);
	close_both(fds);
}
END_TEST

START_TEST(all_end_when_the_keeper_is_killed)
{
	int fds[2];

	if (fd < 0)
		return;
	order(1, 1U << FRR_ZEBRA);
	expect_up(1, FRR_ZEBRA, fds);
	ck_assert_int_eq(kill(keeper, SIGKILL), 0);
	expect_end(fds[0]);
	close_both(fds);
}
END_TEST

START_TEST(an_order_of_another_size_ends_it)
{
	int fds[2];

	if (fd < 0)
		return;
	order(1, 1U << FRR_ZEBRA | 1U << 30);
	expect_up(1, FRR_ZEBRA, fds);
	ck_assert_int_eq(send(fd, "x", 1, MSG_NOSIGNAL), 1);
	expect_end(fds[0]);
	close_both(fds);
}
END_TEST

static TCase *case_keeper(void)
{
	TCase *tc = tcase_create("frr keeper");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, programs_come_up_and_answer);
	tcase_add_test(tc, what_is_not_wanted_ends_and_comes_back_anew);
	tcase_add_test(tc, a_program_that_dies_is_told_of_and_started_again);
	tcase_add_test(tc, all_end_with_the_router);
	tcase_add_test(tc, all_end_when_the_keeper_is_killed);
	tcase_add_test(tc, an_order_of_another_size_ends_it);
	return tc;
}

RUN_CASES("frr keeper", case_keeper)
