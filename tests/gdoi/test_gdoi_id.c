/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_id.h"
#include "tests/check_main.h"
#include "tests/gdoi/mutate.h"

/* ID_KEY_ID, group 1234, last payload */
static const uint8_t wire[] = { 0, 0, 0, 12, 11, 0, 0, 0, 0, 0, 4, 0xd2 };

static bool parses(struct rd body)
{
	struct gdoi_id id;

	return !gdoi_id_parse(body, &id).notify;
}

START_TEST(group_1234_is_read)
{
	struct gdoi_id id;

	ck_assert_uint_eq(
		gdoi_id_parse(body_of_payload(wire, sizeof(wire)), &id).notify,
		0);
	ck_assert(id.is_set && !id.is_address);
	ck_assert_uint_eq(id.number, 1234);
}
END_TEST

START_TEST(group_1234_is_written)
{
	const struct gdoi_id id = { .is_set = true, .number = 1234 };
	uint8_t buf[64];
	struct wr w = wr_init(buf, sizeof(buf));

	gdoi_id_write(&w, ISAKMP_NONE, &id);
	ck_assert(wr_ok(&w));
	ck_assert_octets(buf, wr_at(&w), wire, sizeof(wire));
}
END_TEST

START_TEST(an_address_is_read_as_written)
{
	const struct gdoi_id id = { .is_set = true,
				    .is_address = true,
				    .addr = ip_v4(0xc0a86f6f) };
	struct gdoi_id out;
	uint8_t buf[64];
	struct wr w = wr_init(buf, sizeof(buf));

	gdoi_id_write(&w, ISAKMP_NONE, &id);
	ck_assert_uint_eq(
		gdoi_id_parse(body_of_payload(buf, wr_at(&w)), &out).notify, 0);
	ck_assert(gdoi_id_equal(&id, &out));
}
END_TEST

START_TEST(truncations_are_refused)
{
	refuses_truncations(parses, wire + 4, sizeof(wire) - 4);
}
END_TEST

START_TEST(only_another_number_is_accepted)
{
	/* 4 octets of number with 10 changes each; no other type, protocol or
	 * port is good.  Type 11 with one bit changed is never 1. */
	ck_assert_uint_eq(survives_flips(parses, wire + 4, sizeof(wire) - 4),
			  40);
}
END_TEST

START_TEST(texts_are_what_ios_shows)
{
	const struct gdoi_id number = { .is_set = true, .number = 4294967295 };
	const struct gdoi_id address = { .is_set = true,
					 .is_address = true,
					 .addr = ip_v4(0x0a4d0001) };
	char text[GDOI_ID_TEXT];

	ck_assert_str_eq(gdoi_id_text(&number, text), "4294967295");
	ck_assert_str_eq(gdoi_id_text(&address, text), "10.77.0.1");
}
END_TEST

static TCase *id_case(void)
{
	TCase *tc = tcase_create("ID");

	tcase_add_test(tc, group_1234_is_read);
	tcase_add_test(tc, group_1234_is_written);
	tcase_add_test(tc, an_address_is_read_as_written);
	tcase_add_test(tc, truncations_are_refused);
	tcase_add_test(tc, only_another_number_is_accepted);
	tcase_add_test(tc, texts_are_what_ios_shows);
	return tc;
}

RUN_CASES("gdoi_id", id_case)
