/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registry of groups, inside gdoi/ alone. */
#ifndef GDOI_GROUP_PRIV_H
#define GDOI_GROUP_PRIV_H

#include "gdoi/gdoi_debug.h"
#include "gdoi/group.h"

struct gdoi_role_entry {
	const struct gdoi_role_ops *ops; /* NULL: nobody has the role */
	void *ctx;
};

struct gdoi_debug_switch {
	struct debug_flag flag;
	unsigned int levels; /* bits of enum gdoi_debug_level */
};

struct gdoi_groups {
	struct env *env;
	struct cli *cli; /* or NULL */
	struct gdoi_group *first;
	unsigned int next_handle;
	struct gdoi_role_entry roles[GDOI_N_ROLES];
	struct gdoi_debug_switch debug[GDOI_DEBUG_N_AREAS];
	bool modern;
};

#endif
