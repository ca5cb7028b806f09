/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cooperative key servers (COOP): a group with "redundancy" and its peers.
 * This file's functions tie together the role (coop_role.h), the way to the
 * peers (coop_link.h), keys (coop_state.h) and members (coop_members.h).
 * A group without redundancy is its own primary, and all of this does nothing.
 * Control thread; sans-IO. */
#ifndef KS_COOP_H
#define KS_COOP_H

#include "ks/coop_link.h"
#include "ks/coop_role.h"
#include "ks/ks_group.h"

/* redundancy, or an address, identity, priority, timer or peer of it was typed
 * or removed, or the address of its interface is another one: sessions begin
 * and end. */
void coop_configured(struct ks_group *g);
/* The group goes, or its redundancy: says so to the peers. */
void coop_stop(struct ks_group *g);
/* clear crypto gdoi ks coop role | counters */
void coop_clear_role(struct ks_group *g);
void coop_clear_counters(struct ks_group *g);

/* This key server makes the keys and sends the rekeys: it is primary, or has
 * no redundancy. */
bool coop_is_primary(const struct ks_group *g);
/* There are keys that members can be given. */
bool coop_has_keys(const struct ks_group *g);
/* NULL: a member may register here now; else why not (constant text), and the
 * log has said it if it may. */
const char *coop_blocks(struct ks_group *g, const struct ip_addr *member);
/* NULL: sender IDs may be given for the TEKs of now; else why not.  Only those
 * of KSSIDs that no other key server has, and only under TEKs that were made
 * since this one came up: it has forgotten what it gave before. */
const char *coop_blocks_sids(struct ks_group *g);

/* Facts: keys or sequence numbers have changed; a member has; the database has
 * one less.  The peers are told soon. */
void coop_keys_changed(struct ks_group *g);
/* All keys are gone (clear crypto gdoi): a secondary asks for them again. */
void coop_keys_cleared(struct ks_group *g);
void coop_member_changed(struct ks_group *g, struct ks_member *m);
void coop_member_removed(struct ks_group *g, const struct ip_addr *addr);
/* Sender IDs are used up at a secondary: the primary is asked for new keys. */
void coop_want_reinit(struct ks_group *g);
/* So long, us, a rekey that drops keys waits for the peers to hear of the new
 * ones; 0: there is no peer. */
int64_t coop_head_start(const struct ks_group *g);
/* Members that should have answered a delivery have not. */
void coop_unanswered(struct ks_group *g);
/* A part came between these addresses that cannot be read. */
void coop_unreadable(struct ks_group *g, const struct ip_addr *local,
		     const struct ip_addr *peer, const char *why);
/* A rekey has reached all members, or as many as it will. */
void coop_delivered(struct ks_group *g);

/* --- for show ---------------------------------------------------------------- */

struct coop_counters { /* of a peer */
	unsigned int ann_sent, ann_sent_reply, ann_recv, ann_recv_reply;
	unsigned int sent_drops, recv_drops;
	uint64_t octets_sent, octets_recv;
};

struct coop_peer_info {
	struct ip_addr addr;
	unsigned int handle;
	bool heard; /* the rest is known */
	char ks_version[16], coop_version[16];
	bool optimize;
	struct coop_peer_view view;
	uint32_t seq;
	enum coop_link_status link;
	struct coop_counters counters;
	/* Sender IDs. */
	bool reinit, overlap;
	uint8_t sid_bits;
	struct coop_sid_range sids[COOP_SIDS_MAX];
	size_t n_sids;
	bool kssid_used;
	uint16_t kssid;
};

struct coop_info {
	enum coop_role role;
	struct ip_addr primary;
	uint32_t refresh, periodic, remaining; /* s */
	unsigned int retries;
	uint32_t seq;
	unsigned int bad_pseudotimes;
	bool blocking;
	uint32_t user_timer; /* s until members are told, 0: nothing to tell */
	bool overlap;	     /* of our KSSIDs with a peer's */
	size_t n_peers;
	struct coop_peer_info peers[COOP_MAX_PEERS]; /* as configured */
};
/* False: no redundancy. */
bool coop_info(const struct ks_group *g, struct coop_info *out);

#endif
