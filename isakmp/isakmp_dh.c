/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "isakmp/isakmp_dh.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>

#include "base/bytes.h"
#include "base/mem.h"

/* A private value of an elliptic curve is taken modulo the order; this many
 * octets more than the order has make the result even (FIPS 186-4 B.4.1). */
#define EXTRA 8

/* Group 24's subgroup has q of 256 bits (RFC 5114 2.3). */
#define GROUP_24 24

struct dh_group {
	unsigned int id;
	unsigned int bits;
	/* MODP: bits of the private value, about twice the strength of the
	 * group (RFC 3526 8): long ones only cost time. */
	unsigned int private_bits;
	BIGNUM *(*prime)(BIGNUM *);
	int curve;
};

static const struct dh_group groups[] = {
	{ 1, 768, 160, BN_get_rfc2409_prime_768, 0 },
	{ 2, 1024, 160, BN_get_rfc2409_prime_1024, 0 },
	{ 5, 1536, 192, BN_get_rfc3526_prime_1536, 0 },
	{ 14, 2048, 256, BN_get_rfc3526_prime_2048, 0 },
	{ 15, 3072, 256, BN_get_rfc3526_prime_3072, 0 },
	{ 16, 4096, 304, BN_get_rfc3526_prime_4096, 0 },
	{ 19, 256, 0, NULL, NID_X9_62_prime256v1 },
	{ 20, 384, 0, NULL, NID_secp384r1 },
	{ 21, 521, 0, NULL, NID_secp521r1 },
	{ GROUP_24, 2048, 256, NULL, 0 },
};

static const struct dh_group *find(unsigned int id)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(groups); i++)
		if (groups[i].id == id)
			return &groups[i];
	return NULL;
}

static size_t octets(unsigned int bits)
{
	return (bits + 7) / 8;
}

size_t isakmp_dh_public_len(unsigned int group)
{
	const struct dh_group *g = find(group);

	if (!g)
		return 0;
	return g->curve ? 2 * octets(g->bits) : octets(g->bits);
}

size_t isakmp_dh_shared_len(unsigned int group)
{
	const struct dh_group *g = find(group);

	return g ? octets(g->bits) : 0;
}

size_t isakmp_dh_private_len(unsigned int group)
{
	const struct dh_group *g = find(group);

	if (!g)
		return 0;
	return g->curve ? octets(g->bits) + EXTRA : octets(g->private_bits);
}

unsigned int isakmp_dh_bits(unsigned int group)
{
	const struct dh_group *g = find(group);

	return g ? g->bits : 0;
}

/* p, the generator and, where there is one, the order of the subgroup. */
struct modp {
	BIGNUM *p, *g, *q;
};

/* OpenSSL has the numbers of group 24 under a name only. */
static bool modp_24(struct modp *m)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DHX", NULL);
	char name[] = "dh_2048_256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
						 name, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *key = NULL;
	bool ok;

	ok = ctx && EVP_PKEY_paramgen_init(ctx) > 0 &&
	     EVP_PKEY_CTX_set_params(ctx, params) > 0 &&
	     EVP_PKEY_paramgen(ctx, &key) > 0 &&
	     EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_P, &m->p) &&
	     EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_G, &m->g) &&
	     EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_Q, &m->q);
	EVP_PKEY_free(key);
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static bool modp_open(const struct dh_group *g, struct modp *m)
{
	*m = (struct modp){ 0 };
	if (g->id == GROUP_24)
		return modp_24(m);
	m->p = g->prime(NULL);
	m->g = BN_new();
	return m->p && m->g && BN_set_word(m->g, 2);
}

static void modp_close(struct modp *m)
{
	BN_free(m->p);
	BN_free(m->g);
	BN_free(m->q);
}

static bool modp_power(const struct dh_group *g, const struct modp *m,
		       const BIGNUM *base, const uint8_t *private, uint8_t *out)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *x = BN_secure_new();
	BIGNUM *y = BN_secure_new();
	bool ok = ctx && x && y &&
		  BN_bin2bn(private, (int)octets(g->private_bits), x);

	if (ok)
		BN_set_flags(x, BN_FLG_CONSTTIME);
	/* The top bit makes all private values equally long. */
	ok = ok && BN_set_bit(x, (int)g->private_bits - 1) &&
	     BN_mod_exp_mont_consttime(y, base, x, m->p, ctx, NULL) &&
	     BN_bn2binpad(y, out, (int)octets(g->bits)) > 0;
	BN_clear_free(x);
	BN_clear_free(y);
	BN_CTX_free(ctx);
	return ok;
}

/* y^q = 1: in the subgroup, or a part of the private value leaks. */
static bool in_subgroup(const struct modp *m, const BIGNUM *y)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *one = BN_new();
	bool ok = ctx && one && BN_mod_exp(one, y, m->q, m->p, ctx) &&
		  BN_is_one(one);

	BN_free(one);
	BN_CTX_free(ctx);
	return ok;
}

/* 1 < y < p - 1 */
static bool in_range(const struct modp *m, const BIGNUM *y)
{
	BIGNUM *top = BN_dup(m->p);
	bool ok = top && BN_sub_word(top, 1) && !BN_is_zero(y) &&
		  !BN_is_one(y) && BN_cmp(y, top) < 0;

	BN_free(top);
	return ok;
}

static bool modp_plausible(const struct dh_group *g, const uint8_t *peer)
{
	BIGNUM *y = BN_bin2bn(peer, (int)octets(g->bits), NULL);
	struct modp m;
	bool ok = modp_open(g, &m) && y && in_range(&m, y);

	BN_free(y);
	modp_close(&m);
	return ok;
}

