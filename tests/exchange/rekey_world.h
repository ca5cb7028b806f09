/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The article's key server and member, and every PUSH that passed between
 * them.
 *
 *	rekey_world_init(&w, 1);
 *	rekey_world_register(&w);
 *	rekey_world_order(&w, "crypto gdoi ks rekey");
 *	... w.last, w.n_pushes, rekey_world_member(w.ce) ...
 *	rekey_world_fini(&w);
 */
#ifndef TESTS_EXCHANGE_REKEY_WORLD_H
#define TESTS_EXCHANGE_REKEY_WORLD_H

#include "base/bytes.h"
#include "gm/gm_member.h"
#include "tests/exchange/box.h"

struct rekey_world {
	struct sim *sim;
	struct box *ks, *ce;
	struct keybuf last; /* the last PUSH that went to ce */
	struct keybuf first;
	unsigned int n_pushes, n_acks;
	/* Verdict for those to and from ce; a test sets them. */
	bool lose_pushes, lose_acks;
	int64_t hold_pushes; /* us, on their way */
};

void rekey_world_init(struct rekey_world *w, uint64_t seed);
void rekey_world_fini(struct rekey_world *w);
/* The article's configuration, and the time until ce is registered. */
void rekey_world_register(struct rekey_world *w);
/* A command on the key server that asks no question, or is answered yes; and
 * a second for what follows. */
void rekey_world_order(struct rekey_world *w, const char *command);

struct gm_member *rekey_world_member(struct box *box);
/* A datagram as if the key server had sent it to ce, in a heap copy of
 * exactly its size. */
void rekey_world_play(struct rekey_world *w, const void *data, size_t len);
/* The same from elsewhere. */
void rekey_world_play_from(struct rekey_world *w, const struct endpoint *from,
			   const void *data, size_t len);

/* Everything of the member but what it counts of failures, as text, to be
 * freed. */
char *rekey_world_state(struct box *box);

#endif
