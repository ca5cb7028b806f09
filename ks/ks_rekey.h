/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rekeys: what a GROUPKEY-PUSH of each kind does to the group's keys, the
 * datagrams that say so, and the log line.  How they reach the members is in
 * ks_delivery.h. */
#ifndef KS_KS_REKEY_H
#define KS_KS_REKEY_H

#include "ks/ks_group.h"

enum ks_rekey_kind {
	/* The keys as they are now, and the clock: the schedule has made new
	 * ones, or the pseudotime is due again. */
	KS_REKEY_UPDATE,
	/* crypto gdoi ks rekey: new KEK and TEKs; the TEKs of before live
	 * their shortened life. */
	KS_REKEY_REPLACE,
	/* ... replace-now: members drop what they had at once. */
	KS_REKEY_REPLACE_NOW,
	/* clear crypto gdoi ks members: members use their TEK to its shortened
	 * end and come back for keys. */
	KS_REKEY_REMOVE,
	/* ... now: members drop everything and come back. */
	KS_REKEY_REMOVE_NOW,
};

enum {
	/* s: an update so soon after a replace-now drops what that dropped,
	 * for members that missed it (our choice: two rounds of
	 * retransmissions as configured by default). */
	KS_REPLACE_REPEATED = 60,
};

/* Makes the keys that the kind asks for, and sends.  False: the group has no
 * rekey SA (no rekey authentication, no RSA key) or nobody registered yet;
 * *why is a constant text then.  A removal makes its new keys, and empties the
 * database, also when there is nobody to tell. */
bool ks_rekey(struct ks_group *g, enum ks_rekey_kind kind, const char **why);
/* Keys that members must not go on with (sender IDs are used up): they are
 * told to drop them, where they can be told. */
void ks_rekey_reinit(struct ks_group *g);
/* clear crypto gdoi: members drop everything, and the group starts over.  A
 * secondary key server gets all of it again from its primary. */
void ks_rekey_clear(struct ks_group *g);

/* The datagram of a rekey for those who hold the KEK under.  False and *why
 * (constant text): their policy cannot be said to members of this kind. */
bool ks_rekey_seal(const struct ks_group *g, enum ks_rekey_kind kind,
		   const struct ks_kek *under, uint32_t seq, bool extensions,
		   struct keybuf *out, const char **why);

/* What is left of a TEK's life after a policy replacement, s:
 * min(remaining, max(90, min(5 % of its life, 3600))). */
uint32_t ks_tek_shortened(uint32_t lifetime, uint32_t remaining);

/* The group's pseudotime is sent again in so many seconds. */
uint32_t ks_sync_due(const struct ks_group *g);

#endif
