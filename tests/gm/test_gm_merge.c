/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rekey's policy joins what is there. */
#include <string.h>

#include "base/mem.h"
#include "gm/gm_keys.h"
#include "tests/check_main.h"

static struct gm_keys keys;

static void set_up(void)
{
	keys = (struct gm_keys){ 0 };
}

static void tear_down(void)
{
	gm_keys_drop(&keys);
}

/* --- policies -------------------------------------------------------------------- */

static struct gdoi_tek *add_tek(struct gdoi_policy *p, uint32_t spi,
				uint32_t lifetime)
{
	struct gdoi_tek *t;

	p->teks = xrealloc(p->teks, p->n_teks + 1, sizeof(*p->teks));
	t = &p->teks[p->n_teks++];
	*t = (struct gdoi_tek){ .spi = spi, .lifetime = lifetime };
	t->transform = (struct esp_transform){ .cipher = ESP_AES_CBC,
					       .key_bits = 128,
					       .auth = ESP_AUTH_SHA1 };
	keybuf_set(&t->key, "0123456789abcdef", 16);
	keybuf_set(&t->auth_key, "0123456789abcdef0123", 20);
	return t;
}

/* TEK spi for all traffic; before: the one before it, 0: none. */
static struct gdoi_policy *policy(uint32_t spi, uint32_t lifetime,
				  uint32_t before, uint32_t before_left)
{
	struct gdoi_policy *p = gdoi_policy_new();

	add_tek(p, spi, lifetime);
	p->rules = xcalloc(1, sizeof(*p->rules));
	p->n_rules = 1;
	ace_init(&p->rules[0].ace);
	p->rules[0].ace.permit = true;
	if (before)
		add_tek(p, before, before_left)->old = true;
	return p;
}

static struct gdoi_policy *with_kek(struct gdoi_policy *p, uint8_t spi,
				    uint32_t lifetime)
{
	p->has_kek = true;
	memset(p->kek.spi, spi, sizeof(p->kek.spi));
	p->kek.lifetime = lifetime;
	keybuf_set(&p->kek.pubkey, "public", 6);
	return p;
}

static struct gdoi_policy *with_sid(struct gdoi_policy *p, uint32_t sid)
{
	p->sids = xcalloc(1, sizeof(*p->sids));
	p->sids[0] = sid;
	p->n_sids = 1;
	p->sid_bits = 24;
	return p;
}

/* The first n TEKs are of a counter mode. */
static struct gdoi_policy *counting(struct gdoi_policy *p, size_t n)
{
	while (n--)
		p->teks[n].transform.cipher = ESP_AES_GCM;
	return p;
}

static struct gdoi_policy *with_clock(struct gdoi_policy *p, uint64_t seconds)
{
	p->has_pseudotime = true;
	p->pseudotime = seconds << 32;
	return p;
}

static void becomes(struct gm_keys *next)
{
	gm_keys_drop(&keys);
	keys = *next;
}

static void registers(struct gdoi_policy *p, int64_t now)
{
	struct gm_keys next;

	gm_keys_pulled(&keys, p, now, &next);
	becomes(&next);
}

static void rekeys(struct gdoi_push *push, int64_t now)
{
	struct gm_keys next;

	gm_keys_pushed(&keys, push, now, &next);
	ck_assert_ptr_null(push->policy);
	becomes(&next);
}

static void is_rekeyed(struct gdoi_policy *p, int64_t now)
{
	struct gdoi_push push = { .policy = p };

	rekeys(&push, now);
}

static const struct gm_tek *tek(uint32_t spi)
{
	size_t i = gm_keys_find(&keys, spi);

	ck_assert_msg(i != SIZE_MAX, "%u is not there", spi);
	return &keys.teks[i];
}

static void has_sid(uint32_t spi, uint32_t sid)
{
	ck_assert_uint_eq(tek(spi)->sid, sid);
	ck_assert_uint_eq(tek(spi)->sid_bits, 24);
}

/* --- TEKs --------------------------------------------------------------------------- */

START_TEST(an_end_that_is_known_never_moves_later)
{
	registers(policy(1000, 3600, 0, 0), 0);
	is_rekeyed(policy(1000, 3600, 0, 0), SEC(100));
	ck_assert_int_eq(tek(1000)->expires, SEC(3600));
	is_rekeyed(policy(1000, 180, 0, 0), SEC(100));
	ck_assert_int_eq(tek(1000)->expires, SEC(280));
	is_rekeyed(policy(1000, 3400, 0, 0), SEC(200));
	ck_assert_int_eq(tek(1000)->expires, SEC(280));
}
END_TEST

