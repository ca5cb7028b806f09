/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A week of a group with a thousand members and the default lifetimes, in
 * virtual time: whatever the network loses, and whoever restarts, no member
 * that is up is ever without a TEK; and as long as the key server keeps its
 * memory, every member understands every other one at every moment. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "gdoi/group.h"
#include "ks/ks_group.h"
#include "tests/check_main.h"
#include "tests/exchange/box.h"

enum {
/* A sanitizer makes it ten times slower; what it looks for shows with
	 * a few members too. */
#if defined(__SANITIZE_ADDRESS__)
	MEMBERS = 40,
#else
	MEMBERS = 1000,
#endif
	DAYS = 7,
	HOUR = 3600, /* s */
	DAY = 24 * HOUR,
	SAMPLE = 60,	      /* s */
	COMES_BACK = 30 * 60, /* s: a restarted member has keys by then */
	SPIS = 8,	      /* that the group sends with at one moment */
	FILES = 16 * 1024,    /* each box has a few descriptors */
	DELAY_MIN = MSEC(5),
	DELAY_MAX = MSEC(40),
};

struct scenario {
	const char *name;
	uint64_t seed;
	unsigned int loss;  /* per mille */
	unsigned int storm; /* the same, for an hour a day; 0: none */
	bool members_restart, ks_restarts;
};

static const struct scenario scenarios[] = {
	{ "0 % loss", 1, 0, 0, false, false },
	{ "5 % loss", 2, 50, 0, false, false },
	{ "20 % loss", 3, 200, 0, false, false },
	{ "30 % loss for an hour a day", 4, 0, 300, false, false },
	{ "5 % loss, members restart", 5, 50, 0, true, false },
	{ "20 % loss, members and key server restart", 6, 200, 0, true, true },
};

struct member {
	struct box *box;
	bool keyed;	    /* it had a TEK since it came up */
	int64_t came_up;    /* us */
	int64_t good_until; /* end of its last TEK, us */
};

static struct sim *sim;
static struct box *ks;
static struct member members[MEMBERS];
static unsigned int gaps, deaf; /* what must not be */
static uint64_t random_state;

static struct {
	unsigned int rekeys, retransmitted, registrations, restarts, ejected;
} total;

/* Of the script, not of the world. */
static uint32_t random_below(uint32_t bound)
{
	random_state =
		random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 33) % bound;
}

/* --- what is watched -------------------------------------------------------- */

static bool can_send(const struct ipsec_sa *sa, int64_t now)
{
	return sa->send_from <= now && sa->expires > now;
}

static void gap(const struct member *m, const char *what)
{
	printf("%8.1f h  %s %s\n", (double)sim_now(sim) / SEC(HOUR),
	       sim_node_name(m->box->node), what);
	gaps++;
}

static void installed(void *arg, struct box *box)
{
	struct member *m = arg;
	int64_t now = sim_now(sim);
	bool any = false;
	size_t i;

	for (i = 0; i < box->policy->n_sas; i++)
		any |= can_send(&box->policy->sas[i], now);
	if (m->keyed && (!any || now > m->good_until))
		gap(m, "was without a TEK");
	m->keyed |= any;
	m->good_until = 0;
	for (i = 0; i < box->policy->n_sas; i++)
		if (box->policy->sas[i].expires > m->good_until)
			m->good_until = box->policy->sas[i].expires;
}

/* The SPI it sends with now; 0: none. */
static uint32_t sends_with(const struct member *m, int64_t now)
{
	const struct ipsec_policy *p = m->box->policy;
	const struct ipsec_flow *flow = p->n_flows ? &p->flows[0] : NULL;
	size_t i;

	for (i = 0; flow && i < flow->n; i++)
		if (can_send(&p->sas[flow->sas[i]], now))
			return p->sas[flow->sas[i]].spi;
	return 0;
}

static bool understands(const struct member *m, uint32_t spi, int64_t now)
{
	const struct ipsec_policy *p = m->box->policy;
	size_t i;

	for (i = 0; i < p->n_sas; i++)
		if (p->sas[i].spi == spi && p->sas[i].expires > now)
			return true;
	return false;
}

/* All SPIs that somebody sends with; how many. */
static size_t spis_in_use(uint32_t *spis, int64_t now)
{
	size_t i, j, n = 0;

	for (i = 0; i < MEMBERS; i++) {
		uint32_t spi =
			members[i].keyed ? sends_with(&members[i], now) : 0;

		for (j = 0; j < n && spis[j] != spi; j++)
			;
		if (!spi || j < n)
			continue;
		ck_assert_uint_lt(n, SPIS);
		spis[n++] = spi;
	}
	return n;
}

static void check_keyed(const struct member *m, int64_t now)
{
	if (m->keyed && now > m->good_until)
		gap(m, "has no TEK");
	if (!m->keyed && now - m->came_up > SEC(COMES_BACK))
		gap(m, "does not come back");
}

