/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_sak.h"
#include "tests/check_main.h"
#include "tests/gdoi/mutate.h"

/* KS 192.168.111.111 to GM 192.168.11.3, AES-128, SHA-1, RSA-1024 */
static const uint8_t wire[] = {
	0x10, 0x00, 0x00, 0x45, 0x11, 0x01, 0x03, 0x50, 0x04, 0xc0, 0xa8, 0x6f,
	0x6f, 0x01, 0x03, 0x50, 0x04, 0xc0, 0xa8, 0x0b, 0x03, 's',  'p',  'i',
	's',  'p',  'i',  's',	'p',  'i',  's',  'p',	'i',  's',  'p',  'i',
	'!',  0x00, 0x00, 0x00, 0x00, 0x80, 0x02, 0x00, 0x03, 0x80, 0x03, 0x00,
	0x80, 0x00, 0x04, 0x00, 0x04, 0x00, 0x01, 0x48, 0xde, 0x80, 0x05, 0x00,
	0x02, 0x80, 0x06, 0x00, 0x01, 0x80, 0x07, 0x05, 0x10,
};

enum { DER_1024 = 162 }; /* octets of a 1024-bit SubjectPublicKeyInfo */

static bool parses(struct rd body)
{
	struct gdoi_kek kek;

	return !gdoi_sak_parse(body, &kek).notify;
}

static void make_kek(struct gdoi_kek *kek)
{
	static const uint8_t der[DER_1024];

	*kek = (struct gdoi_kek){
		.cipher = GDOI_KEK_AES,
		.key_bits = 128,
		.lifetime = 84190,
		.sig_hash = GDOI_SIG_SHA1,
		.src = { ip_v4(0xc0a86f6f), 848 },
		.dst = { ip_v4(0xc0a80b03), 848 },
	};
	memcpy(kek->spi, "spispispispispi!", sizeof(kek->spi));
	keybuf_set(&kek->pubkey, der, sizeof(der));
}

START_TEST(the_worked_example_is_read)
{
	struct gdoi_kek kek;
	struct isakmp_fault fault;

	fault = gdoi_sak_parse(body_of_payload(wire, sizeof(wire)), &kek);
	ck_assert_uint_eq(fault.notify, 0);
	ck_assert_mem_eq(kek.spi, "spispispispispi!", 16);
	ck_assert_int_eq(kek.cipher, GDOI_KEK_AES);
	ck_assert_uint_eq(kek.key_bits, 128);
	ck_assert_uint_eq(kek.lifetime, 84190);
	ck_assert_int_eq(kek.sig_hash, GDOI_SIG_SHA1);
	ck_assert_uint_eq(kek.sig_bits, 1296);
	ck_assert_uint_eq(ip_v4_host(&kek.src.addr), 0xc0a86f6f);
	ck_assert_uint_eq(kek.src.port, 848);
	ck_assert_uint_eq(ip_v4_host(&kek.dst.addr), 0xc0a80b03);
	ck_assert_uint_eq(kek.ack, 0);
}
END_TEST

START_TEST(the_worked_example_is_written)
{
	struct gdoi_kek kek;
	uint8_t buf[256];
	struct wr w = wr_init(buf, sizeof(buf));

	make_kek(&kek);
	gdoi_sak_write(&w, ISAKMP_SAT, &kek);
	ck_assert_octets(buf, wr_at(&w), wire, sizeof(wire));
	keybuf_free(&kek.pubkey);
}
END_TEST

START_TEST(a_requested_acknowledgement_adds_one_attribute)
{
	static const uint8_t ack[] = { 0x80, 0x09, 0x00, 0x01 };
	struct gdoi_kek kek, out;
	uint8_t buf[256];
	struct wr w = wr_init(buf, sizeof(buf));

	make_kek(&kek);
	kek.ack = 1;
	gdoi_sak_write(&w, ISAKMP_SAT, &kek);
	ck_assert_uint_eq(wr_at(&w), 0x49);
	ck_assert_mem_eq(buf + 0x45, ack, sizeof(ack));
	ck_assert(
		!gdoi_sak_parse(body_of_payload(buf, wr_at(&w)), &out).notify);
	ck_assert_uint_eq(out.ack, 1);
	keybuf_free(&kek.pubkey);
}
END_TEST

START_TEST(ipv6_and_3des_are_read_as_written)
{
	struct gdoi_kek kek, out;
	uint8_t buf[256];
	struct wr w = wr_init(buf, sizeof(buf));

	make_kek(&kek);
	ck_assert(ip_parse(&kek.src.addr, "2001:db8::1"));
	ck_assert(ip_parse(&kek.dst.addr, "ff0e::1:2"));
	kek.cipher = GDOI_KEK_3DES;
	kek.key_bits = 192;
	gdoi_sak_write(&w, ISAKMP_NONE, &kek);
	ck_assert(
		!gdoi_sak_parse(body_of_payload(buf, wr_at(&w)), &out).notify);
	ck_assert(endpoint_equal(&kek.src, &out.src));
	ck_assert(endpoint_equal(&kek.dst, &out.dst));
	ck_assert_int_eq(out.cipher, GDOI_KEK_3DES);
	ck_assert_uint_eq(out.key_bits, 192);
	keybuf_free(&kek.pubkey);
}
END_TEST

/* Of the attributes, lifetime and signature length may be missing; the rest of
 * a cut leaves no cipher, no signature or half an attribute. */
START_TEST(truncations_are_refused)
{
	size_t i, body = sizeof(wire) - 4;

	for (i = 0; i <= body; i++)
		ck_assert_int_eq(parses_copy(parses, wire + 4, i),
				 i == body || i == body - 4);
}
END_TEST

START_TEST(changed_octets_do_no_harm)
{
	ck_assert_uint_gt(survives_flips(parses, wire + 4, sizeof(wire) - 4),
			  0);
}
END_TEST

/* {offset in wire, what stands there instead} */
static const uint8_t wrong[][2] = {
	{ 4, 6 },    /* TCP */
	{ 5, 4 },    /* source is a subnet */
	{ 8, 3 },    /* source of 3 octets */
	{ 44, 4 },   /* unknown cipher */
	{ 48, 127 }, /* AES with 127 bits */
	{ 60, 6 },   /* unknown hash */
	{ 64, 2 },   /* DSS */
	{ 66, 8 },   /* attribute 8 is reserved */
	{ 66, 128 }, /* private attribute */
};

START_TEST(wrong_values_are_refused)
{
	uint8_t copy[sizeof(wire)];

	memcpy(copy, wire, sizeof(wire));
	ck_assert_uint_ne(copy[wrong[_i][0]], wrong[_i][1]);
	copy[wrong[_i][0]] = wrong[_i][1];
	ck_assert(!parses(body_of_payload(copy, sizeof(copy))));
}
END_TEST

static TCase *sak_case(void)
{
	TCase *tc = tcase_create("SAK");

	tcase_add_test(tc, the_worked_example_is_read);
	tcase_add_test(tc, the_worked_example_is_written);
	tcase_add_test(tc, a_requested_acknowledgement_adds_one_attribute);
	tcase_add_test(tc, ipv6_and_3des_are_read_as_written);
	tcase_add_test(tc, truncations_are_refused);
	tcase_add_test(tc, changed_octets_do_no_harm);
	tcase_add_loop_test(tc, wrong_values_are_refused, 0,
			    sizeof(wrong) / sizeof(wrong[0]));
	return tc;
}

RUN_CASES("gdoi_sak", sak_case)
