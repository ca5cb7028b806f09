/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The member's side of GROUPKEY-PUSH: the rekey SAs it has, and what it counts
 * and remembers of the rekeys that came. */
#ifndef GM_GM_REKEY_H
#define GM_GM_REKEY_H

#include "gdoi/gdoi_push.h"

/* As show crypto gdoi gm rekey detail has them.  NEW came with a registration
 * or in a rekey and nothing came under it yet; the first PUSH under it makes
 * it CURRENT, and what was CURRENT becomes PREVIOUS, of which only the cookies
 * are kept.  A PUSH is taken under NEW or CURRENT. */
enum gm_rekey_slot {
	GM_REKEY_NEW,
	GM_REKEY_CURRENT,
	GM_REKEY_PREVIOUS,
	GM_N_REKEY_SLOTS,
};

struct gm_rekey_sa {
	bool is_set;
	struct gdoi_kek kek; /* PREVIOUS: no keys */
	uint32_t seq;	     /* the last that was accepted under it */
	uint32_t prev_seq;   /* the one before seq */
	int64_t expires;     /* env time, us */
	unsigned int conn_id;
	struct ip_addr server; /* whom it came from */
};

struct gm_rekey {
	struct gm_rekey_sa sas[GM_N_REKEY_SLOTS];
	unsigned int made;		 /* rekey SAs that were put into NEW */
	bool extensions;		 /* the key server is of our family */
	unsigned int received, acked;	 /* since the group was configured */
	unsigned int since, acked_since; /* since the last registration */
	bool multicast;			 /* how the last one came */
	struct ip_addr last_from;	 /* unset: none came */
	uint32_t last_seq; /* of the KEK in use: 0 after a new one */
	int64_t last_at;   /* env time, us; with last_from */
	unsigned int old_seq, malformed, forged, refused; /* not accepted */
	unsigned int time_adjusted; /* the pseudotime was off by more than
				     * the window */
	struct ip_addr joined;	    /* multicast group; unset: none */
	/* The last one accepted, to know it when it comes again. */
	uint8_t digest[32];
	struct keybuf ack; /* what it was answered with */
	int64_t ack_sent;  /* env time, us */
};

#endif
