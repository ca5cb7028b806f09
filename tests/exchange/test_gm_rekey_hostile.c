/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is not a rekey of the member's key server changes nothing at all. */
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/exchange/rekey_world.h"

static struct rekey_world w;
static char *before;

/* A member with a rekey behind it, and another one that it has not got. */
static void set_up(void)
{
	rekey_world_init(&w, 5);
	rekey_world_register(&w);
	rekey_world_order(&w, "crypto gdoi ks rekey");
	ck_assert_uint_eq(rekey_world_member(w.ce)->rekey.received, 1);
	sim_run(w.sim, SEC(60));
	w.lose_pushes = true;
	rekey_world_order(&w, "crypto gdoi ks rekey");
	before = rekey_world_state(w.ce);
}

static void tear_down(void)
{
	free(before);
	rekey_world_fini(&w);
}

static void nothing_changed(const char *what, size_t at)
{
	char *now = rekey_world_state(w.ce);

	ck_assert_msg(strcmp(now, before) == 0, "%s at %zu:\n%s\n---\n%s", what,
		      at, before, now);
	free(now);
}

/* The datagram was good: what the tests prove is proved of a rekey that would
 * have been taken. */
static void it_is_taken(void)
{
	struct keybuf last = { 0 };

	keybuf_set(&last, w.last.data, w.last.len);
	rekey_world_play(&w, last.data, last.len);
	ck_assert_uint_eq(rekey_world_member(w.ce)->rekey.received, 2);
	keybuf_free(&last);
}

/* Each octet gets each other value.  Under a sanitizer, which makes it ten
 * times slower, only the octets that are not encrypted do, and the block of
 * the sequence number behind them; all others are changed in each bit, and in
 * all. */
static int values_of(size_t octet)
{
#if defined(__SANITIZE_ADDRESS__)
	if (octet >= ISAKMP_HEADER_SIZE + 16)
		return 9;
#endif
	(void)octet;
	return 255;
}

static uint8_t changed_to(uint8_t was, size_t octet, int value)
{
	if (values_of(octet) == 255)
		return (uint8_t)(was + 1 + value);
	return value < 8 ? (uint8_t)(was ^ 1u << value) : (uint8_t)~was;
}

START_TEST(no_octet_can_be_changed)
{
	uint8_t *d = xmemdup(w.last.data, w.last.len);
	size_t i;
	int v;

	for (i = 0; i < w.last.len; i++)
		for (v = 0; v < values_of(i); v++) {
			d[i] = changed_to(w.last.data[i], i, v);
			rekey_world_play(&w, d, w.last.len);
			nothing_changed("octet changed", i);
			d[i] = w.last.data[i];
		}
	free(d);
	it_is_taken();
}
END_TEST

START_TEST(truncated_or_longer_it_changes_nothing)
{
	uint8_t *d = xcalloc(1, w.last.len + 64);
	size_t len;

	memcpy(d, w.last.data, w.last.len);
	for (len = 0; len < w.last.len + 64; len++) {
		if (len == w.last.len)
			continue;
		rekey_world_play(&w, d, len);
		nothing_changed("length", len);
	}
	free(d);
	it_is_taken();
}
END_TEST

/* --- sealed by the test ----------------------------------------------------------- */

static struct gdoi_policy *small_policy(uint32_t spi)
{
	struct gdoi_policy *p = gdoi_policy_new();

	p->teks = xcalloc(1, sizeof(*p->teks));
	p->n_teks = 1;
	p->teks[0] = (struct gdoi_tek){ .spi = spi, .lifetime = 3600 };
	p->teks[0].transform = (struct esp_transform){ .cipher = ESP_AES_CBC,
						       .key_bits = 128,
						       .auth = ESP_AUTH_SHA1 };
	keybuf_set(&p->teks[0].key, "0123456789abcdef", 16);
	keybuf_set(&p->teks[0].auth_key, "0123456789abcdef0123", 20);
	p->rules = xcalloc(1, sizeof(*p->rules));
	p->n_rules = 1;
	ace_init(&p->rules[0].ace);
	p->rules[0].ace.permit = true;
	p->has_pseudotime = true;
	p->pseudotime = rekey_world_member(w.ce)->keys.policy->pseudotime;
	return p;
}

