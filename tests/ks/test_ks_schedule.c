/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/ks_make.h"
#include "ks/ks_rekey.h"
#include "ks/ks_sid.h"
#include "tests/check_main.h"
#include "tests/ks/ks_world.h"

static struct ks_world w;

static void set_up(void)
{
	ks_world_open(&w, NULL);
}

static void tear_down(void)
{
	ks_world_close(&w);
}

/* --- the formulas ------------------------------------------------------------ */

/* docs/PROTOCOL.md: as measured on devices. */
static const struct {
	bool unicast;
	unsigned int interval, number;
	uint32_t lifetime, kek_lead, tek_lead;
} leads[] = {
	{ true, 10, 2, 120, 90, 91 },	   { true, 10, 2, 360, 225, 116 },
	{ true, 10, 3, 600, 235, 126 },	   { true, 10, 3, 1200, 235, 126 },
	{ true, 10, 2, 3600, 225, 206 },   { false, 10, 2, 3600, 200, 206 },
	{ true, 10, 2, 86400, 225, 3626 },
};

START_TEST(leads_are_those_measured)
{
	const struct ks_rekey_config rekey = {
		.unicast = leads[_i].unicast,
		.interval = leads[_i].interval,
		.number = leads[_i].number,
	};

	ck_assert_uint_eq(ks_kek_lead(&rekey, leads[_i].lifetime),
			  leads[_i].kek_lead);
	ck_assert_uint_eq(ks_tek_lead(&rekey, leads[_i].lifetime),
			  leads[_i].tek_lead);
}
END_TEST

static TCase *case_formulas(void)
{
	TCase *tc = tcase_create("formulas");

	tcase_add_loop_test(tc, leads_are_those_measured, 0, ARRAY_SIZE(leads));
	return tc;
}

/* --- keys in time -------------------------------------------------------------- */

static struct gdoi_policy *join(const char *address)
{
	struct gdoi_peer peer = ks_world_peer(address, true);

	return ks_world_register(&w, &peer, 1234);
}

START_TEST(there_are_no_keys_before_the_first_member)
{
	struct ks_group *g;

	ks_world_article(&w);
	g = ks_world_group(&w, "GDOI-GROUP1");
	ck_assert(!g->live);
	ck_assert_ptr_null(g->kek);
	ck_assert_uint_eq(ks_pseudotime(g), 0);

	gdoi_policy_free(join("192.168.11.3"));
	ck_assert(g->live);
	ck_assert_ptr_nonnull(g->kek);
	ck_assert_uint_eq(g->members.count, 1);
}
END_TEST

