/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/coop_members.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/check_main.h"
#include "tests/ks/ks_world.h"

enum { ROOM = 2 * 1024 * 1024 };

/* Two key servers, each in a world of its own. */
static struct ks_world one, two;
static struct ks_group *a, *b;
static uint8_t *octets;
static size_t len;
static uint64_t stamp;

static void set_up(void)
{
	ks_world_open(&one, NULL);
	ks_world_open(&two, NULL);
	ks_world_article(&one);
	ks_world_article(&two);
	a = ks_world_group(&one, "GDOI-GROUP1");
	b = ks_world_group(&two, "GDOI-GROUP1");
	octets = xcalloc(1, ROOM);
}

static void tear_down(void)
{
	free(octets);
	ks_world_close(&one);
	ks_world_close(&two);
}

static struct ks_member *add(struct ks_group *g, uint32_t addr)
{
	struct ip_addr ip = ip_v4(addr);
	struct ks_member *m = ks_members_add(&g->members, &ip);

	ck_assert_ptr_nonnull(m);
	m->server = ip_v4(0x01010101);
	m->registered = m->heard = env_now(g->ks->env);
	m->extensions = true;
	m->registrations = 1;
	coop_members_changed(g, m);
	return m;
}

static struct ks_member *find(struct ks_group *g, uint32_t addr)
{
	struct ip_addr ip = ip_v4(addr);

	return ks_members_find(&g->members, &ip);
}

static bool tell(bool optimize, uint64_t confirmed)
{
	struct wr wr = wr_init(octets, ROOM);
	bool any =
		coop_members_write(&wr, a, optimize, false, confirmed, &stamp);

	ck_assert(wr_ok(&wr));
	len = wr_at(&wr);
	return any;
}

static bool hear(bool from_primary, bool *beyond)
{
	int64_t offset = env_now(b->ks->env) - env_now(a->ks->env);
	const char *why;
	bool changed;

	why = coop_members_read(b, rd_init(octets, len), offset, from_primary,
				&changed, beyond);
	ck_assert_msg(!why, "%s", why);
	return changed;
}

static void pass(bool optimize, uint64_t confirmed)
{
	bool beyond;

	ck_assert(tell(optimize, confirmed));
	hear(true, &beyond);
	ck_assert(!beyond);
}

START_TEST(eight_thousand_members_go_over_and_then_only_changes)
{
	uint32_t i;

	for (i = 0; i < KS_MAX_MEMBERS; i++)
		add(a, 0x0a000001 + i);
	pass(true, 0);
	ck_assert_uint_eq(b->members.count, KS_MAX_MEMBERS);
	ck_assert(!tell(true, stamp));
	coop_members_changed(a, find(a, 0x0a000011));
	pass(true, stamp);
	ck_assert_uint_lt(len, 100);
	ck_assert_uint_eq(b->members.count, KS_MAX_MEMBERS);
}
END_TEST

START_TEST(the_base_format_takes_four_thousand)
{
	bool beyond;
	uint32_t i;

	for (i = 0; i <= COOP_BASE_MEMBERS; i++)
		add(a, 0x0a000001 + i);
	tell(false, 0);
	hear(true, &beyond);
	ck_assert(beyond);
	ck_assert_uint_eq(b->members.count, COOP_BASE_MEMBERS);
}
END_TEST

START_TEST(all_that_is_known_goes_over)
{
	struct ks_member *m = add(a, 0x0a000001), *there;

	memcpy(m->version, "1.0.4", sizeof("1.0.4"));
	m->rekeys_sent = 7;
	m->acks_received = 6;
	m->seq_sent[3] = 42;
	pass(false, 0);
	there = find(b, 0x0a000001);
	ck_assert_ptr_nonnull(there);
	ck_assert_str_eq(there->version, "1.0.4");
	ck_assert_uint_eq(there->rekeys_sent, 7);
	ck_assert_uint_eq(there->acks_received, 6);
	ck_assert_uint_eq(there->seq_sent[3], 42);
	ck_assert(there->extensions);
}
END_TEST

