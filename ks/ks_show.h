/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files ks_show*.c share: values of lines (struct gdoi_line, obj is
 * a struct ks_group) and their inits. */
#ifndef KS_KS_SHOW_H
#define KS_KS_SHOW_H

#include "gdoi/gdoi_show.h"
#include "ks/coop.h"
#include "ks/ks_group.h"

/* As IOS XE 17 counts the version of its protocol between key servers. */
#define KS_COOP_VERSION "1.0.8"

bool ks_show_modern(const struct ks_group *g);

bool ks_show_identity(const void *obj, char *out);
bool ks_show_type(const void *obj, char *out);
bool ks_show_count(const void *obj, char *out);
bool ks_show_direction(const void *obj, char *out);
/* The block Redundancy, if there is any. */
void ks_show_redundancy(const struct ks_group *g, struct cli_out *o);
/* "Cisco", "Interoperable", "Any": the kind of acknowledgements. */
const char *ks_show_ack(const struct ks_group *g);

/* Sender IDs: values of lines, then the numbers of this key server.  They are
 * used in the order they are assigned in. */
bool ks_show_reinit(const void *obj, char *out);
bool ks_show_sid_length(const void *obj, char *out);
bool ks_show_kssid(const void *obj, char *out);
unsigned int ks_show_assigned(const struct ks_group *g);
unsigned int ks_show_used(const struct ks_group *g);
/* The assigned ones from number first on, n of them, as ranges, and the end of
 * the line. */
void ks_show_kssids(const struct ks_group *g, unsigned int first,
		    unsigned int n, struct cli_out *o);

/* show crypto gdoi ks coop: the facts, also of a group whose redundancy cannot
 * run yet (no address, no identity); false: it has none. */
bool ks_show_coop_info(const struct ks_group *g, struct coop_info *out);
/* What is printed of them; info NULL: no redundancy. */
#define KS_NO_REDUNDANCY "*NO* redundancy configured for this group\n\n"
void ks_show_coop_print(const struct ks_group *g, const struct coop_info *info,
			struct cli_out *o);
void ks_show_coop_print_sids(const struct ks_group *g,
			     const struct coop_info *info, bool detail,
			     struct cli_out *o);
/* "Unknown" for a peer that was never heard. */
const char *ks_show_peer_role(const struct coop_peer_info *peer);
bool ks_show_coop_address(const void *obj, char *out);

void ks_show_summary_init(struct ks *ks);
void ks_show_acl_init(struct ks *ks);
void ks_show_sa_init(struct ks *ks);
void ks_show_identifier_init(struct ks *ks);
void ks_show_replay_init(struct ks *ks);
void ks_show_coop_sid_init(struct ks *ks);

#endif
