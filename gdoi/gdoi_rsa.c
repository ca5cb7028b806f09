/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_rsa.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

enum {
	DER_MAX = 2048,		/* octets; an 8192-bit key has 1062 */
	EXPONENT_MAX_BITS = 64, /* longer ones only cost the verifier time */
};

/* The whole of der, nothing left over. */
static EVP_PKEY *decode(const uint8_t *der, size_t len)
{
	const uint8_t *p = der;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)len);

	if (!key) {
		p = der;
		key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)len);
	}
	if (key && p != der + len) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	ERR_clear_error();
	return key;
}

static bool number_is_sane(const EVP_PKEY *key, const char *name, int min_bits,
			   int max_bits)
{
	BIGNUM *n = NULL;
	bool sane = EVP_PKEY_get_bn_param(key, name, &n) == 1 && BN_is_odd(n) &&
		    BN_num_bits(n) >= min_bits && BN_num_bits(n) <= max_bits;

	BN_free(n);
	return sane;
}

static bool is_sane(const EVP_PKEY *key)
{
	return EVP_PKEY_is_a(key, "RSA") == 1 &&
	       number_is_sane(key, OSSL_PKEY_PARAM_RSA_N, GDOI_RSA_MIN_BITS,
			      GDOI_RSA_MAX_BITS) &&
	       number_is_sane(key, OSSL_PKEY_PARAM_RSA_E, 2, EXPONENT_MAX_BITS);
}

static bool encode(const EVP_PKEY *key, struct keybuf *spki)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(key, &der);

	if (len > 0)
		keybuf_set(spki, der, (size_t)len);
	OPENSSL_free(der);
	return len > 0;
}

struct isakmp_fault gdoi_rsa_read(struct rd der, struct keybuf *spki,
				  unsigned int *bits)
{
	size_t len = rd_left(&der);
	const uint8_t *octets = rd_bytes(&der, len);
	EVP_PKEY *key = NULL;
	bool ok;

	if (octets && len > 0 && len <= DER_MAX)
		key = decode(octets, len);
	ok = key && is_sane(key) && encode(key, spki);
	if (ok)
		*bits = (unsigned int)EVP_PKEY_get_bits(key);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return ok ? ISAKMP_OK
		  : ISAKMP_FAULT(INVALID_KEY_INFORMATION,
				 "signature key is no sane RSA key");
}
