/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_kd.h"

#include <string.h>

enum kd_type { /* RFC 6407 5.6 */
	       KD_TEK = 1,
	       KD_KEK = 2,
	       KD_LKH = 3,
	       KD_SID = 4,
};

/* RFC 6407 5.6.1, 5.6.2, 5.6.4 */
enum { TEK_ALGORITHM_KEY = 1, TEK_INTEGRITY_KEY = 2 };
enum { KEK_ALGORITHM_KEY = 1, KEK_SIG_ALGORITHM_KEY = 2 };
enum { SID_NUMBER_OF_BITS = 1, SID_VALUE = 2 };

enum { SID_MAX_BITS = 32 };

#define MALFORMED ISAKMP_FAULT(PAYLOAD_MALFORMED, "KD payload is malformed")
#define UNKNOWN                                \
	ISAKMP_FAULT(ATTRIBUTES_NOT_SUPPORTED, \
		     "KD payload has what we do not know")

/* A key is a TLV, once, and not empty. */
static bool take_key(const struct isakmp_attribute *a, struct rd *key)
{
	if (a->basic || key->p || rd_left(&a->data) == 0)
		return false;
	*key = a->data;
	return true;
}

static struct isakmp_fault parse_two_keys(struct rd body, struct rd *first,
					  struct rd *second)
{
	struct isakmp_attribute a;

	while (isakmp_attribute_next(&body, &a)) {
		if (a.type != 1 && a.type != 2)
			return UNKNOWN;
		if (!take_key(&a, a.type == 1 ? first : second))
			return MALFORMED;
	}
	return rd_done(&body) ? ISAKMP_OK : MALFORMED;
}

static struct isakmp_fault parse_tek(struct rd spi, struct rd body,
				     struct gdoi_kd *kd)
{
	struct gdoi_kd_tek *tek;
	uint32_t value = rd_u32(&spi);
	size_t i;

	if (!rd_done(&spi))
		return MALFORMED;
	for (i = 0; i < kd->n_teks; i++) {
		if (kd->teks[i].spi == value)
			return ISAKMP_FAULT(INVALID_KEY_INFORMATION,
					    "two keys for one SPI");
	}
	if (kd->n_teks == GDOI_MAX_TEKS)
		return ISAKMP_FAULT(INVALID_KEY_INFORMATION, "too many TEKs");
	tek = &kd->teks[kd->n_teks++];
	*tek = (struct gdoi_kd_tek){ .spi = value };
	return parse_two_keys(body, &tek->key, &tek->auth_key);
}

static struct isakmp_fault parse_kek(struct rd spi, struct rd body,
				     struct gdoi_kd *kd)
{
	rd_copy(&spi, kd->kek_spi, sizeof(kd->kek_spi));
	if (!rd_done(&spi) || kd->has_kek)
		return MALFORMED;
	kd->has_kek = true;
	return parse_two_keys(body, &kd->kek_key, &kd->sig_key);
}

/* The octets of a sender ID are as few as its bits need, in network order. */
static size_t sid_octets(unsigned int bits)
{
	return (bits + 7) / 8;
}

static bool take_sid(const struct isakmp_attribute *a, struct gdoi_kd *kd)
{
	uint32_t value;

	if (a->basic || kd->n_sids == GDOI_MAX_SIDS ||
	    rd_left(&a->data) != sid_octets(kd->sid_bits) ||
	    !isakmp_attribute_u32(a, &value))
		return false;
	if (kd->sid_bits < SID_MAX_BITS && value >> kd->sid_bits)
		return false;
	kd->sids[kd->n_sids++] = value;
	return true;
}

static bool take_sid_bits(const struct isakmp_attribute *a, struct gdoi_kd *kd)
{
	if (!a->basic || kd->sid_bits || a->value == 0 ||
	    a->value > SID_MAX_BITS)
		return false;
	kd->sid_bits = a->value;
	return true;
}

static struct isakmp_fault parse_sids(struct rd body, struct gdoi_kd *kd)
{
	struct isakmp_attribute a;
	bool ok = !kd->has_sids;

	kd->has_sids = true;
	while (ok && isakmp_attribute_next(&body, &a)) {
		if (a.type == SID_NUMBER_OF_BITS)
			ok = take_sid_bits(&a, kd);
		else if (a.type == SID_VALUE)
			ok = kd->sid_bits && take_sid(&a, kd);
		else
			return UNKNOWN;
	}
	return ok && rd_done(&body) && kd->n_sids ? ISAKMP_OK : MALFORMED;
}

