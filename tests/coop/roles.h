/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Election machines joined by a small network, in virtual time; what must
 * never be is looked at after each message and each change. */
#ifndef TESTS_COOP_ROLES_H
#define TESTS_COOP_ROLES_H

#include "ks/coop_role.h"
#include "tests/sim/sim.h"

enum { ROLES_MAX = 8, ROLES_REFRESH = COOP_REFRESH };

struct roles;

struct roles_server {
	struct roles *net;
	unsigned int i;
	struct sim_node *node;
	struct ip_addr addr;
	uint8_t priority;
	bool live;     /* has keys; those who were primary do */
	uint64_t boot; /* 0: it is down */
	struct coop_role_machine *m;
	unsigned int became_primary, met_stay, met_leave;
};

struct roles_letter;

struct roles {
	struct sim *sim;
	struct roles_server servers[ROLES_MAX];
	unsigned int n;
	bool cut[ROLES_MAX][ROLES_MAX];
	unsigned int loss; /* per mille */
	int64_t delay_max; /* us; 1 ms at least */
	uint64_t boots, sent;
	/* When two primaries that reach each other began to be. */
	int64_t two_since[ROLES_MAX][ROLES_MAX];
	int64_t two_limit; /* us */
	struct roles_letter *letters;
};

/* n servers, all down; server i has priority 100 - 10 * i and address
 * 10.0.0.(i + 1). */
struct roles *roles_new(uint64_t seed, unsigned int n);
void roles_free(struct roles *r);
void roles_up(struct roles *r, unsigned int i);
void roles_up_all(struct roles *r);
void roles_crash(struct roles *r, unsigned int i);
/* Both ways. */
void roles_cut(struct roles *r, unsigned int a, unsigned int b, bool cut);
/* Nothing passes between servers whose bits differ. */
void roles_split(struct roles *r, unsigned int bits);
void roles_heal(struct roles *r);
void roles_run(struct roles *r, unsigned int seconds);
/* A last announcement, and down. */
void roles_leave(struct roles *r, unsigned int i);

bool roles_is_primary(const struct roles *r, unsigned int i);
unsigned int roles_primaries(const struct roles *r);
/* Server a takes server b for the primary. */
bool roles_follows(const struct roles *r, unsigned int a, unsigned int b);
/* Server i is the only primary and everybody who is up follows it. */
bool roles_all_follow(const struct roles *r, unsigned int i);

#endif
