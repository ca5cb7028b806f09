/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An announcement of a cooperative key server as a plain value, and its octets
 * (docs/PROTOCOL.md, COOP).  The parts that carry keys and members are opaque
 * here: ks/coop_state.h and ks/coop_members.h read and write them.
 * Pure functions; control thread. */
#ifndef KS_COOP_ANN_H
#define KS_COOP_ANN_H

#include "base/rd.h"
#include "base/wr.h"
#include "gdoi/gdoi.h"

/* Ours: an announcement with another major version is refused. */
#define COOP_WIRE_MAJOR 1
#define COOP_WIRE_MINOR 0

enum coop_limits {
	COOP_MAX_PEERS = 7, /* IOS: 8 key servers a group */
	COOP_MAX_KNOWN = 16,
	COOP_SIGNATURE_MAX = 512,	/* RSA of 4096 bits */
	COOP_SIDS_MAX = 64,		/* ranges of KSSIDs */
	COOP_ANN_MAX = 4 * 1024 * 1024, /* octets: 8,000 members fit twice */
};

enum coop_role { COOP_ELECTION, COOP_SECONDARY, COOP_PRIMARY };

/* "Primary", "Secondary", "Election": as IOS prints them, not padded. */
const char *coop_role_name(enum coop_role role);

/* Keys as one primary of one term knew them.  A key server draws a lineage at
 * random when it becomes primary; version counts up with each change of keys.
 * Version 0: there are no keys. */
struct coop_tag {
	uint64_t lineage;
	uint32_t version;
};

/* What must be configured alike, each as the start of a SHA-256. */
enum coop_item {
	COOP_ITEM_RSA,	     /* public key of rekey authentication */
	COOP_ITEM_REKEY,     /* cipher, lifetime, hash, transport */
	COOP_ITEM_TRANSFORM, /* transform sets and lifetimes of all SAs */
	COOP_ITEM_REPLAY,    /* method and window of all SAs */
	COOP_ITEM_ACL,	     /* entries of all SAs */
	COOP_ITEM_OTHER,     /* receive-only, deny download, D3P, group size */
	COOP_ITEMS,
};
enum { COOP_DIGEST = 8 };

struct coop_sid_range {
	uint16_t first, last;
};

struct coop_ann {
	struct gdoi_id id;
	enum coop_role role;
	uint8_t priority; /* 1 to 255 */
	bool reply;	  /* an announcement is asked for */
	bool optimize;	  /* members in the short form, only changes */
	bool leaving;	  /* the last one: redundancy goes, or the group */
	uint64_t boot;	  /* random, of this life of the sender's group */
	uint32_t seq;	  /* above all before it of this boot, for any peer */
	int64_t clock;	  /* the sender's env_now(), us; times in the state and
			   * in the members' part are by this clock */
	bool live;	  /* it has keys, so a pseudotime */
	uint64_t pseudotime; /* 32.32 s; valid when live */
	/* Whom the sender takes for the primary (unset: nobody), and for how
	 * long nobody that it knows has heard it, ms. */
	struct ip_addr primary;
	uint32_t primary_age;
	char ks_version[16], coop_version[16];

	struct coop_tag tag;		       /* of the sender's keys */
	struct coop_tag known[COOP_MAX_KNOWN]; /* taken up in them */
	size_t n_known;
	uint8_t digests[COOP_ITEMS][COOP_DIGEST];

	bool reinit_wanted; /* sender IDs are used up, or a new TEK is needed */
	struct coop_sid_range sids[COOP_SIDS_MAX]; /* assigned KSSIDs */
	size_t n_sids;
	uint8_t sid_bits;
	bool kssid_used;
	uint16_t kssid; /* in use */

	/* Empty: not in this one. */
	struct rd state;     /* contains keys */
	struct rd signature; /* over state, by the RSA key of rekeys */
	struct rd members;
};

/* Appends it.  The state and the members may be large: COOP_ANN_MAX in all, or
 * w becomes bad, as it does of values out of range. */
void coop_ann_write(struct wr *w, const struct coop_ann *ann);
/* Points into the octets.  NULL, or what is wrong (constant text; out is of no
 * use then).  Unknown TLVs are skipped: a later minor version may have more. */
const char *coop_ann_read(struct rd octets, struct coop_ann *out);

#endif
