/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/exchange/pull_world.h"

#include <check.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tests/gdoi/policies.h"

static const struct gdoi_id group_1234 = { .is_set = true, .number = 1234 };

/* --- the key server -------------------------------------------------------- */

static struct gdoi_policy *give_policy(void *ctx, const struct gdoi_peer *peer,
				       const struct gdoi_id *id,
				       struct isakmp_fault *why)
{
	struct pull_world *w = ctx;

	(void)peer;
	ck_assert(gdoi_id_equal(id, &group_1234));
	w->n_policies++;
	if (!w->refuses)
		return gdoi_policy_copy(w->policy);
	*why = ISAKMP_FAULT(INVALID_ID_INFORMATION, "not you");
	return NULL;
}

static bool take_member(void *ctx, const struct gdoi_peer *peer,
			const struct gdoi_id *id, struct gdoi_policy *policy)
{
	struct pull_world *w = ctx;
	unsigned int i;

	(void)id;
	w->peer = *peer;
	if (w->full)
		return false;
	w->n_members++;
	if (!gdoi_policy_has_counter_mode(policy))
		return true;
	policy->sid_bits = 24;
	policy->n_sids = peer->sids_wanted ? peer->sids_wanted : 1;
	free(policy->sids);
	policy->sids = xcalloc(policy->n_sids, sizeof(*policy->sids));
	for (i = 0; i < policy->n_sids; i++)
		policy->sids[i] = 0x10000 + i;
	return true;
}

static void hear_refusal(void *ctx, const struct gdoi_peer *peer,
			 const struct gdoi_id *id)
{
	struct pull_world *w = ctx;

	(void)peer;
	(void)id;
	w->n_refused++;
}

static const struct gdoi_server_ops server_ops = {
	.policy = give_policy,
	.member = take_member,
	.refused = hear_refusal,
};

/* --- the member -------------------------------------------------------------- */

static void done(void *ctx, struct gdoi_policy *policy)
{
	struct pull_world *w = ctx;

	w->pull = NULL;
	w->n_done++;
	gdoi_policy_free(w->got);
	w->got = policy;
}

static void count_failure(struct pull_world *w, struct isakmp_fault why)
{
	ck_assert_uint_ne(why.notify, 0);
	ck_assert_ptr_nonnull(why.text);
	w->n_failed++;
	w->why = why;
	if (w->persistent)
		pull_world_register(w);
}

static void pull_failed(void *ctx, struct isakmp_fault why)
{
	struct pull_world *w = ctx;

	w->pull = NULL;
	count_failure(w, why);
}

static struct isakmp_fault check(void *ctx, const struct gdoi_policy *policy)
{
	struct pull_world *w = ctx;

	ck_assert_ptr_null(policy->kek.key.data);
	if (w->dislikes)
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN, "not this one");
	return ISAKMP_OK;
}

static const struct gdoi_pull_ops pull_ops = {
	.done = done,
	.failed = pull_failed,
	.check = check,
};

static void phase1_up(void *ctx, struct isakmp_sa *sa)
{
	struct pull_world *w = ctx;

	w->connect = NULL;
	w->sa = sa;
	w->pull = gdoi_pull_start(sim_env(w->pair.gm_node), sa, &group_1234,
				  w->sids_wanted, &pull_ops, w);
}

static void phase1_failed(void *ctx, struct isakmp_fault why)
{
	struct pull_world *w = ctx;

	w->connect = NULL;
	count_failure(w, why);
}

static const struct isakmp_connect_ops connect_ops = {
	.up = phase1_up,
	.failed = phase1_failed,
};

void pull_world_register(struct pull_world *w)
{
	w->n_tries++;
	w->connect = isakmp_connect(w->pair.gm, &w->pair.gm_at, &w->pair.ks_at,
				    &connect_ops, w);
}

void pull_world_open(struct pull_world *w, uint64_t seed,
		     struct gdoi_policy *policy, bool family)
{
	*w = (struct pull_world){ .policy = policy };
	pair_open(&w->pair, seed);
	if (family)
		gdoi_announce(w->pair.gm);
	w->server = gdoi_server_new(sim_env(w->pair.ks_node), w->pair.ks,
				    &server_ops, w);
}

void pull_world_close(struct pull_world *w)
{
	w->persistent = false;
	if (w->connect)
		isakmp_connect_cancel(w->connect);
	if (w->pull)
		gdoi_pull_cancel(w->pull);
	gdoi_server_free(w->server);
	pair_close(&w->pair);
	gdoi_policy_free(w->policy);
	gdoi_policy_free(w->got);
}

static bool is_over(void *arg)
{
	const struct pull_world *w = arg;

	return w->n_done || (w->n_failed && !w->persistent);
}

bool pull_world_run(struct pull_world *w, int64_t us)
{
	return sim_run_until(w->pair.sim, is_over, w, us);
}

void pull_world_check(const struct pull_world *w)
{
	ck_assert_uint_eq(w->n_done, 1);
	ck_assert_ptr_nonnull(w->got);
	policy_check_equal(w->policy, w->got, true);
}
