/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dataplane's own view of itself: ipsec.c and its commands. */
#ifndef IPSEC_IPSEC_PRIV_H
#define IPSEC_IPSEC_PRIV_H

#include <sys/queue.h>

#include "ipsec/front.h"
#include "ipsec/ipsec.h"

struct captures;

struct ipsec {
	struct env *env;
	struct ifaces *ifaces;
	const struct ipsec_config *config; /* NULL: all as IOS has it */
	struct crypto *crypto;
	struct sa_store *store;
	struct stats *stats;
	struct worker **workers;
	unsigned int n_workers;
	struct loop_wake *bell;
	struct event_log log;
	struct dataplane_watch watch;
	TAILQ_HEAD(, front) fronts;
	struct captures *captures;     /* monitor capture; NULL: none */
	TAILQ_HEAD(, front_lost) lost; /* front_users.c */
	struct env_timer *qos_tick; /* runs while there is a service-policy */
};

/* What of the interface and the configuration goes into a policy, as it is
 * now. */
void ipsec_dress(const struct ipsec *ipsec, struct policy *p,
		 const struct iface *iface);

/* front_users.c */

#define IPSEC_USER_BIT(user) (1U << (user))

/* NULL: it is not fronted. */
struct front *ipsec_front(const struct ipsec *ipsec, const char *ifname);
/* The interface is in another VRF, or in one and has no front yet: there it
 * has one, always. */
void ipsec_follow_vrf(struct ipsec *ipsec, struct iface *iface);
/* Forgets who holds what has no front. */
void ipsec_lost_free(struct ipsec *ipsec);
/* Whoever holds it. */
void ipsec_front_close(struct ipsec *ipsec, struct front *f);

#endif
