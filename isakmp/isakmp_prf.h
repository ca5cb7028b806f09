/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The negotiated hash: plain, and as prf = HMAC (RFC 2409 4).  Any thread. */
#ifndef ISAKMP_ISAKMP_PRF_H
#define ISAKMP_ISAKMP_PRF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 2409 appendix A, RFC 4868 4: numbers of attribute 2 */
enum isakmp_hash {
	ISAKMP_HASH_MD5 = 1,
	ISAKMP_HASH_SHA = 2,
	ISAKMP_HASH_SHA256 = 4,
	ISAKMP_HASH_SHA384 = 5,
	ISAKMP_HASH_SHA512 = 6,
};

#define ISAKMP_HASH_MAX 64 /* octets of the longest */

/* One stretch of what is hashed. */
struct isakmp_part {
	const void *data;
	size_t len;
};

/* Octets of the result; 0: there is no such hash. */
size_t isakmp_hash_len(unsigned int hash);
/* out has ISAKMP_HASH_MAX octets.  hash must be a known one. */
void isakmp_hash(unsigned int hash, const struct isakmp_part *parts, size_t n,
		 uint8_t *out);
void isakmp_prf(unsigned int hash, const void *key, size_t key_len,
		const struct isakmp_part *parts, size_t n, uint8_t *out);

#endif
