/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The DER of RSA public keys (RFC 8017 A.1.1, RFC 3279 2.3.1) is read and
 * written here: OpenSSL's decoders take several times as long as verifying a
 * signature does, and each member reads a key with each rekey. */
#include "gdoi/gdoi_rsa.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <string.h>

#include "base/wr.h"

enum {
	EXPONENT_MAX_BITS = 64, /* longer ones only cost the verifier time */
	DER_MAX = 1100,		/* octets; an 8192-bit key has at most 1066 */
};

enum der_tag {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_SEQUENCE = 0x30,
};

/* rsaEncryption, and its NULL parameters */
static const uint8_t algorithm[] = {
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
	0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
};

/* Magnitudes without leading zeroes. */
struct numbers {
	struct rd n, e;
};

/* --- reading ---------------------------------------------------------------- */

/* The one way that DER has to tell a length. */
static size_t take_length(struct rd *r)
{
	uint8_t first = rd_u8(r);
	size_t length;

	if (first < 0x80)
		return first;
	if (first == 0x81) {
		length = rd_u8(r);
		r->bad |= length < 0x80;
	} else {
		length = rd_u16(r);
		r->bad |= first != 0x82 || length < 0x100;
	}
	return length;
}

static struct rd take(struct rd *r, enum der_tag tag)
{
	r->bad |= rd_u8(r) != (uint8_t)tag;
	return rd_sub(r, take_length(r));
}

/* A positive one, in as few octets as it needs. */
static struct rd take_integer(struct rd *r)
{
	struct rd value = take(r, DER_INTEGER), peek = value;
	uint8_t first = rd_u8(&peek);

	if (first == 0) {
		value = peek;
		r->bad |= rd_u8(&peek) < 0x80;
	} else {
		r->bad |= first >= 0x80;
	}
	return value;
}

static bool read_pkcs1(struct rd der, struct numbers *out)
{
	struct rd sequence = take(&der, DER_SEQUENCE);

	out->n = take_integer(&sequence);
	out->e = take_integer(&sequence);
	return rd_done(&sequence) && rd_done(&der);
}

static bool read_spki(struct rd der, struct numbers *out)
{
	struct rd sequence = take(&der, DER_SEQUENCE);
	struct rd id = take(&sequence, DER_SEQUENCE);
	struct rd bits = take(&sequence, DER_BIT_STRING);
	const uint8_t *octets = rd_bytes(&id, sizeof(algorithm));
	bool whole_octets = rd_u8(&bits) == 0;

	return octets && memcmp(octets, algorithm, sizeof(algorithm)) == 0 &&
	       rd_done(&id) && rd_done(&sequence) && rd_done(&der) &&
	       !bits.bad && whole_octets && read_pkcs1(bits, out);
}

static unsigned int bits_of(struct rd number)
{
	unsigned int bits = 8 * (unsigned int)rd_left(&number);
	uint8_t top = rd_u8(&number);

	for (; bits && top < 0x80; top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

static bool is_sane(struct rd number, unsigned int min_bits,
		    unsigned int max_bits)
{
	unsigned int bits = bits_of(number);

	if (bits < min_bits || bits > max_bits)
		return false;
	rd_skip(&number, rd_left(&number) - 1);
	return rd_u8(&number) & 1;
}

static bool read_sane(struct rd der, struct numbers *out)
{
	return (read_spki(der, out) || read_pkcs1(der, out)) &&
	       is_sane(out->n, GDOI_RSA_MIN_BITS, GDOI_RSA_MAX_BITS) &&
	       is_sane(out->e, 2, EXPONENT_MAX_BITS);
}

/* --- writing ---------------------------------------------------------------- */

static size_t integer_size(struct rd number)
{
	size_t len = rd_left(&number);

	return len + (rd_u8(&number) >= 0x80);
}

static size_t with_head(size_t len)
{
	return len + (len < 0x80 ? 2 : len < 0x100 ? 3 : 4);
}

static void write_head(struct wr *w, enum der_tag tag, size_t len)
{
	wr_u8(w, (uint8_t)tag);
	if (len >= 0x100)
		wr_u8(w, 0x82);
	else if (len >= 0x80)
		wr_u8(w, 0x81);
	if (len >= 0x100)
		wr_u16(w, (uint16_t)len);
	else
		wr_u8(w, (uint8_t)len);
}

static void write_integer(struct wr *w, struct rd number)
{
	size_t size = integer_size(number), len = rd_left(&number);

	write_head(w, DER_INTEGER, size);
	wr_zero(w, size - len);
	wr_bytes(w, rd_bytes(&number, len), len);
}

static bool write_spki(const struct numbers *key, struct keybuf *spki)
{
	size_t pair = with_head(integer_size(key->n)) +
		      with_head(integer_size(key->e));
	size_t bits = 1 + with_head(pair);
	uint8_t der[DER_MAX];
	struct wr w = wr_init(der, sizeof(der));

	write_head(&w, DER_SEQUENCE,
		   with_head(sizeof(algorithm)) + with_head(bits));
	write_head(&w, DER_SEQUENCE, sizeof(algorithm));
	wr_bytes(&w, algorithm, sizeof(algorithm));
	write_head(&w, DER_BIT_STRING, bits);
	wr_u8(&w, 0); /* no bits of the last octet are unused */
	write_head(&w, DER_SEQUENCE, pair);
	write_integer(&w, key->n);
	write_integer(&w, key->e);
	if (wr_ok(&w))
		keybuf_set(spki, der, wr_at(&w));
	return wr_ok(&w);
}

struct isakmp_fault gdoi_rsa_read(struct rd der, struct keybuf *spki,
				  unsigned int *bits)
{
	struct numbers key;

	if (!read_sane(der, &key) || !write_spki(&key, spki))
		return ISAKMP_FAULT(INVALID_KEY_INFORMATION,
				    "signature key is no sane RSA key");
	*bits = bits_of(key.n);
	return ISAKMP_OK;
}

/* --- for OpenSSL ------------------------------------------------------------ */

static BIGNUM *bignum(struct rd number)
{
	size_t len = rd_left(&number);

	return BN_bin2bn(rd_bytes(&number, len), (int)len, NULL);
}

static EVP_PKEY *make_key(OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;

	if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *key_of(const BIGNUM *n, const BIGNUM *e)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	if (build && n && e &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e))
		params = OSSL_PARAM_BLD_to_param(build);
	if (params)
		key = make_key(params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	return key;
}

struct evp_pkey_st *gdoi_rsa_key(const struct keybuf *spki)
{
	struct numbers numbers;
	BIGNUM *n, *e;
	EVP_PKEY *key;

	if (!read_sane(rd_init(spki->data, spki->len), &numbers))
		return NULL;
	n = bignum(numbers.n);
	e = bignum(numbers.e);
	key = key_of(n, e);
	BN_free(n);
	BN_free(e);
	ERR_clear_error();
	return key;
}
