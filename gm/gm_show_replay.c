/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi gm replay */
#include "gm/gm_show.h"

#include <stdio.h>
#include <time.h>

#define PAIR "    %-25s: %-10llu%-25s: %llu\n"

static double seconds_of(uint64_t pseudotime)
{
	return (double)pseudotime / 4294967296.0;
}

static void say_counters(const struct gm_member *m, struct cli_out *o)
{
	const struct dataplane *d = &m->gm->config.dataplane;
	struct ipsec_counters c;

	d->ops->counters(d->ctx, m->group->key, &c);
	cli_say(o, "    %-25s: %.2f secs\n", "Replay Value",
		(double)gm_keys_pseudotime(&m->keys, env_now(m->gm->env)) /
			(double)US_PER_SEC);
	cli_say(o, PAIR, "Input Packets", (unsigned long long)c.replay_in,
		"Output Packets", (unsigned long long)c.replay_out);
	/* A packet that cannot be stamped is not sent at all. */
	cli_say(o, PAIR, "Input Error Packets",
		(unsigned long long)c.replay_fail, "Output Error Packets",
		0ULL);
	cli_say(o, "    %-25s: %-10u%-25s: %.2f secs\n\n", "Time Sync Error",
		m->rekey.time_adjusted, "Max time delta",
		(double)c.replay_max_delta / (double)US_PER_SEC);
}

/* "19:27:32.279 UTC Wed Jun 26 2013" */
static const char *wall_text(int64_t wall, char *out, size_t size)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t seconds = (time_t)(wall / US_PER_SEC);
	struct tm tm = { 0 };

	gmtime_r(&seconds, &tm);
	snprintf(out, size, "%02d:%02d:%02d.%03d UTC %.3s %.3s %d %d",
		 tm.tm_hour, tm.tm_min, tm.tm_sec,
		 (int)(wall % US_PER_SEC / 1000), &days[3 * tm.tm_wday],
		 &months[3 * tm.tm_mon], tm.tm_mday, tm.tm_year + 1900);
	return out;
}

static void say_errors(const struct gm_member *m, struct cli_out *o)
{
	const struct dataplane *d = &m->gm->config.dataplane;
	struct ipsec_replay_error errors[IPSEC_REPLAY_ERRORS];
	char when[80], src[IP_ADDR_TEXT];
	size_t n = 0, i;

	if (d->ops->replay_errors)
		n = d->ops->replay_errors(d->ctx, m->group->key, errors,
					  ARRAY_SIZE(errors));
	cli_say(o, "TBAR Error History (sampled at 10pak/min):\n");
	if (!n)
		cli_say(o, "    No TBAR errors detected\n");
	for (i = 0; i < n && i < ARRAY_SIZE(errors); i++)
		cli_say(o,
			"    %s: src=%s; my_pst=%.2f secs; "
			"peer_pst=%.2f secs\n",
			wall_text(errors[i].wall, when, sizeof(when)),
			ip_text(&errors[i].src, src),
			seconds_of(errors[i].mine), seconds_of(errors[i].peer));
}

static void show_one(const struct gm_member *m, const struct cli_args *a,
		     struct cli_out *o)
{
	(void)a;
	cli_say(o, "Anti-replay Information For Group %s:\n", m->group->name);
	cli_say(o, "  Timebased Replay:\n");
	if (m->keys.policy && m->keys.policy->tbar) {
		say_counters(m, o);
		say_errors(m, o);
	} else {
		cli_say(o, "         is not enabled\n");
	}
	cli_say(o, "\n");
}

static void show_replay(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	gm_show_each(ctx, a, o, show_one);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW "gm  Group member information\n"
				   "replay  Anti-replay information\n",
		.run = show_replay,
		.flags = CLI_USER,
	},
};

void gm_show_replay_init(struct gm *gm)
{
	CLI_ADD(gm->config.cli, commands, gm);
}
