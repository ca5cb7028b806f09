/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making and opening of a PUSH.
 *
 * Which length the signed header has, RFC 6407 does not say: we sign the one
 * of the message before it is padded to the cipher's block, and understand
 * the one on the wire, too. */
#include "gdoi/gdoi_push.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_delete.h"
#include "gdoi/gdoi_kd.h"
#include "gdoi/gdoi_kek.h"
#include "gdoi/gdoi_rsa.h"
#include "gdoi/gdoi_sa.h"
#include "gdoi/gdoi_sak.h"
#include "gdoi/gdoi_seq.h"
#include "gdoi/gdoi_sig.h"
#include "isakmp/isakmp_cipher.h"

enum {
	PUSH_MAX = 65507,      /* octets that a UDP datagram has over IPv4 */
	PUSH_VERSION = 0x10,   /* ISAKMP 1.0 */
	HEADER_LENGTH_AT = 26, /* the lower half of the header's length */
	SEQ_PAYLOAD = 8,       /* octets: with its generic header */
};

void gdoi_push_fini(struct gdoi_push *push)
{
	gdoi_policy_free(push->policy);
	*push = (struct gdoi_push){ 0 };
}

static struct isakmp_header header_under(const struct gdoi_kek *under,
					 size_t length)
{
	struct isakmp_header header = {
		.next_payload = ISAKMP_SEQ,
		.version = PUSH_VERSION,
		.exchange = ISAKMP_GROUPKEY_PUSH,
		.flags = ISAKMP_F_ENCRYPTION,
		.length = (uint32_t)length,
	};
	struct rd spi = rd_init(under->spi, sizeof(under->spi));

	rd_copy(&spi, header.icookie, sizeof(header.icookie));
	rd_copy(&spi, header.rcookie, sizeof(header.rcookie));
	return header;
}

/* --- sealing --------------------------------------------------------------- */

static uint8_t after_deletes(const struct gdoi_push *push)
{
	return push->policy ? ISAKMP_SA : ISAKMP_SIG;
}

static uint8_t after_delete_teks(const struct gdoi_push *push)
{
	return push->delete_kek ? ISAKMP_DELETE : after_deletes(push);
}

static uint8_t after_seq(const struct gdoi_push *push)
{
	return push->delete_teks ? ISAKMP_DELETE : after_delete_teks(push);
}

static bool write_policy(struct wr *w, const struct gdoi_policy *policy,
			 bool extensions)
{
	struct gdoi_sa sa;
	bool ok = gdoi_sa_from_policy(policy, extensions, &sa);

	/* RFC 6407 5.6.4: never sender IDs in a PUSH. */
	ok = ok && policy->n_sids == 0;
	if (ok) {
		gdoi_sa_write(w, ISAKMP_KD, &sa);
		gdoi_kd_write(w, ISAKMP_SIG, policy);
	}
	gdoi_sa_fini(&sa);
	return ok;
}

static bool write_signed(struct wr *w, const struct gdoi_push *push,
			 bool extensions)
{
	gdoi_seq_write(w, after_seq(push), push->seq);
	if (push->delete_teks)
		gdoi_delete_write_teks(w, after_delete_teks(push));
	if (push->delete_kek)
		gdoi_delete_write_kek(w, after_deletes(push));
	return !push->policy || write_policy(w, push->policy, extensions);
}

/* The payloads are written; their length and that of SIG, too, is in the
 * header that is signed. */
static bool sign(struct wr *w, struct evp_pkey_st *key, enum gdoi_sig_hash hash)
{
	size_t size = gdoi_sig_size(key), begin;
	struct gdoi_sig_text text = { .header = w->buf };
	uint8_t *sig;
	bool ok;

	text.payloads = rd_init(w->buf, wr_at(w));
	rd_skip(&text.payloads, ISAKMP_HEADER_SIZE);
	wr_put16(w, HEADER_LENGTH_AT,
		 (uint16_t)(wr_at(w) + ISAKMP_GENERIC_SIZE + size));
	sig = xcalloc(1, size + 1);
	ok = wr_ok(w) && gdoi_sig_make(key, hash, &text, sig);
	begin = isakmp_payload_begin(w, ISAKMP_NONE);
	wr_bytes(w, sig, size);
	isakmp_payload_end(w, begin);
	free(sig);
	return ok && wr_ok(w);
}

