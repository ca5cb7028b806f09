/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key server's block of show crypto gdoi; show crypto gdoi ks; ks acl. */
#include "ks/ks_cli.h"
#include "ks/ks_schedule.h"

void ks_show_each(struct ks *ks, const struct cli_args *a, struct cli_out *o,
		  void (*show)(const struct ks_group *g, unsigned int before,
			       struct cli_out *o))
{
	const struct ks_group *g = NULL;
	unsigned int before = 0;

	if (!gdoi_group_known(ks->config.groups, a, o))
		return;
	while ((g = ks_group_next(ks, g))) {
		if (gdoi_group_meant(g->group, a))
			show(g, before++, o);
	}
}

/* Labels of the three depths, all with the colon in column 29. */
#define GROUP_LINE "    %-25s: "
#define COOP_LINE  "        %-21s: "
#define SA_LINE	   "      %-23s: "

/* --- show crypto gdoi ------------------------------------------------------ */

static const char *direction(const struct ks_group *g)
{
	return g->receive_only ? "Inbound Only" : "Both";
}

static const char *identity(const struct ks_group *g, char *out)
{
	return gdoi_id_text(&g->group->id, out);
}

static void show_coop(const struct ks_group *g, struct cli_out *o)
{
	struct ip_addr address = ks_group_address(g);
	char text[IP_ADDR_TEXT];

	if (!g->coop.on)
		return;
	cli_say(o, GROUP_LINE "Configured\n", "Redundancy");
	cli_say(o, COOP_LINE "%s\n", "Local Address", ip_text(&address, text));
	cli_say(o, COOP_LINE "%u\n", "Local Priority", g->coop.priority);
	cli_say(o, COOP_LINE "Alive\n", "Local KS Status");
	cli_say(o, COOP_LINE "Primary\n", "Local KS Role");
	cli_say(o, COOP_LINE "%s\n", "Local KS Version", GDOI_VERSION);
}

static void show_rekey(const struct ks_group *g, struct cli_out *o)
{
	int64_t now = env_now(g->ks->env);

	cli_say(o, GROUP_LINE "%u secs\n", "Group Rekey Lifetime",
		g->rekey.lifetime);
	if (g->kek) {
		cli_say(o, "    Group Rekey\n");
		cli_say(o, COOP_LINE "%u secs\n", "Remaining Lifetime",
			ks_life_remaining(&g->kek->life, now));
		cli_say(o, COOP_LINE "%u secs\n", "Time to Rekey",
			ks_kek_due(g));
	}
	cli_say(o, GROUP_LINE "%u secs\n", "Rekey Retransmit Period",
		g->rekey.interval);
	cli_say(o, GROUP_LINE "%u\n", "Rekey Retransmit Attempts",
		g->rekey.number);
	cli_say(o, "    Group Retransmit\n");
	cli_say(o, COOP_LINE "0 secs\n", "Remaining Lifetime");
}

static void show_replay(const struct ks_sa *sa, struct cli_out *o)
{
	switch (sa->replay) {
	case KS_REPLAY_COUNTER:
		cli_say(o, SA_LINE "Count Based\n", "Replay method");
		break;
	case KS_REPLAY_TIME:
		cli_say(o, SA_LINE "Time Based\n", "Replay method");
		break;
	case KS_REPLAY_NONE:
		cli_say(o, SA_LINE "Disabled\n", "Replay method");
		return;
	}
	cli_say(o, SA_LINE "%u\n", "Replay Window Size", sa->window);
}

static unsigned int sa_lifetime(const struct ks_sa *sa)
{
	struct ipsec_profile_view view;

	if (sa->profile && ipsec_profile_find(sa->ks_group->ks->config.ipsec,
					      sa->profile, &view))
		return view.lifetime_seconds;
	return 0;
}

static void show_sa(const struct ks_sa *sa, struct cli_out *o)
{
	const struct ks_tek_set *set = TAILQ_FIRST(&sa->sets);

	cli_say(o, "\n" SA_LINE "%u\n", "IPSec SA Number", sa->number);
	cli_say(o, SA_LINE "%u secs\n", "IPSec SA Rekey Lifetime",
		sa_lifetime(sa));
	cli_say(o, SA_LINE "%s\n", "Profile Name",
		sa->profile ? sa->profile : "");
	show_replay(sa, o);
	if (set) {
		cli_say(o, "      SA Rekey\n");
		cli_say(o, "         %-20s: %u secs\n", "Remaining Lifetime",
			ks_life_remaining(&set->life,
					  env_now(sa->ks_group->ks->env)));
		cli_say(o, "         %-20s: %u secs\n", "Time to Rekey",
			ks_tek_due(sa, set));
	}
	if (sa->acl)
		cli_say(o, SA_LINE "access-list %s\n", "ACL Configured",
			sa->acl);
}

