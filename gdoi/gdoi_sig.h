/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The signature of a PUSH (RFC 6407 4, 5.3.6.1): RSA with EMSA-PKCS1-v1_5 over
 * the octets "rekey", the ISAKMP header and all payloads before SIG. */
#ifndef GDOI_GDOI_SIG_H
#define GDOI_GDOI_SIG_H

#include "base/rd.h"
#include "gdoi/gdoi.h"

enum gdoi_sig_form {
	GDOI_SIG_DIGEST_INFO, /* as RFC 6407 wants it */
	GDOI_SIG_RAW,	      /* RFC 3547's time: the bare hash is padded */
};

/* What is signed.  header: as gdoi_push.c says, ISAKMP_HEADER_SIZE octets. */
struct gdoi_sig_text {
	const uint8_t *header;
	struct rd payloads;
};

/* Octets of the signatures that key makes; 0: it is no RSA key. */
size_t gdoi_sig_size(const struct evp_pkey_st *key);
/* Into sig, gdoi_sig_size() octets.  False: the key is too short for the hash,
 * or has no private half. */
bool gdoi_sig_make(struct evp_pkey_st *key, enum gdoi_sig_hash hash,
		   const struct gdoi_sig_text *text, uint8_t *sig)
	__attribute__((warn_unused_result));
bool gdoi_sig_verify(struct evp_pkey_st *key, enum gdoi_sig_hash hash,
		     enum gdoi_sig_form form, const struct gdoi_sig_text *text,
		     struct rd sig) __attribute__((warn_unused_result));

#endif
