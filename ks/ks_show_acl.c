/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi ks acl */
#include "ks/ks_cli.h"
#include "ks/ks_policy.h"
#include "ks/ks_show.h"

static void show_acl(const struct ks_sa *sa, struct cli_out *o)
{
	const struct acl *acl = ks_sa_acl(sa);
	char text[ACE_TEXT];
	size_t i;

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
			 "acl         Access lists of the policy\n",
		.run = run_acl,
	},
};
/* clang-format on */

void ks_show_acl_init(struct ks *ks)
{
	CLI_ADD(ks->config.cli, commands, ks);
}
