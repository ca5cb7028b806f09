/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sender IDs for counter modes (RFC 6407 3.5, RFC 6054): leftmost the number
 * of the key server (KSSID), then the member's (GMSID).  None is given twice
 * while a TEK lives. */
#ifndef KS_KS_SID_H
#define KS_KS_SID_H

#include "ks/ks_group.h"

enum {
	KS_MAX_SIDS = 16, /* in one registration, whatever is asked for */
	/* For one member under one TEK: no member alone uses them up.  Ample
	 * for one that asks for one ID and registers each minute. */
	KS_MAX_MEMBER_SIDS = 64,
};

/* Some TEK needs sender IDs. */
bool ks_sid_needed(const struct ks_group *g);
/* Says in the policy how long the sender IDs are. */
void ks_sid_prepare(const struct ks_group *g, struct gdoi_policy *policy);
/* How many of those that a member wants it may have; 0: it had its share
 * under this TEK.  m NULL: it registers for the first time. */
unsigned int ks_sid_allowance(const struct ks_group *g,
			      const struct ks_member *m, unsigned int wanted);
/* n of them went to the member. */
void ks_sid_given(const struct ks_group *g, struct ks_member *m, size_t n);
/* Puts fresh ones into policy; false: they are used up. */
bool ks_sid_take(struct ks_group *g, unsigned int wanted,
		 struct gdoi_policy *policy);
/* group size or identifier was changed: once members have IDs of the old kind
 * they are told to drop all keys. */
void ks_sid_layout_changed(struct ks_group *g);
/* For show: the KSSID in use and the last GMSID; false: none yet. */
bool ks_sid_used(const struct ks_group *g, unsigned int *kssid,
		 uint32_t *gmsid);
/* All that this key server can give under one TEK. */
uint64_t ks_sid_capacity(const struct ks_group *g);

#endif
