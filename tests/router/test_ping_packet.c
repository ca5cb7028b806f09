/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/wr.h"
#include "router/ping_packet.h"
#include "tests/check_main.h"

#define DATA 72 /* of a 100-octet packet */
#define SIZE (PING_IP_HEADER + PING_ECHO_HEADER + DATA)

static struct ping_echo echo;
static uint8_t reply[SIZE], unreachable[PING_IP_HEADER + 8 + SIZE];

static void write_ip(struct wr *w, size_t len, uint32_t src, uint32_t dst)
{
	wr_u8(w, 0x45);
	wr_u8(w, 0);
	wr_u16(w, (uint16_t)len);
	wr_u32(w, 0);
	wr_u8(w, 255);
	wr_u8(w, 1);
	wr_u16(w, 0);
	wr_u32(w, src);
	wr_u32(w, dst);
}

static void setup(void)
{
	struct wr w = wr_init(reply, sizeof(reply));
	uint8_t *icmp = reply + PING_IP_HEADER;

	echo = (struct ping_echo){ .dst = ip_v4(0x0a000002),
				   .ident = 0x1234,
				   .sequence = 7,
				   .pattern = 0xabcd,
				   .data = DATA };
	write_ip(&w, SIZE, 0x0a000002, 0x0a000001);
	ck_assert_uint_eq(ping_packet_write(&echo, icmp,
					    sizeof(reply) - PING_IP_HEADER),
			  PING_ECHO_HEADER + DATA);
	w = wr_init(unreachable, sizeof(unreachable));
	write_ip(&w, sizeof(unreachable), 0x0a000009, 0x0a000001);
	wr_u8(&w, 3);
	wr_u8(&w, 1);
	wr_zero(&w, 6);
	write_ip(&w, SIZE, 0x0a000001, 0x0a000002);
	wr_bytes(&w, icmp, PING_ECHO_HEADER + DATA);
	ck_assert(wr_ok(&w));
	icmp[0] = 0; /* the reply's type */
}

static char judge(const void *packet, size_t len, bool validate)
{
	return ping_packet_judge(&echo, rd_init(packet, len), validate);
}

START_TEST(an_echo_is_100_octets_with_a_good_checksum)
{
	uint8_t buf[SIZE];
	uint32_t sum = 0;
	size_t i, len = ping_packet_write(&echo, buf, sizeof(buf));

	ck_assert_uint_eq(len + PING_IP_HEADER, 100);
	for (i = 0; i < len; i += 2)
		sum += (uint32_t)buf[i] << 8 | buf[i + 1];
	ck_assert_uint_eq((sum & 0xffff) + (sum >> 16), 0xffff);
	ck_assert_uint_eq(buf[8], 0xab);
	ck_assert_uint_eq(buf[len - 1], 0xcd);
	ck_assert_uint_eq(ping_packet_write(&echo, buf, len - 1), 0);
}
END_TEST

START_TEST(a_reply_and_errors_get_their_marks)
{
	static const struct {
		uint8_t type, code;
		char mark;
	} v[] = { { 3, 1, 'U' }, { 3, 4, 'M' },	 { 3, 13, 'A' },
		  { 4, 0, 'Q' }, { 11, 0, '&' }, { 5, 1, 0 } };
	size_t i;

	ck_assert_int_eq(judge(reply, sizeof(reply), true), '!');
	for (i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		unreachable[PING_IP_HEADER] = v[i].type;
		unreachable[PING_IP_HEADER + 1] = v[i].code;
		ck_assert_int_eq(judge(unreachable, sizeof(unreachable), true),
				 v[i].mark);
	}
}
END_TEST

START_TEST(what_is_not_ours_is_passed_over)
{
	echo.sequence++;
	ck_assert_int_eq(judge(reply, sizeof(reply), false), 0);
	ck_assert_int_eq(judge(unreachable, sizeof(unreachable), false), 0);
	echo.sequence--;
	echo.ident++;
	ck_assert_int_eq(judge(reply, sizeof(reply), false), 0);
	echo.ident--;
	echo.dst = ip_v4(0x0a000003);
	ck_assert_int_eq(judge(reply, sizeof(reply), false), 0);
	ck_assert_int_eq(judge(unreachable, sizeof(unreachable), false), 0);
	echo.dst = ip_v4(0xe0000005);
	ck_assert_int_eq(judge(reply, sizeof(reply), false), '!');
}
END_TEST

/* Only the head is needed, but with the data checked each octet is. */
START_TEST(every_truncation_is_refused)
{
	size_t len = (size_t)_i;
	uint8_t *copy = malloc(len ? len : 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, reply, len);
	ck_assert_int_ne(judge(copy, len, true), '!');
	if (len < PING_IP_HEADER + PING_ECHO_HEADER)
		ck_assert_int_eq(judge(copy, len, false), 0);
	free(copy);
}
END_TEST

START_TEST(every_truncated_error_is_refused)
{
	size_t len = (size_t)_i;
	uint8_t *copy = malloc(len ? len : 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, unreachable, len);
	ck_assert_int_eq(judge(copy, len, false), 0);
	free(copy);
}
END_TEST

START_TEST(a_flipped_octet_is_seen_or_does_not_matter)
{
	size_t i = (size_t)_i;
	bool matters =
		i == 0 || i == 9 || (i >= 12 && i < 16) || i == 20 || i >= 24;
	char mark;

	reply[i] ^= 0xff;
	mark = judge(reply, sizeof(reply), true);
	ck_assert_msg((mark == '!') == !matters, "octet %zu: %d", i, mark);
}
END_TEST

static TCase *packets(void)
{
	TCase *tc = tcase_create("packets");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, an_echo_is_100_octets_with_a_good_checksum);
	tcase_add_test(tc, a_reply_and_errors_get_their_marks);
	tcase_add_test(tc, what_is_not_ours_is_passed_over);
	tcase_add_loop_test(tc, every_truncation_is_refused, 0, SIZE);
	/* outer header and ICMP, quoted header and its first 8 octets */
	tcase_add_loop_test(tc, every_truncated_error_is_refused, 0, 56);
	tcase_add_loop_test(tc, a_flipped_octet_is_seen_or_does_not_matter, 0,
			    SIZE);
	return tc;
}

RUN_CASES("ping_packet", packets)
