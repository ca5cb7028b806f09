/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keeps a member from registering is told when configuring has ended. */
#include "gm/gm_group.h"
#include "gm/gm_msg.h"
#include "gm/gm_priv.h"

static bool is_complete(const struct gm *gm, const struct gm_map_entry *entry)
{
	const struct gdoi_group *group = gdoi_group_find_family(
		gm->config.groups, entry->group, entry->map->ipv6);
	const struct gm_group *g = gm_group_of(group);

	return g && group->id.is_set && g->n_servers;
}

/* Once, until it has been complete. */
static void check(const struct gm *gm, struct gm_map_entry *entry)
{
	bool incomplete = entry->group && !is_complete(gm, entry);

	if (incomplete && !entry->told_incomplete)
		env_event(gm->env, GM_INCOMPLETE_CFG, entry->group);
	entry->told_incomplete = incomplete;
}

static void configured(void *arg)
{
	struct gm *gm = arg;
	struct gm_map_entry *entry;
	struct gm_binding *binding;

	TAILQ_FOREACH (binding, &gm->maps.bindings, entry)
		TAILQ_FOREACH (entry, &binding->map->entries, entry)
			check(gm, entry);
}

void gm_check_init(struct gm *gm)
{
	cli_on_configured(gm->config.cli, configured, gm);
}
