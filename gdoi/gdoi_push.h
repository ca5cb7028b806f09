/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GROUPKEY-PUSH (RFC 6407 4): what a key server says to all members at once,
 * and what a member makes of the datagram.  Values only: who calls keeps the
 * rekey SAs and their sequence numbers. */
#ifndef GDOI_GDOI_PUSH_H
#define GDOI_GDOI_PUSH_H

#include "base/rd.h"
#include "gdoi/gdoi.h"

/* HDR*, SEQ, [D,]* [SA, KD,] SIG */
struct gdoi_push {
	uint32_t seq; /* 1 in the first PUSH under a KEK (RFC 6407 4) */
	/* Delete payloads (RFC 6407 5.9) of SPI zero: all SAs of the kind that
	 * the member had before this message.  They are acted on before the
	 * policy. */
	bool delete_teks, delete_kek;
	/* Single TEKs that go, SPIs in host order.  Only read, never sent. */
	uint32_t deleted[GDOI_MAX_TEKS];
	size_t n_deleted;
	/* The whole policy from now on; NULL: the PUSH only deletes.  Without
	 * has_kek the rekey SA stays.  Never with sender IDs. */
	struct gdoi_policy *policy;
};

/* Frees the policy. */
void gdoi_push_fini(struct gdoi_push *push);

/* The datagram, into *out.  under: the rekey SA that members have now (its
 * SPI, cipher, key and IV).  key: the RSA pair that signs with hash.
 * extensions: for members of our family (gdoi_sa_from_policy()).  False when
 * the policy cannot be said, does not fit, or the key cannot sign. */
bool gdoi_push_seal(const struct gdoi_push *push, const struct gdoi_kek *under,
		    struct evp_pkey_st *key, enum gdoi_sig_hash hash,
		    bool extensions, struct keybuf *out)
	__attribute__((warn_unused_result));

enum gdoi_push_result {
	GDOI_PUSH_OK,
	GDOI_PUSH_MALFORMED, /* not decrypted to a chain of payloads */
	GDOI_PUSH_OLD_SEQ,   /* out->seq is not above last_seq; not verified */
	GDOI_PUSH_FORGED,    /* the signature does not verify */
	GDOI_PUSH_REFUSED,   /* genuine, but its policy is not for us */
};

/* What is accepted besides RFC 6407's form (docs/PROTOCOL.md). */
struct gdoi_push_expect {
	const struct gdoi_kek *under; /* with pubkey and sig_hash */
	uint32_t last_seq;	      /* the last that was accepted under it */
	bool extensions;	      /* the key server is of our family */
	/* Signatures of RFC 3547's time, over the bare hash without a
	 * DigestInfo, are good too. */
	bool raw_signature;
};

/* The order: SEQ, of which the first block is decrypted; the rest, chain and
 * SIG (RFC 6407 4.4); and only then what it says.  datagram: from the ISAKMP header on, as it came.  *out is to be given
 * to gdoi_push_fini() in any case; with any result but GDOI_PUSH_OK only
 * out->seq means anything, and that only for GDOI_PUSH_OLD_SEQ.  *why: for
 * debug output. */
enum gdoi_push_result gdoi_push_open(const struct gdoi_push_expect *expect,
				     struct rd datagram, struct gdoi_push *out,
				     struct isakmp_fault *why)
	__attribute__((warn_unused_result));

#endif
