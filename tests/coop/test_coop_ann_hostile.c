/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Announcements that were cut, changed, or made to do harm. */
#include <stdlib.h>

#include "tests/check_main.h"
#include "tests/coop/ann_wire.h"

static bool parses(struct rd octets)
{
	struct coop_ann ann;

	return !coop_ann_read(octets, &ann);
}

/* After the digests each TLV's end is the end of a shorter announcement. */
static bool is_end_of_tlv(const struct wire *wire, size_t at)
{
	struct rd r = rd_init(wire->octets, wire->len);
	bool digests = false;

	rd_skip(&r, HEADER);
	while (rd_left(&r) && wire->len - rd_left(&r) < at) {
		digests |= rd_u16(&r) == 5;
		rd_skip(&r, rd_u32(&r));
	}
	return digests && wire->len - rd_left(&r) == at;
}

static void assert_cuts(const struct coop_ann *ann)
{
	struct wire wire;
	size_t i;

	write_ann(ann, &wire);
	for (i = 0; i <= wire.len; i++)
		ck_assert_msg(parses_copy(parses, wire.octets, i) ==
				      is_end_of_tlv(&wire, i),
			      "cut at %zu of %zu", i, wire.len);
}

START_TEST(truncations_are_refused)
{
	struct coop_ann full = ann_full(), minimal = ann_minimal();

	assert_cuts(&full);
	assert_cuts(&minimal);
}
END_TEST

/* What is accepted can be written, and is the same value then. */
static bool parses_again(struct rd octets)
{
	struct coop_ann ann;
	struct wire wire;

	if (coop_ann_read(octets, &ann))
		return false;
	write_ann(&ann, &wire);
	ck_assert_uint_le(wire.len, rd_left(&octets));
	assert_reads(&wire, &ann);
	return true;
}

START_TEST(flipped_octets_are_refused_or_mean_what_they_say)
{
	struct coop_ann full = ann_full(), minimal = ann_minimal();
	struct wire wire;

	write_ann(&full, &wire);
	ck_assert_uint_gt(survives_flips(parses_again, wire.octets, wire.len),
			  0);
	write_ann(&minimal, &wire);
	ck_assert_uint_gt(survives_flips(parses_again, wire.octets, wire.len),
			  0);
}
END_TEST

START_TEST(a_field_that_is_there_twice_is_refused)
{
	static const uint8_t digests[COOP_ITEMS * COOP_DIGEST];
	struct coop_ann ann = ann_full();
	struct wire wire, twice;
	struct rd r;
	uint16_t type;
	uint32_t len;

	write_ann(&ann, &wire);
	r = rd_init(wire.octets, wire.len);
	rd_skip(&r, HEADER);
	while (rd_left(&r)) {
		twice = wire;
		type = rd_u16(&r);
		len = rd_u32(&r);
		add_tlv(&twice, type, rd_bytes(&r, len), len);
		assert_refused(&twice, "field that is there twice");
	}
	with_tlv(&wire, 5, digests, sizeof(digests));
	assert_refused(&wire, "field that is there twice");
}
END_TEST

START_TEST(another_major_version_is_refused)
{
	struct wire wire;

	with_octet(&wire, AT_MAJOR, COOP_WIRE_MAJOR + 1);
	assert_refused(&wire, "another major version");
	/* Nothing behind it is looked at: there it may be anything. */
	wire.len = AT_MINOR + 1;
	assert_refused(&wire, "another major version");
	with_octet(&wire, AT_MAJOR, 0);
	assert_refused(&wire, "another major version");
}
END_TEST

START_TEST(another_magic_is_no_announcement)
{
	struct wire wire;

	with_octet(&wire, 0, 'g');
	assert_refused(&wire, "no announcement");
}
END_TEST

/* The longest there may be, filled up by what is unknown; extra octets more. */
static const char *read_long(size_t extra)
{
	const size_t total = COOP_ANN_MAX + extra;
	uint8_t *octets = calloc(1, total);
	struct wr w = wr_init(octets, total);
	struct coop_ann ann = ann_minimal(), got;
	const char *why;

	coop_ann_write(&w, &ann);
	wr_u16(&w, 99);
	wr_u32(&w, (uint32_t)(total - wr_at(&w) - 4));
	ck_assert(wr_ok(&w));
	why = coop_ann_read(rd_init(octets, total), &got);
	free(octets);
	return why;
}

START_TEST(more_than_the_limit_is_refused)
{
	ck_assert_ptr_null(read_long(0));
	ck_assert_str_eq(read_long(1), "too long");
}
END_TEST

