/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The GAP payload (RFC 6407 5.4): what holds for the whole group, and in
 * PULL message 3 how many sender IDs a member asks for.  Our private
 * attributes carry the anti-replay policy (docs/PROTOCOL.md). */
#ifndef GDOI_GDOI_GAP_H
#define GDOI_GDOI_GAP_H

#include "base/rd.h"
#include "base/wr.h"
#include "isakmp/isakmp.h"

struct gdoi_gap {
	uint16_t atd, dtd;	/* s; 0: not given */
	uint16_t sids_wanted;	/* member to key server; 0: not given */
	bool tbar;		/* private; only with has_pseudotime */
	uint16_t tbar_window;	/* s */
	bool has_pseudotime;	/* private: always sent to our family */
	uint64_t pseudotime;	/* 32.32 fixed point s */
	uint16_t replay_window; /* private: packets; 0: not given */
};

struct isakmp_fault gdoi_gap_parse(struct rd body, bool extensions,
				   struct gdoi_gap *out)
	__attribute__((warn_unused_result));
/* Nothing would stand in it: it can be left out. */
bool gdoi_gap_is_empty(const struct gdoi_gap *gap);
/* Writes the private attributes that are set, too. */
void gdoi_gap_write(struct wr *w, uint8_t next, const struct gdoi_gap *gap);

#endif
