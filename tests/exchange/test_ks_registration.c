/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members register with a real key server over a simulated network: phase 1
 * and GROUPKEY-PULL, both sides, in virtual time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/ks_keys.h"
#include "tests/check_main.h"
#include "tests/exchange/strict_member.h"
#include "tests/ks/ks_world.h"

enum {
	MEMBERS = 12,
	ATTEMPT = 40, /* s, an attempt of IOS */
	RETRY = 10,   /* s between attempts */
};

/* The least that a group member is: it connects, pulls, and tries again. */
struct member {
	struct sim_node *node;
	struct env *env;
	struct cli *cli;
	struct isakmp *isakmp;
	struct isakmp_connect *connect;
	struct gdoi_pull *pull;
	struct env_timer *timer;
	struct gdoi_id id;
	struct gdoi_policy *policy; /* the last one that came */
	int64_t got;		    /* when */
	unsigned int registrations, failures;
	struct isakmp_fault why;
	struct strict_member *strict; /* pulls in our place */
	bool once;		      /* does not try again after a failure */
	bool again;		      /* registers again before the keys end */
};

static struct sim *sim;
static struct ks_world w;
static struct loop *loop;
static struct member members[MEMBERS];
static size_t n_members;

static void start(void *arg);

static void stop(struct member *m)
{
	if (m->connect)
		isakmp_connect_cancel(m->connect);
	if (m->pull)
		gdoi_pull_cancel(m->pull);
	m->connect = NULL;
	m->pull = NULL;
	env_timer_cancel(m->env, &m->timer);
}

static void failed(struct member *m, struct isakmp_fault why)
{
	stop(m);
	m->failures++;
	m->why = why;
	if (!m->once)
		env_timer_set(m->env, &m->timer, SEC(RETRY), start, m);
}

static void attempt_over(void *arg)
{
	failed(arg, (struct isakmp_fault){ 0, "40 s are over" });
}

/* docs/PROTOCOL.md: max(60 s, 5 %) before the end. */
static void register_again_later(struct member *m)
{
	uint32_t left = m->policy->teks[0].lifetime;
	uint32_t lead = left / 20 > 60 ? left / 20 : 60;

	env_timer_set(m->env, &m->timer, SEC(left - lead), start, m);
}

static void pull_done(void *ctx, struct gdoi_policy *policy)
{
	struct member *m = ctx;

	m->pull = NULL;
	gdoi_policy_free(m->policy);
	m->policy = policy;
	m->got = sim_now(sim);
	m->registrations++;
	env_timer_cancel(m->env, &m->timer);
	if (m->again)
		register_again_later(m);
}

static void pull_failed(void *ctx, struct isakmp_fault why)
{
	struct member *m = ctx;

	m->pull = NULL;
	failed(m, why);
}

static struct isakmp_fault pull_check(void *ctx,
				      const struct gdoi_policy *policy)
{
	(void)ctx;
	(void)policy;
	return ISAKMP_OK;
}

static const struct gdoi_pull_ops pull_ops = {
	.done = pull_done,
	.failed = pull_failed,
	.check = pull_check,
};

static void connect_up(void *ctx, struct isakmp_sa *sa)
{
	struct member *m = ctx;

	m->connect = NULL;
	if (m->strict) {
		strict_member_start(m->strict, sa);
		return;
	}
	m->pull = gdoi_pull_start(m->env, sa, &m->id, 0, &pull_ops, m);
}

static void connect_failed(void *ctx, struct isakmp_fault why)
{
	struct member *m = ctx;

	m->connect = NULL;
	failed(m, why);
}

static const struct isakmp_connect_ops connect_ops = {
	.up = connect_up,
	.failed = connect_failed,
};

static void start(void *arg)
{
	struct member *m = arg;
	struct endpoint local = { sim_node_addr(m->node), GDOI_PORT, 0 };
	struct endpoint remote = { sim_node_addr(w.node), GDOI_PORT, 0 };

	stop(m);
	env_timer_set(m->env, &m->timer, SEC(ATTEMPT), attempt_over, m);
	m->connect =
		isakmp_connect(m->isakmp, &local, &remote, &connect_ops, m);
}

static void input(void *arg, const struct endpoint *local,
		  const struct endpoint *remote, const void *data, size_t len)
{
	struct member *m = arg;

	isakmp_input(m->isakmp, local, remote, data, len);
}

