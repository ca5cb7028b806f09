/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the octets of a PEM block to an RSA key, and back. */
#include "isakmp/isakmp_pem.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "isakmp/isakmp_keys.h"

#define UNREADABLE "the text is no PEM"
#define NOT_RSA	   "the key is none for RSA"
#define WRONG	   "the key cannot be read; is the passphrase right?"

enum { EXPONENT_MAX = 64 }; /* bits of e; OpenSSL takes no more either */

/* --- reading -------------------------------------------------------------- */

/* AlgorithmIdentifier rsaEncryption with NULL, as it stands behind the outer
 * header of a SubjectPublicKeyInfo (RFC 8017 A.1). */
static bool is_rsa_spki(const uint8_t *p, size_t len)
{
	static const uint8_t rsa[] = {
		0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
		0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
	};
	size_t at;

	if (len < 2 || p[0] != 0x30)
		return false;
	at = p[1] & 0x80 ? 2u + (p[1] & 0x7fu) : 2;
	return at < len && len - at >= sizeof(rsa) &&
	       !memcmp(p + at, rsa, sizeof(rsa));
}

static EVP_PKEY *of_certificate(const uint8_t **p, long len)
{
	X509 *cert = d2i_X509(NULL, p, len);
	EVP_PKEY *key = cert ? X509_get_pubkey(cert) : NULL;

	X509_free(cert);
	return key;
}

static EVP_PKEY *public_of(const struct isakmp_pem *pem, const char **why)
{
	const uint8_t *p = pem->data;
	long len = (long)pem->len;
	EVP_PKEY *key = NULL;

	*why = NOT_RSA;
	if (!strcmp(pem->type, "PUBLIC KEY") && is_rsa_spki(p, pem->len))
		key = d2i_PUBKEY(NULL, &p, len);
	else if (!strcmp(pem->type, "RSA PUBLIC KEY"))
		key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, len);
	else if (!strcmp(pem->type, "CERTIFICATE"))
		key = of_certificate(&p, len);
	if (key && p == pem->data + len &&
	    EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

EVP_PKEY *isakmp_pem_public(const char *text, const char **why)
{
	EVP_PKEY *key = NULL;
	struct isakmp_pem pem;

	*why = UNREADABLE;
	if (isakmp_pem_read(text, &pem) && !pem.encrypted)
		key = public_of(&pem, why);
	isakmp_pem_free(&pem);
	ERR_clear_error();
	return key;
}

static EVP_PKEY *of_pkcs1(const uint8_t *data, size_t len)
{
	const uint8_t *p = data;
	EVP_PKEY *key = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &p, (long)len);

	if (key &&
	    (p != data + len || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

static EVP_PKEY *of_info(const PKCS8_PRIV_KEY_INFO *info, const char **why)
{
	const ASN1_OBJECT *algorithm;
	const uint8_t *data;
	int len;

	*why = NOT_RSA;
	if (!info || !PKCS8_pkey_get0(&algorithm, &data, &len, NULL, info) ||
	    OBJ_obj2nid(algorithm) != NID_rsaEncryption || len <= 0)
		return NULL;
	return of_pkcs1(data, (size_t)len);
}

static EVP_PKEY *of_pkcs8(const struct isakmp_pem *pem, const char **why)
{
	const uint8_t *p = pem->data;
	PKCS8_PRIV_KEY_INFO *info =
		d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)pem->len);
	EVP_PKEY *key = of_info(info, why);

	PKCS8_PRIV_KEY_INFO_free(info);
	return key;
}

static bool rounds_good(const ASN1_INTEGER *rounds)
{
	int64_t n;

	return ASN1_INTEGER_get_int64(&n, rounds) && n > 0 &&
	       n <= PEM_ROUNDS_MAX;
}

/* The sequence that an algorithm has as its parameter; NULL: none. */
static void *parameter(const X509_ALGOR *algorithm, const ASN1_ITEM *item)
{
	const void *value;
	int type;

	X509_ALGOR_get0(NULL, &type, &value, algorithm);
	return type == V_ASN1_SEQUENCE ? ASN1_item_unpack(value, item) : NULL;
}

static int nid_of(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *object;

	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	return OBJ_obj2nid(object);
}

static bool pbes2_bounded(const X509_ALGOR *algorithm)
{
	PBE2PARAM *pbe = parameter(algorithm, ASN1_ITEM_rptr(PBE2PARAM));
	PBKDF2PARAM *kdf = NULL;
	bool good;

	if (pbe && nid_of(pbe->keyfunc) == NID_id_pbkdf2)
		kdf = parameter(pbe->keyfunc, ASN1_ITEM_rptr(PBKDF2PARAM));
	good = kdf && rounds_good(kdf->iter);
	PBKDF2PARAM_free(kdf);
	PBE2PARAM_free(pbe);
	return good;
}

/* How much work the key from the passphrase is, is the text's to say: so it
 * has a limit, and no scrypt, whose memory is too. */
static bool is_bounded(const X509_ALGOR *algorithm)
{
	PBEPARAM *pbe;
	bool good;

	if (nid_of(algorithm) == NID_pbes2)
		return pbes2_bounded(algorithm);
	pbe = parameter(algorithm, ASN1_ITEM_rptr(PBEPARAM));
	good = pbe && rounds_good(pbe->iter);
	PBEPARAM_free(pbe);
	return good;
}

static EVP_PKEY *of_encrypted_pkcs8(const struct isakmp_pem *pem,
				    const char *passphrase, const char **why)
{
	const uint8_t *p = pem->data;
	X509_SIG *sig = d2i_X509_SIG(NULL, &p, (long)pem->len);
	PKCS8_PRIV_KEY_INFO *info = NULL;
	const X509_ALGOR *algorithm;
	EVP_PKEY *key = NULL;

	*why = UNREADABLE;
	if (sig) {
		X509_SIG_get0(sig, &algorithm, NULL);
		*why = WRONG;
		if (is_bounded(algorithm))
			info = PKCS8_decrypt(sig, passphrase,
					     (int)strlen(passphrase));
	}
	if (info)
		key = of_info(info, why);
	PKCS8_PRIV_KEY_INFO_free(info);
	X509_SIG_free(sig);
	return key;
}

static EVP_PKEY *private_of(struct isakmp_pem *pem, const char *passphrase,
			    const char **why)
{
	*why = WRONG;
	if (pem->encrypted && !isakmp_pem_decrypt(pem, passphrase))
		return NULL;
	if (!strcmp(pem->type, "RSA PRIVATE KEY"))
		return of_pkcs1(pem->data, pem->len);
	if (!strcmp(pem->type, "PRIVATE KEY"))
		return of_pkcs8(pem, why);
	if (!strcmp(pem->type, "ENCRYPTED PRIVATE KEY"))
		return of_encrypted_pkcs8(pem, passphrase, why);
	*why = NOT_RSA;
	return NULL;
}

EVP_PKEY *isakmp_pem_private(const char *text, const char *passphrase,
			     const char **why)
{
	EVP_PKEY *key = NULL;
	struct isakmp_pem pem;

	*why = UNREADABLE;
	if (isakmp_pem_read(text, &pem))
		key = private_of(&pem, passphrase, why);
	isakmp_pem_free(&pem);
	ERR_clear_error();
	return key;
}

/* --- checking ------------------------------------------------------------- */

/* No number of the key is larger than it may be: a test for a prime of a
 * hundred thousand bits would not end.  bits: of the modulus. */
static bool sizes_good(EVP_PKEY *key, int bits)
{
	static const char *const names[] = {
		OSSL_PKEY_PARAM_RSA_D,	       OSSL_PKEY_PARAM_RSA_FACTOR1,
		OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
		OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
	};
	bool good = true;
	BIGNUM *n;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names) && good; i++) {
		n = NULL;
		good = EVP_PKEY_get_bn_param(key, names[i], &n) &&
		       BN_num_bits(n) <= bits && !BN_is_negative(n);
		BN_clear_free(n);
	}
	return good;
}