START_TEST(the_clock_of_the_group_starts_with_its_first_member)
{
	struct gdoi_policy *policy;

	ks_world_article(&w);
	sim_run(w.sim, SEC(1000));
	policy = join("192.168.11.3");
	ck_assert(policy->tbar);
	ck_assert_uint_eq(policy->tbar_window, 5);
	ck_assert_uint_eq(policy->pseudotime, 0);
	gdoi_policy_free(policy);

	sim_run(w.sim, SEC(10) + 250000);
	policy = join("192.168.12.2");
	ck_assert_uint_eq(policy->pseudotime >> 32, 10);
	ck_assert_uint_eq(policy->pseudotime & UINT32_MAX, 0x40000000);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(lifetimes_given_are_what_remains)
{
	struct gdoi_policy *policy;

	ks_world_article(&w);
	gdoi_policy_free(join("192.168.11.3"));
	sim_run(w.sim, SEC(600));
	policy = join("192.168.12.2");
	ck_assert_uint_eq(policy->kek.lifetime, 86400 - 600);
	ck_assert_uint_eq(policy->teks[0].lifetime, 3600 - 600);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(a_tek_is_replaced_before_its_end_and_kept_until_then)
{
	struct ks_group *g;
	struct gdoi_policy *policy;
	uint32_t first;

	ks_world_article(&w);
	policy = join("192.168.11.3");
	ck_assert_uint_eq(policy->n_teks, 1);
	first = policy->teks[0].spi;
	gdoi_policy_free(policy);
	g = ks_world_group(&w, "GDOI-GROUP1");

	sim_run(w.sim, SEC(3600 - 206) - 1);
	ck_assert_uint_eq(TAILQ_FIRST(&TAILQ_FIRST(&g->sas)->sets)->teks[0].spi,
			  first);
	sim_run(w.sim, 2);
	policy = join("192.168.11.3");
	ck_assert_uint_eq(policy->n_teks, 2);
	ck_assert_uint_ne(policy->teks[0].spi, first);
	ck_assert_uint_eq(policy->teks[0].lifetime, 3599);
	ck_assert(!policy->teks[0].old);
	ck_assert_uint_eq(policy->teks[1].spi, first);
	ck_assert_uint_eq(policy->teks[1].lifetime, 205);
	ck_assert(policy->teks[1].old);
	ck_assert_uint_eq(policy->teks[1].newer, 0);
	gdoi_policy_free(policy);

	sim_run(w.sim, SEC(206));
	policy = join("192.168.11.3");
	ck_assert_uint_eq(policy->n_teks, 1);
	ck_assert_uint_ne(policy->teks[0].spi, first);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(a_kek_is_replaced_before_its_end)
{
	struct gdoi_policy *before, *after;

	ks_world_article(&w);
	before = join("192.168.11.3");
	sim_run(w.sim, SEC(86400 - 225) - 1);
	after = join("192.168.11.3");
	ck_assert_mem_eq(before->kek.spi, after->kek.spi, 16);
	gdoi_policy_free(after);

	sim_run(w.sim, 2);
	after = join("192.168.11.3");
	ck_assert_mem_ne(before->kek.spi, after->kek.spi, 16);
	ck_assert_uint_eq(after->kek.lifetime, 86399);
	ck_assert_uint_eq(after->seq, 0);
	gdoi_policy_free(before);
	gdoi_policy_free(after);
}
END_TEST

/* Lifetimes of IOS's range, and what 3.10 makes of them. */
static const unsigned int lifetimes[] = { 120, 300, 600, 3600, 28800, 86400 };

/* A member registers again max(60 s, 5 %) of what it was given, and at most
 * 4 s, before the end; it must then always get a TEK that lives longer. */
START_TEST(who_registers_in_time_always_gets_a_longer_tek)
{
	unsigned int life = lifetimes[_i], rounds;
	char *line;

	ks_world_article(&w);
	line = xasprintf("crypto ipsec profile profile1\n"
			 " set security-association lifetime seconds %u",
			 life);
	ks_world_configure(&w, line);
	free(line);
	for (rounds = 0; rounds < 200; rounds++) {
		struct gdoi_policy *policy = join("192.168.11.3");
		uint32_t left, lead;

		ck_assert_ptr_nonnull(policy);
		left = policy->teks[0].lifetime;
		lead = (left / 20 > 60 ? left / 20 : 60) + 4;
		ck_assert_uint_gt(left, lead);
		ck_assert_uint_le(policy->n_teks, 4);
		gdoi_policy_free(policy);
		sim_run(w.sim, SEC(left - lead));
	}
}
END_TEST

START_TEST(seven_days_of_keys_never_leave_a_gap_or_pile_up)
{
	struct ks_group *g;
	unsigned int hours;

	ks_world_article(&w);
	gdoi_policy_free(join("192.168.11.3"));
	g = ks_world_group(&w, "GDOI-GROUP1");
	for (hours = 0; hours < 7 * 24 * 4; hours++) {
		struct ks_tek_set *set;
		unsigned int sets = 0;

		sim_run(w.sim, SEC(900));
		TAILQ_FOREACH (set, &TAILQ_FIRST(&g->sas)->sets, entry)
			sets++;
		set = TAILQ_FIRST(&TAILQ_FIRST(&g->sas)->sets);
		ck_assert_uint_ge(sets, 1);
		ck_assert_uint_le(sets, 2);
		ck_assert_uint_gt(ks_life_remaining(&set->life, sim_now(w.sim)),
				  200);
		ck_assert_uint_gt(
			ks_life_remaining(&g->kek->life, sim_now(w.sim)), 200);
	}
}
END_TEST

START_TEST(spis_are_unlike_each_other_and_not_reserved)
{
	struct ks_group *g;
	uint32_t spis[500];
	size_t i, k;

	ks_world_article(&w);
	gdoi_policy_free(join("192.168.11.3"));
	g = ks_world_group(&w, "GDOI-GROUP1");
	for (i = 0; i < ARRAY_SIZE(spis); i++) {
		spis[i] = ks_new_spi(g);
		ck_assert_uint_ge(spis[i], 256);
		ck_assert_uint_eq(spis[i] >> 24, ks_spi_prefix(&g->group->id));
		for (k = 0; k < i; k++)
			ck_assert_uint_ne(spis[i], spis[k]);
	}
}
END_TEST

/* A random source that says the same twice, then something else. */
static uint32_t next_draw;
static unsigned int draws;

static void repeating_random(struct env *env, void *out, size_t len)
{
	(void)env;
	ck_assert_uint_eq(len, sizeof(next_draw));
	memcpy(out, &next_draw, len);
	if (++draws == 2)
		next_draw++;
}

START_TEST(an_spi_that_is_taken_is_drawn_again)
{
	struct env *env = sim_env(w.node);
	const struct env_ops *real = env->ops;
	struct env_ops ops = *real;
	struct ks_group *g;
	uint32_t taken, fresh;

	ks_world_article(&w);
	gdoi_policy_free(join("192.168.11.3"));
	g = ks_world_group(&w, "GDOI-GROUP1");
	taken = TAILQ_FIRST(&TAILQ_FIRST(&g->sas)->sets)->teks[0].spi;

	ops.random = repeating_random;
	next_draw = taken & 0xffffff;
	env->ops = &ops;
	fresh = ks_new_spi(g);
	env->ops = real;
	ck_assert_uint_eq(draws, 3);
	ck_assert_uint_eq(fresh, taken + 1);
}
END_TEST

START_TEST(a_profile_that_is_gone_leaves_members_what_they_had)
{
	struct ks_group *g;

	ks_world_article(&w);
	gdoi_policy_free(join("192.168.11.3"));
	g = ks_world_group(&w, "GDOI-GROUP1");
	ks_world_configure(&w, "no crypto ipsec profile profile1");
	sim_run(w.sim, SEC(3601));
	ck_assert(!TAILQ_EMPTY(&TAILQ_FIRST(&g->sas)->sets));
	ck_assert_ptr_null(join("192.168.11.3"));
	ck_assert_uint_eq(sim_logged(w.node, "KS_INCOMPLETE_CFG"), 1);
	ck_assert_ptr_null(join("192.168.11.3"));
	ck_assert_uint_eq(sim_logged(w.node, "KS_INCOMPLETE_CFG"), 1);

	ks_world_configure(&w, "crypto ipsec profile profile1\n"
			       " set transform-set aes128");
	gdoi_policy_free(join("192.168.11.3"));
	ck_assert(!TAILQ_EMPTY(&TAILQ_FIRST(&g->sas)->sets));
}
END_TEST

START_TEST(another_identity_is_another_group)
{
	struct gdoi_policy *before, *after;
	struct gdoi_peer peer = ks_world_peer("192.168.11.3", true);

	ks_world_article(&w);
	before = join("192.168.11.3");
	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\n"
			       " identity number 77");
	ck_assert_uint_eq(ks_world_group(&w, "GDOI-GROUP1")->members.count, 0);
	ck_assert_ptr_null(join("192.168.11.3"));
	after = ks_world_register(&w, &peer, 77);
	ck_assert_uint_ne(before->teks[0].spi, after->teks[0].spi);
	gdoi_policy_free(before);
	gdoi_policy_free(after);
}
END_TEST

static TCase *case_time(void)
{
	TCase *tc = tcase_create("time");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, there_are_no_keys_before_the_first_member);
	tcase_add_test(tc, the_clock_of_the_group_starts_with_its_first_member);
	tcase_add_test(tc, lifetimes_given_are_what_remains);
	tcase_add_test(tc,
		       a_tek_is_replaced_before_its_end_and_kept_until_then);
	tcase_add_test(tc, a_kek_is_replaced_before_its_end);
	tcase_add_loop_test(tc, who_registers_in_time_always_gets_a_longer_tek,
			    0, ARRAY_SIZE(lifetimes));
	tcase_add_test(tc, seven_days_of_keys_never_leave_a_gap_or_pile_up);
	tcase_add_test(tc, spis_are_unlike_each_other_and_not_reserved);
	tcase_add_test(tc, an_spi_that_is_taken_is_drawn_again);
	tcase_add_test(tc, a_profile_that_is_gone_leaves_members_what_they_had);
	tcase_add_test(tc, another_identity_is_another_group);
	return tc;
}

/* --- sender IDs -------------------------------------------------------------- */

static void use_gcm(void)
{
	ks_world_article(&w);
	ks_world_configure(&w, "crypto ipsec transform-set gcm esp-gcm 128\n"
			       " mode tunnel\n"
			       "crypto ipsec profile profile1\n"
			       " set transform-set gcm");
}

START_TEST(each_registration_gets_sender_ids_of_its_own)
{
	struct gdoi_policy *a, *b;

	use_gcm();
	a = join("192.168.11.3");
	b = join("192.168.11.3");
	ck_assert_uint_eq(a->sid_bits, 24);
	ck_assert_uint_eq(a->n_sids, 1);
	ck_assert_uint_eq(b->n_sids, 1);
	ck_assert_uint_eq(a->sids[0], 0);
	ck_assert_uint_eq(b->sids[0], 1);
	gdoi_policy_free(a);
	gdoi_policy_free(b);
}
END_TEST

START_TEST(the_key_servers_number_stands_before_the_members)
{
	struct gdoi_policy *policy;

	use_gcm();
	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\n"
			       " server local\n"
			       "  identifier\n"
			       "   value 5");
	policy = join("192.168.11.3");
	ck_assert_uint_eq(policy->sids[0], 5u << 17);
	gdoi_policy_free(policy);
}
END_TEST

