/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RSA keys as PEM text, as IOS and OpenSSL write it: the public key as
 * SubjectPublicKeyInfo, the private one as PKCS#1 under a passphrase in the
 * traditional way (RFC 1421 headers, key by one round of MD5).  Read is more:
 * PKCS#8 too, without a passphrase too, a certificate for the public key, and
 * whatever a terminal makes of line ends.  Any thread. */
#ifndef ISAKMP_ISAKMP_PEM_H
#define ISAKMP_ISAKMP_PEM_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "isakmp/isakmp_cipher.h"

enum isakmp_pem_limits {
	PEM_TYPE = 40,
	PEM_TEXT_MAX = 32768, /* octets; a pair of 4096 bits has 4 KB */
	PEM_IV_MAX = ISAKMP_BLOCK_MAX,
	/* Rounds of PBKDF2, a second of work; OpenSSL's default is 2048. */
	PEM_ROUNDS_MAX = 1000000,
};

/* What stands between BEGIN and END. */
struct isakmp_pem {
	char type[PEM_TYPE]; /* "RSA PRIVATE KEY" */
	bool encrypted;	     /* by a DEK-Info header: */
	unsigned int encr, key_bits;
	uint8_t iv[PEM_IV_MAX];
	uint8_t *data;
	size_t len;
};

/* The first block of text; false: none that could be read.  Free it in any
 * case. */
bool isakmp_pem_read(const char *text, struct isakmp_pem *out)
	__attribute__((warn_unused_result));
/* Wipes it too. */
void isakmp_pem_free(struct isakmp_pem *pem);
/* pem as text, to be freed. */
char *isakmp_pem_write(const struct isakmp_pem *pem);
/* In place.  False: the passphrase is not the right one. */
bool isakmp_pem_decrypt(struct isakmp_pem *pem, const char *passphrase)
	__attribute__((warn_unused_result));
/* With encr, key_bits and iv as they are set. */
bool isakmp_pem_encrypt(struct isakmp_pem *pem, const char *passphrase)
	__attribute__((warn_unused_result));

/* --- RSA keys ------------------------------------------------------------ */

/* To be freed with EVP_PKEY_free(); NULL with *why, a constant text. */
EVP_PKEY *isakmp_pem_public(const char *text, const char **why);
EVP_PKEY *isakmp_pem_private(const char *text, const char *passphrase,
			     const char **why);
/* The private key is sound (seconds of work for a large one), of a size that
 * we use, and it is that of public.  NULL if so, else why not. */
const char *isakmp_pem_objection(EVP_PKEY *private, EVP_PKEY *public);

/* To be freed; NULL: OpenSSL could not. */
char *isakmp_pem_public_text(EVP_PKEY *key);
char *isakmp_pem_private_text(EVP_PKEY *key, unsigned int encr,
			      unsigned int key_bits, const uint8_t *iv,
			      const char *passphrase);

/* --- lines as typed ------------------------------------------------------ */

/* A public and a private key that come line by line.  Whatever comes, the
 * end is a line with "quit", so that no line of a key is ever taken for a
 * command. */
struct isakmp_pem_input {
	char *public, *private; /* up to PEM_TEXT_MAX each; NULL: nothing */
	bool in_private, too_long;
	bool blank_ended, quit_skipped;
};

enum isakmp_pem_next {
	PEM_MORE,    /* lines of the same key */
	PEM_PRIVATE, /* lines of the private key, from now on */
	PEM_DONE,
};

enum isakmp_pem_next isakmp_pem_line(struct isakmp_pem_input *in,
				     const char *line);
void isakmp_pem_input_free(struct isakmp_pem_input *in);

#endif
