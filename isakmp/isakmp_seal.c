/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Encrypted messages: opening, building, the HASH payload that every phase-2
 * message begins with (RFC 2409 5.5, 5.7; RFC 6407 3.2). */
#include "isakmp/isakmp_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct isakmp_fault isakmp_open(struct isakmp_sa *sa,
				const struct isakmp_header *h,
				struct rd datagram, const uint8_t *iv,
				uint8_t **plain, size_t *plain_len,
				struct isakmp_message *m)
{
	size_t block = isakmp_cipher_block(sa->keys.cipher.encr);

	rd_skip(&datagram, ISAKMP_HEADER_SIZE);
	*plain = NULL;
	*plain_len = rd_left(&datagram);
	if (datagram.bad || !*plain_len || *plain_len % block)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "ciphertext is not whole blocks");
	*plain = xmemdup(datagram.p, *plain_len);
	if (!isakmp_cipher_run(&sa->keys.cipher, false, iv, *plain, *plain_len))
		return ISAKMP_FAULT(PAYLOAD_MALFORMED, "decryption failed");
	m->header = *h;
	return isakmp_chain_parse(rd_init(*plain, *plain_len), h->next_payload,
				  m);
}

/* HASH = prf(SKEYID_a, M-ID | prefix | everything after the HASH payload) */
static void hash_over(const struct isakmp_sa *sa, uint32_t message_id,
		      struct isakmp_part prefix, struct isakmp_part rest,
		      uint8_t *out)
{
	const uint8_t id[4] = { (uint8_t)(message_id >> 24),
				(uint8_t)(message_id >> 16),
				(uint8_t)(message_id >> 8),
				(uint8_t)message_id };
	const struct isakmp_part parts[] = { { id, sizeof(id) }, prefix, rest };

	isakmp_prf(sa->keys.hash, sa->keys.a, sa->keys.len, parts,
		   ARRAY_SIZE(parts), out);
}

bool isakmp_hash_check(const struct isakmp_sa *sa, uint32_t message_id,
		       const struct isakmp_message *m,
		       struct isakmp_part prefix)
{
	uint8_t expected[ISAKMP_HASH_MAX];
	struct isakmp_part rest;
	struct rd body;

	if (m->n == 0 || m->payloads[0].type != ISAKMP_HASH)
		return false;
	body = m->payloads[0].body;
	if (rd_left(&body) != sa->keys.len)
		return false;
	rest.data = m->payloads[0].raw + m->payloads[0].raw_len;
	rest.len = m->chain_len - m->payloads[0].raw_len;
	hash_over(sa, message_id, prefix, rest, expected);
	return bytes_equal(body.p, expected, sa->keys.len);
}

static void header_write(const struct isakmp_sa *sa, struct wr *w, uint8_t type,
			 uint32_t message_id, size_t len)
{
	struct isakmp_header h = {
		.next_payload = ISAKMP_HASH,
		.version = ISAKMP_VERSION,
		.exchange = type,
		.flags = ISAKMP_F_ENCRYPTION,
		.message_id = message_id,
		.length = (uint32_t)len,
	};

	memcpy(h.icookie, sa->icookie, ISAKMP_COOKIE);
	memcpy(h.rcookie, sa->rcookie, ISAKMP_COOKIE);
	isakmp_header_write(w, &h);
}

uint8_t *isakmp_seal(struct isakmp_sa *sa, uint8_t type, uint32_t message_id,
		     uint8_t *iv, struct isakmp_part prefix, uint8_t first,
		     struct isakmp_part body, size_t *len)
{
	size_t block = isakmp_cipher_block(sa->keys.cipher.encr);
	size_t inner = ISAKMP_GENERIC_SIZE + sa->keys.len + body.len;
	size_t padded = (inner + block - 1) / block * block;
	uint8_t hash[ISAKMP_HASH_MAX];
	size_t begin;
	struct wr w;

	*len = ISAKMP_HEADER_SIZE + padded;
	if (body.len > DATAGRAM_MAX || *len > DATAGRAM_MAX)
		return NULL;
	w = wr_init(xcalloc(1, *len), *len);
	header_write(sa, &w, type, message_id, *len);
	hash_over(sa, message_id, prefix, body, hash);
	begin = isakmp_payload_begin(&w, first);
	wr_bytes(&w, hash, sa->keys.len);
	isakmp_payload_end(&w, begin);
	wr_bytes(&w, body.data, body.len);
	wr_zero(&w, padded - inner);
	if (!wr_ok(&w) ||
	    !isakmp_cipher_run(&sa->keys.cipher, true, iv,
			       w.buf + ISAKMP_HEADER_SIZE, padded)) {
		bytes_wipe(w.buf, *len);
		free(w.buf);
		return NULL;
	}
	memcpy(iv, w.buf + *len - block, block);
	return w.buf;
}
