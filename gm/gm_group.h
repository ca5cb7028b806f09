/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The member's part of a group: its key servers and what it does otherwise
 * than the key server says. */
#ifndef GM_GM_GROUP_H
#define GM_GM_GROUP_H

#include "gdoi/group.h"

/* IOS takes eight key servers a group. */
#define GM_MAX_SERVERS	      8
/* client transform-sets A [B..F] */
#define GM_MAX_TRANSFORM_SETS 6

struct gm_group {
	struct ip_addr servers[GM_MAX_SERVERS]; /* in the order to try */
	size_t n_servers;
	bool passive;
	/* crypto gdoi gm ... ipsec direction, until the map is put on again. */
	bool has_override;
	int override; /* enum ipsec_direction */
	/* client ...: what it takes from a key server (gm_restrict.h).  Bits;
	 * 0: anything. */
	unsigned int rekey_ciphers, rekey_hashes;
	char *transform_sets[GM_MAX_TRANSFORM_SETS];
	size_t n_transform_sets; /* 0: any */
	/* client registration interface: whose address it registers from; NULL:
	 * the crypto map's. */
	char *registration_interface;
	bool no_bypass;	       /* no client bypass-policy */
	bool revert;	       /* client fail-close revert */
	unsigned int recovery; /* client recovery-check, s; 0: off */
	unsigned int tracked;  /* client status active-sa track; 0: off */
};

static inline struct gm_group *gm_group_of(const struct gdoi_group *group)
{
	return group ? group->part[GDOI_ROLE_GM] : NULL;
}

/* Makes the part when it is not there yet. */
struct gm_group *gm_group_get(struct gdoi_group *group);
/* Removes the part when nothing is configured in it. */
void gm_group_tidy(struct gdoi_group *group);
void gm_group_free(struct gdoi_group *group);
/* False: the list is full. */
bool gm_group_add_server(struct gm_group *g, const struct ip_addr *addr);
void gm_group_remove_server(struct gm_group *g, const struct ip_addr *addr);
void gm_group_clear_sets(struct gm_group *g);

#endif