/* Members of addresses of their own. */
static struct gdoi_policy *join_nth(unsigned int n)
{
	char address[IP_ADDR_TEXT];

	snprintf(address, sizeof(address), "10.0.%u.%u", n / 256, n % 256);
	return join(address);
}

static void expect_reinitializing(const char *what)
{
	char *line = xasprintf("    Re-initializing          : %s\n", what);
	char *screen = ks_world_exec(&w, "show crypto gdoi ks identifier\n");

	ck_assert_msg(strstr(screen, line), "%s", screen);
	free(screen);
	free(line);
}

START_TEST(used_up_sender_ids_mean_new_keys)
{
	struct gdoi_policy *first, *last;
	unsigned int i;

	use_gcm();
	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\n"
			       " server local\n"
			       "  group size small 8");
	first = join("192.168.11.3");
	for (i = 1; i < 256; i++)
		gdoi_policy_free(join_nth(i));
	/* The one that finds none left must ask again. */
	ck_assert_ptr_null(join_nth(256));
	ck_assert_uint_eq(sim_logged(w.node, "KS_NO_SID_AVAILABLE"), 1);
	ck_assert_uint_eq(sim_logged(w.node, "%GDOI-5-KS_REINIT_GROUP: "), 1);
	expect_reinitializing("Yes");
	sim_run(w.sim, SEC(3600));
	expect_reinitializing("No");
	last = join("192.168.11.3");
	ck_assert_uint_eq(last->sids[0], 0);
	ck_assert_uint_ne(last->teks[0].spi, first->teks[0].spi);
	ck_assert_mem_ne(last->teks[0].key.data, first->teks[0].key.data, 20);
	gdoi_policy_free(first);
	gdoi_policy_free(last);
}
END_TEST

