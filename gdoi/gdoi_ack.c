/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_ack.h"

#include <string.h>

#include "base/mem.h"
#include "gdoi/gdoi_id.h"
#include "gdoi/gdoi_seq.h"
#include "isakmp/isakmp_prf.h"

enum {
	ACK_VERSION = 0x10, /* ISAKMP 1.0 */
	SEQ_SIZE = ISAKMP_GENERIC_SIZE + 4,
	ID_MAX = ISAKMP_GENERIC_SIZE + 4 + 16,
	/* HASH, SEQ and ID payloads at their longest */
	ACK_MAX = ISAKMP_HEADER_SIZE + ISAKMP_GENERIC_SIZE + ISAKMP_HASH_MAX +
		  SEQ_SIZE + ID_MAX,
};

/* RFC 8263 3.2: the bits in the key's derivation are those of the hash's
 * block, 512 for SHA-256. */
struct kind {
	uint8_t kind; /* enum gdoi_ack_kind */
	enum isakmp_hash hash;
	uint16_t bits;
};

static const struct kind kinds[] = {
	{ GDOI_ACK_KEK_SHA256, ISAKMP_HASH_SHA256, 512 },
	{ GDOI_ACK_KEK_SHA512, ISAKMP_HASH_SHA512, 1024 },
};

static const struct kind *find_kind(uint8_t kind)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].kind == kind)
			return &kinds[i];
	}
	return NULL;
}

bool gdoi_ack_supported(uint8_t kind)
{
	return find_kind(kind) != NULL;
}

/* RFC 8263 3.2: ack_key = prf(KEK, label | 0 | SPI | L). */
static void derive_key(const struct gdoi_kek *kek, const struct kind *kind,
		       uint8_t *key)
{
	static const char label[] = "GROUPKEY-PUSH ACK"; /* with its NUL */
	uint8_t bits[2];
	struct wr w = wr_init(bits, sizeof(bits));
	const struct isakmp_part parts[] = {
		{ label, sizeof(label) },
		{ kek->spi, sizeof(kek->spi) },
		{ bits, sizeof(bits) },
	};

	wr_u16(&w, kind->bits);
	isakmp_prf(kind->hash, kek->key.data, kek->key.len, parts,
		   ARRAY_SIZE(parts), key);
}

/* out has ISAKMP_HASH_MAX octets. */
static void hash_of(const struct gdoi_kek *kek, const struct kind *kind,
		    struct rd seq_and_id, uint8_t *out)
{
	uint8_t key[ISAKMP_HASH_MAX];
	size_t len = rd_left(&seq_and_id);
	const struct isakmp_part part = { rd_bytes(&seq_and_id, len), len };

	derive_key(kek, kind, key);
	isakmp_prf(kind->hash, key, isakmp_hash_len(kind->hash), &part, 1, out);
	bytes_wipe(key, sizeof(key));
}

static void write_id(struct wr *w, const struct ip_addr *member)
{
	size_t begin = isakmp_payload_begin(w, ISAKMP_NONE);

	wr_u8(w,
	      member->family == IP_V6 ? GDOI_ID_IPV6_ADDR : GDOI_ID_IPV4_ADDR);
	wr_zero(w, 3); /* protocol and port */
	wr_bytes(w, member->b, ip_size(member));
	isakmp_payload_end(w, begin);
}

static void write_header(struct wr *w, const struct gdoi_kek *kek)
{
	struct isakmp_header header = {
		.next_payload = ISAKMP_HASH,
		.version = ACK_VERSION,
		.exchange = ISAKMP_GROUPKEY_PUSH_ACK,
	};
	struct rd spi = rd_init(kek->spi, sizeof(kek->spi));

	rd_copy(&spi, header.icookie, sizeof(header.icookie));
	rd_copy(&spi, header.rcookie, sizeof(header.rcookie));
	isakmp_header_write(w, &header);
}

static void write_ack(struct wr *w, const struct gdoi_kek *kek,
		      const struct kind *kind, const struct wr *seq_and_id)
{
	uint8_t hash[ISAKMP_HASH_MAX];
	size_t begin;

	write_header(w, kek);
	hash_of(kek, kind, rd_init(seq_and_id->buf, wr_at(seq_and_id)), hash);
	begin = isakmp_payload_begin(w, ISAKMP_SEQ);
	wr_bytes(w, hash, isakmp_hash_len(kind->hash));
	isakmp_payload_end(w, begin);
	wr_bytes(w, seq_and_id->buf, wr_at(seq_and_id));
	/* The length is the header's last field, and fits its lower half. */
	wr_put16(w, ISAKMP_HEADER_SIZE - 2, (uint16_t)wr_at(w));
}

