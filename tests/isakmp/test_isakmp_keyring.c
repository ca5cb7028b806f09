/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp_keyring.h"

#include <check.h>
#include <stdlib.h>

static struct ip_addr addr(const char *text)
{
	struct ip_addr a;

	ck_assert(ip_parse(&a, text));
	return a;
}

static void set(struct isakmp_keyring *ring, const char *net,
		unsigned int prefix, const char *secret)
{
	struct ip_addr a = addr(net);

	isakmp_keyring_set(ring, &a, prefix, NULL, secret, false);
}

static const char *find(const struct isakmp_keyring *ring, const char *peer)
{
	struct ip_addr a = addr(peer);
	const struct isakmp_psk *psk = isakmp_keyring_find(ring, &a);

	return psk ? psk->secret : "none";
}

START_TEST(the_longest_match_wins_in_any_order)
{
	struct isakmp_keyring ring = TAILQ_HEAD_INITIALIZER(ring);

	ck_assert_str_eq(find(&ring, "10.1.2.3"), "none");
	set(&ring, "10.1.0.0", 16, "net");
	ck_assert_str_eq(find(&ring, "10.1.2.3"), "net");
	ck_assert_str_eq(find(&ring, "10.2.2.3"), "none");
	set(&ring, "0.0.0.0", 0, "all");
	set(&ring, "10.1.2.3", 32, "host");
	ck_assert_str_eq(find(&ring, "10.1.2.3"), "host");
	ck_assert_str_eq(find(&ring, "10.1.2.4"), "net");
	ck_assert_str_eq(find(&ring, "192.168.1.1"), "all");
	isakmp_keyring_free(&ring);
}
END_TEST

START_TEST(everybody_in_ipv4_is_nobody_in_ipv6)
{
	struct isakmp_keyring ring = TAILQ_HEAD_INITIALIZER(ring);

	set(&ring, "0.0.0.0", 0, "all");
	ck_assert_str_eq(find(&ring, "2001:db8::1"), "none");
	set(&ring, "2001:db8::", 32, "six");
	ck_assert_str_eq(find(&ring, "2001:db8::1"), "six");
	isakmp_keyring_free(&ring);
}
END_TEST

START_TEST(a_key_is_replaced_and_removed)
{
	struct isakmp_keyring ring = TAILQ_HEAD_INITIALIZER(ring);
	struct ip_addr a = addr("10.0.0.1");

	set(&ring, "10.0.0.1", 32, "one");
	set(&ring, "10.0.0.1", 32, "two");
	ck_assert_str_eq(find(&ring, "10.0.0.1"), "two");
	ck_assert(!isakmp_keyring_remove(&ring, &a, 24, NULL));
	ck_assert(isakmp_keyring_remove(&ring, &a, 32, NULL));
	ck_assert(TAILQ_EMPTY(&ring));
}
END_TEST

START_TEST(a_key_by_name_is_for_nobody_by_address)
{
	struct isakmp_keyring ring = TAILQ_HEAD_INITIALIZER(ring);
	struct ip_addr none = { 0 };

	isakmp_keyring_set(&ring, &none, 0, "peer.example.com", "named", false);
	ck_assert_str_eq(find(&ring, "10.0.0.1"), "none");
	ck_assert(isakmp_keyring_remove(&ring, &none, 0, "peer.example.com"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("isakmp_keyring");
	TCase *tc = tcase_create("keyring");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, the_longest_match_wins_in_any_order);
	tcase_add_test(tc, everybody_in_ipv4_is_nobody_in_ipv6);
	tcase_add_test(tc, a_key_is_replaced_and_removed);
	tcase_add_test(tc, a_key_by_name_is_for_nobody_by_address);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
