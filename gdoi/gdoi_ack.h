/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GROUPKEY-PUSH-ACK (RFC 8263): HDR, HASH, SEQ, ID, not encrypted.  The key of
 * its HASH comes from the KEK that the PUSH was encrypted with. */
#ifndef GDOI_GDOI_ACK_H
#define GDOI_GDOI_ACK_H

#include "base/rd.h"
#include "gdoi/gdoi.h"

/* KEK_ACK_REQUESTED (RFC 8263 8); the LKH ones are not supported. */
enum gdoi_ack_kind {
	GDOI_ACK_NONE = 0,
	GDOI_ACK_KEK_SHA256 = 1,
	GDOI_ACK_KEK_SHA512 = 3,
};

/* We can make and check this kind. */
bool gdoi_ack_supported(uint8_t kind);

/* Of PUSH seq under kek (kek->ack tells the kind) by the member that
 * registered from address member; the datagram, into *out. */
bool gdoi_ack_write(const struct gdoi_kek *kek, uint32_t seq,
		    const struct ip_addr *member, struct keybuf *out)
	__attribute__((warn_unused_result));
/* False: malformed, or its HASH is not right.  Any holder of the KEK can make
 * one (RFC 8263 7.1). */
bool gdoi_ack_read(const struct gdoi_kek *kek, struct rd datagram,
		   uint32_t *seq, struct ip_addr *member)
	__attribute__((warn_unused_result));

#endif
