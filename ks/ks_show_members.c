/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi ks members [A.B.C.D | summary] */
#include <stdlib.h>

#include "base/mem.h"
#include "gdoi/gdoi_lines.h"
#include "ks/ks_cli.h"
#include "ks/ks_show.h"

struct row {
	const struct ks_group *g;
	const struct ks_member *m;
};

enum { MEMBER_COLUMN = 19 };

static bool group_id(const void *obj, char *out)
{
	return ks_show_identity(((const struct row *)obj)->g, out);
}

static bool group_name(const void *obj, char *out)
{
	const struct row *row = obj;

	return gdoi_value(out, "%s", row->g->group->name);
}

/* Only members that finished their registration are in the database. */
static bool state(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, "Registered");
}

static bool server(const void *obj, char *out)
{
	const struct row *row = obj;

	return ip_text(&row->m->server, out);
}

#define MEMBER_NUMBER(function, field)                       \
	static bool function(const void *obj, char *out)     \
	{                                                    \
		const struct row *row = obj;                 \
                                                             \
		return gdoi_value(out, "%u", row->m->field); \
	}
MEMBER_NUMBER(sent, rekeys_sent)
MEMBER_NUMBER(retried, rekeys_retried)
MEMBER_NUMBER(acked, acks_received)
MEMBER_NUMBER(missed, acks_missed)

static const struct gdoi_line short_lines[] = {
	GDOI_LINE_AT(ALL, 1, "Group ID", group_id, MEMBER_COLUMN),
	GDOI_LINE_AT(ALL, 1, "Group Name", group_name, MEMBER_COLUMN),
	GDOI_LINE_AT(XE_17, 1, "Group Type", ks_show_type, MEMBER_COLUMN),
	GDOI_LINE_AT(ALL, 1, "GM State", state, MEMBER_COLUMN),
	GDOI_LINE_AT(ALL, 1, "Key Server ID", server, MEMBER_COLUMN),
};

static const struct gdoi_line rekey_lines[] = {
	GDOI_LINE_AT(ALL, 1, "Rekeys sent", sent, MEMBER_COLUMN),
	GDOI_LINE_AT(ALL, 1, "Rekeys retries", retried, MEMBER_COLUMN),
	GDOI_LINE_AT(ALL, 1, "Rekey Acks Rcvd", acked, MEMBER_COLUMN),
	GDOI_LINE_AT(ALL, 1, "Rekey Acks missed", missed, MEMBER_COLUMN),
	GDOI_EMPTY_LINE,
};

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
	const struct row row = { g, m };
	bool modern = ks_show_modern(g);
	char addr[IP_ADDR_TEXT];

	cli_say(o, "Group Member ID    : %-*s%sGM Version: %s\n",
		modern ? 0 : 20, ip_text(&m->addr, addr), modern ? "  " : "",
		m->version[0] ? m->version : "unknown");
	GDOI_SAY_LINES(o, short_lines, modern, &row);
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
	const struct row row = { g, m };
	bool modern = ks_show_modern(g);

	show_short(g, m, o);
	GDOI_SAY_LINES(o, rekey_lines, modern, &row);
	show_numbers("Sent", m->seq_sent, o);
	show_numbers("Rcvd", m->seq_acked, o);
	cli_say(o, modern ? "\n\n" : "\n");
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

	if (!ks_show_modern(g))
		cli_say(o, "\nGroup Member Information : \n\n");
	else if (!before)
		cli_say(o, "\n");
	show_header(g, o);
	while ((m = ks_members_next(members_of(g), m)))
		show_member(g, m, o);
}

/* --- summary ------------------------------------------------------------------ */

static void show_summary_15_4(const struct ks_group *g, struct cli_out *o)
{
	struct ks_member *m = NULL;

	cli_say(o, "\nGroup Member Information : \n\n");
	while ((m = ks_members_next(members_of(g), m))) {
		show_short(g, m, o);
		cli_say(o, "\n");
	}
}

/* Members by the key server they registered with, first those of our own. */
struct by_server {
	struct ip_addr own;
	const struct ks_member **list;
	size_t n;
};

static int compare_servers(const void *a, const void *b, void *arg)
{
	const struct ks_member *x = *(const struct ks_member *const *)a;
	const struct ks_member *y = *(const struct ks_member *const *)b;
	const struct by_server *by = arg;
	int order =
		ip_equal(&y->server, &by->own) - ip_equal(&x->server, &by->own);

	if (!order)
		order = ip_compare(&x->server, &y->server);
	return order ? order : ip_compare(&x->addr, &y->addr);
}

static struct by_server sort_by_server(const struct ks_group *g)
{
	struct by_server by = { .own = ks_group_address(g) };
	struct ks_member *m = NULL;

	by.list = xcalloc(g->members.count + 1, sizeof(by.list[0]));
	while ((m = ks_members_next(members_of(g), m)))
		by.list[by.n++] = m;
	qsort_r(by.list, by.n, sizeof(by.list[0]), compare_servers, &by);
	return by;
}

/* Those of server from number i on; the number after them. */
static size_t show_server(const struct by_server *by,
			  const struct ip_addr *server, size_t i,
			  struct cli_out *o)
{
	bool local = ip_equal(server, &by->own);
	char addr[IP_ADDR_TEXT];
	size_t end = i;

	while (end < by->n && ip_equal(&by->list[end]->server, server))
		end++;
	cli_say(o, "Key Server ID: %s, GMDB state: %s, Group Members: %zu\n",
		ip_text(server, addr), local ? "LOCAL" : "REDUNDANT", end - i);
	cli_say(o, "  Member ID     Version      Rekey sent     "
		   "Rekey Ack missed\n");
	for (; i < end; i++) {
		const struct ks_member *m = by->list[i];

		cli_say(o, "  %s   %s         %u               %u\n",
			ip_text(&m->addr, addr),
			m->version[0] ? m->version : "unknown", m->rekeys_sent,
			m->acks_missed);
	}
	cli_say(o, "\n");
	return end;
}

static void show_summary_xe_17(const struct ks_group *g, unsigned int before,
			       struct cli_out *o)
{
	struct by_server by = sort_by_server(g);
	char id[GDOI_ID_TEXT];
	size_t i;

	cli_say(o, before ? "\n" : "Group Member Information : \n\n");
	cli_say(o, "Group Name: %s, ID: %s, Group Members: %u\n",
		g->group->name, gdoi_id_text(&g->group->id, id),
		g->members.count);
	i = show_server(&by, &by.own, 0, o);
	while (i < by.n)
		i = show_server(&by, &by.list[i]->server, i, o);
	free(by.list);
}

static void show_summary(const struct ks_group *g, unsigned int before,
			 struct cli_out *o)
{
	if (ks_show_modern(g))
		show_summary_xe_17(g, before, o);
	else
		show_summary_15_4(g, o);
}

/* --- one member ----------------------------------------------------------------- */

static void show_one(const struct ks_group *g, const struct ip_addr *addr,
		     struct cli_out *o)
{
	const struct ks_member *m = ks_members_find(members_of(g), addr);

	if (!m) {
		cli_say(o, "%s\nGroup Member not Found\n\n",
			ks_show_modern(g) ? "\n" : "");
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