static void play_sealed(const struct gdoi_push *push, struct evp_pkey_st *key)
{
	const struct gm_rekey *r = &rekey_world_member(w.ce)->rekey;
	struct keybuf d = { 0 };

	ck_assert(gdoi_push_seal(push, &r->sas[GM_REKEY_NEW].kek, key,
				 GDOI_SIG_SHA1, true, &d));
	rekey_world_play(&w, d.data, d.len);
	keybuf_free(&d);
}

static struct evp_pkey_st *ks_key(void)
{
	return isakmp_keys_find(w.ks->keys, "MYRSAKEY");
}

/* Whoever is in the group has the KEK, but not the key server's RSA key. */
START_TEST(another_members_forgery_changes_nothing)
{
	EVP_PKEY *own = EVP_RSA_gen(1024);
	struct gdoi_push push = { .seq = 77 };

	push.policy = small_policy(0x12345678);
	play_sealed(&push, own);
	nothing_changed("forged", 0);
	ck_assert_uint_eq(rekey_world_member(w.ce)->rekey.forged, 1);
	play_sealed(&push, ks_key());
	ck_assert_uint_eq(rekey_world_member(w.ce)->rekey.received, 2);
	gdoi_push_fini(&push);
	EVP_PKEY_free(own);
}
END_TEST

START_TEST(what_the_dataplane_refuses_changes_nothing)
{
	unsigned int failures;

	w.ce->refuses = true;
	rekey_world_play(&w, w.last.data, w.last.len);
	nothing_changed("refused", 0);
	failures = sim_logged(w.ce->node, "%GDOI-3-GDOI_REKEY_FAILURE");
	ck_assert_uint_eq(failures, 1);
	w.ce->refuses = false;
	it_is_taken();
}
END_TEST

START_TEST(a_policy_that_is_not_for_us_changes_nothing)
{
	struct gdoi_push push = { .seq = 77 };
	enum esp_auth auth;

	push.policy = small_policy(0x12345678);
	auth = push.policy->teks[0].transform.auth;
	push.policy->teks[0].transform.auth = ESP_AUTH_NONE;
	play_sealed(&push, ks_key());
	nothing_changed("no authentication", 0);
	push.policy->teks[0].transform.auth = auth;
	push.policy->replay_window = 30000;
	play_sealed(&push, ks_key());
	nothing_changed("absurd window", 0);
	ck_assert_uint_eq(rekey_world_member(w.ce)->rekey.refused, 2);
	gdoi_push_fini(&push);
}
END_TEST

/* It must not be possible to keep a member on old keys, or make it send with
 * old stamps, by holding messages back. */
START_TEST(a_rekey_that_is_eleven_minutes_old_changes_nothing)
{
	struct keybuf old = { 0 };

	keybuf_set(&old, w.last.data, w.last.len);
	sim_run(w.sim, SEC(11 * 60 + 2));
	free(before);
	before = rekey_world_state(w.ce);
	rekey_world_play(&w, old.data, old.len);
	nothing_changed("too old", 0);
	ck_assert_uint_eq(sim_logged(w.ce->node, "%GDOI-3-PSEUDO_TIME_TOO_OLD"),
			  1);
	keybuf_free(&old);
}
END_TEST

/* As one that was sent to others, under the same new KEK, before the member
 * got that KEK. */
START_TEST(a_policy_from_before_the_last_one_changes_nothing)
{
	struct gdoi_push push = { .seq = 77 };

	push.policy = small_policy(0x12345678);
	push.policy->pseudotime--;
	play_sealed(&push, ks_key());
	nothing_changed("from before", 0);
	push.policy->has_pseudotime = false;
	play_sealed(&push, ks_key());
	nothing_changed("without a time", 0);
	ck_assert_uint_eq(rekey_world_member(w.ce)->rekey.refused, 2);
	push.policy->has_pseudotime = true;
	push.policy->pseudotime++;
	play_sealed(&push, ks_key());
	ck_assert_uint_eq(rekey_world_member(w.ce)->rekey.received, 2);
	gdoi_push_fini(&push);
}
END_TEST

/* The clock of a key server that restarted begins anew. */
START_TEST(after_a_registration_an_earlier_time_is_taken)
{
	sim_run(w.sim, SEC(600));
	box_restart(w.ks);
	box_type(w.ks, ARTICLE_KS);
	box_type(w.ce, "int e0/0\n no crypto map gdoimap\n"
		       " crypto map gdoimap\n");
	/* The old phase 1 has to fail first. */
	sim_run(w.sim, SEC(300));
	ck_assert_uint_eq(sim_logged(w.ce->node, "GM_REGS_COMPL"), 2);
	w.lose_pushes = false;
	rekey_world_order(&w, "crypto gdoi ks rekey");
	ck_assert_uint_eq(rekey_world_member(w.ce)->rekey.since, 1);
}
END_TEST

