/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real dataplane: fronts interfaces with a TAP, drives their wire, and
 * runs ESP.  See docs/ARCHITECTURE.md for the life of a packet. */
#ifndef IPSEC_IPSEC_H
#define IPSEC_IPSEC_H

#include "base/clock.h"
#include "base/env.h"
#include "base/loop.h"
#include "ipsec/dataplane.h"
#include "ipsec/front_users.h"
#include "router/iface.h"

struct ipsec;

/* env: for messages and random numbers; clock: for TBAR and expiry (workers
 * read it).  workers: 0 for one per core. */
struct ipsec *ipsec_new(struct loop *loop, struct env *env, struct clock *clock,
			struct ifaces *ifaces, unsigned int workers);
/* Fragments as config says; it lives longer. */
void ipsec_follow(struct ipsec *ipsec, struct ipsec_config *config);
/* Gives every interface back. */
void ipsec_free(struct ipsec *ipsec);
struct dataplane ipsec_dataplane(struct ipsec *ipsec);
/* show platform packet-path and the like. */
void ipsec_cli_init(struct ipsec *ipsec, struct cli *cli);

#endif
