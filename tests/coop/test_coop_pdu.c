/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of messages between key servers: octets. */
#include "ks/coop_pdu.h"

#include "ks/coop_ann.h"
#include "ks/coop_link.h"
#include "tests/check_main.h"
#include "tests/gdoi/mutate.h"

enum { TOTAL = 1000, COUNT = 3, INDEX = 1, SIZE = 334 };

static struct coop_pdu sample(const uint8_t *message)
{
	return (struct coop_pdu){
		.kind = COOP_PART,
		.id = { .is_set = true, .number = 1234 },
		.stream = 0x01020304,
		.number = 7,
		.index = INDEX,
		.count = COUNT,
		.total = TOTAL,
		.octets = rd_init(message + SIZE, SIZE),
	};
}

static size_t write_one(const struct coop_pdu *pdu, uint8_t *buf, size_t cap)
{
	struct wr w = wr_init(buf, cap);

	coop_pdu_write(&w, pdu);
	ck_assert(wr_ok(&w));
	return wr_at(&w);
}

static bool parses(struct rd body)
{
	struct coop_pdu pdu;
	const char *wrong = coop_pdu_read(body, &pdu);
	size_t end;

	if (wrong)
		return false;
	ck_assert_uint_lt(pdu.index, pdu.count);
	ck_assert_uint_le(pdu.total, COOP_ANN_MAX);
	if (pdu.kind != COOP_PART)
		return true;
	end = coop_pdu_at(pdu.total, pdu.count, pdu.index) +
	      rd_left(&pdu.octets);
	ck_assert_uint_le(end, pdu.total);
	ck_assert(pdu.index < pdu.count - 1 || end == pdu.total);
	return true;
}

START_TEST(a_part_is_read_as_it_was_written)
{
	uint8_t message[TOTAL], buf[2048];
	struct coop_pdu in, out;
	size_t i, len;

	for (i = 0; i < TOTAL; i++)
		message[i] = (uint8_t)(i * 7);
	in = sample(message);
	len = write_one(&in, buf, sizeof(buf));
	ck_assert_uint_eq(len, COOP_PDU_HEADER + SIZE);
	ck_assert_ptr_null(coop_pdu_read(rd_init(buf, len), &out));
	ck_assert_uint_eq(out.kind, COOP_PART);
	ck_assert(gdoi_id_equal(&out.id, &in.id));
	ck_assert_uint_eq(out.stream, in.stream);
	ck_assert_uint_eq(out.number, in.number);
	ck_assert_uint_eq(out.index, in.index);
	ck_assert_uint_eq(out.count, in.count);
	ck_assert_uint_eq(out.total, in.total);
	ck_assert_octets(out.octets.p, rd_left(&out.octets), message + SIZE,
			 SIZE);
}
END_TEST

START_TEST(an_answer_has_no_octets)
{
	uint8_t message[TOTAL] = { 0 }, buf[2048];
	struct coop_pdu in = sample(message), out;
	size_t len;

	in.kind = COOP_PART_DONE;
	in.id = (struct gdoi_id){ .is_set = true,
				  .is_address = true,
				  .addr = ip_v4(0x0a000001) };
	len = write_one(&in, buf, sizeof(buf));
	ck_assert_uint_eq(len, COOP_PDU_HEADER);
	ck_assert_ptr_null(coop_pdu_read(rd_init(buf, len), &out));
	ck_assert_uint_eq(out.kind, COOP_PART_DONE);
	ck_assert(gdoi_id_equal(&out.id, &in.id));
	buf[5] = COOP_PART;
	ck_assert_ptr_nonnull(coop_pdu_read(rd_init(buf, len), &out));
}
END_TEST

START_TEST(parts_cover_a_message_without_gap)
{
	static const size_t totals[] = { 1,    2,      9,      255,
					 256,  257,    1000,   1200,
					 1201, 300000, 300001, COOP_ANN_MAX };
	static const size_t sizes[] = { 1,   2,	   3,	 7,
					256, 1200, 4096, COOP_PART_MAX };
	size_t i, k, at;
	uint16_t n, count;

	for (i = 0; i < sizeof(totals) / sizeof(totals[0]); i++) {
		for (k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
			if (totals[i] / sizes[k] >= COOP_PARTS_MAX)
				continue;
			ck_assert(coop_pdu_split(totals[i], sizes[k], &count));
			for (at = 0, n = 0; n < count; n++) {
				uint32_t t = (uint32_t)totals[i];
				size_t len = coop_pdu_size(t, count, n);

				ck_assert_uint_eq(coop_pdu_at(t, count, n), at);
				ck_assert_uint_ge(len, 1);
				ck_assert_uint_le(len, sizes[k]);
				at += len;
			}
			ck_assert_uint_eq(at, totals[i]);
		}
	}
}
END_TEST

