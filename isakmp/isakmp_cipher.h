/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The negotiated cipher in CBC mode.  Any thread. */
#ifndef ISAKMP_ISAKMP_CIPHER_H
#define ISAKMP_ISAKMP_CIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 2409 appendix A, RFC 3602 5: numbers of attribute 1 */
enum isakmp_encr {
	ISAKMP_ENCR_DES = 1,
	ISAKMP_ENCR_3DES = 5,
	ISAKMP_ENCR_AES = 7,
};

#define ISAKMP_BLOCK_MAX 16
#define ISAKMP_KEY_MAX	 32

struct isakmp_cipher {
	unsigned int encr; /* enum isakmp_encr */
	size_t key_len;	   /* octets */
	uint8_t key[ISAKMP_KEY_MAX];
};

/* Octets of the key; bits counts for AES only.  0: there is none such. */
size_t isakmp_cipher_key_len(unsigned int encr, unsigned int bits);
size_t isakmp_cipher_block(unsigned int encr);
/* In place; len is a multiple of the block.  iv has a block's octets and is
 * not changed: what the next one is, is the caller's to say. */
bool isakmp_cipher_run(const struct isakmp_cipher *c, bool encrypt,
		       const uint8_t *iv, uint8_t *data, size_t len)
	__attribute__((warn_unused_result));

#endif