static void sample(bool together)
{
	int64_t now = sim_now(sim);
	uint32_t spis[SPIS];
	size_t i, j, n = together ? spis_in_use(spis, now) : 0;

	for (i = 0; i < MEMBERS; i++) {
		check_keyed(&members[i], now);
		for (j = 0; j < n && members[i].keyed; j++)
			deaf += !understands(&members[i], spis[j], now);
	}
}

/* --- the world -------------------------------------------------------------- */

static struct ks_group *group(void)
{
	return ks_group_of(gdoi_group_find(ks->groups, "GDOI-GROUP1"));
}

static void start_member(struct member *m)
{
	m->keyed = false;
	m->came_up = sim_now(sim);
	box_type(m->box, ARTICLE_GM);
}

static void make_world(const struct scenario *s)
{
	const struct rlimit files = { FILES, FILES };
	size_t i;

	/* Descriptors that are missing show at the first box. */
	(void)!setrlimit(RLIMIT_NOFILE, &files);
	random_state = s->seed;
	sim = sim_new(s->seed);
	ks = box_new(sim, "KS1", "192.168.111.111");
	box_make_key(ks);
	box_type(ks, ARTICLE_KS);
	for (i = 0; i < MEMBERS; i++) {
		char *name = xasprintf("CE%zu", i + 1);
		char *addr = xasprintf("10.%zu.%zu.1", i / 250, i % 250);

		members[i].box = box_new(sim, name, addr);
		members[i].box->installed = installed;
		members[i].box->installed_arg = &members[i];
		free(name);
		free(addr);
	}
}

static void free_world(void)
{
	size_t i;

	for (i = 0; i < MEMBERS; i++)
		box_free(members[i].box);
	box_free(ks);
	sim_free(sim);
}

static void set_loss(unsigned int loss)
{
	const struct sim_weather weather = {
		.loss = loss,
		.delay_min = DELAY_MIN,
		.delay_max = DELAY_MAX,
	};

	sim_weather_set(sim, &weather);
}

static void count_rekeys(void)
{
	total.rekeys += group()->rekeys_sent;
	total.retransmitted += group()->retransmitted;
}

static void restart_ks(void)
{
	count_rekeys();
	box_restart(ks);
	box_type(ks, ARTICLE_KS);
	total.restarts++;
}

/* Each member once a week, at any time. */
static void restart_members(void)
{
	struct member *m;

	while (random_below(DAYS * DAY / SAMPLE) < MEMBERS) {
		m = &members[random_below(MEMBERS)];
		m->keyed = false;
		box_restart(m->box);
		start_member(m);
		total.restarts++;
		if (random_below(2))
			return;
	}
}

static void run_hour(const struct scenario *s, unsigned int hour)
{
	bool together = !s->ks_restarts;
	unsigned int i;

	set_loss(s->storm && hour % 24 == 12 ? s->storm : s->loss);
	for (i = 0; i < HOUR / SAMPLE; i++) {
		sim_run(sim, SEC(SAMPLE));
		sample(together);
		if (s->members_restart && hour < DAYS * 24 - 1)
			restart_members();
	}
	if (s->ks_restarts && hour % 48 == 30)
		restart_ks();
	total.registrations += sim_logged_all(sim, "GM_REGS_COMPL");
	total.ejected += sim_logged_all(sim, "KS_NACK_GM_EJECT");
	sim_forget_lines(sim);
}

/* They come up in the first ten minutes, as after a power cut. */
static void start_members(void)
{
	size_t i;

	for (i = 0; i < MEMBERS; i++) {
		start_member(&members[i]);
		sim_run(sim, SEC(600) / MEMBERS);
	}
}

START_TEST(no_member_is_ever_without_a_tek)
{
	const struct scenario *s = &scenarios[_i];
	unsigned int hour;

	make_world(s);
	set_loss(s->loss);
	start_members();
	for (hour = 0; hour < DAYS * 24; hour++)
		run_hour(s, hour);
	count_rekeys();
	printf("figures: %s: %d members, %d days: %u rekeys, %u retransmissions "
	       "(%.2f a member and rekey), %u registrations, %u restarts, "
	       "%u removed; without a TEK: %u, not understood: %u\n",
	       s->name, MEMBERS, DAYS, total.rekeys, total.retransmitted,
	       (double)total.retransmitted / MEMBERS /
		       (total.rekeys ? total.rekeys : 1),
	       total.registrations, total.restarts, total.ejected, gaps, deaf);
	ck_assert_uint_gt(total.rekeys, DAYS * 24 - 1);
	ck_assert_uint_eq(gaps, 0);
	ck_assert_uint_eq(deaf, 0);
	free_world();
}
END_TEST

static TCase *week(void)
{
	TCase *tc = tcase_create("week");

	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, no_member_is_ever_without_a_tek, 0,
			    (int)ARRAY_SIZE(scenarios));
	return tc;
}

RUN_CASES("week", week)
