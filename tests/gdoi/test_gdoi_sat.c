/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gdoi/gdoi_sat.h"
#include "tests/check_main.h"
#include "tests/gdoi/mutate.h"

/* permit ip any any, AES-128-CBC, HMAC-SHA1, tunnel, 3600 s */
static const uint8_t wire[] = {
	0x00, 0x00, 0x00, 0x43, 0x01, 0x00, 0x04, 0x00, 0x00, 0x08, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x08, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0c, 0x6b, 0xaf, 0xd3, 0xab, 0x80,
	0x01, 0x00, 0x01, 0x00, 0x02, 0x00, 0x04, 0x00, 0x00, 0x0e, 0x10, 0x80,
	0x04, 0x00, 0x01, 0x80, 0x05, 0x00, 0x02, 0x80, 0x06, 0x00, 0x80, 0x80,
	0x0e, 0x00, 0x04, 0x80, 0x0f, 0x00, 0x03,
};

/* deny udp any eq 848 any */
static const uint8_t deny_wire[] = {
	0x10, 0x00, 0x00, 0x23, 0x80, 0x11, 0x04, 0x03, 0x50, 0x08, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x08, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

/* permit tcp 2001:db8:1::/48 host 2001:db8::7 eq 443 (RFC 6407 5.5.1:
 * ID_IPV6_ADDR_SUBNET, ID_IPV6_ADDR), the rest as above */
static const uint8_t ipv6_wire[] = {
	0x00,
	0x00,
	0x00,
	0x63,
	0x01,
	0x06,
	/* source: type, port, length, address, mask */
	0x06,
	0x00,
	0x00,
	0x20,
	0x20,
	0x01,
	0x0d,
	0xb8,
	0x00,
	0x01,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0xff,
	0xff,
	0xff,
	0xff,
	0xff,
	0xff,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	/* destination: type, port, length, address */
	0x05,
	0x01,
	0xbb,
	0x10,
	0x20,
	0x01,
	0x0d,
	0xb8,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x07,
	/* the SA */
	0x0c,
	0x6b,
	0xaf,
	0xd3,
	0xab,
	0x80,
	0x01,
	0x00,
	0x01,
	0x00,
	0x02,
	0x00,
	0x04,
	0x00,
	0x00,
	0x0e,
	0x10,
	0x80,
	0x04,
	0x00,
	0x01,
	0x80,
	0x05,
	0x00,
	0x02,
	0x80,
	0x06,
	0x00,
	0x80,
	0x80,
	0x0e,
	0x00,
	0x04,
	0x80,
	0x0f,
	0x00,
	0x03,
};

static bool parses(struct rd body)
{
	struct gdoi_sat sat;

	return !gdoi_sat_parse(body, true, &sat).notify;
}

START_TEST(the_worked_example_is_read)
{
	struct gdoi_sat sat;
	struct isakmp_fault fault;
	struct ace ace;

	fault = gdoi_sat_parse(body_of_payload(wire, sizeof(wire)), false,
			       &sat);
	ck_assert_uint_eq(fault.notify, 0);
	ck_assert_uint_eq(sat.spi, 0x6bafd3ab);
	ck_assert_int_eq(sat.transform.cipher, ESP_AES_CBC);
	ck_assert_uint_eq(sat.transform.key_bits, 128);
	ck_assert_int_eq(sat.transform.auth, ESP_AUTH_SHA1);
	ck_assert(!sat.transform.transport);
	ck_assert_uint_eq(sat.lifetime, 3600);
	ck_assert_uint_eq(sat.preserve, GDOI_PRESERVE_BOTH);
	ck_assert_uint_eq(sat.direction, GDOI_SYMMETRIC);
	ck_assert(gdoi_sat_to_ace(&sat, &ace));
	ck_assert(ace.permit && ace.protocol == 0);
	ck_assert_uint_eq(ip_v4_host(&ace.src_wild), 0xffffffff);
	ck_assert_uint_eq(ip_v4_host(&ace.dst_wild), 0xffffffff);
}
END_TEST

START_TEST(the_worked_example_is_written)
{
	struct gdoi_sat sat = {
		.spi = 0x6bafd3ab,
		.transform = { .cipher = ESP_AES_CBC,
			       .key_bits = 128,
			       .auth = ESP_AUTH_SHA1 },
		.lifetime = 3600,
		.preserve = GDOI_PRESERVE_BOTH,
		.direction = GDOI_SYMMETRIC,
	};
	uint8_t buf[256];
	struct wr w = wr_init(buf, sizeof(buf));
	struct ace any;

	ace_init(&any);
	ck_assert(gdoi_sat_from_ace(&any, &sat));
	gdoi_sat_write(&w, ISAKMP_NONE, &sat);
	ck_assert_octets(buf, wr_at(&w), wire, sizeof(wire));
}
END_TEST

static struct ace ipv6_entry(void)
{
	struct ace ace;
	size_t i;

	ace_init6(&ace);
	ace.protocol = 6;
	ck_assert(ip_parse(&ace.src, "2001:db8:1::"));
	memset(ace.src_wild.b, 0, 6);
	ck_assert(ip_parse(&ace.dst, "2001:db8::7"));
	for (i = 0; i < sizeof(ace.dst_wild.b); i++)
		ace.dst_wild.b[i] = 0;
	ace.dport = (struct ace_port){ .op = ACE_EQ, .lo = 443 };
	return ace;
}

START_TEST(an_ipv6_entry_is_written_and_read)
{
	struct gdoi_sat sat = {
		.spi = 0x6bafd3ab,
		.transform = { .cipher = ESP_AES_CBC,
			       .key_bits = 128,
			       .auth = ESP_AUTH_SHA1 },
		.lifetime = 3600,
		.preserve = GDOI_PRESERVE_BOTH,
		.direction = GDOI_SYMMETRIC,
	};
	struct ace ace = ipv6_entry(), back;
	uint8_t buf[256];
	struct wr w = wr_init(buf, sizeof(buf));
	struct gdoi_sat out;

	ck_assert(gdoi_sat_from_ace(&ace, &sat));
	gdoi_sat_write(&w, ISAKMP_NONE, &sat);
	ck_assert_octets(buf, wr_at(&w), ipv6_wire, sizeof(ipv6_wire));
	ck_assert(!gdoi_sat_parse(body_of_payload(buf, wr_at(&w)), false, &out)
			   .notify);
	ck_assert(gdoi_sat_to_ace(&out, &back));
	ck_assert(ace_equal(&ace, &back));
	ck_assert_int_eq(ace_family(&back), IP_V6);
}
END_TEST

START_TEST(ipv6_any_is_a_subnet_of_no_bits)
{
	struct gdoi_sat sat = { .transform.cipher = ESP_NULL }, out;
	uint8_t buf[256];
	struct wr w = wr_init(buf, sizeof(buf));
	struct ace any, back;

	ace_init6(&any);
	any.permit = false;
	ck_assert(gdoi_sat_from_ace(&any, &sat));
	gdoi_sat_write(&w, ISAKMP_NONE, &sat);
	ck_assert_uint_eq(buf[6], 6); /* ID_IPV6_ADDR_SUBNET */
	ck_assert(!gdoi_sat_parse(body_of_payload(buf, wr_at(&w)), true, &out)
			   .notify);
	ck_assert(gdoi_sat_to_ace(&out, &back));
	ck_assert(ace_equal(&any, &back));
}
END_TEST

START_TEST(a_deny_entry_is_written_and_read)
{
	struct gdoi_sat sat = { 0 }, out;
	uint8_t buf[256];
	struct wr w = wr_init(buf, sizeof(buf));
	struct ace ace, back;

	ace_init(&ace);
	ace.permit = false;
	ace.protocol = 17;
	ace.sport = (struct ace_port){ .op = ACE_EQ, .lo = 848 };
	ck_assert(gdoi_sat_from_ace(&ace, &sat));
	gdoi_sat_write(&w, ISAKMP_SAT, &sat);
	ck_assert_octets(buf, wr_at(&w), deny_wire, sizeof(deny_wire));
	ck_assert(!gdoi_sat_parse(body_of_payload(buf, wr_at(&w)), true, &out)
			   .notify);
	ck_assert(gdoi_sat_to_ace(&out, &back));
	ck_assert(!back.permit);
	ck_assert_uint_eq(back.protocol, 17);
	ck_assert_int_eq(back.sport.op, ACE_EQ);
	ck_assert_uint_eq(back.sport.lo, 848);
	ck_assert_int_eq(back.dport.op, ACE_ANY);
}
END_TEST

START_TEST(a_deny_entry_is_unknown_without_extensions)
{
	struct gdoi_sat sat;

	ck_assert_uint_eq(
		gdoi_sat_parse(body_of_payload(deny_wire, sizeof(deny_wire)),
			       false, &sat)
			.notify,
		ISAKMP_N_INVALID_PROTOCOL_ID);
}
END_TEST

START_TEST(truncations_are_refused)
{
	size_t i, body = sizeof(wire) - 4;

	/* Direction and preservation have defaults, SAs without integrity are
	 * legal, and a key length is asked for later. */
	for (i = 0; i <= body; i++)
		ck_assert_int_eq(parses_copy(parses, wire + 4, i),
				 i + 16 >= body && (body - i) % 4 == 0);
	refuses_truncations(parses, deny_wire + 4, sizeof(deny_wire) - 4);
	body = sizeof(ipv6_wire) - 4;
	for (i = 0; i <= body; i++)
		ck_assert_int_eq(parses_copy(parses, ipv6_wire + 4, i),
				 i + 16 >= body && (body - i) % 4 == 0);
}
END_TEST

START_TEST(changed_octets_do_no_harm)
{
	ck_assert_uint_gt(survives_flips(parses, wire + 4, sizeof(wire) - 4),
			  0);
	ck_assert_uint_gt(survives_flips(parses, ipv6_wire + 4,
					 sizeof(ipv6_wire) - 4),
			  0);
	ck_assert_uint_gt(survives_flips(parses, deny_wire + 4,
					 sizeof(deny_wire) - 4),
			  0);
}
END_TEST

/* {offset in wire, what stands there instead} */
static const uint8_t wrong[][2] = {
	{ 4, 2 },     /* AH */
	{ 4, 128 },   /* deny with an SA */
	{ 6, 7 },     /* source is a range */
	{ 9, 4 },     /* subnet of 4 octets */
	{ 17, 1 },    /* mask with holes */
	{ 18, 6 },    /* IPv4 to IPv6 */
	{ 30, 13 },   /* CTR */
	{ 30, 3 },    /* 3DES with a key length */
	{ 38, 2 },    /* kilobytes */
	{ 41, 10 },   /* life duration missing, ECN tunnel instead */
	{ 50, 3 },    /* encapsulation mode 3 */
	{ 54, 3 },    /* DES-MAC */
	{ 56, 11 },   /* extended sequence numbers */
	{ 58, 100 },  /* AES with 100 bits */
	{ 62, 5 },    /* preserve 5 */
	{ 66, 0 },    /* direction 0 */
	{ 64, 0x0e }, /* address preservation twice */
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

START_TEST(a_group_description_is_ignored)
{
	uint8_t longer[sizeof(wire) + 4];

	memcpy(longer, wire, sizeof(wire));
	memcpy(longer + sizeof(wire), "\x80\x03\x00\x0e", 4);
	ck_assert(parses(body_of_payload(longer, sizeof(longer))));
}
END_TEST

START_TEST(a_reserved_spi_is_refused)
{
	uint8_t copy[sizeof(wire)];

	memcpy(copy, wire, sizeof(wire));
	memset(copy + 31, 0, 3);
	ck_assert(!parses(body_of_payload(copy, sizeof(copy))));
}
END_TEST

static void range(struct ace *ace)
{
	ace->sport = (struct ace_port){ .op = ACE_RANGE, .lo = 1, .hi = 9 };
}

static void port_zero(struct ace *ace)
{
	ace->dport = (struct ace_port){ .op = ACE_EQ };
}

static void holes(struct ace *ace)
{
	ace->src_wild = ip_v4(0x00ff00ff);
}

static void port_of_ip(struct ace *ace)
{
	ace->protocol = 0;
	ace->dport = (struct ace_port){ .op = ACE_EQ, .lo = 80 };
}

static void two_families(struct ace *ace)
{
	ace->dst.family = IP_V6;
}

static void icmp_type(struct ace *ace)
{
	ace->icmp_type = 8;
}

static void dscp(struct ace *ace)
{
	ace->dscp = 46;
}

static void flow_label(struct ace *ace)
{
	ace->flow_label = 7;
}

static void routing(struct ace *ace)
{
	ace->routing = true;
}

static void (*const unsupported[])(struct ace *ace) = {
	range,	   port_zero, holes,	  port_of_ip, two_families,
	icmp_type, dscp,      flow_label, routing,
};

START_TEST(entries_without_selectors_are_named)
{
	struct gdoi_sat sat = { 0 };
	struct ace ace;

	ace_init(&ace);
	ace.protocol = 6;
	ck_assert_ptr_null(gdoi_ace_unsupported(&ace));
	unsupported[_i](&ace);
	ck_assert_ptr_nonnull(gdoi_ace_unsupported(&ace));
	ck_assert(!gdoi_sat_from_ace(&ace, &sat));
}
END_TEST

static TCase *sat_case(void)
{
	TCase *tc = tcase_create("SAT");

	tcase_add_test(tc, the_worked_example_is_read);
	tcase_add_test(tc, the_worked_example_is_written);
	tcase_add_test(tc, an_ipv6_entry_is_written_and_read);
	tcase_add_test(tc, ipv6_any_is_a_subnet_of_no_bits);
	tcase_add_test(tc, a_deny_entry_is_written_and_read);
	tcase_add_test(tc, a_deny_entry_is_unknown_without_extensions);
	tcase_add_test(tc, truncations_are_refused);
	tcase_add_test(tc, changed_octets_do_no_harm);
	tcase_add_loop_test(tc, wrong_values_are_refused, 0,
			    sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(tc, a_group_description_is_ignored);
	tcase_add_test(tc, a_reserved_spi_is_refused);
	tcase_add_loop_test(tc, entries_without_selectors_are_named, 0,
			    sizeof(unsupported) / sizeof(unsupported[0]));
	return tc;
}

RUN_CASES("gdoi_sat", sat_case)
