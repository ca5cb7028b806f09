/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What hosts and neighbours say about multicast groups: IGMP and PIM. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/wr.h"
#include "router/igmp_packet.h"
#include "router/ip_packet.h"
#include "router/pim_packet.h"
#include "tests/check_main.h"

enum {
	IGMP = 2,
	PIM = 103,
	IP_SIZE = 20,
	ROOM = 256,
	HOST = 0x0a010102,
	GROUP = 0xef010101,
	OTHER = 0xef010102,
	ROUTER = 0xc0a8010b,
	UPSTREAM = 0xc0a8010c,
};

struct packet {
	uint8_t data[ROOM];
	size_t len;
};

static void write_ip(struct packet *p, uint8_t protocol, uint8_t ttl,
		     uint32_t src, const uint8_t *payload, size_t len)
{
	struct wr w = wr_init(p->data, sizeof(p->data));

	wr_u16(&w, 0x4500);
	wr_u16(&w, (uint16_t)(IP_SIZE + len));
	wr_u32(&w, 0x00004000); /* DF */
	wr_u8(&w, ttl);
	wr_u8(&w, protocol);
	wr_u16(&w, 0);
	wr_u32(&w, src);
	wr_u32(&w, GROUP);
	wr_bytes(&w, payload, len);
	ck_assert(wr_ok(&w));
	p->len = wr_at(&w);
}

/* Its checksum is where IGMP and PIM have it. */
static void set_sum(uint8_t *message, size_t len)
{
	uint16_t sum;

	message[2] = message[3] = 0;
	sum = ip_sum(message, len);
	message[2] = (uint8_t)(sum >> 8);
	message[3] = (uint8_t)sum;
}

/* From a copy of just that size. */
static size_t read_igmp(const void *data, size_t len, struct igmp_note *notes)
{
	void *copy = xmemdup(data, len);
	uint32_t src = 0;
	size_t n = igmp_packet_read(rd_init(copy, len), &src, notes);

	if (n)
		ck_assert_uint_eq(src, HOST);
	free(copy);
	return n;
}

static bool read_pim(const void *data, size_t len, struct pim_message *out)
{
	void *copy = xmemdup(data, len);
	bool good = pim_packet_read(rd_init(copy, len), out);

	free(copy);
	return good;
}

/* --- IGMP ------------------------------------------------------------- */

static void short_message(struct packet *p, uint8_t type, uint32_t group)
{
	uint8_t message[IGMP_QUERY_SIZE];

	igmp_query_write(message, group, 0);
	message[0] = type;
	set_sum(message, sizeof(message));
	write_ip(p, IGMP, 1, HOST, message, sizeof(message));
}

START_TEST(a_query_reads_as_it_was_written)
{
	uint8_t query[IGMP_QUERY_SIZE];
	struct igmp_note notes[IGMP_RECORDS];
	struct packet p;

	igmp_query_write(query, 0, 100);
	ck_assert_uint_eq(query[1], 100);
	write_ip(&p, IGMP, 1, HOST, query, sizeof(query));
	ck_assert_uint_eq(read_igmp(p.data, p.len, notes), 1);
	ck_assert_int_eq(notes[0].what, IGMP_QUERY);
	ck_assert_uint_eq(notes[0].group, 0);
}
END_TEST

START_TEST(reports_of_all_versions_join_and_leaves_leave)
{
	static const struct {
		uint8_t type;
		enum igmp_what what;
	} types[] = { { 0x12, IGMP_JOIN },
		      { 0x16, IGMP_JOIN },
		      { 0x17, IGMP_LEAVE } };
	struct igmp_note notes[IGMP_RECORDS];
	struct packet p;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		short_message(&p, types[i].type, GROUP);
		ck_assert_uint_eq(read_igmp(p.data, p.len, notes), 1);
		ck_assert_int_eq(notes[0].what, types[i].what);
		ck_assert_uint_eq(notes[0].group, GROUP);
		/* A host's address is no group. */
		short_message(&p, types[i].type, HOST);
		ck_assert_uint_eq(read_igmp(p.data, p.len, notes), 0);
	}
	short_message(&p, 0x13, GROUP); /* DVMRP */
	ck_assert_uint_eq(read_igmp(p.data, p.len, notes), 0);
}
END_TEST

START_TEST(what_was_routed_here_is_not_of_this_link)
{
	struct igmp_note notes[IGMP_RECORDS];
	struct packet p;

	short_message(&p, 0x16, GROUP);
	p.data[8] = 2; /* TTL */
	ck_assert_uint_eq(read_igmp(p.data, p.len, notes), 0);
}
END_TEST

static void write_record(struct wr *w, uint8_t type, uint32_t group,
			 uint16_t sources)
{
	wr_u8(w, type);
	wr_u8(w, 1); /* four octets of auxiliary data */
	wr_u16(w, sources);
	wr_u32(w, group);
	for (uint16_t i = 0; i < sources; i++)
		wr_u32(w, HOST + i);
	wr_zero(w, 4);
}

