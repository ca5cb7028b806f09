/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One membership: an interface with a crypto map entry that names a group.
 * The state machine of its registration; RFC 6407 3. */
#ifndef GM_GM_MEMBER_H
#define GM_GM_MEMBER_H

#include <sys/queue.h>

#include "gm/gm_group.h"
#include "gm/gm_keys.h"
#include "gm/gm_map.h"
#include "gm/gm_priv.h"
#include "gm/gm_rekey.h"
#include "ipsec/dataplane.h"

#define GM_STATES(X)                   \
	X(GM_IDLE, "Not initialized")  \
	X(GM_PHASE1, "Registering")    \
	X(GM_PULL, "Registering")      \
	X(GM_REGISTERED, "Registered") \
	X(GM_BACKOFF, "Registering")

enum gm_state {
#define GM_STATE_NAME(name, text) name,
	GM_STATES(GM_STATE_NAME)
#undef GM_STATE_NAME
		GM_N_STATES,
};

enum gm_event {
	GM_EV_START,	  /* it can and shall register (again) */
	GM_EV_PHASE1_UP,  /* an ISAKMP SA with the key server is there */
	GM_EV_FORGOTTEN,  /* that SA is an old one, and nobody answers */
	GM_EV_DOWNLOADED, /* the policy is installed */
	GM_EV_REKEYED,	  /* so is one of a rekey */
	GM_EV_REMOVED,	  /* the key server took everything away */
	GM_EV_FAILED,	  /* this key server said no, or cannot be had */
	GM_EV_TIMEOUT,	  /* this key server is silent */
	GM_EV_WAITED,	  /* the pause after the last key server is over */
	GM_EV_STOP,	  /* it cannot or shall not register any more */
	GM_N_EVENTS,
};

struct gm_timers {
	struct env_timer *attempt;    /* gives the key server up */
	struct env_timer *backoff;    /* pause after the last one */
	struct env_timer *reregister; /* before the keys end */
	struct env_timer *expiry;     /* the next TEK or the KEK ends */
	struct env_timer *ack;	      /* of a multicast rekey */
	int64_t reregister_at;	      /* env time, us */
	unsigned int rounds;	      /* of the server list, all silent */
};

struct gm_member {
	TAILQ_ENTRY(gm_member) entry;
	struct gm *gm;
	char *ifname;
	struct gm_map_entry *map_entry;
	struct gdoi_group *group; /* with a GM part; NULL: not to be had */
	struct gdoi_id id;	  /* as registered with */
	struct ip_addr local;
	uint32_t fvrf; /* where local is, and the key servers */
	uint32_t ivrf; /* of the interface */
	enum gm_state state;
	size_t server;	     /* the one in turn, index into the group's list */
	size_t first_server; /* where this round began */
	struct ip_addr trying; /* its address */
	struct isakmp_connect *connect;
	bool old_phase1; /* of the pull: it may be forgotten over there */
	struct gdoi_pull *pull;
	struct gm_timers timers;
	struct gm_keys keys;
	struct ip_addr registered_with;
	unsigned int attempted, succeeded;
	struct gm_rekey rekey;
	/* The dataplane has used up what it may send with our sender ID; until
	 * there is another one, or a new TEK. */
	bool worn;
	unsigned int dataplane_asked; /* how often it said so */
	bool family; /* the key server that is being tried is of ours */
	bool wanted; /* mark of gm_refresh() */
	/* client recovery-check: one is under way; when the last one was. */
	bool recovering, recovered;
	int64_t recovered_at; /* env time, us; with recovered */
	size_t first_rule;    /* of its policy, among the interface's */
};

struct gm_member *gm_member_new(struct gm *gm, const char *ifname,
				struct gm_map_entry *entry);
/* Without a word to anybody. */
void gm_member_free(struct gm_member *m);
void gm_member_event(struct gm_member *m, enum gm_event event);
/* Forgets keys and registration (clear crypto gdoi, changed identity). */
void gm_member_reset(struct gm_member *m);
const char *gm_member_status(const struct gm_member *m);
enum ipsec_direction gm_member_direction(const struct gm_member *m);

/* --- gm_download.c: what comes from a key server --------------------------- */

