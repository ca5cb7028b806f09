/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a member has downloaded: the newest policy, and the TEKs that are
 * still good.  An older TEK stays until it expires, so that packets under it
 * are still understood while the group moves on (roll-over). */
#ifndef GM_GM_KEYS_H
#define GM_GM_KEYS_H

#include "base/env.h"
#include "gdoi/gdoi.h"
#include "gdoi/gdoi_push.h"
#include "ipsec/dataplane.h"

/* RFC 5374's switch-over, as Cisco does it: the new TEK is
 * used for sending when this much of the old one's life is left, s. */
#define GM_SWITCH_BEFORE_EXPIRY 30
/* Bounds what a hostile key server makes us keep. */
#define GM_MAX_TEKS		(2 * GDOI_MAX_TEKS)

struct gm_tek {
	struct gdoi_tek tek;	    /* lifetime: as it was told first */
	int64_t send_from, expires; /* env time, us */
	/* Index into gm_keys.teks of the TEK that it follows in its flow;
	 * SIZE_MAX: none. */
	size_t before;
	/* Of a counter mode: the sender ID that is good under this key; 0 bits:
	 * there is none. */
	uint32_t sid;
	unsigned int sid_bits;
	/* Anti-replay of what is sent under it.  The method is the one that it
	 * came with: members that have not heard of another one yet send so.
	 * The window (packets or s) is the newest policy's. */
	enum ipsec_replay replay;
	unsigned int window;
};

struct gm_keys {
	/* NULL: nothing downloaded.  Its KEK is the newest rekey SA's, also
	 * when a rekey came without one.  The secrets are not here but in teks
	 * and in the member's rekey SAs. */
	struct gdoi_policy *policy;
	int64_t received;    /* when its pseudotime was right; env time, us */
	int64_t synced;	     /* when the pseudotime was last set; the same */
	struct gm_tek *teks; /* newest policy's first, in its order */
	size_t n_teks;
	int64_t kek_expires;
	bool renewed; /* the last download brought a new TEK to send with */
};

/* gm_merge.c: what there is after a registration.  keys stays as it is,
 * policy is taken over; *next is to be given to gm_keys_drop(). */
void gm_keys_pulled(const struct gm_keys *keys, struct gdoi_policy *policy,
		    int64_t now, struct gm_keys *next);
/* The same after a rekey with a policy (push->policy is NULL then): without a
 * KEK in it the one before stays, the end of a TEK that we had never moves
 * later, and what it deletes is gone.  Sender IDs stay as long as the newest
 * TEKs need them.  as_of of its policy tells when it was sent. */
void gm_keys_pushed(const struct gm_keys *keys, struct gdoi_push *push,
		    int64_t now, struct gm_keys *next);
/* The same after a rekey that only deletes some TEKs, or the KEK. */
void gm_keys_without(const struct gm_keys *keys, const struct gdoi_push *push,
		     int64_t now, struct gm_keys *next);
/* The pseudotime now, us; only with policy. */
int64_t gm_keys_pseudotime(const struct gm_keys *keys, int64_t now);
/* Each rule that protects has a TEK that lives. */
bool gm_keys_complete(const struct gm_keys *keys, int64_t now);
/* A TEK of a counter mode is there, but no sender ID for it. */
bool gm_keys_lack_sid(const struct gm_keys *keys);
/* The TEK guards a rule, so it is or will be sent with. */
bool gm_keys_sends_with(const struct gm_keys *keys, uint32_t spi);
/* Index into keys->teks; SIZE_MAX: not there. */
size_t gm_keys_find(const struct gm_keys *keys, uint32_t spi);
/* The first permit entry that TEK number tek protects; NULL: none. */
const struct gdoi_rule *gm_keys_rule_of(const struct gdoi_policy *policy,
					size_t tek);

/* Forgets expired TEKs and the expired KEK; the policy goes too with the last
 * TEK of its rules, or with the KEK when they protect nothing. */
void gm_keys_expire(struct gm_keys *keys, int64_t now);
void gm_keys_drop(struct gm_keys *keys);
/* When the next TEK, or the KEK, expires; INT64_MAX: none is there. */
int64_t gm_keys_next_expiry(const struct gm_keys *keys);
/* When the first of the newest TEKs ends, and its lifetime as it was told
 * first (s); INT64_MAX: none is there. */
int64_t gm_keys_end(const struct gm_keys *keys, uint32_t *lifetime);

void gm_kek_copy(struct gdoi_kek *to, const struct gdoi_kek *from);
void gm_kek_wipe(struct gdoi_kek *kek); /* its secrets; the rest stays */
void gm_kek_fini(struct gdoi_kek *kek);
/* Of a counter mode: it wants a sender ID. */
bool gm_tek_counts(const struct gdoi_tek *tek);
void gm_tek_copy(struct gm_tek *to, const struct gm_tek *from);

#endif