/* key packet: type, reserved, length of all, SPI size, SPI, attributes */
static struct isakmp_fault parse_packet(struct rd *r, struct gdoi_kd *kd)
{
	uint8_t type = rd_u8(r);
	uint16_t length;
	struct rd body, spi;

	rd_u8(r);
	length = rd_u16(r);
	if (length < 5)
		return MALFORMED;
	body = rd_sub(r, length - 4u);
	spi = rd_sub(&body, rd_u8(&body));
	if (r->bad || body.bad)
		return MALFORMED;
	switch (type) {
	case KD_TEK:
		return parse_tek(spi, body, kd);
	case KD_KEK:
		return parse_kek(spi, body, kd);
	case KD_SID:
		return rd_done(&spi) ? parse_sids(body, kd) : MALFORMED;
	case KD_LKH: /* not taken part in: RFC 6407 5.6.3 is optional */
	default:
		return UNKNOWN;
	}
}

struct isakmp_fault gdoi_kd_parse(struct rd body, struct gdoi_kd *out)
{
	struct isakmp_fault fault;
	unsigned int n = rd_u16(&body);

	*out = (struct gdoi_kd){ 0 };
	rd_u16(&body);
	for (; n > 0; n--) {
		fault = parse_packet(&body, out);
		if (fault.notify)
			return fault;
	}
	return rd_done(&body) ? ISAKMP_OK : MALFORMED;
}

static size_t begin_packet(struct wr *w, enum kd_type type, const void *spi,
			   size_t spi_len)
{
	size_t length;

	wr_u8(w, (uint8_t)type);
	wr_u8(w, 0);
	length = wr_gap16(w);
	wr_u8(w, (uint8_t)spi_len);
	wr_bytes(w, spi, spi_len);
	return length;
}

static void end_packet(struct wr *w, size_t length)
{
	wr_fill16(w, length, length - 2);
}

static void write_tek(struct wr *w, const struct gdoi_tek *tek)
{
	uint8_t spi[4];
	struct wr octets = wr_init(spi, sizeof(spi));
	size_t packet;

	wr_u32(&octets, tek->spi);
	packet = begin_packet(w, KD_TEK, spi, sizeof(spi));
	if (tek->key.len)
		isakmp_attribute_tlv(w, TEK_ALGORITHM_KEY, tek->key.data,
				     tek->key.len);
	if (tek->auth_key.len)
		isakmp_attribute_tlv(w, TEK_INTEGRITY_KEY, tek->auth_key.data,
				     tek->auth_key.len);
	end_packet(w, packet);
}

static void write_kek(struct wr *w, const struct gdoi_kek *kek)
{
	size_t packet = begin_packet(w, KD_KEK, kek->spi, sizeof(kek->spi));

	/* RFC 6407 5.6.2.1: one attribute, the IV before the key. */
	wr_u16(w, KEK_ALGORITHM_KEY);
	wr_u16(w, (uint16_t)(kek->iv.len + kek->key.len));
	wr_bytes(w, kek->iv.data, kek->iv.len);
	wr_bytes(w, kek->key.data, kek->key.len);
	isakmp_attribute_tlv(w, KEK_SIG_ALGORITHM_KEY, kek->pubkey.data,
			     kek->pubkey.len);
	end_packet(w, packet);
}

static void write_sids(struct wr *w, const struct gdoi_policy *policy)
{
	size_t packet = begin_packet(w, KD_SID, NULL, 0), i;
	size_t len = sid_octets(policy->sid_bits);
	uint8_t octets[4];
	struct wr value;

	isakmp_attribute_tv(w, SID_NUMBER_OF_BITS, (uint16_t)policy->sid_bits);
	for (i = 0; i < policy->n_sids; i++) {
		value = wr_init(octets, sizeof(octets));
		wr_u32(&value, policy->sids[i]);
		isakmp_attribute_tlv(w, SID_VALUE,
				     octets + sizeof(octets) - len, len);
	}
	end_packet(w, packet);
}

void gdoi_kd_write(struct wr *w, uint8_t next, const struct gdoi_policy *policy)
{
	size_t begin = isakmp_payload_begin(w, next), i;
	bool has_sids = policy->n_sids > 0;

	wr_u16(w, (uint16_t)(policy->n_teks + policy->has_kek + has_sids));
	wr_zero(w, 2);
	for (i = 0; i < policy->n_teks; i++)
		write_tek(w, &policy->teks[i]);
	if (policy->has_kek)
		write_kek(w, &policy->kek);
	if (has_sids)
		write_sids(w, policy);
	isakmp_payload_end(w, begin);
}
