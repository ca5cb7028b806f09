/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The internet checksum (RFC 1071) in parts.  A partial sum is kept in 64 bits
 * and can be added to in any order of pieces that begin at even places, up to
 * some gigabytes. */
#ifndef IPSEC_CSUM_H
#define IPSEC_CSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipsec/pkt.h"

uint64_t csum_add(uint64_t sum, const void *p, size_t len);
/* Copies len octets and adds them up on the way. */
uint64_t csum_copy(uint64_t sum, void *to, const void *from, size_t len);
/* The sum of a pseudo header: addresses as they stand in an IPv4 header (8
 * octets, network order), payload of len octets. */
uint64_t csum_pseudo4(const uint8_t *addresses, uint8_t protocol, size_t len);
/* The same for IPv6 (32 octets of addresses). */
uint64_t csum_pseudo6(const uint8_t *addresses, uint8_t protocol, size_t len);
/* The checksum as it is stored with memcpy(): folded and inverted. */
uint16_t csum_fold(uint64_t sum);

/* Completes the checksum that the frame's vnet header says is partial, and
 * clears the header; true also when there was nothing to do.  False: what the
 * header says is not inside the frame.  Not for GSO frames. */
bool csum_complete(struct pkt *p);

/* A clear frame from a wire that tells no offloads (AF_XDP): a sender on the
 * same machine may have left its checksum partial and its segments in one
 * piece.  Where the checksum field holds just the pseudo header's sum and the
 * checksum is wrong, or the packet is longer than mtu, the vnet header is
 * filled in so that the kernel takes the frame for what it is.  IPv4 and
 * IPv6, TCP and UDP; all else is left alone.  False: UDP longer than mtu,
 * which nobody can take any more: where its datagrams end cannot be known. */
bool csum_guess(struct pkt *p, unsigned int mtu);

#endif