static bool internal(void *arg)
{
	(void)arg;
	return false;
}

static struct member *new_member(const char *address, const char *psk,
				 bool strict)
{
	struct member *m = &members[n_members++];
	char *lines = xasprintf("crypto isakmp policy 1\n"
				" encr aes\n"
				" authentication pre-share\n"
				" group 2\n"
				"crypto isakmp key %s address " KS_ADDRESS "\n",
				psk);

	*m = (struct member){ .node = sim_node_new(sim, address, address) };
	m->id = (struct gdoi_id){ .is_set = true, .number = 1234 };
	m->env = sim_env(m->node);
	m->isakmp = isakmp_new(m->env);
	m->cli = cli_new(loop, NULL);
	isakmp_cli_init(m->isakmp, m->cli, internal, NULL);
	cli_load(m->cli, lines, NULL, NULL);
	free(lines);
	if (!strict)
		gdoi_announce(m->isakmp);
	sim_listen(m->node, GDOI_PORT, input, m);
	return m;
}

static void new_members(size_t n)
{
	char address[IP_ADDR_TEXT];

	while (n--) {
		snprintf(address, sizeof(address), "192.168.%zu.3",
			 11 + n_members);
		new_member(address, "MYGDOIPSK", false);
	}
}

static void free_member(struct member *m)
{
	stop(m);
	sim_listen(m->node, GDOI_PORT, NULL, NULL);
	isakmp_free(m->isakmp);
	cli_free(m->cli);
	gdoi_policy_free(m->policy);
}

static void open_world(uint64_t seed)
{
	n_members = 0;
	sim = sim_new(seed);
	loop = loop_new();
	ks_world_open(&w, sim);
	ks_world_article(&w);
}

static void set_up(void)
{
	open_world(1);
}

static void tear_down(void)
{
	while (n_members)
		free_member(&members[--n_members]);
	ks_world_close(&w);
	loop_free(loop);
	sim_free(sim);
}

static bool all_registered(void *arg)
{
	size_t i;

	(void)arg;
	for (i = 0; i < n_members; i++)
		if (!members[i].registrations)
			return false;
	return true;
}

static struct ks_group *group(void)
{
	return ks_world_group(&w, "GDOI-GROUP1");
}

static void check_policy(const struct member *m)
{
	const struct ks_tek_set *set =
		TAILQ_FIRST(&TAILQ_FIRST(&group()->sas)->sets);
	const struct gdoi_policy *p = m->policy;

	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq(p->n_teks, 1);
	ck_assert_uint_eq(p->teks[0].spi, set->teks[0].spi);
	ck_assert_mem_eq(p->teks[0].key.data, set->teks[0].key.data, 16);
	ck_assert_mem_eq(p->teks[0].auth_key.data, set->teks[0].auth_key.data,
			 20);
	ck_assert(p->has_kek);
	ck_assert_mem_eq(p->kek.spi, group()->kek->spi, 16);
	ck_assert_mem_eq(p->kek.key.data, group()->kek->key.data, 16);
	ck_assert_mem_eq(p->kek.iv.data, group()->kek->iv.data, 16);
}

/* --- who may ------------------------------------------------------------------- */

START_TEST(members_get_the_same_keys_and_the_access_list)
{
	size_t i;

	new_members(4);
	for (i = 0; i < 4; i++)
		start(&members[i]);
	ck_assert(sim_run_until(sim, all_registered, NULL, SEC(5)));
	ck_assert_uint_eq(group()->members.count, 4);
	for (i = 0; i < 4; i++) {
		check_policy(&members[i]);
		ck_assert_uint_eq(members[i].policy->n_rules, 5);
		ck_assert(members[i].policy->tbar);
		ck_assert_uint_eq(members[i].policy->tbar_window, 5);
		ck_assert_uint_eq(members[i].failures, 0);
	}
	/* The article's key server says nothing when a member registers. */
	ck_assert_uint_eq(sim_logged(w.node, "%GDOI"), 0);
}
END_TEST

/* Loss, duplication, reordering; each with its own seeds. */
static const struct sim_weather weathers[] = {
	{ .loss = 300, .delay_min = MSEC(1), .delay_max = MSEC(20) },
	{ .duplicate = 500, .delay_min = MSEC(1), .delay_max = MSEC(200) },
	{ .reorder = 500,
	  .delay_min = MSEC(1),
	  .delay_max = MSEC(50),
	  .reorder_delay = SEC(12) },
	{ .loss = 200,
	  .duplicate = 200,
	  .reorder = 200,
	  .delay_min = MSEC(1),
	  .delay_max = MSEC(500),
	  .reorder_delay = SEC(15) },
};

