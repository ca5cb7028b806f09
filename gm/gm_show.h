/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files gm_show*.c share. */
#ifndef GM_GM_SHOW_H
#define GM_GM_SHOW_H

#include "gdoi/gdoi_lines.h"
#include "gdoi/gdoi_show.h"
#include "gm/gm_member.h"
#include "gm/gm_priv.h"

bool gm_show_modern(const struct gm *gm);

/* Calls show for each member of the groups that the command means (GDOI_SHOW,
 * GDOI_CLEAR), in the order of crypto maps. */
typedef void gm_show_fn(const struct gm_member *m, const struct cli_args *a,
			struct cli_out *o);
void gm_show_each(struct gm *gm, const struct cli_args *a, struct cli_out *o,
		  gm_show_fn *show);

/* Whole seconds until then, 0 when it is over. */
unsigned int gm_show_left(const struct gm_member *m, int64_t when);
const char *gm_show_direction(const struct gm_member *m);
/* The length of the prefix that a wildcard without holes leaves. */
int gm_show_prefix(const struct ip_addr *wild);
/* The rekey SA in use: the newest that lives; NULL: none. */
const struct gm_rekey_sa *gm_show_rekey_sa(const struct gm_member *m);
/* Its rekeys come to each member by itself; also when none is known. */
bool gm_show_unicast(const struct gm_member *m);

/* From "Group Member Information" on; then what it allows and how many rekeys
 * came. */
void gm_show_member(const struct gm_member *m, struct cli_out *o);
void gm_show_rekeys(const struct gm_member *m, struct cli_out *o);
/* " ACL Downloaded From KS ..." */
void gm_show_downloaded_acl(const struct gm_member *m, struct cli_out *o);
/* KEK POLICY, TEK POLICY and what follows them. */
void gm_show_policy(const struct gm_member *m, struct cli_out *o);

void gm_show_acl_init(struct gm *gm);
void gm_show_counters_init(struct gm *gm);
void gm_show_replay_init(struct gm *gm);
void gm_show_rekey_init(struct gm *gm);
void gm_show_identifier_init(struct gm *gm);
void gm_show_sa_init(struct gm *gm);

#endif