START_TEST(a_life_is_as_long_as_it_was_told_first)
{
	uint32_t lifetime;

	registers(policy(1000, 3600, 0, 0), 0);
	is_rekeyed(policy(1000, 900, 0, 0), SEC(2700));
	ck_assert_int_eq(gm_keys_end(&keys, &lifetime), SEC(3600));
	ck_assert_uint_eq(lifetime, 3600);
	registers(policy(1000, 800, 0, 0), SEC(2800));
	ck_assert_int_eq(gm_keys_end(&keys, &lifetime), SEC(3600));
	ck_assert_uint_eq(lifetime, 3600);
}
END_TEST

START_TEST(a_late_message_counts_from_when_it_was_sent)
{
	struct gdoi_policy *p = policy(1001, 3600, 1000, 180);

	registers(policy(1000, 3600, 0, 0), 0);
	p->as_of = SEC(100);
	is_rekeyed(p, SEC(130));
	ck_assert_int_eq(tek(1001)->expires, SEC(3700));
	ck_assert_int_eq(tek(1000)->expires, SEC(280));
	ck_assert_int_eq(tek(1001)->send_from, SEC(250));
}
END_TEST

START_TEST(three_teks_follow_each_other)
{
	registers(policy(1000, 3600, 0, 0), 0);
	is_rekeyed(policy(1001, 3600, 1000, 180), SEC(100));
	is_rekeyed(policy(1002, 3600, 1001, 180), SEC(110));
	ck_assert_uint_eq(keys.n_teks, 3);
	ck_assert_uint_eq(keys.teks[0].before, gm_keys_find(&keys, 1001));
	ck_assert_uint_eq(tek(1001)->before, gm_keys_find(&keys, 1000));
	ck_assert(tek(1000)->before == SIZE_MAX);
	ck_assert_int_eq(tek(1000)->send_from, 0);
	ck_assert_int_eq(tek(1001)->send_from, SEC(250));
	ck_assert_int_eq(tek(1002)->send_from, SEC(260));
}
END_TEST

/* The same as a member hears that registers then: both old ones are named. */
START_TEST(a_young_member_has_the_same_order)
{
	struct gdoi_policy *p = policy(1002, 3600, 1001, 180);

	add_tek(p, 1000, 170)->old = true;
	registers(p, SEC(110));
	ck_assert_uint_eq(keys.teks[0].before, 1);
	ck_assert_uint_eq(keys.teks[1].before, 2);
	ck_assert_int_eq(tek(1000)->send_from, SEC(110));
	ck_assert_int_eq(tek(1001)->send_from, SEC(250));
	ck_assert_int_eq(tek(1002)->send_from, SEC(260));
}
END_TEST

START_TEST(an_old_one_that_ends_earlier_is_left_earlier)
{
	registers(policy(1000, 3600, 0, 0), 0);
	is_rekeyed(policy(1001, 3600, 1000, 3400), SEC(200));
	ck_assert_int_eq(tek(1001)->send_from, SEC(3570));
	is_rekeyed(policy(1001, 3600, 1000, 90), SEC(210));
	ck_assert_int_eq(tek(1001)->send_from, SEC(270));
	ck_assert_int_eq(tek(1000)->expires, SEC(300));
}
END_TEST

START_TEST(one_that_is_in_use_is_not_put_off_again)
{
	registers(policy(1000, 3600, 0, 0), 0);
	is_rekeyed(policy(1001, 3600, 1000, 180), SEC(100));
	is_rekeyed(policy(1001, 3440, 1000, 20), SEC(260));
	ck_assert_int_eq(tek(1001)->send_from, SEC(250));
}
END_TEST

START_TEST(replace_now_drops_the_old_and_sends_at_once)
{
	struct gdoi_push push = { .delete_teks = true };

	registers(policy(1000, 3600, 0, 0), 0);
	push.policy = policy(1001, 3600, 0, 0);
	push.policy->atd = 15;
	rekeys(&push, SEC(100));
	ck_assert_uint_eq(keys.n_teks, 1);
	ck_assert_int_eq(tek(1001)->send_from, SEC(100));
	ck_assert(tek(1001)->before == SIZE_MAX);
}
END_TEST

/* The same rekey again, to who had heard of the new TEK by another way. */
START_TEST(a_tek_that_waits_for_its_turn_does_not_when_the_old_is_dropped)
{
	struct gdoi_push push = { .delete_teks = true };

	registers(policy(1000, 3600, 0, 0), 0);
	is_rekeyed(policy(1001, 3600, 1000, 3500), SEC(100));
	ck_assert_int_gt(tek(1001)->send_from, SEC(3000));
	push.policy = policy(1001, 3600, 0, 0);
	rekeys(&push, SEC(101));
	ck_assert_uint_eq(keys.n_teks, 1);
	ck_assert_int_eq(tek(1001)->send_from, SEC(101));
}
END_TEST

