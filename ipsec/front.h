/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fronted interface: a TAP in its device's place, the device as the wire,
 * and between them a lane for each worker.  Control thread. */
#ifndef IPSEC_FRONT_H
#define IPSEC_FRONT_H

#include <sys/queue.h>

#include "ipsec/pmtu.h"
#include "ipsec/wire.h"
#include "ipsec/worker.h"
#include "router/iface.h"

enum front_limits {
	/* A lane's frames: what the rings of its wire hold (wire.h), and as
	 * many as may be on their way out ... */
	FRONT_SMALL = 8192,
	/* ... and superpackets, jumbo frames, packets put together.  Memory
	 * that no frame needed is never touched. */
	FRONT_BIG = 256,
};

struct front {
	TAILQ_ENTRY(front) link;
	char name[LANE_NAME]; /* "Ethernet0/0" */
	unsigned int users;   /* IPSEC_USER_BIT()s */
	uint32_t vrf;	      /* where its TAP stands */
	struct wire *wire;
	int hide_fd;	       /* keeps the wire hidden; -1: not yet */
	struct policy *policy; /* of all its lanes; NULL: none yet */
	unsigned int n;	       /* lanes, and workers */
	struct worker *const *workers;
	struct lane *lanes;
	struct pmtu pmtu;	     /* of all of them */
	struct capture_set *capture; /* of all its lanes; NULL: none */
	struct qos_tree *qos[IPSEC_QOS_DIRECTIONS]; /* NULL: none */
};

/* Takes the interface over; its lanes run with the policy, which becomes the
 * front's unless there is an error; NULL: they drop IPv4 until there is one.
 * workers live longer than it.  0 or -errno. */
int front_open(struct front **out, struct ifaces *ifaces, struct iface *iface,
	       struct crypto *crypto, struct worker *const *workers,
	       unsigned int n, struct policy *policy);
/* Gives it back, if it is still there; its policy goes. */
void front_close(struct front *f, struct ifaces *ifaces);
/* Publishes policy to all lanes.  What it replaces, to be freed at once: no
 * worker looks at it any more. */
struct policy *front_set_policy(struct front *f, struct policy *policy);
/* The same with a service-policy, or NULL. */
struct qos_tree *front_set_qos(struct front *f,
			       enum ipsec_qos_direction direction,
			       struct qos_tree *tree);
/* Its lanes show packets to set's taps (NULL: to nobody).  What that replaces,
 * to be freed at once. */
struct capture_set *front_set_capture(struct front *f, struct capture_set *set);
/* Packets that were dropped on their way in and out, for whatever reason.
 * front: a struct front. */
void front_drops(void *front, uint64_t *in, uint64_t *out);

#endif
