/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Diffie-Hellman groups of IKEv1: RFC 2409 (1, 2), 3526 (5, 14-16), 5903
 * (19-21), 5114 (24).  Public values and shared secrets have a fixed size,
 * padded with zeros on the left, and so are hashed.  Slow: the two functions
 * with a private value are for job threads. */
#ifndef ISAKMP_ISAKMP_DH_H
#define ISAKMP_ISAKMP_DH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ISAKMP_DH_PUBLIC_MAX  512
#define ISAKMP_DH_SHARED_MAX  512
#define ISAKMP_DH_PRIVATE_MAX 80

/* Octets of a public value; 0: we have no such group. */
size_t isakmp_dh_public_len(unsigned int group);
size_t isakmp_dh_shared_len(unsigned int group);
/* Random octets that make a private value. */
size_t isakmp_dh_private_len(unsigned int group);
/* Bits of the modulus or the curve, for people. */
unsigned int isakmp_dh_bits(unsigned int group);

/* The length is right, the number in range, the point on the curve: what can
 * be said of a peer's value without an exponentiation.  Group 24 needs one to
 * tell whether it is in the subgroup: isakmp_dh_shared() does that. */
bool isakmp_dh_plausible(unsigned int group, const uint8_t *peer,
			 size_t peer_len) __attribute__((warn_unused_result));
/* private: isakmp_dh_private_len() random octets. */
bool isakmp_dh_public(unsigned int group, const uint8_t *private, uint8_t *out)
	__attribute__((warn_unused_result));
/* False when the peer's value is none of the group's, or a trivial one. */
bool isakmp_dh_shared(unsigned int group, const uint8_t *private,
		      const uint8_t *peer, size_t peer_len, uint8_t *out)
	__attribute__((warn_unused_result));

#endif