START_TEST(another_size_of_sender_ids_means_new_keys)
{
	struct gdoi_policy *before, *after;

	use_gcm();
	before = join("192.168.11.3");
	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\n"
			       " server local\n"
			       "  group size large");
	after = join("192.168.11.3");
	ck_assert_uint_eq(after->sid_bits, 32);
	ck_assert_uint_ne(before->teks[0].spi, after->teks[0].spi);
	gdoi_policy_free(before);
	gdoi_policy_free(after);
}
END_TEST

START_TEST(no_member_gets_all_the_sender_ids_it_asks_for)
{
	struct gdoi_peer peer = ks_world_peer("192.168.11.3", true);
	struct gdoi_policy *policy;

	use_gcm();
	peer.sids_wanted = 60000;
	policy = ks_world_register(&w, &peer, 1234);
	ck_assert_uint_eq(policy->n_sids, KS_MAX_SIDS);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(no_member_alone_uses_the_sender_ids_up)
{
	struct gdoi_peer peer = ks_world_peer("192.168.11.3", true);
	struct ks_group *g;
	uint32_t spi;
	unsigned int i;

	use_gcm();
	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\n"
			       " server local\n"
			       "  group size small 8");
	peer.sids_wanted = KS_MAX_SIDS;
	for (i = 0; i < KS_MAX_MEMBER_SIDS / KS_MAX_SIDS; i++)
		gdoi_policy_free(ks_world_register(&w, &peer, 1234));
	g = ks_world_group(&w, "GDOI-GROUP1");
	spi = TAILQ_FIRST(&TAILQ_FIRST(&g->sas)->sets)->teks[0].spi;
	for (i = 0; i < 1000; i++)
		ck_assert_ptr_null(ks_world_register(&w, &peer, 1234));
	ck_assert_uint_eq(sim_logged(w.node,
				     "%GDOI-4-KS_SID_SHARE: Registration: GM "
				     "192.168.11.3 has had its share of the "
				     "Sender IDs of group GDOI-GROUP1"),
			  KS_LOG_PER_MINUTE);
	ck_assert_uint_eq(g->next_sid, KS_MAX_MEMBER_SIDS);
	ck_assert_uint_eq(TAILQ_FIRST(&TAILQ_FIRST(&g->sas)->sets)->teks[0].spi,
			  spi);
	/* Others get theirs, and the next TEK brings a new share. */
	gdoi_policy_free(join("192.168.14.2"));
	sim_run(w.sim, SEC(3500));
	gdoi_policy_free(join("192.168.11.3"));
	ck_assert_uint_eq(g->next_sid, KS_MAX_MEMBER_SIDS + 2);
}
END_TEST