/* RFC 2409 appendix B: padded with zeroes, and the header's length with it. */
static bool encrypt(struct wr *w, const struct gdoi_kek *under)
{
	size_t block = gdoi_kek_iv_size(under->cipher);
	size_t over = (wr_at(w) - ISAKMP_HEADER_SIZE) % block;

	wr_zero(w, over ? block - over : 0);
	wr_put16(w, HEADER_LENGTH_AT, (uint16_t)wr_at(w));
	return wr_ok(w) &&
	       gdoi_kek_run(under, true, w->buf + ISAKMP_HEADER_SIZE,
			    wr_at(w) - ISAKMP_HEADER_SIZE);
}

bool gdoi_push_seal(const struct gdoi_push *push, const struct gdoi_kek *under,
		    struct evp_pkey_st *key, enum gdoi_sig_hash hash,
		    bool extensions, struct keybuf *out)
{
	struct isakmp_header header = header_under(under, 0);
	uint8_t *buf;
	struct wr w;
	bool ok;

	if (!push->policy && !push->delete_teks && !push->delete_kek)
		return false;
	buf = xcalloc(1, PUSH_MAX);
	w = wr_init(buf, PUSH_MAX);
	isakmp_header_write(&w, &header);
	ok = write_signed(&w, push, extensions) && sign(&w, key, hash) &&
	     encrypt(&w, under);
	if (ok)
		keybuf_set(out, buf, wr_at(&w));
	bytes_wipe(buf, wr_at(&w));
	free(buf);
	return ok;
}

/* --- opening --------------------------------------------------------------- */

/* Decrypted; the readers of the message point into plain. */
struct opened {
	uint8_t *plain;
	size_t len;
	struct isakmp_message m;
};

#define MALFORMED(text) ISAKMP_FAULT(PAYLOAD_MALFORMED, text)

/* Each octet of the header has the one value that it can have. */
static bool header_is_right(const struct isakmp_header *h,
			    const struct gdoi_kek *under, size_t length)
{
	const struct isakmp_header want = header_under(under, length);

	return memcmp(h->icookie, want.icookie, sizeof(h->icookie)) == 0 &&
	       memcmp(h->rcookie, want.rcookie, sizeof(h->rcookie)) == 0 &&
	       h->next_payload == want.next_payload &&
	       h->version == want.version && h->exchange == want.exchange &&
	       h->flags == want.flags && h->message_id == want.message_id &&
	       h->length == want.length;
}

/* Leaves the datagram at what is encrypted. */
static struct isakmp_fault read_header(const struct gdoi_kek *under,
				       struct rd *datagram,
				       struct isakmp_header *header)
{
	size_t length = rd_left(datagram);

	if (!isakmp_header_parse(datagram, header) ||
	    !header_is_right(header, under, length))
		return MALFORMED("header is not that of a PUSH");
	length = rd_left(datagram);
	if (length == 0 || length > PUSH_MAX ||
	    length % gdoi_kek_iv_size(under->cipher))
		return MALFORMED("length is not that of a PUSH");
	return ISAKMP_OK;
}

/* The SEQ payload is in the first block, whatever the cipher: all that is
 * decrypted of what was made up without the KEK, or was sent before. */
static struct isakmp_fault peek_seq(const struct gdoi_kek *under,
				    struct rd encrypted, uint32_t *seq)
{
	uint8_t first[ISAKMP_BLOCK_MAX] = { 0 };
	size_t block = gdoi_kek_iv_size(under->cipher);
	struct rd r = rd_init(first, SEQ_PAYLOAD);