enum { SEEDS = 4 };

START_TEST(members_register_in_any_weather)
{
	size_t i;

	open_world(100 + (uint64_t)_i);
	sim_weather_set(sim, &weathers[(size_t)_i / SEEDS]);
	new_members(MEMBERS);
	for (i = 0; i < MEMBERS; i++)
		start(&members[i]);
	ck_assert(sim_run_until(sim, all_registered, NULL, SEC(1800)));
	ck_assert_uint_eq(group()->members.count, MEMBERS);
	for (i = 0; i < MEMBERS; i++)
		check_policy(&members[i]);
	tear_down();
}
END_TEST

static void expect_refusal(struct member *m)
{
	m->once = true;
	start(m);
	sim_run(sim, SEC(120));
	ck_assert_uint_eq(m->registrations, 0);
	ck_assert_uint_eq(m->failures, 1);
	ck_assert_ptr_nonnull(m->why.text);
	ck_assert_uint_eq(group()->members.count, 0);
	ck_assert(!group()->live);
}

START_TEST(who_is_not_authorized_is_refused)
{
	ks_world_configure(&w, "access-list 10 permit 192.168.11.3\n"
			       "crypto gdoi group GDOI-GROUP1\n"
			       "server local\n"
			       "authorization address ipv4 10");
	expect_refusal(new_member("192.168.14.2", "MYGDOIPSK", false));
	ck_assert_uint_ge(sim_logged(w.node,
				     "%GDOI-1-UNAUTHORIZED_IPADDR: Group "
				     "GDOI-GROUP1 received registration from "
				     "unauthorized ip address: 192.168.14.2"),
			  1);
	start(new_member("192.168.11.3", "MYGDOIPSK", false));
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(group()->members.count, 1);
}
END_TEST

START_TEST(a_group_that_is_unknown_is_refused)
{
	struct member *m = new_member("192.168.11.3", "MYGDOIPSK", false);

	m->id.number = 99;
	expect_refusal(m);
	ck_assert_uint_ge(sim_logged(w.node, "%GDOI-4-KS_UNAUTHORIZED: "), 1);
}
END_TEST

START_TEST(refusals_of_both_kinds_look_alike_on_the_wire)
{
	struct member *a = new_member("192.168.14.2", "MYGDOIPSK", false);
	struct member *b = new_member("192.168.14.3", "MYGDOIPSK", false);

	ks_world_configure(&w, "access-list 10 permit 192.168.11.3\n"
			       "crypto gdoi group GDOI-GROUP1\n"
			       "server local\n"
			       "authorization address ipv4 10");
	b->id.number = 99;
	expect_refusal(a);
	expect_refusal(b);
	ck_assert_uint_eq(a->why.notify, b->why.notify);
	ck_assert_str_eq(a->why.text, b->why.text);
}
END_TEST

START_TEST(a_wrong_pre_shared_key_gets_nowhere)
{
	expect_refusal(new_member("192.168.11.3", "WRONG", false));
}
END_TEST

START_TEST(a_strict_member_registers_when_nothing_is_denied)
{
	struct member *m = new_member("192.168.11.3", "MYGDOIPSK", true);

	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\n"
			       "server local\n"
			       "no deny download");
	start(m);
	ck_assert(sim_run_until(sim, all_registered, NULL, SEC(5)));
	check_policy(m);
	ck_assert_uint_eq(m->policy->n_rules, 1);
	ck_assert(!m->policy->tbar);
	ck_assert_uint_eq(m->policy->kek.ack, 0);
	ck_assert(!ks_members_next(&group()->members, NULL)->extensions);
}
END_TEST

START_TEST(a_strict_member_is_refused_deny_entries)
{
	struct member *m = new_member("192.168.11.3", "MYGDOIPSK", true);

	m->once = true;
	start(m);
	sim_run(sim, SEC(120));
	ck_assert_uint_eq(m->registrations, 0);
	ck_assert_uint_eq(group()->members.count, 0);
}
END_TEST

/* The same with a member that shares no code with ours. */
static struct strict_member strict;

