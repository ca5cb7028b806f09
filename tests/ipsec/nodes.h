/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A gateway with the real router model and dataplane on device wire0 of the
 * network namespace it is in, and what two such processes need. */
#ifndef TESTS_IPSEC_NODES_H
#define TESTS_IPSEC_NODES_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "ipsec/ipsec.h"
#include "router/router.h"

enum { SKIPPED = 77 }; /* what a test returns that needs root */

#define NEED(what)                                                           \
	do {                                                                 \
		if (!(what))                                                 \
			log_fatal("line %d: %s failed: %s", __LINE__, #what, \
				  strerror(errno));                          \
	} while (0)

struct node {
	const char *address;
	char dir[64];
	struct loop *loop;
	struct clock clock;
	struct env *env;
	struct router *router;
	struct ipsec *ipsec;
	struct dataplane dataplane;
	unsigned int messages;
};

/* address: of Ethernet0/0, /24. */
void node_start(struct node *n, const char *address);
void node_stop(struct node *n);
void node_dir(struct node *n); /* its state directory, made by start */
void node_remove_dir(struct node *n);
void node_wake(void *arg); /* stops the loop that is arg */
/* Until the kernel has told that the cable is in: before, it has no route. */
void node_up(struct node *n);
/* A tenth of a second, and until it has had so many messages. */
void node_wait(struct node *n, unsigned int messages);
void node_front(struct node *n);
int node_policy(struct node *n, struct ipsec_policy *p);
/* Fronts, with the article's policy.  Both clocks are the machine's, so their
 * time stamps agree. */
void node_protect(struct node *n);
struct ipsec_counters node_counters(struct node *n);

/* veth wire0 here, wire0 in the namespace of process other. */
void make_wire(pid_t other);

struct pipes {
	int to_child[2], to_parent[2];
};

void tell(int fd);
void hear(int fd);
/* The node goes on hearing the kernel meanwhile, or would take a cable that
 * is just being plugged in for a dead one. */
void node_hear(struct node *n, int fd);

/* Prints it; the test fails when it is not in low .. high. */
void expect(const char *what, uint64_t got, uint64_t low, uint64_t high);

#endif