/* Why the member cannot live with this policy; NULL: it can. */
const char *gm_member_objection(const struct gm_member *m,
				const struct gdoi_policy *policy);
/* ... if it violates what the group's client lines allow. */
void gm_member_log_restriction(const struct gm_member *m,
			       const struct gdoi_policy *policy);
/* The keys become the member's, if the dataplane takes what follows from
 * them; false: nothing has changed.  *next is taken over in any case. */
bool gm_member_take(struct gm_member *m, struct gm_keys *next);

struct gm_member_view {
	bool has_policy, has_kek, receive_only, multicast;
};
struct gm_member_view gm_member_look(const struct gm_member *m);
/* Receive-only and the rekey's transport, if they are not what they were. */
void gm_member_log_change(const struct gm_member *m,
			  const struct gm_member_view *before,
			  const struct ip_addr *server);
void gm_member_log_installed(const struct gm_member *m, bool ok,
			     const struct ip_addr *server);
/* The downloaded policy is gone. */
void gm_member_log_cleanup(const struct gm_member *m);

/* --- gm_recovery.c: client recovery-check ----------------------------------- */

/* As dataplane_watch.trouble; arg is the gm. */
void gm_recovery_trouble(void *arg, const char *ifname, const char *group,
			 uint32_t spi);
/* The key server to begin with: index into the group's list. */
size_t gm_recovery_server(struct gm_member *m);

/* --- gm_timers.c: the protocol states facts, the timers decide ---------- */

enum gm_limits {
	/* Windows that IOS can configure; more is no policy of an honest key
	 * server. */
	GM_TBAR_MAX = 100,	      /* s */
	GM_COUNTER_WINDOW_MAX = 1024, /* packets */
	/* The 2016 article's log: 40 s from one key server that is silent to
	 * the next.  One that was heard has as long again. */
	GM_ATTEMPT = 40,
	/* When there is no next one, what an attempt has achieved is not
	 * thrown away so soon; our choice. */
	GM_ATTEMPT_ALONE = 150,
	GM_BACKOFF_FIRST = 10, /* s, doubled each round; our choice */
	GM_BACKOFF_MAX = 30,
	GM_BACKOFF_JITTER = 20, /* percent, both ways */
	/* Lead of the re-registration before the keys end (docs/PROTOCOL.md),
	 * fitted to real devices. */
	GM_REREGISTER_LEAD = 60, /* s */
	GM_REREGISTER_PERCENT = 5,
	GM_REREGISTER_LEAD_MAX = 3600, /* s, as the key server's own */
	/* Key servers send a new KEK 200 s before the end, and again for a
	 * while; our choice. */
	GM_REREGISTER_KEK_LEAD = 150, /* s */
	GM_REREGISTER_JITTER = 4,     /* 1 to this, s */
	/* With a policy of which nothing ends; our choice. */
	GM_REREGISTER_NOTHING = 3600, /* s */
	GM_REREGISTER_SOONEST = 10,   /* s after a registration */
	/* After a removal with keys that live on: in this part of their life,
	 * percent; our choice. */
	GM_REMOVED_FIRST = 10,
	GM_REMOVED_LAST = 80,
	/* Members that were told something together come back within so many
	 * s; our choice. */
	GM_SPREAD = 5,
};

void gm_timers_attempt(struct gm_member *m);
void gm_timers_registered(struct gm_member *m); /* or rekeyed */
/* The member comes back at a random time before its keys end. */
void gm_timers_removed(struct gm_member *m);
/* ... within GM_SPREAD, s: for a new start, for something it lacks. */
void gm_timers_removed_now(struct gm_member *m);
void gm_timers_soon(struct gm_member *m);
/* Acknowledges in a while. */
void gm_timers_ack(struct gm_member *m);
bool gm_timers_ack_pending(const struct gm_member *m);
void gm_timers_all_silent(struct gm_member *m);
/* m->keys were dropped: nothing of them will end. */
void gm_timers_keys_gone(struct gm_member *m);
void gm_timers_stop(struct gm_member *m);
/* s until the re-registration; 0: none is planned. */
unsigned int gm_timers_reregisters_in(const struct gm_member *m);

#endif
