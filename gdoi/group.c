/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/group.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/group_priv.h"

enum { FIRST_HANDLE = 2 }; /* IOS shows 0x80000002 for the first group */

struct gdoi_groups *gdoi_groups_new(struct env *env, struct cli *cli)
{
	struct gdoi_groups *groups = xcalloc(1, sizeof(*groups));

	groups->env = env;
	groups->cli = cli;
	groups->next_handle = 0x80000000u + FIRST_HANDLE;
	gdoi_debug_init(groups);
	return groups;
}

void gdoi_groups_free(struct gdoi_groups *groups)
{
	if (!groups)
		return;
	while (groups->first)
		gdoi_group_remove(groups->first);
	gdoi_debug_fini(groups);
	free(groups);
}

void gdoi_groups_set_role(struct gdoi_groups *groups, enum gdoi_role role,
			  const struct gdoi_role_ops *ops, void *ctx)
{
	groups->roles[role] = (struct gdoi_role_entry){ ops, ctx };
}

void *gdoi_group_role_ctx(const struct gdoi_group *group, enum gdoi_role role)
{
	return group->all->roles[role].ctx;
}

bool gdoi_groups_modern(const struct gdoi_groups *groups)
{
	return groups->modern;
}

struct gdoi_group *gdoi_group_first(struct gdoi_groups *groups)
{
	return groups->first;
}

struct gdoi_group *gdoi_group_find_family(struct gdoi_groups *groups,
					  const char *name, bool ipv6)
{
	struct gdoi_group *group = groups->first;

	while (group && (group->ipv6 != ipv6 || strcmp(group->name, name) != 0))
		group = group->next;
	return group;
}

struct gdoi_group *gdoi_group_find(struct gdoi_groups *groups, const char *name)
{
	struct gdoi_group *group = gdoi_group_find_family(groups, name, false);

	return group ? group : gdoi_group_find_family(groups, name, true);
}

struct gdoi_group *gdoi_group_add(struct gdoi_groups *groups, const char *name,
				  bool ipv6)
{
	struct gdoi_group *group = gdoi_group_find_family(groups, name, ipv6),
			  **end;

	if (group)
		return group;
	group = xcalloc(1, sizeof(*group));
	group->name = xstrdup(name);
	group->key = xasprintf("%s%s", ipv6 ? "ipv6 " : "", name);
	group->ipv6 = ipv6;
	group->handle = groups->next_handle++;
	group->all = groups;
	end = &groups->first;
	while (*end)
		end = &(*end)->next;
	*end = group;
	return group;
}

void gdoi_group_remove(struct gdoi_group *group)
{
	struct gdoi_groups *groups = group->all;
	struct gdoi_group **at = &groups->first;
	int i;

	for (i = 0; i < GDOI_N_ROLES; i++) {
		if (groups->roles[i].ops)
			groups->roles[i].ops->removed(groups->roles[i].ctx,
						      group);
	}
	while (*at != group)
		at = &(*at)->next;
	*at = group->next;
	if (groups->cli)
		cli_forget(groups->cli, group);
	free(group->name);
	free(group->key);
	free(group);
}

void gdoi_group_set_id(struct gdoi_group *group, const struct gdoi_id *id)
{
	struct gdoi_groups *groups = group->all;
	int i;

	if (gdoi_id_equal(&group->id, id))
		return;
	group->id = *id;
	for (i = 0; i < GDOI_N_ROLES; i++) {
		if (groups->roles[i].ops && groups->roles[i].ops->identity)
			groups->roles[i].ops->identity(groups->roles[i].ctx,
						       group);
	}
}
