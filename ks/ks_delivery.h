/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One rekey on its way to all members: a datagram for each rekey SA and kind
 * of member, built and signed once, sent to members in portions, and again to
 * those that have not acknowledged it (rekey retransmit).  A newer rekey takes
 * its place.  It keeps its own list of members and keys, as some rekeys empty
 * the database and drop the keys. */
#ifndef KS_KS_DELIVERY_H
#define KS_KS_DELIVERY_H

#include "base/rd.h"
#include "ks/ks_group.h"
#include "ks/ks_rekey.h"

enum ks_delivery_limits {
	/* So many datagrams, then a pause: thousands of acknowledgements must
	 * not come back in the same millisecond. */
	KS_PORTION = 100,
	KS_PORTION_PAUSE_MS = 50,
	/* IOS: a member that missed so many rekeys in a row is removed. */
	KS_MISSED_MAX = 3,
	/* Acknowledgements of a member that are looked at after it has
	 * answered (RFC 8263 7); more is somebody's flood.  Until then nobody
	 * can use up its place (ks_ack_affordable()). */
	KS_ACKS_MAX = 8,
};

struct ks_delivery;

/* For all members of now, under the KEKs that they hold now; moves the KEKs'
 * sequence numbers.  NULL: there is nobody. */
struct ks_delivery *ks_delivery_new(struct ks_group *g,
				    enum ks_rekey_kind kind);
/* Builds and signs; what cannot be said to some members is not sent to them.
 * False and *why: to nobody. */
bool ks_delivery_seal(struct ks_delivery *d, const char **why);
void ks_delivery_free(struct ks_delivery *d);
/* Takes it over and sends the first portion. */
void ks_delivery_start(struct ks_delivery *d);
/* Of what was sealed under the newest of its KEKs: its sequence number, and
 * where it goes; false: to each member. */
bool ks_delivery_multicast(const struct ks_delivery *d, uint32_t *seq,
			   struct endpoint *dst);

/* Ends what is under way.  missed: those who have not answered missed it,
 * if they were waited for at all. */
void ks_delivery_settle(struct ks_group *g, bool missed);
/* Stops what is under way (the group goes). */
void ks_delivery_stop(struct ks_group *g);
/* A member has just got everything by registering. */
void ks_delivery_registered(struct ks_group *g, const struct ip_addr *addr);
/* s until the retransmissions of the last rekey are over; 0: they are. */
uint32_t ks_delivery_left(const struct ks_group *g);

enum ks_ack_result {
	KS_ACK_TAKEN,
	KS_ACK_AGAIN,	/* it was acknowledged before, or a newer one counts */
	KS_ACK_UNKNOWN, /* nobody we sent this to, or not under this KEK */
	KS_ACK_FORGED,	/* malformed, or for another member, or not genuine */
	KS_ACK_FLOOD,	/* more than KS_ACKS_MAX; told once */
	KS_ACK_IGNORED, /* after that */
};

/* An acknowledgement with the cookies spi came in from an address. */
enum ks_ack_result ks_delivery_ack(struct ks_group *g, const uint8_t *spi,
				   const struct ip_addr *from,
				   struct rd datagram);

#endif
