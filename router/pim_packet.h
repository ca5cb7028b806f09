/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of PIM version 2 (RFC 7761 4.9, of dense mode RFC 3973 4.7): Hello,
 * and the four that have the form of a Join/Prune.  Values only. */
#ifndef ROUTER_PIM_PACKET_H
#define ROUTER_PIM_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rd.h"

enum pim_limits {
	PIM_SIZE = 64,	   /* of what we send */
	PIM_RECORDS = 128, /* of one message that are looked at */
	PIM_IP_TTL = 1,
	PIM_HOLD_EVER = 0xffff,
};

#define PIM_ALL_ROUTERS 0xe000000du /* 224.0.0.13 */

enum pim_type {
	PIM_HELLO = 0,
	PIM_JOIN_PRUNE = 3,
	PIM_GRAFT = 6,
	PIM_GRAFT_ACK = 7,
};

struct pim_hello {
	uint16_t hold; /* s; 0: it goes away; PIM_HOLD_EVER: for ever */
	uint32_t generation;
	uint32_t priority; /* for the designated router */
	bool has_generation, has_priority;
};

struct pim_record {
	uint32_t group, source; /* host order */
	bool join;
	bool any_source; /* (*,G): source is the rendezvous point */
};

struct pim_message {
	uint32_t src; /* of its IP packet; host order */
	enum pim_type type;
	struct pim_hello hello;
	/* Of the others. */
	uint32_t upstream; /* who is meant */
	uint16_t hold;
	size_t n;
	struct pim_record records[PIM_RECORDS];
};

/* The IP packet that r begins with, whole.  False: it is none of these, or
 * malformed. */
bool pim_packet_read(struct rd r, struct pim_message *out);
/* Without IP header; the length, at most PIM_SIZE.  Of a Join/Prune: the first
 * record. */
size_t pim_packet_write(uint8_t out[static PIM_SIZE],
			const struct pim_message *message);

#endif