START_TEST(a_single_tek_can_be_deleted)
{
	struct gdoi_push push = { .n_deleted = 1, .deleted = { 1000 } };

	registers(policy(1000, 3600, 0, 0), 0);
	is_rekeyed(policy(1001, 3600, 1000, 180), SEC(100));
	push.policy = policy(1001, 3590, 0, 0);
	rekeys(&push, SEC(110));
	ck_assert_uint_eq(keys.n_teks, 1);
}
END_TEST

START_TEST(the_last_tek_deleted_takes_the_policy_along)
{
	struct gdoi_push push = { .n_deleted = 1, .deleted = { 1000 } };
	struct gm_keys next;

	registers(policy(1000, 3600, 0, 0), 0);
	gm_keys_without(&keys, &push, SEC(100), &next);
	ck_assert_ptr_nonnull(keys.policy);
	becomes(&next);
	ck_assert_ptr_null(keys.policy);
}
END_TEST

static struct gdoi_policy *deny_only(void)
{
	struct gdoi_policy *p = gdoi_policy_new();

	p->rules = xcalloc(1, sizeof(*p->rules));
	p->n_rules = 1;
	ace_init(&p->rules[0].ace);
	p->rules[0].ace.permit = false;
	return p;
}

START_TEST(a_policy_that_protects_nothing_lives_as_long_as_its_kek)
{
	registers(with_kek(policy(1000, 3600, 0, 0), 7, 9000), 0);
	is_rekeyed(deny_only(), SEC(100));
	gm_keys_expire(&keys, SEC(3600));
	ck_assert_ptr_nonnull(keys.policy);
	ck_assert(keys.policy->has_kek);
	gm_keys_expire(&keys, SEC(9000));
	ck_assert_ptr_null(keys.policy);
	registers(deny_only(), 0);
	gm_keys_expire(&keys, SEC(100000));
	ck_assert_ptr_nonnull(keys.policy);
}
END_TEST

/* The TEK of a rule that is no more does not protect the others. */
START_TEST(a_policy_ends_with_the_last_tek_of_its_rules)
{
	struct gdoi_policy *p = policy(1001, 600, 0, 0);

	registers(with_kek(policy(1000, 3600, 0, 0), 7, 9000), 0);
	p->rules[0].ace.protocol = 17;
	is_rekeyed(p, SEC(100));
	ck_assert(tek(1001)->before == SIZE_MAX);
	gm_keys_expire(&keys, SEC(699));
	ck_assert_ptr_nonnull(keys.policy);
	gm_keys_expire(&keys, SEC(700));
	ck_assert_ptr_null(keys.policy);
}
END_TEST

START_TEST(only_another_tek_to_send_with_is_a_renewal)
{
	registers(policy(1000, 3600, 0, 0), 0);
	ck_assert(keys.renewed);
	is_rekeyed(policy(1000, 3500, 0, 0), SEC(100));
	ck_assert(!keys.renewed);
	is_rekeyed(policy(1001, 3600, 1000, 180), SEC(110));
	ck_assert(keys.renewed);
}
END_TEST

/* Two policies of a hostile key server: each names the other's TEK old. */
START_TEST(a_ring_is_not_made)
{
	int i;

	registers(policy(1000, 3600, 1001, 3600), 0);
	for (i = 1; i < 10; i++)
		is_rekeyed(policy(1000 + i % 2, 3600, 1001 - i % 2, 3600),
			   SEC(i));
	ck_assert_uint_eq(keys.n_teks, 2);
	ck_assert(keys.teks[0].before == SIZE_MAX ||
		  keys.teks[1].before == SIZE_MAX);
}
END_TEST

/* --- the rest ------------------------------------------------------------------------- */

START_TEST(the_kek_stays_when_none_comes)
{
	registers(with_kek(policy(1000, 3600, 0, 0), 7, 9000), 0);
	is_rekeyed(policy(1001, 3600, 1000, 180), SEC(100));
	ck_assert(keys.policy->has_kek);
	ck_assert_uint_eq(keys.policy->kek.spi[0], 7);
	ck_assert_uint_eq(keys.policy->kek.pubkey.len, 6);
	ck_assert_int_eq(keys.kek_expires, SEC(9000));
	is_rekeyed(with_kek(policy(1001, 3600, 0, 0), 8, 9000), SEC(200));
	ck_assert_uint_eq(keys.policy->kek.spi[0], 8);
	ck_assert_int_eq(keys.kek_expires, SEC(9200));
}
END_TEST