	rd_copy(&encrypted, first, block);
	if (!gdoi_kek_run(under, false, first, block))
		return MALFORMED("KEK is not usable");
	rd_skip(&r, 1); /* the type of the next one */
	if (rd_u8(&r) != 0 || rd_u16(&r) != SEQ_PAYLOAD)
		return MALFORMED("SEQ payload is not in its place");
	return gdoi_seq_parse(r, seq);
}

static struct isakmp_fault decrypt(const struct gdoi_kek *under,
				   struct rd encrypted, struct opened *o)
{
	o->len = rd_left(&encrypted);
	o->plain = xcalloc(1, o->len);
	rd_copy(&encrypted, o->plain, o->len);
	if (!gdoi_kek_run(under, false, o->plain, o->len))
		return MALFORMED("KEK is not usable");
	return isakmp_chain_parse(rd_init(o->plain, o->len), ISAKMP_SEQ, &o->m);
}

static bool has_type(const struct isakmp_message *m, size_t i, uint8_t type)
{
	return i < m->n && m->payloads[i].type == type;
}

/* RFC 6407 4: SEQ, [D,]* [SA, KD,] SIG, and at least one thing said.  */
static bool form_is_right(const struct isakmp_message *m)
{
	size_t i = 1; /* SEQ is the first: the header says so */

	while (has_type(m, i, ISAKMP_DELETE))
		i++;
	if (has_type(m, i, ISAKMP_SA) && has_type(m, i + 1, ISAKMP_KD))
		i += 2;
	return i > 1 && has_type(m, i, ISAKMP_SIG) && i + 1 == m->n;
}

/* The signature does not cover it: there is only one that is right. */
static bool padding_is_right(const struct opened *o, size_t block)
{
	struct rd padding = rd_init(o->plain, o->len);
	bool right;

	rd_skip(&padding, o->m.chain_len);
	right = rd_left(&padding) < block;
	while (rd_left(&padding))
		right &= rd_u8(&padding) == 0;
	return right;
}

static struct isakmp_fault check_form(const struct opened *o,
				      const struct gdoi_kek *under)
{
	if (!form_is_right(&o->m))
		return MALFORMED("payloads are not those of a PUSH");
	if (!padding_is_right(o, gdoi_kek_iv_size(under->cipher)))
		return MALFORMED("padding is not zero");
	return ISAKMP_OK;
}

/* One candidate for the length in the header. */
static bool verify_as(const struct gdoi_push_expect *expect, EVP_PKEY *key,
		      const struct opened *o, size_t length)
{
	const enum gdoi_sig_hash hash = expect->under->sig_hash;
	const struct isakmp_payload *sig = &o->m.payloads[o->m.n - 1];
	struct isakmp_header header = header_under(expect->under, length);
	uint8_t octets[ISAKMP_HEADER_SIZE];
	struct wr w = wr_init(octets, sizeof(octets));
	const struct gdoi_sig_text text = {
		.header = octets,
		.payloads = rd_init(o->m.chain, o->m.chain_len - sig->raw_len),
	};

	isakmp_header_write(&w, &header);
	return gdoi_sig_verify(key, hash, GDOI_SIG_DIGEST_INFO, &text,
			       sig->body) ||
	       (expect->raw_signature &&
		gdoi_sig_verify(key, hash, GDOI_SIG_RAW, &text, sig->body));
}

static bool is_genuine(const struct gdoi_push_expect *expect,
		       const struct opened *o)
{
	EVP_PKEY *key = gdoi_rsa_key(&expect->under->pubkey);
	bool genuine = key && verify_as(expect, key, o,
					ISAKMP_HEADER_SIZE + o->m.chain_len);

	if (key && !genuine && o->m.chain_len != o->len)
		genuine =
			verify_as(expect, key, o, ISAKMP_HEADER_SIZE + o->len);
	EVP_PKEY_free(key);
	return genuine;
}

static struct isakmp_fault take_keys(const struct gdoi_push_expect *expect,
				     struct rd body, struct gdoi_push *out)
{
	struct gdoi_policy *policy = out->policy;
	struct gdoi_kd *kd = xcalloc(1, sizeof(*kd));
	struct isakmp_fault fault = gdoi_kd_parse(body, kd);

