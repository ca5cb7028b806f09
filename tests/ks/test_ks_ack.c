/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Acknowledgements: those that count, and those that are somebody's attack. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_ack.h"
#include "ks/ks_ack.h"
#include "ks/ks_delivery.h"
#include "tests/check_main.h"
#include "tests/ks/fake_member.h"

static struct ks_world w;
static struct ks_group *g;
static struct fake_member ce1, ce2;
static struct endpoint server;
static struct gdoi_policy *first; /* with the KEK that both registered with */

static void set_up(void)
{
	ks_world_open(&w, NULL);
	ks_world_article(&w);
	g = ks_world_group(&w, "GDOI-GROUP1");
	fake_member_open(&ce1, &w, "192.168.11.3", true);
	fake_member_open(&ce2, &w, "192.168.12.2", true);
	fake_member_join(&ce1);
	fake_member_join(&ce2);
	first = gdoi_policy_copy(ce1.policy);
	ce1.mute = true;
	server.port = GDOI_PORT;
	ck_assert(ip_parse(&server.addr, KS_ADDRESS));
}

static void tear_down(void)
{
	gdoi_policy_free(first);
	fake_member_close(&ce1);
	fake_member_close(&ce2);
	ks_world_close(&w);
}

/* ce1 has accepted it and keeps silent. */
static void rekey(void)
{
	free(ks_world_exec(&w, "crypto gdoi ks rekey\n"));
	sim_run(w.sim, SEC(1));
}

static struct ks_member *member(const struct fake_member *m)
{
	struct ks_member *found = ks_members_find(&g->members, &m->addr);

	ck_assert_ptr_nonnull(found);
	return found;
}

/* A rekey without a new KEK; none of them counts as missed. */
static void update(void)
{
	const char *why;

	member(&ce1)->missed_in_a_row = 0;
	ck_assert(ks_rekey(g, KS_REKEY_UPDATE, &why));
}

/* Under the KEK that the first rekey came under. */
static void make_ack(uint32_t seq, const struct fake_member *who,
		     struct keybuf *out)
{
	ck_assert(gdoi_ack_write(&first->kek, seq, &who->addr, out));
}

static void inject(const struct fake_member *from, const void *data, size_t len)
{
	const struct endpoint src = { from->addr, GDOI_PORT, 0 };

	sim_inject(w.sim, &src, &server, data, len);
	sim_run(w.sim, MSEC(2));
}

static bool is_taken(void)
{
	return member(&ce1)->acks_received;
}

/* --- good ones --------------------------------------------------------------- */

START_TEST(an_acknowledgement_counts_once)
{
	struct keybuf ack = { 0 };

	rekey();
	make_ack(1, &ce1, &ack);
	inject(&ce1, ack.data, ack.len);
	inject(&ce1, ack.data, ack.len);
	keybuf_free(&ack);
	ck_assert_uint_eq(member(&ce1)->acks_received, 1);
	ck_assert_uint_eq(member(&ce1)->seq_sent[3], 1);
	ck_assert_uint_eq(member(&ce1)->seq_acked[3], 1);
	ck_assert_uint_eq(member(&ce1)->kek, g->kek->number);
	ck_assert_ptr_null(g->delivery);
	ck_assert_uint_eq(w.ks->acks_unexpected, 0);
}
END_TEST

START_TEST(a_late_acknowledgement_tells_that_the_keys_came)
{
	struct keybuf ack = { 0 };

	rekey();
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(member(&ce1)->missed_in_a_row, 1);
	ck_assert_uint_ne(member(&ce1)->kek, g->kek->number);
	make_ack(1, &ce1, &ack);
	inject(&ce1, ack.data, ack.len);
	ck_assert_uint_eq(member(&ce1)->missed_in_a_row, 0);
	ck_assert_uint_eq(member(&ce1)->acks_missed, 1);
	ck_assert_uint_eq(member(&ce1)->acks_received, 1);
	ck_assert_uint_eq(member(&ce1)->kek, g->kek->number);
	inject(&ce1, ack.data, ack.len);
	ck_assert_uint_eq(member(&ce1)->acks_received, 1);
	ck_assert_uint_eq(sim_logged(w.node, "KS_UNSOL_ACK"), 0);
	keybuf_free(&ack);
}
END_TEST

/* Each KEK counts from 1. */
START_TEST(a_late_acknowledgement_is_not_one_of_the_kek_before)
{
	ce1.mute = false;
	rekey();
	ck_assert_uint_eq(member(&ce1)->seq_acked[3], 1);
	ce1.mute = true;
	rekey();
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(member(&ce1)->missed_in_a_row, 1);
	fake_member_ack(&ce1, 1, 1, &ce1.addr);
	sim_run(w.sim, MSEC(2));
	ck_assert_uint_eq(member(&ce1)->missed_in_a_row, 0);
	ck_assert_uint_eq(member(&ce1)->acks_received, 2);
	ck_assert_uint_eq(member(&ce1)->kek, g->kek->number);
}
END_TEST

/* ce1 was left behind, and what it is sent was played to ce2, which still has
 * that KEK. */