static void remove_member(struct ks_group *g, uint32_t addr)
{
	struct ip_addr ip = ip_v4(addr);

	coop_members_removed(g, &ip);
	ks_members_remove(&g->members, find(g, addr));
}

START_TEST(a_removal_reaches_the_other)
{
	add(a, 0x0a000001);
	add(a, 0x0a000002);
	pass(true, 0);
	remove_member(a, 0x0a000001);
	pass(true, stamp);
	ck_assert_ptr_null(find(b, 0x0a000001));
	ck_assert_ptr_nonnull(find(b, 0x0a000002));
}
END_TEST

START_TEST(the_removal_of_all_reaches_the_other)
{
	add(a, 0x0a000001);
	add(a, 0x0a000002);
	pass(true, 0);
	ks_members_clear(&a->members);
	coop_members_removed(a, NULL);
	pass(true, stamp);
	ck_assert_uint_eq(b->members.count, 0);
}
END_TEST

START_TEST(who_was_removed_comes_back_only_when_heard_of_later)
{
	bool beyond;

	add(a, 0x0a000001);
	add(b, 0x0a000001);
	remove_member(b, 0x0a000001);
	tell(false, 0);
	ck_assert(!hear(false, &beyond));
	ck_assert_ptr_null(find(b, 0x0a000001));
	sim_run(one.sim, SEC(10));
	sim_run(two.sim, SEC(10));
	find(a, 0x0a000001)->heard = env_now(a->ks->env);
	tell(false, 0);
	ck_assert(hear(false, &beyond));
	ck_assert_ptr_nonnull(find(b, 0x0a000001));
}
END_TEST

START_TEST(of_two_registrations_the_later_one_wins)
{
	struct ks_member *m = add(b, 0x0a000001);
	bool beyond;

	m->server = ip_v4(0x02020202);
	sim_run(one.sim, SEC(10));
	sim_run(two.sim, SEC(10));
	add(a, 0x0a000001);
	tell(false, 0);
	ck_assert(hear(false, &beyond));
	ck_assert_uint_eq(ip_v4_host(&m->server), 0x01010101);
	m->server = ip_v4(0x02020202);
	m->registered += SEC(60);
	ck_assert(!hear(false, &beyond));
	ck_assert_uint_eq(ip_v4_host(&m->server), 0x02020202);
}
END_TEST

START_TEST(what_is_cut_off_changes_nothing)
{
	bool changed, beyond;
	size_t n;

	add(a, 0x0a000001);
	add(a, 0x0a000002);
	remove_member(a, 0x0a000001);
	tell(false, 0);
	for (n = 0; n < len; n++) {
		uint8_t *copy = xmemdup(octets, n);

		ck_assert_ptr_nonnull(coop_members_read(
			b, rd_init(copy, n), 0, true, &changed, &beyond));
		free(copy);
		ck_assert_uint_eq(b->members.count, 0);
	}
}
END_TEST

START_TEST(flipped_octets_do_no_harm)
{
	bool changed, beyond;
	size_t i;

	add(a, 0x0a000001);
	add(a, 0x0a000002);
	tell(false, 0);
	for (i = 0; i < len; i++) {
		uint8_t *copy = xmemdup(octets, len);

		copy[i] ^= 0xff;
		coop_members_read(b, rd_init(copy, len), 0, true, &changed,
				  &beyond);
		free(copy);
		ck_assert_uint_le(b->members.count, 2 * (i + 1));
	}
}
END_TEST

static TCase *case_members(void)
{
	TCase *tc = tcase_create("members");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc,
		       eight_thousand_members_go_over_and_then_only_changes);
	tcase_add_test(tc, the_base_format_takes_four_thousand);
	tcase_add_test(tc, all_that_is_known_goes_over);
	tcase_add_test(tc, a_removal_reaches_the_other);
	tcase_add_test(tc, the_removal_of_all_reaches_the_other);
	tcase_add_test(tc, who_was_removed_comes_back_only_when_heard_of_later);
	tcase_add_test(tc, of_two_registrations_the_later_one_wins);
	tcase_add_test(tc, what_is_cut_off_changes_nothing);
	tcase_add_test(tc, flipped_octets_do_no_harm);
	return tc;
}

RUN_CASES("coop_members", case_members)
