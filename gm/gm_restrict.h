/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client rekey encryption, client rekey hash, client transform-sets: what a
 * member takes from its key server at all, however genuine it is. */
#ifndef GM_GM_RESTRICT_H
#define GM_GM_RESTRICT_H

#include "gm/gm_group.h"

struct gm;

/* id, what is typed, name under which the handler finds it, cipher and bits */
#define GM_REKEY_CIPHERS(X)                                 \
	X(3DES, "3des-cbc", "3des-cbc", GDOI_KEK_3DES, 192) \
	X(AES128, "aes 128", "aes128", GDOI_KEK_AES, 128)   \
	X(AES192, "aes 192", "aes192", GDOI_KEK_AES, 192)   \
	X(AES256, "aes 256", "aes256", GDOI_KEK_AES, 256)   \
	X(DES, "des-cbc", "des-cbc", GDOI_KEK_DES, 64)

#define GM_REKEY_HASHES(X)                             \
	X(SHA, "sha", "sha", GDOI_SIG_SHA1)            \
	X(SHA256, "sha256", "sha256", GDOI_SIG_SHA256) \
	X(SHA384, "sha384", "sha384", GDOI_SIG_SHA384) \
	X(SHA512, "sha512", "sha512", GDOI_SIG_SHA512)

/* Bit numbers in gm_group.rekey_ciphers and .rekey_hashes. */
enum gm_rekey_cipher {
#define GM_CIPHER_NAME(id, ...) GM_CIPHER_##id,
	GM_REKEY_CIPHERS(GM_CIPHER_NAME)
#undef GM_CIPHER_NAME
};

enum gm_rekey_hash {
#define GM_HASH_NAME(id, ...) GM_HASH_##id,
	GM_REKEY_HASHES(GM_HASH_NAME)
#undef GM_HASH_NAME
};

/* The group takes this rekey SA. */
bool gm_restrict_kek_ok(const struct gm_group *g, const struct gdoi_kek *kek);
/* ... and the TEKs of this policy. */
bool gm_restrict_teks_ok(const struct gm *gm, const struct gm_group *g,
			 const struct gdoi_policy *policy);

/* What is configured, as it is typed: "aes 128 aes 256"; "any" when nothing
 * is.  out has GM_RESTRICT_TEXT octets. */
#define GM_RESTRICT_TEXT 64
const char *gm_restrict_ciphers_text(const struct gm_group *g, char *out);
const char *gm_restrict_hashes_text(const struct gm_group *g, char *out);

#endif
