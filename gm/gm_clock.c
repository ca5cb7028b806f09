/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gm/gm_clock.h"

int64_t gm_clock_us(uint64_t pseudotime)
{
	return (int64_t)(pseudotime >> 32) * US_PER_SEC +
	       (int64_t)(((pseudotime & UINT32_MAX) * US_PER_SEC) >> 32);
}

/* A message cannot come before it was sent: when theirs is ahead, ours was
 * late.  When theirs is behind by more than clocks drift, the message was
 * held up, and our own clock knows by how much. */
enum gm_clock_verdict gm_clock_judge(int64_t theirs, int64_t mine,
				     int64_t since)
{
	int64_t behind = mine - theirs;
	int64_t drift =
		since / 1000000 * GM_CLOCK_DRIFT_PPM + MSEC(GM_CLOCK_SLACK_MS);

	if (behind <= drift)
		return GM_CLOCK_ADOPT;
	return behind <= SEC(GM_PUSH_AGE_MAX) ? GM_CLOCK_LATE
					      : GM_CLOCK_TOO_OLD;
}
