/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi gm acl [download | local] */
#include "gm/gm_show.h"

void gm_show_downloaded_acl(const struct gm_member *m, struct cli_out *o)
{
	const struct gdoi_policy *p = m->keys.policy;
	char text[IP_ADDR_TEXT], ace[ACE_TEXT];
	size_t i;

	cli_say(o, " ACL Downloaded From KS %s:\n",
		p ? ip_text(&m->registered_with, text) : "UNKNOWN");
	for (i = 0; p && i < p->n_rules; i++)
		cli_say(o, "   access-list   %s\n",
			ace_text(&p->rules[i].ace, false, ACE_GDOI, ace));
}

/* A permit is refused there (gm_note_permits()), so it is not told. */
static void say_local(const struct gm_member *m, struct cli_out *o)
{
	const char *name = m->map_entry->acl;
	const struct acl *acl = gm_map_acl(m->gm, m->map_entry->map, name);
	char ace[ACE_TEXT];
	size_t i;

	cli_say(o, " ACL Configured Locally:\n");
	if (!name)
		return;
	cli_say(o, "  Map Name: %s\n", m->map_entry->map->name);
	for (i = 0; acl && i < acl->n; i++)
		if (!acl->entries[i].remark && !acl->entries[i].ace.permit)
			cli_say(o, "   access-list %s  %s\n", name,
				ace_text(&acl->entries[i].ace, acl->standard,
					 ACE_GDOI, ace));
}

static void show_one(const struct gm_member *m, const struct cli_args *a,
		     struct cli_out *o)
{
	cli_say(o, "Group Name: %s\n", m->group->name);
	if (!cli_has(a, "local"))
		gm_show_downloaded_acl(m, o);
	if (!cli_has(a, "download"))
		say_local(m, o);
}

static void show_acl(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	gm_show_each(ctx, a, o, show_one);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW "gm  Group member information\n"
				   "acl  Group member ACLs\n"
				   "[ ( download  ACL from the key server\n"
				   "| local  ACL configured on this router\n"
				   ")\n"
				   "]\n",
		.run = show_acl,
		.flags = CLI_USER,
	},
};

void gm_show_acl_init(struct gm *gm)
{
	CLI_ADD(gm->config.cli, commands, gm);
}
