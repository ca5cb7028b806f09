/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a member is given: the group's policy as a struct gdoi_policy. */
#ifndef KS_KS_POLICY_H
#define KS_KS_POLICY_H

#include "ks/ks_group.h"

/* The access list that sa names: of the family of its group.  NULL: none is
 * named, or it is not there. */
const struct acl *ks_sa_acl(const struct ks_sa *sa);
/* The entries of sa's access list that count: no remarks, and of all in the
 * group at most KS_MAX_PERMITS and KS_MAX_ENTRIES.  A list that is missing,
 * says nothing or has an entry that no SAT can carry leaves those that
 * members were given last; NULL (and *n 0): there are none.  A key server that
 * is not primary gives what its primary gave.  Free it. */
struct ace *ks_sa_aces(const struct ks_sa *sa, size_t *n);
/* Anti-replay that members of sa are given. */
enum ks_replay ks_sa_replay(const struct ks_sa *sa, unsigned int *window);
/* Members were given the list as it is now, or still what was given before. */
void ks_sa_given(struct ks_sa *sa);
/* Why the list as it is now cannot be given (constant text), or NULL. */
const char *ks_sa_objection(const struct ks_sa *sa);
/* As ks_sa_aces(); says in the log what is wrong, once. */
struct ace *ks_sa_aces_logged(struct ks_sa *sa, size_t *n);

/* NULL and *why (constant text) when it cannot be given to this peer.  The
 * keys must be there (ks_schedule_start()). */
struct gdoi_policy *ks_policy_build(struct ks_group *g,
				    const struct gdoi_peer *peer,
				    const char **why);
/* The same for a PUSH to all members of a kind: no sender IDs.  kek: with the
 * newest KEK, which they do not have yet. */
struct gdoi_policy *ks_policy_push(const struct ks_group *g, bool extensions,
				   bool kek, const char **why);
/* What members of our family are told would lose its meaning without our
 * extensions: deny entries, anti-replay. */
bool ks_policy_needs_extensions(const struct ks_group *g);
/* The rekey SA as members of the kind know it; its three keys are to be
 * freed. */
void ks_policy_kek(const struct ks_group *g, const struct ks_kek *from,
		   bool extensions, struct gdoi_kek *kek);
/* Its keys are still the group's. */
bool ks_policy_current(const struct ks_group *g,
		       const struct gdoi_policy *policy);
/* Where PUSHes go when they are not sent to each member; false: the access
 * list of rekey address names none. */
bool ks_rekey_destination(const struct ks_group *g, struct endpoint *out);

#endif
