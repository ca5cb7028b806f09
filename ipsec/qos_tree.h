/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A service-policy at work on one interface in one direction: its classes, in
 * the order of ipsec_qos_read(), with counters, policers and queues.
 *
 * Made and freed by the control thread; the workers of the interface's lanes
 * see it through a pointer of the lane, QSBR as for policies.  Counters belong
 * to lanes, one writer each.  What is measured over all lanes (buckets,
 * queues) is under the lock, which is taken once for a batch, and by nobody
 * where there is neither a policer nor a shaper. */
#ifndef IPSEC_QOS_TREE_H
#define IPSEC_QOS_TREE_H

#include <pthread.h>

#include "ipsec/pkt.h"
#include "ipsec/qos_bucket.h"
#include "ipsec/qos_match.h"

enum qos_tree_limits {
	QOS_QUEUE_MAX = 4096, /* packets; a greater queue-limit is as this */
	QOS_POOL_SMALL = 16384,
	QOS_POOL_BIG = 256, /* frames longer than PKT_SMALL_DATA */
};

/* Counters of a class, in a lane's row. */
enum qos_count {
	QOS_OFFERED,
	QOS_OUTPUT,
	QOS_DROPPED,
	QOS_QUEUE_FULL,
	QOS_NO_BUFFER,
	QOS_EXCEEDED,
	QOS_MARKED,
	QOS_POLICE_DROPPED,
	QOS_POLICED, /* IPSEC_QOS_COLOURS of them */
	QOS_COUNTS = QOS_POLICED + IPSEC_QOS_COLOURS,
};

/* Where a bit rate is told. */
enum qos_rate_of {
	QOS_RATE_OFFERED,
	QOS_RATE_DROPPED,
	QOS_RATE_POLICED,
	QOS_RATES = QOS_RATE_POLICED + IPSEC_QOS_COLOURS,
};

struct qos_rate {
	uint64_t last, bps; /* octets at the tick before */
};

/* A policy: classes that share. */
struct qos_node {
	struct qos_item *first;
	bool queues;   /* some of them have queues of their own */
	uint64_t vnow; /* virtual time: start-time fair queuing */
};

/* Packets in a row; a ring of limit. */
struct qos_queue {
	struct pkt **ring; /* NULL: the class has none */
	unsigned int limit, at, n;
};

/* A class. */
struct qos_item {
	char *name;
	unsigned int number, depth;
	struct qos_item *parent, *next; /* next of the same policy */
	struct qos_node *in, child;	/* child.first NULL: none */
	struct qos_test test;
	bool is_default;
	unsigned int matches, n_matches; /* counters of matches */
	int set;			 /* TOS bits to be set; -1: none */
	uint8_t set_mask;
	bool set_v4_only;
	bool polices;
	struct qos_meter meter;
	struct ipsec_qos_action actions[IPSEC_QOS_COLOURS];
	/* Queues; only where something is shaped. */
	struct qos_item *queue_of; /* whose queue its packets wait in */
	struct qos_queue queue;
	bool priority;
	unsigned int level;
	struct qos_bucket limit;  /* of priority, in congestion */
	struct qos_bucket shaper; /* rate 0: none */
	uint64_t weight;	  /* bit/s, of what priority leaves */
	uint64_t vtime;
	unsigned int backlog; /* packets here and below */
	/* Control thread. */
	struct ipsec_qos_counter base[QOS_COUNTS];
	struct qos_rate rates[QOS_RATES];
};

struct qos_match_total {
	struct ipsec_qos_counter base;
	struct qos_rate rate;
};

struct lane;

struct qos_tree {
	enum ipsec_qos_direction direction;
	bool shared; /* something is policed or shaped: the lock */
	bool paced;  /* something is shaped: packets may wait */
	bool pre_classify;
	unsigned int interval; /* s */
	unsigned int n_items, n_matches, n_lanes;
	struct qos_item *items;
	struct qos_node root;
	/* A row for each lane. */
	struct ipsec_qos_counter *counts, *match_counts;
	struct qos_match_total *match_totals;

	pthread_mutex_t lock;
	struct pkt_pool *pool; /* of what waits */
	unsigned int queued;
	bool retired; /* another takes its place: nothing leaves its queues */
	/* The lane that sees to what waits, at which time (env us). */
	const struct lane *waker;
	int64_t due;
};

/* NULL: spec is not consistent. */
struct qos_tree *qos_tree_new(const struct ipsec_qos_spec *spec,
			      enum ipsec_qos_direction direction,
			      unsigned int n_lanes);
/* What waits in it is gone. */
void qos_tree_free(struct qos_tree *t);

/* Which class, and by which match in it and in those it is inside of. */
struct qos_hit {
	struct qos_item *item;
	uint8_t match[IPSEC_QOS_DEPTH];
};

struct qos_hit qos_tree_classify(struct qos_tree *t, const struct qos_key *key);
/* The same in a number, and back; never 0. */
uint32_t qos_tag(const struct qos_hit *hit);
struct qos_hit qos_untag(struct qos_tree *t, uint32_t tag);

/* Worker of that lane. */
void qos_count_hit(struct qos_tree *t, unsigned int lane,
		   const struct qos_hit *hit, unsigned int packets,
		   uint64_t octets);
void qos_count(struct qos_tree *t, unsigned int lane,
	       const struct qos_item *item, enum qos_count what,
	       unsigned int packets, uint64_t octets);
/* Of the class and those it is inside of. */
void qos_count_up(struct qos_tree *t, unsigned int lane,
		  const struct qos_item *item, enum qos_count what,
		  unsigned int packets, uint64_t octets);

/* Control thread. */
void qos_tree_read(const struct qos_tree *t, size_t number,
		   struct ipsec_qos_counters *out);
void qos_tree_read_match(const struct qos_tree *t, unsigned int match,
			 struct ipsec_qos_counter *out, uint64_t *bps);
void qos_tree_clear(struct qos_tree *t);
/* Before another is published in its place.  A lane may be at work with this
 * one for the rest of its batch, when others already send by the next: what
 * waits here would come behind what came later. */
void qos_tree_retire(struct qos_tree *t);
/* Counts what waits as dropped; no worker sees the tree any more. */
void qos_tree_give_up(struct qos_tree *t);
/* Counters and rates of the classes that are in both. */
void qos_tree_carry(struct qos_tree *t, const struct qos_tree *before);
enum { QOS_TICK_S = 5 }; /* IOS's, of load intervals */
void qos_tree_tick(struct qos_tree *t);

#endif