START_TEST(the_largest_message_goes_in_the_smallest_parts)
{
	uint16_t count;

	ck_assert(coop_pdu_split(COOP_ANN_MAX, COOP_PDU_MIN, &count));
	ck_assert_uint_eq(count, COOP_PARTS_MAX);
	ck_assert(!coop_pdu_split(COOP_ANN_MAX + 1, COOP_PDU, &count));
	ck_assert(!coop_pdu_split(0, COOP_PDU, &count));
	ck_assert(!coop_pdu_split(1, 0, &count));
}
END_TEST

START_TEST(a_cut_part_is_refused)
{
	uint8_t message[TOTAL] = { 0 }, buf[2048];
	struct coop_pdu in = sample(message);
	size_t len = write_one(&in, buf, sizeof(buf));

	refuses_truncations(parses, buf, len);
	ck_assert(!parses_copy(parses, buf, len + 1));
}
END_TEST

START_TEST(a_changed_part_is_refused_or_in_bounds)
{
	uint8_t message[TOTAL] = { 0 }, buf[2048];
	struct coop_pdu in = sample(message);
	size_t len = write_one(&in, buf, sizeof(buf));

	/* At least what is free to be anything: the octets. */
	ck_assert_uint_ge(survives_flips(parses, buf, len), SIZE * 10);
	in.kind = COOP_PART_ACK;
	len = write_one(&in, buf, sizeof(buf));
	ck_assert_uint_lt(survives_flips(parses, buf, len), len * 10);
}
END_TEST

struct numbers {
	uint16_t index, count;
	uint32_t total;
};

START_TEST(impossible_numbers_are_refused)
{
	static const struct numbers bad[] = {
		{ 0, 0, 10 },	  { 1, 1, 10 },
		{ 3, 3, 1000 },	  { 0, 1, 0 },
		{ 0, 11, 10 },	  { 0, 4, 6 },
		{ 0, 65535, 10 }, { 0, 1, COOP_PART_MAX + 1 },
		{ 0, 1, ~0u },	  { 0, COOP_PARTS_MAX, COOP_ANN_MAX + 1 },
		{ 0, 1000, ~0u }, { 0, COOP_PARTS_MAX + 1, COOP_ANN_MAX },
	};
	uint8_t buf[COOP_PDU_HEADER];
	struct coop_pdu pdu, out;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		pdu = (struct coop_pdu){
			.kind = COOP_PART_ACK,
			.id = { .is_set = true, .number = 1 },
			.index = bad[i].index,
			.count = bad[i].count,
			.total = bad[i].total,
		};
		write_one(&pdu, buf, sizeof(buf));
		ck_assert_msg(coop_pdu_read(rd_init(buf, sizeof(buf)), &out),
			      "numbers %zu", i);
	}
}
END_TEST

START_TEST(another_major_version_is_refused)
{
	uint8_t message[TOTAL] = { 0 }, buf[2048];
	struct coop_pdu in = sample(message), out;
	size_t len = write_one(&in, buf, sizeof(buf));

	buf[4] = COOP_PDU_MAJOR + 1;
	ck_assert_str_eq(coop_pdu_read(rd_init(buf, len), &out),
			 "part with another major version");
}
END_TEST

static TCase *case_pdu(void)
{
	TCase *tc = tcase_create("pdu");

	tcase_add_test(tc, a_part_is_read_as_it_was_written);
	tcase_add_test(tc, an_answer_has_no_octets);
	tcase_add_test(tc, parts_cover_a_message_without_gap);
	tcase_add_test(tc, the_largest_message_goes_in_the_smallest_parts);
	tcase_add_test(tc, a_cut_part_is_refused);
	tcase_add_test(tc, a_changed_part_is_refused_or_in_bounds);
	tcase_add_test(tc, impossible_numbers_are_refused);
	tcase_add_test(tc, another_major_version_is_refused);
	return tc;
}

RUN_CASES("coop_pdu", case_pdu)
