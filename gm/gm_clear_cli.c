/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counters are cleared, and SAs. */
#include "gm/gm_member.h"
#include "gm/gm_msg.h"
#include "gm/gm_show.h"

/* --- counters, of the groups that are meant ------------------------------------- */

static void clear_counters(const struct gm_member *m, const struct cli_args *a,
			   struct cli_out *o)
{
	const struct dataplane *d = &m->gm->config.dataplane;

	(void)a;
	(void)o;
	d->ops->clear_counters(d->ctx, m->group->key);
}

static void clear_replay(const struct gm_member *m, const struct cli_args *a,
			 struct cli_out *o)
{
	const struct dataplane *d = &m->gm->config.dataplane;

	(void)a;
	(void)o;
	if (d->ops->clear_replay)
		d->ops->clear_replay(d->ctx, m->group->key);
}

static void run_clear_counters(void *ctx, const struct cli_args *a,
			       struct cli_out *o)
{
	gm_show_each(ctx, a, o, clear_counters);
}

static void run_clear_replay(void *ctx, const struct cli_args *a,
			     struct cli_out *o)
{
	gm_show_each(ctx, a, o, clear_replay);
}

/* --- clear crypto sa: on a group member the SAs are the group's, so it forgets
 * what it downloaded and registers again ------------------------------------------ */

static void clear_sas(struct gm_member *m)
{
	if (m->keys.policy)
		env_event(m->gm->env, GM_RE_REGISTER, m->group->name);
	gm_member_reset(m);
}

static void run_clear(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct gm *gm = ctx;
	struct gm_member *m;

	TAILQ_FOREACH (m, &gm->members, entry) {
		if (m->group && cli_has(a, "counters"))
			clear_counters(m, a, o);
		else if (m->group)
			clear_sas(m);
	}
	gm_refresh(gm);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "clear  Reset functions\n"
			 "crypto  Encryption subsystem\n"
			 "sa  Clear all crypto SAs\n"
			 "[ counters  Reset the SA counters\n"
			 "]\n",
		.run = run_clear,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_CLEAR "gm  Group member\n"
				    "dataplane  Data-plane information\n"
				    "counters  Data-plane counters\n",
		.run = run_clear_counters,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_CLEAR "replay  Anti-replay information\n"
				    "counter  Anti-replay counters\n",
		.run = run_clear_replay,
	},
};

void gm_clear_cli_init(struct gm *gm)
{
	CLI_ADD(gm->config.cli, commands, gm);
}
