/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The members' database on its way between key servers.  The primary has all of
 * it; a secondary reports those that registered with it.  In the base format
 * (up to COOP_BASE_MEMBERS) each announcement has all members with all that is
 * known of them; in the optimized one only what has changed since the peer
 * confirmed it, in a short form.  Control thread. */
#ifndef KS_COOP_MEMBERS_H
#define KS_COOP_MEMBERS_H

#include "base/rd.h"
#include "base/wr.h"
#include "ks/ks_group.h"

enum coop_members_limits {
	COOP_BASE_MEMBERS = 4000, /* IOS: protocol version base */
	/* Removals that are remembered for peers that have not heard of them;
	 * beyond that everybody gets the whole database again. */
	COOP_REMOVED_MAX = 256,
};

/* Each change of the database has a stamp, counting up.  A peer has confirmed
 * all up to some stamp; 0: nothing, it gets everything. */

/* What the peer lacks; ours: only members that registered here (a secondary
 * to its primary).  *stamp: what the peer will have confirmed when it has
 * got it.  False: there is nothing to tell (optimized format, no change). */
bool coop_members_write(struct wr *w, struct ks_group *g, bool optimize,
			bool ours, uint64_t confirmed, uint64_t *stamp);

/* NULL, or what is wrong (constant text; nothing was changed).  from_primary:
 * the sender's database is the truth, but for members that registered here
 * after it was written; else they are the sender's own ones.  offset as in
 * coop_state_read().  *changed: we know more than before.  *beyond: members
 * were left out because the database is full. */
const char *coop_members_read(struct ks_group *g, struct rd octets,
			      int64_t offset, bool from_primary, bool *changed,
			      bool *beyond);

/* Facts from the rest of the key server. */
void coop_members_changed(struct ks_group *g, struct ks_member *m);
/* addr NULL: all of them.  Before the member goes: who was heard of by nobody
 * since we heard of it stays away. */
void coop_members_removed(struct ks_group *g, const struct ip_addr *addr);

#endif
