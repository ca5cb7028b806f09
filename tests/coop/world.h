/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Up to 8 cooperative key servers (all of ks/, but for the way between them)
 * and some hundred members (registration without a wire; rekeys, keys and
 * their use are gm/'s and gdoi/'s) in simulated time, with invariants that are
 * looked at all the time.  One seed is one schedule of what happens.
 *
 *	world_schedule.c  what happens when
 *	world_link.c	  messages and sessions between key servers
 *	world_member.c	  registrations of members
 *	world_push.c	  rekeys on the wire, opened once for all members
 *	world_keys.c	  who can decrypt whom; SPIs, sender IDs
 *	world_check.c	  roles, databases, clocks
 */
#ifndef TESTS_COOP_WORLD_H
#define TESTS_COOP_WORLD_H

#include "gm/gm_member.h"
#include "gm/gm_priv.h"
#include "isakmp/isakmp_keys.h"
#include "ks/coop.h"
#include "ks/ks_group.h"
#include "tests/sim/sim.h"

enum world_limits {
	WORLD_KS = 8,
	WORLD_GMS = 300,
	WORLD_ORIGINS = 64,
	WORLD_GROUP = 1234,
	WORLD_PUSH_BUCKETS = 256,
};

/* Seconds: what the rules promise, as the invariants have it. */
enum world_bounds {
	/* Session set-up, questions to a silent primary, election; and twice
	 * that, as the first may end in another one. */
	WORLD_REST = 300,
	/* Two refreshes and a session's set-up. */
	WORLD_TWO_PRIMARIES = 75,
	/* Who has been in touch with a primary for so long follows it. */
	WORLD_TOUCH = 12,
	/* Databases and keys may differ for so long. */
	WORLD_AGREE = 150,
	/* From two sides that meet to keys that all have. */
	WORLD_MERGE = 120,
	/* A clock that was told may be late by so much. */
	WORLD_CLOCK_SLACK = 30,
};

enum world_plant {
	PLANT_NONE,
	/* A key server that comes back is told of nobody. */
	PLANT_PREEMPT,
	/* Sequence numbers begin again when the role is taken over. */
	PLANT_SEQ,
	/* TEKs of the one that gives up the role are lost at a merge. */
	PLANT_TEK,
};

struct world;

struct coop_link { /* one end of a session */
	struct world *world;
	unsigned int from, to;
	const struct coop_link_ops *ops;
	void *ctx;
	enum coop_link_status status;
	bool wanted;
	uint64_t session; /* both ends have the same one, or none */
	struct env_timer *make, *fail, *send;
	struct world_message *queue; /* the oldest first */
	unsigned int n_queue, attempt;
	int64_t since; /* the session is there, without a cut */
};

struct world_ks {
	struct world *world;
	unsigned int index;
	struct sim_node *node;
	struct ip_addr addr;
	bool up;
	unsigned int boots;
	struct coop_transport transport;
	struct coop_link *links[WORLD_KS]; /* by whom they lead to */
	struct isakmp *isakmp;
	struct isakmp_keys *keys;
	struct gdoi_groups *groups;
	struct ks *ks;
	struct ks_group *g;
	unsigned int priority;

	/* Seen of it. */
	enum coop_role role;
	int64_t role_since, booted;
	bool live;
	int64_t zero; /* of its pseudotime, with live */
	/* What was due of itself when it took over, and until when no PUSH
	 * may go for the sake of that alone. */
	int64_t silent_until;
	int64_t differs_since; /* from its primary; 0: it does not */
	int64_t lacks_since;
	/* Last time that a session of some age was there. */
	int64_t touched[WORLD_KS];
	int64_t two_since[WORLD_KS]; /* both primary; 0: no */
};

struct world_gm {
	struct world *world;
	unsigned int index;
	struct sim_node *node;
	struct gm_member m; /* keys and rekey SAs are used, no more */
	unsigned int servers[WORLD_KS], n_servers, server;
	unsigned int cut; /* key servers that it does not reach, as bits */
	int64_t exempt;	  /* until then it may understand less */
	bool registered;
	struct env_timer *attempt, *reregister, *expiry;
	unsigned int n_registrations;
	/* Of the last PUSH that it took, or its registration since. */
	int64_t pushed_at;
	unsigned int pushed_by;
	/* The same without registrations: whose number it goes by. */
	int64_t seq_at;
	unsigned int seq_by;
	bool has_zero;
	int64_t zero;
	int64_t lost_since; /* no keys; 0: it has some */
};

struct world_options {
	bool verbose;
	enum world_plant plant;
	const char *ignore; /* rules, to look beyond a known fault; NULL */
};