static void report_3(struct packet *p)
{
	uint8_t message[ROOM - IP_SIZE];
	struct wr w = wr_init(message, sizeof(message));

	wr_u8(&w, 0x22);
	wr_zero(&w, 5);
	wr_u16(&w, 7);
	write_record(&w, 4, GROUP, 0); /* to exclude none: a join */
	write_record(&w, 3, OTHER, 0); /* to include none: a leave */
	write_record(&w, 2, GROUP, 2); /* excludes two: a join */
	write_record(&w, 1, OTHER, 1); /* includes one: a join */
	write_record(&w, 6, GROUP, 1); /* blocks one: nothing */
	write_record(&w, 1, GROUP, 0); /* includes none: nothing */
	write_record(&w, 5, OTHER, 2); /* allows two: a join */
	ck_assert(wr_ok(&w));
	set_sum(message, wr_at(&w));
	write_ip(p, IGMP, 1, HOST, message, wr_at(&w));
}

START_TEST(a_report_of_version_3_says_what_each_record_means)
{
	static const struct igmp_note wanted[] = {
		{ IGMP_JOIN, GROUP }, { IGMP_LEAVE, OTHER },
		{ IGMP_JOIN, GROUP }, { IGMP_JOIN, OTHER },
		{ IGMP_JOIN, OTHER },
	};
	struct igmp_note notes[IGMP_RECORDS];
	struct packet p;

	report_3(&p);
	ck_assert_uint_eq(read_igmp(p.data, p.len, notes), ARRAY_SIZE(wanted));
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		ck_assert_int_eq(notes[i].what, wanted[i].what);
		ck_assert_uint_eq(notes[i].group, wanted[i].group);
	}
}
END_TEST

START_TEST(no_truncation_and_no_flipped_octet_of_igmp_is_taken)
{
	struct igmp_note notes[IGMP_RECORDS];
	struct packet p;

	report_3(&p);
	for (size_t len = 0; len < p.len; len++)
		ck_assert_uint_eq(read_igmp(p.data, len, notes), 0);
	for (size_t i = IP_SIZE; i < p.len; i++) {
		p.data[i] ^= 0x55;
		ck_assert_uint_eq(read_igmp(p.data, p.len, notes), 0);
		p.data[i] ^= 0x55;
	}
	/* With a checksum that is right again it may mean anything else. */
	for (size_t i = IP_SIZE; i < p.len; i++) {
		p.data[i] ^= 0x55;
		set_sum(p.data + IP_SIZE, p.len - IP_SIZE);
		ck_assert_uint_le(read_igmp(p.data, p.len, notes),
				  IGMP_RECORDS);
		p.data[i] ^= 0x55;
	}
}
END_TEST

/* --- PIM -------------------------------------------------------------- */

static void pim_packet(struct packet *p, const struct pim_message *message)
{
	uint8_t buf[PIM_SIZE];
	size_t len = pim_packet_write(buf, message);

	write_ip(p, PIM, 1, ROUTER, buf, len);
}

static const struct pim_message hello = {
	.type = PIM_HELLO,
	.hello = { .hold = 105, .priority = 7, .generation = 0x12345678 },
};

START_TEST(a_hello_reads_as_it_was_written)
{
	struct pim_message got;
	struct packet p;

	pim_packet(&p, &hello);
	ck_assert(read_pim(p.data, p.len, &got));
	ck_assert_int_eq(got.type, PIM_HELLO);
	ck_assert_uint_eq(got.src, ROUTER);
	ck_assert_uint_eq(got.hello.hold, 105);
	ck_assert_uint_eq(got.hello.priority, 7);
	ck_assert_uint_eq(got.hello.generation, 0x12345678);
	ck_assert(got.hello.has_generation && got.hello.has_priority);
	p.data[8] = 2; /* TTL: not from this link */
	ck_assert(!read_pim(p.data, p.len, &got));
}
END_TEST

START_TEST(joins_prunes_and_grafts_read_as_they_were_written)
{
	static const enum pim_type types[] = { PIM_JOIN_PRUNE, PIM_GRAFT,
					       PIM_GRAFT_ACK };
	struct pim_message got, message = { .upstream = UPSTREAM, .hold = 180 };
	struct packet p;

	for (size_t i = 0; i < 2 * ARRAY_SIZE(types); i++) {
		message.type = types[i / 2];
		message.records[0] = (struct pim_record){ .group = GROUP,
							  .source = HOST,
							  .join = i % 2 };
		pim_packet(&p, &message);
		ck_assert(read_pim(p.data, p.len, &got));
		ck_assert_int_eq(got.type, message.type);
		ck_assert_uint_eq(got.upstream, UPSTREAM);
		ck_assert_uint_eq(got.hold, 180);
		ck_assert_uint_eq(got.n, 1);
		ck_assert_uint_eq(got.records[0].group, GROUP);
		ck_assert_uint_eq(got.records[0].source, HOST);
		ck_assert_int_eq(got.records[0].join, i % 2);
		ck_assert(!got.records[0].any_source);
	}
}
END_TEST