static void it_comes_under_the_newest(void)
{
	struct gdoi_push push = { .seq = 78 };

	push.policy = small_policy(0x12345678);
	play_sealed(&push, ks_key());
	ck_assert_uint_eq(rekey_world_member(w.ce)->rekey.received, 3);
	gdoi_push_fini(&push);
}

/* --- played again -------------------------------------------------------------------- */

START_TEST(the_same_again_is_answered_once_a_second_and_no_more)
{
	struct gm_member *m;
	unsigned int acks;
	int i;

	it_is_taken();
	m = rekey_world_member(w.ce);
	acks = w.n_acks;
	for (i = 0; i < 100; i++)
		rekey_world_play(&w, w.last.data, w.last.len);
	ck_assert_uint_eq(w.n_acks, acks);
	sim_run(w.sim, SEC(1));
	free(before);
	before = rekey_world_state(w.ce);
	for (i = 0; i < 100; i++)
		rekey_world_play(&w, w.last.data, w.last.len);
	ck_assert_uint_eq(w.n_acks, acks + 1);
	ck_assert_int_eq(m->rekey.ack_sent, sim_now(w.sim));
	m->rekey.ack_sent -= SEC(1);
	nothing_changed("the same", 0);
	ck_assert_uint_eq(m->rekey.acked, 2);
}
END_TEST

/* The key server gets it, whoever sent the datagram on, and it is the key
 * server that the new KEK is shown of. */
START_TEST(who_sends_it_on_gets_no_acknowledgement)
{
	const struct endpoint ks = { w.ks->addr, GDOI_PORT, 0 };
	struct endpoint others[2] = { { .port = GDOI_PORT }, ks };
	struct keybuf last = { 0 };
	const struct gm_rekey *r = &rekey_world_member(w.ce)->rekey;
	size_t i;

	keybuf_set(&last, w.last.data, w.last.len);
	ck_assert(ip_parse(&others[0].addr, "6.6.6.6"));
	others[1].port = 4711;
	for (i = 0; i < 2; i++) {
		rekey_world_play_from(&w, &others[i], last.data, last.len);
		ck_assert_uint_eq(r->received, 2);
		ck_assert(ip_equal(&r->ack_to.addr, &ks.addr));
		ck_assert_uint_eq(r->ack_to.port, GDOI_PORT);
		ck_assert(ip_equal(&r->sas[GM_REKEY_NEW].server, &ks.addr));
		sim_run(w.sim, SEC(2));
	}
	keybuf_free(&last);
}
END_TEST

/* Meant for members that missed a rekey, under the KEK that they have.  A
 * member that has a newer one takes it, too: the acknowledgement of that
 * newer one may have been lost, and then nothing else comes.  The order of
 * time holds, and the key server hears of it. */
START_TEST(a_copy_for_those_that_lag_behind_is_taken_and_acknowledged)
{
	struct gm_rekey *r = &rekey_world_member(w.ce)->rekey;
	const struct endpoint thief = { ip_v4(0x06060606), GDOI_PORT, 0 };
	struct gdoi_push push = { .seq = 2 };
	struct keybuf d = { 0 };
	unsigned int acks = w.n_acks;

	push.policy = small_policy(0x12345678);
	push.policy->pseudotime--;
	ck_assert(gdoi_push_seal(&push, &r->sas[GM_REKEY_CURRENT].kek, ks_key(),
				 GDOI_SIG_SHA1, true, &d));
	rekey_world_play_from(&w, &thief, d.data, d.len);
	nothing_changed("an old one for the others", 0);
	push.policy->pseudotime++;
	ck_assert(gdoi_push_seal(&push, &r->sas[GM_REKEY_CURRENT].kek, ks_key(),
				 GDOI_SIG_SHA1, true, &d));
	rekey_world_play_from(&w, &thief, d.data, d.len);
	ck_assert_uint_eq(r->received, 2);
	ck_assert_uint_eq(w.n_acks, acks + 1);
	ck_assert(ip_equal(&r->ack_to.addr, &w.ks->addr));
	/* What comes under the newer one is still heard. */
	it_comes_under_the_newest();
	gdoi_push_fini(&push);
	keybuf_free(&d);
}
END_TEST

