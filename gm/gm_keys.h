/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a member has downloaded: the newest policy, and the TEKs that are
 * still good.  An older TEK stays until it expires, so that packets under it
 * are still understood while the group moves on (roll-over). */
#ifndef GM_GM_KEYS_H
#define GM_GM_KEYS_H

#include "base/env.h"
#include "gdoi/gdoi.h"

/* RFC 5374's switch-over, as Cisco does it: the new TEK is
 * used for sending when this much of the old one's life is left, s. */
#define GM_SWITCH_BEFORE_EXPIRY 30
/* Bounds what a hostile key server makes us keep. */
#define GM_MAX_TEKS		(2 * GDOI_MAX_TEKS)

struct gm_tek {
	struct gdoi_tek tek;
	int64_t send_from, expires; /* env time, us */
	/* Index into gm_keys.teks of the TEK that it follows in its flow;
	 * SIZE_MAX: none. */
	size_t before;
};

struct gm_keys {
	struct gdoi_policy *policy; /* NULL: nothing downloaded */
	int64_t received;	    /* when it was read; env time, us */
	struct gm_tek *teks;	    /* newest policy's first, in its order */
	size_t n_teks;
	int64_t kek_expires;
};

/* Takes policy over; the TEKs of the one before are kept while they live. */
void gm_keys_update(struct gm_keys *keys, struct gdoi_policy *policy,
		    int64_t now);
/* Forgets expired TEKs; with the last one the policy goes too. */
void gm_keys_expire(struct gm_keys *keys, int64_t now);
void gm_keys_drop(struct gm_keys *keys);
/* When the next TEK expires; INT64_MAX: none is there. */
int64_t gm_keys_next_expiry(const struct gm_keys *keys);
/* When the first of the newest TEKs or the KEK ends, and its lifetime (s). */
int64_t gm_keys_end(const struct gm_keys *keys, uint32_t *lifetime);

#endif