/* Of another router: two groups, flags, sources joined and pruned. */
static void write_member(struct wr *w, uint8_t flags, uint32_t addr)
{
	wr_u16(w, 0x0100);
	wr_u8(w, flags);
	wr_u8(w, 32);
	wr_u32(w, addr);
}

static void many(struct packet *p)
{
	uint8_t message[ROOM - IP_SIZE];
	struct wr w = wr_init(message, sizeof(message));

	wr_u32(&w, 0x23000000);
	wr_u16(&w, 0x0100);
	wr_u32(&w, UPSTREAM);
	wr_u8(&w, 0);
	wr_u8(&w, 2);
	wr_u16(&w, 210);
	write_member(&w, 0, GROUP);
	wr_u16(&w, 1);
	wr_u16(&w, 1);
	write_member(&w, 0x07, ROUTER);	  /* S, W, R: (*,G) */
	write_member(&w, 0x05, HOST + 1); /* S, R: off the shared tree */
	write_member(&w, 0, OTHER);
	wr_u16(&w, 0);
	wr_u16(&w, 2);
	write_member(&w, 0x04, HOST);
	write_member(&w, 0x04, HOST + 1);
	ck_assert(wr_ok(&w));
	set_sum(message, wr_at(&w));
	write_ip(p, PIM, 1, ROUTER, message, wr_at(&w));
}

START_TEST(flags_tell_a_group_from_a_source_of_it)
{
	struct pim_message got;
	struct packet p;

	many(&p);
	ck_assert(read_pim(p.data, p.len, &got));
	ck_assert_uint_eq(got.n, 3);
	ck_assert(got.records[0].any_source && got.records[0].join);
	ck_assert_uint_eq(got.records[0].group, GROUP);
	ck_assert(!got.records[1].any_source && !got.records[1].join);
	ck_assert_uint_eq(got.records[1].source, HOST);
	ck_assert_uint_eq(got.records[2].source, HOST + 1);
	ck_assert_uint_eq(got.records[2].group, OTHER);
}
END_TEST

START_TEST(no_truncation_and_no_flipped_octet_of_pim_is_taken)
{
	struct pim_message got;
	struct packet p;

	many(&p);
	for (size_t len = 0; len < p.len; len++)
		ck_assert(!read_pim(p.data, len, &got));
	for (size_t i = IP_SIZE; i < p.len; i++) {
		p.data[i] ^= 0x55;
		ck_assert(!read_pim(p.data, p.len, &got));
		p.data[i] ^= 0x55;
	}
	for (size_t i = IP_SIZE; i < p.len; i++) {
		p.data[i] ^= 0x55;
		set_sum(p.data + IP_SIZE, p.len - IP_SIZE);
		if (read_pim(p.data, p.len, &got))
			ck_assert_uint_le(got.n, PIM_RECORDS);
		p.data[i] ^= 0x55;
	}
}
END_TEST

/* A message that is cut off where its checksum still is right. */
START_TEST(a_shorter_message_with_a_right_checksum_is_refused)
{
	struct pim_message got;
	struct packet p, shorter;

	many(&p);
	for (size_t len = 4; len < p.len - IP_SIZE; len++) {
		memcpy(&shorter, &p, sizeof(p));
		set_sum(shorter.data + IP_SIZE, len);
		shorter.data[3] = (uint8_t)(IP_SIZE + len);
		ck_assert(!read_pim(shorter.data, IP_SIZE + len, &got));
	}
	pim_packet(&p, &hello);
	for (size_t len = 5; len < p.len - IP_SIZE; len++) {
		bool whole = (len - 4) == 6 || (len - 4) == 14;

		memcpy(&shorter, &p, sizeof(p));
		set_sum(shorter.data + IP_SIZE, len);
		shorter.data[3] = (uint8_t)(IP_SIZE + len);
		ck_assert_int_eq(read_pim(shorter.data, IP_SIZE + len, &got),
				 whole);
	}
}
END_TEST

static TCase *packet_case(void)
{
	TCase *tc = tcase_create("packets");

	tcase_add_test(tc, a_query_reads_as_it_was_written);
	tcase_add_test(tc, reports_of_all_versions_join_and_leaves_leave);
	tcase_add_test(tc, what_was_routed_here_is_not_of_this_link);
	tcase_add_test(tc, a_report_of_version_3_says_what_each_record_means);
	tcase_add_test(tc, no_truncation_and_no_flipped_octet_of_igmp_is_taken);
	tcase_add_test(tc, a_hello_reads_as_it_was_written);
	tcase_add_test(tc, joins_prunes_and_grafts_read_as_they_were_written);
	tcase_add_test(tc, flags_tell_a_group_from_a_source_of_it);
	tcase_add_test(tc, no_truncation_and_no_flipped_octet_of_pim_is_taken);
	tcase_add_test(tc, a_shorter_message_with_a_right_checksum_is_refused);
	return tc;
}

RUN_CASES("router/mcast_packet", packet_case)
