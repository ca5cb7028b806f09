/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The election machine from the inside: coop_role.c moves it, coop_role_peers.c
 * knows what was heard of the others. */
#ifndef KS_COOP_ROLE_PRIV_H
#define KS_COOP_ROLE_PRIV_H

#include "ks/coop_role.h"

struct coop_rival {
	struct ip_addr addr;
	enum coop_status status;
	enum coop_role role;
	uint8_t priority;
	bool live;
	uint64_t boot;
	int64_t heard_at; /* env_now() */
	bool gone;	  /* its session failed since it was heard */
	/* It should have become primary and did not. */
	bool passed_over;
	/* Whom it follows, and when anybody that it knows heard that one. */
	struct ip_addr follows;
	int64_t follows_at;
};

struct coop_role_machine {
	struct coop_role_config config;
	enum coop_role role;
	struct coop_rival rivals[COOP_MAX_PEERS];
	size_t n;
	struct ip_addr primary, previous;
	int64_t primary_heard; /* by us */
	unsigned int retries;
	/* Answers count from then: the election began, or the first question
	 * to a silent primary. */
	int64_t since;
	/* Somebody better is to become primary. */
	bool awaiting;
	struct ip_addr awaited;
	struct env_timer *timer;
	int64_t deadline;
};

struct coop_rival *coop_rival_find(struct coop_role_machine *m,
				   const struct ip_addr *addr);
/* Its place in m->rivals; m->n: there is none. */
size_t coop_rival_index(const struct coop_role_machine *m,
			const struct ip_addr *addr);
/* What an announcement says of its sender. */
void coop_rival_learn(struct coop_role_machine *m, struct coop_rival *r,
		      const struct coop_ann *ann);
/* Of two primaries: its standing is above ours. */
bool coop_rival_outranks(const struct coop_role_machine *m,
			 const struct coop_rival *r);
/* Who was heard since m->since and should be primary; NULL: we. */
struct coop_rival *coop_rival_best(struct coop_role_machine *m);
/* One that says that it is primary, the best of them; NULL: none. */
struct coop_rival *coop_rival_primary(struct coop_role_machine *m);
/* Somebody was told of a primary that is there; false: nobody was. */
bool coop_rival_gossip(const struct coop_role_machine *m,
		       struct ip_addr *primary);
/* All were heard since then, or cannot be. */
bool coop_rivals_all_answered(const struct coop_role_machine *m);
/* When anybody heard the primary of ours last. */
int64_t coop_rivals_heard_primary(const struct coop_role_machine *m);

#endif
