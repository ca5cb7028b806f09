/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which sequence numbers of a key in transport mode have come, whichever worker
 * they came to.  There the ICV covers no address: who sends a packet again
 * under another one may choose the receive queue, and so the worker, that it
 * comes by.  The workers therefore share the windows, one a sender ID (0 where
 * there is none), without locks.
 *
 * Nobody is forgotten while the key lasts: with more senders than places the
 * further ones are refused. */
#ifndef IPSEC_REPLAY_SHARED_H
#define IPSEC_REPLAY_SHARED_H

#include "ipsec/replay.h"

struct replay_shared;

/* As replay_new(). */
struct replay_shared *replay_shared_new(void);
void replay_shared_free(struct replay_shared *r);
/* As replay_take(), by any thread at any time. */
bool replay_shared_take(struct replay_shared *r, uint32_t sender, uint32_t seq,
			unsigned int window);

#endif
