/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fail-over of cooperative key servers in simulated time: KS1 vanishes from
 * the network, KS2 takes over, the operator sends a rekey.  One line a run: ms
 * until KS2 is primary, ms until CE1 has taken KS2's rekey.
 *
 *	failover_sim RUNS
 *
 * The runs differ in when, between two announcements, KS1 goes. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "ks/coop.h"
#include "tests/exchange/box.h"

#define KS1_ADDR "192.168.111.111"
#define KS2_ADDR "192.168.222.222"

/* clang-format off */
#define COOP_OF(address, peer, priority) \
	"crypto isakmp keepalive 10 periodic\n" \
	"crypto isakmp key COOPKEY address " peer "\n" \
	"crypto gdoi group GDOI-GROUP1\n" \
	" server local\n" \
	"  address ipv4 " address "\n" \
	"  redundancy\n" \
	"   local priority " priority "\n" \
	"   peer address ipv4 " peer "\n"
#define SECOND_SERVER \
	"crypto isakmp key MYGDOIPSK address " KS2_ADDR "\n" \
	"crypto gdoi group GDOI-GROUP1\n" \
	" server address ipv4 " KS2_ADDR "\n"
/* clang-format on */

enum {
	SEED = 1,
	SETTLE = 90, /* s: roles, sessions, a registration */
	LIMIT = 600, /* s until it counts as failed */
	RUNS_MAX = 1000,
};

struct trio {
	struct sim *sim;
	struct box *ks1, *ks2, *ce1;
};

static void copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	char buf[4096];
	size_t n;

	ck_assert(in && out);
	while ((n = fread(buf, 1, sizeof(buf), in)) > 0)
		ck_assert_uint_eq(fwrite(buf, 1, n, out), n);
	fclose(in);
	fclose(out);
}

static void come_up(struct trio *t)
{
	t->sim = sim_new(SEED);
	t->ks1 = box_new(t->sim, "KS1", KS1_ADDR);
	t->ks2 = box_new(t->sim, "KS2", KS2_ADDR);
	t->ce1 = box_new(t->sim, "CE1", "192.168.11.3");
	box_make_key(t->ks1);
	copy_file(t->ks1->key_file, t->ks2->key_file);
	box_restart(t->ks2);
	box_type(t->ks1, ARTICLE_KS);
	box_type(t->ks1, COOP_OF(KS1_ADDR, KS2_ADDR, "100"));
	box_type(t->ks2, ARTICLE_KS);
	box_type(t->ks2, COOP_OF(KS2_ADDR, KS1_ADDR, "40"));
	sim_run(t->sim, SEC(SETTLE));
	box_type(t->ce1, ARTICLE_GM);
	box_type(t->ce1, SECOND_SERVER);
	sim_run(t->sim, SEC(SETTLE));
}

static void go_down(struct trio *t)
{
	box_free(t->ce1);
	box_free(t->ks2);
	box_free(t->ks1);
	sim_free(t->sim);
}

static bool took_over(void *arg)
{
	const struct trio *t = arg;

	return sim_logged(t->ks2->node, "COOP_KS_TRANS_TO_PRI") > 0;
}

static bool took_rekey(void *arg)
{
	const struct trio *t = arg;

	return sim_logged(t->ce1->node, "GM_RECV_REKEY") > 0;
}

/* When it is so. */
static int64_t until(struct trio *t, bool (*ready)(void *arg))
{
	ck_assert(sim_run_until(t->sim, ready, t, SEC(LIMIT)));
	return sim_now(t->sim);
}

/* The moments spread over the time between two announcements. */
START_TEST(one_run)
{
	int64_t start, primary, rekey;
	struct trio t;

	come_up(&t);
	sim_run(t.sim, SEC(COOP_REFRESH) * (_i * 5 % 32) / 32);
	ck_assert(!took_over(&t) && !took_rekey(&t));
	start = sim_now(t.sim);
	box_link(t.ks1, false);
	primary = until(&t, took_over);
	free(box_show(t.ks2, "crypto gdoi ks rekey"));
	rekey = until(&t, took_rekey);
	printf("%lld %lld\n", (long long)(primary - start) / 1000,
	       (long long)(rekey - start) / 1000);
	go_down(&t);
}
END_TEST

int main(int argc, char **argv)
{
	long runs = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
	Suite *suite = suite_create("failover");
	SRunner *runner = srunner_create(suite);
	TCase *tc = tcase_create("runs");
	int failed;

	if (runs < 1 || runs > RUNS_MAX) {
		fprintf(stderr, "usage: failover_sim RUNS\n");
		return 2;
	}
	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, one_run, 0, (int)runs);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	if (failed)
		srunner_print(runner, CK_NORMAL);
	srunner_free(runner);
	return failed != 0;
}
