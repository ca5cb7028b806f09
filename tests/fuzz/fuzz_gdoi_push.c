/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rekeys and their acknowledgements.  The first octet of the input chooses what
 * the rest is:
 *
 *	bits 0-1	0: the payloads of a PUSH from SEQ to the last before
 *			SIG, which are signed and encrypted here
 *			1: the same with SIG, only encrypted
 *			2: the datagram of a PUSH as it came
 *			3: an acknowledgement after its HASH, which is made
 *			here
 *	bit 2		our private extensions are allowed
 *	bit 3		so are raw signatures, and this one is
 *	bits 4-5	the cipher of the KEK
 *	bit 6		SHA-512 instead of SHA-256 in an acknowledgement
 *	bit 7		the acknowledgement is the datagram as it came
 *
 * What is accepted must come out the same when it is sealed and opened again. */
#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_ack.h"
#include "gdoi/gdoi_push.h"
#include "isakmp/isakmp_prf.h"
#include "tests/gdoi/rekeys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	KIND = 3,
	EXTENSIONS = 4,
	RAW = 8,
	CIPHER_SHIFT = 4,
	SHA512 = 64,
	CAME = 128
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_again(const struct gdoi_push_expect *expect,
			const struct gdoi_push *push, struct evp_pkey_st *pair)
{
	struct keybuf out = { 0 };
	struct gdoi_push again;
	struct isakmp_fault why;

	/* Single TEKs are only read. */
	if (!push->policy && !push->delete_teks && !push->delete_kek)
		return;
	/* In a strict member's words there may be no way to say it. */
	if (!gdoi_push_seal(push, expect->under, pair, expect->under->sig_hash,
			    expect->extensions, &out))
		return;
	must(gdoi_push_open(expect, rd_init(out.data, out.len), &again, &why) ==
	     GDOI_PUSH_OK);
	must(again.seq == push->seq && again.delete_kek == push->delete_kek &&
	     again.delete_teks == push->delete_teks);
	must(!again.policy == !push->policy);
	if (push->policy)
		must(again.policy->n_rules == push->policy->n_rules &&
		     again.policy->n_teks == push->policy->n_teks &&
		     again.policy->pseudotime == push->policy->pseudotime);
	gdoi_push_fini(&again);
	keybuf_free(&out);
}

static void open_push(const struct gdoi_push_expect *expect,
		      const uint8_t *data, size_t size,
		      struct evp_pkey_st *pair)
{
	enum gdoi_push_result result;
	struct isakmp_fault why;
	struct gdoi_push push;

	result = gdoi_push_open(expect, rd_init(data, size), &push, &why);
	must((result == GDOI_PUSH_OK) == !why.notify);
	if (result == GDOI_PUSH_OK)
		check_again(expect, &push, pair);
	else
		must(!push.policy && !push.n_deleted && !push.delete_teks &&
		     !push.delete_kek);
	gdoi_push_fini(&push);
}

static void try_push(const struct gdoi_kek *under, struct evp_pkey_st *pair,
		     uint8_t choice, const uint8_t *data, size_t size)
{
	const struct gdoi_push_expect expect = {
		.under = under,
		.extensions = choice & EXTENSIONS,
		.raw_signature = choice & RAW,
	};
	const struct rekey_form form = {
		.under = under,
		.pair = pair,
		.raw = choice & RAW,
	};
	struct keybuf wrapped = { 0 };

	if ((choice & KIND) == 2) {
		open_push(&expect, data, size, pair);
		return;
	}
	if (choice & KIND)
		rekey_encrypt(&form, data, size, &wrapped);
	else
		rekey_wrap(&form, data, size, &wrapped);
	open_push(&expect, wrapped.data, wrapped.len, pair);
	keybuf_free(&wrapped);
}