START_TEST(a_field_longer_than_the_rest_is_refused)
{
	struct coop_ann ann = ann_minimal();
	struct wire wire;
	uint8_t *length;

	write_ann(&ann, &wire);
	length = wire.octets + wire.len;
	add_tlv(&wire, 99, "new", 3);
	memset(length + 2, 0xff, 4);
	assert_refused(&wire, "field that is cut off");
	memcpy(length + 2, (const uint8_t[]){ 0, 0, 0, 4 }, 4);
	assert_refused(&wire, "field that is cut off");
	memcpy(length + 2, (const uint8_t[]){ 0, 0, 0, 3 }, 4);
	assert_reads(&wire, &ann);
}
END_TEST

START_TEST(header_fields_out_of_range_are_refused)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *why;
	} cases[] = {
		{ AT_ROLE, 3, "unknown role" },
		{ AT_PRIORITY, 0, "priority 0" },
		{ AT_GROUP, 2, "group identity of an unknown type" },
		{ AT_GROUP + 1, 17, "group identity with protocol or port" },
		{ AT_CLOCK, 0x40, "clock out of range" },
		{ AT_CLOCK, 0x80, "clock out of range" },
		/* no longer live */
		{ AT_FLAGS + 1, 0, "pseudotime without keys" },
	};
	struct wire wire;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		with_octet(&wire, cases[i].at, cases[i].value);
		assert_refused(&wire, cases[i].why);
	}
}
END_TEST

START_TEST(versions_are_short_and_printable)
{
	static const uint8_t bell[] = { '1', 7 }, nul[] = { '1', 0 },
			     high[] = { 0xc3, 0xa4 }, del[] = { 0x7f };
	struct wire wire;
	struct coop_ann got;
	uint16_t type;

	for (type = 1; type <= 2; type++) {
		with_tlv(&wire, type, "1.2.3-4.5.6-7.8", 15);
		ck_assert_ptr_null(read_wire(&wire, &got));
		with_tlv(&wire, type, "1.2.3-4.5.6-7.89", 16);
		assert_refused(&wire, "version of a wrong length");
		with_tlv(&wire, type, "", 0);
		assert_refused(&wire, "version of a wrong length");
		with_tlv(&wire, type, bell, 2);
		assert_refused(&wire, "version that is not printable");
		with_tlv(&wire, type, nul, 2);
		assert_refused(&wire, "version that is not printable");
		with_tlv(&wire, type, high, 2);
		assert_refused(&wire, "version that is not printable");
		with_tlv(&wire, type, del, 1);
		assert_refused(&wire, "version that is not printable");
	}
}
END_TEST

START_TEST(the_primary_is_somebody)
{
	static const uint8_t any[20],
		multicast[] = { 0, 0, 0, 0, 224, 0, 0, 1 },
		ten[10] = { 0, 0, 0, 0, 10 };
	struct wire wire;

	with_tlv(&wire, 3, any, 8);
	assert_refused(&wire, "primary with an address of nobody");
	with_tlv(&wire, 3, any, 20);
	assert_refused(&wire, "primary with an address of nobody");
	with_tlv(&wire, 3, multicast, 8);
	assert_refused(&wire, "primary with an address of nobody");
	with_tlv(&wire, 3, ten, sizeof(ten));
	assert_refused(&wire, "primary of a wrong length");
	with_tlv(&wire, 3, ten, 3);
	assert_refused(&wire, "primary of a wrong length");
}
END_TEST

START_TEST(known_tags_are_at_most_sixteen)
{
	static const uint8_t tags[12 * (COOP_MAX_KNOWN + 1)];
	struct wire wire;
	struct coop_ann got;

	with_tlv(&wire, 4, tags, (size_t)12 * COOP_MAX_KNOWN);
	ck_assert_ptr_null(read_wire(&wire, &got));
	ck_assert_uint_eq(got.n_known, COOP_MAX_KNOWN);
	with_tlv(&wire, 4, tags, sizeof(tags));
	assert_refused(&wire, "known tags of a wrong length");
	with_tlv(&wire, 4, tags, 13);
	assert_refused(&wire, "known tags of a wrong length");
	with_tlv(&wire, 4, tags, 0);
	assert_refused(&wire, "known tags of a wrong length");
}
END_TEST

