/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The member's lines of crypto gdoi group, and crypto gdoi gm ... */
#include <string.h>

#include "gm/gm_member.h"
#include "gm/gm_msg.h"
#include "gm/gm_priv.h"

static struct gm *gm_of(const struct gdoi_group *group)
{
	return gdoi_group_role_ctx(group, GDOI_ROLE_GM);
}

/* server address ipv4 A */

static void set_server(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gdoi_group *group = obj;
	struct ip_addr addr = cli_addr(a, "server");

	if (group->part[GDOI_ROLE_KS]) {
		cli_error(o, "%% This group is served by the local key"
			     " server.\n");
		return;
	}
	if (ip_is_any(&addr) || ip_is_multicast(&addr)) {
		cli_error(o, "%% Invalid group server address\n");
		return;
	}
	if (!gm_group_add_server(gm_group_get(group), &addr))
		cli_error(o,
			  "%% Only %d key servers can be configured in a"
			  " group.\n",
			  GM_MAX_SERVERS);
	gm_refresh(gm_of(group));
}

static void no_server(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gdoi_group *group = obj;
	struct gm_group *g = gm_group_of(group);
	struct ip_addr addr = cli_addr(a, "server");

	(void)o;
	if (!g)
		return;
	gm_group_remove_server(g, &addr);
	gm_group_tidy(group);
	gm_refresh(gm_of(group));
}

static void write_servers(const void *obj, struct cli_out *o)
{
	const struct gm_group *g = gm_group_of(obj);
	char text[IP_ADDR_TEXT];
	size_t i;

	for (i = 0; g && i < g->n_servers; i++)
		cli_say(o, " server address ipv4 %s\n",
			ip_text(&g->servers[i], text));
}

/* passive */

static void reinstall(struct gdoi_group *group)
{
	struct gm *gm = gm_of(group);
	struct gm_member *m;

	TAILQ_FOREACH (m, &gm->members, entry)
		if (m->group == group)
			gm_install(gm, m->ifname);
}

static void set_passive(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct gdoi_group *group = obj;

	(void)o;
	if (cli_is_no(a) && !gm_group_of(group))
		return;
	gm_group_get(group)->passive = !cli_is_no(a);
	gm_group_tidy(group);
	gm_refresh(gm_of(group));
	reinstall(group);
}

static void write_passive(const void *obj, struct cli_out *o)
{
	const struct gm_group *g = gm_group_of(obj);

	if (g && g->passive)
		cli_say(o, " passive\n");
}

#define SERVER_ADDRESS(the_mode)                                             \
	{                                                                    \
		.mode = the_mode,                                            \
		.words = "server  Set the group server\n"                    \
			 "address  Identify the group server by address\n"   \
			 "ipv4  Set the group server with an ipv4 address\n" \
			 "A.B.C.D$server  Group server IPv4 address\n",      \
		.run = set_server, .no = no_server, .write = write_servers,  \
		.order = GDOI_O_SERVER,                                      \
	}
#define PASSIVE(the_mode)                                                      \
	{                                                                      \
		.mode = the_mode,                                              \
		.words = "passive  Encrypt although the key server says"       \
			 " receive-only\n",                                    \
		.run = set_passive, .no = set_passive, .write = write_passive, \
		.order = GDOI_O_PASSIVE,                                       \
	}

/* crypto gdoi gm [group G] ipsec direction ... */

static bool is_named(const struct gdoi_group *group, const char *name)
{
	char id[GDOI_ID_TEXT];

	return !name || strcmp(group->name, name) == 0 ||
	       (group->id.is_set &&
		strcmp(gdoi_id_text(&group->id, id), name) == 0);
}

static enum ipsec_direction typed_direction(const struct cli_args *a)
{
	if (cli_has(a, "both"))
		return IPSEC_BOTH;
	return cli_has(a, "only") ? IPSEC_INBOUND_ONLY : IPSEC_INBOUND_OPTIONAL;
}

/* One of its members; NULL: none has keys. */
static const struct gm_member *with_keys(const struct gm *gm,
					 const struct gdoi_group *group)
{
	const struct gm_member *m;

	TAILQ_FOREACH (m, &gm->members, entry)
		if (m->group == group && m->keys.policy)
			return m;
	return NULL;
}

static void override(struct gm *gm, struct gdoi_group *group,
		     enum ipsec_direction direction)
{
	const struct gm_member *m = with_keys(gm, group);
	struct gm_group *g = gm_group_of(group);
	bool duplex = m && gm_member_direction(m) != IPSEC_BOTH &&
		      direction == IPSEC_BOTH;

	g->has_override = true;
	g->override = direction;
	reinstall(group);
	if (duplex)
		env_event(gm->env, GM_CONV_SA_DUPLEX_LOCAL, group->name);
}

static void exec_direction(void *ctx, const struct cli_args *a,
			   struct cli_out *o)
{
	struct gm *gm = ctx;
	const char *name = cli_str(a, "group-name");
	struct gdoi_group *group;
	bool found = false;

	for (group = gdoi_group_first(gm->config.groups); group;
	     group = group->next) {
		if (!gm_group_of(group) || !is_named(group, name))
			continue;
		found = true;
		override(gm, group, typed_direction(a));
	}
	if (!found)
		cli_error(o, "%% Group not found\n");
}

static const struct cli_cmd exec_commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "crypto  Encryption related commands.\n" GDOI_OR_GKM(
			"GDOI Key Server and Group Member") "gm  Group member\n"
							    "[ group  Specify a group\n"
							    "WORD$group-name  Group identity number or name\n"
							    "]\n"
							    "ipsec  IPsec SA of the group\n"
							    "direction  Direction of the IPsec SA\n"
							    "( both  IPsec SA will only accept cipher text and will encrypt the packet\v"
							    "              before forwarding it out\n"
							    "| inbound  Specify IPsec SA inbound options\n"
							    "( only  IPsec SA will accept both cipher/plain text and will forward the\v"
							    "               packet in clear.\n"
							    "| optional  IPsec SA will accept both cipher/plain text and will encrypt the\v"
							    "                 packet before forwarding it out\n"
							    ")\n"
							    ")\n",
		.run = exec_direction,
	},
};

static const struct cli_cmd group_commands[] = {
	SERVER_ADDRESS(&gdoi_mode_group),
	PASSIVE(&gdoi_mode_group),
	SERVER_ADDRESS(&gdoi_mode_gkm_group),
	PASSIVE(&gdoi_mode_gkm_group),
};

void gm_group_cli_init(struct gm *gm)
{
	CLI_ADD(gm->config.cli, group_commands, gm);
	CLI_ADD(gm->config.cli, exec_commands, gm);
}
