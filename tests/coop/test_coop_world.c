/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random schedules of cooperative key servers (tests/coop/world.h).
 *
 *	test_coop_world				the tests of make check
 *	test_coop_world --seed N [--verbose]	one schedule
 *	test_coop_world --schedules N [--from SEED] [--plant NAME]
 *			[--ignore RULE]
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "tests/check_main.h"
#include "tests/coop/world.h"

enum {
	SCHEDULES = 120, /* of make check: some 20 s with sanitizers */
	TRIES = 60,	 /* until a plant is found */
	TIMEOUT = 240,	 /* s, on a loaded machine */
};

static const char *const plant_names[] = {
	[PLANT_NONE] = "none",
	[PLANT_PREEMPT] = "preempt",
	[PLANT_SEQ] = "seq",
	[PLANT_TEK] = "tek",
};

static bool run_one(const char *program, uint64_t seed,
		    const struct world_options *options)
{
	const char *rule;
	char *failure = world_run(seed, options, &rule);

	if (!failure)
		return true;
	printf("seed %llu: %s\n  %s --seed %llu --verbose\n",
	       (unsigned long long)seed, failure, program,
	       (unsigned long long)seed);
	fflush(stdout);
	free(failure);
	return false;
}

/* Those that found something once. */
static const uint64_t instructive[] = { 1602, 2055, 2582, 3761, 3984,
					3994, 4658, 4849, 5882, 7605 };

START_TEST(all_invariants_hold_in_random_schedules)
{
	const struct world_options options = { 0 };
	unsigned int bad = 0;
	uint64_t seed;
	size_t i;

	for (i = 0; i < sizeof(instructive) / sizeof(instructive[0]); i++) {
		if (!run_one("tests/coop/test_coop_world", instructive[i],
			     &options))
			bad++;
	}
	for (seed = 1; seed <= SCHEDULES; seed++) {
		if (!run_one("tests/coop/test_coop_world", seed, &options))
			bad++;
	}
	ck_assert_uint_eq(bad, 0);
}
END_TEST

static const struct {
	enum world_plant plant;
	const char *rule;
} plants[] = {
	{ PLANT_PREEMPT, "no preemption" },
	{ PLANT_SEQ, "sequence" },
	{ PLANT_TEK, "decryption" },
};

START_TEST(a_planted_fault_is_found_by_its_invariant)
{
	const struct world_options options = { .plant = plants[_i].plant };
	const char *rule = NULL;
	bool found = false;
	char *failure;
	uint64_t seed;

	/* A fault breaks other rules, too, sometimes earlier. */
	for (seed = 1; seed <= TRIES && !found; seed++) {
		failure = world_run(seed, &options, &rule);
		found = failure && strcmp(rule, plants[_i].rule) == 0;
		free(failure);
	}
	ck_assert_msg(found, "%s is not found", plants[_i].rule);
}
END_TEST

static TCase *schedules(void)
{
	TCase *tc = tcase_create("schedules");

	tcase_set_timeout(tc, TIMEOUT);
	tcase_add_test(tc, all_invariants_hold_in_random_schedules);
	tcase_add_loop_test(tc, a_planted_fault_is_found_by_its_invariant, 0,
			    (int)(sizeof(plants) / sizeof(plants[0])));
	return tc;
}

/* --- the command ------------------------------------------------------------- */

struct command {
	uint64_t seed, from, schedules;
	bool one;
	struct world_options options;
};

static enum world_plant plant_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(plant_names) / sizeof(plant_names[0]); i++) {
		if (strcmp(plant_names[i], name) == 0)
			return (enum world_plant)i;
	}
	fprintf(stderr, "no such plant: %s\n", name);
	exit(2);
}

static void read_options(int argc, char **argv, struct command *c)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "schedules", required_argument, NULL, 'n' },
		{ "from", required_argument, NULL, 'f' },
		{ "plant", required_argument, NULL, 'p' },
		{ "ignore", required_argument, NULL, 'i' },
		{ "verbose", no_argument, NULL, 'v' },
		{ 0 },
	};
	int o;

	c->from = 1;
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 's') {
			c->seed = strtoull(optarg, NULL, 10);
			c->one = true;
		} else if (o == 'n') {
			c->schedules = strtoull(optarg, NULL, 10);
		} else if (o == 'f') {
			c->from = strtoull(optarg, NULL, 10);
		} else if (o == 'p') {
			c->options.plant = plant_of(optarg);
		} else if (o == 'i') {
			c->options.ignore = optarg;
		} else if (o == 'v') {
			c->options.verbose = true;
		} else {
			exit(2);
		}
	}
}

static int run_command(const char *program, const struct command *c)
{
	uint64_t seed, bad = 0;

	if (c->one)
		return run_one(program, c->seed, &c->options) ? 0 : 1;
	for (seed = c->from; seed < c->from + c->schedules; seed++) {
		if (!run_one(program, seed, &c->options))
			bad++;
	}
	printf("%llu schedules from seed %llu, %llu failed\n",
	       (unsigned long long)c->schedules, (unsigned long long)c->from,
	       (unsigned long long)bad);
	return bad ? 1 : 0;
}

int main(int argc, char **argv)
{
	static make_case *const cases[] = { schedules };
	struct command c = { 0 };

	read_options(argc, argv, &c);
	if (c.one || c.schedules)
		return run_command(argv[0], &c);
	return run_cases("cooperative key servers, random schedules", cases, 1);
}
