/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto gdoi of a member, and show crypto gdoi gm. */
#include "gm/gm_show.h"

bool gm_show_modern(const struct gm *gm)
{
	return gdoi_groups_modern(gm->config.groups);
}

void gm_show_each(struct gm *gm, const struct cli_args *a, struct cli_out *o,
		  gm_show_fn *show)
{
	const struct gm_member *m;

	if (!gdoi_group_known(gm->config.groups, a, o))
		return;
	TAILQ_FOREACH (m, &gm->members, entry)
		if (m->group && gdoi_group_meant(m->group, a))
			show(m, a, o);
}

unsigned int gm_show_left(const struct gm_member *m, int64_t when)
{
	int64_t left = when - env_now(m->gm->env);

	return left > 0 ? (unsigned int)(left / US_PER_SEC) : 0;
}

static const char *direction_text(enum ipsec_direction direction)
{
	switch (direction) {
	case IPSEC_INBOUND_ONLY:
		return "Inbound Only";
	case IPSEC_INBOUND_OPTIONAL:
		return "Inbound Optional";
	case IPSEC_BOTH:
		break;
	}
	return "Both";
}

const char *gm_show_direction(const struct gm_member *m)
{
	return direction_text(gm_member_direction(m));
}

int gm_show_prefix(const struct ip_addr *wild)
{
	struct ip_addr mask = *wild;
	size_t i;

	for (i = 0; i < ip_size(wild); i++)
		mask.b[i] = (uint8_t)~wild->b[i];
	return ip_prefix(&mask);
}

const struct gm_rekey_sa *gm_show_rekey_sa(const struct gm_member *m)
{
	int i;

	for (i = GM_REKEY_NEW; i <= GM_REKEY_CURRENT; i++) {
		const struct gm_rekey_sa *sa = &m->rekey.sas[i];

		if (sa->is_set && gm_show_left(m, sa->expires))
			return sa;
	}
	return NULL;
}

bool gm_show_unicast(const struct gm_member *m)
{
	const struct gm_rekey_sa *sa = gm_show_rekey_sa(m);

	return !sa || !ip_is_multicast(&sa->kek.dst.addr);
}

/* --- show crypto gdoi --------------------------------------------------------- */

struct view {
	const struct gdoi_group *group;
	const struct gm_member *m; /* its first; NULL: on no interface */
};

static bool group_name(const void *obj, char *out)
{
	const struct view *view = obj;

	return gdoi_value(out, "%s", view->group->name);
}

static bool group_identity(const void *obj, char *out)
{
	const struct view *view = obj;

	return gdoi_id_text(&view->group->id, out);
}

/* Registration over ISAKMP is the only kind there is. */
static bool group_type(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, "GDOI (ISAKMP)");
}

static bool crypto_path(const void *obj, char *out)
{
	const struct view *view = obj;

	return gdoi_value(out, view->group->ipv6 ? "ipv6" : "ipv4");
}

static bool key_path(const void *obj, char *out)
{
	(void)obj;
	return gdoi_value(out, "ipv4");
}

static bool group_rekeys(const void *obj, char *out)
{
	const struct view *view = obj;

	return gdoi_value(out, "%u", view->m ? view->m->rekey.received : 0);
}

static bool group_direction(const void *obj, char *out)
{
	const struct view *view = obj;

	return gdoi_value(out, "%s",
			  view->m ? gm_show_direction(view->m)
				  : direction_text(IPSEC_BOTH));
}

static const struct gdoi_line group_lines[] = {
	GDOI_LINE(ALL, 4, "Group Name", group_name),
	GDOI_LINE(ALL, 4, "Group Identity", group_identity),
	GDOI_LINE(XE_17, 4, "Group Type", group_type),
	GDOI_LINE(ALL, 4, "Crypto Path", crypto_path),
	GDOI_LINE(ALL, 4, "Key Management Path", key_path),
	GDOI_LINE(ALL, 4, "Rekeys received", group_rekeys),
	GDOI_LINE(ALL, 4, "IPSec SA Direction", group_direction),
	GDOI_EMPTY_LINE,
};

static const struct gm_member *member_of(const struct gm *gm,
					 const struct gdoi_group *group)
{
	const struct gm_member *m;

	TAILQ_FOREACH (m, &gm->members, entry)
		if (m->group == group)
			return m;
	return NULL;
}

static void say_servers(const struct gm_group *g, struct cli_out *o)
{
	char text[IP_ADDR_TEXT];
	size_t i;

	cli_say(o, "     %-24s: ", "Group Server list");
	for (i = 0; i < g->n_servers; i++)
		cli_say(o, "%s\n%31s", ip_text(&g->servers[i], text), "");
	cli_say(o, "\n");
}

void gm_show_group(void *ctx, struct gdoi_group *group, struct cli_out *o)
{
	const struct gm *gm = ctx;
	const struct gm_group *g = gm_group_of(group);
	const struct view view = { group, member_of(gm, group) };
	bool modern = gm_show_modern(gm);
	const struct gm_member *m;

	if (!g)
		return;
	GDOI_SAY_LINES(o, group_lines, modern, &view);
	say_servers(g, o);
	TAILQ_FOREACH (m, &gm->members, entry) {
		if (m->group != group)
			continue;
		gm_show_member(m, o);
		gm_show_rekeys(m, o);
		gm_show_downloaded_acl(m, o);
		gm_show_policy(m, o);
		cli_say(o, "\n");
	}
}

/* --- show crypto gdoi gm ---------------------------------------------------------- */

static void show_one(const struct gm_member *m, const struct cli_args *a,
		     struct cli_out *o)
{
	(void)a;
	gm_show_member(m, o);
	cli_say(o, "\n");
}

static void show_gm(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	gm_show_each(ctx, a, o, show_one);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = GDOI_SHOW "gm  Group member information\n",
		.run = show_gm,
		.flags = CLI_USER,
	},
};

void gm_show_cli_init(struct gm *gm)
{
	CLI_ADD(gm->config.cli, commands, gm);
	gm_show_acl_init(gm);
	gm_show_counters_init(gm);
	gm_show_replay_init(gm);
	gm_show_rekey_init(gm);
	gm_show_identifier_init(gm);
	gm_show_sa_init(gm);
}