START_TEST(a_member_may_answer_what_was_sent_to_another)
{
	struct keybuf ack = { 0 };
	const char *why;

	ce1.deaf = true;
	rekey();
	sim_run(w.sim, SEC(60));
	ck_assert_uint_ne(member(&ce2)->kek, member(&ce1)->kek);
	ce2.mute = true;
	ck_assert(ks_rekey(g, KS_REKEY_REPLACE, &why));
	make_ack(2, &ce2, &ack);
	inject(&ce2, ack.data, ack.len);
	ck_assert_uint_eq(member(&ce2)->acks_received, 2);
	ck_assert_uint_eq(member(&ce2)->kek, g->kek->number);
	ck_assert_uint_ne(member(&ce1)->kek, g->kek->number);
	keybuf_free(&ack);
}
END_TEST

/* A replay must not keep a dead member alive. */
START_TEST(an_acknowledgement_of_an_older_rekey_is_none_of_this)
{
	struct keybuf ack = { 0 };

	rekey();
	make_ack(1, &ce1, &ack);
	inject(&ce1, ack.data, ack.len);
	ce1.deaf = true;
	rekey();
	inject(&ce1, ack.data, ack.len);
	sim_run(w.sim, SEC(60));
	ck_assert_uint_eq(member(&ce1)->acks_received, 1);
	ck_assert_uint_eq(member(&ce1)->missed_in_a_row, 1);
	keybuf_free(&ack);
}
END_TEST

/* --- bad ones ------------------------------------------------------------------ */

START_TEST(no_truncated_acknowledgement_is_taken)
{
	struct keybuf ack = { 0 };
	size_t len;

	ce1.deaf = true;
	ce2.deaf = true;
	for (len = 0; len == 0 || len < ack.len; len++) {
		uint8_t *copy = malloc(len ? len : 1);

		keybuf_free(&ack);
		update();
		make_ack((uint32_t)len + 1, &ce1, &ack);
		memcpy(copy, ack.data, len);
		inject(&ce1, copy, len);
		free(copy);
		ck_assert(!is_taken());
	}
	keybuf_free(&ack);
}
END_TEST

START_TEST(no_changed_acknowledgement_is_taken)
{
	struct keybuf ack = { 0 };
	size_t i;

	ce1.deaf = true;
	ce2.deaf = true;
	for (i = 0; i == 0 || i < ack.len; i++) {
		keybuf_free(&ack);
		/* A rekey for each, or they would be ignored as a flood. */
		update();
		make_ack((uint32_t)i + 1, &ce1, &ack);
		ack.data[i] ^= 1;
		inject(&ce1, ack.data, ack.len);
		ck_assert_msg(!is_taken(), "octet %zu", i);
		ack.data[i] ^= 1;
	}
	inject(&ce1, ack.data, ack.len);
	ck_assert(is_taken());
	keybuf_free(&ack);
}
END_TEST

/* Any member can make one of another's address (RFC 8263 7.1), but not send
 * it from there. */
START_TEST(an_acknowledgement_of_another_member_is_not_taken)
{
	struct keybuf ack = { 0 };

	ce2.mute = true;
	rekey();
	make_ack(1, &ce1, &ack);
	inject(&ce2, ack.data, ack.len);
	ck_assert(!is_taken());
	ck_assert_uint_eq(member(&ce2)->acks_received, 0);
	ck_assert_uint_eq(w.ks->acks_unexpected, 1);
	ck_assert_uint_eq(sim_logged(w.node,
				     "%GDOI-3-KS_UNSOL_ACK: KS received an "
				     "unexpected rekey acknowledgement from "
				     "192.168.12.2: it is not genuine"),
			  1);
	keybuf_free(&ack);
}
END_TEST

START_TEST(an_acknowledgement_of_a_number_never_sent_is_not_taken)
{
	struct keybuf ack = { 0 };

	rekey();
	make_ack(2, &ce1, &ack);
	inject(&ce1, ack.data, ack.len);
	keybuf_free(&ack);
	make_ack(0, &ce1, &ack);
	inject(&ce1, ack.data, ack.len);
	keybuf_free(&ack);
	ck_assert(!is_taken());
	ck_assert_ptr_nonnull(g->delivery);
}
END_TEST

START_TEST(an_acknowledgement_under_another_kek_is_not_taken)
{
	rekey();
	/* Under the one that the rekey brought. */
	fake_member_ack(&ce1, 0, 1, &ce1.addr);
	sim_run(w.sim, MSEC(2));
	ck_assert(!is_taken());
}
END_TEST

START_TEST(a_stranger_is_counted_and_told_but_not_for_ever)
{
	struct fake_member stranger;
	struct keybuf ack = { 0 };
	unsigned int n;

	fake_member_open(&stranger, &w, "192.168.66.6", true);
	rekey();
	make_ack(1, &ce1, &ack);
	for (n = 0; n < 1000; n++)
		inject(&stranger, ack.data, ack.len);
	ck_assert(!is_taken());
	ck_assert_uint_eq(w.ks->acks_unexpected, 1000);
	ck_assert_uint_le(sim_logged(w.node, "KS_UNSOL_ACK"),
			  KS_LOG_PER_MINUTE);
	ck_assert_uint_ge(sim_logged(w.node, "KS_UNSOL_ACK"), 1);
	fake_member_close(&stranger);
	keybuf_free(&ack);
}
END_TEST

