/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The group's pseudotime as the member has it, and what one in a rekey says
 * about the rekey's age.  Values only. */
#ifndef GM_GM_CLOCK_H
#define GM_GM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

enum gm_clock_limits {
	/* Two clocks drift apart by at most so much (crystals: 100 each), and
	 * no network delivers evenly. */
	GM_CLOCK_DRIFT_PPM = 200,
	GM_CLOCK_SLACK_MS = 100,
	/* The oldest retransmission that a key server can be told to send
	 * (rekey retransmit 60 number 10), and a minute on its way, s. */
	GM_PUSH_AGE_MAX = 10 * 60 + 60,
};

enum gm_clock_verdict {
	GM_CLOCK_ADOPT, /* their clock is right, the message is new */
	GM_CLOCK_LATE,	/* our clock is right, the message took its time */
	GM_CLOCK_TOO_OLD,
};

/* 32.32 fixed point s as us. */
int64_t gm_clock_us(uint64_t pseudotime);
/* theirs, mine: us.  since: us from when mine was last set. */
enum gm_clock_verdict gm_clock_judge(int64_t theirs, int64_t mine,
				     int64_t since);

#endif
