/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a worker tells the control thread: a bounded queue with one writer and
 * one reader.  A full queue loses events, never packets' time. */
#ifndef IPSEC_EVENTS_H
#define IPSEC_EVENTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/env.h"

enum event_kind {
	EVENT_BAD_SPI,
	EVENT_NOT_IPSEC,
	EVENT_BAD_ICV,
	EVENT_REPLAY_COUNTER,
	EVENT_REPLAY_TIME,
	EVENT_KINDS
};

enum event_limits {
	EVENT_QUEUE = 64,
	/* A worker posts a kind at most this often (env time), but time
	 * stamps' errors, which are sampled (stats.h)... */
	EVENT_POST_US = 1000000,
	/* ... and of a kind at most one message a minute is logged (IOS). */
	EVENT_LOG_US = 60 * 1000000,
};

struct event {
	enum event_kind kind;
	uint32_t src, dst; /* host order; of IPv4 */
	bool v6;
	uint8_t ends6[32]; /* of IPv6: source, destination */
	uint32_t spi, sequence;
	uint8_t protocol;
	uint64_t mine, peer; /* pseudotime, 32.32 seconds */
	unsigned int window; /* s */
	const char *group;   /* lives as long as the dataplane */
	char interface[32];
};

struct ip_addr event_src(const struct event *e);
struct ip_addr event_dst(const struct event *e);

struct events {
	_Atomic uint32_t head, tail; /* written by reader; by writer */
	int64_t posted[EVENT_KINDS]; /* worker's: when last, us; 0: never */
	void (*wake)(void *arg);     /* after a post; any thread */
	void *arg;
	struct event ring[EVENT_QUEUE];
};

/* Worker.  now: env time.  False: not posted. */
bool events_post(struct events *q, const struct event *event, int64_t now);
/* Worker: the control thread shall look at what else there is. */
void events_wake(struct events *q);
/* Control thread.  False: there is none. */
bool events_take(struct events *q, struct event *out);

/* When the last message of each kind was logged. */
struct event_log {
	bool logged[EVENT_KINDS];
	int64_t last[EVENT_KINDS];
};

/* Control thread: the system message of event, unless its kind had one within
 * the last minute.  vrf: its name, or "". */
void event_log(struct event_log *log, struct env *env,
	       const struct event *event, const char *vrf);

#endif
