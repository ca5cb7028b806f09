/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside gm/. */
#ifndef GM_GM_PRIV_H
#define GM_GM_PRIV_H

#include <sys/queue.h>

#include "gm/gm.h"
#include "gm/gm_map.h"

struct gm_member;

struct gm {
	struct gm_config config;
	struct env *env;
	struct gm_maps maps;
	TAILQ_HEAD(gm_members, gm_member) members; /* in map order */
	/* [ipv6] crypto map NAME on an interface */
	struct cli_cmd if_command, if_command6;
	/* gm_refresh() runs; what happens meanwhile asks for another round. */
	bool refreshing, again;
	bool on; /* an interface has a map of GDOI's; the log has said it */
};

/* Something in the configuration or of an interface changed: members are
 * made, started, stopped and removed as it says now, and the dataplane gets
 * the policies that follow. */
void gm_refresh(struct gm *gm);
/* As a VRF is called in a text; otherwise: what the global table is called. */
#define GM_NO_VRF "default" /* in messages */
const char *gm_vrf_text(const struct gm *gm, uint32_t vrf,
			const char *otherwise);
/* Gives the dataplane the policy of the interface anew; false: it refused. */
bool gm_install(struct gm *gm, const char *ifname);
/* The members of the interface learn their places in its policy again, after
 * one that was refused. */
void gm_recount_rules(struct gm *gm, const char *ifname);
/* gm_policy.c: the policy of the interface from all of its members. */
struct ipsec_policy *gm_policy_build(struct gm *gm, const char *ifname);
/* A list that a map names, of the map's family; NULL: none. */
const struct acl *gm_map_acl(const struct gm *gm, const struct gm_map *map,
			     const char *name);

/* Says that permit entries of an entry's local list do nothing, if it has
 * any. */
void gm_note_permits(struct gm *gm, const struct gm_map_entry *entry);

/* gm_group_cli.c, gm_client_cli.c, gm_option_cli.c, gm_map_cli.c, gm_show.c,
 * gm_show_ipsec.c */
void gm_group_cli_init(struct gm *gm);
void gm_client_cli_init(struct gm *gm);
void gm_option_cli_init(struct gm *gm);
void gm_map_cli_init(struct gm *gm);
void gm_clear_cli_init(struct gm *gm);
void gm_show_cli_init(struct gm *gm);
void gm_show_ipsec_cli_init(struct gm *gm);
/* gm_show_session.c */
void gm_show_session_init(struct gm *gm);
/* gm_show_engine.c */
void gm_show_engine_init(struct gm *gm);
/* gm_check.c */
void gm_check_init(struct gm *gm);
/* The member's part of show crypto gdoi for a group. */
void gm_show_group(void *gm, struct gdoi_group *group, struct cli_out *o);

#endif
