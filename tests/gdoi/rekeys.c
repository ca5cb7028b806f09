/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/gdoi/rekeys.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_kek.h"
#include "gdoi/gdoi_sak.h"
#include "tests/gdoi/push_key.h"

static void must(bool holds)
{
	if (!holds)
		abort();
}

struct evp_pkey_st *rekey_pair(unsigned int bits)
{
	const uint8_t *p = rsa_512_pair;
	size_t len = sizeof(rsa_512_pair);
	EVP_PKEY *pair;

	if (bits == 1024) {
		p = rsa_1024_pair;
		len = sizeof(rsa_1024_pair);
	} else if (bits == 2048) {
		p = rsa_2048_pair;
		len = sizeof(rsa_2048_pair);
	}
	pair = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &p, (long)len);
	must(pair && EVP_PKEY_get_bits(pair) == (int)bits);
	return pair;
}

static void fill(struct keybuf *k, size_t len, uint8_t first)
{
	uint8_t octets[32];
	size_t i;

	for (i = 0; i < len; i++)
		octets[i] = (uint8_t)(first + 7 * i);
	keybuf_set(k, octets, len);
}

void rekey_sa_init(struct gdoi_kek *kek, enum gdoi_kek_cipher cipher,
		   unsigned int key_bits, enum gdoi_sig_hash hash,
		   struct evp_pkey_st *pair)
{
	unsigned char *der = NULL;
	int len = i2d_PUBKEY(pair, &der);

	*kek = (struct gdoi_kek){
		.cipher = cipher,
		.key_bits = key_bits,
		.sig_hash = hash,
		.lifetime = 3600,
	};
	memcpy(kek->spi, "rekeys come here", sizeof(kek->spi));
	fill(&kek->iv, gdoi_kek_iv_size(cipher), 3);
	fill(&kek->key, key_bits / 8, 50);
	must(len > 0);
	keybuf_set(&kek->pubkey, der, (size_t)len);
	OPENSSL_free(der);
}

void rekey_sa_fini(struct gdoi_kek *kek)
{
	keybuf_free(&kek->iv);
	keybuf_free(&kek->key);
	keybuf_free(&kek->pubkey);
}

static void write_header(struct wr *w, const struct gdoi_kek *under,
			 size_t length)
{
	wr_bytes(w, under->spi, 16);
	wr_u32(w, 0x12102101); /* SEQ, version 1.0, PUSH, encrypted */
	wr_u32(w, 0);
	wr_u32(w, (uint32_t)length);
}

static const EVP_MD *md_of(enum gdoi_sig_hash hash)
{
	switch (hash) {
	case GDOI_SIG_MD5:
		return EVP_md5();
	case GDOI_SIG_SHA1:
		return EVP_sha1();
	case GDOI_SIG_SHA256:
		return EVP_sha256();
	case GDOI_SIG_SHA384:
		return EVP_sha384();
	case GDOI_SIG_SHA512:
		return EVP_sha512();
	}
	return NULL;
}

static void sign_raw(const struct rekey_form *form, const struct wr *text,
		     uint8_t *sig, size_t size)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(form->pair, NULL);
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned int len;

	must(EVP_Digest(text->buf, wr_at(text), digest, &len,
			md_of(form->under->sig_hash), NULL) == 1);
	must(EVP_PKEY_sign_init(ctx) == 1 &&
	     EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	     EVP_PKEY_sign(ctx, sig, &size, digest, len) == 1);
	EVP_PKEY_CTX_free(ctx);
}

static void sign(const struct rekey_form *form, const struct wr *text,
		 uint8_t *sig, size_t size)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	must(EVP_DigestSignInit(ctx, NULL, md_of(form->under->sig_hash), NULL,
				form->pair) == 1 &&
	     EVP_DigestSign(ctx, sig, &size, text->buf, wr_at(text)) == 1);
	EVP_MD_CTX_free(ctx);
}

static size_t padded(const struct rekey_form *form, size_t len)
{
	size_t block = gdoi_kek_iv_size(form->under->cipher);

	return (len + block - 1) / block * block + form->more_padding;
}

void rekey_encrypt(const struct rekey_form *form, const void *chain, size_t len,
		   struct keybuf *out)
{
	size_t size = padded(form, len), i;
	struct wr w;

	keybuf_free(out);
	out->len = ISAKMP_HEADER_SIZE + size;
	out->data = xcalloc(1, out->len);
	w = wr_init(out->data, out->len);
	write_header(&w, form->under, out->len);
	wr_bytes(&w, chain, len);
	for (i = len; i < size; i++)
		wr_u8(&w, form->padding);
	must(wr_ok(&w) &&
	     (size == 0 || gdoi_kek_run(form->under, true,
					out->data + ISAKMP_HEADER_SIZE, size)));
}

void rekey_wrap(const struct rekey_form *form, const void *chain, size_t len,
		struct keybuf *out)
{
	size_t size = (size_t)EVP_PKEY_get_size(form->pair);
	size_t all = len + ISAKMP_GENERIC_SIZE + size;
	size_t cap = 5 + ISAKMP_HEADER_SIZE + len;
	uint8_t *sig = xcalloc(1, size), *buf = xcalloc(1, cap + all);
	struct wr text = wr_init(buf, cap), w = wr_init(buf + cap, all);
	size_t begin;

	wr_bytes(&text, "rekey", 5);
	write_header(&text, form->under,
		     ISAKMP_HEADER_SIZE +
			     (form->padded_length ? padded(form, all) : all));
	wr_bytes(&text, chain, len);
	must(wr_ok(&text));
	if (form->raw)
		sign_raw(form, &text, sig, size);
	else
		sign(form, &text, sig, size);
	wr_bytes(&w, chain, len);
	begin = isakmp_payload_begin(&w, ISAKMP_NONE);
	wr_bytes(&w, sig, size);
	isakmp_payload_end(&w, begin);
	must(wr_ok(&w));
	rekey_encrypt(form, w.buf, wr_at(&w), out);
	free(sig);
	free(buf);
}
