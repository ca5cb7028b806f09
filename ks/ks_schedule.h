/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When keys are made, replaced and dropped (docs/PROTOCOL.md).  The rest of
 * the key server states facts here; only this file sets the timer.
 *
 *	|-- life of a TEK ----------------------------------------|
 *	0                                          -lead          end
 *	                                            | new TEK, both are given
 *	                                            | to who registers
 *	                     members register again |  -max(60 s, 5 %)
 */
#ifndef KS_KS_SCHEDULE_H
#define KS_KS_SCHEDULE_H

#include "ks/ks_group.h"

/* Seconds; docs/PROTOCOL.md says where the numbers come from. */
enum ks_schedule_limits {
	KS_KEK_LEAD = 200,
	KS_TEK_LEAD_MIN = 90,
	KS_TEK_LEAD_MAX = 3600,
	KS_TEK_LEAD_PERCENT = 5,
	KS_TEK_LEAD_CAP_PERCENT = 75,
	KS_RETRANSMIT_SLACK = 5,
	KS_PSEUDOTIME_REFRESH = 7200,
	/* A key that could not be made is tried again this much later. */
	KS_RETRY = 10,
	/* What is due so soon after another key is replaced with it. */
	KS_TOGETHER = 5,
};

/* s that the retransmissions of a rekey take. */
uint32_t ks_retransmit_time(const struct ks_rekey_config *rekey);
/* How long before its end a key is replaced. */
uint32_t ks_kek_lead(const struct ks_rekey_config *rekey, uint32_t lifetime);
uint32_t ks_tek_lead(const struct ks_rekey_config *rekey, uint32_t lifetime);

/* A member registers: makes the keys that are not there yet, if it is for this
 * key server to make them.  NULL, or why the group cannot serve (constant
 * text). */
const char *ks_schedule_start(struct ks_group *g);
/* The configuration changed: leads may have. */
void ks_schedule_changed(struct ks_group *g);
/* The role among key servers has changed, or keys came from another: who is not
 * primary only drops what has ended. */
void ks_schedule_takeover(struct ks_group *g);
/* All keys go. */
void ks_schedule_stop(struct ks_group *g);
void ks_schedule_drop_teks(struct ks_sa *sa);
/* What is left of the TEKs is cut to ks_tek_shortened(). */
void ks_schedule_shorten(struct ks_group *g);
/* New KEK and TEKs now; keep: the TEKs of before live their shortened life,
 * else they are gone.  NULL, or why there can be none (constant text; nothing
 * was changed then). */
const char *ks_schedule_replace(struct ks_group *g, bool keep);
/* When the last of the TEKs of now ends, env_now(); 0: there are none. */
int64_t ks_schedule_last_end(const struct ks_group *g);
/* No member holds an older KEK any more. */
void ks_schedule_forget(struct ks_group *g);
/* New keys now, the old ones are given to nobody any more, nor are sender IDs
 * of theirs. */
void ks_schedule_renew(struct ks_group *g);

/* Seconds until the key is replaced; 0: it was, or is about to be. */
uint32_t ks_kek_due(const struct ks_group *g);
uint32_t ks_tek_due(const struct ks_sa *sa, const struct ks_tek_set *set);

#endif
