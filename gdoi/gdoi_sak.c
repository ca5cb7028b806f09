/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_sak.h"

#include "base/mem.h"
#include "gdoi/gdoi_attr.h"
#include "gdoi/gdoi_id.h"

/* RFC 6407 5.3.2; KEK_ACK_REQUESTED is RFC 8263 3.2. */
enum sak_attribute {
	SAK_MANAGEMENT_ALGORITHM = 1,
	SAK_KEK_ALGORITHM = 2,
	SAK_KEK_KEY_LENGTH = 3,
	SAK_KEK_KEY_LIFETIME = 4,
	SAK_SIG_HASH_ALGORITHM = 5,
	SAK_SIG_ALGORITHM = 6,
	SAK_SIG_KEY_LENGTH = 7,
	SAK_KEK_ACK_REQUESTED = 9,
};

enum { SAK_SIG_RSA = 1, SAK_PROTOCOL_UDP = 17 };

/* A key server that says nothing: as long as IOS's default. */
enum { KEK_LIFETIME_DEFAULT = 86400 };

enum {
	MANAGEMENT,
	CIPHER,
	KEY_BITS,
	LIFETIME,
	SIG_HASH,
	SIG,
	SIG_BITS,
	ACK,
	N_RULES
};

static const struct gdoi_attr_rule rules[N_RULES] = {
	[MANAGEMENT] = { SAK_MANAGEMENT_ALGORITHM, GDOI_ATTR_BASIC, false },
	[CIPHER] = { SAK_KEK_ALGORITHM, GDOI_ATTR_BASIC, false },
	[KEY_BITS] = { SAK_KEK_KEY_LENGTH, GDOI_ATTR_BASIC, false },
	[LIFETIME] = { SAK_KEK_KEY_LIFETIME, GDOI_ATTR_VARIABLE, false },
	[SIG_HASH] = { SAK_SIG_HASH_ALGORITHM, GDOI_ATTR_BASIC, false },
	[SIG] = { SAK_SIG_ALGORITHM, GDOI_ATTR_BASIC, false },
	[SIG_BITS] = { SAK_SIG_KEY_LENGTH, GDOI_ATTR_BASIC, false },
	[ACK] = { SAK_KEK_ACK_REQUESTED, GDOI_ATTR_BASIC, false },
};

static const struct gdoi_attr_table table = {
	.rules = rules,
	.n = ARRAY_SIZE(rules),
	.unknown = "SAK attribute is unknown",
	.malformed = "SAK attribute is malformed",
	.twice = "SAK attribute is there twice",
};

size_t gdoi_kek_iv_size(enum gdoi_kek_cipher cipher)
{
	return cipher == GDOI_KEK_AES ? 16 : 8;
}

size_t gdoi_kek_key_size(const struct gdoi_kek *kek)
{
	return kek->key_bits / 8;
}

static bool parse_endpoint(struct rd *r, struct endpoint *out)
{
	uint8_t type = rd_u8(r);
	uint16_t port = rd_u16(r);
	uint8_t len = rd_u8(r);
	struct rd data = rd_sub(r, len);

	*out = (struct endpoint){ .port = port };
	if (type == GDOI_ID_IPV4_ADDR)
		out->addr.family = IP_V4;
	else if (type == GDOI_ID_IPV6_ADDR)
		out->addr.family = IP_V6;
	rd_copy(&data, out->addr.b, ip_size(&out->addr));
	return ip_size(&out->addr) != 0 && rd_done(&data);
}

static void write_endpoint(struct wr *w, const struct endpoint *e)
{
	wr_u8(w,
	      e->addr.family == IP_V6 ? GDOI_ID_IPV6_ADDR : GDOI_ID_IPV4_ADDR);
	wr_u16(w, e->port);
	wr_u8(w, (uint8_t)ip_size(&e->addr));
	wr_bytes(w, e->addr.b, ip_size(&e->addr));
}

/* RFC 6407 5.3.3, 5.3.4: AES needs a length; the others have only one. */
static bool take_cipher(struct gdoi_kek *kek, const struct gdoi_attr_value *v)
{
	unsigned int bits = (unsigned int)v[KEY_BITS].number;

	kek->key_bits = bits;
	switch (v[CIPHER].number) {
	case GDOI_KEK_AES:
		kek->cipher = GDOI_KEK_AES;
		return bits == 128 || bits == 192 || bits == 256;
	case GDOI_KEK_3DES:
		kek->cipher = GDOI_KEK_3DES;
		kek->key_bits = 192;
		return !v[KEY_BITS].seen || bits == 192;
	case GDOI_KEK_DES:
		kek->cipher = GDOI_KEK_DES;
		kek->key_bits = 64;
		return !v[KEY_BITS].seen || bits == 64;
	default:
		return false;
	}
}

