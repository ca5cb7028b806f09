/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi ks [detail] */
#include "gdoi/gdoi_lines.h"
#include "ks/ks_cli.h"
#include "ks/ks_show.h"

const char *ks_show_ack(const struct ks_group *g)
{
	switch (g->rekey.ack) {
	case KS_ACK_CISCO:
		return "Cisco";
	case KS_ACK_INTEROPERABLE:
		return "Interoperable";
	case KS_ACK_ANY:
		break;
	}
	return "Any";
}

static bool name(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	return gdoi_value(out, "%s", g->group->name);
}

static bool reauthentication(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	return gdoi_value(out, g->crl_trustpoint ? "Enabled" : "Disabled");
}

static bool acknowledgement(const void *obj, char *out)
{
	return gdoi_value(out, "%s", ks_show_ack(obj));
}

static bool d3p(const void *obj, char *out)
{
	const struct ks_group *g = obj;

	if (!g->d3p)
		return gdoi_value(out, "Disabled");
	if (g->d3p_in_ms)
		return gdoi_value(out, "%u msec", g->d3p);
	return gdoi_value(out, "%u sec", g->d3p / 1000);
}

/* Split members are taken back one by one; a factor above 0 would spread
 * that over time. */
static bool resiliency(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, "0");
}

static bool ckm(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, "Disabled");
}

static const struct gdoi_line lines[] = {
	GDOI_LINE(ALL, 4, "Group Name", name),
	GDOI_LINE(ALL, 4, "Re-auth on new CRL", reauthentication),
	GDOI_LINE(ALL, 4, "Group Identity", ks_show_identity),
	GDOI_LINE(XE_17, 4, "Group Type", ks_show_type),
	GDOI_LINE(ALL, 4, "Group Members", ks_show_count),
	GDOI_LINE(ALL, 4, "Rekey Acknowledgement Cfg", acknowledgement),
	GDOI_LINE(ALL, 4, "IPSec SA Direction", ks_show_direction),
	GDOI_LINE(ALL, 4, "IP D3P Window", d3p),
	GDOI_LINE(XE_17, 4, "Split Resiliency Factor", resiliency),
	GDOI_LINE(XE_17, 4, "CKM status", ckm),
};

static void show_summary(const struct ks_group *g, unsigned int before,
			 struct cli_out *o)
{
	const struct ks_sa *sa;

	(void)before;
	cli_say(o, "Key Server Information For Group %s:\n", g->group->name);
	GDOI_SAY_LINES(o, lines, ks_show_modern(g), g);
	cli_say(o, "    ACL Configured:\n");
	TAILQ_FOREACH (sa, &g->sas, entry) {
		if (sa->acl)
			cli_say(o, "        access-list %s\n", sa->acl);
	}
	ks_show_redundancy(g, o);
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
};
/* clang-format on */

void ks_show_summary_init(struct ks *ks)
{
	CLI_ADD(ks->config.cli, commands, ks);
}
