/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* A chain of ID, NONCE, NONCE and 3 octets of cipher padding. */
static const uint8_t wire[] = {
	10,  0,	  0,   8, 1, 17, 3, 80,	 10,  0, 0, 7,
	'a', 'b', 'c', 0, 0, 0,	 6, 'd', 'e', 0, 0, 0,
};
#define CHAIN_LEN 21

static struct isakmp_fault parse_copy(const uint8_t *data, size_t len,
				      struct isakmp_message *m)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct isakmp_fault fault;
	size_t i;

	memcpy(copy, data, len);
	fault = isakmp_chain_parse(rd_init(copy, len), ISAKMP_ID, m);
	for (i = 0; !fault.notify && i < m->n; i++) {
		struct rd body = m->payloads[i].body;

		while (rd_left(&body))
			(void)rd_u8(&body);
		ck_assert(!body.bad);
	}
	free(copy);
	return fault;
}

START_TEST(a_chain_is_read_up_to_its_last_payload)
{
	struct isakmp_message m = { 0 };

	ck_assert_uint_eq(isakmp_chain_parse(rd_init(wire, sizeof(wire)),
					     ISAKMP_ID, &m)
				  .notify,
			  0);
	ck_assert_uint_eq(m.n, 3);
	ck_assert_uint_eq(m.payloads[0].type, ISAKMP_ID);
	ck_assert_uint_eq(m.payloads[2].type, ISAKMP_NONCE);
	ck_assert_uint_eq(rd_left(&m.payloads[1].body), 3);
	ck_assert_uint_eq(m.payloads[1].raw_len, 7);
	ck_assert_uint_eq(m.chain_len, CHAIN_LEN);
	ck_assert_ptr_eq(m.chain, wire);
}
END_TEST

START_TEST(only_a_single_payload_is_found)
{
	struct isakmp_message m = { 0 };

	ck_assert_uint_eq(isakmp_chain_parse(rd_init(wire, sizeof(wire)),
					     ISAKMP_ID, &m)
				  .notify,
			  0);
	ck_assert_ptr_eq(isakmp_find(&m, ISAKMP_ID), &m.payloads[0]);
	ck_assert_ptr_null(isakmp_find(&m, ISAKMP_NONCE));
	ck_assert_ptr_null(isakmp_find(&m, ISAKMP_HASH));
}
END_TEST

START_TEST(every_truncation_is_refused)
{
	struct isakmp_message m = { 0 };

	ck_assert_uint_ne(parse_copy(wire, (size_t)_i, &m).notify, 0);
}
END_TEST

START_TEST(a_flipped_octet_never_reads_outside)
{
	struct isakmp_message m = { 0 };
	uint8_t copy[sizeof(wire)];
	int bit;

	for (bit = 0; bit < 8; bit++) {
		memcpy(copy, wire, sizeof(wire));
		copy[_i] ^= (uint8_t)(1 << bit);
		if (!parse_copy(copy, sizeof(copy), &m).notify)
			ck_assert_uint_le(m.chain_len, sizeof(copy));
	}
}
END_TEST

START_TEST(a_set_reserved_octet_is_refused)
{
	struct isakmp_message m = { 0 };
	uint8_t copy[sizeof(wire)];

	memcpy(copy, wire, sizeof(wire));
	copy[1] = 1;
	ck_assert_uint_eq(parse_copy(copy, sizeof(copy), &m).notify,
			  ISAKMP_N_PAYLOAD_MALFORMED);
}
END_TEST

START_TEST(a_payload_shorter_than_its_header_is_refused)
{
	const uint8_t endless[] = { 10, 0, 0, 0, 10, 0, 0, 0 };
	struct isakmp_message m = { 0 };

	ck_assert_uint_eq(parse_copy(endless, sizeof(endless), &m).notify,
			  ISAKMP_N_PAYLOAD_MALFORMED);
}
END_TEST

