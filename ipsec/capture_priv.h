/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A capture, and what the files of its commands share. */
#ifndef IPSEC_CAPTURE_PRIV_H
#define IPSEC_CAPTURE_PRIV_H

#include <sys/queue.h>

#include "ipsec/capture.h"
#include "ipsec/capture_keys.h"
#include "ipsec/capture_store.h"
#include "ipsec/capture_tap.h"
#include "ipsec/ipsec_priv.h"
#include "ipsec/lane.h"

enum capture_limits {
	CAPTURE_NAME = 33,
	CAPTURE_PLACES = 4, /* interfaces of one capture */
	CAPTURES_MAX = 16,
	CAPTURE_POINTS_MAX = 16,
	CAPTURE_MB = 10,       /* of a buffer, if nobody says else */
	CAPTURE_OLD_KB = 1024, /* of an old one */
	CAPTURE_OLD_LEN = 68,  /* octets of a packet in an old one */
	CAPTURE_TEXT = 128,
};

enum capture_match { MATCH_UNSET, MATCH_ANY, MATCH_ACL, MATCH_LINE };

struct capture_place {
	char ifname[LANE_NAME];
	unsigned int points;	 /* enum capture_point */
	struct capture_tap *tap; /* NULL: it does not run */
};

struct capture {
	TAILQ_ENTRY(capture) link;
	struct captures *all;
	char name[CAPTURE_NAME];
	bool old; /* a "monitor capture buffer" */
	struct capture_place places[CAPTURE_PLACES];
	size_t n_places;
	enum capture_match match;
	char acl[CAPTURE_TEXT];	 /* its name */
	char line[CAPTURE_TEXT]; /* "ipv4 any any", as typed */
	struct ace ace;		 /* what that says */
	/* 0: no limit. */
	uint32_t packets, duration, packet_len, pps, every;
	struct capture_store store;
	bool active, over; /* over: it has reached an end of its own */
	const char *why;   /* it is over */
	uint64_t lost;	   /* of taps that are gone */
	uint64_t seen;
	int64_t second; /* that pps counts in */
	uint32_t in_second;
	struct env_timer *ends;
};

/* A "monitor capture point". */
struct capture_spot {
	TAILQ_ENTRY(capture_spot) link;
	char name[CAPTURE_NAME];
	char ifname[LANE_NAME];
	unsigned int points;
	bool v6;
	bool active;
	char buffer[CAPTURE_NAME]; /* "": none */
};

struct captures {
	struct captures_config config;
	struct loop_wake *bell;
	TAILQ_HEAD(, capture) list;
	TAILQ_HEAD(, capture_spot) spots;
	struct capture_keys *keys;
	uint8_t *frame; /* CAPTURE_FRAME octets */
};

/* NULL: there is none.  get: it is made then; NULL: there are too many. */
struct capture *capture_find(struct captures *all, const char *name, bool old);
struct capture *capture_get(struct captures *all, const char *name, bool old);
void capture_remove(struct capture *c);
/* NULL, or what the user is told. */
const char *capture_start(struct capture *c);
void capture_stop(struct capture *c);
/* What waits in rings comes into its buffer; it may be over then. */
void capture_drain(struct captures *all);
uint64_t capture_lost(const struct capture *c);
/* "in", "out" or "both". */
const char *capture_direction(unsigned int points);

/* "flash:NAME" of the command to a file's path, to be freed; NULL after the
 * user was told. */
char *capture_path(struct cli_out *o, const char *url);

void capture_cli_init(struct captures *all);
void capture_old_cli_init(struct captures *all);
void capture_show_init(struct captures *all);
void capture_export(struct capture *c, const char *url, struct cli_out *o);

#endif
