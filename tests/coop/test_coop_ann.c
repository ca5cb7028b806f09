/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "tests/check_main.h"
#include "tests/coop/anns.h"
#include "tests/gdoi/mutate.h"

enum {
	ROOM = 4096,
	/* Where fields of the header are (docs/PROTOCOL.md 11.3). */
	AT_MAJOR = 4,
	AT_MINOR = 5,
	AT_FLAGS = 6,
	AT_ROLE = 8,
	AT_PRIORITY = 9,
	AT_GROUP = 10,
	AT_CLOCK = 30,
	AT_PSEUDOTIME = 38,
	HEADER = 58,
	TLV = 6, /* type and length */
};

struct wire {
	uint8_t octets[ROOM];
	size_t len;
};

static void write_ann(const struct coop_ann *ann, struct wire *wire)
{
	struct wr w = wr_init(wire->octets, sizeof(wire->octets));

	coop_ann_write(&w, ann);
	ck_assert(wr_ok(&w));
	wire->len = wr_at(&w);
}

static const char *read_wire(const struct wire *wire, struct coop_ann *out)
{
	return coop_ann_read(rd_init(wire->octets, wire->len), out);
}

static void assert_reads(const struct wire *wire, const struct coop_ann *want)
{
	struct coop_ann got;

	ck_assert_ptr_null(read_wire(wire, &got));
	ck_assert_pstr_eq(ann_difference(&got, want), NULL);
}

static void assert_refused(const struct wire *wire, const char *why)
{
	struct coop_ann got;

	ck_assert_pstr_eq(read_wire(wire, &got), why);
}

static void add_tlv(struct wire *wire, uint16_t type, const void *body,
		    size_t len)
{
	struct wr w = wr_init(wire->octets, sizeof(wire->octets));

	w.len = wire->len;
	wr_u16(&w, type);
	wr_u32(&w, (uint32_t)len);
	wr_bytes(&w, body, len);
	ck_assert(wr_ok(&w));
	wire->len = wr_at(&w);
}

/* A minimal one with one more TLV. */
static void with_tlv(struct wire *wire, uint16_t type, const void *body,
		     size_t len)
{
	struct coop_ann ann = ann_minimal();

	write_ann(&ann, wire);
	add_tlv(wire, type, body, len);
}

/* A header with one octet changed. */
static void with_octet(struct wire *wire, size_t at, uint8_t value)
{
	struct coop_ann ann = ann_full();

	write_ann(&ann, wire);
	wire->octets[at] = value;
}

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

START_TEST(roles_have_the_names_that_ios_prints)
{
	ck_assert_str_eq(coop_role_name(COOP_PRIMARY), "Primary");
	ck_assert_str_eq(coop_role_name(COOP_SECONDARY), "Secondary");
	ck_assert_str_eq(coop_role_name(COOP_ELECTION), "Election");
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

static TCase *writer_case(void)
{
	TCase *tc = tcase_create("not written");

	tcase_add_test(tc, more_than_the_limit_is_not_written);
	tcase_add_test(tc, too_little_room_makes_the_writer_bad);
	tcase_add_test(tc, values_out_of_range_are_not_written);
	return tc;
}

RUN_CASES("coop_ann", good_case, hostile_case, writer_case)