	if (!fault.notify)
		fault = gdoi_kd_apply(kd, false, policy);
	free(kd);
	/* The KEK may be the one we have, told again: it goes on counting, or
	 * its earlier messages could be played again. */
	if (policy->has_kek && memcmp(policy->kek.spi, expect->under->spi,
				      sizeof(policy->kek.spi)) == 0)
		policy->seq = out->seq;
	return fault;
}

static struct isakmp_fault take_policy(const struct gdoi_push_expect *expect,
				       struct rd sa_body, struct rd kd_body,
				       struct gdoi_push *out)
{
	struct isakmp_fault fault;
	struct gdoi_sa sa;

	fault = gdoi_sa_parse(sa_body, expect->extensions, &sa);
	/* RFC 6407 5.6.1: a rekey has at least one TEK.  Without any entry it
	 * could not be the whole policy. */
	if (!fault.notify && sa.n_sats == 0)
		fault = ISAKMP_FAULT(NO_PROPOSAL_CHOSEN, "PUSH without SATs");
	if (!fault.notify)
		fault = gdoi_sa_to_policy(&sa, expect->extensions,
					  &out->policy);
	gdoi_sa_fini(&sa);
	return fault.notify ? fault : take_keys(expect, kd_body, out);
}

static struct isakmp_fault take_payloads(const struct gdoi_push_expect *expect,
					 const struct isakmp_message *m,
					 struct gdoi_push *out)
{
	const struct isakmp_payload *p = m->payloads;
	struct isakmp_fault fault = ISAKMP_OK;
	size_t i = 1;

	for (; has_type(m, i, ISAKMP_DELETE) && !fault.notify; i++)
		fault = gdoi_delete_parse(p[i].body, expect->under->spi, out);
	if (!fault.notify && has_type(m, i, ISAKMP_SA))
		fault = take_policy(expect, p[i].body, p[i + 1].body, out);
	return fault;
}

static enum gdoi_push_result judge(const struct gdoi_push_expect *expect,
				   struct rd datagram, struct opened *o,
				   struct gdoi_push *out,
				   struct isakmp_fault *why)
{
	*why = read_header(expect->under, &datagram, &o->m.header);
	if (!why->notify)
		*why = peek_seq(expect->under, datagram, &out->seq);
	if (why->notify)
		return GDOI_PUSH_MALFORMED;
	if (out->seq <= expect->last_seq) {
		*why = ISAKMP_FAULT(INVALID_MESSAGE_ID,
				    "sequence number was used before");
		return GDOI_PUSH_OLD_SEQ;
	}
	*why = decrypt(expect->under, datagram, o);
	if (!why->notify)
		*why = check_form(o, expect->under);
	if (why->notify)
		return GDOI_PUSH_MALFORMED;
	if (!is_genuine(expect, o)) {
		*why = ISAKMP_FAULT(INVALID_SIGNATURE,
				    "signature does not verify");
		return GDOI_PUSH_FORGED;
	}
	*why = take_payloads(expect, &o->m, out);
	return why->notify ? GDOI_PUSH_REFUSED : GDOI_PUSH_OK;
}

enum gdoi_push_result gdoi_push_open(const struct gdoi_push_expect *expect,
				     struct rd datagram, struct gdoi_push *out,
				     struct isakmp_fault *why)
{
	struct opened *o = xcalloc(1, sizeof(*o));
	enum gdoi_push_result result;
	uint32_t seq;

	*out = (struct gdoi_push){ 0 };
	result = judge(expect, datagram, o, out, why);
	if (result != GDOI_PUSH_OK) {
		seq = result == GDOI_PUSH_OLD_SEQ ? out->seq : 0;
		gdoi_push_fini(out);
		out->seq = seq;
	}
	if (o->plain)
		bytes_wipe(o->plain, o->len);
	free(o->plain);
	free(o);
	return result;
}
