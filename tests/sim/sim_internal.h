/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the simulated world share. */
#ifndef TESTS_SIM_SIM_INTERNAL_H
#define TESTS_SIM_SIM_INTERNAL_H

#include <sys/queue.h>
#include <sys/tree.h>

#include "tests/sim/sim.h"

/* Anything that waits for its time.  First member of its owner. */
struct sim_due {
	RB_ENTRY(sim_due) entry;
	int64_t at;
	uint64_t order; /* first come, first served */
	void (*fire)(struct sim *sim, struct sim_due *due);
};

RB_HEAD(sim_queue, sim_due);

struct sim_random {
	uint64_t state;
};

struct sim_port {
	LIST_ENTRY(sim_port) entry;
	uint16_t port;
	sim_input *input;
	void *arg;
};

struct sim_address {
	LIST_ENTRY(sim_address) entry;
	struct ip_addr addr;
};

struct sim_node {
	struct env env; /* first: the env is the node */
	TAILQ_ENTRY(sim_node) entry;
	struct sim *sim;
	char *name;
	struct ip_addr addr;
	LIST_HEAD(, sim_address) addresses; /* all, multicast groups too */
	LIST_HEAD(, sim_port) ports;
	struct sim_random random;
	int64_t wall_offset;
	bool cut;
};

struct sim_cut {
	LIST_ENTRY(sim_cut) entry;
	struct sim_node *a, *b;
};

struct sim {
	uint64_t seed;
	struct sim_random random; /* of the network */
	int64_t now;
	uint64_t order;
	struct sim_queue queue;
	bool ending;
	int64_t job_time;
	TAILQ_HEAD(, sim_node) nodes;
	unsigned int n_nodes;

	struct sim_weather weather;
	LIST_HEAD(, sim_cut) cuts;
	sim_tap_fn *tap;
	void *tap_arg;
	unsigned int n_datagrams;
	struct sim_stats stats;
	FILE *pcap;

	struct sim_line *lines;
	size_t n_lines, lines_room;
	uint64_t digest;
};

uint64_t sim_random(struct sim_random *r);
void sim_due_add(struct sim *sim, struct sim_due *due, int64_t delay,
		 void (*fire)(struct sim *, struct sim_due *));
void sim_due_remove(struct sim *sim, struct sim_due *due);
void sim_digest_add(struct sim *sim, const void *data, size_t len);

void sim_net_send(struct sim_node *from, const struct endpoint *src,
		  const struct endpoint *dst, const void *data, size_t len);
void sim_net_free(struct sim *sim);
void sim_nodes_free(struct sim *sim);
void sim_line_add(struct sim_node *node, bool debug, char *text);
void sim_lines_free(struct sim *sim);

#endif