START_TEST(the_last_share_of_a_member_may_be_a_small_one)
{
	struct gdoi_peer peer = ks_world_peer("192.168.11.3", true);
	struct gdoi_policy *policy;
	unsigned int i;

	use_gcm();
	gdoi_policy_free(join("192.168.11.3"));
	peer.sids_wanted = KS_MAX_SIDS;
	for (i = 1; i < KS_MAX_MEMBER_SIDS / KS_MAX_SIDS; i++)
		gdoi_policy_free(ks_world_register(&w, &peer, 1234));
	policy = ks_world_register(&w, &peer, 1234);
	ck_assert_uint_eq(policy->n_sids, KS_MAX_SIDS - 1);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(a_full_group_wastes_no_sender_ids)
{
	struct gdoi_peer peer = ks_world_peer("192.168.11.3", true);
	struct ks_group *g;
	unsigned int i;

	use_gcm();
	gdoi_policy_free(join("192.168.11.3"));
	g = ks_world_group(&w, "GDOI-GROUP1");
	for (i = 1; i < KS_MAX_MEMBERS; i++) {
		peer.remote.addr = ip_v4(0x0a000000 + i);
		ck_assert_ptr_nonnull(
			ks_members_register(&g->members, &peer, 0, 0));
	}
	ck_assert_ptr_null(join("192.168.14.2"));
	ck_assert_uint_eq(sim_logged(w.node, "%GDOI-4-KS_GM_LIMIT: "), 1);
	ck_assert_uint_eq(g->next_sid, 1);
}
END_TEST

/* All 2^32 sender IDs are this key server's. */
static struct ks_group *largest_group(void)
{
	struct ks_group *g;

	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\n"
			       " server local\n"
			       "  group size large");
	g = ks_world_group(&w, "GDOI-GROUP1");
	g->identifier.n = 1;
	g->identifier.ranges[0] = (struct ks_range){ 0, 511 };
	gdoi_policy_free(join("192.168.14.2"));
	return g;
}

