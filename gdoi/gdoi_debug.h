/* SPDX-License-Identifier: GPL-3.0-or-later */
/* debug crypto gdoi: areas, levels and conditions as IOS has them.  A line is
 * "GDOI:GM REKEY:(GROUP): text".  Never give it a secret. */
#ifndef GDOI_GDOI_DEBUG_H
#define GDOI_GDOI_DEBUG_H

#include "cli/debug_level.h"
#include "gdoi/group.h"

/* area, word of the role, word of the area, its name in lines, title for
 * "... debugging is on" */
#define GDOI_DEBUG_AREAS(X)                                             \
	X(GM_ACLS, "gm", "acls", "GM ACLS", "GDOI GM ACLs")             \
	X(GM_CLEANUP, "gm", "cleanup", "GM CLEANUP", "GDOI GM Cleanup") \
	X(GM_INFRA, "gm", "infrastructure", "GM INFRA",                 \
	  "GDOI GM Infrastructure")                                     \
	X(GM_REGISTRATION, "gm", "registration", "GM REGISTRATION",     \
	  "GDOI GM Registration")                                       \
	X(GM_REKEY, "gm", "rekey", "GM REKEY", "GDOI GM Rekey")         \
	X(GM_REPLAY, "gm", "replay", "GM REPLAY", "GDOI GM Replay")     \
	X(KS_COOP, "ks", "coop", "KS COOP", "GDOI KS COOP")             \
	X(KS_INFRA, "ks", "infrastructure", "KS INFRA",                 \
	  "GDOI KS Infrastructure")                                     \
	X(KS_REGISTRATION, "ks", "registration", "KS REGISTRATION",     \
	  "GDOI KS Registration")                                       \
	X(KS_REKEY, "ks", "rekey", "KS REKEY", "GDOI KS Rekey")         \
	X(KS_REPLAY, "ks", "replay", "KS REPLAY", "GDOI KS Replay")     \
	X(KS_USAGE, "ks", "usage", "KS USAGE", "GDOI KS Usage")

enum gdoi_debug_area {
#define GDOI_DEBUG_AREA(id, role, word, name, title) GDOI_DEBUG_##id,
	GDOI_DEBUG_AREAS(GDOI_DEBUG_AREA)
#undef GDOI_DEBUG_AREA
		GDOI_DEBUG_N_AREAS,
};

/* A line of this area, level, group (its name; NULL: none) and peer (NULL:
 * none) shall be written: it is switched on and meets the conditions. */
bool gdoi_debug_wanted(const struct gdoi_groups *groups,
		       enum gdoi_debug_area area, enum debug_level level,
		       const char *group, const struct ip_addr *peer);
void gdoi_debug_say(const struct gdoi_groups *groups, enum gdoi_debug_area area,
		    const char *group, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* gdoi_debug(groups, GM_REKEY, EVENT, "GETVPN", &ks, "seq %u", seq) */
#define gdoi_debug(groups, area, level, group, peer, ...)                \
	do {                                                             \
		if (gdoi_debug_wanted(groups, GDOI_DEBUG_##area,         \
				      DEBUG_##level, group, peer))       \
			gdoi_debug_say(groups, GDOI_DEBUG_##area, group, \
				       __VA_ARGS__);                     \
	} while (0)

/* The switches; gdoi_groups_new() and _free() call these. */
void gdoi_debug_init(struct gdoi_groups *groups);
void gdoi_debug_fini(struct gdoi_groups *groups);
/* debug crypto gdoi ...; gdoi_group_cli_init() calls it. */
void gdoi_debug_cli_init(struct gdoi_groups *groups);
/* debug crypto gdoi condition show, without a line when there is none. */
void gdoi_debug_conditions_show(const struct gdoi_groups *groups,
				struct cli_out *o);

#endif