static unsigned int flooded(void)
{
	return sim_logged(w.node, "KS_BLACKHOLE_ACK");
}

/* Anybody can send them in the member's name. */
START_TEST(false_ones_do_not_keep_the_member_s_own_out)
{
	struct keybuf good = { 0 }, bad = { 0 };
	unsigned int n;

	rekey();
	make_ack(1, &ce1, &good);
	make_ack(1, &ce1, &bad);
	bad.data[bad.len - 1] ^= 1;
	for (n = 0; n < 100; n++)
		inject(&ce1, bad.data, bad.len);
	keybuf_free(&bad);
	make_ack(7, &ce1, &bad); /* another member's */
	for (n = 0; n < 100; n++)
		inject(&ce1, bad.data, bad.len);
	/* After the delivery too. */
	if (_i)
		sim_run(w.sim, SEC(60));
	for (n = 0; n < 100; n++)
		inject(&ce1, bad.data, bad.len);
	ck_assert(!is_taken());
	inject(&ce1, good.data, good.len);
	ck_assert(is_taken());
	ck_assert_uint_eq(flooded(), 0);
	keybuf_free(&good);
	keybuf_free(&bad);
}
END_TEST

START_TEST(repeated_ones_are_not_looked_at_until_the_next_rekey)
{
	struct keybuf good = { 0 };
	unsigned int n;

	ce2.mute = true; /* the delivery goes on */
	rekey();
	make_ack(1, &ce1, &good);
	for (n = 0; n < KS_ACKS_MAX + 1; n++)
		inject(&ce1, good.data, good.len);
	ck_assert_uint_eq(flooded(), 0);
	for (n = 0; n < 100; n++)
		inject(&ce1, good.data, good.len);
	ck_assert_uint_eq(flooded(), 1);
	sim_run(w.sim, SEC(60));
	for (n = 0; n < 100; n++)
		inject(&ce1, good.data, good.len);
	ck_assert_uint_eq(flooded(), 2);
	ck_assert_uint_eq(member(&ce1)->acks_received, 1);

	ce1.mute = false;
	rekey();
	ck_assert_uint_eq(member(&ce1)->acks_received, 2);
	keybuf_free(&good);
}
END_TEST

/* What a flood costs is bounded, and a moment after it all is well. */
START_TEST(so_many_are_checked_in_a_second_and_no_more)
{
	unsigned int n;

	for (n = 0; ks_ack_affordable(w.ks); n++)
		ck_assert_uint_lt(n, KS_ACK_CHECKS);
	ck_assert_uint_eq(n, KS_ACK_CHECKS);
	sim_run(w.sim, MSEC(1));
	for (n = 0; ks_ack_affordable(w.ks); n++)
		;
	ck_assert_uint_eq(n, KS_ACK_CHECKS_PER_S / 1000);
	rekey();
	ck_assert_uint_eq(member(&ce2)->acks_received, 1);
}
END_TEST

START_TEST(a_key_server_without_groups_survives_acknowledgements)
{
	struct keybuf ack = { 0 };

	rekey();
	make_ack(1, &ce1, &ack);
	ks_group_remove(g);
	inject(&ce1, ack.data, ack.len);
	ck_assert_uint_eq(w.ks->acks_unexpected, 1);
	keybuf_free(&ack);
}
END_TEST

static TCase *case_good(void)
{
	TCase *tc = tcase_create("good");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, an_acknowledgement_counts_once);
	tcase_add_test(tc, a_late_acknowledgement_tells_that_the_keys_came);
	tcase_add_test(tc, a_late_acknowledgement_is_not_one_of_the_kek_before);
	tcase_add_test(tc, a_member_may_answer_what_was_sent_to_another);
	tcase_add_test(tc,
		       an_acknowledgement_of_an_older_rekey_is_none_of_this);
	return tc;
}

static TCase *case_bad(void)
{
	TCase *tc = tcase_create("bad");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, no_truncated_acknowledgement_is_taken);
	tcase_add_test(tc, no_changed_acknowledgement_is_taken);
	tcase_add_test(tc, an_acknowledgement_of_another_member_is_not_taken);
	tcase_add_test(tc,
		       an_acknowledgement_of_a_number_never_sent_is_not_taken);
	tcase_add_test(tc, an_acknowledgement_under_another_kek_is_not_taken);
	tcase_add_test(tc, a_stranger_is_counted_and_told_but_not_for_ever);
	tcase_add_loop_test(tc, false_ones_do_not_keep_the_member_s_own_out, 0,
			    2);
	tcase_add_test(tc,
		       repeated_ones_are_not_looked_at_until_the_next_rekey);
	tcase_add_test(tc, so_many_are_checked_in_a_second_and_no_more);
	tcase_add_test(tc,
		       a_key_server_without_groups_survives_acknowledgements);
	return tc;
}

RUN_CASES("ks_ack", case_good, case_bad)