START_TEST(too_many_payloads_are_refused)
{
	struct isakmp_message m = { 0 };
	uint8_t many[4 * (ISAKMP_MAX_PAYLOADS + 1)];
	struct wr w = wr_init(many, sizeof(many));
	int i;

	for (i = 0; i < ISAKMP_MAX_PAYLOADS; i++)
		isakmp_payload_end(&w, isakmp_payload_begin(&w, 13));
	isakmp_payload_end(&w, isakmp_payload_begin(&w, 0));
	ck_assert(wr_ok(&w));
	ck_assert_uint_eq(parse_copy(many, wr_at(&w), &m).notify,
			  ISAKMP_N_PAYLOAD_MALFORMED);
	ck_assert_uint_eq(parse_copy(many + 4, wr_at(&w) - 4, &m).notify, 0);
	ck_assert_uint_eq(m.n, ISAKMP_MAX_PAYLOADS);
}
END_TEST

START_TEST(a_written_chain_is_read_back)
{
	uint8_t buf[CHAIN_LEN];
	struct wr w = wr_init(buf, sizeof(buf));
	size_t begin = isakmp_payload_begin(&w, ISAKMP_NONCE);

	wr_bytes(&w, wire + 4, 4);
	isakmp_payload_end(&w, begin);
	begin = isakmp_payload_begin(&w, ISAKMP_NONCE);
	wr_bytes(&w, "abc", 3);
	isakmp_payload_end(&w, begin);
	begin = isakmp_payload_begin(&w, ISAKMP_NONE);
	wr_bytes(&w, "de", 2);
	isakmp_payload_end(&w, begin);
	ck_assert(wr_ok(&w));
	ck_assert_mem_eq(buf, wire, CHAIN_LEN);
}
END_TEST

static const struct isakmp_header header = {
	.icookie = { 1, 2, 3, 4, 5, 6, 7, 8 },
	.rcookie = { 9, 10, 11, 12, 13, 14, 15, 16 },
	.next_payload = ISAKMP_SA,
	.version = 0x10,
	.exchange = ISAKMP_MAIN_MODE,
	.flags = ISAKMP_F_ENCRYPTION,
	.message_id = 0x01020304,
	.length = 92,
};

START_TEST(a_written_header_is_read_back)
{
	uint8_t buf[ISAKMP_HEADER_SIZE];
	struct wr w = wr_init(buf, sizeof(buf));
	struct isakmp_header got = { 0 };
	struct rd r = rd_init(buf, sizeof(buf));

	isakmp_header_write(&w, &header);
	ck_assert(wr_ok(&w));
	ck_assert_uint_eq(wr_at(&w), ISAKMP_HEADER_SIZE);
	ck_assert(isakmp_header_parse(&r, &got));
	ck_assert_mem_eq(&got, &header, sizeof(got));
}
END_TEST

START_TEST(every_truncation_of_a_header_is_refused)
{
	uint8_t buf[ISAKMP_HEADER_SIZE];
	struct wr w = wr_init(buf, sizeof(buf));
	struct isakmp_header got;
	uint8_t *copy = malloc((size_t)_i + 1);
	struct rd r = rd_init(copy, (size_t)_i);

	isakmp_header_write(&w, &header);
	memcpy(copy, buf, (size_t)_i);
	ck_assert(!isakmp_header_parse(&r, &got));
	free(copy);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("isakmp_message");
	TCase *tc = tcase_create("message");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, a_chain_is_read_up_to_its_last_payload);
	tcase_add_test(tc, only_a_single_payload_is_found);
	tcase_add_loop_test(tc, every_truncation_is_refused, 0, CHAIN_LEN);
	tcase_add_loop_test(tc, a_flipped_octet_never_reads_outside, 0,
			    sizeof(wire));
	tcase_add_test(tc, a_set_reserved_octet_is_refused);
	tcase_add_test(tc, a_payload_shorter_than_its_header_is_refused);
	tcase_add_test(tc, too_many_payloads_are_refused);
	tcase_add_test(tc, a_written_chain_is_read_back);
	tcase_add_test(tc, a_written_header_is_read_back);
	tcase_add_loop_test(tc, every_truncation_of_a_header_is_refused, 0,
			    ISAKMP_HEADER_SIZE);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
