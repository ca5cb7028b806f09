/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The KD payload (RFC 6407 5.6): the keys for an SA payload.  Whoever sends
 * it proved to know a key, nothing more: every length is checked here, and
 * gdoi_kd_apply() checks each key against the policy it is for. */
#ifndef GDOI_GDOI_KD_H
#define GDOI_GDOI_KD_H

#include "base/rd.h"
#include "base/wr.h"
#include "gdoi/gdoi.h"

/* The readers point into the message; p is NULL when the key was not there. */
struct gdoi_kd_tek {
	uint32_t spi;
	struct rd key, auth_key;
};

struct gdoi_kd {
	struct gdoi_kd_tek teks[GDOI_MAX_TEKS];
	size_t n_teks;
	bool has_kek;
	uint8_t kek_spi[16];
	struct rd kek_key; /* IV, then key */
	struct rd sig_key;
	bool has_sids;
	unsigned int sid_bits;
	uint32_t sids[GDOI_MAX_SIDS];
	size_t n_sids;
};

/* Large: keep it on the heap. */
struct isakmp_fault gdoi_kd_parse(struct rd body, struct gdoi_kd *out)
	__attribute__((warn_unused_result));
/* Puts the keys into the policy that came before, if they are all and only
 * what it needs.  pull: sender IDs may be there, and must be when the policy
 * has a counter mode (RFC 6407 5.6.4.4); never in a PUSH. */
struct isakmp_fault gdoi_kd_apply(const struct gdoi_kd *kd, bool pull,
				  struct gdoi_policy *policy)
	__attribute__((warn_unused_result));
/* The keys of a policy, its sender IDs too if it has any. */
void gdoi_kd_write(struct wr *w, uint8_t next,
		   const struct gdoi_policy *policy);

#endif