/* Their members may come back to a counter mode with what they were given. */
START_TEST(sender_ids_of_another_size_begin_with_new_keys)
{
	struct gdoi_policy *first, *last;
	struct ks_group *g;
	const char *why;

	use_gcm();
	first = join("192.168.11.3");
	g = ks_world_group(&w, "GDOI-GROUP1");
	ks_world_configure(&w, "crypto ipsec profile profile1\n"
			       " set transform-set aes128");
	ck_assert(ks_rekey(g, KS_REKEY_REPLACE, &why));
	sim_run(w.sim, SEC(400));
	ck_assert(!ks_sid_needed(g));
	ck_assert_uint_eq(g->next_sid, 1);
	ck_assert_uint_eq(g->members.count, 1);
	ks_world_configure(&w, "crypto ipsec profile profile1\n"
			       " set transform-set gcm\n"
			       "crypto gdoi group GDOI-GROUP1\n"
			       " server local\n"
			       "  group size large");
	ck_assert_uint_eq(g->members.count, 0);
	expect_reinitializing("Yes");
	last = join("192.168.12.2");
	ck_assert_uint_eq(last->sids[0], 0);
	ck_assert_uint_eq(last->n_teks, 1);
	ck_assert_uint_ne(last->teks[0].spi, first->teks[0].spi);
	gdoi_policy_free(first);
	gdoi_policy_free(last);
}
END_TEST

START_TEST(the_largest_number_of_sender_ids_is_an_end_too)
{
	struct gdoi_peer peer = ks_world_peer("192.168.11.3", true);
	struct ks_group *g;

	use_gcm();
	g = largest_group();
	ck_assert_uint_eq(ks_sid_capacity(g), UINT64_C(1) << 32);
	g->next_sid = UINT32_MAX - 3;
	peer.sids_wanted = KS_MAX_SIDS;
	ck_assert_ptr_null(ks_world_register(&w, &peer, 1234));
	ck_assert_uint_eq(sim_logged(w.node, "KS_NO_SID_AVAILABLE"), 1);
}
END_TEST

START_TEST(the_last_sender_id_is_followed_by_none)
{
	struct gdoi_policy *policy;
	struct ks_group *g;

	use_gcm();
	g = largest_group();
	g->next_sid = UINT32_MAX;
	policy = join("192.168.14.2");
	ck_assert_uint_eq(policy->sids[0], UINT32_MAX);
	gdoi_policy_free(policy);
	ck_assert_ptr_null(join("192.168.14.2"));
}
END_TEST

START_TEST(sender_ids_go_on_over_a_roll_over)
{
	struct gdoi_policy *policy;

	use_gcm();
	gdoi_policy_free(join("192.168.11.3"));
	sim_run(w.sim, SEC(3500));
	policy = join("192.168.11.3");
	ck_assert_uint_eq(policy->n_teks, 2);
	ck_assert_uint_eq(policy->sids[0], 1);
	gdoi_policy_free(policy);
}
END_TEST

START_TEST(identifiers_that_overlap_are_refused)
{
	char *screen;

	ks_world_article(&w);
	screen = ks_world_exec(&w, "configure terminal\n"
				   "crypto gdoi group GDOI-GROUP1\n"
				   "server local\n"
				   "identifier\n"
				   "range 3 - 9\n"
				   "value 5\n"
				   "end\n");
	ck_assert_ptr_nonnull(strstr(screen, "% Identifiers overlap"));
	ck_assert_uint_eq(ks_world_group(&w, "GDOI-GROUP1")->identifier.n, 1);
	free(screen);
}
END_TEST

static TCase *case_sids(void)
{
	TCase *tc = tcase_create("sender IDs");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, each_registration_gets_sender_ids_of_its_own);
	tcase_add_test(tc, the_key_servers_number_stands_before_the_members);
	tcase_add_test(tc, used_up_sender_ids_mean_new_keys);
	tcase_add_test(tc, another_size_of_sender_ids_means_new_keys);
	tcase_add_test(tc, no_member_gets_all_the_sender_ids_it_asks_for);
	tcase_add_test(tc, no_member_alone_uses_the_sender_ids_up);
	tcase_add_test(tc, the_last_share_of_a_member_may_be_a_small_one);
	tcase_add_test(tc, a_full_group_wastes_no_sender_ids);
	tcase_add_test(tc, sender_ids_of_another_size_begin_with_new_keys);
	tcase_add_test(tc, the_largest_number_of_sender_ids_is_an_end_too);
	tcase_add_test(tc, the_last_sender_id_is_followed_by_none);
	tcase_add_test(tc, sender_ids_go_on_over_a_roll_over);
	tcase_add_test(tc, identifiers_that_overlap_are_refused);
	return tc;
}

RUN_CASES("ks_schedule", case_formulas, case_time, case_sids)