static bool modp_public(const struct dh_group *g, const uint8_t *private,
			uint8_t *out)
{
	struct modp m;
	bool ok = modp_open(g, &m) && modp_power(g, &m, m.g, private, out);

	modp_close(&m);
	return ok;
}

static bool modp_shared(const struct dh_group *g, const uint8_t *private,
			const uint8_t *peer, uint8_t *out)
{
	BIGNUM *y = BN_bin2bn(peer, (int)octets(g->bits), NULL);
	struct modp m;
	bool ok = modp_open(g, &m) && y && in_range(&m, y) &&
		  (!m.q || in_subgroup(&m, y)) &&
		  modp_power(g, &m, y, private, out);

	BN_free(y);
	modp_close(&m);
	return ok;
}

/* 1 .. order - 1 out of the random octets */
static BIGNUM *ec_private(const struct dh_group *g, const EC_GROUP *curve,
			  const uint8_t *private)
{
	BIGNUM *x = BN_secure_new();
	BIGNUM *range = BN_dup(EC_GROUP_get0_order(curve));
	BN_CTX *ctx = BN_CTX_new();

	if (!x || !range || !ctx || !BN_sub_word(range, 1) ||
	    !BN_bin2bn(private, (int)(octets(g->bits) + EXTRA), x) ||
	    !BN_mod(x, x, range, ctx) || !BN_add_word(x, 1)) {
		BN_clear_free(x);
		x = NULL;
	}
	BN_free(range);
	BN_CTX_free(ctx);
	return x;
}

static bool ec_coordinates(const struct dh_group *g, const EC_GROUP *curve,
			   const EC_POINT *point, uint8_t *x_out,
			   uint8_t *y_out)
{
	BIGNUM *x = BN_new();
	BIGNUM *y = BN_new();
	int len = (int)octets(g->bits);
	bool ok = x && y &&
		  EC_POINT_get_affine_coordinates(curve, point, x, y, NULL) &&
		  BN_bn2binpad(x, x_out, len) > 0 &&
		  (!y_out || BN_bn2binpad(y, y_out, len) > 0);

	BN_clear_free(x);
	BN_clear_free(y);
	return ok;
}

static bool ec_public(const struct dh_group *g, const uint8_t *private,
		      uint8_t *out)
{
	EC_GROUP *curve = EC_GROUP_new_by_curve_name(g->curve);
	EC_POINT *point = curve ? EC_POINT_new(curve) : NULL;
	BIGNUM *x = curve ? ec_private(g, curve, private) : NULL;
	bool ok = point && x &&
		  EC_POINT_mul(curve, point, x, NULL, NULL, NULL) &&
		  ec_coordinates(g, curve, point, out, out + octets(g->bits));

	BN_clear_free(x);
	EC_POINT_free(point);
	EC_GROUP_free(curve);
	return ok;
}

/* The encoding of SEC 1 with its leading octet makes OpenSSL check the range
 * of the coordinates and that the point is on the curve. */
static bool ec_point(const struct dh_group *g, const EC_GROUP *curve,
		     EC_POINT *point, const uint8_t *peer)
{
	uint8_t text[1 + ISAKMP_DH_PUBLIC_MAX];
	size_t len = 2 * octets(g->bits);
	size_t i;

	text[0] = POINT_CONVERSION_UNCOMPRESSED;
	for (i = 0; i < len; i++)
		text[1 + i] = peer[i];
	return EC_POINT_oct2point(curve, point, text, 1 + len, NULL) &&
	       !EC_POINT_is_at_infinity(curve, point);
}

static bool ec_plausible(const struct dh_group *g, const uint8_t *peer)
{
	EC_GROUP *curve = EC_GROUP_new_by_curve_name(g->curve);
	EC_POINT *point = curve ? EC_POINT_new(curve) : NULL;
	bool ok = point && ec_point(g, curve, point, peer);

	EC_POINT_free(point);
	EC_GROUP_free(curve);
	return ok;
}

static bool ec_shared(const struct dh_group *g, const uint8_t *private,
		      const uint8_t *peer, uint8_t *out)
{
	EC_GROUP *curve = EC_GROUP_new_by_curve_name(g->curve);
	EC_POINT *point = curve ? EC_POINT_new(curve) : NULL;
	BIGNUM *x = curve ? ec_private(g, curve, private) : NULL;
	bool ok = point && x && ec_point(g, curve, point, peer) &&
		  EC_POINT_mul(curve, point, NULL, point, x, NULL) &&
		  !EC_POINT_is_at_infinity(curve, point) &&
		  ec_coordinates(g, curve, point, out, NULL);

	BN_clear_free(x);
	EC_POINT_clear_free(point);
	EC_GROUP_free(curve);
	return ok;
}

bool isakmp_dh_plausible(unsigned int group, const uint8_t *peer,
			 size_t peer_len)
{
	const struct dh_group *g = find(group);

	if (!g || peer_len != isakmp_dh_public_len(group))
		return false;
	return g->curve ? ec_plausible(g, peer) : modp_plausible(g, peer);
}

bool isakmp_dh_public(unsigned int group, const uint8_t *private, uint8_t *out)
{
	const struct dh_group *g = find(group);

	if (!g)
		return false;
	return g->curve ? ec_public(g, private, out)
			: modp_public(g, private, out);
}

bool isakmp_dh_shared(unsigned int group, const uint8_t *private,
		      const uint8_t *peer, size_t peer_len, uint8_t *out)
{
	const struct dh_group *g = find(group);

	if (!g || peer_len != isakmp_dh_public_len(group))
		return false;
	return g->curve ? ec_shared(g, private, peer, out)
			: modp_shared(g, private, peer, out);
}
