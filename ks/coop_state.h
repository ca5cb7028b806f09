/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A group's keys on their way between key servers: the KEKs, the TEKs of each
 * "sa ipsec N", the entries that members were given and what the policy was.
 * Times travel by the sender's clock (struct coop_ann.clock).  Control
 * thread. */
#ifndef KS_COOP_STATE_H
#define KS_COOP_STATE_H

#include "base/rd.h"
#include "base/wr.h"
#include "ks/ks_make.h"

enum coop_state_limits {
	COOP_STATE_KEKS = KS_MAX_KEKS,
	COOP_STATE_SETS = KS_MAX_SETS,	/* of one SA */
	COOP_STATE_TEKS = KS_MAX_SET,	/* of one set */
	COOP_STATE_ALL_TEKS = 8192,	/* [design] */
	COOP_STATE_POLICY = 128 * 1024, /* octets of policy_given */
	COOP_STATE_LIFE_MAX = 2592000,	/* s, of any key: IOS's grammar */
	COOP_STATE_CLOCK_SLACK = 60,	/* s that a time may be to come */
	COOP_STATE_DROPS = 1024,	/* SPIs that are remembered */
	COOP_STATE_LOST = 32,		/* KEKs of them that are told */
};

/* The keys of g now, as octets of the state part. */
void coop_state_write(struct wr *w, const struct ks_group *g);

struct coop_state_sa {
	unsigned int number;
	enum ks_replay replay;
	unsigned int window;
	struct ace *given;
	size_t n_given;
	struct ks_tek_sets sets;
};

/* A key that was dropped before its end (env_now()). */
struct coop_drop {
	uint32_t spi; /* of a KEK the first 32 bits */
	bool is_kek;
	uint32_t seq; /* of the last PUSH under a KEK */
	int64_t end;
};

/* Read from a peer, times by our clock; secrets are in it. */
struct coop_state {
	struct ks_kek *kek; /* the newest first; signer is set where we have
			     * the pair that signs under it */
	unsigned int n_keks;
	bool unsigned_keks; /* some pair is not ours: RSA keys differ */
	unsigned int keks_made;
	int64_t synced_at; /* when members were last told the pseudotime */
	struct coop_state_sa *sas;
	size_t n_sas;
	char *policy_given; /* NULL: members have been given nothing */
	struct coop_drop lost[COOP_STATE_LOST]; /* KEKs */
	size_t n_lost;
};

/* offset: our env_now() minus the sender's clock, us.  NULL and *why (constant
 * text) when malformed or beyond the limits. */
struct coop_state *coop_state_read(const struct ks_group *g, struct rd octets,
				   int64_t offset, const char **why);
void coop_state_free(struct coop_state *state);

/* A secondary takes over what its primary has, all of it.  State is emptied
 * (free it still).  NULL, or what our configuration lacks for it (constant
 * text; what could be taken was).  Sends nothing. */
const char *coop_state_adopt(struct ks_group *g, struct coop_state *state);
/* A primary adds what another had: KEKs as older ones, TEKs behind its own
 * newest, unless they have ended or are in g->dropped.  Sequence numbers
 * become the greater ones.  True: something was new, so that members must be
 * told. */
bool coop_state_merge(struct ks_group *g, struct coop_state *state);

/* Sequence numbers move on by this much when a secondary takes over: the old
 * primary may have sent some that nobody heard of. */
enum { COOP_SEQ_JUMP = 100, COOP_SEQ_MARGIN = 10 };
void coop_state_jump(struct ks_group *g);

/* SPIs of TEKs and KEKs that this key server dropped before their time; they
 * do not come back from others until they have ended.  A KEK goes by the first
 * 32 bits of its SPI. */
void coop_state_dropped(struct ks_group *g, uint32_t spi, int64_t end);
void coop_state_dropped_kek(struct ks_group *g, const struct ks_kek *kek);
bool coop_state_is_dropped(const struct ks_group *g, uint32_t spi);
uint32_t coop_state_kek_spi(const struct ks_kek *kek);
void coop_state_forget_dropped(struct ks_group *g); /* all of them */

#endif