static void run_strict(void)
{
	struct member *m = new_member("192.168.11.3", "MYGDOIPSK", true);

	strict = (struct strict_member){ .env = m->env, .group = 1234 };
	m->strict = &strict;
	start(m);
	sim_run(sim, SEC(20));
	stop(m);
	ck_assert(strict.over);
}

START_TEST(a_member_made_from_the_rfc_alone_registers)
{
	const struct ks_tek_set *set;

	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\n"
			       "server local\n"
			       "no deny download");
	run_strict();
	ck_assert_msg(strict.registered, "%s", strict.why);
	set = TAILQ_FIRST(&TAILQ_FIRST(&group()->sas)->sets);
	ck_assert_uint_eq(strict.n_sats, 1);
	ck_assert_uint_eq(strict.tek_spi, set->teks[0].spi);
	ck_assert_mem_eq(strict.tek_key, set->teks[0].key.data, 16);
	ck_assert_mem_eq(strict.tek_auth, set->teks[0].auth_key.data, 20);
	ck_assert_mem_eq(strict.kek_spi, group()->kek->spi, 16);
	ck_assert_uint_eq(group()->members.count, 1);
}
END_TEST

START_TEST(a_member_made_from_the_rfc_alone_is_refused_deny_entries)
{
	run_strict();
	ck_assert(!strict.registered);
	ck_assert_uint_eq(group()->members.count, 0);
}
END_TEST

START_TEST(sender_ids_of_members_differ)
{
	size_t i, k;

	ks_world_configure(&w, "crypto ipsec transform-set gcm esp-gcm 256\n"
			       "crypto ipsec profile profile1\n"
			       "set transform-set gcm");
	new_members(4);
	for (i = 0; i < 4; i++)
		start(&members[i]);
	ck_assert(sim_run_until(sim, all_registered, NULL, SEC(5)));
	for (i = 0; i < 4; i++) {
		ck_assert_uint_eq(members[i].policy->sid_bits, 24);
		ck_assert_uint_eq(members[i].policy->n_sids, 1);
		for (k = 0; k < i; k++)
			ck_assert_uint_ne(members[i].policy->sids[0],
					  members[k].policy->sids[0]);
	}
}
END_TEST

/* The longest lists: denies before the permits, which are all different. */
static void full_list(unsigned int denies)
{
	char *lines = NULL;
	size_t len;
	FILE *f = open_memstream(&lines, &len);
	unsigned int i;

	fputs("ip access-list extended full-acl", f);
	for (i = 0; i < denies; i++)
		fprintf(f, "\n deny tcp any eq %u any", i + 1);
	for (i = 0; i < KS_MAX_PERMITS; i++)
		fprintf(f,
			"\n permit udp 10.%u.0.0 0.0.255.255 eq 7 10.0.0.0 "
			"0.255.255.255 eq 9",
			i);
	fclose(f);
	ks_world_configure(&w, lines);
	free(lines);
	ks_world_configure(&w, "crypto gdoi group GDOI-GROUP1\n"
			       "server local\n"
			       "sa ipsec 1\n"
			       "match address ipv4 full-acl");
}

static const struct {
	const char *transform;
	unsigned int lifetime; /* s; a short one has many TEKs at once */
	unsigned int denies;
	size_t teks;
} full[] = {
	{ "esp-aes 256 esp-sha256-hmac", 3600, 50, 2 },
	{ "esp-gcm 256", 3600, 50, 200 },
	{ "esp-aes 256 esp-sha256-hmac", 3600, 400, 2 },
	{ "esp-gcm 256", 3600, 400, 200 },
	{ "esp-aes 256 esp-sha256-hmac", 120, 50, 4 },
	{ "esp-gcm 256", 120, 400, 200 },
};

START_TEST(the_largest_policy_can_be_registered_for_during_a_roll_over)
{
	char *lines = xasprintf("crypto ipsec transform-set full %s\n"
				"crypto ipsec profile profile1\n"
				"set transform-set full\n"
				"set security-association lifetime seconds %u",
				full[_i].transform, full[_i].lifetime);
	struct member *late;

	ks_world_configure(&w, lines);
	free(lines);
	full_list(full[_i].denies);
	start(new_member("192.168.11.3", "MYGDOIPSK", false));
	ck_assert(sim_run_until(sim, all_registered, NULL, SEC(5)));
	sim_run(sim, SEC(full[_i].lifetime - 15));
	late = new_member("192.168.14.2", "MYGDOIPSK", false);
	start(late);
	ck_assert(sim_run_until(sim, all_registered, NULL, SEC(5)));
	ck_assert_uint_eq(late->policy->n_rules,
			  KS_MAX_PERMITS + full[_i].denies);
	ck_assert_uint_eq(late->policy->n_teks, full[_i].teks);
	ck_assert_uint_eq(sim_logged(w.node, "GDOI_ACL_NUM"), 0);
}
END_TEST

