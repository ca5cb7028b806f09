/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gm/gm_keys.h"

#include <string.h>

#include "base/mem.h"
#include "tests/check_main.h"

static struct gm_keys keys;

static void registers(struct gdoi_policy *policy, int64_t now)
{
	struct gm_keys next;

	gm_keys_pulled(&keys, policy, now, &next);
	gm_keys_drop(&keys);
	keys = next;
}

static void set_up(void)
{
	keys = (struct gm_keys){ 0 };
}

static void tear_down(void)
{
	gm_keys_drop(&keys);
}

static void add_tek(struct gdoi_policy *p, uint32_t spi, uint32_t lifetime)
{
	struct gdoi_tek *t;

	p->teks = xrealloc(p->teks, p->n_teks + 1, sizeof(*p->teks));
	t = &p->teks[p->n_teks++];
	*t = (struct gdoi_tek){ .spi = spi, .lifetime = lifetime };
	t->transform.cipher = ESP_AES_CBC;
	t->transform.key_bits = 128;
	t->transform.auth = ESP_AUTH_SHA1;
	keybuf_set(&t->key, "0123456789abcdef", 16);
	keybuf_set(&t->auth_key, "0123456789abcdef0123", 20);
}

/* permit ip any any under the last TEK. */
static void add_permit(struct gdoi_policy *p)
{
	struct gdoi_rule *r;

	p->rules = xrealloc(p->rules, p->n_rules + 1, sizeof(*p->rules));
	r = &p->rules[p->n_rules++];
	*r = (struct gdoi_rule){ .tek = (unsigned int)p->n_teks - 1 };
	ace_init(&r->ace);
	r->ace.permit = true;
}

static struct gdoi_policy *one_tek(uint32_t spi, uint32_t lifetime)
{
	struct gdoi_policy *p = gdoi_policy_new();

	add_tek(p, spi, lifetime);
	add_permit(p);
	return p;
}

START_TEST(the_first_tek_is_used_at_once)
{
	registers(one_tek(1000, 3600), SEC(5));
	ck_assert_uint_eq(keys.n_teks, 1);
	ck_assert_int_eq(keys.teks[0].send_from, SEC(5));
	ck_assert_int_eq(keys.teks[0].expires, SEC(3605));
	ck_assert(keys.teks[0].before == SIZE_MAX);
}
END_TEST

START_TEST(a_new_tek_waits_until_the_old_one_is_nearly_over)
{
	registers(one_tek(1000, 3600), 0);
	registers(one_tek(1001, 3600), SEC(3400));
	ck_assert_uint_eq(keys.n_teks, 2);
	ck_assert_uint_eq(keys.teks[0].tek.spi, 1001);
	ck_assert_uint_eq(keys.teks[0].before, 1);
	ck_assert_int_eq(keys.teks[0].send_from,
			 SEC(3600 - GM_SWITCH_BEFORE_EXPIRY));
	ck_assert_int_eq(keys.teks[1].expires, SEC(3600));
}
END_TEST

START_TEST(the_same_tek_again_keeps_its_start)
{
	registers(one_tek(1000, 3600), 0);
	registers(one_tek(1001, 3600), SEC(3400));
	registers(one_tek(1001, 3590), SEC(3410));
	ck_assert_uint_eq(keys.n_teks, 2);
	ck_assert_int_eq(keys.teks[0].send_from,
			 SEC(3600 - GM_SWITCH_BEFORE_EXPIRY));
}
END_TEST

START_TEST(a_policy_may_bring_the_tek_before_along)
{
	struct gdoi_policy *p = gdoi_policy_new();

	add_tek(p, 1001, 3600);
	add_permit(p);
	add_tek(p, 1000, 200);
	p->teks[1].old = true;
	p->teks[1].newer = 0;
	registers(p, 0);
	ck_assert_uint_eq(keys.teks[0].before, 1);
	ck_assert_int_eq(keys.teks[0].send_from,
			 SEC(200 - GM_SWITCH_BEFORE_EXPIRY));
}
END_TEST

START_TEST(activation_delay_is_kept)
{
	struct gdoi_policy *p = one_tek(1000, 3600);

	p->atd = 15;
	registers(p, SEC(1));
	ck_assert_int_eq(keys.teks[0].send_from, SEC(16));
}
END_TEST

START_TEST(an_expired_tek_is_not_taken_along)
{
	registers(one_tek(1000, 100), 0);
	registers(one_tek(1001, 3600), SEC(200));
	ck_assert_uint_eq(keys.n_teks, 1);
	ck_assert_int_eq(keys.teks[0].send_from, SEC(200));
}
END_TEST

START_TEST(with_the_last_tek_everything_goes)
{
	registers(one_tek(1000, 100), 0);
	ck_assert_int_eq(gm_keys_next_expiry(&keys), SEC(100));
	gm_keys_expire(&keys, SEC(99));
	ck_assert_ptr_nonnull(keys.policy);
	gm_keys_expire(&keys, SEC(100));
	ck_assert_ptr_null(keys.policy);
	ck_assert_uint_eq(keys.n_teks, 0);
}
END_TEST

START_TEST(an_expired_key_is_wiped_while_others_live)
{
	registers(one_tek(1000, 100), 0);
	registers(one_tek(1001, 3600), SEC(50));
	gm_keys_expire(&keys, SEC(100));
	ck_assert_uint_eq(keys.n_teks, 2);
	ck_assert_ptr_null(keys.teks[1].tek.key.data);
	ck_assert_int_eq(gm_keys_next_expiry(&keys), SEC(3650));
}
END_TEST

START_TEST(the_first_of_the_newest_teks_is_their_end)
{
	struct gdoi_policy *p = one_tek(1000, 3600);
	uint32_t lifetime;

	add_tek(p, 1001, 300);
	add_permit(p);
	add_tek(p, 999, 100);
	ck_assert_int_eq(gm_keys_end(&keys, &lifetime), INT64_MAX);
	registers(p, SEC(10));
	ck_assert_int_eq(gm_keys_end(&keys, &lifetime), SEC(310));
	ck_assert_uint_eq(lifetime, 300);
}
END_TEST

START_TEST(a_hostile_key_server_cannot_make_it_grow)
{
	unsigned int i, j;

	for (i = 0; i < 10; i++) {
		struct gdoi_policy *p = gdoi_policy_new();

		for (j = 0; j < GDOI_MAX_TEKS; j++)
			add_tek(p, 1000 + i * GDOI_MAX_TEKS + j, 86400);
		add_permit(p);
		registers(p, SEC(i));
		ck_assert_uint_le(keys.n_teks, GM_MAX_TEKS);
	}
}
END_TEST

static TCase *roll_over(void)
{
	TCase *tc = tcase_create("keys");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, the_first_tek_is_used_at_once);
	tcase_add_test(tc, a_new_tek_waits_until_the_old_one_is_nearly_over);
	tcase_add_test(tc, the_same_tek_again_keeps_its_start);
	tcase_add_test(tc, a_policy_may_bring_the_tek_before_along);
	tcase_add_test(tc, activation_delay_is_kept);
	tcase_add_test(tc, an_expired_tek_is_not_taken_along);
	tcase_add_test(tc, with_the_last_tek_everything_goes);
	tcase_add_test(tc, an_expired_key_is_wiped_while_others_live);
	tcase_add_test(tc, the_first_of_the_newest_teks_is_their_end);
	tcase_add_test(tc, a_hostile_key_server_cannot_make_it_grow);
	return tc;
}

RUN_CASES("gm_keys", roll_over)
