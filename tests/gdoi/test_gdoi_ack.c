/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The datagrams here were computed by another implementation of HMAC, from
 * RFC 8263's text. */
#include "gdoi/gdoi_ack.h"
#include "gdoi/gdoi_seq.h"
#include "tests/check_main.h"
#include "tests/gdoi/mutate.h"
#include "tests/gdoi/policies.h"

static const uint8_t sha256[] = {
	0x6b, 0x65, 0x6b, 0x20, 0x73, 0x70, 0x69, 0x20, 0x31, 0x36, 0x20, 0x6f,
	0x63, 0x74, 0x65, 0x74, 0x08, 0x10, 0x23, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x54, 0x12, 0x00, 0x00, 0x24, 0xf4, 0x4d, 0x6c, 0x09,
	0xe9, 0x15, 0xfa, 0xe2, 0x19, 0x75, 0x71, 0xa0, 0x9d, 0x64, 0xef, 0x80,
	0x1b, 0xb4, 0xf8, 0x40, 0xe0, 0x22, 0x76, 0x86, 0x3d, 0x30, 0x0e, 0xf7,
	0xe1, 0x85, 0x41, 0xff, 0x05, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x18,
	0x00, 0x00, 0x00, 0x0c, 0x01, 0x00, 0x00, 0x00, 0xc0, 0xa8, 0x0b, 0x03,
};

static const uint8_t sha512[] = {
	0x6b, 0x65, 0x6b, 0x20, 0x73, 0x70, 0x69, 0x20, 0x31, 0x36, 0x20, 0x6f,
	0x63, 0x74, 0x65, 0x74, 0x08, 0x10, 0x23, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x74, 0x12, 0x00, 0x00, 0x44, 0x06, 0xd0, 0x06, 0xa4,
	0xd0, 0x23, 0x61, 0x02, 0xee, 0x34, 0x12, 0xb8, 0xb6, 0xae, 0x6f, 0xca,
	0x6b, 0x69, 0x7f, 0xd9, 0xd0, 0x37, 0xa7, 0xd4, 0xe1, 0x67, 0x4f, 0x65,
	0x1f, 0xee, 0x7e, 0xb0, 0xb8, 0x4c, 0xfd, 0x18, 0xc3, 0xee, 0x91, 0x5e,
	0x80, 0x22, 0x20, 0xd2, 0x37, 0xaa, 0x55, 0x40, 0x75, 0x7c, 0x53, 0x87,
	0x19, 0xf3, 0xcf, 0x73, 0x83, 0x47, 0xa5, 0x7d, 0x21, 0x73, 0x65, 0xb2,
	0x05, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x18, 0x00, 0x00, 0x00, 0x0c,
	0x01, 0x00, 0x00, 0x00, 0xc0, 0xa8, 0x0b, 0x03,
};

static const uint8_t sha256_v6[] = {
	0x6b, 0x65, 0x6b, 0x20, 0x73, 0x70, 0x69, 0x20, 0x31, 0x36, 0x20, 0x6f,
	0x63, 0x74, 0x65, 0x74, 0x08, 0x10, 0x23, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x60, 0x12, 0x00, 0x00, 0x24, 0x9a, 0x8d, 0x00, 0x02,
	0x5a, 0x27, 0x7f, 0x2d, 0xd4, 0x03, 0xfd, 0x35, 0xe1, 0xa8, 0x34, 0xcb,
	0x48, 0xea, 0x88, 0x66, 0x7f, 0xd7, 0x2a, 0xfd, 0x7f, 0xc2, 0x63, 0x82,
	0x1c, 0x70, 0x55, 0x54, 0x05, 0x00, 0x00, 0x08, 0xff, 0xff, 0xff, 0xfe,
	0x00, 0x00, 0x00, 0x18, 0x05, 0x00, 0x00, 0x00, 0x20, 0x01, 0x0d, 0xb8,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07,
};

static struct gdoi_policy *policy;

static void setup(void)
{
	policy = policy_article();
	policy->kek.ack = GDOI_ACK_KEK_SHA256;
}

static void teardown(void)
{
	gdoi_policy_free(policy);
}

static struct ip_addr ip_v6_member(void)
{
	struct ip_addr member;

	ck_assert(ip_parse(&member, "2001:db8::7"));
	return member;
}

static void check(uint8_t kind, uint32_t seq, struct ip_addr member,
		  const uint8_t *want, size_t len)
{
	struct keybuf out = { 0 };
	struct ip_addr who;
	uint32_t number;

	policy->kek.ack = kind;
	ck_assert(gdoi_ack_write(&policy->kek, seq, &member, &out));
	ck_assert_octets(out.data, out.len, want, len);
	ck_assert(gdoi_ack_read(&policy->kek, rd_init(out.data, out.len),
				&number, &who));
	ck_assert_uint_eq(number, seq);
	ck_assert(ip_equal(&who, &member));
	keybuf_free(&out);
}

