/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rekeys for tests: key pairs, rekey SAs, and datagrams around any payloads,
 * also ones that gdoi_push_seal() would not make. */
#ifndef TESTS_GDOI_REKEYS_H
#define TESTS_GDOI_REKEYS_H

#include "gdoi/gdoi.h"

/* The pair of 512, 1024 or 2048 bits, always the same; to be freed. */
struct evp_pkey_st *rekey_pair(unsigned int bits);

/* A rekey SA whose messages pair signs. */
void rekey_sa_init(struct gdoi_kek *kek, enum gdoi_kek_cipher cipher,
		   unsigned int key_bits, enum gdoi_sig_hash hash,
		   struct evp_pkey_st *pair);
void rekey_sa_fini(struct gdoi_kek *kek);

/* How a datagram is wrapped. */
struct rekey_form {
	const struct gdoi_kek *under;
	struct evp_pkey_st *pair;
	bool raw;	    /* the signature has no DigestInfo */
	bool padded_length; /* the header is signed with its length on the wire */
	size_t more_padding;
	uint8_t padding; /* each octet of it */
};

/* chain: from SEQ on, all before SIG, whose next payload is SIG. */
void rekey_wrap(const struct rekey_form *form, const void *chain, size_t len,
		struct keybuf *out);
/* The same without signing: chain is all, SIG too. */
void rekey_encrypt(const struct rekey_form *form, const void *chain, size_t len,
		   struct keybuf *out);

#endif
