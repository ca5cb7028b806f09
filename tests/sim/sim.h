/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A world for tests: virtual time, a seeded random source, and a network that
 * can lose, repeat, reorder, delay and cut, between any number of nodes.  Each
 * node has its own struct env.  One seed gives one run, byte for byte
 * (sim_digest() tells two runs apart); a day passes in no time.
 *
 *	struct sim *sim = sim_new(1);
 *	struct sim_node *ks = sim_node_new(sim, "KS1", "192.168.111.111");
 *	struct isakmp *isakmp = isakmp_new(sim_env(ks));
 *
 *	sim_listen(ks, GDOI_PORT, input, isakmp);
 *	sim_run(sim, SEC(60));
 *	ck_assert(sim_logged(ks, "%GDOI-5-KS_REGS_COMPL"));
 *	isakmp_free(isakmp);
 *	sim_free(sim);
 *
 * Single-threaded: work functions of jobs run when the job is given, their
 * done functions a little virtual time later. */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/env.h"

struct sim;
struct sim_node;

/* The network; all chances in per mille, all times in us. */
struct sim_weather {
	unsigned int loss;	/* a datagram is lost */
	unsigned int duplicate; /* it comes twice, each with its own delay */
	unsigned int reorder;	/* it is held back by up to reorder_delay */
	int64_t delay_min, delay_max;
	int64_t reorder_delay;
};

/* Nothing is lost, one-way delay of 1 ms: what a new sim has. */
extern const struct sim_weather sim_fair;

struct sim *sim_new(uint64_t seed);
/* Every timer of every env must have been cancelled (the owners freed): a
 * timer that is left ends the program.  Cancelled and unfinished jobs get
 * their done(arg, false). */
void sim_free(struct sim *sim);

void sim_weather_set(struct sim *sim, const struct sim_weather *weather);
/* How long a job takes; 2 ms in a new sim. */
void sim_job_time(struct sim *sim, int64_t us);

/* --- time --------------------------------------------------------------- */

/* The first wall time of a new sim: 2 January 2016, 18:00:00 UTC. */
#define SIM_WALL_START (INT64_C(1451757600) * US_PER_SEC)

int64_t sim_now(struct sim *sim);
/* Runs everything that is due in the next us, and ends exactly then. */
void sim_run(struct sim *sim, int64_t us);
/* Until cond(arg) is true (asked after each step), at most us. */
bool sim_run_until(struct sim *sim, bool (*cond)(void *arg), void *arg,
		   int64_t us);
/* The next due thing; false when nothing is waiting. */
bool sim_step(struct sim *sim);
/* A call at a given delay from now, for scripts of what happens. */
void sim_at(struct sim *sim, int64_t delay_us, void (*fn)(void *arg),
	    void *arg);

/* --- nodes --------------------------------------------------------------- */

/* name is for logs; address: its first address.  Lives as long as the sim. */
struct sim_node *sim_node_new(struct sim *sim, const char *name,
			      const char *address);
struct env *sim_env(struct sim_node *node);
const char *sim_node_name(const struct sim_node *node);
struct ip_addr sim_node_addr(const struct sim_node *node);
void sim_node_add_addr(struct sim_node *node, const char *address);
/* Datagrams to a multicast address reach all nodes that joined it. */
void sim_node_join(struct sim_node *node, const char *group);
void sim_node_leave(struct sim_node *node, const char *group);

/* Datagrams to this port of any of the node's addresses.  data is a heap copy
 * of exactly len octets that is freed after the call.  One function a port;
 * NULL closes it. */
typedef void sim_input(void *arg, const struct endpoint *local,
		       const struct endpoint *remote, const void *data,
		       size_t len);
void sim_listen(struct sim_node *node, uint16_t port, sim_input *input,
		void *arg);

/* As if the interface went down: nothing gets in or out. */
void sim_node_cut(struct sim_node *node, bool cut);
/* Nothing passes between the two (both ways) while cut. */
void sim_cut(struct sim_node *a, struct sim_node *b, bool cut);
/* The wall clock of a node is off by this much. */
void sim_node_wall_offset(struct sim_node *node, int64_t us);

/* --- the tap ------------------------------------------------------------- */

struct sim_datagram {
	unsigned int number; /* 1 for the first that was ever sent */
	struct sim_node *from;
	struct endpoint src, dst;
	uint8_t *data; /* may be changed in place */
	size_t len;    /* may be made smaller */
	int64_t delay; /* extra, 0; added to the weather's */
};

enum sim_verdict { SIM_PASS, SIM_DROP };

/* Sees each datagram when it is sent, before the weather has its way. */
typedef enum sim_verdict sim_tap_fn(void *arg, struct sim_datagram *d);
void sim_tap(struct sim *sim, sim_tap_fn *fn, void *arg);
/* Puts a datagram on the wire from outside (forged ones); it passes neither
 * the tap nor the weather and arrives after 1 ms. */
void sim_inject(struct sim *sim, const struct endpoint *src,
		const struct endpoint *dst, const void *data, size_t len);
/* Writes all datagrams from now on to a pcap file (raw IPv4, for tshark). */
void sim_pcap(struct sim *sim, const char *path);

/* --- what was seen -------------------------------------------------------- */

struct sim_stats {
	unsigned int sent, delivered, lost, duplicated, refused; /* datagrams */
	uint64_t octets_sent;
};
struct sim_stats sim_stats(const struct sim *sim);

/* System messages as text, "%GDOI-5-GM_REGS_COMPL: Registration ...", and
 * debug lines as they are. */
struct sim_line {
	int64_t at; /* sim_now() */
	struct sim_node *node;
	bool debug;
	const char *text;
};
size_t sim_lines(const struct sim *sim);
/* i < sim_lines(); borrowed. */
const struct sim_line *sim_line(const struct sim *sim, size_t i);
/* Drops all of them: long runs have millions. */
void sim_forget_lines(struct sim *sim);
/* How many messages (not debug lines) of the node contain the text; node NULL
 * in the _all form: of any. */
unsigned int sim_logged(const struct sim_node *node, const char *text);
unsigned int sim_logged_all(const struct sim *sim, const char *text);
/* The same for debug lines. */
unsigned int sim_debugged(const struct sim_node *node, const char *text);
/* The last message of the node with the text; NULL: none. */
const struct sim_line *sim_last(const struct sim_node *node, const char *text);
/* All lines with time stamps, for people who look for a fault. */
void sim_print(const struct sim *sim, FILE *out);
/* A number that two equal runs share: of all datagrams and lines so far. */
uint64_t sim_digest(const struct sim *sim);

#endif