START_TEST(a_deleted_kek_goes_and_the_teks_stay)
{
	struct gdoi_push push = { .delete_kek = true };
	struct gm_keys next;

	registers(with_kek(policy(1000, 3600, 0, 0), 7, 9000), 0);
	push.policy = policy(1000, 180, 0, 0);
	rekeys(&push, SEC(100));
	ck_assert(!keys.policy->has_kek);
	ck_assert_int_eq(tek(1000)->expires, SEC(280));
	registers(with_kek(policy(1000, 3600, 0, 0), 7, 9000), SEC(200));
	gm_keys_without(&keys, &push, SEC(300), &next);
	becomes(&next);
	ck_assert(!keys.policy->has_kek);
	ck_assert_uint_eq(tek(1000)->tek.key.len, 16);
}
END_TEST

START_TEST(sender_ids_stay)
{
	registers(with_sid(counting(policy(1000, 3600, 0, 0), 1), 42), 0);
	is_rekeyed(counting(policy(1001, 3600, 1000, 180), 2), SEC(100));
	ck_assert_uint_eq(keys.policy->n_sids, 1);
	ck_assert_uint_eq(keys.policy->sids[0], 42);
	ck_assert_uint_eq(keys.policy->sid_bits, 24);
	has_sid(1001, 42);
	ck_assert(!gm_keys_lack_sid(&keys));
	registers(counting(policy(1001, 3600, 0, 0), 1), SEC(200));
	ck_assert_uint_eq(keys.policy->n_sids, 0);
	ck_assert(gm_keys_lack_sid(&keys));
}
END_TEST

/* The key server has given them to others meanwhile, for all we know. */
START_TEST(sender_ids_do_not_outlive_the_counter_mode)
{
	struct gdoi_policy *p = policy(1001, 3600, 1000, 180);

	registers(with_sid(counting(policy(1000, 3600, 0, 0), 1), 42), 0);
	p->teks[1].transform.cipher = ESP_AES_GCM;
	is_rekeyed(p, SEC(100));
	ck_assert_uint_eq(keys.policy->n_sids, 0);
	has_sid(1000, 42); /* it is still sent with */
	ck_assert_uint_eq(tek(1001)->sid_bits, 0);
	ck_assert(!gm_keys_lack_sid(&keys));
	is_rekeyed(counting(policy(1002, 3600, 0, 0), 1), SEC(200));
	ck_assert_uint_eq(keys.policy->n_sids, 0);
	ck_assert_uint_eq(tek(1002)->sid_bits, 0);
	ck_assert(gm_keys_lack_sid(&keys));
}
END_TEST

/* As after a restart of the key server, which begins to number anew. */
START_TEST(a_new_sender_id_is_not_for_keys_that_did_not_come_with_it)
{
	registers(with_sid(counting(policy(1000, 3600, 0, 0), 1), 42), 0);
	registers(with_sid(counting(policy(1001, 3600, 0, 0), 1), 7), SEC(100));
	has_sid(1000, 42);
	has_sid(1001, 7);
	registers(with_sid(counting(policy(1001, 3500, 0, 0), 1), 8), SEC(200));
	has_sid(1001, 8);
}
END_TEST

START_TEST(the_clock_runs_on_through_a_message_without_one)
{
	registers(with_clock(policy(1000, 3600, 0, 0), 500), SEC(10));
	ck_assert_int_eq(gm_keys_pseudotime(&keys, SEC(60)), SEC(550));
	is_rekeyed(policy(1001, 3600, 1000, 180), SEC(100));
	ck_assert(keys.policy->has_pseudotime);
	ck_assert_int_eq(gm_keys_pseudotime(&keys, SEC(110)), SEC(600));
	ck_assert_int_eq(keys.synced, SEC(10));
	is_rekeyed(with_clock(policy(1001, 3600, 0, 0), 700), SEC(120));
	ck_assert_int_eq(gm_keys_pseudotime(&keys, SEC(120)), SEC(700));
	ck_assert_int_eq(keys.synced, SEC(120));
}
END_TEST

static struct gdoi_policy *timed(struct gdoi_policy *p, uint32_t window)
{
	p->tbar = true;
	p->tbar_window = window;
	return p;
}

