/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Echoes over IPv6 and what comes back for them. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/ping6.h"
#include "tests/check_main.h"

enum { REPLY = 129, ERROR_HEAD = 8 };

static struct ping_echo echo;

static void setup(void)
{
	echo = (struct ping_echo){
		.ident = 0x1234, .sequence = 7, .pattern = 0xabcd, .data = 5
	};
	ck_assert(ip_parse(&echo.dst, "2001:db8::2"));
}

static size_t request(uint8_t *buf, size_t cap)
{
	static const uint8_t wire[] = { 128, 0,	   0,	 0,    0x12, 0x34, 0,
					7,   0xab, 0xcd, 0xab, 0xcd, 0xab };
	size_t len = ping6_packet_write(&echo, buf, cap);

	ck_assert_uint_eq(len, sizeof(wire));
	ck_assert_mem_eq(buf, wire, sizeof(wire));
	return len;
}

/* In a copy of exactly that size, so that reading on is seen. */
static char judge(const uint8_t *data, size_t len, bool validate)
{
	uint8_t *copy = len ? xmemdup(data, len) : xcalloc(1, 1);
	char sign = ping6_packet_judge(&echo, &echo.dst, rd_init(copy, len),
				       validate);

	free(copy);
	return sign;
}

static size_t reply(uint8_t *buf, size_t cap)
{
	size_t len = request(buf, cap);

	buf[0] = REPLY;
	return len;
}

/* An ICMPv6 error about our echo. */
static size_t error(uint8_t *buf, size_t cap, uint8_t type, uint8_t code)
{
	uint8_t *inner = buf + ERROR_HEAD;

	memset(buf, 0, ERROR_HEAD + PING6_IP_HEADER);
	buf[0] = type;
	buf[1] = code;
	inner[0] = 0x60;
	inner[6] = 58;
	memcpy(inner + 24, echo.dst.b, 16);
	return ERROR_HEAD + PING6_IP_HEADER +
	       request(inner + PING6_IP_HEADER,
		       cap - ERROR_HEAD - PING6_IP_HEADER);
}

START_TEST(an_echo_is_answered_by_whom_it_was_for)
{
	struct ip_addr other;
	uint8_t buf[64];
	size_t len = reply(buf, sizeof(buf));

	ck_assert(ip_parse(&other, "2001:db8::3"));
	ck_assert_int_eq(judge(buf, len, false), '!');
	ck_assert_int_eq(
		ping6_packet_judge(&echo, &other, rd_init(buf, len), false), 0);
	buf[7]++;
	ck_assert_int_eq(judge(buf, len, false), 0);
	ck_assert_uint_eq(ping6_packet_write(&echo, buf, 12), 0);
}
END_TEST

START_TEST(data_is_looked_at_when_asked)
{
	uint8_t buf[64];
	size_t len = reply(buf, sizeof(buf));

	ck_assert_int_eq(judge(buf, len, true), '!');
	ck_assert_int_eq(judge(buf, len - 1, true), '?');
	buf[len - 1] ^= 1;
	ck_assert_int_eq(judge(buf, len, true), '?');
	ck_assert_int_eq(judge(buf, len, false), '!');
}
END_TEST

static const struct {
	uint8_t type, code;
	char sign;
} errors[] = {
	{ 1, 0, 'N' }, { 1, 1, 'A' }, { 1, 3, 'U' }, { 1, 4, 'P' },
	{ 2, 0, 'B' }, { 3, 0, 'T' }, { 4, 1, 'U' }, { 135, 0, 0 },
};

START_TEST(errors_about_our_echo_have_their_marks)
{
	uint8_t buf[128];
	size_t len = error(buf, sizeof(buf), errors[_i].type, errors[_i].code);

	ck_assert_int_eq(judge(buf, len, false), errors[_i].sign);
	buf[ERROR_HEAD + 39] ^= 1; /* it went elsewhere */
	ck_assert_int_eq(judge(buf, len, false), 0);
}
END_TEST

START_TEST(cut_and_changed_messages_do_no_harm)
{
	uint8_t buf[128];
	size_t len = error(buf, sizeof(buf), 1, 0), i;

	for (i = 0; i < ERROR_HEAD + PING6_IP_HEADER + 8; i++)
		ck_assert_int_eq(judge(buf, i, true), 0);
	for (i = 0; i < len; i++) {
		buf[i] ^= 0xff;
		(void)judge(buf, len, true);
		buf[i] ^= 0xff;
	}
	len = reply(buf, sizeof(buf));
	for (i = 0; i < 8; i++)
		ck_assert_int_eq(judge(buf, i, true), 0);
}
END_TEST

static TCase *packets(void)
{
	TCase *tc = tcase_create("packets");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, an_echo_is_answered_by_whom_it_was_for);
	tcase_add_test(tc, data_is_looked_at_when_asked);
	tcase_add_loop_test(tc, errors_about_our_echo_have_their_marks, 0,
			    ARRAY_SIZE(errors));
	tcase_add_test(tc, cut_and_changed_messages_do_no_harm);
	return tc;
}

RUN_CASES("ping6_packet", packets)
