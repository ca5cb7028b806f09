/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ks/coop.h"
#include "ks/ks_ack.h"
#include "ks/ks_change.h"
#include "ks/ks_cli.h"
#include "ks/ks_group.h"
#include "ks/ks_msg.h"
#include "ks/ks_register.h"
#include "ks/ks_rekey.h"

/* IOS numbers handles from here (show crypto gdoi ks coop). */
enum { FIRST_HANDLE = 2 };
#define HANDLE_BASE 0x80000000u

/* Another identity is another group: nobody of the old one may go on with
 * keys of the new one. */
static void identity_changed(void *ctx, struct gdoi_group *group)
{
	struct ks_group *g = ks_group_of(group);

	(void)ctx;
	if (!g)
		return;
	ks_group_reset(g);
	ks_group_changed(g);
	coop_configured(g);
}

static void group_removed(void *ctx, struct gdoi_group *group)
{
	struct ks_group *g = ks_group_of(group);

	(void)ctx;
	if (g)
		ks_group_remove(g);
}

static void show_group(void *ctx, struct gdoi_group *group, struct cli_out *o)
{
	const struct ks_group *g = ks_group_of(group);

	(void)ctx;
	if (g)
		ks_show_group(g, o);
}

static void clear_group(void *ctx, struct gdoi_group *group)
{
	struct ks_group *g = ks_group_of(group);

	(void)ctx;
	if (!g)
		return;
	ks_rekey_clear(g);
	env_event(g->ks->env, KS_CLEAR_REGISTER, group->name);
}

static const struct gdoi_role_ops role_ops = {
	.identity = identity_changed,
	.removed = group_removed,
	.show = show_group,
	.clear = clear_group,
};

/* Whoever announces to a group here without being a peer of it. */
static void stranger(void *ctx, const struct ip_addr *local,
		     const struct ip_addr *remote, const struct gdoi_id *id)
{
	char from[IP_ADDR_TEXT], at[IP_ADDR_TEXT], name[GDOI_ID_TEXT];
	struct ks *ks = ctx;

	if (ks_may_log(ks))
		env_event(ks->env, COOP_KS_UNAUTH, ip_text(remote, from),
			  gdoi_id_text(id, name), ip_text(local, at));
}

/* All groups that this peer is one of may be the one that it is about. */
static void unreadable(void *ctx, const struct ip_addr *local,
		       const struct ip_addr *remote, const char *why)
{
	struct ks *ks = ctx;
	struct ks_group *g = NULL;

	while ((g = ks_group_next(ks, g)))
		coop_unreadable(g, local, remote, why);
}

/* A simulation has its own way between key servers. */
static void connect_peers(struct ks *ks)
{
	if (ks->config.transport)
		return;
	ks->links = coop_links_new(ks->env, ks->config.isakmp);
	ks->transport = coop_links_transport(ks->links);
	ks->config.transport = &ks->transport;
	coop_links_on_stranger(ks->links, stranger, ks);
	coop_links_on_unreadable(ks->links, unreadable, ks);
}

struct ks *ks_new(const struct ks_config *config)
{
	struct ks *ks = xcalloc(1, sizeof(*ks));

	ks->config = *config;
	ks->env = config->env;
	ks_identities_init(ks);
	ks->next_handle = HANDLE_BASE + FIRST_HANDLE;
	ks->server =
		gdoi_server_new(ks->env, config->isakmp, &ks_register_ops, ks);
	gdoi_groups_set_role(config->groups, GDOI_ROLE_KS, &role_ops, ks);
	ks_change_init(ks);
	ks_ack_init(ks);
	connect_peers(ks);
	return ks;
}

void ks_interface_changed(struct ks *ks, const char *name)
{
	struct ks_group *g = NULL;

	while ((g = ks_group_next(ks, g))) {
		if (g->address_interface && !strcmp(g->address_interface, name))
			coop_configured(g);
	}
}

void ks_free(struct ks *ks)
{
	struct ks_group *g;
	size_t i;

	if (!ks)
		return;
	gdoi_server_free(ks->server);
	ks_ack_fini(ks);
	ks_change_fini(ks);
	while ((g = ks_group_next(ks, NULL)))
		ks_group_remove(g);
	coop_links_free(ks->links);
	ks_identities_free(ks);
	for (i = 0; i < ks->n_tables; i++)
		free(ks->tables[i]);
	free(ks->tables);
	gdoi_groups_set_role(ks->config.groups, GDOI_ROLE_KS, NULL, NULL);
	free(ks);
}
