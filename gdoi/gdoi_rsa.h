/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The public key that rekeys are signed with, as a key server sends it. */
#ifndef GDOI_GDOI_RSA_H
#define GDOI_GDOI_RSA_H

#include "base/bytes.h"
#include "base/rd.h"
#include "isakmp/isakmp.h"

enum gdoi_rsa_limits {
	GDOI_RSA_MIN_BITS = 512,
	GDOI_RSA_MAX_BITS = 8192,
};

/* Takes a DER SubjectPublicKeyInfo or PKCS#1 RSAPublicKey (RFC 6407 5.6.2
 * does not say which), checks that it is a sane RSA key, and gives its
 * SubjectPublicKeyInfo and the size of its modulus in bits. */
struct isakmp_fault gdoi_rsa_read(struct rd der, struct keybuf *spki,
				  unsigned int *bits)
	__attribute__((warn_unused_result));

/* The key that gdoi_rsa_read() gave, to verify with; to be freed.  NULL: it is
 * none. */
struct evp_pkey_st *gdoi_rsa_key(const struct keybuf *spki)
	__attribute__((warn_unused_result));

#endif
