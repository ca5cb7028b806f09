/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counters.  Each worker writes its own and nobody else's; who shows them adds
 * them up.  A group's are kept over policies and interfaces until the router
 * ends; clearing remembers what is to be taken off. */
#ifndef IPSEC_STATS_H
#define IPSEC_STATS_H

#include <stdint.h>

#include "ipsec/dataplane.h"

/* Relaxed: a counter is on its own.  Only by the worker that owns it. */
#define STAT_ADD(counter, n) \
	__atomic_store_n(&(counter), (counter) + (n), __ATOMIC_RELAXED)
#define STAT_INC(counter)  STAT_ADD(counter, 1)
#define STAT_READ(counter) __atomic_load_n(&(counter), __ATOMIC_RELAXED)

struct stats_slot {
	struct ipsec_counters c;
} __attribute__((aligned(64)));

struct stats_group {
	struct stats_group *next;
	char *name;
	struct ipsec_counters cleared;
	unsigned int workers;
	struct stats_slot *slots; /* one a worker */
};

struct stats;

/* Control thread. */
struct stats *stats_new(unsigned int workers);
void stats_free(struct stats *stats);
/* Made when it is not there; stays where it is. */
struct stats_group *stats_group(struct stats *stats, const char *name);
/* All zero for a group that was never used. */
void stats_read(struct stats *stats, const char *name,
		struct ipsec_counters *out);
void stats_clear(struct stats *stats, const char *name);

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
	X(crypto, "crypto failed")

struct lane_stats {
	uint64_t tap_rx, wire_tx, wire_rx, tap_tx; /* frames */
	uint64_t out_batches, in_batches;	   /* that moved something */
	uint64_t fragments, icmp;
#define LANE_DROP_FIELD(name, text) uint64_t drop_##name;
	LANE_DROPS(LANE_DROP_FIELD)
#undef LANE_DROP_FIELD
};

#endif
