/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "crypto gdoi group NAME": what a key server's and a member's group have in
 * common (name, identity), and a place for each role's own part.  The roles
 * (ks/, gm/) do not know each other: each hangs its part into the group and
 * gives functions for what the common commands need from it. */
#ifndef GDOI_GROUP_H
#define GDOI_GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/env.h"
#include "cli/cli.h"
#include "gdoi/gdoi.h"

enum gdoi_role { GDOI_ROLE_KS, GDOI_ROLE_GM, GDOI_N_ROLES };

struct gdoi_groups; /* all groups of the router */

struct gdoi_group {
	char *name;
	bool ipv6;	     /* crypto gdoi group ipv6 NAME */
	bool gkm;	     /* it was typed as crypto gkm group */
	unsigned int handle; /* 0x80000002 and up, as IOS shows */
	struct gdoi_id id;
	void *part[GDOI_N_ROLES]; /* the role's; NULL: not that role */
	struct gdoi_group *next;  /* in order of configuration */
	struct gdoi_groups *all;
};

struct gdoi_role_ops {
	/* identity was set, changed or removed. */
	void (*identity)(void *ctx, struct gdoi_group *group);
	/* The group goes away: free group->part[role]. */
	void (*removed)(void *ctx, struct gdoi_group *group);
	/* Its block of show crypto gdoi / show crypto gdoi group NAME. */
	void (*show)(void *ctx, struct gdoi_group *group, struct cli_out *o);
	/* clear crypto gdoi [group NAME]. */
	void (*clear)(void *ctx, struct gdoi_group *group);
};

/* The mode "config-gdoi-group"; its object is a struct gdoi_group. */
extern const struct cli_mode gdoi_mode_group;
/* The same for a group that was typed as crypto gkm group:
 * "config-gkm-group".  A role adds its commands to both. */
extern const struct cli_mode gdoi_mode_gkm_group;

struct gdoi_groups *gdoi_groups_new(struct env *env, struct cli *cli);
void gdoi_groups_free(struct gdoi_groups *groups);
void gdoi_groups_set_role(struct gdoi_groups *groups, enum gdoi_role role,
			  const struct gdoi_role_ops *ops, void *ctx);
/* The ctx of gdoi_groups_set_role(), for the role's commands in the group's
 * mode (their object is the group); NULL when the role was not set. */
void *gdoi_group_role_ctx(const struct gdoi_group *group, enum gdoi_role role);
struct gdoi_group *gdoi_group_find(struct gdoi_groups *groups,
				   const char *name);
struct gdoi_group *gdoi_group_first(struct gdoi_groups *groups);
/* crypto gdoi group and its identity, show crypto gdoi, clear crypto gdoi. */
void gdoi_group_cli_init(struct gdoi_groups *groups);

#endif
