/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which sequence numbers of a key have come (RFC 4303 3.4.3), as one worker
 * sees it.
 *
 * All members of a group send with the same SPI and each counts for itself,
 * so every source address has a window of its own: the address inside, which
 * the ICV covers.  The hosts behind a member share its numbers, and what a
 * host sends rises as they do.  With a counter mode the sender ID, which the
 * ICV covers too, tells one life of a member from the next: its new ID has a
 * window of its own, and what it sent under the old one still cannot come
 * again.  Without one, a member that has started anew counts from one again
 * and is refused until it has passed where it was, or the next key, as RFC
 * 4303 asks; IOS names the counter for groups of two, and time stamps for all
 * others.
 *
 * In transport mode the ICV covers no address: replay_shared.h.
 *
 * The table is bounded: with more sources than it has places the one that was
 * silent for longest is forgotten, and what it had sent could come again. */
#ifndef IPSEC_REPLAY_H
#define IPSEC_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

enum replay_limits {
	REPLAY_WINDOW_MAX = 1024, /* packets, IOS */
	REPLAY_SOURCES = 1024,
};

struct replay;

/* All it will ever need; memory that no source uses is never touched. */
struct replay *replay_new(void);
void replay_free(struct replay *r);
/* Notes sequence number seq of source (sender ID, address); false when it was
 * seen or is older than window packets.  Only for packets whose ICV was right.
 * The window may change from one packet to the next. */
bool replay_take(struct replay *r, uint64_t source, uint32_t seq,
		 unsigned int window);

#endif
