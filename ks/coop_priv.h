/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files coop*.c of the glue share: a group's cooperation and its
 * peers.  coop.c begins and ends it, coop_keys.c knows whose keys have been
 * taken up, coop_send.c announces, coop_input.c takes announcements. */
#ifndef KS_COOP_PRIV_H
#define KS_COOP_PRIV_H

#include "gdoi/gdoi_debug.h"
#include "ks/coop.h"

enum coop_glue_limits {
	/* Configuration that is being read or typed has come to rest. */
	COOP_SETTLE_MS = 1000,
	/* New members are reported together. */
	COOP_REPORT_MS = 500,
	/* An announcement, and its parts once more after a loss. */
	COOP_HEAD_START_MS = 1000,
	/* Members that missed a rekey are waited for together. */
	COOP_CATCH_UP_MS = 1000,
	/* A registration with keys of before is reported within that time, s. */
	COOP_REPORTED = 120,
	/* s: clocks differ by parts of a million, so an offset is measured
	 * anew. */
	COOP_OFFSET_KEPT = 600,
	/* Pseudotimes further apart than that are told, s. */
	COOP_SKEW = 20,
	/* A secondary that has heard no valid announcement for so many times
	 * the periodic time lets no member in. */
	COOP_BLOCK_PERIODS = 3,
	/* s: key servers that meet do so one after the other; new keys are made
	 * once for all of them. */
	COOP_MERGE_REST = 10,
	COOP_IN_FLIGHT = 2 * (COOP_QUEUE + COOP_WINDOW),
};

struct coop_peer {
	struct coop *coop;
	struct ip_addr addr;
	unsigned int handle;
	struct coop_link *link;
	enum coop_link_status status;
	bool unreachable; /* the log has said it */
	struct coop_counters counters;

	bool heard; /* what follows is known */
	uint64_t boot;
	uint32_t seq;
	/* Our clock minus its: the least of late, which is the nearest, since
	 * what was repeated on its way looks older than it is. */
	int64_t offset, offset_at;
	enum coop_role role;
	struct ip_addr follows;
	struct coop_tag tag;
	char ks_version[16], coop_version[16];
	bool optimize, reinit;
	uint8_t sid_bits;
	struct coop_sid_range sids[COOP_SIDS_MAX];
	size_t n_sids;
	bool kssid_used;
	uint16_t kssid;
	bool told[COOP_ITEMS]; /* that it is configured differently */
	bool told_defect;      /* that its keys cannot all be taken */
	bool told_unreadable;  /* that its announcements cannot be taken */

	/* Its announcement is due; it is to ask for one. */
	bool due, due_reply;
	/* Members up to this stamp it has; those of messages on their way. */
	uint64_t confirmed;
	uint64_t in_flight[COOP_IN_FLIGHT];
	size_t n_in_flight;
};

struct coop {
	struct ks_group *g;
	struct ip_addr local;
	struct gdoi_id id;
	struct coop_role_machine *role; /* NULL: not settled yet */
	struct coop_peer *peers[COOP_MAX_PEERS];
	size_t n_peers;
	int64_t started; /* env_now() */
	uint64_t boot;
	uint32_t seq;

	struct coop_tag tag;
	/* The newest TEKs are those of this version of our lineage, 0: of
	 * before; and which they are. */
	uint32_t teks_version;
	uint32_t teks;
	struct coop_tag known[COOP_MAX_KNOWN]; /* the newest last */
	size_t n_known;
	/* The state part as it was written for the tag, and its signature. */
	struct keybuf state, signature;
	/* The rekey key whose public part is here; a reference, or NULL. */
	struct evp_pkey_st *pair;
	struct keybuf public_key;

	bool untold;	   /* both sides' TEKs are there */
	bool merging;	   /* they are being told */
	int64_t merged_at; /* env_now() of the last merge */
	bool renewing;	   /* new ones are to follow */
	bool reinit_wanted;
	bool catching_up; /* reported members missed the last rekey */
	int64_t valid_at; /* the last good announcement of our primary */
	bool blocking;
	unsigned int bad_pseudotimes;
	struct env_timer *settle, *soon, *next;
	int64_t soon_at; /* valid when soon runs */
};

#define COOP_DEBUG(c, level, peer, ...)                       \
	gdoi_debug((c)->g->ks->config.groups, KS_COOP, level, \
		   (c)->g->group->name, peer, __VA_ARGS__)

/* coop.c */
struct coop_peer *coop_peer_find(const struct coop *c,
				 const struct ip_addr *addr);
enum coop_role coop_role_now(const struct coop *c);
bool coop_follows(const struct coop *c, const struct coop_peer *p);
struct coop_times coop_times(const struct ks_group *g);

/* Members missed the last rekey, as they were not known yet: another. */
void coop_catch_up(struct coop *c);

/* coop_keys.c */
/* Keys with this tag are among ours. */
bool coop_covers(const struct coop_tag *own, const struct coop_tag *known,
		 size_t n_known, const struct coop_tag *tag);
void coop_know(struct coop *c, const struct coop_tag *tag);
/* Ours are from now on those of a new term. */
void coop_new_term(struct coop *c);
/* What the announcement brings is taken up, as far as the roles allow. */
void coop_take_keys(struct coop *c, struct coop_peer *p,
		    const struct coop_ann *ann);
/* Members are told of merged keys; those of the other side are known now. */
void coop_tell_merged(struct coop *c);
/* The state part and its signature, for the tag of now. */
void coop_seal_state(struct coop *c);
void coop_unseal_state(struct coop *c);
/* Our keys have changed. */
void coop_count_version(struct coop *c);
/* Who has the keys of that tag does not have our newest TEKs. */
bool coop_lacks_teks(const struct coop *c, const struct coop_tag *tag);
/* Their newest TEKs were made after that moment, env_now(). */
bool coop_keys_since(const struct ks_group *g, int64_t since);
/* Of rekey authentication; NULL: there is none. */
struct evp_pkey_st *coop_rekey_pair(const struct ks_group *g);

/* coop_send.c */
/* To this peer (NULL: all), soon; reply: it is to announce, too. */
void coop_announce(struct coop *c, struct coop_peer *p, bool reply,
		   int64_t delay);
void coop_say_goodbye(struct coop *c);
void coop_sent(void *ctx, bool arrived, size_t octets);

/* coop_input.c */
void coop_received(void *ctx, struct rd message, size_t octets);

/* coop_check.c: what is to be configured alike. */
void coop_digests(const struct ks_group *g,
		  uint8_t digests[COOP_ITEMS][COOP_DIGEST]);
void coop_forget_pair(struct coop *c);
/* Logs differences, each once.  True: the RSA keys are the same. */
bool coop_compare(struct coop *c, struct coop_peer *p,
		  const struct coop_ann *ann);

/* coop_sid.c */
void coop_sids_write(const struct ks_group *g, struct coop_ann *ann);
bool coop_overlaps(const struct ks_group *g, const struct coop_peer *p);

#endif
