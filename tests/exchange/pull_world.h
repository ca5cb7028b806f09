/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key server and a member with nothing above gdoi/: the key server gives
 * one policy to everybody, the member registers once or until it gets in. */
#ifndef TESTS_EXCHANGE_PULL_WORLD_H
#define TESTS_EXCHANGE_PULL_WORLD_H

#include "gdoi/gdoi.h"
#include "tests/isakmp/pair.h"

struct pull_world {
	struct pair pair;
	struct gdoi_server *server;

	/* The key server */
	struct gdoi_policy *policy; /* what it gives; the world's */
	bool refuses;
	bool full; /* member() says no */
	unsigned int n_policies, n_members, n_refused;
	struct gdoi_peer peer; /* the last member */

	/* The member */
	bool dislikes;	 /* check() says no */
	bool persistent; /* tries again after a failure */
	unsigned int sids_wanted;
	struct isakmp_connect *connect;
	struct isakmp_sa *sa;
	struct gdoi_pull *pull;
	unsigned int n_tries, n_done, n_failed;
	struct isakmp_fault why;
	struct gdoi_policy *got;
};

/* Takes policy over.  family: the member announces our vendor ID. */
void pull_world_open(struct pull_world *w, uint64_t seed,
		     struct gdoi_policy *policy, bool family);
void pull_world_close(struct pull_world *w);
/* Phase 1, then the PULL. */
void pull_world_register(struct pull_world *w);
/* Until the member is in or has failed for good. */
bool pull_world_run(struct pull_world *w, int64_t us);
/* The member has what the key server gave, and is one. */
void pull_world_check(const struct pull_world *w);

#endif