static bool exponent_good(EVP_PKEY *key)
{
	BIGNUM *e = NULL;
	bool good = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) &&
		    BN_num_bits(e) <= EXPONENT_MAX && BN_is_odd(e) &&
		    !BN_is_one(e);

	BN_free(e);
	return good;
}

static bool is_sound(EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	bool good = ctx && EVP_PKEY_check(ctx) == 1;

	EVP_PKEY_CTX_free(ctx);
	return good;
}

const char *isakmp_pem_objection(EVP_PKEY *private, EVP_PKEY *public)
{
	int bits = EVP_PKEY_get_bits(private);
	const char *why = NULL;

	if (bits < RSA_MODULUS_MADE || bits > RSA_MODULUS_MAX)
		why = "the size of the key is not supported";
	else if (EVP_PKEY_eq(private, public) != 1)
		why = "public and private key do not belong together";
	else if (!exponent_good(private) || !sizes_good(private, bits) ||
		 !is_sound(private))
		why = "the private key is damaged";
	ERR_clear_error();
	return why;
}

/* --- writing -------------------------------------------------------------- */

static bool set(struct isakmp_pem *pem, const char *type, uint8_t *der, int len)
{
	size_t n = strlen(type);

	if (len <= 0)
		return false;
	memcpy(pem->type, type, n + 1);
	pem->data = xmemdup(der, (size_t)len);
	pem->len = (size_t)len;
	OPENSSL_clear_free(der, (size_t)len);
	return true;
}

char *isakmp_pem_public_text(EVP_PKEY *key)
{
	struct isakmp_pem pem = { 0 };
	uint8_t *der = NULL;
	int len = i2d_PUBKEY(key, &der);
	char *text = NULL;

	if (set(&pem, "PUBLIC KEY", der, len))
		text = isakmp_pem_write(&pem);
	isakmp_pem_free(&pem);
	return text;
}

char *isakmp_pem_private_text(EVP_PKEY *key, unsigned int encr,
			      unsigned int key_bits, const uint8_t *iv,
			      const char *passphrase)
{
	struct isakmp_pem pem = { .encr = encr, .key_bits = key_bits };
	uint8_t *der = NULL;
	int len = i2d_PrivateKey(key, &der); /* PKCS#1 */
	char *text = NULL;

	memcpy(pem.iv, iv, isakmp_cipher_block(encr));
	if (set(&pem, "RSA PRIVATE KEY", der, len) &&
	    isakmp_pem_encrypt(&pem, passphrase))
		text = isakmp_pem_write(&pem);
	isakmp_pem_free(&pem);
	return text;
}
