/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dataplane's own view of itself: ipsec.c and its commands. */
#ifndef IPSEC_IPSEC_PRIV_H
#define IPSEC_IPSEC_PRIV_H

#include <sys/queue.h>

#include "ipsec/ipsec.h"
#include "ipsec/wire.h"
#include "ipsec/worker.h"

/* A fronted interface. */
struct front {
	TAILQ_ENTRY(front) link;
	struct worker *worker;
	struct wire *wire;
	int hide_fd; /* keeps the wire hidden; -1: not yet */
	struct lane lane;
};

struct ipsec {
	struct env *env;
	struct ifaces *ifaces;
	struct crypto *crypto;
	struct sa_store *store;
	struct stats *stats;
	struct worker **workers;
	unsigned int n_workers;
	unsigned int next_worker; /* of the next interface: each has one */
	struct loop_wake *bell;
	struct event_log log;
	struct dataplane_watch watch;
	TAILQ_HEAD(, front) fronts;
};

#endif
