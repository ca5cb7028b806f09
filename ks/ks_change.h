/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notices that the policy is no longer what members were given, and says so
 * once: %GDOI-5-POLICY_CHANGE. */
#ifndef KS_KS_CHANGE_H
#define KS_KS_CHANGE_H

#include "ks/ks_group.h"

/* Watches access lists, profiles, RSA keys and the end of configuring. */
void ks_change_init(struct ks *ks);
void ks_change_fini(struct ks *ks);
/* Members were given another policy than the configuration has now. */
bool ks_change_pending(const struct ks_group *g);
/* Members are given the policy as it is now. */
void ks_change_given(struct ks_group *g);
void ks_change_forget(struct ks_group *g);

#endif
