/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gm/gm_group.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct gm_group *gm_group_get(struct gdoi_group *group)
{
	if (!group->part[GDOI_ROLE_GM])
		group->part[GDOI_ROLE_GM] = xcalloc(1, sizeof(struct gm_group));
	return group->part[GDOI_ROLE_GM];
}

void gm_group_clear_sets(struct gm_group *g)
{
	while (g->n_transform_sets)
		free(g->transform_sets[--g->n_transform_sets]);
}

void gm_group_free(struct gdoi_group *group)
{
	if (gm_group_of(group)) {
		gm_group_clear_sets(gm_group_of(group));
		free(gm_group_of(group)->registration_interface);
	}
	free(group->part[GDOI_ROLE_GM]);
	group->part[GDOI_ROLE_GM] = NULL;
}

void gm_group_tidy(struct gdoi_group *group)
{
	const struct gm_group *g = gm_group_of(group);

	if (g && !g->n_servers && !g->passive && !g->rekey_ciphers &&
	    !g->rekey_hashes && !g->n_transform_sets &&
	    !g->registration_interface && !g->no_bypass && !g->revert &&
	    !g->recovery && !g->tracked)
		gm_group_free(group);
}

static size_t find_server(const struct gm_group *g, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < g->n_servers; i++)
		if (ip_equal(&g->servers[i], addr))
			break;
	return i;
}

bool gm_group_add_server(struct gm_group *g, const struct ip_addr *addr)
{
	if (find_server(g, addr) < g->n_servers)
		return true;
	if (g->n_servers == GM_MAX_SERVERS)
		return false;
	g->servers[g->n_servers++] = *addr;
	return true;
}

void gm_group_remove_server(struct gm_group *g, const struct ip_addr *addr)
{
	size_t i = find_server(g, addr);

	if (i == g->n_servers)
		return;
	g->n_servers--;
	memmove(&g->servers[i], &g->servers[i + 1],
		(g->n_servers - i) * sizeof(g->servers[0]));
}
