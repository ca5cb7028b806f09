/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A delivery from the inside: ks_delivery_list.c makes it, ks_delivery.c sends
 * it and takes the answers. */
#ifndef KS_KS_DELIVERY_PRIV_H
#define KS_KS_DELIVERY_PRIV_H

#include "gdoi/gdoi_debug.h"
#include "ks/ks_delivery.h"
#include "ks/ks_make.h"

enum { MAX_MESSAGES = 2 * KS_MAX_KEKS }; /* two kinds of members */

struct ks_message {
	unsigned int kek; /* its number */
	bool extensions;
	bool dead; /* it cannot be said, or no longer */
	bool unicast;
	struct endpoint dst;	 /* not unicast */
	struct gdoi_kek under;	 /* checks the acknowledgements */
	uint32_t first_seq, seq; /* they differ after reminders */
	struct keybuf datagram;
};

/* There may be thousands. */
struct ks_target {
	struct ip_addr addr;
	uint8_t message;
	uint8_t other;	  /* sent with message when it does not answer */
	uint8_t acks;	  /* looked at after it had answered */
	unsigned int kek; /* that it held when the delivery was made */
	bool asked;	  /* for an acknowledgement */
	bool answers;	  /* its silence means that it missed it */
	bool sent;	  /* at least once */
	bool done;	  /* acknowledged, or needs none any more */
};

struct ks_delivery {
	struct ks_group *g;
	enum ks_rekey_kind kind;
	unsigned int gives;   /* number of the KEK they hold afterwards */
	uint8_t gives_ack[2]; /* its KEK_ACK_REQUESTED */
	struct ks_message messages[MAX_MESSAGES];
	size_t n_messages;
	struct ks_target *targets; /* by address */
	size_t n_targets;
	size_t waiting; /* not done, and it answers */
	size_t others;	/* not done, and it does not */

	/* The copy of now is 0, then the retransmissions. */
	unsigned int copy, number, interval;
	bool periodic;
	size_t cursor; /* the next target in this copy */
	int64_t started, copy_started;
	unsigned int retransmits;
	struct env_timer *timer;
};

#define DELIVERY_DEBUG(d, level, peer, ...)                    \
	gdoi_debug((d)->g->ks->config.groups, KS_REKEY, level, \
		   (d)->g->group->name, peer, __VA_ARGS__)

struct ks_message *ks_delivery_message(struct ks_delivery *d, unsigned int kek,
				       bool extensions);
/* NULL: there are too many. */
struct ks_message *ks_delivery_add(struct ks_delivery *d, struct ks_kek *kek,
				   bool extensions);
/* Builds and signs one with its seq of now. */
bool ks_delivery_seal_one(struct ks_delivery *d, struct ks_message *m,
			  const char **why);
/* How many have not answered; targets of dead messages are done. */
void ks_delivery_count(struct ks_delivery *d);

/* A member missed a rekey; it may be gone after this. */
void ks_delivery_missed(struct ks_group *g, struct ks_member *m);

#endif