START_TEST(a_cleared_group_gives_other_keys)
{
	uint32_t spi;

	new_members(1);
	start(&members[0]);
	ck_assert(sim_run_until(sim, all_registered, NULL, SEC(5)));
	spi = members[0].policy->teks[0].spi;
	free(ks_world_exec(&w, "clear crypto gdoi\nyes\n"));
	ck_assert_uint_eq(group()->members.count, 0);
	start(&members[0]);
	sim_run(sim, SEC(5));
	ck_assert_uint_eq(members[0].registrations, 2);
	ck_assert_uint_ne(members[0].policy->teks[0].spi, spi);
	check_policy(&members[0]);
}
END_TEST

static TCase *case_who(void)
{
	TCase *tc = tcase_create("who");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, members_get_the_same_keys_and_the_access_list);
	tcase_add_test(tc, who_is_not_authorized_is_refused);
	tcase_add_test(tc, a_group_that_is_unknown_is_refused);
	tcase_add_test(tc, refusals_of_both_kinds_look_alike_on_the_wire);
	tcase_add_test(tc, a_wrong_pre_shared_key_gets_nowhere);
	tcase_add_test(tc, a_strict_member_registers_when_nothing_is_denied);
	tcase_add_test(tc, a_strict_member_is_refused_deny_entries);
	tcase_add_test(tc, a_member_made_from_the_rfc_alone_registers);
	tcase_add_test(
		tc, a_member_made_from_the_rfc_alone_is_refused_deny_entries);
	tcase_add_test(tc, sender_ids_of_members_differ);
	tcase_add_loop_test(
		tc, the_largest_policy_can_be_registered_for_during_a_roll_over,
		0, (int)ARRAY_SIZE(full));
	tcase_add_test(tc, a_cleared_group_gives_other_keys);
	return tc;
}

static TCase *case_weather(void)
{
	TCase *tc = tcase_create("weather");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, members_register_in_any_weather, 0,
			    (int)ARRAY_SIZE(weathers) * SEEDS);
	return tc;
}

/* --- over a day ------------------------------------------------------------------- */

/* Some TEK of the member is one that the key server still knows. */
static bool has_valid_tek(const struct member *m)
{
	uint32_t age = (uint32_t)((sim_now(sim) - m->got) / US_PER_SEC);
	size_t i;

	for (i = 0; i < m->policy->n_teks; i++)
		if (m->policy->teks[i].lifetime > age)
			return true;
	return false;
}

/* Whatever one sends with, the other can decrypt. */
static bool share_a_tek(const struct member *a, const struct member *b)
{
	size_t i, k;

	for (i = 0; i < a->policy->n_teks; i++)
		for (k = 0; k < b->policy->n_teks; k++)
			if (a->policy->teks[i].spi == b->policy->teks[k].spi)
				return true;
	return false;
}

START_TEST(a_day_of_expiring_keys_leaves_nobody_without)
{
	static const struct sim_weather weather = {
		.loss = 50,
		.delay_min = MSEC(1),
		.delay_max = MSEC(30),
	};
	unsigned int minutes;
	size_t i;

	new_members(3);
	for (i = 0; i < 3; i++) {
		members[i].again = true;
		start(&members[i]);
	}
	ck_assert(sim_run_until(sim, all_registered, NULL, SEC(5)));
	sim_weather_set(sim, &weather);
	for (minutes = 0; minutes < 24 * 60; minutes++) {
		sim_run(sim, SEC(60));
		for (i = 0; i < 3; i++) {
			ck_assert(has_valid_tek(&members[i]));
			ck_assert(share_a_tek(&members[i], &members[0]));
		}
	}
	ck_assert_uint_ge(members[0].registrations, 24);
	ck_assert_uint_eq(group()->members.count, 3);
}
END_TEST

static TCase *case_day(void)
{
	TCase *tc = tcase_create("day");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, a_day_of_expiring_keys_leaves_nobody_without);
	return tc;
}

RUN_CASES("ks_registration", case_who, case_weather, case_day)
