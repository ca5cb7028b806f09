/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi ks rekey, replay, identifier */
#include "ks/ks_cli.h"

#include <stdio.h>

#include "ks/ks_policy.h"
#include "ks/ks_schedule.h"
#include "ks/ks_sid.h"

/* --- rekey ------------------------------------------------------------------ */

#define NUMBER	 "    %-36s: %u\n"
#define INDENTED "        %-32s: %u\n"

static void show_sa_lives(const struct ks_sa *sa, struct cli_out *o)
{
	const struct ks_tek_set *set = TAILQ_FIRST(&sa->sets);
	int64_t now = env_now(sa->ks_group->ks->env);
	char label[40];

	if (!set)
		return;
	snprintf(label, sizeof(label), "IPSec SA %u  lifetime (sec)",
		 sa->number);
	cli_say(o, NUMBER, label, set->life.seconds);
	cli_say(o, INDENTED, "Remaining lifetime (sec)",
		ks_life_remaining(&set->life, now));
}

static void show_rekey(const struct ks_group *g, unsigned int before,
		       struct cli_out *o)
{
	int64_t now = env_now(g->ks->env);
	char text[IP_ADDR_TEXT];
	const struct ks_sa *sa;
	struct endpoint dst;

	(void)before;
	cli_say(o, "Group %s (%s)\n", g->group->name,
		g->rekey.unicast ? "Unicast" : "Multicast");
	cli_say(o, NUMBER, "Number of Rekeys sent", g->rekeys_sent);
	cli_say(o, NUMBER, "Number of Rekeys retransmitted", g->retransmitted);
	cli_say(o, NUMBER, "KEK rekey lifetime (sec)", g->rekey.lifetime);
	if (g->kek)
		cli_say(o, INDENTED, "Remaining lifetime (sec)",
			ks_life_remaining(&g->kek->life, now));
	cli_say(o, NUMBER, "Retransmit period", g->rekey.interval);
	cli_say(o, NUMBER, "Number of retransmissions", g->rekey.number);
	TAILQ_FOREACH (sa, &g->sas, entry)
		show_sa_lives(sa, o);
	if (!g->rekey.unicast && ks_rekey_destination(g, &dst))
		cli_say(o, "    %-36s: %s\n", "Multicast destination address",
			ip_text(&dst.addr, text));
	cli_say(o, "\n");
}

static void run_rekey(void *obj, const struct cli_args *a, struct cli_out *o)
{
	ks_show_each(obj, a, o, show_rekey);
}

/* --- replay ----------------------------------------------------------------- */

static bool time_based(const struct ks_group *g)
{
	const struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		if (sa->replay == KS_REPLAY_TIME)
			return true;
	}
	return false;
}

static void show_replay(const struct ks_group *g, unsigned int before,
			struct cli_out *o)
{
	uint64_t hundredths;
	unsigned int seconds;

	(void)before;
	cli_say(o, "Anti-replay Information For Group %s:\n", g->group->name);
	cli_say(o, "  Timebased Replay:\n");
	if (!time_based(g)) {
		cli_say(o, "         is not enabled\n\n");
		return;
	}
	hundredths = (ks_pseudotime(g) >> 32) * 100 +
		     ((ks_pseudotime(g) & UINT32_MAX) * 100 >> 32);
	seconds = (unsigned int)(hundredths / 100);
	cli_say(o, "    %-25s: %u.%02u secs\n", "Replay Value", seconds,
		(unsigned int)(hundredths % 100));
	cli_say(o, "    %-25s: %u secs\n\n", "Remaining sync time",
		g->live ? KS_PSEUDOTIME_REFRESH -
				  seconds % KS_PSEUDOTIME_REFRESH
			: 0);
}

static void run_replay(void *obj, const struct cli_args *a, struct cli_out *o)
{
	ks_show_each(obj, a, o, show_replay);
}

/* --- identifier ------------------------------------------------------------- */

static const char *size_name(const struct ks_group *g)
{
	if (g->sid_bits == 32)
		return "LARGE";
	return g->sid_bits == KS_SID_BITS ? "MEDIUM" : "SMALL";
}

static bool counter_mode(const struct ks_group *g)
{
	struct ipsec_profile_view view;
	const struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		if (sa->profile &&
		    ipsec_profile_find(g->ks->config.ipsec, sa->profile,
				       &view) &&
		    ks_transform_counter(&view.transform))
			return true;
	}
	return false;
}

static void show_identifier(const struct ks_group *g, unsigned int before,
			    struct cli_out *o)
{
	unsigned int kssid;
	uint32_t gmsid;

	(void)before;
	cli_say(o, "KS Sender ID (KSSID) Information for Group %s:\n\n",
		g->group->name);
	cli_say(o, "    %-25s: %s\n", "Transform Mode",
		counter_mode(g) ? "Counter (Suite-B)"
				: "Non-Counter (Non-Suite-B)");
	cli_say(o, "    %-25s: %s\n", "Re-initializing",
		g->reinit_until > env_now(g->ks->env) ? "Yes" : "No");
	cli_say(o, "    %-25s: %u bits (%s)\n", "SID Length (Group Size)",
		g->sid_bits, size_name(g));
	if (ks_sid_used(g, &kssid, &gmsid)) {
		cli_say(o, "    %-25s: %u\n", "Current KSSID In-Use", kssid);
		cli_say(o, "    %-25s: %u\n\n", "Last GMSID Used", gmsid);
	} else {
		cli_say(o, "    %-25s: none\n", "Current KSSID In-Use");
		cli_say(o, "    %-25s: none\n\n", "Last GMSID Used");
	}
}

static void show_ranges(const struct ks_group *g, struct cli_out *o)
{
	size_t i;

	cli_say(o, "    %-25s: ", "KSSID(s) Assigned");
	if (!g->identifier.n)
		cli_say(o, "none");
	for (i = 0; i < g->identifier.n; i++) {
		const struct ks_range *r = &g->identifier.ranges[i];

		cli_say(o, i ? ", %u" : "%u", r->first);
		if (r->last != r->first)
			cli_say(o, "-%u", r->last);
	}
	cli_say(o, "\n");
}

static void show_identifier_detail(const struct ks_group *g,
				   unsigned int before, struct cli_out *o)
{
	show_identifier(g, before, o);
	show_ranges(g, o);
	if (ks_sid_needed(g))
		cli_say(o, "\n    REMAINING SIDs: %llu\n\n",
			(unsigned long long)(ks_sid_capacity(g) - g->next_sid));
	else
		cli_say(o, "\n    REMAINING SIDs: none\n\n");
}

static void run_identifier(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	ks_show_each(obj, a, o,
		     cli_has(a, "detail") ? show_identifier_detail
					  : show_identifier);
}

/* clang-format off */
static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW
			 "ks          Key server information\n"
			 "rekey       Rekeys\n",
		.run = run_rekey,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW
			 "ks          Key server information\n"
			 "replay      Clock of the group\n",
		.run = run_replay,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW
			 "ks          Key server information\n"
			 "identifier  Sender IDs\n"
			 "[ detail    Details\n"
			 "]\n",
		.run = run_identifier,
	},
};
/* clang-format on */

void ks_show_rekey_init(struct ks *ks)
{
	CLI_ADD(ks->config.cli, commands, ks);
}
