/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi ks members [A.B.C.D | summary] */
#include "ks/ks_cli.h"

static void show_header(const struct ks_group *g, struct cli_out *o)
{
	const char *name = g->group->name;

	cli_say(o, "Number of rekeys sent for group %s : %u\n", name,
		g->rekeys_sent);
	cli_say(o,
		"Number of retransmits during the last rekey for group %s : "
		"%u\n",
		name, g->last_retransmits);
	cli_say(o, "Duration of the last rekey for group %s : %u msec\n\n",
		name, g->last_duration_ms);
}

static void show_short(const struct ks_group *g, const struct ks_member *m,
		       struct cli_out *o)
{
	char addr[IP_ADDR_TEXT], server[IP_ADDR_TEXT], id[GDOI_ID_TEXT];

	cli_say(o, "Group Member ID    : %-20sGM Version: %s\n",
		ip_text(&m->addr, addr),
		m->version[0] ? m->version : "unknown");
	cli_say(o, " Group ID          : %s\n",
		gdoi_id_text(&g->group->id, id));
	cli_say(o, " Group Name        : %s\n", g->group->name);
	cli_say(o, " GM State          : Registered\n");
	cli_say(o, " Key Server ID     : %s\n", ip_text(&m->server, server));
}

static void show_numbers(const char *label, const uint32_t *seq,
			 struct cli_out *o)
{
	size_t i;

	cli_say(o, " %s seq num : ", label);
	for (i = 0; i < KS_SEQ_HISTORY; i++)
		cli_say(o, "%-6u", seq[i]);
	cli_say(o, "\n");
}

static void show_member(const struct ks_group *g, const struct ks_member *m,
			struct cli_out *o)
{
	show_short(g, m, o);
	cli_say(o, " Rekeys sent       : %u\n", m->rekeys_sent);
	cli_say(o, " Rekeys retries    : %u\n", m->rekeys_retried);
	cli_say(o, " Rekey Acks Rcvd   : %u\n", m->acks_received);
	cli_say(o, " Rekey Acks missed : %u\n\n", m->acks_missed);
	show_numbers("Sent", m->seq_sent, o);
	show_numbers("Rcvd", m->seq_acked, o);
	cli_say(o, "\n");
}

/* The database is not changed: its walk has no const form. */
static struct ks_members *members_of(const struct ks_group *g)
{
	return &ks_group_of(g->group)->members;
}

static void show_all(const struct ks_group *g, unsigned int before,
		     struct cli_out *o)
{
	struct ks_member *m = NULL;

	(void)before;
	cli_say(o, "\nGroup Member Information : \n\n");
	show_header(g, o);
	while ((m = ks_members_next(members_of(g), m)))
		show_member(g, m, o);
}

static void show_summary(const struct ks_group *g, unsigned int before,
			 struct cli_out *o)
{
	struct ks_member *m = NULL;

	(void)before;
	cli_say(o, "\nGroup Member Information : \n\n");
	while ((m = ks_members_next(members_of(g), m))) {
		show_short(g, m, o);
		cli_say(o, "\n");
	}
}

static void show_one(const struct ks_group *g, const struct ip_addr *addr,
		     struct cli_out *o)
{
	const struct ks_member *m = ks_members_find(members_of(g), addr);

	if (!m) {
		cli_say(o, "\nGroup Member not Found\n\n");
		return;
	}
	show_header(g, o);
	show_member(g, m, o);
}

static void run_members(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct ks_group *g = NULL;
	struct ks *ks = obj;
	struct ip_addr addr;

	if (!cli_has(a, "address")) {
		ks_show_each(ks, a, o,
			     cli_has(a, "summary") ? show_summary : show_all);
		return;
	}
	if (!gdoi_group_known(ks->config.groups, a, o))
		return;
	addr = cli_addr(a, "address");
	while ((g = ks_group_next(ks, g))) {
		if (gdoi_group_meant(g->group, a))
			show_one(g, &addr, o);
	}
}

/* clang-format off */
static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW
			 "ks                 Key server information\n"
			 "members            Group members registered\n"
			 "[ A.B.C.D$address  Address of a member\n"
			 "| summary          Summary of the members\n"
			 "]\n",
		.run = run_members,
	},
};
/* clang-format on */

void ks_show_members_init(struct ks *ks)
{
	CLI_ADD(ks->config.cli, commands, ks);
}
