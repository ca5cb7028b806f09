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
	struct endpoint joined_on;  /* the interface's address then */
	/* The last one accepted, to know it when it comes again. */
	uint8_t digest[32];
	struct keybuf ack; /* what it was answered with */
	struct endpoint ack_from, ack_to;
	int64_t ack_sent; /* env time, us */
	/* Failures are logged again from then on; env time, us. */
	int64_t seq_quiet, failure_quiet;
};

struct gm;
struct gm_member;

enum gm_rekey_limits {
	/* A flood of what is not accepted is one line a minute. */
	GM_REKEY_LOG_PAUSE = 60, /* s */
	/* The same datagram is acknowledged again at most so often, s. */
	GM_ACK_PAUSE = 1,
	/* RFC 8263 4: of a multicast PUSH, the acknowledgement may wait. */
	GM_ACK_DELAY_MAX = 5, /* s */
};

/* gm_rekey_input.c: takes GROUPKEY-PUSH from isakmp/, or no longer. */
void gm_rekey_listen(struct gm *gm, bool on);
/* Sends the acknowledgement of the last one (once more). */
void gm_rekey_acknowledge(struct gm_member *m);

/* gm_rekey.c: the rekey SAs.  All of them leave the newest one's sequence
 * number in the member's policy. */

/* m->keys are those of a registration. */
void gm_rekey_registered(struct gm_member *m, bool extensions);
/* A PUSH under slot was applied: its number, and what it said of rekey SAs.
 * m->keys are those after it; delivered: with a SAK. */
void gm_rekey_accepted(struct gm_member *m, enum gm_rekey_slot slot,
		       const struct gdoi_push *push, bool delivered,
		       const struct ip_addr *server);
/* All rekey SAs end; of the last one the cookies stay. */
void gm_rekey_drop(struct gm_member *m);
/* Those whose time is over. */
void gm_rekey_expire(struct gm_member *m);
/* The member leaves the group: as new, but for what it counted. */
void gm_rekey_forget(struct gm_member *m);
/* Joins the multicast group of the newest KEK, and leaves the one before. */
void gm_rekey_follow_group(struct gm_member *m);

#endif