void ks_show_group(const struct ks_group *g, struct cli_out *o)
{
	char text[GDOI_ID_TEXT];
	const struct ks_sa *sa;

	cli_say(o, GROUP_LINE "%s (%s)\n", "Group Name", g->group->name,
		g->rekey.unicast ? "Unicast" : "Multicast");
	cli_say(o, GROUP_LINE "%s\n", "Group Identity", identity(g, text));
	cli_say(o, GROUP_LINE "%s\n", "Crypto Path",
		g->group->ipv6 ? "ipv6" : "ipv4");
	cli_say(o, GROUP_LINE "ipv4\n", "Key Management Path");
	cli_say(o, GROUP_LINE "%u\n", "Group Members", g->members.count);
	cli_say(o, GROUP_LINE "%s\n", "IPSec SA Direction", direction(g));
	show_coop(g, o);
	show_rekey(g, o);
	TAILQ_FOREACH (sa, &g->sas, entry)
		show_sa(sa, o);
	cli_say(o, "\n     %-24s: Local\n\n", "Group Server list");
}

/* --- show crypto gdoi ks --------------------------------------------------- */

static const char *ack_text(const struct ks_group *g)
{
	switch (g->rekey.ack) {
	case KS_ACK_CISCO:
		return "Cisco";
	case KS_ACK_INTEROPERABLE:
		return "Interoperable";
	case KS_ACK_ANY:
		return "Any";
	}
	return "";
}

static void show_d3p(const struct ks_group *g, struct cli_out *o)
{
	if (!g->d3p)
		cli_say(o, GROUP_LINE "Disabled\n", "IP D3P Window");
	else if (g->d3p_in_ms)
		cli_say(o, GROUP_LINE "%u msec\n", "IP D3P Window", g->d3p);
	else
		cli_say(o, GROUP_LINE "%u sec\n", "IP D3P Window",
			g->d3p / 1000);
}

static void show_summary(const struct ks_group *g, unsigned int before,
			 struct cli_out *o)
{
	char text[GDOI_ID_TEXT];
	const struct ks_sa *sa;

	(void)before;
	cli_say(o, "Key Server Information For Group %s:\n", g->group->name);
	cli_say(o, GROUP_LINE "%s\n", "Group Name", g->group->name);
	cli_say(o, GROUP_LINE "%s\n", "Re-auth on new CRL",
		g->crl_trustpoint ? "Enabled" : "Disabled");
	cli_say(o, GROUP_LINE "%s\n", "Group Identity", identity(g, text));
	cli_say(o, GROUP_LINE "%u\n", "Group Members", g->members.count);
	cli_say(o, GROUP_LINE "%s\n", "Rekey Acknowledgement Cfg", ack_text(g));
	cli_say(o, GROUP_LINE "%s\n", "IPSec SA Direction", direction(g));
	show_d3p(g, o);
	cli_say(o, "    ACL Configured:\n");
	TAILQ_FOREACH (sa, &g->sas, entry) {
		if (sa->acl)
			cli_say(o, "        access-list %s\n", sa->acl);
	}
	show_coop(g, o);
	cli_say(o, "\n");
}

static void run_summary(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct ks_group *g = NULL;
	struct ks *ks = obj;
	unsigned int count = 0;

	while ((g = ks_group_next(ks, g)))
		count += g->members.count;
	if (ks_group_next(ks, NULL))
		cli_say(o, "Total group members registered to this box: %u\n\n",
			count);
	ks_show_each(ks, a, o, show_summary);
}

/* --- show crypto gdoi ks acl ----------------------------------------------- */

static void show_acl(const struct ks_sa *sa, struct cli_out *o)
{
	const struct acl *acl = NULL;
	char text[ACE_TEXT];
	size_t i;

	if (sa->acl && !sa->acl_ipv6)
		acl = acls_find(sa->ks_group->ks->config.acls, sa->acl);
	for (i = 0; acl && i < acl->n; i++) {
		if (!acl->entries[i].remark)
			cli_say(o, "   access-list %s  %s\n", acl->name,
				ace_text(&acl->entries[i].ace, acl->standard,
					 ACE_GDOI, text));
	}
}

static void show_acls(const struct ks_group *g, unsigned int before,
		      struct cli_out *o)
{
	const struct ks_sa *sa;

	if (before)
		cli_say(o, "\n");
	cli_say(o, "Group Name: %s\n Configured ACL:\n", g->group->name);
	TAILQ_FOREACH (sa, &g->sas, entry)
		show_acl(sa, o);
}

static void run_acl(void *obj, const struct cli_args *a, struct cli_out *o)
{
	ks_show_each(obj, a, o, show_acls);
}

/* clang-format off */
static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW
			 "ks          Key server information\n"
			 "[ detail    Details\n"
			 "]\n",
		.run = run_summary,
	},
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW
			 "ks          Key server information\n"
			 "acl         Access lists of the policy\n",
		.run = run_acl,
	},
};
/* clang-format on */

void ks_show_init(struct ks *ks)
{
	CLI_ADD(ks->config.cli, commands, ks);
}