static struct isakmp_fault take_signature(struct gdoi_kek *kek,
					  const struct gdoi_attr_value *v)
{
	if (!v[SIG].seen || v[SIG].number != SAK_SIG_RSA)
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "rekey signature is not RSA");
	if (v[SIG_HASH].number < GDOI_SIG_MD5 ||
	    v[SIG_HASH].number > GDOI_SIG_SHA512)
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "rekey signature has no hash we know");
	kek->sig_hash = (enum gdoi_sig_hash)v[SIG_HASH].number;
	kek->sig_bits = (unsigned int)v[SIG_BITS].number;
	return ISAKMP_OK;
}

static struct isakmp_fault take_attributes(struct gdoi_kek *kek,
					   const struct gdoi_attr_value *v)
{
	if (!take_cipher(kek, v))
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "KEK has no cipher we know");
	if (!v[LIFETIME].seen)
		kek->lifetime = KEK_LIFETIME_DEFAULT;
	else if (v[LIFETIME].number > 0 && v[LIFETIME].number <= UINT32_MAX)
		kek->lifetime = (uint32_t)v[LIFETIME].number;
	else
		return ISAKMP_FAULT(PAYLOAD_MALFORMED,
				    "KEK lifetime is out of range");
	if (v[ACK].number > UINT8_MAX)
		return ISAKMP_FAULT(ATTRIBUTES_NOT_SUPPORTED,
				    "KEK acknowledgement is unknown");
	kek->ack = (uint8_t)v[ACK].number;
	/* RFC 6407 5.3.2.1: KEK_MANAGEMENT_ALGORITHM has no meaning in a PULL
	 * and is ignored; a PUSH with LKH fails when its KD is read. */
	return take_signature(kek, v);
}

/* RESERVED2.  An older implementation has 6 octets here instead of 4; no
 * attribute begins with two zero octets, so they can be told apart. */
static void skip_reserved(struct rd *r)
{
	struct rd longer;

	rd_skip(r, 4);
	longer = *r;
	if (rd_u16(&longer) == 0 && !longer.bad)
		*r = longer;
}

struct isakmp_fault gdoi_sak_parse(struct rd body, struct gdoi_kek *out)
{
	struct gdoi_attr_value v[N_RULES];
	struct isakmp_fault fault;
	uint8_t protocol = rd_u8(&body);
	bool known_ids;

	*out = (struct gdoi_kek){ 0 };
	known_ids = parse_endpoint(&body, &out->src);
	known_ids &= parse_endpoint(&body, &out->dst);
	rd_copy(&body, out->spi, sizeof(out->spi));
	skip_reserved(&body);
	if (body.bad)
		return ISAKMP_FAULT(PAYLOAD_MALFORMED, "SAK payload is short");
	if (protocol != SAK_PROTOCOL_UDP || !known_ids)
		return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN,
				    "rekeys do not come from UDP addresses");
	fault = gdoi_attr_parse(body, &table, false, v);
	if (fault.notify)
		return fault;
	return take_attributes(out, v);
}

void gdoi_sak_write(struct wr *w, uint8_t next, const struct gdoi_kek *kek)
{
	size_t begin = isakmp_payload_begin(w, next);

	wr_u8(w, SAK_PROTOCOL_UDP);
	write_endpoint(w, &kek->src);
	write_endpoint(w, &kek->dst);
	wr_bytes(w, kek->spi, sizeof(kek->spi));
	wr_zero(w, 4);
	isakmp_attribute_tv(w, SAK_KEK_ALGORITHM, (uint16_t)kek->cipher);
	if (kek->cipher == GDOI_KEK_AES)
		isakmp_attribute_tv(w, SAK_KEK_KEY_LENGTH,
				    (uint16_t)kek->key_bits);
	isakmp_attribute_u32_tlv(w, SAK_KEK_KEY_LIFETIME, kek->lifetime);
	isakmp_attribute_tv(w, SAK_SIG_HASH_ALGORITHM, (uint16_t)kek->sig_hash);
	isakmp_attribute_tv(w, SAK_SIG_ALGORITHM, SAK_SIG_RSA);
	/* IOS counts the bits of the key's DER, not of its modulus. */
	isakmp_attribute_tv(w, SAK_SIG_KEY_LENGTH,
			    (uint16_t)(kek->pubkey.len * 8));
	if (kek->ack)
		isakmp_attribute_tv(w, SAK_KEK_ACK_REQUESTED, kek->ack);
	isakmp_payload_end(w, begin);
}
