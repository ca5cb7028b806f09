/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is primary: the rules of election, fail-over, split and merge
 * (docs/coop.md), without messages, keys or members.  It is told what was heard,
 * and says what to do.  Sans-IO: time and timers are env's.  Control thread.
 *
 *	- who comes up asks everybody, and follows a primary if there is one,
 *	  whatever the priorities (no preemption);
 *	- a primary that is silent is asked for some times, then given up;
 *	- of those who are there without a primary, one that has keys goes
 *	  before one that has none, then the higher priority counts, then the
 *	  higher address;
 *	- of two primaries that hear each other the one with the higher
 *	  priority (then address) stays, the other follows it. */
#ifndef KS_COOP_ROLE_H
#define KS_COOP_ROLE_H

#include "base/env.h"
#include "ks/coop_ann.h"

/* Seconds.  The first two are what IOS shows; the others [design]. */
enum coop_role_times {
	COOP_REFRESH = 20,    /* Primary Refresh Policy Time */
	COOP_PERIODIC = 30,   /* Sec Primary Periodic Time */
	COOP_RETRANSMIT = 10, /* between questions to a silent primary */
	COOP_RETRIES = 3,
};

struct coop_times { /* s; 0 is not allowed */
	uint32_t refresh, periodic, retransmit;
	unsigned int retries;
};

struct coop_role_ops {
	/* Announce to this peer, or to all (peer NULL); reply: ask for one. */
	void (*announce)(void *ctx, const struct ip_addr *peer, bool reply);
	/* The role has changed, or the primary that a secondary follows.
	 * coop_role_current(), coop_role_primary() are new already. */
	void (*changed)(void *ctx, enum coop_role before,
			const struct ip_addr *primary_before);
	/* A primary of lower standing than ours has been heard: its keys are
	 * to be merged; or of higher standing: we are about to follow it. */
	void (*met)(void *ctx, const struct ip_addr *peer, bool we_stay);
};

struct coop_role_machine;

struct coop_role_config {
	struct env *env;
	struct ip_addr self;
	uint8_t priority;
	struct coop_times times;
	const struct coop_role_ops *ops;
	void *ctx;
	/* We have keys of the group. */
	bool (*live)(void *ctx);
};

/* Nothing runs before coop_role_start(). */
struct coop_role_machine *coop_role_new(const struct coop_role_config *config);
void coop_role_free(struct coop_role_machine *m);
void coop_role_peer_add(struct coop_role_machine *m,
			const struct ip_addr *peer);
void coop_role_peer_remove(struct coop_role_machine *m,
			   const struct ip_addr *peer);
/* Priority or timers were configured; takes effect in what comes. */
void coop_role_configure(struct coop_role_machine *m, uint8_t priority,
			 const struct coop_times *times);
/* Election from the beginning (also clear crypto gdoi ks coop role). */
void coop_role_start(struct coop_role_machine *m);

/* An announcement came in; it passed all checks.  ann->seq and boot are new. */
void coop_role_heard(struct coop_role_machine *m, const struct ip_addr *peer,
		     const struct coop_ann *ann);
/* The session with the peer was lost or could not be made: it may be gone. */
void coop_role_lost(struct coop_role_machine *m, const struct ip_addr *peer);
/* A session with it is there (again). */
void coop_role_reached(struct coop_role_machine *m, const struct ip_addr *peer);

enum coop_role coop_role_current(const struct coop_role_machine *m);
/* The primary of now (ourselves, too); unset: none is known. */
struct ip_addr coop_role_primary(const struct coop_role_machine *m);
/* The one before it; unset: none. */
struct ip_addr coop_role_previous(const struct coop_role_machine *m);
/* ms since the primary was heard by us, or by others who told us. */
uint32_t coop_role_primary_age(const struct coop_role_machine *m);
/* We follow a primary that we do not hear ourselves (others do), or none. */
bool coop_role_orphaned(const struct coop_role_machine *m);

enum coop_status { COOP_UNKNOWN, COOP_ALIVE, COOP_DEAD };
const char *coop_status_name(enum coop_status status); /* as IOS prints it */
struct coop_peer_view {
	enum coop_status status;
	enum coop_role role; /* valid unless COOP_UNKNOWN */
	uint8_t priority;
	bool live;
};
/* False: no such peer. */
bool coop_role_peer(const struct coop_role_machine *m,
		    const struct ip_addr *peer, struct coop_peer_view *out);
/* Until the next refresh (primary), or until the primary counts as silent;
 * s. */
uint32_t coop_role_remaining(const struct coop_role_machine *m);
/* Questions to a silent primary without an answer so far. */
unsigned int coop_role_retries(const struct coop_role_machine *m);

#endif
