/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of a COOP payload (docs/PROTOCOL.md 11.2): one part of a message to
 * another key server, or the answer to one.  Pure functions. */
#ifndef KS_COOP_PDU_H
#define KS_COOP_PDU_H

#include "base/rd.h"
#include "base/wr.h"
#include "gdoi/gdoi.h"

#define COOP_PDU_MAJOR 1

enum coop_pdu_limits {
	COOP_PDU_HEADER = 32,	  /* octets before those of the message */
	COOP_PARTS_MAX = 16384,	  /* COOP_ANN_MAX in parts of COOP_PDU_MIN */
	COOP_PART_MAX = 32 * 1024 /* octets of a message in one part */
};

enum coop_pdu_kind {
	COOP_PART = 1,
	/* Answers, without octets.  Their other fields are those of the part. */
	COOP_PART_ACK = 2,     /* it is there */
	COOP_PART_DONE = 3,    /* with it, or before it, the whole message */
	COOP_PART_REFUSED = 4, /* the message will not be taken */
};

struct coop_pdu {
	uint8_t kind; /* enum coop_pdu_kind */
	struct gdoi_id id;
	/* Numbers count up in a stream; the sender draws that at random when
	 * it begins to talk about the group. */
	uint32_t stream, number;
	uint16_t index, count; /* index < count */
	uint32_t total;	       /* octets of the message, 1 to COOP_ANN_MAX */
	struct rd octets;      /* COOP_PART: as many as coop_pdu_size() says */
};

/* Parts of a message of total octets with at most size each: *count of them,
 * all of the same length but the last.  False: it is empty or too long. */
bool coop_pdu_split(size_t total, size_t size, uint16_t *count)
	__attribute__((warn_unused_result));
/* Where the octets of part index begin; total and count are such that no part
 * is empty. */
size_t coop_pdu_at(uint32_t total, uint16_t count, uint16_t index);
size_t coop_pdu_size(uint32_t total, uint16_t count, uint16_t index);

void coop_pdu_write(struct wr *w, const struct coop_pdu *pdu);
/* Points into the body.  NULL, or what is wrong (constant text); then out is
 * not to be used. */
const char *coop_pdu_read(struct rd body, struct coop_pdu *out)
	__attribute__((warn_unused_result));

#endif
