/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counters.  Each worker writes its own and nobody else's; who shows them adds
 * them up.  A group's are kept over policies and interfaces until the router
 * ends; clearing remembers what is to be taken off. */
#ifndef IPSEC_STATS_H
#define IPSEC_STATS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "ipsec/dataplane.h"

/* Relaxed: a counter is on its own.  Only by the worker that owns it. */
#define STAT_ADD(counter, n) \
	__atomic_store_n(&(counter), (counter) + (n), __ATOMIC_RELAXED)
#define STAT_INC(counter)  STAT_ADD(counter, 1)
#define STAT_READ(counter) __atomic_load_n(&(counter), __ATOMIC_RELAXED)

struct stats_slot {
	struct ipsec_counters c;
	uint32_t era;	      /* of c.replay_max_delta */
	unsigned int sampled; /* replay errors of this minute */
	int64_t minute;	      /* when it began, env us */
} __attribute__((aligned(64)));

struct stats_group {
	struct stats_group *next;
	char *name;
	struct ipsec_counters cleared;
	_Atomic uint32_t era; /* grows when counters are cleared */
	unsigned int workers;
	/* A ring; how many there ever were. */
	struct ipsec_replay_error errors[IPSEC_REPLAY_ERRORS];
	size_t n_errors;
	unsigned int sampled;	  /* of this minute */
	int64_t minute;		  /* when it began, env us */
	struct stats_slot *slots; /* one a worker */
};

struct stats;

/* Control thread. */
struct stats *stats_new(unsigned int workers);
void stats_free(struct stats *stats);
unsigned int stats_workers(const struct stats *stats);
/* Made when it is not there; stays where it is. */
struct stats_group *stats_group(struct stats *stats, const char *name);
/* All zero for a group that was never used. */
void stats_read(struct stats *stats, const char *name,
		struct ipsec_counters *out);
void stats_clear(struct stats *stats, const char *name);
/* Only what is about anti-replay, and the history of its errors. */
void stats_clear_replay(struct stats *stats, const char *name);

enum stats_limits {
	/* Replay errors that the history takes in (IOS: "10pak/min"). */
	STATS_SAMPLES = 10,
	STATS_SAMPLE_US = 60 * 1000000,
};

/* Worker: the difference of pseudotimes in a good packet, us. */
void stats_delta(struct stats_group *group, unsigned int worker,
		 uint64_t delta);
/* Worker: whether this replay error is worth telling. */
bool stats_sample(struct stats_group *group, unsigned int worker, int64_t now);
/* Control thread: into the history, unless the minute has had its share.  now:
 * env time. */
void stats_error(struct stats *stats, const char *name,
		 const struct ipsec_replay_error *error, int64_t now);
/* The newest first, at most n; how many there are. */
size_t stats_errors(const struct stats *stats, const char *name,
		    struct ipsec_replay_error *out, size_t n);

/* Why a frame was dropped on an interface: show platform packet-path. */
#define LANE_DROPS(X)                                  \
	X(no_sa, "permit without a usable SA")         \
	X(policy, "refused by fail-close")             \
	X(held, "before the first policy")             \
	X(bad_ip, "malformed IPv4")                    \
	X(not_ipsec, "clear where ESP is due")         \
	X(bad_spi, "unknown SPI")                      \
	X(bad_esp, "malformed ESP")                    \
	X(bad_icv, "ICV wrong")                        \
	X(replay, "outside the replay window")         \
	X(bad_inner, "inner packet refused")           \
	X(too_big, "too big and not to be fragmented") \
	X(fragment, "fragment not reassembled")        \
	X(no_buffer, "no buffer")                      \
	X(crypto, "crypto failed")                     \
	X(bad_super, "superpacket not understood")     \
	X(qos, "dropped by a service-policy")

struct lane_drops {
#define LANE_DROP_FIELD(name, text) uint64_t name;
	LANE_DROPS(LANE_DROP_FIELD)
#undef LANE_DROP_FIELD
};

/* Of one lane. */
struct lane_stats {
	uint64_t tap_rx, wire_tx, wire_rx, tap_tx; /* frames */
	uint64_t out_batches, in_batches;	   /* that moved something */
	uint64_t out_segments;			   /* cut out of superpackets */
	uint64_t in_joined; /* went into another frame's superpacket */
	uint64_t out_cycles, in_cycles; /* of this core, ipsec/cycles.h */
	uint64_t fragments, icmp;
	uint64_t after;	      /* fragments of ESP packets */
	uint64_t path_mtus;   /* told by routers on the way */
	uint64_t reassembled; /* ESP packets put together */
	struct lane_drops out,
		in; /* frames on their way to the wire, from it */
};

#endif
