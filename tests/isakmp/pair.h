/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two routers with isakmp/ in a simulated world: GM (initiator) and KS. */
#ifndef TESTS_ISAKMP_PAIR_H
#define TESTS_ISAKMP_PAIR_H

#include "isakmp/isakmp_internal.h"
#include "tests/sim/sim.h"

#define PAIR_PSK "MYGDOIPSK"

struct pair {
	struct sim *sim;
	struct sim_node *gm_node, *ks_node;
	struct isakmp *gm, *ks;
	struct endpoint gm_at, ks_at;

	/* isakmp_connect() from gm to ks */
	struct isakmp_connect *connect;
	struct isakmp_sa *sa; /* the GM's; as told */
	unsigned int n_up, n_failed;
	struct isakmp_fault why;
};

/* Both with the same policy (AES-128, SHA, PSK, group 2) and key. */
void pair_open(struct pair *p, uint64_t seed);
void pair_close(struct pair *p);
/* Replaces the policy with this priority. */
void pair_policy(struct isakmp *isakmp, uint32_t priority,
		 const struct isakmp_proposal *proposal);
void pair_psk(struct isakmp *isakmp, const char *net, unsigned int prefix,
	      const char *secret);
/* The wish, in p->connect; counted in n_up and n_failed. */
void pair_connect(struct pair *p);
/* Whether any wish came to an end, good or bad; for sim_run_until(). */
bool pair_is_over(void *pair);
/* The only SA of the instance that is up; NULL: none or several. */
struct isakmp_sa *pair_up(struct isakmp *isakmp);
unsigned int pair_n_sas(struct isakmp *isakmp);
/* Both have one, and its keys are equal. */
bool pair_agree(struct pair *p);

extern const struct isakmp_proposal pair_proposal;

#endif