/* Members that have not heard of the change send under it as before. */
START_TEST(a_tek_keeps_its_kind_of_anti_replay)
{
	struct gdoi_policy *p;
	size_t old;

	registers(timed(with_clock(policy(1000, 3600, 0, 0), 500), 5), 0);
	p = with_clock(policy(1001, 3600, 1000, 180), 600);
	p->replay_window = 64;
	is_rekeyed(p, SEC(100));
	old = gm_keys_find(&keys, 1000);
	ck_assert_int_eq(keys.teks[old].replay, IPSEC_REPLAY_TIME);
	ck_assert_uint_eq(keys.teks[old].window, 5);
	ck_assert_int_eq(keys.teks[0].replay, IPSEC_REPLAY_COUNTER);
	p = with_clock(policy(1001, 3500, 0, 0), 700);
	p->replay_window = 128;
	is_rekeyed(p, SEC(200));
	ck_assert_int_eq(keys.teks[0].replay, IPSEC_REPLAY_COUNTER);
	ck_assert_uint_eq(keys.teks[0].window, 128);
}
END_TEST

START_TEST(only_who_tells_the_time_can_end_anti_replay)
{
	struct gdoi_policy *p = with_clock(policy(1000, 3600, 0, 0), 500);

	p->replay_window = 64;
	registers(p, 0);
	is_rekeyed(policy(1001, 3600, 1000, 180), SEC(100));
	ck_assert_uint_eq(keys.policy->replay_window, 64);
	is_rekeyed(with_clock(policy(1001, 3500, 0, 0), 700), SEC(200));
	ck_assert_uint_eq(keys.policy->replay_window, 0);
	p = with_clock(policy(1001, 3400, 0, 0), 800);
	p->tbar = true;
	p->tbar_window = 5;
	is_rekeyed(p, SEC(300));
	is_rekeyed(policy(1001, 3300, 0, 0), SEC(400));
	ck_assert(keys.policy->tbar);
	ck_assert_uint_eq(keys.policy->tbar_window, 5);
	/* A registration says all there is to say. */
	registers(policy(1001, 3200, 0, 0), SEC(500));
	ck_assert(!keys.policy->tbar);
}
END_TEST

START_TEST(keys_that_the_first_policy_had_are_in_one_place)
{
	registers(policy(1000, 3600, 0, 0), 0);
	ck_assert_ptr_null(keys.policy->teks[0].key.data);
	ck_assert_ptr_null(keys.policy->teks[0].auth_key.data);
	ck_assert_uint_eq(tek(1000)->tek.key.len, 16);
}
END_TEST

static TCase *teks(void)
{
	TCase *tc = tcase_create("teks");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, an_end_that_is_known_never_moves_later);
	tcase_add_test(tc, a_life_is_as_long_as_it_was_told_first);
	tcase_add_test(tc, a_late_message_counts_from_when_it_was_sent);
	tcase_add_test(tc, three_teks_follow_each_other);
	tcase_add_test(tc, a_young_member_has_the_same_order);
	tcase_add_test(tc, an_old_one_that_ends_earlier_is_left_earlier);
	tcase_add_test(tc, one_that_is_in_use_is_not_put_off_again);
	tcase_add_test(tc, replace_now_drops_the_old_and_sends_at_once);
	tcase_add_test(
		tc,
		a_tek_that_waits_for_its_turn_does_not_when_the_old_is_dropped);
	tcase_add_test(tc, a_single_tek_can_be_deleted);
	tcase_add_test(tc, the_last_tek_deleted_takes_the_policy_along);
	tcase_add_test(tc,
		       a_policy_that_protects_nothing_lives_as_long_as_its_kek);
	tcase_add_test(tc, a_policy_ends_with_the_last_tek_of_its_rules);
	tcase_add_test(tc, only_another_tek_to_send_with_is_a_renewal);
	tcase_add_test(tc, a_ring_is_not_made);
	return tc;
}

static TCase *rest(void)
{
	TCase *tc = tcase_create("rest");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, the_kek_stays_when_none_comes);
	tcase_add_test(tc, a_deleted_kek_goes_and_the_teks_stay);
	tcase_add_test(tc, sender_ids_stay);
	tcase_add_test(tc, sender_ids_do_not_outlive_the_counter_mode);
	tcase_add_test(
		tc, a_new_sender_id_is_not_for_keys_that_did_not_come_with_it);
	tcase_add_test(tc, the_clock_runs_on_through_a_message_without_one);
	tcase_add_test(tc, a_tek_keeps_its_kind_of_anti_replay);
	tcase_add_test(tc, only_who_tells_the_time_can_end_anti_replay);
	tcase_add_test(tc, keys_that_the_first_policy_had_are_in_one_place);
	return tc;
}

RUN_CASES("gm_merge", teks, rest)
