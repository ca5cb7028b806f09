/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A router without a kernel, for exchange tests: the whole control plane (key
 * server and member) on a node of the simulated world, configured by typing
 * IOS lines, over a dataplane that only remembers what it was told.
 *
 *	struct sim *sim = sim_new(1);
 *	struct box *ks = box_new(sim, "KS1", "192.168.111.111");
 *	struct box *ce = box_new(sim, "CE1", "192.168.11.3");
 *
 *	box_type(ks, "crypto isakmp policy 1\n" ...);	(configuration mode)
 *	sim_run(sim, SEC(10));
 *	ck_assert(sim_logged(ce->node, "GM_REGS_COMPL"));
 *
 * The node's address is on Ethernet0/0, which is up. */
#ifndef TESTS_EXCHANGE_BOX_H
#define TESTS_EXCHANGE_BOX_H

#include "gm/gm.h"
#include "ks/ks.h"
#include "tests/article.h"
#include "tests/sim/sim.h"

struct box {
	struct sim *sim;
	struct sim_node *node;
	struct env *env;
	struct loop *loop; /* never run: the cli wants one */
	struct cli *cli;
	struct acls *acls;
	struct ipsec_config *ipsec;
	struct isakmp *isakmp;
	struct isakmp_keys *keys;
	char *key_file;
	struct gdoi_groups *groups;
	struct ks *ks;
	struct gm *gm;
	bool up; /* Ethernet0/0; tell by box_link() */
	struct ip_addr addr;
	/* What the dataplane was told about Ethernet0/0. */
	bool attached;
	unsigned int installs;
	struct ipsec_policy *policy; /* the last one; NULL: none */
	bool refuses; /* the dataplane takes none (a test sets it) */
	struct dataplane_watch watch;
	/* Told after each; may be NULL. */
	void (*installed)(void *arg, struct box *box);
	void *installed_arg;
};

struct box *box_new(struct sim *sim, const char *name, const char *address);
void box_free(struct box *box);
/* Lines in configuration mode.  Ends the test when one is refused. */
void box_type(struct box *box, const char *lines);
/* One command in exec mode; its output, to be freed. */
char *box_show(struct box *box, const char *command);
/* Ethernet0/0 goes up or down (the network with it). */
void box_link(struct box *box, bool up);
/* The power goes and comes back: everything but the saved RSA keys is lost.
 * Type the configuration again. */
void box_restart(struct box *box);
/* crypto key generate rsa label MYRSAKEY modulus 1024, and the time it takes. */
void box_make_key(struct box *box);

#endif
