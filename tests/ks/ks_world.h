/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key server as a router would have it, in simulated time: command line,
 * access lists, profiles, RSA keys, ISAKMP. */
#ifndef TESTS_KS_KS_WORLD_H
#define TESTS_KS_KS_WORLD_H

#include "cli/cli.h"
#include "cli/cli_test.h"
#include "ks/ks_group.h"
#include "tests/sim/sim.h"

#define KS_ADDRESS "192.168.111.111"

struct ks_world {
	struct sim *sim;
	bool own_sim;
	struct sim_node *node;
	struct loop *loop;
	struct cli *cli;
	struct acls *acls;
	struct ipsec_config *ipsec;
	struct isakmp *isakmp;
	struct isakmp_keys *keys;
	struct gdoi_groups *groups;
	struct ks *ks;
	char dir[64];
	bool local_down; /* the key server's address is on no interface */
};

/* sim NULL: one of its own, with seed 1. */
void ks_world_open(struct ks_world *w, struct sim *sim);
void ks_world_close(struct ks_world *w);

/* Types lines in configuration mode; none of them may fail. */
void ks_world_configure(struct ks_world *w, const char *lines);
/* The article's group, with its key pair. */
void ks_world_article(struct ks_world *w);
void ks_world_make_key(struct ks_world *w, const char *label);
void ks_world_make_short_key(struct ks_world *w, const char *label);
/* What exec lines print; free it. */
char *ks_world_exec(struct ks_world *w, const char *lines);
/* Of the running-config, from the line crypto gdoi group to the end of the
 * section; free it. */
char *ks_world_section(struct ks_world *w);

struct ks_group *ks_world_group(struct ks_world *w, const char *name);
/* A member of our family, or a strict one, at this address. */
struct gdoi_peer ks_world_peer(const char *address, bool extensions);
/* Registers it without any wire: message 1 and 3 were right.  The policy it
 * would be given (gdoi_policy_free() it), or NULL. */
struct gdoi_policy *ks_world_register(struct ks_world *w,
				      const struct gdoi_peer *peer,
				      uint32_t group);
/* A member of our family registers, and must be given a policy. */
void ks_world_join(struct ks_world *w, const char *address, uint32_t group);

#endif
