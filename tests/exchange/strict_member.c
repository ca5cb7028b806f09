/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/exchange/strict_member.h"

#include <check.h>
#include <string.h>

#define GIVE_UP(text) return give_up(m, text)

static bool give_up(struct strict_member *m, const char *text)
{
	if (!m->why)
		m->why = text;
	return false;
}

/* One attribute; what it is worth is for the caller. */
struct attribute {
	unsigned int type;
	bool tv;
	uint32_t value; /* of a TV, or of a TLV of 4 octets */
	const uint8_t *data;
	size_t len;
};

static bool next_attribute(struct rd *r, struct attribute *a)
{
	uint16_t head = rd_u16(r);

	*a = (struct attribute){ .type = head & 0x7fff, .tv = head >> 15 };
	if (a->tv) {
		a->value = rd_u16(r);
	} else {
		a->len = rd_u16(r);
		a->data = rd_bytes(r, a->len);
		if (a->data && a->len == 4) {
			struct rd v = rd_init(a->data, 4);

			a->value = rd_u32(&v);
		}
	}
	return !r->bad;
}

static bool wants(const struct attribute *a, bool tv, uint32_t value)
{
	return a->tv == tv && a->value == value;
}

/* RFC 6407 5.3: what this member can do is AES-128, SHA-1, RSA. */
static bool sak(struct strict_member *m, struct rd r)
{
	struct attribute a;
	unsigned int seen = 0;

	if (rd_u8(&r) != 17 || rd_u8(&r) != 1 || rd_u16(&r) != 848 ||
	    rd_u8(&r) != 4)
		GIVE_UP("SAK source");
	rd_skip(&r, 4);
	if (rd_u8(&r) != 1 || rd_u16(&r) != 848 || rd_u8(&r) != 4)
		GIVE_UP("SAK destination");
	rd_skip(&r, 4);
	rd_copy(&r, m->kek_spi, 16);
	if (rd_u32(&r) != 0)
		GIVE_UP("SAK RESERVED2");
	while (rd_left(&r) && next_attribute(&r, &a)) {
		seen |= 1u << a.type;
		if ((a.type == 2 && wants(&a, true, 3)) ||
		    (a.type == 3 && wants(&a, true, 128)) ||
		    (a.type == 4 && !a.tv && a.len == 4) ||
		    (a.type == 5 && wants(&a, true, 2)) ||
		    (a.type == 6 && wants(&a, true, 1)) ||
		    (a.type == 7 && a.tv))
			continue;
		GIVE_UP("SAK attribute");
	}
	if (r.bad || seen != (4 | 8 | 16 | 32 | 64 | 128))
		GIVE_UP("SAK attributes");
	return true;
}

static bool selector(struct rd *r)
{
	uint8_t type = rd_u8(r);
	uint8_t len;

	rd_u16(r);
	len = rd_u8(r);
	rd_skip(r, len);
	return !r->bad && ((type == 4 && len == 8) || (type == 1 && len == 4));
}

/* RFC 6407 5.5: ESP with AES-128-CBC and HMAC-SHA1, tunnel mode. */
static bool sat(struct strict_member *m, struct rd r)
{
	struct attribute a;

	if (rd_u8(&r) != 1)
		GIVE_UP("SAT protocol");
	rd_u8(&r);
	if (!selector(&r) || !selector(&r))
		GIVE_UP("SAT selector");
	if (rd_u8(&r) != 12)
		GIVE_UP("SAT transform");
	m->tek_spi = rd_u32(&r);
	while (rd_left(&r) && next_attribute(&r, &a)) {
		if ((a.type == 1 && wants(&a, true, 1)) ||
		    (a.type == 2 && !a.tv && a.len == 4) ||
		    (a.type == 4 && wants(&a, true, 1)) ||
		    (a.type == 5 && wants(&a, true, 2)) ||
		    (a.type == 6 && wants(&a, true, 128)) ||
		    (a.type == 14 && wants(&a, true, 4)) ||
		    (a.type == 15 && wants(&a, true, 3)))
			continue;
		GIVE_UP("SAT attribute");
	}
	m->n_sats++;
	return !r.bad || give_up(m, "SAT is short");
}

static bool gap(struct strict_member *m, struct rd r)
{
	struct attribute a;

	while (rd_left(&r) && next_attribute(&r, &a)) {
		if (!a.tv || (a.type != 1 && a.type != 2))
			GIVE_UP("GAP attribute");
	}
	return !r.bad || give_up(m, "GAP is short");
}

static bool policy(struct strict_member *m, struct rd r)
{
	uint8_t type, next;
	uint16_t len;
	struct rd body;
	bool ok = true;

	if (rd_u32(&r) != 2 || rd_u32(&r) != 0 || rd_u8(&r) != 0)
		GIVE_UP("SA head");
	type = rd_u8(&r);
	if (rd_u16(&r) != 0)
		GIVE_UP("SA RESERVED2");
	for (; type && ok; type = next) {
		next = rd_u8(&r);
		if (rd_u8(&r) != 0)
			GIVE_UP("RESERVED of a payload");
		len = rd_u16(&r);
		body = rd_sub(&r, len - 4u);
		if (r.bad || len < 4)
			GIVE_UP("SA is short");
		if (type == 15)
			ok = sak(m, body);
		else if (type == 22)
			ok = gap(m, body);
		else if (type == 16)
			ok = sat(m, body);
		else
			GIVE_UP("payload in the SA");
	}
	return ok && (rd_done(&r) || give_up(m, "SA has a rest"));
}