struct world {
	struct sim *sim;
	uint64_t seed, random;
	struct world_options options;
	struct loop *loop;
	struct cli *cli; /* of the configuration that all have */
	struct acls *acls;
	struct ipsec_config *ipsec;
	struct gm gm;
	struct sim_node *gm_node; /* its env is that of all members' code */

	struct world_ks ks[WORLD_KS];
	unsigned int n_ks;
	struct world_gm *gms;
	unsigned int n_gms;
	uint32_t tek_life, kek_life;
	bool counter; /* TEKs of a counter mode */

	/* The network: who is on which side, and single links. */
	unsigned int ks_side[WORLD_KS];
	unsigned int *gm_side;
	bool ks_cut[WORLD_KS][WORLD_KS];
	unsigned int loss;   /* per mille */
	int64_t lossy_until; /* the end of the last bad weather */
	int64_t delay_max;
	uint64_t sessions;

	/* When what last happened. */
	bool healing;	   /* no more disturbances: the end */
	int64_t disturbed; /* connectivity, or who is up */
	int64_t spoken;	   /* an operator's command */
	int64_t trouble;   /* until then members may not understand all */
	int64_t db_trouble;
	int64_t last_push;
	int64_t removed_at; /* clear crypto gdoi ks members now */
	unsigned int removed_by;
	bool half_removed; /* members of one side of a split were */
	int64_t origins[WORLD_ORIGINS];
	unsigned int n_origins;
	struct world_push *pushes[WORLD_PUSH_BUCKETS];
	struct world_seen *seen[WORLD_PUSH_BUCKETS];
	bool keys_changed;
	int64_t keys_next; /* when some TEK ends or is sent with */

	unsigned int pushes_taken, registrations, takeovers, merges;
	char *failure; /* the first violation */
	const char *rule;
	int64_t failed_at;
};

/* Runs the schedule.  NULL: nothing was violated; else what, to be freed, and
 * *rule is the invariant's name. */
char *world_run(uint64_t seed, const struct world_options *options,
		const char **rule);

/* A violation: the first one counts. */
#define world_fail(w, rule, ...) \
	world_fail_text(w, rule, xasprintf(__VA_ARGS__))
void world_fail_text(struct world *w, const char *rule, char *text);
#define world_say(w, ...)                                          \
	do {                                                       \
		if ((w)->options.verbose)                          \
			world_say_text(w, xasprintf(__VA_ARGS__)); \
	} while (0)
void world_say_text(struct world *w, char *text);

/* world.c */
struct world *world_new(uint64_t seed, const struct world_options *options);
void world_free(struct world *w);
void world_ks_up(struct world_ks *ks);
void world_ks_down(struct world_ks *ks); /* all is forgotten */
uint32_t world_below(struct world *w, uint32_t bound);
bool world_ks_reach(const struct world *w, unsigned int a, unsigned int b);
bool world_gm_reach(const struct world *w, const struct world_gm *m,
		    unsigned int ks);
struct world_ks *world_ks_at(struct world *w, const struct ip_addr *addr);
bool world_is_primary(const struct world_ks *ks);
/* Sides, cuts, or who is up have changed. */
void world_disturbed(struct world *w);
/* Members may not understand each other for so long, s. */
void world_trouble(struct world *w, int64_t seconds);

/* world_link.c */
void world_links_open(struct world_ks *ks);
void world_links_changed(struct world *w);

/* world_member.c */
void world_gm_open(struct world *w, unsigned int index);
void world_gm_close(struct world_gm *m);
/* Its keys have changed: what follows from that. */
void world_gm_rekeyed(struct world_gm *m);
/* It has lost everything, and comes back. */
void world_gm_removed(struct world_gm *m);
void world_gm_soon(struct world_gm *m, int64_t delay);
void world_gm_took_clock(struct world_gm *m, unsigned int ks, bool push);

/* world_push.c */
void world_push_tap(struct world_ks *from, const struct ip_addr *to,
		    const void *data, size_t len);
void world_push_take(struct world_gm *m, const struct endpoint *remote,
		     const void *data, size_t len);
void world_push_free(struct world *w);

/* world_keys.c */
void world_keys_check(struct world *w);
void world_keys_see(struct world *w, const struct ks_group *g);
void world_sids_see(struct world *w, const struct world_gm *m,
		    const struct gdoi_policy *policy);
void world_keys_free(struct world *w);

/* world_check.c: each second, and before what a key server sends. */
void world_check(struct world *w);
void world_check_role(struct world_ks *ks);
void world_check_clock(struct world_ks *ks);

/* world_schedule.c */
void world_schedule(struct world *w);

#endif
