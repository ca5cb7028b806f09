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
	/* For who needs one name that no other group has: an IPv4 and an IPv6
	 * group may be called alike. */
	char *key;
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
	/* Its block of show crypto gdoi / show crypto gdoi group NAME, from
	 * "    Group Name" to the blank line at its end.  "GROUP INFORMATION"
	 * and the blank line after it are printed by gdoi/ once. */
	void (*show)(void *ctx, struct gdoi_group *group, struct cli_out *o);
	/* clear crypto gdoi [group NAME]. */
	void (*clear)(void *ctx, struct gdoi_group *group);
};

/* The mode "config-gdoi-group"; its object is a struct gdoi_group. */
extern const struct cli_mode gdoi_mode_group;
/* The same for a group that was typed as crypto gkm group:
 * "config-gkm-group".  A role adds its commands to both. */
extern const struct cli_mode gdoi_mode_gkm_group;

/* .order of the lines of that mode in the running-config. */
enum gdoi_group_order {
	GDOI_O_IDENTITY = 10,
	GDOI_O_SERVER = 20, /* server local, server address */
	GDOI_O_PASSIVE = 30,
	GDOI_O_CLIENT = 40,
};

/* Both "crypto gdoi" and "crypto gkm" are understood everywhere.  Grammar
 * strings name the word by this macro, which stands for whole lines:
 *
 *	.words = "crypto  Encryption module\n" GDOI_OR_GKM("GDOI actions")
 *		 "ks      Key server\n"
 *
 * The handler sees them with cli_has(a, "gkm") if it cares. */
/* clang-format off */
#define GDOI_OR_GKM(help)                                  \
	"( gdoi  " help "\n"                               \
	"| gkm  " help "\n"                                \
	")\n"
/* The beginning of each command of the show tree; the group is optional, as
 * all of them may be limited to one: "show crypto gdoi [group NAME] gm acl". */
#define GDOI_SHOW                                          \
	"show  Show running system information\n"          \
	"crypto  Encryption module\n"                      \
	GDOI_OR_GKM("Show crypto gdoi")                    \
	"[ group  Show information of one group\n"         \
	"WORD$group  Name of the group\n"                  \
	"]\n"
/* The same for clear crypto gdoi [group NAME]. */
#define GDOI_CLEAR                                         \
	"clear  Reset functions\n"                         \
	"crypto  Encryption subsystem\n"                   \
	GDOI_OR_GKM("Clear GDOI information")              \
	"[ group  Clear one group\n"                       \
	"WORD$group  Name of the group\n"                  \
	"]\n"
/* clang-format on */

struct gdoi_groups *gdoi_groups_new(struct env *env, struct cli *cli);
void gdoi_groups_free(struct gdoi_groups *groups);
void gdoi_groups_set_role(struct gdoi_groups *groups, enum gdoi_role role,
			  const struct gdoi_role_ops *ops, void *ctx);
/* The ctx of gdoi_groups_set_role(), for the role's commands in the group's
 * mode (their object is the group); NULL when the role was not set. */
void *gdoi_group_role_ctx(const struct gdoi_group *group, enum gdoi_role role);
struct gdoi_group *gdoi_group_find(struct gdoi_groups *groups,
				   const char *name);
/* The same, of this family only. */
struct gdoi_group *gdoi_group_find_family(struct gdoi_groups *groups,
					  const char *name, bool ipv6);
struct gdoi_group *gdoi_group_first(struct gdoi_groups *groups);
/* service gdoi-output modern: shows print what IOS XE 17 does, not only what
 * IOS 15.4 does. */
bool gdoi_groups_modern(const struct gdoi_groups *groups);
/* What the commands do, for those who have none (simulation).  Names are
 * unique for each address family; adding one that is there gives it. */
struct gdoi_group *gdoi_group_add(struct gdoi_groups *groups, const char *name,
				  bool ipv6);
void gdoi_group_remove(struct gdoi_group *group);
void gdoi_group_set_id(struct gdoi_group *group, const struct gdoi_id *id);

/* The group is meant by a command of GDOI_SHOW or GDOI_CLEAR: no name was
 * typed, or this one. */
bool gdoi_group_meant(const struct gdoi_group *group, const struct cli_args *a);
/* The name that was typed is no group: says so and returns false. */
bool gdoi_group_known(struct gdoi_groups *groups, const struct cli_args *a,
		      struct cli_out *o);
/* crypto gdoi group and its identity, show crypto gdoi, clear crypto gdoi. */
void gdoi_group_cli_init(struct gdoi_groups *groups);

#endif