bool gdoi_ack_write(const struct gdoi_kek *kek, uint32_t seq,
		    const struct ip_addr *member, struct keybuf *out)
{
	const struct kind *kind = find_kind(kek->ack);
	uint8_t body[SEQ_SIZE + ID_MAX], datagram[ACK_MAX];
	struct wr seq_and_id = wr_init(body, sizeof(body));
	struct wr w = wr_init(datagram, sizeof(datagram));

	if (!kind || !ip_is_set(member))
		return false;
	gdoi_seq_write(&seq_and_id, ISAKMP_ID, seq);
	write_id(&seq_and_id, member);
	write_ack(&w, kek, kind, &seq_and_id);
	if (wr_ok(&seq_and_id) && wr_ok(&w))
		keybuf_set(out, datagram, wr_at(&w));
	return wr_ok(&seq_and_id) && wr_ok(&w);
}

static bool header_is_right(const struct isakmp_header *h,
			    const struct gdoi_kek *kek, size_t length)
{
	struct rd spi = rd_init(kek->spi, sizeof(kek->spi));

	return memcmp(h->icookie, rd_bytes(&spi, 8), 8) == 0 &&
	       memcmp(h->rcookie, rd_bytes(&spi, 8), 8) == 0 &&
	       h->next_payload == ISAKMP_HASH && h->version == ACK_VERSION &&
	       h->exchange == ISAKMP_GROUPKEY_PUSH_ACK && h->flags == 0 &&
	       h->message_id == 0 && h->length == length;
}

/* HASH, SEQ, ID, in this order, and nothing after them. */
static bool payloads_are_right(struct rd r, struct isakmp_message *m)
{
	return !isakmp_chain_parse(r, ISAKMP_HASH, m).notify &&
	       m->chain_len == rd_left(&r) && m->n == 3 &&
	       m->payloads[1].type == ISAKMP_SEQ &&
	       m->payloads[2].type == ISAKMP_ID;
}

static bool hash_is_right(const struct gdoi_kek *kek, const struct kind *kind,
			  const struct isakmp_message *m)
{
	const struct isakmp_payload *hash = &m->payloads[0];
	struct rd got = hash->body, signed_octets;
	size_t len = isakmp_hash_len(kind->hash);
	uint8_t want[ISAKMP_HASH_MAX];

	if (rd_left(&got) != len)
		return false;
	signed_octets = rd_init(m->chain, m->chain_len);
	rd_skip(&signed_octets, hash->raw_len);
	hash_of(kek, kind, signed_octets, want);
	return bytes_equal(rd_bytes(&got, len), want, len);
}

static bool read_id(struct rd body, struct ip_addr *member)
{
	uint8_t type = rd_u8(&body);
	bool protocol_or_port;

	*member = (struct ip_addr){ 0 };
	if (type == GDOI_ID_IPV4_ADDR)
		member->family = IP_V4;
	else if (type == GDOI_ID_IPV6_ADDR)
		member->family = IP_V6;
	protocol_or_port = rd_u8(&body) != 0;
	protocol_or_port |= rd_u16(&body) != 0;
	rd_copy(&body, member->b, ip_size(member));
	return ip_is_set(member) && !protocol_or_port && rd_done(&body);
}

bool gdoi_ack_read(const struct gdoi_kek *kek, struct rd datagram,
		   uint32_t *seq, struct ip_addr *member)
{
	const struct kind *kind = find_kind(kek->ack);
	struct isakmp_message m = { 0 };
	size_t length = rd_left(&datagram);

	if (!kind || !isakmp_header_parse(&datagram, &m.header) ||
	    !header_is_right(&m.header, kek, length) ||
	    !payloads_are_right(datagram, &m) || !hash_is_right(kek, kind, &m))
		return false;
	return !gdoi_seq_parse(m.payloads[1].body, seq).notify &&
	       read_id(m.payloads[2].body, member);
}