/* Only the rekey SA's cookies are known of it. */
START_TEST(one_from_before_a_registration_changes_nothing)
{
	struct keybuf first = { 0 };

	keybuf_set(&first, w.last.data, w.last.len);
	box_type(w.ce, "int e0/0\n no crypto map gdoimap\n"
		       " crypto map gdoimap\n");
	sim_run(w.sim, SEC(5));
	ck_assert_uint_eq(sim_logged(w.ce->node, "GM_REGS_COMPL"), 2);
	free(before);
	before = rekey_world_state(w.ce);
	rekey_world_play(&w, first.data, first.len);
	nothing_changed("from before", 0);
	rekey_world_play(&w, w.first.data, w.first.len);
	nothing_changed("the first", 0);
	keybuf_free(&first);
}
END_TEST

START_TEST(an_older_number_is_refused_and_said_once_a_minute)
{
	struct gdoi_push push = { .seq = 10 };
	unsigned int i;

	push.policy = small_policy(0x12345678);
	play_sealed(&push, ks_key());
	ck_assert_uint_eq(rekey_world_member(w.ce)->rekey.received, 2);
	free(before);
	before = rekey_world_state(w.ce);
	for (i = 1; i <= 10; i++) {
		struct gm_rekey *r = &rekey_world_member(w.ce)->rekey;
		struct keybuf d = { 0 };

		push.seq = i;
		push.policy->atd = 7; /* or it would be the very same one */
		ck_assert(gdoi_push_seal(&push, &r->sas[GM_REKEY_CURRENT].kek,
					 ks_key(), GDOI_SIG_SHA1, true, &d));
		rekey_world_play(&w, d.data, d.len);
		nothing_changed("older", i);
		keybuf_free(&d);
	}
	ck_assert_uint_eq(rekey_world_member(w.ce)->rekey.old_seq, 10);
	ck_assert_uint_eq(
		sim_logged(w.ce->node, "%GDOI-3-GDOI_REKEY_SEQ_FAILURE"), 1);
	gdoi_push_fini(&push);
}
END_TEST

START_TEST(a_flood_is_one_line_a_minute)
{
	uint8_t *d = xmemdup(w.last.data, w.last.len);
	int i;

	d[100] ^= 1;
	for (i = 0; i < 600; i++) {
		rekey_world_play(&w, d, w.last.len);
		sim_run(w.sim, MSEC(200));
	}
	ck_assert_uint_eq(sim_logged(w.ce->node, "%GDOI-3-GDOI_REKEY_FAILURE"),
			  2);
	ck_assert_uint_eq(rekey_world_member(w.ce)->rekey.malformed +
				  rekey_world_member(w.ce)->rekey.forged,
			  600);
	free(d);
}
END_TEST

static TCase *changed(void)
{
	TCase *tc = tcase_create("changed");

	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, no_octet_can_be_changed);
	tcase_add_test(tc, truncated_or_longer_it_changes_nothing);
	return tc;
}

static TCase *sealed(void)
{
	TCase *tc = tcase_create("sealed");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, another_members_forgery_changes_nothing);
	tcase_add_test(tc, what_the_dataplane_refuses_changes_nothing);
	tcase_add_test(tc, a_policy_that_is_not_for_us_changes_nothing);
	tcase_add_test(tc, a_policy_from_before_the_last_one_changes_nothing);
	tcase_add_test(tc, after_a_registration_an_earlier_time_is_taken);
	tcase_add_test(tc, a_rekey_that_is_eleven_minutes_old_changes_nothing);
	return tc;
}

static TCase *played_again(void)
{
	TCase *tc = tcase_create("played again");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc,
		       the_same_again_is_answered_once_a_second_and_no_more);
	tcase_add_test(
		tc, a_copy_for_those_that_lag_behind_is_taken_and_acknowledged);
	tcase_add_test(tc, who_sends_it_on_gets_no_acknowledgement);
	tcase_add_test(tc, one_from_before_a_registration_changes_nothing);
	tcase_add_test(tc, an_older_number_is_refused_and_said_once_a_minute);
	tcase_add_test(tc, a_flood_is_one_line_a_minute);
	return tc;
}

RUN_CASES("gm_rekey_hostile", changed, sealed, played_again)
