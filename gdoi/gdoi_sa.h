/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SA payload of PULL message 2 and of a PUSH (RFC 6407 5.2): SAK, GAP and
 * SATs nested in it, as they stand on the wire.  What a policy makes of them,
 * and the reverse, is at the end. */
#ifndef GDOI_GDOI_SA_H
#define GDOI_GDOI_SA_H

#include "base/rd.h"
#include "base/wr.h"
#include "gdoi/gdoi.h"
#include "gdoi/gdoi_gap.h"
#include "gdoi/gdoi_sat.h"

struct gdoi_sa {
	bool has_sak;
	struct gdoi_kek kek; /* without keys; pubkey only for writing */
	bool has_gap;
	struct gdoi_gap gap;
	struct gdoi_sat *sats; /* at most GDOI_MAX_RULES when read */
	size_t n_sats;
};

/* *out is to be given to gdoi_sa_fini() also after a fault. */
struct isakmp_fault gdoi_sa_parse(struct rd body, bool extensions,
				  struct gdoi_sa *out)
	__attribute__((warn_unused_result));
void gdoi_sa_write(struct wr *w, uint8_t next, const struct gdoi_sa *sa);
void gdoi_sa_fini(struct gdoi_sa *sa);

/* The payload for a policy; extensions: the peer knows ours.  False when the
 * policy cannot be said (gdoi_ace_unsupported(), a rule without its TEK, or
 * gdoi_policy_needs_extensions()); gdoi_sa_fini() is needed in any case. */
bool gdoi_sa_from_policy(const struct gdoi_policy *policy, bool extensions,
			 struct gdoi_sa *out)
	__attribute__((warn_unused_result));
/* A policy without keys, to be freed; *out stays as it was after a fault,
 * which is what this member cannot do or what contradicts itself. */
struct isakmp_fault gdoi_sa_to_policy(const struct gdoi_sa *sa, bool extensions,
				      struct gdoi_policy **out)
	__attribute__((warn_unused_result));

#endif
