/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Encryption of ESP in batches: a burst of packets of one SA at a time, in
 * place.  Two backends do the same work: intel-ipsec-mb and OpenSSL.
 *
 * A struct crypto has a context for each worker; a struct crypto_sa is the
 * prepared keys of one SA and may be used by all workers at once.  Making and
 * freeing belongs to the control thread; encrypting and decrypting to the
 * worker whose number is given, without allocation. */
#ifndef IPSEC_CRYPTO_H
#define IPSEC_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "ipsec/transform.h"

enum crypto_limits {
	CRYPTO_BURST = 64, /* most ops of one call */
	CRYPTO_ICV_MAX = 32,
	CRYPTO_SALT = 4, /* octets at the end of a GCM key */
};

/* One ESP packet: SPI, sequence number, IV, payload, ICV stand in one piece
 * from esp on; len counts all but the ICV.  The octets of the ICV are written
 * (encrypt) or compared (decrypt).  ok: decrypted and the ICV is right; when
 * it is false the payload is garbage. */
struct crypto_op {
	uint8_t *esp;
	uint32_t len;
	bool ok;
};

struct crypto;
struct crypto_sa;

struct crypto_backend {
	const char *name;
	/* This machine can run it. */
	bool (*usable)(void);
	/* Backends put struct crypto / struct crypto_sa first in theirs. */
	struct crypto *(*create)(unsigned int workers);
	void (*destroy)(struct crypto *crypto);
	struct crypto_sa *(*sa_create)(struct crypto *crypto,
				       const struct esp_transform *t,
				       const uint8_t *key,
				       const uint8_t *auth_key);
	void (*sa_destroy)(struct crypto_sa *sa);
	void (*encrypt)(struct crypto *crypto, unsigned int worker,
			struct crypto_sa *sa, struct crypto_op *ops, size_t n);
	void (*decrypt)(struct crypto *crypto, unsigned int worker,
			struct crypto_sa *sa, struct crypto_op *ops, size_t n);
};

struct crypto {
	const struct crypto_backend *backend;
	unsigned int workers;
};

struct crypto_sa {
	struct crypto *crypto;
	struct esp_transform transform;
	uint8_t iv, icv; /* octets of each */
};

extern const struct crypto_backend crypto_openssl;
#ifdef HAVE_IPSEC_MB
extern const struct crypto_backend crypto_mb;
#endif
/* Those of this program, the fastest first; NULL ends it. */
extern const struct crypto_backend *const crypto_backends[];

/* By name ("ipsec-mb", "openssl"); NULL: the environment's GETVPN_CRYPTO, else
 * the fastest that runs here.  NULL when there is none of that name. */
struct crypto *crypto_new(const char *name, unsigned int workers);
void crypto_free(struct crypto *crypto);
/* NULL when the transform is not valid or the keys have not its sizes. */
struct crypto_sa *crypto_sa_new(struct crypto *crypto,
				const struct esp_transform *t,
				const struct keybuf *key,
				const struct keybuf *auth_key);
void crypto_sa_free(struct crypto_sa *sa);

static inline void crypto_encrypt(struct crypto *crypto, unsigned int worker,
				  struct crypto_sa *sa, struct crypto_op *ops,
				  size_t n)
{
	crypto->backend->encrypt(crypto, worker, sa, ops, n);
}

static inline void crypto_decrypt(struct crypto *crypto, unsigned int worker,
				  struct crypto_sa *sa, struct crypto_op *ops,
				  size_t n)
{
	crypto->backend->decrypt(crypto, worker, sa, ops, n);
}

#endif