/* A key of exactly this size under this attribute number. */
static bool key(struct rd *r, unsigned int type, void *out, size_t len)
{
	struct attribute a;

	if (!next_attribute(r, &a) || a.type != type || a.tv || a.len != len)
		return false;
	memcpy(out, a.data, len);
	return true;
}

static bool packet(struct strict_member *m, struct rd *r)
{
	uint8_t type = rd_u8(r);
	struct rd body;
	struct attribute a;
	uint8_t spi[16];
	uint16_t len;

	if (rd_u8(r) != 0)
		GIVE_UP("RESERVED of a key packet");
	len = rd_u16(r);
	body = rd_sub(r, len - 4u);
	if (type == 1) {
		if (rd_u8(&body) != 4 || rd_u32(&body) != m->tek_spi)
			GIVE_UP("TEK of another SPI");
		if (!key(&body, 1, m->tek_key, 16) ||
		    !key(&body, 2, m->tek_auth, 20))
			GIVE_UP("TEK");
	} else if (type == 2) {
		if (rd_u8(&body) != 16)
			GIVE_UP("KEK SPI");
		rd_copy(&body, spi, 16);
		if (memcmp(spi, m->kek_spi, 16) != 0 ||
		    !key(&body, 1, m->kek, 32))
			GIVE_UP("KEK");
		if (!next_attribute(&body, &a) || a.type != 2 || a.tv)
			GIVE_UP("signature key");
	} else {
		GIVE_UP("key packet type");
	}
	return rd_done(&body) || give_up(m, "key packet has a rest");
}

static bool keys(struct strict_member *m, struct rd r)
{
	unsigned int n = rd_u16(&r);

	if (n != 2 || rd_u16(&r) != 0)
		GIVE_UP("KD head");
	while (n--) {
		if (!packet(m, &r))
			return false;
	}
	return rd_done(&r) || give_up(m, "KD has a rest");
}

/* The payload types after the HASH, in this order and no others. */
static bool has(const struct isakmp_message *m, uint8_t first, uint8_t second)
{
	return m->n == 3 && m->payloads[0].type == 8 &&
	       m->payloads[1].type == first && m->payloads[2].type == second;
}

static bool message_2(struct strict_member *m, const struct isakmp_message *in)
{
	struct rd nonce;
	size_t len;

	if (!has(in, 10, 1))
		GIVE_UP("payloads of message 2");
	nonce = in->payloads[1].body;
	len = rd_left(&nonce);
	if (len < 8 || len > 128)
		GIVE_UP("nonce");
	if (!policy(m, in->payloads[2].body))
		return false;
	rd_copy(&nonce, m->nonces + m->nonces_len, len);
	m->nonces_len += len;
	return isakmp_exchange_send(m->x, m->nonces, m->nonces_len, 0, "", 0,
				    true);
}

static bool message_4(struct strict_member *m, const struct isakmp_message *in)
{
	struct rd seq;

	if (!has(in, 18, 17))
		GIVE_UP("payloads of message 4");
	seq = in->payloads[1].body;
	m->kek_number = rd_u32(&seq);
	m->registered = rd_done(&seq) && keys(m, in->payloads[2].body);
	m->over = true;
	return m->registered;
}

static struct isakmp_fault on_message(void *ctx, struct isakmp_exchange *x,
				      const struct isakmp_message *in)
{
	struct strict_member *m = ctx;
	bool ok;

	ck_assert(isakmp_hash_ok(x, in, m->nonces, m->nonces_len));
	ok = m->step++ == 0 ? message_2(m, in) : message_4(m, in);
	if (ok)
		return ISAKMP_OK;
	m->over = true;
	return ISAKMP_FAULT(NO_PROPOSAL_CHOSEN, "strict");
}

static void on_gone(void *ctx, struct isakmp_fault why)
{
	struct strict_member *m = ctx;

	m->over = true;
	m->x = NULL;
	give_up(m, why.text);
}

/* A notify without data is all that the RFCs know of. */
static void on_notified(void *ctx, struct isakmp_exchange *x, uint16_t notify,
			struct rd data)
{
	struct strict_member *m = ctx;

	(void)x;
	(void)data;
	if (notify >= 16384)
		return;
	m->over = true;
	give_up(m, "refused by the key server");
}

static const struct isakmp_exchange_ops ops = {
	.message = on_message,
	.gone = on_gone,
	.notified = on_notified,
};

void strict_member_start(struct strict_member *m, struct isakmp_sa *sa)
{
	uint8_t body[64];
	struct wr w = wr_init(body, sizeof(body));

	env_random(m->env, m->nonces, 32);
	m->nonces_len = 32;
	m->x = isakmp_exchange_new(sa, 32, &ops, m);
	wr_u32(&w, 0x05000000 | (4 + 32)); /* Ni, next: ID */
	wr_bytes(&w, m->nonces, 32);
	wr_u32(&w, 12); /* ID_KEY_ID */
	wr_u32(&w, 0x0b000000);
	wr_u32(&w, m->group);
	ck_assert(isakmp_exchange_send(m->x, "", 0, 10, body, wr_at(&w), true));
}
