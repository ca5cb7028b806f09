/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi ks replay */
#include "ks/ks_cli.h"
#include "ks/ks_rekey.h"
#include "ks/ks_show.h"

static void show_replay(const struct ks_group *g, unsigned int before,
			struct cli_out *o)
{
	uint64_t pseudotime = ks_pseudotime(g);

	(void)before;
	cli_say(o, "Anti-replay Information For Group %s:\n", g->group->name);
	cli_say(o, "  Timebased Replay:\n");
	if (!ks_is_time_based(g)) {
		cli_say(o, "         is not enabled\n\n");
		return;
	}
	cli_say(o, "    %-25s: %u.%02u secs\n", "Replay Value",
		(unsigned int)(pseudotime >> 32),
		(unsigned int)((pseudotime & UINT32_MAX) * 100 >> 32));
	/* The primary tells the members. */
	if (coop_is_primary(g))
		cli_say(o, "    %-25s: %u secs\n\n", "Remaining sync time",
			ks_sync_due(g));
	else
		cli_say(o, "    %-25s: n/a\n\n", "Remaining sync time");
}

static void run_replay(void *obj, const struct cli_args *a, struct cli_out *o)
{
	ks_show_each(obj, a, o, show_replay);
}

/* clang-format off */
static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW
			 "ks          Key server information\n"
			 "replay      Clock of the group\n",
		.run = run_replay,
	},
};
/* clang-format on */

void ks_show_replay_init(struct ks *ks)
{
	CLI_ADD(ks->config.cli, commands, ks);
}
