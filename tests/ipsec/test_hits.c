/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/hits.h"

#include "tests/check_main.h"

static struct ipsec_rule rules[3];

static void set_up(void)
{
	for (int i = 0; i < 3; i++) {
		ace_init(&rules[i].ace);
		rules[i].ace.permit = true;
		rules[i].ace.protocol = (uint8_t)(i + 1);
	}
}

START_TEST(each_rule_counts_for_itself)
{
	struct hits *hits = hits_new(rules, 3, 2);

	hits->counts[0][1].out = 7;
	hits->counts[0][1].in = 2;
	hits->counts[1][1].in = 1;
	ck_assert_uint_eq(hits_read(hits, 0).encrypt, 0);
	ck_assert_uint_eq(hits_read(hits, 1).encrypt, 7);
	ck_assert_uint_eq(hits_read(hits, 1).decrypt, 3);
	ck_assert_uint_eq(hits_read(hits, 3).encrypt, 0);
	hits_free(hits);
}
END_TEST

START_TEST(the_next_policy_goes_on_counting_for_the_same_rule)
{
	const struct ipsec_rule turned[2] = { rules[2], rules[1] };
	struct hits *before = hits_new(rules, 3, 2);
	struct hits *after = hits_new(turned, 2, 2);

	before->counts[0][1].out = 7;
	before->counts[0][2].out = 9;
	hits_carry(after, before);
	hits_carry(after, NULL);
	after->counts[0][1].out = 1;
	ck_assert_uint_eq(hits_read(after, 0).encrypt, 9);
	ck_assert_uint_eq(hits_read(after, 1).encrypt, 8);
	hits_free(before);
	hits_free(after);
}
END_TEST

START_TEST(cleared_rules_count_from_zero)
{
	struct hits *hits = hits_new(rules, 3, 2);

	hits->counts[0][0].out = 7;
	hits_clear(hits);
	ck_assert_uint_eq(hits_read(hits, 0).encrypt, 0);
	hits->counts[0][0].out++;
	ck_assert_uint_eq(hits_read(hits, 0).encrypt, 1);
	hits_free(hits);
}
END_TEST

static TCase *counting(void)
{
	TCase *tc = tcase_create("hits");

	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, each_rule_counts_for_itself);
	tcase_add_test(tc, the_next_policy_goes_on_counting_for_the_same_rule);
	tcase_add_test(tc, cleared_rules_count_from_zero);
	return tc;
}

RUN_CASES("hits", counting)
