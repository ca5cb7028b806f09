/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registry of groups, inside gdoi/ alone. */
#ifndef GDOI_GROUP_PRIV_H
#define GDOI_GROUP_PRIV_H

#include "gdoi/gdoi_debug.h"
#include "gdoi/gdoi_show.h"
#include "gdoi/group.h"

struct gdoi_role_entry {
	const struct gdoi_role_ops *ops; /* NULL: nobody has the role */
	void *ctx;
};

enum gdoi_debug_limits {
	DEBUG_TITLE = 96,
	DEBUG_CONDITIONS_MAX = 64,
};

struct gdoi_show_entry {
	const struct gdoi_show_ops *ops; /* NULL: nobody has the role */
	void *ctx;
};

struct gdoi_debug_switch {
	struct debug_flag flag;
	unsigned int levels;	 /* bits of enum debug_level */
	char title[DEBUG_TITLE]; /* of the flag: the area, its levels */
};

/* debug crypto gdoi condition add */
struct gdoi_debug_condition {
	char *group;	     /* or NULL: */
	struct ip_addr peer; /* this one */
};

struct gdoi_debug_conditions {
	struct gdoi_debug_condition v[DEBUG_CONDITIONS_MAX];
	size_t n;
	bool unmatched; /* also lines without a group or a peer */
};

struct gdoi_groups {
	struct env *env;
	struct cli *cli; /* or NULL */
	struct gdoi_group *first;
	unsigned int next_handle;
	struct gdoi_role_entry roles[GDOI_N_ROLES];
	struct gdoi_show_entry shows[GDOI_N_ROLES];
	struct gdoi_debug_switch debug[GDOI_DEBUG_N_AREAS];
	struct gdoi_debug_conditions conditions;
	bool modern;
};

/* gdoi_debug.c: the levels of an area; 0 switches it off. */
void gdoi_debug_set(struct gdoi_groups *groups, enum gdoi_debug_area area,
		    unsigned int levels);
/* "ks" and "rekey", "GDOI KS Rekey". */
const char *gdoi_debug_role(enum gdoi_debug_area area);
const char *gdoi_debug_word(enum gdoi_debug_area area);
const char *gdoi_debug_title(enum gdoi_debug_area area);

#endif
