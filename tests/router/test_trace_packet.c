/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes back for traceroute, and routes that packets have recorded. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/wr.h"
#include "router/ping_packet.h"
#include "router/traceroute_packet.h"
#include "tests/check_main.h"

enum {
	IP_SIZE = 20,
	UDP_SIZE = 8,
	ERROR_SIZE = IP_SIZE + 8 + IP_SIZE + UDP_SIZE,
	ROUTER = 0x0a000009,
	US = 0x0a000001,
	TARGET = 0x0a000002,
	SPORT = 40000,
	DPORT = 33437,
};

static const struct trace_probe probe = {
	.dst = { .family = IP_V4, .b = { 10, 0, 0, 2 } },
	.sport = SPORT,
	.dport = DPORT,
};

static void write_ip(struct wr *w, uint8_t protocol, uint32_t src, uint32_t dst)
{
	wr_u8(w, 0x45);
	wr_zero(w, 7);
	wr_u8(w, 64);
	wr_u8(w, protocol);
	wr_u16(w, 0);
	wr_u32(w, src);
	wr_u32(w, dst);
}

static void write_error(uint8_t out[ERROR_SIZE], uint8_t type, uint8_t code)
{
	struct wr w = wr_init(out, ERROR_SIZE);

	write_ip(&w, 1, ROUTER, US);
	wr_u8(&w, type);
	wr_u8(&w, code);
	wr_zero(&w, 6);
	write_ip(&w, 17, US, TARGET);
	wr_u16(&w, SPORT);
	wr_u16(&w, DPORT);
	wr_zero(&w, 4);
	ck_assert(wr_ok(&w));
}

static enum trace_answer judge(const void *packet, size_t len, char *code)
{
	struct ip_addr from;

	return trace_packet_judge(&probe, rd_init(packet, len), &from, code);
}

static const struct {
	uint8_t type, code;
	enum trace_answer answer;
	char mark;
} answers[] = {
	{ 11, 0, TRACE_PASSING, 0 },  { 3, 3, TRACE_ARRIVED, 0 },
	{ 3, 0, TRACE_REFUSED, 'N' }, { 3, 1, TRACE_REFUSED, 'H' },
	{ 3, 2, TRACE_REFUSED, 'P' }, { 3, 13, TRACE_REFUSED, 'A' },
	{ 3, 4, TRACE_REFUSED, 'U' }, { 4, 0, TRACE_REFUSED, 'Q' },
	{ 0, 0, TRACE_NOTHING, 0 },   { 5, 0, TRACE_NOTHING, 0 },
};

START_TEST(an_answer_is_told_by_type_and_code)
{
	uint8_t packet[ERROR_SIZE];
	char code = 0;

	write_error(packet, answers[_i].type, answers[_i].code);
	ck_assert_int_eq(judge(packet, sizeof(packet), &code),
			 answers[_i].answer);
	if (answers[_i].mark)
		ck_assert_int_eq(code, answers[_i].mark);
}
END_TEST

START_TEST(a_cut_answer_is_none)
{
	uint8_t packet[ERROR_SIZE], *copy;
	size_t len;
	char code;

	write_error(packet, 11, 0);
	/* The last four octets are length and checksum of UDP. */
	for (len = 0; len < ERROR_SIZE - 4; len++) {
		copy = malloc(len ? len : 1);
		memcpy(copy, packet, len);
		ck_assert_int_eq(judge(copy, len, &code), TRACE_NOTHING);
		free(copy);
	}
}
END_TEST

START_TEST(an_answer_to_another_probe_is_none)
{
	static const size_t places[] = { 9, 45, 44, 47, 49, 50, 51 };
	uint8_t packet[ERROR_SIZE];
	char code;
	size_t i;

	/* The protocols, the target, both ports. */
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		write_error(packet, 11, 0);
		packet[places[i]] ^= 1;
		ck_assert_int_eq(judge(packet, sizeof(packet), &code),
				 TRACE_NOTHING);
	}
	for (i = 0; i < ERROR_SIZE; i++) {
		write_error(packet, 11, 0);
		packet[i] ^= 0xff;
		(void)judge(packet, sizeof(packet), &code);
	}
}
END_TEST

static size_t write_recorded(uint8_t *out, size_t cap)
{
	uint8_t option[PING_OPTIONS_MAX];
	size_t len = ping_record_write(option, 9);
	struct wr w = wr_init(out, cap);

	wr_u8(&w, (uint8_t)(0x40 | (IP_SIZE + len) / 4));
	wr_zero(&w, IP_SIZE - 1);
	option[2] = 12; /* two of them are there */
	option[6] = 1;
	option[10] = 2;
	wr_bytes(&w, option, len);
	ck_assert(wr_ok(&w));
	return wr_at(&w);
}

START_TEST(a_recorded_route_is_read)
{
	uint8_t packet[IP_SIZE + PING_OPTIONS_MAX];
	size_t len = write_recorded(packet, sizeof(packet));
	struct ip_addr hops[9];
	unsigned int n = 0;

	ck_assert_uint_eq(len, sizeof(packet));
	ck_assert(ping_record_read(rd_init(packet, len), hops, &n));
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(ip_v4_host(&hops[0]), 1);
	ck_assert_uint_eq(ip_v4_host(&hops[1]), 2);
	ck_assert_uint_eq(ping_record_size(9), PING_OPTIONS_MAX);
	ck_assert_uint_eq(ping_record_size(0), 0);
}
END_TEST

START_TEST(a_route_that_is_cut_or_changed_harms_nobody)
{
	uint8_t packet[IP_SIZE + PING_OPTIONS_MAX], *copy;
	size_t len = write_recorded(packet, sizeof(packet)), i;
	struct ip_addr hops[9];
	unsigned int n;
	int octet;

	for (i = 0; i < len; i++) {
		copy = malloc(i ? i : 1);
		memcpy(copy, packet, i);
		ck_assert(!ping_record_read(rd_init(copy, i), hops, &n));
		free(copy);
	}
	for (i = 0; i < len; i++) {
		copy = malloc(len);
		for (octet = 0; octet < 256; octet++) {
			memcpy(copy, packet, len);
			copy[i] = (uint8_t)octet;
			if (ping_record_read(rd_init(copy, len), hops, &n))
				ck_assert_uint_le(n, 9);
		}
		free(copy);
	}
}
END_TEST

static TCase *packets(void)
{
	TCase *tc = tcase_create("packets");

	tcase_add_loop_test(tc, an_answer_is_told_by_type_and_code, 0,
			    (int)ARRAY_SIZE(answers));
	tcase_add_test(tc, a_cut_answer_is_none);
	tcase_add_test(tc, an_answer_to_another_probe_is_none);
	tcase_add_test(tc, a_recorded_route_is_read);
	tcase_add_test(tc, a_route_that_is_cut_or_changed_harms_nobody);
	return tc;
}

RUN_CASES("trace_packet", packets)