/* RFC 8263 3.2 */
static void hash_of(const struct gdoi_kek *kek, const uint8_t *body, size_t len,
		    uint8_t *out)
{
	bool sha512 = kek->ack == GDOI_ACK_KEK_SHA512;
	unsigned int hash = sha512 ? ISAKMP_HASH_SHA512 : ISAKMP_HASH_SHA256;
	const uint8_t bits[] = { sha512 ? 4 : 2, 0 };
	const struct isakmp_part derived[] = {
		{ "GROUPKEY-PUSH ACK", 18 },
		{ kek->spi, sizeof(kek->spi) },
		{ bits, sizeof(bits) },
	};
	const struct isakmp_part part = { body, len };
	uint8_t key[ISAKMP_HASH_MAX];

	isakmp_prf(hash, kek->key.data, kek->key.len, derived, 3, key);
	isakmp_prf(hash, key, isakmp_hash_len(hash), &part, 1, out);
}

static void wrap_ack(const struct gdoi_kek *kek, const uint8_t *body,
		     size_t len, struct keybuf *out)
{
	size_t hash_len = kek->ack == GDOI_ACK_KEK_SHA512 ? 64 : 32, begin;
	uint8_t hash[ISAKMP_HASH_MAX];
	struct wr w;

	hash_of(kek, body, len, hash);
	out->len = ISAKMP_HEADER_SIZE + ISAKMP_GENERIC_SIZE + hash_len + len;
	out->data = xcalloc(1, out->len);
	w = wr_init(out->data, out->len);
	wr_bytes(&w, kek->spi, sizeof(kek->spi));
	wr_u32(&w, 0x08102300); /* HASH, version 1.0, ACK, in the clear */
	wr_u32(&w, 0);
	wr_u32(&w, (uint32_t)out->len);
	begin = isakmp_payload_begin(&w, ISAKMP_SEQ);
	wr_bytes(&w, hash, hash_len);
	isakmp_payload_end(&w, begin);
	wr_bytes(&w, body, len);
	must(wr_ok(&w));
}

/* There is only one way to write what can be read. */
static void read_ack(const struct gdoi_kek *kek, const uint8_t *data,
		     size_t size)
{
	struct keybuf out = { 0 };
	struct ip_addr member;
	uint32_t seq;

	if (!gdoi_ack_read(kek, rd_init(data, size), &seq, &member))
		return;
	must(gdoi_ack_write(kek, seq, &member, &out));
	must(out.len == size && memcmp(out.data, data, size) == 0);
	keybuf_free(&out);
}

static void try_ack(struct gdoi_kek *kek, uint8_t choice, const uint8_t *data,
		    size_t size)
{
	struct keybuf wrapped = { 0 };

	kek->ack = choice & SHA512 ? GDOI_ACK_KEK_SHA512 : GDOI_ACK_KEK_SHA256;
	if (choice & CAME) {
		read_ack(kek, data, size);
		return;
	}
	wrap_ack(kek, data, size, &wrapped);
	read_ack(kek, wrapped.data, wrapped.len);
	keybuf_free(&wrapped);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		enum gdoi_kek_cipher cipher;
		unsigned int bits;
	} ciphers[] = {
		{ GDOI_KEK_AES, 128 },
		{ GDOI_KEK_DES, 64 },
		{ GDOI_KEK_3DES, 192 },
		{ GDOI_KEK_AES, 256 },
	};
	static struct evp_pkey_st *pair;
	struct gdoi_kek under;
	unsigned int c;

	/* Longer ones would not fit a datagram with the signature. */
	if (size == 0 || size > 60000)
		return 0;
	if (!pair)
		pair = rekey_pair(512);
	c = data[0] >> CIPHER_SHIFT & 3;
	rekey_sa_init(&under, ciphers[c].cipher, ciphers[c].bits,
		      GDOI_SIG_SHA256, pair);
	if ((data[0] & KIND) == KIND)
		try_ack(&under, data[0], data + 1, size - 1);
	else
		try_push(&under, pair, data[0], data + 1, size - 1);
	rekey_sa_fini(&under);
	return 0;
}
