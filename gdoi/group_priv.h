/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registry of groups, for group.c and group_cli.c alone. */
#ifndef GDOI_GROUP_PRIV_H
#define GDOI_GROUP_PRIV_H

#include "gdoi/group.h"

struct gdoi_role_entry {
	const struct gdoi_role_ops *ops; /* NULL: nobody has the role */
	void *ctx;
};

struct gdoi_groups {
	struct env *env;
	struct cli *cli; /* or NULL */
	struct gdoi_group *first;
	unsigned int next_handle;
	struct gdoi_role_entry roles[GDOI_N_ROLES];
};

#endif
