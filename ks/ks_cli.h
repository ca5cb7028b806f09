/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of the key server.  Each mode exists twice, as IOS has
 * different prompts under crypto gdoi and crypto gkm; the tables name the
 * former and ks_cli_add() adds them to both. */
#ifndef KS_KS_CLI_H
#define KS_KS_CLI_H

#include "cli/cli.h"
#include "ks/ks_group.h"

extern const struct cli_mode ks_mode_local;	 /* object: struct ks_group */
extern const struct cli_mode ks_mode_sa;	 /* struct ks_sa */
extern const struct cli_mode ks_mode_coop;	 /* struct ks_coop */
extern const struct cli_mode ks_mode_identifier; /* struct ks_identifier */

/* The mode as the group was typed. */
const struct cli_mode *ks_mode_for(const struct ks_group *g,
				   const struct cli_mode *mode);
void ks_cli_add(struct ks *ks, const struct cli_cmd *table, size_t n);
#define KS_CLI_ADD(ks, table) ks_cli_add(ks, table, ARRAY_SIZE(table))

/* .order of the lines of server local in the running-config, as IOS has them. */
enum ks_local_order {
	KS_O_REKEY = 10, /* and up, ks_cli_rekey.c */
	KS_O_AUTHORIZATION = 30,
	KS_O_REGISTRATION = 32,
	KS_O_IDENTIFIER = 34,
	KS_O_GLOBAL = 36,
	KS_O_SA_GLOBAL = 40,
	KS_O_SA = 50,
	KS_O_ADDRESS = 60,
	KS_O_REDUNDANCY = 70,
};

void ks_cli_clear_init(struct ks *ks);
void ks_cli_rekey_init(struct ks *ks);
void ks_cli_local_init(struct ks *ks);
void ks_cli_sa_init(struct ks *ks);
void ks_cli_coop_init(struct ks *ks);
void ks_cli_identifier_init(struct ks *ks);
void ks_cli_identity_init(struct ks *ks);
void ks_show_init(struct ks *ks);
void ks_show_members_init(struct ks *ks);
void ks_show_policy_init(struct ks *ks);
void ks_show_rekey_init(struct ks *ks);
void ks_show_coop_init(struct ks *ks);

/* The block of show crypto gdoi. */
void ks_show_group(const struct ks_group *g, struct cli_out *o);

/* Calls show for each group that the command means (GDOI_SHOW), with how many
 * came before it. */
typedef void ks_show_fn(const struct ks_group *g, unsigned int before,
			struct cli_out *o);
void ks_show_each(struct ks *ks, const struct cli_args *a, struct cli_out *o,
		  ks_show_fn *show);
/* The same of a command that may end in "detail". */
void ks_show_each_detail(struct ks *ks, const struct cli_args *a,
			 struct cli_out *o, ks_show_fn *brief,
			 ks_show_fn *detail);

#endif
