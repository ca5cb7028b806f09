/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The database of a group's members, by registration address. */
#ifndef KS_KS_MEMBERS_H
#define KS_KS_MEMBERS_H

#include <sys/tree.h>

#include "base/addr.h"
#include "base/env.h"
#include "gdoi/gdoi.h"

enum {
	KS_MAX_MEMBERS = 8000, /* a group; IOS with protocol version optimize */
	KS_SEQ_HISTORY = 4,    /* sequence numbers shown for a member */
};

struct ks_member {
	RB_ENTRY(ks_member) node;
	struct ip_addr addr;
	struct ip_addr server; /* the key server it registered with */
	char version[16];      /* "": it told none */
	bool extensions;       /* of our family */
	bool acks;	       /* its KEK policy asked for acknowledgements */
	/* Number of the KEK that it holds as far as we know: it came with its
	 * registration or with a rekey that it acknowledged; 0: none. */
	unsigned int kek;
	/* The one under which its last acknowledgement came.  A member keeps it
	 * until something comes under the newer one; 0: it made none. */
	unsigned int proved;
	uint32_t registration; /* a random name for the last one */
	int64_t registered;    /* env_now() of it */
	int64_t heard;	       /* of that or the last acknowledgement */
	unsigned int registrations;
	/* Sender IDs that it got under the TEK made then (ks_sid.c). */
	unsigned int sids;
	int64_t sids_since;
	/* Rekeys: written by whoever sends them and takes the ACKs. */
	unsigned int rekeys_sent, rekeys_retried;
	unsigned int acks_received, acks_missed;
	unsigned int missed_in_a_row;
	bool answered; /* the last rekey; false: it was sent none */
	/* Looked at since it answered, after the delivery. */
	unsigned int late_acks;
	uint64_t stamp; /* of its last change (ks/coop_members.h) */
	/* It registered here with keys that were replaced before their maker
	 * knew of it. */
	bool behind;
	/* The newest last. */
	uint32_t seq_sent[KS_SEQ_HISTORY], seq_acked[KS_SEQ_HISTORY];
};

/* A rekey was sent to it, or once more with another number, or acknowledged
 * by it. */
void ks_member_sent(struct ks_member *m, uint32_t seq);
void ks_member_reminded(struct ks_member *m, uint32_t seq);
void ks_member_acked(struct ks_member *m, uint32_t seq, int64_t now);
/* It has this KEK now (a number, 0: none), whose SAK asked for acks[0] strict
 * members' and acks[1] our family's acknowledgements. */
void ks_member_holds(struct ks_member *m, unsigned int kek,
		     const uint8_t acks[2]);
/* Its silence means something: it was asked for acknowledgements, and can
 * make them (RFC 8263 7: members that know nothing of them do not answer). */
bool ks_member_answers(const struct ks_member *m);

RB_HEAD(ks_member_tree, ks_member);

struct ks_members {
	struct ks_member_tree tree; /* by address */
	unsigned int count;
	/* For ks/coop_members.h: the stamp of the last change, and those that
	 * were removed, the newest last. */
	uint64_t stamp;
	struct coop_removed *removed;
	size_t n_removed;
	uint64_t removed_from; /* removals up to this stamp are forgotten */
	bool behind;	       /* such members were reported to us */
};

void ks_members_init(struct ks_members *members);
void ks_members_remove(struct ks_members *members, struct ks_member *m);
/* Removes all. */
void ks_members_clear(struct ks_members *members);
struct ks_member *ks_members_find(struct ks_members *members,
				  const struct ip_addr *addr);
/* The first with NULL, then the next in order of addresses. */
struct ks_member *ks_members_next(struct ks_members *members,
				  struct ks_member *after);
/* A new one with this address, and nothing else; NULL: the database is full. */
struct ks_member *ks_members_add(struct ks_members *members,
				 const struct ip_addr *addr);
/* ks_members_register() would not be refused. */
bool ks_members_have_room(struct ks_members *members,
			  const struct ip_addr *addr, int64_t stale);
/* Who has to go before ks_members_register(); NULL: nobody. */
const struct ks_member *ks_members_in_the_way(struct ks_members *members,
					      const struct ip_addr *addr,
					      int64_t stale);
/* The member of this peer, new or known, registered now.  When the database
 * is full, the one that has been silent longest makes room if it was last
 * heard of before stale (env_now()); else NULL. */
struct ks_member *ks_members_register(struct ks_members *members,
				      const struct gdoi_peer *peer, int64_t now,
				      int64_t stale);

#endif
