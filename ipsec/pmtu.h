/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Path MTUs that routers on the way have told.  With header preservation a
 * router that cannot forward an ESP packet tells the host whose packet is
 * inside, and the host has no use for it: what is quoted is not what it sent.
 * So the member keeps what such a message says (RFC 4301 8.2), and tells the
 * host itself at the next packet that is too big.
 *
 * One table an interface: any worker writes, any worker reads.  An entry is one
 * word, so none is ever half written; two destinations that share a place push
 * out one another. */
#ifndef IPSEC_PMTU_H
#define IPSEC_PMTU_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum pmtu_limits {
	PMTU_PLACES = 1024, /* a power of two */
	PMTU_MIN4 = 552,    /* less is not believed (Linux: min_pmtu) */
	PMTU_MIN6 = 1280,   /* RFC 8200 5 */
	PMTU_LIFE = 600,    /* s, RFC 1191 6.3 */
};

struct pmtu {
	/* Seconds (of env time) until which some entry is good; 0: there was
	 * never one. */
	_Atomic uint32_t until;
	_Atomic uint64_t places[PMTU_PLACES];
};

/* Control thread: what is known is so no more. */
void pmtu_forget(struct pmtu *t);
/* What stands for a destination: its IPv4 address in host order, or of an IPv6
 * one (16 octets) the hash. */
uint64_t pmtu_key4(uint32_t dst);
uint64_t pmtu_key6(const uint8_t *dst);
/* mtu of the path to key, as told at now (env us). */
void pmtu_learn(struct pmtu *t, uint64_t key, unsigned int mtu, int64_t now);
/* The path's where it is known and smaller, else mtu. */
unsigned int pmtu_find(struct pmtu *t, uint64_t key, unsigned int mtu,
		       int64_t now);

static inline bool pmtu_any(struct pmtu *t)
{
	return atomic_load_explicit(&t->until, memory_order_relaxed) != 0;
}

#endif