START_TEST(ranges_of_identifiers_are_at_most_sixty_four)
{
	static const uint8_t sids[4 + 4 * (COOP_SIDS_MAX + 1)] = { 24, 1, 0,
								   9 };
	struct wire wire;
	struct coop_ann got;

	with_tlv(&wire, 6, sids, sizeof(sids) - 4);
	ck_assert_ptr_null(read_wire(&wire, &got));
	ck_assert_uint_eq(got.n_sids, COOP_SIDS_MAX);
	ck_assert_uint_eq(got.sid_bits, 24);
	ck_assert_uint_eq(got.kssid, 9);
	with_tlv(&wire, 6, sids, sizeof(sids));
	assert_refused(&wire, "identifiers of a wrong length");
	with_tlv(&wire, 6, sids, 6);
	assert_refused(&wire, "identifiers of a wrong length");
	with_tlv(&wire, 6, sids, 3);
	assert_refused(&wire, "identifiers of a wrong length");
}
END_TEST

START_TEST(identifiers_out_of_range_are_refused)
{
	static const uint8_t backwards[] = { 24, 0, 0, 0, 0, 5, 0, 4 },
			     long_ids[] = { 33, 0, 0, 0 },
			     not_used[] = { 24, 0, 0, 9 };
	struct wire wire;

	with_tlv(&wire, 6, backwards, sizeof(backwards));
	assert_refused(&wire,
		       "range of identifiers that ends before it begins");
	with_tlv(&wire, 6, long_ids, sizeof(long_ids));
	assert_refused(&wire, "sender IDs that are too long");
	with_tlv(&wire, 6, not_used, sizeof(not_used));
	assert_refused(&wire, "identifier that is not in use");
}
END_TEST

START_TEST(digests_are_needed_and_complete)
{
	static const uint8_t digests[COOP_ITEMS * COOP_DIGEST + 1];
	struct coop_ann ann = ann_minimal();
	struct wire wire;

	write_ann(&ann, &wire);
	wire.len = HEADER;
	assert_refused(&wire, "no digests");
	add_tlv(&wire, 5, digests, sizeof(digests));
	assert_refused(&wire, "digests of a wrong length");
	wire.len = HEADER;
	add_tlv(&wire, 5, digests, sizeof(digests) - 2);
	assert_refused(&wire, "digests of a wrong length");
}
END_TEST

START_TEST(a_signature_is_of_a_state_and_not_too_long)
{
	static const uint8_t octets[COOP_SIGNATURE_MAX + 1];
	struct wire wire;

	with_tlv(&wire, 8, octets, 256);
	assert_refused(&wire, "signature of nothing");
	with_tlv(&wire, 7, octets, 10);
	add_tlv(&wire, 8, octets, sizeof(octets));
	assert_refused(&wire, "signature of a wrong length");
	with_tlv(&wire, 7, octets, 10);
	add_tlv(&wire, 8, octets, 0);
	assert_refused(&wire, "signature of a wrong length");
}
END_TEST

START_TEST(an_empty_state_or_an_empty_database_is_refused)
{
	struct wire wire;

	with_tlv(&wire, 7, "", 0);
	assert_refused(&wire, "empty part");
	with_tlv(&wire, 9, "", 0);
	assert_refused(&wire, "empty part");
}
END_TEST

static TCase *hostile_case(void)
{
	TCase *tc = tcase_create("hostile");

	tcase_add_test(tc, truncations_are_refused);
	tcase_add_test(tc, flipped_octets_are_refused_or_mean_what_they_say);
	tcase_add_test(tc, a_field_that_is_there_twice_is_refused);
	tcase_add_test(tc, another_major_version_is_refused);
	tcase_add_test(tc, another_magic_is_no_announcement);
	tcase_add_test(tc, more_than_the_limit_is_refused);
	tcase_add_test(tc, a_field_longer_than_the_rest_is_refused);
	tcase_add_test(tc, header_fields_out_of_range_are_refused);
	tcase_add_test(tc, versions_are_short_and_printable);
	tcase_add_test(tc, the_primary_is_somebody);
	tcase_add_test(tc, known_tags_are_at_most_sixteen);
	tcase_add_test(tc, ranges_of_identifiers_are_at_most_sixty_four);
	tcase_add_test(tc, identifiers_out_of_range_are_refused);
	tcase_add_test(tc, digests_are_needed_and_complete);
	tcase_add_test(tc, a_signature_is_of_a_state_and_not_too_long);
	tcase_add_test(tc, an_empty_state_or_an_empty_database_is_refused);
	return tc;
}

RUN_CASES("coop_ann_hostile", hostile_case)
