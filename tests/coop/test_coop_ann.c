/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "tests/check_main.h"
#include "tests/coop/ann_wire.h"

static void assert_written_and_read(const struct coop_ann *ann)
{
	struct wire wire;

	write_ann(ann, &wire);
	assert_reads(&wire, ann);
}

START_TEST(a_full_announcement_is_read_as_it_was_written)
{
	struct coop_ann ann = ann_full();

	assert_written_and_read(&ann);
}
END_TEST

START_TEST(a_minimal_announcement_is_read_as_it_was_written)
{
	struct coop_ann ann = ann_minimal();

	assert_written_and_read(&ann);
}
END_TEST

START_TEST(each_flag_has_a_bit_of_its_own)
{
	struct coop_ann ann = ann_minimal();
	bool *const flags[] = { &ann.reply, &ann.optimize, &ann.leaving,
				&ann.live, &ann.reinit_wanted };
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		*flags[i] = true;
		assert_written_and_read(&ann);
		*flags[i] = false;
	}
}
END_TEST

START_TEST(groups_are_numbers_or_addresses)
{
	struct coop_ann ann = ann_minimal();

	ann.id = (struct gdoi_id){
		.is_set = true,
		.is_address = true,
		.addr = ip_v4(0xef000001),
	};
	assert_written_and_read(&ann);
}
END_TEST

START_TEST(the_primary_may_have_an_ipv6_address)
{
	struct coop_ann ann = ann_minimal();

	ck_assert(ip_parse(&ann.primary, "2001:db8::7"));
	ann.primary_age = 1;
	assert_written_and_read(&ann);
}
END_TEST

START_TEST(state_goes_without_signature)
{
	struct coop_ann ann = ann_full();

	ann.signature = rd_init(NULL, 0);
	assert_written_and_read(&ann);
}
END_TEST

/* Somebody else's software depends on each of these octets. */
START_TEST(the_octets_are_those_of_the_document)
{
	static const uint8_t want[] = {
		'G', 'A', 'N', 'N', 1,	  0,	0,    0x09,
		2,   100,				    /* live, reply */
		11,  0,	  0,   0,   0,	  0,	0x04, 0xd2, /* group 1234 */
		1,   2,	  3,   4,   5,	  6,	7,    8,
		0,   0,	  0,   42,			    /* boot, seq */
		0,   0,	  0,   0,   0,	  0x0f, 0x42, 0x40, /* clock 1 s */
		0,   0,	  0,   7,   0x80, 0,	0,    0,    /* 7.5 s */
		0,   0,	  0,   0,   0,	  0,	0,    9,
		0,   0,	  0,   3, /* tag 9, 3 */
		0,   1,	  0,   0,   0,	  6,	'1',  '.',
		'0', '.', '2', '7', /* KS */
		0,   2,	  0,   0,   0,	  5,	'1',  '.',
		'0', '.', '8', /* COOP */
		0,   3,	  0,   0,   0,	  8,	0,    0,
		0,   5,	  10,  0,   0,	  1, /* primary */
	};
	struct coop_ann ann = {
		.id = { .is_set = true, .number = 1234 },
		.role = COOP_PRIMARY,
		.priority = 100,
		.reply = true,
		.boot = UINT64_C(0x0102030405060708),
		.seq = 42,
		.clock = 1000000,
		.live = true,
		.pseudotime = UINT64_C(0x780000000),
		.primary = ip_v4(0x0a000001),
		.primary_age = 5,
		.ks_version = "1.0.27",
		.coop_version = "1.0.8",
		.tag = { 9, 3 },
	};
	struct wire wire;

	write_ann(&ann, &wire);
	ck_assert_uint_eq(wire.len,
			  sizeof(want) + TLV + COOP_ITEMS * COOP_DIGEST);
	ck_assert_mem_eq(wire.octets, want, sizeof(want));
}
END_TEST

START_TEST(a_later_minor_version_is_read)
{
	struct coop_ann ann = ann_full();
	struct wire wire;

	with_octet(&wire, AT_MINOR, 7);
	assert_reads(&wire, &ann);
}
END_TEST

START_TEST(unknown_fields_and_flags_are_skipped)
{
	struct coop_ann ann = ann_full();
	struct wire wire;

	with_octet(&wire, AT_FLAGS, 0xff);
	add_tlv(&wire, 0, "old", 3);
	add_tlv(&wire, 10, "new", 3);
	add_tlv(&wire, 10, "", 0);
	add_tlv(&wire, 0xffff, "new", 3);
	assert_reads(&wire, &ann);
}
END_TEST

