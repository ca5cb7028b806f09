/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a group's keys after the configuration of the moment, and knows when
 * they are no longer after it.  When to do so is in ks_schedule.h. */
#ifndef KS_KS_MAKE_H
#define KS_KS_MAKE_H

#include "ks/ks_group.h"

/* At a time: an operator who types rekeys in a row must not fill the memory.
 * Members that missed more of them register again.  Two key servers that were
 * apart may bring half of it each. */
enum ks_make_limits {
	KS_MAX_KEKS = 16,
	KS_MAX_SETS = 16,		 /* of one SA */
	KS_MAX_SET = 2 * KS_MAX_PERMITS, /* TEKs, after many ACL edits */
};

/* What is missing for keys of this group (constant text), or NULL. */
const char *ks_make_incomplete(const struct ks_group *g);
/* Why the configuration of now cannot be given to members (constant text), or
 * NULL. */
const char *ks_make_objection(const struct ks_group *g);
/* TEKs for all permit entries of sa, before those that are there; false: there
 * are no such entries, or no profile, or the list cannot be sent. */
bool ks_make_set(struct ks_sa *sa);
/* The same, but only those TEKs that entries lack. */
bool ks_make_missing(struct ks_sa *sa);
/* The profile asks for other TEKs. */
bool ks_set_outdated(const struct ks_sa *sa, const struct ks_tek_set *set);
void ks_drop_set(struct ks_sa *sa, struct ks_tek_set *set);
/* Before its time: other key servers do not bring it back. */
void ks_drop_set_early(struct ks_sa *sa, struct ks_tek_set *set);
/* The oldest of too many go. */
void ks_limit_sets(struct ks_sa *sa);
/* A fresh SPI: 256 and up, unlike any of this key server's. */
uint32_t ks_new_spi(struct ks_group *g);

/* Only when ks_has_rekey().  The KEK that members have becomes an older one. */
void ks_make_kek(struct ks_group *g);
/* With a KEK: its SAK is not what the configuration asks for. */
bool ks_kek_outdated(const struct ks_group *g);
/* The pair with this label was zeroized: the KEKs under which it signed go, and
 * with them the references to it. */
void ks_drop_signer(struct ks_group *g, const char *label);
/* *p and those behind it go before their time. */
void ks_drop_keks_early(struct ks_group *g, struct ks_kek **p);
/* Of the older KEKs those that have ended, and the oldest of too many. */
void ks_drop_keks(struct ks_group *g, int64_t now);

/* Some TEK of the group, old ones too, has this SPI. */
bool ks_group_has_spi(const struct ks_group *g, uint32_t spi);

#endif
