/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/addr.h"

#include <netinet/in.h>

#include "tests/check_main.h"

START_TEST(text_and_back)
{
	static const char *const texts[] = { "192.168.111.111", "0.0.0.0",
					     "255.255.255.255", "10.0.33.2" };
	struct ip_addr a;
	char out[IP_ADDR_TEXT];
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert(ip_parse(&a, texts[i]));
		ck_assert_str_eq(ip_text(&a, out), texts[i]);
		ck_assert_uint_eq(a.family, IP_V4);
	}
	ck_assert(ip_parse(&a, "2001:db8::1"));
	ck_assert_str_eq(ip_text(&a, out), "2001:DB8::1");
}
END_TEST

START_TEST(what_is_no_address_is_refused)
{
	static const char *const texts[] = { "",	  "1",
					     "1.2.3",	  "1.2.3.256",
					     "1.2.3.4.5", "a.b.c.d",
					     "1.2.3.4 ",  "01.2.3.4" };
	struct ip_addr a;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(!ip_parse(&a, texts[i]), "%s", texts[i]);
}
END_TEST

START_TEST(every_prefix_is_its_mask)
{
	struct ip_addr m = ip_mask(IP_V4, (unsigned int)_i);

	ck_assert_int_eq(ip_prefix(&m), _i);
}
END_TEST

START_TEST(a_mask_with_a_hole_is_none)
{
	struct ip_addr m = ip_v4(0xff00ff00);

	ck_assert_int_eq(ip_prefix(&m), -1);
}
END_TEST

START_TEST(networks_hold_their_addresses)
{
	struct ip_addr net = ip_v4(0x0a000000), in = ip_v4(0x0a0000ff);
	struct ip_addr out = ip_v4(0x0a000100);

	ck_assert(ip_in(&in, &net, 24));
	ck_assert(!ip_in(&out, &net, 24));
	ck_assert(ip_in(&out, &net, 0));
}
END_TEST

START_TEST(endpoints_survive_the_socket_address)
{
	struct endpoint e = { ip_v4(0xc0a80b03), 848, 0 }, back;
	struct sockaddr_storage ss;
	char out[ENDPOINT_TEXT];

	ck_assert_uint_eq(endpoint_to_sockaddr(&e, &ss),
			  sizeof(struct sockaddr_in));
	ck_assert(endpoint_from_sockaddr(&back, (struct sockaddr *)&ss));
	ck_assert(endpoint_equal(&e, &back));
	ck_assert_str_eq(endpoint_text(&e, out), "192.168.11.3/848");
}
END_TEST

START_TEST(multicast_is_seen)
{
	struct ip_addr m = ip_v4(0xef000102), u = ip_v4(0xdfffffff);

	ck_assert(ip_is_multicast(&m));
	ck_assert(!ip_is_multicast(&u));
}
END_TEST

static TCase *addresses(void)
{
	TCase *tc = tcase_create("addresses");

	tcase_add_test(tc, text_and_back);
	tcase_add_test(tc, what_is_no_address_is_refused);
	tcase_add_loop_test(tc, every_prefix_is_its_mask, 0, 33);
	tcase_add_test(tc, a_mask_with_a_hole_is_none);
	tcase_add_test(tc, networks_hold_their_addresses);
	tcase_add_test(tc, endpoints_survive_the_socket_address);
	tcase_add_test(tc, multicast_is_seen);
	return tc;
}

RUN_CASES("addr", addresses)