START_TEST(the_order_of_fields_does_not_matter)
{
	static const uint8_t signature[] = { 1 }, state[] = { 2 };
	struct coop_ann ann = ann_minimal();
	struct wire wire;

	write_ann(&ann, &wire);
	add_tlv(&wire, 8, signature, 1);
	add_tlv(&wire, 7, state, 1);
	ann.signature = rd_init(signature, 1);
	ann.state = rd_init(state, 1);
	assert_reads(&wire, &ann);
}
END_TEST

START_TEST(roles_have_the_names_that_ios_prints)
{
	ck_assert_str_eq(coop_role_name(COOP_PRIMARY), "Primary");
	ck_assert_str_eq(coop_role_name(COOP_SECONDARY), "Secondary");
	ck_assert_str_eq(coop_role_name(COOP_ELECTION), "Election");
}
END_TEST

START_TEST(more_than_the_limit_is_not_written)
{
	const size_t room = COOP_ANN_MAX + 1024;
	const size_t most =
		COOP_ANN_MAX - HEADER - (TLV + COOP_ITEMS * COOP_DIGEST) - TLV;
	struct coop_ann ann = ann_minimal();
	uint8_t *octets = malloc(room), *members = calloc(1, most + 1);
	struct wr w = wr_init(octets, room);

	ann.members = rd_init(members, most);
	coop_ann_write(&w, &ann);
	ck_assert(wr_ok(&w));
	ck_assert_uint_eq(wr_at(&w), COOP_ANN_MAX);
	ann.members = rd_init(members, most + 1);
	w = wr_init(octets, room);
	coop_ann_write(&w, &ann);
	ck_assert(!wr_ok(&w));
	free(octets);
	free(members);
}
END_TEST

START_TEST(too_little_room_makes_the_writer_bad)
{
	struct coop_ann ann = ann_full();
	struct wire wire;
	struct wr w;
	uint8_t *exact;
	size_t room;

	write_ann(&ann, &wire);
	for (room = 1; room < wire.len; room++) {
		exact = malloc(room);
		w = wr_init(exact, room);
		coop_ann_write(&w, &ann);
		ck_assert(!wr_ok(&w));
		free(exact);
	}
}
END_TEST

static bool can_be_written(const struct coop_ann *ann)
{
	uint8_t octets[ROOM];
	struct wr w = wr_init(octets, sizeof(octets));

	coop_ann_write(&w, ann);
	return wr_ok(&w);
}

START_TEST(values_out_of_range_are_not_written)
{
	struct coop_ann ann = ann_minimal();

	ck_assert(can_be_written(&ann));
	ann.priority = 0;
	ck_assert(!can_be_written(&ann));
	ann = ann_minimal();
	ann.id.is_set = false;
	ck_assert(!can_be_written(&ann));
	ann = ann_minimal();
	ann.clock = -1;
	ck_assert(!can_be_written(&ann));
	ann = ann_minimal();
	ann.n_known = COOP_MAX_KNOWN + 1;
	ck_assert(!can_be_written(&ann));
	ann = ann_minimal();
	ann.n_sids = COOP_SIDS_MAX + 1;
	ck_assert(!can_be_written(&ann));
}
END_TEST

static TCase *good_case(void)
{
	TCase *tc = tcase_create("written and read");

	tcase_add_test(tc, a_full_announcement_is_read_as_it_was_written);
	tcase_add_test(tc, a_minimal_announcement_is_read_as_it_was_written);
	tcase_add_test(tc, each_flag_has_a_bit_of_its_own);
	tcase_add_test(tc, groups_are_numbers_or_addresses);
	tcase_add_test(tc, the_primary_may_have_an_ipv6_address);
	tcase_add_test(tc, state_goes_without_signature);
	tcase_add_test(tc, the_octets_are_those_of_the_document);
	tcase_add_test(tc, a_later_minor_version_is_read);
	tcase_add_test(tc, unknown_fields_and_flags_are_skipped);
	tcase_add_test(tc, the_order_of_fields_does_not_matter);
	tcase_add_test(tc, roles_have_the_names_that_ios_prints);
	return tc;
}

static TCase *writer_case(void)
{
	TCase *tc = tcase_create("not written");

	tcase_add_test(tc, more_than_the_limit_is_not_written);
	tcase_add_test(tc, too_little_room_makes_the_writer_bad);
	tcase_add_test(tc, values_out_of_range_are_not_written);
	return tc;
}

RUN_CASES("coop_ann", good_case, writer_case)
