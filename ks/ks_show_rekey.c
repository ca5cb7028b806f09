/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi ks rekey */
#include "ks/ks_cli.h"

#include <stdio.h>

#include "ks/ks_policy.h"
#include "ks/ks_show.h"

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
		gdoi_transport_text(g->rekey.unicast));
	cli_say(o, NUMBER, "Number of Rekeys sent", g->rekeys_sent);
	cli_say(o, NUMBER, "Number of Rekeys retransmitted", g->retransmitted);
	cli_say(o, NUMBER, "KEK rekey lifetime (sec)", g->rekey.lifetime);
	if (g->kek)
		cli_say(o, INDENTED, "Remaining lifetime (sec)",
			ks_life_remaining(&g->kek->life, now));
	cli_say(o, NUMBER, "Retransmit period", g->rekey.interval);
	if (g->rekey.periodic)
		cli_say(o, "    %-36s: periodic\n",
			"Number of retransmissions");
	else
		cli_say(o, NUMBER, "Number of retransmissions",
			g->rekey.number);
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

/* clang-format off */
static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW
			 "ks          Key server information\n"
			 "rekey       Rekeys\n",
		.run = run_rekey,
	},
};
/* clang-format on */

void ks_show_rekey_init(struct ks *ks)
{
	CLI_ADD(ks->config.cli, commands, ks);
}