START_TEST(it_is_what_rfc_8263_says)
{
	check(GDOI_ACK_KEK_SHA256, 24, ip_v4(0xc0a80b03), sha256,
	      sizeof(sha256));
	check(GDOI_ACK_KEK_SHA512, 24, ip_v4(0xc0a80b03), sha512,
	      sizeof(sha512));
	check(GDOI_ACK_KEK_SHA256, 0xfffffffe, ip_v6_member(), sha256_v6,
	      sizeof(sha256_v6));
}
END_TEST

START_TEST(other_kinds_are_neither_written_nor_read)
{
	static const uint8_t kinds[] = { 0, 2, 4, 5, 128, 255 };
	struct ip_addr member = ip_v4(0xc0a80b03), who;
	struct keybuf out = { 0 };
	uint32_t seq;

	policy->kek.ack = kinds[_i];
	ck_assert(!gdoi_ack_supported(kinds[_i]));
	ck_assert(!gdoi_ack_write(&policy->kek, 24, &member, &out));
	ck_assert_ptr_null(out.data);
	ck_assert(!gdoi_ack_read(&policy->kek, rd_init(sha256, sizeof(sha256)),
				 &seq, &who));
}
END_TEST

START_TEST(a_kind_of_its_own_is_not_read_as_the_other)
{
	struct ip_addr who;
	uint32_t seq;

	ck_assert(gdoi_ack_supported(GDOI_ACK_KEK_SHA256));
	ck_assert(gdoi_ack_supported(GDOI_ACK_KEK_SHA512));
	ck_assert(!gdoi_ack_read(&policy->kek, rd_init(sha512, sizeof(sha512)),
				 &seq, &who));
}
END_TEST

static bool reads(struct rd datagram)
{
	struct ip_addr who;
	uint32_t seq;

	return gdoi_ack_read(&policy->kek, datagram, &seq, &who);
}

START_TEST(each_truncation_is_refused)
{
	refuses_truncations(reads, sha256, sizeof(sha256));
	policy->kek.ack = GDOI_ACK_KEK_SHA512;
	refuses_truncations(reads, sha512, sizeof(sha512));
}
END_TEST

START_TEST(no_octet_can_be_changed)
{
	uint8_t copy[sizeof(sha256)];
	unsigned int value;
	size_t i;

	for (i = 0; i < sizeof(sha256); i++) {
		memcpy(copy, sha256, sizeof(copy));
		for (value = 1; value < 256; value++) {
			copy[i] = (uint8_t)(sha256[i] ^ value);
			ck_assert_msg(!reads(rd_init(copy, sizeof(copy))),
				      "octet %zu", i);
		}
	}
}
END_TEST

START_TEST(nothing_may_follow)
{
	uint8_t longer[sizeof(sha256) + 4] = { 0 };

	memcpy(longer, sha256, sizeof(sha256));
	ck_assert(!parses_copy(reads, longer, sizeof(longer)));
	longer[27] += 4; /* told in the header, too */
	ck_assert(!parses_copy(reads, longer, sizeof(longer)));
}
END_TEST

START_TEST(another_kek_makes_another_ack)
{
	policy->kek.key.data[15] ^= 1;
	ck_assert(!reads(rd_init(sha256, sizeof(sha256))));
	policy->kek.key.data[15] ^= 1;
	policy->kek.iv.data[0] ^= 1; /* the IV is no part of the key */
	ck_assert(reads(rd_init(sha256, sizeof(sha256))));
	policy->kek.spi[0] ^= 1;
	ck_assert(!reads(rd_init(sha256, sizeof(sha256))));
}
END_TEST

START_TEST(a_member_without_an_address_acknowledges_nothing)
{
	struct ip_addr none = { 0 };
	struct keybuf out = { 0 };

	ck_assert(!gdoi_ack_write(&policy->kek, 1, &none, &out));
}
END_TEST

static TCase *ack_case(void)
{
	TCase *tc = tcase_create("ACK");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, it_is_what_rfc_8263_says);
	tcase_add_loop_test(tc, other_kinds_are_neither_written_nor_read, 0, 6);
	tcase_add_test(tc, a_kind_of_its_own_is_not_read_as_the_other);
	tcase_add_test(tc, each_truncation_is_refused);
	tcase_add_test(tc, no_octet_can_be_changed);
	tcase_add_test(tc, nothing_may_follow);
	tcase_add_test(tc, another_kek_makes_another_ack);
	tcase_add_test(tc, a_member_without_an_address_acknowledges_nothing);
	return tc;
}

RUN_CASES("gdoi_ack", ack_case)
