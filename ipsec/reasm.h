/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ESP packets that the network has fragmented, put together again (RFC 791 and
 * 8200, with the address checks left to ESP).  Bounded: so many packets at a time,
 * so many of one source, each for so long; overlapping fragments end a packet
 * (RFC 5722's answer to overlaps, which is right for IPv4 too).
 *
 * Anybody can send fragments that are never completed.  They push out each
 * other but not a packet whose first fragment named an SPI of ours, which an
 * outsider who does not see the traffic cannot know.  One worker. */
#ifndef IPSEC_REASM_H
#define IPSEC_REASM_H

#include "ipsec/ip.h"
#include "ipsec/pkt.h"

enum reasm_limits {
	REASM_PACKETS = 32,
	REASM_PER_SOURCE = 8,
	REASM_WHOLE = 64, /* given away and not yet back: a burst's */
	REASM_TIMEOUT_US = 2 * 1000000,
	/* Of one packet: 64 KB through an MTU of 300.  Smaller ones cost more
	 * than they bring. */
	REASM_PIECES = 256,
};

struct reasm;

/* With buffers of its own. */
struct reasm *reasm_new(void);
/* The packets it has given away must be back. */
void reasm_free(struct reasm *r);
/* Takes the frame p, whose packet ip is a fragment.  The whole packet's frame
 * when this was the last piece (ip is its header then), else NULL.  known: it
 * is a first fragment with an SPI in use.  dropped: grows by the frames that
 * were thrown away. */
struct pkt *reasm_add(struct reasm *r, struct pkt *p, struct ipv4 *ip,
		      bool known, int64_t now, uint64_t *dropped);

#endif
